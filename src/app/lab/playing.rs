//! How a run is played: by frames, by steps, and to a moment.

use super::{LONGEST_FRAME, Lab};
use crate::app::quest::Ending;
use netsplit_scenario::Selection;
use netsplit_scenario::find::{Query, Way};
use netsplit_scenario::session::{Cursor, Progress};
use netsplit_sim::{Span, Time};

/// Between two looks at the clock, this many events are played.
const BATCH: u32 = 256;
/// As fast as it goes: simulated time that is asked for at a time.
const STRIDE: Span = Span::millis(100);

impl Lab {
    /// Starts or stops.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.owed = 0.0;
    }
    /// Lets time stand still, or pass again, without stopping the run.
    pub fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// Plays for a frame: what `wall` milliseconds of watching are worth, but no longer than `enough` says. True if
    /// anything moved.
    pub fn play(&mut self, wall: f64, mut enough: impl FnMut() -> bool) -> bool {
        if !self.moving() {
            return false;
        }
        match self.pace() {
            Some(pace) => {
                self.owed += wall.min(LONGEST_FRAME) / 1000.0 * pace.0 as f64;
                let due = self.owed.floor();
                self.owed -= due;
                let until = self.cursor().time + Span(due as u64);
                self.play_until(until, &mut enough);
            }
            None => {
                while self.playing && !enough() {
                    let (before, until) = (self.cursor().events, self.cursor().time + STRIDE);
                    self.play_until(until, &mut enough);
                    if self.cursor().events == before {
                        break; // Nothing is left to happen for a while; there is no hurry then.
                    }
                }
            }
        }
        true
    }

    fn play_until(&mut self, until: Time, enough: &mut impl FnMut() -> bool) {
        let end = self.session.scenario().until;
        let stop = if self.past_end || self.cursor().time >= end { Time::NEVER } else { end };
        loop {
            match self.advance(until.min(stop)) {
                Progress::Reached => break,
                Progress::Paused if enough() || !self.playing => break,
                Progress::Paused => {}
                Progress::Full => {
                    self.playing = false;
                    return;
                }
                Progress::Violated => {
                    self.playing = false;
                    self.selection = self.cursor().latest().map(Selection::Event);
                    return;
                }
            }
        }
        if self.cursor().time >= stop {
            self.past_end = true;
            self.playing = false;
        }
    }

    /// Plays a batch of events; with break points one by one, and no further than to where one of them stops the run.
    fn advance(&mut self, until: Time) -> Progress {
        if !self.quest.armed() {
            return self.session.advance(until, BATCH);
        }
        self.quest.before(&*self.session);
        for _ in 0..BATCH {
            let before = self.session.cursor().events;
            let progress = self.session.advance(until, 1);
            let stopped = self.session.cursor().events > before && self.quest.after(&*self.session);
            if stopped {
                self.playing = false;
                self.selection = self.cursor().latest().map(Selection::Event);
            }
            if stopped || progress != Progress::Paused {
                return progress;
            }
        }
        Progress::Paused
    }

    /// How far to look for what may come: to the run's end, and where it was played beyond that, as far again.
    pub fn horizon(&self) -> Time {
        let end = self.session.scenario().until;
        if self.cursor().time < end {
            end.max(self.session.recorded_until())
        } else {
            self.cursor().time + end.since(Time::ZERO)
        }
    }
    /// Sets out for the next match of a condition, or back to the one before.
    pub fn set_out(&mut self, query: Query, way: Way) {
        self.playing = false;
        self.held = false;
        self.quest.pursue(query, way, &*self.session);
    }
    /// Goes on with that, but no longer than `enough` says; true if it has ended.
    pub fn pursue(&mut self, enough: impl FnMut() -> bool) -> bool {
        let ended = self.quest.go_on(&mut *self.session, enough);
        if let (true, Some(Ending::Found(event))) = (ended, self.quest.ending()) {
            self.selection = Some(Selection::Event(event));
        }
        self.past_end |= ended && self.cursor().time >= self.session.scenario().until;
        ended
    }

    /// Whether the run stands at the end that its scenario gives it.
    pub fn at_end(&self) -> bool {
        self.cursor().time == self.session.scenario().until
    }

    /// One event forward.
    pub fn step(&mut self) {
        self.playing = false;
        self.session.step();
    }
    /// One event back.
    pub fn step_back(&mut self) {
        let cursor = self.cursor();
        // In the quiet after an event, the first step back leads to the event itself.
        let quiet =
            cursor.latest().and_then(|id| self.session.trace().event(id)).is_some_and(|row| row.at < cursor.time);
        self.go_to(if quiet { cursor.events } else { cursor.events.saturating_sub(1) });
    }
    /// To the moment right after so many events.
    pub fn go_to(&mut self, events: u32) {
        self.playing = false;
        self.session.seek(events.min(self.session.trace().len()));
    }
    /// To a time, as far as the run is recorded; at once, or with the run going on from there.
    pub fn go_to_time(&mut self, time: Time) {
        let until = self.session.recorded_until();
        self.session.seek_time(time.min(until));
    }

    /// To a time; what is not recorded yet is played first, but no more than so many events.
    pub fn reach(&mut self, time: Time, most: u32) {
        if time > self.session.recorded_until() {
            let until = self.session.recorded_until();
            self.session.seek_time(until);
            self.session.advance(time, most);
        } else {
            self.session.seek_time(time);
        }
    }

    /// Records the run up to a time, but at most so many events more; the moment that is shown stays.
    pub fn record(&mut self, until: Time, most: u32) {
        let (here, enough) = (self.cursor(), self.session.trace().len().saturating_add(most));
        if until <= self.session.recorded_until() {
            return;
        }
        self.session.seek(self.session.trace().len());
        while self.session.trace().len() < enough
            && matches!(self.session.advance(until, most), Progress::Violated | Progress::Paused)
        {}
        self.return_to(here);
    }
    /// To a moment where the run stood before.
    pub fn return_to(&mut self, here: Cursor) {
        self.session.seek(here.events);
        if self.cursor().time < here.time {
            self.session.seek_time(here.time);
        }
    }
}
