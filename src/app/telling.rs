//! What happened, in a sentence.

use super::lab::Lab;
use crate::locale::{Language, Word, fill};
use netsplit_exchange::replay::TICK;
use netsplit_protocols::Line;
use netsplit_scenario::{Passage, form};
use netsplit_sim::trace::{EventRow, FaultRow, What};
use netsplit_sim::{EventId, Manner, MsgName, NodeId, Span, Time};

/// While the run plays, the weightiest event of this many wall milliseconds is told: faster, and nobody could read it.
const TOLD_FOR: u64 = 1600;
/// What was done to the run is worth telling before almost all that happens by itself; a request is daily business.
const FAULT_WEIGHT: u8 = 9;
const REQUEST_WEIGHT: u8 = 5;
/// Further back than this nobody looks for something to tell.
const FAR: u32 = 4000;

/// The line of narration: the heaviest of what happened lately, or of what has just happened if the run stands still.
pub(crate) fn narration(lab: &Lab, language: Language) -> Option<String> {
    let shown = lab.event_shown()?;
    if !lab.moving()
        && let Some((_, said)) = tell(lab, shown, language)
    {
        return Some(said);
    }
    let trace = lab.session().trace();
    let now = trace.event(shown)?.at.max(lab.cursor().time);
    let pace = lab.pace().unwrap_or(Span::secs(1));
    let since = now.0.saturating_sub(pace.scale(TOLD_FOR, 1000).0);
    let mut best: Option<(u8, String)> = None;
    for (id, row) in trace.events_in(shown.0.saturating_sub(FAR)..shown.0 + 1).rev() {
        if best.is_some() && row.at.0 < since {
            break;
        }
        if weight(lab, id, row).is_some_and(|weight| best.as_ref().is_none_or(|(most, _)| weight > *most)) {
            best = tell(lab, id, language).or(best);
        }
    }
    // If no rule has spoken yet, what happened is still to be said.
    best.map(|(_, said)| said).or_else(|| Some(event(lab, shown, language)))
}

fn weight(lab: &Lab, id: EventId, row: &EventRow) -> Option<u8> {
    if lab.session().is_log() {
        return Some(0);
    }
    if let What::Fault(index) = row.what {
        return fault_weight(lab, index);
    }
    let lines = lab.about().lines;
    let told = lab.session().trace().lines_of(id).filter_map(|line| lines.get(usize::from(line)));
    told.filter(|line| !line.say.en.is_empty()).map(|line| line.weight).max()
}

/// An event as its heaviest line tells it, with the line's weight.
fn tell(lab: &Lab, id: EventId, language: Language) -> Option<(u8, String)> {
    let row = lab.session().trace().event(id)?;
    if lab.session().said(id).is_some() {
        return Some((0, event(lab, id, language)));
    }
    if let What::Fault(index) = row.what {
        let said = request(lab, id, language).unwrap_or_else(|| event(lab, id, language));
        return Some((fault_weight(lab, index)?, said));
    }
    let line = spoken(lab, id)?;
    Some((line.weight, in_words(lab, row, line, &figure(lab, row.somewhere()?), language)?))
}

/// Of the lines that ran in an event and have something to say, the heaviest.
fn spoken(lab: &Lab, id: EventId) -> Option<&'static Line> {
    let lines = lab.session().trace().lines_of(id).filter_map(|line| lab.about().lines.get(usize::from(line)));
    lines.filter(|line| !line.say.en.is_empty()).max_by_key(|line| line.weight)
}

/// The rule that an event is told by: the heaviest that has something to say, or else the heaviest that ran.
pub(crate) fn rule(lab: &Lab, id: EventId) -> Option<&'static Line> {
    let lines = || lab.session().trace().lines_of(id).filter_map(|line| lab.about().lines.get(usize::from(line)));
    spoken(lab, id).or_else(|| lines().max_by_key(|line| line.weight))
}

