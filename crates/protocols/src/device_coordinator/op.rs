//! What can be asked for, and how it travels through a store's log.

use super::{Outcome, Place};
use crate::about::{Field, FieldKind, OpForm, words};
use crate::shared::kv;
use netsplit_sim::{Alter, Forger, NodeId, OpId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// From now on this is one of the devices, at level 0.
    Register {
        /// Which.
        device: NodeId,
    },
    /// Those of these that are registered go to a level.
    Set {
        /// The devices.
        devices: Vec<NodeId>,
        /// The level.
        level: u64,
    },
    /// Those of these that are registered go up by so much.
    Raise {
        /// The devices.
        devices: Vec<NodeId>,
        /// By how much.
        by: u64,
    },
    /// Those of these that are registered go to the level that another one has.
    Synchronise {
        /// The devices.
        devices: Vec<NodeId>,
        /// The other one.
        like: NodeId,
    },
    /// The policy from now on: no device is told to go above this level.
    Limit {
        /// The level.
        level: u64,
    },
}

/// An operation under its name: that of the client's operation, whoever passes it on, and however often.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Named {
    /// The name.
    pub id: OpId,
    /// The operation.
    pub op: Op,
}

/// What stands at a place: an operation, or nothing that concerns devices.
pub type Slot = Option<Named>;

/// What is answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ret {
    /// It was done.
    Done {
        /// At this place in the order.
        place: Place,
    },
    /// The policy at its place forbids it: it was not done.
    Forbidden {
        /// The place.
        place: Place,
    },
    /// None of its devices was registered there.
    NoDevice {
        /// The place.
        place: Place,
    },
    /// It has no place in the order: the one who was asked would not have it.
    Refused,
    /// There is no such device, and nothing was done.
    NotHere,
}

impl Ret {
    /// What came of an operation at its place.
    pub(super) fn of(outcome: Outcome, place: Place) -> Ret {
        match outcome {
            Outcome::Done => Ret::Done { place },
            Outcome::Forbidden => Ret::Forbidden { place },
            Outcome::NoDevice | Outcome::Nothing => Ret::NoDevice { place },
        }
    }
    /// The place that it speaks of, and what came of the operation there.
    pub(super) fn claims(&self) -> Option<(Place, Outcome)> {
        match *self {
            Ret::Done { place } => Some((place, Outcome::Done)),
            Ret::Forbidden { place } => Some((place, Outcome::Forbidden)),
            Ret::NoDevice { place } => Some((place, Outcome::NoDevice)),
            Ret::Refused | Ret::NotHere => None,
        }
    }
}

/// `set 3 4 5`: the number that it is about, and the devices.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, number, devices) = match self {
            Op::Register { device } => ("register", u64::from(device.0), &[][..]),
            Op::Set { devices, level } => ("set", *level, &devices[..]),
            Op::Raise { devices, by } => ("raise", *by, &devices[..]),
            Op::Synchronise { devices, like } => ("synchronise", u64::from(like.0), &devices[..]),
            Op::Limit { level } => ("limit", *level, &[][..]),
        };
        write!(f, "{verb} {number}")?;
        devices.iter().try_for_each(|device| write!(f, " {}", device.0))
    }
}

impl Op {
    /// The operation that is written so.
    fn read(text: &str) -> Option<Op> {
        let mut words = text.split(' ');
        let (verb, number) = (words.next()?, words.next()?.parse::<u64>().ok()?);
        let device = |number: u64| u16::try_from(number).ok().map(NodeId);
        let devices: Option<Vec<NodeId>> = words.map(|word| device(word.parse().ok()?)).collect();
        let devices = devices?;
        Some(match verb {
            "register" => Op::Register { device: device(number)? },
            "set" => Op::Set { devices, level: number },
            "raise" => Op::Raise { devices, by: number },
            "synchronise" => Op::Synchronise { devices, like: device(number)? },
            "limit" => Op::Limit { level: number },
            _ => return None,
        })
    }
}

impl Named {
    /// As a write to a store: what it is about, under its name.
    pub(super) fn command(&self) -> kv::Op {
        kv::Op::Put { key: self.id.0.to_string().into(), value: self.op.to_string().into() }
    }
    /// What a write to a store means; nothing if it is not one of these.
    pub(super) fn read(command: &kv::Op) -> Slot {
        let kv::Op::Put { key, value } = command else { return None };
        Some(Named { id: OpId(key.parse().ok()?), op: Op::read(value)? })
    }
}

/// A liar wants something else, or a little more of it.
impl Alter for Op {
    fn alter(&mut self, forger: &mut Forger) {
        match self {
            Op::Register { device: number } | Op::Synchronise { like: number, .. } => number.alter(forger),
            Op::Set { level: number, .. } | Op::Raise { by: number, .. } | Op::Limit { level: number } => {
                number.alter(forger);
            }
        }
    }
}

const DEVICES: Field = Field { name: "devices", sample: "d1 d2", kind: FieldKind::Nodes };
const LEVEL: Field = Field { name: "level", sample: "3", kind: FieldKind::Number };

/// The operations as forms.
pub const OPS: &[OpForm] = &[
    OpForm {
        name: "register",
        word: words("register a device", "登记设备"),
        fields: &[Field { name: "device", sample: "d1", kind: FieldKind::Node }],
        cluster: false,
    },
    OpForm {
        name: "set",
        word: words("set devices to a level", "把设备设到某一档"),
        fields: &[DEVICES, LEVEL],
        cluster: false,
    },
    OpForm {
        name: "raise",
        word: words("raise devices", "调高设备"),
        fields: &[DEVICES, Field { name: "by", sample: "1", kind: FieldKind::Number }],
        cluster: false,
    },
    OpForm {
        name: "synchronise",
        word: words("make devices like another", "使设备与另一台一致"),
        fields: &[DEVICES, Field { name: "like", sample: "d3", kind: FieldKind::Node }],
        cluster: false,
    },
    OpForm {
        name: "limit",
        word: words("set the policy: a highest level", "设定策略：最高档位"),
        fields: &[LEVEL],
        cluster: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_a_log_is_read_out_of_it() {
        let devices = vec![NodeId(4), NodeId(5)];
        let ops = [
            Op::Register { device: NodeId(4) },
            Op::Set { devices: devices.clone(), level: u64::MAX },
            Op::Set { devices: Vec::new(), level: 0 },
            Op::Raise { devices: devices.clone(), by: 1 },
            Op::Synchronise { devices, like: NodeId(6) },
            Op::Limit { level: 7 },
        ];
        for (number, op) in (0..).zip(ops) {
            let named = Named { id: OpId(number), op };
            assert_eq!(Named::read(&named.command()), Some(named));
        }
    }

    #[test]
    fn what_is_no_operation_is_read_as_nothing() {
        let put = |key: &str, value: &str| kv::Op::Put { key: key.into(), value: value.into() };
        for (key, value) in [("x", "limit 1"), ("1", ""), ("1", "limit"), ("1", "limit 1'"), ("1", "register 70000")] {
            assert_eq!(Named::read(&put(key, value)), None, "{key}={value}");
        }
        assert_eq!(Named::read(&kv::Op::Get { key: "1".into() }), None);
    }
}
