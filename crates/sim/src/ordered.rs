//! Maps and sets in ascending order, kept in a row: searched by halving, and everything behind moves when something is put
//! in or taken out.
//!
//! They are what [`std::collections::BTreeMap`] and [`BTreeSet`](std::collections::BTreeSet) are, hash and text form
//! included, and can stand in for them. Trees pay off beyond some thousand entries; the state of a process and the memory
//! of a monitor hold fewer, or grow at the end. What counts for them is that copying is one block of memory, and that the
//! code compiled anew for every type of key and value is small: with trees, each protocol weighed a sixth more in the page.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use std::borrow::Borrow;
use std::fmt::{self, Debug, Formatter};
use std::hash::{Hash, Hasher};
use std::ops::{Bound, Index, RangeBounds};

/// Values by key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Map<K, V> {
    rows: Vec<(K, V)>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map::new()
    }
}

impl<K, V> Map<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Map { rows: Vec::new() }
    }
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// Takes all entries out.
    pub fn clear(&mut self) {
        self.rows.clear();
    }
    /// All entries.
    pub fn iter(&self) -> Entries<'_, K, V> {
        self.rows.iter().map(|(key, value)| (key, value))
    }
    /// All entries, with values to be changed.
    pub fn iter_mut(&mut self) -> EntriesMut<'_, K, V> {
        self.rows.iter_mut().map(|(key, value)| (key, value))
    }
    /// All keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.rows.iter().map(|(key, _)| key)
    }
    /// All values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.rows.iter().map(|(_, value)| value)
    }
    /// All values, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.rows.iter_mut().map(|(_, value)| value)
    }
    /// All keys, by value.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator {
        self.rows.into_iter().map(|(key, _)| key)
    }
    /// All values, by value.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.rows.into_iter().map(|(_, value)| value)
    }
    /// The entry with the least key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.rows.first().map(|(key, value)| (key, value))
    }
    /// The entry with the greatest key.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.rows.last().map(|(key, value)| (key, value))
    }
    /// Takes the entry with the least key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.rows.is_empty()).then(|| self.rows.remove(0))
    }
    /// Takes the entry with the greatest key.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        self.rows.pop()
    }
    /// Keeps the entries that the predicate picks.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.rows.retain_mut(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> Map<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.rows.binary_search_by(|(there, _)| there.borrow().cmp(key))
    }
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &self.rows[at].1)
    }
    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &mut self.rows[at].1)
    }
    /// Whether a key has a value.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }
    /// Sets the value of a key; returns the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.rows[at].1, value)),
            Err(at) => {
                self.rows.insert(at, (key, value));
                None
            }
        }
    }
    /// Takes out a key with its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| self.rows.remove(at).1)
    }
    /// The place of a key, to look at and to fill.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = self.place(&key);
        Entry { map: self, key, place }
    }
    /// The entries with keys in a range.
    pub fn range<R: RangeBounds<K>>(&self, range: R) -> Entries<'_, K, V> {
        let [start, end] = bounds(&range, self.len(), |key| self.place(key));
        self.rows[start..end].iter().map(|(key, value)| (key, value))
    }
    /// Takes out the entries from a key on.
    pub fn split_off(&mut self, key: &K) -> Map<K, V> {
        let at = self.place(key).unwrap_or_else(|at| at);
        Map { rows: self.rows.split_off(at) }
    }
}

/// From where to where a range goes among so many rows.
fn bounds<K>(range: &impl RangeBounds<K>, rows: usize, place: impl Fn(&K) -> Result<usize, usize>) -> [usize; 2] {
    let before = |key| place(key).unwrap_or_else(|at| at);
    let after = |key| place(key).map_or_else(|at| at, |at| at + 1);
    let start = match range.start_bound() {
        Bound::Included(key) => before(key),
        Bound::Excluded(key) => after(key),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(key) => after(key),
        Bound::Excluded(key) => before(key),
        Bound::Unbounded => rows,
    };
    [start, end.max(start)]
}

