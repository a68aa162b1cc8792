//! The drawings on their canvases: painted once a frame, outside the panels' rendering, and led by the pointer.

use super::browser;
use super::desk::{Desk, Menu, State};
use super::tables::{Light, Tables};
use super::theory::Theory;
use crate::draw::{
    ClusterView, Glance, Language, MeasuresView, Now, Palette, SpaceTimeView, Surface, Thing, TimelineView,
};
use netsplit_scenario::edit::Change;
use netsplit_scenario::{Selection, Session, View};
use netsplit_sim::{NodeId, Time};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, PointerEvent, WheelEvent};

/// A drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Board {
    Cluster,
    SpaceTime,
    Timeline,
    Measures,
}

impl Board {
    const ALL: [Board; 4] = [Board::Cluster, Board::SpaceTime, Board::Timeline, Board::Measures];

    /// Its canvas in the page.
    pub fn id(self) -> &'static str {
        match self {
            Board::Cluster => "cluster",
            Board::SpaceTime => "space-time",
            Board::Timeline => "timeline",
            Board::Measures => "measures",
        }
    }
}

/// A pointer that is down.
#[derive(Clone, Copy)]
struct Grip {
    pointer: i32,
    board: Board,
    thing: Option<Thing>,
    start: (f64, f64),
    at: (f64, f64),
    moved: bool,
}

/// Further than this, a press is a drag; in pixels.
const SLACK: f64 = 4.0;
/// One notch of the wheel zooms by this much.
const NOTCH: f64 = 1.2;
/// How far scrubbing plays ahead of what is recorded, in events.
const AHEAD: u32 = 50_000;

/// All drawings.
#[derive(Default)]
pub(crate) struct Stage {
    cluster: ClusterView,
    spacetime: SpaceTimeView,
    timeline: TimelineView,
    measures: MeasuresView,
    /// The drawings of a page of theory.
    pub tables: Tables,
    /// By board.
    surfaces: [Option<Surface>; 4],
    palette: Option<Palette>,
    now: Now,
    hover: Option<(Board, Thing)>,
    grips: Vec<Grip>,
    /// A line drawn round nodes to gather them.
    lasso: Vec<(f64, f64)>,
    /// A link being drawn from a node to the pointer.
    wire: Option<(NodeId, (f64, f64))>,
    stale: bool,
    fresh: bool,
    /// Somebody asked for less motion.
    calm: bool,
}

impl Stage {
    /// Something has changed: paint again.
    pub fn stale(&mut self) {
        self.stale = true;
    }
    /// The colours have changed.
    pub fn recolour(&mut self) {
        self.palette = None;
        self.stale = true;
    }
    /// Another run is on the table.
    pub fn forget(&mut self) {
        self.cluster.forget();
        self.spacetime.forget();
        self.timeline.forget();
        self.measures.forget();
        self.now.forget();
        self.hover = None;
        self.fresh = true;
        self.stale = true;
    }
    /// A changed run is on the table: for each of its nodes, which one it was.
    pub fn renumber(&mut self, before: &[Option<NodeId>]) {
        self.cluster.renumber(before);
        self.spacetime.forget();
        self.timeline.forget();
        self.measures.forget();
        self.now.forget();
        self.hover = None;
        self.fresh = true;
        self.stale = true;
    }
    /// Has nodes stay where they are.
    pub fn pin_nodes(&mut self) {
        self.cluster.pin();
    }
    /// What links say of the drawings.
    pub fn view(&self) -> View {
        View { selection: None, folded: 0, places: self.cluster.places() }
    }
    /// Puts nodes where people had dragged them to.
    pub fn set_places(&mut self, places: &[(NodeId, u16, u16)]) {
        self.cluster.set_places(places);
    }
    /// What is being drawn round nodes.
    pub fn is_lassoing(&self) -> bool {
        !self.lasso.is_empty()
    }
    /// Where a node is on the page.
    pub fn place_of(&self, node: NodeId) -> Option<(f64, f64)> {
        let canvas = self.surfaces[Board::Cluster as usize].as_ref()?.canvas().get_bounding_client_rect();
        let (x, y) = self.cluster.position(node);
        Some((canvas.left() + x + self.cluster.radius(), canvas.top() + y))
    }
    /// Shows all of the run in the diagram.
    pub fn show_all(&mut self, session: &dyn Session) {
        self.spacetime.zoom_out(session);
        self.stale = true;
    }
    /// Shows the diagram in more detail, or in less.
    pub fn zoom(&mut self, closer: bool) {
        let middle = self.surfaces[Board::SpaceTime as usize].as_ref().map_or(0.0, |surface| surface.width() / 2.0);
        self.spacetime.zoom(if closer { NOTCH * NOTCH } else { 1.0 / (NOTCH * NOTCH) }, middle);
        self.stale = true;
    }
    /// Keeps the moment shown in view.
    pub fn follow(&mut self, state: &State) {
        match state.lab.selection {
            Some(Selection::Event(event)) => self.spacetime.center_on(event, state.lab.session()),
            _ => self.spacetime.follow(true),
        }
        self.stale = true;
    }

