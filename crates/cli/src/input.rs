//! What RUN on the command line stands for.

use netsplit_scenario::link::{LONGEST_LINK, LinkError, decode};
use netsplit_scenario::vary::Invariable;
use netsplit_scenario::{Cursor, Scenario, Session, Tree, Unplayable, file, gallery, open};
use netsplit_sim::{Planned, Time};
use std::io::Read;
use std::path::Path;

/// A run that is to be played.
pub struct Input {
    /// The scenario.
    pub scenario: Scenario,
    /// What people did in it.
    pub interventions: Vec<Planned<Tree>>,
    /// How far a link says it was played, and the hash it had there.
    pub claim: Option<(Cursor, u64)>,
}

/// Why there is nothing to run.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It is none of the things it could be.
    #[error("{0}")]
    Unknown(String),
    /// The file cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    /// The file is not text.
    #[error("{0}: this is not text (byte {1} is not UTF-8): a scenario file or a link is expected")]
    Binary(String, usize),
    /// The file is too long.
    #[error("{0}: more than {1} bytes are too much for a scenario file or a link")]
    TooLong(String, usize),
    /// There is a mistake in the scenario file.
    #[error("{0}: {1}")]
    File(String, file::FileError),
    /// There is something wrong with the link.
    #[error("{0}")]
    Link(#[from] LinkError),
    /// The protocol refuses it.
    #[error("{0}")]
    Unplayable(#[from] Unplayable),
    /// It cannot be varied so.
    #[error("{0}")]
    Invariable(#[from] Invariable),
    /// What came of it cannot be kept.
    #[error("{0}: {1}")]
    Unwritable(String, std::io::Error),
}

/// Finds out what a RUN is, and reads it.
pub fn read(run: &str) -> Result<Input, InputError> {
    if run == "-" {
        return understand("standard input", &text("standard input", std::io::stdin().lock())?);
    }
    if let Some(scenario) = gallery::find(run) {
        return Ok(Input::from(scenario));
    }
    let path = Path::new(run);
    if run.len() < 4_096 && path.exists() {
        let unreadable = |error| InputError::Unreadable(run.to_owned(), error);
        let file = std::fs::File::open(path).map_err(unreadable)?;
        return understand(run, &text(run, file)?);
    }
    if is_link(run) {
        return link(run);
    }
    Err(InputError::Unknown(unknown(run)))
}

fn text(name: &str, from: impl Read) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    let most = LONGEST_LINK.max(file::LONGEST_FILE);
    let read = from.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| InputError::Unreadable(name.to_owned(), error))?;
    if bytes.len() > most {
        return Err(InputError::TooLong(name.to_owned(), most));
    }
    String::from_utf8(bytes).map_err(|error| InputError::Binary(name.to_owned(), error.utf8_error().valid_up_to()))
}

/// A text from a file or from standard input: a link is one word, a scenario file never is.
fn understand(name: &str, text: &str) -> Result<Input, InputError> {
    let word = text.trim();
    if is_link(word) {
        return link(word);
    }
    file::open(text)
        .map(|session| Input::from(session.scenario().clone()))
        .map_err(|error| InputError::File(name.to_owned(), error))
}

fn is_link(text: &str) -> bool {
    let one_word = !text.contains(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    one_word && (text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with('#') || text.contains("/#"))
}

fn link(text: &str) -> Result<Input, InputError> {
    let link = decode(text)?;
    Ok(Input { scenario: link.scenario, interventions: link.interventions, claim: Some((link.cursor, link.hash)) })
}

fn unknown(run: &str) -> String {
    let shown: String = run.chars().take(60).collect();
    let meant = gallery::nearest(run).map(|name| format!(" (did you mean {name}?)"));
    format!(
        "{shown:?} is neither a scenario of the gallery nor a file nor a link{}: `netsplit list` shows the gallery",
        meant.unwrap_or_default()
    )
}

impl From<Scenario> for Input {
    fn from(scenario: Scenario) -> Input {
        Input { scenario, interventions: Vec::new(), claim: None }
    }
}

impl Input {
    /// The same with another seed; what a link claims is then void.
    pub fn reseed(&mut self, seed: Option<u64>) {
        if let Some(seed) = seed.filter(|seed| *seed != self.scenario.seed) {
            self.scenario.seed = seed;
            self.claim = None;
        }
    }

    /// The same, to be played until another time. The scenario itself only becomes longer: what it expects of its end
    /// stays open in a run that stops before.
    pub fn lengthen(&mut self, until: Option<Time>) {
        self.scenario.until = self.scenario.until.max(until.unwrap_or_default());
    }

    /// The same with more rules broken.
    pub fn add_bugs(&mut self, bugs: &[String]) {
        for bug in bugs {
            if !self.scenario.bugs.contains(bug) {
                self.scenario.bugs.push(bug.clone());
                self.claim = None;
            }
        }
    }

    /// Starts the run, with all that people did in it planned.
    pub fn start(&self) -> Result<Box<dyn Session>, InputError> {
        netsplit_scenario::check::check(&self.scenario)?;
        let mut session = open(self.scenario.clone())?;
        session.plan(&self.interventions)?;
        Ok(session)
    }
}
