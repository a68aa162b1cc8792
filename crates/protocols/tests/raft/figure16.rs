//! Figure 16: how long a cluster is without a leader, against the randomness and the scale of election timeouts. The
//! paper's landmarks, from its text (§9.3), within a fifth.

mod trials;

use netsplit_sim::Span;
use trials::{CAP, Range, SCALES, SPREADS, downtimes, usual_longest};

#[test]
fn five_milliseconds_of_randomness_bring_the_median_to_287_ms() {
    within_a_fifth(median(&downtimes((150, 155), 0..1_000)), 287);
}

#[test]
fn fifty_milliseconds_of_randomness_bring_the_longest_to_513_ms() {
    within_a_fifth(usual_longest((150, 200)), 513);
}

#[test]
fn timeouts_of_12_to_24_ms_elect_a_leader_in_35_ms_on_average_and_152_at_worst() {
    within_a_fifth(mean(&downtimes((12, 24), 0..1_000)), 35);
    within_a_fifth(usual_longest((12, 24)), 152);
}

#[test]
fn without_randomness_it_takes_more_than_ten_seconds() {
    // Each run is ten thousand split votes long: a few tell as much as a hundred.
    assert!(downtimes((150, 150), 0..5).iter().all(|downtime| *downtime > Span::secs(10)));
}

#[test]
fn shorter_timeouts_elect_sooner() {
    let means: Vec<Span> = SCALES.iter().map(|range| mean(&downtimes(*range, 0..200))).collect();
    assert!(means.is_sorted(), "{means:?}");
}

#[test]
fn with_a_millisecond_of_randomness_nobody_waits_for_ever() {
    for range in &SPREADS[1..] {
        assert!(downtimes(*range, 0..200).iter().all(|downtime| *downtime < CAP), "{range:?}");
    }
}

/// Nobody notices before the shortest timeout has passed since the heartbeat, and the crash came half of it later at most.
#[test]
fn nothing_is_faster_than_half_the_shortest_timeout() {
    for range @ (shortest, _) in [(150, 300), (50, 100)] as [Range; 2] {
        assert!(downtimes(range, 0..200)[0] > Span::millis(shortest / 2));
    }
}

fn median(downtimes: &[Span]) -> Span {
    downtimes[downtimes.len() / 2]
}

fn mean(downtimes: &[Span]) -> Span {
    Span(downtimes.iter().map(|downtime| downtime.0).sum::<u64>() / downtimes.len() as u64)
}

#[track_caller]
fn within_a_fifth(measured: Span, millis: u64) {
    let difference = measured.0.abs_diff(Span::millis(millis).0);
    assert!(difference * 5 <= Span::millis(millis).0, "{measured}, where the paper has {millis} ms");
}
