//! Measures as plots: how long answers took and over which time, how many there were, and who was away. Several runs stand
//! in one plot, each in a tone of its own.

use super::Performance;
use super::distribution::{Bucket, Distribution};
use super::figure::Unit;
use super::uptime::Uptime;
use crate::vary::{Measured, Variation};
use netsplit_plot::{Axis, Chart, Form, Layer, Tick};
use netsplit_protocols::{Words, about::words};
use netsplit_sim::{Ratio, Span};

/// A run in a plot.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What it is called; nothing is needed if it stands alone.
    pub name: &'a str,
    /// Its nodes' names.
    pub names: &'a [String],
    /// How well it went.
    pub performance: &'a Performance,
}

/// How plots are made.
#[derive(Clone, Copy)]
pub struct Style {
    /// How wide and how high they are.
    pub size: (f64, f64),
    /// In which language.
    pub say: fn(Words) -> &'static str,
}

/// The tone of the first run; the others follow.
const FIRST: usize = 1;
/// The tone of what is away.
const AWAY: usize = 6;
/// How high a row of [`Style::whereabouts`] is, and what else such a plot needs, in pixels.
const ROW: f64 = 20.0;
const AROUND: f64 = 50.0;
/// So many rows there are at most.
const MOST_ROWS: usize = 24;

impl Style {
    /// All plots that say something about these runs.
    pub fn all(&self, runs: &[Shown]) -> Vec<Chart> {
        let asked = runs.iter().any(|run| !run.performance.all.latency.is_empty());
        let requests = asked.then(|| [self.latencies(runs), self.latency(runs), self.throughput(runs)]);
        requests.into_iter().flatten().chain([self.whereabouts(runs)]).collect()
    }

    /// How long answers took.
    pub fn latencies(&self, runs: &[Shown]) -> Chart {
        let histograms: Vec<_> = runs.iter().map(|run| run.performance.all.latency.histogram()).collect();
        let buckets = || histograms.iter().flatten();
        // A logarithmic axis has no zero: an answer in the very instant stands at its left end.
        let least = buckets().map(|bucket| bucket.from).min().unwrap_or(0).max(1_000);
        let most = buckets().map(|bucket| bucket.to).max().unwrap_or(0).max(least + 1);
        let highest = buckets().map(|bucket| bucket.count).max().unwrap_or(0);
        let block = |bucket: &Bucket| (bucket.from as f64, bucket.to as f64, bucket.count as f64);
        let blocks = |histogram: &Vec<Bucket>| blocks(histogram.iter().map(block).collect(), runs.len());
        self.chart(
            words("Answers by latency", "按延迟统计的应答"),
            Axis::logarithmic((self.say)(LATENCY), (least as f64, most as f64), time),
            Axis::linear("", (0.0, highest as f64), highest.clamp(1, 4) as u32, whole),
            histograms.iter().map(blocks),
            runs,
        )
    }

    /// Latency over time: the median of each stretch as a line, the longest as dots.
    pub fn latency(&self, runs: &[Shown]) -> Chart {
        let highest = runs.iter().filter_map(|run| run.performance.all.latency.max()).max().unwrap_or(0);
        let of = |run: &Shown, which: fn(&super::series::Column) -> Option<u64>| {
            let every = run.performance.series.every.0 as f64;
            let columns = run.performance.series.columns.iter().enumerate();
            let point = move |(nth, column)| Some(((nth as f64 + 0.5) * every, which(column)? as f64));
            columns.filter_map(point).collect::<Vec<_>>()
        };
        let lines = runs.iter().map(|run| Form::Line(of(run, |column| column.median)));
        let dots = runs.iter().map(|run| Form::Dots(of(run, |column| column.longest)));
        let mut chart = self.chart(
            words("Latency over time: median, and longest as dots", "延迟随时间变化：中位数，圆点为最长"),
            self.time_axis(runs),
            Axis::linear("", (0.0, highest as f64), 4, time),
            lines,
            runs,
        );
        let dots = dots.enumerate().map(|(run, form)| Layer { tone: FIRST + run, form });
        chart.layers.extend(dots);
        chart
    }

