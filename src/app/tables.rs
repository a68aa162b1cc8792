//! The drawings of a page of theory: one cluster for each of its runs, on a canvas of its own.

use super::browser;
use super::theory::Theory;
use crate::draw::{Asked, ClusterView, Glance, Language, Now, Palette, Surface, Thing};
use netsplit_scenario::Session;
use netsplit_sim::NodeId;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// All drawings of a page.
#[derive(Default)]
pub(crate) struct Tables {
    tables: Vec<Table>,
}

/// What all drawings have in common in a frame.
pub(crate) struct Light<'a> {
    pub palette: &'a Palette,
    pub language: Language,
    pub wall_ms: f64,
    pub calm: bool,
    pub stale: bool,
}

#[derive(Default)]
struct Table {
    cluster: ClusterView,
    now: Now,
    surface: Option<Surface>,
    hover: Option<Thing>,
    /// What clients asked is not drawn here.
    asked: Asked,
}

/// The canvas of a run.
pub(crate) fn canvas_id(run: usize) -> String {
    format!("run-{run}")
}

impl Tables {
    /// Other runs are to be drawn.
    pub fn forget(&mut self) {
        self.tables.clear();
    }

    /// Draws what has changed or still moves.
    pub fn frame(&mut self, theory: &Theory, light: &Light) {
        self.tables.resize_with(theory.game.runs().len(), Table::default);
        for (place, (table, run)) in self.tables.iter_mut().zip(theory.game.runs()).enumerate() {
            table.frame(place, run, theory, light);
        }
    }

    /// The node at a place of a drawing.
    pub fn node_at(&self, run: usize, at: (f64, f64)) -> Option<NodeId> {
        match self.tables.get(run)?.cluster.hit(at.0, at.1) {
            Some(Thing::Node(node)) => Some(node),
            _ => None,
        }
    }
    /// The pointer is there.
    pub fn point(&mut self, run: usize, at: Option<(f64, f64)>) {
        let thing = at.and_then(|at| self.node_at(run, at)).map(Thing::Node);
        let Some(table) = self.tables.get_mut(run) else { return };
        table.hover = thing;
        if let Some(surface) = &table.surface {
            let _ = surface.canvas().class_list().toggle_with_force("pointing", thing.is_some());
        }
    }
}

impl Table {
    fn frame(&mut self, place: usize, run: &dyn Session, theory: &Theory, light: &Light) {
        let Some((mut surface, new)) = self.surface(place) else { return };
        self.now.look(run);
        let resized = surface.fit() || new;
        if !surface.is_empty() {
            if resized {
                self.cluster.layout(surface.width(), surface.height(), run);
            }
            self.paint(&surface, run, theory, light, resized);
        }
        self.surface = Some(surface);
    }

    fn paint(&mut self, surface: &Surface, run: &dyn Session, theory: &Theory, light: &Light, resized: bool) {
        let glance = Glance {
            hover: self.hover,
            group: &theory.picked_in(run),
            wall_ms: light.wall_ms,
            pace: if theory.playing() { theory.pace().0 as f64 / 1000.0 } else { 0.0 },
            calm: light.calm,
            lang: light.language,
            ..Glance::bare(run, &self.now, &self.asked)
        };
        if self.cluster.frame(&glance) || light.stale || resized {
            self.cluster.paint(surface, light.palette, &glance);
        }
    }

    /// The surface of the canvas, if it is in the page, and whether the canvas is new.
    fn surface(&mut self, place: usize) -> Option<(Surface, bool)> {
        if let Some(known) = self.surface.take().filter(|surface| surface.canvas().is_connected()) {
            return Some((known, false));
        }
        let canvas: HtmlCanvasElement = browser::element(&canvas_id(place))?.dyn_into().ok()?;
        Some((Surface::new(canvas)?, true))
    }
}
