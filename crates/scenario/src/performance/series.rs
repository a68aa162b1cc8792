//! Requests over time: a run in columns of equal width.

use super::distribution::Distribution;
use super::requests::{Request, Tally};
use netsplit_sim::{Span, Time};
use serde::Serialize;

/// A run in columns.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Series {
    /// How wide a column is.
    pub every: Span,
    /// The columns, the first from the run's beginning on.
    pub columns: Vec<Column>,
}

/// A stretch of time.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Column {
    /// How many requests did what was asked for in it.
    pub answered: u32,
    /// The median latency of these, in nanoseconds...
    pub median: Option<u64>,
    /// ...and the longest.
    pub longest: Option<u64>,
    /// What became of the requests that were made in it.
    pub made: Tally,
}

/// So many columns there are at most.
const MOST: u64 = 50;

impl Series {
    /// Of the requests of a run that is so long.
    pub fn of(requests: &[Request], until: Time) -> Series {
        let every = width(Span(until.0));
        let count = until.0.div_ceil(every.0).max(1) as usize;
        let place = |at: Time| (at.0 / every.0) as usize;
        let mut made: Vec<Vec<&Request>> = vec![Vec::new(); count];
        let mut latencies: Vec<Vec<u64>> = vec![Vec::new(); count];
        for request in requests {
            // What happens at the very end belongs to the last column.
            made[place(request.invoked).min(count - 1)].push(request);
            if let Some(latency) = request.latency() {
                latencies[place(request.invoked + latency).min(count - 1)].push(latency.0);
            }
        }
        let column = |(made, latencies): (Vec<&Request>, Vec<u64>)| {
            let latencies = Distribution::of(latencies);
            let answered = latencies.count() as u32;
            let (median, longest) = (latencies.percentile(500), latencies.max());
            Column { answered, median, longest, made: Tally::of(made) }
        };
        Series { every, columns: made.into_iter().zip(latencies).map(column).collect() }
    }

    /// The most answers in a column.
    pub fn busiest(&self) -> u32 {
        self.columns.iter().map(|column| column.answered).max().unwrap_or(0)
    }
}

/// One, two or five times a power of ten nanoseconds, so that a run has at most [`MOST`] columns.
fn width(whole: Span) -> Span {
    let least = whole.0.div_ceil(MOST).max(1);
    let power = 10u64.pow(least.ilog10());
    let fits = [1, 2, 5, 10].into_iter().map(|times| power.saturating_mul(times)).find(|width| *width >= least);
    Span(fits.unwrap_or(least))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::requests::Fate;
    use netsplit_sim::NodeId;

    #[test]
    fn columns_are_of_round_widths() {
        let widths = [0, 1, 50, 51, 3_000_000_000, 60_000_000_000, 2_600_000_000];
        assert_eq!(widths.map(|whole| width(Span(whole)).0), [1, 1, 1, 2, 100_000_000, 2_000_000_000, 100_000_000]);
    }

    #[test]
    fn answers_count_where_they_come_and_requests_where_they_are_made() {
        let request = |at: u64, fate| Request {
            node: NodeId(0),
            kind: "get".to_owned(),
            invoked: Time::ZERO + Span::millis(at),
            fate,
        };
        let in_time = |millis| Fate::InTime(Span::millis(millis));
        let requests =
            [request(5, in_time(10)), request(12, in_time(20)), request(15, in_time(3)), request(50, Fate::Open)];
        let series = Series::of(&requests, Time::ZERO + Span::millis(500));
        assert_eq!((series.every, series.columns.len(), series.busiest()), (Span::millis(10), 50, 2));
        let [first, second, _, fourth, _, sixth] = &series.columns[..6] else { panic!("fifty columns") };
        assert_eq!((first.made.in_time, first.answered, first.median), (1, 0, None));
        let (three, ten) = (Span::millis(3).0, Span::millis(10).0);
        assert_eq!((second.made.in_time, second.median, second.longest), (2, Some(three), Some(ten)));
        assert_eq!((fourth.answered, fourth.longest), (1, Some(Span::millis(20).0)));
        assert_eq!(sixth.made.open, 1);
    }
}
