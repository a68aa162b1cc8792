//! Faults drawn from a seed. The *configuration* is drawn first (which kinds of fault there are at all, and how fast
//! they come), since runs with few kinds of fault, often, find what runs with all kinds, each rarely, do not (Groce et
//! al.: Swarm Testing, 2012). In some storms nothing but nodes fails, for there are promises that hold only while the
//! network keeps its word. Faults come in bursts, aimed at those who matter; then all heals, and stays quiet for as long
//! as the protocol may take to put things right: what the storm has done comes to light.

use super::draw::Draw;
use crate::catalogue;
use crate::model::{Prose, Scenario};
use crate::names;
use crate::open::open_unhashed;
use crate::tree::Tree;
use netsplit_protocols::About;
use netsplit_sim::{Intervention, Link, Manner, Moment, NodeId, Planned, Prominence, Ratio, Span, Target, Time};

/// The scenario with everything that goes wrong, and what clients ask, drawn from the seed. Nodes, settings, bugs and
/// topology stay as they are; no disk lies that did not before, since no protocol promises anything then.
pub fn generate(base: &Scenario, seed: u64) -> Scenario {
    let Some(about) = catalogue::about(&base.protocol) else {
        return Scenario { seed, ..base.clone() };
    };
    let mut draw = Draw::new(seed);
    let storm_ends = Time::ZERO + draw.millis(1_500, 6_000);
    let quiet_from = storm_ends + Span::millis(1_000); // until then clients ask
    let quiet_ends = quiet_from + about.settles.max(Span::millis(500));
    let only_crashes = draw.one_in(4);
    let mut scenario = Scenario {
        name: String::new(),
        prose: Prose { title: format!("Seed {seed}"), watch: "Faults and operations drawn from the seed.".to_owned() },
        prose_zh: Some(Prose {
            title: format!("种子 {seed}"), watch: "故障与操作均由种子抽取。".to_owned()
        }),
        seed,
        until: quiet_ends + Span::millis(1),
        link: if draw.one_in(3) { base.link } else { draw.link() },
        disk: if draw.one_in(3) { draw.any_millis(1, 30) } else { base.disk },
        timeline: Vec::new(),
        workload: Vec::new(),
        expect: Vec::new(),
        ..base.clone()
    };
    if draw.one_in(3) && !only_crashes {
        scenario.link = draw.bad_link(scenario.link);
    }
    for _ in 0..draw.0.below(3) {
        let workload = draw.workload(about, &scenario, quiet_from);
        scenario.workload.extend(workload);
    }
    let (chiefs, in_charge) = in_charge(base);
    let any = draw.0.pick(about.roles).map_or("down", |role| role.name);
    let favourite = draw.0.pick(&in_charge).copied().filter(|_| draw.one_in(2)).unwrap_or(any);
    let mut storm = Storm {
        draw,
        about,
        scenario: &scenario,
        favourite,
        chief_role: in_charge.first().copied(),
        chiefs,
        timeline: Vec::new(),
    };
    storm.rage(storm_ends, if only_crashes { &Storm::CRASHES } else { &Storm::BURSTS });
    storm.corrupt(storm_ends);
    storm.restart_all(storm_ends);
    if !only_crashes {
        storm.repair_all(storm_ends, base);
    }
    let chief = storm.chief();
    storm.ask(chief, quiet_ends); // whoever is stuck is looked at once more
    let timeline = storm.timeline;
    Scenario { timeline, ..scenario }
}

/// Who is in charge when all is calm, and the roles they play: what befalls those matters most.
fn in_charge(base: &Scenario) -> (Vec<NodeId>, Vec<&'static str>) {
    let calm = Scenario {
        nodes: base.nodes.clone(),
        config: base.config.clone(),
        until: Time::ZERO + Span::secs(1),
        ..Scenario::new(&base.protocol)
    };
    let until = calm.until;
    let Ok(mut session) = open_unhashed(calm) else { return Default::default() };
    session.advance(until, 5_000);
    let faces = session.nodes().into_iter().filter_map(|node| Some((node.id, node.face?)));
    let leading = faces.filter(|(_, face)| face.prominence == Prominence::Leading);
    let (nodes, mut roles): (_, Vec<_>) = leading.map(|(node, face)| (node, face.role)).unzip();
    roles.dedup();
    (nodes, roles)
}

