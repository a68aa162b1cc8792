//! Plots as SVG files: with their colours, and legible anywhere.

use crate::{Chart, Outline, TONES};
use std::fmt::Write;

/// On which ground a picture is to be seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// A light one.
    Light,
    /// A dark one.
    Dark,
    /// Whichever the reader's system has.
    System,
}

/// The colours of the page's tokens: ground, text, grid, and the tones.
const LIGHT: [&str; 3 + TONES] = [
    "#fff", "#171b22", "#e3e7ec", "#67717f", "#0072b2", "#b97400", "#00855f", "#b5588c", "#2a8ac2", "#c85400",
    "#857a00",
];
const DARK: [&str; 3 + TONES] = [
    "#161a1f", "#e8ebef", "#333a45", "#a9b2be", "#56b4e9", "#e69f00", "#2fc79a", "#dd8fbb", "#8fd0f5", "#ff8a4c",
    "#d6c93a",
];
/// Lines differ in their dashes too.
const DASHES: [&str; TONES] = ["2 3", "none", "8 3", "8 3 2 3", "4 4", "12 4", "1 4", "12 3 1 3"];

/// How high a title is.
const TITLE: f64 = 28.0;

/// How wide and how high plots are, one under the other.
pub fn size(charts: &[Chart]) -> (f64, f64) {
    let width = charts.iter().map(|chart| chart.size.0).fold(0.0, f64::max);
    (width, charts.iter().map(|chart| chart.size.1 + TITLE).sum())
}

/// Plots, one under the other, as a file.
pub fn svg(charts: &[Chart], theme: Theme) -> String {
    let (width, height) = size(charts);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\"><style>{}</style>\n<rect class=\"plot-ground\" width=\"{width}\" height=\"{height}\"/>\n",
        style(theme)
    );
    let mut top = 0.0;
    for chart in charts {
        put(
            &mut svg,
            format_args!("<text class=\"plot-title\" x=\"14\" y=\"{}\">{}</text>", top + 20.0, escape(&chart.title)),
        );
        put(&mut svg, format_args!("<g transform=\"translate(0 {})\">", top + TITLE));
        for shape in chart.shapes() {
            let class = &shape.class;
            match shape.outline {
                Outline::Path(d) => put(&mut svg, format_args!("<path class=\"{class}\" d=\"{d}\"/>")),
                Outline::Text(x, y, anchor, words) => {
                    let (anchor, words) = (anchor.name(), escape(&words));
                    let place = format_args!("x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"");
                    put(&mut svg, format_args!("<text class=\"{class}\" {place}>{words}</text>"));
                }
            }
        }
        svg.push_str("</g>\n");
        top += chart.size.1 + TITLE;
    }
    svg.push_str("</svg>\n");
    svg
}

fn style(theme: Theme) -> String {
    let mut style = "text{font:12px system-ui,sans-serif}.plot-title{font-weight:600;font-size:13px}\
         .plot-grid,.plot-axis,.plot-line,.plot-whiskers{fill:none}.plot-line{stroke-width:2;stroke-linejoin:round}\
         .plot-whiskers{stroke-width:1.5}.plot-dots{fill:none;stroke-width:6;stroke-linecap:round}\
         .plot-bars,.plot-stretches{stroke:none;fill-opacity:.75}"
        .to_owned();
    for (tone, dashes) in DASHES.iter().enumerate() {
        style.push_str(&format!(".plot-line.plot-{tone}{{stroke-dasharray:{dashes}}}"));
    }
    match theme {
        Theme::Light => style + &colours(&LIGHT),
        Theme::Dark => style + &colours(&DARK),
        Theme::System => {
            format!("{style}{}@media(prefers-color-scheme:dark){{{}}}", colours(&LIGHT), colours(&DARK))
        }
    }
}

fn colours(of: &[&str; 3 + TONES]) -> String {
    let [ground, text, grid, tones @ ..] = of;
    let mut style = format!(
        ".plot-ground{{fill:{ground}}}text{{fill:{text}}}.plot-grid{{stroke:{grid}}}.plot-axis{{stroke:{text};stroke-opacity:.4}}"
    );
    for (tone, colour) in tones.iter().enumerate() {
        style.push_str(&format!(".plot-{tone}{{stroke:{colour};fill:{colour}}}"));
    }
    style + ".plot-line,.plot-dots,.plot-whiskers{fill:none}.plot-bars,.plot-stretches{stroke:none}"
}

fn put(svg: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(svg, "{line}"); // a text takes everything
}

/// A text within XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Axis, Form, Layer};

    #[test]
    fn words_cannot_become_markup() {
        let chart = Chart {
            title: "a < b & \"c\"\u{0}".to_owned(),
            x: Axis::named("<script>", ["</text>".to_owned()]),
            y: Axis::linear("y", (0.0, 1.0), 2, |at| at.to_string()),
            layers: vec![Layer { tone: 9, form: Form::Line(vec![(0.0, 1.0)]) }],
            legend: Vec::new(),
            size: (320.0, 200.0),
        };
        let svg = svg(&[chart.clone(), chart], Theme::Light);
        assert!(svg.contains("a &lt; b &amp; &quot;c&quot; </text>") && svg.contains(">&lt;/text&gt;<"));
        assert!(!svg.contains("<script"));
        assert!(
            svg.contains("height=\"456\"") && svg.contains("plot-line plot-1"),
            "two plots; the tenth tone is the second"
        );
    }

    #[test]
    fn a_theme_can_be_chosen() {
        let of = |theme| svg(&[], theme);
        assert!(of(Theme::System).contains("prefers-color-scheme"));
        assert!(!of(Theme::Dark).contains("prefers-color-scheme") && of(Theme::Dark).contains(DARK[0]));
        assert!(!of(Theme::Light).contains(DARK[3]));
    }
}
