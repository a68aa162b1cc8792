//! The definitions of `docs/consistency.md`, word for word and slowly: every choice of versions, every order.

use netsplit_check::causal::StoreOperation;
use netsplit_check::kv::{Input, Output};
use netsplit_check::verdict::Level;

/// Which version each operation read, if it read one: `Some(None)` is the first, that nobody wrote.
pub type ReadFrom = Vec<Option<Option<usize>>>;

type Pairs = Vec<Vec<bool>>;

pub fn key(history: &[StoreOperation], of: usize) -> &str {
    &history[of].input.0
}

/// What it wrote: a value, or that there is none.
pub fn wrote(history: &[StoreOperation], of: usize) -> Option<Option<&str>> {
    let answer = history[of].answer.as_ref().map(|(_, output)| output);
    match (&history[of].input.1, answer) {
        (Input::Put(value) | Input::Cas { value, .. }, None | Some(Output::Done)) => Some(Some(value)),
        (Input::Delete, None | Some(Output::Done)) => Some(None),
        _ => None,
    }
}

/// Whether it told its client something about what it read.
pub fn reads(history: &[StoreOperation], of: usize) -> bool {
    history[of].answer.is_some() && matches!(history[of].input.1, Input::Get | Input::Cas { .. })
}

fn can_have_read(history: &[StoreOperation], read: usize, value: Option<&str>) -> bool {
    match (&history[read].input.1, history[read].answer.as_ref().map(|(_, output)| output)) {
        (Input::Get, Some(Output::Read(said))) => said.as_deref() == value,
        (Input::Cas { expect, .. }, Some(Output::Done)) => value == Some(expect),
        (Input::Cas { expect, .. }, Some(Output::CasFailed)) => value != Some(expect),
        _ => false,
    }
}

pub fn sources(history: &[StoreOperation], read: usize) -> Vec<Option<usize>> {
    let mine = |write: &usize| *write != read && key(history, *write) == key(history, read);
    let admitted = |write: &usize| wrote(history, *write).is_some_and(|value| can_have_read(history, read, value));
    let mut found: Vec<Option<usize>> = (0..history.len()).filter(mine).filter(admitted).map(Some).collect();
    if can_have_read(history, read, None) {
        found.push(None);
    }
    found
}

/// The client had the answer of the one before it asked for the other.
pub fn session(history: &[StoreOperation], earlier: usize, later: usize) -> bool {
    let answered = history[earlier].answer.as_ref().map(|(when, _)| *when);
    history[earlier].client == history[later].client && answered.is_some_and(|when| when < history[later].invoked)
}

fn closed(mut pairs: Pairs) -> Pairs {
    for through in 0..pairs.len() {
        for from in 0..pairs.len() {
            for to in 0..pairs.len() {
                pairs[from][to] |= pairs[from][through] && pairs[through][to];
            }
        }
    }
    pairs
}

fn pairs(size: usize, holds: impl Fn(usize, usize) -> bool) -> Pairs {
    (0..size).map(|from| (0..size).map(|to| holds(from, to)).collect()).collect()
}

/// A view that there must be: an order of these operations that keeps to these pairs, in which these reads return the latest
/// version.
pub struct View {
    pub members: Vec<usize>,
    pub order: Pairs,
    pub judged: Vec<usize>,
}

/// The views that there must be at a level. `None` if what must be acyclic is not.
pub fn views(level: Level, history: &[StoreOperation], from: &ReadFrom) -> Option<Vec<View>> {
    let size = history.len();
    let is_read = |at: usize| from[at].is_some();
    let is_write = |at: usize| wrote(history, at).is_some();
    let so = |a: usize, b: usize| session(history, a, b);
    let read_from = |a: usize, b: usize| from[b] == Some(Some(a));
    let cause = closed(pairs(size, |a, b| so(a, b) || read_from(a, b)));
    let older = pairs(size, |a, b| is_write(a) && is_write(b) && key(history, a) == key(history, b) && cause[a][b]);
    let goes_round = (0..size).any(|at| cause[at][at]);
    let mut clients: Vec<u32> = history.iter().map(|operation| operation.client).collect();
    clients.sort_unstable();
    clients.dedup();
    let mut found = Vec::new();
    for client in clients {
        let mine = |at: usize| history[at].client == client && is_read(at);
        let mine_all: Vec<usize> = (0..size).filter(|at| mine(*at)).collect();
        let members: Vec<usize> = (0..size).filter(|at| is_write(*at) || mine(*at)).collect();
        let reads_in_order = |a: usize, b: usize| mine(a) && mine(b) && so(a, b) || mine(b) && read_from(a, b);
        let order = match level {
            Level::Causal => cause.clone(),
            Level::ReadYourWrites => {
                for read in &mine_all {
                    let members = (0..size).filter(|at| is_write(*at) || at == read).collect();
                    let sees_mine = |a: usize, b: usize| b == *read && is_write(a) && so(a, b);
                    let order = pairs(size, |a, b| older[a][b] && b != *read || sees_mine(a, b));
                    found.push(View { members, order, judged: vec![*read] });
                }
                continue;
            }
            Level::MonotonicReads => pairs(size, |a, b| older[a][b] || reads_in_order(a, b)),
            Level::MonotonicWrites => {
                pairs(size, |a, b| is_write(a) && is_write(b) && so(a, b) || reads_in_order(a, b))
            }
            Level::WritesFollowReads => pairs(size, |a, b| {
                let had_read = |read: usize| is_write(b) && so(read, b) && (a == read || read_from(a, read));
                (0..size).any(|read| is_read(read) && had_read(read))
                    || is_write(b) && read_from(a, b)
                    || reads_in_order(a, b)
            }),
            other => panic!("{other:?} is no matter of views"),
        };
        let judged = match level {
            Level::MonotonicWrites | Level::WritesFollowReads => {
                mine_all.iter().copied().filter(|read| !shows_nothing(history, from, &mine_all, *read)).collect()
            }
            _ => mine_all,
        };
        found.push(View { members, order, judged });
    }
    let whole = matches!(level, Level::Causal | Level::ReadYourWrites | Level::MonotonicReads);
    (!whole || !goes_round).then_some(found)
}

