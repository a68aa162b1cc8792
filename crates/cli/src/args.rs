//! The command's arguments.

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use netsplit_check::formats::Format;
use netsplit_check::object::{Object, Standard};
use netsplit_scenario::find::Pattern;
use netsplit_scenario::gallery;
use netsplit_scenario::why::Field;
use netsplit_sim::{Span, Time};
use std::ops::Range;
use std::path::PathBuf;

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
        (format!("find {second} 'event crash'"), "where in a run something is so"),
        (format!("export {second} --to svg -o run.svg"), "the space-time diagram as a picture"),
        ("import-shiviz system.log --summary".to_owned(), "what a log of a real system holds"),
        (format!("sweep {first} --seeds 0..1000"), "a thousand runs with faults drawn for each"),
        (format!("sweep {first} --seeds 0..1000 --bug {bug}"), "the same with a rule broken"),
        (format!("vary {second} --set network.latency=1ms,10ms,50ms --svg plot.svg"), "what latency does to it"),
    ];
    let width = examples.iter().map(|(example, _)| example.len()).max().unwrap_or(0);
    let lines: Vec<_> =
        examples.iter().map(|(example, what)| format!("  netsplit {example:<width$}  {what}")).collect();
    format!(
        "RUN is a scenario of the gallery ({first}), a scenario file, a link, or - for standard input.\n\n\
         Examples:\n{}\n\n\
         Exit code: 0 if all holds, 1 if something was violated (or nothing was found), 2 if the input is bad.",
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
    /// Run a scenario: every event, then `hash HEX events N time T`, then each measure, expectation and invariant, and how well it went
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
    /// Find the moments of a run at which a condition comes true, or a pattern that its messages make
    Find(Find),
    /// Write a run in the format of another tool
    Export(Export),
    /// Read a log with vector clocks, as ShiViz does, and print its events in causal order, an object a line
    ImportShiviz(ImportShiviz),
    /// Run a scenario with many seeds on all cores, drawing faults and operations anew for each
    Sweep(Sweep),
    /// Run scenarios with one setting at several values, and print latency, availability and cost for each
    Vary(Vary),
    /// Say why a field has its value, or why an invariant does not hold: who wrote it, and which events bring it about by themselves
    Why(Why),
    /// Judge histories in files: for each `PATH LEVEL true|false|unknown MILLISECONDS`, separated by tabs
    Check(Check),
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
    /// Only the measures of performance, all of them, in this form
    #[arg(long, value_name = "FORM", conflicts_with_all = ["quiet", "json"])]
    pub measures: Option<Form>,
    /// A request counts as answered in time within this
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "1s")]
    pub limit: Span,
}

/// What to explain.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("subject").required(true).args(["field", "violation"])))]
pub struct Why {
    /// A scenario of the gallery, a scenario file, a link, or -
    pub run: String,
    /// With another seed
    #[arg(long, value_parser = seed, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// The node whose field it is, such as n1
    #[arg(long, value_name = "NAME", requires = "field")]
    pub node: Option<String>,
    /// The field, such as volatile.role or durable.log[3].term
    #[arg(long, value_name = "FIELD", requires = "node")]
    pub field: Option<Field>,
    /// As of the moment right after this event, instead of the end
    #[arg(long, value_name = "EVENT", requires = "field")]
    pub at: Option<u32>,
    /// So many steps further back than the write itself
    #[arg(long, value_name = "STEPS", default_value = "3", requires = "field")]
    pub back: u32,
    /// The violated invariant; the first if none is named
    #[arg(long, value_name = "INVARIANT", num_args = 0..=1, default_missing_value = "")]
    pub violation: Option<String>,
}

/// What to find.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["condition", "pattern"])))]
pub struct Find {
    /// A scenario of the gallery, a scenario file, a link, or -
    pub run: String,
    /// A condition, such as 'any node.role == leader', 'event crash', 'violated'; one that cannot be read says what could be
    #[arg(value_name = "CONDITION", allow_hyphen_values = true)]
    pub condition: Option<String>,
    /// A pattern of messages: broadcast, exchange, chain, overtaking, gathering or again
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    pub pattern: Option<Pattern>,
    /// To so many others, or so many messages in a row
    #[arg(long, value_name = "N", requires = "pattern")]
    pub least: Option<u32>,
    /// Only with messages of this type
    #[arg(long = "type", value_name = "TYPE", requires = "pattern")]
    pub kind: Option<String>,
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
    #[arg(long)]
    pub json: bool,
}

