//! What the length of a diagram stands for: the time that passed, or Lamport's, by which every message goes forward.

use super::scale::{Scale, clock_text, mark_text};
use netsplit_sim::trace::EventRow;
use netsplit_sim::{Span, Time};

/// What the axis of a diagram measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Axis {
    /// Simulated time.
    #[default]
    Physical,
    /// Lamport times: columns of equal width. A place on it is written as a time, of which [`TICK`] is one column.
    Logical,
}

/// How far apart two Lamport times that follow each other are on a logical axis.
pub const TICK: Span = Span(1_000_000);

impl Axis {
    /// Where an event is on the axis.
    pub fn place(self, row: &EventRow) -> Time {
        match self {
            Axis::Physical => row.at,
            Axis::Logical => Time(u64::from(row.lamport) * TICK.0),
        }
    }
    /// As near as one can look, in units of the axis per pixel.
    pub fn nearest(self) -> f64 {
        match self {
            Axis::Physical => 1.0,
            Axis::Logical => TICK.0 as f64 / 240.0,
        }
    }
    /// The distance between marks that are at least so many pixels apart.
    pub fn step(self, scale: &Scale, apart: f64) -> Span {
        let least = match self {
            Axis::Physical => 1,
            Axis::Logical => TICK.0,
        };
        Span(scale.step(apart).0.max(least))
    }
    /// Marks at least so many pixels apart, at round places.
    pub fn marks(self, scale: &Scale, apart: f64) -> impl Iterator<Item = (Time, f64)> + use<> {
        scale.every(self.step(scale, apart))
    }
    /// The label of a mark, where marks are `step` apart.
    pub fn mark_text(self, place: Time, step: Span) -> String {
        match self {
            Axis::Physical => mark_text(place, step),
            Axis::Logical => ticks(place),
        }
    }
    /// A place that moves, in words.
    pub fn reading(self, place: Time) -> String {
        match self {
            Axis::Physical => clock_text(place),
            Axis::Logical => format!("L {}", ticks(place)),
        }
    }
}

fn ticks(place: Time) -> String {
    (place.0 / TICK.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lamport_times_are_whole_however_near_one_looks() {
        for columns in [0.5, 3.0, 40.0, 7_000.0] {
            let scale = Scale::over(0.0, columns * TICK.0 as f64, 0.0, 1_000.0);
            let step = Axis::Logical.step(&scale, 96.0);
            assert!(step.0 >= TICK.0 && step.0.is_multiple_of(TICK.0));
            let marks: Vec<_> = Axis::Logical.marks(&scale, 96.0).collect();
            assert!(marks.windows(2).all(|pair| pair[1].1 - pair[0].1 >= 95.9), "{columns}");
            let texts = marks.iter().map(|(place, _)| Axis::Logical.mark_text(*place, step));
            assert!(texts.zip(&marks).all(|(text, (place, _))| text == (place.0 / TICK.0).to_string()));
        }
        assert_eq!(Axis::Logical.reading(Time(12 * TICK.0)), "L 12");
    }
}
