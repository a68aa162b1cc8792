//! Paints messages and events.

use super::Brush;
use crate::draw::geometry::Point;
use crate::draw::palette::Ink;
use crate::draw::signs;
use crate::draw::spacetime::rows::{Dot, End, Flight, HEADS, Sort};
use crate::draw::surface::Align;
use netsplit_sim::{Manner, Shape};

/// How large the dot of a run of local events is: it holds their number.
const COLLAPSED: f64 = 8.0;
/// How far the two lines of a duplicate are from each other, in pixels.
const DOUBLE: f64 = 3.0;
/// Dots beyond this number are smaller, and have no rim.
const ROOMY: usize = 1_200;

impl Brush<'_> {
    pub(super) fn flights(&self) {
        let flights = &self.view.rows.flights;
        // Some of very many are a hint of who talks to whom, and not each a message to be read.
        let hint = !self.view.rows.density.is_empty();
        let headed = flights.len() <= HEADS && !hint;
        // The more there are, the fainter each.
        let strength = (150.0 / flights.len().max(1) as f64).sqrt().clamp(0.12, if hint { 0.3 } else { 0.8 });
        for shape in [Shape::Reply, Shape::Request, Shape::Client] {
            let ink = self.palette.shape(shape);
            let these = || flights.iter().filter(move |flight| flight.shape == shape && flight.end != End::Cross);
            self.surface.opacity(strength);
            // Answers are dashed where there is room to see it.
            self.surface.dashes(if shape == Shape::Reply && headed { &[4.0, 2.5] } else { &[] });
            self.flight_lines(these(), ink, 1.0);
            self.surface.dashes(&[]);
            if headed {
                self.surface.opacity(strength.max(0.7));
                self.heads(these(), ink);
            }
        }
        self.surface.opacity(strength.max(0.5));
        self.flight_lines(flights.iter().filter(|flight| flight.end == End::Cross), &self.palette.lost, 1.0);
        self.surface.opacity(1.0);
        self.crosses(headed);
    }

    pub(super) fn flight_lines<'f>(&self, flights: impl Iterator<Item = &'f Flight>, ink: &Ink, width: f64) {
        self.surface.context().begin_path();
        for Flight { from, to, name, .. } in flights {
            self.surface.add_line(from.x, from.y, to.x, to.y);
            if name.copy > 0 {
                // A duplicate is a double line.
                let aside = to.minus(*from).unit().right().times(DOUBLE);
                self.surface.add_line(from.x + aside.x, from.y + aside.y, to.x + aside.x, to.y + aside.y);
            }
        }
        self.surface.stroke(ink, width);
    }

    pub(super) fn heads<'f>(&self, flights: impl Iterator<Item = &'f Flight>, ink: &Ink) {
        self.surface.context().begin_path();
        let mut open: Vec<Point> = Vec::new();
        for flight in flights {
            let along = flight.to.minus(flight.from).unit();
            match flight.end {
                End::Open => open.push(flight.to),
                _ if flight.to.distance(flight.from) < 12.0 => {}
                _ => signs::arrow_head(self.surface, flight.to.minus(along.times(3.5)), along, 6.5),
            }
        }
        self.surface.fill(ink);
        self.surface.context().begin_path();
        open.iter().for_each(|at| self.surface.add_disc(at.x, at.y, 2.75));
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(ink, 1.25);
    }

    fn crosses(&self, headed: bool) {
        self.surface.context().begin_path();
        for flight in self.view.rows.flights.iter().filter(|flight| flight.end == End::Cross) {
            signs::cross(self.surface, flight.to, if headed { 3.5 } else { 2.0 });
        }
        self.surface.stroke(&self.palette.lost, if headed { 1.5 } else { 1.0 });
    }

    pub(super) fn dots(&self) {
        let dots = &self.view.rows.dots;
        let size = if dots.len() > ROOMY { 1.75 } else { 2.75 };
        if dots.len() <= ROOMY {
            // A rim keeps dots apart from each other and from the lane's bar.
            self.surface.context().begin_path();
            dots.iter().for_each(|dot| self.surface.add_disc(dot.at.x, dot.at.y, size + 1.25));
            self.surface.fill(&self.palette.surface);
        }
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Usual) {
            self.surface.add_disc(dot.at.x, dot.at.y, size);
        }
        self.surface.fill(&self.palette.plain);
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Timer) {
            self.surface.add_disc(dot.at.x, dot.at.y, size + 0.5);
        }
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(&self.palette.plain, 1.5);
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Client) {
            signs::diamond(self.surface, dot.at, 5.0);
        }
        self.surface.fill(&self.palette.client);
        for dot in dots {
            if let Sort::Fault(index) = dot.sort {
                self.fault(dot, index);
            }
        }
        self.collapsed();
    }

    /// Runs of local events, each with how many they are.
    fn collapsed(&self) {
        let several = || self.view.rows.dots.iter().filter(|dot| dot.count > 1);
        self.surface.context().begin_path();
        several().for_each(|dot| self.surface.add_disc(dot.at.x, dot.at.y, COLLAPSED));
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(&self.palette.plain, 1.25);
        let font = &self.palette.fonts.small;
        if several().count() > HEADS {
            return;
        }
        self.surface.upright(|| {
            for dot in several() {
                let (at, told) =
                    (self.ruler().screen(dot.at), if dot.count < 100 { dot.count.to_string() } else { "…".to_owned() });
                self.surface.text(&told, at.x, at.y, font, &self.palette.muted, Align::Middle);
            }
        });
    }

    /// The sign of what somebody did to a node.
    pub(super) fn fault(&self, dot: &Dot, index: u32) {
        let name = self.glance.session.trace().faults().get(index as usize).map_or("", |fault| fault.name);
        let (at, palette) = (dot.at, self.palette);
        let ink = if name == "crash" { &palette.danger } else { &palette.warn };
        self.surface.disc(at.x, at.y, 6.5);
        self.surface.fill(&palette.surface);
        self.surface.stroke(ink, 1.5);
        self.surface.context().begin_path();
        match name {
            "crash" => signs::cross(self.surface, at, 2.5),
            "restart" | "resume" => signs::onward(self.surface, at, 3.2),
            "pause" => signs::bars(self.surface, at, 4.5),
            "honest" => signs::onward(self.surface, at, 3.2),
            name if Manner::turned(name).is_some() => signs::mask(self.surface, at, 5.0),
            _ => signs::bolt(self.surface, at, 4.0),
        }
        match name {
            "crash" => self.surface.stroke(ink, 1.75),
            _ => self.surface.fill(ink),
        }
    }
}
