//! The address bar: it always holds the run as it stands, so that reloading, coming back and sending it on lose
//! nothing.

use super::browser;
use super::failure;
use super::lab::Lab;
use netsplit_scenario::link::{self, Link, View};
use netsplit_scenario::theory::Page;
use netsplit_scenario::{Scenario, Tree, gallery, theory};
use netsplit_sim::{Intervention, Moment, Planned};
use wasm_bindgen::JsValue;

/// While a run plays, the address follows this often, in milliseconds: browsers refuse more than a hundred changes in
/// half a minute.
const PAUSE: f64 = 700.0;
/// The longest fragment that is looked at.
const LONGEST: usize = 1 << 20;

/// What the address holds, and whether that is still so.
#[derive(Default)]
pub(crate) struct Address {
    shown: String,
    stale: bool,
    written: f64,
}

/// What an address asks for.
pub(crate) enum Wish {
    /// A run that somebody has seen.
    Link(Box<Link>),
    /// A scenario of the gallery.
    Scenario(Box<Scenario>),
    /// A page of theory.
    Theory(&'static Page),
    /// A log that was opened in an earlier visit: nobody has kept it.
    Log,
}

/// What the addresses of pages of theory begin with; no scenario's name does.
const THEORY: &str = "theory/";

/// The address of every log.
pub(crate) const LOG: &str = "log";

/// The fragment that asks for a page of theory.
pub(crate) fn of_theory(page: &Page) -> String {
    format!("{THEORY}{}", page.name)
}

/// The part of the address behind the `#`.
pub(crate) fn fragment() -> String {
    let hash = browser::window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// The whole address.
pub(crate) fn whole() -> String {
    browser::window().location().href().unwrap_or_default()
}

/// What a fragment asks for, or why it asks for nothing.
pub(crate) fn read(fragment: &str) -> Result<Wish, String> {
    if fragment.len() > LONGEST {
        return Err(format!("it is {} characters long; links have at most {LONGEST}", fragment.len()));
    }
    if let Some(name) = fragment.strip_prefix(THEORY) {
        return theory::find(name).map(Wish::Theory).ok_or_else(|| {
            let known: Vec<_> = theory::PAGES.iter().map(of_theory).collect();
            format!("there is no page of theory \"{name}\"; there are {}", known.join(", "))
        });
    }
    if fragment == LOG {
        return Ok(Wish::Log);
    }
    let name = if fragment.is_empty() { gallery::first() } else { fragment.to_owned() };
    if let Some(scenario) = gallery::find(&name) {
        return Ok(Wish::Scenario(Box::new(scenario)));
    }
    link::decode(fragment).map(|link| Wish::Link(Box::new(link))).map_err(|error| error.to_string())
}

impl Address {
    /// The run has moved on.
    pub fn stale(&mut self) {
        self.stale = true;
    }
    /// Whether it is time to follow it.
    pub fn due(&self, time: f64) -> bool {
        self.stale && time - self.written > PAUSE
    }
    /// It was followed.
    pub fn written(&mut self, time: f64) {
        self.written = time;
    }
    /// Whether a fragment is the one that was written last.
    pub fn shows(&self, fragment: &str) -> bool {
        self.shown == fragment
    }
    /// Takes a fragment that the person brought as it is.
    pub fn adopt(&mut self, fragment: &str) {
        self.shown = fragment.to_owned();
        failure::remember(&self.shown, None);
    }

    /// The link to a run as it stands.
    pub fn compose(&self, lab: &Lab, view: View) -> String {
        plain(link::encode(&lab.link(view)))
    }
    /// A new entry in the browser's history.
    pub fn push(&mut self, link: &str) {
        let before = std::mem::take(&mut self.shown);
        if let Ok(history) = browser::window().history() {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&format!("#{link}")));
        }
        failure::remember(link, Some(&before));
        self.keep(link);
    }
    /// The same entry, brought up to date.
    pub fn replace(&mut self, link: &str) {
        if self.shown != link
            && let Ok(history) = browser::window().history()
        {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{link}")));
        }
        failure::remember(link, None);
        self.keep(link);
    }
    fn keep(&mut self, link: &str) {
        self.shown = link.to_owned();
        self.stale = false;
    }

    /// Before something is done to a run: should the program fail over it, this is the link that shows how.
    pub fn expect(&self, lab: &Lab, what: &Intervention<Tree>) {
        let mut link = lab.link(View::default());
        let before = plain(link::encode(&link));
        let (cursor, trace) = (link.cursor, lab.session().trace());
        let earlier = trace.events_in(0..cursor.events).rev().take_while(|(_, row)| row.at == cursor.time);
        let when = Moment { at: cursor.time, after: earlier.count() as u32 };
        link.interventions.push(Planned { when, what: what.clone() });
        link.cursor.events = cursor.events.saturating_add(1);
        failure::remember(&plain(link::encode(&link)), Some(&before));
    }
}

fn plain(link: String) -> String {
    match link.strip_prefix('#') {
        Some(bare) => bare.to_owned(),
        None => link,
    }
}
