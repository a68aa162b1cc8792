//! Axes: from where to where they go, and what stands at them.

/// An axis.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// What it measures.
    pub label: String,
    /// The least...
    pub from: f64,
    /// ...and the most; never the same.
    pub to: f64,
    /// Whether equal distances are equal ratios; then nothing is zero.
    pub logarithmic: bool,
    /// What stands at it.
    pub ticks: Vec<Tick>,
}

/// A place on an axis that has a name.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// Where.
    pub at: f64,
    /// Its name.
    pub words: String,
}

impl Axis {
    /// Over a range, with at most so many round steps; what ends between two of them is extended to the next.
    pub fn linear(label: &str, (from, to): (f64, f64), steps: u32, words: impl Fn(f64) -> String) -> Axis {
        let step = step((to - from) / f64::from(steps.max(1)));
        let (first, last) = ((from / step).floor(), (to / step).ceil().max((from / step).floor() + 1.0));
        let count = (last - first) as u32;
        let tick = |nth: u32| {
            let at = (first + f64::from(nth)) * step;
            Tick { at, words: words(at) }
        };
        let ticks = (0..=count).map(tick).collect();
        Axis { label: label.to_owned(), from: first * step, to: last * step, logarithmic: false, ticks }
    }

    /// Over a range as it is, with the ticks of [`Axis::linear`] that are within.
    pub fn exact(label: &str, (from, to): (f64, f64), steps: u32, words: impl Fn(f64) -> String) -> Axis {
        let mut axis = Axis::linear(label, (from, to), steps, words);
        let to = if to > from { to } else { axis.to };
        axis.ticks.retain(|tick| tick.at >= from && tick.at <= to);
        Axis { from, to, ..axis }
    }

    /// With equal distances for equal ratios; both ends must be above zero. It begins and ends at one, two or five times a
    /// power of ten.
    pub fn logarithmic(label: &str, (from, to): (f64, f64), words: impl Fn(f64) -> String) -> Axis {
        let to = to.max(from * 1.000_01);
        let first = from.log10().floor() as i32;
        let round = |nth: i32| [1.0, 2.0, 5.0][nth.rem_euclid(3) as usize] * 10f64.powi(first + nth.div_euclid(3));
        let low = (0..3).rev().find(|nth| round(*nth) <= from * 1.000_001).unwrap_or(0);
        let high = (low + 1..low + 100).find(|nth| round(*nth) >= to * 0.999_999).unwrap_or(low + 1);
        // Over many decades the powers of ten are enough.
        let shown = |nth: &i32| high - low <= 9 || nth.rem_euclid(3) == 0;
        let tick = |nth: i32| Tick { at: round(nth), words: words(round(nth)) };
        let ticks = (low..=high).filter(shown).map(tick).collect();
        Axis { label: label.to_owned(), from: round(low), to: round(high), logarithmic: true, ticks }
    }

    /// With a place for each name, at equal distances, counted from 0.
    pub fn named(label: &str, names: impl IntoIterator<Item = String>) -> Axis {
        let ticks: Vec<Tick> =
            names.into_iter().enumerate().map(|(nth, words)| Tick { at: nth as f64, words }).collect();
        let to = ticks.len().max(1) as f64 - 0.5;
        Axis { label: label.to_owned(), from: -0.5, to, logarithmic: false, ticks }
    }

    /// Where something is: 0 at the one end, 1 at the other, and never beyond.
    pub fn place(&self, at: f64) -> f64 {
        let share = if self.logarithmic {
            (at / self.from).ln() / (self.to / self.from).ln()
        } else {
            (at - self.from) / (self.to - self.from)
        };
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }
}

/// One, two or five times a power of ten, not less than a length.
fn step(least: f64) -> f64 {
    if !(least > 0.0 && least.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let fits = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= least * 0.999_999);
    fits.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.words.as_str()).collect()
    }

    #[test]
    fn steps_are_round() {
        for (least, round) in
            [(1.0, 1.0), (1.1, 2.0), (3.0, 5.0), (7.0, 10.0), (0.03, 0.05), (0.0, 1.0), (f64::NAN, 1.0)]
        {
            assert!((step(least) - round).abs() < 1e-9, "{least}: {}", step(least));
        }
    }

    #[test]
    fn a_linear_axis_ends_at_ticks_and_an_exact_one_does_not() {
        let axis = Axis::linear("", (0.0, 93.0), 5, |at| at.to_string());
        assert_eq!((words(&axis), axis.to), (vec!["0", "20", "40", "60", "80", "100"], 100.0));
        let axis = Axis::exact("", (0.0, 93.0), 5, |at| at.to_string());
        assert_eq!((words(&axis), axis.to), (vec!["0", "20", "40", "60", "80"], 93.0));
        let nothing = Axis::linear("", (0.0, 0.0), 5, |at| at.to_string());
        assert!(nothing.to > nothing.from && nothing.place(0.0) == 0.0);
    }

    #[test]
    fn a_logarithmic_axis_has_equal_ratios() {
        let axis = Axis::logarithmic("", (12.0, 90_000.0), |at| at.round().to_string());
        assert_eq!(words(&axis), ["10", "100", "1000", "10000", "100000"]);
        assert!((axis.place(100.0) - 1.0 / 4.0).abs() < 1e-9 && axis.place(1.0) == 0.0);
        let short = Axis::logarithmic("", (23.0, 180.0), |at| at.round().to_string());
        assert_eq!(words(&short), ["20", "50", "100", "200"]);
        assert_eq!(words(&Axis::logarithmic("", (50.0, 50.0), |at| at.round().to_string())), ["50", "100"]);
    }

    #[test]
    fn names_stand_at_equal_distances() {
        let axis = Axis::named("", ["3", "5", "9"].map(str::to_owned));
        assert_eq!((axis.place(1.0), axis.ticks.len()), (0.5, 3));
    }
}
