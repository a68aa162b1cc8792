//! Signatures, as honestly as they can be had without cryptography: whoever holds a signed value knows who said it, a
//! process signs in its own name alone, and a liar alters or makes up only what it has signed itself.

use super::Pbft;
use netsplit_sim::{Cx, Forger, NodeId};
use serde::Serialize;
use std::ops::Deref;

/// Something that somebody has said, for everybody to check.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Signed<T> {
    by: NodeId,
    what: T,
}

impl<T> Signed<T> {
    /// Signed by the process that runs.
    pub fn new(cx: &Cx<Pbft>, what: T) -> Signed<T> {
        Signed { by: cx.me, what }
    }
    /// Signed by a liar, in its own name.
    pub fn by_liar(forger: &Forger, what: T) -> Signed<T> {
        Signed { by: forger.me, what }
    }
    /// Who has said it.
    pub fn by(&self) -> NodeId {
        self.by
    }
    /// A liar signs something else instead, if it was its own word.
    pub fn alter(&mut self, forger: &mut Forger, alter: impl FnOnce(&mut T, &mut Forger)) {
        if self.by == forger.me {
            alter(&mut self.what, forger);
        }
    }
}

impl<T> Deref for Signed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.what
    }
}
