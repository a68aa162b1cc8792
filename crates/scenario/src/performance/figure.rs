//! The figures of a run as a whole, by name: what sweeps compare and tables begin with.

use super::Performance;
use netsplit_protocols::{Words, about::words};
use netsplit_sim::Span;

/// A figure of a run.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Its name: `latency-p95`.
    pub name: &'static str,
    /// What it is.
    pub word: Words,
    /// In which unit.
    pub unit: Unit,
    of: fn(&Performance) -> Option<u64>,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Nanoseconds of simulated time.
    Time,
    /// Millionths of a whole.
    Share,
    /// Things.
    Count,
    /// Thousandths of things.
    Thousandths,
}

impl Figure {
    /// What it is in a run, as a whole number; nothing if the run says nothing about it.
    pub fn of(&self, performance: &Performance) -> Option<u64> {
        (self.of)(performance)
    }
    /// The figure of a name.
    pub fn named(name: &str) -> Option<&'static Figure> {
        FIGURES.iter().find(|figure| figure.name == name)
    }
}

impl Unit {
    /// A number for people: `12.5ms`, `95.24%`, `6.25`.
    pub fn text(self, number: u64) -> String {
        match self {
            Unit::Time => Span(number).to_string(),
            Unit::Share => format!("{}%", decimal(number, 10_000, 2)),
            Unit::Count => number.to_string(),
            Unit::Thousandths => decimal(number, 1_000, 2),
        }
    }
    /// A number for other programs: seconds, or a plain number with all its digits.
    pub fn plain(self, number: u64) -> String {
        match self {
            Unit::Time => decimal(number, 1_000_000_000, 9),
            Unit::Share => decimal(number, 1_000_000, 6),
            Unit::Count => number.to_string(),
            Unit::Thousandths => decimal(number, 1_000, 3),
        }
    }
    /// Its name beside plain numbers.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Time => "s",
            Unit::Share | Unit::Count | Unit::Thousandths => "1",
        }
    }
}

/// A number of parts as a decimal fraction, rounded to at most so many places.
fn decimal(parts: u64, whole: u64, places: u32) -> String {
    let scale = 10u128.pow(places);
    let scaled = (u128::from(parts) * scale * 2 + u128::from(whole)) / (2 * u128::from(whole));
    let (before, after) = (scaled / scale, scaled % scale);
    if after == 0 {
        return before.to_string();
    }
    let after = format!("{after:0width$}", width = places as usize);
    format!("{before}.{}", after.trim_end_matches('0'))
}

/// A share in millionths, rounded down.
pub fn share(part: u64, whole: u64) -> Option<u64> {
    u64::try_from((u128::from(part) * 1_000_000).checked_div(u128::from(whole))?).ok()
}

const fn figure(name: &'static str, word: Words, unit: Unit, of: fn(&Performance) -> Option<u64>) -> Figure {
    Figure { name, word, unit, of }
}

/// All figures.
pub const FIGURES: &[Figure] = &[
    figure("latency-mean", words("mean latency", "平均延迟"), Unit::Time, |it| it.all.latency.mean()),
    figure("latency-p50", words("median latency", "延迟中位数"), Unit::Time, |it| it.all.latency.percentile(500)),
    figure("latency-p95", words("95th percentile of latency", "延迟第 95 百分位"), Unit::Time, |it| {
        it.all.latency.percentile(950)
    }),
    figure("latency-p99", words("99th percentile of latency", "延迟第 99 百分位"), Unit::Time, |it| {
        it.all.latency.percentile(990)
    }),
    figure("latency-max", words("longest latency", "最长延迟"), Unit::Time, |it| it.all.latency.max()),
    figure(
        "throughput",
        words("answers a second", "每秒应答数"),
        Unit::Thousandths,
        Performance::answered_per_kilosecond,
    ),
    figure("in-time", words("requests answered in time", "按时应答的请求"), Unit::Share, |it| {
        share(it.all.tally.in_time.into(), it.all.tally.settled().into())
    }),
    figure("time-up", words("time up, as clients see it", "客户端所见的可用时间"), Unit::Share, |it| {
        it.service.as_ref().and_then(|service| share(service.up.0, service.whole().0))
    }),
    figure("downtime", words("time down, as clients see it", "客户端所见的不可用时长"), Unit::Time, |it| {
        it.service.as_ref().map(|service| service.down.0)
    }),
    figure("leaderless", words("time without a leader", "无领导者的时间"), Unit::Time, |it| {
        it.led.as_ref().map(|led| led.uptime.down.0)
    }),
    figure(
        "leaderless-longest",
        words("longest time without a leader", "最长无领导者的时间"),
        Unit::Time,
        |it| it.led.as_ref().map(|led| led.uptime.longest().unwrap_or_default().0),
    ),
    figure("messages", words("messages sent", "发送的消息"), Unit::Count, |it| Some(it.traffic.sent.messages)),
    figure("bytes", words("bytes sent", "发送的字节"), Unit::Count, |it| Some(it.traffic.sent.bytes)),
    figure(
        "messages-per-request",
        words("messages for each answer", "每个应答的消息数"),
        Unit::Thousandths,
        |it| it.messages_per_thousand(),
    ),
    figure("bytes-per-request", words("bytes for each answer", "每个应答的字节数"), Unit::Thousandths, |it| {
        it.bytes_per_thousand()
    }),
    figure(
        "messages-set-off",
        words("messages a request sets off", "请求引发的消息数"),
        Unit::Thousandths,
        |it| per_thousand(it.all.messages.numbers()),
    ),
    figure("bytes-set-off", words("bytes a request sets off", "请求引发的字节数"), Unit::Thousandths, |it| {
        per_thousand(it.all.bytes.numbers())
    }),
];

/// The mean in thousandths.
fn per_thousand(numbers: &[u64]) -> Option<u64> {
    let sum: u128 = numbers.iter().map(|number| u128::from(*number)).sum();
    u64::try_from((1_000 * sum).checked_div(numbers.len() as u128)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people_and_for_programs() {
        let cases = [
            (Unit::Time, 12_500_000, "12.5ms", "0.0125"),
            (Unit::Share, 952_380, "95.24%", "0.95238"),
            (Unit::Share, 1_000_000, "100%", "1"),
            (Unit::Count, 7, "7", "7"),
            (Unit::Thousandths, 6_255, "6.26", "6.255"),
            (Unit::Thousandths, 0, "0", "0"),
        ];
        for (unit, number, people, programs) in cases {
            assert_eq!((unit.text(number).as_str(), unit.plain(number).as_str()), (people, programs));
        }
    }

    #[test]
    fn shares_are_of_something() {
        assert_eq!((share(1, 3), share(0, 5), share(1, 0)), (Some(333_333), Some(0), None));
    }

    #[test]
    fn names_are_not_given_twice() {
        let mut names: Vec<_> = FIGURES.iter().map(|figure| figure.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
