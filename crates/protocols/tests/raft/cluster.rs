//! A cluster in a world, with the invariants of Figure 3 watched after every event. Servers are n1, n2...; clients
//! come after them.

use crate::lone::{n, terms};
use crate::rules;
use netsplit_protocols::raft::{Bug, Config, Invariants, Msg, Op, Raft, Ret, Server, Term, View};
use netsplit_protocols::{Bugs, Cast, Entry};
use netsplit_sim::{
    Ending, EventId, Intervention, Kind, Latency, Link, Monitor, MsgId, Network, NodeId, OpId, Protocol, Recorder,
    Scene, Seed, Sent, Setup, Span, Step, Time, Topology, Trace, Violation, World,
};
use std::collections::BTreeMap;

#[derive(Clone)]
pub struct Cluster {
    pub world: World<Raft>,
    monitor: Invariants,
    pub notes: Notes,
    /// The first violation.
    pub violation: Option<Violation>,
    /// Every violation's invariant, in order.
    pub violated: Vec<&'static str>,
}

/// What a test wants to remember of a run.
#[derive(Clone, Default)]
pub struct Notes {
    node: Option<NodeId>,
    pub lines: Vec<u16>,
    pub replies: Vec<(OpId, Ret)>,
    pub lost: u32,
    /// How many messages of each name were sent.
    pub sent: BTreeMap<&'static str, usize>,
}

impl Recorder<Raft> for Notes {
    fn event(&mut self, _id: EventId, _at: Time, node: Option<NodeId>, _cause: EventId, _kind: Kind<'_, Raft>) {
        self.node = node;
    }
    fn line(&mut self, _event: EventId, line: u16) {
        self.lines.push(line);
        rules::note([line]);
    }
    fn replied(&mut self, op: OpId, ret: &Ret, _event: EventId, _at: Time) {
        self.replies.push((op, ret.clone()));
    }
    fn sent(&mut self, _sent: Sent, body: &Msg) {
        *self.sent.entry(Raft::tag(body).name).or_default() += 1;
    }
    fn settled(&mut self, _id: MsgId, _at: Time, ending: Ending) {
        self.lost += u32::from(ending == Ending::Lost);
    }
}

/// Every option there is, switched on.
pub fn complete() -> Config {
    Config { noop_on_election: true, pre_vote: true, check_quorum: true, snapshot_every: 3, ..Config::default() }
}

pub struct Plan {
    pub servers: usize,
    pub clients: usize,
    pub config: Config,
    pub bug: Option<Bug>,
    pub seed: u64,
    pub link: Link,
    pub disk: Span,
    pub hashing: bool,
}

impl Plan {
    /// Servers that do nothing by themselves but heartbeats: elections are for the test to start.
    pub fn by_hand(servers: usize) -> Plan {
        let patient = (Span::secs(1_000), Span::secs(2_000));
        let link = Link { latency: Latency::Constant(Span::millis(5)), ..Link::default() };
        Plan { config: Config { election_timeout: patient, ..Config::default() }, link, ..Plan::usual(servers) }
    }
    /// The usual settings.
    pub fn usual(servers: usize) -> Plan {
        Plan {
            servers,
            clients: 0,
            config: Config::default(),
            bug: None,
            seed: 1,
            link: Link::default(),
            disk: Span::ZERO,
            hashing: false,
        }
    }
    pub fn bug(self, bug: impl Into<Option<Bug>>) -> Plan {
        Plan { bug: bug.into(), ..self }
    }
    pub fn seed(self, seed: u64) -> Plan {
        Plan { seed, ..self }
    }
    pub fn clients(self, clients: usize) -> Plan {
        Plan { clients, ..self }
    }
    pub fn start(self) -> Cluster {
        let parts = [vec![0; self.servers], vec![1; self.clients]].concat();
        let bugs = self.bug.map_or(Bugs::NONE, |bug| Bugs::NONE.with(bug as usize));
        let setup = Setup {
            seed: Seed(self.seed),
            nodes: Raft::processes(&self.config, bugs, &Cast { parts }).unwrap(),
            topology: Topology::Mesh,
            network: Network { link: self.link, ..Network::default() },
            disk: (self.disk, false),
            hashing: self.hashing,
        };
        let mut cluster = Cluster {
            world: World::new(setup),
            monitor: Invariants::default(),
            notes: Notes::default(),
            violation: None,
            violated: Vec::new(),
        };
        while let Some(event) = cluster.world.boot_next(&mut cluster.notes) {
            cluster.watch(event);
        }
        cluster
    }
}

