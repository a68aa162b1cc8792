//! Reads what has a name: fields of nodes, and words that stand for themselves.

use super::{Read, Reader, listed};
use crate::expr::{Field, Step, Term, Whose};
use crate::mistake::Mistake;
use crate::names::Shape;
use crate::token::Token;
use crate::words::{nearest, quoted};
use netsplit_sim::{Condition, Manner, NodeId};

/// How a path begins, how far it is read, and what was seen there.
type Base<'a> = (Field, Vec<Step>, Option<&'a Shape>);

impl<'a> Reader<'a> {
    /// A value that begins with a word. To the right of a comparison a word that can be both is a word and no field.
    pub(super) fn named(&mut self, right: bool) -> Read<Term> {
        let Some(word) = self.word() else { return Err(self.unexpected("a name")) };
        let follows = |sign| matches!(self.after(), Token::Sign(found) if *found == sign);
        match word {
            "none" | "null" => return Ok(self.constant(Term::None)),
            "true" => return Ok(self.constant(Term::Bool(true))),
            "false" => return Ok(self.constant(Term::Bool(false))),
            "time" => return Ok(self.constant(Term::Time)),
            "events" => return Ok(self.constant(Term::Events)),
            "lamport" if !self.within => return Ok(self.constant(Term::Lamport)),
            "len" if follows("(") => return self.length(),
            "count" if follows("(") => return self.count(),
            "it" | "node" if follows(".") => return self.of_it(),
            _ => {}
        }
        let node = self.node_called(word);
        if let (Some(node), true) = (node, follows(".")) {
            self.next();
            self.next();
            return self.path(Whose::Node(node));
        }
        let stands_for_itself = node.is_some() || self.is_known_word(word);
        let stepped = follows(".") || follows("[");
        if self.within && self.base(word).is_some() && (stepped || !(right && stands_for_itself)) {
            return self.path(Whose::Its);
        }
        if stands_for_itself && !stepped {
            return Ok(self.constant(Term::Text(word.to_owned())));
        }
        Err(self.unknown_name(word, right))
    }

    fn constant(&mut self, term: Term) -> Term {
        self.next();
        term
    }

    fn length(&mut self) -> Read<Term> {
        self.next();
        self.next();
        let inner = self.deeper(|reader| reader.term(false))?;
        self.need_sign(")")?;
        Ok(Term::Length(Box::new(inner)))
    }

    fn count(&mut self) -> Read<Term> {
        self.next();
        self.next();
        let (name, group) = self.group()?;
        let number = self.of_each(name, group, Self::condition)?;
        self.need_sign(")")?;
        Ok(Term::Count(number))
    }

    fn of_it(&mut self) -> Read<Term> {
        if !self.within {
            return Err(self.wrong(NO_NODE.to_owned()));
        }
        self.next();
        self.next();
        self.path(Whose::Its)
    }

    /// A field of a node, and what is in it.
    fn path(&mut self, whose: Whose) -> Read<Term> {
        let name = match self.token() {
            Token::Word(word) => (*word).to_owned(),
            Token::Text(text) => text.clone(),
            _ => return Err(self.unknown("a field", self.fields())),
        };
        let Some((field, mut steps, mut shape)) = self.base(&name) else {
            return Err(self.unknown("a field", self.fields()));
        };
        self.next();
        loop {
            if self.take_sign(".") {
                let name = self.step(shape)?;
                shape = shape.and_then(|shape| shape.field(&name));
                steps.push(Step::Field(name));
            } else if self.take_sign("[") {
                let step = self.index()?;
                shape = match &step {
                    Step::Field(name) => shape.and_then(|shape| shape.field(name)),
                    Step::Index(_) => shape.and_then(Shape::item),
                };
                self.need_sign("]")?;
                steps.push(step);
            } else {
                return Ok(Term::Path(whose, field, steps));
            }
        }
    }

    /// The name after a dot. One in quotes is taken as it is; another is refused if nobody was ever seen to have it.
    fn step(&mut self, shape: Option<&Shape>) -> Read<String> {
        let name = match self.token() {
            Token::Word(word) => *word,
            Token::Text(_) | Token::Number(_) => {
                return Ok(match self.next() {
                    Token::Text(text) => text,
                    Token::Number(number) => number.to_string(),
                    _ => String::new(),
                });
            }
            _ => return Err(self.unexpected("the name of a field")),
        };
        if let Some(shape) = shape.filter(|shape| shape.names().next().is_some() && shape.field(name).is_none()) {
            let known: Vec<&str> = shape.names().collect();
            let slip = name.len() > 2 && nearest(name, &known).is_some();
            if shape.is_fixed() || slip {
                return Err(self.unknown("a field here (in quotes any name is taken as it is)", known));
            }
        }
        self.next();
        Ok(name.to_owned())
    }

