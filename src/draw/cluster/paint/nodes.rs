//! Paints nodes: their discs, timers and signs.

use super::Brush;
use crate::draw::cluster::{Sitter, seats};
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::surface::Align;
use crate::draw::{Standing, Thing, signs};
use netsplit_scenario::NodeNow;
use netsplit_sim::{Condition, Manner, NodeId};
use std::f64::consts::{PI, TAU};

/// A name is at most so many radii wide.
const WIDEST: f64 = 3.2;

impl Brush<'_> {
    /// Nodes as dots: one path for each way to stand.
    pub(super) fn small_nodes(&self) {
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
        self.masks();
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

    /// Liars wear a mask: on large discs at the shoulder, so that the role stays to be seen; small ones are all mask.
    fn masks(&self) {
        let radius = self.view.radius;
        let (aside, size) = if radius >= seats::BRIEF { (radius * 0.74, radius * 0.42) } else { (0.0, radius * 1.1) };
        for (sitter, now) in self.view.nodes.iter().zip(self.glance.now.nodes()) {
            if now.manner == Manner::Honest {
                continue;
            }
            let at = point(sitter.at.x + aside, sitter.at.y - aside);
            self.surface.context().begin_path();
            signs::mask(self.surface, at, size);
            self.surface.fill(&self.palette.danger);
            self.surface.stroke(&self.palette.surface, 1.5);
            self.surface.context().begin_path();
            signs::eyes(self.surface, at, size);
            self.surface.fill(&self.palette.surface);
        }
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

    pub(super) fn large_nodes(&self) {
        self.timer_rings();
        for (id, (sitter, now)) in self.view.nodes.iter().zip(self.glance.now.nodes()).enumerate() {
            self.node(NodeId(id as u16), sitter, now);
        }
        self.masks();
        self.rings();
    }

    /// The rings round nodes that run down with their timers.
    fn timer_rings(&self) {
        let radius = self.view.radius + if self.view.radius >= seats::FULL { 5.0 } else { 3.0 };
        let width = if self.view.radius >= seats::FULL { 3.0 } else { 1.75 };
        let time = self.glance.now.cursor().time;
        let running: Vec<_> = self
            .view
            .nodes
            .iter()
            .zip(self.glance.now.nodes())
            .filter_map(|(sitter, now)| {
                let name = now.face.as_ref()?.ring?;
                let timer = now.timers.iter().find(|timer| timer.name == name)?;
                let whole = timer.due.since(timer.armed).0 as f64;
                let left = if whole > 0.0 { timer.due.since(time).0 as f64 / whole } else { 0.0 };
                Some((sitter, left))
            })
            .collect();
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
            self.surface.opacity(0.4 * glow);
            self.surface.disc(sitter.at.x, sitter.at.y, self.view.radius + 5.0 + reach);
            self.surface.stroke(&ink, 2.0);
            self.surface.opacity(1.0);
        }
        self.body(sitter, now, &ink, turn);
        self.face(id, sitter, now, &ink, turn);
        if self.view.radius >= seats::BRIEF {
            self.figures(id, sitter, now);
        }
        if let (Some(word), true) = (now.face.as_ref().and_then(|face| face.badge), self.view.radius >= seats::FULL) {
            self.badge(sitter, word);
        }
    }

    fn body(&self, sitter: &Sitter, now: &NodeNow, ink: &Ink, turn: f64) {
        let (Point { x, y }, radius) = (sitter.at, self.view.radius);
        match sitter.standing {
            Standing::Outside => {
                let half = radius * 0.8;
                self.surface.rounded(x - half, y - half, 2.0 * half, 2.0 * half, radius * 0.3);
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
    fn face(&self, id: NodeId, sitter: &Sitter, now: &NodeNow, ink: &Ink, turn: f64) {
        let radius = self.view.radius;
        let at = sitter.at;
        // What is written changes with the ground it stands on.
        let words = match if turn < 0.5 { sitter.stood } else { sitter.standing } {
            Standing::Leading => &self.palette.on_role,
            Standing::Down => &self.palette.muted,
            _ => &self.palette.text,
        };
        let signed =
            now.condition == Condition::Paused || matches!(sitter.standing, Standing::Leading | Standing::Striving);
        // In a small disc there is room for the sign alone; the name stands under it.
        let inside = radius >= seats::BRIEF;
        let sign = point(at.x, at.y - if inside { radius * 0.4 } else { 0.0 });
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
        if radius >= seats::SMALL {
            let name = self.glance.session.names().get(id.index()).map_or("", String::as_str);
            let font = if radius >= seats::FULL { &self.palette.fonts.name } else { &self.palette.fonts.small };
            if inside {
                let below = if signed { radius * 0.32 } else { 0.0 };
                let name = self.surface.shortened(name, font, radius * WIDEST);
                self.surface.text(&name, at.x, at.y + below, font, words, Align::Middle);
            } else {
                let name = &self.surface.shortened(name, font, radius * WIDEST);
                let left = at.x - self.surface.width_of(name, font) / 2.0;
                let line = at.y + radius + 12.0;
                self.surface.haloed(name, left, line, font, &self.palette.muted, &self.palette.surface);
            }
        }
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
