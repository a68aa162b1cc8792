//! Writes a scenario as the file that reads back to exactly it. What is as usual is left out.

use crate::model::{Expectation, Prose, Scenario, Workload, repeats};
use crate::tree::Tree;
use crate::{catalogue, names};
use netsplit_sim::{
    Intervention, Latency, Link, Moment, MsgName, NodeId, Planned, Span, Target, Time, Timing, Topology,
};
use std::fmt::{Display, Write};

/// The scenario file of a scenario.
pub fn print(scenario: &Scenario) -> String {
    let names = catalogue::about(&scenario.protocol).map(|about| names::names(about, scenario)).unwrap_or_default();
    let mut printer = Printer { scenario, names, out: String::new() };
    printer.head();
    printer.parts();
    printer.network();
    printer.disk();
    printer.timeline();
    scenario.workload.iter().for_each(|workload| printer.workload(workload));
    scenario.expect.iter().for_each(|expected| printer.expectation(expected));
    printer.out
}

struct Printer<'s> {
    scenario: &'s Scenario,
    names: Vec<String>,
    out: String,
}

impl Printer<'_> {
    fn heading(&mut self, heading: &str) {
        self.line(format_args!("\n{heading}"));
    }
    fn line(&mut self, line: impl Display) {
        writeln!(self.out, "{line}").expect("a string takes everything");
    }
    fn pair(&mut self, key: &str, value: impl Display) {
        self.line(format_args!("{} = {value}", name(key)));
    }

    fn head(&mut self) {
        let scenario = self.scenario;
        self.prose(&scenario.prose);
        if !scenario.name.is_empty() {
            self.pair("name", text(&scenario.name));
        }
        self.pair("protocol", text(&scenario.protocol));
        match i64::try_from(scenario.seed) {
            Ok(seed) => self.pair("seed", seed),
            Err(_) => self.pair("seed", text(&scenario.seed.to_string())), // more than TOML's numbers hold
        }
        self.pair("until", time(scenario.until));
        self.pair("pace", span(scenario.pace));
        if !scenario.bugs.is_empty() {
            self.pair("bugs", list(scenario.bugs.iter().map(|bug| text(bug))));
        }
        if let Some(prose) = &scenario.prose_zh {
            self.heading("[zh]");
            self.prose(prose);
        }
    }

    fn prose(&mut self, prose: &Prose) {
        if !prose.title.is_empty() {
            self.pair("title", text(&prose.title));
        }
        if !prose.watch.is_empty() {
            self.pair("watch", text(&prose.watch));
        }
    }

    fn parts(&mut self) {
        let Scenario { nodes, config, .. } = self.scenario;
        if !nodes.is_empty() {
            self.heading("[nodes]");
            nodes.iter().for_each(|(part, count)| self.pair(part, count));
        }
        if !config.is_empty() {
            self.heading("[config]");
            config.iter().for_each(|(key, value)| self.pair(key, tree(value)));
        }
    }

    fn network(&mut self) {
        let Scenario { link, topology, timing, special, .. } = self.scenario;
        let usual = Link::default();
        let plain = *link == usual && *topology == Topology::default() && *timing == Timing::default();
        if !plain {
            self.heading("[network]");
        }
        if *topology != Topology::default() {
            let topology = self.topology(topology);
            self.pair("topology", topology);
        }
        for (key, value) in behaviour(link, &usual) {
            self.pair(key, value);
        }
        match timing {
            Timing::Asynchronous => {}
            Timing::PartiallySynchronous { gst, bound } => {
                self.pair("timing", format_args!("{{ gst = {}, bound = {} }}", time(*gst), span(*bound)));
            }
            Timing::Synchronous { round } => self.pair("timing", format_args!("{{ round = {} }}", span(*round))),
        }
        for (from, to, special) in special {
            self.heading("[[network.link]]");
            let (from, to) = (self.node(*from), self.node(*to));
            self.pair("from", from);
            self.pair("to", to);
            behaviour(special, link).into_iter().for_each(|(key, value)| self.pair(key, value));
        }
    }

    fn topology(&self, topology: &Topology) -> String {
        match topology {
            Topology::Mesh => text("mesh"),
            Topology::Ring => text("ring"),
            Topology::Star => text("star"),
            Topology::Line => text("line"),
            Topology::Tree => text("tree"),
            Topology::Grid => text("grid"),
            Topology::Random(degree) => format!("{{ random = {degree} }}"),
            Topology::Edges(edges) => {
                let edge = |(a, b): &(NodeId, NodeId)| list([self.node(*a), self.node(*b)]);
                format!("{{ edges = {} }}", list(edges.iter().map(edge)))
            }
        }
    }

    fn disk(&mut self) {
        let Scenario { disk, disk_lies, .. } = *self.scenario;
        if disk != Span::ZERO || disk_lies {
            self.heading("[disk]");
            self.pair("write", span(disk));
            if disk_lies {
                self.pair("lies", true);
            }
        }
    }

    /// Entries that repeat at even steps become one.
    fn timeline(&mut self) {
        let mut rest = self.scenario.timeline.as_slice();
        while let Some(first) = rest.first() {
            let (every, times) = repeats(rest);
            self.entry(first, every, times);
            rest = &rest[times..];
        }
    }

    fn entry(&mut self, planned: &Planned<Tree>, every: Span, times: usize) {
        self.heading("[[timeline]]");
        let Moment { at, after } = planned.when;
        self.pair("at", time(at));
        if after > 0 {
            self.pair("after", after);
        }
        if times > 1 {
            self.pair("every", span(every));
            self.pair("times", times);
        }
        let (value, more) = self.intervention(&planned.what);
        self.pair(planned.what.name(), value);
        more.into_iter().for_each(|(key, value)| self.pair(key, value));
    }

    fn intervention(&self, what: &Intervention<Tree>) -> (String, Vec<(&'static str, String)>) {
        let mut more = Vec::new();
        let value = match what {
            Intervention::Crash(target)
            | Intervention::Restart(target)
            | Intervention::Pause(target)
            | Intervention::Resume(target)
            | Intervention::Turn(target, _) => self.target(target),
            Intervention::Fire(target, timer) => {
                more.extend(timer.as_ref().map(|timer| ("timer", text(timer))));
                self.target(target)
            }
            Intervention::Clock(target, offset, drift) => {
                let sign = if *offset < 0 { "-" } else { "" };
                let length = span(Span(offset.unsigned_abs()));
                more.push(("offset", format!("\"{sign}{}", length.trim_start_matches('"'))));
                more.push(("drift", format!("\"{drift}ppm\"")));
                self.target(target)
            }
            Intervention::Disk(target, write, lies) => {
                more.extend([("write", span(*write)), ("lies", lies.to_string())]);
                self.target(target)
            }
            Intervention::Invoke(target, op) => {
                more.push(("op", tree(op)));
                self.target(target)
            }
            Intervention::Cut(from, to) | Intervention::Mend(from, to) => list([self.target(from), self.target(to)]),
            Intervention::Partition(groups) => {
                let group = |group: &Vec<Target>| list(group.iter().map(|target| self.target(target)));
                list(groups.iter().map(group))
            }
            Intervention::Heal => "true".to_owned(),
            Intervention::Relink(from, to, link) => {
                let ends = [("from", self.target(from)), ("to", self.target(to))];
                table(ends.into_iter().chain(behaviour(link, &self.scenario.link)))
            }
            Intervention::Network(link) => table(behaviour(link, &self.scenario.link)),
            Intervention::Drop(name) | Intervention::Duplicate(name) | Intervention::Deliver(name) => {
                table(self.message(name))
            }
            Intervention::Delay(name, by) => table(self.message(name).into_iter().chain([("by", span(*by))])),
        };
        (value, more)
    }

    fn message(&self, name: &MsgName) -> Vec<(&'static str, String)> {
        let MsgName { from, to, nth, copy } = *name;
        let mut fields = vec![("from", self.node(from)), ("to", self.node(to)), ("nth", nth.to_string())];
        fields.extend((copy > 0).then(|| ("copy", copy.to_string())));
        fields
    }

    fn target(&self, target: &Target) -> String {
        match target {
            Target::Node(node) => self.node(*node),
            Target::Role(role) => text(role),
        }
    }

    fn node(&self, node: NodeId) -> String {
        text(self.names.get(node.index()).map_or("", String::as_str))
    }

    fn workload(&mut self, workload: &Workload) {
        self.heading("[[workload]]");
        let at = self.target(&workload.at);
        self.pair("at", at);
        self.pair("from", time(workload.from));
        self.pair("until", time(workload.until));
        match workload.patience {
            None => self.pair("every", span(workload.every)),
            Some(patience) => {
                self.pair("think", span(workload.every));
                self.pair("patience", span(patience));
            }
        }
        self.pair("keys", workload.keys);
        if workload.skew > 0 {
            self.pair("skew", 50 * u64::from(workload.skew));
        }
        self.pair("ops", list(workload.ops.iter().map(tree)));
    }

    fn expectation(&mut self, expected: &Expectation) {
        self.heading("[[expect]]");
        match expected {
            Expectation::Violated(invariant) => self.pair("violated", text(invariant)),
            Expectation::Roles { role, at, least, most } => {
                self.pair("role", text(role));
                self.pair("at", time(*at));
                self.pair("least", least);
                if *most != u16::MAX {
                    self.pair("most", most);
                }
            }
            Expectation::Answered(count) => self.pair("answered", count),
            Expectation::Consistent(level, expected) => self.pair(level.name(), expected),
        }
    }
}

