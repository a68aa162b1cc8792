//! Isolation, against its definitions: all orders of small histories are tried, every anomaly is checked, and the examples
//! of the papers come to what the papers say.

mod definition;

use definition::{List, Object, Register, comes_first, serial, some_version_order};
use netsplit_check::transactions::{Anomaly, Isolation, Kind, Micro, Phenomenon, Scope, Status, Transaction, judge};
use netsplit_check::transactions::{list, register};
use netsplit_check::verdict::{Because, Budget, Unknown, Verdict};
use proptest::prelude::*;

const PLENTY: Budget = Budget { steps: 1_000_000_000, bytes: 1 << 30 };

fn append(key: u8, value: u8) -> List {
    list::Micro::Append(key, value)
}

fn read(key: u8, values: &[u8]) -> List {
    list::Micro::Read(key, Some(values.to_vec()))
}

fn write(key: u8, value: u8) -> Register {
    register::Micro::Write(key, value)
}

fn get(key: u8, value: impl Into<Option<u8>>) -> Register {
    register::Micro::Read(key, Some(value.into()))
}

/// Committed transactions of a client each, all at once.
fn at_once<M: Clone>(operations: &[&[M]]) -> Vec<Transaction<M>> {
    let transaction = |(at, operations): (usize, &&[M])| Transaction {
        client: at as u32,
        operations: operations.to_vec(),
        invoked: at as u64,
        answered: Some(100 + at as u64),
        status: Status::Committed,
    };
    operations.iter().enumerate().map(transaction).collect()
}

/// Committed transactions of a client each, one after another.
fn one_after_another<M: Clone>(operations: &[&[M]]) -> Vec<Transaction<M>> {
    let mut history = at_once(operations);
    for (at, transaction) in history.iter_mut().enumerate() {
        (transaction.invoked, transaction.answered) = (2 * at as u64, Some(2 * at as u64 + 1));
    }
    history
}

