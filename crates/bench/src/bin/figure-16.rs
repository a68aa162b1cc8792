//! Figure 16 of the Raft paper, measured anew: a table beside the paper's numbers, and both plots. Every draw is keyed by
//! a seed, so the files come out the same on every machine.

use netsplit_bench::figure_16::{CAP, Range, SCALES, SPREADS, downtimes, usual_longest};
use netsplit_bench::plot::{Line, cumulative};
use netsplit_sim::Span;
use std::fmt::Write;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let spreads: Vec<Trials> = SPREADS.map(Trials::run).into();
    let scales: Vec<Trials> = SCALES.map(Trials::run).into();
    let table = table(&spreads, &scales);
    print!("{table}");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    std::fs::create_dir_all(docs.join("figures"))?;
    std::fs::write(docs.join("figure-16.md"), format!("{PREFACE}{table}{REMARKS}"))?;
    let spread = cumulative("Time without a leader, by the randomness of election timeouts", &lines(&spreads), (1, 5));
    std::fs::write(docs.join("figures/figure-16-spread.svg"), spread)?;
    let scale = cumulative("Time without a leader, by the scale of election timeouts", &lines(&scales), (1, 3));
    std::fs::write(docs.join("figures/figure-16-scale.svg"), scale)
}

/// What came of one range of election timeouts.
struct Trials {
    range: Range,
    millis: Vec<f64>,
    usual_longest: f64,
}

impl Trials {
    fn run(range: Range) -> Trials {
        // The paper crashed its leader a thousand times, but a hundred where nothing is random.
        let never_ends = range.0 == range.1;
        let downtimes = downtimes(range, 0..if never_ends { 100 } else { 1_000 });
        let longest = if never_ends { downtimes[99] } else { usual_longest(range) };
        Trials { range, millis: downtimes.into_iter().map(in_millis).collect(), usual_longest: in_millis(longest) }
    }
    fn name(&self) -> String {
        format!("{}–{} ms", self.range.0, self.range.1)
    }
    /// What the paper's text says of it.
    fn paper(&self) -> &'static str {
        match self.range {
            (150, 150) => "more than 10 s, consistently",
            (150, 155) => "median 287 ms",
            (150, 200) => "longest 513 ms",
            (12, 24) => "mean 35 ms, longest 152 ms",
            _ => "",
        }
    }
}

fn lines(trials: &[Trials]) -> Vec<Line> {
    trials.iter().map(|trials| Line { name: trials.name(), millis: trials.millis.clone() }).collect()
}

fn table(spreads: &[Trials], scales: &[Trials]) -> String {
    let mut table = "\
| election timeout | crashes | shortest | median | mean | 99 % within | longest | longest, usually | the paper |
|---|---|---|---|---|---|---|---|---|
"
    .to_owned();
    let both = spreads.iter().chain(scales.iter().filter(|scale| !SPREADS.contains(&scale.range)));
    for trials @ Trials { millis, usual_longest, .. } in both {
        let count = millis.len();
        let mean = millis.iter().sum::<f64>() / count as f64;
        let quantiles =
            [millis[0], millis[count / 2], mean, millis[count * 99 / 100], millis[count - 1], *usual_longest];
        let cells = quantiles.map(written).join(" | ");
        let _ = writeln!(table, "| {} | {count} | {cells} | {} |", trials.name(), trials.paper());
    }
    table
}

fn in_millis(span: Span) -> f64 {
    span.0 as f64 / 1e6
}

fn written(millis: f64) -> String {
    if millis >= in_millis(CAP) { "never".to_owned() } else { format!("{millis:.0} ms") }
}

const PREFACE: &str = "\
# How long a cluster is without a leader

Figure 16 of the Raft paper (§9.3), measured here: the leader of five servers crashes, and the time until another one
leads is taken. `cargo xtask bench figure-16` writes this page and the plots in `docs/figures`; they are not edited by
hand, and come out the same on every machine. The landmarks are held by tests (`crates/protocols/tests/raft/figure16.rs`).

**As the paper ran it:** the servers' logs are of different lengths, so that two of the four that are left cannot win; the
leader sends one heartbeat to all at once, so that all election timers start together; it crashes at any time within its
heartbeat interval, which is half the shortest election timeout.

";

const REMARKS: &str = "
*Never*: not within 20 s, where a trial ends. *Longest, usually*: the longest of 1,000 crashes is one draw from a long
tail; this is the median of eleven such draws, from eleven times as many crashes. Of the paper's numbers, those are given that its text states.

**What differs from the paper's set-up.**

- The paper says that a broadcast (to all servers and back) took about 15 ms, and not how that time was distributed. Here
  a message takes 1 ms and a random rest with a mean of 2.5 ms (exponential), which makes 11 ms for a broadcast. It was
  chosen because all of the paper's numbers are met with it. A mean of 3 ms, or 13 ms for a broadcast, moves only one of
  them out of reach: at 150–200 ms the longest is usually 680 ms then. What matters more is that some messages are fast:
  four servers whose timers differ by less than a message takes all vote for themselves.
- Disks take no time of their own here: it is in the messages' latency.
- The synchronised heartbeat arrives everywhere at the same instant, and no scheduler delays a timer. So at 150–150 ms all
  four servers ask for votes at the same instants for ever, where the paper's machines drift apart some time after 10 s.
- A server leads when it has the votes of a majority; nobody has to hear of it.
";
