//! Which transaction depends on which, in what order their clients asked for them, and which were over before which.

use super::{Status, Step, Transaction};
use crate::verdict::Because;
use std::collections::BTreeMap;

/// What comes before what.
pub(super) struct Graph {
    /// Sorted by where they come from.
    steps: Vec<Step>,
    /// Where the steps of each transaction begin, and where those of the last end.
    starts: Vec<usize>,
}

impl Graph {
    pub fn new(nodes: usize, mut steps: Vec<Step>) -> Self {
        steps.sort_by_key(|step| (step.from, step.to));
        let mut starts = vec![0; nodes + 1];
        steps.iter().for_each(|step| starts[step.from + 1] += 1);
        (0..nodes).for_each(|node| starts[node + 1] += starts[node]);
        Graph { steps, starts }
    }

    pub fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    pub fn steps_from(&self, node: usize) -> &[Step] {
        &self.steps[self.starts[node]..self.starts[node + 1]]
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// For each transaction the number of its strongly connected component (Tarjan 1972), and the size of each component,
    /// over those steps that are wanted.
    pub fn components(&self, wanted: impl Fn(&Step) -> bool) -> (Vec<usize>, Vec<usize>) {
        let mut tarjan = Tarjan {
            graph: self,
            index: vec![NONE; self.nodes()],
            low: vec![0; self.nodes()],
            component: vec![NONE; self.nodes()],
            sizes: Vec::new(),
            stack: Vec::new(),
            next: 0,
        };
        for node in 0..self.nodes() {
            if tarjan.index[node] == NONE {
                tarjan.visit(node, &wanted);
            }
        }
        (tarjan.component, tarjan.sizes)
    }
}

const NONE: usize = usize::MAX;

/// Tarjan's algorithm under way.
struct Tarjan<'a> {
    graph: &'a Graph,
    index: Vec<usize>,
    low: Vec<usize>,
    component: Vec<usize>,
    sizes: Vec<usize>,
    stack: Vec<usize>,
    next: usize,
}

impl Tarjan<'_> {
    fn visit(&mut self, root: usize, wanted: &impl Fn(&Step) -> bool) {
        // Of each transaction on the way, how many of its steps are done.
        let mut way = vec![(root, 0)];
        self.enter(root);
        while let Some((node, done)) = way.last_mut() {
            let (node, step) = (*node, self.graph.steps_from(*node).get(*done));
            *done += 1;
            match step {
                Some(step) if !wanted(step) || self.component[step.to] != NONE => {}
                Some(step) if self.index[step.to] == NONE => {
                    self.enter(step.to);
                    way.push((step.to, 0));
                }
                Some(step) => self.low[node] = self.low[node].min(self.index[step.to]),
                None => {
                    way.pop();
                    if let Some((before, _)) = way.last() {
                        self.low[*before] = self.low[*before].min(self.low[node]);
                    }
                    self.leave(node);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.index[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
    }

    fn leave(&mut self, node: usize) {
        if self.low[node] != self.index[node] {
            return;
        }
        let from = self.stack.iter().rposition(|other| *other == node).unwrap_or(0);
        let members = self.stack.split_off(from);
        members.iter().for_each(|member| self.component[*member] = self.sizes.len());
        self.sizes.push(members.len());
    }
}

/// The order in which each client asked for those of its transactions that took place.
pub(super) fn sessions<M>(history: &[&Transaction<M>], present: &[bool]) -> Vec<Step> {
    let mut clients: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (place, transaction) in history.iter().enumerate().filter(|(place, _)| present[*place]) {
        clients.entry(transaction.client).or_default().push(place);
    }
    clients.values().flat_map(|asked| one_after_another(history, asked, Because::Session)).collect()
}

/// Which of those that took place were over before which began.
pub(super) fn real_time<M>(history: &[&Transaction<M>], present: &[bool]) -> Vec<Step> {
    let all: Vec<usize> = (0..history.len()).filter(|place| present[*place]).collect();
    one_after_another(history, &all, Because::RealTime)
}

/// Which were over before which began; not where that follows from others. Of those of which nobody was told, it is not
/// known when they were over.
fn one_after_another<M>(history: &[&Transaction<M>], members: &[usize], because: Because) -> Vec<Step> {
    let mut events: Vec<(u64, bool, usize)> = Vec::with_capacity(2 * members.len());
    for place in members {
        events.push((history[*place].invoked, false, *place));
        let over = history[*place].answered.filter(|_| history[*place].status == Status::Committed);
        events.extend(over.map(|over| (over, true, *place)));
    }
    events.sort_unstable();
    let mut steps = Vec::new();
    // Those that are over, unless one that began afterwards is over too.
    let mut latest: Vec<usize> = Vec::new();
    for (_, over, place) in events {
        if over {
            let began = history[place].invoked;
            latest.retain(|other| history[*other].answered.is_some_and(|over| over >= began));
            latest.push(place);
        } else {
            steps.extend(latest.iter().map(|from| Step { from: *from, to: place, because, key: None }));
        }
    }
    steps
}
