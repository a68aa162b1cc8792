//! A measure over a run, as a curve of its own.

use crate::session::Session;
use netsplit_protocols::Measure;
use netsplit_sim::{Span, Time};

/// How one measure went: a step curve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Curve {
    /// What is measured.
    pub name: &'static str,
    /// In which unit; empty for a bare number.
    pub unit: &'static str,
    /// Each change: from when on, and what it is from then on. The first is at the run's beginning.
    pub points: Vec<(Time, u64)>,
    /// Up to when it is known.
    pub until: Time,
}

/// The protocol's measures over what is recorded of a run, each as a curve of its own.
pub fn curves(session: &dyn Session) -> Vec<Curve> {
    let samples = session.curves();
    let until = session.recorded_until();
    let curve = |(number, measure): (usize, &Measure)| {
        let mut points: Vec<(Time, u64)> = Vec::new();
        for sample in &samples {
            let Some(figure) = sample.figures.get(number) else { continue };
            if points.last().is_none_or(|(_, latest)| latest != figure) {
                points.push((sample.at, *figure));
            }
        }
        Curve { name: measure.name, unit: measure.unit.en, points, until }
    };
    session.about().measures.iter().enumerate().map(curve).collect()
}

/// Eight heights of bars, in the order of their height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

impl Curve {
    /// What it is at a time; zero before anything was measured.
    pub fn at(&self, time: Time) -> u64 {
        let known = self.points.partition_point(|(at, _)| *at <= time);
        known.checked_sub(1).map_or(0, |latest| self.points[latest].1)
    }
    /// The least and the most it ever is.
    pub fn range(&self) -> (u64, u64) {
        let figures = || self.points.iter().map(|(_, figure)| *figure);
        (figures().min().unwrap_or(0), figures().max().unwrap_or(0))
    }

    /// What it is at the end, between what and what it was, and its shape: `8 nodes (0 to 8) ▁▂▅▇██`.
    pub fn text(&self) -> String {
        let (least, most) = self.range();
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{}{unit} ({least} to {most}) {}", self.at(self.until), self.shape(32))
    }

    /// Its shape in so many columns, each as high as the most in its stretch of time; as high as can be is the most.
    pub fn shape(&self, columns: u64) -> String {
        let most = self.range().1.max(1);
        let column = |column: u64| {
            let begin = Time(Span(self.until.0).scale(column, columns).0);
            let end = Time(Span(self.until.0).scale(column + 1, columns).0);
            let within = self.points.iter().filter(|(at, _)| *at > begin && *at <= end).map(|(_, figure)| *figure);
            let height = within.fold(self.at(begin), u64::max);
            BARS[(u128::from(height) * 7).div_ceil(u128::from(most)).min(7) as usize]
        };
        (0..columns).map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u64, u64)], until: u64) -> Curve {
        let points = points.iter().map(|(at, figure)| (Time(*at), *figure)).collect();
        Curve { name: "informed", unit: "nodes", points, until: Time(until) }
    }

    #[test]
    fn a_shape_shows_rise_and_fall() {
        assert_eq!(curve(&[(0, 0), (25, 4), (50, 8), (75, 1)], 100).shape(4), "▅██▂");
    }

    #[test]
    fn nothing_measured_is_flat() {
        assert_eq!(curve(&[], 0).text(), format!("0 nodes (0 to 0) {}", "▁".repeat(32)));
        assert_eq!(curve(&[(0, u64::MAX)], u64::MAX).shape(3), "███");
    }
}
