//! The server: one lease at a time.

use super::{Bug, Line, Lock, Msg, Op, Ret, Settings, Timer, Token, View};
use netsplit_sim::{Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a crash leaves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct ServerDisk {
    /// The highest token that it has ever granted.
    pub highest: Option<Token>,
    /// Who has the lease.
    pub leased: Option<Token>,
}

/// A server.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Server {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: ServerDisk,
}

impl Process<Lock> for Server {
    type Config = Settings;
    type Disk = ServerDisk;

    /// How much of a lease has run down nobody can tell after a crash: it runs anew, in full.
    fn boot(settings: &Arc<Settings>, disk: ServerDisk, cx: &mut Cx<Lock>) -> Server {
        let server = Server { settings: Fixed::new(settings), disk };
        if disk.leased.is_some() {
            cx.line(Line::ServerRecovers);
            server.run_down(cx);
        }
        server
    }

    fn disk(&self) -> &ServerDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<Lock>) {
        cx.reply(id, Ret::NotHere);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Lock>) {
        match msg {
            Msg::Acquire { token } => self.on_acquire(from, token, cx),
            Msg::Renew { token, round } if self.disk.leased == Some(token) => {
                cx.line(Line::Extend);
                self.run_down(cx);
                cx.send(from, Msg::Renewed { token, round });
            }
            Msg::Renew { token, .. } => self.refuse(from, token, cx),
            Msg::Release { token } if self.disk.leased == Some(token) || self.settings.broken(Bug::UnlocksAnothers) => {
                cx.line(Line::TakeBack);
                self.disk.leased = None;
                cx.cancel_timer(Timer::Expire);
            }
            _ => {} // for others
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Lock>) {
        if timer == Timer::Expire {
            cx.line(Line::Expire);
            self.disk.leased = None;
        }
    }

    fn view(&self) -> View<'_> {
        View::Server(self)
    }

    fn face(&self) -> Face {
        let leased = self.disk.leased;
        Face {
            role: if leased.is_some() { "leased" } else { "free" },
            prominence: Prominence::Plain,
            headline: Some(("token", self.disk.highest.map_or(0, |token| token.number))),
            ring: leased.map(|_| "expire"),
            badge: leased.map(|_| "LEASED"),
            note: leased.map(|token| format!("to {}", self.settings.name(token.client))),
            ..Face::default()
        }
    }
}

impl Server {
    fn on_acquire(&mut self, from: NodeId, token: Token, cx: &mut Cx<Lock>) {
        if self.disk.leased == Some(token) {
            return cx.send(from, Msg::Granted { token }); // asked twice: the lease runs on
        }
        if self.disk.leased.is_some() || self.disk.highest.is_some_and(|highest| highest >= token) {
            return self.refuse(from, token, cx);
        }
        cx.line(Line::Grant);
        self.disk = ServerDisk { highest: Some(token), leased: Some(token) };
        self.run_down(cx);
        cx.send(from, Msg::Granted { token });
    }

    fn refuse(&self, from: NodeId, token: Token, cx: &mut Cx<Lock>) {
        cx.line(Line::Refuse);
        let highest = self.disk.highest.map_or(0, |highest| highest.number);
        cx.send(from, Msg::Refused { token, highest, leased: self.disk.leased.is_some() });
    }

    fn run_down(&self, cx: &mut Cx<Lock>) {
        let lease = self.settings.config.lease;
        cx.set_timer(Timer::Expire, lease..lease);
    }

    /// Who has the lease.
    pub fn leased(&self) -> Option<Token> {
        self.disk.leased
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