/// What is wrong, each checked, and the strongest isolation left.
fn come_to<M: Micro + Object>(history: &[Transaction<M>]) -> (Vec<&'static str>, Option<Isolation>)
where
    M::Key: PartialEq<u8> + std::fmt::Debug,
{
    let report = judge(history, PLENTY);
    assert_eq!(report.unknown, None);
    report.anomalies.iter().for_each(|anomaly| check(history, anomaly));
    let mut names: Vec<&str> = report.anomalies.iter().map(|anomaly| anomaly.kind.name()).collect();
    names.dedup();
    (names, report.strongest())
}

/// It shows among these transactions alone, and among fewer of them it does not; and its cycle is one, of which every step
/// follows from the history.
fn check<M: Micro + Object>(history: &[Transaction<M>], anomaly: &Anomaly<M::Key>)
where
    M::Key: PartialEq<u8> + std::fmt::Debug,
{
    let shows = |places: &[usize]| {
        let part: Vec<Transaction<M>> = places.iter().map(|place| history[*place].clone()).collect();
        judge(&part, PLENTY).anomalies.iter().any(|other| is_at_least(other.kind, anomaly.kind))
    };
    let minimal = &anomaly.minimal;
    assert!(minimal.is_sorted() && shows(minimal), "{anomaly:?} of {history:?}");
    for out in minimal {
        let others: Vec<usize> = minimal.iter().copied().filter(|place| place != out).collect();
        assert!(!shows(&others), "{anomaly:?} without {out} of {history:?}");
    }
    let cycle = &anomaly.cycle;
    assert_eq!(cycle.is_empty(), !matches!(anomaly.kind, Kind::Cycle(..)));
    let part: Vec<Transaction<M>> = minimal.iter().map(|place| history[*place].clone()).collect();
    let nth = |place: usize| minimal.iter().position(|at| *at == place).expect("in the minimal part");
    for (at, step) in cycle.iter().enumerate() {
        assert_eq!(step.edge.to, cycle[(at + 1) % cycle.len()].edge.from);
        let (first, second) = (nth(step.edge.from), nth(step.edge.to));
        let key = |operation: &&M| step.key.as_ref().is_some_and(|key| *key == operation.key());
        let follows = match step.edge.because {
            Because::Session => comes_first(Isolation::StrongSessionSerializable, &part[first], &part[second]),
            Because::RealTime => comes_first(Isolation::StrictSerializable, &part[first], &part[second]),
            Because::ReadFrom => {
                let written: Vec<u8> = part[first].operations.iter().filter(key).filter_map(Object::written).collect();
                let mut reads = part[second].operations.iter().filter(key).filter_map(Object::read);
                reads.any(|read| read.iter().any(|value| written.contains(value)))
            }
            Because::WrittenAfter => [first, second].iter().all(|at| wrote(&part[*at], key)),
            Because::ReadBefore => {
                let reads = part[first].operations.iter().filter(key).any(|operation| operation.read().is_some());
                reads && wrote(&part[second], key)
            }
        };
        assert!(follows, "{step:?} of {history:?}");
    }
    if let Kind::Cycle(phenomenon, scope) = anomaly.kind {
        let is = |because| cycle.iter().filter(move |step| step.edge.because == because).count();
        let missed = is(Because::ReadBefore);
        assert!(scope >= Scope::Session || is(Because::Session) == 0);
        assert!(scope >= Scope::RealTime || is(Because::RealTime) == 0);
        match phenomenon {
            Phenomenon::G0 => assert!(is(Because::ReadFrom) + missed == 0 && is(Because::WrittenAfter) > 0),
            Phenomenon::G1c => assert!(missed == 0 && is(Because::ReadFrom) > 0),
            Phenomenon::GSingle => assert_eq!(missed, 1),
            Phenomenon::G2 => assert!(missed > 0),
            Phenomenon::GNonadjacent => {
                let misses = |at: usize| cycle[at % cycle.len()].edge.because == Because::ReadBefore;
                assert!(missed > 0 && !(0..cycle.len()).any(|at| misses(at) && misses(at + 1)));
            }
        }
    }
}

/// Whether a cycle that is the one is the other too.
fn is_at_least(kind: Kind, other: Kind) -> bool {
    match (kind, other) {
        (Kind::Cycle(phenomenon, scope), Kind::Cycle(other, wider)) => {
            scope <= wider && (phenomenon == other || phenomenon >= Phenomenon::GSingle && phenomenon <= other)
        }
        _ => kind == other,
    }
}

fn wrote<M: Object>(transaction: &Transaction<M>, key: impl Fn(&&M) -> bool) -> bool {
    transaction.operations.iter().filter(key).any(|operation| operation.written().is_some())
}

/// Kingsbury, Alvaro 2020.
mod elle {
    use super::*;

    #[test]
    fn a_transaction_misses_an_append_and_is_overwritten_by_it_nonetheless() {
        let history = at_once(&[
            &[append(34, 2), append(34, 1)],
            &[read(34, &[2, 1]), append(36, 5), append(34, 4)],
            &[append(34, 5)],
            &[read(34, &[2, 1, 5, 4])],
        ]);
        assert_eq!(come_to(&history), (vec!["G-single"], Some(Isolation::ReadCommitted)));
        let report = judge(&history, PLENTY);
        let steps: Vec<_> =
            report.anomalies[0].cycle.iter().map(|step| (step.edge.from, step.edge.to, step.edge.because)).collect();
        assert_eq!(steps, [(1, 2, Because::ReadBefore), (2, 1, Because::WrittenAfter)]);
        assert_eq!(report.anomalies[0].minimal, [1, 2, 3]);
    }

    #[test]
    fn a_transaction_does_not_see_its_own_append() {
        assert_eq!(come_to(&at_once(&[&[append(0, 6), read(0, &[])]])), (vec!["internal"], None));
    }

    #[test]
    fn two_reads_of_lists_that_do_not_agree() {
        let history = at_once(&[&[append(1, 1)], &[append(1, 2)], &[read(1, &[1, 2])], &[read(1, &[2])]]);
        assert_eq!(come_to(&history), (vec!["incompatible-order"], Some(Isolation::ReadUncommitted)));
    }
}

/// The anomalies that Berenson et al. (1995) and Adya (1999) name.
mod adya {
    use super::*;

    #[test]
    fn g0_two_write_through_each_other() {
        let history = at_once(&[
            &[append(1, 1), append(2, 1)],
            &[append(1, 2), append(2, 2)],
            &[read(1, &[1, 2]), read(2, &[2, 1])],
        ]);
        let (found, left) = come_to(&history);
        assert!(found.contains(&"G0"));
        assert_eq!(left, None);
    }

    #[test]
    fn g1a_what_was_aborted_is_read() {
        let mut history = at_once(&[&[append(1, 1)], &[read(1, &[1])]]);
        history[0].status = Status::Aborted;
        assert_eq!(come_to(&history), (vec!["G1a"], Some(Isolation::ReadUncommitted)));
        history[0].status = Status::Unknown;
        assert_eq!(come_to(&history), (vec![], Some(Isolation::StrictSerializable)));
    }

    #[test]
    fn g1b_what_was_not_the_last_word_is_read() {
        let history = at_once(&[&[append(1, 1), append(1, 2)], &[read(1, &[1])], &[read(1, &[1, 2])]]);
        let (found, left) = come_to(&history);
        assert!(found.contains(&"G1b"));
        assert_eq!(left, Some(Isolation::ReadUncommitted));
        let history = at_once(&[&[write(1, 1), write(1, 2)], &[get(1, 1)]]);
        assert!(come_to(&history).0.contains(&"G1b"));
    }

    #[test]
    fn g1c_two_read_each_other() {
        let history = at_once(&[&[append(1, 1), read(2, &[1])], &[append(2, 1), read(1, &[1])]]);
        assert_eq!(come_to(&history), (vec!["G1c"], Some(Isolation::ReadUncommitted)));
        let history = at_once(&[&[write(1, 1), get(2, 1)], &[write(2, 1), get(1, 1)]]);
        assert_eq!(come_to(&history), (vec!["G1c"], Some(Isolation::ReadUncommitted)));
    }

    #[test]
    fn read_skew_is_g_single() {
        let history = at_once(&[&[append(1, 1), append(2, 1)], &[read(1, &[]), read(2, &[1])]]);
        assert_eq!(come_to(&history), (vec!["G-single"], Some(Isolation::ReadCommitted)));
        let history = at_once(&[&[write(1, 1), write(2, 1)], &[get(1, None), get(2, 1)]]);
        assert_eq!(come_to(&history), (vec!["G-single"], Some(Isolation::ReadCommitted)));
    }

    #[test]
    fn a_lost_update() {
        let history = at_once(&[&[get(1, None), write(1, 1)], &[get(1, None), write(1, 2)]]);
        assert_eq!(come_to(&history).1, Some(Isolation::ReadCommitted));
    }

    #[test]
    fn write_skew_is_g2_and_snapshots_allow_it() {
        let history = at_once(&[&[read(1, &[]), append(2, 1)], &[read(2, &[]), append(1, 1)]]);
        assert_eq!(come_to(&history), (vec!["G2"], Some(Isolation::SnapshotIsolation)));
        let history = at_once(&[&[get(1, None), write(2, 1)], &[get(2, None), write(1, 1)]]);
        assert_eq!(come_to(&history), (vec!["G2"], Some(Isolation::SnapshotIsolation)));
    }

    #[test]
    fn a_long_fork_is_what_snapshots_forbid() {
        let history = at_once(&[
            &[append(1, 1)],
            &[append(2, 1)],
            &[read(1, &[1]), read(2, &[])],
            &[read(1, &[]), read(2, &[1])],
        ]);
        assert_eq!(come_to(&history), (vec!["G-nonadjacent"], Some(Isolation::ReadCommitted)));
    }

    #[test]
    fn a_stale_read_is_no_matter_but_of_real_time() {
        let mut history = one_after_another(&[&[append(1, 1)], &[read(1, &[])]]);
        assert_eq!(come_to(&history), (vec!["G-single-realtime"], Some(Isolation::StrongSessionSerializable)));
        history[1].client = history[0].client;
        assert_eq!(come_to(&history), (vec!["G-single-session"], Some(Isolation::Serializable)));
    }
}

#[test]
fn versions_that_replace_each_other() {
    let history = at_once(&[&[get(1, 1), write(1, 2)], &[get(1, 2), write(1, 1)]]);
    assert_eq!(come_to(&history), (vec!["G1c", "cyclic-versions"], Some(Isolation::ReadUncommitted)));
}

#[test]
fn what_was_written_twice_makes_what_is_not_wrong_uncertain() {
    let history = at_once(&[&[append(1, 1)], &[append(1, 1)], &[read(2, &[3])]]);
    let report = judge(&history, PLENTY);
    assert_eq!(report.verdict(Isolation::ReadUncommitted), Verdict::Unknown(Unknown::Ambiguous));
    assert!(matches!(report.verdict(Isolation::ReadCommitted), Verdict::Fails(_)));
}

#[test]
fn a_search_gives_up() {
    let history = at_once(&[&[read(1, &[]), append(2, 1)], &[read(2, &[]), append(1, 1)]]);
    let report = judge(&history, Budget { steps: 1, ..PLENTY });
    assert_eq!(report.verdict(Isolation::Serializable), Verdict::Unknown(Unknown::Steps(1)));
}

/// Who asks, when, how long it takes, what becomes of it, and what it does: a key, whether it writes, and how much of what
/// there was to be read it reads.
type Drawn = (u32, u64, u64, u8, Vec<(u8, bool, u8)>);

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let operation = (0_u8..2, any::<bool>(), any::<u8>());
    let transaction = (0_u32..3, 0_u64..6, 1_u64..4, 0_u8..12, proptest::collection::vec(operation, 1..4));
    proptest::collection::vec(transaction, 1..5)
}

