//! What the pointer does on the drawings: it drags, pans, zooms, scrubs, draws round nodes and from node to node, and opens
//! what can be done with a thing.

use super::{Board, NOTCH, Stage};
use crate::app::desk::{Desk, Menu};
use crate::draw::Thing;
use netsplit_scenario::Selection;
use netsplit_scenario::edit::Change;
use wasm_bindgen::JsCast;
use web_sys::{PointerEvent, WheelEvent};

/// A pointer that is down.
#[derive(Clone, Copy)]
pub(super) struct Grip {
    pointer: i32,
    board: Board,
    thing: Option<Thing>,
    start: (f64, f64),
    at: (f64, f64),
    moved: bool,
}

/// Further than this, a press is a drag; in pixels.
const SLACK: f64 = 4.0;
/// How far scrubbing plays ahead of what is recorded, in events.
const AHEAD: u32 = 50_000;

/// What can be selected of what lies under the pointer.
fn selectable(thing: Thing) -> Option<Selection> {
    match thing {
        Thing::Node(node) => Some(Selection::Node(node)),
        Thing::Message(_, name) => Some(Selection::Message(name)),
        Thing::Link(from, to) => Some(Selection::Link(from, to)),
        Thing::Event(event) => Some(Selection::Event(event)),
        Thing::Moment(_) | Thing::Handle(_) | Thing::Window => None,
    }
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

/// What the pointer does on a drawing.
impl Desk {
    /// It goes down.
    pub fn press(&self, board: Board, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        if let Some(canvas) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        let at = place(event);
        let mut stage = self.stage().borrow_mut();
        let thing = stage.hit(board, at);
        stage.take_grip(event.pointer_id());
        stage.grips.push(Grip { pointer: event.pointer_id(), board, thing, start: at, at, moved: false });
        let gathering = self.state().lab.gathering;
        if gathering && board == Board::Cluster && thing.is_none_or(|thing| matches!(thing, Thing::Link(..))) {
            stage.lasso = vec![at];
        }
        drop(stage);
        if matches!(board, Board::Timeline | Board::Measures) && thing != Some(Thing::Window) {
            self.scrub(board, at.0);
        }
    }

    /// It moves.
    pub fn point(&self, board: Board, event: &PointerEvent) {
        let at = place(event);
        let mut stage = self.stage().borrow_mut();
        let Some(grip) = stage.take_grip(event.pointer_id()) else {
            return stage.hover_at(board, at);
        };
        let far = (at.0 - grip.start.0).hypot(at.1 - grip.start.1) > SLACK;
        let moved = grip.moved || far;
        stage.grips.push(Grip { at, moved, ..grip });
        if !moved {
            return;
        }
        stage.stale = true;
        if stage.is_lassoing() {
            stage.lasso.push(at);
            return;
        }
        match (board, grip.thing) {
            (Board::Cluster, Some(Thing::Node(node))) if self.state().lab.editing && !event.shift_key() => {
                stage.wire = Some((node, at));
            }
            (Board::Cluster, Some(Thing::Node(node))) => {
                stage.wire = None;
                stage.cluster.drag(node, at.0, at.1);
            }
            (Board::SpaceTime, Some(Thing::Handle(node))) => {
                let time = stage.spacetime.moment_of(node, at.0, at.1);
                drop(stage);
                self.change(|state| state.lab.cut.iter_mut().for_each(|cut| cut.drag(node, time)));
            }
            (Board::SpaceTime | Board::Beside | Board::Operations, _) => stage.drag_diagram(grip, at),
            (Board::Timeline, Some(Thing::Window)) => {
                let first = stage.timeline.dragged(at.0 - grip.at.0);
                stage.spacetime.begin_at(first, self.state().lab.session());
            }
            (Board::Timeline | Board::Measures, _) => {
                drop(stage);
                self.scrub(board, at.0);
            }
            _ => {}
        }
    }

    /// It goes up.
    pub fn release(&self, board: Board, event: &PointerEvent) {
        let mut stage = self.stage().borrow_mut();
        let Some(grip) = stage.take_grip(event.pointer_id()) else { return };
        if let Some((from, pointer)) = stage.wire.take() {
            stage.stale = true;
            let end = stage.wire_end(from, pointer);
            drop(stage);
            return end.into_iter().for_each(|to| self.edit(&Change::Link(from, to)));
        }
        if stage.is_lassoing() {
            let found = stage.lassoed(self.state().lab.session().names().len());
            stage.lasso.clear();
            drop(stage);
            if grip.moved {
                return self.change(|state| {
                    state.lab.gathered.extend(found);
                    state.lab.gathered.sort_unstable();
                    state.lab.gathered.dedup();
                });
            }
        } else {
            drop(stage);
        }
        if grip.moved || grip.thing == Some(Thing::Window) {
            return self.change(|_| ()); // Where nodes were dragged to is part of the link.
        }
        self.click(board, grip.thing, (f64::from(event.client_x()), f64::from(event.client_y())), event.shift_key());
    }

    /// It leaves.
    pub fn leave(&self) {
        let mut stage = self.stage().borrow_mut();
        stage.stale |= stage.hover.take().is_some();
    }
    /// The browser has taken it away.
    pub fn lose(&self, event: &PointerEvent) {
        let mut stage = self.stage().borrow_mut();
        stage.take_grip(event.pointer_id());
        stage.lasso.clear();
        stage.wire = None;
        stage.stale = true;
    }

    fn click(&self, board: Board, thing: Option<Thing>, at: (f64, f64), shift: bool) {
        match (board, thing) {
            (Board::Cluster, Some(Thing::Node(node))) if shift || self.state().lab.gathering => {
                self.change(|state| state.lab.gather(node));
            }
            (Board::SpaceTime, Some(Thing::Event(event))) if shift => self.compare(event),
            (Board::Cluster, Some(thing)) => self.open_menu(thing, at),
            (_, Some(Thing::Moment(time))) => {
                self.change(|state| {
                    state.lab.set_playing(false);
                    state.lab.go_to_time(time);
                });
            }
            (Board::Cluster, None) => {
                self.dress(|ui| ui.menu = None);
                self.change(|state| state.lab.hold(false));
                self.select(None);
            }
            (Board::Beside, Some(Thing::Event(event))) => self.choose_beside(event),
            (Board::Beside, thing) => thing.and_then(selectable).into_iter().for_each(|it| self.select_in_both(it)),
            (_, thing) => {
                if let Some(thing) = thing.and_then(selectable) {
                    self.select(Some(thing));
                }
            }
        }
    }

    /// The other button, or a long press: what can be done with the thing.
    pub fn ask(&self, board: Board, event: &web_sys::MouseEvent) {
        event.prevent_default();
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let hit = self.stage().borrow().hit(board, at);
        // What can be done is done to the run on the table.
        if let Some(thing) = hit.filter(|_| board != Board::Beside) {
            self.open_menu(thing, (f64::from(event.client_x()), f64::from(event.client_y())));
        }
    }

    fn open_menu(&self, thing: Thing, (x, y): (f64, f64)) {
        let Some(thing) = selectable(thing) else { return };
        // A node's menu stands beside it, where it hides nothing of it.
        let beside = match thing {
            Selection::Node(node) => self.stage().borrow().place_of(node),
            _ => None,
        };
        let (x, y) = beside.unwrap_or((x, y));
        self.select(Some(thing));
        if !matches!(thing, Selection::Event(_)) {
            self.change(|state| {
                // A message would be gone before one has chosen what to do with it.
                state.lab.hold(matches!(thing, Selection::Message(_)));
                state.ui.menu = Some(Menu { thing, x: x + 8.0, y });
            });
        }
    }

    fn scrub(&self, board: Board, x: f64) {
        let Some(time) = self.stage().borrow().time_at(board, x) else { return };
        self.change(|state| {
            state.lab.set_playing(false);
            state.lab.reach(time, AHEAD);
        });
    }

    /// The wheel turns over a diagram.
    pub fn wheel(&self, board: Board, event: &WheelEvent) {
        event.prevent_default();
        let mut stage = self.stage().borrow_mut();
        stage.stale = true;
        let (dx, dy) = (event.delta_x(), event.delta_y());
        if event.shift_key() || dx.abs() > dy.abs() {
            let along = if dx == 0.0 { dy } else { dx };
            match board {
                Board::SpaceTime => stage.spacetime.pan_along(-along),
                _ => stage.pan_diagram(board, (-along, 0.0)),
            }
        } else {
            let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 100.0 } else { 3.0 };
            let notches = (-dy / lines).clamp(-3.0, 3.0);
            let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
            let along = stage.along(board, at);
            stage.zoom_diagram(board, NOTCH.powf(notches), along);
        }
    }
}

