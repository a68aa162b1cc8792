//! `netsplit why`: who wrote a field, or what shows a violation, and what it needed.

use crate::args::Why;
use crate::input::{self, InputError};
use crate::play::{end, to_the_end};
use crate::{Failure, Verdict};
use netsplit_scenario::Session;
use netsplit_scenario::transcript::Transcript;
use netsplit_scenario::why::{Asked, Chain, Needs, Search, Unanswered};
use netsplit_sim::{EventId, NodeId};
use std::io::Write;

/// Says why, in causal order.
pub fn why(how: &Why, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(&how.run)?;
    input.reseed(how.seed);
    let mut session = input.start()?;
    to_the_end(&mut *session, end(&input));
    let asked = match &how.field {
        Some(field) => {
            let node = node(&*session, how.node.as_deref().unwrap_or_default())?;
            let events = how.at.map_or(session.trace().len(), |at| at.saturating_add(1)).min(session.trace().len());
            let Some(write) = Search::new(node, field.clone(), events).run(&*session) else {
                let (field, name) = (field, &session.names()[node.index()]);
                return Err(InputError::Unknown(format!(
                    "{name} never had {field}: `netsplit export --to itf` shows what there is"
                ))
                .into());
            };
            writeln!(out, "{field} of {}: {} -> {}", session.names()[node.index()], write.was, write.is)?;
            let asked = Asked::Write { node, field: field.clone(), event: write.event, is: write.is.clone() };
            writes(&mut *session, Chain::of(node, field.clone(), write), how.back, out)?;
            asked
        }
        None => {
            let wanted = how.violation.as_deref().unwrap_or_default();
            let found = session.violations().iter().find(|it| wanted.is_empty() || it.invariant == wanted);
            let Some(violation) = found else {
                return Err(InputError::Unknown("nothing of the kind is violated in this run".to_owned()).into());
            };
            writeln!(out, "{} is violated at {}", violation.invariant, violation.event)?;
            Asked::of(violation)
        }
    };
    needed(&mut *session, asked, out)?;
    Ok(Verdict::Well)
}

fn node(session: &dyn Session, name: &str) -> Result<NodeId, InputError> {
    let place = session.names().iter().position(|known| known == name);
    let nodes = || format!("{name:?} is no node: expected one of {}", session.names().join(", "));
    place.map(|place| NodeId(place as u16)).ok_or_else(|| InputError::Unknown(nodes()))
}

fn writes(session: &mut dyn Session, mut chain: Chain, back: u32, out: &mut impl Write) -> Result<(), Failure> {
    for _ in 0..back {
        chain.further(session);
    }
    writeln!(out, "written by, and what triggered that:")?;
    let events: Vec<EventId> = chain.links.iter().map(|link| link.event).collect();
    tell(session, &events, out)
}

fn needed(session: &mut dyn Session, asked: Asked, out: &mut impl Write) -> Result<(), Failure> {
    match Needs::new(session, asked).and_then(Needs::run) {
        Ok(answer) => {
            let least = if answer.minimal { "none of them can be left out" } else { "some could perhaps be left out" };
            let (count, of, past) = (answer.events.len(), answer.of, answer.past);
            writeln!(out, "needed {count} of {of} events ({past} in the causal past); {least}:")?;
            tell(session, &answer.events, out)
        }
        Err(Unanswered::NoSuchEvents | Unanswered::NotInTheRun) => {
            let why = "no events bring it about by themselves: it is about time, or about what did not come";
            Ok(writeln!(out, "{why}")?)
        }
    }
}

fn tell(session: &mut dyn Session, events: &[EventId], out: &mut impl Write) -> Result<(), Failure> {
    let transcript = Transcript::of(session);
    for event in events {
        session.seek(event.0 + 1);
        writeln!(out, "{}", transcript.tell(session, *event).text())?;
    }
    session.seek(u32::MAX);
    Ok(())
}
