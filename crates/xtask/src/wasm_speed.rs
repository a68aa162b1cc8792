//! `cargo xtask bench wasm`: what share of its native speed the engine reaches as wasm in Node.

use crate::Failure;
use crate::project::Project;

/// What `cargo xtask bench` calls it.
pub const NAME: &str = "wasm";
/// What is measured.
pub const ABOUT: &str = "the share of native speed that wasm reaches in Node (at least 60 %)";

/// The least share, in percent.
const LEAST: f64 = 60.0;

const NATIVE: [&str; 8] = natively("native");
const WASM: [&str; 10] = [
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
];

const UNIT: &str = " million events a second";

/// Measures and prints. Says whether both ran and every share is reached.
pub fn bench(project: &Project) -> Result<bool, Failure> {
    let (native, wasm) = (output(project, &NATIVE)?, output(project, &WASM)?);
    let wasm = figures(&wasm, UNIT);
    let mut well = !wasm.is_empty();
    println!("{:<44} {:>8} {:>8} {:>8}", "million events a second", "native", "wasm", "share");
    for (name, natively) in figures(&native, UNIT) {
        let Some((_, here)) = wasm.iter().find(|(other, _)| *other == name) else {
            return Err(format!("{name} was not measured in Node"));
        };
        let share = 100.0 * here / natively;
        well &= share >= LEAST;
        println!("{name:<44} {natively:>8.2} {here:>8.2} {share:>6.0} %");
    }
    Ok(well)
}

/// The command that runs a program of crates/bench.
pub const fn natively(name: &'static str) -> [&'static str; 8] {
    ["cargo", "run", "--release", "--quiet", "--manifest-path", "crates/bench/Cargo.toml", "--bin", name]
}

/// The command that runs benchmarks of crates/twin in Node.
pub const fn twins_in_node(test: &'static str) -> [&'static str; 10] {
    let crate_of = "crates/twin";
    ["wasm-pack", "test", "--node", "--release", crate_of, "--test", test, "--", "--include-ignored", "--nocapture"]
}

/// What a command prints.
pub fn output(project: &Project, command: &[&str]) -> Result<String, Failure> {
    let [program, args @ ..] = command else { return Ok(String::new()) };
    let output = release(project, program, args).output().map_err(|error| format!("cannot run {program}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.success() {
        true => Ok(text),
        false => Err(format!("{program} failed:\n{text}{}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// A command that may build tests for release. Cargo builds tests so that they can unwind, whatever the profile says: were
/// the profile not told so, what tests use would be there twice, once of each kind, and neither fits the other.
pub fn release(project: &Project, program: &str, args: &[&str]) -> std::process::Command {
    let mut command = project.command(program, args);
    if program == "wasm-pack" {
        command.env("CARGO_PROFILE_RELEASE_PANIC", "unwind");
    }
    command
}

/// The lines that tell a figure: `NAME: FIGURE`, and the unit.
pub fn figures<'a>(output: &'a str, unit: &str) -> Vec<(&'a str, f64)> {
    let figure = |line: &'_ str| -> Option<(usize, usize, f64)> {
        let told = line.trim().strip_suffix(unit)?;
        let (name, figure) = told.rsplit_once(": ")?;
        let start = line.len() - line.trim_start().len();
        Some((start, start + name.len(), figure.parse().ok()?))
    };
    output.lines().filter_map(|line| figure(line).map(|(from, to, rate)| (&line[from..to], rate))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_among_other_lines() {
        let output = "running 1 test\n  raft, tracing on: 2.50 million events a second\nok\nengine: 10.00 million events a second";
        assert_eq!(figures(output, UNIT), [("raft, tracing on", 2.5), ("engine", 10.0)]);
        assert_eq!(figures("engine: fast million events a second", UNIT), []);
    }
}
