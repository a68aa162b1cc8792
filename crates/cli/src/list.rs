//! `netsplit list`: what there is.

use crate::{Failure, Verdict};
use netsplit_protocols::About;
use netsplit_scenario::{catalogue, gallery};
use serde_json::{Value, json};
use std::io::Write;

/// Prints the catalogue.
pub fn list(json: bool, out: &mut impl Write) -> Result<Verdict, Failure> {
    let protocols = catalogue::protocols();
    if json {
        let all: Vec<Value> = protocols.iter().map(|about| as_json(about)).collect();
        writeln!(out, "{}", json!({ "protocols": all }))?;
        return Ok(Verdict::Well);
    }
    for about in protocols {
        as_text(about, out)?;
    }
    Ok(Verdict::Well)
}

fn scenarios(about: &About) -> Vec<(String, String)> {
    let of_this = gallery::entries().filter(|entry| entry.about.name == about.name);
    let title = |entry: gallery::Entry| {
        let title = entry.scenario().map(|scenario| scenario.prose.title).unwrap_or_default();
        (entry.full_name(), title)
    };
    of_this.map(title).collect()
}

fn as_text(about: &About, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{}: {}", about.name, about.summary.en)?;
    let scenarios = scenarios(about);
    let scenarios = scenarios.iter().map(|(name, title)| (name.as_str(), title.clone())).collect();
    let invariants = about.invariants.iter().map(|known| (known.name, known.statement.en.to_owned())).collect();
    let bug = |bug: &netsplit_protocols::Bug| (bug.name, format!("{} Breaks {}.", bug.what.en, bug.breaks));
    let parts =
        about.parts.iter().map(|part| (part.name, format!("{}1, {0}2, …; usually {}", part.prefix, part.usual)));
    let roles = about.roles.iter().map(|role| role.name).collect::<Vec<_>>().join(", ");
    let op = |op: &netsplit_protocols::OpForm| {
        let fields: Vec<_> = op.fields.iter().map(|field| field.name).collect();
        (op.name, fields.join(", "))
    };
    section("scenarios", scenarios, out)?;
    section("invariants", invariants, out)?;
    section("bugs", about.bugs.iter().map(bug).collect(), out)?;
    section("parts", parts.collect(), out)?;
    section("operations", about.ops.iter().map(op).collect(), out)?;
    writeln!(out, "  roles: {roles}\n")?;
    Ok(())
}

fn section(heading: &str, rows: Vec<(&str, String)>, out: &mut impl Write) -> Result<(), Failure> {
    if !rows.is_empty() {
        writeln!(out, "  {heading}")?;
    }
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, text) in rows {
        writeln!(out, "{}", format!("    {name:<width$}  {text}").trim_end())?;
    }
    Ok(())
}

fn as_json(about: &About) -> Value {
    let scenario = |(name, title): (String, String)| json!({ "name": name, "title": title });
    let invariants = about.invariants.iter();
    let invariant = |known: &netsplit_protocols::Invariant| {
        let statement = known.statement.en;
        json!({ "name": known.name, "statement": statement, "source": known.source })
    };
    let bug = |bug: &netsplit_protocols::Bug| json!({ "name": bug.name, "what": bug.what.en, "breaks": bug.breaks });
    let part = |part: &netsplit_protocols::Part| {
        let (usual, least) = (part.usual, part.least);
        json!({ "name": part.name, "prefix": part.prefix, "usual": usual, "least": least })
    };
    let op = |op: &netsplit_protocols::OpForm| {
        let fields: Vec<_> = op.fields.iter().map(|field| field.name).collect();
        json!({ "name": op.name, "fields": fields })
    };
    json!({
        "name": about.name,
        "title": about.title.en,
        "summary": about.summary.en,
        "source": about.source,
        "scenarios": scenarios(about).into_iter().map(scenario).collect::<Vec<_>>(),
        "invariants": invariants.map(invariant).collect::<Vec<_>>(),
        "bugs": about.bugs.iter().map(bug).collect::<Vec<_>>(),
        "parts": about.parts.iter().map(part).collect::<Vec<_>>(),
        "roles": about.roles.iter().map(|role| role.name).collect::<Vec<_>>(),
        "operations": about.ops.iter().map(op).collect::<Vec<_>>(),
    })
}
