//! The `netsplit` command: runs scenarios, makes and reads links, sweeps seeds.

mod args;
mod bugs;
mod check;
mod exchange;
mod find;
mod input;
mod list;
mod play;
mod progress;
mod sweep;
mod vary;
mod why;

use args::{Arguments, Command};
use input::InputError;
use netsplit_scenario::find::Mistake;
use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

/// What came of a command.
pub enum Verdict {
    /// All holds.
    Well,
    /// Something was violated, or what was looked for is not there.
    Violated,
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given cannot be run.
    #[error("{0}")]
    Input(#[from] InputError),
    /// The condition cannot be read.
    #[error("{mistake}\n{under}", under = indented(mistake, text))]
    Condition {
        /// What is wrong.
        mistake: Mistake,
        /// With this.
        text: String,
    },
    /// Some files are no histories, which was said.
    #[error("{refused} of {files} files cannot be judged")]
    Refused {
        /// So many.
        refused: usize,
        /// Of so many.
        files: usize,
    },
    /// What was given cannot be read.
    #[error("{0}")]
    Log(#[from] exchange::BadLog),
    /// The file for the output cannot be written.
    #[error("cannot write {0}: {1}")]
    File(String, std::io::Error),
    /// Nobody can be told.
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
}

/// The condition with its mistake marked, a little to the right.
fn indented(mistake: &Mistake, text: &str) -> String {
    mistake.under(text).lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let result = carry_out(arguments.command, &mut out).and_then(|verdict| {
        out.flush()?;
        Ok(verdict)
    });
    match result {
        Ok(Verdict::Well) => ExitCode::SUCCESS,
        Ok(Verdict::Violated) => ExitCode::from(1),
        // Whoever was reading has seen enough.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            std::process::exit(0) // not through `out`, which would try to write again
        }
        Err(failure) => {
            // Nobody there to read it either? Then there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "netsplit: {failure}");
            ExitCode::from(2)
        }
    }
}

fn carry_out(command: Command, out: &mut impl Write) -> Result<Verdict, Failure> {
    match command {
        Command::List { json } => list::list(json, out),
        Command::Run(how) => play::run(&how, out),
        Command::Link { run, seed } => play::link(&run, seed, out),
        Command::Show { run } => play::show(&run, out),
        Command::Find(how) => find::find(&how, out),
        Command::Export(how) => exchange::export(&how, out),
        Command::ImportShiviz(how) => exchange::import_shiviz(&how, out),
        Command::Sweep(how) => sweep::sweep(&how, out),
        Command::Vary(how) => vary::vary(&how, out),
        Command::Why(how) => why::why(&how, out),
        Command::Check(how) => check::check(&how, out),
        Command::Bugs { names, seeds } => bugs::bugs(&names, &seeds, out),
    }
}