/// The place of a key in a map.
pub struct Entry<'a, K, V> {
    map: &'a mut Map<K, V>,
    key: K,
    place: Result<usize, usize>,
}

impl<'a, K, V> Entry<'a, K, V> {
    /// Changes the value, if there is one.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Self {
        if let Ok(at) = self.place {
            change(&mut self.map.rows[at].1);
        }
        self
    }
    /// The value; this one if there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }
    /// The value; if there is none, that of a new entry.
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'a mut V {
        let Entry { map, key, place } = self;
        let at = place.unwrap_or_else(|at| {
            map.rows.insert(at, (key, value()));
            at
        });
        &mut map.rows[at].1
    }
    /// The value; the usual one if there is none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

/// The entries of a map.
pub type Entries<'a, K, V> = std::iter::Map<std::slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;
/// The entries of a map, with values to be changed.
pub type EntriesMut<'a, K, V> =
    std::iter::Map<std::slice::IterMut<'a, (K, V)>, fn(&'a mut (K, V)) -> (&'a K, &'a mut V)>;

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Entries<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
impl<'a, K, V> IntoIterator for &'a mut Map<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = EntriesMut<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}
impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}
impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::new();
        map.extend(entries);
        map
    }
}
impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}
impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for Map<K, V> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("a key that has a value")
    }
}
impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rows.hash(state);
    }
}
impl<K: Debug, V: Debug> Debug for Map<K, V> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}
impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}
impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Map<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::collections::BTreeMap::deserialize(deserializer).map(|tree| tree.into_iter().collect())
    }
}

/// Items, each once.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set<T> {
    rows: Vec<T>,
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Set::new()
    }
}

impl<T> Set<T> {
    /// An empty set.
    pub const fn new() -> Self {
        Set { rows: Vec::new() }
    }
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// Takes all items out.
    pub fn clear(&mut self) {
        self.rows.clear();
    }
    /// All items.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }
    /// The least item.
    pub fn first(&self) -> Option<&T> {
        self.rows.first()
    }
    /// The greatest item.
    pub fn last(&self) -> Option<&T> {
        self.rows.last()
    }
    /// Takes the least item.
    pub fn pop_first(&mut self) -> Option<T> {
        (!self.rows.is_empty()).then(|| self.rows.remove(0))
    }
    /// Takes the greatest item.
    pub fn pop_last(&mut self) -> Option<T> {
        self.rows.pop()
    }
    /// Keeps the items that the predicate picks.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.rows.retain(keep);
    }
}

