//! What is there to stay: the entries that were committed or applied, by index, and how a server's log adds to them.

use super::Seen;
use crate::raft::{Entry, Index, Log, Server, Term};
use netsplit_sim::ordered::Map;

/// An entry there was, with the digest of the log up to it.
#[derive(Clone)]
pub(super) struct Known {
    pub digest: u64,
    /// The same without the entry, and the entry, unless all that was ever seen is a snapshot which ends there.
    pub itself: Option<(u64, Entry)>,
    pub seen: Seen,
}

/// An entry that is there to stay, with the digest of the log up to it.
#[derive(Clone)]
pub(in crate::raft) struct Settled {
    pub entry: Entry,
    pub digest: u64,
    /// The term in which it was committed or applied.
    pub term: Term,
    pub seen: Seen,
}

/// Takes a server's log up to an index into what is settled. If it differs from what is settled already, returns where
/// and from what, and takes nothing.
pub(super) fn settle(
    settled: &mut Vec<Settled>,
    entries: &Map<(Index, Term), Known>,
    server: &Server,
    upto: Index,
    seen: Seen,
) -> Option<(Index, Settled)> {
    let (log, term, known) = (server.log(), server.current_term(), settled.len() as Index);
    let shared = upto.min(known);
    if let Some(last) = shared.checked_sub(1).and_then(|at| settled.get(at as usize))
        && log.digest_up_to(shared).is_some_and(|digest| digest != last.digest)
    {
        return first_difference(&settled[..shared as usize], log).map(|(index, first)| (index, first.clone()));
    }
    for (entry, digest) in dropped(entries, log, known + 1)? {
        settled.push(Settled { entry, digest, term, seen });
    }
    for index in settled.len() as Index + 1..=upto {
        let entry = log.get(index)?.clone();
        let digest = log.digest_up_to(index)?;
        settled.push(Settled { entry, digest, term, seen });
    }
    None
}

/// The entries from an index on that a log has dropped behind its snapshot, as they were when they were seen last, with the
/// digests of the log up to each: an entry is applied and dropped in one event. Nothing if one was never seen.
fn dropped(entries: &Map<(Index, Term), Known>, log: &Log, from: Index) -> Option<Vec<(Entry, u64)>> {
    let base = log.base_index();
    let mut found = Vec::new();
    let mut digest = log.digest_up_to(base).unwrap_or(0);
    for index in (from..=base).rev() {
        let here = entries.range((index, 0)..=(index, Term::MAX));
        let (before, entry) = here.map(|(_, known)| known).find(|known| known.digest == digest)?.itself.clone()?;
        found.push((entry, digest));
        digest = before;
    }
    found.reverse();
    Some(found)
}

/// The first settled entry that a log does not have. What it has dropped behind a snapshot it has.
pub(super) fn first_difference<'a>(settled: &'a [Settled], log: &Log) -> Option<(Index, &'a Settled)> {
    let same = |index: Index, settled: &Settled| {
        index <= log.last_index() && log.digest_up_to(index).is_none_or(|digest| digest == settled.digest)
    };
    if settled.last().is_none_or(|last| same(settled.len() as Index, last)) {
        return None;
    }
    (1..).zip(settled).find(|(index, settled)| !same(*index, settled))
}
