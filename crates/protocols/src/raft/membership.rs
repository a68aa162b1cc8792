//! Changing the set of servers while the cluster works (thesis, §4): any set becomes any other by *joint consensus* (§4.3).
//!
//! There is no moment at which all servers go over from the old set to the new. If each went over by itself, a majority of
//! the old and a majority of the new could elect two leaders of one term. So the log carries the change, in two steps.
//! The leader appends C_old,new; whoever has that entry needs both majorities for everything, be it an election or a
//! commitment. Once it is committed nobody can decide anything with the old set alone, and the leader appends C_new; once
//! that is committed, the servers that are not in it are no longer needed, the leader itself perhaps among them. A server
//! goes by the latest configuration in its log, committed or not.
//!
//! New servers have empty logs and would hold up every commitment. So they are sent the log first, without a vote, in rounds:
//! in each, what the leader has at its start. A round that takes less than an election timeout is the last (§4.2.1).

use super::server::{Asker, Disk, Peer, Role, Server, Waiting, answer};
use super::{Bug, Command, Configuration, Entry, Index, Line, Raft, Ret, Timer};
use netsplit_sim::digest::Added;
use netsplit_sim::{Cx, NodeId, OpId};
use serde::Serialize;
use std::sync::Arc;

/// The configuration that a server goes by, and the index of its entry; 0 for the one that the cluster starts with.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    pub index: Index,
    pub configuration: Arc<Configuration>,
}

/// A change before its first step: the new servers catch up.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CatchUp {
    /// The servers that there shall be.
    servers: Vec<NodeId>,
    /// The operation that asked for it.
    id: OpId,
    /// What the leader had when the round began.
    round_ends: Index,
    /// Whether the round has taken too long to be the last.
    late: bool,
    /// How many election timeouts more it may take in all.
    patience: u8,
}

/// How many election timeouts new servers may take to catch up.
const PATIENCE: u8 = 10;

impl Server {
    /// The configuration that it goes by.
    pub fn configuration(&self) -> &Configuration {
        &self.in_force.0.configuration
    }

    /// Goes by the latest configuration in its log, or else by that of its snapshot, or else by the first.
    pub(super) fn adopt_latest_configuration(&mut self) {
        let last = self.disk.log.last_index();
        self.in_force.0 = self.configuration_at(last);
    }

    /// The latest configuration up to an index.
    pub(super) fn configuration_at(&self, index: Index) -> InForce {
        let Disk { log, snapshot, .. } = &self.disk;
        let entry = |index| match log.get(index).map(|entry| &entry.command) {
            Some(Command::Configure(configuration)) => Some(InForce { index, configuration: configuration.clone() }),
            _ => None,
        };
        (log.base_index() + 1..=index).rev().find_map(entry).unwrap_or_else(|| match snapshot.as_deref() {
            Some(snapshot) => InForce { index: snapshot.last_index, configuration: snapshot.configuration.clone() },
            None => InForce { index: 0, configuration: self.settings.members.clone() },
        })
    }

    /// Whether it has no vote, and knows that this will not change by itself: then it does not stand for election.
    pub(super) fn is_outside(&self) -> bool {
        !self.configuration().has(self.me.0) && self.in_force.0.index <= self.commit_index
    }

    /// Somebody at this server asks for another set of servers.
    pub(super) fn on_configure(&mut self, id: OpId, mut servers: Vec<NodeId>, cx: &mut Cx<Raft>) {
        servers.sort_unstable();
        servers.dedup();
        if let Err(ret) = self.can_configure(&servers) {
            cx.line(Line::RefuseClient);
            return answer(Asker::Here, id, ret, cx);
        }
        if self.configuration().servers == servers {
            return answer(Asker::Here, id, Ret::Ok, cx);
        }
        cx.line(Line::BeginCatchUp);
        let new: Vec<NodeId> = servers.iter().copied().filter(|server| !self.configuration().has(*server)).collect();
        let round_ends = self.disk.log.last_index();
        *self.catch_up = Some(CatchUp { servers, id, round_ends, late: false, patience: PATIENCE });
        self.time_round(cx);
        self.know_peers(new);
        self.send_what_is_new(cx);
        self.end_round(cx); // nobody new, or nothing to catch up with
    }

    fn can_configure(&self, servers: &[NodeId]) -> Result<(), Ret> {
        let known = |server| self.settings.servers.contains(server);
        if !self.is_leader() {
            Err(Ret::NotLeader { hint: self.leader_id })
        } else if servers.is_empty() || !servers.iter().all(known) {
            Err(Ret::refused("these are not servers"))
        } else if self.catch_up.is_some() || self.in_force.0.index > self.commit_index {
            Err(Ret::refused("another change is under way"))
        } else if self.transfer.is_some() {
            Err(Ret::refused("the leadership is being transferred"))
        } else {
            Ok(())
        }
    }

    fn time_round(&self, cx: &mut Cx<Raft>) {
        let (shortest, _) = self.settings.config.election_timeout;
        cx.set_timer(Timer::CatchUp, shortest..shortest);
    }

