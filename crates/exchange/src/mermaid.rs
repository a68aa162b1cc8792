//! A run as a sequence diagram for Mermaid, in which time has no length: messages stand where they arrive, or where they
//! were sent if they did not.

use crate::export::{Export, Outcome, Scene, Story};
use netsplit_sim::NodeId;
use netsplit_sim::trace::{MessageRow, What};
use std::collections::BTreeSet;

/// Mermaid draws every line of the diagram at once, and nobody reads longer ones.
pub const MOST_EVENTS: u32 = 1_000;
/// Mermaid refuses texts of more than 50,000 characters unless it is told otherwise.
const LONGEST: usize = 49_000;

/// The diagram, of as many of the events as fit.
pub fn write(story: &Story<'_>) -> Export {
    let nodes = story.session().names().len();
    let mut seen = BTreeSet::new();
    let (mut body, mut length) = (String::new(), 0);
    let mut events = story.events().start..story.events().start;
    for scene in story.scenes() {
        let mut about = BTreeSet::new();
        let lines = lines(story, scene, nodes, &mut about);
        let participants: usize = about.difference(&seen).map(|node| participant(story, *node).chars().count()).sum();
        length += lines.chars().count() + participants;
        if length > LONGEST {
            break;
        }
        seen.extend(about);
        body.push_str(&lines);
        events.end = scene.id.0 + 1;
    }
    let mut text = format!("sequenceDiagram\n  title {}\n", escaped(&story.title()));
    seen.iter().for_each(|node| text.push_str(&participant(story, *node)));
    text.push_str(&body);
    let left = story.wanted() - events.end;
    if let (Some(first), 1..) = (seen.first(), left) {
        text.push_str(&format!("  Note over p{}: and {left} more events\n", first.0));
    }
    Export { text, events }
}

fn participant(story: &Story<'_>, node: NodeId) -> String {
    format!("  participant p{} as {}\n", node.0, escaped(story.name(node)))
}

/// The lines of one event, and the nodes that they are about.
fn lines(story: &Story<'_>, scene: Scene<'_>, nodes: usize, about: &mut BTreeSet<NodeId>) -> String {
    let mut text = String::new();
    let mut arrow = |message: &MessageRow, arrow: &str, remark: &str| {
        let (from, to) = (message.name.from, message.name.to);
        about.extend([from, to]);
        text.push_str(&format!("  p{}{arrow}p{}: {}{remark}\n", from.0, to.0, escaped(message.tag.name)));
    };
    let trace = story.session().trace();
    if let What::Deliver(id) = scene.row.what
        && let Some(message) = trace.message(id)
    {
        arrow(message, "->>", if trace.is_lie(id) { " (a lie)" } else { "" });
    }
    for (_, message) in trace.sent_by(scene.id) {
        match story.outcome(message) {
            Outcome::Arrived(_) => {}
            Outcome::Lost => arrow(message, "-x", " (lost)"),
            Outcome::OnItsWay => arrow(message, "-)", " (on its way)"),
        }
    }
    let mut note = |words: &str| {
        let over = match (scene.row.somewhere(), nodes) {
            (Some(node), _) => vec![node],
            (None, 0 | 1) => vec![NodeId(0)],
            (None, nodes) => vec![NodeId(0), NodeId(nodes as u16 - 1)],
        };
        let places: Vec<String> = over.iter().map(|node| format!("p{}", node.0)).collect();
        text.push_str(&format!("  Note over {}: {}\n", places.join(","), escaped(words)));
        about.extend(over);
    };
    if matches!(scene.row.what, What::Timer(_) | What::Fault(_)) {
        note(&format!("{} {}", scene.row.at, scene.told.what));
    }
    scene.told.answers.iter().for_each(|answer| note(answer));
    scene.told.violated.iter().for_each(|violated| note(&format!("VIOLATED {}", violated.invariant)));
    text
}

/// What would end a text or mean something in it is written by number.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | ';' | '%' | '<' | '>' | '&' | '"' | '\\' => escaped.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
