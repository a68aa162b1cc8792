//! What replicas and clients say, and how a liar may say it otherwise.

use super::{Seq, Signed, State, ViewNumber};
use crate::shared::kv::{Op, Ret};
use netsplit_sim::digest::digest;
use netsplit_sim::{Alter, Forger, NodeId, OpId, Shape, Tag};
use serde::Serialize;
use std::sync::Arc;

/// What stands for a request in messages: D(m).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Digest(pub u64);

impl Digest {
    /// That of the null request, whose execution does nothing.
    pub const NULL: Digest = Digest(0);
    /// That of a request, or of none.
    pub fn of(request: Option<&Asked>) -> Digest {
        request.map_or(Digest::NULL, |asked| Digest(digest(&**asked)))
    }
}

/// A client, who signs it, asks for an operation to be executed once.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Request {
    /// The operation.
    pub op: Arc<Op>,
    /// A client's later requests have higher ones.
    pub timestamp: OpId,
}

/// A request as it travels and is kept.
pub type Asked = Arc<Signed<Request>>;

/// The three phases in which a request gets its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Phase {
    /// The primary gives a request a number.
    PrePrepare,
    /// A backup has heard of it.
    Prepare,
    /// A replica knows that a quorum has heard of it.
    Commit,
}

/// A replica says in one of the phases that in a view the request with this digest has this number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Vote {
    /// The phase.
    pub phase: Phase,
    /// The view.
    pub view: ViewNumber,
    /// The number.
    pub seq: Seq,
    /// The request's digest.
    pub digest: Digest,
}

/// A replica says what its state was after a number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Checkpoint {
    /// The number.
    pub seq: Seq,
    /// The digest of the state.
    pub digest: Digest,
}

/// A replica tells a client what came of a request.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Reply {
    /// The view it is in, so that the client can tell the primary.
    pub view: ViewNumber,
    /// Which request.
    pub timestamp: OpId,
    /// What came of it.
    pub ret: Ret,
}

/// The proof that a request was prepared: nobody else can have been, in that view with that number.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Prepared {
    /// The primary's word.
    pub order: Signed<Vote>,
    /// The request; none for the null request.
    pub request: Option<Asked>,
    /// The backups' words.
    pub prepares: Vec<Signed<Vote>>,
}

/// A checkpoint with the proof that a quorum has it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Stable {
    /// The number.
    pub seq: Seq,
    /// The digest of the state.
    pub digest: Digest,
    /// The words of those who have it; nobody's for the beginning.
    pub proof: Vec<Signed<Checkpoint>>,
}

/// A replica wants another primary.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct ViewChange {
    /// The view to go to.
    pub view: ViewNumber,
    /// Its last stable checkpoint.
    pub stable: Stable,
    /// What it has prepared after that, each in the latest view in which it did.
    pub prepared: Vec<Arc<Prepared>>,
}

/// The primary of a view begins it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct NewView {
    /// The view.
    pub view: ViewNumber,
    /// Who wants it, and what they have prepared before.
    pub changes: Vec<Arc<Signed<ViewChange>>>,
    /// What follows from that: which request has which number.
    pub orders: Vec<Signed<Vote>>,
}

/// What processes say.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Msg {
    /// A client to replicas, or one replica to the primary.
    Request(Asked),
    /// The primary to all, with the request.
    PrePrepare(Signed<Vote>, Option<Asked>),
    /// A replica to all, in the second or third phase.
    Vote(Signed<Vote>),
    /// A replica to a client.
    Reply(Signed<Reply>),
    /// A replica to all.
    Checkpoint(Signed<Checkpoint>),
    /// A replica to all.
    ViewChange(Arc<Signed<ViewChange>>),
    /// The new primary to all.
    NewView(Arc<Signed<NewView>>),
    /// A replica that lacks the state at a checkpoint asks for it.
    Fetch {
        /// The checkpoint.
        seq: Seq,
    },
    /// Another one has it.
    State {
        /// Which checkpoint, and who else has it.
        stable: Arc<Stable>,
        /// The state.
        state: State,
    },
}

