//! The normal case: three phases give every request its place, and it is executed there.

use super::messages::{Asked, Digest, Msg, Phase, Prepared, Reply, Vote};
use super::replica::{Disk, Executed, Replica, Slot};
use super::{Bug, Line, Pbft, Seq, Signed, Timer};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, NodeId};
use std::sync::Arc;

impl Replica {
    pub(super) fn on_request(&mut self, from: NodeId, asked: Asked, cx: &mut Cx<Pbft>) {
        let client = asked.by();
        if let Some((timestamp, ret)) = self.disk.state.replies.get(&client)
            && asked.timestamp <= *timestamp
        {
            if asked.timestamp == *timestamp {
                cx.line(Line::ReplyAgain);
                let reply = Reply { view: self.disk.view, timestamp: *timestamp, ret: ret.clone() };
                let reply = Signed::new(cx, reply);
                cx.send(client, Msg::Reply(reply));
            }
            return;
        }
        self.wait_for(asked.clone());
        if self.is_primary(cx.me) {
            self.order(cx);
        } else if from == client && !self.disk.changing {
            cx.line(Line::Relay);
            cx.send(self.settings.primary(self.disk.view), Msg::Request(asked));
        }
        self.watch(cx);
    }

    /// A client is served its latest request.
    fn wait_for(&mut self, asked: Asked) {
        let done = self.disk.state.replies.get(&asked.by()).is_some_and(|(done, _)| asked.timestamp <= *done);
        let newer = self.pending.get(&asked.by()).is_none_or(|known| known.timestamp < asked.timestamp);
        if !done && newer {
            self.pending.insert(asked.by(), asked);
        }
    }

    /// The primary gives numbers to what has none, as long as there is room before the high water mark.
    pub(super) fn order(&mut self, cx: &mut Cx<Pbft>) {
        if self.disk.changing || !self.is_primary(cx.me) {
            return;
        }
        for asked in self.pending.values().cloned().collect::<Vec<_>>() {
            let digest = Digest::of(Some(&asked));
            let ordered = |slot: &Slot| slot.order.as_ref().is_some_and(|(order, _)| order.digest == digest);
            if self.disk.log.values().any(ordered) {
                continue;
            }
            let given = self.disk.log.iter().filter(|(_, slot)| slot.order.is_some() || slot.committed.is_some());
            let last = given.map(|(seq, _)| *seq).max().unwrap_or(0);
            let seq = last.max(self.disk.executed).max(self.disk.stable.seq) + 1;
            if seq > self.high() {
                break;
            }
            cx.line(Line::PrePrepare);
            let order = Signed::new(cx, Vote { phase: Phase::PrePrepare, view: self.disk.view, seq, digest });
            self.broadcast(&Msg::PrePrepare(order.clone(), Some(asked.clone())), cx);
            self.disk.log.entry(seq).or_default().order = Some((order, Some(asked)));
            self.advance(seq, cx);
        }
    }

    pub(super) fn on_pre_prepare(&mut self, order: Signed<Vote>, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        let Disk { view, changing, .. } = self.disk;
        if order.view > view || order.view == view && changing {
            if self.early.len() < 4 * self.settings.window() as usize {
                self.early.push((order, request));
            }
            return;
        }
        let by_primary = order.by() == self.settings.primary(view) && order.phase == Phase::PrePrepare;
        let in_window = order.seq > self.disk.stable.seq && order.seq <= self.high();
        if order.view != view || !by_primary || !in_window || order.by() == cx.me {
            return;
        }
        if Digest::of(request.as_ref()) != order.digest && !self.settings.broken(Bug::DigestNotCompared) {
            cx.line(Line::WrongDigest);
            return;
        }
        if let Some(asked) = &request {
            self.wait_for(asked.clone());
        }
        self.accept(order, request, cx);
        self.watch(cx);
    }

    /// Takes the primary's word for a number, if it has given none for it in this view.
    pub(super) fn accept(&mut self, order: Signed<Vote>, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        let Vote { view, seq, digest, .. } = *order;
        let slot = self.disk.log.entry(seq).or_default();
        if slot.order.is_some() {
            return;
        }
        slot.order = Some((order, request));
        if !self.is_primary(cx.me) {
            cx.line(Line::Prepare);
            self.vote(Vote { phase: Phase::Prepare, view, seq, digest }, cx);
        }
        self.advance(seq, cx);
    }

    fn vote(&mut self, vote: Vote, cx: &mut Cx<Pbft>) {
        let vote = Signed::new(cx, vote);
        self.broadcast(&Msg::Vote(vote.clone()), cx);
        self.count(vote);
    }

