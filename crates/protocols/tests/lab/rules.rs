//! Every line of a protocol's pseudo-code is exercised by a test with a name. Which by which, a table in the protocol's
//! test file says; running those tests shows that it is true; `docs/rules/NAME.md` is the table for people to read, and
//! `NETSPLIT_BLESS=1 cargo test -p netsplit-protocols every_line` writes it anew.
#![allow(dead_code, unused_macros, unused_imports, reason = "shared by tests that need only a part")]

use netsplit_protocols::About;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

thread_local! {
    /// The lines that have run in this thread.
    static RAN: RefCell<BTreeSet<u16>> = const { RefCell::new(BTreeSet::new()) };
}

/// These lines ran. Laboratories call it.
pub fn note(lines: impl IntoIterator<Item = u16>) {
    RAN.with_borrow_mut(|ran| ran.extend(lines));
}

/// The lines that ran in a recorded run.
pub fn of(trace: &netsplit_sim::Trace) -> impl Iterator<Item = u16> + '_ {
    trace.events().flat_map(|(event, _)| trace.lines_of(event))
}

/// Which test exercises which line: the line's number, the test's name, the test.
pub type Table = [(u16, &'static str, fn())];

/// Writes the test that holds the table: `rules! { Ping: Ask => a_ping_asks_everybody, ... }`, with the protocol's `Line`
/// in scope.
macro_rules! rules {
    ($protocol:ty: $($line:ident => $test:path,)+) => {
        #[test]
        fn every_line_is_exercised_by_the_test_that_the_table_names() {
            let about = <$protocol as netsplit_protocols::Entry>::ABOUT;
            rules::hold(about, file!(), &[$((Line::$line.into(), stringify!($test), $test as fn())),+]);
        }
    };
}
pub(crate) use rules;

/// Checks a table by running its tests, and holds the page against it.
pub fn hold(about: &About, file: &str, table: &Table) {
    let missing = (0u16..).zip(about.lines).filter(|(number, _)| table.iter().all(|(line, ..)| line != number));
    let missing: Vec<_> = missing.map(|(_, line)| line.text.en).collect();
    assert!(missing.is_empty(), "no test exercises these: {missing:#?}");

    let tests: BTreeMap<&str, fn()> = table.iter().map(|(_, name, test)| (*name, *test)).collect();
    for (name, test) in tests {
        RAN.take();
        test();
        let ran = RAN.take();
        let mut lines = table.iter().filter(|(_, of, _)| *of == name).map(|(line, ..)| *line);
        let idle = lines.find(|line| !ran.contains(line)).map(|line| about.lines[usize::from(line)].text.en);
        assert_eq!(idle, None, "does not run in {name}");
    }

    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules").join(about.name).with_extension("md");
    let (page, before) = (page(about, file, table), std::fs::read_to_string(&path).unwrap_or_default());
    if std::env::var_os("NETSPLIT_BLESS").is_some() {
        std::fs::write(&path, page).expect("docs/rules can be written to");
    } else {
        assert_eq!(before.replace("\r\n", "\n"), page, "NETSPLIT_BLESS=1 writes docs/rules/{}.md anew", about.name);
    }
}

fn page(about: &About, file: &str, table: &Table) -> String {
    let (name, file) = (about.name, file.replace('\\', "/"));
    let mut page = format!(
        "# {}: rules and tests\n\nEvery line of the pseudo-code of [the protocol]({}), and the test that exercises it, \
         in `{file}`.\nA test runs the tests of this table and holds the table against what ran; \
         it also writes this page.\n",
        about.title.en,
        format_args!("../protocols/{name}.md"),
    );
    let mut block = "";
    let mut nth = 0;
    for (number, line) in (0u16..).zip(about.lines) {
        if line.block != block {
            (block, nth) = (line.block, 0);
            write!(page, "\n## {block}\n\n| | rule | test |\n|---|---|---|\n").expect("a text grows");
        }
        nth += 1;
        let tests = table.iter().filter(|(line, ..)| *line == number).map(|(_, test, _)| format!("`{test}`"));
        let tests: Vec<_> = tests.collect();
        writeln!(page, "| {nth} | {} | {} |", line.text.en, tests.join(", ")).expect("a text grows");
    }
    page
}
