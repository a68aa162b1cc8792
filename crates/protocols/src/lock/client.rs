//! The client: takes the lock, writes, gives it back.

use super::{Bug, Line, Lock, Msg, Op, Ret, Settings, Text, Timer, Token, View};
use netsplit_sim::ordered::Set;
use netsplit_sim::{Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// A client. A crash leaves the number of its latest attempt, so that no two have the same token.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Client {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    number: u64,
    /// The highest number that it has heard of.
    heard: u64,
    state: State,
    /// What it is preparing to write...
    work: Option<(OpId, Text)>,
    /// ...and under which token, once it has the lock.
    under: Option<Token>,
}

/// Whether it has the lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It does not.
    Idle,
    /// It has asked for it.
    Asking {
        /// The operation; none if it asks in order to write.
        id: Option<OpId>,
        /// This attempt.
        token: Token,
        /// Who has granted it.
        granted: Set<NodeId>,
        /// Who has refused it.
        refused: Set<NodeId>,
        /// Whether one of those has granted a lease to somebody else.
        taken: bool,
    },
    /// It does.
    Holding {
        /// With this token.
        token: Token,
        /// Which of the two timers is that of its lease.
        lease: bool,
        /// The asking for more time: which it is, for which operation, and who has agreed.
        renewal: Option<(u32, OpId, Set<NodeId>)>,
        /// How many askings there have been.
        rounds: u32,
    },
}

impl Process<Lock> for Client {
    type Config = Settings;
    type Disk = u64;

    fn boot(settings: &Arc<Settings>, number: u64, _cx: &mut Cx<Lock>) -> Client {
        Client { settings: Fixed::new(settings), number, heard: number, state: State::Idle, work: None, under: None }
    }

    fn disk(&self) -> &u64 {
        &self.number
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Lock>) {
        match op {
            Op::TryLock {} => self.try_lock(id, cx),
            Op::Renew {} => self.renew(id, cx),
            Op::Unlock {} => self.unlock(id, cx),
            Op::Write { value } => self.prepare(id, value, cx),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Lock>) {
        match msg {
            Msg::Granted { token } => self.on_granted(from, token, cx),
            Msg::Refused { token, highest, leased } => self.on_refused(from, token, highest, leased, cx),
            Msg::Renewed { token, round } => self.on_renewed(from, token, round, cx),
            Msg::Written { id } => {
                cx.line(Line::Done);
                cx.reply(id, Ret::Ok);
            }
            Msg::Rejected { id } => {
                cx.line(Line::FencedOff);
                cx.reply(id, Ret::Rejected);
            }
            _ => {} // for others
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Lock>) {
        match (timer, &mut self.state) {
            (Timer::Lease(_), State::Asking { .. }) => self.give_up(cx),
            (Timer::Lease(which), State::Holding { lease, .. }) if *lease == which => {
                cx.line(Line::LeaseOver);
                self.lose(cx);
            }
            (Timer::Lease(_), State::Holding { renewal, .. }) => {
                if let Some((_, id, _)) = renewal.take() {
                    cx.reply(id, Ret::NotHeld);
                }
            }
            (Timer::Work, _) => self.write(cx),
            _ => {}
        }
    }

    fn view(&self) -> View<'_> {
        View::Client(self)
    }

    fn face(&self) -> Face {
        let servers = self.settings.servers.len() as u64;
        let (role, prominence, ring, levels) = match &self.state {
            State::Idle => ("idle", Prominence::Outside, None, Vec::new()),
            State::Asking { granted, token, .. } => {
                let level = Level { tone: u64::from(token.client.0), value: granted.len() as u64, of: servers };
                ("asking", Prominence::Striving, Some("lease"), vec![level])
            }
            State::Holding { .. } => ("holding", Prominence::Leading, Some("lease"), Vec::new()),
        };
        Face {
            role,
            prominence,
            headline: Some(("token", self.number)),
            ring,
            badge: self.holds().map(|_| "LOCK"),
            levels,
            note: self.work.as_ref().map(|(_, value)| format!("prepares to write {value}")),
            ..Face::default()
        }
    }
}

impl Client {
    fn try_lock(&mut self, id: OpId, cx: &mut Cx<Lock>) {
        match &self.state {
            State::Idle => self.ask(Some(id), cx),
            State::Asking { .. } => cx.reply(id, Ret::Busy),
            State::Holding { token, .. } => cx.reply(id, Ret::Held(token.number)),
        }
    }

    /// An attempt, under a token that is higher than all it has heard of. The lease is counted from here.
    fn ask(&mut self, id: Option<OpId>, cx: &mut Cx<Lock>) {
        cx.line(Line::Ask);
        self.number = self.settings.next_number(cx.me, self.number.max(self.heard));
        let token = Token { number: self.number, client: cx.me };
        let (granted, refused) = (Set::new(), Set::new());
        self.state = State::Asking { id, token, granted, refused, taken: false };
        let lease = self.settings.short_lease();
        cx.set_timer(Timer::Lease(false), lease..lease);
        for &server in &self.settings.servers {
            cx.send(server, Msg::Acquire { token });
        }
    }

    fn on_granted(&mut self, from: NodeId, token: Token, cx: &mut Cx<Lock>) {
        let majority = self.settings.majority();
        let State::Asking { id, token: mine, granted, .. } = &mut self.state else { return };
        if *mine != token {
            return; // of an earlier attempt
        }
        granted.insert(from);
        if granted.len() < majority {
            return;
        }
        cx.line(Line::Hold);
        match id {
            Some(id) => cx.reply(*id, Ret::Held(token.number)),
            None => self.start_work(token, cx),
        }
        self.state = State::Holding { token, lease: false, renewal: None, rounds: 0 };
        if self.settings.broken(Bug::LeaseOnWrongClock) {
            let lease = self.settings.config.lease;
            cx.set_timer(Timer::Lease(false), lease..lease);
        }
    }