    fn index(&mut self) -> Read<Step> {
        let negative = self.take_sign("-");
        let small = |number: i128| i64::try_from(if negative { -number } else { number }).ok();
        let step = match self.token() {
            Token::Number(number) => small(*number).map(Step::Index),
            Token::Word(word) if !negative => Some(Step::Field((*word).to_owned())),
            Token::Text(text) if !negative => Some(Step::Field(text.clone())),
            _ => None,
        };
        let Some(step) = step else { return Err(self.unexpected("a whole number or a name")) };
        self.next();
        Ok(step)
    }

    /// What a name stands for at the beginning of a path: first what every node shows, then what it keeps, then what it
    /// holds.
    fn base(&self, name: &str) -> Option<Base<'a>> {
        if let Some((_, own)) = Field::OWN.iter().find(|(own, _)| *own == name) {
            let shape = match own {
                Field::Durable => Some(&self.names.durable),
                Field::Volatile => Some(&self.names.volatile),
                _ => None,
            };
            return Some((own.clone(), Vec::new(), shape));
        }
        if self.names.headlines.contains(name) {
            return Some((Field::Headline(name.to_owned()), Vec::new(), None));
        }
        let within = |field: Field, shape: &'a Shape| {
            let found = shape.field(name)?;
            Some((field, vec![Step::Field(name.to_owned())], Some(found)))
        };
        within(Field::Durable, &self.names.durable).or_else(|| within(Field::Volatile, &self.names.volatile))
    }

    /// The names that a path can begin with.
    fn fields(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = self.names;
        let own = Field::OWN.iter().map(|(name, _)| *name);
        let shown = names.headlines.iter().map(String::as_str);
        let seen = names.durable.names().chain(names.volatile.names());
        // What every node shows comes before what some field is called alike.
        shown.chain(own).chain(seen.filter(|name| Field::OWN.iter().all(|(own, _)| own != name)))
    }

    /// The node of that name.
    pub(super) fn node_called(&self, name: &str) -> Option<NodeId> {
        let place = self.names.nodes.iter().position(|known| known == name)?;
        u16::try_from(place).ok().map(NodeId)
    }

    fn is_known_word(&self, word: &str) -> bool {
        self.names.words.contains(word) || standings().any(|known| known == word)
    }

    fn unknown_name(&self, word: &str, right: bool) -> Mistake {
        if !self.within && self.base(word).is_some() {
            return self.wrong(NO_NODE.to_owned());
        }
        let nodes = || self.names.nodes.iter().map(String::as_str);
        let mut words: Vec<&str> = self.names.words.iter().map(String::as_str).collect();
        standings().for_each(|word| words.push(word));
        words.extend(nodes());
        let fields: Vec<&str> = if self.within { self.fields().collect() } else { vec!["time", "events", "lamport"] };
        if right {
            let meant = nearest(word, &words).or_else(|| nearest(word, &fields));
            let meant = meant.map(|name| format!("did you mean {name}? ")).unwrap_or_default();
            let known = listed(words);
            return self.wrong(format!(
                "{} is not a word that this run knows: {meant}known: {known} (a text in quotes is taken as it is)",
                quoted(word)
            ));
        }
        if self.within {
            return self.unknown("a field", fields);
        }
        let begins = ["any node", "all nodes", "no node", "count(", "event", "line", "violated", "not"];
        let mut starts = begins.to_vec();
        starts.extend(fields);
        starts.extend(nodes());
        self.unknown("how a condition begins", starts)
    }
}

const NO_NODE: &str =
    "whose? A field belongs to a node: write `any node.…`, `all nodes.…`, or a node's name before the dot";

/// Whether a node runs, and whether it says what it should, in words.
fn standings() -> impl Iterator<Item = &'static str> {
    let conditions = [Condition::Up, Condition::Paused, Condition::Down].into_iter().map(condition);
    conditions.chain(Manner::LIES.into_iter().chain([Manner::Honest]).map(manner))
}

/// A condition as a word.
pub(crate) fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Up => "up",
        Condition::Paused => "paused",
        Condition::Down => "down",
    }
}

/// A manner as a word.
pub(crate) fn manner(manner: Manner) -> &'static str {
    match manner {
        Manner::Honest => "honest",
        Manner::Silent => "silent",
        Manner::Equivocating => "equivocating",
        Manner::Replaying => "replaying",
        Manner::Corrupting => "corrupting",
        Manner::Deceiving => "deceiving",
    }
}
