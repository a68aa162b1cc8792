//! A TOML value with its place, asked for what it should be: what it is not, becomes an error that says so.

use crate::tree::Tree;
use netsplit_query::words::{known, quoted};
use netsplit_sim::{Ratio, Span, Time};
use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Something wrong, at these bytes of the file.
pub(super) struct Bad {
    pub span: Range<usize>,
    pub message: String,
}

pub(super) type Read<T> = Result<T, Bad>;

/// A table whose keys are asked for one by one; what has not been asked for in the end is unknown.
pub(super) struct Fields<'a, 't> {
    name: String,
    span: Range<usize>,
    table: &'a DeTable<'t>,
    asked: Vec<&'static str>,
}

/// A value, and the key it stands under.
#[derive(Clone)]
pub(super) struct Value<'a, 't> {
    name: String,
    value: &'a Spanned<DeValue<'t>>,
}

impl<'a, 't> Fields<'a, 't> {
    pub fn document(document: &'a Spanned<DeTable<'t>>) -> Self {
        Fields { name: "the scenario".to_owned(), span: 0..0, table: document.get_ref(), asked: Vec::new() }
    }
    /// An error about the table as a whole.
    pub fn bad<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Bad { span: self.span.clone(), message: message.into() })
    }
    pub fn get(&mut self, key: &'static str) -> Option<Value<'a, 't>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.table.get(key).map(|value| Value { name: key.to_owned(), value })
    }
    pub fn need(&mut self, key: &'static str) -> Read<Value<'a, 't>> {
        match self.get(key) {
            Some(value) => Ok(value),
            None => self.bad(format!("`{key}` is missing in {}", self.name)),
        }
    }
    /// Which one of the keys there is.
    pub fn one_of(&mut self, keys: &[&'static str]) -> Read<(&'static str, Value<'a, 't>)> {
        let mut given = Vec::new();
        for key in keys {
            given.extend(self.get(key).map(|value| (*key, value)));
        }
        match given.as_slice() {
            [(key, value)] => Ok((key, value.clone())),
            [] => {
                self.refuse_unknown()?;
                self.bad(format!("{} must have one of: {}", self.name, keys.join(", ")))
            }
            [(first, _), (second, value), ..] => {
                value.bad(format!("{} cannot have both `{first}` and `{second}`: make it two", self.name))
            }
        }
    }
    /// A key if it is there, read.
    pub fn read<T>(&mut self, key: &'static str, read: impl FnOnce(Value<'a, 't>) -> Read<T>) -> Read<Option<T>> {
        self.get(key).map(read).transpose()
    }
    /// All keys, for a table whose keys are names.
    pub fn entries(&self) -> Vec<(String, Value<'a, 't>)> {
        let entry = |(key, value): (&Spanned<_>, &'a Spanned<DeValue<'t>>)| {
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            (key.to_string(), Value { name: key.to_string(), value })
        };
        self.table.iter().map(entry).collect()
    }
    fn refuse_unknown(&self) -> Read<()> {
        for (key, _) in self.table {
            let given: &str = key.get_ref();
            if !self.asked.contains(&given) {
                let message = format!("unknown key {} in {}; {}", quoted(given), self.name, known(given, &self.asked));
                return Err(Bad { span: key.span(), message });
            }
        }
        Ok(())
    }
    /// All keys have been asked for: what is left is unknown.
    pub fn done(self) -> Read<()> {
        self.refuse_unknown()
    }
}

