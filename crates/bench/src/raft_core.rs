//! Raft without the engine: servers in one loop, messages moved in memory, nothing waited for, beside raft-rs in the same
//! loop. Natively (src/bin/raft-core.rs) and in wasm (crates/twin/tests/bench_node.rs).

use netsplit_protocols::raft::{Config, Disk, Msg, Op, Raft, Server, Settings, Timer};
use netsplit_protocols::shared::kv::{self, Text};
use netsplit_protocols::{Bugs, Cast};
use netsplit_sim::{Choose, Cx, Effect, NodeId, OpId, Process, Time};
use raft::RawNode;
use raft::eraftpb::{ConfState, Entry, Message, MessageType};
use raft::storage::MemStorage;
use std::collections::VecDeque;
use std::sync::Arc;

/// What one entry carries.
const ENTRY: [u8; 64] = *b"sixty-four bytes, which is what a small write of a client weighs";

/// Our servers. The first one leads.
struct Ours {
    servers: Vec<Server>,
    mail: VecDeque<(NodeId, NodeId, Msg)>,
    effects: Vec<Effect<Raft>>,
    key: Text,
    asked: u32,
}

/// Raft makes no choices, and its timers are nobody's business here.
struct NoChoice;
impl Choose for NoChoice {
    fn choose(&mut self, _n: u64) -> u64 {
        0
    }
}

impl Ours {
    /// A cluster with a leader.
    fn new(servers: usize) -> Ours {
        let config = Config { noop_on_election: true, ..Config::default() };
        let cast = Cast { parts: vec![0; servers] };
        let settings = Arc::new(Settings::new(&config, Bugs::NONE, &cast).expect("possible settings"));
        let mut effects = Vec::new();
        let boot = |node: &NodeId| {
            Server::boot(&settings, Disk::default(), &mut Cx::new(*node, &[], Time::ZERO, &mut NoChoice, &mut effects))
        };
        let servers = settings.servers.iter().map(boot).collect();
        let mut ours = Ours { servers, mail: VecDeque::new(), effects, key: "x".into(), asked: 0 };
        ours.on(NodeId(0), |server, cx| server.on_timer(Timer::Election, cx));
        ours.settle();
        assert!(ours.servers[0].is_leader());
        ours
    }
    /// The leader is asked for so many commands, and all that follows from it happens.
    fn round(&mut self, proposals: u32) {
        for _ in 0..proposals {
            self.asked += 1;
            let value = str::from_utf8(&ENTRY).expect("a text").into();
            let op = Op::Run(Arc::new(kv::Op::Put { key: self.key.clone(), value }));
            let id = OpId(self.asked);
            self.on(NodeId(0), |server, cx| server.on_op(id, op, cx));
        }
        self.settle();
    }
    /// How many entries the leader has committed.
    fn committed(&self) -> u64 {
        self.servers[0].commit_index()
    }
    fn settle(&mut self) {
        while let Some((from, to, msg)) = self.mail.pop_front() {
            self.on(to, |server, cx| server.on_msg(from, msg, cx));
        }
    }
    fn on(&mut self, node: NodeId, handler: impl FnOnce(&mut Server, &mut Cx<Raft>)) {
        let server = &mut self.servers[node.index()];
        handler(server, &mut Cx::new(node, &[], Time::ZERO, &mut NoChoice, &mut self.effects));
        self.mail.extend(self.effects.drain(..).filter_map(|effect| match effect {
            Effect::Send(to, msg) => Some((node, to, msg)),
            _ => None,
        }));
    }
}

/// Servers of raft-rs, with the store that it brings along. The first one leads.
struct Theirs {
    servers: Vec<RawNode<MemStorage>>,
    mail: VecDeque<Message>,
    manner: Manner,
}

/// How raft-rs is set: as it comes, or with what makes it faster here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Manner {
    /// Its defaults, but without a limit to a message's size.
    Default,
    /// What is asked for together is proposed and sent together, and commits are told with the next entries, as ours does.
    Batching,
}

impl Manner {
    /// How many of so many proposals are made at a time.
    fn in_messages(self, proposals: u32) -> Vec<u32> {
        match self {
            Manner::Default => vec![1; proposals as usize],
            Manner::Batching => vec![proposals],
        }
    }
}

