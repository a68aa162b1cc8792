//! A deterministic world for processes that talk over a network: time, randomness, faults, a trace of what happened,
//! and checkpoints to go back to. It names no protocol.
//!
//! A run is a pure function of its [`Setup`] and its [`Intervention`]s: the same events, with the same state after
//! each, on every machine.

// No float decides anything in a run: rounding differs between machines and optimisers.
#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

pub mod causality;
pub mod clock;
pub mod closed_loop;
pub mod curves;
pub mod digest;
pub mod draw;
pub mod excerpt;
pub mod face;
pub mod history;
pub mod ids;
pub mod inner;
pub mod intervention;
pub mod invariant;
pub mod latency;
pub mod liar;
pub mod network;
pub mod ordered;
mod plan;
pub mod process;
pub mod queue;
pub mod ratio;
pub mod recorder;
pub mod recording;
pub mod time;
pub mod topology;
pub mod trace;
pub mod world;

pub use clock::Clock;
pub use closed_loop::ClosedLoop;
pub use curves::{Curves, Sample};
pub use digest::{Chained, Derived, Shared};
pub use draw::{Dice, Seed};
pub use excerpt::{Excerpt, Excerpts};
pub use face::{Cell, Face, Level, Prominence, Shape, Tag};
pub use history::{History, Operation};
pub use ids::{EventId, MsgId, MsgName, NodeId, OpId};
pub use inner::{Inner, InnerDisk};
pub use intervention::{DEEDS, Intervention, Moment, Planned, Target, in_order};
pub use invariant::{Evidence, Monitor, Scene, Violation};
pub use latency::Latency;
pub use liar::{Alter, Forger, Manner};
pub use network::{Link, Network, Timing};
pub use process::{Choose, Cx, Effect, Fixed, Input, Node, Process, Protocol, Seat};
pub use ratio::Ratio;
pub use recorder::{Ending, Kind, Recorder, Sent};
pub use recording::{Gauge, Played, Recording};
pub use time::{Span, Time};
pub use topology::Topology;
pub use trace::{Trace, Tracer};
pub use world::{Aim, Condition, Mail, Setup, Step, World};