    /// Answers a second over time.
    pub fn throughput(&self, runs: &[Shown]) -> Chart {
        let rate = |run: &Shown, answered: u32| f64::from(answered) * 1e9 / run.performance.series.every.0 as f64;
        let highest = runs.iter().map(|run| rate(run, run.performance.series.busiest())).fold(0.0, f64::max);
        let bars = runs.iter().map(|run| {
            let every = run.performance.series.every.0 as f64;
            let columns = run.performance.series.columns.iter().enumerate();
            let bar = |(nth, column): (usize, &super::series::Column)| {
                (nth as f64 * every, (nth as f64 + 1.0) * every, rate(run, column.answered))
            };
            blocks(columns.map(bar).collect(), runs.len())
        });
        self.chart(
            words("Answers a second", "每秒应答数"),
            self.time_axis(runs),
            Axis::linear("", (0.0, highest), 4, whole),
            bars,
            runs,
        )
    }

    /// When the system, the leader and each node that failed was there and when away.
    pub fn whereabouts(&self, runs: &[Shown]) -> Chart {
        let mut rows: Vec<(String, &Uptime, usize)> = Vec::new();
        for (nth, run) in runs.iter().enumerate() {
            let mut row = |name: &str, uptime| {
                let name = if runs.len() > 1 { format!("{name} {}", nth + 1) } else { name.to_owned() };
                rows.push((name, uptime, FIRST + nth));
            };
            if let Some(service) = &run.performance.service {
                row((self.say)(words("service", "服务")), service);
            }
            if let Some(led) = &run.performance.led {
                row(led.role, &led.uptime);
            }
            for node in run.performance.nodes.iter().filter(|node| !node.uptime.outages.is_empty()) {
                row(run.names.get(node.node.index()).map_or("?", String::as_str), &node.uptime);
            }
        }
        rows.truncate(MOST_ROWS);
        rows.reverse(); // the first stands at the top
        let mut layers = Vec::new();
        let until = runs.iter().map(|run| run.performance.until.0).max().unwrap_or(0) as f64;
        for (nth, (_, uptime, tone)) in rows.iter().enumerate() {
            let (low, high) = (nth as f64 - 0.3, nth as f64 + 0.3);
            let away: Vec<(f64, f64)> =
                uptime.outages.iter().map(|outage| (outage.from.0 as f64, outage.to.0 as f64)).collect();
            layers.push(Layer {
                tone: *tone,
                form: Form::Stretches(nth as f64 - 0.06, nth as f64 + 0.06, vec![(0.0, until)]),
            });
            layers.push(Layer { tone: AWAY, form: Form::Stretches(low, high, away) });
        }
        let mut chart = self.chart(
            words("Away (thick) and there (thin)", "不在（粗）与在（细）"),
            self.time_axis(runs),
            Axis::named("", rows.iter().map(|(name, ..)| name.clone())),
            [],
            runs,
        );
        chart.size.1 = AROUND + ROW * rows.len() as f64;
        chart.legend.clear();
        chart.layers = layers;
        chart
    }

    /// What a figure comes to for each value of a parameter sweep: the median over the seeds, from the least to the most.
    pub fn varied(&self, variation: &Variation, figure: Measured) -> Chart {
        let plan = variation.plan();
        let (axis, places) = parameter(&plan.key, &plan.values);
        let numbers: Vec<Vec<Distribution>> = (0..plan.bases.len())
            .map(|base| (0..plan.values.len()).map(|value| variation.over_seeds(base, value, figure)).collect())
            .collect();
        let highest = numbers.iter().flatten().filter_map(Distribution::max).max().unwrap_or(0);
        let unit = figure.unit();
        let mut layers = Vec::new();
        for (base, of_base) in numbers.iter().enumerate() {
            let tone = FIRST + base;
            let known = || of_base.iter().zip(&places).filter(|(numbers, _)| !numbers.is_empty());
            let number = |number: Option<u64>| number.unwrap_or_default() as f64;
            let medians = known().map(|(numbers, x)| (*x, number(numbers.percentile(500)))).collect::<Vec<_>>();
            let whiskers = known().map(|(numbers, x)| (*x, number(numbers.min()), number(numbers.max())));
            layers.push(Layer { tone, form: Form::Whiskers(whiskers.collect()) });
            layers.push(Layer { tone, form: Form::Line(medians.clone()) });
            layers.push(Layer { tone, form: Form::Dots(medians) });
        }
        let text = |at: f64| spaced(&unit.text(at.round().max(0.0) as u64));
        let several = plan.bases.len() > 1;
        let legend = plan.bases.iter().enumerate().filter(|_| several);
        Chart {
            title: (self.say)(figure.word()).to_owned(),
            x: axis,
            y: Axis::linear("", (0.0, highest as f64), 5, text),
            layers,
            legend: legend.map(|(base, (name, _))| (FIRST + base, name.clone())).collect(),
            size: self.size,
        }
    }

