//! The steps of `cargo xtask test`, as data: what each runs, what it needs, how its result is counted.

use std::process::Command;

use crate::counts::{self, Counts};
use crate::project::Project;
use crate::setup::{Need, WASM_TARGET};
use crate::{Failure, size};

/// One step.
pub struct Step {
    pub name: &'static str,
    pub about: &'static str,
    pub needs: &'static [Need],
    pub action: Action,
}

pub enum Action {
    /// Commands that pass or fail as a whole, and count as one.
    Lint(fn(&Project) -> Vec<Command>),
    /// Commands of which the last runs tests; given the filter, if there is one.
    Tests(fn(&Project, Option<&str>) -> Result<Vec<Command>, Failure>, Parser),
    /// Something that xtask looks at itself; counts as one, and gives a table or the reason why not.
    Look(fn(&Project) -> Result<String, Failure>),
}

/// Reads a runner's counts from its output.
pub type Parser = fn(&str) -> Counts;

/// Every step, in the order they run: cheap before dear, each building on what the one before has compiled.
pub const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the code is formatted",
        needs: &[],
        action: Action::Lint(|project| vec![project.command("cargo", &["fmt", "--all", "--check"])]),
    },
    Step {
        name: "clippy",
        about: "no warnings, natively",
        needs: &[],
        action: Action::Lint(|project| {
            vec![project.command("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])]
        }),
    },
    Step {
        name: "clippy-wasm",
        about: "no warnings in what the browser runs",
        needs: &[Need::WasmTarget],
        action: Action::Lint(|project| {
            let args = ["clippy", "-p", "netsplit", "--all-targets", "--target", WASM_TARGET, "--", "-D", "warnings"];
            vec![project.command("cargo", &args)]
        }),
    },
    Step {
        name: "native",
        about: "every test of every crate",
        needs: &[],
        action: Action::Tests(native, counts::libtest),
    },
    Step {
        name: "wasm-node",
        about: "the WebAssembly tests that need no browser, in Node.js",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::WasmPack, Need::Node],
        action: Action::Tests(|project, filter| Ok(wasm_pack(project, &["--node"], filter)), counts::libtest),
    },
    Step {
        name: "wasm-browser",
        about: "the WebAssembly tests that need a browser, in headless Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::WasmPack, Need::Browser],
        action: Action::Tests(
            |project, filter| Ok(wasm_pack(project, &["--headless", "--chrome"], filter)),
            counts::libtest,
        ),
    },
    Step {
        name: "page",
        about: "the released page, in headless Chromium",
        needs: &[Need::WasmTarget, Need::WasmBindgen, Need::Trunk, Need::Browser, Need::Node],
        action: Action::Tests(page, counts::node),
    },
    Step {
        name: "size",
        about: "the released page is within its budget",
        needs: size::NEEDS,
        action: Action::Look(size::of_release),
    },
];

fn native(project: &Project, filter: Option<&str>) -> Result<Vec<Command>, Failure> {
    let mut command = project.command("cargo", &["test", "--workspace", "--no-fail-fast"]);
    command.args(filter);
    if std::env::var_os("CI").is_some() {
        // Every commit sweeps seeds that none before it has; the log says which, for trying again.
        let first = first_seed(project)?;
        println!("sweeps begin with seed {first} (NETSPLIT_FIRST_SEED)");
        command.env("NETSPLIT_FIRST_SEED", first.to_string());
        command.env("NETSPLIT_SEEDS", "150"); // of each protocol; 20,000 at leisure
    }
    Ok(vec![command])
}

/// The commit's hash as a number.
fn first_seed(project: &Project) -> Result<u32, Failure> {
    let output = project.command("git", &["rev-parse", "HEAD"]).output();
    let output = output.map_err(|error| format!("cannot ask git for the commit: {error}"))?;
    let hash = String::from_utf8_lossy(&output.stdout);
    let digits = hash.get(..8).ok_or("git names no commit")?;
    u32::from_str_radix(digits, 16).map_err(|_| format!("{digits} is not a commit's hash"))
}

fn wasm_pack(project: &Project, place: &[&str], filter: Option<&str>) -> Vec<Command> {
    let mut command = project.command("wasm-pack", &["test"]);
    command.args(place);
    if let Some(filter) = filter {
        command.args(["--", "--", filter]);
    }
    // The runner's own limit of 20 s is too near to a first browser start on a busy machine.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    vec![command]
}

fn page(project: &Project, filter: Option<&str>) -> Result<Vec<Command>, Failure> {
    let mut tests = project.command("node", &["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    if let Some(filter) = filter {
        tests.arg(format!("--test-name-pattern={filter}"));
    }
    // Named one by one: whether a folder will do differs between versions of Node.
    tests.args(specs(project)?);
    Ok(vec![project.command("trunk", &["build", "--release"]), tests])
}

fn specs(project: &Project) -> Result<Vec<String>, Failure> {
    const FOLDER: &str = "tests/e2e";
    let entries = std::fs::read_dir(project.root.join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))?;
    let mut specs: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".spec.mjs"))
        .map(|name| format!("{FOLDER}/{name}"))
        .collect();
    specs.sort();
    Ok(specs)
}
