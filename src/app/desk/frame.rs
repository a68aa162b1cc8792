//! What happens in every frame.

use super::{BREATH, Desk, Detail, Dialog, REMARK, State};
use crate::app::beside::name_of_number;
use crate::app::{browser, title_of};
use crate::locale::Word;

/// A frame that comes after so many milliseconds is late.
const LATE: f64 = 25.0;
/// A frame's budget for playing, in milliseconds; drawing needs the rest.
const BUDGET: f64 = 6.0;

impl Desk {
    /// Panels of a large run take a while to render: then they look less often, so that most frames are on time.
    fn pace_panels(&self, wall: f64) {
        if self.inner.breathed.get() {
            let factor = if wall > LATE { 1.5 } else { 0.9 };
            self.inner.breath.set((self.inner.breath.get() * factor).clamp(*BREATH.start(), *BREATH.end()));
        }
    }

    /// Measures the run while somebody looks at the measures, and plays what runs beside it; true if there is something new.
    fn measure(&self) -> bool {
        let state = self.state();
        let mut gauge = self.inner.gauge.borrow_mut();
        gauge.work();
        let beside = gauge.news && browser::now() - self.inner.rung.get() > *BREATH.start();
        gauge.news &= !beside;
        let inspected = state.ui.right_open && state.ui.detail == Detail::Performance;
        let shown = inspected || state.ui.dialog == Some(Dialog::Performance);
        let language = state.ui.language;
        let other = state.beside.as_ref();
        let title = match other {
            Some(_) => name_of_number(&state.lab, state.lab.branches().current(), language),
            None => title_of(state.lab.session().scenario(), language).to_owned(),
        };
        let other = other.map(|it| (it.session(), name_of_number(&state.lab, it.number(), language)));
        (shown && gauge.look(&state.lab, &title, other)) || beside
    }

    /// A frame: plays, draws, and now and then lets the panels look and the address be written.
    pub fn frame(&self, time: f64, wall: f64) {
        let begun = browser::now();
        let Ok(mut state) = self.inner.state.try_borrow_mut() else { return };
        if state.theory.is_some() {
            let breath = begun - self.inner.rung.get() > *BREATH.start();
            let faded = state.ui.fade(begun);
            let news = self.frame_theory(&mut state, time, wall, breath);
            drop(state);
            return if news || faded {
                self.ring()
            };
        }
        let was_playing = state.lab.playing();
        let moved = state.lab.play(wall, || browser::now() - begun > BUDGET);
        let stopped = was_playing && !state.lab.playing();
        state.tend();
        if stopped && state.lab.alarm().is_some() {
            state.ui.detail = Detail::Thing;
        }
        let faded = state.ui.fade(begun);
        let ended = stopped && state.lab.at_end();
        if ended {
            let text = state.ui.language.say(Word::EndReached).to_owned();
            state.ui.remark = Some((text, begun + REMARK));
        }
        let pursuing = state.lab.quest.underway().is_some();
        let pursued = state.pursue(|| browser::now() - begun > BUDGET);
        let moved = moved || pursuing;
        state.tell_break(begun);
        let State { lab, jury, inquiry, .. } = &mut *state;
        let learned = inquiry.frame(lab, || browser::now() - begun > BUDGET);
        if let Some(lit) = inquiry.found().filter(|_| learned) {
            self.inner.stage.borrow_mut().bring(lit, lab.session());
        }
        let news = jury.frame(lab, begun) | learned;
        self.pace_panels(wall);
        let breath = moved && begun - self.inner.rung.get() > self.inner.breath.get();
        drop(state);
        if news {
            self.inner.stage.borrow_mut().stale();
        }
        if moved {
            self.inner.stage.borrow_mut().stale();
            self.inner.address.borrow_mut().stale();
        }
        if pursued {
            self.inner.stage.borrow_mut().follow(&self.inner.state.borrow());
        }
        self.inner.stage.borrow_mut().watch(&mut self.inner.state.borrow_mut());
        self.inner.stage.borrow_mut().frame(&self.inner.state.borrow(), time);
        let measured = self.measure();
        if stopped || faded || breath || news || measured || pursued {
            self.ring();
        }
        self.inner.breathed.set(breath);
        if self.inner.address.borrow().due(time) {
            self.save();
            self.inner.address.borrow_mut().written(time);
        }
    }
}
