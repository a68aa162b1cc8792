//! The space-time diagram as a picture: a lane for each node, time to the right, an arrow for each message. It stands by
//! itself, on a light ground.

use crate::export::{Outcome, Scene, Story};
use netsplit_sim::trace::{MessageRow, What};
use netsplit_sim::{NodeId, Time};

/// A longer picture is nothing that anybody can look at.
pub const MOST_EVENTS: u32 = 2_000;

const LEFT: u64 = 90;
const RIGHT: u64 = 40;
const TOP: u64 = 84;
const LANE: u64 = 56;
const LEAST_WIDTH: u64 = 720;
const MOST_WIDTH: u64 = 12_000;
const EVENT_WIDTH: u64 = 16;
/// So wide is a letter at most, at the size of labels.
const LETTER: u64 = 7;

/// Colours that can be told apart on white, each with a contrast of at least 4.5; types beyond them share.
const COLOURS: [&str; 8] = ["#1d4ed8", "#b45309", "#047857", "#7c3aed", "#be123c", "#0e7490", "#4d7c0f", "#a21caf"];

/// The picture.
pub fn write(story: &Story<'_>) -> String {
    let picture = Picture::of(story);
    let mut text = picture.head();
    picture.lanes(&mut text);
    picture.ticks(&mut text);
    picture.messages(&mut text);
    picture.events(&mut text);
    picture.legend(&mut text);
    text.push_str("</svg>\n");
    text
}

struct Picture<'a> {
    story: &'a Story<'a>,
    from: Time,
    to: Time,
    width: u64,
    /// The types of messages, in the order of their first ones.
    types: Vec<&'static str>,
}