    // --- painting ---

    /// Paints what has changed or still moves.
    pub fn frame(&mut self, state: &State, wall_ms: f64) {
        let palette = self.palette.take().unwrap_or_else(Palette::read);
        let session = state.lab.session();
        self.now.look(session);
        self.calm = browser::matches("(prefers-reduced-motion: reduce)");
        let stale = std::mem::take(&mut self.stale);
        let fresh = std::mem::take(&mut self.fresh);
        for board in Board::ALL {
            let Some((mut surface, new)) = self.surface(board) else { continue };
            let resized = surface.fit() || new || fresh;
            if !surface.is_empty() {
                if resized {
                    self.lay_out(board, &surface, session);
                }
                self.paint(board, &surface, &palette, state, wall_ms, stale || resized);
            }
            self.surfaces[board as usize] = Some(surface);
        }
        self.palette = Some(palette);
    }

    /// The same for a page of theory.
    pub fn frame_tables(&mut self, theory: &Theory, language: Language, wall_ms: f64) {
        let palette = self.palette.take().unwrap_or_else(Palette::read);
        self.calm = browser::matches("(prefers-reduced-motion: reduce)");
        let stale = std::mem::take(&mut self.stale);
        self.tables.frame(theory, &Light { palette: &palette, language, wall_ms, calm: self.calm, stale });
        self.palette = Some(palette);
    }

    /// The surface of a canvas, if it is in the page, and whether the canvas is new.
    fn surface(&mut self, board: Board) -> Option<(Surface, bool)> {
        let known = self.surfaces[board as usize].take().filter(|surface| surface.canvas().is_connected());
        if let Some(surface) = known {
            return Some((surface, false));
        }
        let canvas: HtmlCanvasElement = browser::element(board.id())?.dyn_into().ok()?;
        Some((Surface::new(canvas)?, true))
    }

    fn lay_out(&mut self, board: Board, surface: &Surface, session: &dyn Session) {
        let (width, height) = (surface.width(), surface.height());
        match board {
            Board::Cluster => self.cluster.layout(width, height, session),
            Board::SpaceTime => self.spacetime.layout(width, height, session),
            Board::Timeline => self.timeline.layout(width, height, session),
            Board::Measures => self.measures.layout(width, height, session),
        }
    }

    fn paint(&mut self, board: Board, surface: &Surface, palette: &Palette, state: &State, wall_ms: f64, stale: bool) {
        let lab = &state.lab;
        let pace = lab.pace().map_or(1e9, |span| span.0 as f64 / 1000.0);
        let glance = Glance {
            session: lab.session(),
            now: &self.now,
            selection: lab.selection,
            hover: self.hover.filter(|(over, _)| *over == board).map(|(_, thing)| thing),
            group: &lab.gathered,
            editing: lab.editing,
            wall_ms,
            pace: if lab.moving() { pace } else { 0.0 },
            calm: self.calm,
            lang: state.ui.language,
        };
        let moving = match board {
            Board::Cluster => self.cluster.frame(&glance),
            Board::SpaceTime => self.spacetime.frame(&glance),
            Board::Timeline => self.timeline.frame(&glance),
            Board::Measures => self.measures.frame(&glance),
        };
        if !(moving || stale) {
            return;
        }
        match board {
            Board::Cluster => {
                self.cluster.paint(surface, palette, &glance);
                self.paint_lasso(surface, palette);
                self.paint_wire(surface, palette);
            }
            Board::SpaceTime => self.spacetime.paint(surface, palette, &glance),
            Board::Timeline => self.timeline.paint(surface, palette, &glance),
            Board::Measures => self.measures.paint(surface, palette, &glance),
        }
    }

    fn paint_lasso(&self, surface: &Surface, palette: &Palette) {
        let Some((first, rest)) = self.lasso.split_first() else { return };
        let context = surface.context();
        context.begin_path();
        context.move_to(first.0, first.1);
        rest.iter().for_each(|point| context.line_to(point.0, point.1));
        surface.dashes(&[4.0, 4.0]);
        surface.stroke(&palette.accent, 1.5);
        surface.dashes(&[]);
    }

