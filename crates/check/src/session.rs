//! The four guarantees of a session (Terry, Demers, Petersen, Spreitzer, Theimer, Welch 1994), as they show in what clients
//! saw: each fails where no order of versions explains it. `docs/consistency.md` has the definitions precisely.

use crate::causal::{
    Accesses, Failure, Graph, Meter, Source, Sources, StoreOperation, Views, cause, decided, judge_by, read_from,
};
use crate::verdict::{Because, Budget, Edge, Level, Unknown, Verdict};

/// What a client counts on from one of its operations to the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Guarantee {
    /// It sees its own writes, or what came after them.
    ReadYourWrites,
    /// What it has seen it does not see undone.
    MonotonicReads,
    /// Who sees a write sees what the same client wrote before it.
    MonotonicWrites,
    /// Who sees a write sees what its client had read before it.
    WritesFollowReads,
}

impl Guarantee {
    /// All four.
    pub const ALL: [Guarantee; 4] = [
        Guarantee::ReadYourWrites,
        Guarantee::MonotonicReads,
        Guarantee::MonotonicWrites,
        Guarantee::WritesFollowReads,
    ];

    /// The model that it is.
    pub fn level(self) -> Level {
        match self {
            Guarantee::ReadYourWrites => Level::ReadYourWrites,
            Guarantee::MonotonicReads => Level::MonotonicReads,
            Guarantee::MonotonicWrites => Level::MonotonicWrites,
            Guarantee::WritesFollowReads => Level::WritesFollowReads,
        }
    }
}

/// Whether a history gives a guarantee to all of its clients.
pub fn judge(guarantee: Guarantee, history: &[StoreOperation], budget: Budget) -> Verdict {
    match guarantee {
        Guarantee::ReadYourWrites => judge_by(history, &read_your_writes, budget),
        Guarantee::MonotonicReads => judge_by(history, &monotonic_reads, budget),
        Guarantee::MonotonicWrites => judge_by(history, &monotonic_writes, budget),
        Guarantee::WritesFollowReads => judge_by(history, &writes_follow_reads, budget),
    }
}

/// What a rule comes to.
type Found = Result<Option<Failure>, Unknown>;

