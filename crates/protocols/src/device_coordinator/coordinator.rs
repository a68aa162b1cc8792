//! The coordinator: has operations agreed on, keeps their order, and tells it to whoever wants to know.

use super::consensus::{Core, CoreDisk, Decided, Reach, is_genuine};
use super::device::SHOWN;
use super::follow::Follow;
use super::{Bug, DeviceCoordinator, Line, Msg, Named, Op, Outcome, Place, Ret, Settings, Slot, State, Timer, View};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Chained, Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a coordinator has on its disk before anybody hears of it.
#[derive(Clone, Hash, Default, Serialize)]
pub struct CoordinatorDisk {
    /// The order, as far as it knows it.
    log: Chained<Slot>,
    /// How many operations it has given to its core: no two under one name.
    given: u32,
    /// The disks of the parts of its core; none before its first start.
    core: Option<CoreDisk>,
}

/// A coordinator.
#[derive(Clone, Hash, Serialize)]
pub struct Coordinator {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: CoordinatorDisk,
    core: Core,
    /// What the order so far has made of it all.
    state: State,
    /// The operations that it has given to its core and has not seen in the order; whether they were asked for here.
    waiting: Map<OpId, bool>,
    /// What was decided for places beyond some that it lacks.
    ahead: Map<Place, Slot>,
    /// What others say of those.
    follow: Follow,
    /// Whether it lacks places that its core has passed over.
    lacks: bool,
}

impl Process<DeviceCoordinator> for Coordinator {
    type Config = Settings;
    type Disk = CoordinatorDisk;

    fn boot(settings: &Arc<Settings>, mut disk: CoordinatorDisk, cx: &mut Cx<DeviceCoordinator>) -> Coordinator {
        let mut state = State::default();
        for slot in disk.log.iter() {
            state.apply(slot, !settings.broken(Bug::PolicyFromStaleReplica));
        }
        let reach = Reach { settings, after: disk.log.len() as Place };
        let (core, decided) = Core::boot(&mut disk.core, reach, cx);
        let mut coordinator = Coordinator {
            settings: Fixed::new(settings),
            disk,
            core,
            state,
            waiting: Map::new(),
            ahead: Map::new(),
            follow: Follow::default(),
            lacks: false,
        };
        coordinator.agreed(decided, cx);
        coordinator
    }

