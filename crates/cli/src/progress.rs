//! A bar on standard error, if somebody sits there.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn anew.
const EVERY: Duration = Duration::from_millis(100);
const WIDTH: u64 = 30;

/// How far the work has come.
pub struct Bar {
    total: u64,
    started: Instant,
    drawn: Option<Instant>,
    shown: bool,
}

impl Bar {
    /// A bar for so many pieces of work.
    pub fn new(total: u64) -> Bar {
        Bar { total, started: Instant::now(), drawn: None, shown: std::io::stderr().is_terminal() }
    }

    /// Shows that so many are done, and so many of them failed.
    pub fn show(&mut self, done: u64, failed: u64) {
        if !self.shown || self.drawn.is_some_and(|drawn| drawn.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        let filled = (done * WIDTH / self.total.max(1)).min(WIDTH) as usize;
        let (full, empty) = ("█".repeat(filled), "░".repeat(WIDTH as usize - filled));
        let elapsed = self.started.elapsed().as_secs_f64();
        let left = if done > 0 { elapsed / done as f64 * (self.total - done.min(self.total)) as f64 } else { 0.0 };
        let line = format!("\r{full}{empty} {done}/{} seeds, {failed} failed, {left:.0} s left \x1b[K", self.total);
        // A bar that cannot be drawn is no reason to stop.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }

    /// Clears the line.
    pub fn finish(&self) {
        if self.shown && self.drawn.is_some() {
            let _ = std::io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
