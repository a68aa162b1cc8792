//! The space-time diagram of the branch beside: always the same stretch of time as that of the run on the table.

use super::{Board, Stage};
use crate::app::beside::leaf_through;
use crate::app::desk::State;
use crate::draw::{Asked, Glance, Now, Palette, SpaceTimeView, Surface, Thing};
use netsplit_scenario::Session;
use netsplit_scenario::compare::Side;
use netsplit_sim::{EventId, Time};

/// The drawing of a branch beside.
#[derive(Default)]
pub(super) struct Neighbour {
    pub view: SpaceTimeView,
    now: Now,
    /// What clients asked is not drawn here.
    asked: Asked,
    /// Which run it was that lay beside when both were looked through.
    turn: u32,
}

/// How nodes stood is looked up at so many moments, if there is one node; with more nodes at fewer.
const MOMENTS: u32 = 10_000;

impl Stage {
    /// The event that is pointed at, in whichever run.
    pub(super) fn pointed(&self) -> Option<(Side, EventId)> {
        match self.hover? {
            (Board::SpaceTime, Thing::Event(event)) => Some((Side::Here, event)),
            (Board::Beside, Thing::Event(event)) => Some((Side::There, event)),
            _ => None,
        }
    }

    /// Another branch lies beside.
    pub fn another_neighbour(&mut self) {
        self.neighbour.turn = 0;
    }

    /// Looks once through both runs when one is laid beside the other: along their lanes it is drawn how nodes stood, and what
    /// is drawn must not depend on who was watched.
    pub fn watch(&mut self, state: &mut State) {
        let State { lab, beside: Some(beside), ui, .. } = state else { return };
        if beside.turn() == self.neighbour.turn {
            return;
        }
        self.neighbour.turn = beside.turn();
        let moments = MOMENTS / lab.session().names().len().max(1) as u32;
        let (now, asked, lang) = (&mut Now::default(), &Asked::default(), ui.language);
        let mut watch = |view: &mut SpaceTimeView, session: &mut dyn Session| {
            view.forget_standings();
            now.forget();
            leaf_through(session, moments, |session| {
                now.look(session);
                view.watch(&Glance { lang, ..Glance::bare(session, now, asked) });
            });
        };
        let here = lab.cursor();
        watch(&mut self.spacetime, lab.session_mut());
        lab.return_to(here);
        watch(&mut self.neighbour.view, beside.session_mut());
        beside.align(lab);
        self.neighbour.now.forget();
        self.stale = true;
    }

    /// Paints the branch beside.
    pub(super) fn paint_beside(
        &mut self,
        surface: &Surface,
        palette: &Palette,
        state: &State,
        wall_ms: f64,
        stale: bool,
    ) {
        let (lab, Some(beside)) = (&state.lab, &state.beside) else { return };
        let pointed = self.pointed();
        let Neighbour { view, now, asked, .. } = &mut self.neighbour;
        now.look(beside.session());
        let pace = lab.pace().map_or(1e9, |span| span.0 as f64 / 1000.0);
        let glance = Glance {
            selection: beside.selection(lab),
            contrast: Some(beside.contrast(lab, Side::There, pointed)),
            hover: self.hover.filter(|(over, _)| *over == Board::Beside).map(|(_, thing)| thing),
            wall_ms,
            pace: if lab.moving() { pace } else { 0.0 },
            calm: self.calm,
            lang: state.ui.language,
            ..Glance::bare(beside.session(), now, asked)
        };
        let moved = view.align(&self.spacetime);
        if view.frame(&glance) || moved || stale {
            view.paint(surface, palette, &glance);
        }
    }

    /// Shows where two runs part, and what comes after it, in as much detail as what was shown before.
    pub fn show_parting(&mut self, at: Time) {
        self.spacetime.show_from(at);
        self.stale = true;
    }
    /// Brings a time into view.
    pub fn reveal(&mut self, at: Time) {
        self.spacetime.reveal(at);
        self.stale = true;
    }
}
