//! Values that grow, for models that know only reads and writes: each version is named by the operation that made it, which
//! shows in what others read, where a text can have been put together in one way only. What does not show is left open: an
//! append that nobody saw wrote something that nobody read, and of a read that could be explained in several ways nothing is
//! known. So whoever explains the whole history explains what is made of it here, and not the other way round.

use crate::causal::StoreOperation;
use crate::kv::{Input, Key, Output, Value};
use crate::{Model, Operation};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// The history without appends and without values at first, its operations at the same places. What nothing is known of
/// becomes a read that is pending.
pub(crate) fn without_appends<'a>(key: &Key, history: &'a [StoreOperation]) -> Cow<'a, [StoreOperation]> {
    let is_empty_at_first = key.start() != Value::Absent;
    let appends = |operation: &&StoreOperation| matches!(operation.input.1, Input::Append(_));
    let growing: BTreeSet<&str> = match is_empty_at_first {
        true => history.iter().map(|operation| operation.input.0.as_str()).collect(),
        false => history.iter().filter(appends).map(|operation| operation.input.0.as_str()).collect(),
    };
    if growing.is_empty() {
        return Cow::Borrowed(history);
    }
    let mut named = history.to_vec();
    for key in growing {
        let mut texts = Texts::new(key, history, is_empty_at_first);
        let of_key = |place: &usize| history[*place].input.0 == key;
        let places: Vec<usize> = (0..history.len()).filter(of_key).collect();
        // Only when all that was read is taken apart it is known who appended to what.
        let told: Vec<Option<Maker>> = places.iter().map(|place| texts.read(*place, &history[*place])).collect();
        for (place, told) in places.iter().zip(told) {
            let (input, output) = texts.named(*place, &history[*place], told);
            named[*place].input.1 = input;
            let answered = named[*place].answer.take().map(|(when, _)| when);
            named[*place].answer = answered.zip(output);
        }
    }
    Cow::Owned(named)
}

/// These operations, and those that show what is taken for granted about them: where an append is, its prefix showed in
/// what somebody read, which others had put together.
pub(crate) fn shown(key: &Key, history: &[StoreOperation], places: &[usize]) -> Vec<usize> {
    let is_empty_at_first = key.start() != Value::Absent;
    let mut found: BTreeSet<usize> = places.iter().copied().collect();
    let keys: BTreeSet<&str> = places.iter().map(|place| history[*place].input.0.as_str()).collect();
    for key in keys {
        let mut texts = Texts::new(key, history, is_empty_at_first);
        let of_key = |place: &usize| history[*place].input.0 == key;
        for place in (0..history.len()).filter(of_key) {
            texts.read(place, &history[place]);
        }
        for place in places.iter().copied().filter(of_key) {
            let Some((_, reader)) = texts.before.get(&place) else { continue };
            found.insert(*reader);
            let mut text = told(&history[*reader]);
            while let Some(Maker::Place(maker)) = text.and_then(|text| texts.makers.get(text)) {
                found.insert(*maker);
                text = texts.before.get(maker).map(|(before, _)| *before);
            }
        }
    }
    found.into_iter().collect()
}

/// The text that an operation found there.
fn told(Operation { input, answer, .. }: &StoreOperation) -> Option<&str> {
    match (&input.1, answer.as_ref().map(|(_, output)| output)) {
        (Input::Get, Some(Output::Read(Some(text)))) => Some(text),
        (Input::Cas { expect, .. }, Some(Output::Done)) => Some(expect),
        _ => None,
    }
}

/// Who made a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Maker {
    /// The operation at this place.
    Place(usize),
    /// It was there at first.
    Nobody,
    /// It cannot have been made.
    Impossible,
    /// One of several.
    Unsure,
}

/// The texts of one key.
struct Texts<'a> {
    /// Who wrote a text as a whole, and who appended it.
    written: HashMap<&'a str, Vec<usize>>,
    appended: HashMap<&'a str, Vec<usize>>,
    /// How long the appended ones are.
    lengths: BTreeSet<usize>,
    is_empty_at_first: bool,
    makers: HashMap<&'a str, Maker>,
    /// To which text each append appended, where it shows, and in what read.
    before: HashMap<usize, (&'a str, usize)>,
}

impl<'a> Texts<'a> {
    fn new(key: &str, history: &'a [StoreOperation], is_empty_at_first: bool) -> Self {
        let (written, appended, lengths) = Default::default();
        let (makers, before) = Default::default();
        let mut texts = Texts { written, appended, lengths, is_empty_at_first, makers, before };
        for (place, operation) in history.iter().enumerate().filter(|(_, operation)| operation.input.0 == key) {
            match &operation.input.1 {
                Input::Put(text) => texts.written.entry(text).or_default().push(place),
                Input::Cas { value, .. } if operation.output() != Some(&Output::CasFailed) => {
                    texts.written.entry(value).or_default().push(place);
                }
                Input::Append(text) => {
                    texts.appended.entry(text).or_default().push(place);
                    texts.lengths.insert(text.len());
                }
                _ => {}
            }
        }
        texts
    }

