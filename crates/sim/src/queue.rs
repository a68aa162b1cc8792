//! What is yet to happen, in order: packed 16-byte keys in a heap, over a slab of payloads.
//!
//! Moving whole events through a heap costs a third of the engine's speed; a key of (time, sequence, slot) in one
//! 128-bit integer compares in two instructions and leaves the payload where it is.

use crate::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Items by time, and in the order of scheduling at one time.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    heap: BinaryHeap<Reverse<u128>>,
    slab: Vec<Option<T>>,
    free: Vec<u32>,
    scheduled: u32,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Queue { heap: BinaryHeap::new(), slab: Vec::new(), free: Vec::new(), scheduled: 0 }
    }
}

impl<T> Queue<T> {
    /// Adds an item; it comes after all items of the same time that are there already.
    pub fn push(&mut self, at: Time, item: T) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slab[slot as usize] = Some(item);
                slot
            }
            None => {
                self.slab.push(Some(item));
                (self.slab.len() - 1) as u32
            }
        };
        let sequence = self.scheduled;
        self.scheduled += 1;
        self.heap.push(Reverse(u128::from(at.0) << 64 | u128::from(sequence) << 32 | u128::from(slot)));
    }

    /// Takes the earliest item.
    pub fn pop(&mut self) -> Option<(Time, T)> {
        let Reverse(key) = self.heap.pop()?;
        let slot = key as u32;
        let item = self.slab[slot as usize].take().expect("a key in the heap owns its slot");
        self.free.push(slot);
        Some((Time((key >> 64) as u64), item))
    }

    /// The earliest item, left where it is.
    pub fn peek(&self) -> Option<(Time, &T)> {
        let Reverse(key) = self.heap.peek()?;
        let item = self.slab[*key as u32 as usize].as_ref().expect("a key in the heap owns its slot");
        Some((Time((key >> 64) as u64), item))
    }

    /// All items, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Time, &T)> {
        self.heap.iter().filter_map(|Reverse(key)| {
            self.slab[*key as u32 as usize].as_ref().map(|item| (Time((key >> 64) as u64), item))
        })
    }

    /// Takes every item that the predicate picks, in order of time.
    pub fn extract(&mut self, mut pick: impl FnMut(&T) -> bool) -> Vec<(Time, T)> {
        let mut keys: Vec<u128> = Vec::new();
        let slab = &self.slab;
        self.heap.retain(|Reverse(key)| {
            let picked = slab[*key as u32 as usize].as_ref().is_some_and(&mut pick);
            if picked {
                keys.push(*key);
            }
            !picked
        });
        keys.sort_unstable();
        let take = |key: u128| {
            let slot = key as u32;
            self.free.push(slot);
            self.slab[slot as usize].take().map(|item| (Time((key >> 64) as u64), item))
        };
        keys.into_iter().filter_map(take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_by_time_and_then_in_order_of_scheduling() {
        let mut queue = Queue::default();
        for (at, name) in [(5, "e"), (1, "a"), (3, "c"), (1, "b"), (3, "d")] {
            queue.push(Time(at), name);
        }
        assert_eq!(queue.extract(|name| *name == "c"), [(Time(3), "c")]);
        queue.push(Time(3), "f");
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, name)| name).collect();
        assert_eq!(order, ["a", "b", "d", "f", "e"]);
    }
}
