//! A channel that loses nothing, doubles nothing and keeps the order, over a network that does all of that: what most
//! papers on distributed algorithms begin with ("processes are connected by reliable FIFO channels").
//!
//! The sender numbers what it sends to each neighbour, keeps it until the neighbour has said that it has it, and sends
//! it again from time to time. The receiver hands up each number once, in order; what comes early waits. All of it is
//! part of the process's durable state, so a crash is no more than a delay.

use crate::Impossible;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{NodeId, Span};
use serde::Serialize;
use std::collections::VecDeque;

/// What travels on a channel.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Packet<M> {
    /// Something to hand up.
    Data {
        /// How many came before it on this channel.
        seq: u64,
        /// What it is.
        body: M,
    },
    /// Everything below this number has arrived.
    Receipt {
        /// The number that is expected next.
        next: u64,
    },
}

/// What processes wait for that use channels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next thing to do of one's own accord.
    Act,
    /// The time to send again what may not have arrived.
    Resend,
}

impl Timer {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Timer::Act => "act",
            Timer::Resend => "resend",
        }
    }
}

/// How many are sent again at a time on one channel.
const FEW: usize = 16;

/// One process's ends of the channels to and from its neighbours.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Channels<M> {
    out: Map<NodeId, Outgoing<M>>,
    into: Map<NodeId, Incoming<M>>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
struct Outgoing<M> {
    /// The number of the first one that may not have arrived.
    first: u64,
    /// From that one on.
    unconfirmed: VecDeque<M>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
struct Incoming<M> {
    /// The number that is expected next: all below are handed up.
    next: u64,
    /// What came before its turn.
    early: Map<u64, M>,
    /// What was handed up before its turn; only without order.
    ahead: Set<u64>,
}

impl<M> Default for Channels<M> {
    fn default() -> Self {
        Channels { out: Map::new(), into: Map::new() }
    }
}
impl<M> Default for Outgoing<M> {
    fn default() -> Self {
        Outgoing { first: 0, unconfirmed: VecDeque::new() }
    }
}
impl<M> Default for Incoming<M> {
    fn default() -> Self {
        Incoming { next: 0, early: Map::new(), ahead: Set::new() }
    }
}

impl<M: Clone> Channels<M> {
    /// Puts something on the channel to a neighbour: the packet to send now.
    pub fn send(&mut self, to: NodeId, body: M) -> Packet<M> {
        let out = self.out.entry(to).or_default();
        let seq = out.first + out.unconfirmed.len() as u64;
        out.unconfirmed.push_back(body.clone());
        Packet::Data { seq, body }
    }

    /// Data arrived: what can be handed up now, in order. The answer is [`Channels::receipt`].
    pub fn arrived(&mut self, from: NodeId, seq: u64, body: M) -> Vec<M> {
        let into = self.into.entry(from).or_default();
        if seq >= into.next {
            into.early.entry(seq).or_insert(body);
        }
        let mut ready = Vec::new();
        while let Some(body) = into.early.remove(&into.next) {
            into.next += 1;
            ready.push(body);
        }
        ready
    }

    /// The same without order: each is handed up once, as it comes.
    pub fn arrived_in_any_order(&mut self, from: NodeId, seq: u64, body: M) -> Option<M> {
        let into = self.into.entry(from).or_default();
        let new = seq >= into.next && into.ahead.insert(seq);
        while into.ahead.remove(&into.next) {
            into.next += 1;
        }
        new.then_some(body)
    }

    /// What to answer a neighbour's data with.
    pub fn receipt(&self, from: NodeId) -> Packet<M> {
        Packet::Receipt { next: self.into.get(&from).map_or(0, |into| into.next) }
    }

    /// A neighbour has everything below `next`.
    pub fn confirmed(&mut self, by: NodeId, next: u64) {
        if let Some(out) = self.out.get_mut(&by) {
            while out.first < next && out.unconfirmed.pop_front().is_some() {
                out.first += 1;
            }
        }
    }

    /// Whether everything has arrived.
    pub fn is_idle(&self) -> bool {
        self.out.values().all(|out| out.unconfirmed.is_empty())
    }

    /// What may not have arrived, to be sent again: of each channel the first few.
    pub fn again(&self) -> Vec<(NodeId, Packet<M>)> {
        let of = |(to, out): (&NodeId, &Outgoing<M>)| {
            let (to, numbered) = (*to, (out.first..).zip(out.unconfirmed.iter().take(FEW).cloned()));
            numbered.map(|(seq, body)| (to, Packet::Data { seq, body })).collect::<Vec<_>>()
        };
        self.out.iter().flat_map(of).collect()
    }

    /// How many have been put on the channel to a neighbour.
    pub fn sent(&self, to: NodeId) -> u64 {
        self.out.get(&to).map_or(0, |out| out.first + out.unconfirmed.len() as u64)
    }
    /// What was put on the channel to a neighbour and may not have arrived, with its number.
    pub fn unconfirmed(&self, to: NodeId) -> impl Iterator<Item = (u64, &M)> {
        self.out.get(&to).into_iter().flat_map(|out| (out.first..).zip(&out.unconfirmed))
    }
    /// Whether a number from a neighbour has been handed up.
    pub fn has_handed_up(&self, from: NodeId, seq: u64) -> bool {
        self.into.get(&from).is_some_and(|into| seq < into.next || into.ahead.contains(&seq))
    }
    /// One more than the highest number from a neighbour that has been handed up.
    pub fn handed_up_to(&self, from: NodeId) -> u64 {
        let top = |into: &Incoming<M>| into.ahead.last().map_or(into.next, |seq| into.next.max(seq + 1));
        self.into.get(&from).map_or(0, top)
    }
}

/// By when a channel has brought, there and back, what stood on it when everything began to work: one resending after
/// another, a few at a time, with room for messages that take much longer than they usually do.
pub fn patience(backlog: usize, resend: Span, usual_latency: Span) -> Span {
    let round = resend + usual_latency.scale(4, 1);
    Span::secs(4) + round.scale(2 * (backlog.div_ceil(FEW) + 2) as u64, 1)
}

/// How often a process acts and sends again: which setting is impossible, if any.
pub fn check_spans(act: (Span, Span), resend: Span) -> Result<(), Impossible> {
    let shortest = Span::millis(1); // below it a run would be nothing but timers
    let impossible = |setting, reason| Err(Impossible { setting, reason });
    if act.0 < shortest {
        return impossible("act", format!("{} is too short: {shortest} at least", act.0));
    }
    if act.1 < act.0 {
        return impossible(
            "act",
            format!("the range ends at {}, before it begins at {}: the shorter first", act.1, act.0),
        );
    }
    if resend < shortest {
        return impossible("resend", format!("{resend} is too short: {shortest} at least"));
    }
    Ok(())
}
