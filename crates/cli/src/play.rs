//! `netsplit run`, `link` and `show`: one run.

use crate::args::{Form, Run};
use crate::input::{self, Input};
use crate::{Failure, Verdict};
use netsplit_scenario::branches::Branches;
use netsplit_scenario::performance::{measure, report};
use netsplit_scenario::transcript::{self, Summary};
use netsplit_scenario::{Cursor, Link, Progress, Session, View, file, link as codec};
use netsplit_sim::{Span, Time};
use serde_json::json;
use std::io::Write;

/// Plays a run to its end and tells what happened.
pub fn run(how: &Run, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(&how.run)?;
    input.reseed(how.seed);
    input.lengthen(how.until);
    input.add_bugs(&how.bug);
    let mut session = input.start()?;
    let verified = verify(&input, &mut *session);
    let until = how.until.unwrap_or_else(|| end(&input));
    to_the_end(&mut *session, until);
    if let Some(form) = how.measures {
        measures(&*session, how.limit, form, out)?;
        let well = verified && transcript::summary(&*session).all_well();
        return Ok(if well { Verdict::Well } else { Verdict::Violated });
    }
    if how.json {
        transcript::tell(&mut *session, |told| writeln!(out, "{}", json!(told)))?;
    } else if !how.quiet {
        transcript::tell(&mut *session, |told| writeln!(out, "{}", told.text()))?;
    }
    let summary = transcript::summary(&*session);
    if how.json {
        in_json(&summary, out)?;
        let performance = report::json(&measure(&*session, how.limit), session.names());
        writeln!(out, "{}", json!({ "performance": performance }))?;
    } else {
        out.write_all(summary.text().as_bytes())?;
        measures(&*session, how.limit, Form::Table, out)?;
    }
    Ok(if verified && summary.all_well() { Verdict::Well } else { Verdict::Violated })
}

/// How well a run went.
fn measures(session: &dyn Session, limit: Span, form: Form, out: &mut impl Write) -> std::io::Result<()> {
    let performance = measure(session, limit);
    match form {
        Form::Table => out.write_all(report::text(&performance, session.names()).as_bytes()),
        Form::Csv => out.write_all(report::csv(&performance, session.names()).as_bytes()),
        Form::Json => writeln!(out, "{:#}", report::json(&performance, session.names())),
    }
}

/// A link is played to its cursor at least.
fn end(input: &Input) -> Time {
    let played = input.claim.map_or(Time::ZERO, |(cursor, _)| cursor.time);
    input.scenario.until.max(played)
}

/// Whether the run is the one that the link was made of; says so on standard error.
fn verify(input: &Input, session: &mut dyn Session) -> bool {
    let Some((cursor, hash)) = input.claim else { return true };
    session.fast_forward(cursor);
    let same = session.cursor().events == cursor.events && session.hash() == hash;
    let events = cursor.events;
    if same {
        eprintln!("netsplit: verified: the link's run, event for event ({events} events, hash {hash:016x})");
    } else {
        let found = session.hash();
        eprintln!(
            "netsplit: this build behaves differently from the one that made the link: \
             after {events} events its hash is {found:016x}, the link says {hash:016x}"
        );
    }
    same
}

fn to_the_end(session: &mut dyn Session, until: Time) {
    // A violation stops it once; what comes after is worth knowing too.
    while session.advance(until, u32::MAX) == Progress::Violated {}
}

fn in_json(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    let Summary { hash, events, time, .. } = summary;
    writeln!(out, "{}", json!({ "hash": format!("{hash:016x}"), "events": events, "time": time.0 }))?;
    for curve in &summary.measures {
        writeln!(out, "{}", json!({ "measure": curve.name, "unit": curve.unit, "points": curve.points }))?;
    }
    for outcome in &summary.expectations {
        writeln!(out, "{}", json!({ "expectation": outcome.text, "holds": outcome.met }))?;
    }
    for (name, violated) in &summary.invariants {
        let mut line = json!({ "invariant": name, "holds": violated.is_none() });
        if let Some(violated) = violated {
            line["event"] = json!(violated.event);
            line["evidence"] = json!(violated.evidence);
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints the link to a run, played to the first violation or else to its end.
pub fn link(run: &str, seed: Option<u64>, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(run)?;
    input.reseed(seed);
    let mut session = input.start()?;
    match input.claim {
        Some((cursor, _)) => session.fast_forward(cursor),
        None => {
            session.advance(end(&input), u32::MAX);
        }
    }
    writeln!(out, "{}", of(&*session))?;
    Ok(Verdict::Well)
}

/// The link to a run at its cursor.
fn of(session: &dyn Session) -> String {
    let Cursor { events, time } = session.cursor();
    codec::encode(&Link {
        scenario: session.scenario().clone(),
        interventions: session.interventions().to_vec(),
        cursor: Cursor { events, time },
        hash: session.hash(),
        view: View::default(),
        branches: Branches::default(),
    })
}

/// Prints the scenario file of a run. What people did becomes part of its timeline.
pub fn show(run: &str, out: &mut impl Write) -> Result<Verdict, Failure> {
    let mut input = input::read(run)?;
    input.scenario.timeline.append(&mut input.interventions);
    out.write_all(file::print(&input.scenario).as_bytes())?;
    Ok(Verdict::Well)
}
