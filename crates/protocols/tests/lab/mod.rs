//! Any protocol in a recorded world, with its invariants watched after every event: what tests of whole runs share.
//!
//! A [`Plan`] says what is started: who, with which settings, which rule broken, over what network. The [`Lab`] that
//! comes of it is told what happens, in sentences (`lab.crash(2).run(300).restart(2)`), and asked what came of it:
//! answers, faces, messages, lines of the pseudo-code, figures, violations. Three ways to make trouble are for every
//! protocol alike: [`Lab::storm`] and [`Lab::faulty`] draw faults from a seed, [`Lab::crash_everywhere`] tries them all.
//!
//! Nodes are meant by their ids, which count from 0, or as the page calls them: `n(1)` is n1.
#![allow(dead_code, reason = "no test needs all of it")]

use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::trace::What;
use netsplit_sim::{
    Dice, Evidence, Face, Intervention, Latency, Link, Manner, Network, NodeId, OpId, Played, Protocol, Ratio,
    Recording, Seed, Setup, Span, Target, Time, Topology, Violation, World,
};
use std::collections::BTreeSet;

pub mod rules;

pub struct Lab<E: Entry> {
    pub run: Recording<E, E::Monitor>,
}

/// What ran in it counts for the table of rules.
impl<E: Entry> Drop for Lab<E> {
    fn drop(&mut self) {
        rules::note(rules::of(self.run.trace()));
    }
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
    pub topology: Topology,
    pub disk: Span,
}

/// A node as the page calls it: `n(1)` is n1.
pub fn n(number: u16) -> NodeId {
    NodeId(number - 1)
}

/// A node, by its id or by what it is called.
pub trait Who {
    fn id(self) -> NodeId;
}

impl Who for u16 {
    fn id(self) -> NodeId {
        NodeId(self)
    }
}

impl Who for NodeId {
    fn id(self) -> NodeId {
        self
    }
}

/// A link on which every message takes so long.
pub fn constant(millis: u64) -> Link {
    Link { latency: Latency::Constant(Span::millis(millis)), ..Link::default() }
}

/// A link that does everything that links do.
pub fn bad_link() -> Link {
    Link {
        latency: Latency::Uniform(Span::millis(1), Span::millis(40)),
        loss: Ratio::new(1, 5),
        duplicate: Ratio::new(1, 5),
        reorder: Ratio::new(1, 5),
        fifo: false,
    }
}

/// Which setting is refused if nodes play these parts; none if all are possible.
pub fn refused<E: Entry>(config: &E::Config, parts: &[usize]) -> Option<&'static str> {
    E::processes(config, Bugs::NONE, &Cast { parts: parts.to_vec() }).err().map(|why| why.setting)
}

