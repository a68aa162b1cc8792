//! Which decisions can still come of a configuration, found by going there (Fischer, Lynch, Paterson 1985): a
//! configuration is bivalent if some order of delivering messages ends in one decision, and some other order in another.
//!
//! First a few orders are tried at random, which mostly finds two decisions where there are two. Where it does not, all
//! orders are gone through, up to a horizon: so many rounds ahead, for a run that is never decided has no end. What is the
//! same by whatever order it was reached is looked at once.

use crate::player::Stage;
use netsplit_sim::digest::digest;
use netsplit_sim::draw::Dice;
use netsplit_sim::{MsgName, NodeId, Seed};
use std::collections::BTreeMap;

/// So many orders are tried at random before all are gone through.
const TRIED: u32 = 48;
/// No random order goes on for longer than this.
const LONGEST: u32 = 400;

/// How a decision is recognised: the role that a node shows who has decided. Its badge says what.
pub type Role = &'static str;

/// Which decisions can be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// They, as the badges of nodes say them, in order.
    pub decisions: Vec<&'static str>,
    /// Some order was left undecided at the horizon.
    pub open: bool,
}

impl Reach {
    /// Whether either decision can still come.
    pub fn is_bivalent(&self) -> bool {
        self.decisions.len() > 1
    }
    pub(super) fn add(&mut self, decision: &'static str) {
        if let Err(place) = self.decisions.binary_search(&decision) {
            self.decisions.insert(place, decision);
        }
    }
    pub(super) fn join(&mut self, other: &Reach) {
        other.decisions.iter().for_each(|decision| self.add(decision));
        self.open |= other.open;
    }
}

/// A configuration: a world at a moment, of which only states and messages matter.
pub struct Configuration {
    stage: Box<dyn Stage>,
}

impl Configuration {
    pub(crate) fn of(stage: &dyn Stage) -> Configuration {
        Configuration { stage: stage.fork() }
    }
    /// The same, with other coins to fall.
    pub fn reseeded(mut self, seed: Seed) -> Configuration {
        self.stage.reseed(seed);
        self
    }
    /// The messages to choose from, the oldest first: alike ones once.
    pub fn letters(&self) -> Vec<(MsgName, u64)> {
        let mut letters = self.stage.letters();
        letters.sort_unstable_by_key(|(name, _)| (name.nth, name.from, name.to, name.copy));
        letters
    }
    fn key(&self) -> u64 {
        let mut contents: Vec<u64> = self.stage.letters().into_iter().map(|(_, content)| content).collect();
        contents.sort_unstable();
        digest(&(self.stage.states(), contents))
    }
    /// What comes of delivering a message.
    pub fn after(&self, name: MsgName) -> Configuration {
        let mut stage = self.stage.fork();
        stage.deliver(name);
        Configuration { stage }
    }
    /// Whether nothing came of a delivery: the states are as before, and nothing was sent.
    pub fn is_idle_after(&self, before: &Configuration) -> bool {
        self.stage.states() == before.stage.states() && self.stage.letters().len() + 1 == before.stage.letters().len()
    }
    fn faces(&self) -> impl Iterator<Item = netsplit_sim::Face> + '_ {
        let nodes = (0..).map(NodeId).take_while(|node| usize::from(node.0) < self.stage.size());
        nodes.filter_map(|node| self.stage.face(node))
    }
    /// What somebody has decided.
    pub fn decision(&self, role: Role) -> Option<&'static str> {
        self.faces().find(|face| face.role == role).and_then(|face| face.badge)
    }
    /// The round that the last of the nodes is in.
    pub fn round(&self) -> u64 {
        self.faces().filter_map(|face| Some(face.headline?.1)).min().unwrap_or(0)
    }
    /// The round that the first of the nodes is in.
    pub fn front(&self) -> u64 {
        self.faces().filter_map(|face| Some(face.headline?.1)).max().unwrap_or(0)
    }
    /// Without the messages of which nothing comes any more, and what is left to choose from, each with what comes of it.
    fn branches(self, prune: bool) -> (Configuration, Vec<(MsgName, Configuration)>) {
        let mut here = self;
        loop {
            let mut alike = Vec::new();
            let mut branches = Vec::new();
            let mut idle = None;
            for (name, content) in here.letters() {
                if alike.contains(&content) {
                    continue;
                }
                alike.push(content);
                let after = here.after(name);
                if prune && after.is_idle_after(&here) {
                    idle = Some(after);
                    break;
                }
                branches.push((name, after));
            }
            match idle {
                Some(after) => here = after,
                None => return (here, branches),
            }
        }
    }
}

/// What has been found of configurations, for searches to come. What is left open at one horizon may be settled at a later
/// one; all else is found once for all.
#[derive(Default)]
pub struct Memory {
    horizon: u64,
    found: BTreeMap<u64, Reach>,
}

impl Memory {
    /// With what is known of so many configurations, it begins anew: so much fits into a page.
    const MOST: usize = 300_000;

    /// Prepares for searches up to a round.
    pub fn look_up_to(&mut self, horizon: u64) {
        if self.horizon != horizon {
            self.horizon = horizon;
            self.found.retain(|_, reach| !reach.open || reach.is_bivalent());
        }
        if self.found.len() > Memory::MOST {
            self.found.clear();
        }
    }
}

