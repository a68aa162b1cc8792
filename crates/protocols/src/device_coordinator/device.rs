//! The device: does what the order says, place by place.

use super::follow::Follow;
use super::{Bug, DeviceCoordinator, Line, Msg, Named, Op, Outcome, Place, Ret, Settings, Slot, State, Timer, View};
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Chained, Cx, Face, Fixed, Level, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// What a device has done.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Deed {
    /// At which place in the order.
    pub place: Place,
    /// What stood there, as far as it knew.
    pub slot: Slot,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a crash leaves of a device. A place and what was done there are written at once.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize)]
pub struct DeviceDisk {
    /// The last place that it has done.
    position: Place,
    /// What the order so far has made of it all.
    state: State,
    /// What it has ever done: what is done is done, whatever it remembers.
    deeds: Chained<Deed>,
}

/// A device.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Device {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: DeviceDisk,
    me: NodeId,
    /// How often it has asked for what comes next.
    turn: u64,
    /// What it has heard of the places to come.
    follow: Follow,
    /// What somebody has asked for here and has no place yet, and for how many turns.
    asked: Map<OpId, (Op, u32)>,
}

impl Process<DeviceCoordinator> for Device {
    type Config = Settings;
    type Disk = DeviceDisk;

    fn boot(settings: &Arc<Settings>, mut disk: DeviceDisk, cx: &mut Cx<DeviceCoordinator>) -> Device {
        if disk.position > 0 {
            cx.line(Line::Return);
        }
        if settings.broken(Bug::PositionNotDurable) {
            (disk.position, disk.state) = (0, State::default());
        }
        let (turn, asked) = (u64::from(cx.me.0), Map::new()); // not all begin with the same coordinator
        let settings = Fixed::new(settings);
        let device = Device { settings, disk, me: cx.me, turn, follow: Follow::default(), asked };
        device.poll(cx);
        device
    }

    fn disk(&self) -> &DeviceDisk {
        &self.disk
    }

    fn on_op(&mut self, id: OpId, op: Op, cx: &mut Cx<DeviceCoordinator>) {
        match op {
            Op::Register { device } if !self.settings.devices.contains(&device) => cx.reply(id, Ret::NotHere),
            op => {
                self.asked.insert(id, (op.clone(), 0));
                self.ask(Named { id, op }, 0, cx);
            }
        }
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<DeviceCoordinator>) {
        match msg {
            Msg::Places { after, slots } if self.settings.coordinators.contains(&from) => {
                self.on_places(from, after, slots, cx);
            }
            _ => {} // for coordinators
        }
    }

    fn on_timer(&mut self, _poll: Timer, cx: &mut Cx<DeviceCoordinator>) {
        self.turn += 1;
        self.poll(cx);
        self.ask_again(cx);
    }

    fn view(&self) -> View<'_> {
        View::Device(self)
    }

    fn face(&self) -> Face {
        let (deeds, level) = (&self.disk.deeds, self.disk.state.level(self.me));
        let start = deeds.len().saturating_sub(SHOWN);
        let cell = |deed: &Deed| Cell {
            tone: deed.slot.as_ref().map_or(0, |named| 1 + u64::from(named.id.0)),
            solid: deed.outcome == Outcome::Done,
            text: deed.slot.as_ref().map_or_else(|| "-".to_owned(), |named| named.id.0.to_string()),
        };
        let bar = |level| Level { tone: u64::from(self.me.0), value: level, of: self.disk.state.limit().unwrap_or(0) };
        Face {
            role: if level.is_some() { "device" } else { "unregistered" },
            prominence: Prominence::Outside,
            headline: Some(("place", self.disk.position)),
            strip: deeds[start..].iter().map(cell).collect(),
            strip_start: start as u64,
            levels: level.map(bar).into_iter().collect(),
            badge: self.is_behind().then_some("BEHIND"),
            note: level.map(|level| format!("level {level}")),
            ..Face::default()
        }
    }
}

