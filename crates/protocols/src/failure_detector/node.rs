//! The node.

use super::{Arrivals, Bug, FailureDetection, Line, Msg, Op, Ret, Settings, Timer};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A node that watches its neighbours.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct FailureDetector {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    /// How many heartbeats it has sent in this life.
    number: u64,
    peers: Map<NodeId, Peer>,
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// How many lives it has had.
    pub epoch: u64,
}

/// A neighbour, as a node sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Peer {
    /// Epoch and number of the newest heartbeat.
    pub newest: Option<(u64, u64)>,
    /// When heartbeats came.
    pub arrivals: Arrivals,
    /// Whether it has been silent for too long.
    pub suspected: bool,
    /// How near it was to that at the beginning of this period, in thousandths.
    pub suspicion: u64,
}

impl Process<FailureDetection> for FailureDetector {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<FailureDetection>) -> FailureDetector {
        cx.line(Line::Epoch);
        let disk = Disk { epoch: disk.epoch + 1 };
        cx.line(Line::Trust);
        let stranger = Peer { newest: None, arrivals: Arrivals::since(cx.clock()), suspected: false, suspicion: 0 };
        let peers = cx.neighbours.iter().map(|neighbour| (*neighbour, stranger.clone())).collect();
        let mut node = FailureDetector { settings: Fixed::new(settings), disk, number: 0, peers };
        let patience = stranger.arrivals.patience(&settings.config);
        cx.neighbours.iter().for_each(|neighbour| cx.set_timer(Timer::Silence(*neighbour), patience..patience));
        node.beat(cx);
        node
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_msg(&mut self, from: NodeId, Msg::Heartbeat { epoch, number, sent }: Msg, cx: &mut Cx<FailureDetection>) {
        let Some(peer) = self.peers.get_mut(&from) else { return };
        if Some((epoch, number)) <= peer.newest && !self.settings.broken(Bug::NumberIgnored) {
            return cx.line(Line::Stale);
        }
        cx.line(Line::Hear);
        let same_life = peer.newest.is_some_and(|(newest, _)| newest == epoch);
        peer.newest = Some((epoch, number));
        peer.arrivals.heard(cx.clock(), same_life, &self.settings.config);
        if peer.suspected && !self.settings.broken(Bug::NeverForgives) {
            cx.line(Line::Withdraw);
            (peer.suspected, peer.suspicion) = (false, 0);
        }
        let mut patience = peer.arrivals.patience(&self.settings.config);
        if self.settings.broken(Bug::SendersClock) {
            patience = patience - cx.clock().since(sent);
        }
        cx.set_timer(Timer::Silence(from), patience..patience);
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<FailureDetection>) {
        match timer {
            Timer::Period => self.beat(cx),
            Timer::Silence(neighbour) => {
                cx.line(Line::Suspect);
                if let Some(peer) = self.peers.get_mut(&neighbour) {
                    (peer.suspected, peer.suspicion) = (true, 1_000);
                }
            }
        }
    }

    fn on_op(&mut self, id: OpId, Op::Suspects {}: Op, cx: &mut Cx<FailureDetection>) {
        cx.line(Line::Tell);
        cx.reply(id, Ret::Suspects(self.suspects().collect()));
    }

    fn view(&self) -> &FailureDetector {
        self
    }

    fn face(&self) -> Face {
        let suspects: Vec<String> = self.suspects().map(|node| format!("n{}", node.0 + 1)).collect();
        let level = |(neighbour, peer): (&NodeId, &Peer)| Level {
            tone: u64::from(neighbour.0),
            value: if peer.suspected { 1_000 } else { peer.suspicion },
            of: 1_000,
        };
        Face {
            role: if suspects.is_empty() { "trusting" } else { "suspecting" },
            prominence: if suspects.is_empty() { Prominence::Plain } else { Prominence::Striving },
            headline: Some(("suspects", suspects.len() as u64)),
            levels: self.peers.iter().take(16).map(level).collect(),
            ring: Some("period"),
            note: match suspects.len() {
                0 => None,
                1..=4 => Some(format!("suspects {}", suspects.join(", "))),
                many => Some(format!("suspects {many} of {}", self.peers.len())),
            },
            ..Face::default()
        }
    }
}

impl FailureDetector {
    fn beat(&mut self, cx: &mut Cx<FailureDetection>) {
        cx.line(Line::Beat);
        let heartbeat = Msg::Heartbeat { epoch: self.disk.epoch, number: self.number, sent: cx.clock() };
        self.number += 1;
        cx.neighbours.iter().for_each(|neighbour| cx.send(*neighbour, heartbeat.clone()));
        for peer in self.peers.values_mut() {
            peer.suspicion = peer.arrivals.suspicion(cx.clock(), &self.settings.config);
        }
        let period = self.settings.config.period;
        cx.set_timer(Timer::Period, period..period);
    }

    /// Whom it suspects.
    pub fn suspects(&self) -> impl Iterator<Item = NodeId> {
        self.peers.iter().filter(|(_, peer)| peer.suspected).map(|(neighbour, _)| *neighbour)
    }
    /// Its neighbours.
    pub fn peers(&self) -> &Map<NodeId, Peer> {
        &self.peers
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