impl<'a> Picture<'a> {
    fn of(story: &'a Story<'a>) -> Picture<'a> {
        let times = || story.scenes().map(|scene| scene.row.at);
        let from = times().next().unwrap_or(Time::ZERO);
        let to = times().last().unwrap_or(Time::ZERO).max(Time(from.0 + 1));
        let width = (story.events().len() as u64 * EVENT_WIDTH).clamp(LEAST_WIDTH, MOST_WIDTH);
        let mut types = Vec::new();
        for (_, message) in story.messages() {
            if !types.contains(&message.tag.name) {
                types.push(message.tag.name);
            }
        }
        Picture { story, from, to, width, types }
    }

    fn x(&self, at: Time) -> u64 {
        let at = at.clamp(self.from, self.to);
        let (since, whole) = (at.since(self.from).0, self.to.since(self.from).0);
        LEFT + (u128::from(since) * u128::from(self.width) / u128::from(whole)) as u64
    }
    fn y(&self, node: NodeId) -> u64 {
        TOP + node.index() as u64 * LANE
    }
    fn bottom(&self) -> u64 {
        TOP + (self.story.session().names().len().max(1) as u64 - 1) * LANE
    }
    fn colour(&self, name: &str) -> &'static str {
        let place = self.types.iter().position(|known| *known == name).unwrap_or(0);
        COLOURS[place % COLOURS.len()]
    }

    fn head(&self) -> String {
        let (width, height) = (LEFT + self.width + RIGHT, self.bottom() + 92);
        let title = escaped(&self.story.title());
        let events = self.story.events();
        let described = format!("events {} to {}, {} to {}", events.start, events.end, self.from, self.to);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             role=\"img\" aria-label=\"{title}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
             <title>{title}</title>\n<desc>{described}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
             <text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"600\" fill=\"#111827\">{title}</text>\n\
             <text x=\"16\" y=\"42\" fill=\"#4b5563\">{described}</text>\n"
        )
    }

    /// A line for each node, broken while it is down.
    fn lanes(&self, text: &mut String) {
        let end = LEFT + self.width;
        for (node, name) in (0..).map(NodeId).zip(self.story.session().names()) {
            let (y, mut x, mut up) = (self.y(node), LEFT, true);
            text.push_str(&format!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" font-weight=\"600\" fill=\"#111827\">{}</text>\n",
                LEFT - 16,
                y + 4,
                escaped(name)
            ));
            let mut line = |from, to, up| {
                let dashed = if up { "stroke=\"#9ca3af\"" } else { "stroke=\"#d1d5db\" stroke-dasharray=\"2 5\"" };
                text.push_str(&format!("<path d=\"M{from} {y}H{to}\" {dashed}/>\n"));
            };
            for (at, is_up) in self.turns(node) {
                let to = self.x(at);
                line(x, to, up);
                (x, up) = (to, is_up);
            }
            line(x, end, up);
        }
    }

    /// When a node went down or up.
    fn turns(&self, node: NodeId) -> impl Iterator<Item = (Time, bool)> {
        let trace = self.story.session().trace();
        trace.faults().iter().filter(move |fault| fault.aim.nodes.first() == Some(&node)).filter_map(move |fault| {
            let up = match fault.name {
                "crash" => false,
                "restart" => true,
                _ => return None,
            };
            let at = trace.event(fault.event)?.at;
            self.story.events().contains(&fault.event.0).then_some((at, up))
        })
    }

    fn ticks(&self, text: &mut String) {
        let whole = self.to.since(self.from).0;
        let wanted = (self.width / 140).max(1);
        let mut step = 1;
        while whole / step > wanted {
            step *= if whole / (step * 2) <= wanted {
                2
            } else if whole / (step * 5) <= wanted {
                5
            } else {
                10
            };
        }
        let (top, bottom) = (TOP - 18, self.bottom() + 18);
        let first = self.from.0.div_ceil(step) * step;
        for at in (0..=wanted + 1).map(|nth| first + nth * step).take_while(|at| *at <= self.to.0).map(Time) {
            let x = self.x(at);
            text.push_str(&format!("<path d=\"M{x} {top}V{bottom}\" stroke=\"#f3f4f6\"/>\n"));
            let y = bottom + 14;
            text.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" fill=\"#6b7280\" font-size=\"11\">{at}</text>\n"
            ));
        }
    }

    fn messages(&self, text: &mut String) {
        // Labels that would lie on each other say nothing; what is meant is also said on pointing, and by the legend.
        let mut labelled: Vec<(u64, u64)> = Vec::new();
        for (_, message) in self.story.messages() {
            let (from, to) = self.ends(message);
            self.message(text, message, from, to);
            if from.1 == to.1 {
                continue;
            }
            let middle = beside(from, to);
            let half = message.tag.name.len() as u64 * LETTER / 2;
            let free = |(x, y): &(u64, u64)| x.abs_diff(middle.0) > half * 2 + LETTER || *y != middle.1;
            if labelled.iter().rev().take(64).all(free) {
                labelled.push(middle);
                let (x, y, name, colour) =
                    (middle.0, middle.1, escaped(message.tag.name), self.colour(message.tag.name));
                text.push_str(&format!(
                    "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"10\" fill=\"{colour}\" stroke=\"#ffffff\" \
                     stroke-width=\"3\" paint-order=\"stroke\">{name}</text>\n"
                ));
            }
        }
    }

    fn ends(&self, message: &MessageRow) -> ((u64, u64), (u64, u64)) {
        let from = (self.x(message.sent), self.y(message.name.from));
        let (x, y) = (self.x(message.ends), self.y(message.name.to));
        match self.story.outcome(message) {
            Outcome::Arrived(_) => (from, (x, y)),
            // It is not known where a message was lost: the line ends before its receiver.
            Outcome::Lost => (from, ((from.0 + 3 * x) / 4, (from.1 + 3 * y) / 4)),
            Outcome::OnItsWay => (from, ((from.0 + x) / 2, (from.1 + y) / 2)),
        }
    }

    fn message(&self, text: &mut String, message: &MessageRow, from: (u64, u64), to: (u64, u64)) {
        let colour = self.colour(message.tag.name);
        let (dashed, words) = match self.story.outcome(message) {
            Outcome::Arrived(_) => ("", ""),
            Outcome::Lost => (" stroke-dasharray=\"4 3\"", " (lost)"),
            Outcome::OnItsWay => (" stroke-dasharray=\"1 3\"", " (on its way)"),
        };
        let name = |node| escaped(self.story.name(node));
        let (tag, sender, receiver) = (escaped(message.tag.name), name(message.name.from), name(message.name.to));
        text.push_str(&format!(
            "<g stroke=\"{colour}\" fill=\"none\"><title>{tag} from {sender} to {receiver}{words}, sent {}</title>\
             <path d=\"M{} {}L{} {}\"{dashed}/>",
            message.sent, from.0, from.1, to.0, to.1
        ));
        let (x, y) = to;
        match self.story.outcome(message) {
            Outcome::Arrived(_) => text.push_str(&head(from, to, colour)),
            Outcome::Lost => text.push_str(&format!(
                "<path d=\"M{0} {1}l8 8m0 -8l-8 8\" stroke-width=\"2\"/>",
                x.saturating_sub(4),
                y.saturating_sub(4)
            )),
            Outcome::OnItsWay => {}
        }
        text.push_str("</g>\n");
    }

    fn events(&self, text: &mut String) {
        for scene in self.story.scenes() {
            let (x, words) =
                (self.x(scene.row.at), escaped(&format!("#{} {} {}", scene.id.0, scene.row.at, scene.line())));
            match scene.row.somewhere() {
                Some(node) => text.push_str(&dot(x, self.y(node), scene, &words)),
                None => {
                    let (top, bottom, label) = (TOP - 18, self.bottom() + 18, escaped(&scene.told.what));
                    text.push_str(&format!(
                        "<g><title>{words}</title><path d=\"M{x} {top}V{bottom}\" stroke=\"#b91c1c\" stroke-dasharray=\"6 4\"/>\
                         <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"10\" fill=\"#b91c1c\">{label}</text></g>\n",
                        top - 4
                    ));
                }
            }
        }
    }

    fn legend(&self, text: &mut String) {
        let (mut x, y) = (LEFT, self.bottom() + 64);
        for name in &self.types {
            let width = name.len() as u64 * LETTER + 44;
            if x + width > LEFT + self.width + RIGHT {
                break;
            }
            text.push_str(&format!(
                "<path d=\"M{x} {y}h18\" stroke=\"{}\" stroke-width=\"2\"/><text x=\"{}\" y=\"{}\" fill=\"#374151\">{}</text>\n",
                self.colour(name),
                x + 24,
                y + 4,
                escaped(name)
            ));
            x += width;
        }
    }
}

