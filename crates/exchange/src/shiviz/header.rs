//! The two lines that a file for ShiViz may begin with: a parser and a delimiter, either of them blank.

use crate::pattern::Pattern;

/// What a file says about how to read it, and the log after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header<'a> {
    /// The parser.
    pub parser: Option<String>,
    /// The delimiter between executions.
    pub delimiter: Option<String>,
    /// How many lines that took.
    pub lines: u32,
    /// The rest of the file.
    pub log: &'a str,
}

/// Takes the header off a file, if it has one. ShiViz cannot do without when it is given a file, and has none when a log
/// is pasted, so it has to be guessed: a first line with the three groups of a parser is one; after a blank first line,
/// the second is a delimiter if it names a group or fits lines of the log.
pub fn header(file: &str) -> Header<'_> {
    let (first, rest) = file.split_once('\n').unwrap_or((file, ""));
    let (second, log) = rest.split_once('\n').unwrap_or((rest, ""));
    let parser = ["(?<event>", "(?<host>", "(?<clock>"].iter().all(|group| first.contains(group));
    let delimiter = || first.trim().is_empty() && delimits(second.trim(), log);
    if !parser && !delimiter() {
        return Header { parser: None, delimiter: None, lines: 0, log: file };
    }
    // From the beginning of a line to the end of one, as ShiViz takes them.
    let whole = |text: &str| (!text.trim().is_empty()).then(|| format!("^{text}$"));
    Header { parser: whole(first), delimiter: whole(second.trim()), lines: 2, log }
}

fn delimits(line: &str, log: &str) -> bool {
    let fits = |pattern: Pattern| pattern.find_all(log).next().is_some_and(|found| found.is_ok());
    line.contains("(?<") || (!line.is_empty() && Pattern::new(&format!("^{line}$")).is_ok_and(fits))
}