impl Msg {
    /// How it is drawn and called.
    pub(super) fn tag(&self) -> Tag {
        let (name, shape) = match self {
            Msg::Request(_) => ("request", Shape::Client),
            Msg::PrePrepare(..) => ("pre-prepare", Shape::Request),
            Msg::Vote(vote) if vote.phase == Phase::Commit => ("commit", Shape::Reply),
            Msg::Vote(_) => ("prepare", Shape::Request),
            Msg::Reply(_) => ("reply", Shape::Client),
            Msg::Checkpoint(_) => ("checkpoint", Shape::Reply),
            Msg::ViewChange(_) => ("view-change", Shape::Request),
            Msg::NewView(_) => ("new-view", Shape::Request),
            Msg::Fetch { .. } => ("fetch", Shape::Request),
            Msg::State { .. } => ("state", Shape::Reply),
        };
        Tag { name, shape }
    }

    /// What a liar says instead. It signs whatever it likes, and has nobody else's signature but on what they said.
    pub(super) fn forge(&mut self, forger: &mut Forger) {
        match self {
            Msg::Request(asked) => Arc::make_mut(asked).alter(forger, |it, forger| it.op.alter(forger)),
            // The client's request cannot be altered; but another one, or none, can be put in its place.
            Msg::PrePrepare(order, request) => match forger.below(3) {
                0 => {
                    *request = None;
                    order.alter(forger, |it, _| it.digest = Digest::NULL);
                }
                1 => *request = None,
                _ => order.alter(forger, |it, forger| it.seq.alter(forger)),
            },
            // The first of these fits the pre-prepare above: an equivocator does not contradict itself on one side.
            Msg::Vote(vote) => vote.alter(forger, |it, forger| match forger.below(3) {
                0 => it.digest = Digest::NULL,
                1 => it.digest.0 ^= 1,
                _ => it.seq.alter(forger),
            }),
            Msg::Reply(reply) => reply.alter(forger, |it, forger| it.ret.alter(forger)),
            Msg::Checkpoint(checkpoint) => checkpoint.alter(forger, |it, forger| match forger.below(2) {
                0 => it.digest.0 ^= 1,
                _ => it.seq.alter(forger),
            }),
            Msg::ViewChange(change) => Arc::make_mut(change).alter(forger, ViewChange::forge),
            Msg::NewView(begun) => Arc::make_mut(begun).alter(forger, NewView::forge),
            Msg::Fetch { seq } => forger.one(&mut [seq]),
            Msg::State { stable, .. } => Arc::make_mut(stable).seq.alter(forger),
        }
    }
}

impl ViewChange {
    /// A liar keeps silent about what it has prepared, claims that it has prepared something else, or wants another view.
    fn forge(&mut self, forger: &mut Forger) {
        match forger.below(3) {
            0 => self.prepared.clear(),
            1 => {
                let view = self.view.saturating_sub(1);
                let lie = |before: &Arc<Prepared>| {
                    let vote = Vote { phase: Phase::PrePrepare, view, seq: before.order.seq, digest: Digest::NULL };
                    Arc::new(Prepared { order: Signed::by_liar(forger, vote), request: None, prepares: Vec::new() })
                };
                self.prepared = self.prepared.iter().map(lie).collect();
            }
            _ => self.view.alter(forger),
        }
    }
}

impl NewView {
    /// A liar leaves out what somebody has prepared, gives its number to nothing, or leaves out who has said so.
    fn forge(&mut self, forger: &mut Forger) {
        match forger.below(3) {
            0 => drop(self.orders.pop()),
            1 => {
                self.orders.iter_mut().for_each(|order| order.alter(forger, |it, _| it.digest = Digest::NULL));
            }
            _ => drop(self.changes.pop()),
        }
    }
}

/// Who of some signers is who: each once.
pub(super) fn distinct(signers: impl Iterator<Item = NodeId>) -> usize {
    signers.collect::<netsplit_sim::ordered::Set<NodeId>>().len()
}
