//! Checkpoints: what a quorum has executed need not be kept request by request, and whoever lacks it is sent the state.

use super::messages::{Checkpoint, Digest, Msg, Stable};
use super::replica::Replica;
use super::{Line, Pbft, Seq, Signed, State, Timer};
use netsplit_sim::digest::digest;
use netsplit_sim::{Cx, NodeId, Span};
use std::sync::Arc;

impl Replica {
    /// Says what the state was at a checkpoint.
    pub(super) fn tell_checkpoint(&mut self, seq: Seq, cx: &mut Cx<Pbft>) {
        let Some(state) = self.disk.snapshots.get(&seq) else { return };
        let checkpoint = Signed::new(cx, Checkpoint { seq, digest: Digest(digest(state)) });
        self.broadcast(&Msg::Checkpoint(checkpoint.clone()), cx);
        self.on_checkpoint(checkpoint, cx);
    }

    /// Says again what is not known to be stable: it may have been lost.
    pub(super) fn tell_checkpoints(&mut self, cx: &mut Cx<Pbft>) {
        let stable = self.disk.stable.seq;
        for seq in self.disk.snapshots.keys().copied().filter(|seq| *seq > stable).collect::<Vec<_>>() {
            self.tell_checkpoint(seq, cx);
        }
    }

    pub(super) fn on_checkpoint(&mut self, checkpoint: Signed<Checkpoint>, cx: &mut Cx<Pbft>) {
        let Checkpoint { seq, digest } = *checkpoint;
        if seq <= self.disk.stable.seq || !self.settings.replicas.contains(&checkpoint.by()) {
            return;
        }
        let told = self.checkpoints.entry(seq).or_default();
        told.insert(checkpoint.by(), checkpoint);
        let proof: Vec<_> = told.values().filter(|other| other.digest == digest).cloned().collect();
        if proof.len() >= self.settings.quorum() {
            self.learn_stable(Stable { seq, digest, proof }, cx);
        }
    }

    /// A quorum has this checkpoint: what led to it need not be kept. Whoever is not there yet asks for the state.
    pub(super) fn learn_stable(&mut self, stable: Stable, cx: &mut Cx<Pbft>) {
        if stable.seq <= self.disk.stable.seq {
            return;
        }
        let mine = self.disk.snapshots.get(&stable.seq).map(|state| Digest(digest(state)));
        if mine == Some(stable.digest) {
            cx.line(Line::Stable);
            self.collect_garbage(stable);
            self.order(cx);
        } else if self.wanted.as_ref().is_none_or(|wanted| wanted.seq < stable.seq) {
            self.wanted = Some(stable);
            self.fetch(cx);
        }
    }

    pub(super) fn collect_garbage(&mut self, stable: Stable) {
        let seq = stable.seq;
        self.disk.stable = stable;
        self.disk.log.retain(|at, _| *at > seq);
        self.disk.snapshots.retain(|at, _| *at >= seq);
        self.votes.retain(|(_, at, _), _| *at > seq);
        self.checkpoints.retain(|at, _| *at > seq);
    }

    pub(super) fn fetch(&mut self, cx: &mut Cx<Pbft>) {
        let Some(wanted) = &self.wanted else { return };
        cx.line(Line::Fetch);
        for has_it in &wanted.proof {
            if has_it.by() != cx.me {
                cx.send(has_it.by(), Msg::Fetch { seq: wanted.seq });
            }
        }
        let retry = self.settings.config.retry;
        cx.set_timer(Timer::Fetch, retry..retry + Span(1));
    }

    /// Somebody lacks a state: it gets that one, or the last stable one if that is later.
    pub(super) fn on_fetch(&mut self, from: NodeId, seq: Seq, cx: &mut Cx<Pbft>) {
        let stable = &self.disk.stable;
        let at = if stable.seq >= seq { stable.seq } else { seq };
        let Some(state) = self.disk.snapshots.get(&at) else { return };
        let told = if stable.seq == at {
            stable.clone()
        } else {
            Stable { seq: at, digest: Digest(digest(state)), proof: Vec::new() }
        };
        cx.send(from, Msg::State { stable: Arc::new(told), state: state.clone() });
    }

    /// A state is as good as the proof that a quorum has it, whoever sends it.
    pub(super) fn on_state(&mut self, told: &Stable, state: State, cx: &mut Cx<Pbft>) {
        let asked_for = self.wanted.as_ref().filter(|it| (it.seq, it.digest) == (told.seq, told.digest)).cloned();
        let proven = Some(told.clone()).filter(|told| self.settings.proves(told));
        let Some(stable) = asked_for.or(proven) else { return };
        if Digest(digest(&state)) != stable.digest || stable.seq <= self.disk.stable.seq {
            return;
        }
        cx.line(Line::Install);
        if self.disk.executed < stable.seq {
            self.disk.executed = stable.seq;
            self.disk.state = state.clone();
        }
        self.disk.snapshots.insert(stable.seq, state);
        if self.wanted.as_ref().is_some_and(|wanted| wanted.seq <= stable.seq) {
            self.wanted = None;
            cx.cancel_timer(Timer::Fetch);
        }
        self.collect_garbage(stable);
        self.got_on(cx);
        self.execute(cx);
    }
}
