//! Reads a condition. The grammar:
//!
//! ```text
//! condition  = all { "or" all }
//! all        = single { "and" single }
//! single     = "not" single | "(" condition ")" | nodes | event | line | violated | comparison
//! nodes      = ("any" | "all" | "no") group ["." | "with"] all
//! group      = "node" | part | either in the plural
//! event      = "event" [kind [name]] { "at" node | "from" node | "to" node | order number }
//! order      = "after" | "before" | "concurrent"
//! line       = "line" (number | text)
//! violated   = "violated" ["(" invariant ")"]
//! comparison = term [relation term]
//! relation   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains"
//! term       = value { ("+" | "-") value }
//! value      = number | time | text | word | path | "len" "(" term ")" | "count" "(" group ["." | "with"] condition ")"
//! path       = (node "." field | field) { "." name | "[" index "]" }
//! ```
//!
//! What a quantifier says of its nodes reaches as far as `and` does, and not beyond `or`.

mod events;
pub(crate) mod paths;

use crate::expr::{Alternative, Expr, Needs, Quantified, Quantifier, Query, Relation, Term};
use crate::mistake::Mistake;
use crate::names::Names;
use crate::token::{Placed, Token, tokens, wrong};
use crate::words::{nearest, quoted};
use netsplit_sim::NodeId;

/// Conditions may stand in each other so deep.
const DEEPEST: usize = 32;
/// So many names are listed in a mistake.
const LISTED: usize = 24;

impl Query {
    /// Reads a condition, in a run that has these names.
    pub fn read(text: &str, names: &Names) -> Result<Query, Mistake> {
        let mut reader =
            Reader { text, tokens: tokens(text)?, at: 0, names, quantified: Vec::new(), within: false, depth: 0 };
        let expr = reader.condition()?;
        if *reader.token() != Token::End {
            return Err(reader.unexpected("`and`, `or` or nothing more"));
        }
        let all = if let Expr::Or(all) = expr { all } else { vec![expr] };
        let quantified = reader.quantified;
        let judged = |expr| Alternative { needs: Needs::of(&expr, &quantified), expr };
        Ok(Query { alternatives: all.into_iter().map(judged).collect(), quantified })
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Placed<'a>>,
    at: usize,
    names: &'a Names,
    quantified: Vec<Quantified>,
    /// A quantifier has come to some node, whose fields can be named.
    within: bool,
    depth: usize,
}

type Read<T> = Result<T, Mistake>;

impl<'a> Reader<'a> {
    // --- tokens ---

