//! Reading logs with vector clocks, as ShiViz does, and finding the edges between hosts.

use netsplit_bench::{Row, table};
use netsplit_exchange::shiviz::read_file;
use std::time::Instant;

const RUNS: usize = 5;

fn main() {
    let rows: Vec<Row> =
        [(5_000, 10, "(at most 300)"), (100_000, 50, "(at most 5,000)"), (100_000, 10, ""), (20_000, 1_000, "")]
            .into_iter()
            .map(|(events, hosts, limit)| measure(events, hosts, limit))
            .collect();
    table("importing a ShiViz log, one core, milliseconds", &rows);
}

fn measure(events: u32, hosts: usize, limit: &str) -> Row {
    let text = log(events, hosts);
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let read = read_file(&text, None, None).expect("a log");
            assert_eq!(read[0].events.len(), events as usize);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (least, most) = (times[0], times[RUNS - 1]);
    let megabytes = text.len() as f64 / 1e6;
    let remark = format!("{limit} from {least:.0} to {most:.0}; {megabytes:.1} MB of text");
    Row::new(format!("{events} events, {hosts} hosts"), times[RUNS / 2], remark)
}

/// A log in which every third event or so hears of the latest one at some other host.
fn log(events: u32, hosts: usize) -> String {
    let mut state = 7u32;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let mut clocks = vec![vec![0u32; hosts]; hosts];
    let mut text = String::new();
    for event in 0..events {
        let host = draw(hosts);
        if draw(3) == 0 {
            let heard = clocks[draw(hosts)].clone();
            clocks[host].iter_mut().zip(heard).for_each(|(known, heard)| *known = (*known).max(heard));
        }
        clocks[host][host] += 1;
        let entries = clocks[host].iter().enumerate().filter(|(_, count)| **count > 0);
        let entries: Vec<String> = entries.map(|(host, count)| format!("\"node-{host}\":{count}")).collect();
        text.push_str(&format!("what happened in event {event}\nnode-{host} {{{}}}\n", entries.join(", ")));
    }
    text
}
