//! The command's arguments.

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use netsplit_scenario::gallery;
use netsplit_sim::{Span, Time};
use std::ops::Range;

/// Runs distributed protocols on a simulated network that breaks as it is told to.
#[derive(Debug, Parser)]
#[command(name = "netsplit", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// The command's arguments; help and mistakes end the program here.
    pub fn read() -> Arguments {
        let command = Arguments::command().after_help(examples());
        Arguments::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }
}

/// Examples that work, since they come from the gallery.
fn examples() -> String {
    let mut gallery = gallery::entries();
    let (first, bug) = gallery.next().map_or_else(Default::default, |entry| {
        (entry.full_name(), entry.about.bugs.first().map_or("NAME", |bug| bug.name))
    });
    let second = gallery.next().map_or_else(|| first.clone(), |entry| entry.full_name());
    let examples = [
        ("list".to_owned(), "what there is"),
        (format!("run {second}"), "every event of a run, and what came of it"),
        (format!("run {first} --seed 9 --quiet"), "only what came of it"),
        (format!("show {first} > mine.toml"), "a scenario file to change"),
        ("link mine.toml".to_owned(), "the link that opens this very run in the page"),
        (format!("sweep {first} --seeds 0..1000"), "a thousand runs with faults drawn for each"),
        (format!("sweep {first} --seeds 0..1000 --bug {bug}"), "the same with a rule broken"),
    ];
    let width = examples.iter().map(|(example, _)| example.len()).max().unwrap_or(0);
    let lines: Vec<_> =
        examples.iter().map(|(example, what)| format!("  netsplit {example:<width$}  {what}")).collect();
    format!(
        "RUN is a scenario of the gallery ({first}), a scenario file, a link, or - for standard input.\n\n\
         Examples:\n{}\n\n\
         Exit code: 0 if all holds, 1 if something was violated, 2 if the input is bad.",
        lines.join("\n")
    )
}

/// What the command can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List protocols with their bugs, invariants and scenarios
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a scenario: every event, then `hash HEX events N time T`, then each measure, expectation and invariant
    Run(Run),
    /// Print the link that opens a run in the page
    Link {
        /// A scenario of the gallery, a scenario file, a link, or -
        run: String,
        /// With another seed
        #[arg(long, value_parser = seed, allow_hyphen_values = true)]
        seed: Option<u64>,
    },
    /// Print the scenario file that a run comes from, with what people did in it
    Show {
        /// A scenario of the gallery, a scenario file, a link, or -
        run: String,
    },
    /// Run a scenario with many seeds on all cores, drawing faults and operations anew for each
    Sweep(Sweep),
    /// Break one rule after another, and print how many seeds each takes to be found, as a table in Markdown
    Bugs {
        /// Only those of these protocols, or those named in full, such as raft/vote-not-durable
        names: Vec<String>,
        /// The seeds, from the first up to, not including, the second
        #[arg(long, value_name = "FROM..TO", value_parser = seeds, default_value = "0..5000")]
        seeds: Range<u64>,
    },
}

/// How to run.
#[derive(Debug, Args)]
pub struct Run {
    /// A scenario of the gallery, a scenario file, a link, or -
    pub run: String,
    /// With another seed
    #[arg(long, value_parser = seed, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// Until another time, such as 1500ms or 10s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Time>,
    /// With one more rule broken (can be repeated); `netsplit list` names them
    #[arg(long, value_name = "NAME")]
    pub bug: Vec<String>,
    /// As JSON, one object a line
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Only what came of it
    #[arg(long)]
    pub quiet: bool,
}

/// How to sweep.
#[derive(Debug, Args)]
pub struct Sweep {
    /// A scenario of the gallery, a scenario file, a link, or -
    pub run: String,
    /// The seeds, from the first up to, not including, the second
    #[arg(long, value_name = "FROM..TO", value_parser = seeds)]
    pub seeds: Range<u64>,
    /// With one more rule broken (can be repeated); `netsplit list` names them
    #[arg(long, value_name = "NAME")]
    pub bug: Vec<String>,
    /// Run the scenario as it is written, with other seeds only
    #[arg(long)]
    pub as_written: bool,
    /// As JSON: an object for each seed that failed, then one for the whole
    #[arg(long)]
    pub json: bool,
    /// On so many threads instead of one for each core
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Stop at the first seed that fails
    #[arg(long)]
    pub first: bool,
}

fn seed(text: &str) -> Result<u64, String> {
    let hex = text.strip_prefix("0x").map(|digits| u64::from_str_radix(digits, 16));
    hex.unwrap_or_else(|| text.parse())
        .map_err(|_| "a seed is a whole number of 0 or more, such as 7 or 0xfe".to_owned())
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let expected = || "seeds are written as 0..1000: the first, and the one after the last".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(expected)?;
    let range = seed(from).map_err(|_| expected())?..seed(to).map_err(|_| expected())?;
    if range.is_empty() {
        return Err(format!("there are no seeds in {text}; {}", expected()));
    }
    Ok(range)
}

fn time(text: &str) -> Result<Time, String> {
    text.parse::<Span>().map(|span| Time::ZERO + span).map_err(|error| error.to_string())
}
