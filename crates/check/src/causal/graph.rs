//! What must come before what: a graph with its reasons, and the order that follows from it.

use super::budget::Meter;
use crate::verdict::{Because, Edge, Unknown};
use std::collections::VecDeque;

/// A set of accesses for each access.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    words: usize,
    bits: Vec<u64>,
}

impl Rows {
    fn new(rows: usize, columns: usize) -> Self {
        let words = columns.div_ceil(64);
        Rows { words, bits: vec![0; rows * words] }
    }

    pub fn row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }

    fn has(&self, row: usize, column: usize) -> bool {
        self.row(row)[column / 64] >> (column % 64) & 1 == 1
    }

    fn insert(&mut self, row: usize, column: usize) {
        self.bits[row * self.words + column / 64] |= 1 << (column % 64);
    }

    /// Adds one row to another.
    fn add(&mut self, from: usize, to: usize) {
        let (low, high) = (from.min(to) * self.words, from.max(to) * self.words);
        let (first, second) = self.bits.split_at_mut(high);
        let (first, second) = (&mut first[low..low + self.words], &mut second[..self.words]);
        let (from, to) = if from < to { (first, second) } else { (second, first) };
        to.iter_mut().zip(from.iter()).for_each(|(to, from)| *to |= from);
    }
}

/// A set of accesses.
pub(crate) fn set_of(members: &[usize], columns: usize) -> Vec<u64> {
    let mut set = vec![0; columns.div_ceil(64)];
    members.iter().for_each(|member| set[member / 64] |= 1 << (member % 64));
    set
}

/// The members of a set.
pub(crate) fn members(set: &[u64]) -> impl Iterator<Item = usize> {
    set.iter().enumerate().flat_map(|(at, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(at * 64 + bit)
        })
    })
}

/// An edge, and if it was inferred: from what coming before what else.
#[derive(Clone, Copy, Debug)]
struct Reason {
    edge: Edge,
    inferred_from: Option<(usize, usize)>,
}

/// What must come before what.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    nodes: usize,
    reasons: Vec<Reason>,
    before: Rows,
}

/// How much memory a graph of so many nodes takes, nearly.
pub(crate) fn bytes(nodes: usize) -> usize {
    nodes.div_ceil(64).saturating_mul(8).saturating_mul(nodes)
}

impl Graph {
    pub fn new(nodes: usize) -> Self {
        Graph { nodes, reasons: Vec::new(), before: Rows::new(nodes, nodes) }
    }

    pub fn add(&mut self, from: usize, to: usize, because: Because) {
        self.reasons.push(Reason { edge: Edge { from, to, because }, inferred_from: None });
    }

    /// Adds what follows from what a read read: all these writes came before the one that it read.
    pub fn infer(&mut self, from: &[u64], to: usize, read: usize) {
        for from in members(from) {
            let edge = Edge { from, to, because: Because::WrittenAfter };
            self.reasons.push(Reason { edge, inferred_from: Some((from, read)) });
            self.before.insert(to, from);
        }
    }

    /// Adds what follows from what a read read: it came before all that overwrote it, which comes after who wrote it.
    pub fn infer_overwritten(&mut self, read: usize, source: usize, overwrote: usize) {
        let edge = Edge { from: read, to: overwrote, because: Because::ReadBefore };
        self.reasons.push(Reason { edge, inferred_from: Some((source, overwrote)) });
        self.before.insert(overwrote, read);
    }

    /// Puts one before the other, in a graph of which all edges have been followed, without saying why.
    pub fn join(&mut self, from: usize, to: usize, meter: &mut Meter) -> Result<(), Unknown> {
        meter.spend(self.nodes as u64 * (1 + self.before.words as u64 / 64))?;
        for node in 0..self.nodes {
            if node == to || self.before.has(node, to) {
                self.before.add(from, node);
                self.before.insert(node, from);
            }
        }
        Ok(())
    }

    /// Whether one comes before the other, as far as the edges have been followed.
    pub fn is_before(&self, first: usize, second: usize) -> bool {
        self.before.has(second, first)
    }

    /// All that comes before one, as far as the edges have been followed.
    pub fn before(&self, node: usize) -> &[u64] {
        self.before.row(node)
    }

