//! `netsplit find`: the moments of a run at which something is so.

use crate::args::Find;
use crate::play::{end, to_the_end};
use crate::{Failure, Verdict, input};
use netsplit_scenario::Session;
use netsplit_scenario::find::{Lexicon, Match, Pattern, Query, matches, pattern};
use netsplit_scenario::transcript::Transcript;
use netsplit_sim::{EventId, MsgId};
use serde_json::json;
use std::io::Write;

/// Plays a run to its end and tells where a condition or a pattern is found.
pub fn find(how: &Find, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(&how.run)?;
    input.reseed(how.seed);
    input.lengthen(how.until);
    input.add_bugs(&how.bug);
    let mut session = input.start()?;
    to_the_end(&mut *session, how.until.unwrap_or_else(|| end(&input)));
    let found = match (&how.condition, how.pattern) {
        (_, Some(pattern)) => patterns(how, pattern, &*session, out)?,
        (Some(condition), None) => conditions(condition, how.json, &mut *session, out)?,
        (None, None) => 0,
    };
    Ok(if found > 0 { Verdict::Well } else { Verdict::Violated })
}

/// Tells every event that a condition matches, and how many there are.
fn conditions(text: &str, json: bool, session: &mut dyn Session, out: &mut impl Write) -> Result<usize, Failure> {
    let names = Lexicon::of(session).names(session);
    let query = Query::read(text, &names).map_err(|mistake| Failure::Condition { mistake, text: text.to_owned() })?;
    let transcript = Transcript::of(session);
    let found = matches(&query, session);
    for event in &found {
        session.seek(event.0 + 1);
        let told = transcript.tell(session, *event);
        if json {
            writeln!(out, "{}", json!(told))?;
        } else {
            writeln!(out, "{}", told.text())?;
        }
    }
    Ok(found.len())
}

/// Tells every place where a pattern is found, and how many there are.
fn patterns(how: &Find, wanted: Pattern, session: &dyn Session, out: &mut impl Write) -> Result<usize, Failure> {
    let wanted = how.least.map_or(wanted, |least| wanted.sized(least));
    let found = pattern::find(session.trace(), wanted, how.kind.as_deref());
    for Match { events, messages } in &found {
        let told: Vec<String> = messages.iter().filter_map(|id| message(session, *id)).collect();
        if how.json {
            let events: Vec<u32> = events.iter().map(|event| event.0).collect();
            let messages: Vec<u32> = messages.iter().map(|message| message.0).collect();
            writeln!(out, "{}", json!({ "events": events, "messages": messages, "told": told }))?;
        } else {
            let events: Vec<String> = events.iter().map(EventId::to_string).collect();
            writeln!(out, "{}: {}", events.join(" "), told.join(", "))?;
        }
    }
    Ok(found.len())
}

/// A message: `Vote n2 to n1`.
fn message(session: &dyn Session, id: MsgId) -> Option<String> {
    let row = session.trace().message(id)?;
    let [from, to] =
        [row.name.from, row.name.to].map(|node| session.names().get(node.index()).map_or("?", String::as_str));
    Some(format!("{} {from} to {to}", row.tag.name))
}
