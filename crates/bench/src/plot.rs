//! Cumulative distributions as a picture: SVG that is legible on light and on dark grounds, and needs nothing else.

use std::fmt::Write;

/// One line of a plot: what it is called, and what was measured, in ascending order.
pub struct Line {
    /// What it is called.
    pub name: String,
    /// What was measured, in milliseconds.
    pub millis: Vec<f64>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 120.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 44.0;
/// How many points of a line are drawn.
const POINTS: usize = 60;

/// In light and dark the tones of the page's tokens; the lines differ in their dashes too. The system's theme counts, unless
/// the address ends in `#light` or `#dark`: the page's theme is its own.
fn style() -> String {
    let colours = |of: &str, [ground, text, grid, tones @ ..]: [&str; 9]| {
        let tones = CLASSES.iter().zip(tones).map(|(class, tone)| format!("{of}.{class}{{stroke:{tone}}}"));
        let rest = format!("{of}text{{fill:{text}}}{of}.ground{{fill:{ground}}}{of}.grid{{stroke:{grid}}}\n");
        rest + &tones.collect::<String>()
    };
    let light = ["#fff", "#171b22", "#e3e7ec", "#67717f", "#0072b2", "#b97400", "#00855f", "#b5588c", "#c85400"];
    let dark = ["#14161a", "#e6e9ee", "#333a45", "#a9b2be", "#56b4e9", "#e69f00", "#2fc79a", "#dd8fbb", "#ff8a4c"];
    format!(
        "<style>\ntext{{font:12px system-ui,sans-serif}}.line{{fill:none;stroke-width:2}}\n{}\n\
         @media (prefers-color-scheme:dark){{{}}}\n{}\n{}\n</style><g id=\"light\"/><g id=\"dark\"/>",
        colours("", light),
        colours("", dark),
        colours("#light:target~", light),
        colours("#dark:target~", dark),
    )
}
const CLASSES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const DASHES: [&str; 6] = ["2 3", "8 3", "", "8 3 2 3", "4 4", "12 4"];

/// The share of trials that took no longer than so many milliseconds, on a logarithmic axis between two powers of ten.
pub fn cumulative(title: &str, lines: &[Line], decades: (i32, i32)) -> String {
    let x = |millis: f64| {
        let (from, to) = (f64::from(decades.0), f64::from(decades.1));
        LEFT + (millis.log10().clamp(from, to) - from) / (to - from) * (WIDTH - LEFT - RIGHT)
    };
    let y = |share: f64| HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{title}</title>{}\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n",
        style()
    );
    for decade in decades.0..=decades.1 {
        let (millis, at) = (10f64.powi(decade), x(10f64.powi(decade)));
        let (top, bottom) = (y(1.0), y(0.0));
        write_line(&mut svg, format_args!("<path class=\"grid\" d=\"M{at:.1} {top}V{bottom}\"/>"));
        let below = bottom + 18.0;
        write_line(
            &mut svg,
            format_args!("<text x=\"{at:.1}\" y=\"{below}\" text-anchor=\"middle\">{millis} ms</text>"),
        );
    }
    for percent in [0, 20, 40, 60, 80, 100] {
        let at = y(f64::from(percent) / 100.0);
        let (end, label) = (WIDTH - RIGHT, at + 4.0);
        write_line(&mut svg, format_args!("<path class=\"grid\" d=\"M{LEFT} {at:.1}H{end}\"/>"));
        write_line(&mut svg, format_args!("<text x=\"42\" y=\"{label:.1}\" text-anchor=\"end\">{percent} %</text>"));
    }
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    write_line(
        &mut svg,
        format_args!("<text x=\"{middle}\" y=\"312\" text-anchor=\"middle\">time without a leader</text>"),
    );
    for (at, line) in lines.iter().enumerate() {
        let (class, dash) = (CLASSES[at % CLASSES.len()], DASHES[at % DASHES.len()]);
        let drawn = path(&line.millis, x, y);
        let style = format!("class=\"line {class}\" stroke-dasharray=\"{dash}\"");
        write_line(&mut svg, format_args!("<path {style} d=\"{drawn}\"/>"));
        let (from, to, height) = (WIDTH - RIGHT + 8.0, WIDTH - RIGHT + 32.0, TOP + 10.0 + 20.0 * at as f64);
        write_line(&mut svg, format_args!("<path {style} d=\"M{from} {height}H{to}\"/>"));
        let (text, below) = (to + 6.0, height + 4.0);
        write_line(&mut svg, format_args!("<text x=\"{text}\" y=\"{below}\">{}</text>", line.name));
    }
    svg.push_str("</svg>\n");
    svg
}

/// A line from the shortest to the longest, through evenly spaced quantiles.
fn path(millis: &[f64], x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let last = millis.len() - 1;
    let mut path = String::new();
    for point in 0..=POINTS {
        let at = last * point / POINTS;
        let letter = if point == 0 { 'M' } else { 'L' };
        let share = (at + 1) as f64 / millis.len() as f64;
        let _ = write!(path, "{letter}{:.1} {:.1}", x(millis[at]), y(share));
    }
    path
}

fn write_line(svg: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(svg, "{line}"); // a text takes everything
}