impl Theirs {
    /// A cluster with a leader.
    fn new(servers: u64, manner: Manner) -> Theirs {
        let silent = slog::Logger::root(slog::Discard, slog::o!());
        let members = ConfState::from(((1..=servers).collect::<Vec<u64>>(), vec![]));
        let start = |id| {
            let batching = manner == Manner::Batching;
            let config = raft::Config {
                max_size_per_msg: u64::MAX,
                batch_append: batching,
                skip_bcast_commit: batching,
                ..raft::Config::new(id)
            };
            let store = MemStorage::new_with_conf_state(members.clone());
            RawNode::new(&config, store, &silent).expect("possible settings")
        };
        let mut theirs = Theirs { servers: (1..=servers).map(start).collect(), mail: VecDeque::new(), manner };
        theirs.servers[0].campaign().expect("nobody leads");
        theirs.does(0);
        theirs.settle();
        assert_eq!(theirs.servers[0].raft.state, raft::StateRole::Leader);
        theirs
    }
    /// The leader is asked for so many commands, and all that follows from it happens.
    fn round(&mut self, proposals: u32) {
        let entry = || Entry { data: ENTRY.to_vec().into(), ..Entry::default() };
        for together in self.manner.in_messages(proposals) {
            let mut message = Message { from: 1, ..Message::default() };
            message.set_msg_type(MessageType::MsgPropose);
            message.set_entries((0..together).map(|_| entry()).collect());
            self.servers[0].raft.step(message).expect("it leads");
        }
        self.does(0);
        self.settle();
    }
    /// How many entries the leader has committed.
    fn committed(&self) -> u64 {
        self.servers[0].raft.raft_log.committed
    }
    fn settle(&mut self) {
        while let Some(message) = self.mail.pop_front() {
            let to = message.to as usize - 1;
            self.servers[to].step(message).expect("a member's message");
            self.does(to);
        }
    }
    /// What is ready is stored and sent, as its documentation says.
    fn does(&mut self, at: usize) {
        let server = &mut self.servers[at];
        while server.has_ready() {
            let mut ready = server.ready();
            self.mail.extend(ready.take_messages());
            server.mut_store().wl().append(ready.entries()).expect("entries that follow");
            if let Some(hard) = ready.hs() {
                server.mut_store().wl().set_hardstate(hard.clone());
            }
            self.mail.extend(ready.take_persisted_messages());
            let mut light = server.advance(ready);
            if let Some(commit) = light.commit_index() {
                server.mut_store().wl().mut_hard_state().commit = commit;
            }
            self.mail.extend(light.take_messages());
            server.advance_apply();
        }
    }
}

/// Commits of our servers in so many rounds.
fn ours(servers: usize, rounds: u32, proposals: u32) -> u32 {
    let mut cluster = Ours::new(servers);
    let before = cluster.committed();
    (0..rounds).for_each(|_| cluster.round(proposals));
    count(cluster.committed() - before, rounds * proposals)
}

/// Commits of theirs.
fn theirs(servers: usize, rounds: u32, proposals: u32, manner: Manner) -> u32 {
    let mut cluster = Theirs::new(servers as u64, manner);
    let before = cluster.committed();
    (0..rounds).for_each(|_| cluster.round(proposals));
    count(cluster.committed() - before, rounds * proposals)
}

fn count(committed: u64, proposed: u32) -> u32 {
    assert_eq!(committed, u64::from(proposed), "everything proposed is committed");
    proposed
}

/// Entries of one measurement.
const ENTRIES: u32 = 192_000;
/// How often each is measured. The best counts: whatever else the machine does can only slow a measurement down.
const RUNS: u32 = 9;

/// A measurement, given the number of servers, of rounds, and of proposals in each.
type Work = fn(usize, u32, u32) -> u32;

const MEASURED: [(&str, Work); 3] = [
    ("netsplit", ours),
    ("raft-rs 0.7", |servers, rounds, proposals| theirs(servers, rounds, proposals, Manner::Default)),
    ("raft-rs 0.7, batching", |servers, rounds, proposals| theirs(servers, rounds, proposals, Manner::Batching)),
];

/// All that is measured, by a clock that counts seconds, as lines for `cargo xtask bench raft-core` to read. Who is compared
/// is measured in turns.
pub fn figures(seconds: impl Fn() -> f64) -> Vec<String> {
    let mut told = Vec::new();
    for (servers, proposals) in [(3, 1), (3, 64), (5, 1), (5, 64)] {
        let mut best = [0.0_f64; MEASURED.len()];
        for _ in 0..RUNS {
            for (best, (_, work)) in best.iter_mut().zip(MEASURED) {
                let start = seconds();
                let commits = work(servers, ENTRIES / proposals, proposals);
                *best = best.max(f64::from(commits) / (seconds() - start) / 1e6);
            }
        }
        for (best, (who, _)) in best.iter().zip(MEASURED) {
            told.push(format!("{servers} servers, {proposals} a round: {who}: {best:.3} million commits a second"));
        }
    }
    told
}
