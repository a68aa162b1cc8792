//! What clients are promised, held against the truth: the entries that were applied, every command run once, and what the
//! engine knows that clients asked and were told. What servers and clients take for true is not asked.
//!
//! The log is the order in which commands take effect. A command that was answered must stand in it after the moment when
//! it was asked for, with that answer; and a read must show the store as it was after some entry that comes no earlier
//! than any of which somebody had heard when the read was asked for.

use super::invariants::{Seen, Settled, violation};
use super::{ClientId, Command, Index, Once, Raft, Reads, Ret, Server, Settings, Store, Text};
use crate::shared::ghost::Log;
use crate::shared::kv::Op;
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, NodeId, OpId, Operation, Scene, Violation};
use std::sync::Arc;

/// What has been seen so far.
#[derive(Clone, Default)]
pub(super) struct Promises {
    /// The store after all entries known so far.
    store: Store,
    /// At which index each numbered command took effect.
    ran: Map<(ClientId, u64), Index>,
    /// The sessions that have not expired, and the last entry that was part of each.
    sessions: Map<ClientId, Index>,
    /// What each entry did, from index 1 on.
    steps: Log<Step>,
    /// The values that each key has had, and from which index on.
    values: Map<Text, Log<(Index, Option<Text>)>>,
    /// What there was when operations began that are not answered yet.
    asked: Map<OpId, Asked>,
    /// The latest entry of which somebody has heard.
    heard: Option<Heard>,
    /// How many reads were stale where nothing else was promised.
    pub stale_reads: u64,
}

#[derive(Clone)]
struct Step {
    /// The command that took effect, and what came of it.
    effect: Option<(Arc<Op>, Ret)>,
    /// The entry that it repeats, if it does.
    repeats: Option<Index>,
    /// The digest of the store after it.
    digest: u64,
}

#[derive(Clone, Copy)]
struct Asked {
    known: Index,
    heard: Option<Heard>,
}

/// Somebody heard of an entry.
#[derive(Clone, Copy)]
struct Heard {
    index: Index,
    node: NodeId,
    event: EventId,
}

impl Promises {
    /// The entries that were applied, as far as they are not known yet. So many sessions are kept; 0 is any number.
    pub fn learn(&mut self, applied: &[Settled], session_limit: u16) {
        for settled in applied.get(self.steps.len()..).unwrap_or(&[]) {
            let index = self.steps.len() as Index + 1;
            let (runs, repeats) = self.comes_of(&settled.entry.command, index, session_limit);
            let op = settled.entry.command.op().filter(|_| runs);
            let effect = op.map(|op| (op.clone(), self.store.apply(op)));
            if let Some((op, _)) = &effect {
                self.note_value(index, op);
            }
            self.steps.push(Step { effect, repeats, digest: digest(&self.store) });
        }
    }

    /// Whether a command takes effect that stands at an index, and at which earlier index it did, if it did.
    fn comes_of(&mut self, command: &Command, index: Index, session_limit: u16) -> (bool, Option<Index>) {
        match command {
            Command::Once(Once { client_id, sequence_num, .. }) => {
                let Some(last_used) = self.sessions.get_mut(client_id) else {
                    return (false, self.ran.get(&(*client_id, *sequence_num)).copied());
                };
                *last_used = index;
                let first = *self.ran.entry((*client_id, *sequence_num)).or_insert(index);
                (first == index, (first < index).then_some(first))
            }
            Command::Register => {
                self.sessions.insert(index, index);
                if session_limit > 0 && self.sessions.len() > usize::from(session_limit) {
                    let oldest = self.sessions.iter().min_by_key(|(_, last_used)| **last_used);
                    if let Some(oldest) = oldest.map(|(client_id, _)| *client_id) {
                        self.sessions.remove(&oldest);
                    }
                }
                (true, None)
            }
            Command::Noop | Command::Run(_) | Command::Configure(_) => (true, None),
        }
    }

    fn note_value(&mut self, index: Index, op: &Op) {
        let (Op::Put { key, .. } | Op::Delete { key } | Op::Cas { key, .. }) = op else { return };
        self.values.entry(key.clone()).or_default().push((index, self.store.get(key).cloned()));
    }

    /// A server has applied more than before: its store is what comes of running every command once.
    pub fn exactly_once(&self, server: &Server, seen: Seen) -> Result<(), Violation> {
        let applied = server.last_applied();
        let truth = applied.checked_sub(1).and_then(|at| self.steps.get(at as usize));
        if truth.is_none_or(|step| step.digest == digest(server.state_machine().store())) {
            return Ok(());
        }
        let repeated = |index: &Index| self.step(*index).is_some_and(|step| step.repeats.is_some());
        let culprit = (1..=applied).rev().find(repeated).and_then(|index| Some((index, self.step(index)?.repeats?)));
        let text = match culprit.zip(culprit.and_then(|(index, _)| server.log().get(index))) {
            Some(((index, first), entry)) => {
                format!("has run {entry} at index {index}, although that is the command of index {first}")
            }
            None => format!("has another store than its log gives up to index {applied}"),
        };
        violation("exactly-once", seen, vec![seen.evidence(text)])
    }

