//! Any protocol in a recorded world, with its invariants watched after every event: what tests of whole runs share.
#![allow(dead_code, reason = "no test needs all of it")]

use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::trace::What;
use netsplit_sim::{
    Dice, Intervention, Latency, Link, Network, NodeId, OpId, Played, Ratio, Recording, Seed, Setup, Span, Target,
    Time, Topology, Violation, World,
};

pub struct Lab<E: Entry> {
    pub run: Recording<E, E::Monitor>,
}

impl<E: Entry> Clone for Lab<E> {
    fn clone(&self) -> Lab<E> {
        Lab { run: self.run.clone() }
    }
}

/// What a world is started from.
#[derive(Clone)]
pub struct Plan<E: Entry> {
    /// How many nodes play each part.
    pub cast: Vec<usize>,
    pub config: E::Config,
    pub bug: Option<usize>,
    pub seed: u64,
    pub link: Link,
    pub disk: Span,
}

impl<E: Entry> Plan<E> {
    /// Every message takes 10 ms, and disks take no time.
    pub fn of(cast: &[usize]) -> Plan<E> {
        let link = Link { latency: Latency::Constant(Span::millis(10)), ..Link::default() };
        Plan { cast: cast.to_vec(), config: E::Config::default(), bug: None, seed: 1, link, disk: Span::ZERO }
    }
    pub fn config(self, config: E::Config) -> Plan<E> {
        Plan { config, ..self }
    }
    pub fn bug(self, bug: impl Into<Option<usize>>) -> Plan<E> {
        Plan { bug: bug.into(), ..self }
    }
    pub fn seed(self, seed: u64) -> Plan<E> {
        Plan { seed, ..self }
    }
    pub fn disk(self, disk: Span) -> Plan<E> {
        Plan { disk, ..self }
    }
    /// Latencies of every length, and a few losses and copies.
    pub fn rough(self, dice: &mut Dice) -> Plan<E> {
        let link = Link {
            latency: Latency::Uniform(Span::millis(1), Span::millis(5 + dice.below(30))),
            loss: Ratio::new(dice.below(2) as u32 * dice.below(15) as u32, 100),
            duplicate: Ratio::new(dice.below(10) as u32, 100),
            reorder: Ratio::new(dice.below(10) as u32, 100),
            fifo: false,
        };
        Plan { link, disk: Span::millis(dice.below(2) * dice.below(10)), ..self }
    }
    pub fn start(self) -> Lab<E> {
        let parts = self.cast.iter().enumerate().flat_map(|(part, count)| vec![part; *count]).collect();
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug));
        let world = World::new(Setup {
            seed: Seed(self.seed),
            nodes: E::processes(&self.config, bugs, &Cast { parts }).expect("possible settings"),
            topology: Topology::Mesh,
            network: Network { link: self.link, ..Network::default() },
            disk: (self.disk, false),
            hashing: true,
        });
        let nodes = world.size();
        let mut lab = Lab { run: Recording::measured(world, Vec::new(), E::measure) };
        for _ in 0..nodes {
            lab.run.step(); // each starts
        }
        lab
    }
}

impl<E: Entry> Lab<E> {
    pub fn world(&self) -> &World<E> {
        self.run.world()
    }
    /// What the protocol's measures come to now.
    pub fn figures(&self) -> Vec<u64> {
        self.run.figures().expect("nothing is recorded after the cursor")
    }
    pub fn run(&mut self, millis: u64) -> &mut Lab<E> {
        let until = self.world().now() + Span::millis(millis);
        while self.run.advance(until, u32::MAX) == Played::Violated {}
        self
    }
    pub fn run_until(&mut self, millis: u64) -> &mut Lab<E> {
        while self.run.advance(Time::ZERO + Span::millis(millis), u32::MAX) == Played::Violated {}
        self
    }
    pub fn apply(&mut self, what: Intervention<E::Op>) -> &mut Lab<E> {
        self.run.intervene(what);
        self
    }
    pub fn ask(&mut self, node: u16, op: E::Op) -> &mut Lab<E> {
        self.apply(Intervention::Invoke(NodeId(node).into(), op))
    }
    pub fn crash(&mut self, node: u16) -> &mut Lab<E> {
        self.apply(Intervention::Crash(NodeId(node).into()))
    }
    pub fn restart(&mut self, node: u16) -> &mut Lab<E> {
        self.apply(Intervention::Restart(NodeId(node).into()))
    }
    pub fn pause(&mut self, node: u16) -> &mut Lab<E> {
        self.apply(Intervention::Pause(NodeId(node).into()))
    }
    pub fn resume(&mut self, node: u16) -> &mut Lab<E> {
        self.apply(Intervention::Resume(NodeId(node).into()))
    }
    pub fn fire(&mut self, node: u16, timer: &str) -> &mut Lab<E> {
        self.apply(Intervention::Fire(NodeId(node).into(), Some(timer.to_owned())))
    }
    pub fn cut(&mut self, from: u16, to: u16) -> &mut Lab<E> {
        self.apply(Intervention::Cut(NodeId(from).into(), NodeId(to).into()))
    }
    /// These can speak only to each other.
    pub fn together(&mut self, nodes: &[u16]) -> &mut Lab<E> {
        self.apply(Intervention::Partition(vec![nodes.iter().map(|node| NodeId(*node).into()).collect()]))
    }
    pub fn heal(&mut self) -> &mut Lab<E> {
        self.apply(Intervention::Heal)
    }

