//! Hashing that is the same on every machine: the proof that two runs are one run.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// A 64-bit hasher whose result depends on nothing but what is hashed: not on the width of a pointer, not on the byte
/// order, not on the release of a library. It is no defence against people who look for collisions; it is made to
/// notice an accidental difference.
#[derive(Clone, Debug)]
pub struct StateHasher(u64);

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 / golden ratio, odd

impl Default for StateHasher {
    fn default() -> Self {
        StateHasher(0x243f_6a88_85a3_08d3) // the first bits of pi: an arbitrary, fixed start
    }
}

impl StateHasher {
    /// A hasher that goes on from an earlier digest.
    pub fn after(digest: u64) -> StateHasher {
        StateHasher(digest)
    }
    fn word(&mut self, word: u64) {
        let mixed = (self.0 ^ word).wrapping_mul(MULTIPLIER);
        self.0 = (mixed ^ (mixed >> 29)).rotate_left(23);
    }
}

/// Spreads every input bit over the whole word (the finaliser of SplitMix64, Steele et al. 2014).
pub(crate) fn avalanche(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Hasher for StateHasher {
    fn finish(&self) -> u64 {
        avalanche(self.0)
    }
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.word(u64::from_le_bytes(chunk.try_into().expect("chunks of eight")));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(last) ^ ((rest.len() as u64) << 56));
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.word(u64::from(n));
    }
    fn write_u16(&mut self, n: u16) {
        self.word(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.word(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.word(n);
    }
    fn write_u128(&mut self, n: u128) {
        self.word(n as u64);
        self.word((n >> 64) as u64);
    }
    fn write_usize(&mut self, n: usize) {
        self.word(n as u64); // lengths and enum tags: as wide as a pointer natively, half that in wasm
    }
    fn write_i8(&mut self, n: i8) {
        self.word(n as u64);
    }
    fn write_i16(&mut self, n: i16) {
        self.word(n as u64);
    }
    fn write_i32(&mut self, n: i32) {
        self.word(n as u64);
    }
    fn write_i64(&mut self, n: i64) {
        self.word(n as u64);
    }
    fn write_i128(&mut self, n: i128) {
        self.write_u128(n as u128);
    }
    fn write_isize(&mut self, n: isize) {
        self.word(n as u64);
    }
}

/// The digest of one value.
pub fn digest<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = StateHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A list that only grows, loses its end, or forgets its beginning, such as a replicated log, and knows the digest of each
/// of its prefixes, what is forgotten included. Hashing it costs the same however long it is, and two lists agree up to an index exactly when their prefix
/// digests there do (Raft's Log Matching in one comparison).
#[derive(Clone, Debug)]
pub struct Chained<T> {
    /// The digest of what is forgotten.
    start: u64,
    items: Vec<T>,
    digests: Vec<u64>,
}

impl<T> Default for Chained<T> {
    fn default() -> Self {
        Chained::after(0)
    }
}

impl<T> Chained<T> {
    /// A list of which all is forgotten but the digest.
    pub fn after(digest: u64) -> Self {
        Chained { start: digest, items: Vec::new(), digests: Vec::new() }
    }
    /// Forgets the first `len` items.
    pub fn forget_first(&mut self, len: usize) {
        let len = len.min(self.items.len());
        self.start = self.digest_of_first(len);
        self.items.drain(..len);
        self.digests.drain(..len);
    }
    /// The digest of the first `len` items and of what is forgotten before them; of all items if there are fewer.
    pub fn digest_of_first(&self, len: usize) -> u64 {
        match len.min(self.digests.len()) {
            0 => self.start,
            n => self.digests[n - 1],
        }
    }
}

impl<T: Hash> Chained<T> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        let mut hasher = StateHasher::after(self.digest_of_first(self.items.len()));
        item.hash(&mut hasher);
        self.items.push(item);
        self.digests.push(hasher.finish());
    }
    /// Keeps the first `len` items.
    pub fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
        self.digests.truncate(len);
    }
}

impl<T> std::ops::Deref for Chained<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.items
    }
}
impl<T: PartialEq> PartialEq for Chained<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}
impl<T: Eq> Eq for Chained<T> {}
impl<T> Hash for Chained<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.items.len());
        state.write_u64(self.digests.last().copied().unwrap_or(self.start));
    }
}
impl<T: Hash> FromIterator<T> for Chained<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Chained::default();
        items.into_iter().for_each(|item| list.push(item));
        list
    }
}
impl<T: serde::Serialize> serde::Serialize for Chained<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

/// A large value that is often copied, sent and hashed, and seldom changed: copies share it, and hashing it again from
/// where it has been hashed before costs next to nothing.
///
/// [`Hash`] goes through all of it. [`Shared::hash_into`] comes to the same, by what is remembered: [`Process::hash_state`]
/// and [`Protocol::hash_msg`] are the places for it.
///
/// [`Process::hash_state`]: crate::Process::hash_state
/// [`Protocol::hash_msg`]: crate::Protocol::hash_msg
#[derive(Debug, Default)]
pub struct Shared<T>(Rc<Known<T>>);

#[derive(Debug, Default)]
struct Known<T> {
    value: T,
    /// The hasher's state before and after, for the latest places where it was hashed; the latest comes first.
    hashed: Cell<[Option<(u64, u64)>; PLACES]>,
}

