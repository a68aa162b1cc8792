//! The node.

use super::{Bug, Id, Line, Msg, Op, Ret, RingElection, Settings, Timer, after};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a crash leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct Disk {
    /// How often the node has started. With it no two sendings of a node have the same serial number, and an
    /// acknowledgement from before a crash is not taken for one from after it.
    pub starts: u32,
}

/// A token: what it says, and whose it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Token {
    /// This id would lead.
    Election(Id),
    /// This id leads.
    Elected(Id),
}

/// A token that is on its way to a later node, and not acknowledged.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
struct Sent {
    to: NodeId,
    hops: u16,
    serial: u64,
}

/// A node.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct RingNode {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: Disk,
    me: NodeId,
    /// Its id.
    id: Id,
    /// Whether its own token has gone out in this election.
    takes_part: bool,
    /// Who leads, as far as it knows.
    leader: Option<Id>,
    /// The tokens that it has sent on and whose coming has not been acknowledged.
    sent: Map<Token, Sent>,
    /// How many it has ever sent in this life.
    sendings: u32,
}

impl Process<RingElection> for RingNode {
    type Config = Settings;
    type Disk = Disk;

    fn boot(settings: &Arc<Settings>, disk: Disk, cx: &mut Cx<RingElection>) -> RingNode {
        let node = RingNode {
            settings: Fixed::new(settings),
            disk: Disk { starts: disk.starts.saturating_add(1) },
            me: cx.me,
            id: settings.id(cx.me),
            takes_part: false,
            leader: None,
            sent: Map::new(),
            sendings: 0,
        };
        node.be_patient(cx);
        node
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<RingElection>) {
        let ret = match op {
            Op::Elect {} => {
                self.elect(cx);
                Ret::Ok
            }
            Op::Leader {} => self.leader.map_or(Ret::Nobody, Ret::Leader),
        };
        cx.reply(id, ret);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<RingElection>) {
        match msg {
            Msg::Election { id, hops, serial } => {
                cx.send(from, Msg::Ack { serial });
                self.on_election(id, hops, cx);
            }
            Msg::Elected { id, hops, serial } => {
                cx.send(from, Msg::Ack { serial });
                self.on_elected(id, hops, cx);
            }
            Msg::Ack { serial } => {
                let token = self.sent.iter().find(|(_, sent)| sent.serial == serial).map(|(token, _)| *token);
                if let Some(token) = token {
                    cx.line(Line::Acknowledged);
                    self.sent.remove(&token);
                    cx.cancel_timer(Timer::Ack(token));
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<RingElection>) {
        match timer {
            Timer::Ack(token) => {
                if let Some(sent) = self.sent.remove(&token) {
                    cx.line(Line::Skip);
                    self.send(token, after(sent.to, self.settings.nodes()), sent.hops, cx);
                }
            }
            Timer::Round => self.tell(cx),
            Timer::Patience => {
                cx.line(Line::NoLeaderSeen);
                self.leader = None;
                self.elect(cx);
            }
        }
    }

    fn view(&self) -> &RingNode {
        self
    }

    fn face(&self) -> Face {
        let (role, prominence) = match (self.leads(), self.takes_part, self.leader) {
            (true, ..) => ("leader", Prominence::Leading),
            (_, true, _) => ("candidate", Prominence::Striving),
            (.., Some(_)) => ("follower", Prominence::Plain),
            (.., None) => ("passive", Prominence::Plain),
        };
        let waits = self.sent.iter().next_back();
        Face {
            role,
            prominence,
            headline: Some(("id", u64::from(self.id))),
            ring: Some(if self.leads() { "round" } else { "patience" }),
            badge: waits.map(|(token, _)| match token {
                Token::Election(_) => "TOKEN",
                Token::Elected(_) => "LEADER'S",
            }),
            note: match (waits, self.leader) {
                (Some((Token::Election(id), _)), _) => Some(format!("passes on {id}")),
                (_, Some(leader)) if leader != self.id => Some(format!("follows {leader}")),
                _ => None,
            },
            ..Face::default()
        }
    }
}

impl RingNode {
    /// Its own token goes out.
    fn elect(&mut self, cx: &mut Cx<RingElection>) {
        cx.line(Line::Start);
        self.takes_part = true;
        if !self.leads() {
            self.be_patient(cx); // the token may be lost
        }
        self.pass_on(Token::Election(self.id), 0, cx);
    }

    /// Somebody would lead.
    fn on_election(&mut self, id: Id, hops: u16, cx: &mut Cx<RingElection>) {
        if id == self.id {
            return self.on_own_token(cx);
        }
        if id > self.id || self.settings.broken(Bug::NotSwallowed) {
            cx.line(Line::PassOn);
            self.takes_part = true;
            self.pass_on(Token::Election(id), hops, cx);
        } else if self.takes_part {
            cx.line(Line::Swallow);
        } else {
            cx.line(Line::Replace);
            self.elect(cx);
        }
    }

    /// It has been round, and passed only lower ones.
    fn on_own_token(&mut self, cx: &mut Cx<RingElection>) {
        if !self.takes_part {
            return; // a copy, or from an election that is over
        }
        cx.line(Line::Win);
        self.takes_part = false;
        self.leader = Some(self.id);
        cx.cancel_timer(Timer::Patience);
        self.tell(cx);
    }

    /// The leader's token goes out: at first, and then again and again.
    fn tell(&mut self, cx: &mut Cx<RingElection>) {
        if !self.leads() {
            return;
        }
        cx.line(Line::Tell);
        self.pass_on(Token::Elected(self.id), 0, cx);
        let every = self.settings.config.round;
        cx.set_timer(Timer::Round, every..every);
    }

    /// Somebody leads.
    fn on_elected(&mut self, id: Id, hops: u16, cx: &mut Cx<RingElection>) {
        if id == self.id {
            return; // it has been round
        }
        if id < self.id {
            cx.line(Line::Object);
            if !self.takes_part && !self.leads() {
                self.elect(cx);
            }
            return;
        }
        cx.line(Line::Follow);
        if self.leads() {
            cx.cancel_timer(Timer::Round);
        }
        self.takes_part = false;
        self.leader = Some(id);
        self.be_patient(cx);
        self.pass_on(Token::Elected(id), hops, cx);
    }

    /// To the next node, unless the same token is still on its way there.
    fn pass_on(&mut self, token: Token, hops: u16, cx: &mut Cx<RingElection>) {
        if self.sent.contains_key(&token) {
            return;
        }
        self.send(token, after(cx.me, self.settings.nodes()), hops, cx);
    }

    /// Sends a token to a node, or to the first after it that acknowledges it; perhaps to nobody but itself.
    fn send(&mut self, token: Token, to: NodeId, hops: u16, cx: &mut Cx<RingElection>) {
        let hops = hops.saturating_add(1);
        if hops > self.settings.nodes() {
            return cx.line(Line::Drop);
        }
        if to == cx.me {
            return match token {
                Token::Election(id) if id == self.id => self.on_own_token(cx),
                _ => {}
            };
        }
        let serial = u64::from(self.disk.starts) << 32 | u64::from(self.sendings);
        self.sendings = self.sendings.wrapping_add(1);
        self.sent.insert(token, Sent { to, hops, serial });
        cx.send(
            to,
            match token {
                Token::Election(id) => Msg::Election { id, hops, serial },
                Token::Elected(id) => Msg::Elected { id, hops, serial },
            },
        );
        let patience = self.settings.config.ack_timeout;
        cx.set_timer(Timer::Ack(token), patience..patience);
    }

    fn be_patient(&self, cx: &mut Cx<RingElection>) {
        cx.set_timer(Timer::Patience, self.settings.patience());
    }

    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }
    /// Whether it leads.
    pub fn leads(&self) -> bool {
        self.leader == Some(self.id)
    }
    /// Who leads, as far as it knows.
    pub fn leader(&self) -> Option<Id> {
        self.leader
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
