//! The circle of consistent hashing (Karger et al. 1997): nodes and keys are hashed onto it, and a key belongs to the
//! nodes that come after it. Everybody who knows the nodes can work out whose a key is.

use netsplit_sim::NodeId;
use netsplit_sim::digest::digest;

/// The circle.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Circle {
    points: Vec<(u64, NodeId)>,
}

impl Circle {
    /// The circle with these nodes on it, each at so many places, so that shares are about equal.
    pub fn of(nodes: impl Iterator<Item = NodeId>, points: u32) -> Circle {
        let place = |node: NodeId| (0..points).map(move |nth| (digest(&(node.0, nth)), node));
        let mut points: Vec<(u64, NodeId)> = nodes.flat_map(place).collect();
        points.sort_unstable();
        Circle { points }
    }

    /// The nodes as they come after a key, each once, so many at most.
    pub fn after(&self, key: &str, most: usize) -> Vec<NodeId> {
        let hash = digest(key);
        let start = self.points.partition_point(|(point, _)| *point < hash);
        let mut nodes = Vec::new();
        for (_, node) in self.points[start..].iter().chain(&self.points[..start]) {
            if nodes.len() == most {
                break;
            }
            if !nodes.contains(node) {
                nodes.push(*node);
            }
        }
        nodes
    }
}
