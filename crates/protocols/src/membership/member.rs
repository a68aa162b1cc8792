//! The node: a member, or somebody who is none yet or no more.

use super::{
    Asked, Bug, Incarnation, KEY, Line, Membership, Msg, Op, Order, Record, Records, Refusal, Ret, Settings, Status,
    Table, Timer,
};
use netsplit_sim::digest::StateHasher;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Cx, Derived, Face, Fixed, NodeId, OpId, Process, Prominence, Shared};
use serde::Serialize;
use std::hash::Hash;
use std::sync::Arc;

/// A node that knows of others.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Member {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    table: Table,
    phase: Phase,
    /// How many periods it has been up.
    periods: u64,
    /// The members yet to be asked in this round.
    round: Shared<Vec<NodeId>>,
    /// Whether these are all members still: nobody has gone since that was looked at.
    #[serde(skip)]
    checked: Derived<bool>,
    /// Who was asked in this period, and has not answered.
    probe: Option<NodeId>,
    /// How many times each piece of news is yet to be told.
    news: Map<NodeId, u32>,
}

/// Whether it belongs to the group, by its own account.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It does not.
    Outside,
    /// It has asked to.
    Joining {
        /// Whom it asks.
        via: NodeId,
        /// The client's operation.
        asked: Asked,
    },
    /// It does.
    Active,
    /// It has said goodbye, and stays for so many periods until that is known.
    Leaving(u32),
}

impl Process<Membership> for Member {
    type Config = Settings;
    type Disk = Table;

    fn boot(settings: &Arc<Settings>, mut table: Table, cx: &mut Cx<Membership>) -> Member {
        let first = Record { incarnation: 1, status: Status::Active };
        if table.is_empty() && settings.founders().any(|founder| founder == cx.me) {
            table = Shared::new(settings.founders().map(|founder| (founder, first)).collect());
        } else if let Some(mine) = table.get(cx.me).filter(|mine| mine.is_member()) {
            cx.line(Line::Return);
            table.to_mut().insert(cx.me, Record { incarnation: mine.incarnation + 1, ..mine });
        }
        let active = table.has_member(cx.me);
        let phase = if active { Phase::Active } else { Phase::Outside };
        let period = settings.config.period;
        cx.set_timer(Timer::Period, netsplit_sim::Span::ZERO..period); // periods of different nodes are not in step
        let (settings, news) = (Fixed::new(settings), Map::new());
        let (round, checked) = (Shared::default(), Derived(true));
        let mut member = Member { settings, table, phase, periods: 0, round, checked, probe: None, news };
        member.tell(cx.me);
        member.all(Status::Suspect).for_each(|suspect| member.await_refutation(suspect, cx));
        member
    }

