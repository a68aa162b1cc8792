//! Following the order by what others tell of it.

use super::{Place, Slot};
use netsplit_sim::NodeId;
use netsplit_sim::ordered::Map;
use serde::Serialize;

/// What coordinators have said of places that are still to come.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize)]
#[serde(transparent)]
pub struct Follow(Map<Place, Map<NodeId, Slot>>);

/// How far ahead somebody may speak and be listened to.
const AHEAD: Place = 64;

impl Follow {
    /// Somebody says what stands at the places after one; whoever listens has everything up to `have`.
    pub fn hear(&mut self, from: NodeId, after: Place, slots: Vec<Slot>, have: Place) {
        let coming =
            (after.saturating_add(1)..).zip(slots).filter(|(place, _)| *place > have && *place <= have + AHEAD);
        for (place, slot) in coming {
            self.0.entry(place).or_default().insert(from, slot);
        }
    }

    /// What stands at a place, if so many say the same of it. Nothing before it matters any more.
    pub fn take(&mut self, place: Place, voices: usize) -> Option<Slot> {
        let said = self.0.get(&place)?;
        let alike = |slot: &&Slot| said.values().filter(|other| other == slot).count() >= voices;
        let slot = said.values().find(alike).cloned()?;
        self.0.retain(|other, _| *other > place);
        Some(slot)
    }

    /// The first place of which somebody has spoken.
    pub fn first(&self) -> Option<Place> {
        self.0.first_key_value().map(|(place, _)| *place)
    }
}
