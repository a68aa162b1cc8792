//! What a command needs on this machine, and how it comes to be there.

use std::fs;
use std::path::Path;

use crate::project::Project;
use crate::{Failure, process, report, system, tools};

/// Something that is not in the checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The standard library for wasm32-unknown-unknown.
    WasmTarget,
    /// wasm-bindgen and its test runner, of the very version in Cargo.lock.
    WasmBindgen,
    Trunk,
    WasmPack,
    /// Chromium or Chrome, and its WebDriver.
    Browser,
    /// Node.js, npm, and what package-lock.json lists.
    Node,
}

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure of all of `needs`, or says which one cannot be met.
pub fn ensure_all(project: &Project, needs: &[Need]) -> Result<(), Failure> {
    needs.iter().try_for_each(|need| ensure(project, *need))
}

/// Makes sure of one need, installing what is missing.
pub fn ensure(project: &Project, need: Need) -> Result<(), Failure> {
    match need {
        Need::WasmTarget => wasm_target(project),
        Need::WasmBindgen => {
            let version = project.locked_version("wasm-bindgen")?;
            tools::ensure(project, &tools::WASM_BINDGEN, &version)
        }
        Need::Trunk => tools::ensure(project, &tools::TRUNK, tools::TRUNK_VERSION),
        Need::WasmPack => tools::ensure(project, &tools::WASM_PACK, tools::WASM_PACK_VERSION),
        Need::Browser => {
            system::ensure(project, &system::CHROMIUM)?;
            system::ensure(project, &system::CHROMEDRIVER)
        }
        Need::Node => {
            system::ensure(project, &system::NODE)?;
            system::ensure(project, &system::NPM)?;
            node_version(project)?;
            node_modules(project)
        }
    }
}

fn wasm_target(project: &Project) -> Result<(), Failure> {
    let sysroot = first_line_of(project, "rustc", &["--print", "sysroot"]).unwrap_or_default();
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        report::note(&format!("have {WASM_TARGET}"));
        return Ok(());
    }
    if project.which("rustup").is_none() {
        return Err(format!("this Rust has no {WASM_TARGET} and there is no rustup to add it with"));
    }
    install(project, &format!("{WASM_TARGET}, by rustup"), "rustup", &["target", "add", WASM_TARGET])
}

/// Playwright runs on nothing older.
const OLDEST_NODE: u32 = 20;

fn node_version(project: &Project) -> Result<(), Failure> {
    let version = first_line_of(project, "node", &["--version"]).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next();
    let major: Option<u32> = major.and_then(|major| major.parse().ok());
    if major.is_some_and(|major| major >= OLDEST_NODE) {
        return Ok(());
    }
    Err(format!("the page tests need Node.js {OLDEST_NODE} or newer, and `node --version` says `{version}`"))
}

fn node_modules(project: &Project) -> Result<(), Failure> {
    // npm writes this file last, so its age is the age of a complete installation.
    let installed = modified(&project.root.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&project.root.join("package-lock.json")) {
        report::note("have the npm packages of package-lock.json");
        return Ok(());
    }
    install(project, "the npm packages of package-lock.json", "npm", &["ci", "--ignore-scripts"])
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// The first line that a program prints, or nothing if it is not there or fails.
pub fn first_line_of(project: &Project, program: &str, args: &[&str]) -> Option<String> {
    let output = project.command(program, args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}

/// Runs an installer, saying so before and after.
pub fn install(project: &Project, what: &str, program: &str, args: &[&str]) -> Result<(), Failure> {
    install_by(project, what, project.command(program, args))
}

/// As [`install`], for a command that needs more than arguments.
pub fn install_by(project: &Project, what: &str, command: std::process::Command) -> Result<(), Failure> {
    let shown = process::shown(&command);
    report::note(&format!("installing {what}: {shown}"));
    let start = std::time::Instant::now();
    let finished = process::run(command, &project.log("setup"))?;
    if !finished.success {
        return Err(format!("`{shown}` failed:\n{}", report::excerpt(&finished.output)));
    }
    report::note(&format!("installed {what} in {}", report::seconds(start.elapsed())));
    Ok(())
}
