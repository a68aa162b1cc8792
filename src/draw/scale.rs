//! Time as a distance: the visible stretch of a run, the marks of its axis, and times as people read them.

use netsplit_sim::{Span, Time};

/// A stretch of time laid out from left to right.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// The time at the left edge, in nanoseconds; it may lie before the run's beginning.
    pub from: f64,
    /// Nanoseconds per CSS pixel.
    pub per_pixel: f64,
    /// Where the left edge is.
    pub left: f64,
    /// How wide it is, in CSS pixels.
    pub width: f64,
}

impl Scale {
    /// All of a stretch of time over a width.
    pub fn over(from: f64, span: f64, left: f64, width: f64) -> Scale {
        Scale { from, per_pixel: span.max(1.0) / width.max(1.0), left, width }
    }
    /// Where a time is.
    pub fn x(&self, time: Time) -> f64 {
        self.left + (time.0 as f64 - self.from) / self.per_pixel
    }
    /// The time at a place.
    pub fn time(&self, x: f64) -> Time {
        Time((self.from + (x - self.left) * self.per_pixel).max(0.0) as u64)
    }
    /// How much time is visible, in nanoseconds.
    pub fn span(&self) -> f64 {
        self.per_pixel * self.width
    }
    /// The first and the last visible time.
    pub fn visible(&self) -> (Time, Time) {
        (self.time(self.left), self.time(self.left + self.width))
    }
    /// Marks at least so many pixels apart, at round times: each with its place.
    pub fn marks(&self, apart: f64) -> impl Iterator<Item = (Time, f64)> + use<> {
        self.every(self.step(apart))
    }
    /// The visible multiples of a step, each with its place.
    pub fn every(&self, step: Span) -> impl Iterator<Item = (Time, f64)> + use<> {
        let step = step.0.max(1);
        let (first, last) = self.visible();
        let scale = *self;
        (first.0.div_ceil(step)..=last.0 / step).map(move |n| (Time(n * step), scale.x(Time(n * step))))
    }
    /// The distance in time between the marks of [`Scale::marks`].
    pub fn step(&self, apart: f64) -> Span {
        Span(round_step(apart * self.per_pixel))
    }
}

/// The smallest of 1, 2, 5, 10, 20, 50... nanoseconds that is not below `least`.
fn round_step(least: f64) -> u64 {
    let mut decade = 1u64;
    loop {
        for factor in [1, 2, 5] {
            if (decade * factor) as f64 >= least || decade > 10u64.pow(17) {
                return decade * factor;
            }
        }
        decade *= 10;
    }
}

/// A time for people, rounded to at most `decimals` and with its unit set apart: `212.4 ms`.
pub fn time_text(nanos: u64, decimals: usize) -> String {
    let (unit, size) = match nanos {
        0 => return "0 s".to_owned(),
        1..1_000 => ("ns", 1),
        1_000..1_000_000 => ("µs", 1_000),
        1_000_000..1_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    let number = format!("{:.decimals$}", nanos as f64 / size as f64);
    let number = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
    format!("{number} {unit}")
}

/// A time that moves, in a width that stays: `212.4 ms`, `3.600 s`.
pub fn clock_text(time: Time) -> String {
    match time.0 {
        0..1_000_000 => time_text(time.0, 1),
        1_000_000..1_000_000_000 => format!("{:.1} ms", time.0 as f64 / 1e6),
        _ => format!("{:.3} s", time.0 as f64 / 1e9),
    }
}

/// The label of an axis mark, as exact as marks that are `step` apart need, in the unit that suits them all.
pub fn mark_text(time: Time, step: Span) -> String {
    // One unit along the axis: seconds once marks are 100 ms apart or more, and so on.
    let (unit, size) = match step.0.max(1) {
        100_000_000.. => ("s", 1_000_000_000u64),
        100_000.. => ("ms", 1_000_000),
        100.. => ("µs", 1_000),
        _ => ("ns", 1),
    };
    let mut decimals = 0;
    let mut fraction = size;
    while !step.0.max(1).is_multiple_of(fraction) && fraction > 1 {
        fraction /= 10;
        decimals += 1;
    }
    format!("{:.decimals$} {unit}", time.0 as f64 / size as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_times_agree() {
        let scale = Scale::over(1e9, 2e9, 80.0, 400.0);
        assert_eq!(scale.x(Time(1_000_000_000)), 80.0);
        assert_eq!(scale.x(Time(3_000_000_000)), 480.0);
        assert_eq!(scale.time(280.0), Time(2_000_000_000));
        assert_eq!(scale.time(-1e9), Time::ZERO);
    }

    #[test]
    fn marks_are_round_and_apart() {
        for span in [5.0, 900.0, 3e6, 7.7e8, 4e9, 3e18] {
            let scale = Scale::over(0.0, span, 0.0, 1000.0);
            let marks: Vec<_> = scale.marks(80.0).collect();
            assert!((1..=13).contains(&marks.len()), "{span}: {marks:?}");
            assert!(marks.windows(2).all(|pair| pair[1].1 - pair[0].1 >= 79.9), "{span}");
        }
        let scale = Scale::over(-5e8, 2e9, 0.0, 1000.0);
        let texts: Vec<_> = scale.marks(100.0).map(|(at, _)| mark_text(at, scale.step(100.0))).collect();
        assert_eq!(texts[..4], ["0.0 s", "0.2 s", "0.4 s", "0.6 s"]);
    }

    #[test]
    fn times_have_units_and_no_needless_zeros() {
        assert_eq!(time_text(212_412_345, 1), "212.4 ms");
        assert_eq!(time_text(1_500_000_000, 3), "1.5 s");
        assert_eq!(time_text(200_000_000, 1), "200 ms");
        assert_eq!(time_text(200_000_000, 0), "200 ms");
        assert_eq!(time_text(0, 1), "0 s");
        assert_eq!(clock_text(Time(212_000_000)), "212.0 ms");
        assert_eq!(clock_text(Time(3_616_000_000)), "3.616 s");
        assert_eq!(mark_text(Time(1_250_000), Span(250_000)), "1.25 ms");
        assert_eq!(mark_text(Time(20_000_000), Span(20_000_000)), "20 ms");
        assert_eq!(mark_text(Time(2_000_000_000), Span(1_000_000_000)), "2 s");
    }
}
