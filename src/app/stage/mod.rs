//! The drawings on their canvases: painted once a frame, outside the panels' rendering, and led by the pointer.

mod neighbour;
mod pointing;

use crate::app::browser;
use crate::app::desk::State;
use crate::app::tables::{Light, Tables};
use crate::app::theory::Theory;
use crate::draw::{
    ClusterView, Glance, Kind, Language, Lit, MeasuresView, Now, OperationsView, Palette, Showing, SpaceTimeView,
    Surface, Thing, TimelineView,
};
use neighbour::Neighbour;
use netsplit_scenario::compare::Side;
use netsplit_scenario::{Selection, Session, View};
use netsplit_sim::{NodeId, Time};
use pointing::Grip;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// A drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Board {
    Cluster,
    SpaceTime,
    /// The space-time of the branch beside.
    Beside,
    Operations,
    Timeline,
    Measures,
}

impl Board {
    const ALL: [Board; 6] =
        [Board::Cluster, Board::SpaceTime, Board::Beside, Board::Operations, Board::Timeline, Board::Measures];

    /// Its canvas in the page.
    pub fn id(self) -> &'static str {
        match self {
            Board::Cluster => "cluster",
            Board::SpaceTime => "space-time",
            Board::Beside => "beside",
            Board::Operations => "operations",
            Board::Timeline => "timeline",
            Board::Measures => "measures",
        }
    }
}

/// One notch of the wheel zooms by this much.
const NOTCH: f64 = 1.2;

/// All drawings.
#[derive(Default)]
pub(crate) struct Stage {
    cluster: ClusterView,
    spacetime: SpaceTimeView,
    neighbour: Neighbour,
    operations: OperationsView,
    timeline: TimelineView,
    measures: MeasuresView,
    /// The drawings of a page of theory.
    pub tables: Tables,
    /// By board.
    surfaces: [Option<Surface>; 6],
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
    /// All of the run is to be shown.
    whole: bool,
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
        self.forget_time();
    }
    /// The same run comes to something else from here on.
    pub fn another_future(&mut self) {
        self.spacetime.forget_standings();
        self.look_anew();
    }
    /// Forgets all that is drawn along the time of a run.
    fn forget_time(&mut self) {
        self.spacetime.forget();
        self.operations.forget();
        self.timeline.forget();
        self.measures.forget();
        self.look_anew();
    }
    fn look_anew(&mut self) {
        self.now.forget();
        self.hover = None;
        self.fresh = true;
        self.stale = true;
    }
    /// A changed run is on the table: for each of its nodes, which one it was.
    pub fn renumber(&mut self, before: &[Option<NodeId>]) {
        self.cluster.renumber(before);
        self.forget_time();
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
        self.operations.zoom_out(session);
        self.stale = true;
    }
    /// Shows all of the run as soon as there is a place to show it.
    pub fn show_whole(&mut self) {
        self.whole = true;
        self.stale = true;
    }
    /// The events between the edges of the space-time diagram.
    pub fn events_in_view(&self, state: &State) -> std::ops::Range<u32> {
        let trace = state.lab.session().trace();
        let (first, last) = self.spacetime.visible();
        trace.first_after(Time(first.0.saturating_sub(1)))..trace.first_after(last)
    }
    /// Shows the diagram in more detail, or in less.
    pub fn zoom(&mut self, closer: bool) {
        let width = |board: Board| self.surfaces[board as usize].as_ref().map(|surface| surface.width());
        let middle = width(Board::SpaceTime).or(width(Board::Operations)).unwrap_or(0.0) / 2.0;
        let factor = if closer { NOTCH * NOTCH } else { 1.0 / (NOTCH * NOTCH) };
        self.spacetime.zoom(factor, middle);
        self.operations.zoom(factor, middle);
        self.stale = true;
    }
    /// Brings what is further on into the diagram, or what is further back.
    pub fn pan(&mut self, on: bool) {
        let by = self.surfaces[Board::SpaceTime as usize].as_ref().map_or(300.0, |surface| surface.width() / 3.0);
        self.spacetime.pan_along(if on { -by } else { by });
        self.operations.pan(if on { -by } else { by }, 0.0);
        self.stale = true;
    }
    /// The types of the messages in the diagram.
    pub fn kinds(&self) -> &[Kind] {
        self.spacetime.kinds()
    }
    /// Shows the stretch of time in which some operations took place.
    pub fn show_operations(&mut self, from: Time, to: Time) {
        self.operations.show(from, to);
        self.stale = true;
    }
    /// Brings what stands out into view.
    pub fn bring(&mut self, lit: &Lit, session: &dyn Session) {
        self.spacetime.bring(lit, session);
        self.stale = true;
    }
    /// Keeps the moment shown in view.
    pub fn follow(&mut self, state: &State) {
        match state.lab.selection {
            Some(Selection::Event(event)) => {
                self.spacetime.center_on(event, state.lab.session());
                self.operations.center_on(event, state.lab.session());
            }
            _ => {
                self.spacetime.follow(true);
                self.operations.follow();
            }
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
                match board {
                    Board::Beside => self.paint_beside(&surface, &palette, state, wall_ms, stale || resized),
                    _ => self.paint(board, &surface, &palette, state, wall_ms, stale || resized),
                }
            }
            self.surfaces[board as usize] = Some(surface);
        }
        self.palette = Some(palette);
        if std::mem::take(&mut self.whole) {
            self.show_all(session);
        }
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
            Board::Beside => self.neighbour.view.layout(width, height, session),
            Board::Operations => self.operations.layout(width, height, session),
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
            asked: state.jury.asked(),
            selection: lab.selection,
            pinned: lab.pinned,
            lit: (state.inquiry.why().map(|why| &why.lit).or(state.finder.lit())).filter(|_| !lab.moving()),
            cut: lab.cut.as_ref(),
            contrast: state.beside.as_ref().map(|beside| beside.contrast(lab, Side::Here, self.pointed())),
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
            Board::SpaceTime => {
                // Two runs are laid beside each other along the time that passed, with every node.
                let plain = state.beside.is_some().then(Showing::default);
                self.spacetime.show(plain.as_ref().unwrap_or(&lab.showing), glance.session);
                self.spacetime.frame(&glance)
            }
            Board::Operations => self.operations.frame(&glance),
            Board::Timeline => {
                let shown = self.surfaces[Board::SpaceTime as usize].as_ref().filter(|surface| !surface.is_empty());
                self.timeline.show_window(shown.map(|_| self.spacetime.visible()));
                self.timeline.frame(&glance)
            }
            Board::Measures => self.measures.frame(&glance),
            Board::Beside => false, // another run
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
            Board::Operations => self.operations.paint(surface, palette, &glance),
            Board::Timeline => self.timeline.paint(surface, palette, &glance),
            Board::Measures => self.measures.paint(surface, palette, &glance),
            Board::Beside => {}
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
            Board::Beside => self.neighbour.view.hit(at.0, at.1),
            Board::Operations => self.operations.hit(at.0, at.1),
            Board::Timeline => self.timeline.hit(at.0, at.1),
            Board::Measures => self.measures.hit(at.0, at.1),
        }
    }

    fn time_at(&self, board: Board, x: f64) -> Option<Time> {
        match board {
            Board::Cluster => None,
            Board::SpaceTime | Board::Beside => Some(self.spacetime.time_at(x)),
            Board::Operations => Some(self.operations.time_at(x)),
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
