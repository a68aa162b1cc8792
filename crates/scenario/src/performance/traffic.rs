//! What a run costs in messages and bytes, and how many of them each request sets off.

use super::ledger::Ledger;
use crate::session::OpNow;
use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{EventId, Time, Trace};
use serde::Serialize;

/// Messages and bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Volume {
    /// How many messages.
    pub messages: u64,
    /// How many bytes they have together, in the compact encoding that links use too.
    pub bytes: u64,
}

/// All that was sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Traffic {
    /// In all.
    pub sent: Volume,
    /// What of it the network lost, or found nobody at home for.
    pub lost: Volume,
    /// By type of message, in the order of first sending.
    pub types: Vec<(&'static str, Volume)>,
}

impl Volume {
    fn add(&mut self, bytes: u32) {
        self.messages += 1;
        self.bytes += u64::from(bytes);
    }
}

impl Traffic {
    /// What was sent in the first `events` events, as it stands at a time.
    pub fn of(trace: &Trace, ledger: &Ledger, events: u32, now: Time) -> Traffic {
        let mut traffic = Traffic::default();
        for (id, message) in trace.messages_in(0..trace.sent_before(events)) {
            let bytes = ledger.bytes(id).unwrap_or_default();
            traffic.sent.add(bytes);
            if matches!(message.fate, Fate::Lost | Fate::NobodyThere) && message.ends <= now {
                traffic.lost.add(bytes);
            }
            let name = message.tag.name;
            let place = traffic.types.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                traffic.types.push((name, Volume::default()));
                traffic.types.len() - 1
            });
            traffic.types[place].1.add(bytes);
        }
        traffic
    }
}

/// No request.
const NOBODY: u32 = u32::MAX;

/// What each request set off within the first `events` events: the messages that were sent when it was made, when one of
/// those messages arrived, or when a write was done that one of these steps began, and so on. What a timer sends is set off
/// by nobody, and what several requests share counts for the one that came first to send it.
pub fn set_off(trace: &Trace, ledger: &Ledger, events: u32, history: &[OpNow]) -> Vec<Volume> {
    let mut volumes = vec![Volume::default(); history.len()];
    let mut owners: Vec<u32> = Vec::with_capacity(events as usize);
    let mut requests = history.iter().enumerate().peekable();
    for (id, row) in trace.events_in(0..events) {
        let owner_of = |event: EventId| owners.get(event.index()).copied().unwrap_or(NOBODY);
        let owner = match row.what {
            What::Deliver(message) => trace.message(message).map_or(NOBODY, |message| owner_of(message.cause)),
            What::Durable => row.cause.some().map_or(NOBODY, owner_of),
            What::Fault(_) => {
                let made = requests.next_if(|(_, op)| op.invoked.0 == id);
                made.map_or(NOBODY, |(request, _)| request as u32)
            }
            What::Boot | What::Timer(_) => NOBODY,
        };
        owners.push(owner);
        if let Some(volume) = volumes.get_mut(owner as usize) {
            trace.sent_by(id).for_each(|(message, _)| {
                volume.add(ledger.bytes(message).unwrap_or_default());
            });
        }
    }
    volumes
}