/// Writes a burst of faults from a moment on, and says when it is over.
type Burst<'s> = fn(&mut Storm<'s>, Time) -> Time;

struct Storm<'s> {
    draw: Draw,
    about: &'static About,
    scenario: &'s Scenario,
    /// The role that this storm is aimed at more than at others.
    favourite: &'static str,
    /// The role of those who are in charge.
    chief_role: Option<&'static str>,
    /// Who is in charge when all is calm.
    chiefs: Vec<NodeId>,
    timeline: Vec<Planned<Tree>>,
}

impl<'s> Storm<'s> {
    /// What there is to draw from; what takes many things to go wrong together stands here more than once.
    const BURSTS: [Burst<'s>; 30] = [
        Self::contest,
        Self::contest_forgotten,
        Self::contest_forgotten,
        Self::relapse,
        Self::relapse,
        Self::seesaw,
        Self::seesaw,
        Self::seesaw,
        Self::quarrel,
        Self::quarrel,
        Self::quarrel,
        Self::quarrel,
        Self::blur,
        Self::blur,
        Self::blur,
        Self::blur,
        Self::decapitate,
        Self::strike,
        Self::blackout,
        Self::stall,
        Self::relay,
        Self::relay,
        Self::relay,
        Self::partition,
        Self::shift,
        Self::cut,
        Self::pause,
        Self::clock,
        Self::disk,
        Self::weather,
    ];
    /// The bursts in which nothing but nodes fails.
    const CRASHES: [Burst<'s>; 3] = [Self::decapitate, Self::strike, Self::blackout];

    fn at(&mut self, at: Time, what: Intervention<Tree>) {
        self.timeline.push(Planned { when: Moment { at, after: 0 }, what });
    }
    fn target(&mut self) -> Target {
        if self.draw.one_in(2) { self.favourite() } else { self.draw.target(self.about, self.scenario) }
    }
    fn favourite(&self) -> Target {
        Target::Role(self.favourite.to_owned())
    }
    fn node(&mut self) -> NodeId {
        self.draw.node(self.about, self.scenario)
    }
    /// Whoever is in charge when all is calm, if anybody is.
    fn chief(&mut self) -> NodeId {
        match self.draw.0.pick(&self.chiefs).copied() {
            Some(chief) if !self.draw.one_in(3) => chief,
            _ => self.node(),
        }
    }
    /// Somebody who asks, as a rule.
    fn client(&mut self) -> NodeId {
        let clients: Vec<NodeId> = names::clients(self.about, self.scenario).collect();
        match self.draw.0.pick(&clients).copied() {
            Some(client) if !self.draw.one_in(4) => client,
            _ => self.node(),
        }
    }
    fn nodes(&self) -> u16 {
        names::total(self.about, self.scenario) as u16
    }
    /// An operation for once.
    fn filled_in(&mut self, op: Tree, now: Time) -> Tree {
        let names = names::names(self.about, self.scenario);
        let mut node = || names.get(self.node().index()).cloned().unwrap_or_default();
        let first = node();
        filled_in(op, now, &first, &mut node)
    }
    /// Some moment, to a tenth of a millisecond.
    fn between(&mut self, from: Time, until: Time) -> Time {
        const TENTH: u64 = 100_000;
        from + Span(self.draw.0.below(until.since(from).0 / TENTH + 1) * TENTH)
    }
    /// About as long as a message takes.
    fn moment(&mut self) -> Span {
        self.draw.millis(0, 25)
    }
    /// Some of the nodes, each once.
    fn some_nodes(&mut self, count: usize) -> Vec<NodeId> {
        self.some_of(self.nodes(), count)
    }
    /// Some of those that play the first part: the others are clients, and the like.
    fn some_of_the_first(&mut self, count: usize) -> Vec<NodeId> {
        self.some_of(names::count(self.scenario, &self.about.parts[0]), count)
    }
    fn some_of(&mut self, nodes: u16, count: usize) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = (0..nodes).map(NodeId).collect();
        let mut some = Vec::new();
        while some.len() < count && !nodes.is_empty() {
            let at = self.draw.0.below(nodes.len() as u64) as usize;
            some.push(nodes.swap_remove(at));
        }
        some
    }