/// Whether a read, or one before it of the same key, returns to a version that had been left.
fn shows_nothing(history: &[StoreOperation], from: &ReadFrom, mine: &[usize], read: usize) -> bool {
    let earlier: Vec<usize> = mine
        .iter()
        .copied()
        .filter(|other| key(history, *other) == key(history, read) && session(history, *other, read))
        .collect();
    let left = |other: &usize| {
        from[*other] != from[read]
            && (from[read] == Some(None)
                || earlier.iter().any(|first| from[*first] == from[read] && session(history, *first, *other)))
    };
    earlier.iter().any(left) || earlier.iter().any(|other| shows_nothing(history, from, mine, *other))
}

/// Whether there is such an order.
fn explained(history: &[StoreOperation], from: &ReadFrom, view: &View, order: &mut Vec<usize>) -> bool {
    if order.len() == view.members.len() {
        return true;
    }
    view.members.iter().any(|next| {
        let early = view.members.iter().any(|other| !order.contains(other) && view.order[*other][*next]);
        if order.contains(next) || early {
            return false;
        }
        let write = |at: &&usize| wrote(history, **at).is_some() && key(history, **at) == key(history, *next);
        let latest = order.iter().rev().find(write).copied();
        if view.judged.contains(next) && from[*next] != Some(latest) {
            return false;
        }
        order.push(*next);
        let found = explained(history, from, view, order);
        order.pop();
        found
    })
}

/// Every choice of versions, as long as none of them is right.
pub fn some_choice(history: &[StoreOperation], from: &mut ReadFrom, right: &mut dyn FnMut(&ReadFrom) -> bool) -> bool {
    let at = from.len();
    if at == history.len() {
        return right(from);
    }
    let choices: Vec<Option<Option<usize>>> = match reads(history, at) {
        true => sources(history, at).into_iter().map(Some).collect(),
        false => vec![None],
    };
    choices.into_iter().any(|choice| {
        from.push(choice);
        let found = some_choice(history, from, right);
        from.pop();
        found
    })
}

/// Whether a history satisfies a model.
pub fn holds(level: Level, history: &[StoreOperation]) -> bool {
    some_choice(history, &mut Vec::new(), &mut |from| {
        views(level, history, from)
            .is_some_and(|views| views.iter().all(|view| explained(history, from, view, &mut Vec::new())))
    })
}

/// What comes before what in a view, by inferring as long as something follows.
pub fn forced(history: &[StoreOperation], from: &ReadFrom, view: &View) -> Pairs {
    let mut order = closed(view.order.clone());
    loop {
        let mut next = order.clone();
        for read in &view.judged {
            let Some(Some(source)) = from[*read] else { continue };
            for write in 0..history.len() {
                let rival = wrote(history, write).is_some() && key(history, write) == key(history, *read);
                if rival && write != source && order[write][*read] {
                    next[write][source] = true;
                }
            }
        }
        next = closed(next);
        if next == order {
            return order;
        }
        order = next;
    }
}

/// Whether all operations can have come one after another, those of each client in its order.
pub fn sequential(history: &[StoreOperation]) -> bool {
    fn some_order(history: &[StoreOperation], order: &mut Vec<usize>) -> bool {
        if (0..history.len()).all(|at| order.contains(&at) || history[at].answer.is_none()) {
            return true;
        }
        (0..history.len()).any(|next| {
            let early = (0..history.len()).any(|other| !order.contains(&other) && session(history, other, next));
            if order.contains(&next) || early {
                return false;
            }
            let write = |at: &&usize| wrote(history, **at).is_some() && key(history, **at) == key(history, next);
            let value = order.iter().rev().find(write).and_then(|at| wrote(history, *at)).flatten();
            let answered = history[next].answer.is_some();
            let right = !reads(history, next) || can_have_read(history, next, value);
            // What is pending may compare in vain.
            let in_vain = match &history[next].input.1 {
                Input::Cas { expect, .. } => !answered && value != Some(expect),
                _ => false,
            };
            if !right || in_vain {
                return false;
            }
            order.push(next);
            let found = some_order(history, order);
            order.pop();
            found
        })
    }
    some_order(history, &mut Vec::new())
}