    /// A link on its way from a node to the pointer, or to the node under it.
    fn paint_wire(&self, surface: &Surface, palette: &Palette) {
        let Some((from, pointer)) = self.wire else { return };
        let start = self.cluster.position(from);
        let over = self.wire_end(from, pointer);
        let end = over.map_or(pointer, |node| self.cluster.position(node));
        surface.context().begin_path();
        surface.add_line(start.0, start.1, end.0, end.1);
        if over.is_none() {
            surface.dashes(&[4.0, 4.0]);
        }
        surface.stroke(&palette.accent, 2.0);
        surface.dashes(&[]);
        for (x, y) in std::iter::once(start).chain(over.map(|_| end)) {
            surface.disc(x, y, self.cluster.radius() + 5.0);
            surface.stroke(&palette.accent, 2.0);
        }
    }
    /// The node that a link would end at.
    fn wire_end(&self, from: NodeId, pointer: (f64, f64)) -> Option<NodeId> {
        match self.cluster.hit(pointer.0, pointer.1) {
            Some(Thing::Node(node)) if node != from => Some(node),
            _ => None,
        }
    }

    // --- pointing ---

    fn hit(&self, board: Board, at: (f64, f64)) -> Option<Thing> {
        match board {
            Board::Cluster => self.cluster.hit(at.0, at.1),
            Board::SpaceTime => self.spacetime.hit(at.0, at.1),
            Board::Timeline => self.timeline.hit(at.0, at.1),
            Board::Measures => self.measures.hit(at.0, at.1),
        }
    }

    fn time_at(&self, board: Board, x: f64) -> Option<Time> {
        match board {
            Board::Cluster => None,
            Board::SpaceTime => Some(self.spacetime.time_at(x)),
            Board::Timeline => Some(self.timeline.time_at(x)),
            Board::Measures => Some(self.measures.time_at(x)),
        }
    }

    fn hover_at(&mut self, board: Board, at: (f64, f64)) {
        let hover = self.hit(board, at).map(|thing| (board, thing));
        if hover == self.hover {
            return;
        }
        self.hover = hover;
        self.stale = true;
        let points = !matches!(hover, None | Some((_, Thing::Moment(_))));
        if let Some(surface) = &self.surfaces[board as usize] {
            let _ = surface.canvas().class_list().toggle_with_force("pointing", points);
        }
    }

    /// The nodes inside the line drawn round them.
    fn lassoed(&self, nodes: usize) -> Vec<NodeId> {
        let inside = |node: &NodeId| contains(&self.lasso, self.cluster.position(*node));
        (0..nodes).map(|node| NodeId(node as u16)).filter(inside).collect()
    }
}

/// Whether a closed line goes round a point (even-odd rule).
fn contains(line: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let ends = line.iter().cycle().skip(1);
    let crossings = line
        .iter()
        .zip(ends)
        .filter(|((x1, y1), (x2, y2))| (*y1 > y) != (*y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1);
    crossings.count() % 2 == 1
}

/// What can be selected of what lies under the pointer.
fn selectable(thing: Thing) -> Option<Selection> {
    match thing {
        Thing::Node(node) => Some(Selection::Node(node)),
        Thing::Message(_, name) => Some(Selection::Message(name)),
        Thing::Link(from, to) => Some(Selection::Link(from, to)),
        Thing::Event(event) => Some(Selection::Event(event)),
        Thing::Moment(_) => None,
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
        if matches!(board, Board::Timeline | Board::Measures) {
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
            (Board::SpaceTime, _) => stage.drag_diagram(grip, at),
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
        if grip.moved {
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
        if let Some(thing) = hit {
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

    /// The wheel turns over the diagram.
    pub fn wheel(&self, event: &WheelEvent) {
        event.prevent_default();
        let mut stage = self.stage().borrow_mut();
        stage.stale = true;
        let (dx, dy) = (event.delta_x(), event.delta_y());
        if event.shift_key() || dx.abs() > dy.abs() {
            let along = if dx == 0.0 { dy } else { dx };
            stage.spacetime.pan(-along, 0.0);
        } else {
            let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 100.0 } else { 3.0 };
            let notches = (-dy / lines).clamp(-3.0, 3.0);
            stage.spacetime.zoom(NOTCH.powf(notches), f64::from(event.offset_x()));
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
        let other = self.grips.iter().find(|it| it.pointer != grip.pointer && it.board == Board::SpaceTime);
        match other.map(|other| other.at) {
            Some(other) => {
                let (before, after) = ((grip.at.0 - other.0).abs().max(8.0), (at.0 - other.0).abs().max(8.0));
                self.spacetime.zoom(after / before, (at.0 + other.0) / 2.0);
            }
            None => self.spacetime.pan(at.0 - grip.at.0, at.1 - grip.at.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_round_a_point_contains_it() {
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        assert!(contains(&square, (5.0, 5.0)));
        assert!(!contains(&square, (15.0, 5.0)));
        assert!(!contains(&[], (0.0, 0.0)));
    }
}
