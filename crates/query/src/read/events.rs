//! Reads what is asked of an event: what it is, where, which line of the pseudo-code ran, what it violated.

use super::{Read, Reader};
use crate::expr::{EventTest, Expr, Kind, Order};
use crate::token::{NOT_AN_EVENT, Token};
use netsplit_sim::{DEEDS, EventId, NodeId};

/// What an event can be, besides what people do.
const KINDS: [&str; 6] = ["boot", "deliver", "send", "timer", "durable", "deed"];
/// What can follow that.
const QUALIFIERS: [&str; 8] = ["at", "from", "to", "after", "before", "concurrent", "happens-before", "happens-after"];

impl Reader<'_> {
    pub(super) fn event(&mut self) -> Read<Expr> {
        self.next();
        let mut test = EventTest { kind: self.kind()?, ..EventTest::default() };
        while let Some(word) = self.word().filter(|word| QUALIFIERS.contains(word)) {
            self.next();
            match word {
                "at" => test.at = Some(self.node()?),
                "from" => test.from = Some(self.node()?),
                "to" => test.to = Some(self.node()?),
                "after" | "happens-after" => test.clock.push((Order::After, self.event_number()?)),
                "before" | "happens-before" => test.clock.push((Order::Before, self.event_number()?)),
                _ => {
                    self.take("with");
                    test.clock.push((Order::Concurrent, self.event_number()?));
                }
            }
        }
        Ok(Expr::Event(test))
    }

    fn kind(&mut self) -> Read<Option<Kind>> {
        let Some(word) = self.word().filter(|word| !QUALIFIERS.contains(word) && !["and", "or"].contains(word)) else {
            return Ok(None);
        };
        let deed = DEEDS.iter().find(|deed| **deed == word).copied();
        let names = self.names;
        match word {
            "boot" | "starts" => self.next(),
            "deliver" | "gets" | "receive" => {
                self.next();
                return Ok(Some(Kind::Deliver(self.name("a type of message", &mut names.messages.iter())?)));
            }
            "send" | "sends" => {
                self.next();
                return Ok(Some(Kind::Send(self.name("a type of message", &mut names.messages.iter())?)));
            }
            "timer" => {
                self.next();
                return Ok(Some(Kind::Timer(self.name("a timer", &mut names.timers.iter())?)));
            }
            "durable" => {
                self.next();
                return Ok(Some(Kind::Durable));
            }
            "deed" | "intervention" => {
                self.next();
                return Ok(Some(Kind::Deed(self.deed()?)));
            }
            _ if deed.is_some() => {
                self.next();
                return Ok(Some(Kind::Deed(deed)));
            }
            _ => return Err(self.unknown("a kind of event", KINDS.iter().chain(&DEEDS).copied())),
        };
        Ok(Some(Kind::Boot))
    }

    /// A name of what there is, if one follows; one in quotes is taken as it is.
    fn name(&mut self, kind: &str, known: &mut dyn Iterator<Item = &String>) -> Read<Option<String>> {
        let known: Vec<&str> = known.map(String::as_str).collect();
        match self.token() {
            Token::Text(text) => {
                let text = text.clone();
                self.next();
                Ok(Some(text))
            }
            Token::Word(word) if known.contains(word) => {
                let word = (*word).to_owned();
                self.next();
                Ok(Some(word))
            }
            Token::Word(word) if !QUALIFIERS.contains(word) && !["and", "or"].contains(word) => {
                Err(self.unknown(&format!("{kind} of this protocol"), known))
            }
            _ => Ok(None),
        }
    }

    fn deed(&mut self) -> Read<Option<&'static str>> {
        let Some(word) = self.word().filter(|word| !QUALIFIERS.contains(word) && !["and", "or"].contains(word)) else {
            return Ok(None);
        };
        let deed = DEEDS.iter().find(|deed| **deed == word).copied();
        if deed.is_none() {
            return Err(self.unknown("anything that can be done to a run", DEEDS.iter().copied()));
        }
        self.next();
        Ok(deed)
    }

    fn node(&mut self) -> Read<NodeId> {
        let name = match self.token() {
            Token::Word(word) => *word,
            Token::Text(text) => text,
            _ => "",
        };
        let Some(node) = self.node_called(name) else {
            return Err(self.unknown("a node", self.names.nodes.iter().map(String::as_str)));
        };
        self.next();
        Ok(node)
    }

    /// The number of an event that has happened: `#120`, `e120` or `120`.
    fn event_number(&mut self) -> Read<EventId> {
        let number = match self.token() {
            Token::Event(number) => Some(*number),
            Token::Number(number) => u32::try_from(*number).ok(),
            Token::Word(word) => word.strip_prefix('e').and_then(|digits| digits.parse().ok()),
            _ => None,
        };
        let Some(number) = number else { return Err(self.unexpected(NOT_AN_EVENT)) };
        if number >= self.names.events {
            let last = self.names.events.checked_sub(1).map_or("none yet".to_owned(), |last| format!("up to #{last}"));
            return Err(self.wrong(format!("there is no event #{number} so far: there are {last}")));
        }
        self.next();
        Ok(EventId(number))
    }

    /// A line of the pseudo-code: its number, counted from 1 over all of it, or words that it has.
    pub(super) fn line(&mut self) -> Read<Expr> {
        self.next();
        let count = self.names.lines.len();
        let known = format!("the number of a line (1 to {count}), or some of its words in quotes");
        let lines: Vec<u16> = match self.token() {
            Token::Number(number) => {
                let found = usize::try_from(*number).ok().filter(|number| (1..=count).contains(number));
                found.and_then(|number| u16::try_from(number - 1).ok()).into_iter().collect()
            }
            Token::Text(text) if !text.trim().is_empty() => {
                let wanted = text.to_lowercase();
                let has = |line: &Vec<String>| line.iter().any(|text| text.to_lowercase().contains(&wanted));
                let found = self.names.lines.iter().enumerate().filter(|(_, line)| has(line));
                found.filter_map(|(number, _)| u16::try_from(number).ok()).collect()
            }
            _ => return Err(self.unexpected(&known)),
        };
        if lines.is_empty() {
            return Err(self.wrong(format!("there is no such line: {known} can stand here")));
        }
        self.next();
        Ok(Expr::Line(lines))
    }

    pub(super) fn violated(&mut self) -> Read<Expr> {
        self.next();
        if !self.take_sign("(") {
            return Ok(Expr::Violated(None));
        }
        let name = match self.token() {
            Token::Word(word) => *word,
            Token::Text(text) => text,
            _ => "",
        };
        let Some(found) = self.names.invariants.iter().find(|known| **known == name).copied() else {
            return Err(self.unknown("an invariant of this protocol", self.names.invariants.iter().copied()));
        };
        self.next();
        self.need_sign(")")?;
        Ok(Expr::Violated(Some(found)))
    }
}
