//! What is drawn from a seed before any fault: a protocol, a network, what clients ask.

use super::storm::generate;
use crate::catalogue;
use crate::model::{Scenario, Workload};
use crate::names;
use crate::tree::Tree;
use netsplit_protocols::{About, FieldKind, OpForm};
use netsplit_sim::{Dice, Latency, Link, NodeId, Ratio, Seed, Span, Target, Time, Topology};
use std::collections::BTreeMap;

/// Dice with the questions that generators ask.
pub(super) struct Draw(pub Dice);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(Dice::new(Seed(seed)))
    }
    /// One time in so many.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.0.below(n) == 0
    }
    /// A number from the first up to and including the second.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.0.below(high + 1 - low)
    }
    /// Milliseconds, to a tenth: finer times make links longer and find no more.
    pub fn millis(&mut self, low: u64, high: u64) -> Span {
        Span::micros(100 * self.between(low * 10, high * 10))
    }
    /// A length of time, short ones as likely as long ones: first the order of magnitude is drawn.
    pub fn any_millis(&mut self, low: u64, high: u64) -> Span {
        let doublings = (high / low.max(1)).max(1).ilog2();
        let scale = low.max(1) << self.0.below(u64::from(doublings) + 1);
        self.millis(scale.min(high), (2 * scale).min(high))
    }
    pub fn percent(&mut self, most: u64) -> Ratio {
        Ratio::new(self.between(1, most * 10) as u32, 1_000)
    }

    /// How links behave when nothing in particular is wrong.
    pub fn link(&mut self) -> Link {
        let ms = Span::millis;
        let latency = match self.0.below(6) {
            0 => Latency::Constant(self.millis(1, 20)),
            1 => Latency::Normal(self.millis(5, 20), ms(3)),
            2 => Latency::Exponential(ms(1), self.millis(2, 15)),
            3 => Latency::HeavyTail(ms(2), ms(400)),
            _ => {
                let least = self.millis(1, 10);
                Latency::Uniform(least, least + self.millis(1, 20))
            }
        };
        Link { latency, fifo: self.one_in(4), ..Link::default() }
    }

    /// The same link, worse.
    pub fn bad_link(&mut self, link: Link) -> Link {
        Link {
            loss: if self.one_in(2) { self.percent(30) } else { link.loss },
            duplicate: if self.one_in(3) { self.percent(20) } else { link.duplicate },
            reorder: if self.one_in(3) { self.percent(30) } else { link.reorder },
            ..link
        }
    }

    /// An operation with its gaps still in it: as a rule something that clients ask all day, now and then something about
    /// the cluster itself.
    pub fn op(&mut self, about: &About) -> Option<Tree> {
        let seldom = about.ops.iter().any(|op| op.cluster) && self.one_in(SELDOM);
        self.op_of(about, seldom)
    }

    fn op_of(&mut self, about: &About, cluster: bool) -> Option<Tree> {
        let ops: Vec<&OpForm> = about.ops.iter().filter(|op| op.cluster == cluster).collect();
        self.0.pick(&ops).map(|op| form(op))
    }

    /// Clients that ask now and then.
    pub fn workload(&mut self, about: &'static About, scenario: &Scenario, until: Time) -> Option<Workload> {
        let ops: Vec<Tree> = (0..self.between(1, 3)).filter_map(|_| self.op_of(about, false)).collect();
        if ops.is_empty() {
            return None;
        }
        let from = Time::ZERO + self.millis(0, 600);
        let every = self.any_millis(10, 200);
        Some(Workload {
            at: self.target(about, scenario),
            from,
            until,
            every,
            patience: None,
            ops,
            keys: self.between(1, 4) as u32,
            skew: 0,
        })
    }

    /// Some node: by what it is called, or by the role it plays when the time comes.
    pub fn target(&mut self, about: &About, scenario: &Scenario) -> Target {
        let role = self.0.pick(about.roles);
        match role {
            Some(role) if !self.one_in(3) => Target::Role(role.name.to_owned()),
            _ => self.node(about, scenario).into(),
        }
    }

    pub fn node(&mut self, about: &About, scenario: &Scenario) -> NodeId {
        NodeId(self.0.below(u64::from(names::total(about, scenario).max(1))) as u16)
    }
}

/// Once in so many times it is something about the cluster itself that is asked for.
const SELDOM: u64 = 4;

/// How many nodes are drawn where an operation takes some.
pub(super) const SOME_NODES: usize = 3;

/// An operation's form as a template: keys from a few, values all different.
fn form(op: &OpForm) -> Tree {
    let field = |field: &netsplit_protocols::Field| {
        let gap = match field.kind {
            FieldKind::Node | FieldKind::Nodes => "{node}",
            _ if field.sample.parse::<i64>().is_ok() => "{n}",
            _ => "{k}",
        };
        let gap = Tree::Text(gap.to_owned());
        let value = if field.kind == FieldKind::Nodes { Tree::List(vec![gap; SOME_NODES]) } else { gap };
        (field.name.to_owned(), value)
    };
    let fields: BTreeMap<_, _> = op.fields.iter().map(field).collect();
    Tree::Map([(op.name.to_owned(), Tree::Map(fields))].into())
}

/// A scenario of which everything is drawn: protocol, nodes, topology, network, faults, operations.
pub fn random_scenario(seed: u64) -> Scenario {
    let mut draw = Draw::new(seed ^ 0x005c_e9a1_0000_0000);
    let protocols = catalogue::protocols();
    let about = draw.0.pick(protocols).copied().unwrap_or(protocols[0]);
    let mut base = Scenario::new(about.name);
    for part in about.parts {
        let most = u64::from(part.usual.max(part.least)) + 2;
        base.nodes.insert(part.name.to_owned(), draw.between(u64::from(part.least), most) as u16);
    }
    let nodes = names::total(about, &base) as u16;
    base.topology = match draw.0.below(12) {
        0 => Topology::Ring,
        1 => Topology::Star,
        2 => Topology::Line,
        3 => Topology::Tree,
        4 => Topology::Grid,
        5 => Topology::Random(draw.between(1, 5) as u16),
        6 => {
            let mut end = || NodeId(draw.0.below(u64::from(nodes.max(1))) as u16);
            let edges = (0..2 * nodes).map(|_| (end(), end()));
            Topology::Edges(edges.filter(|(a, b)| a != b).collect())
        }
        _ => Topology::Mesh,
    };
    base.disk_lies = draw.one_in(8);
    generate(&base, seed)
}