    fn disk(&self) -> &Table {
        &self.table
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<Membership>) {
        let ret = match (op, self.phase) {
            (Op::Members {}, _) => Ret::Members(self.members().collect()),
            (Op::Join { .. }, Phase::Active | Phase::Joining { .. }) => Ret::Refused(Refusal::AlreadyMember),
            (Op::Join { via }, _) if via == cx.me || !cx.neighbours.contains(&via) => {
                Ret::Refused(Refusal::UnknownNode)
            }
            (Op::Join { via }, _) => {
                self.phase = Phase::Joining { via, asked: Some(id) };
                return self.ask_in(via, cx);
            }
            (Op::Leave {}, Phase::Active) => {
                cx.line(Line::Leave);
                let mine = self.mine(cx.me);
                self.set(cx.me, mine.but(Status::Left));
                self.phase = Phase::Leaving(2 * self.settings.config.suspicion);
                Ret::Ok
            }
            (Op::Leave {}, _) => Ret::Refused(Refusal::UnknownNode),
        };
        cx.reply(id, ret);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Membership>) {
        match (msg, self.phase) {
            (Msg::Welcome { incarnation, table }, Phase::Joining { asked, .. }) => {
                self.enter(incarnation, table, asked, from, cx)
            }
            (Msg::Refused { why }, Phase::Joining { asked, .. }) if why != Refusal::UnknownNode => {
                self.phase = Phase::Outside;
                asked.into_iter().for_each(|id| cx.reply(id, Ret::Refused(why)));
            }
            (Msg::Welcome { .. } | Msg::Refused { .. }, _) => {}
            (_, Phase::Outside | Phase::Joining { .. }) => cx.send(from, Msg::Refused { why: Refusal::UnknownNode }),
            (Msg::Join { key, after }, _) => self.admit(from, key, after, cx),
            (msg, _) if !self.table.knows(from) && !introduces(&msg, from) => {
                cx.line(Line::Stranger);
                cx.send(from, Msg::Refused { why: Refusal::UnknownNode });
            }
            (msg, _) => self.on_members_msg(from, msg, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Membership>) {
        match timer {
            Timer::Period => self.next_period(cx),
            Timer::Ack => self.ask_indirectly(cx),
            Timer::Suspicion(suspect) => {
                if let Some(record) = self.table.get(suspect).filter(|record| record.status == Status::Suspect) {
                    cx.line(Line::Fail);
                    self.set(suspect, record.but(Status::Failed));
                }
            }
        }
    }

    fn view(&self) -> &Member {
        self
    }

    fn hash_state(&self, hasher: &mut StateHasher) {
        // What the derived `Hash` does. Named one by one, so that a new field is not forgotten.
        let Member { settings: _, table, phase, periods, round, checked: _, probe, news } = self;
        table.hash_into(hasher);
        (phase, periods).hash(hasher);
        round.hash_into(hasher);
        (probe, news).hash(hasher);
    }

    fn face(&self) -> Face {
        let (role, prominence) = match self.phase {
            Phase::Outside => ("outside", Prominence::Outside),
            Phase::Joining { .. } => ("joining", Prominence::Striving),
            Phase::Active => ("active", Prominence::Plain),
            Phase::Leaving(_) => ("leaving", Prominence::Striving),
        };
        let cell = |(node, record): (NodeId, Record)| Cell {
            tone: record.status as u64,
            solid: record.status == Status::Active,
            text: format!("n{}", node.0 + 1),
        };
        let those = |status: Status, word: &str| {
            let named: Vec<String> = self.all(status).map(|node| format!("n{}", node.0 + 1)).collect();
            match named.len() {
                0 => None,
                1..=3 => Some(format!("{word} {}", named.join(", "))),
                many => Some(format!("{word} {many}")),
            }
        };
        let notes = [those(Status::Suspect, "suspects"), those(Status::Failed, "failed:")];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        let belongs = self.phase != Phase::Outside;
        Face {
            role,
            prominence,
            headline: Some(("members", self.members().count() as u64)),
            strip: self.table.iter().filter(|_| belongs).take(12).map(cell).collect(),
            ring: Some("period"),
            note: (!notes.is_empty() && belongs).then(|| notes.join("; ")),
            ..Face::default()
        }
    }
}

/// Whether a message says of its sender that it is a member: some other member has let it in.
fn introduces(msg: &Msg, sender: NodeId) -> bool {
    match msg {
        Msg::Ping { news, .. } | Msg::Ack { news, .. } => news.knows(sender),
        Msg::Sync { table } | Msg::SyncReply { table } => table.knows(sender),
        Msg::PingReq { .. } | Msg::Join { .. } | Msg::Welcome { .. } | Msg::Refused { .. } => false,
    }
}

/// Every period, and when no answer comes.
impl Member {
    fn next_period(&mut self, cx: &mut Cx<Membership>) {
        let period = self.settings.config.period;
        cx.set_timer(Timer::Period, period..period);
        self.periods += 1;
        match &mut self.phase {
            Phase::Outside => return,
            Phase::Joining { via, .. } => {
                let next = cx.neighbours.iter().find(|other| **other > *via).or(cx.neighbours.first());
                *via = next.copied().unwrap_or(*via);
                let via = *via;
                return self.ask_in(via, cx);
            }
            Phase::Leaving(0) => {
                self.phase = Phase::Outside;
                return;
            }
            Phase::Leaving(left) => *left -= 1,
            Phase::Active => {}
        }
        if let Some(silent) = self.probe.take() {
            self.suspect(silent, cx);
        }
        self.ask(cx);
        self.ask_after_the_failed(cx);
        self.compare(cx);
    }

    fn ask(&mut self, cx: &mut Cx<Membership>) {
        let Some(target) = self.next_target(cx) else { return };
        cx.line(Line::Probe);
        self.probe = Some(target);
        self.ping(target, cx.me, self.periods, cx);
        let ack = self.settings.config.ack;
        cx.set_timer(Timer::Ack, ack..ack);
    }

    fn next_target(&mut self, cx: &mut Cx<Membership>) -> Option<NodeId> {
        let table = &self.table;
        let member = |node: &NodeId| table.has_member(*node);
        let round = self.round.to_mut();
        if !std::mem::replace(&mut self.checked.0, true) {
            round.retain(member);
        }
        if round.is_empty() || self.settings.config.order == Order::Random {
            *round = cx.neighbours.iter().copied().filter(member).collect();
        }
        // Drawing without putting back goes through all of them in a random order.
        let choice = cx.choose(round.len() as u64) as usize;
        (!round.is_empty()).then(|| round.swap_remove(choice))
    }

    fn ask_after_the_failed(&mut self, cx: &mut Cx<Membership>) {
        let failed = self.table.failed().iter().copied().filter(|node| cx.neighbours.contains(node));
        let failed: Vec<NodeId> = failed.collect();
        if !failed.is_empty() {
            cx.line(Line::Reprobe);
            self.ping(failed[(self.periods % failed.len() as u64) as usize], cx.me, self.periods, cx);
        }
    }

    fn compare(&mut self, cx: &mut Cx<Membership>) {
        let every = u64::from(self.settings.config.sync_every);
        if every == 0 || !self.periods.is_multiple_of(every) {
            return;
        }
        if let Some(other) = self.some_members(1, cx.me, cx).pop() {
            cx.line(Line::Compare);
            cx.send(other, Msg::Sync { table: self.table.clone() });
        }
    }

    fn ask_indirectly(&mut self, cx: &mut Cx<Membership>) {
        let Some(target) = self.probe else { return };
        cx.line(Line::Indirect);
        for proxy in self.some_members(self.settings.config.proxies as usize, target, cx) {
            cx.send(proxy, Msg::PingReq { target, number: self.periods });
        }
    }

    fn suspect(&mut self, silent: NodeId, cx: &mut Cx<Membership>) {
        let Some(record) = self.table.get(silent).filter(|record| record.status == Status::Active) else { return };
        cx.line(Line::Suspect);
        self.set(silent, record.but(Status::Suspect));
        self.await_refutation(silent, cx);
        self.ping(silent, cx.me, self.periods, cx);
    }

    fn await_refutation(&self, suspect: NodeId, cx: &mut Cx<Membership>) {
        let config = &self.settings.config;
        let patience = config.period.scale(u64::from(config.suspicion), 1);
        cx.set_timer(Timer::Suspicion(suspect), patience..patience);
    }

    /// So many members at random, but for one.
    fn some_members(&self, count: usize, but: NodeId, cx: &mut Cx<Membership>) -> Vec<NodeId> {
        let member = |node: &NodeId| *node != but && self.table.has_member(*node);
        let others = cx.neighbours.iter().copied().filter(member);
        if count == 1 {
            let among = others.clone().count() as u64;
            return others.skip(if among > 0 { cx.choose(among) as usize } else { 0 }).take(1).collect();
        }
        let mut others: Vec<NodeId> = others.collect();
        let mut some = Vec::new();
        while some.len() < count && !others.is_empty() {
            some.push(others.swap_remove(cx.choose(others.len() as u64) as usize));
        }
        some
    }
}

/// Messages between members.
impl Member {
    fn on_members_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Membership>) {
        match msg {
            Msg::Ping { asker, number, news } => {
                self.merge(&news, cx);
                cx.line(Line::Answer);
                let news = self.news_for(from, cx.me);
                cx.send(from, Msg::Ack { alive: cx.me, asker, number, news });
            }
            Msg::Ack { alive, asker, number, news } => {
                self.merge(&news, cx);
                if asker != cx.me {
                    cx.send(asker, Msg::Ack { alive, asker, number, news });
                } else if self.probe == Some(alive) && number == self.periods {
                    self.probe = None;
                    cx.cancel_timer(Timer::Ack);
                }
            }
            Msg::PingReq { target, number } => {
                cx.line(Line::Proxy);
                self.ping(target, from, number, cx);
            }
            Msg::Sync { table } => {
                self.merge(&table, cx);
                cx.send(from, Msg::SyncReply { table: self.table.clone() });
            }
            Msg::SyncReply { table } => self.merge(&table, cx),
            Msg::Join { .. } | Msg::Welcome { .. } | Msg::Refused { .. } => {}
        }
    }

    fn ping(&mut self, target: NodeId, asker: NodeId, number: u64, cx: &mut Cx<Membership>) {
        let news = self.news_for(target, cx.me);
        cx.send(target, Msg::Ping { asker, number, news });
    }

    /// What rides on a message: the sender's own record, the receiver's, and what was told least.
    fn news_for(&mut self, receiver: NodeId, me: NodeId) -> Records {
        let mut told: Vec<NodeId> = self.news.keys().copied().collect();
        told.sort_by_key(|node| std::cmp::Reverse(self.news[node]));
        told.truncate(self.settings.config.piggyback as usize);
        for node in &told {
            self.news.entry(*node).and_modify(|times| *times -= 1);
        }
        self.news.retain(|_, times| *times > 0);
        let about = told.into_iter().chain([me, receiver]);
        about.filter_map(|node| Some((node, self.table.get(node)?))).collect()
    }

    fn merge(&mut self, news: &Records, cx: &mut Cx<Membership>) {
        if *news == *self.table {
            return;
        }
        let mut learnt = false;
        for (node, record) in news.iter() {
            if node == cx.me {
                self.hear_of_myself(record, cx);
            } else if self.counts(node, record) {
                learnt = true;
                self.set(node, record);
                if record.status == Status::Suspect {
                    self.await_refutation(node, cx);
                }
            }
        }
        if learnt {
            cx.line(Line::News);
        }
    }

    fn counts(&self, node: NodeId, record: Record) -> bool {
        self.table.get(node).is_none_or(|mine| {
            let undone = mine.status == Status::Left && self.settings.broken(Bug::LeftCanReturn);
            record > mine || (undone && record.status == Status::Active)
        })
    }

    fn hear_of_myself(&mut self, record: Record, cx: &mut Cx<Membership>) {
        let mine = self.mine(cx.me);
        if self.phase != Phase::Active || record <= mine || self.settings.broken(Bug::NoRefutation) {
            return;
        }
        cx.line(Line::Refute);
        let raised =
            if self.settings.broken(Bug::IncarnationNotRaised) { record.incarnation } else { record.incarnation + 1 };
        self.set(cx.me, Record { incarnation: raised, status: Status::Active });
    }

    fn mine(&self, me: NodeId) -> Record {
        self.table.get(me).unwrap_or(Record { incarnation: 0, status: Status::Left })
    }

    fn set(&mut self, node: NodeId, record: Record) {
        self.table.to_mut().insert(node, record);
        self.checked.0 &= record.is_member();
        self.tell(node);
    }

    /// News is told about three times as often as it takes for everybody to hear.
    fn tell(&mut self, node: NodeId) {
        let times = 3 * (self.table.len() as u32 + 1).ilog2() + 3;
        self.news.insert(node, times);
    }
}

/// Coming and going.
impl Member {
    fn ask_in(&mut self, via: NodeId, cx: &mut Cx<Membership>) {
        cx.line(Line::AskIn);
        let key = if self.settings.intruder(cx.me) { !KEY } else { KEY };
        cx.send(via, Msg::Join { key, after: self.mine(cx.me).incarnation });
    }

