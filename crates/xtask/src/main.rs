//! Developer commands: `cargo xtask serve`, `test`, `bench`, `size`. Each does its own set-up first, so that a fresh
//! machine with rustup needs nothing else.

mod args;
mod bench;
mod bugs;
mod counts;
mod histories;
mod policy;
mod process;
mod project;
mod raft_core;
mod report;
mod serve;
mod setup;
mod size;
mod steps;
mod system;
mod test;
mod tools;
mod wasm_speed;

use std::process::ExitCode;

use args::Request;
use project::Project;

/// What went wrong, in words for the person at the terminal.
type Failure = String;

fn main() -> ExitCode {
    match args::parse().and_then(obey) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(2)
        }
    }
}

fn obey(request: Request) -> Result<ExitCode, Failure> {
    let project = Project::find()?;
    match request {
        Request::Help => {
            print!("{}", args::HELP);
            Ok(ExitCode::SUCCESS)
        }
        Request::Serve(options) => serve::serve(&project, &options),
        Request::Test(options) => test::test(&project, &options),
        Request::Bench { only } => bench::bench(&project, only.as_deref()),
        Request::Size => size::size(&project),
        Request::RelaxPolicy => policy::relax_staged_page().map(|()| ExitCode::SUCCESS),
    }
}
