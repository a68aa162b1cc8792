//! Judging what is not one order: long histories of transactions, and what caused what in a history of a store.

use netsplit_bench::{Rates, rates_of, table};
use netsplit_check::Operation;
use netsplit_check::causal::{self, StoreOperation};
use netsplit_check::kv::{Input, Output};
use netsplit_check::transactions::{Isolation, Micro, Status, Transaction, judge, list, register};
use netsplit_check::verdict::{Budget, Verdict};
use std::collections::BTreeMap;

const TRANSACTIONS: u32 = 100_000;
const CLIENTS: u64 = 20;
const RUNS: usize = 5;
const PLENTY: Budget = Budget { steps: 10_000_000_000, bytes: 1 << 30 };

fn main() {
    let right = lists(0);
    let stale = lists(1_000);
    let registers = registers();
    table(
        "Judging transactions, thousand a second (median, slowest to quickest of five runs)",
        &[
            rates(&right, true).row("100,000 on lists, strictly serializable", "(at least 100)"),
            rates(&stale, false).row("100,000 on lists, with stale reads", ""),
            rates(&registers, true).row("100,000 on registers, strictly serializable", ""),
        ],
    );
    let rows = [1_000, 10_000].map(|size| {
        let history = store(size);
        let rates = rates_of(RUNS, || {
            assert_eq!(causal::judge(&history, PLENTY), Verdict::Holds { order: None });
            size
        });
        rates.times(1_000.0).row(format!("{size} operations of ten clients, causal"), "")
    });
    table("Judging what caused what, thousand operations a second (the same)", &rows);
}

fn rates<M: Micro>(history: &[Transaction<M>], right: bool) -> Rates {
    let rates = rates_of(RUNS, || {
        let verdict = judge(history, PLENTY).verdict(Isolation::StrictSerializable);
        assert_eq!(verdict == Verdict::Holds { order: None }, right);
        history.len() as u32
    });
    rates.times(1_000.0)
}

/// Numbers that look drawn.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// When the transaction of that number takes place, between its question and its answer.
fn transaction<M>(at: u64, operations: Vec<M>) -> Transaction<M> {
    let status = Status::Committed;
    let (invoked, answered) = (at, Some(at + CLIENTS - 1));
    Transaction { client: (at % CLIENTS) as u32, operations, invoked, answered, status }
}

/// Four operations each on keys that are appended to some dozens of times and then left alone; one read in so many is that
/// of a moment ago.
fn lists(stale_every: u64) -> Vec<Transaction<list::Micro<u64, u64>>> {
    let mut draw = Draw(1);
    let mut keys: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut value = 0;
    let one = |at: u64| {
        let operations = (0..4).map(|_| {
            let key = at / 100 + draw.below(10);
            let list = keys.entry(key).or_default();
            if draw.below(2) == 0 {
                value += 1;
                list.push(value);
                return list::Micro::Append(key, value);
            }
            let missing = usize::from(stale_every > 0 && draw.below(stale_every.max(1)) == 0).min(list.len());
            list::Micro::Read(key, Some(list[..list.len() - missing].to_vec()))
        });
        let operations = operations.collect();
        transaction(at, operations)
    };
    (0..u64::from(TRANSACTIONS)).map(one).collect()
}

fn registers() -> Vec<Transaction<register::Micro<u64, u64>>> {
    let mut draw = Draw(2);
    let mut keys: BTreeMap<u64, u64> = BTreeMap::new();
    let one = |at: u64| {
        let key = at / 100 + draw.below(10);
        let before = keys.get(&key).copied();
        let mut operations = vec![register::Micro::Read(key, Some(before))];
        if draw.below(2) == 0 {
            keys.insert(key, at);
            operations.push(register::Micro::Write(key, at));
        }
        transaction(at, operations)
    };
    (0..u64::from(TRANSACTIONS)).map(one).collect()
}

/// Ten clients of ten keys, each of whom sees the writes of others late.
fn store(size: u32) -> Vec<StoreOperation> {
    let mut draw = Draw(3);
    let mut log: Vec<(u64, u64)> = Vec::new();
    let mut seen = [0; 10];
    let mut mine: Vec<BTreeMap<u64, u64>> = vec![BTreeMap::new(); 10];
    let one = |at: u64| {
        let (client, key) = ((at % 10) as usize, draw.below(10));
        // All that is written is seen by all in one order; each client is so far behind.
        let upto = log.len().saturating_sub(client * 3).max(seen[client]);
        for (key, value) in &log[seen[client]..upto] {
            mine[client].insert(*key, *value);
        }
        seen[client] = upto;
        let (input, output) = if client == 0 && draw.below(2) == 0 {
            log.push((key, at));
            mine[client].insert(key, at);
            seen[client] = log.len();
            (Input::Put(at.to_string()), Output::Done)
        } else {
            (Input::Get, Output::Read(mine[client].get(&key).map(u64::to_string)))
        };
        let answer = Some((2 * at + 1, output));
        Operation { client: client as u32, input: (format!("key {key}"), input), invoked: 2 * at, answer }
    };
    (0..u64::from(size)).map(one).collect()
}
