//! CheckQuorum: a leader that hears no majority steps down (thesis, §6.2), so that clients look for another; and a server
//! that hears a leader lets nobody depose it (§4.2.3). The second needs the first: followers cling to a leader whose
//! messages reach them, so it must notice itself when theirs do not reach it.

use super::server::{Role, Server};
use super::{Line, Msg, Raft, Timer};
use netsplit_sim::Cx;

impl Server {
    /// A leader's election timeout has passed: who has answered since the last time?
    pub(super) fn check_quorum(&mut self, cx: &mut Cx<Raft>) {
        let Role::Leader { peers } = &mut self.role else {
            return;
        };
        let answered = |server| server == cx.me || peers.iter().any(|peer| peer.server == server && *peer.active);
        let heard = self.in_force.0.configuration.decided(answered);
        peers.iter_mut().for_each(|peer| *peer.active = false);
        if heard {
            cx.line(Line::QuorumHeard);
            return self.reset_election_timer(cx);
        }
        cx.line(Line::QuorumLost);
        self.leader_id = None;
        self.become_follower(cx);
    }

    /// The leader of this term spoke: for the shortest election timeout nobody else need lead.
    pub(super) fn hear_leader(&mut self, cx: &mut Cx<Raft>) {
        let config = &self.settings.config;
        if config.pre_vote || config.check_quorum {
            *self.hears_leader = true;
            let (shortest, _) = config.election_timeout;
            cx.set_timer(Timer::Silence, shortest..shortest);
        }
    }

    /// Whether it leads, or has heard from a leader within the shortest election timeout.
    pub(super) fn hears_leader(&self) -> bool {
        self.is_leader() || *self.hears_leader
    }

    /// A server that hears a leader does not even take over the term of a candidate, unless that leader wants it so.
    pub(super) fn ignores(&self, msg: &Msg, cx: &mut Cx<Raft>) -> bool {
        let disturbs = matches!(msg, Msg::RequestVote(ask) if ask.term > self.disk.current_term && !*ask.disrupt);
        let ignored = disturbs && self.settings.config.check_quorum && self.hears_leader();
        if ignored {
            cx.line(Line::IgnoreVote);
        }
        ignored
    }
}
