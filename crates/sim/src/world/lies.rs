//! What leaves a liar in place of what its process says.

use super::World;
use crate::draw::Purpose;
use crate::ids::{EventId, NodeId, OpId};
use crate::liar::{Forger, Liar, Manner};
use crate::process::Protocol;
use crate::recorder::Recorder;
use crate::{Shape, draw::below};

impl<P: Protocol> World<P> {
    /// How a node speaks.
    pub fn manner(&self, node: NodeId) -> Manner {
        self.slots[node.index()].liar.as_ref().map_or(Manner::Honest, |liar| liar.manner)
    }
    /// Whether a node is a liar, or was one: what it said then is still believed by others.
    pub fn has_lied(&self, node: NodeId) -> bool {
        self.slots[node.index()].liar.is_some()
    }

    pub(super) fn turn(&mut self, node: NodeId, manner: Manner) {
        let liar = &mut self.slots[node.index()].liar;
        if liar.is_some() || manner != Manner::Honest {
            liar.get_or_insert_with(|| Box::new(Liar::new())).manner = manner;
        }
    }

    /// Sends what a liar makes of a message.
    pub(super) fn send_lie(
        &mut self,
        from: NodeId,
        to: NodeId,
        body: P::Msg,
        cause: EventId,
        record: &mut impl Recorder<P>,
    ) {
        let nth = *self.slots[from.index()].routes.sent.of(to);
        let mut forger = self.forger(from, u32::from(to.0), u64::from(nth));
        let lied_to = self.is_lied_to(from, to);
        let mut constant = self.forger(from, u32::MAX, 0); // an equivocator's lies fit each other
        let Some(liar) = &mut self.slots[from.index()].liar else { return };
        let manner = liar.manner;
        let (other, again) = match manner {
            Manner::Equivocating if lied_to => (liar.forged(&body, &mut constant), None),
            Manner::Corrupting if forger.below(2) == 0 => (liar.forged(&body, &mut forger), None),
            Manner::Deceiving if P::tag(&body).shape == Shape::Client => (liar.forged(&body, &mut forger), None),
            Manner::Replaying if forger.below(2) == 0 => (None, liar.old(&mut forger)),
            _ => (None, None),
        };
        if manner == Manner::Silent {
            return;
        }
        if manner != Manner::Honest {
            liar.remember(&body);
        }
        let lie = other.is_some();
        self.post(from, to, other.unwrap_or(body), lie, cause, record);
        if let Some(old) = again {
            self.post(from, to, old, true, cause, record);
        }
    }

    /// Tells a client what a liar makes of the answer.
    pub(super) fn answer(
        &mut self,
        node: NodeId,
        op: OpId,
        ret: P::Ret,
        event: EventId,
        record: &mut impl Recorder<P>,
    ) {
        let mut forger = self.forger(node, u32::MAX, 1 + u64::from(op.0));
        let ret = match &mut self.slots[node.index()].liar {
            Some(liar) if liar.manner == Manner::Silent => return,
            Some(liar) if liar.manner == Manner::Deceiving => liar.forged_answer(ret, &mut forger),
            Some(liar) if liar.manner == Manner::Corrupting && forger.below(2) == 0 => {
                liar.forged_answer(ret, &mut forger)
            }
            _ => ret,
        };
        record.replied(op, &ret, event, self.now);
    }

    fn forger(&self, node: NodeId, to: u32, nth: u64) -> Forger {
        Forger::new(node, self.slots.len() as u16, self.seed.draw(Purpose::Lie, u32::from(node.0), to, nth))
    }

    /// Whether an equivocator tells this one something else than the truth: about half of its neighbours, always the
    /// same ones.
    fn is_lied_to(&self, liar: NodeId, to: NodeId) -> bool {
        let draw = |to: u32| self.seed.draw(Purpose::Lie, u32::from(liar.0), to, u64::MAX);
        let mine = draw(u32::from(to.0));
        let neighbours = &self.neighbours[liar.index()];
        let rank = neighbours.iter().filter(|other| draw(u32::from(other.0)) < mine).count() as u64;
        rank < (neighbours.len() as u64 + below(draw(u32::MAX), 2)) / 2
    }
}