    fn rage(&mut self, until: Time, bursts: &[Burst<'s>]) {
        let kinds: Vec<Burst<'s>> =
            (0..self.draw.between(1, 4)).filter_map(|_| self.draw.0.pick(bursts).copied()).collect();
        let calm_between = self.draw.any_millis(40, 600);
        let overlap = self.draw.one_in(2);
        let mut now = Time::ZERO + self.draw.any_millis(1, 500);
        while now < until {
            if let Some(burst) = self.draw.0.pick(&kinds).copied() {
                let over = burst(self, now);
                now = if overlap { now } else { over };
            }
            now += self.draw.millis(1, 1 + calm_between.0 / 1_000_000 * 2);
        }
        self.timeline.retain(|planned| planned.when.at < until);
    }

    /// As many nodes as the protocol puts up with become liars, most of them for good; whoever is in charge when all is
    /// calm is often one.
    fn corrupt(&mut self, until: Time) {
        let most = names::liars(self.about, self.scenario);
        if most == 0 {
            return;
        }
        let honest = names::count(self.scenario, &self.about.parts[0]);
        let mut left: Vec<NodeId> = (0..honest).map(NodeId).collect();
        let count = if self.draw.one_in(4) { self.draw.between(0, u64::from(most)) } else { u64::from(most) };
        for _ in 0..count {
            let chief = left.iter().position(|node| self.chiefs.contains(node)).filter(|_| self.draw.one_in(2));
            let at = chief.unwrap_or_else(|| self.draw.0.below(left.len() as u64) as usize);
            let liar = left.swap_remove(at);
            let mut now = if self.draw.one_in(2) { Time::ZERO } else { Time::ZERO + self.draw.millis(0, 1_000) };
            while now < until {
                let manner = self.draw.0.pick(&Manner::LIES).copied().unwrap_or_default();
                self.at(now, Intervention::Turn(liar.into(), manner));
                now += self.draw.any_millis(200, 8_000);
            }
            if self.draw.one_in(4) {
                self.at(until, Intervention::Turn(liar.into(), Manner::Honest));
            }
        }
    }

    /// Everybody is up.
    fn restart_all(&mut self, at: Time) {
        for node in (0..self.nodes()).map(NodeId) {
            self.at(at, Intervention::Restart(node.into()));
        }
    }

    /// Everything else works again.
    fn repair_all(&mut self, at: Time, base: &Scenario) {
        self.at(at, Intervention::Heal);
        self.at(at, Intervention::Network(Link { latency: self.scenario.link.latency, ..base.link }));
        for node in (0..self.nodes()).map(NodeId) {
            self.at(at, Intervention::Resume(node.into()));
            self.at(at, Intervention::Clock(node.into(), 0, 0));
            self.at(at, Intervention::Disk(node.into(), base.disk, base.disk_lies));
        }
    }

    /// Timers run out at several nodes at nearly the same time: before any of them can hear of another.
    fn contest(&mut self, now: Time) -> Time {
        let count = self.draw.between(1, 3) as usize;
        for node in self.some_nodes(count) {
            let at = now + self.draw.millis(0, 8);
            self.at(at, Intervention::Fire(node.into(), None));
        }
        now + Span::millis(50)
    }

    /// The same, while others fail for a moment and come back in the middle of it.
    fn contest_forgotten(&mut self, now: Time) -> Time {
        let contenders = self.draw.between(2, 3) as usize;
        let all = contenders + self.draw.between(1, 3) as usize;
        for (nth, node) in self.some_nodes(all).into_iter().enumerate() {
            if nth < contenders {
                let at = now + self.draw.millis(0, 8);
                self.at(at, Intervention::Fire(node.into(), None));
            } else {
                let crash = now + self.draw.millis(4, 25);
                let restart = crash + self.draw.any_millis(1, 8);
                self.at(crash, Intervention::Crash(node.into()));
                self.at(restart, Intervention::Restart(node.into()));
            }
        }
        now + self.draw.millis(50, 300)
    }

    /// Somebody begins something and is held up; somebody else begins as well; a third, who has heard of both, fails for a
    /// moment; and the first goes on.
    fn relapse(&mut self, now: Time) -> Time {
        let three = self.some_of_the_first(3);
        let [first, second, others @ ..] = three.as_slice() else { return self.contest(now) };
        let trip = self.draw.millis(5, 20);
        let mut at = now;
        self.stir(*first, at);
        at += self.draw.millis(1, 5) + trip;
        self.at(at, Intervention::Pause((*first).into()));
        at += self.draw.millis(0, 5);
        self.stir(*second, at);
        at += self.draw.millis(1, 5) + trip;
        for node in others {
            self.at(at, Intervention::Crash((*node).into()));
            let restart = at + self.draw.any_millis(1, 8);
            self.at(restart, Intervention::Restart((*node).into()));
        }
        at += self.draw.any_millis(1, 30);
        self.at(at, Intervention::Resume((*first).into()));
        at + trip
    }

    /// Somebody begins something: because it is asked, or because its timer runs out.
    fn stir(&mut self, node: NodeId, now: Time) {
        if self.draw.one_in(2) {
            self.ask(node, now);
        } else {
            self.at(now, Intervention::Fire(node.into(), None));
        }
    }

    /// Somebody is asked for something, and whoever matters fails right after.
    fn decapitate(&mut self, now: Time) -> Time {
        let victim = self.target();
        if self.draw.one_in(2)
            && let Some(op) = self.draw.op(self.about)
        {
            let op = self.filled_in(op, now);
            self.at(now, Intervention::Invoke(victim.clone(), op));
        }
        let crash = now + self.moment();
        self.at(crash, Intervention::Crash(victim));
        let restart = crash + self.draw.any_millis(4, 800);
        self.at(restart, Intervention::Restart(Target::Role("down".to_owned())));
        restart
    }

    /// Somebody is asked for something, and fails in the middle of what follows.
    fn strike(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let crash = now + self.draw.any_millis(1, 100);
        let restart = crash + self.draw.any_millis(4, 800);
        self.at(crash, Intervention::Crash(chief.into()));
        self.at(restart, Intervention::Restart(chief.into()));
        restart
    }

    /// The same, and others fail with it: what only they knew is gone, and they come back one by one.
    fn blackout(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let most = u64::from(self.nodes());
        let count = self.draw.between(1, most) as usize;
        let mut victims = self.some_nodes(count);
        if !victims.contains(&chief) {
            let place = self.draw.0.below(victims.len() as u64 + 1) as usize;
            victims.insert(place, chief);
        }
        let (dark, mut back) = (now + self.draw.any_millis(1, 100), now);
        for node in &victims {
            let crash = dark + self.draw.millis(0, 10);
            self.at(crash, Intervention::Crash((*node).into()));
            back = back.max(crash);
        }
        for node in victims {
            back += self.draw.any_millis(1, 200);
            self.at(back, Intervention::Restart(node.into()));
        }
        back
    }

    /// Somebody is asked for something, and sleeps through what follows: others may take its place meanwhile.
    fn stall(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let pause = now + self.draw.any_millis(1, 100);
        let resume = pause + self.draw.any_millis(50, 800);
        self.at(pause, Intervention::Pause(chief.into()));
        self.at(resume, Intervention::Resume(chief.into()));
        let other = self.node();
        let meanwhile = self.between(pause, resume);
        self.ask(other, meanwhile);
        resume
    }

    /// Whoever is in charge is asked for something: straight out, or by a client.
    fn ask_chief(&mut self, chief: NodeId, now: Time) {
        let asked = if self.draw.one_in(2) { chief } else { self.client() };
        self.ask(asked, now);
    }

    fn ask(&mut self, node: NodeId, now: Time) {
        if let Some(op) = self.draw.op(self.about) {
            let op = self.filled_in(op, now);
            self.at(now, Intervention::Invoke(node.into(), op));
        }
    }

    /// One after another is asked for something, fails or is cut off, and comes back when the next has failed: what
    /// each has left behind meets what the others have.
    fn relay(&mut self, now: Time) -> Time {
        let victim = if self.draw.one_in(3) { self.target() } else { self.favourite() };
        let pace = self.draw.between(150, 800);
        let mut at = now;
        for _ in 0..self.draw.between(3, 7) {
            if let Some(op) = self.draw.op(self.about)
                && self.draw.one_in(2)
            {
                let op = self.filled_in(op, at);
                self.at(at, Intervention::Invoke(victim.clone(), op));
            }
            let fails = at + if self.draw.one_in(3) { Span::ZERO } else { self.moment() };
            if self.draw.one_in(3) {
                self.at(fails, Intervention::Crash(victim.clone()));
                let back = fails + self.draw.millis(pace / 2, pace * 2);
                self.at(back, Intervention::Restart(Target::Role("down".to_owned())));
            } else {
                self.at(fails, Intervention::Partition(vec![vec![victim.clone()]]));
            }
            at = fails + self.draw.millis(pace * 2 / 3, pace * 4 / 3);
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// Two are in office by turns, each in ignorance of the other: one's timer runs out, it is asked for something, and
    /// fails or is cut off when the other comes back.
    fn seesaw(&mut self, now: Time) -> Time {
        let mut pair = self.some_of_the_first(2);
        let pace = self.draw.any_millis(20, 400);
        let crashes = self.draw.one_in(3);
        let mut at = now;
        for _ in 0..self.draw.between(3, 7) {
            let &[up, down] = pair.as_slice() else { return now };
            if crashes {
                self.at(at, Intervention::Crash(down.into()));
                self.at(at, Intervention::Restart(up.into()));
            } else {
                self.at(at, Intervention::Partition(vec![vec![down.into()]]));
            }
            for _ in 0..self.draw.between(1, 3) {
                at += self.draw.millis(0, 40); // who was cut off while in office has to hear first that it is so no longer
                self.at(at, Intervention::Fire(up.into(), None));
            }
            at += self.draw.millis(5, 80);
            if !self.draw.one_in(3) {
                self.ask(up, at);
            }
            at += if self.draw.one_in(2) { pace } else { self.moment() };
            pair.reverse();
        }
        for node in pair.into_iter().filter(|_| crashes) {
            self.at(at, Intervention::Restart(node.into()));
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// Two sides go on without each other, and clients on both ask again and again; also right after they have met again.
    fn quarrel(&mut self, now: Time) -> Time {
        let client = self.client();
        let mut side = vec![Target::Node(client)];
        if !self.draw.one_in(3) {
            side.extend(self.chief_role.map(|role| Target::Role(role.to_owned())));
        }
        let others = self.draw.between(0, u64::from(self.nodes()) / 2) as usize;
        side.extend(self.some_nodes(others).into_iter().filter(|node| *node != client).map(Target::Node));
        self.at(now, Intervention::Partition(vec![side]));
        let heal = now + self.draw.any_millis(300, 1_500); // long enough for others to take over
        let end = heal + self.draw.millis(0, 60);
        self.clients_ask(now, end, 20);
        self.at(heal, Intervention::Heal);
        end
    }

    /// Somebody is asked for something, of which most is lost: some hear of it and others do not. Then others ask, and
    /// timers run out.
    fn blur(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let usual = self.scenario.link;
        let loss = Ratio::new(self.draw.between(300, 900) as u32, 1_000);
        let begin = now + self.moment();
        let clear = begin + self.draw.any_millis(5, 60);
        self.at(begin, Intervention::Network(Link { loss, ..usual }));
        self.at(clear, Intervention::Network(usual));
        let end = clear + self.draw.any_millis(10, 100);
        self.clients_ask(begin, end, 3);
        let count = self.draw.between(0, 3) as usize;
        for node in self.some_of_the_first(count) {
            let at = self.between(begin, end);
            self.at(at, Intervention::Fire(node.into(), None));
        }
        end
    }

    /// Several times within a while, some client asks for something.
    fn clients_ask(&mut self, from: Time, until: Time, most: u64) {
        for _ in 0..self.draw.between(1, most) {
            let (client, at) = (self.client(), self.between(from, until));
            self.ask(client, at);
        }
    }

    /// The network falls apart for a while.
    fn partition(&mut self, now: Time) -> Time {
        let groups = self.groups();
        self.at(now, Intervention::Partition(groups));
        let heal = now + self.draw.any_millis(20, 1_000);
        self.at(heal, Intervention::Heal);
        heal
    }

    /// It falls apart one way, then another, with no time to recover.
    fn shift(&mut self, now: Time) -> Time {
        let mut at = now;
        for _ in 0..self.draw.between(2, 5) {
            let groups = self.groups();
            self.at(at, Intervention::Partition(groups));
            if let Some(op) = self.draw.op(self.about)
                && self.draw.one_in(2)
            {
                let (target, op) = (self.target(), self.filled_in(op, at));
                self.at(at, Intervention::Invoke(target, op));
            }
            at += self.draw.millis(50, 500);
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// A random set of nodes on one side, perhaps led by whoever plays a role.
    fn groups(&mut self) -> Vec<Vec<Target>> {
        let count = self.draw.between(1, u64::from(self.nodes()).div_ceil(2)) as usize;
        let mut side: Vec<Target> = self.some_nodes(count).into_iter().map(Target::Node).collect();
        let leads = self.target();
        if self.draw.one_in(2) && !side.contains(&leads) {
            side.insert(0, leads);
        }
        vec![side]
    }

    /// Links carry nothing in one direction.
    fn cut(&mut self, now: Time) -> Time {
        let mut over = now;
        for _ in 0..self.draw.between(1, 4) {
            let ends = self.some_nodes(2);
            let [from, to] = ends.as_slice() else { return now };
            let mend = now + self.draw.any_millis(20, 1_000);
            self.at(now, Intervention::Cut((*from).into(), (*to).into()));
            self.at(mend, Intervention::Mend((*from).into(), (*to).into()));
            over = over.max(mend);
        }
        over
    }

    fn pause(&mut self, now: Time) -> Time {
        let node = self.node();
        let paused = if self.draw.one_in(2) { Target::Node(node) } else { self.target() };
        let resume = now + self.draw.any_millis(5, 800);
        self.at(now, Intervention::Pause(paused));
        for node in (0..self.nodes()).map(NodeId) {
            self.at(resume, Intervention::Resume(node.into())); // whoever it was
        }
        resume
    }

    fn clock(&mut self, now: Time) -> Time {
        let target = self.target();
        let ahead = self.draw.millis(0, 400).0 as i64;
        let drift = self.draw.between(0, 200_000) as i32;
        let (ahead, drift) = if self.draw.one_in(2) { (ahead, drift) } else { (-ahead, -drift) };
        self.at(now, Intervention::Clock(target, ahead, drift));
        now
    }

    /// A disk becomes slow, and a crash may lose what it was about to write.
    fn disk(&mut self, now: Time) -> Time {
        let target = self.target();
        let write = self.draw.any_millis(1, 60);
        self.at(now, Intervention::Disk(target.clone(), write, self.scenario.disk_lies));
        if self.draw.one_in(2) {
            let crash = now + self.draw.millis(5, 100);
            let restart = crash + self.draw.any_millis(4, 400);
            self.at(crash, Intervention::Crash(target));
            self.at(restart, Intervention::Restart(Target::Role("down".to_owned())));
        }
        now + Span::millis(100)
    }

    /// The whole network is bad for a while.
    fn weather(&mut self, now: Time) -> Time {
        let bad = self.draw.bad_link(self.scenario.link);
        let end = now + self.draw.any_millis(50, 1_000);
        self.at(now, Intervention::Network(bad));
        self.at(end, Intervention::Network(self.scenario.link));
        end
    }
}

/// The gaps of a workload's form, filled in with something that does not come again; each of a list with another node.
fn filled_in(op: Tree, now: Time, node: &str, more: &mut impl FnMut() -> String) -> Tree {
    let value = (now.0 / 1_000).to_string();
    match op {
        Tree::Text(text) => Tree::Text(text.replace("{k}", "k0").replace("{n}", &value).replace("{node}", node)),
        Tree::List(items) => Tree::List(items.into_iter().map(|item| filled_in(item, now, &more(), more)).collect()),
        Tree::Map(fields) => {
            Tree::Map(fields.into_iter().map(|(name, value)| (name, filled_in(value, now, node, more))).collect())
        }
        other => other,
    }
}
