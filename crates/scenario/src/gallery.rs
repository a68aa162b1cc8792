//! The gallery: every protocol's own scenarios, by name (`raft/leader-crash`).

use crate::catalogue;
use crate::file;
use crate::model::Scenario;
use netsplit_protocols::About;
use netsplit_query::words;

/// A scenario of the gallery.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its protocol.
    pub about: &'static About,
    /// Its name within the protocol's scenarios: `leader-crash`.
    pub name: &'static str,
    /// The scenario file.
    pub text: &'static str,
}

impl Entry {
    /// Its name in the whole gallery: `raft/leader-crash`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.about.name, self.name)
    }

    /// The scenario. A test reads every file of the gallery, so in a build that passed it there is one.
    pub fn scenario(&self) -> Result<Scenario, file::FileError> {
        let scenario = file::parse(self.text)?;
        Ok(Scenario { name: self.full_name(), ..scenario })
    }
}

/// All scenarios, in the order of showing.
pub fn entries() -> impl Iterator<Item = Entry> {
    let of = |about: &'static About| about.scenarios.iter().map(move |(name, text)| Entry { about, name, text });
    catalogue::protocols().iter().copied().flat_map(of)
}

/// The full name of the scenario that newcomers see: the first.
pub fn first() -> String {
    entries().next().map_or_else(String::new, |entry| entry.full_name())
}

/// The scenario of that full name.
pub fn find(full_name: &str) -> Option<Scenario> {
    let (protocol, name) = full_name.split_once('/')?;
    let entry = entries().find(|entry| entry.about.name == protocol && entry.name == name)?;
    entry.scenario().ok()
}

/// The full name that was probably meant by one that there is not.
pub fn nearest(given: &str) -> Option<String> {
    let names: Vec<_> = entries().map(|entry| entry.full_name()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    words::nearest(given, &names).map(str::to_owned)
}