impl<T: Ord> Set<T> {
    fn place<Q: Ord + ?Sized>(&self, item: &Q) -> Result<usize, usize>
    where
        T: Borrow<Q>,
    {
        self.rows.binary_search_by(|there| there.borrow().cmp(item))
    }
    /// Whether it holds an item.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.place(item).is_ok()
    }
    /// Puts an item in; false if it is there already.
    pub fn insert(&mut self, item: T) -> bool {
        let place = self.place(&item);
        if let Err(at) = place {
            self.rows.insert(at, item);
        }
        place.is_err()
    }
    /// Takes an item out; false if it is not there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        let place = self.place(item);
        if let Ok(at) = place {
            self.rows.remove(at);
        }
        place.is_ok()
    }
    /// The items in a range.
    pub fn range<R: RangeBounds<T>>(&self, range: R) -> std::slice::Iter<'_, T> {
        let [start, end] = bounds(&range, self.len(), |item| self.place(item));
        self.rows[start..end].iter()
    }
    /// Whether another set holds all items.
    pub fn is_subset(&self, other: &Set<T>) -> bool {
        self.iter().all(|item| other.contains(item))
    }
    /// The items that are in both, in order.
    pub fn intersection<'a>(&'a self, other: &'a Set<T>) -> impl Iterator<Item = &'a T> + Clone {
        self.iter().filter(|item| other.contains(item))
    }
    /// The items that are not in another, in order.
    pub fn difference<'a>(&'a self, other: &'a Set<T>) -> impl Iterator<Item = &'a T> + Clone {
        self.iter().filter(|item| !other.contains(item))
    }
    /// The items of both, in order.
    pub fn union<'a>(&'a self, other: &'a Set<T>) -> impl Iterator<Item = &'a T> {
        let (mut ours, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        std::iter::from_fn(move || match (ours.peek(), theirs.peek()) {
            (Some(a), Some(b)) if a == b => {
                theirs.next();
                ours.next()
            }
            (Some(a), Some(b)) if a > b => theirs.next(),
            (None, _) => theirs.next(),
            _ => ours.next(),
        })
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}
impl<T: Ord> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| {
            self.insert(item);
        });
    }
}
impl<T: Ord> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut set = Set::new();
        set.extend(items);
        set
    }
}
impl<T: Ord, const N: usize> From<[T; N]> for Set<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}
impl<T: Hash> Hash for Set<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Item by item, as trees do: a row of plain numbers would otherwise be hashed as one block of bytes.
        state.write_usize(self.rows.len());
        self.rows.iter().for_each(|item| item.hash(state));
    }
}
impl<T: Debug> Debug for Set<T> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}
impl<T: Serialize> Serialize for Set<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}
impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for Set<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|items: Vec<T>| items.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::digest;
    use crate::draw::{Dice, Seed};
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_map_is_what_a_tree_is() {
        let mut dice = Dice::new(Seed(1));
        let (mut map, mut tree) = (Map::<u64, u64>::new(), BTreeMap::new());
        for _ in 0..5_000 {
            let (key, value) = (dice.below(60), dice.below(1_000));
            match dice.below(8) {
                0 | 1 => assert_eq!(map.insert(key, value), tree.insert(key, value)),
                2 => assert_eq!(map.remove(&key), tree.remove(&key)),
                3 => {
                    *map.entry(key).and_modify(|value| *value += 1).or_default() += 2;
                    *tree.entry(key).and_modify(|value| *value += 1).or_default() += 2;
                }
                4 => assert_eq!(map.entry(key).or_insert(value), tree.entry(key).or_insert(value)),
                5 => assert!(map.range(key..key + 9).eq(tree.range(key..key + 9))),
                6 => assert!(map.range(..=key).rev().eq(tree.range(..=key).rev())),
                _ => assert_eq!((map.get(&key), map.len()), (tree.get(&key), tree.len())),
            }
            if dice.below(100) == 0 {
                map.retain(|key, _| key % 3 > 0);
                tree.retain(|key, _| key % 3 > 0);
                assert_eq!((map.pop_first(), map.pop_last()), (tree.pop_first(), tree.pop_last()));
                assert!(map.split_off(&30).into_iter().eq(tree.split_off(&30)));
            }
            assert!(map.iter().eq(&tree));
            assert_eq!((digest(&map), format!("{map:?}")), (digest(&tree), format!("{tree:?}")));
        }
    }

    #[test]
    fn a_set_is_what_a_tree_is() {
        let mut dice = Dice::new(Seed(2));
        let (mut set, mut tree) = (Set::<u16>::new(), BTreeSet::new());
        let (other, others): (Set<u16>, BTreeSet<u16>) = ((0..60).step_by(7).collect(), (0..60).step_by(7).collect());
        for _ in 0..2_000 {
            let item = dice.below(60) as u16;
            match dice.below(3) {
                0 => assert_eq!(set.insert(item), tree.insert(item)),
                1 => assert_eq!(set.remove(&item), tree.remove(&item)),
                _ => assert!(set.range(item..).eq(tree.range(item..))),
            }
            assert!(set.iter().eq(&tree));
            assert!(set.union(&other).eq(tree.union(&others)));
            assert!(set.difference(&other).eq(tree.difference(&others)));
            assert!(set.intersection(&other).eq(tree.intersection(&others)));
            assert_eq!(set.is_subset(&other), tree.is_subset(&others));
            assert_eq!((digest(&set), format!("{set:?}")), (digest(&tree), format!("{tree:?}")));
        }
    }
}