/// In a process's own state, and in a few kinds of messages.
const PLACES: usize = 4;

impl<T> Shared<T> {
    /// Shares a value.
    pub fn new(value: T) -> Shared<T> {
        Shared(Rc::new(Known { value, hashed: Cell::default() }))
    }
    /// Whether two are one and the same, and not just equal.
    pub fn is(&self, other: &Shared<T>) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Clone> Shared<T> {
    /// The value, to be changed; others that share it keep it as it is.
    pub fn to_mut(&mut self) -> &mut T {
        if Rc::get_mut(&mut self.0).is_none() {
            *self = Shared::new(self.0.value.clone());
        }
        let known = Rc::get_mut(&mut self.0).expect("just made");
        known.hashed = Cell::default();
        &mut known.value
    }
}

impl<T: Hash> Shared<T> {
    /// Takes the value into a hash, as [`Hash`] does.
    pub fn hash_into(&self, hasher: &mut StateHasher) {
        let (before, mut hashed) = (hasher.0, self.0.hashed.get());
        if let Some((_, after)) = hashed.iter().flatten().find(|(start, _)| *start == before) {
            hasher.0 = *after;
            debug_assert_eq!(*after, self.hashed_anew(before), "a change went unnoticed");
            return;
        }
        hasher.0 = self.hashed_anew(before);
        hashed.rotate_right(1);
        hashed[0] = Some((before, hasher.0));
        self.0.hashed.set(hashed);
    }
    fn hashed_anew(&self, before: u64) -> u64 {
        let mut hasher = StateHasher::after(before);
        self.0.value.hash(&mut hasher);
        hasher.0
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}
impl<T> std::ops::Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0.value
    }
}
impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.0.value == other.0.value
    }
}
impl<T: Eq> Eq for Shared<T> {}
impl<T: Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.value.hash(state);
    }
}
impl<T: serde::Serialize> serde::Serialize for Shared<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.value.serialize(serializer)
    }
}

/// What follows from the rest of a state, and is kept only so as not to be worked out again: no part of its hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct Derived<T>(pub T);

impl<T> Hash for Derived<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// State that a protocol had not at first, such as that of a feature which is off unless set: no part of a hash while it is
/// as it begins, so that runs from before there was the feature keep theirs. Written as
/// `#[serde(skip_serializing_if = "Added::is_idle")]` it is not shown then either.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Added<T>(pub T);

impl<T: Default + PartialEq> Added<T> {
    /// Whether it is as it begins.
    pub fn is_idle(&self) -> bool {
        self.0 == T::default()
    }
}
impl<T> std::ops::Deref for Added<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}
impl<T> std::ops::DerefMut for Added<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
impl<T: Default + PartialEq + Hash> Hash for Added<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.is_idle() {
            self.0.hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_hashed_only_where_it_is_in_use() {
        assert_eq!(digest(&(1u64, Added(0u64))), digest(&1u64));
        assert_eq!(digest(&(1u64, Added(2u64))), digest(&(1u64, 2u64)));
    }

    #[test]
    fn digests_are_pinned() {
        // A change here breaks every link ever copied: the run hash rests on these numbers.
        assert_eq!(digest(&0u64), 10_187_659_860_249_429_636);
        assert_eq!(digest(&(1u8, "n1", [7u32, 9])), 17_409_455_496_277_958_329);
        assert_eq!(digest(&Some(-1i64)), 501_782_526_166_989_680);
    }

    #[test]
    fn a_chained_list_tells_prefixes_apart() {
        let a: Chained<u32> = [1, 2, 3].into_iter().collect();
        let mut b: Chained<u32> = [1, 2, 4].into_iter().collect();
        assert_eq!(a.digest_of_first(2), b.digest_of_first(2));
        assert_ne!(a.digest_of_first(3), b.digest_of_first(3));
        b.truncate(2);
        b.push(3);
        assert_eq!(digest(&a), digest(&b));
    }

    #[test]
    fn a_chained_list_that_forgot_its_beginning_goes_on_from_its_digest() {
        let whole: Chained<u32> = [1, 2, 3, 4].into_iter().collect();
        let mut list: Chained<u32> = [1, 2, 3].into_iter().collect();
        list.forget_first(2);
        list.push(4);
        assert_eq!(*list, [3, 4]);
        assert_eq!(
            (list.digest_of_first(0), list.digest_of_first(2)),
            (whole.digest_of_first(2), whole.digest_of_first(4))
        );
        let mut anew = Chained::after(whole.digest_of_first(3));
        anew.push(4);
        assert_eq!(anew.digest_of_first(1), whole.digest_of_first(4));
    }

    #[test]
    fn a_shared_value_hashes_as_the_value_does_wherever_it_stands() {
        let mut list = Shared::new(vec![1u32, 2, 3]);
        let kept = list.clone();
        for change in 0..3 {
            for place in 0..2 * PLACES as u64 {
                let (mut quick, mut plain) = (StateHasher::after(place), StateHasher::after(place));
                list.hash_into(&mut quick);
                list.hash_into(&mut quick);
                (&list, &list).hash(&mut plain);
                assert_eq!(quick.finish(), plain.finish());
            }
            list.to_mut().push(change);
        }
        assert_eq!(*kept, [1, 2, 3]);
        assert!(!kept.is(&list) && kept != list);
    }
}
