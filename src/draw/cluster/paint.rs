//! Paints the cluster: from the ground up, links, hulls, messages, nodes, labels. One path and one fill per colour
//! wherever there can be many of a kind.

use super::links::State;
use super::mail::{Ghost, SHAPES, Spot};
use super::{ClusterView, Sitter, seats};
use crate::draw::geometry::{Point, outline, point};
use crate::draw::palette::Ink;
use crate::draw::surface::Align;
use crate::draw::wording::{self, Term};
use crate::draw::{Glance, Palette, Standing, Surface, Thing, signs};
use netsplit_scenario::{NodeNow, Selection};
use netsplit_sim::{Cell, Condition, NodeId, Shape};
use std::f64::consts::{PI, TAU};

/// So many messages still have their names beside them.
const NAMED: usize = 12;
/// More messages than this are drawn as plain dots.
const DETAILED: usize = 2_500;

impl ClusterView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let brush = Brush { view: self, surface, palette, glance };
        brush.hulls();
        brush.links();
        brush.streams();
        brush.chosen_link();
        if self.radius >= seats::SMALL {
            brush.large_nodes();
        } else {
            brush.small_nodes();
        }
        brush.messages();
        brush.ghosts();
        brush.labels();
    }
}

/// All that painting needs, in one hand.
struct Brush<'a> {
    view: &'a ClusterView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
}