/// What is unusual about a link.
fn behaviour(link: &Link, usual: &Link) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if link.latency != usual.latency {
        fields.push(("latency", latency(&link.latency)));
    }
    let ratios = [("loss", link.loss, usual.loss), ("duplicate", link.duplicate, usual.duplicate)];
    for (key, ratio, usual) in ratios.into_iter().chain([("reorder", link.reorder, usual.reorder)]) {
        if ratio != usual {
            fields.push((key, text(&ratio.to_string())));
        }
    }
    if link.fifo != usual.fifo {
        fields.push(("fifo", link.fifo.to_string()));
    }
    fields
}

fn latency(latency: &Latency) -> String {
    let (kind, first, second) = match latency {
        Latency::Constant(always) => return span(*always),
        Latency::Uniform(low, high) => ("uniform", low, high),
        Latency::Normal(mean, deviation) => ("normal", mean, deviation),
        Latency::Exponential(least, mean) => ("exponential", least, mean),
        Latency::HeavyTail(least, most) => ("heavy-tail", least, most),
    };
    format!("{{ {kind} = {} }}", list([span(*first), span(*second)]))
}

fn tree(value: &Tree) -> String {
    match value {
        Tree::Bool(value) => value.to_string(),
        Tree::Int(number) => number.to_string(),
        Tree::Text(value) => text(value),
        Tree::List(items) => list(items.iter().map(tree)),
        Tree::Map(fields) => table(fields.iter().map(|(key, value)| (key.as_str(), tree(value)))),
    }
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

fn table<'k>(fields: impl IntoIterator<Item = (&'k str, String)>) -> String {
    let fields: Vec<_> = fields.into_iter().map(|(key, value)| format!("{} = {value}", name(key))).collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}

fn time(time: Time) -> String {
    span(time.since(Time::ZERO))
}

/// The rounded text if it says it all, since `1.5s` reads better than `1500ms`.
fn span(span: Span) -> String {
    let rounded = span.to_string();
    let text = if rounded.parse() == Ok(span) { rounded } else { span.exact() };
    format!("\"{text}\"")
}

/// A key, in quotes if it must be.
fn name(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { key.to_owned() } else { text(key) }
}

/// A basic string of TOML.
fn text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => write!(quoted, "\\U{:08X}", c as u32).expect("a string takes everything"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
