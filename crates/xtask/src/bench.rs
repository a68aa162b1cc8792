//! `cargo xtask bench`: the measurements that the project promises, one command each.

use std::process::ExitCode;

use crate::project::Project;
use crate::{Failure, bugs, report};

struct Bench {
    name: &'static str,
    /// What is measured, against what.
    about: &'static str,
    /// The command, run in the checkout; its output is its table.
    command: &'static [&'static str],
}

/// Every benchmark. A new one is one entry here.
const BENCHES: &[Bench] = &[
    Bench {
        name: "engine",
        about: "events a second against a bare heap and anysystem (needs a Python interpreter)",
        command: &bench_program("engine"),
    },
    Bench { name: "raft", about: "events a second of five servers under client load", command: &bench_program("raft") },
    Bench {
        name: "raft-core",
        about: "commits a second of Raft alone, against raft-rs",
        command: &bench_program("raft-core"),
    },
    Bench {
        name: "figure-16",
        about: "how long a cluster is without a leader; kept in docs/figure-16.md and docs/figures",
        command: &bench_program("figure-16"),
    },
    Bench {
        name: "crowd",
        about: "events a second of gossip and membership with 1,000 nodes",
        command: &bench_program("crowd"),
    },
    Bench {
        name: "jump",
        about: "any moment of a 100,000-event run, in Chromium",
        command: &["node", "tests/bench/jump.mjs"],
    },
    Bench {
        name: "draw",
        about: "main-thread work of the drawings, in Chromium",
        command: &[
            "wasm-pack",
            "test",
            "--headless",
            "--chrome",
            "--release",
            "--",
            "--test",
            "draw_bench",
            "--",
            "--include-ignored",
            "--nocapture",
        ],
    },
    Bench {
        name: "wasm",
        about: "the same as wasm in Node",
        command: &[
            "wasm-pack",
            "test",
            "--node",
            "--release",
            "--",
            "--test",
            "bench_node",
            "--",
            "--include-ignored",
            "--nocapture",
        ],
    },
];

/// The command that runs a program of crates/bench, which is a workspace of its own.
const fn bench_program(name: &'static str) -> [&'static str; 7] {
    ["cargo", "run", "--release", "--manifest-path", "crates/bench/Cargo.toml", "--bin", name]
}

pub fn bench(project: &Project, only: Option<&str>) -> Result<ExitCode, Failure> {
    let chosen: Vec<&Bench> = BENCHES.iter().filter(|bench| only.is_none_or(|name| bench.name == name)).collect();
    let with_bugs = only.is_none_or(|name| bugs::NAME == name);
    if chosen.is_empty() && !with_bugs {
        let names: Vec<_> = BENCHES.iter().map(|bench| bench.name).chain([bugs::NAME]).collect();
        return Err(format!("nothing to run; there is: {}", names.join(", ")));
    }
    let mut all_ran = true;
    if with_bugs {
        report::heading(&format!("{}: {}", bugs::NAME, bugs::ABOUT));
        all_ran &= bugs::bench(project)?;
    }
    for bench in chosen {
        report::heading(&format!("{}: {}", bench.name, bench.about));
        all_ran &= run(project, bench)?;
    }
    Ok(ExitCode::from(u8::from(!all_ran)))
}

fn run(project: &Project, bench: &Bench) -> Result<bool, Failure> {
    let [program, args @ ..] = bench.command else {
        return Err(format!("the benchmark {} has no command", bench.name));
    };
    let status = project.command(program, args).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run {program}: {error}"))
}