fn transaction<M>((at, drawn): (usize, &Drawn), operations: Vec<M>) -> Transaction<M> {
    let (client, from, takes, fate, _) = drawn;
    let invoked = (from * 16 + at as u64) * 2;
    let status = match fate {
        0 => Status::Aborted,
        1 => Status::Unknown,
        _ => Status::Committed,
    };
    let answered = Some(((from + takes) * 16 + at as u64) * 2 + 1);
    Transaction { client: *client, operations, invoked, answered, status }
}

/// Transactions on lists that were written in some order; reads return beginnings of them, and now and then something else.
fn lists(drawn: &[Drawn], order: &[u8]) -> Vec<Transaction<List>> {
    let mut finals: [Vec<u8>; 2] = Default::default();
    let mut elements: Vec<(u8, u8, u8)> = Vec::new();
    for (.., operations) in drawn {
        for (key, _, _) in operations.iter().filter(|(_, writes, _)| *writes) {
            let value = elements.len() as u8 + 1;
            elements.push((order[elements.len() % order.len()], *key, value));
        }
    }
    let mut next = 1;
    elements.sort_unstable();
    elements.iter().for_each(|(_, key, value)| finals[usize::from(*key)].push(*value));
    let mut history = Vec::new();
    for (at, drawn) in drawn.iter().enumerate() {
        let mut mine: [Option<u8>; 2] = [None; 2];
        let mut operations = Vec::new();
        for (key, writes, choice) in &drawn.4 {
            let list = &finals[usize::from(*key)];
            if *writes {
                mine[usize::from(*key)] = Some(next);
                operations.push(append(*key, next));
                next += 1;
                continue;
            }
            let mut length = usize::from(choice % 16) % (list.len() + 1);
            if let Some(own) = mine[usize::from(*key)] {
                length = list.iter().position(|value| *value == own).map_or(0, |place| place + 1);
            }
            let mut values = list[..length].to_vec();
            match choice / 16 {
                0 => values.push(100),
                1 => values.reverse(),
                2 => values.extend(values.clone().last()),
                _ => {}
            }
            operations.push(read(*key, &values));
        }
        history.push(transaction((at, drawn), operations));
    }
    history
}

