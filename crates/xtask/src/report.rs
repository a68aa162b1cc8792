//! What the terminal shows: one line when something starts, a sign of life while it runs, one line when it ends.

use std::time::Duration;

use crate::counts::Counts;

/// Lines of a failed command's output to show when it names no failure itself.
const TAIL: usize = 60;
/// The most to show of failures that a runner names; the log file has the rest.
const FAILURE_LINES: usize = 400;

pub fn heading(text: &str) {
    println!("\n==> {text}");
}

pub fn note(text: &str) {
    println!("    {text}");
}

pub fn still_running(elapsed: Duration, last_line: &str) {
    let line: String = last_line.trim().chars().take(100).collect();
    println!("    {:>4} s … {line}", elapsed.as_secs());
}

pub fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}

/// The part of a failed command's output that says why.
pub fn excerpt(output: &str) -> String {
    let named = failure_sections(output);
    if named.is_empty() {
        let lines: Vec<&str> = output.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    } else {
        named[..named.len().min(FAILURE_LINES)].join("\n")
    }
}

/// What libtest prints between `failures:` and the result, for each binary that has failures.
fn failure_sections(output: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in output.lines() {
        inside |= line.trim() == "failures:";
        if inside {
            lines.push(line);
        }
        inside &= !line.trim_start().starts_with("test result:");
    }
    lines
}

/// One row of the table at the end.
pub struct Row {
    pub step: &'static str,
    pub counts: Counts,
    pub elapsed: Duration,
}

/// The table, and the closing line alone on its line.
pub fn close(rows: &[Row], elapsed: Duration) {
    heading(&format!("all steps, {}", seconds(elapsed)));
    for Row { step, counts, elapsed } in rows {
        let Counts { passed, failed } = counts;
        let mark = if *failed == 0 { "ok    " } else { "FAILED" };
        let elapsed = seconds(*elapsed);
        println!("    {mark}  {step:<14}{passed:>5} passed {failed:>4} failed {elapsed:>9}");
    }
    let Counts { passed, failed } = rows.iter().map(|row| row.counts).sum();
    println!("\n{passed} passed, {failed} failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_failures_when_there_are_some() {
        let output = "Compiling\ntest a ... ok\nfailures:\n---- b ----\nleft: 1\ntest result: FAILED. 1 passed\nmore\n";
        assert_eq!(excerpt(output), "failures:\n---- b ----\nleft: 1\ntest result: FAILED. 1 passed");
    }

    #[test]
    fn an_excerpt_is_otherwise_the_tail() {
        let output: String = (0..100).map(|line| format!("{line}\n")).collect();
        let excerpt = excerpt(&output);
        assert_eq!(excerpt.lines().count(), TAIL);
        assert!(excerpt.ends_with("99"));
    }
}
