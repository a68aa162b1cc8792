//! Devices that all do the same things in the same order, whatever fails: replicated state machines (Schneider: Implementing
//! Fault-Tolerant Services Using the State Machine Approach, 1990) over any consensus.
//!
//! *Coordinators* agree on one list of operations: who is a device, what the devices are to do, and the *policy*, which
//! says what they may be told to do. How they agree is not this protocol's business. A coordinator runs the processes of
//! a consensus protocol, Multi-Paxos, Raft or PBFT, as they are (consensus.rs), hands it the operations that it is asked
//! for, as writes to a store under the operation's name, and takes from it what was decided, place by place.
//!
//! *Devices* follow the list: they do what stands at the first place, at the second, and so on, each with the place on
//! the disk in the same write. A device may be off for as long as it likes; when it is back it asks for what comes
//! after its place. It need not ask the one that leads, for the list is the same everywhere: one coordinator is as
//! good as another. If coordinators may lie (PBFT), f + 1 have to say the same.
//!
//! Whether an operation is allowed is not asked when somebody asks for it, for then nobody knows yet what will come
//! before it. It is decided at its place, by the policy as it is there; everybody decides it for himself, and all alike.
//!
//! An operation may get two places: who hears nothing asks again. It has a name, and the second time it does nothing.

mod about;
mod config;
mod consensus;
mod coordinator;
mod device;
mod follow;
mod invariants;
mod lines;
mod op;
mod state;

pub use about::ABOUT;
pub use config::{Bug, Config, Consensus, Settings};
pub use consensus::{By, CoreMail, CoreTimer, Mail};
pub use coordinator::{Coordinator, CoordinatorDisk};
pub use device::{Deed, Device, DeviceDisk};
pub use invariants::Invariants;
pub use lines::{LINES, Line};
pub use op::{Named, Op, Ret, Slot};
pub use state::{Outcome, State};

use crate::about::{About, Bugs};
use crate::{Cast, Impossible};
use netsplit_sim::{Forger, Node, Protocol, Seat, Shape, Tag, World};
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

/// The protocol.
#[derive(Clone, Copy, Debug)]
pub struct DeviceCoordinator;

/// A place in the order of operations, from 1.
pub type Place = u64;

/// What coordinators and devices send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Msg {
    /// A device to a coordinator: somebody wants this.
    Ask(Named),
    /// I have everything up to this place: what comes next?
    Fetch {
        /// The place.
        after: Place,
    },
    /// What stands at the places after this one.
    Places {
        /// The place before the first.
        after: Place,
        /// What stands there.
        slots: Vec<Slot>,
    },
    /// What coordinators say in order to agree.
    Core(CoreMail),
}

/// What coordinators and devices wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The time to ask for what comes next.
    Poll,
    /// What the consensus protocol waits for.
    Core(CoreTimer),
}

/// What invariants see of a process.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// A coordinator.
    Coordinator(&'a Coordinator),
    /// A device.
    Device(&'a Device),
}

impl View<'_> {
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        match self {
            View::Coordinator(coordinator) => coordinator.settings(),
            View::Device(device) => device.settings(),
        }
    }
}

impl Protocol for DeviceCoordinator {
    type Msg = Msg;
    type Timer = Timer;
    type Op = Op;
    type Ret = Ret;
    type Line = Line;
    type View<'a> = View<'a>;

    fn tag(msg: &Msg) -> Tag {
        let (name, shape) = match msg {
            Msg::Ask(_) => ("Ask", Shape::Client),
            Msg::Fetch { .. } => ("Fetch", Shape::Client),
            Msg::Places { .. } => ("Places", Shape::Client),
            Msg::Core(mail) => return consensus::tag(mail),
        };
        Tag { name, shape }
    }
    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Poll => "poll",
            Timer::Core(timer) => consensus::timer_name(timer),
        }
    }
    fn forge(msg: &mut Msg, forger: &mut Forger) {
        match msg {
            Msg::Ask(named) => forger.one(&mut [&mut named.op]),
            Msg::Fetch { after } => forger.one(&mut [after]),
            Msg::Places { slots, .. } => {
                if let Some(Some(named)) = slots.first_mut() {
                    forger.one(&mut [&mut named.op]);
                }
            }
            Msg::Core(mail) => consensus::forge(mail, forger),
        }
    }
}

/// The parts of [`ABOUT`], by their place there.
const COORDINATOR: usize = 0;
const DEVICE: usize = 1;

impl crate::Entry for DeviceCoordinator {
    const ABOUT: &'static About = &ABOUT;
    type Config = Config;
    type Monitor = Invariants;

    fn processes(config: &Config, bugs: Bugs, cast: &Cast) -> Result<Vec<Rc<dyn Node<Self>>>, Impossible> {
        let settings = Arc::new(Settings::new(config, bugs, cast)?);
        cast.seats(Self::ABOUT, &settings, &[Seat::<Self, Coordinator>::new, Seat::<Self, Device>::new])
    }

    fn measure(_world: &World<Self>, monitor: &Invariants) -> Vec<u64> {
        vec![monitor.agreed(), monitor.behind(), monitor.forbidden()]
    }
}