/// Transactions on registers; reads return any value that somebody wrote, or none. Everybody reads before writing where
/// `knowing`.
fn registers(drawn: &[Drawn], knowing: bool) -> Vec<Transaction<Register>> {
    let count = drawn.iter().flat_map(|(.., operations)| operations).filter(|(_, writes, _)| *writes).count() as u8;
    let mut keys = vec![0; usize::from(count) + 1];
    let mut value = 0;
    for (.., operations) in drawn {
        for (key, _, _) in operations.iter().filter(|(_, writes, _)| *writes) {
            value += 1;
            keys[value] = *key;
        }
    }
    let mut next = 1;
    let mut history = Vec::new();
    for (at, drawn) in drawn.iter().enumerate() {
        let mut known: [Option<Option<u8>>; 2] = [None; 2];
        let mut operations = Vec::new();
        for (key, writes, choice) in &drawn.4 {
            let values: Vec<u8> =
                (1..=count).filter(|value| keys[usize::from(*value)] == *key && *value != next).collect();
            let any = (values.len() as u8).checked_sub(choice % (values.len() as u8 + 1));
            let any = any.and_then(|nth| values.get(usize::from(nth)).copied());
            let mine = &mut known[usize::from(*key)];
            if !*writes || knowing && mine.is_none() {
                let value = mine.unwrap_or(any);
                *mine = Some(value);
                operations.push(get(*key, value));
            }
            if *writes {
                operations.push(write(*key, next));
                *mine = Some(Some(next));
                next += 1;
            }
        }
        let mut transaction = transaction((at, drawn), operations);
        if knowing {
            transaction.status = Status::Committed;
        }
        history.push(transaction);
    }
    history
}

