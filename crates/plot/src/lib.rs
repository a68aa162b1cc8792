//! Plots as plain shapes. The page draws them with its own colours; [`svg`] makes them files that need nothing else.
//!
//! A plotting library of its own right would be several times the size of all this, and would draw onto a canvas, where
//! neither the page's themes nor a screen reader reach.

mod axis;
mod svg;

pub use axis::{Axis, Tick};
pub use svg::{Theme, size, svg};

/// A plot.
#[derive(Clone, PartialEq, Debug)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is drawn, the lowest first.
    pub layers: Vec<Layer>,
    /// What tones stand for; nothing where there is but one.
    pub legend: Vec<(usize, String)>,
    /// How wide and how high it is, in pixels.
    pub size: (f64, f64),
}

/// Something drawn, in a tone: equal tones look alike, and lines of different tones differ in their dashes too.
#[derive(Clone, PartialEq, Debug)]
pub struct Layer {
    /// Its tone.
    pub tone: usize,
    /// Its form.
    pub form: Form,
}

/// What is drawn, in the units of the axes.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    /// Points, joined.
    Line(Vec<(f64, f64)>),
    /// Points.
    Dots(Vec<(f64, f64)>),
    /// From where to where, at a place.
    Whiskers(Vec<(f64, f64, f64)>),
    /// From one place to another, so high.
    Bars(Vec<(f64, f64, f64)>),
    /// From one place to another, in a row of its own between two heights.
    Stretches(f64, f64, Vec<(f64, f64)>),
}

/// A shape with its class: what its class looks like is for whoever draws it to say.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// The names of its class, as in a style sheet: `plot-line plot-1`.
    pub class: String,
    /// What it is.
    pub outline: Outline,
}

/// The outline of a shape, in pixels.
#[derive(Clone, PartialEq, Debug)]
pub enum Outline {
    /// The `d` of an SVG path.
    Path(String),
    /// Words that start, are centred or end at a place.
    Text(f64, f64, Anchor, String),
}

/// Where in a text its place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// At its start.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// How many tones there are.
pub const TONES: usize = 8;

/// Room for the words at the axes, in pixels: left at least, right, above, below.
const ROOM: (f64, f64, f64, f64) = (58.0, 14.0, 8.0, 38.0);
/// How high a row of the legend is, and how wide an entry is but for its words.
const LEGEND: (f64, f64) = (20.0, 42.0);
/// About so wide is a letter.
const LETTER: f64 = 7.0;

impl Anchor {
    /// Its name in SVG.
    pub fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// Where the axes are.
struct Frame<'a> {
    chart: &'a Chart,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Chart {
    /// Everything there is to draw, the lowest first.
    pub fn shapes(&self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        let below = self.legend(&mut shapes);
        let (width, height) = self.size;
        let frame =
            Frame { chart: self, left: ROOM.0, right: width - ROOM.1, top: below + ROOM.2, bottom: height - ROOM.3 };
        frame.axes(&mut shapes);
        for layer in &self.layers {
            frame.layer(layer, &mut shapes);
        }
        shapes
    }

    /// The legend above the plot; returns where it ends.
    fn legend(&self, shapes: &mut Vec<Shape>) -> f64 {
        let (mut x, mut y) = (ROOM.0, 0.0);
        for (tone, words) in &self.legend {
            let width = LEGEND.1 + words.chars().count() as f64 * LETTER;
            if x > ROOM.0 && x + width > self.size.0 {
                (x, y) = (ROOM.0, y + LEGEND.0);
            }
            let middle = y + LEGEND.0 / 2.0 + 2.0;
            shapes.push(path("plot-line", Some(*tone), format!("M{x:.1} {middle:.1}h22")));
            shapes.push(text("plot-words", x + 28.0, middle + 4.0, Anchor::Start, words));
            x += width;
        }
        if self.legend.is_empty() { 0.0 } else { y + LEGEND.0 + 4.0 }
    }
}