/// No read returns a version older than one that its client had written. Of two versions of a key the older is the one that
/// was a cause of the other.
fn read_your_writes(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Found {
    let mut cause = cause(accesses, sources);
    if let Some(failure) = goes_round(&mut cause, meter)? {
        return Ok(Some(failure));
    }
    for asked in &accesses.clients {
        for (read, source) in decided(asked, sources) {
            let mine = |write: &&usize| {
                let (read, write) = (&accesses.all[read], &accesses.all[**write]);
                write.wrote.is_some() && write.key == read.key && read.follows(write)
            };
            let lost = |write: &&usize| match source {
                Source::Initial => true,
                Source::Write(source) => cause.is_before(source, **write),
            };
            meter.spend(1)?;
            if let Some(write) = asked.iter().filter(mine).find(lost) {
                let asked = Edge { from: *write, to: read, because: Because::Session };
                let overwritten = Edge { from: read, to: *write, because: Because::ReadBefore };
                let older = match source {
                    Source::Initial => Vec::new(),
                    Source::Write(source) => cause.way(source, *write),
                };
                let grounds = cause.grounds(&[vec![asked, overwritten], older].concat(), meter)?;
                return Ok(Some(Failure { cycle: vec![asked, overwritten], grounds }));
            }
        }
    }
    Ok(None)
}

/// What each client reads of a key never becomes older.
fn monotonic_reads(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Found {
    let mut cause = cause(accesses, sources);
    if let Some(failure) = goes_round(&mut cause, meter)? {
        return Ok(Some(failure));
    }
    let mut older = Graph::new(accesses.all.len());
    for writes in &accesses.writes {
        meter.spend((writes.len() * writes.len()) as u64)?;
        let pairs = writes.iter().flat_map(|first| writes.iter().map(move |second| (*first, *second)));
        for (first, second) in pairs.filter(|(first, second)| cause.is_before(*first, *second)) {
            older.add(first, second, Because::WrittenAfter);
        }
    }
    let views = Views::new(accesses);
    for asked in &accesses.clients {
        let reads = decided(asked, sources);
        let failure = views.refute(with_reads(accesses, older.clone(), asked, sources), &reads, meter)?;
        if let Some(mut failure) = failure {
            // Versions are older than others for a cause.
            let pairs: Vec<(usize, usize)> = pairs_of(&failure.grounds).collect();
            for (first, second) in pairs.into_iter().filter(|(first, second)| cause.is_before(*first, *second)) {
                failure.grounds.extend(cause.way(first, second).iter().map(|edge| edge.from));
            }
            return Ok(Some(failure));
        }
    }
    Ok(None)
}

/// If each client's writes are seen in its order, its reads are explained.
fn monotonic_writes(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Found {
    let mut order = Graph::new(accesses.all.len());
    for asked in &accesses.clients {
        let writes: Vec<usize> = asked.iter().copied().filter(|access| accesses.is_write(*access)).collect();
        for (from, to) in accesses.successions(&writes, &writes) {
            order.add(from, to, Because::Session);
        }
    }
    views_of_all(accesses, &order, sources, meter)
}

/// If writes are seen after what their clients had read, all reads are explained.
fn writes_follow_reads(accesses: &Accesses, sources: &Sources, meter: &mut Meter) -> Found {
    let mut order = Graph::new(accesses.all.len());
    for asked in &accesses.clients {
        let reads: Vec<usize> = asked.iter().copied().filter(|access| accesses.is_read(*access)).collect();
        for (from, to) in accesses.successions(&reads, asked) {
            order.add(from, to, Because::Session);
        }
    }
    read_from(&mut order, sources.iter().enumerate());
    views_of_all(accesses, &order, sources, meter)
}

/// Whether the clients' reads, each client's in its order, are explained by writes in this order.
fn views_of_all(accesses: &Accesses, order: &Graph, sources: &Sources, meter: &mut Meter) -> Found {
    let views = Views::new(accesses);
    for asked in &accesses.clients {
        let reads = never_going_back(accesses, asked, sources);
        let failure = views.refute(with_reads(accesses, order.clone(), asked, sources), &reads, meter)?;
        if failure.is_some() {
            return Ok(failure);
        }
    }
    Ok(None)
}

/// Nothing is its own cause.
fn goes_round(cause: &mut Graph, meter: &mut Meter) -> Found {
    let Some(cycle) = cause.close(meter)? else { return Ok(None) };
    let grounds = cause.grounds(&cycle, meter)?;
    Ok(Some(Failure { cycle, grounds }))
}

/// The reads of a client come in its order, and after the writes that they read.
fn with_reads(accesses: &Accesses, mut order: Graph, asked: &[usize], sources: &Sources) -> Graph {
    let reads: Vec<usize> = asked.iter().copied().filter(|access| accesses.is_read(*access)).collect();
    for (from, to) in accesses.successions(&reads, &reads) {
        order.add(from, to, Because::Session);
    }
    read_from(&mut order, reads.iter().map(|read| (*read, &sources[*read])));
    order
}

/// The reads of a client, of each key up to the first that returns to a version that the client had seen replaced: such a
/// read breaks monotonic reads, and shows nothing of the order of writes. Nor do reads that come after one of which nobody
/// knows what it read.
fn never_going_back(accesses: &Accesses, asked: &[usize], sources: &Sources) -> Vec<(usize, Source)> {
    let same_key = |a: usize, b: usize| accesses.all[a].key == accesses.all[b].key;
    let follows = |later: usize, earlier: usize| accesses.all[later].follows(&accesses.all[earlier]);
    let (mut kept, mut cut): (Vec<(usize, Source)>, Vec<usize>) = (Vec::new(), Vec::new());
    for read in asked.iter().copied().filter(|access| accesses.is_read(*access)) {
        let earlier: Vec<(usize, Source)> =
            kept.iter().copied().filter(|(other, _)| same_key(*other, read) && follows(read, *other)).collect();
        let replaced = |source: Source| {
            let left = earlier.iter().filter(|(_, other)| *other != source);
            left.clone().any(|_| source == Source::Initial)
                || left
                    .clone()
                    .any(|(left, _)| earlier.iter().any(|(before, seen)| *seen == source && follows(*left, *before)))
        };
        let after_a_cut = cut.iter().any(|other| same_key(*other, read) && follows(read, *other));
        match sources[read] {
            Some(source) if !after_a_cut && !replaced(source) => kept.push((read, source)),
            _ => cut.push(read),
        }
    }
    kept
}

fn pairs_of(members: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    members.iter().flat_map(|first| members.iter().map(move |second| (*first, *second)))
}