impl<E: Entry> Plan<E> {
    /// Every message takes 10 ms, and disks take no time.
    pub fn of(cast: &[usize]) -> Plan<E> {
        Plan {
            cast: cast.to_vec(),
            config: E::Config::default(),
            bug: None,
            seed: 1,
            link: constant(10),
            topology: Topology::Mesh,
            disk: Span::ZERO,
        }
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
            topology: self.topology,
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

/// What happens.
impl<E: Entry> Lab<E> {
    /// Plays on for so many milliseconds, through violations.
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
    pub fn ask(&mut self, node: impl Who, op: E::Op) -> &mut Lab<E> {
        self.apply(Intervention::Invoke(node.id().into(), op))
    }
    pub fn crash(&mut self, node: impl Who) -> &mut Lab<E> {
        self.apply(Intervention::Crash(node.id().into()))
    }
    pub fn restart(&mut self, node: impl Who) -> &mut Lab<E> {
        self.apply(Intervention::Restart(node.id().into()))
    }
    pub fn pause(&mut self, node: impl Who) -> &mut Lab<E> {
        self.apply(Intervention::Pause(node.id().into()))
    }
    pub fn resume(&mut self, node: impl Who) -> &mut Lab<E> {
        self.apply(Intervention::Resume(node.id().into()))
    }
    pub fn turn(&mut self, node: impl Who, manner: Manner) -> &mut Lab<E> {
        self.apply(Intervention::Turn(node.id().into(), manner))
    }
    pub fn fire(&mut self, node: impl Who, timer: &str) -> &mut Lab<E> {
        self.apply(Intervention::Fire(node.id().into(), Some(timer.to_owned())))
    }
    pub fn cut(&mut self, from: impl Who, to: impl Who) -> &mut Lab<E> {
        self.apply(Intervention::Cut(from.id().into(), to.id().into()))
    }
    /// These can speak only to each other.
    pub fn together<W: Who + Copy>(&mut self, nodes: &[W]) -> &mut Lab<E> {
        self.apply(Intervention::Partition(vec![nodes.iter().map(|node| node.id().into()).collect()]))
    }
    pub fn heal(&mut self) -> &mut Lab<E> {
        self.apply(Intervention::Heal)
    }
}

/// What came of it.
impl<E: Entry> Lab<E> {
    pub fn world(&self) -> &World<E> {
        self.run.world()
    }
    pub fn view(&self, node: impl Who) -> E::View<'_> {
        self.world().view(node.id()).expect("it is up")
    }
    pub fn face(&self, node: impl Who) -> Face {
        self.world().face(node.id()).expect("it is up")
    }
    pub fn role(&self, node: impl Who) -> &'static str {
        self.world().face(node.id()).map_or("down", |face| face.role)
    }
    pub fn roles(&self, role: &str) -> usize {
        self.world().ids().filter(|node| self.role(*node) == role).count()
    }
    /// The protocol's measures, now.
    pub fn figures(&self) -> Vec<u64> {
        self.run.figures().expect("nothing is recorded after the cursor")
    }
    /// What clients were told, in the order of asking.
    pub fn replies(&self) -> Vec<(OpId, E::Ret)> {
        let answer = |operation: &netsplit_sim::Operation<E>| Some((operation.id, operation.answer.clone()?.2));
        self.run.history().operations().iter().filter_map(answer).collect()
    }
    /// The same without the operations.
    pub fn answers(&self) -> Vec<E::Ret> {
        self.replies().into_iter().map(|(_, ret)| ret).collect()
    }
    /// What the client who asked last was told.
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
    /// Whether a line of the pseudo-code has run.
    pub fn ran(&self, line: E::Line) -> bool {
        self.times(line) > 0
    }
    /// In how many events it has.
    pub fn times(&self, line: E::Line) -> usize {
        let (trace, line) = (self.run.trace(), line.into());
        trace.events().filter(|(event, _)| trace.lines_of(*event).any(|ran| ran == line)).count()
    }
    /// The lines that never ran.
    pub fn unused(&self) -> Vec<&'static str> {
        let trace = self.run.trace();
        let ran: BTreeSet<u16> = trace.events().flat_map(|(event, _)| trace.lines_of(event)).collect();
        let lines = (0u16..).zip(E::ABOUT.lines);
        lines.filter(|(number, _)| !ran.contains(number)).map(|(_, line)| line.text.en).collect()
    }
    pub fn violation(&self) -> Option<&Violation> {
        self.run.violations().first()
    }
    /// The invariant that was violated first.
    pub fn violated(&self) -> Option<&'static str> {
        self.violation().map(|violation| violation.invariant)
    }
    /// The invariants of all violations, in order.
    pub fn violations(&self) -> Vec<&'static str> {
        self.run.violations().iter().map(|violation| violation.invariant).collect()
    }
    /// What the first violation says, each piece after its node.
    pub fn verdict(&self) -> (&'static str, Vec<String>) {
        let violation = self.violation().expect("an invariant is violated");
        let text = |piece: &Evidence| format!("n{} {}", piece.node.0 + 1, piece.text);
        (violation.invariant, violation.evidence.iter().map(text).collect())
    }
}

