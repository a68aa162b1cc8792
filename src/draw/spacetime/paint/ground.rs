//! Paints what events happen on: the grid, the axis, the lanes with their names, the cursor.

use super::Brush;
use crate::draw::Standing;
use crate::draw::axis::Axis;
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::spacetime::cone::Side;
use crate::draw::spacetime::history::Stretch;
use crate::draw::spacetime::rows::COLUMN;
use crate::draw::surface::Align;
use netsplit_scenario::Selection;
use netsplit_sim::{Condition, NodeId, Time};

/// Words fill no more of the column that they head than this leaves, in pixels.
const BESIDE: f64 = 26.0;

impl Brush<'_> {
    pub(super) fn grid(&self) {
        self.ruler().grid();
        let selected = match self.glance.selection {
            Some(Selection::Node(node)) => self.view.tracks.lane(node),
            _ => None,
        };
        if let Some(lane) = selected {
            let lanes = &self.view.lanes;
            self.surface.context().begin_path();
            let top = lanes.y(lane) - lanes.height / 2.0;
            self.surface.context().rect(self.left(), top, self.right(), lanes.height);
            self.surface.opacity(0.07);
            self.surface.fill(&self.palette.accent);
            self.surface.opacity(1.0);
        }
    }

    pub(super) fn lanes(&self) {
        let trace = self.glance.session.trace();
        let (axis, window) = (self.view.showing.axis, self.view.window.scale.visible());
        let mut stretches: Vec<(NodeId, Stretch)> = Vec::new();
        for node in self.view.lanes.visible().filter_map(|lane| self.view.tracks.alone(lane)) {
            stretches.extend(self.view.history.stretches(trace, node, axis, window).map(|stretch| (node, stretch)));
        }
        let up = |standing: Standing| {
            let known = stretches.iter().filter(|(_, s)| s.condition == Condition::Up);
            known.filter(move |(_, s)| s.standing.unwrap_or_default() == standing)
        };
        // The more a standing matters, the heavier its line: it is told by weight as well as by colour.
        let weights = [
            (Standing::Plain, 1.5, 0.55),
            (Standing::Outside, 1.5, 0.75),
            (Standing::Striving, 3.5, 0.8),
            (Standing::Leading, 6.0, 0.85),
        ];
        for (standing, weight, opacity) in weights {
            self.surface.opacity(opacity);
            self.bars(up(standing), self.palette.standing(standing), weight);
        }
        self.surface.opacity(0.9);
        self.surface.dashes(&[6.0, 3.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Paused), &self.palette.plain, 1.5);
        self.surface.opacity(0.6);
        self.surface.dashes(&[1.0, 5.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Down), &self.palette.down, 1.0);
        self.surface.dashes(&[]);
        self.groups();
        self.surface.opacity(1.0);
    }

    /// The lanes of groups: a line per node that is not there would be too much, a broad one says that there are several.
    fn groups(&self) {
        self.surface.context().begin_path();
        let (tracks, lanes) = (&self.view.tracks, &self.view.lanes);
        for lane in lanes.visible().filter(|lane| tracks.name(*lane).is_some()) {
            let ends = tracks.nodes_in(lane).iter().map(|node| self.end_of(*node));
            let to = self.view.window.scale.x(ends.max().unwrap_or(Time::ZERO)).min(self.right() + 8.0);
            let from = self.view.window.scale.x(Time::ZERO).max(self.left() - 8.0);
            if to > from {
                self.surface.add_line(from, lanes.y(lane), to, lanes.y(lane));
            }
        }
        self.surface.opacity(0.3);
        self.surface.stroke(&self.palette.plain, 8.0);
    }

    /// Up to where a node's line goes.
    fn end_of(&self, node: NodeId) -> Time {
        match self.view.showing.axis {
            Axis::Physical => self.field.now,
            Axis::Logical => {
                let last = self.view.index.line(node).and_then(|line| line.place_of_latest(u32::MAX));
                last.unwrap_or(Time::ZERO)
            }
        }
    }

    fn bars<'s>(&self, stretches: impl Iterator<Item = &'s (NodeId, Stretch)>, ink: &Ink, weight: f64) {
        let scale = &self.view.window.scale;
        self.surface.context().begin_path();
        for (node, stretch) in stretches {
            let Some(lane) = self.view.tracks.lane(*node) else { continue };
            let end = self.end_of(*node);
            let from = scale.x(stretch.from).max(self.left() - 8.0);
            let to = scale.x(stretch.to.unwrap_or(end).min(end)).min(self.right() + 8.0);
            let y = self.view.lanes.y(lane);
            let y = if weight <= 2.0 { self.surface.crisp(y) } else { y };
            if to > from {
                self.surface.add_line(from, y, to, y);
            }
        }
        self.surface.stroke(ink, weight);
    }

    /// How much happened where, when there is too much to show each event.
    pub(super) fn density(&self) {
        self.surface.opacity(0.55);
        self.columns(&self.palette.request, |_| (f64::MIN, f64::MAX));
        self.surface.opacity(1.0);
    }

    /// The same of the causal past or future of an event only: at each node that is what it did up to some event, or from one
    /// on.
    pub(super) fn lit_columns(&self, side: Side, ink: &Ink) {
        let Some(cone) = self.view.cone.as_ref() else { return };
        let lines = |lane| self.view.tracks.nodes_in(lane).iter().filter_map(|node| self.view.index.line(*node));
        let x = |place: Option<Time>| place.map(|place| self.view.window.scale.x(place));
        self.columns(ink, |lane| match side {
            Side::Past => {
                let last = lines(lane).filter_map(|line| cone.last_of(line)).max();
                (f64::MIN, x(last).unwrap_or(f64::MIN))
            }
            Side::Future => {
                let first = lines(lane).filter_map(|line| cone.first_of(line)).min();
                (x(first).unwrap_or(f64::MAX), f64::MAX)
            }
        });
    }

    /// How high the columns are where the most happened.
    pub(super) fn tallest(&self) -> f64 {
        self.view.lanes.height.min(40.0) * 0.72
    }
    /// Columns as high as much happened, in each lane from one place to another.
    fn columns(&self, ink: &Ink, between: impl Fn(usize) -> (f64, f64)) {
        let density = &self.view.rows.density;
        let most = density.iter().flat_map(|(_, cells)| cells).copied().max().unwrap_or(0);
        if most == 0 {
            return;
        }
        let tallest = self.tallest();
        let context = self.surface.context();
        context.begin_path();
        for (lane, cells) in density {
            let (y, (from, to)) = (self.view.lanes.y(*lane), between(*lane));
            for (column, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0) {
                let x = self.left() + COLUMN * column as f64;
                if x + COLUMN > from && x <= to {
                    let height = (tallest * (f64::from(*count) / f64::from(most)).sqrt()).max(2.0);
                    context.rect(x, y - height / 2.0, COLUMN - 1.0, height);
                }
            }
        }
        self.surface.fill(ink);
    }

    /// Where each lane in view has come to when so many events are over: on a logical axis no two nodes need to be at the same
    /// place. The corners of the line that says so, from lane to lane.
    fn steps(&self, events: u32) -> Vec<Point> {
        let lanes = &self.view.lanes;
        let x = |lane: usize| self.view.step_of(self.view.tracks.nodes_in(lane), events);
        let corners = lanes.visible().flat_map(|lane| {
            let (x, y, half) = (x(lane), lanes.y(lane), lanes.height / 2.0);
            [point(x, y - half), point(x, y + half)]
        });
        corners.collect()
    }
    fn stroke_steps(&self, events: u32, ink: &Ink, width: f64) {
        let context = self.surface.context();
        self.ruler().clip(|| {
            context.begin_path();
            for (at, corner) in self.steps(events).iter().enumerate() {
                if at == 0 { context.move_to(corner.x, corner.y) } else { context.line_to(corner.x, corner.y) }
            }
            self.surface.stroke(ink, width);
        });
    }

    /// What is recorded but lies after the cursor is seen through a veil.
    pub(super) fn veil(&self) {
        let session = self.glance.session;
        if self.view.showing.axis == Axis::Physical {
            return self.ruler().veil(self.view.cursor, session.recorded_until());
        }
        if self.view.done < session.trace().len() {
            self.surface.context().begin_path();
            for side in self.steps(self.view.done).chunks(2) {
                let [top, bottom] = side else { continue };
                let left = top.x.max(self.left());
                self.surface.context().rect(left, top.y, (self.right() - left).max(0.0), bottom.y - top.y);
            }
            self.ruler().draw_veil();
        }
    }

    /// The moment that is shown.
    pub(super) fn cursor(&self) {
        match self.view.showing.axis {
            Axis::Physical => self.ruler().cursor(self.view.cursor),
            Axis::Logical => {
                self.stroke_steps(self.view.done, &self.palette.accent, 1.5);
                self.ruler().told_cursor(self.view.cursor);
            }
        }
    }
    /// The moment under the pointer.
    pub(super) fn moment(&self, time: Time) {
        match self.view.showing.axis {
            Axis::Physical => self.ruler().moment(time),
            Axis::Logical => {
                let events = self.glance.session.trace().first_after(time);
                self.stroke_steps(events, &self.palette.line_strong, 1.0);
                self.ruler().told_moment(self.view.place_of_moment(events, time));
            }
        }
    }

    pub(super) fn names(&self) {
        let lanes = self.view.lanes;
        let context = self.surface.context();
        self.ruler().edge();
        context.save();
        context.begin_path();
        context.rect(0.0, self.top(), self.left(), self.bottom() - self.top());
        context.clip();
        lanes.visible().for_each(|lane| self.name(lane, lanes.y(lane)));
        context.restore();
    }

    /// A lane's name with its sign: beside the lane, or above it if the picture is turned.
    fn name(&self, lane: usize, y: f64) {
        let turned = self.view.showing.vertical;
        let alone = self.view.tracks.alone(lane);
        let standing = alone.map(|node| self.glance.now.node(node).map_or(Standing::Plain, Standing::of));
        let name = match alone {
            Some(node) => self.glance.session.names().get(node.index()).map_or("", String::as_str),
            None => self.view.tracks.name(lane).unwrap_or(""),
        };
        let font = &self.palette.fonts.small_strong;
        let room = if turned { self.view.lanes.height - BESIDE } else { self.left() - 32.0 };
        let name = self.surface.shortened(name, font, room);
        let sign = match turned {
            true => point(self.left() / 2.0, y - (self.surface.width_of(&name, font) + 11.0) / 2.0),
            false => point(16.0, y),
        };
        let chosen = alone.is_some() && self.glance.selection == alone.map(Selection::Node);
        let ink = match (chosen, standing) {
            (true, _) => &self.palette.accent,
            (_, Some(Standing::Down)) => &self.palette.faint,
            _ => &self.palette.text,
        };
        self.sign(standing, sign);
        let at = self.ruler().screen(sign);
        self.surface.upright(|| self.surface.text(&name, at.x + 11.0, at.y, font, ink, Align::Start));
    }

    /// How a node stands; or several discs for a group.
    fn sign(&self, standing: Option<Standing>, at: Point) {
        let ink = self.palette.standing(standing.unwrap_or_default());
        match standing {
            None => {
                self.surface.context().begin_path();
                [-2.5, 2.5].into_iter().for_each(|aside| self.surface.add_disc(at.x + aside, at.y, 3.0));
            }
            Some(Standing::Outside) => {
                self.surface.context().begin_path();
                self.surface.context().rect(at.x - 3.5, at.y - 3.5, 7.0, 7.0);
            }
            Some(standing) => self.surface.disc(at.x, at.y, if standing == Standing::Leading { 5.0 } else { 4.0 }),
        }
        match standing {
            Some(Standing::Leading | Standing::Striving) => self.surface.fill(ink),
            _ => self.surface.stroke(ink, 1.5),
        }
    }
}