/// How many places are shown: the last ones.
pub(super) const SHOWN: usize = 8;

/// For how many turns it waits for an operation to have its place before it asks the next coordinator for it.
const PATIENCE: u32 = 4;

impl Device {
    /// The next coordinator may know what comes next; it is asked whether or not there is anything.
    fn poll(&self, cx: &mut Cx<DeviceCoordinator>) {
        cx.line(Line::Poll);
        for coordinator in self.settings.asked(self.turn) {
            cx.send(*coordinator, Msg::Fetch { after: self.disk.position });
        }
        let poll = self.settings.config.poll;
        cx.set_timer(Timer::Poll, poll..poll);
    }

    /// Passes on what it was asked for: to one coordinator, even if one may lie. If nothing comes of it, the next is asked.
    fn ask(&self, named: Named, turns: u32, cx: &mut Cx<DeviceCoordinator>) {
        cx.line(Line::PassOn);
        let all = &self.settings.coordinators;
        let nth = u64::from(self.me.0) + u64::from(turns / PATIENCE);
        cx.send(all[(nth % all.len() as u64) as usize], Msg::Ask(named));
    }

    fn ask_again(&mut self, cx: &mut Cx<DeviceCoordinator>) {
        let mut late = Vec::new();
        for (id, (op, turns)) in &mut self.asked {
            *turns = turns.saturating_add(1);
            if turns.is_multiple_of(PATIENCE) {
                late.push((Named { id: *id, op: op.clone() }, *turns));
            }
        }
        late.into_iter().for_each(|(named, turns)| self.ask(named, turns, cx));
    }

    /// Somebody says what comes after a place.
    fn on_places(&mut self, from: NodeId, after: Place, slots: Vec<Slot>, cx: &mut Cx<DeviceCoordinator>) {
        let (before, told) = (self.disk.position, slots.len());
        if after.saturating_add(told as Place) <= before {
            return cx.line(Line::Known);
        }
        self.follow.hear(from, after, slots, before);
        while let Some((place, slot)) = self.next() {
            self.perform(place, slot, cx);
        }
        let more = told == self.settings.config.batch as usize && self.disk.position > before;
        if after > self.disk.position {
            cx.line(Line::Gap);
        }
        if more || after > self.disk.position {
            cx.send(from, Msg::Fetch { after: self.disk.position });
        }
    }

    /// The next place, if enough have said what stands there.
    fn next(&mut self) -> Option<(Place, Slot)> {
        let mut place = self.disk.position + 1;
        if self.settings.broken(Bug::GapNotNoticed) {
            place = self.follow.first()?;
        }
        Some((place, self.follow.take(place, self.settings.voices())?))
    }

    /// Does what stands at the next place, if it is anything and is allowed there.
    fn perform(&mut self, place: Place, slot: Slot, cx: &mut Cx<DeviceCoordinator>) {
        let outcome = self.disk.state.apply(&slot, !self.settings.broken(Bug::PolicyFromStaleReplica));
        cx.line(if outcome == Outcome::Forbidden { Line::PassOver } else { Line::Perform });
        self.disk.position = place;
        let asked = slot.as_ref().map(|named| named.id).filter(|id| self.asked.remove(id).is_some());
        if let Some(id) = asked {
            cx.line(Line::AnswerHere);
            cx.reply(id, Ret::of(outcome, place));
        }
        self.disk.deeds.push(Deed { place, slot, outcome });
    }

    /// Whether it has heard of places that it cannot do yet.
    fn is_behind(&self) -> bool {
        self.follow.first().is_some()
    }
    /// The last place that it has done.
    pub fn position(&self) -> Place {
        self.disk.position
    }
    /// What it has ever done.
    pub fn deeds(&self) -> &[Deed] {
        &self.disk.deeds
    }
    /// What the order so far has made of it all.
    pub fn state(&self) -> &State {
        &self.disk.state
    }
    /// Its own level, if it is registered.
    pub fn level(&self) -> Option<u64> {
        self.disk.state.level(self.me)
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
