//! Liars: nodes that do not say what their protocol has them say (Byzantine faults: Lamport, Shostak, Pease 1982).
//!
//! A liar's process runs as it should; what it says is altered where it leaves the node. Nobody can speak in another's
//! name: the network says truthfully who sent a message, and what a message carries of others' words is for the
//! protocol to protect, by [`Protocol::forge`] altering only what is the liar's own.

use crate::draw::{Dice, Seed};
use crate::ids::NodeId;
use crate::process::Protocol;
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Whether a node says what it should, or how it does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// It says what its protocol has it say.
    #[default]
    Honest,
    /// It says nothing.
    Silent,
    /// It tells some of its peers one thing and the others another, and sticks to that.
    Equivocating,
    /// It says old things again.
    Replaying,
    /// Now and then it says something else.
    Corrupting,
    /// It is honest with its peers, and lies to clients.
    Deceiving,
}

impl Manner {
    /// All ways to lie.
    pub const LIES: [Manner; 5] =
        [Manner::Silent, Manner::Equivocating, Manner::Replaying, Manner::Corrupting, Manner::Deceiving];

    /// What it is called to turn a node into such a one, in scenario files and transcripts.
    pub fn turning(self) -> &'static str {
        match self {
            Manner::Honest => "honest",
            Manner::Silent => "silence",
            Manner::Equivocating => "equivocate",
            Manner::Replaying => "replay",
            Manner::Corrupting => "corrupt",
            Manner::Deceiving => "deceive",
        }
    }
    /// The manner of that name.
    pub fn turned(name: &str) -> Option<Manner> {
        Manner::LIES.into_iter().chain([Manner::Honest]).find(|manner| manner.turning() == name)
    }
}

/// Draws how a liar alters what it says.
pub struct Forger {
    /// The liar.
    pub me: NodeId,
    /// How many nodes there are.
    pub nodes: u16,
    dice: Dice,
}

impl Forger {
    /// A forger for one lie; the same draw makes the same lie of the same words.
    pub fn new(me: NodeId, nodes: u16, draw: u64) -> Forger {
        Forger { me, nodes, dice: Dice::new(Seed(draw)) }
    }
    /// A number of `0..n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.dice.below(n)
    }
    /// Alters one of the parts that a message is made of.
    pub fn one(&mut self, parts: &mut [&mut dyn Alter]) {
        let at = self.dice.below(parts.len() as u64) as usize;
        if let Some(part) = parts.get_mut(at) {
            part.alter(self);
        }
    }
}

/// What can be altered. Numbers stay close to what they were: a liar wants to be believed.
pub trait Alter {
    /// Becomes something else, if there is something else to become.
    fn alter(&mut self, forger: &mut Forger);
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Alter for $number {
            fn alter(&mut self, forger: &mut Forger) {
                *self = match forger.below(4) {
                    0 => self.saturating_sub(1),
                    more => self.saturating_add(more as $number),
                };
            }
        }
    )*};
}
numbers!(u16, u32, u64, i64);

impl Alter for bool {
    fn alter(&mut self, _forger: &mut Forger) {
        *self = !*self;
    }
}
impl Alter for NodeId {
    fn alter(&mut self, forger: &mut Forger) {
        let step = 1 + forger.below(u64::from(forger.nodes.saturating_sub(1))) as u16;
        self.0 = (self.0 + step) % forger.nodes.max(1);
    }
}
impl Alter for Arc<str> {
    fn alter(&mut self, _forger: &mut Forger) {
        *self = format!("{self}'").into();
    }
}
impl<T: Alter + Clone> Alter for Arc<T> {
    fn alter(&mut self, forger: &mut Forger) {
        Arc::make_mut(self).alter(forger);
    }
}
impl<T: Alter> Alter for Option<T> {
    fn alter(&mut self, forger: &mut Forger) {
        match self {
            Some(value) if forger.below(2) == 0 => value.alter(forger),
            _ => *self = None,
        }
    }
}
impl<T: Alter> Alter for Vec<T> {
    fn alter(&mut self, forger: &mut Forger) {
        let at = forger.below(self.len() as u64 + 1) as usize;
        match self.get_mut(at) {
            Some(item) => item.alter(forger),
            None => drop(self.pop()),
        }
    }
}

/// What is kept of a liar.
pub(crate) struct Liar<P: Protocol> {
    pub manner: Manner,
    /// The latest things that it had to say.
    said: Vec<P::Msg>,
    heard: u32,
    /// The latest answer that it gave to a client.
    answer: Option<P::Ret>,
}

/// How much a liar remembers of what it had to say.
const MEMORY: u32 = 32;

impl<P: Protocol> Liar<P> {
    /// Somebody who never lied before.
    pub fn new() -> Liar<P> {
        Liar { manner: Manner::Honest, said: Vec::new(), heard: 0, answer: None }
    }

    /// Notes what its process has to say.
    pub fn remember(&mut self, body: &P::Msg) {
        let at = (self.heard % MEMORY) as usize;
        self.heard = self.heard.wrapping_add(1);
        match self.said.get_mut(at) {
            Some(old) => *old = body.clone(),
            None => self.said.push(body.clone()),
        }
    }

    /// Something that it had to say before.
    pub fn old(&self, forger: &mut Forger) -> Option<P::Msg> {
        self.said.get(forger.below(self.said.len() as u64) as usize).cloned()
    }

    /// Something else in place of a message: what the protocol can make of it, else an earlier message of the same kind.
    pub fn forged(&self, body: &P::Msg, forger: &mut Forger) -> Option<P::Msg> {
        let mut other = body.clone();
        P::forge(&mut other, forger);
        if other != *body {
            return Some(other);
        }
        let alike = |said: &&P::Msg| P::tag(said).name == P::tag(body).name && *said != body;
        self.said.iter().find(alike).cloned()
    }

    /// The same for an answer to a client.
    pub fn forged_answer(&mut self, ret: P::Ret, forger: &mut Forger) -> P::Ret {
        let mut other = ret.clone();
        P::forge_answer(&mut other, forger);
        let before = self.answer.replace(ret.clone());
        if crate::digest::digest(&other) != crate::digest::digest(&ret) { other } else { before.unwrap_or(ret) }
    }
}

impl<P: Protocol> Clone for Liar<P> {
    fn clone(&self) -> Self {
        Liar { manner: self.manner, said: self.said.clone(), heard: self.heard, answer: self.answer.clone() }
    }
}

impl<P: Protocol> Hash for Liar<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.manner, self.heard).hash(state); // what it remembers follows from the run
    }
}