    pub fn violation(&self) -> Option<&Violation> {
        self.run.violations().first()
    }
    pub fn violated(&self) -> Option<&'static str> {
        self.violation().map(|violation| violation.invariant)
    }
    /// What clients were told, in the order of asking.
    pub fn replies(&self) -> Vec<(OpId, E::Ret)> {
        let answer = |operation: &netsplit_sim::Operation<E>| Some((operation.id, operation.answer.clone()?.2));
        self.run.history().operations().iter().filter_map(answer).collect()
    }
    pub fn last_reply(&self) -> Option<E::Ret> {
        self.run.history().operations().last()?.answer.clone().map(|(_, _, ret)| ret)
    }
    /// How many messages of a name have been sent.
    pub fn sent(&self, name: &str) -> usize {
        let trace = self.run.trace();
        trace.messages_in(0..trace.sent()).filter(|(_, mail)| mail.tag.name == name).count()
    }
    /// How many messages have been sent in all.
    pub fn messages(&self) -> usize {
        self.run.trace().sent() as usize
    }
    /// How many writes have become durable and released something.
    pub fn durable_writes(&self) -> usize {
        self.run.trace().events().filter(|(_, row)| row.what == What::Durable).count()
    }
    pub fn role(&self, node: u16) -> &'static str {
        self.world().face(NodeId(node)).map_or("down", |face| face.role)
    }
    pub fn roles(&self, role: &str) -> usize {
        self.world().ids().filter(|node| self.role(node.0) == role).count()
    }
    /// Whether a line of the pseudo-code has run.
    pub fn ran(&self, line: E::Line) -> bool {
        let (trace, line) = (self.run.trace(), line.into());
        trace.events().any(|(event, _)| trace.lines_of(event).any(|ran| ran == line))
    }

    /// One fault or request, drawn.
    pub fn trouble(&mut self, dice: &mut Dice, ops: &[(u16, E::Op)], roles: &[&str]) -> &mut Lab<E> {
        let nodes = self.world().size() as u64;
        let node = |dice: &mut Dice| NodeId(dice.below(nodes) as u16);
        let victim = match dice.pick(roles) {
            Some(role) if dice.below(2) == 0 => Target::Role((*role).to_owned()),
            _ => node(dice).into(),
        };
        let what = match dice.below(16) {
            0..=4 => match dice.pick(ops) {
                Some((at, op)) => Intervention::Invoke(NodeId(*at).into(), op.clone()),
                None => return self,
            },
            5 | 6 => Intervention::Crash(victim),
            7 | 8 => Intervention::Restart(Target::Role("down".to_owned())),
            9 => {
                let side = self.world().ids().filter(|_| dice.below(2) == 0).map(Target::Node).collect();
                Intervention::Partition(vec![side])
            }
            10 => Intervention::Heal,
            11 => Intervention::Cut(node(dice).into(), node(dice).into()),
            12 => Intervention::Pause(victim),
            13 => {
                for node in self.world().ids().collect::<Vec<_>>() {
                    self.resume(node.0);
                }
                return self;
            }
            14 => {
                let drift = dice.below(400_000) as i32 - 200_000;
                Intervention::Clock(victim, dice.below(200_000_000) as i64 - 100_000_000, drift)
            }
            _ => Intervention::Fire(victim, None),
        };
        self.apply(what)
    }

    /// Everything works again.
    pub fn repair(&mut self) -> &mut Lab<E> {
        self.heal().apply(Intervention::Network(Link::default()));
        for node in self.world().ids().collect::<Vec<_>>() {
            self.apply(Intervention::Restart(node.into()))
                .apply(Intervention::Resume(node.into()))
                .apply(Intervention::Clock(node.into(), 0, 0))
                .apply(Intervention::Disk(node.into(), Span::ZERO, false));
        }
        self
    }

    /// A run with faults drawn from a seed; at the end everything is repaired.
    pub fn faulty(plan: Plan<E>, seed: u64, ops: &[(u16, E::Op)], roles: &[&str]) -> Lab<E> {
        let mut dice = Dice::new(Seed(seed));
        let mut lab = plan.seed(seed).rough(&mut dice).start();
        lab.run(dice.below(400));
        for _ in 0..50 {
            let pause = [5, 20, 300][dice.below(3) as usize];
            lab.run(dice.below(pause)).trouble(&mut dice, ops, roles);
            if lab.violation().is_some() {
                return lab;
            }
        }
        lab.repair().run(2_500);
        lab
    }

    /// Crashes each of the nodes after each event of a run until `until`, one at a time; restarts it 40 ms later, lets
    /// the run go on for a while and looks at it. Returns how many runs that were.
    pub fn crash_everywhere(&self, until: u64, nodes: &[u16], then: u64, look: impl Fn(&mut Lab<E>)) -> u32 {
        let (mut base, mut crashes) = (self.clone(), 0);
        while base.world().now() < Time::ZERO + Span::millis(until) && base.run.step().is_some() {
            for &node in nodes {
                let mut lab = base.clone();
                lab.crash(node).run(40).restart(node).run(then);
                look(&mut lab);
                crashes += 1;
            }
        }
        crashes
    }
}