    /// Follows all edges. If something comes before itself: such a cycle, as short as there is one.
    pub fn close(&mut self, meter: &mut Meter) -> Result<Option<Vec<Edge>>, Unknown> {
        meter.spend((self.reasons.len() + self.nodes) as u64 * (1 + self.before.words as u64 / 16))?;
        let (starts, sources) = self.by_target();
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); self.nodes];
        let mut waits_for = vec![0_usize; self.nodes];
        for Reason { edge, .. } in &self.reasons {
            after[edge.from].push(edge.to);
            waits_for[edge.to] += 1;
        }
        let mut next: Vec<usize> = (0..self.nodes).filter(|node| waits_for[*node] == 0).collect();
        let mut ordered = 0;
        while let Some(node) = next.pop() {
            ordered += 1;
            for from in &sources[starts[node]..starts[node + 1]] {
                self.before.add(*from, node);
                self.before.insert(node, *from);
            }
            for to in &after[node] {
                waits_for[*to] -= 1;
                if waits_for[*to] == 0 {
                    next.push(*to);
                }
            }
        }
        if ordered == self.nodes {
            return Ok(None);
        }
        let around: Vec<usize> = (0..self.nodes).filter(|node| waits_for[*node] > 0).collect();
        Ok(Some(self.shortest_cycle(&around, meter)?))
    }

    /// The shortest cycle through some of these nodes, each of which has an edge from another of them: not all are looked
    /// at, but one that is on a cycle.
    fn shortest_cycle(&self, around: &[usize], meter: &mut Meter) -> Result<Vec<Edge>, Unknown> {
        let inside = set_of(around, self.nodes);
        let mut from = vec![None; self.nodes];
        for Reason { edge, .. } in &self.reasons {
            if inside[edge.from / 64] >> (edge.from % 64) & 1 == 1 {
                from[edge.to] = Some(edge.from);
            }
        }
        // Going back for so long ends on a cycle.
        let on_a_cycle = around.first().and_then(|node| (0..self.nodes).try_fold(*node, |node, _| from[node]));
        let mut cycles = Vec::new();
        for node in on_a_cycle.iter().chain(around.iter().take(100)) {
            meter.spend(self.reasons.len() as u64)?;
            cycles.extend(self.path(*node, *node, self.reasons.len()));
        }
        Ok(cycles.into_iter().min_by_key(Vec::len).unwrap_or_default())
    }

    /// Where each node's edges come from: the nodes' parts of one row, and the row.
    fn by_target(&self) -> (Vec<usize>, Vec<usize>) {
        let mut starts = vec![0; self.nodes + 2];
        self.reasons.iter().for_each(|Reason { edge, .. }| starts[edge.to + 2] += 1);
        (2..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut sources = vec![0; self.reasons.len()];
        for Reason { edge, .. } in &self.reasons {
            sources[starts[edge.to + 1]] = edge.from;
            starts[edge.to + 1] += 1;
        }
        (starts, sources)
    }

    /// The shortest way from one to the other over the first so many edges.
    fn path(&self, from: usize, to: usize, edges: usize) -> Option<Vec<Edge>> {
        let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); self.nodes];
        for (at, Reason { edge, .. }) in self.reasons[..edges].iter().enumerate() {
            outgoing[edge.from].push(at);
        }
        let mut came: Vec<Option<usize>> = vec![None; self.nodes];
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for at in &outgoing[node] {
                let next = self.reasons[*at].edge.to;
                if came[next].is_some() {
                    continue;
                }
                came[next] = Some(*at);
                if next == to {
                    return Some(self.back(from, to, &came));
                }
                queue.push_back(next);
            }
        }
        None
    }

    /// The edges by which a search came from one to the other.
    fn back(&self, from: usize, to: usize, came: &[Option<usize>]) -> Vec<Edge> {
        let (mut path, mut at) = (Vec::new(), to);
        while let Some(Reason { edge, .. }) = came[at].map(|reason| self.reasons[reason]) {
            path.push(edge);
            at = edge.from;
            if at == from {
                break;
            }
        }
        path.reverse();
        path
    }

    /// The shortest way from one to the other.
    pub fn way(&self, from: usize, to: usize) -> Vec<Edge> {
        self.path(from, to, self.reasons.len()).unwrap_or_default()
    }

    /// All accesses that these edges rest on: their ends, and what those among them rest on that were inferred.
    pub fn grounds(&self, edges: &[Edge], meter: &mut Meter) -> Result<Vec<usize>, Unknown> {
        let mut found: Vec<usize> = Vec::new();
        let mut seen = vec![false; self.reasons.len()];
        let mut open: Vec<Edge> = edges.to_vec();
        while let Some(edge) = open.pop() {
            found.extend([edge.from, edge.to]);
            let Some(at) = self.reasons.iter().position(|reason| reason.edge == edge) else { continue };
            let inferred_from = self.reasons[at].inferred_from.filter(|_| !std::mem::replace(&mut seen[at], true));
            if let Some((first, then)) = inferred_from {
                meter.spend(self.reasons.len() as u64)?;
                found.extend([first, then]);
                open.extend(self.path(first, then, at).unwrap_or_default());
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}
