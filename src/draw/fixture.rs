//! Runs for the drawings' tests: of every protocol in the catalogue, since a drawing must suit them all.

use super::{Asked, Glance, Now};
use netsplit_scenario::{Session, catalogue, file, open};
use netsplit_sim::Time;

/// A run of each protocol, played for a while. `more` is added to its scenario file.
pub fn runs(more: &str, until_ms: u64) -> Vec<Box<dyn Session>> {
    let run = |name: &str| {
        let text = format!("protocol = {name:?}\nseed = 7\n{more}\n");
        let mut session = open(file::parse(&text).expect("the fixture is a scenario")).expect("it can be played");
        session.advance(Time(until_ms * 1_000_000), 200_000);
        session
    };
    catalogue::protocols().iter().map(|about| run(about.name)).collect()
}

/// A run of each protocol that speaks without being asked to, at the moment when its first message is on its way.
pub fn speaking(more: &str) -> Vec<Box<dyn Session>> {
    let mut runs = runs(more, 0);
    runs.retain_mut(|session| {
        while session.in_flight().is_empty() && session.cursor().events < 1_000 && session.step() {}
        !session.in_flight().is_empty()
    });
    assert!(!runs.is_empty());
    runs
}

/// The present moment of a run, as a drawing is given it; time stands still.
pub fn glance<'a>(session: &'a dyn Session, now: &'a Now, wall_ms: f64) -> Glance<'a> {
    Glance { wall_ms, calm: false, ..Glance::bare(session, now, asked()) }
}

/// What is to be drawn now.
pub fn look(session: &dyn Session) -> Now {
    let mut now = Now::default();
    now.look(session);
    now
}

/// No client has asked for anything.
pub fn asked() -> &'static Asked {
    static NOBODY: std::sync::LazyLock<Asked> = std::sync::LazyLock::new(Asked::default);
    &NOBODY
}
