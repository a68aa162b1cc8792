//! `cargo xtask bench`: the measurements that the project promises, one command each.

use std::process::ExitCode;

use crate::project::Project;
use crate::{Failure, bugs, histories, raft_core, report, wasm_speed};

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
    Bench {
        name: "raft",
        about: "events a second of five servers under client load, and of raft-kv",
        command: &bench_program("raft"),
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
        name: "transactions",
        about: "transactions and causes judged, thousand a second",
        command: &bench_program("transactions"),
    },
    Bench {
        name: "branches",
        about: "memory of 100 branches of a 100,000-event run, and the time to go from one to another",
        command: &bench_program("branches"),
    },
    Bench {
        name: "shiviz",
        about: "milliseconds to import logs for ShiViz of up to 100,000 events",
        command: &bench_program("shiviz"),
    },
    Bench {
        name: "find",
        about: "milliseconds to find conditions and patterns in a run of 100,000 events",
        command: &bench_program("find"),
    },
    Bench {
        name: "jump",
        about: "any moment of a 100,000-event run, in Chromium",
        command: &["node", "tests/bench/jump.mjs"],
    },
    Bench {
        name: "draw",
        about: "main-thread work of the drawings, in Chromium",
        command: &bench_in_browser("draw_bench"),
    },
    Bench {
        name: "diagram",
        about: "panning, zooming and cones in a diagram of 100,000 events at 50 nodes, in Chromium",
        command: &bench_in_browser("diagram_bench"),
    },
];

/// A benchmark that does more than to run a command: its name, what is measured, and what measures it.
type Own = (&'static str, &'static str, fn(&Project) -> Result<bool, Failure>);

const OWN: [Own; 4] = [
    (bugs::NAME, bugs::ABOUT, bugs::bench),
    (wasm_speed::NAME, wasm_speed::ABOUT, wasm_speed::bench),
    (histories::NAME, histories::ABOUT, histories::bench),
    (raft_core::NAME, raft_core::ABOUT, raft_core::bench),
];

/// The command that runs a program of crates/bench, which is a workspace of its own.
const fn bench_program(name: &'static str) -> [&'static str; 7] {
    ["cargo", "run", "--release", "--manifest-path", "crates/bench/Cargo.toml", "--bin", name]
}

/// The command that runs the measurements of a test file in a browser.
const fn bench_in_browser(test: &'static str) -> [&'static str; 11] {
    let (program, browser, more) = ("wasm-pack", "--chrome", "--include-ignored");
    [program, "test", "--headless", browser, "--release", "--", "--test", test, "--", more, "--nocapture"]
}

pub fn bench(project: &Project, only: Option<&str>) -> Result<ExitCode, Failure> {
    let chosen: Vec<&Bench> = BENCHES.iter().filter(|bench| only.is_none_or(|name| bench.name == name)).collect();
    let own: Vec<&Own> = OWN.iter().filter(|(name, ..)| only.is_none_or(|wanted| wanted == *name)).collect();
    if chosen.is_empty() && own.is_empty() {
        let names: Vec<_> = BENCHES.iter().map(|bench| bench.name).chain(OWN.map(|(name, ..)| name)).collect();
        return Err(format!("nothing to run; there is: {}", names.join(", ")));
    }
    let mut all_ran = true;
    for (name, about, measure) in own {
        report::heading(&format!("{name}: {about}"));
        all_ran &= measure(project)?;
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
    let status = wasm_speed::release(project, program, args).status();
    status.map(|status| status.success()).map_err(|error| format!("cannot run {program}: {error}"))
}
