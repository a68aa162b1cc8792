//! Maps and sets are what trees are.

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
