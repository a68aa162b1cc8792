//! What scripts are written in. Every step compares the two; the first difference ends the test.

use netsplit_protocols::raft::{Configuration, Term};
use netsplit_sim::NodeId;
use netsplit_twin::{Host, Letter, Plan, Role, State, Twin};
use std::ops::{Deref, DerefMut};

pub struct Script(Twin);

impl Deref for Script {
    type Target = Twin;
    fn deref(&self) -> &Twin {
        &self.0
    }
}
impl DerefMut for Script {
    fn deref_mut(&mut self) -> &mut Twin {
        &mut self.0
    }
}

/// A test of either host.
pub fn with_either_host(test: impl Fn(Host)) {
    for host in [Host::Ours, Host::Theirs] {
        test(host);
    }
}

pub fn n(number: u16) -> NodeId {
    NodeId(number - 1)
}

pub fn nodes(numbers: &[u16]) -> Vec<NodeId> {
    numbers.iter().map(|number| n(*number)).collect()
}

impl Script {
    pub fn of(plan: Plan) -> Script {
        Script(Twin::start(plan))
    }
    #[track_caller]
    pub fn times_out(&mut self, server: u16) -> &mut Script {
        self.0.times_out(n(server)).unwrap();
        self
    }
    #[track_caller]
    pub fn beats(&mut self, server: u16) -> &mut Script {
        self.0.beats(n(server)).unwrap();
        self
    }
    #[track_caller]
    pub fn propose(&mut self, server: u16, value: &str) -> &mut Script {
        self.0.propose(n(server), value).unwrap();
        self
    }
    #[track_caller]
    pub fn ticks(&mut self, server: u16, ticks: u32) -> &mut Script {
        for _ in 0..ticks {
            self.0.tick(n(server)).unwrap();
        }
        self
    }
    #[track_caller]
    pub fn hands_over(&mut self, server: u16, to: u16) -> &mut Script {
        self.0.transfer(n(server), n(to)).unwrap();
        self
    }
    #[track_caller]
    pub fn configure(&mut self, server: u16, servers: &[u16]) -> &mut Script {
        self.0.configure(n(server), &nodes(servers)).unwrap();
        self
    }
    /// The same, where the two may differ.
    pub fn configure_anyhow(&mut self, server: u16, servers: &[u16]) -> Result<(), String> {
        self.0.configure(n(server), &nodes(servers))
    }
    /// A leader that can take a read is asked for one.
    #[track_caller]
    pub fn reads(&mut self, server: u16) -> &mut Script {
        assert!(self.0.read(n(server)).unwrap(), "it leads, and has committed something in its term");
        self
    }
    /// It crashes: what is on its way to it or from it is lost. It starts again at once.
    #[track_caller]
    pub fn restart(&mut self, server: u16) -> &mut Script {
        self.0.mail.retain(|letter| letter.from != n(server) && letter.to != n(server));
        self.0.restart(n(server)).unwrap();
        self
    }
    /// The oldest message from one to another arrives.
    #[track_caller]
    pub fn arrives(&mut self, from: u16, to: u16) -> &mut Script {
        let at = self.0.mail.iter().position(|letter| (letter.from, letter.to) == (n(from), n(to)));
        self.0.deliver(at.expect("a message")).unwrap();
        self
    }
    /// The oldest message of all arrives.
    #[track_caller]
    pub fn deliver_first(&mut self) -> &mut Script {
        self.0.deliver(0).unwrap();
        self
    }
    /// Delivers, in order, until nothing is on its way. What this refuses is lost.
    #[track_caller]
    pub fn deliver_if(&mut self, may: impl Fn(&Twin, &Letter) -> bool) -> &mut Script {
        for _ in 0..1_000 {
            if self.0.mail.is_empty() {
                return self;
            }
            if may(&self.0, &self.0.mail[0]) {
                self.0.deliver(0).unwrap();
            } else {
                self.0.mail.remove(0);
            }
        }
        panic!("it never ends");
    }
    #[track_caller]
    pub fn settle(&mut self) -> &mut Script {
        self.deliver_if(|_, _| true)
    }
    /// The same, but only these can speak to each other.
    #[track_caller]
    pub fn settle_among(&mut self, servers: &[u16]) -> &mut Script {
        let inside = |node: NodeId| servers.contains(&(node.0 + 1));
        self.deliver_if(|_, letter| inside(letter.from) && inside(letter.to))
    }

    pub fn server(&self, server: u16) -> State {
        self.state(n(server))
    }
    pub fn leads(&self, server: u16) -> Option<Term> {
        let state = self.server(server);
        (state.role == Role::Leader).then_some(state.term)
    }
    /// The servers that decide, and in the middle of a change, those that will.
    pub fn voters(&self, server: u16) -> (Vec<u16>, Option<Vec<u16>>) {
        let numbers = |nodes: Vec<NodeId>| nodes.into_iter().map(|node| node.0 + 1).collect();
        let Configuration { servers, next } = self.server(server).configuration;
        (numbers(servers), next.map(numbers))
    }
    pub fn log(&self, server: u16) -> Vec<Term> {
        self.server(server).log.iter().map(|(term, _)| *term).collect()
    }
    pub fn commits(&self) -> Vec<u64> {
        self.nodes().map(|node| self.state(node).commit).collect()
    }
}
