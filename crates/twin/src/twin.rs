//! A cluster of which every server exists twice.

use crate::differences::{self, Context, Excuses, Reads, Said};
use crate::ours::Effects;
use crate::{Ours, Role, State, TICK, Theirs};
use netsplit_protocols::raft::{
    Bug, Command, Config, Configuration, Disk, Entry, Line, Msg, Settings, Snapshot, Term, Timer,
};
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Dice, Effect, NodeId, Seed};
use raft::eraftpb::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose messages are on their way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    /// Our core's.
    Ours,
    /// Those of raft-rs.
    Theirs,
}

/// What a twin starts from.
pub struct Plan {
    /// Whose messages are on their way.
    pub host: Host,
    /// What each server has on its disk.
    pub disks: Vec<Disk>,
    /// Our settings, from which theirs follow.
    pub config: Config,
    /// A rule that our core breaks.
    pub bug: Option<Bug>,
    /// Where timers are drawn from.
    pub seed: u64,
}

impl Plan {
    /// So many servers that have never run.
    pub fn of(host: Host, servers: usize) -> Plan {
        let config = Config { noop_on_election: true, ..Config::default() };
        Plan { host, disks: vec![Disk::default(); servers], config, bug: None, seed: 1 }
    }
    /// Servers that were in a term, with logs of entries of these terms.
    pub fn with_logs(host: Host, current_term: Term, logs: &[&[Term]]) -> Plan {
        let entry = |(at, term): (usize, &Term)| {
            let value = format!("{}.{term}", at + 1);
            Entry { term: *term, command: Command::Run(Arc::new(crate::ours::command(&value))) }
        };
        let log = |terms: &[Term]| terms.iter().enumerate().map(entry).collect();
        let disk = |terms: &&[Term]| Disk { current_term, log: log(terms), ..Disk::default() };
        Plan { disks: logs.iter().map(disk).collect(), ..Plan::of(host, logs.len()) }
    }
}

/// A message on its way, in both languages.
#[derive(Clone)]
pub struct Letter {
    /// Who sent it.
    pub from: NodeId,
    /// For whom it is.
    pub to: NodeId,
    /// For our server.
    pub ours: Msg,
    theirs: Message,
}

/// A server, twice.
struct Pair {
    ours: Ours,
    theirs: Theirs,
    timers: BTreeMap<Timer, Countdown>,
}

/// A timer: how many ticks it had, and has.
#[derive(Clone, Copy)]
struct Countdown {
    of: u64,
    left: u64,
}

/// A cluster of which every server exists twice.
pub struct Twin {
    host: Host,
    pairs: Vec<Pair>,
    /// What is on its way, in the order of sending.
    pub mail: Vec<Letter>,
    settings: Arc<Settings>,
    excuses: Excuses,
    reads: Reads,
    /// Those that ours may answer before theirs.
    early: BTreeSet<u64>,
    /// Whether the set of servers has ever changed.
    changed: bool,
    dice: Dice,
}

/// What a message of which something is answered has said.
#[derive(Clone, Copy, Default)]
struct Asked {
    term: Term,
    round: u64,
}

/// What a step came to: the first difference, in words.
pub type Verdict = Result<(), String>;

impl Twin {
    /// Starts every server.
    pub fn start(plan: Plan) -> Twin {
        let bugs = plan.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        let cast = Cast { parts: vec![0; plan.disks.len()] };
        let settings = Arc::new(Settings::new(&plan.config, bugs, &cast).expect("possible settings"));
        let mut twin = Twin {
            host: plan.host,
            pairs: Vec::new(),
            mail: Vec::new(),
            settings: settings.clone(),
            excuses: Excuses::default(),
            reads: Reads::default(),
            early: BTreeSet::new(),
            changed: false,
            dice: Dice::new(Seed(plan.seed)),
        };
        for (node, disk) in settings.servers.clone().into_iter().zip(plan.disks) {
            let theirs = Theirs::boot(node, &settings, &disk);
            let (ours, did) = Ours::boot(node, &settings, disk);
            twin.pairs.push(Pair { ours, theirs, timers: BTreeMap::new() });
            twin.arm(node, &did);
            twin.align(node);
        }
        twin
    }