    fn admit(&mut self, node: NodeId, key: u64, after: Incarnation, cx: &mut Cx<Membership>) {
        let known = self.table.get(node);
        let since = known.filter(|record| record.incarnation > after); // in an incarnation that it does not know it has
        let verdict = match since {
            _ if key != KEY && !self.settings.broken(Bug::NoAuthentication) => Err(Refusal::NotAuthenticated),
            Some(record) if record.is_member() => Ok(record.incarnation), // the welcome was lost: once more
            Some(record) if record.status == Status::Left => Err(Refusal::UnknownNode), // it has joined and left since
            _ if self.members().count() >= self.settings.config.capacity as usize => Err(Refusal::ClusterFull),
            _ => Ok(known.map_or(0, |record| record.incarnation).max(after) + 1),
        };
        match verdict {
            Ok(incarnation) => {
                cx.line(Line::Admit);
                self.set(node, Record { incarnation, status: Status::Active });
                cx.send(node, Msg::Welcome { incarnation, table: self.table.clone() });
            }
            Err(why) => {
                cx.line(Line::Refuse);
                cx.send(node, Msg::Refused { why });
            }
        }
    }

    fn enter(&mut self, incarnation: Incarnation, table: Table, asked: Asked, from: NodeId, cx: &mut Cx<Membership>) {
        if incarnation <= self.mine(cx.me).incarnation {
            return; // an old welcome
        }
        cx.line(Line::Enter);
        self.phase = Phase::Active;
        if !self.table.knows(from) {
            self.table.to_mut().insert(from, Record { incarnation: 0, status: Status::Active });
        }
        self.set(cx.me, Record { incarnation, status: Status::Active });
        self.merge(&table, cx);
        asked.into_iter().for_each(|id| cx.reply(id, Ret::Ok));
    }

    /// All that it knows.
    pub fn table(&self) -> &Table {
        &self.table
    }
    /// Whether it belongs to the group, by its own account.
    pub fn phase(&self) -> Phase {
        self.phase
    }
    /// Whether it is a member and not about to leave.
    pub fn is_active(&self) -> bool {
        self.phase == Phase::Active
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// The members as it sees them.
    pub fn members(&self) -> impl Iterator<Item = NodeId> {
        self.table.iter().filter(|(_, record)| record.is_member()).map(|(node, _)| node)
    }
    fn all(&self, status: Status) -> impl Iterator<Item = NodeId> {
        self.table.iter().filter(move |(_, record)| record.status == status).map(|(node, _)| node)
    }
}