/// An event in a sentence, given what it left at its node.
pub(crate) fn sentence(lab: &Lab, id: EventId, passage: Option<&Passage>, language: Language) -> String {
    let figure = passage.map(|passage| passage.face.as_ref().and_then(|face| face.headline).map_or(0, |(_, it)| it));
    let told = || {
        let row = lab.session().trace().event(id)?;
        match row.what {
            What::Fault(_) => request(lab, id, language),
            _ => in_words(lab, row, spoken(lab, id)?, &figure?.to_string(), language),
        }
    };
    told().unwrap_or_else(|| event(lab, id, language))
}

fn in_words(lab: &Lab, row: &EventRow, line: &Line, figure: &str, language: Language) -> Option<String> {
    let trace = lab.session().trace();
    let node = row.somewhere()?;
    let waited = row.cause.some().and_then(|cause| trace.event(cause)).map(|cause| row.at.since(cause.at));
    let gaps = [
        ("node", lab.name(node)),
        ("from", sender(lab, row).map_or("?", |from| lab.name(from))),
        ("figure", figure),
        ("waited", &waited.map(span).unwrap_or_default()),
    ];
    Some(fill(language.of(line.say), &gaps))
}

fn fault_weight(lab: &Lab, index: u32) -> Option<u8> {
    let fault = lab.session().trace().faults().get(index as usize)?;
    Some(if fault.name == "invoke" { REQUEST_WEIGHT } else { FAULT_WEIGHT })
}

/// What a client asks for in an event, if it is one of those.
fn request(lab: &Lab, id: EventId, language: Language) -> Option<String> {
    let history = lab.session().history();
    let op = history.iter().rev().find(|op| op.invoked.0 == id)?;
    Some(language.fill(Word::Asked, &[("node", lab.name(op.node)), ("op", &form::asked(lab.about(), &op.op))]))
}