    /// Leaders: somebody has stored something. Is the round over, and was it quick enough to be the last?
    pub(super) fn end_round(&mut self, cx: &mut Cx<Raft>) {
        let (Some(catch_up), Role::Leader { peers }) = (&mut *self.catch_up, &self.role) else {
            return;
        };
        let members = &self.in_force.0.configuration;
        let behind = |peer: &Peer| !members.has(peer.server) && peer.match_index < catch_up.round_ends;
        if peers.iter().any(behind) {
            return;
        }
        if catch_up.late {
            cx.line(Line::NextRound);
            (catch_up.round_ends, catch_up.late) = (self.disk.log.last_index(), false);
            return self.time_round(cx);
        }
        cx.cancel_timer(Timer::CatchUp);
        if let Some(CatchUp { servers, id, .. }) = self.catch_up.take() {
            self.begin_change(servers, id, cx);
        }
    }

    /// A round takes as long as an election timeout.
    pub(super) fn on_late_round(&mut self, cx: &mut Cx<Raft>) {
        let Some(catch_up) = &mut *self.catch_up else {
            return;
        };
        catch_up.late = true;
        catch_up.patience -= 1;
        if catch_up.patience > 0 {
            return self.time_round(cx);
        }
        cx.line(Line::AbortCatchUp);
        self.abort_catch_up("a new server does not catch up", cx);
        let configuration = self.in_force.0.configuration.clone();
        if let Role::Leader { peers } = &mut self.role {
            peers.retain(|peer| configuration.has(peer.server));
        }
    }

    pub(super) fn abort_catch_up(&mut self, reason: &str, cx: &mut Cx<Raft>) {
        if let Some(CatchUp { id, .. }) = self.catch_up.take() {
            cx.cancel_timer(Timer::CatchUp);
            answer(Asker::Here, id, Ret::refused(reason), cx);
        }
    }

    /// The first step: C_old,new.
    fn begin_change(&mut self, servers: Vec<NodeId>, id: OpId, cx: &mut Cx<Raft>) {
        cx.line(Line::AppendJoint);
        let configuration = match self.settings.broken(Bug::SingleStepChange) {
            true => Configuration::of(servers),
            false => Configuration { servers: self.configuration().servers.clone(), next: Some(servers) },
        };
        self.append_configuration(configuration, Some(id), cx);
        self.advance_commit(cx); // whoever has it already may be enough
    }

    /// The second step: C_new.
    fn finish_change(&mut self, servers: Vec<NodeId>, id: Option<OpId>, cx: &mut Cx<Raft>) {
        cx.line(Line::AppendNewConfiguration);
        self.append_configuration(Configuration::of(servers), id, cx);
    }

    fn append_configuration(&mut self, configuration: Configuration, id: Option<OpId>, cx: &mut Cx<Raft>) {
        let command = Command::Configure(Arc::new(configuration));
        self.disk.log.push(Entry { term: self.disk.current_term, command });
        let index = self.disk.log.last_index();
        self.waiting.extend(id.map(|id| Waiting { index, id, asker: Asker::Here }));
        self.adopt_latest_configuration();
        cx.line(Line::AdoptConfiguration);
        let configuration = self.in_force.0.configuration.clone();
        if let Role::Leader { peers } = &mut self.role {
            peers.retain(|peer| configuration.has(peer.server));
        }
        self.know_peers(configuration.others(cx.me));
        self.send_what_is_new(cx);
    }

    /// A leader keeps track of these too from now on, and sends them its log from the beginning.
    fn know_peers(&mut self, servers: impl IntoIterator<Item = NodeId>) {
        let Role::Leader { peers } = &mut self.role else {
            return;
        };
        for server in servers {
            if peers.iter().all(|peer| peer.server != server) {
                peers.push(Peer { server, next_index: 1, match_index: 0, sent_index: 0, active: Added(false) });
            }
        }
    }

    /// A configuration is committed. If it is joint, the leader goes on to the second step; if not, the change is over.
    pub(super) fn apply_configuration(&mut self, configuration: &Configuration, cx: &mut Cx<Raft>) {
        let in_charge = self.is_leader() && self.in_force.0.index == self.last_applied;
        if let Some(servers) = &configuration.next {
            let waiting = self.waiting.pop_front_if(|waiting| waiting.index == self.last_applied);
            if in_charge {
                self.finish_change(servers.clone(), waiting.map(|waiting| waiting.id), cx);
            }
        } else if in_charge && !configuration.has(cx.me) {
            cx.line(Line::LeaveOffice);
            self.leader_id = None;
            self.become_follower(cx);
        }
    }

    /// A new leader goes on with the change that it finds.
    pub(super) fn resume_change(&mut self, cx: &mut Cx<Raft>) {
        let InForce { index, configuration } = self.in_force.0.clone();
        if let Some(servers) = configuration.next.clone()
            && index <= self.commit_index
        {
            self.finish_change(servers, None, cx);
        }
    }
}