    fn disk(&self) -> &CoordinatorDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<DeviceCoordinator>) {
        match op {
            Op::Register { device } if !self.settings.devices.contains(&device) => cx.reply(id, Ret::NotHere),
            op => self.on_ask(Named { id, op }, true, cx),
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<DeviceCoordinator>) {
        match msg {
            Msg::Ask(named) => self.on_ask(named, false, cx),
            Msg::Fetch { after } => self.on_fetch(from, after, cx),
            Msg::Places { after, slots } => {
                if self.lacks && self.settings.coordinators.contains(&from) {
                    self.follow.hear(from, after, slots, self.last());
                    self.go_on(cx);
                }
            }
            Msg::Core(mail) => {
                let (me, coordinators) = (self.settings.number(cx.me), self.settings.coordinators.len() as u16);
                let (Some(me), Some(them)) = (me, self.settings.number(from)) else { return };
                if is_genuine(&mail, them, me, coordinators) {
                    let reach = Reach { settings: &self.settings, after: self.disk.log.len() as Place };
                    let decided = self.core.on_mail(mail, &mut self.disk.core, reach, cx);
                    self.agreed(decided, cx);
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<DeviceCoordinator>) {
        match timer {
            Timer::Poll => self.ask_others(cx),
            Timer::Core(timer) => {
                let reach = Reach { settings: &self.settings, after: self.disk.log.len() as Place };
                let decided = self.core.on_timer(timer, &mut self.disk.core, reach, cx);
                self.agreed(decided, cx);
            }
        }
    }

    fn view(&self) -> View<'_> {
        View::Coordinator(self)
    }

    fn face(&self) -> Face {
        let core = self.core.face();
        let role = match core.prominence {
            Prominence::Leading => "leader",
            Prominence::Striving => "striving",
            Prominence::Plain | Prominence::Outside => "coordinator",
        };
        let start = self.disk.log.len().saturating_sub(SHOWN);
        let cell = |slot: &Slot| Cell {
            tone: slot.as_ref().map_or(0, |named| 1 + u64::from(named.id.0)),
            solid: true,
            text: slot.as_ref().map_or_else(|| "-".to_owned(), |named| named.id.0.to_string()),
        };
        Face {
            role,
            prominence: core.prominence,
            headline: Some(("place", self.last())),
            strip: self.disk.log[start..].iter().map(cell).collect(),
            strip_start: start as u64,
            ring: core.ring,
            badge: core.badge,
            note: core.headline.map(|(name, figure)| format!("{name} {figure}")),
            ..Face::default()
        }
    }
}

impl Coordinator {
    /// Somebody wants something: the core shall find a place for it. Whether it is allowed is decided at that place.
    fn on_ask(&mut self, named: Named, here: bool, cx: &mut Cx<DeviceCoordinator>) {
        if self.settings.broken(Bug::PolicyFromStaleReplica) && self.state.forbids(&named.op) {
            if here {
                cx.reply(named.id, Ret::Refused);
            }
            return;
        }
        if self.waiting.contains_key(&named.id) || self.state.knows(named.id) {
            return cx.line(Line::AskedBefore);
        }
        cx.line(Line::Give);
        self.waiting.insert(named.id, here);
        let coordinators = self.settings.coordinators.len() as u32;
        let number = u32::from(self.settings.number(cx.me).unwrap_or(0));
        let name = OpId(self.disk.given.wrapping_mul(coordinators).wrapping_add(number));
        self.disk.given += 1;
        let reach = Reach { settings: &self.settings, after: self.disk.log.len() as Place };
        let decided = self.core.ask(name, named.command(), &mut self.disk.core, reach, cx);
        self.agreed(decided, cx);
    }

    /// The core has decided something.
    fn agreed(&mut self, decided: Vec<Decided>, cx: &mut Cx<DeviceCoordinator>) {
        let last = self.last();
        for (place, command) in decided.into_iter().filter(|(place, _)| *place > last) {
            self.ahead.insert(place, command.and_then(|command| Named::read(&command)));
        }
        self.go_on(cx);
    }

    /// Takes the next place, and the next, as far as it knows what stands there. If the core has passed over some, because
    /// it has taken over a state from others instead of deciding, others are asked.
    fn go_on(&mut self, cx: &mut Cx<DeviceCoordinator>) {
        loop {
            let next = self.last() + 1;
            let told = self.follow.take(next, self.settings.voices());
            let Some(slot) = self.ahead.remove(&next).or(told) else { break };
            self.append(slot, cx);
        }
        let lacks = self.core.reached() > self.last();
        if lacks && !self.lacks {
            self.ask_others(cx);
        } else if self.lacks && !lacks {
            cx.cancel_timer(Timer::Poll);
        }
        self.lacks = lacks;
    }

    /// The next place in the order.
    fn append(&mut self, slot: Slot, cx: &mut Cx<DeviceCoordinator>) {
        let after = self.last();
        let outcome = self.state.apply(&slot, !self.settings.broken(Bug::PolicyFromStaleReplica));
        cx.line(match (outcome, &slot) {
            (Outcome::Forbidden, _) => Line::Forbid,
            (Outcome::Nothing, Some(_)) => Line::SameName,
            _ => Line::Append,
        });
        self.disk.log.push(slot.clone());
        let asked = slot.as_ref().and_then(|named| Some((named.id, self.waiting.remove(&named.id)?)));
        if asked.is_some() || self.settings.voices() > 1 {
            cx.line(Line::Tell);
            for device in self.state.devices() {
                cx.send(device, Msg::Places { after, slots: vec![slot.clone()] });
            }
        }
        if let Some((id, true)) = asked {
            cx.line(Line::Answer);
            cx.reply(id, Ret::of(outcome, after + 1));
        }
    }

    /// Somebody lacks places: a few at a time.
    fn on_fetch(&self, from: NodeId, after: Place, cx: &mut Cx<DeviceCoordinator>) {
        let rest = usize::try_from(after).ok().and_then(|after| self.disk.log.get(after..)).unwrap_or_default();
        if !rest.is_empty() {
            cx.line(Line::Serve);
            let slots = rest.iter().take(self.settings.config.batch as usize).cloned().collect();
            cx.send(from, Msg::Places { after, slots });
        }
    }

    fn ask_others(&self, cx: &mut Cx<DeviceCoordinator>) {
        cx.line(Line::PassedOver);
        let me = cx.me;
        for other in self.settings.coordinators.iter().filter(|other| **other != me) {
            cx.send(*other, Msg::Fetch { after: self.last() });
        }
        let poll = self.settings.config.poll;
        cx.set_timer(Timer::Poll, poll..poll);
    }

    /// The last place that it knows.
    pub fn last(&self) -> Place {
        self.disk.log.len() as Place
    }
    /// The order, as far as it knows it.
    pub fn log(&self) -> &[Slot] {
        &self.disk.log
    }
    /// What the order so far has made of it all.
    pub fn state(&self) -> &State {
        &self.state
    }
    /// Whether it lacks places that its core has passed over.
    pub fn lacks(&self) -> bool {
        self.lacks
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
