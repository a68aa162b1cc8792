//! The node.

use super::{Bug, Line, Msg, Op, Ping, Ret, Settings, Text, Timer};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A node with neighbours.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct PingNode {
    #[serde(skip)]
    settings: Fixed<Settings>,
    /// What it keeps, and keeps through a crash.
    #[serde(skip)]
    data: Map<Text, Text>,
    neighbours: u16,
    /// The pings it sent: for each operation, who has yet to answer.
    asked: Map<OpId, Set<NodeId>>,
    /// How many pongs it has received, and the latest: from whom, for which operation.
    pongs: u64,
    latest_pong: Option<(NodeId, OpId)>,
    /// Whose heartbeats came since its own last one...
    hears: Set<NodeId>,
    /// ...and in the time between the two before.
    heard: Set<NodeId>,
}

impl Process<Ping> for PingNode {
    type Config = Settings;
    type Disk = Map<Text, Text>;

    fn boot(settings: &Arc<Settings>, data: Map<Text, Text>, cx: &mut Cx<Ping>) -> PingNode {
        let node = PingNode {
            settings: Fixed::new(settings),
            data,
            neighbours: cx.neighbours.len() as u16,
            asked: Map::new(),
            pongs: 0,
            latest_pong: None,
            hears: Set::new(),
            heard: cx.neighbours.iter().copied().collect(),
        };
        node.beat(cx);
        node
    }

    fn disk(&self) -> &Map<Text, Text> {
        &self.data
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Ping>) {
        match op {
            Op::Ping {} if cx.neighbours.is_empty() => cx.reply(id, Ret::Ok),
            Op::Ping {} => {
                cx.line(Line::Ask);
                self.asked.insert(id, cx.neighbours.iter().copied().collect());
                send_to_all(&Msg::Ping { id }, cx);
            }
            Op::Store { key, value } => {
                cx.line(Line::Store);
                self.data.insert(key.clone(), value.clone());
                send_to_all(&Msg::Data { key, value }, cx);
                cx.reply(id, Ret::Ok);
            }
            Op::Read { key } => {
                cx.line(Line::Read);
                cx.reply(id, self.data.get(&key).map_or(Ret::Absent, |value| Ret::Value(value.clone())));
            }
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Ping>) {
        match msg {
            Msg::Ping { id } => {
                cx.line(Line::Answer);
                let asker =
                    if self.settings.bugs.on(Bug::AnswersTheWrongAsker as usize) { after(from, cx) } else { from };
                cx.send(asker, Msg::Pong { id });
            }
            Msg::Pong { id } => self.on_pong(from, id, cx),
            Msg::Data { key, value } => {
                cx.line(Line::Keep);
                self.data.insert(key, value);
            }
            Msg::Heartbeat => {
                cx.line(Line::Hear);
                self.hears.insert(from);
            }
        }
    }

    fn on_timer(&mut self, Timer::Heartbeat: Timer, cx: &mut Cx<Ping>) {
        self.heard = std::mem::take(&mut self.hears);
        self.beat(cx);
    }

    fn view(&self) -> &PingNode {
        self
    }

    fn face(&self) -> Face {
        let alone = self.heard.is_empty() && self.hears.is_empty() && self.neighbours > 0;
        let cell = |(key, value): (&Text, &Text)| Cell {
            tone: digest(&(key, value)),
            solid: true,
            text: format!("{key}={value}").chars().take(8).collect(),
        };
        let note = match self.asked.values().next() {
            Some(missing) => format!("waiting for {} pongs", missing.len()),
            None => format!("hears {} of {}", self.heard.union(&self.hears).count(), self.neighbours),
        };
        Face {
            role: if alone { "alone" } else { "node" },
            prominence: if alone { Prominence::Outside } else { Prominence::Plain },
            headline: Some(("pongs", self.pongs)),
            strip: self.data.iter().take(12).map(cell).collect(),
            ring: Some("heartbeat"),
            note: Some(note),
            ..Face::default()
        }
    }
}

impl PingNode {
    /// A pong counts once: the network may have doubled it, and a crash may have forgotten what it answers.
    fn on_pong(&mut self, from: NodeId, id: OpId, cx: &mut Cx<Ping>) {
        self.pongs += 1;
        self.latest_pong = Some((from, id));
        let Some(missing) = self.asked.get_mut(&id) else {
            return;
        };
        cx.line(Line::Count);
        missing.remove(&from);
        if missing.is_empty() {
            cx.line(Line::Content);
            self.asked.remove(&id);
            cx.reply(id, Ret::Ok);
        }
    }

    fn beat(&self, cx: &mut Cx<Ping>) {
        cx.line(Line::Beat);
        send_to_all(&Msg::Heartbeat, cx);
        let every = self.settings.config.heartbeat;
        cx.set_timer(Timer::Heartbeat, every..every);
    }

    /// The pings it sent that are not all answered yet: for each operation, who has yet to answer.
    pub fn asked(&self) -> &Map<OpId, Set<NodeId>> {
        &self.asked
    }
    /// How many pongs it has received.
    pub fn pongs(&self) -> u64 {
        self.pongs
    }
    /// The latest pong: from whom, for which operation.
    pub fn latest_pong(&self) -> Option<(NodeId, OpId)> {
        self.latest_pong
    }
    /// The datum it keeps under a key.
    pub fn datum(&self, key: &str) -> Option<&Text> {
        self.data.get(key)
    }
}

fn send_to_all(msg: &Msg, cx: &mut Cx<Ping>) {
    for &neighbour in cx.neighbours {
        cx.send(neighbour, msg.clone());
    }
}

/// The neighbour after another one.
fn after(neighbour: NodeId, cx: &Cx<Ping>) -> NodeId {
    let later = cx.neighbours.iter().find(|other| **other > neighbour);
    later.or(cx.neighbours.first()).copied().unwrap_or(neighbour)
}