    fn chart(&self, title: Words, x: Axis, y: Axis, forms: impl IntoIterator<Item = Form>, runs: &[Shown]) -> Chart {
        let layers = forms.into_iter().enumerate().map(|(nth, form)| Layer { tone: FIRST + nth, form });
        let legend = runs.iter().enumerate().filter(|_| runs.len() > 1);
        Chart {
            title: (self.say)(title).to_owned(),
            x,
            y,
            layers: layers.collect(),
            legend: legend.map(|(nth, run)| (FIRST + nth, format!("{} {}", nth + 1, run.name))).collect(),
            size: self.size,
        }
    }

    fn time_axis(&self, runs: &[Shown]) -> Axis {
        let until = runs.iter().map(|run| run.performance.until.0).max().unwrap_or(0);
        Axis::exact((self.say)(words("simulated time", "模拟时间")), (0.0, until as f64), 5, time)
    }
}

/// Blocks side by side: filled for a run that stands alone, outlined where several lie over one another.
fn blocks(blocks: Vec<(f64, f64, f64)>, runs: usize) -> Form {
    if runs == 1 {
        return Form::Bars(blocks.into_iter().filter(|(.., high)| *high > 0.0).collect());
    }
    let (first, last) = (blocks.first().map(|(from, ..)| (*from, 0.0)), blocks.last().map(|(_, to, _)| (*to, 0.0)));
    let tops = blocks.iter().flat_map(|(from, to, high)| [(*from, *high), (*to, *high)]);
    Form::Line(first.into_iter().chain(tops).chain(last).collect())
}

const LATENCY: Words = words("latency", "延迟");

fn time(nanos: f64) -> String {
    spaced(&Span(nanos.round().max(0.0) as u64).to_string())
}

/// With the unit set off from the number.
fn spaced(text: &str) -> String {
    let unit = text.find(char::is_alphabetic).unwrap_or(text.len());
    if unit == text.len() { text.to_owned() } else { format!("{} {}", &text[..unit], &text[unit..]) }
}

fn whole(number: f64) -> String {
    Unit::Thousandths.text((number * 1_000.0).round().max(0.0) as u64)
}

/// The axis of a parameter, and where on it each value is: numbers and spans of time at their places, if they are in
/// order; everything else one beside the other.
fn parameter(key: &str, values: &[String]) -> (Axis, Vec<f64>) {
    let places: Option<Vec<f64>> = values.iter().map(|value| number(value)).collect();
    match places.filter(|places| places.len() > 1 && places.windows(2).all(|pair| pair[0] < pair[1])) {
        Some(places) => {
            let (first, last) = (places[0], places[places.len() - 1]);
            let margin = (last - first) * 0.04;
            let tick = |(at, value): (&f64, &String)| Tick { at: *at, words: value.clone() };
            let ticks = places.iter().zip(values).map(tick).collect();
            let axis =
                Axis { label: key.to_owned(), from: first - margin, to: last + margin, logarithmic: false, ticks };
            (axis, places)
        }
        None => {
            let short = |value: &String| value.replace(['"', ' '], "").replace(',', "–");
            (Axis::named(key, values.iter().map(short)), (0..values.len()).map(|nth| nth as f64).collect())
        }
    }
}

/// What a value comes to as a number, if it is one: `5`, `20ms`, `2.5%`.
fn number(value: &str) -> Option<f64> {
    let value = value.trim_matches('"');
    let span = || value.parse::<Span>().ok().map(|span| span.0 as f64);
    let share = || value.parse::<Ratio>().ok().and_then(|_| value.strip_suffix('%')?.trim().parse().ok());
    value.parse::<f64>().ok().filter(|number| number.is_finite()).or_else(span).or_else(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_their_places_and_words_in_a_row() {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(parameter("n", &owned(&["3", "5", "9"])).1, [3.0, 5.0, 9.0]);
        assert_eq!(parameter("latency", &owned(&["5ms", "1s"])).1, [5e6, 1e9]);
        assert_eq!(parameter("loss", &owned(&["0%", "2.5%"])).1, [0.0, 2.5]);
        assert_eq!(parameter("n", &owned(&["5", "3"])).1, [0.0, 1.0], "out of order");
        let (axis, places) = parameter("time-out", &owned(&["[\"150ms\", \"300ms\"]", "[\"12ms\", \"24ms\"]"]));
        assert_eq!((places, axis.ticks[0].words.as_str()), (vec![0.0, 1.0], "[150ms–300ms]"));
    }
}
