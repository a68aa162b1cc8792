//! Who has a link to whom.

use crate::ids::NodeId;
use serde::{Deserialize, Serialize};

/// The shape of a network of `n` nodes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topology {
    /// Everyone to everyone.
    #[default]
    Mesh,
    /// Each to the next, and the last to the first.
    Ring,
    /// The first to all others.
    Star,
    /// Each to the next.
    Line,
    /// Each to its two children: node i has children 2i + 1 and 2i + 2.
    Tree,
    /// Rows and columns, as square as can be.
    Grid,
    /// Every node with about this many links, drawn from the seed: the union of random rings, so it is connected.
    Random(u16),
    /// Drawn by hand: pairs of nodes.
    Edges(Vec<(NodeId, NodeId)>),
}

impl Topology {
    /// Each node's neighbours in ascending order. Links go both ways; an edge to a node that is not there is left out.
    pub fn neighbours(&self, n: u16, seed: crate::draw::Seed) -> Vec<Vec<NodeId>> {
        let mut lists = vec![Vec::new(); usize::from(n)];
        let mut connect = |a: u32, b: u32| {
            let (a, b) = (a as usize, b as usize);
            if a != b && a < lists.len() && b < lists.len() {
                lists[a].push(NodeId(b as u16));
                lists[b].push(NodeId(a as u16));
            }
        };
        let n = u32::from(n);
        match self {
            Topology::Mesh => (0..n).for_each(|a| (a + 1..n).for_each(|b| connect(a, b))),
            Topology::Ring => (0..n).for_each(|a| connect(a, (a + 1) % n)),
            Topology::Star => (1..n).for_each(|a| connect(0, a)),
            Topology::Line => (1..n).for_each(|a| connect(a - 1, a)),
            Topology::Tree => (1..n).for_each(|a| connect((a - 1) / 2, a)),
            Topology::Grid => {
                let width = n.isqrt().max(1);
                for a in 0..n {
                    if (a + 1) % width != 0 && a + 1 < n {
                        connect(a, a + 1);
                    }
                    connect(a, a + width);
                }
            }
            Topology::Random(degree) => {
                let mut dice = crate::draw::Dice::new(seed);
                for _ in 0..degree.div_ceil(2).max(1) {
                    let ring = shuffled(n, &mut dice);
                    (0..ring.len()).for_each(|i| connect(ring[i], ring[(i + 1) % ring.len()]));
                }
            }
            Topology::Edges(edges) => edges.iter().for_each(|(a, b)| connect(u32::from(a.0), u32::from(b.0))),
        }
        for list in &mut lists {
            list.sort_unstable();
            list.dedup();
        }
        lists
    }
}

fn shuffled(n: u32, dice: &mut crate::draw::Dice) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..order.len()).rev() {
        order.swap(i, dice.below(i as u64 + 1) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Seed;

    fn degrees(topology: &Topology, n: u16) -> Vec<usize> {
        topology.neighbours(n, Seed(1)).iter().map(Vec::len).collect()
    }

    #[test]
    fn shapes_have_their_degrees() {
        assert_eq!(degrees(&Topology::Mesh, 4), [3, 3, 3, 3]);
        assert_eq!(degrees(&Topology::Ring, 5), [2; 5]);
        assert_eq!(degrees(&Topology::Star, 4), [3, 1, 1, 1]);
        assert_eq!(degrees(&Topology::Line, 3), [1, 2, 1]);
        assert_eq!(degrees(&Topology::Tree, 7), [2, 3, 3, 1, 1, 1, 1]);
        assert_eq!(degrees(&Topology::Grid, 9), [2, 3, 2, 3, 4, 3, 2, 3, 2]);
        assert_eq!(degrees(&Topology::Mesh, 1), [0]);
        assert_eq!(degrees(&Topology::Ring, 0), [0usize; 0]);
        let edges = Topology::Edges(vec![(NodeId(0), NodeId(2)), (NodeId(2), NodeId(9)), (NodeId(1), NodeId(1))]);
        assert_eq!(degrees(&edges, 3), [1, 0, 1]);
    }

    #[test]
    fn random_networks_are_connected() {
        for seed in 0..50 {
            let lists = Topology::Random(3).neighbours(40, Seed(seed));
            let mut reached = std::collections::BTreeSet::from([NodeId(0)]);
            let mut next = vec![NodeId(0)];
            while let Some(node) = next.pop() {
                next.extend(lists[node.index()].iter().filter(|&&peer| reached.insert(peer)));
            }
            assert_eq!(reached.len(), 40);
        }
    }
}
