//! Which version each read read. Where a value was written twice, or only known not to be some value, there is a choice, and
//! a history satisfies a model if some choice explains it. What is certain is judged first; then the likeliest choice; then
//! versions are excluded one by one; then all that is left is tried.

use super::accesses::{Accesses, Source};
use super::budget::Meter;
use super::graph::{Graph, bytes, members};
use super::views::{Failure, writes_as_sets};
use crate::verdict::{Because, Unknown};

/// By access, the version that it read, where that is decided.
pub(crate) type Sources = [Option<Source>];

/// A model: why these versions contradict it, however the undecided ones are decided; `None` if they do not, or that shows
/// only later.
pub(crate) type Rule<'a> = dyn Fn(&Accesses, &Sources, &mut Meter) -> Result<Option<Failure>, Unknown> + 'a;

/// Why no choice of versions explains the reads; `None` if one does.
pub(crate) fn refute(accesses: &Accesses, rule: &Rule, meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
    meter.allow(bytes(accesses.all.len()).saturating_mul(4))?;
    let reads: Vec<usize> = (0..accesses.all.len()).filter(|access| accesses.is_read(*access)).collect();
    let mut choice = Choice { accesses, rule, open: Vec::new(), decided: vec![None; accesses.all.len()] };
    for read in reads {
        match accesses.sources(read).as_slice() {
            [] => return Ok(Some(Failure { cycle: Vec::new(), grounds: vec![read] })),
            [only] => choice.decided[read] = Some(*only),
            several => choice.open.push((read, several.to_vec())),
        }
    }
    let failure = rule(accesses, &choice.decided, meter)?;
    if failure.is_some() || choice.open.is_empty() {
        return Ok(failure);
    }
    let undecided = |unknown| if matches!(unknown, Unknown::Steps(_)) { Unknown::Ambiguous } else { unknown };
    choice.refute(meter).map_err(undecided)
}

/// A choice of versions under way.
#[derive(Clone)]
struct Choice<'a> {
    accesses: &'a Accesses<'a>,
    rule: &'a Rule<'a>,
    /// The reads that are not decided yet, and what they can have read.
    open: Vec<(usize, Vec<Source>)>,
    decided: Vec<Option<Source>>,
}

impl Choice<'_> {
    fn refute(&mut self, meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
        let likely = self.likely(meter)?;
        if (self.rule)(self.accesses, &likely, meter)?.is_none() {
            return Ok(None);
        }
        while let Some(open) = self.exclude(meter)? {
            if let Some(failure) = open {
                return Ok(Some(failure));
            }
        }
        self.try_all(meter)
    }

    /// What each of them read, in all likelihood: one after the other, a version that it can have seen and not have seen
    /// overwritten, rather one that it has certainly seen.
    fn likely(&self, meter: &mut Meter) -> Result<Vec<Option<Source>>, Unknown> {
        let Choice { accesses, .. } = self;
        let mut decided = self.decided.clone();
        let mut cause = cause(accesses, &decided);
        let acyclic = cause.close(meter)?.is_none();
        let writes = writes_as_sets(accesses);
        let mut open: Vec<&(usize, Vec<Source>)> = self.open.iter().collect();
        open.sort_by_key(|(read, _)| accesses.all[*read].invoked());
        for (read, sources) in open {
            let seen: Vec<u64> =
                cause.before(*read).iter().zip(&writes[accesses.all[*read].key]).map(|(a, b)| a & b).collect();
            meter.spend(seen.len() as u64)?;
            let fresh = |source: &&Source| match source {
                Source::Initial => members(&seen).next().is_none(),
                Source::Write(write) => {
                    !cause.is_before(*read, *write) && !members(&seen).any(|other| cause.is_before(*write, other))
                }
            };
            let known = |source: &&Source| match source {
                Source::Initial => true,
                Source::Write(write) => cause.is_before(*write, *read),
            };
            let fresh: Vec<&Source> = sources.iter().filter(fresh).collect();
            let source = *fresh.iter().copied().find(known).or(fresh.first().copied()).unwrap_or(&sources[0]);
            decided[*read] = Some(source);
            if let Source::Write(write) = source
                && acyclic
                && !cause.is_before(write, *read)
                && !cause.is_before(*read, write)
            {
                cause.add(write, *read, Because::ReadFrom);
                cause.close(meter)?;
            }
        }
        Ok(decided)
    }

    /// Takes away what no read can have read, each looked at by itself. `None` if there is nothing to take away; a failure
    /// if nothing is left for one of them.
    fn exclude(&mut self, meter: &mut Meter) -> Result<Option<Option<Failure>>, Unknown> {
        let mut some = false;
        for (read, sources) in std::mem::take(&mut self.open) {
            let mut left = Vec::new();
            let mut grounds = vec![read];
            for source in &sources {
                self.decided[read] = Some(*source);
                match (self.rule)(self.accesses, &self.decided, meter)? {
                    None => left.push(*source),
                    Some(failure) => grounds.extend(failure.grounds),
                }
            }
            some |= left.len() < sources.len();
            self.decided[read] = (left.len() == 1).then(|| left[0]);
            match left.len() {
                0 => return Ok(Some(Some(Failure { cycle: Vec::new(), grounds }))),
                1 => {}
                _ => self.open.push((read, left)),
            }
        }
        Ok(some.then_some(None))
    }

    fn try_all(&self, meter: &mut Meter) -> Result<Option<Failure>, Unknown> {
        let Some(fewest) = (0..self.open.len()).min_by_key(|at| self.open[*at].1.len()) else {
            return (self.rule)(self.accesses, &self.decided, meter);
        };
        let mut next = self.clone();
        let (read, sources) = next.open.remove(fewest);
        let mut grounds = vec![read];
        for source in sources {
            next.decided[read] = Some(source);
            let failure = match (self.rule)(self.accesses, &next.decided, meter)? {
                None => next.try_all(meter)?,
                failure => failure,
            };
            match failure {
                None => return Ok(None),
                Some(failure) => grounds.extend(failure.grounds),
            }
        }
        Ok(Some(Failure { cycle: Vec::new(), grounds }))
    }
}

/// What caused what: the order of each client, and whoever reads comes after whoever wrote.
pub(crate) fn cause(accesses: &Accesses, sources: &Sources) -> Graph {
    let mut graph = Graph::new(accesses.all.len());
    for asked in &accesses.clients {
        accesses.successions(asked, asked).iter().for_each(|(from, to)| graph.add(*from, *to, Because::Session));
    }
    read_from(&mut graph, sources.iter().enumerate());
    graph
}

/// Whoever reads comes after whoever wrote.
pub(crate) fn read_from<'a>(graph: &mut Graph, reads: impl IntoIterator<Item = (usize, &'a Option<Source>)>) {
    for (read, source) in reads {
        if let Some(Source::Write(write)) = source {
            graph.add(*write, read, Because::ReadFrom);
        }
    }
}
