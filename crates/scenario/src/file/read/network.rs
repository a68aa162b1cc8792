//! The network of a scenario file: who has a link to whom, how links behave, and what is promised about time.

use super::{Reader, each};
use crate::file::value::{Fields, Read, Value};
use netsplit_query::words::{known, quoted};
use netsplit_sim::{Latency, Link, NodeId, Span, Timing, Topology};
#[derive(Default)]
pub(super) struct Network {
    pub link: Link,
    pub topology: Topology,
    pub timing: Timing,
    pub special: Vec<(NodeId, NodeId, Link)>,
}

impl Reader<'_> {
    pub(super) fn network(&self, value: Value<'_, '_>) -> Read<Network> {
        let mut fields = value.table()?;
        let link = behaviour(&mut fields, Link::default())?;
        let topology = fields.read("topology", |value| self.topology(value))?.unwrap_or_default();
        let timing = fields.read("timing", timing)?.unwrap_or_default();
        let special = fields.read("link", |value| {
            each(value, |fields| {
                let [from, to] = self.ends(fields)?;
                Ok((from, to, behaviour(fields, link)?))
            })
        })?;
        fields.done()?;
        Ok(Network { link, topology, timing, special: special.unwrap_or_default() })
    }

    fn topology(&self, value: Value<'_, '_>) -> Read<Topology> {
        const SHAPES: [(&str, Topology); 6] = [
            ("mesh", Topology::Mesh),
            ("ring", Topology::Ring),
            ("star", Topology::Star),
            ("line", Topology::Line),
            ("tree", Topology::Tree),
            ("grid", Topology::Grid),
        ];
        if value.is_text() {
            let name = value.text()?;
            let shape = SHAPES.into_iter().find(|(shape, _)| *shape == name);
            let names = SHAPES.map(|(name, _)| name);
            let refuse = || {
                let known = known(name, &names);
                value.bad(format!(
                    "there is no topology {}; {known}, {{ random = 3 }}, {{ edges = [[\"n1\", \"n2\"]] }}",
                    quoted(name)
                ))
            };
            return shape.map_or_else(refuse, |(_, shape)| Ok(shape));
        }
        let mut fields = value.table()?;
        let (key, value) = fields.one_of(&["random", "edges"])?;
        fields.done()?;
        if key == "random" {
            return value.whole(1..=u16::MAX).map(Topology::Random);
        }
        let edge = |value: Value<'_, '_>| {
            let [a, b] = value.pair("the names of the nodes")?;
            Ok((self.node(a)?, self.node(b)?))
        };
        value.list()?.into_iter().map(edge).collect::<Read<_>>().map(Topology::Edges)
    }
}

/// How links behave; what is not said is as in `usual`.
pub(super) fn behaviour(fields: &mut Fields<'_, '_>, usual: Link) -> Read<Link> {
    Ok(Link {
        latency: fields.read("latency", latency)?.unwrap_or(usual.latency),
        loss: fields.read("loss", Value::ratio)?.unwrap_or(usual.loss),
        duplicate: fields.read("duplicate", Value::ratio)?.unwrap_or(usual.duplicate),
        reorder: fields.read("reorder", Value::ratio)?.unwrap_or(usual.reorder),
        fifo: fields.read("fifo", Value::bool)?.unwrap_or(usual.fifo),
    })
}

fn latency(value: Value<'_, '_>) -> Read<Latency> {
    if value.is_text() {
        return value.span().map(Latency::Constant);
    }
    let mut fields = value.table()?;
    let (key, value) = fields.one_of(&["constant", "uniform", "normal", "exponential", "heavy-tail"])?;
    fields.done()?;
    if key == "constant" {
        return value.span().map(Latency::Constant);
    }
    let (wanted, make): (&str, fn(Span, Span) -> Latency) = match key {
        "uniform" => ("the least and the most", Latency::Uniform),
        "normal" => ("the mean and the standard deviation", Latency::Normal),
        "exponential" => ("the least, and the mean of what comes on top", Latency::Exponential),
        _ => ("the least and the most", Latency::HeavyTail),
    };
    let [first, second] = value.pair(wanted)?;
    Ok(make(first.span()?, second.span()?))
}

fn timing(value: Value<'_, '_>) -> Read<Timing> {
    if value.is_text() {
        let given = value.text()?;
        let message = "there is no such timing: write \"asynchronous\", { gst = \"2s\", bound = \"30ms\" } \
                       or { round = \"10ms\" }";
        return if given == "asynchronous" { Ok(Timing::Asynchronous) } else { value.bad(message) };
    }
    let mut fields = value.table()?;
    let (key, value) = fields.one_of(&["round", "gst"])?;
    let timing = match key {
        "round" => Timing::Synchronous { round: value.span()? },
        _ => Timing::PartiallySynchronous { gst: value.time()?, bound: fields.need("bound")?.span()? },
    };
    fields.done()?;
    Ok(timing)
}
