//! The command-line tools written in Rust. One of exactly the right version on PATH is used; otherwise it is
//! installed into target/tools, prebuilt where that is possible.

use std::fs;

use crate::project::Project;
use crate::setup::{first_line_of, install_by};
use crate::{Failure, report};

pub struct Tool {
    krate: &'static str,
    /// All are needed; the first one tells the version.
    binaries: &'static [&'static str],
    /// For `cargo install`.
    flags: &'static [&'static str],
    /// How long a build takes on a small machine.
    patience: &'static str,
}

// Debug builds: they are made once and run for seconds, and an optimised Trunk alone takes a quarter of an hour.
// wasm-bindgen-cli without --locked: its own lock file asks for versions that are not to be had everywhere.
pub const WASM_BINDGEN: Tool = Tool {
    krate: "wasm-bindgen-cli",
    binaries: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    flags: &["--debug"],
    patience: "a minute or two",
};
pub const TRUNK: Tool = Tool {
    krate: "trunk",
    binaries: &["trunk"],
    flags: &["--debug", "--locked", "--no-default-features"],
    patience: "about five minutes",
};
pub const WASM_PACK: Tool = Tool {
    krate: "wasm-pack",
    binaries: &["wasm-pack"],
    flags: &["--debug", "--locked"],
    patience: "about two minutes",
};

/// The newest that the compiler in rust-toolchain.toml builds.
pub const TRUNK_VERSION: &str = "0.21.14";
pub const WASM_PACK_VERSION: &str = "0.15.1";

/// Makes sure that children find `tool` in exactly `version`.
pub fn ensure(project: &Project, tool: &Tool, version: &str) -> Result<(), Failure> {
    if is_there(project, tool, version) {
        report::note(&format!("have {} {version}", tool.binaries[0]));
        return Ok(());
    }
    if project.which("cargo-binstall").is_some() {
        match prebuilt(project, tool, version) {
            Ok(()) if is_there(project, tool, version) => return Ok(()),
            _ => report::note(&format!("no prebuilt {} for this machine", tool.krate)),
        }
    }
    build(project, tool, version)?;
    if is_there(project, tool, version) {
        Ok(())
    } else {
        Err(format!("{} {version} was installed and is still not found", tool.krate))
    }
}

fn is_there(project: &Project, tool: &Tool, version: &str) -> bool {
    let [first, rest @ ..] = tool.binaries else {
        return false;
    };
    let found = first_line_of(project, first, &["--version"]);
    let folder = |binary: &str| project.which(binary).and_then(|path| path.parent().map(ToOwned::to_owned));
    // Of one installation: a test runner left over from another version must not be taken for this one.
    found.is_some_and(|line| says_version(&line, version)) && rest.iter().all(|binary| folder(binary) == folder(first))
}

/// `trunk 0.21.14`, `wasm-bindgen 0.2.130 (a1b2c3)`.
fn says_version(line: &str, version: &str) -> bool {
    line.split_whitespace().nth(1) == Some(version)
}

fn prebuilt(project: &Project, tool: &Tool, version: &str) -> Result<(), Failure> {
    let mut command = project.command("cargo", &["binstall", "--no-confirm", "--disable-strategies", "compile"]);
    command.arg("--root").arg(project.tools()).arg(format!("{}@{version}", tool.krate));
    command.env("BINSTALL_DISABLE_TELEMETRY", "true");
    install_by(project, &format!("{} {version}, prebuilt", tool.krate), command)
}

fn build(project: &Project, tool: &Tool, version: &str) -> Result<(), Failure> {
    let objects = project.tools().join("build");
    let mut command = project.command("cargo", &["install"]);
    command.args(tool.flags).arg("--root").arg(project.tools()).arg("--target-dir").arg(&objects);
    command.arg(format!("{}@{version}", tool.krate));
    // Nobody debugs them: without debug information they build faster and take a quarter of the room.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    let what = format!("{} {version}", tool.krate);
    report::note(&format!("{what} is built from source, once: {}", tool.patience));
    let outcome = install_by(project, &what, command);
    let _ = fs::remove_dir_all(objects);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_the_right_version_will_do() {
        assert!(says_version("trunk 0.21.14", "0.21.14"));
        assert!(says_version("wasm-bindgen 0.2.130 (a1b2c3)", "0.2.130"));
        assert!(!says_version("wasm-bindgen 0.2.13", "0.2.130"));
        assert!(!says_version("trunk", "0.21.14"));
    }
}