fn pattern(text: &str) -> Result<Pattern, String> {
    let found = Pattern::ALL.into_iter().find(|pattern| pattern.name() == text);
    found.ok_or_else(|| format!("there is {}", Pattern::ALL.map(Pattern::name).join(", ")))
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Form {
    /// A table for people
    Table,
    /// Comma-separated values: times in seconds, shares of one
    Csv,
    /// JSON: times in nanoseconds, shares in millionths
    Json,
}

/// How to export.
#[derive(Debug, Args)]
pub struct Export {
    /// A scenario of the gallery, a scenario file, a link, or -
    pub run: String,
    /// The format: shiviz, mermaid, itf, perfetto, svg or jsonl
    #[arg(long, value_name = "FORMAT", value_parser = export_format)]
    pub to: netsplit_exchange::Format,
    /// Into this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<std::path::PathBuf>,
    /// With another seed
    #[arg(long, value_parser = seed, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// Until another time, such as 1500ms or 10s
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Time>,
    /// Only these events, from the first up to, not including, the second
    #[arg(long, value_name = "FROM..TO", value_parser = events)]
    pub events: Option<Range<u32>>,
}

/// How to import.
#[derive(Debug, Args)]
pub struct ImportShiviz {
    /// A log, or -
    pub log: String,
    /// The regular expression that finds an event, with the groups event, host and clock; else the log's first line, if
    /// that is one, or ShiViz's own
    #[arg(long, value_name = "RE", allow_hyphen_values = true)]
    pub parser: Option<String>,
    /// The regular expression for what stands between executions; its group trace is the name of the next
    #[arg(long, value_name = "RE", allow_hyphen_values = true)]
    pub delimiter: Option<String>,
    /// Only an object for each execution: its events, hosts, and causal edges between hosts
    #[arg(long)]
    pub summary: bool,
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

/// How to vary.
#[derive(Debug, Args)]
pub struct Vary {
    /// Scenarios of the gallery, scenario files or links: a line in the plot each
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<String>,
    /// A key of the scenario file and its values, such as nodes.server=3,5,7 or network.latency=1ms,10ms,100ms
    #[arg(long, value_name = "KEY=VALUES", value_parser = setting)]
    pub set: (String, String),
    /// The seeds, from the first up to, not including, the second
    #[arg(long, value_name = "FROM..TO", value_parser = seeds, default_value = "0..20")]
    pub seeds: Range<u64>,
    /// Only this figure (can be repeated), such as latency-p95 or leaderless
    #[arg(long, value_name = "NAME")]
    pub figure: Vec<String>,
    /// In which form; CSV and JSON have all figures
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Table)]
    pub form: Form,
    /// Also write plots of the figures into this file
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// A request counts as answered in time within this
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "1s")]
    pub limit: Span,
    /// On so many threads instead of one for each core
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, values) = text.split_once('=').ok_or("a setting is written as nodes.server=3,5,7")?;
    Ok((key.trim().to_owned(), values.to_owned()))
}

/// How to judge histories.
#[derive(Debug, Args)]
pub struct Check {
    /// What the clients share
    #[arg(long, value_name = "MODEL", value_parser = object, help = help(&Object::ALL.map(Object::name)))]
    pub model: Object,
    /// By which consistency model or isolation, or all that there are for the model
    #[arg(long, value_name = "LEVEL", value_parser = levels, default_value = "usual", help = help(&level_names()))]
    pub level: Levels,
    /// How the files are written: auto, jepsen (console log), edn (Jepsen history), jsonl (JSON Lines)
    #[arg(long, value_name = "FORMAT", value_parser = format, default_value = "auto")]
    pub format: FormatArgument,
    /// Say what shows it
    #[arg(long)]
    pub explain: bool,
    /// Give up after so many steps of searching
    #[arg(long, value_name = "N", default_value_t = 200_000_000)]
    pub steps: u64,
    /// Give up at so many MiB of memory
    #[arg(long, value_name = "MIB", default_value_t = 1_024)]
    pub memory: usize,
    /// Histories, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
}

/// What a history is held to.
#[derive(Clone, Copy, Debug)]
pub enum Levels {
    /// Linearizability, or for transactions, serializability.
    Usual,
    /// This.
    One(Standard),
    /// All that there are.
    All,
}

/// A format, or whichever it looks like.
pub type FormatArgument = Option<Format>;

fn object(text: &str) -> Result<Object, String> {
    let found = Object::ALL.into_iter().find(|object| object.name() == text);
    found.ok_or_else(|| format!("there is {}", Object::ALL.map(Object::name).join(", ")))
}

fn level_names() -> Vec<&'static str> {
    ["usual", "all"].into_iter().chain(Standard::all().map(Standard::name)).collect()
}

fn levels(text: &str) -> Result<Levels, String> {
    match text {
        "usual" => Ok(Levels::Usual),
        "all" => Ok(Levels::All),
        _ => {
            let found = Standard::all().find(|standard| standard.name() == text).map(Levels::One);
            found.ok_or_else(|| format!("there is {}", level_names().join(", ")))
        }
    }
}

fn format(text: &str) -> Result<FormatArgument, String> {
    match text {
        "auto" => Ok(None),
        "jepsen" => Ok(Some(Format::Jepsen)),
        "edn" => Ok(Some(Format::Edn)),
        "jsonl" => Ok(Some(Format::JsonLines)),
        _ => Err("there is auto, jepsen, edn, jsonl".to_owned()),
    }
}

fn help(names: &[&str]) -> String {
    format!("One of {}", names.join(", "))
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

fn export_format(text: &str) -> Result<netsplit_exchange::Format, String> {
    use netsplit_exchange::Format;
    let expected = || Format::ALL.map(Format::name).join(", ");
    Format::ALL
        .into_iter()
        .find(|format| format.name() == text)
        .ok_or_else(|| format!("the formats are {}", expected()))
}

fn events(text: &str) -> Result<Range<u32>, String> {
    let number = |digits: &str| digits.parse::<u32>().ok();
    let range = text.split_once("..").and_then(|(from, to)| Some(number(from)?..number(to)?));
    let range = range.filter(|range| !range.is_empty());
    range.ok_or_else(|| "events are written as 0..500: the first, and the one after the last".to_owned())
}

fn span(text: &str) -> Result<Span, String> {
    text.parse().map_err(|error: netsplit_sim::time::NotASpan| error.to_string())
}

fn time(text: &str) -> Result<Time, String> {
    span(text).map(|span| Time::ZERO + span)
}