const SERIAL: [Isolation; 3] =
    [Isolation::Serializable, Isolation::StrongSessionSerializable, Isolation::StrictSerializable];
const WEAK: [Isolation; 2] = [Isolation::ReadCommitted, Isolation::SnapshotIsolation];

fn holds<M: Micro>(history: &[Transaction<M>], isolation: Isolation) -> bool {
    judge(history, PLENTY).verdict(isolation) == Verdict::Holds { order: None }
}

/// Whether somebody read whatever was appended, and so its order is known.
fn all_is_read(history: &[Transaction<List>]) -> bool {
    let committed = history.iter().filter(|transaction| transaction.status == Status::Committed);
    let read: Vec<u8> =
        committed.flat_map(|transaction| &transaction.operations).filter_map(Object::read).flatten().collect();
    history
        .iter()
        .flat_map(|transaction| &transaction.operations)
        .filter_map(Object::written)
        .all(|value| read.contains(&value))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn lists_as_defined(drawn in drawn(), order in proptest::collection::vec(any::<u8>(), 1..6)) {
        let history = lists(&drawn, &order);
        come_to(&history);
        for level in SERIAL {
            prop_assert_eq!(holds(&history, level), serial(level, &history), "{:?} of {:?}", level, history);
        }
        let committed = Isolation::ReadCommitted;
        prop_assert_eq!(holds(&history, committed), some_version_order(committed, &history), "{:?}", history);
        let snapshots = Isolation::SnapshotIsolation;
        let (held, right) = (holds(&history, snapshots), some_version_order(snapshots, &history));
        prop_assert!(held || !right, "{:?}", history);
        prop_assert!(!held || right || !all_is_read(&history), "{:?}", history);
    }

    #[test]
    fn registers_that_are_read_before_they_are_written_as_defined(drawn in drawn()) {
        let history = registers(&drawn, true);
        come_to(&history);
        for level in SERIAL {
            prop_assert_eq!(holds(&history, level), serial(level, &history), "{:?} of {:?}", level, history);
        }
        for level in WEAK {
            prop_assert_eq!(holds(&history, level), some_version_order(level, &history), "{:?} of {:?}", level, history);
        }
    }

    #[test]
    fn nothing_is_said_of_registers_that_is_not_so(drawn in drawn()) {
        let history = registers(&drawn, false);
        come_to(&history);
        for level in SERIAL {
            prop_assert!(holds(&history, level) || !serial(level, &history), "{:?} of {:?}", level, history);
        }
        for level in WEAK {
            prop_assert!(holds(&history, level) || !some_version_order(level, &history), "{:?} of {:?}", level, history);
        }
    }
}
