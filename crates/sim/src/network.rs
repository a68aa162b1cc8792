//! What the network does to messages: latency, loss, duplication, reordering, cuts and partitions.

use crate::draw::{Purpose, Seed, below};
use crate::ids::NodeId;
use crate::latency::Latency;
use crate::ratio::Ratio;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How one link, in one direction, treats messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Link {
    /// How long a message takes.
    pub latency: Latency,
    /// The share of messages that never arrive.
    pub loss: Ratio,
    /// The share of messages that arrive twice, each copy with a latency of its own.
    pub duplicate: Ratio,
    /// The share of messages that are held back for up to four times as long again.
    pub reorder: Ratio,
    /// Whether messages arrive in the order of sending: none overtakes another.
    pub fifo: bool,
}

/// What is promised about time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Nothing: messages take as long as they take.
    #[default]
    Asynchronous,
    /// After the global stabilisation time nothing is lost and every message arrives within the bound; one sent
    /// earlier arrives by `gst + bound` if at all (Dwork, Lynch, Stockmeyer 1988).
    PartiallySynchronous {
        /// The global stabilisation time.
        gst: Time,
        /// The bound that holds from then on.
        bound: Span,
    },
    /// Lock step: what is sent in one round arrives at the start of the next, and timers run out on the same beat.
    Synchronous {
        /// How long a round is.
        round: Span,
    },
}

/// The links of a world as they are now.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// How links behave that are not listed below.
    pub link: Link,
    /// What is promised about time.
    pub timing: Timing,
    /// Links that behave otherwise, by direction.
    pub special: BTreeMap<(NodeId, NodeId), Link>,
    /// Links that carry nothing, by direction.
    pub cut: BTreeSet<(NodeId, NodeId)>,
    /// The side of each node while the network is partitioned; empty while it is whole.
    pub sides: Vec<u16>,
}

/// What becomes of one copy of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    Arrives(Time),
    LostAt(Time),
}

/// One copy of a message on its way: everything its fate may depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    pub from: NodeId,
    pub to: NodeId,
    pub nth: u32,
    pub copy: u8,
    pub sent: Time,
}

impl Network {
    /// How the link from one node to another behaves.
    pub fn link(&self, from: NodeId, to: NodeId) -> &Link {
        if self.special.is_empty() {
            return &self.link;
        }
        self.special.get(&(from, to)).unwrap_or(&self.link)
    }

    /// Whether messages from one node to another are held up by a cut or a partition.
    pub fn severed(&self, from: NodeId, to: NodeId) -> bool {
        if self.sides.is_empty() && self.cut.is_empty() {
            return false;
        }
        let side = |node: NodeId| self.sides.get(node.index()).copied().unwrap_or(0);
        side(from) != side(to) || self.cut.contains(&(from, to))
    }

    /// How many further copies of a message the link makes.
    pub(crate) fn copies(&self, seed: Seed, from: NodeId, to: NodeId, nth: u32) -> u8 {
        let link = self.link(from, to);
        let twice =
            link.duplicate != Ratio::ZERO && link.duplicate.holds(seed.draw_link(Purpose::Duplicate, from, to, nth, 0));
        u8::from(twice)
    }

    /// When, or whether, a copy of a message arrives.
    pub(crate) fn fate(&self, seed: Seed, way: Passage) -> Fate {
        let Passage { from, to, nth, copy, sent } = way;
        let link = self.link(from, to);
        let mut latency = link.latency.sample(seed.draw_link(Purpose::Latency, from, to, nth, copy));
        if link.reorder != Ratio::ZERO {
            let draw = seed.draw_link(Purpose::Reorder, from, to, nth, copy);
            if link.reorder.holds(draw) {
                let again = latency.scale(4, 1);
                latency = latency + Span(below(draw.wrapping_mul(0x9e37_79b9_7f4a_7c15), again.0));
            }
        }
        let due = self.in_time(sent, sent + latency);
        let lossy = link.loss != Ratio::ZERO && !self.reliable_at(sent);
        if self.severed(from, to) || (lossy && link.loss.holds(seed.draw_link(Purpose::Loss, from, to, nth, copy))) {
            let way = due.since(sent);
            let point = below(seed.draw_link(Purpose::LossPoint, from, to, nth, copy), way.0 / 2);
            return Fate::LostAt(sent + Span(way.0 / 4 + point));
        }
        Fate::Arrives(due)
    }

    fn reliable_at(&self, sent: Time) -> bool {
        matches!(self.timing, Timing::PartiallySynchronous { gst, .. } if sent >= gst)
    }

    /// When something due at `due` happens under the timing model.
    fn in_time(&self, sent: Time, due: Time) -> Time {
        match self.timing {
            Timing::Asynchronous => due,
            Timing::PartiallySynchronous { gst, bound } => due.min(sent.max(gst) + bound),
            Timing::Synchronous { round } => self.on_the_beat(sent + Span(1), round),
        }
    }

    /// When a timer due at `due` runs out: in lock step, on the next beat.
    pub(crate) fn timer_due(&self, due: Time) -> Time {
        match self.timing {
            Timing::Synchronous { round } => self.on_the_beat(due, round),
            _ => due,
        }
    }

    fn on_the_beat(&self, due: Time, round: Span) -> Time {
        let round = round.0.max(1);
        Time(due.0.div_ceil(round).saturating_mul(round))
    }
}