/// A search under way.
pub struct Search {
    role: Role,
    prune: bool,
    path: Vec<Crossing>,
    start: Option<Configuration>,
    tried: u32,
    found: Reach,
    done: bool,
    /// How many configurations were looked at.
    looked: u64,
}

/// A configuration on the path of the search, and the ways from it that are not gone yet.
struct Crossing {
    key: u64,
    left: Vec<Configuration>,
    reach: Reach,
}

impl Search {
    /// What can come of a configuration. Without pruning, messages of which nothing comes are delivered in every order too,
    /// and nothing is tried at random, for comparison.
    pub fn new(start: Configuration, role: Role, prune: bool) -> Search {
        let tried = if prune { 0 } else { TRIED };
        let (path, found) = (Vec::new(), Reach::default());
        Search { role, prune, path, start: Some(start), tried, found, done: false, looked: 0 }
    }

    /// What was found, once the search is over.
    pub fn result(&self) -> Option<&Reach> {
        self.done.then_some(&self.found)
    }
    /// How many configurations were looked at so far.
    pub fn looked(&self) -> u64 {
        self.looked
    }

    /// Tries some orders at random, if that has not been done; true if that was enough.
    pub fn glance(&mut self, memory: &mut Memory, enough: &mut dyn FnMut() -> bool) -> bool {
        while !self.done && self.tried < TRIED && !enough() {
            match self.start.take() {
                Some(start) => self.try_one(start, memory),
                None => break,
            }
        }
        self.done
    }
    /// Searches on, until it is over or enough; true if it is over.
    pub fn work(&mut self, memory: &mut Memory, enough: &mut dyn FnMut() -> bool) -> bool {
        self.glance(memory, enough);
        while !self.done && !enough() {
            match self.start.take() {
                Some(start) => self.enter(start, memory),
                None => self.go_on(memory),
            }
        }
        self.done
    }

    /// One order at random.
    fn try_one(&mut self, start: Configuration, memory: &Memory) {
        let key = start.key();
        if let Some(known) = memory.found.get(&key) {
            (self.found, self.done) = (known.clone(), true);
            return;
        }
        let mut dice = Dice::new(Seed(digest(&(key, self.tried))));
        let mut here = Configuration::of(&*start.stage);
        self.tried += 1;
        self.start = Some(start);
        for _ in 0..LONGEST {
            self.looked += 1;
            if let Some(decision) = here.decision(self.role) {
                self.found.add(decision);
                break;
            }
            let letters = here.letters();
            let Some((name, _)) = dice.pick(&letters).filter(|_| here.front() <= memory.horizon) else { break };
            here.stage.deliver(*name);
        }
        self.done = self.found.is_bivalent();
    }

    /// Comes to a configuration: a decision, the horizon, or a crossing.
    fn enter(&mut self, here: Configuration, memory: &mut Memory) {
        self.looked += 1;
        if let Some(decision) = here.decision(self.role) {
            let mut reach = Reach::default();
            reach.add(decision);
            return self.report(&reach, memory);
        }
        if here.front() > memory.horizon {
            return self.report(&Reach { decisions: Vec::new(), open: true }, memory);
        }
        let first = here.key();
        if let Some(known) = memory.found.get(&first).cloned() {
            return self.report(&known, memory);
        }
        let (here, branches) = here.branches(self.prune);
        let key = here.key();
        if let Some(known) = memory.found.get(&key).cloned() {
            return self.report(&known, memory);
        }
        // Whoever comes here again before all of it is known learns that something is left open.
        memory.found.insert(key, Reach { decisions: Vec::new(), open: true });
        let left = branches.into_iter().rev().map(|(_, after)| after).collect();
        self.path.push(Crossing { key, left, reach: Reach::default() });
    }

    fn go_on(&mut self, memory: &mut Memory) {
        let next = self.path.last_mut().and_then(|crossing| crossing.left.pop());
        if let Some(next) = next {
            return self.enter(next, memory);
        }
        match self.path.pop() {
            Some(crossing) => {
                memory.found.insert(crossing.key, crossing.reach.clone());
                self.report(&crossing.reach, memory);
            }
            None => self.done = true,
        }
    }

    /// What was found somewhere holds for the crossing that led there; two decisions for all of the path.
    fn report(&mut self, reach: &Reach, memory: &mut Memory) {
        match self.path.last_mut() {
            Some(crossing) => crossing.reach.join(reach),
            None => {
                self.found.join(reach);
                self.done = true;
            }
        }
        let mut all = self.found.clone();
        self.path.iter().for_each(|crossing| all.join(&crossing.reach));
        if all.is_bivalent() {
            self.retreat(memory);
            (self.found, self.done) = (all, true);
        }
    }

    /// Leaves the path early: of what is on it, only what is bivalent is known for certain.
    fn retreat(&mut self, memory: &mut Memory) {
        let mut reach = Reach::default();
        while let Some(crossing) = self.path.pop() {
            reach.join(&crossing.reach);
            if reach.is_bivalent() {
                memory.found.insert(crossing.key, reach.clone());
            } else {
                memory.found.remove(&crossing.key);
            }
        }
    }
}