    /// Who made the text that an operation was told, as far as it shows.
    fn read(&mut self, reader: usize, operation: &'a StoreOperation) -> Option<Maker> {
        let (mut chain, mut text) = (Vec::new(), told(operation)?);
        let mut end = loop {
            if let Some(maker) = self.makers.get(text) {
                break *maker;
            }
            match self.last_step(text) {
                Step::Made(maker) => {
                    self.makers.insert(text, maker);
                    break maker;
                }
                Step::Appended(place, before) => {
                    chain.push((text, place, before));
                    text = before;
                }
            }
        };
        for (text, place, before) in chain.into_iter().rev() {
            let known = matches!(end, Maker::Place(_) | Maker::Nobody) || before.is_empty() && end != Maker::Unsure;
            // Nobody appends the same thing to two texts.
            let alone = self.before.entry(place).or_insert((before, reader)).0 == before;
            end = match known && alone {
                true => Maker::Place(place),
                false if alone => end,
                false => Maker::Unsure,
            };
            self.makers.insert(text, end);
        }
        Some(end)
    }

    /// Who makes a text that perhaps was never there, if there is only one way to make it.
    fn would_make(&self, text: &'a str) -> Maker {
        self.makers.get(text).copied().unwrap_or_else(|| match self.last_step(text) {
            Step::Made(maker) => maker,
            Step::Appended(..) => Maker::Unsure,
        })
    }

    /// What was done last when the text was made.
    fn last_step(&self, text: &'a str) -> Step<'a> {
        if self.lengths.contains(&0) {
            // Whatever there is, nothing may have been appended to it.
            return Step::Made(Maker::Unsure);
        }
        let mut found = Vec::new();
        for length in self.lengths.iter().take_while(|length| **length <= text.len()) {
            let at = text.len() - length;
            let piece = text.get(at..).and_then(|piece| self.appended.get(piece));
            found.extend(piece.into_iter().flatten().map(|place| Step::Appended(*place, &text[..at])));
        }
        let written = self.written.get(text).into_iter().flatten();
        found.extend(written.map(|place| Step::Made(Maker::Place(*place))));
        match found.as_slice() {
            [] if text.is_empty() && self.is_empty_at_first => Step::Made(Maker::Nobody),
            // To append to nothing leaves what was appended.
            [] => Step::Made(Maker::Impossible),
            [only] if !text.is_empty() => *only,
            _ => Step::Made(Maker::Unsure),
        }
    }

    /// An operation in the names of versions: what it asked, and what it was told.
    fn named(&self, place: usize, operation: &'a StoreOperation, told: Option<Maker>) -> (Input, Option<Output>) {
        let name = |place: usize| format!("by {place}");
        let output = operation.output().cloned();
        match (&operation.input.1, told) {
            (Input::Put(_), _) => (Input::Put(name(place)), output),
            (Input::Append(_), _) => match self.before.get(&place).and_then(|(before, _)| self.makers.get(before)) {
                Some(Maker::Place(before)) => (Input::Cas { expect: name(*before), value: name(place) }, output),
                _ => (Input::Put(name(place)), output),
            },
            (Input::Get, Some(Maker::Place(maker))) => (Input::Get, Some(Output::Read(Some(name(maker))))),
            (Input::Get, Some(Maker::Nobody)) => (Input::Get, Some(Output::Read(None))),
            (Input::Get, Some(Maker::Impossible)) => (Input::Get, Some(Output::Read(Some("by nobody".to_owned())))),
            (Input::Get, Some(Maker::Unsure)) => (Input::Get, None),
            (Input::Cas { .. }, Some(Maker::Place(maker))) => {
                (Input::Cas { expect: name(maker), value: name(place) }, output)
            }
            (Input::Cas { expect, .. }, _) if output == Some(Output::CasFailed) => match self.would_make(expect) {
                Maker::Place(maker) => (Input::Cas { expect: name(maker), value: name(place) }, output),
                Maker::Nobody | Maker::Impossible | Maker::Unsure => (Input::Get, None),
            },
            (Input::Cas { .. }, _) => (Input::Put(name(place)), output),
            (Input::Get | Input::Delete, _) => (operation.input.1.clone(), output),
        }
    }
}

/// How a text came to be what it is.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    /// It was appended there to this.
    Appended(usize, &'a str),
    /// At once.
    Made(Maker),
}
