//! A cluster of which every server exists twice.

use crate::differences::{self, Excuses, Said};
use crate::ours::Effects;
use crate::{Ours, State, TICK, Theirs};
use netsplit_protocols::raft::{Bug, Config, Disk, Entry, Msg, Settings, Term, Timer};
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Dice, Effect, NodeId, Seed};
use raft::eraftpb::Message;
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
            Entry { term: *term, command: Some(Arc::new(crate::ours::command(&value))) }
        };
        let log = |terms: &[Term]| terms.iter().enumerate().map(entry).collect();
        let disk = |terms: &&[Term]| Disk { current_term, voted_for: None, log: log(terms) };
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
    election: Option<Countdown>,
    heartbeat: Option<Countdown>,
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
    excuses: Excuses,
    dice: Dice,
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
            excuses: Excuses::default(),
            dice: Dice::new(Seed(plan.seed)),
        };
        for (node, disk) in settings.servers.clone().into_iter().zip(plan.disks) {
            let theirs = Theirs::boot(node, &settings, &disk);
            let (ours, did) = Ours::boot(node, &settings, disk);
            twin.pairs.push(Pair { ours, theirs, election: None, heartbeat: None });
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
        let before = self.pairs[to.index()].theirs.state();
        self.excuses.delivered(from, to, &ours, &before);
        let silent = Said::only_ours(&ours, before.term);
        let message = differences::above(before.commit, theirs);
        self.step(to, silent, |pair| (pair.ours.hears(from, ours), pair.theirs.hears(message)))
    }
    /// Time passes at a server.
    pub fn tick(&mut self, node: NodeId) -> Verdict {
        self.step(node, false, |pair| {
            pair.ours.clock_advances(TICK);
            let due = [(Timer::Election, &mut pair.election), (Timer::Heartbeat, &mut pair.heartbeat)]
                .into_iter()
                .filter_map(|(timer, countdown)| run_down(countdown).then_some(timer));
            let due: Vec<Timer> = due.collect();
            let did = due.into_iter().flat_map(|timer| pair.ours.runs_out(timer)).collect();
            (did, pair.theirs.ticks())
        })
    }
    /// A server's election timer, if it runs, runs out.
    pub fn times_out(&mut self, node: NodeId) -> Verdict {
        let pair = &mut self.pairs[node.index()];
        let Some(election) = &mut pair.election else { return Ok(()) };
        election.left = 1;
        self.align(node);
        self.tick(node)
    }
    /// A server's heartbeat timer, if it runs, runs out.
    pub fn beats(&mut self, node: NodeId) -> Verdict {
        let left = self.pairs[node.index()].heartbeat.map_or(0, |heartbeat| heartbeat.left);
        (0..left).try_for_each(|_| self.tick(node))
    }
    /// A server is asked to store a value.
    pub fn propose(&mut self, node: NodeId, value: &str) -> Verdict {
        self.step(node, false, |pair| (pair.ours.is_asked(value), pair.theirs.is_asked(value)))
    }
    /// A server crashes, and starts again.
    pub fn restart(&mut self, node: NodeId) -> Verdict {
        self.step(node, false, |pair| {
            (pair.election, pair.heartbeat) = (None, None);
            pair.theirs.restarts();
            (pair.ours.restarts(), Vec::new())
        })
    }

    /// Both do something, and must have come to the same.
    fn step(
        &mut self,
        node: NodeId,
        only_ours: bool,
        both: impl FnOnce(&mut Pair) -> (Effects, Vec<Message>),
    ) -> Verdict {
        let servers = self.pairs.len();
        let pair = &mut self.pairs[node.index()];
        let term = pair.ours.state().term;
        let (did, sent) = both(pair);
        let sent: Vec<Message> = sent.into_iter().map(differences::plain).collect();
        let (ours, theirs) = (pair.ours.state(), pair.theirs.state());
        self.excuses.compare(node, servers, &ours, &theirs)?;
        if !only_ours {
            let (we, they) = (Said::of_ours(&did, ours.commit), Said::of_theirs(&sent, theirs.commit));
            self.excuses.compare_said(node, &we, &they)?;
        }
        self.arm(node, &did);
        self.compare_timers(node, &did, term, &ours)?;
        self.align(node);
        self.post(node, did, sent);
        Ok(())
    }

    /// What the host sent is on its way.
    fn post(&mut self, from: NodeId, did: Effects, sent: Vec<Message>) {
        match self.host {
            Host::Ours => self.mail.extend(did.into_iter().filter_map(|effect| {
                let Effect::Send(to, ours) = effect else { return None };
                let theirs = differences::theirs(from, to, &ours)?;
                Some(Letter { from, to, ours, theirs })
            })),
            Host::Theirs => {
                let sender = &self.pairs[from.index()].theirs;
                self.mail.extend(sent.into_iter().filter_map(|theirs| {
                    let to = differences::node(theirs.to)?;
                    let ours = differences::ours(&theirs, |index| sender.term_at(index))?;
                    Some(Letter { from, to, ours, theirs })
                }));
            }
        }
    }

    /// Timers are set and unset as our server says.
    fn arm(&mut self, node: NodeId, did: &Effects) {
        for effect in did {
            let (timer, countdown) = match effect {
                Effect::SetTimer(timer, range) => {
                    let (shortest, longest) = (range.start.0 / TICK, range.end.0 / TICK);
                    let of = shortest + self.dice.below(longest - shortest);
                    (*timer, Some(Countdown { of, left: of }))
                }
                Effect::CancelTimer(timer) => (*timer, None),
                _ => continue,
            };
            let pair = &mut self.pairs[node.index()];
            match timer {
                Timer::Election => pair.election = countdown,
                Timer::Heartbeat => pair.heartbeat = countdown,
                Timer::Retry => {} // of clients
            }
        }
    }
    /// Both timers have run for as long, unless it is excused that only one of them was started anew.
    fn compare_timers(&self, node: NodeId, did: &Effects, term_before: Term, now: &State) -> Verdict {
        let Pair { theirs, election: Some(election), .. } = &self.pairs[node.index()] else {
            return Ok(());
        };
        let (ours, theirs) = (election.of - election.left, theirs.elapsed());
        let started = did.iter().any(|effect| matches!(effect, Effect::SetTimer(Timer::Election, _)));
        let excused = (started || theirs == 0) && self.excuses.timer(node, self.pairs.len(), started, term_before, now);
        if ours == theirs || excused {
            return Ok(());
        }
        Err(format!("ours has run for {ours} ticks, theirs for {theirs}"))
    }
    /// Their timer is as ours is.
    fn align(&mut self, node: NodeId) {
        let pair = &mut self.pairs[node.index()];
        if let Some(Countdown { of, left }) = pair.election {
            pair.theirs.set_timer(of, of - left);
        }
    }
}

/// A tick of a timer; whether it has run out.
fn run_down(timer: &mut Option<Countdown>) -> bool {
    let Some(countdown) = timer else { return false };
    countdown.left -= 1;
    if countdown.left == 0 {
        *timer = None;
        return true;
    }
    false
}
