//! Playing a run until something is so: break points, which stop it whenever they match, and pursuits, which go to the next
//! match or back to the one before.

use netsplit_scenario::Session;
use netsplit_scenario::find::{Names, Pursued, Pursuit, Query, Watch, Way};
use netsplit_sim::{EventId, Time};

/// Between two looks at the clock, this many events are gone through.
const PORTION: u32 = 256;

/// A condition that stops the run.
pub(crate) struct Break {
    /// As it was written.
    pub text: String,
    /// Whether it stops the run now.
    pub on: bool,
    watch: Watch,
}

/// How a pursuit ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// At this event.
    Found(EventId),
    /// There was nothing up to this time.
    NotUpTo(Time),
    /// There was nothing before.
    NotBefore,
}

/// What a run is played for.
#[derive(Default)]
pub(crate) struct Quest {
    breaks: Vec<Break>,
    /// The break point that has just stopped the run.
    stopped: Option<usize>,
    pursuit: Option<(Pursuit, Way)>,
    ending: Option<Ending>,
}

impl Quest {
    /// The break points.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }
    /// Keeps a condition as a break point; one that is kept already is switched on.
    pub fn keep(&mut self, text: &str, query: Query) {
        match self.breaks.iter_mut().find(|known| known.text == text) {
            Some(known) => known.on = true,
            None => self.breaks.push(Break { text: text.to_owned(), on: true, watch: Watch::new(query) }),
        }
    }
    /// Switches a break point on or off.
    pub fn switch(&mut self, place: usize) {
        if let Some(of) = self.breaks.get_mut(place) {
            of.on ^= true;
            of.watch.forget();
        }
    }
    /// Forgets a break point.
    pub fn remove(&mut self, place: usize) {
        if place < self.breaks.len() {
            self.breaks.remove(place);
        }
        self.stopped = None;
    }
    /// Takes over the break points of another run, those that make sense in this one.
    pub fn take_over(&mut self, other: &mut Quest, names: impl FnOnce() -> Names) {
        if other.breaks.is_empty() {
            return;
        }
        let names = names();
        for of in other.breaks.drain(..) {
            if let Ok(query) = Query::read(&of.text, &names) {
                self.breaks.push(Break { text: of.text, on: of.on, watch: Watch::new(query) });
            }
        }
    }

    /// Whether any break point is on.
    pub fn armed(&self) -> bool {
        self.breaks.iter().any(|of| of.on)
    }
    /// Before an event is played: the break points that have lost sight of the run look at it anew.
    pub fn before(&mut self, session: &dyn Session) {
        self.stopped = None;
        let events = session.cursor().events;
        for of in self.breaks.iter_mut().filter(|of| of.on && of.watch.at() != Some(events)) {
            of.watch.begin(&*session.sight());
        }
    }
    /// After an event was played: whether one of the break points stops the run.
    pub fn after(&mut self, session: &dyn Session) -> bool {
        let sight = session.sight();
        for (place, of) in self.breaks.iter_mut().enumerate().filter(|(_, of)| of.on) {
            if of.watch.after(&*sight) {
                self.stopped = self.stopped.or(Some(place));
            }
        }
        self.stopped.is_some()
    }
    /// The break point that has stopped the run, once.
    pub fn take_stopped(&mut self) -> Option<&Break> {
        self.breaks.get(self.stopped.take()?)
    }
    /// The run has been changed: what was seen of it no longer counts.
    pub fn forget(&mut self) {
        self.breaks.iter_mut().for_each(|of| of.watch.forget());
        (self.stopped, self.pursuit, self.ending) = (None, None, None);
    }

    /// Sets out for a match.
    pub fn pursue(&mut self, query: Query, way: Way, session: &dyn Session) {
        self.pursuit = Some((Pursuit::new(query, way, session), way));
        self.ending = None;
    }
    /// Gives up.
    pub fn give_up(&mut self) {
        (self.pursuit, self.ending) = (None, None);
    }
    /// How many events a pursuit that is under way has come to.
    pub fn underway(&self) -> Option<u32> {
        self.pursuit.as_ref().map(|(pursuit, _)| pursuit.at())
    }
    /// How the latest pursuit ended.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Goes on with a pursuit for a frame, but no longer than `enough` says; true if it has ended.
    pub fn go_on(&mut self, session: &mut dyn Session, mut enough: impl FnMut() -> bool) -> bool {
        let Some((pursuit, way)) = &mut self.pursuit else { return false };
        let ended = loop {
            match pursuit.go_on(session, PORTION) {
                Pursued::Found(event) => break Ending::Found(event),
                Pursued::Nowhere if *way == Way::Back => break Ending::NotBefore,
                Pursued::Nowhere => break Ending::NotUpTo(session.cursor().time),
                Pursued::Underway if enough() => return false,
                Pursued::Underway => {}
            }
        };
        (self.pursuit, self.ending) = (None, Some(ended));
        true
    }
}
