//! Something for each of many slots: shared by all copies until one changes, and hashed at the same price however full.

use super::Slot;
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use serde::Serialize;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A map from slots.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Slots<T> {
    items: Arc<Map<Slot, T>>,
    /// The digests of all items, XORed together.
    #[serde(skip)]
    digest: u64,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots { items: Arc::default(), digest: 0 }
    }
}

impl<T: Hash + Clone> Slots<T> {
    /// Puts an item into a slot, in place of the one that is there.
    pub fn insert(&mut self, slot: Slot, item: T) {
        self.digest ^= digest(&(slot, &item));
        if let Some(old) = Arc::make_mut(&mut self.items).insert(slot, item) {
            self.digest ^= digest(&(slot, &old));
        }
    }
}

impl<T> Deref for Slots<T> {
    type Target = Map<Slot, T>;
    fn deref(&self) -> &Map<Slot, T> {
        &self.items
    }
}

impl<T> Hash for Slots<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}