impl<'a, 't> Value<'a, 't> {
    pub fn bad<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Bad { span: self.value.span(), message: message.into() })
    }
    fn not<T>(&self, wanted: &str) -> Read<T> {
        self.bad(format!("`{}` is {}, but must be {wanted}", self.name, describe(self.value.get_ref())))
    }
    pub fn text(&self) -> Read<&'a str> {
        self.text_as("a text in quotes")
    }
    fn text_as(&self, wanted: &str) -> Read<&'a str> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => self.not(wanted),
        }
    }
    pub fn string(self) -> Read<String> {
        self.text().map(str::to_owned)
    }
    pub fn bool(self) -> Read<bool> {
        match self.value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            _ => self.not("true or false"),
        }
    }
    /// A whole number within bounds.
    pub fn whole<N>(self, bounds: RangeInclusive<N>) -> Read<N>
    where
        N: TryFrom<i128> + PartialOrd + Display,
    {
        let wanted = || format!("a whole number between {} and {}", bounds.start(), bounds.end());
        let DeValue::Integer(number) = self.value.get_ref() else { return self.not(&wanted()) };
        let number = integer(number).and_then(|number| N::try_from(number).ok());
        number.filter(|number| bounds.contains(number)).map_or_else(|| self.not(&wanted()), Ok)
    }
    /// A seed: TOML's own whole numbers end at half of what a seed can be, so a text will do too.
    pub fn seed(self) -> Read<u64> {
        let DeValue::String(text) = self.value.get_ref() else { return self.whole(0..=u64::MAX) };
        let hex = text.strip_prefix("0x").map(|digits| u64::from_str_radix(digits, 16));
        let number = hex.unwrap_or_else(|| text.parse());
        number.or_else(|_| self.not("a whole number, or a text with one: 7, or \"0xfedcba9876543210\""))
    }
    fn parsed<T: FromStr<Err: Display>>(&self, wanted: &str) -> Read<T> {
        self.text_as(wanted)?.parse().or_else(|error: T::Err| self.bad(format!("`{}`: {error}", self.name)))
    }
    pub fn span(self) -> Read<Span> {
        self.parsed("a length of time in quotes, like \"150ms\"")
    }
    pub fn time(self) -> Read<Time> {
        self.span().map(|span| Time::ZERO + span)
    }
    pub fn ratio(self) -> Read<Ratio> {
        self.parsed("a share in quotes, like \"2.5%\" or \"1/40\"")
    }
    /// Nanoseconds forward, or back with a minus sign.
    pub fn offset(self) -> Read<i64> {
        let text = self.text_as("a length of time in quotes, with a minus sign for back, like \"-20ms\"")?;
        let (sign, length) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let span: Span = length.parse().or_else(|error| self.bad(format!("`{}`: {error}", self.name)))?;
        i64::try_from(span.0).map(|nanos| sign * nanos).or_else(|_| self.not("at most 31 years"))
    }
    /// Parts per million.
    pub fn drift(self) -> Read<i32> {
        let wanted = "parts per million in quotes, like \"200ppm\" or \"-50ppm\"";
        let text = self.text_as(wanted)?;
        let number = text.strip_suffix("ppm").and_then(|number| number.trim().parse().ok());
        number.map_or_else(|| self.not(wanted), Ok)
    }
    pub fn list(self) -> Read<Vec<Value<'a, 't>>> {
        let DeValue::Array(items) = self.value.get_ref() else { return self.not("a list in [ ]") };
        Ok(items.iter().map(|value| Value { name: self.name.clone(), value }).collect())
    }
    pub fn pair(self, wanted: &str) -> Read<[Value<'a, 't>; 2]> {
        let wanted = format!("a list of two: {wanted}");
        match self.value.get_ref() {
            DeValue::Array(items) if items.len() == 2 => {
                Ok([&items[0], &items[1]].map(|value| Value { name: self.name.clone(), value }))
            }
            _ => self.not(&wanted),
        }
    }
    pub fn is_text(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::String(_))
    }
    pub fn table(self) -> Read<Fields<'a, 't>> {
        let DeValue::Table(table) = self.value.get_ref() else { return self.not("a table") };
        let name = format!("`{}`", self.name);
        Ok(Fields { name, span: self.value.span(), table, asked: Vec::new() })
    }
    pub fn tables(self) -> Read<Vec<Fields<'a, 't>>> {
        let wanted = format!("a list of tables: write [[{}]] above each", self.name);
        let DeValue::Array(_) = self.value.get_ref() else { return self.not(&wanted) };
        self.list()?.into_iter().map(Value::table).collect()
    }
    /// Any value that scenarios have a place for.
    pub fn tree(self) -> Read<Tree> {
        Ok(match self.value.get_ref() {
            DeValue::Boolean(value) => Tree::Bool(*value),
            DeValue::String(text) => Tree::Text(text.to_string()),
            DeValue::Integer(_) => Tree::Int(self.whole(i64::MIN..=i64::MAX)?),
            DeValue::Array(_) => Tree::List(self.list()?.into_iter().map(Value::tree).collect::<Read<_>>()?),
            DeValue::Table(_) => {
                let entries = self.table()?.entries().into_iter();
                Tree::Map(entries.map(|(key, value)| Ok((key, value.tree()?))).collect::<Read<_>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                return self.not("a whole number, a text, true, false, a list or a table");
            }
        })
    }
}

fn integer(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(number) => format!("the number {}", shortened(&number.to_string())),
        DeValue::Float(number) => format!("the number {}", shortened(number.as_str())),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(items) => format!("a list of {}", items.len()),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn shortened(number: &str) -> String {
    number.chars().take(40).collect()
}
