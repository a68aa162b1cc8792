//! Reads, from what a test runner prints, how many tests passed and failed.

use std::iter::Sum;
use std::ops::Add;

/// Tests that passed and tests that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl Counts {
    pub const PASS: Self = Self { passed: 1, failed: 0 };
    pub const FAIL: Self = Self { passed: 0, failed: 1 };

    pub fn total(self) -> usize {
        self.passed + self.failed
    }

    /// A runner that fails without a failed test to its name (it did not compile, it crashed) still failed.
    pub fn agreeing_with(self, success: bool) -> Self {
        if success || self.failed > 0 { self } else { self + Self::FAIL }
    }
}

impl Add for Counts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Self::add)
    }
}

/// `cargo test` and `wasm-bindgen-test-runner`: one line per test binary,
/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn libtest(output: &str) -> Counts {
    output
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("test result: "))
        .map(|line| Counts { passed: number_before(line, " passed"), failed: number_before(line, " failed") })
        .sum()
}

fn number_before(line: &str, word: &str) -> usize {
    let before = line.find(word).map_or("", |end| &line[..end]);
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// `node --test`: a summary of lines such as `# pass 3` (TAP) or `ℹ pass 3` (its readable form). A cancelled test, one
/// whose file ended before it did, has not passed.
pub fn node(output: &str) -> Counts {
    let last = |word: &str| -> usize {
        let summary = output.lines().rev().find_map(|line| {
            let line = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
            line.strip_prefix(word)?.trim().parse().ok()
        });
        summary.unwrap_or(0)
    };
    Counts { passed: last("pass "), failed: last("fail ") + last("cancelled ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn every_binary_of_cargo_test_is_summed() {
        let output = "\
running 2 tests
test time::adds ... ok
test ratio::is_exact ... FAILED

failures:
    ratio::is_exact

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/golden.rs (target/debug/deps/golden-1)
test result: ok. 41 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 1.25s
";
        assert_eq!(libtest(output), counts(42, 1));
    }

    #[test]
    fn the_wasm_runner_prints_the_same_line() {
        let output = "\
running 2 tests
test link::round_trips ... ok
test link::refuses_a_bomb ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.01s
";
        assert_eq!(libtest(output), counts(2, 0));
    }

    #[test]
    fn a_test_may_be_named_like_a_result() {
        assert_eq!(libtest("test result_is_9_passed ... ok\n"), counts(0, 0));
    }

    #[test]
    fn node_is_read_in_both_its_forms() {
        let tap = "1..2\n# tests 3\n# suites 0\n# pass 2\n# fail 0\n# cancelled 1\n# skipped 0\n# todo 0\n";
        assert_eq!(node(tap), counts(2, 1));
        let spec = "✔ loads (12ms)\nℹ tests 4\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\n";
        assert_eq!(node(spec), counts(3, 1));
    }

    #[test]
    fn only_the_summary_counts_not_what_a_test_prints() {
        let tap = "# pass 900\nok 1 - loads\n# tests 1\n# pass 1\n# fail 0\n# cancelled 0\n";
        assert_eq!(node(tap), counts(1, 0));
    }

    #[test]
    fn a_runner_that_dies_has_failed() {
        assert_eq!(counts(3, 0).agreeing_with(false), counts(3, 1));
        assert_eq!(counts(3, 1).agreeing_with(false), counts(3, 1));
        assert_eq!(counts(3, 0).agreeing_with(true), counts(3, 0));
    }
}
