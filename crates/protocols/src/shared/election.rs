//! What is the same in every protocol that elects a leader: what clients ask for, and how far nodes agree.

use crate::about::{Measure, OpForm, words};
use netsplit_sim::ordered::Map;
use serde::{Deserialize, Serialize};

/// What can be asked of a node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Hold an election.
    Elect {},
    /// Say who leads.
    Leader {},
}

/// The same as forms.
pub(crate) const OPS: &[OpForm] = &[
    OpForm { name: "elect", word: words("hold an election", "发起选举"), fields: &[], cluster: false },
    OpForm { name: "leader", word: words("who leads?", "谁是领导者？"), fields: &[], cluster: false },
];

/// How many nodes take themselves for the leader.
pub(crate) const LEADERS: Measure =
    Measure {
        name: "leaders", word: words("nodes that lead", "自认领导者的节点"), unit: words("nodes", "个节点")
    };

/// How many nodes agree on a leader, at most.
pub(crate) const AGREED: Measure = Measure {
    name: "agreed",
    word: words("nodes with the same leader", "认同同一领导者的节点"),
    unit: words("nodes", "个节点"),
};

/// [`LEADERS`] and [`AGREED`], from whether each node that is up leads and whom it takes for the leader.
pub(crate) fn agreement<Leader: Ord>(nodes: impl Iterator<Item = (bool, Option<Leader>)>) -> (u64, u64) {
    let (mut leading, mut followers) = (0, Map::<Leader, u64>::new());
    for (leads, leader) in nodes {
        leading += u64::from(leads);
        leader.into_iter().for_each(|leader| *followers.entry(leader).or_default() += 1);
    }
    (leading, followers.into_values().max().unwrap_or(0))
}
