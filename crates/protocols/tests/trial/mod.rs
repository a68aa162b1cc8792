//! A recorded run of any protocol, with its monitor watching, for tests that read as sentences. Nodes are n1, n2...

#![allow(dead_code, reason = "each test file uses some of it")]

use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Dice, Face, Intervention, Latency, Link, Network, NodeId, Ratio, Recording, Seed, Setup, Span, Time, Topology,
    Violation, World,
};

pub struct Trial<E: Entry> {
    pub run: Recording<E, E::Monitor>,
}

pub struct Plan<E: Entry> {
    pub parts: Vec<usize>,
    pub config: E::Config,
    pub bugs: Bugs,
    pub seed: u64,
    pub link: Link,
    pub topology: Topology,
    pub disk: Span,
}

/// A network that does everything that networks do.
pub fn bad_link() -> Link {
    Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(40)),
        loss: Ratio::new(1, 5),
        duplicate: Ratio::new(1, 5),
        reorder: Ratio::new(1, 5),
        fifo: false,
    }
}

pub fn n(number: u16) -> NodeId {
    NodeId(number - 1)
}

impl<E: Entry> Plan<E> {
    pub fn of(nodes: usize) -> Plan<E> {
        Plan {
            parts: vec![0; nodes],
            config: E::Config::default(),
            bugs: Bugs::NONE,
            seed: 1,
            link: Link::default(),
            topology: Topology::Mesh,
            disk: Span::ZERO,
        }
    }
    pub fn start(self) -> Trial<E> {
        let setup = Setup {
            seed: Seed(self.seed),
            nodes: E::processes(&self.config, self.bugs, &Cast { parts: self.parts }).expect("possible settings"),
            topology: self.topology,
            network: Network { link: self.link, ..Network::default() },
            disk: (self.disk, false),
            hashing: false,
        };
        let mut trial = Trial { run: Recording::measured(World::new(setup), Vec::new(), E::measure) };
        while trial.run.world().events() < trial.run.world().size() as u32 {
            trial.run.step();
        }
        trial
    }
}

impl<E: Entry> Trial<E> {
    pub fn world(&self) -> &World<E> {
        self.run.world()
    }
    /// What the protocol's measures come to now.
    pub fn figures(&self) -> Vec<u64> {
        self.run.figures().expect("nothing is recorded after the cursor")
    }
    pub fn apply(&mut self, what: Intervention<E::Op>) -> &mut Self {
        self.run.intervene(what);
        self
    }
    pub fn ask(&mut self, node: u16, op: E::Op) -> &mut Self {
        self.apply(Intervention::Invoke(n(node).into(), op))
    }
    pub fn crash(&mut self, node: u16) -> &mut Self {
        self.apply(Intervention::Crash(n(node).into()))
    }
    pub fn restart(&mut self, node: u16) -> &mut Self {
        self.apply(Intervention::Restart(n(node).into()))
    }
    /// Plays on for a while, through violations.
    pub fn run(&mut self, millis: u64) -> &mut Self {
        let until = self.world().now() + Span::millis(millis);
        while self.run.advance(until, u32::MAX) != netsplit_sim::Played::Reached {}
        self
    }
    pub fn step(&mut self) -> bool {
        self.run.step().is_some()
    }
    pub fn face(&self, node: u16) -> Face {
        self.world().face(n(node)).expect("it is up")
    }
    pub fn view(&self, node: u16) -> E::View<'_> {
        self.world().view(n(node)).expect("it is up")
    }
    pub fn answers(&self) -> Vec<E::Ret> {
        let answer = |operation: &netsplit_sim::Operation<E>| operation.answer.as_ref().map(|(.., ret)| ret.clone());
        self.run.history().operations().iter().filter_map(answer).collect()
    }
    pub fn messages(&self, name: &str) -> usize {
        let trace = self.run.trace();
        trace.messages_in(0..trace.sent()).filter(|(_, message)| message.tag.name == name).count()
    }
    /// The rules that never ran.
    pub fn unused(&self) -> Vec<&'static str> {
        let trace = self.run.trace();
        let ran: std::collections::BTreeSet<u16> =
            trace.events().flat_map(|(event, _)| trace.lines_of(event)).collect();
        let lines = (0u16..).zip(E::ABOUT.lines);
        lines.filter(|(number, _)| !ran.contains(number)).map(|(_, line)| line.text.en).collect()
    }
    pub fn violated(&self) -> Vec<&'static str> {
        self.run.violations().iter().map(|violation| violation.invariant).collect()
    }
    /// What the first violation says, each piece after its node.
    pub fn verdict(&self) -> (&'static str, Vec<String>) {
        let violation: &Violation = self.run.violations().first().expect("an invariant is violated");
        let text = |piece: &netsplit_sim::Evidence| format!("n{} {}", piece.node.0 + 1, piece.text);
        (violation.invariant, violation.evidence.iter().map(text).collect())
    }

    /// Crashes, partitions, slow disks and operations for a while, then a whole network again.
    pub fn storm(&mut self, seed: u64, span: Span, op: impl Fn(&mut Dice) -> E::Op) -> &mut Self {
        let mut dice = Dice::new(Seed(seed));
        let (nodes, until) = (self.world().size() as u64, self.world().now() + span);
        let usual = self.world().network().link;
        while self.world().now() < until {
            let node = NodeId(dice.below(nodes) as u16);
            let what = match dice.below(8) {
                0 => Intervention::Crash(node.into()),
                1 | 2 => Intervention::Restart(node.into()),
                3 => Intervention::Partition(vec![vec![node.into()]]),
                4 => Intervention::Heal,
                5 => Intervention::Disk(node.into(), Span::millis(dice.below(20)), false),
                _ => Intervention::Invoke(node.into(), op(&mut dice)),
            };
            self.apply(what).run(dice.below(60));
        }
        self.apply(Intervention::Heal).apply(Intervention::Network(Link { latency: usual.latency, ..Link::default() }));
        for node in 1..=nodes as u16 {
            self.restart(node).apply(Intervention::Disk(n(node).into(), Span::ZERO, false));
        }
        self
    }
}

/// Crashes every node at every event of a run in turn, and restarts it a little later.
pub fn crash_everywhere<E: Entry>(start: impl Fn() -> Trial<E>, until: Time, check: impl Fn(&mut Trial<E>)) -> u32 {
    let mut crashes = 0;
    for events in 1.. {
        for node in 0..start().world().size() as u16 {
            let mut trial = start();
            for _ in 0..events {
                trial.step();
            }
            if trial.world().now() > until {
                return crashes;
            }
            trial.crash(node + 1).run(30).restart(node + 1);
            crashes += 1;
            check(&mut trial);
        }
    }
    crashes
}
