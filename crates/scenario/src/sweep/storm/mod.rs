//! Faults drawn from a seed. The *configuration* is drawn first (which kinds of fault there are at all, and how fast
//! they come), since runs with few kinds of fault, often, find what runs with all kinds, each rarely, do not (Groce et
//! al.: Swarm Testing, 2012). In some storms nothing but nodes fails, for there are promises that hold only while the
//! network keeps its word. Faults come in bursts, aimed at those who matter; then all heals, and stays quiet for as long
//! as the protocol may take to put things right: what the storm has done comes to light.

mod bursts;
mod crosswise;

use super::draw::Draw;
use crate::catalogue;
use crate::model::{Prose, Scenario};
use crate::names;
use crate::open::open_unhashed;
use crate::tree::Tree;
use netsplit_protocols::About;
use netsplit_sim::{Intervention, Link, Manner, Moment, NodeId, Planned, Prominence, Span, Target, Time};

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
    if !only_crashes {
        // Drawn apart, so that what else is drawn from a seed stays as it is.
        storm.draw = Draw::new(seed ^ CROSSWISE);
        storm.cross(storm_ends);
    }
    let timeline = storm.timeline;
    Scenario { timeline, ..scenario }
}

/// What sets these draws apart from the others of a seed.
const CROSSWISE: u64 = 0x0c60_55e1_0000_0000;

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