impl Brush<'_> {
    fn at(&self, node: NodeId) -> Point {
        self.view.nodes.get(node.index()).map_or(Point::default(), |sitter| sitter.at)
    }
    fn is_outside(&self, node: NodeId) -> bool {
        self.view.outside.get(node.index()).copied().unwrap_or(false)
    }
    fn is_selected(&self, node: NodeId) -> bool {
        self.glance.selection == Some(Selection::Node(node))
    }
    fn is_hovered(&self, node: NodeId) -> bool {
        self.glance.hover == Some(Thing::Node(node))
    }

    // --- the network ---

    fn hulls(&self) {
        let strength = self.view.hulls.strength;
        for (side, nodes) in &self.view.hulls.groups {
            let ink = &self.palette.sides[usize::from(*side) % 4];
            self.hull(nodes, ink, strength, &[]);
        }
        if !self.glance.group.is_empty() {
            self.hull(self.glance.group, &self.palette.accent, 1.0, &[5.0, 4.0]);
        }
    }

    /// A soft shape round nodes and what is written under them.
    fn hull(&self, nodes: &[NodeId], ink: &Ink, strength: f64, dashes: &[f64]) {
        let full = self.view.radius >= seats::FULL;
        let pad = self.view.radius + if full { 18.0 } else { 8.0 };
        let mut points: Vec<Point> = nodes.iter().map(|node| self.at(*node)).collect();
        if full {
            let written = nodes.iter().filter(|node| !self.is_outside(**node)).map(|node| self.at(*node));
            points.extend(written.flat_map(|at| [-12.0, 12.0].map(|x| at.plus(point(x, 40.0)))));
        }
        self.surface.context().begin_path();
        for corner in outline(&points) {
            self.surface.add_arc(corner.at.x, corner.at.y, pad, corner.from, corner.to);
        }
        self.surface.context().close_path();
        self.surface.opacity(0.07 * strength);
        self.surface.fill(ink);
        self.surface.opacity(0.55 * strength);
        self.surface.dashes(dashes);
        self.surface.stroke(ink, 1.25);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
    }

    fn links(&self) {
        let links = &self.view.links;
        // The more there are, the fainter each.
        let strength = (60.0 / links.count().max(1) as f64).sqrt().clamp(0.35, 1.0);
        self.surface.opacity(strength);
        let aside = |(a, b): &(NodeId, NodeId)| self.is_outside(*a) || self.is_outside(*b);
        self.lines(links.which_are(State::Whole).filter(|pair| !aside(pair)), &self.palette.line, 1.0, &[]);
        self.surface.opacity(strength * 0.5);
        self.lines(links.which_are(State::Whole).filter(aside), &self.palette.line, 1.0, &[]);
        self.surface.opacity(strength.max(0.6));
        self.lines(links.which_are(State::Special), &self.palette.line_strong, 1.0, &[1.0, 4.0]);
        self.lines(links.which_are(State::NotThere), &self.palette.line, 1.0, &[]);
        self.lines(links.which_are(State::NotBack), &self.palette.line, 1.0, &[]);
        self.surface.opacity(0.45 * strength);
        self.lines(links.which_are(State::Parted), &self.palette.line_strong, 1.0, &[2.0, 6.0]);
        self.surface.opacity(1.0);
        self.cuts();
    }

    fn lines(&self, pairs: impl Iterator<Item = (NodeId, NodeId)>, ink: &Ink, width: f64, dashes: &[f64]) {
        self.surface.context().begin_path();
        for (a, b) in pairs {
            let (a, b) = (self.at(a), self.at(b));
            self.surface.add_line(a.x, a.y, b.x, b.y);
        }
        self.surface.dashes(dashes);
        self.surface.stroke(ink, width);
        self.surface.dashes(&[]);
    }

    /// Links that somebody cut: both ways, broken with a gap; one way, a barrier on that lane.
    fn cuts(&self) {
        let links = &self.view.links;
        self.surface.context().begin_path();
        for (a, b) in links.which_are(State::Cut) {
            self.broken_line(self.at(a), self.at(b));
        }
        let there = links.which_are(State::NotThere);
        let back = links.which_are(State::NotBack).map(|(a, b)| (b, a));
        for (from, to) in there.chain(back) {
            self.barrier(from, to);
        }
        self.surface.stroke(&self.palette.danger, 1.75);
    }

    fn broken_line(&self, a: Point, b: Point) {
        let along = b.minus(a).unit();
        let (middle, gap, bar) = (a.toward(b, 0.5), along.times(7.0), along.right().times(6.0));
        for (end, gap) in [(a, gap.times(-1.0)), (b, gap)] {
            let stop = middle.plus(gap);
            self.surface.add_line(end.x, end.y, stop.x, stop.y);
            self.surface.add_line(stop.x - bar.x, stop.y - bar.y, stop.x + bar.x, stop.y + bar.y);
        }
    }

    /// An arrow that runs into a bar.
    fn barrier(&self, from: NodeId, to: NodeId) {
        let Some(lane) = self.view.lane(from, to) else { return };
        let (stop, along, side) = (lane.at(0.5), lane.along, lane.along.right());
        let bar = side.times(6.0);
        self.surface.add_line(stop.x - bar.x, stop.y - bar.y, stop.x + bar.x, stop.y + bar.y);
        let tip = stop.minus(along.times(4.0));
        let tail = tip.minus(along.times(14.0));
        self.surface.add_line(tail.x, tail.y, tip.x, tip.y);
        for wing in [side.times(3.5), side.times(-3.5)] {
            let back = tip.minus(along.times(4.5)).plus(wing);
            self.surface.add_line(back.x, back.y, tip.x, tip.y);
        }
    }

    /// What flows where, when time runs too fast for single messages: dashes that move along.
    fn streams(&self) {
        let strongest = self.view.mail.streams.values().copied().fold(0.0, f64::max);
        if strongest <= 0.0 {
            return;
        }
        let shift = if self.glance.calm { 0.0 } else { -(self.glance.wall_ms * 0.09) % 12.0 };
        self.surface.context().set_line_dash_offset(shift);
        self.surface.dashes(&[5.0, 7.0]);
        for (least, most, width) in [(0.0, 0.25, 1.0), (0.25, 0.6, 1.75), (0.6, 2.0, 2.5)] {
            self.surface.context().begin_path();
            for ((from, to), strength) in &self.view.mail.streams {
                let share = strength / strongest;
                if let (true, Some(lane)) = (share >= least && share < most, self.view.lane(*from, *to)) {
                    self.surface.add_line(lane.start.x, lane.start.y, lane.end.x, lane.end.y);
                }
            }
            self.surface.opacity(0.45 + 0.2 * width);
            self.surface.stroke(&self.palette.request, width);
        }
        self.surface.opacity(1.0);
        self.surface.dashes(&[]);
        self.surface.context().set_line_dash_offset(0.0);
    }

    fn chosen_link(&self) {
        let hovered = match self.glance.hover {
            Some(Thing::Link(a, b)) => Some((a, b, &self.palette.line_strong)),
            _ => None,
        };
        let selected = match self.glance.selection {
            Some(Selection::Link(a, b)) => Some((a, b, &self.palette.accent)),
            _ => None,
        };
        for (a, b, ink) in hovered.into_iter().chain(selected) {
            let Some(lane) = self.view.lane(a, b) else { continue };
            self.surface.opacity(0.35);
            self.lines(std::iter::once((a, b)), ink, 1.0, &[]);
            self.surface.opacity(1.0);
            self.surface.context().begin_path();
            self.surface.add_line(lane.start.x, lane.start.y, lane.end.x, lane.end.y);
            self.surface.stroke(ink, 2.0);
            self.surface.context().begin_path();
            signs::dart(self.surface, lane.at(0.985), lane.along, 5.0);
            self.surface.fill(ink);
        }
    }

    // --- messages ---

    fn messages(&self) {
        let spots = &self.view.mail.spots;
        let many = spots.len() > DETAILED;
        let size = if many { 1.5 } else { (self.view.radius * 0.2).clamp(2.5, 5.5) };
        for shape in SHAPES {
            let ink = self.palette.shape(shape);
            self.surface.context().begin_path();
            for spot in spots.iter().filter(|spot| spot.tag.shape == shape) {
                match shape {
                    _ if many => self.surface.context().rect(spot.at.x - size, spot.at.y - size, 2.0 * size, 2.0 * size),
                    Shape::Request => signs::dart(self.surface, spot.at, spot.along, size * 1.1),
                    Shape::Reply => self.surface.add_disc(spot.at.x, spot.at.y, size * 0.85),
                    Shape::Client => signs::diamond(self.surface, spot.at, size * 1.15),
                }
            }
            match shape {
                Shape::Reply if !many => {
                    self.surface.fill(&self.palette.surface);
                    self.surface.stroke(ink, (size * 0.42).max(1.25));
                }
                _ => self.surface.fill(ink),
            }
        }
        for spot in spots {
            self.chosen_message(spot, size);
        }
    }

    fn chosen_message(&self, spot: &Spot, size: f64) {
        let selected = self.glance.selection == Some(Selection::Message(spot.name));
        let hovered = matches!(self.glance.hover, Some(Thing::Message(id, _)) if id == spot.id);
        if selected || hovered {
            self.surface.disc(spot.at.x, spot.at.y, size + 5.0);
            let ink = if selected { &self.palette.accent } else { &self.palette.line_strong };
            self.surface.stroke(ink, if selected { 2.0 } else { 1.5 });
        }
    }

    fn ghosts(&self) {
        let wall = self.glance.wall_ms;
        for ghost @ Ghost { spot, .. } in &self.view.mail.ghosts {
            let size = (self.view.radius * 0.2).clamp(2.5, 5.5);
            self.surface.opacity(0.5 * ghost.strength(wall) * (1.0 - ghost.crossed(wall)));
            self.surface.disc(spot.at.x, spot.at.y, size);
            self.surface.fill(self.palette.shape(spot.tag.shape));
            self.surface.opacity(ghost.strength(wall));
            self.surface.context().begin_path();
            let open = if self.glance.calm { 1.0 } else { ghost.crossed(wall) };
            signs::cross(self.surface, spot.at, size * (0.4 + 0.6 * open));
            self.surface.stroke(&self.palette.lost, 2.0);
        }
        self.surface.opacity(1.0);
    }

    /// The names of messages: of all if they are few, else of the one pointed at or selected. A name that would lie
    /// on another, or on a node, is left out.
    fn labels(&self) {
        let (spots, ghosts) = (&self.view.mail.spots, &self.view.mail.ghosts);
        let few = spots.len() + ghosts.len() <= NAMED && self.view.radius >= seats::FULL;
        let chosen = |spot: &&Spot| {
            self.glance.selection == Some(Selection::Message(spot.name))
                || matches!(self.glance.hover, Some(Thing::Message(id, _)) if id == spot.id)
        };
        let mut taken: Vec<Label> = Vec::new();
        for spot in spots.iter().filter(chosen) {
            taken.push(self.label(spot, true, &self.palette.text));
        }
        if few {
            let lost = ghosts.iter().map(|ghost| (&ghost.spot, &self.palette.lost));
            for (spot, ink) in lost.chain(spots.iter().map(|spot| (spot, &self.palette.muted))) {
                let sides = [true, false].map(|outer| self.label(spot, outer, ink));
                taken.extend(sides.into_iter().find(|label| self.is_free(label, &taken)));
            }
        }
        for label in &taken {
            let Label { text, left, middle, ink, .. } = label;
            self.surface.haloed(text, *left, *middle, &self.palette.fonts.small, ink, &self.palette.surface);
        }
    }

    fn is_free(&self, label: &Label, taken: &[Label]) -> bool {
        let in_picture = label.left > 2.0 && label.left + label.width < self.view.size.x - 2.0;
        let on_node = self.view.nodes.iter().any(|node| label.touches_disc(node.at, self.view.radius + 8.0));
        in_picture && !on_node && !taken.iter().any(|other| label.touches(other))
    }

    /// A name that clears its message, on the outer side of the lane or on the inner one.
    fn label<'a>(&'a self, spot: &Spot, outer: bool, ink: &'a Ink) -> Label<'a> {
        const CLEAR: f64 = 10.0;
        let width = self.surface.width_of(spot.tag.name, &self.palette.fonts.small);
        let side = spot.along.right().times(if outer { 1.0 } else { -1.0 });
        let (left, middle) = if side.x.abs() > 0.35 {
            let left = if side.x > 0.0 { spot.at.x + CLEAR } else { spot.at.x - CLEAR - width };
            (left, spot.at.y + side.y * Label::HALF)
        } else {
            (spot.at.x - width / 2.0, spot.at.y + side.y.signum() * (CLEAR + Label::HALF - 2.0))
        };
        Label { text: spot.tag.name, left, middle, width, ink }
    }

    // --- nodes ---

    /// Nodes as dots: one path for each way to stand.
    fn small_nodes(&self) {
        let radius = self.view.radius;
        let context = self.surface.context();
        for standing in [Standing::Plain, Standing::Outside, Standing::Striving, Standing::Leading, Standing::Down] {
            context.begin_path();
            for sitter in self.view.nodes.iter().filter(|sitter| sitter.standing == standing) {
                let at = sitter.at;
                match standing {
                    Standing::Outside => context.rect(at.x - radius, at.y - radius, 2.0 * radius, 2.0 * radius),
                    Standing::Striving => signs::diamond(self.surface, at, radius * 1.3),
                    Standing::Leading => self.surface.add_disc(at.x, at.y, radius * 1.25),
                    _ => self.surface.add_disc(at.x, at.y, radius),
                }
            }
            let ink = self.palette.standing(standing);
            match standing {
                Standing::Down => self.surface.stroke(ink, 1.25),
                Standing::Leading => {
                    self.surface.fill(ink);
                    self.surface.stroke(&self.palette.text, 1.25);
                }
                _ => self.surface.fill(ink),
            }
        }
        self.paused_dots();
        self.rings();
        self.hovered_name();
    }

    fn paused_dots(&self) {
        self.surface.context().begin_path();
        for (sitter, now) in self.view.nodes.iter().zip(self.glance.now.nodes()) {
            if now.condition == Condition::Paused {
                signs::bars(self.surface, sitter.at, self.view.radius * 0.8);
            }
        }
        self.surface.fill(&self.palette.surface);
    }

    /// The name of a node that is too small to carry it.
    fn hovered_name(&self) {
        let Some(Thing::Node(id)) = self.glance.hover else { return };
        let (Some(name), at) = (self.glance.session.names().get(id.index()), self.at(id)) else { return };
        let font = &self.palette.fonts.name;
        let left = at.x - self.surface.width_of(name, font) / 2.0;
        let above = at.y - self.view.radius - 14.0;
        self.surface.haloed(name, left, above, font, &self.palette.text, &self.palette.surface);
    }

    fn large_nodes(&self) {
        self.timer_rings();
        for (id, (sitter, now)) in self.view.nodes.iter().zip(self.glance.now.nodes()).enumerate() {
            self.node(NodeId(id as u16), sitter, now);
        }
        self.rings();
    }

    /// The rings round nodes that run down with their timers.
    fn timer_rings(&self) {
        let radius = self.view.radius + if self.view.radius >= seats::FULL { 5.0 } else { 3.0 };
        let width = if self.view.radius >= seats::FULL { 3.0 } else { 1.75 };
        let time = self.glance.now.cursor().time;
        let running: Vec<_> = self.view.nodes.iter().zip(self.glance.now.nodes()).filter_map(|(sitter, now)| {
            let name = now.face.as_ref()?.ring?;
            let timer = now.timers.iter().find(|timer| timer.name == name)?;
            let whole = timer.due.since(timer.armed).0 as f64;
            let left = if whole > 0.0 { timer.due.since(time).0 as f64 / whole } else { 0.0 };
            Some((sitter, left))
        }).collect();
        self.surface.context().begin_path();
        running.iter().for_each(|(sitter, _)| self.surface.add_disc(sitter.at.x, sitter.at.y, radius));
        self.surface.stroke(&self.palette.line, width);
        self.surface.context().set_line_cap("round");
        for standing in [Standing::Plain, Standing::Striving, Standing::Leading, Standing::Outside] {
            self.surface.context().begin_path();
            for (sitter, left) in running.iter().filter(|(sitter, _)| sitter.standing == standing) {
                // It empties clockwise from the top, as a clock's hand goes.
                let from = -PI / 2.0 + TAU * (1.0 - left.clamp(0.0, 1.0));
                let Point { x, y } = sitter.at;
                self.surface.context().move_to(x + radius * from.cos(), y + radius * from.sin());
                self.surface.add_arc(x, y, radius, from, PI * 1.5);
            }
            self.surface.stroke(self.palette.standing(standing), width);
        }
        self.surface.context().set_line_cap("butt");
    }

    fn node(&self, id: NodeId, sitter: &Sitter, now: &NodeNow) {
        let wall = self.glance.wall_ms;
        let turn = sitter.turn(wall);
        let (before, after) = (self.palette.standing(sitter.stood), self.palette.standing(sitter.standing));
        let ink = if turn < 1.0 { before.mix(after, turn) } else { after.clone() };
        let glow = if self.glance.calm { 0.0 } else { sitter.glow(wall) };
        if glow > 0.01 && sitter.standing != Standing::Down {
            // A ripple: it acted just now.
            let reach = (self.view.radius * 0.4).min(11.0) * (1.0 - glow);
            self.surface.opacity(0.5 * glow);
            self.surface.disc(sitter.at.x, sitter.at.y, self.view.radius + 5.0 + reach);
            self.surface.stroke(&ink, 2.0);
            self.surface.opacity(1.0);
        }
        self.body(sitter, now, &ink, turn);
        self.face(id, sitter, now, &ink);
        if self.view.radius >= seats::FULL {
            self.figures(sitter, now);
        }
    }

    fn body(&self, sitter: &Sitter, now: &NodeNow, ink: &Ink, turn: f64) {
        let (Point { x, y }, radius) = (sitter.at, self.view.radius);
        match sitter.standing {
            Standing::Outside => {
                let half = radius * 0.92;
                self.surface.rounded(x - half, y - half, 2.0 * half, 2.0 * half, radius * 0.36);
            }
            _ => self.surface.disc(x, y, radius),
        }
        let filled = |standing: Standing| if standing == Standing::Leading { 1.0 } else { 0.12 };
        let share = filled(sitter.stood) + (filled(sitter.standing) - filled(sitter.stood)) * turn;
        let down = sitter.standing == Standing::Down;
        let ground = if down { self.palette.surface.clone() } else { self.palette.surface.mix(ink, share) };
        self.surface.fill(&ground);
        if down {
            self.surface.dashes(&[4.0, 4.0]);
        } else if now.condition == Condition::Paused {
            self.surface.dashes(&[9.0, 3.0]);
        }
        // Where the timer's ring is the outline, the disc's own one steps back.
        let ringed = now.face.as_ref().is_some_and(|face| face.ring.is_some()) && now.condition == Condition::Up;
        let edge = if ringed && share < 1.0 { self.palette.surface.mix(ink, 0.4) } else { ink.clone() };
        self.surface.stroke(&edge, if ringed { 1.0 } else { 1.75 });
        self.surface.dashes(&[]);
    }

    /// What stands in the disc: the name, and above it the sign of how the node stands.
    fn face(&self, id: NodeId, sitter: &Sitter, now: &NodeNow, ink: &Ink) {
        let radius = self.view.radius;
        let at = sitter.at;
        let words = match sitter.standing {
            Standing::Leading => &self.palette.on_role,
            Standing::Down => &self.palette.muted,
            _ => &self.palette.text,
        };
        let signed = now.condition == Condition::Paused
            || matches!(sitter.standing, Standing::Leading | Standing::Striving);
        let named = radius >= 11.0;
        let sign = point(at.x, at.y - if named { radius * 0.36 } else { 0.0 });
        let size = (radius * 0.29).max(4.5);
        self.surface.context().begin_path();
        match (now.condition, sitter.standing) {
            (Condition::Paused, standing) => {
                signs::bars(self.surface, sign, size);
                self.surface.fill(if standing == Standing::Leading { words } else { ink });
            }
            (_, Standing::Leading) => {
                signs::crown(self.surface, sign, size);
                self.surface.fill(words);
            }
            (_, Standing::Striving) => {
                signs::chevrons(self.surface, sign, size);
                self.surface.stroke(ink, 1.75);
            }
            _ => {}
        }
        if named {
            let name = self.glance.session.names().get(id.index()).map_or("", String::as_str);
            let font = if radius >= seats::FULL { &self.palette.fonts.name } else { &self.palette.fonts.small };
            let below = if signed { radius * 0.3 } else { 0.0 };
            self.surface.text(name, at.x, at.y + below, font, words, Align::Middle);
        }
    }

    /// What stands under the disc: the headline figure, the strip, the remark.
    fn figures(&self, sitter: &Sitter, now: &NodeNow) {
        let Point { x, y } = sitter.at;
        let mut line = y + self.view.radius + 19.0;
        let fonts = &self.palette.fonts;
        let condition = match now.condition {
            Condition::Up => None,
            Condition::Paused => Some(Term::Paused),
            Condition::Down => Some(Term::Down),
        };
        let headline = now.face.as_ref().and_then(|face| face.headline);
        let words = condition.map(|term| wording::say(self.glance.lang, term).to_owned());
        let figure = headline.map(|(what, figure)| format!("{what} {figure}"));
        let text = [words, figure].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        if !text.is_empty() {
            let left = x - self.surface.width_of(&text, &fonts.small) / 2.0;
            self.surface.haloed(&text, left, line, &fonts.small, &self.palette.muted, &self.palette.surface);
            line += 15.0;
        }
        let Some(face) = &now.face else { return };
        if !face.strip.is_empty() {
            self.strip(point(x, line), &face.strip, face.strip_start);
            line += 16.0;
        }
        if let Some(note) = &face.note {
            let note = self.surface.shortened(note, &fonts.small, (self.view.radius * 4.5).max(110.0));
            let left = x - self.surface.width_of(&note, &fonts.small) / 2.0;
            self.surface.haloed(&note, left, line, &fonts.small, &self.palette.faint, &self.palette.surface);
        }
    }

    /// A row of cells: settled ones are full, the others hatched. Of a long row, its end.
    fn strip(&self, middle: Point, cells: &[Cell], start: u64) {
        const SIZE: f64 = 9.0;
        const STEP: f64 = SIZE + 2.0;
        let most = ((self.view.radius * 3.6) / STEP).clamp(4.0, 10.0) as usize;
        let shown = &cells[cells.len().saturating_sub(most)..];
        let hidden = start + (cells.len() - shown.len()) as u64;
        let width = STEP * shown.len() as f64 - 2.0;
        let more = if hidden > 0 { format!("+{hidden}") } else { String::new() };
        let font = &self.palette.fonts.small;
        let room = if hidden > 0 { self.surface.width_of(&more, font) + 4.0 } else { 0.0 };
        let left = middle.x - (width + room) / 2.0;
        if hidden > 0 {
            self.surface.haloed(&more, left, middle.y, font, &self.palette.faint, &self.palette.surface);
        }
        for (nth, cell) in shown.iter().enumerate() {
            let x = self.surface.crisp(left + room + STEP * nth as f64);
            self.cell(point(x, self.surface.crisp(middle.y - SIZE / 2.0)), SIZE, cell);
        }
    }

    fn cell(&self, at: Point, size: f64, cell: &Cell) {
        let ink = self.palette.tone(cell.tone);
        self.surface.rounded(at.x, at.y, size, size, 2.0);
        if cell.solid {
            self.surface.fill(ink);
            self.surface.stroke(ink, 1.0);
            return;
        }
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(ink, 1.0);
        self.surface.context().begin_path();
        for start in [0.45, 1.0] {
            let reach = size * start;
            self.surface.add_line(at.x, at.y + reach, at.x + reach, at.y);
        }
        self.surface.add_line(at.x + size * 0.55, at.y + size, at.x + size, at.y + size * 0.55);
        self.surface.stroke(ink, 1.0);
    }

    /// Rings round what is gathered, pointed at, selected.
    fn rings(&self) {
        let radius = self.view.radius + if self.view.radius >= seats::FULL { 10.0 } else { 5.0 };
        for (id, sitter) in self.view.nodes.iter().enumerate() {
            let id = NodeId(id as u16);
            let (ink, width) = if self.is_selected(id) {
                (&self.palette.accent, 2.0)
            } else if self.is_hovered(id) {
                (&self.palette.line_strong, 1.5)
            } else {
                continue;
            };
            self.surface.disc(sitter.at.x, sitter.at.y, radius);
            self.surface.stroke(ink, width);
        }
    }
}

/// A name beside a message.
struct Label<'a> {
    text: &'static str,
    left: f64,
    middle: f64,
    width: f64,
    ink: &'a Ink,
}

impl Label<'_> {
    const HALF: f64 = 7.0;
    fn touches(&self, other: &Label) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && (self.middle - other.middle).abs() < 2.0 * Self::HALF
    }
    fn touches_disc(&self, at: Point, radius: f64) -> bool {
        let x = at.x.clamp(self.left, self.left + self.width);
        let y = at.y.clamp(self.middle - Self::HALF, self.middle + Self::HALF);
        at.distance(point(x, y)) < radius
    }
}