impl Frame<'_> {
    fn x(&self, at: f64) -> f64 {
        self.left + self.chart.x.place(at) * (self.right - self.left)
    }
    fn y(&self, at: f64) -> f64 {
        self.bottom - self.chart.y.place(at) * (self.bottom - self.top)
    }

    fn axes(&self, shapes: &mut Vec<Shape>) {
        let Frame { chart, left, right, top, bottom } = self;
        for tick in &chart.y.ticks {
            let y = self.y(tick.at);
            shapes.push(path("plot-grid", None, format!("M{left:.1} {y:.1}H{right:.1}")));
            shapes.push(text("plot-tick", left - 6.0, y + 4.0, Anchor::End, &tick.words));
        }
        let mut free = f64::NEG_INFINITY;
        for tick in &chart.x.ticks {
            let x = self.x(tick.at);
            let half = tick.words.chars().count() as f64 * LETTER / 2.0;
            shapes.push(path("plot-grid", None, format!("M{x:.1} {bottom:.1}v4")));
            // Words that would stand over others are left out.
            if x - half >= free {
                shapes.push(text("plot-tick", x, bottom + 17.0, Anchor::Middle, &tick.words));
                free = x + half + LETTER;
            }
        }
        shapes.push(path("plot-axis", None, format!("M{left:.1} {top:.1}V{bottom:.1}H{right:.1}")));
        let middle = (left + right) / 2.0;
        shapes.push(text("plot-label", middle, bottom + 33.0, Anchor::Middle, &chart.x.label));
    }

    fn layer(&self, layer: &Layer, shapes: &mut Vec<Shape>) {
        let tone = Some(layer.tone);
        match &layer.form {
            Form::Line(points) => shapes.push(path("plot-line", tone, self.line(points))),
            Form::Dots(points) => {
                // A line of no length with round ends is a dot.
                let dot = |(x, y): &(f64, f64)| format!("M{:.1} {:.1}h0", self.x(*x), self.y(*y));
                shapes.push(path("plot-dots", tone, points.iter().map(dot).collect()));
            }
            Form::Whiskers(marks) => {
                let mark = |(x, low, high): &(f64, f64, f64)| {
                    let (x, low, high) = (self.x(*x), self.y(*low), self.y(*high));
                    format!("M{x:.1} {low:.1}V{high:.1}M{:.1} {low:.1}h8M{:.1} {high:.1}h8", x - 4.0, x - 4.0)
                };
                shapes.push(path("plot-whiskers", tone, marks.iter().map(mark).collect()));
            }
            Form::Bars(bars) => {
                let zero = self.bottom;
                let bar = |(from, to, high): &(f64, f64, f64)| self.block(*from, *to, self.y(*high), zero);
                shapes.push(path("plot-bars", tone, bars.iter().map(bar).collect()));
            }
            Form::Stretches(low, high, stretches) => {
                let (top, bottom) = (self.y(*high), self.y(*low));
                let stretch = |(from, to): &(f64, f64)| self.block(*from, *to, top, bottom);
                shapes.push(path("plot-stretches", tone, stretches.iter().map(stretch).collect()));
            }
        }
    }

    fn line(&self, points: &[(f64, f64)]) -> String {
        let point = |(nth, (x, y)): (usize, &(f64, f64))| {
            format!("{}{:.1} {:.1}", if nth == 0 { 'M' } else { 'L' }, self.x(*x), self.y(*y))
        };
        points.iter().enumerate().map(point).collect()
    }

    /// A block that can be seen however narrow it is.
    fn block(&self, from: f64, to: f64, top: f64, bottom: f64) -> String {
        let left = self.x(from);
        let right = self.x(to).max(left + 1.0);
        format!("M{left:.1} {bottom:.1}V{top:.1}H{right:.1}V{bottom:.1}Z")
    }
}

fn path(class: &str, tone: Option<usize>, d: String) -> Shape {
    let class = tone.map_or_else(|| class.to_owned(), |tone| format!("{class} plot-{}", tone % TONES));
    Shape { class, outline: Outline::Path(d) }
}

fn text(class: &str, x: f64, y: f64, anchor: Anchor, words: &str) -> Shape {
    Shape { class: class.to_owned(), outline: Outline::Text(x, y, anchor, words.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(layers: Vec<Form>) -> Chart {
        Chart {
            title: "Latency".to_owned(),
            x: Axis::linear("time", (0.0, 10.0), 5, |at| format!("{at} s")),
            y: Axis::linear("latency", (0.0, 100.0), 5, |at| format!("{at} ms")),
            layers: layers.into_iter().map(|form| Layer { tone: 1, form }).collect(),
            legend: Vec::new(),
            size: (58.0 + 200.0 + 14.0, 8.0 + 100.0 + 38.0),
        }
    }

    fn drawn(form: Form) -> String {
        match chart(vec![form]).shapes().pop().map(|shape| shape.outline) {
            Some(Outline::Path(d)) => d,
            other => panic!("{other:?} is no path"),
        }
    }

    #[test]
    fn the_axes_span_the_frame() {
        assert_eq!(drawn(Form::Line(vec![(0.0, 0.0), (5.0, 50.0), (10.0, 100.0)])), "M58.0 108.0L158.0 58.0L258.0 8.0");
        assert_eq!(drawn(Form::Line(vec![(20.0, -5.0)])), "M258.0 108.0", "what is beyond is held to the edge");
        assert_eq!(drawn(Form::Dots(vec![(5.0, 0.0)])), "M158.0 108.0h0");
    }

    #[test]
    fn blocks_stand_on_the_ground_or_in_their_row() {
        assert_eq!(drawn(Form::Bars(vec![(0.0, 1.0, 50.0)])), "M58.0 108.0V58.0H78.0V108.0Z");
        assert_eq!(drawn(Form::Stretches(20.0, 40.0, vec![(5.0, 5.0)])), "M158.0 88.0V68.0H159.0V88.0Z");
        assert_eq!(drawn(Form::Whiskers(vec![(5.0, 0.0, 100.0)])), "M158.0 108.0V8.0M154.0 108.0h8M154.0 8.0h8");
    }

    #[test]
    fn a_legend_pushes_the_plot_down_and_wraps() {
        let mut chart = chart(Vec::new());
        let top = |chart: &Chart| {
            let axis = chart.shapes().into_iter().find(|shape| shape.class == "plot-axis");
            match axis.map(|shape| shape.outline) {
                Some(Outline::Path(d)) => d,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(top(&chart), "M58.0 8.0V108.0H258.0");
        chart.legend = vec![(0, "one".to_owned()), (1, "two".to_owned())];
        assert_eq!(top(&chart), "M58.0 32.0V108.0H258.0");
        chart.legend.push((2, "a third with many words".to_owned()));
        assert_eq!(top(&chart), "M58.0 52.0V108.0H258.0");
    }

    #[test]
    fn words_do_not_stand_over_words() {
        let mut crowded = chart(Vec::new());
        crowded.x.ticks = (0..100).map(|nth| Tick { at: f64::from(nth) / 10.0, words: "150ms".to_owned() }).collect();
        let told = crowded.shapes().iter().filter(|shape| shape.class == "plot-tick").count() - crowded.y.ticks.len();
        assert!((2..=6).contains(&told), "{told}");
    }
}
