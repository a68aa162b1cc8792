//! What the benchmarks share: timing by the median of several runs, and tables.

#[path = "../../sim/tests/bounce/mod.rs"]
pub mod bounce;
pub mod crowd;
#[path = "../../protocols/tests/raft/figure16/trials.rs"]
pub mod figure_16;
pub mod figures;
pub mod histories;
pub mod load;
pub mod plot;
pub mod raft_core;

use std::time::Instant;

/// How quick several runs of something were.
#[derive(Clone, Copy)]
pub struct Rates {
    /// The slowest.
    pub least: f64,
    /// The one in the middle.
    pub median: f64,
    /// The quickest.
    pub most: f64,
}

impl Rates {
    /// The same in another unit, of which there are so many to one of the old.
    pub fn times(self, factor: f64) -> Rates {
        Rates { least: factor * self.least, median: factor * self.median, most: factor * self.most }
    }

    /// A line of a table: the median, and how far the others are from it.
    pub fn row(self, name: impl Into<String>, remark: &str) -> Row {
        Row::new(name, self.median, format!("{:.2} to {:.2}  {remark}", self.least, self.most).trim_end())
    }
}

/// Million things a second: the median of several runs of something that says how many it did.
pub fn median_of(runs: usize, work: impl FnMut() -> u32) -> f64 {
    rates_of(runs, work).median
}

/// Million things a second, in several runs of something that says how many it did.
pub fn rates_of(runs: usize, mut work: impl FnMut() -> u32) -> Rates {
    let mut rates: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            let done = work();
            f64::from(done) / start.elapsed().as_secs_f64() / 1e6
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    Rates { least: rates[0], median: rates[rates.len() / 2], most: rates[rates.len() - 1] }
}

/// One line of a table.
pub struct Row {
    name: String,
    figure: f64,
    remark: String,
}

impl Row {
    /// A figure, what it is of, and what to make of it.
    pub fn new(name: impl Into<String>, figure: f64, remark: impl Into<String>) -> Row {
        Row { name: name.into(), figure, remark: remark.into() }
    }
}

/// Prints a table.
pub fn table(title: &str, rows: &[Row]) {
    println!("{title}");
    for row in rows {
        println!("  {:<44} {:>9.2}   {}", row.name, row.figure, row.remark);
    }
    println!();
}
