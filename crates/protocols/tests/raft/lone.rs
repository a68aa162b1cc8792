//! One server driven by hand: n1 of five.

use crate::rules;
use netsplit_protocols::raft::{
    Bug, Command, Config, Disk, Entry, Index, Line, Log, Msg, Op, Raft, Ret, Server, Settings, Term, Timer,
};
use netsplit_protocols::shared::kv;
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Choose, Cx, Effect, NodeId, OpId, Process, Time};
use std::sync::Arc;

pub struct Lone {
    pub me: NodeId,
    settings: Arc<Settings>,
    pub server: Server,
    /// What its clock shows.
    pub now: Time,
    /// What it did in its latest handler.
    pub did: Vec<Effect<Raft>>,
}

/// The server called `n1`, `n2`...
pub fn n(number: u16) -> NodeId {
    NodeId(number - 1)
}

pub fn put(key: &str, value: &str) -> kv::Op {
    kv::Op::Put { key: key.into(), value: value.into() }
}

/// The entry that stands at an index, made in a term.
pub fn entry(index: usize, term: Term) -> Entry {
    Entry { term, command: Command::Run(Arc::new(put("x", &format!("{index}.{term}")))) }
}

/// A log of entries with these terms.
pub fn log(terms: &[Term]) -> Log {
    terms.iter().enumerate().map(|(at, term)| entry(at + 1, *term)).collect()
}

/// By what two logs are known to be the same, wherever they begin.
pub fn end(log: &Log) -> (Index, Option<u64>) {
    (log.last_index(), log.digest_up_to(log.last_index()))
}

/// The terms of the entries that a log holds.
pub fn terms(log: &Log) -> Vec<Term> {
    log.from(log.base_index() + 1, u32::MAX).iter().map(|entry| entry.term).collect()
}

struct First;
impl Choose for First {
    fn choose(&mut self, _n: u64) -> u64 {
        0
    }
}

impl Lone {
    /// n1, restarted in a term, with a log of entries of these terms.
    pub fn server(current_term: Term, terms: &[Term]) -> Lone {
        Lone::with(n(1), Disk { current_term, log: log(terms), ..Disk::default() }, &Config::default(), Bugs::NONE)
    }
    pub fn with(me: NodeId, disk: Disk, config: &Config, bugs: Bugs) -> Lone {
        Lone::one_of(5, me, disk, config, bugs)
    }
    pub fn one_of(servers: usize, me: NodeId, disk: Disk, config: &Config, bugs: Bugs) -> Lone {
        let settings = Arc::new(Settings::new(config, bugs, &Cast { parts: vec![0; servers] }).unwrap());
        let mut did = Vec::new();
        let server = Server::boot(&settings, disk, &mut Cx::new(me, &[], Time::ZERO, &mut First, &mut did));
        Lone { me, settings, server, now: Time::ZERO, did }
    }
    pub fn with_bug(current_term: Term, terms: &[Term], bug: Bug) -> Lone {
        let disk = Disk { current_term, log: log(terms), ..Disk::default() };
        Lone::with(n(1), disk, &Config::default(), Bugs::NONE.with(bug as usize))
    }
    /// n1 of five with these settings, restarted in a term, with a log of entries of these terms.
    pub fn set(config: &Config, current_term: Term, terms: &[Term]) -> Lone {
        Lone::with(n(1), Disk { current_term, log: log(terms), ..Disk::default() }, config, Bugs::NONE)
    }
    /// A candidate in a term.
    pub fn candidate(term: Term, terms: &[Term]) -> Lone {
        let mut server = Lone::server(term - 1, terms);
        server.times_out();
        server
    }
    /// A leader of a term, with the votes of n2 and n3.
    pub fn leader(term: Term, terms: &[Term]) -> Lone {
        Lone::candidate(term, terms).elected(term)
    }
    /// The same, with a rule broken.
    pub fn leader_with_bug(term: Term, terms: &[Term], bug: Bug) -> Lone {
        let mut server = Lone::with_bug(term - 1, terms, bug);
        server.times_out();
        server.elected(term)
    }
    pub fn elected(mut self, term: Term) -> Lone {
        for voter in [2, 3] {
            self.hears(n(voter), netsplit_protocols::raft::RequestVoteReply { term, vote_granted: true });
        }
        assert!(self.server.is_leader());
        self
    }

    pub fn hears(&mut self, from: NodeId, msg: impl Into<Msg>) -> &mut Lone {
        let msg = msg.into();
        self.run(|server, cx| server.on_msg(from, msg, cx))
    }
    pub fn times_out(&mut self) -> &mut Lone {
        self.run(|server, cx| server.on_timer(Timer::Election, cx))
    }
    pub fn runs_out(&mut self, timer: Timer) -> &mut Lone {
        self.run(|server, cx| server.on_timer(timer, cx))
    }
    pub fn beats(&mut self) -> &mut Lone {
        self.run(|server, cx| server.on_timer(Timer::Heartbeat, cx))
    }
    pub fn is_asked(&mut self, id: u32, op: impl Into<Op>) -> &mut Lone {
        let op = op.into();
        self.run(|server, cx| server.on_op(OpId(id), op, cx))
    }
    /// It crashes, and starts again from its disk.
    pub fn restarts(&mut self) -> &mut Lone {
        let (settings, disk) = (self.settings.clone(), self.server.disk().clone());
        self.run(|server, cx| *server = Server::boot(&settings, disk, cx))
    }
    fn run(&mut self, handler: impl FnOnce(&mut Server, &mut Cx<Raft>)) -> &mut Lone {
        self.did.clear();
        handler(&mut self.server, &mut Cx::new(self.me, &[], self.now, &mut First, &mut self.did));
        rules::note(self.did.iter().filter_map(|effect| match effect {
            Effect::Line(line) => Some((*line).into()),
            _ => None,
        }));
        self
    }

    /// What it sent, and to whom.
    pub fn sent(&self) -> Vec<(NodeId, Msg)> {
        let sent = |effect: &Effect<Raft>| match effect {
            Effect::Send(to, msg) => Some((*to, msg.clone())),
            _ => None,
        };
        self.did.iter().filter_map(sent).collect()
    }
    /// The one message that it sent.
    pub fn answered(&self) -> Msg {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        sent[0].1.clone()
    }
    pub fn replied(&self) -> Vec<(OpId, Ret)> {
        let replied = |effect: &Effect<Raft>| match effect {
            Effect::Reply(id, ret) => Some((*id, ret.clone())),
            _ => None,
        };
        self.did.iter().filter_map(replied).collect()
    }
    pub fn armed(&self, timer: Timer) -> bool {
        self.did.iter().any(|effect| matches!(effect, Effect::SetTimer(set, _) if *set == timer))
    }
    pub fn disarmed(&self, timer: Timer) -> bool {
        self.did.iter().any(|effect| matches!(effect, Effect::CancelTimer(unset) if *unset == timer))
    }
    pub fn ran(&self, line: Line) -> bool {
        self.did.iter().any(|effect| matches!(effect, Effect::Line(ran) if *ran == line))
    }
    pub fn log(&self) -> Vec<Term> {
        terms(self.server.log())
    }
}
