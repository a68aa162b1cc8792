//! Paints what differs from the run beside: in full, over all that is the same and therefore faded.

use super::Brush;
use crate::draw::geometry::point;
use crate::draw::signs;
use crate::draw::spacetime::contrast::{Contrast, Odd};
use crate::draw::spacetime::rows::{COLUMN, End, Flight, Sort};
use netsplit_sim::Shape;

/// How strongly what is the same is veiled.
const SAME: f64 = 0.66;

/// More events than this stand closer together.
const CROWD: usize = 120;

impl Brush<'_> {
    /// What differs, before what does not.
    pub(super) fn contrast(&self) {
        let Some(contrast) = &self.glance.contrast else { return };
        self.surface.context().begin_path();
        self.surface.context().rect(self.left(), self.top(), self.right() - self.left(), self.bottom() - self.top());
        self.surface.opacity(SAME);
        self.surface.fill(&self.palette.surface);
        self.surface.opacity(1.0);
        if self.view.rows.density.is_empty() {
            self.odd_flights(contrast);
            self.odd_events(contrast);
        } else {
            self.odd_density(contrast);
        }
    }

    fn odd_flights(&self, contrast: &Contrast) {
        let odd = contrast.odd_flights(self.view);
        let fallen = |flight: &&Flight| flight.end == End::Cross;
        for shape in [Shape::Reply, Shape::Request, Shape::Client] {
            let these = || odd.iter().copied().filter(move |flight| flight.shape == shape && !fallen(flight));
            let ink = self.palette.shape(shape);
            self.surface.dashes(if shape == Shape::Reply { &[4.0, 2.5] } else { &[] });
            self.flight_lines(these(), ink, 1.5);
            self.surface.dashes(&[]);
            self.heads(these(), ink);
        }
        self.flight_lines(odd.iter().copied().filter(fallen), &self.palette.lost, 1.5);
        self.surface.context().begin_path();
        odd.iter().copied().filter(fallen).for_each(|flight| signs::cross(self.surface, flight.to, 3.5));
        self.surface.stroke(&self.palette.lost, 1.75);
    }

    /// What is in this run alone is a disc, what is otherwise in the other one a ring.
    fn odd_events(&self, contrast: &Contrast) {
        let odd = contrast.odd(self.view);
        let size = if odd.len() > CROWD { 3.0 } else { 4.0 };
        let (rings, discs): (Vec<Odd>, Vec<Odd>) = odd.iter().partition(|odd| odd.otherwise);
        self.surface.context().begin_path();
        discs.iter().for_each(|odd| self.surface.add_disc(odd.at.x, odd.at.y, size));
        self.surface.fill(&self.palette.differs);
        self.surface.context().begin_path();
        rings.iter().for_each(|odd| self.surface.add_disc(odd.at.x, odd.at.y, size - 0.5));
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(&self.palette.differs, 2.0);
        for dot in &self.view.rows.dots {
            if let (Sort::Fault(index), true) = (dot.sort, contrast.comparison.differs(contrast.side, dot.id)) {
                self.fault(dot, index);
            }
        }
    }

    fn odd_density(&self, contrast: &Contrast) {
        let most = self.view.rows.density.iter().flat_map(|(_, cells)| cells).copied().max().unwrap_or(0) as f32;
        let tallest = self.tallest();
        let context = self.surface.context();
        context.begin_path();
        for (lane, cells) in contrast.density(self.view) {
            let y = self.view.lanes.y(lane);
            for (column, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let height = (tallest * f64::from((count / most.max(1.0)).min(1.0).sqrt())).max(2.0);
                context.rect(self.left() + COLUMN * column as f64, y - height / 2.0, COLUMN - 1.0, height);
            }
        }
        self.surface.fill(&self.palette.differs);
    }

    /// Where the runs part, through all lanes; and the event that is pointed at in the other run.
    pub(super) fn parting(&self) {
        let Some(contrast) = &self.glance.contrast else { return };
        if let Some(parting) = contrast.comparison.parting() {
            let x = self.view.x_of(parting.at);
            if self.in_view(x) {
                let x = self.surface.crisp(x);
                self.surface.context().begin_path();
                self.surface.add_line(x, self.top(), x, self.bottom());
                self.surface.dashes(&[2.0, 3.0]);
                self.surface.stroke(&self.palette.differs, 2.0);
                self.surface.dashes(&[]);
                self.surface.context().begin_path();
                signs::diamond(self.surface, point(x, self.top()), 6.0);
                self.surface.fill(&self.palette.differs);
            }
        }
        if let Some(at) = contrast.echo.and_then(|event| self.field.place(event)) {
            self.surface.disc(at.x, at.y, 8.0);
            self.surface.stroke(&self.palette.text, 1.5);
        }
    }
}