    /// How many entries are known.
    pub fn known(&self) -> Index {
        self.steps.len() as Index
    }

    /// What was asked and answered in this event, before which so many entries were `known`.
    pub fn clients(&mut self, scene: &Scene<Raft>, settings: &Settings, known: Index) -> Result<(), Violation> {
        if let Some(operation) = scene.history.invoked_in(scene.event) {
            self.asked.insert(operation.id, Asked { known, heard: self.heard });
        }
        let mut verdict = Ok(());
        for operation in scene.history.answered_in(scene.event) {
            verdict = verdict.and(self.answered(operation, scene.event, settings));
        }
        verdict
    }

    fn answered(&mut self, operation: &Operation<Raft>, event: EventId, settings: &Settings) -> Result<(), Violation> {
        let (Some(asked), Some((.., ret))) = (self.asked.remove(&operation.id), &operation.answer) else {
            return Ok(());
        };
        let super::Op::Run(op) = &operation.op else { return Ok(()) };
        let seen = Seen { node: operation.node, event };
        let index = match (&**op, ret) {
            (_, Ret::NotLeader { .. } | Ret::Unsupported | Ret::NotHere | Ret::Refused { .. }) => return Ok(()),
            (Op::Get { key }, _) => self.shown(key, ret, asked),
            (op, _) => self.took_effect(op, ret, asked),
        };
        match index {
            Some(index) => {
                if self.heard.is_none_or(|heard| heard.index < index) {
                    self.heard = Some(Heard { index, node: seen.node, event });
                }
                Ok(())
            }
            None if matches!(**op, Op::Get { .. }) && settings.config.reads == Reads::Stale => {
                self.stale_reads += 1;
                Ok(())
            }
            None => self.complain((op, operation.invoked.0), ret, asked, seen, settings),
        }
    }

    /// The first entry from which on a key had the value that a read has shown, none earlier than what was known when it
    /// was asked for.
    fn shown(&self, key: &Text, ret: &Ret, asked: Asked) -> Option<Index> {
        let least = asked.heard.map_or(0, |heard| heard.index);
        let shows = |value: &Option<Text>| match (value, ret) {
            (Some(value), Ret::Value(shown)) => value == shown,
            (None, Ret::Absent) => true,
            _ => false,
        };
        let Some(values) = self.values.get(key) else { return shows(&None).then_some(least) };
        let at = |nth: usize| values.get(nth).map_or((0, &None), |(index, value)| (*index, value));
        let first = (0..values.len()).rev().find(|nth| at(*nth).0 <= least);
        if first.is_none() && shows(&None) {
            return Some(least);
        }
        let mut later = (first.unwrap_or(0)..values.len()).map(at);
        later.find(|(_, value)| shows(value)).map(|(index, _)| index.max(least))
    }

    /// The entry by which a command took effect, with the answer that was given.
    fn took_effect(&self, op: &Op, ret: &Ret, asked: Asked) -> Option<Index> {
        let did = |index: &Index| {
            let effect = self.step(*index).and_then(|step| step.effect.as_ref());
            effect.is_some_and(|(ran, came)| **ran == *op && came == ret)
        };
        (asked.known + 1..=self.known()).find(did)
    }

    fn complain(
        &self,
        (op, invoked): (&Op, EventId),
        ret: &Ret,
        asked: Asked,
        seen: Seen,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let began = Seen { event: invoked, ..seen };
        let told = told(ret);
        let Op::Get { key } = op else {
            if !settings.config.sessions {
                return Ok(()); // as often as it was sent
            }
            let text = format!("was told {told}, and nowhere in the log did its command take effect like that");
            return violation(
                "exactly-once",
                seen,
                vec![began.evidence(format!("asked for {op}")), seen.evidence(text)],
            );
        };
        let mut evidence = vec![
            began.evidence(format!("asked for {op} after that")),
            seen.evidence(format!("was told {told}, which is older")),
        ];
        if let Some(heard) = asked.heard {
            let truth = self.value_at(key, heard.index);
            let truth = truth.map_or_else(|| format!("{key} is gone"), |value| format!("{key}={value}"));
            let text = format!("has heard of what stands at index {}, after which {truth}", heard.index);
            evidence.insert(0, Seen { node: heard.node, event: heard.event }.evidence(text));
        }
        violation("fresh-reads", seen, evidence)
    }

    fn value_at(&self, key: &Text, index: Index) -> Option<&Text> {
        let values = self.values.get(key)?;
        let latest = (0..values.len()).rev().filter_map(|nth| values.get(nth)).find(|(from, _)| *from <= index)?;
        latest.1.as_ref()
    }

    fn step(&self, index: Index) -> Option<&Step> {
        self.steps.get(index.checked_sub(1)? as usize)
    }
}

fn told(ret: &Ret) -> String {
    match ret {
        Ret::Value(value) => value.to_string(),
        Ret::Absent => "that there is nothing".to_owned(),
        Ret::CasFailed => "that it had another value".to_owned(),
        _ => "that it is done".to_owned(),
    }
}