/// Where a line is halfway from its first lane to the next: a label hides neither events nor arrowheads there.
fn beside(from: (u64, u64), to: (u64, u64)) -> (u64, u64) {
    let rise = from.1.abs_diff(to.1).max(1);
    let part = (LANE / 2).min(rise / 2);
    let y = if to.1 > from.1 { from.1 + part } else { from.1 - part };
    (from.0 + to.0.saturating_sub(from.0) * part / rise, y)
}

/// The head of an arrow: a triangle with its tip at the end, turned as the line is.
fn head(from: (u64, u64), to: (u64, u64), colour: &str) -> String {
    let (dx, dy) = (to.0 as f64 - from.0 as f64, to.1 as f64 - from.1 as f64);
    let angle = dy.atan2(dx).to_degrees().round() as i64;
    let (x, y) = to;
    format!(
        "<path d=\"M-4 0L-11 -3.5V3.5Z\" transform=\"translate({x} {y}) rotate({angle})\" fill=\"{colour}\" stroke=\"none\"/>"
    )
}

/// An event: a circle; a square if somebody intervened, an open circle for a timer, a red ring for a violation.
fn dot(x: u64, y: u64, scene: Scene<'_>, words: &str) -> String {
    let shape = match scene.row.what {
        What::Fault(_) => format!("<rect x=\"{}\" y=\"{}\" width=\"9\" height=\"9\" fill=\"#b91c1c\"/>", x - 4, y - 4),
        What::Timer(_) => format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3.5\" fill=\"#ffffff\" stroke=\"#111827\"/>"),
        _ => format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3.5\" fill=\"#111827\"/>"),
    };
    let ring = if scene.told.violated.is_empty() {
        String::new()
    } else {
        format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"none\" stroke=\"#b91c1c\" stroke-width=\"2.5\"/>")
    };
    format!("<g><title>{words}</title>{shape}{ring}</g>\n")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {} // XML has no place for them
            c => escaped.push(c),
        }
    }
    escaped
}
