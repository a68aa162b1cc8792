//! Histories, judged: natively (src/bin/histories.rs) and in wasm (crates/twin/tests/histories_node.rs).
//!
//! With a checkout of github.com/anishathalye/porcupine they are its 102 of etcd, and its one of 50 clients that plain
//! searches choke on; else the 12 that the tests have.

use netsplit_check::formats::{self, Call};
use netsplit_check::object::Object;
use netsplit_check::verdict::{Budget, Verdict};

const PLENTY: Budget = Budget { steps: 1_000_000_000, bytes: 64 << 20 };

/// How often all are judged; the median counts.
const TIMES: usize = 9;

macro_rules! etcd {
    ($($number:literal)*) => {
        [$(include_str!(concat!("../../check/tests/histories/etcd_0", $number, ".log"))),*]
    };
}

const OF_THE_TESTS: [&str; 12] = etcd!("00" "01" "02" "03" "04" "05" "06" "07" "08" "09" "10" "11");

/// How long it takes, for `cargo xtask bench histories` to read. `porcupine` is where the checkout is, `read` reads a file,
/// `now` says what time it is, in milliseconds.
pub fn figures(porcupine: Option<&str>, read: impl Fn(&str) -> String, now: impl Fn() -> f64) -> Vec<String> {
    let Some(porcupine) = porcupine else {
        let histories: Vec<Vec<Call>> = OF_THE_TESTS.iter().map(|text| calls(text)).collect();
        return vec![told("12 of etcd", judged(Object::Register, &histories, now))];
    };
    let file = |name: &str| calls(&read(&format!("{porcupine}/test_data/{name}")));
    // In the 95th, etcd did not start.
    let numbers = (0..=102).filter(|number| *number != 95);
    let etcd: Vec<Vec<Call>> = numbers.map(|number| file(&format!("jepsen/etcd_{number:03}.log"))).collect();
    let clients = [file("kv/c50-bad.txt")];
    vec![
        told("102 of etcd", judged(Object::Register, &etcd, &now)),
        told("of 50 clients, within 64 MiB", judged(Object::Kv, &clients, &now)),
    ]
}

/// How a figure is written.
pub fn told(name: &str, milliseconds: f64) -> String {
    format!("{name}: {milliseconds:.2} milliseconds")
}

fn calls(text: &str) -> Vec<Call> {
    formats::read(None, text.as_bytes()).unwrap_or_else(|mistake| panic!("{mistake}"))
}

/// How many milliseconds it takes to judge histories.
fn judged(object: Object, histories: &[Vec<Call>], now: impl Fn() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let start = now();
            for calls in histories {
                let verdict = object.judge(object.usual_standard(), calls, PLENTY, false).expect("its operations");
                assert!(!matches!(verdict, Verdict::Unknown(_)));
            }
            now() - start
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
