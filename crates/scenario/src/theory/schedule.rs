//! Whoever delivers the messages of a run: what there is to choose from, what can still come of each choice, and which one
//! keeps the run undecided.

use super::valency::{Configuration, Memory, Reach, Role, Search};
use netsplit_sim::{MsgName, Seed};

/// How a run is scheduled by hand.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// The role of a node that has decided.
    pub decided: Role,
    /// So many rounds are looked ahead.
    pub rounds: u64,
}

/// A message that can be delivered next.
pub struct Choice {
    /// Which.
    pub name: MsgName,
    /// Nothing comes of it: it comes too late.
    pub idle: bool,
    search: Search,
}

impl Choice {
    /// What can come after it, if that is known by now.
    pub fn reach(&self) -> Option<&Reach> {
        self.search.result()
    }
}

/// A run, waiting for the next delivery.
pub struct Scheduler {
    memory: Memory,
    choices: Vec<Choice>,
    present: Reach,
    decision: Option<&'static str>,
}

impl Scheduler {
    /// What there is to choose from in a configuration. Coins that are still to fall must not be seen: they fall otherwise
    /// in what is looked at. The memory is that of the scheduler before, with the same coins.
    pub fn new(schedule: Schedule, here: Configuration, coins: Seed, mut memory: Memory) -> Scheduler {
        let Schedule { decided, rounds } = schedule;
        let decision = here.decision(decided);
        memory.look_up_to(here.front() + rounds);
        let here = here.reseeded(coins);
        let choices = here.letters().into_iter().map(|(name, _)| {
            let after = here.after(name);
            Choice { name, idle: after.is_idle_after(&here), search: Search::new(after, decided, true) }
        });
        let choices = choices.collect();
        let mut scheduler = Scheduler { memory, choices, present: Reach::default(), decision };
        scheduler.sum_up();
        scheduler
    }
    /// What it has found, for the next one.
    pub fn into_memory(self) -> Memory {
        self.memory
    }

    /// Looks further ahead, until all is known or it is enough; true if all is known.
    pub fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> bool {
        let Scheduler { memory, choices, decision, .. } = self;
        if decision.is_some() {
            return true;
        }
        let mut useful: Vec<_> = choices.iter_mut().filter(|choice| !choice.idle).map(|it| &mut it.search).collect();
        for search in &mut useful {
            search.glance(memory, enough);
        }
        let done = useful.iter_mut().all(|search| search.work(memory, enough));
        self.sum_up();
        done
    }
    /// What can come of any choice can come.
    fn sum_up(&mut self) {
        self.present = Reach { decisions: Vec::new(), open: false };
        self.decision.into_iter().for_each(|decision| self.present.add(decision));
        let known = self.choices.iter().filter(|choice| !choice.idle && self.decision.is_none());
        known.filter_map(Choice::reach).for_each(|reach| self.present.join(reach));
    }

    /// What has been decided already.
    pub fn decision(&self) -> Option<&'static str> {
        self.decision
    }
    /// Whether all is known of all choices.
    pub fn is_done(&self) -> bool {
        self.decision.is_some() || self.choices.iter().all(|choice| choice.idle || choice.reach().is_some())
    }
    /// What can still be decided, if that is known by now.
    pub fn present(&self) -> Option<&Reach> {
        Some(&self.present).filter(|present| present.is_bivalent() || self.is_done())
    }
    /// The messages to choose from, the oldest first.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }
    /// How many configurations were looked at.
    pub fn looked(&self) -> u64 {
        self.choices.iter().map(|choice| choice.search.looked()).sum()
    }

    /// The oldest message after which either decision is known to be possible still: who always delivers that one, and
    /// tries the oldest first each time, leaves none waiting for ever, and the run is never decided.
    pub fn hint(&self) -> Option<MsgName> {
        let mut useful = self.choices.iter().filter(|choice| !choice.idle);
        useful.find(|choice| choice.reach().is_some_and(Reach::is_bivalent)).map(|choice| choice.name)
    }
    /// What to deliver next: as hinted, or if all is known and nothing helps any more, the oldest.
    pub fn next(&self) -> Option<MsgName> {
        let mut oldest = self.choices.iter().filter(|choice| !choice.idle);
        self.hint().or_else(|| oldest.next().filter(|_| self.is_done()).map(|choice| choice.name))
    }
}