impl Cluster {
    fn watch(&mut self, event: EventId) {
        let node = self.notes.node;
        let scene = Scene { world: &self.world, trace: &Trace::default(), event, node };
        if let Err(violation) = self.monitor.after(&scene) {
            self.violated.push(violation.invariant);
            self.violation.get_or_insert(violation);
        }
    }
    /// One event; none if nothing is left to happen.
    pub fn step(&mut self) -> Option<EventId> {
        loop {
            match self.world.step(&mut self.notes) {
                Step::Event(event) => {
                    self.watch(event);
                    return Some(event);
                }
                Step::Nothing => {}
                Step::Idle => return None,
            }
        }
    }
    pub fn run(&mut self, span: Span) -> &mut Cluster {
        let until = self.world.now() + span;
        while self.world.next_due().is_some_and(|due| due <= until) {
            if let Step::Event(event) = self.world.step(&mut self.notes) {
                self.watch(event);
            }
        }
        self.world.wait_until(until);
        self
    }
    /// Long enough for every message and its answer, and for the next heartbeat.
    pub fn settle(&mut self) -> &mut Cluster {
        self.run(Span::millis(200))
    }
    pub fn apply(&mut self, what: Intervention<Op>) -> &mut Cluster {
        let event = self.world.apply(&what, &mut self.notes);
        self.watch(event);
        self
    }
    pub fn crash(&mut self, server: u16) -> &mut Cluster {
        self.apply(Intervention::Crash(n(server).into()))
    }
    pub fn restart(&mut self, server: u16) -> &mut Cluster {
        self.apply(Intervention::Restart(n(server).into()))
    }
    /// A server's election timeout passes now, and what follows from it happens.
    pub fn times_out(&mut self, server: u16) -> &mut Cluster {
        self.apply(Intervention::Fire(n(server).into(), Some("election".to_owned()))).settle()
    }
    /// Only these can speak to each other.
    pub fn together(&mut self, servers: &[u16]) -> &mut Cluster {
        self.apply(Intervention::Partition(vec![servers.iter().map(|server| n(*server).into()).collect()]))
    }
    pub fn heal(&mut self) -> &mut Cluster {
        self.apply(Intervention::Heal)
    }
    pub fn invoke(&mut self, node: u16, op: impl Into<Op>) -> &mut Cluster {
        self.apply(Intervention::Invoke(n(node).into(), op.into()))
    }
    pub fn put(&mut self, node: u16, value: &str) -> &mut Cluster {
        self.invoke(node, crate::lone::put("x", value))
    }

    pub fn server(&self, server: u16) -> &Server {
        match self.world.view(n(server)) {
            Some(View::Server(server)) => server,
            _ => panic!("n{server} is no server, or down"),
        }
    }
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.world.ids().filter_map(|node| match self.world.view(node) {
            Some(View::Server(server)) => Some(server),
            _ => None,
        })
    }
    pub fn leads(&self, server: u16) -> Option<Term> {
        Some(self.server(server)).filter(|server| server.is_leader()).map(Server::current_term)
    }
    pub fn log(&self, server: u16) -> Vec<Term> {
        terms(self.server(server).log())
    }
    pub fn value(&self, server: u16) -> Option<String> {
        self.server(server).state_machine().get("x").map(|value| value.to_string())
    }
    /// What the first violation says: the invariant, and each piece of evidence after its node.
    pub fn verdict(&self) -> (&'static str, Vec<String>) {
        let violation = self.violation.as_ref().expect("an invariant is violated");
        let text = |piece: &netsplit_sim::Evidence| format!("n{} {}", piece.node.0 + 1, piece.text);
        (violation.invariant, violation.evidence.iter().map(text).collect())
    }
}
