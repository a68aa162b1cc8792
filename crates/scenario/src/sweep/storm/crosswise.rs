//! What stores are asked where two sides cannot hear each other: somebody on each writes one key and then reads the other's.
//! If both find what was there before, no one order explains it, whichever of the four operations comes first.

use super::Storm;
use crate::names;
use crate::tree::Tree;
use netsplit_protocols::shared::kv::{GET, PUT};
use netsplit_sim::{Intervention, NodeId, Span, Target, Time};

/// Once in so many storms over a store it is asked so.
const SELDOM: u64 = 3;

impl Storm<'_> {
    /// Now and then, if this is a store.
    pub(super) fn cross(&mut self, until: Time) {
        let is_known = |name: &str| self.about.ops.iter().any(|op| op.name == name);
        if !is_known(PUT.name) || !is_known(GET.name) || !self.draw.one_in(SELDOM) {
            return;
        }
        for _ in 0..self.draw.between(1, 3) {
            let now = self.between(Time::ZERO + Span::millis(200), until);
            self.crosswise(now, until);
        }
    }

    fn crosswise(&mut self, now: Time, until: Time) {
        let (mut clients, sides) = self.sides();
        while clients.len() > 2 {
            let at = self.draw.0.below(clients.len() as u64) as usize;
            clients.remove(at);
        }
        let &[first, second] = clients.as_slice() else { return };
        self.at(now, Intervention::Partition(vec![sides]));
        let heal = now + self.draw.millis(200, 900);
        let mut at = now + self.draw.millis(0, 50);
        while at < heal && at < until {
            for (client, mine, other) in [(first, "k0", "k1"), (second, "k1", "k0")] {
                let wrote = at + self.draw.millis(0, 10);
                let value = Tree::Text(format!("{}", wrote.0 / 1_000 + u64::from(client.0)));
                self.at(wrote, Intervention::Invoke(client.into(), asked(PUT.name, mine, Some(value))));
                let reads = wrote + self.draw.any_millis(10, 120);
                self.at(reads, Intervention::Invoke(client.into(), asked(GET.name, other, None)));
            }
            at += self.draw.millis(100, 300);
        }
        self.at(heal.min(until), Intervention::Heal);
    }

    /// Those who ask, and one of two sides: of each part the nodes up to somewhere, as sites are laid out.
    fn sides(&mut self) -> (Vec<NodeId>, Vec<Target>) {
        let (mut side, mut first) = (Vec::new(), 0);
        for part in self.about.parts {
            let count = names::count(self.scenario, part);
            let half = if self.draw.one_in(2) { count / 2 } else { count.div_ceil(2) };
            side.extend((first..first + half).map(|node| Target::Node(NodeId(node))));
            first += count;
        }
        (names::clients(self.about, self.scenario).collect(), side)
    }
}

/// An operation on a key.
fn asked(name: &str, key: &str, value: Option<Tree>) -> Tree {
    let value = value.map(|value| ("value".to_owned(), value));
    let fields = [("key".to_owned(), Tree::Text(key.to_owned()))].into_iter().chain(value).collect();
    Tree::Map([(name.to_owned(), Tree::Map(fields))].into())
}
