//! The node.

use super::{Age, Bug, Gossip, Line, Mode, Msg, Op, Ret, Settings, Text, Timer};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::sync::Arc;

/// A node with neighbours, and an ear for news.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct GossipNode {
    #[serde(skip)]
    settings: Fixed<Settings>,
    /// All it ever heard.
    #[serde(skip)]
    known: Set<Text>,
    /// What it passes on, and for how many rounds that has been passed on.
    spreads: Map<Text, Age>,
    /// Whom it called in the latest round.
    called: Vec<NodeId>,
}

impl Process<Gossip> for GossipNode {
    type Config = Settings;
    type Disk = Set<Text>;

    fn boot(settings: &Arc<Settings>, known: Set<Text>, cx: &mut Cx<Gossip>) -> GossipNode {
        let round = settings.config.round;
        cx.set_timer(Timer::Round, Span::ZERO..round); // rounds of different nodes are not in step
        let spreads = known.iter().map(|rumour| (rumour.clone(), 0)).collect();
        GossipNode { settings: Fixed::new(settings), known, spreads, called: Vec::new() }
    }

    fn disk(&self) -> &Set<Text> {
        &self.known
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Gossip>) {
        match op {
            Op::Tell { rumour } => {
                cx.line(Line::Tell);
                if self.known.insert(rumour.clone()) {
                    self.spreads.insert(rumour, 0);
                }
                cx.reply(id, Ret::Ok);
            }
            Op::Ask { rumour } => {
                cx.line(Line::Ask);
                cx.reply(id, if self.known.contains(&rumour) { Ret::Known } else { Ret::Unknown });
            }
        }
    }

    fn on_timer(&mut self, Timer::Round: Timer, cx: &mut Cx<Gossip>) {
        self.grow_older(cx);
        self.choose(cx);
        let rumours = self.to_tell();
        let msg = match self.settings.config.mode {
            Mode::Push if rumours.is_empty() => None,
            Mode::Push => Some((Line::Push, Msg::Push { rumours })),
            Mode::Pull => Some((Line::Pull, Msg::Pull)),
            Mode::PushPull => Some((Line::PushPull, Msg::PushPull { rumours })),
        };
        if let Some((line, msg)) = msg {
            cx.line(line);
            self.called.iter().for_each(|neighbour| cx.send(*neighbour, msg.clone()));
        }
        let round = self.settings.config.round;
        cx.set_timer(Timer::Round, round..round);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Gossip>) {
        match msg {
            Msg::Push { rumours } | Msg::Answer { rumours } => self.hear(rumours, cx),
            Msg::Pull => self.answer(from, &Map::new(), cx),
            Msg::PushPull { rumours } => {
                self.answer(from, &rumours, cx);
                self.hear(rumours, cx);
            }
        }
    }

    fn view(&self) -> &GossipNode {
        self
    }

    fn face(&self) -> Face {
        let (role, prominence) = match (self.known.is_empty(), self.spreads.is_empty()) {
            (true, _) => ("unaware", Prominence::Outside),
            (false, false) => ("spreading", Prominence::Striving),
            (false, true) => ("quiet", Prominence::Plain),
        };
        let cell = |rumour: &Text| Cell {
            tone: digest(&**rumour),
            solid: !self.spreads.contains_key(rumour),
            text: rumour.chars().take(8).collect(),
        };
        let oldest =
            self.spreads.values().max().map(|age| format!("passes on {}, oldest {age} rounds", self.spreads.len()));
        Face {
            role,
            prominence,
            headline: Some(("knows", self.known.len() as u64)),
            strip: self.known.iter().take(8).map(cell).collect(),
            ring: Some("round"),
            note: oldest,
            ..Face::default()
        }
    }
}

impl GossipNode {
    fn grow_older(&mut self, cx: &mut Cx<Gossip>) {
        if self.spreads.is_empty() {
            return;
        }
        cx.line(Line::Age);
        self.spreads.values_mut().for_each(|age| *age = age.saturating_add(1));
        let limit = self.settings.config.max_age;
        let before = self.spreads.len();
        self.spreads.retain(|_, age| limit == 0 || *age <= limit);
        if self.spreads.len() < before {
            cx.line(Line::Tire);
        }
    }

    fn choose(&mut self, cx: &mut Cx<Gossip>) {
        if self.settings.broken(Bug::SameNeighbours) && !self.called.is_empty() {
            return;
        }
        cx.line(Line::Choose);
        let fanout = self.settings.config.fanout as usize;
        self.called.clear();
        if cx.neighbours.len() <= fanout {
            return self.called.extend(cx.neighbours);
        }
        while self.called.len() < fanout {
            let neighbour = cx.neighbours[cx.choose(cx.neighbours.len() as u64) as usize];
            if !self.called.contains(&neighbour) {
                self.called.push(neighbour);
            }
        }
    }

    fn to_tell(&self) -> Map<Text, Age> {
        let as_told = |(rumour, age): (&Text, &Age)| match *age {
            3.. if self.settings.broken(Bug::Garbles) => (all_but_the_last_letter(rumour), *age),
            age => (rumour.clone(), age),
        };
        self.spreads.iter().map(as_told).collect()
    }

    fn hear(&mut self, rumours: Map<Text, Age>, cx: &mut Cx<Gossip>) {
        for (rumour, age) in rumours {
            if self.known.insert(rumour.clone()) {
                cx.line(Line::Learn);
                self.spreads.insert(rumour, age);
                continue;
            }
            cx.line(Line::Again);
            if self.settings.broken(Bug::ForgetsOnDuplicate) {
                self.known.remove(&rumour);
                self.spreads.remove(&rumour);
            }
            if let Some(mine) = self.spreads.get_mut(&rumour) {
                *mine = age.max(*mine);
            }
        }
    }

    fn answer(&self, asker: NodeId, mentioned: &Map<Text, Age>, cx: &mut Cx<Gossip>) {
        let mut rumours = self.to_tell();
        rumours.retain(|rumour, _| !mentioned.contains_key(rumour));
        if !rumours.is_empty() {
            cx.line(Line::Answer);
            cx.send(asker, Msg::Answer { rumours });
        }
    }

    /// All it ever heard.
    pub fn known(&self) -> &Set<Text> {
        &self.known
    }
    /// What it passes on, with its age.
    pub fn spreads(&self) -> &Map<Text, Age> {
        &self.spreads
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn all_but_the_last_letter(rumour: &str) -> Text {
    let mut letters = rumour.chars();
    letters.next_back();
    letters.as_str().into()
}