/// A value in a few words, with the names of its fields: `put key x, value 1`.
pub(crate) fn brief(value: &serde_json::Value) -> String {
    use serde_json::Value;
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let parts = fields.iter().map(|(name, value)| format!("{name} {}", brief(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(brief).collect::<Vec<_>>().join(", ")),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

/// A node's headline figure.
fn figure(lab: &Lab, node: NodeId) -> String {
    let nodes = lab.session().nodes();
    let face = nodes.get(node.index()).and_then(|now| now.face.as_ref());
    face.and_then(|face| face.headline).map(|(_, value)| value.to_string()).unwrap_or_default()
}

fn sender(lab: &Lab, row: &EventRow) -> Option<NodeId> {
    match row.what {
        What::Deliver(msg) => lab.session().trace().message(msg).map(|msg| msg.name.from),
        _ => None,
    }
}

/// An event in a few words, whatever it is.
pub(crate) fn event(lab: &Lab, id: EventId, language: Language) -> String {
    let Some(row) = lab.session().trace().event(id) else { return String::new() };
    if let (Some(said), Some(node)) = (lab.session().said(id), row.somewhere()) {
        return format!("{}: {said}", lab.name(node));
    }
    let node = row.somewhere().map_or("", |node| lab.name(node));
    match row.what {
        What::Boot => language.fill(Word::EventBoot, &[("node", node)]),
        What::Durable => language.fill(Word::EventDurable, &[("node", node)]),
        What::Timer(timer) => language.fill(Word::EventTimer, &[("node", node), ("timer", timer)]),
        What::Deliver(msg) => match lab.session().trace().message(msg) {
            Some(msg) => {
                let gaps = [("node", node), ("message", msg.tag.name), ("from", lab.name(msg.name.from))];
                language.fill(Word::EventDeliver, &gaps)
            }
            None => String::new(),
        },
        What::Fault(index) => match lab.session().trace().faults().get(index as usize) {
            Some(done) => fault(lab, done, language),
            None => String::new(),
        },
    }
}

/// An intervention in a few words.
pub(crate) fn fault(lab: &Lab, fault: &FaultRow, language: Language) -> String {
    let name = |at: usize| fault.aim.nodes.get(at).map_or("–", |node| lab.name(*node));
    let all = fault.aim.nodes.iter().map(|node| lab.name(*node)).collect::<Vec<_>>().join(", ");
    let message = fault.aim.message.map(|name| message(lab, name)).unwrap_or_default();
    let word = match fault.name {
        "crash" => Word::FaultCrash,
        "restart" => Word::FaultRestart,
        "pause" => Word::FaultPause,
        "resume" => Word::FaultResume,
        "fire" => Word::FaultFire,
        "clock" => Word::FaultClock,
        "disk" => Word::FaultDisk,
        "invoke" => Word::FaultInvoke,
        "cut" => Word::FaultCut,
        "mend" => Word::FaultMend,
        "partition" => Word::FaultPartition,
        "heal" => Word::FaultHeal,
        "link" => Word::FaultLink,
        "network" => Word::FaultNetwork,
        "drop" => Word::FaultDrop,
        "duplicate" => Word::FaultDuplicate,
        "deliver" => Word::FaultDeliver,
        "delay" => Word::FaultDelay,
        "silence" => Word::FaultSilence,
        "equivocate" => Word::FaultEquivocate,
        "replay" => Word::FaultReplay,
        "corrupt" => Word::FaultCorrupt,
        "deceive" => Word::FaultDeceive,
        "honest" => Word::FaultHonest,
        other => return format!("{other} {all}"),
    };
    let gaps = [("node", name(0)), ("to", name(1)), ("nodes", all.as_str()), ("message", message.as_str())];
    language.fill(word, &gaps)
}

/// How a node lies, if it does.
pub(crate) fn liar(manner: Manner, language: Language) -> Option<&'static str> {
    let word = match manner {
        Manner::Honest => return None,
        Manner::Silent => Word::IsSilent,
        Manner::Equivocating => Word::IsEquivocating,
        Manner::Replaying => Word::IsReplaying,
        Manner::Corrupting => Word::IsCorrupting,
        Manner::Deceiving => Word::IsDeceiving,
    };
    Some(language.say(word))
}

/// A message's name for people: `RequestVote n1 → n3`.
pub(crate) fn message(lab: &Lab, name: MsgName) -> String {
    let id = lab.message(name);
    let kind = id.and_then(|id| lab.session().trace().message(id)).map_or("", |row| row.tag.name);
    let copy = if name.copy > 0 { format!(" ({})", name.copy + 1) } else { String::new() };
    format!("{kind} {} → {}{copy}", lab.name(name.from), lab.name(name.to))
}

/// A span with its unit set off: `212.4 ms`.
pub(crate) fn span(span: Span) -> String {
    let text = rounded(span).to_string();
    let unit = text.find(char::is_alphabetic).unwrap_or(text.len());
    format!("{} {}", &text[..unit], &text[unit..])
}

/// A moment of the run: in a log, which knows no times, how many steps of Lamport's there were.
pub(crate) fn when(lab: &Lab, time: Time) -> String {
    if lab.session().is_log() { format!("L {}", time.0 / TICK.0) } else { moment(time) }
}

/// A time of the run; from a second on with milliseconds, so that one can be read against the next.
pub(crate) fn moment(time: Time) -> String {
    if time.0 < 1_000_000_000 {
        return span(Span(time.0));
    }
    let millis = time.0 / 1_000_000;
    format!("{}.{:03} s", millis / 1000, millis % 1000)
}

/// To a tenth of its unit: more digits than that nobody compares by eye.
fn rounded(span: Span) -> Span {
    let step = match span.0 {
        0..1_000 => 1,
        1_000..1_000_000 => 100,
        1_000_000..10_000_000 => 10_000,
        10_000_000..100_000_000 => 100_000,
        100_000_000..1_000_000_000 => 1_000_000,
        _ => 1_000_000,
    };
    Span(span.0 / step * step)
}
