//! The acceptor: the fault-tolerant memory of it all.

use super::{Ballot, Line, Msg, MultiPaxos, Op, Ret, Settings, Slot, Slots, View, Vote};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process};
use serde::Serialize;
use std::sync::Arc;

/// What an acceptor has on its disk before it says so to anybody.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Vows {
    /// The ballot that it has adopted: it has no part in lower ones.
    pub adopted: Option<Ballot>,
    /// What it accepted, for each slot in the highest ballot that it voted in.
    pub accepted: Slots<Vote>,
}

/// An acceptor.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Acceptor {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    vows: Vows,
    /// The slot that it voted for last, in this life.
    latest: Option<Slot>,
}

impl Process<MultiPaxos> for Acceptor {
    type Config = Settings;
    type Disk = Vows;

    fn boot(settings: &Arc<Settings>, vows: Vows, cx: &mut Cx<MultiPaxos>) -> Acceptor {
        if vows.adopted.is_some() {
            cx.line(Line::AcceptorReturns);
        }
        Acceptor { settings: Fixed::new(settings), vows, latest: None }
    }

    fn disk(&self) -> &Vows {
        &self.vows
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<MultiPaxos>) {
        cx.reply(id, Ret::NotLeader { hint: self.settings.replicas.first().copied() });
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<MultiPaxos>) {
        match msg {
            Msg::P1a { ballot } => {
                let adopted = self.adopt(ballot);
                cx.line(if adopted == ballot { Line::Adopt } else { Line::RefuseScout });
                cx.send(from, Msg::P1b { ballot, adopted, accepted: self.vows.accepted.clone() });
            }
            Msg::P2a { ballot, slot, command } => {
                let adopted = self.adopt(ballot);
                if adopted == ballot {
                    cx.line(Line::Accept);
                    self.latest = Some(slot);
                    self.vows.accepted.insert(slot, Vote { ballot, command });
                } else {
                    cx.line(Line::RefuseCommander);
                }
                cx.send(from, Msg::P2b { ballot, slot, adopted });
            }
            _ => {} // for replicas and leaders
        }
    }

    fn view(&self) -> View<'_> {
        View::Acceptor(self)
    }

    fn face(&self) -> Face {
        let votes: Vec<(&Slot, &Vote)> = self.vows.accepted.iter().rev().take(SHOWN).collect();
        let cell = |(slot, vote): &(&Slot, &Vote)| Cell {
            tone: u64::from(vote.command.id.0),
            solid: true,
            text: format!("{slot}:{}", vote.command.id.0),
        };
        Face {
            role: "acceptor",
            headline: Some(("round", self.vows.adopted.map_or(0, |ballot| ballot.round))),
            strip: votes.iter().rev().map(cell).collect(),
            strip_start: self.vows.accepted.len().saturating_sub(SHOWN) as u64,
            note: self.vows.adopted.map(|ballot| format!("adopted {ballot}")),
            ..Face::default()
        }
    }
}

/// How many slots are shown: the last ones.
pub(super) const SHOWN: usize = 8;

impl Acceptor {
    /// Adopts a ballot unless it has adopted a higher one. Returns which it has then.
    fn adopt(&mut self, ballot: Ballot) -> Ballot {
        let adopted = self.vows.adopted.map_or(ballot, |adopted| adopted.max(ballot));
        self.vows.adopted = Some(adopted);
        adopted
    }

    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// What it accepted, for each slot in the highest ballot that it voted in.
    pub fn accepted(&self) -> &Slots<Vote> {
        &self.vows.accepted
    }
    /// The slot that it voted for last, since it started.
    pub fn latest(&self) -> Option<Slot> {
        self.latest
    }
}