    /// Too many refusals for a majority: if the lock is free, and only the number was too low, try a higher one.
    fn on_refused(&mut self, from: NodeId, token: Token, highest: u64, leased: bool, cx: &mut Cx<Lock>) {
        self.heard = self.heard.max(highest);
        let hopeless = self.settings.servers.len().saturating_sub(self.settings.majority());
        let State::Asking { id, token: mine, refused, taken, .. } = &mut self.state else { return };
        if *mine != token {
            return;
        }
        refused.insert(from);
        *taken |= leased;
        if refused.len() <= hopeless {
            return;
        }
        if *taken {
            return self.give_up(cx);
        }
        cx.line(Line::TryHigher);
        let id = *id;
        self.release(token, cx);
        self.ask(id, cx);
    }

    fn give_up(&mut self, cx: &mut Cx<Lock>) {
        if let State::Asking { id, token, .. } = self.state {
            cx.line(Line::GiveUp);
            let asked = id.or_else(|| self.work.take().map(|(id, _)| id));
            asked.into_iter().for_each(|id| cx.reply(id, Ret::Busy));
            self.release(token, cx);
            self.lose(cx);
        }
    }

    fn renew(&mut self, id: OpId, cx: &mut Cx<Lock>) {
        let State::Holding { token, lease, renewal, rounds } = &mut self.state else {
            return cx.reply(id, Ret::NotHeld);
        };
        if renewal.is_some() {
            return cx.reply(id, Ret::Busy);
        }
        cx.line(Line::AskForMore);
        *rounds += 1;
        *renewal = Some((*rounds, id, Set::new()));
        let (token, round, next, span) = (*token, *rounds, !*lease, self.settings.short_lease());
        cx.set_timer(Timer::Lease(next), span..span);
        for &server in &self.settings.servers {
            cx.send(server, Msg::Renew { token, round });
        }
    }

    fn on_renewed(&mut self, from: NodeId, token: Token, round: u32, cx: &mut Cx<Lock>) {
        let majority = self.settings.majority();
        let State::Holding { token: mine, lease, renewal, .. } = &mut self.state else { return };
        let Some((current, id, agreed)) = renewal else { return };
        if (*mine, *current) != (token, round) {
            return;
        }
        agreed.insert(from);
        if agreed.len() >= majority {
            cx.line(Line::HoldOn);
            cx.reply(*id, Ret::Held(token.number));
            cx.cancel_timer(Timer::Lease(*lease));
            *lease = !*lease;
            *renewal = None;
        }
    }

    /// Gives back what it holds, or what it believes to have held last.
    fn unlock(&mut self, id: OpId, cx: &mut Cx<Lock>) {
        cx.line(Line::GiveBack);
        self.release(Token { number: self.number, client: cx.me }, cx);
        if self.under.take().is_some() {
            cx.cancel_timer(Timer::Work);
            self.work.take().into_iter().for_each(|(id, _)| cx.reply(id, Ret::NotHeld));
        }
        let held = self.holds().is_some();
        match self.state {
            State::Asking { .. } => self.give_up(cx),
            State::Idle | State::Holding { .. } => self.lose(cx),
        }
        cx.reply(id, if held { Ret::Ok } else { Ret::NotHeld });
    }

    fn release(&self, token: Token, cx: &mut Cx<Lock>) {
        for &server in &self.settings.servers {
            cx.send(server, Msg::Release { token });
        }
    }

    fn lose(&mut self, cx: &mut Cx<Lock>) {
        if let State::Holding { renewal: Some((_, id, _)), .. } = &self.state {
            cx.reply(*id, Ret::NotHeld);
        }
        self.state = State::Idle;
        cx.cancel_timer(Timer::Lease(false));
        cx.cancel_timer(Timer::Lease(true));
    }

    /// Takes the lock, if it does not have it, and starts to prepare...
    fn prepare(&mut self, id: OpId, value: Text, cx: &mut Cx<Lock>) {
        if self.work.is_some() || matches!(self.state, State::Asking { .. }) {
            return cx.reply(id, Ret::Busy);
        }
        self.work = Some((id, value));
        match self.state {
            State::Holding { token, .. } => self.start_work(token, cx),
            State::Idle | State::Asking { .. } => self.ask(None, cx),
        }
    }

    fn start_work(&mut self, token: Token, cx: &mut Cx<Lock>) {
        cx.line(Line::Prepare);
        self.under = Some(token);
        let (shortest, longest) = self.settings.config.work;
        cx.set_timer(Timer::Work, shortest..longest);
    }

    /// ...and writes. Whether the lock is still its own by then it cannot know: if it looked once more, it might be
    /// paused right after that look.
    fn write(&mut self, cx: &mut Cx<Lock>) {
        let (Some((id, value)), Some(token)) = (self.work.take(), self.under.take()) else { return };
        if let Some(resource) = self.settings.resource {
            cx.line(Line::Write);
            cx.send(resource, Msg::Write { id, token, value });
        }
    }

    /// The token of the lock that it holds, as far as it knows.
    pub fn holds(&self) -> Option<Token> {
        match self.state {
            State::Holding { token, .. } => Some(token),
            State::Idle | State::Asking { .. } => None,
        }
    }
    /// Which of its timers ends the lease.
    pub fn lease(&self) -> Option<Timer> {
        match self.state {
            State::Holding { lease, .. } => Some(Timer::Lease(lease)),
            State::Idle | State::Asking { .. } => None,
        }
    }
    /// What it is doing.
    pub fn state(&self) -> &State {
        &self.state
    }
}
