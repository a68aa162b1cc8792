//! The words and signs of a condition.

use crate::mistake::Mistake;
use crate::words::quoted;
use netsplit_sim::Span;

/// The longest condition, in bytes: nobody writes more, and hostile input is refused before it is looked at.
pub const LONGEST: usize = 2_000;

/// A word or a sign.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Token<'a> {
    /// A name or a word of the language. A `-` between two letters belongs to it: `election-safety`.
    Word(&'a str),
    /// A text in quotes: taken as it is.
    Text(String),
    /// A whole number.
    Number(i128),
    /// A length of time: `150ms`.
    Span(Span),
    /// The number of an event: `#120`.
    Event(u32),
    /// One of [`SIGNS`].
    Sign(&'static str),
    /// Nothing more.
    End,
}

/// A token with its place: the bytes that it takes.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'a> {
    pub token: Token<'a>,
    pub from: usize,
    pub to: usize,
}

/// The signs; of two that begin alike, the longer one first.
const SIGNS: &[&str] =
    &["==", "!=", "<=", ">=", "&&", "||", "<", ">", "=", "!", "(", ")", "[", "]", ".", ",", "+", "-"];

/// The tokens of a text, the last of which is [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Placed<'_>>, Mistake> {
    if text.len() > LONGEST {
        let what = format!("a condition has {LONGEST} bytes at most, and this one has {}", text.len());
        return Err(Mistake { at: 0, length: 1, what });
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let (token, length) = token(text, at, c)?;
        tokens.push(Placed { token, from: at, to: at + length });
        at += length;
    }
    tokens.push(Placed { token: Token::End, from: text.len(), to: text.len() });
    Ok(tokens)
}

/// The token that begins with `c` at a byte, and how many bytes it has.
fn token(text: &str, at: usize, c: char) -> Result<(Token<'_>, usize), Mistake> {
    let rest = &text[at..];
    match c {
        '"' | '\'' => quoted_text(text, at, c),
        '#' => {
            let digits = &rest[1..][..run(&rest[1..], |c| c.is_ascii_digit())];
            let number = digits.parse().map_err(|_| wrong(text, at..at + 1 + digits.len(), NOT_AN_EVENT.to_owned()))?;
            Ok((Token::Event(number), 1 + digits.len()))
        }
        _ if c.is_ascii_digit() => number(text, at),
        _ if begins_word(c) => {
            let length = word_length(rest);
            Ok((Token::Word(&rest[..length]), length))
        }
        _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => Ok((Token::Sign(sign), sign.len())),
            None => {
                let what = format!("{} means nothing here; texts stand in quotes", quoted(&c.to_string()));
                Err(wrong(text, at..at + c.len_utf8(), what))
            }
        },
    }
}

pub(crate) const NOT_AN_EVENT: &str = "an event is written with its number, as #120";

fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}
fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes a text's first characters take that are of a kind.
fn run(text: &str, kind: impl Fn(char) -> bool) -> usize {
    text.find(|c| !kind(c)).unwrap_or(text.len())
}

fn word_length(rest: &str) -> usize {
    let mut length = run(rest, in_word);
    while rest[length..].starts_with('-') && rest[length + 1..].starts_with(in_word) {
        length += 1 + run(&rest[length + 1..], in_word);
    }
    length
}

fn number(text: &str, at: usize) -> Result<(Token<'_>, usize), Mistake> {
    let rest = &text[at..];
    let digits = run(rest, |c| c.is_ascii_digit());
    let fraction = rest[digits..].strip_prefix('.').map_or(0, |rest| run(rest, |c| c.is_ascii_digit()));
    let figures = digits + if fraction > 0 { 1 + fraction } else { 0 };
    let length = figures + run(&rest[figures..], in_word);
    let written = &rest[..length];
    let token = if length == digits {
        written.parse::<u64>().map(|number| Token::Number(number.into())).map_err(|error| error.to_string())
    } else {
        written.parse::<Span>().map(Token::Span).map_err(|error| error.to_string())
    };
    let refused = |_| {
        wrong(
            text,
            at..at + length,
            format!(
                "{} is neither a whole number nor a time: a time has a unit (ns, us, ms, s), like 150ms",
                quoted(written)
            ),
        )
    };
    token.map(|token| (token, length)).map_err(refused)
}

fn quoted_text(text: &str, at: usize, quote: char) -> Result<(Token<'_>, usize), Mistake> {
    let mut said = String::new();
    let mut escaped = false;
    for (offset, c) in text[at + 1..].char_indices() {
        match c {
            _ if escaped => {
                said.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if c == quote => return Ok((Token::Text(said), offset + 2)),
            _ => said.push(c),
        }
    }
    Err(wrong(text, at..at + 1, "this text has no end: the closing quote is missing".to_owned()))
}

/// A mistake at some bytes of a text.
pub(crate) fn wrong(text: &str, bytes: std::ops::Range<usize>, what: String) -> Mistake {
    let characters = |bytes: std::ops::Range<usize>| text.get(bytes).map_or(0, |text| text.chars().count());
    Mistake { at: characters(0..bytes.start), length: characters(bytes).max(1), what }
}