    fn token(&self) -> &Token<'a> {
        &self.tokens[self.at].token // the last is `End`, and `next` stays there
    }
    fn after(&self) -> &Token<'a> {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].token
    }
    fn next(&mut self) -> Token<'a> {
        let token = self.token().clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }
    fn word(&self) -> Option<&'a str> {
        if let Token::Word(word) = self.token() { Some(word) } else { None }
    }
    fn is(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(found) if *found == sign)
    }
    fn take(&mut self, word: &str) -> bool {
        let found = self.is(word);
        if found {
            self.next();
        }
        found
    }
    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.next();
        }
        found
    }
    fn need_sign(&mut self, sign: &'static str) -> Read<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    // --- mistakes ---

    /// Something is wrong with the token that is read next.
    fn wrong(&self, what: String) -> Mistake {
        let Placed { from, to, .. } = self.tokens[self.at];
        wrong(self.text, from..to, what)
    }
    fn unexpected(&self, wanted: &str) -> Mistake {
        let found = &self.text[self.tokens[self.at].from..self.tokens[self.at].to];
        match self.token() {
            Token::End => self.wrong(format!("something is missing here: {wanted} can follow")),
            _ => self.wrong(format!("{} cannot stand here: {wanted} can", quoted(found))),
        }
    }
    /// The next token is no name of this kind.
    fn unknown<'n>(&self, kind: &str, known: impl IntoIterator<Item = &'n str>) -> Mistake {
        let given = match self.token() {
            Token::Word(word) => (*word).to_owned(),
            Token::Text(text) => text.clone(),
            Token::End => return self.unexpected(&format!("{kind} ({})", listed(known))),
            _ => self.text[self.tokens[self.at].from..self.tokens[self.at].to].to_owned(),
        };
        let known: Vec<&str> = known.into_iter().collect();
        let meant = nearest(&given, &known).map(|name| format!("did you mean {name}? ")).unwrap_or_default();
        self.wrong(format!("{} is not {kind}: {meant}known: {}", quoted(&given), listed(known)))
    }
    /// Reads something that stands inside something else; nothing so deep that nobody could follow.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEEPEST {
            return Err(self.wrong(format!("conditions may stand in each other {DEEPEST} deep, and not deeper")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    // --- conditions ---

    fn condition(&mut self) -> Read<Expr> {
        let mut all = vec![self.all()?];
        while self.take("or") || self.take_sign("||") {
            all.push(self.all()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::Or(all) })
    }

    fn all(&mut self) -> Read<Expr> {
        let mut all = vec![self.single()?];
        while self.take("and") || self.take_sign("&&") {
            all.push(self.single()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::And(all) })
    }

    fn single(&mut self) -> Read<Expr> {
        if self.take("not") || self.take_sign("!") {
            return Ok(Expr::Not(Box::new(self.deeper(Self::single)?)));
        }
        if self.take_sign("(") {
            let inner = self.deeper(Self::condition)?;
            self.need_sign(")")?;
            return Ok(inner);
        }
        let quantifier = match self.word() {
            Some("any" | "some") => Some(Quantifier::Any),
            Some("all" | "every" | "each") => Some(Quantifier::All),
            Some("no") => Some(Quantifier::No),
            _ => None,
        };
        if let Some(quantifier) = quantifier {
            self.next();
            let (name, group) = self.group()?;
            let number = self.of_each(name, group, Self::all)?;
            return Ok(Expr::Nodes(quantifier, number));
        }
        match self.word() {
            Some("event") => self.event(),
            Some("line") => self.line(),
            Some("violated") => self.violated(),
            _ => self.comparison(),
        }
    }

    /// A group of nodes, and what it is called.
    fn group(&mut self) -> Read<(String, Vec<NodeId>)> {
        let given = self.word().unwrap_or_default();
        let is = |name: &str| given == name || given.strip_suffix('s') == Some(name);
        let everybody = || (0..self.names.nodes.len() as u16).map(NodeId).collect();
        let part = self.names.parts.iter().find(|(name, _)| is(name));
        let found = if is("node") {
            Some(("node", everybody()))
        } else {
            part.map(|(name, nodes)| (name.as_str(), nodes.clone()))
        };
        let Some((name, nodes)) = found else {
            let known = std::iter::once("node").chain(self.names.parts.iter().map(|(name, _)| name.as_str()));
            return Err(self.unknown("a kind of nodes", known));
        };
        let name = name.to_owned();
        self.next();
        Ok((name, nodes))
    }

    /// What is said of each of a group: its number among all that is said so.
    fn of_each(&mut self, name: String, group: Vec<NodeId>, read: fn(&mut Self) -> Read<Expr>) -> Read<usize> {
        if !self.take_sign(".") && !self.take("with") {
            self.take("where");
        }
        let outside = std::mem::replace(&mut self.within, true);
        let body = self.deeper(read);
        self.within = outside;
        let body = body?;
        let local = Needs::of(&body, &self.quantified).none();
        self.quantified.push(Quantified { name, group, body, local });
        Ok(self.quantified.len() - 1)
    }

    /// Whether a condition is over before the next token.
    fn ends(&self) -> bool {
        matches!(self.token(), Token::End | Token::Sign(")" | "&&" | "||") | Token::Word("and" | "or"))
    }

    fn comparison(&mut self) -> Read<Expr> {
        let left = self.term(false)?;
        let relation = match self.token() {
            Token::Sign("==" | "=") => Relation::Equal,
            Token::Sign("!=") => Relation::Unequal,
            Token::Sign("<") => Relation::Less,
            Token::Sign("<=") => Relation::AtMost,
            Token::Sign(">") => Relation::Greater,
            Token::Sign(">=") => Relation::AtLeast,
            Token::Word("contains") => Relation::Contains,
            _ if matches!(left, Term::Path(..) | Term::Bool(_)) && self.ends() => return Ok(Expr::Holds(left)),
            _ => return Err(self.unexpected("==, !=, <, <=, >, >= or `contains`")),
        };
        self.next();
        Ok(Expr::Compare(left, relation, self.term(true)?))
    }

    fn term(&mut self, right: bool) -> Read<Term> {
        let mut term = self.value(right)?;
        loop {
            if self.take_sign("+") {
                term = Term::Sum(Box::new(term), Box::new(self.value(right)?));
            } else if self.take_sign("-") {
                term = Term::Difference(Box::new(term), Box::new(self.value(right)?));
            } else {
                return Ok(term);
            }
        }
    }

    fn value(&mut self, right: bool) -> Read<Term> {
        match self.token() {
            Token::Word(_) => return self.named(right),
            Token::Sign("-") if matches!(self.after(), Token::Number(_)) => {
                self.next();
                if let Token::Number(number) = self.next() {
                    return Ok(Term::Number(-number));
                }
            }
            Token::Number(_) | Token::Span(_) | Token::Text(_) => {}
            _ => return Err(self.unexpected("a field, a word, a number, a time or a text in quotes")),
        }
        match self.next() {
            Token::Number(number) => Ok(Term::Number(number)),
            Token::Span(span) => Ok(Term::Span(span)),
            Token::Text(text) => Ok(Term::Text(text)),
            _ => Err(self.unexpected("a value")),
        }
    }
}

/// Names, as many as one reads.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<&str> = names.by_ref().take(LISTED).collect();
    if names.next().is_some() {
        shown.push("…");
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}
