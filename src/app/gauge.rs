//! How well the run on the table goes, measured a little in every frame; the run it is compared with; and a parameter sweep
//! under way.

use super::browser;
use super::lab::Lab;
use netsplit_scenario::performance::chart::Shown;
use netsplit_scenario::performance::{LIMIT, Performance, measure};
use netsplit_scenario::vary::Variation;
use netsplit_scenario::{Session, Unplayable};
use netsplit_sim::{Span, Time};
use std::rc::Rc;

/// So many events are looked through in one frame; that takes about as long as playing them.
const SLICE: u32 = 4_096;
/// While the run plays, it is measured again after so many milliseconds, or so many times as long as measuring takes.
const PAUSE: f64 = 250.0;
const SHARE: f64 = 30.0;
/// Between two looks at the clock, a sweep plays so many events...
const BATCH: u32 = 512;
/// ...and so many milliseconds it may take of a frame.
const BUDGET: f64 = 8.0;

/// A run whose measures are kept.
#[derive(Clone, PartialEq)]
pub(crate) struct Kept {
    /// What it is called.
    pub title: String,
    names: Rc<Vec<String>>,
    /// How well it went.
    pub performance: Rc<Performance>,
}

impl Kept {
    /// The run, for a plot.
    pub fn shown(&self) -> Shown<'_> {
        Shown { name: &self.title, names: &self.names, performance: &self.performance }
    }
    /// Its nodes' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// The latest measures of a run that goes on.
#[derive(Default)]
struct Reading {
    kept: Option<Kept>,
    /// What they were taken from: the hash of a moment, the time, and within what a request must be answered.
    taken: Option<(u64, Time, Span)>,
    due: f64,
}

impl Reading {
    /// Measures the run if that is due; true if there is something new.
    fn look(&mut self, session: &dyn Session, title: &str, moving: bool, limit: Span) -> bool {
        let begun = browser::now();
        let from = Some((session.hash(), session.cursor().time, limit));
        let known = self.taken == from && self.kept.as_ref().is_some_and(|kept| kept.title == title);
        if known || (moving && begun < self.due) {
            return false;
        }
        if session.ledger(SLICE).events() < session.cursor().events {
            return false;
        }
        self.kept = Some(kept(title.to_owned(), session, limit));
        self.taken = from;
        self.due = browser::now() + PAUSE.max(SHARE * (browser::now() - begun));
        true
    }
}

/// The measures, and what else runs beside the run on the table.
pub(crate) struct Gauge {
    /// Within so long a request must be answered.
    pub limit: Span,
    now: Reading,
    /// The branch beside.
    beside: Reading,
    /// The run to compare with.
    pub kept: Option<Kept>,
    /// Another run that is to be compared with, on its way to its end.
    rival: Option<(String, Box<dyn Session>)>,
    /// The sweep.
    pub study: Option<Study>,
    /// What runs beside the run on the table has come to something that nobody has been told yet.
    pub news: bool,
}

impl Default for Gauge {
    fn default() -> Gauge {
        Gauge {
            limit: LIMIT,
            now: Reading::default(),
            beside: Reading::default(),
            kept: None,
            rival: None,
            study: None,
            news: false,
        }
    }
}

/// A parameter sweep.
pub(crate) struct Study {
    /// The runs.
    pub variation: Variation,
    next: usize,
    running: Option<Box<dyn Session>>,
    /// Why it ended before its end.
    pub refused: Option<Unplayable>,
}

impl Gauge {
    /// Forgets what was measured of the run on the table: another one is there.
    pub fn forget(&mut self) {
        (self.now, self.beside) = (Reading::default(), Reading::default());
    }
    /// The latest measures, if there are any yet.
    pub fn now(&self) -> Option<&Kept> {
        self.now.kept.as_ref()
    }
    /// All runs that stand in one plot: the one on the table, the branch beside, and what else it is compared with.
    pub fn shown(&self) -> Vec<Shown<'_>> {
        let runs = self.now.kept.iter().chain(&self.beside.kept).chain(&self.kept);
        runs.map(Kept::shown).collect()
    }
    /// Whether another run is being played to be compared with.
    pub fn is_comparing(&self) -> bool {
        self.rival.is_some()
    }
    /// Plays another run to its end, to compare with.
    pub fn compare(&mut self, title: String, session: Box<dyn Session>) {
        self.rival = Some((title, session));
    }
    /// Compares with nothing any more.
    pub fn drop_comparison(&mut self) {
        (self.kept, self.rival) = (None, None);
    }

    /// Measures the run and the branch beside it if that is due, called once in a frame while somebody looks; true if there is
    /// something new.
    pub fn look(&mut self, lab: &Lab, title: &str, beside: Option<(&dyn Session, String)>) -> bool {
        let news = self.now.look(lab.session(), title, lab.moving(), self.limit);
        match beside {
            Some((session, title)) => self.beside.look(session, &title, lab.moving(), self.limit) || news,
            None => std::mem::take(&mut self.beside).kept.is_some() || news,
        }
    }

    /// Plays what else there is to play, for a part of a frame.
    pub fn work(&mut self) {
        let begun = browser::now();
        let enough = || browser::now() - begun > BUDGET;
        if let Some((title, session)) = &mut self.rival {
            while !enough() {
                if Variation::play(&mut **session, BATCH) {
                    self.kept = Some(kept(title.clone(), &**session, self.limit));
                    self.rival = None;
                    self.news = true;
                    return;
                }
            }
        } else if let Some(study) = &mut self.study {
            self.news |= study.work(enough);
        }
    }
}

fn kept(title: String, session: &dyn Session, limit: Span) -> Kept {
    let performance = Rc::new(measure(session, limit));
    Kept { title, names: Rc::new(session.names().to_vec()), performance }
}

impl Study {
    /// A sweep at its beginning.
    pub fn new(variation: Variation) -> Study {
        Study { variation, next: 0, running: None, refused: None }
    }
    /// Whether there is more to play.
    pub fn is_running(&self) -> bool {
        self.next < self.variation.runs()
    }
    /// Ends it where it is.
    pub fn stop(&mut self) {
        self.next = self.variation.runs();
        self.running = None;
    }

    fn work(&mut self, enough: impl Fn() -> bool) -> bool {
        let before = self.next;
        while self.is_running() && !enough() {
            let session = match &mut self.running {
                Some(session) => session,
                idle => match self.variation.start(self.next) {
                    Ok(session) => idle.insert(session),
                    Err(error) => {
                        self.refused = Some(error);
                        self.stop();
                        return true;
                    }
                },
            };
            if Variation::play(&mut **session, BATCH) {
                let figures = self.variation.look(&**session);
                self.variation.note(self.next, figures);
                self.running = None;
                self.next += 1;
            }
        }
        self.next > before
    }
}
