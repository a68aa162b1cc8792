//! The links between nodes and what has become of them.

use netsplit_scenario::Session;
use netsplit_sim::{Network, NodeId};

/// How a link is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    /// It carries messages both ways.
    #[default]
    Whole,
    /// It does, but not as other links do: slower, or with losses of its own.
    Special,
    /// It carries nothing from the first node to the second.
    NotThere,
    /// It carries nothing from the second node to the first.
    NotBack,
    /// Somebody cut it both ways.
    Cut,
    /// Its ends are on different sides of a partition.
    Parted,
}

/// Beyond so many links, lines between all nodes would be a grey mass: then only those with traffic are drawn.
const DRAWN: usize = 3_000;

/// The links of a run.
#[derive(Default)]
pub struct Links {
    pairs: Vec<(NodeId, NodeId)>,
    states: Vec<State>,
}

impl Links {
    /// The links of a session, each once.
    pub fn of(session: &dyn Session) -> Links {
        let count = session.names().len() as u16;
        let upward = |a: NodeId| session.neighbours(a).iter().filter(move |b| a < **b).map(move |b| (a, *b));
        let ends: usize = (0..count).map(|a| session.neighbours(NodeId(a)).len()).sum();
        let crowded = ends / 2 > DRAWN;
        let pairs: Vec<_> = if crowded { Vec::new() } else { (0..count).map(NodeId).flat_map(upward).collect() };
        Links { states: vec![State::Whole; pairs.len()], pairs }
    }

    /// Brings their states to the present.
    pub fn frame(&mut self, network: &Network) {
        for ((a, b), state) in self.pairs.iter().zip(&mut self.states) {
            *state = state_of(network, *a, *b);
        }
    }

    /// Those that are drawn.
    pub fn shown(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.pairs.iter().copied()
    }
    /// Those that are drawn and in one state.
    pub fn which_are(&self, wanted: State) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.shown().zip(&self.states).filter(move |(_, state)| **state == wanted).map(|(pair, _)| pair)
    }
    /// How many are drawn.
    pub fn count(&self) -> usize {
        self.pairs.len()
    }
}

fn state_of(network: &Network, a: NodeId, b: NodeId) -> State {
    if network.cut.is_empty() && network.sides.is_empty() && network.special.is_empty() {
        return State::Whole;
    }
    let cut = |from: NodeId, to: NodeId| network.cut.contains(&(from, to));
    match (cut(a, b), cut(b, a)) {
        (true, true) => State::Cut,
        _ if network.severed(a, b) && network.severed(b, a) => State::Parted,
        (true, false) => State::NotThere,
        (false, true) => State::NotBack,
        _ if network.special.contains_key(&(a, b)) || network.special.contains_key(&(b, a)) => State::Special,
        _ => State::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::Link;

    #[test]
    fn a_link_is_cut_parted_or_odd() {
        let (a, b, c) = (NodeId(0), NodeId(1), NodeId(2));
        let mut network = Network::default();
        assert_eq!(state_of(&network, a, b), State::Whole);
        network.special.insert((b, a), Link::default());
        assert_eq!(state_of(&network, a, b), State::Special);
        network.cut.insert((b, a));
        assert_eq!(state_of(&network, a, b), State::NotBack);
        network.sides = vec![0, 0, 1];
        assert_eq!(state_of(&network, a, c), State::Parted);
        assert_eq!(state_of(&network, a, b), State::NotBack);
        network.cut.insert((a, b));
        assert_eq!(state_of(&network, a, b), State::Cut);
    }
}
