//! Who decides: a majority of the servers, and while the set of servers changes, a majority of the old ones together with a
//! majority of the new (thesis, §4.3). All that Raft counts is counted here.

use super::Index;
use netsplit_sim::NodeId;
use serde::Serialize;

/// The servers of a cluster (C), or in the middle of a change both the old and the new ones (C_old,new).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Configuration {
    /// The servers, in ascending order; in the middle of a change, the old ones.
    pub servers: Vec<NodeId>,
    /// In the middle of a change, the new ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Vec<NodeId>>,
}

impl Configuration {
    /// Servers, and no change under way.
    pub fn of(servers: Vec<NodeId>) -> Configuration {
        Configuration { servers, next: None }
    }
    /// Whether it is C_old,new.
    pub fn is_joint(&self) -> bool {
        self.next.is_some()
    }
    /// Whether a server has a vote in it.
    pub fn has(&self, server: NodeId) -> bool {
        self.sets().any(|servers| servers.contains(&server))
    }
    /// All servers, each once; the old ones first.
    pub fn all(&self) -> impl Iterator<Item = NodeId> + '_ {
        let new = self.next.iter().flatten().filter(|server| !self.servers.contains(server));
        self.servers.iter().chain(new).copied()
    }
    /// The servers other than this one.
    pub fn others(&self, me: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.all().filter(move |server| *server != me)
    }
    /// Whether those of whom something is true can decide.
    pub fn decided(&self, mut by: impl FnMut(NodeId) -> bool) -> bool {
        self.sets().all(|servers| servers.iter().filter(|server| by(**server)).count() >= majority(servers))
    }
    /// The highest index that enough servers to decide have reached, given how far each of them is.
    pub fn agreed(&self, mut reached: impl FnMut(NodeId) -> Index) -> Index {
        self.sets().map(|servers| majority_reached(servers, &mut reached)).min().unwrap_or(0)
    }
    fn sets(&self) -> impl Iterator<Item = &Vec<NodeId>> {
        std::iter::once(&self.servers).chain(&self.next)
    }
}

/// How many of these are a majority.
fn majority(servers: &[NodeId]) -> usize {
    servers.len() / 2 + 1
}

/// Clusters up to this size are counted without asking for memory.
const SMALL: usize = 9;

fn majority_reached(servers: &[NodeId], mut reached: impl FnMut(NodeId) -> Index) -> Index {
    let (mut small, mut large) = ([0; SMALL], Vec::new());
    let row = match servers.len() {
        len @ 0..=SMALL => &mut small[..len],
        len => {
            large.resize(len, 0);
            &mut large[..]
        }
    };
    for (place, server) in row.iter_mut().zip(servers) {
        *place = reached(*server);
    }
    row.sort_unstable();
    row.len().checked_sub(majority(servers)).map_or(0, |at| row[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of servers out of so many, by the bits of a number.
    fn sets(servers: u16) -> impl Iterator<Item = Vec<NodeId>> {
        (0..1u32 << servers).map(move |bits| (0..servers).filter(|bit| bits >> bit & 1 == 1).map(NodeId).collect())
    }

    /// Every configuration of up to four servers, joint or not; the empty set decides nothing, and is none.
    fn configurations() -> Vec<Configuration> {
        let some = || sets(4).filter(|set| !set.is_empty());
        let joint =
            some().flat_map(|old| some().map(move |new| Configuration { servers: old.clone(), next: Some(new) }));
        some().map(Configuration::of).chain(joint).collect()
    }

    /// By definition: more than half.
    fn outvotes(set: &[NodeId], all: &[NodeId]) -> bool {
        2 * all.iter().filter(|server| set.contains(server)).count() > all.len()
    }

    #[test]
    fn a_set_decides_exactly_if_it_is_more_than_half_of_the_old_and_more_than_half_of_the_new() {
        for configuration in configurations() {
            for set in sets(4) {
                let by_hand = outvotes(&set, &configuration.servers)
                    && configuration.next.as_ref().is_none_or(|new| outvotes(&set, new));
                assert_eq!(configuration.decided(|server| set.contains(&server)), by_hand, "{configuration:?} {set:?}");
            }
        }
    }

    #[test]
    fn two_sets_that_decide_share_a_server_also_from_each_step_of_a_change_to_the_next() {
        for joint in configurations().into_iter().filter(Configuration::is_joint) {
            let old = Configuration::of(joint.servers.clone());
            let new = Configuration::of(joint.next.clone().expect("joint"));
            for (one, other) in [(&old, &old), (&old, &joint), (&joint, &joint), (&joint, &new), (&new, &new)] {
                for a in sets(4).filter(|set| one.decided(|server| set.contains(&server))) {
                    for b in sets(4).filter(|set| other.decided(|server| set.contains(&server))) {
                        assert!(a.iter().any(|server| b.contains(server)), "{one:?} {a:?}, {other:?} {b:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn from_old_to_new_in_one_step_they_may_share_none() {
        let decides = |configuration: &Configuration, set: &[NodeId]| configuration.decided(|one| set.contains(&one));
        let apart = configurations().into_iter().filter(Configuration::is_joint).any(|joint| {
            let old = Configuration::of(joint.servers.clone());
            let new = Configuration::of(joint.next.clone().expect("joint"));
            sets(4).any(|a| {
                let rest: Vec<_> = (0..4).map(NodeId).filter(|server| !a.contains(server)).collect();
                decides(&old, &a) && decides(&new, &rest)
            })
        });
        assert!(apart);
    }

    #[test]
    fn the_index_agreed_on_is_the_highest_that_a_deciding_set_has_reached() {
        for configuration in configurations() {
            for code in 0..4u64.pow(4) {
                let reached = |server: NodeId| code / 4u64.pow(u32::from(server.0)) % 4;
                let by_hand = (0..4).rev().find(|index| configuration.decided(|server| reached(server) >= *index));
                assert_eq!(Some(configuration.agreed(reached)), by_hand, "{configuration:?} {code}");
            }
        }
    }

    #[test]
    fn large_clusters_count_as_small_ones_do() {
        for size in 1..40u16 {
            let configuration = Configuration::of((0..size).map(NodeId).collect());
            assert_eq!(configuration.agreed(|server| u64::from(server.0)), u64::from((size - 1) / 2));
        }
    }

    #[test]
    fn everybody_in_a_joint_configuration_is_named_once() {
        let joint = Configuration { servers: vec![NodeId(0), NodeId(2)], next: Some(vec![NodeId(1), NodeId(2)]) };
        assert_eq!(joint.all().collect::<Vec<_>>(), [NodeId(0), NodeId(2), NodeId(1)]);
        assert_eq!(joint.others(NodeId(2)).collect::<Vec<_>>(), [NodeId(0), NodeId(1)]);
        assert!(joint.has(NodeId(1)) && !joint.has(NodeId(3)));
    }
}