    /// Of each replica the first vote counts. The primary has prepared by giving the number.
    fn count(&mut self, vote: Signed<Vote>) {
        let by = vote.by();
        let counts = match vote.phase {
            Phase::PrePrepare => false,
            Phase::Prepare => by != self.settings.primary(vote.view),
            Phase::Commit => true,
        };
        let timely = vote.view >= self.disk.view && vote.seq > self.disk.stable.seq;
        let near = vote.seq <= self.high() + self.settings.window();
        if counts && timely && near && self.settings.replicas.contains(&by) {
            let place = (vote.view, vote.seq, vote.phase);
            self.votes.entry(place).or_default().entry(by).or_insert(vote);
        }
    }

    pub(super) fn on_vote(&mut self, vote: Signed<Vote>, cx: &mut Cx<Pbft>) {
        let (view, seq) = (vote.view, vote.seq);
        self.count(vote);
        if view == self.disk.view && !self.disk.changing {
            self.advance(seq, cx);
        }
    }

    /// Who says in a phase what the primary has said.
    fn agreeing(&self, phase: Phase, order: &Vote) -> Vec<Signed<Vote>> {
        let votes = self.votes.get(&(order.view, order.seq, phase)).into_iter().flat_map(Map::values);
        votes.filter(|vote| vote.digest == order.digest).cloned().collect()
    }

    /// Takes a number through its phases as far as what was said carries.
    pub(super) fn advance(&mut self, seq: Seq, cx: &mut Cx<Pbft>) {
        let Some(slot) = self.disk.log.get(&seq) else { return };
        let Some((order, request)) = slot.order.clone() else { return };
        let quorum = self.settings.quorum();
        if slot.prepared.as_ref().is_none_or(|before| before.order.view < order.view) {
            let prepares = self.agreeing(Phase::Prepare, &order);
            if prepares.len() + 1 < quorum {
                return;
            }
            cx.line(Line::Commit);
            let proof = Prepared { order: order.clone(), request: request.clone(), prepares };
            self.disk.log.entry(seq).or_default().prepared = Some(Arc::new(proof));
            self.vote(Vote { phase: Phase::Commit, view: order.view, seq, digest: order.digest }, cx);
        }
        let commits = self.agreeing(Phase::Commit, &order).len();
        let slot = self.disk.log.entry(seq).or_default();
        if slot.committed.is_none() && (commits >= quorum || self.settings.broken(Bug::NoCommitPhase)) {
            slot.committed = Some(request);
            self.execute(cx);
        }
    }

    pub(super) fn execute(&mut self, cx: &mut Cx<Pbft>) {
        let before = self.disk.executed;
        while let Some(Slot { committed: Some(request), .. }) = self.disk.log.get(&(self.disk.executed + 1)) {
            let request = request.clone();
            self.disk.executed += 1;
            self.execute_one(request, cx);
            if self.disk.executed.is_multiple_of(self.settings.config.checkpoint) {
                cx.line(Line::Checkpoint);
                self.disk.snapshots.insert(self.disk.executed, self.disk.state.clone());
                self.tell_checkpoint(self.disk.executed, cx);
            }
        }
        if self.disk.executed > before {
            self.got_on(cx);
        }
    }

    fn execute_one(&mut self, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        cx.line(Line::Execute);
        let (seq, state) = (self.disk.executed, &mut self.disk.state);
        let new = |asked: &&Asked| state.replies.get(&asked.by()).is_none_or(|(done, _)| *done < asked.timestamp);
        let ret = request.as_ref().filter(new).map(|asked| {
            let ret = state.store.apply(&asked.op);
            state.replies.insert(asked.by(), (asked.timestamp, ret.clone()));
            let reply = Reply { view: self.disk.view, timestamp: asked.timestamp, ret: ret.clone() };
            let reply = Signed::new(cx, reply);
            cx.send(asked.by(), Msg::Reply(reply));
            ret
        });
        self.just_executed.push(Executed { seq, request, ret });
    }

    /// Something was executed, or has come from others: what is done is not waited for.
    pub(super) fn got_on(&mut self, cx: &mut Cx<Pbft>) {
        let replies = &self.disk.state.replies;
        self.pending.retain(|client, asked| replies.get(client).is_none_or(|(done, _)| *done < asked.timestamp));
        self.watching = false;
        if !self.disk.changing {
            self.waits = 0;
            cx.cancel_timer(Timer::Request);
        }
        self.order(cx);
        self.watch(cx);
    }
}