impl Stage {
    /// What a pointer that is down holds, taken out of its hand.
    fn take_grip(&mut self, pointer: i32) -> Option<Grip> {
        let at = self.grips.iter().position(|grip| grip.pointer == pointer)?;
        Some(self.grips.swap_remove(at))
    }

    /// One finger pans, two zoom.
    fn drag_diagram(&mut self, grip: Grip, at: (f64, f64)) {
        let other = self.grips.iter().find(|it| it.pointer != grip.pointer && it.board == grip.board);
        match other.map(|other| other.at) {
            Some(other) => {
                let along = |at: (f64, f64)| self.along(grip.board, at);
                let (other, was, is) = (along(other), along(grip.at), along(at));
                let (before, after) = ((was - other).abs().max(8.0), (is - other).abs().max(8.0));
                self.zoom_diagram(grip.board, after / before, (is + other) / 2.0);
            }
            None => self.pan_diagram(grip.board, (at.0 - grip.at.0, at.1 - grip.at.1)),
        }
    }

    /// How far along a diagram's axis a place is.
    fn along(&self, board: Board, at: (f64, f64)) -> f64 {
        match board {
            Board::SpaceTime => self.spacetime.along(at.0, at.1),
            _ => at.0,
        }
    }
    fn pan_diagram(&mut self, board: Board, by: (f64, f64)) {
        match board {
            Board::Operations => self.operations.pan(by.0, by.1),
            _ => self.spacetime.pan(by.0, by.1),
        }
    }
    fn zoom_diagram(&mut self, board: Board, factor: f64, x: f64) {
        match board {
            Board::Operations => self.operations.zoom(factor, x),
            _ => self.spacetime.zoom(factor, x),
        }
    }
}
