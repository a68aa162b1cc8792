//! Views: what one client can have seen. A view is an order of all writes and of the client's own reads in which each of
//! these reads returns the latest version of its key. Whether there is one that keeps to some edges is decided by inferring
//! others: a write that comes before a read came before the write that it read (Bouajjani, Enea, Guerraoui, Hamza 2017).
//! Where the reads stand one after another and nothing comes before itself then, there is a view: for each read in turn, put
//! down all that comes before it and is not there yet; of the writes of its key, the one that it read is last.

use super::accesses::{Accesses, Source};
use super::budget::Meter;
use super::graph::{Graph, bytes, members, set_of};
use crate::verdict::{Because, Edge, Unknown};

/// Why there is no view.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failure {
    /// A cycle that shows it, if one alone does.
    pub cycle: Vec<Edge>,
    /// The accesses that it rests on.
    pub grounds: Vec<usize>,
}

/// The writes of each key, as sets.
pub(crate) fn writes_as_sets(accesses: &Accesses) -> Vec<Vec<u64>> {
    accesses.writes.iter().map(|writes| set_of(writes, accesses.all.len())).collect()
}

/// What views of one history have in common.
pub(crate) struct Views<'a> {
    accesses: &'a Accesses<'a>,
    writes: Vec<Vec<u64>>,
}

impl<'a> Views<'a> {
    pub fn new(accesses: &'a Accesses<'a>) -> Self {
        Views { accesses, writes: writes_as_sets(accesses) }
    }

    /// Why there is no view that keeps to these edges in which these reads, in the order in which they were asked for,
    /// read from there; `None` if there is one.
    pub fn refute(
        &self,
        mut graph: Graph,
        reads: &[(usize, Source)],
        meter: &mut Meter,
    ) -> Result<Option<Failure>, Unknown> {
        if let Some(failure) = self.infer(&mut graph, reads, meter)? {
            return Ok(Some(failure));
        }
        let order = self.in_order(&graph, reads);
        let apart = |pair: &&[(usize, Source)]| !graph.is_before(pair[0].0, pair[1].0);
        let Some((first, second)) = order.windows(2).find(apart).map(|pair| (pair[0].0, pair[1].0)) else {
            return Ok(None);
        };
        // The client asked for some at once. Perhaps they came one after another as they stand.
        meter.allow(bytes(self.accesses.all.len()).saturating_mul(reads.len()))?;
        let mut as_they_stand = graph.clone();
        for pair in order.windows(2).filter(apart) {
            as_they_stand.add(pair[0].0, pair[1].0, Because::Session);
        }
        if self.infer(&mut as_they_stand, &order, meter)?.is_none() {
            return Ok(None);
        }
        let mut grounds = vec![first, second];
        for (earlier, later) in [(first, second), (second, first)] {
            let mut ordered = graph.clone();
            ordered.add(earlier, later, Because::Session);
            match self.refute(ordered, reads, meter)? {
                None => return Ok(None),
                Some(failure) => grounds.extend(failure.grounds),
            }
        }
        Ok(Some(Failure { cycle: Vec::new(), grounds }))
    }

    /// The reads, each after those that come before it.
    fn in_order(&self, graph: &Graph, reads: &[(usize, Source)]) -> Vec<(usize, Source)> {
        let nodes: Vec<usize> = reads.iter().map(|(read, _)| *read).collect();
        let all = set_of(&nodes, self.accesses.all.len());
        let before =
            |read: usize| -> u32 { graph.before(read).iter().zip(&all).map(|(a, b)| (a & b).count_ones()).sum() };
        let mut order = reads.to_vec();
        order.sort_by_cached_key(|(read, _)| (before(*read), self.accesses.all[*read].invoked()));
        order
    }

    /// Adds all that follows from what the reads read, until nothing new does or something comes before itself.
    fn infer(
        &self,
        graph: &mut Graph,
        reads: &[(usize, Source)],
        meter: &mut Meter,
    ) -> Result<Option<Failure>, Unknown> {
        loop {
            if let Some(cycle) = graph.close(meter)? {
                let grounds = graph.grounds(&cycle, meter)?;
                return Ok(Some(Failure { cycle, grounds }));
            }
            let mut latest: Vec<Option<usize>> = vec![None; self.writes.len()];
            let mut new = false;
            for (read, source) in reads {
                let key = self.accesses.all[*read].key;
                let seen: Vec<u64> = graph.before(*read).iter().zip(&self.writes[key]).map(|(a, b)| a & b).collect();
                let overwritten = |write: &usize| match source {
                    Source::Initial => true,
                    Source::Write(source) => graph.is_before(*source, *write),
                };
                if let Some(write) = members(&seen).find(overwritten) {
                    return self.stale(graph, *read, *source, write, meter).map(Some);
                }
                let Source::Write(source) = *source else { continue };
                let mut older = without(&seen, graph.before(source));
                older[source / 64] &= !(1 << (source % 64));
                if let Some(latest) = latest[key].filter(|latest| older[latest / 64] >> (latest % 64) & 1 == 1) {
                    older = without(&older, graph.before(latest));
                }
                latest[key] = Some(source);
                new |= older.iter().any(|word| *word != 0);
                graph.infer(&older, source, *read);
            }
            meter.spend(reads.len() as u64 * (1 + self.accesses.all.len() as u64 / 256))?;
            if !new {
                return Ok(None);
            }
        }
    }

    /// A read comes after a write that had overwritten what it read.
    fn stale(
        &self,
        graph: &Graph,
        read: usize,
        source: Source,
        write: usize,
        meter: &mut Meter,
    ) -> Result<Failure, Unknown> {
        let mut cycle = graph.way(write, read);
        let mut edges = cycle.clone();
        cycle.push(Edge { from: read, to: write, because: Because::ReadBefore });
        if let Source::Write(source) = source {
            edges.extend(graph.way(source, write));
        }
        edges.extend(&cycle);
        let grounds = graph.grounds(&edges, meter)?;
        Ok(Failure { cycle, grounds })
    }
}

fn without(set: &[u64], others: &[u64]) -> Vec<u64> {
    set.iter().zip(others).map(|(word, other)| word & !other).collect()
}