    /// The state of a server of ours; after a step without differences, theirs is the same.
    pub fn state(&self, node: NodeId) -> State {
        self.pairs[node.index()].ours.state()
    }
    /// The servers.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.pairs.len() as u16).map(NodeId)
    }

    /// A message arrives, the one at this place among those on their way.
    pub fn deliver(&mut self, at: usize) -> Verdict {
        let Letter { from, to, ours, theirs } = self.mail.remove(at);
        let receiver = &self.pairs[to.index()].theirs;
        let before = receiver.state();
        let comparable = Said::comparable(&ours, before.term, receiver.in_lease());
        if !self.excuses.delivered(from, to, &ours, &theirs, &before) {
            return Ok(());
        }
        let round = if let Msg::AppendEntries(append) = &ours { *append.round } else { 0 };
        let asked = Asked { term: theirs.term, round };
        let served = match self.host {
            Host::Ours => self.reads.served_by_round(to, &ours, &theirs),
            Host::Theirs => self.reads.served_by_name(to, &theirs),
        };
        let message = differences::above(before.commit, theirs);
        self.step(to, comparable, asked, |pair| {
            let answers = served.into_iter().chain([message]).flat_map(|message| pair.theirs.hears(message)).collect();
            (pair.ours.hears(from, ours), answers)
        })
    }
    /// Time passes at a server.
    pub fn tick(&mut self, node: NodeId) -> Verdict {
        self.act(node, |pair| {
            pair.ours.clock_advances(TICK);
            let mut did = Effects::new();
            for timer in run_down(&mut pair.timers) {
                // What ran out at the same time may have unset it.
                if !did.iter().any(|effect| matches!(effect, Effect::CancelTimer(unset) if *unset == timer)) {
                    did.extend(pair.ours.runs_out(timer));
                }
            }
            let mut sent = pair.theirs.ticks();
            let lines = |line| did.iter().any(|effect| matches!(effect, Effect::Line(ran) if *ran == line));
            if lines(Line::StayOutside) {
                pair.theirs.follows_nobody();
            } else if (lines(Line::NoLeaderHeard) || lines(Line::ElectionTimedOut)) && !pair.theirs.has_vote() {
                sent.extend(pair.theirs.stands());
            }
            (did, sent)
        })
    }
    /// The election timer of a server that does not lead runs out.
    pub fn times_out(&mut self, node: NodeId) -> Verdict {
        let pair = &mut self.pairs[node.index()];
        let Some(election) = pair.timers.get_mut(&Timer::Election).filter(|_| pair.ours.state().role != Role::Leader)
        else {
            return Ok(());
        };
        election.left = 1;
        self.align(node);
        self.tick(node)
    }
    /// A server's heartbeat timer, if it runs, runs out.
    pub fn beats(&mut self, node: NodeId) -> Verdict {
        let left = self.pairs[node.index()].timers.get(&Timer::Heartbeat).map_or(0, |heartbeat| heartbeat.left);
        (0..left).try_for_each(|_| self.tick(node))
    }
    /// A server is asked to hand its leadership over.
    pub fn transfer(&mut self, node: NodeId, to: NodeId) -> Verdict {
        self.act(node, |pair| (pair.ours.hands_over(to), pair.theirs.hands_over(to)))
    }
    /// A server is asked to store a value.
    pub fn propose(&mut self, node: NodeId, value: &str) -> Verdict {
        self.act(node, |pair| (pair.ours.is_asked(value), pair.theirs.is_asked(value)))
    }
    /// A server is asked to go over to another set of servers, if it would take a change.
    pub fn configure(&mut self, node: NodeId, servers: &[NodeId]) -> Verdict {
        if !self.pairs[node.index()].theirs.takes_changes() {
            return Ok(());
        }
        self.act(node, |pair| (pair.ours.is_to_change(servers.to_vec()), Vec::new()))
    }
    /// A leader is asked for a read, if it can take one; whether it could.
    pub fn read(&mut self, node: NodeId) -> Result<bool, String> {
        let Pair { ours, theirs, .. } = &self.pairs[node.index()];
        let State { term, role, .. } = ours.state();
        if role != Role::Leader || !theirs.takes_reads() {
            return Ok(false);
        }
        let read = self.reads.ask(node, term);
        self.act(node, |pair| (pair.ours.is_read(read), pair.theirs.is_read(read)))?;
        Ok(true)
    }
    /// How many reads a server has answered.
    pub fn answered(&self, node: NodeId) -> usize {
        self.pairs[node.index()].ours.answered().len()
    }
    /// A server crashes, and starts again.
    pub fn restart(&mut self, node: NodeId) -> Verdict {
        self.act(node, |pair| {
            pair.timers.clear();
            pair.theirs.restarts();
            (pair.ours.restarts(), Vec::new())
        })
    }

    /// Both do something of their own accord.
    fn act(&mut self, node: NodeId, both: impl FnOnce(&mut Pair) -> (Effects, Vec<Message>)) -> Verdict {
        self.step(node, true, Asked::default(), both)
    }

    /// Both do something, and must have come to the same, and said the same if that is comparable.
    fn step(
        &mut self,
        node: NodeId,
        comparable: bool,
        asked: Asked,
        both: impl FnOnce(&mut Pair) -> (Effects, Vec<Message>),
    ) -> Verdict {
        let pair = &mut self.pairs[node.index()];
        let (before, snapshot) = (pair.ours.state(), pair.ours.snapshot());
        let (mut did, mut sent) = both(pair);
        if pair.ours.begins_change(&did) {
            let now = pair.ours.state().configuration;
            let old = before.configuration.servers.clone();
            let joint = Configuration { servers: old, next: now.next.or(Some(now.servers)) };
            sent.extend(pair.theirs.is_to_change(&joint));
        }
        pair.theirs.compacts(pair.ours.base());
        let sent_so_far = sent.iter().cloned().map(differences::plain).collect::<Vec<_>>();
        let (ours, theirs) = (pair.ours.state(), pair.theirs.state());
        let (we, they) = (Said::of_ours(&did, ours.commit), Said::of_theirs(&sent_so_far, theirs.commit));
        self.excuses.said(node, &we);
        self.excuses.compare(node, &ours, &theirs)?;
        if comparable {
            self.excuses.compare_said(node, &we, &they)?;
        }
        sent.extend(pair.theirs.knows(&pair.ours.peers()));
        self.changed |= ours.configuration != *self.settings.members;
        self.reads.note(node, ours.role == Role::Leader, &did);
        self.compare_reads(node, before.configuration != ours.configuration)?;
        if differences::late_vote(&we, &they) {
            did.retain(|effect| !matches!(effect, Effect::SetTimer(Timer::Election, _)));
        }
        self.arm(node, &did);
        self.compare_timers(node, &did, before.term, &ours)?;
        self.align(node);
        self.post(node, asked, snapshot, did, sent.into_iter().map(differences::plain).collect());
        Ok(())
    }

    /// Ours answers no read before theirs does, unless others decide since it was asked for, or it leads without a vote; and
    /// in the same step, if it is ours that asks for acknowledgements and the same servers have decided all along.
    fn compare_reads(&mut self, node: NodeId, others_decide: bool) -> Verdict {
        let Pair { ours, theirs, .. } = &self.pairs[node.index()];
        if others_decide || !ours.state().configuration.has(node) {
            self.early.extend(self.reads.asked_of(node));
        }
        let together = self.host == Host::Ours && !self.changed;
        let (ours, theirs) = (ours.answered(), theirs.answered());
        let early = ours.difference(theirs).all(|read| self.early.contains(read));
        if ours == theirs || (!together && early) {
            return Ok(());
        }
        Err(format!("ours has answered the reads {ours:?}, theirs {theirs:?}"))
    }

    /// What the host sent is on its way.
    fn post(
        &mut self,
        from: NodeId,
        asked: Asked,
        snapshot_before: Option<Arc<Snapshot>>,
        did: Effects,
        sent: Vec<Message>,
    ) {
        let sender = &self.pairs[from.index()];
        match self.host {
            Host::Ours => self.mail.extend(did.into_iter().filter_map(|effect| {
                let Effect::Send(to, ours) = effect else { return None };
                let theirs = differences::theirs(from, to, &ours, asked.term, &self.settings.servers)?;
                Some(Letter { from, to, ours, theirs })
            })),
            Host::Theirs => self.mail.extend(sent.into_iter().filter_map(|theirs| {
                let to = differences::node(theirs.to)?;
                let receiver = &self.pairs[to.index()].theirs;
                let context = Context {
                    term_at: &|index| sender.theirs.term_at(index).or_else(|| receiver.term_at(index)),
                    configuration_at: &|index| sender.theirs.configuration_at(index),
                    snapshots: [snapshot_before.clone(), sender.ours.snapshot()],
                    round: self.reads.round(from),
                    asked_in: asked.round,
                };
                let ours = differences::ours(&theirs, context)?;
                Some(Letter { from, to, ours, theirs })
            })),
        }
    }

    /// Timers are set and unset as our server says.
    fn arm(&mut self, node: NodeId, did: &Effects) {
        let timers = &mut self.pairs[node.index()].timers;
        for effect in did {
            match effect {
                Effect::SetTimer(timer, range) => {
                    let (shortest, longest) = (range.start.0 / TICK, range.end.0 / TICK);
                    let of = shortest + self.dice.below(longest - shortest);
                    timers.insert(*timer, Countdown { of, left: of });
                }
                Effect::CancelTimer(timer) => {
                    timers.remove(timer);
                }
                _ => {}
            }
        }
    }
    /// Both election timers have run for as long, unless it is excused that only theirs was started anew.
    fn compare_timers(&self, node: NodeId, did: &Effects, term_before: Term, now: &State) -> Verdict {
        let Pair { theirs, timers, .. } = &self.pairs[node.index()];
        let Some(election) = timers.get(&Timer::Election).filter(|_| now.role != Role::Leader) else {
            return Ok(());
        };
        let (ours, theirs) = (election.of - election.left, theirs.elapsed());
        let started = did.iter().any(|effect| matches!(effect, Effect::SetTimer(Timer::Election, _)));
        let excused = !started && theirs == 0 && self.excuses.timer(node, term_before, now);
        if ours == theirs || excused {
            return Ok(());
        }
        Err(format!("ours has run for {ours} ticks, theirs for {theirs}"))
    }
    /// Their timer is as ours is.
    fn align(&mut self, node: NodeId) {
        let pair = &mut self.pairs[node.index()];
        match pair.timers.get(&Timer::Election) {
            Some(Countdown { left, .. }) if pair.ours.state().role == Role::Leader => pair.theirs.set_check_in(*left),
            Some(Countdown { of, left }) => pair.theirs.set_timer(*of, of - left),
            None => {}
        }
    }
}

/// A tick of all timers: those that have run out.
fn run_down(timers: &mut BTreeMap<Timer, Countdown>) -> Vec<Timer> {
    timers.values_mut().for_each(|countdown| countdown.left -= 1);
    let due: Vec<Timer> = timers.iter().filter(|(_, countdown)| countdown.left == 0).map(|(timer, _)| *timer).collect();
    timers.retain(|_, countdown| countdown.left > 0);
    due
}