/// Draws who is asked for what.
type Ask<'a, E> = dyn Fn(&mut Dice) -> Option<(NodeId, <E as Protocol>::Op)> + 'a;

/// Trouble.
impl<E: Entry> Lab<E> {
    /// One fault or request, drawn.
    fn trouble(&mut self, dice: &mut Dice, ask: &Ask<E>, roles: &[&str]) -> &mut Lab<E> {
        let nodes = self.world().size() as u64;
        let node = |dice: &mut Dice| NodeId(dice.below(nodes) as u16);
        let victim = match dice.pick(roles) {
            Some(role) if dice.below(2) == 0 => Target::Role((*role).to_owned()),
            _ => node(dice).into(),
        };
        let what = match dice.below(17) {
            0..=4 => match ask(dice) {
                Some((at, op)) => Intervention::Invoke(at.into(), op),
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
                    self.resume(node);
                }
                return self;
            }
            14 => {
                let drift = dice.below(400_000) as i32 - 200_000;
                Intervention::Clock(victim, dice.below(200_000_000) as i64 - 100_000_000, drift)
            }
            15 => Intervention::Disk(victim, Span::millis(dice.below(20)), false),
            _ => Intervention::Fire(victim, None),
        };
        self.apply(what)
    }

    /// Everything works again.
    pub fn repair(&mut self) -> &mut Lab<E> {
        let latency = self.world().network().link.latency;
        self.heal().apply(Intervention::Network(Link { latency, ..Link::default() }));
        for node in self.world().ids().collect::<Vec<_>>() {
            self.restart(node).resume(node).apply(Intervention::Clock(node.into(), 0, 0)).apply(Intervention::Disk(
                node.into(),
                Span::ZERO,
                false,
            ));
        }
        self
    }

    /// Faults drawn from a seed for so many milliseconds, and requests of anybody; then everything is repaired.
    pub fn storm(&mut self, seed: u64, millis: u64, op: impl Fn(&mut Dice) -> E::Op) -> &mut Lab<E> {
        let mut dice = Dice::new(Seed(seed));
        let nodes = self.world().size() as u64;
        let until = self.world().now() + Span::millis(millis);
        let ask = |dice: &mut Dice| Some((NodeId(dice.below(nodes) as u16), op(dice)));
        while self.world().now() < until {
            self.trouble(&mut dice, &ask, &[]).run(dice.below(60));
        }
        self.repair()
    }

    /// A run on a rough network, with faults drawn from a seed, of which half hit whoever plays one of the roles, and
    /// requests out of these. It ends at the first violation, or some time after everything is repaired.
    pub fn faulty(plan: Plan<E>, seed: u64, ops: &[(u16, E::Op)], roles: &[&str]) -> Lab<E> {
        let mut dice = Dice::new(Seed(seed));
        let mut lab = plan.seed(seed).rough(&mut dice).start();
        let ask = |dice: &mut Dice| dice.pick(ops).map(|(at, op)| (NodeId(*at), op.clone()));
        lab.run(dice.below(400));
        for _ in 0..50 {
            let pause = [5, 20, 300][dice.below(3) as usize];
            lab.run(dice.below(pause)).trouble(&mut dice, &ask, roles);
            if lab.violation().is_some() {
                return lab;
            }
        }
        lab.repair().run(2_500);
        lab
    }

    /// Each of the protocol's bugs is found by the invariant that the catalogue names, in one of so many faulty runs.
    pub fn finds_every_bug(plan: impl Fn() -> Plan<E>, seeds: u64, ops: &[(u16, E::Op)], roles: &[&str]) {
        for (number, bug) in E::ABOUT.bugs.iter().enumerate() {
            let finds = |seed| Lab::faulty(plan().bug(number), seed, ops, roles).violated() == Some(bug.breaks);
            assert!((0..seeds).any(finds), "{} is not found", bug.name);
        }
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
