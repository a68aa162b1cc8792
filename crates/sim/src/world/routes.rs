//! What a node has sent to each other one so far. Among a thousand nodes these are a million numbers, so copies of a
//! world share them in pieces until one of the two sends something.

use crate::ids::NodeId;
use crate::time::Time;
use std::rc::Rc;

/// The ways from one node to all others.
#[derive(Clone, Default)]
pub(super) struct Routes {
    /// How many messages have been sent.
    pub sent: Pieces<u32>,
    /// When the latest of them arrives; kept for links that keep the order.
    pub last_due: Pieces<Time>,
}

/// A value for each node, in pieces, of which none is there before it is needed.
#[derive(Clone, Default)]
pub(super) struct Pieces<T>(Vec<Option<Rc<[T; PIECE]>>>);

const PIECE: usize = 64;

impl<T: Copy + Default> Pieces<T> {
    /// The value of a node.
    pub fn of(&mut self, node: NodeId) -> &mut T {
        let (piece, place) = (node.index() / PIECE, node.index() % PIECE);
        if self.0.len() <= piece {
            self.0.resize(piece + 1, None);
        }
        let piece = self.0[piece].get_or_insert_with(|| Rc::new([T::default(); PIECE]));
        &mut Rc::make_mut(piece)[place]
    }
}
