//! What people want to see of a run: along which axis, which way round, of which nodes and which messages.

use crate::draw::axis::Axis;
use netsplit_sim::NodeId;

/// What a diagram is to show, and how.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Showing {
    /// What its length stands for.
    pub axis: Axis,
    /// Whether time goes down, with a column per node.
    pub vertical: bool,
    /// Whether runs of local events are one dot each.
    pub collapsed: bool,
    /// Nodes that are left out, in order; what goes through them is drawn as one dashed edge.
    pub hidden: Vec<NodeId>,
    /// Types of messages that are left out, in order.
    pub silent: Vec<&'static str>,
    /// Messages that do not say this are left out; if there are no words in it, none are.
    pub saying: String,
    /// Nodes that share a lane.
    pub groups: Vec<Group>,
}

/// Nodes that share a lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// What the lane is called.
    pub name: String,
    /// Who is in it, in order.
    pub nodes: Vec<NodeId>,
}

impl Showing {
    /// Leaves a node out, or shows it again. The last one stays.
    pub fn turn_node(&mut self, node: NodeId, nodes: usize) {
        match self.hidden.binary_search(&node) {
            Ok(at) => drop(self.hidden.remove(at)),
            Err(at) if self.hidden.len() + 1 < nodes => self.hidden.insert(at, node),
            Err(_) => {}
        }
    }
    /// Leaves messages of a type out, or shows them again.
    pub fn turn_type(&mut self, name: &'static str) {
        match self.silent.binary_search(&name) {
            Ok(at) => drop(self.silent.remove(at)),
            Err(at) => self.silent.insert(at, name),
        }
    }
    /// Lays the lanes of nodes together, or takes them apart again.
    pub fn turn_group(&mut self, group: Group) {
        match self.groups.iter().position(|it| it.name == group.name) {
            Some(at) => drop(self.groups.remove(at)),
            None => self.groups.push(group),
        }
    }
    /// Whether a node is left out.
    pub fn hides(&self, node: NodeId) -> bool {
        self.hidden.binary_search(&node).is_ok()
    }
    /// Forgets what concerns the nodes and messages of one run only.
    pub fn forget_run(&mut self) {
        self.hidden.clear();
        self.silent.clear();
        self.saying.clear();
        self.groups.clear();
    }
}

/// Which nodes are in which lane.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tracks {
    /// By lane: who is in it, and what it is called if they are a group.
    lanes: Vec<(Vec<NodeId>, Option<String>)>,
    /// By node: its lane, unless it is left out.
    of_node: Vec<Option<usize>>,
}

impl Tracks {
    /// The lanes of so many nodes; a group's lane is where its first node's would be.
    pub fn of(nodes: usize, showing: &Showing) -> Tracks {
        let mut tracks = Tracks { lanes: Vec::new(), of_node: vec![None; nodes] };
        let mut laid: Vec<Option<usize>> = vec![None; showing.groups.len()];
        for node in (0..nodes as u16).map(NodeId).filter(|node| !showing.hides(*node)) {
            let group = showing.groups.iter().position(|group| group.nodes.binary_search(&node).is_ok());
            let lane = group.and_then(|group| laid[group]).unwrap_or(tracks.lanes.len());
            if lane == tracks.lanes.len() {
                tracks.lanes.push((Vec::new(), group.map(|group| showing.groups[group].name.clone())));
            }
            group.into_iter().for_each(|group| laid[group] = Some(lane));
            tracks.lanes[lane].0.push(node);
            tracks.of_node[node.index()] = Some(lane);
        }
        tracks
    }
    /// How many lanes there are.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }
    /// Of how many nodes.
    pub fn nodes(&self) -> usize {
        self.of_node.len()
    }
    /// Whether anybody is left out.
    pub fn hides_any(&self) -> bool {
        self.of_node.iter().any(Option::is_none)
    }
    /// A node's lane, unless it is left out.
    pub fn lane(&self, node: NodeId) -> Option<usize> {
        self.of_node.get(node.index()).copied().flatten()
    }
    /// Who is in a lane.
    pub fn nodes_in(&self, lane: usize) -> &[NodeId] {
        self.lanes.get(lane).map_or(&[], |(nodes, _)| nodes)
    }
    /// The only node in a lane.
    pub fn alone(&self, lane: usize) -> Option<NodeId> {
        match self.lanes.get(lane) {
            Some((nodes, None)) => nodes.first().copied(),
            _ => None,
        }
    }
    /// What the lane of a group is called.
    pub fn name(&self, lane: usize) -> Option<&str> {
        self.lanes.get(lane).and_then(|(_, name)| name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_leave_out_who_is_hidden_and_lay_groups_together() {
        let node = NodeId;
        let group = Group { name: "rear".to_owned(), nodes: vec![node(1), node(3), node(4)] };
        let mut showing = Showing::default();
        showing.turn_group(group.clone());
        showing.turn_node(node(2), 6);
        showing.turn_node(node(3), 6);
        let tracks = Tracks::of(6, &showing);
        let lanes: Vec<_> = (0..6).map(|at| tracks.lane(node(at))).collect();
        assert_eq!(lanes, [Some(0), Some(1), None, None, Some(1), Some(2)]);
        assert_eq!(
            (tracks.nodes_in(1), tracks.name(1), tracks.alone(1)),
            (&[node(1), node(4)][..], Some("rear"), None)
        );
        assert_eq!((tracks.len(), tracks.alone(2)), (3, Some(node(5))));
        showing.turn_group(group);
        showing.turn_node(node(2), 6);
        assert_eq!(Tracks::of(6, &showing).len(), 5);
        (0..6).for_each(|at| showing.turn_node(node(at), 6));
        assert!(Tracks::of(6, &showing).len() >= 1, "somebody stays in view");
    }
}
