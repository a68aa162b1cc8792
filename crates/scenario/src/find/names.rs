//! What a condition may name in a run. A protocol does not list its fields, messages and timers: they are learned by
//! listening to its scenarios of the gallery.

use crate::model::Scenario;
use crate::open::open_unhashed;
use crate::session::Session;
use netsplit_protocols::About;
use netsplit_query::{Names, Sight};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, NodeId, Prominence, Time};
use std::ops::ControlFlow;

/// Of the gallery so many scenarios are listened to, ...
const SCENARIOS: usize = 16;
/// ...each for so many events, ...
const EVENTS: u32 = 3_000;
/// ...and looked into at so many moments, ...
const MOMENTS: u32 = 6;
/// ...at so many nodes from each end.
const NODES: u16 = 4;

/// What was learned of a protocol.
#[derive(Clone, Debug)]
pub struct Lexicon {
    heard: Names,
    about: &'static About,
    /// The role that somebody in charge was seen in.
    leading: Option<&'static str>,
}

impl Lexicon {
    /// Listens to the scenarios of a run's protocol; takes some ten milliseconds.
    pub fn of(session: &dyn Session) -> Lexicon {
        let about = session.about();
        let mut lexicon = Lexicon { heard: Names::default(), about, leading: None };
        let own = std::iter::once(session.scenario().clone());
        let others = about.scenarios.iter().filter_map(|(_, text)| crate::file::parse(text).ok());
        for scenario in own.chain(others).take(SCENARIOS) {
            lexicon.rehearse(scenario);
        }
        lexicon
    }

    /// Whether it is of the protocol that a run plays.
    pub fn fits(&self, session: &dyn Session) -> bool {
        std::ptr::eq(self.about, session.about())
    }

    fn rehearse(&mut self, scenario: Scenario) {
        let until = scenario.until;
        let Ok(mut session) = open_unhashed(scenario) else { return };
        session.advance(Time::ZERO, EVENTS);
        let portion = until.since(Time::ZERO).scale(1, u64::from(MOMENTS));
        let mut now = Time::ZERO;
        for _ in 0..MOMENTS {
            now += portion;
            session.advance(now, EVENTS / MOMENTS);
            self.look(&*session.sight(), session.names().len());
        }
        self.listen(&*session);
    }

    /// Takes note of the nodes' fields.
    fn look(&mut self, sight: &dyn Sight, nodes: usize) {
        let nodes = nodes as u16;
        let last = nodes.saturating_sub(NODES).max(NODES.min(nodes));
        for node in (0..NODES.min(nodes)).chain(last..nodes).map(NodeId) {
            let volatile = sight.volatile(node);
            self.heard.note_state(&sight.durable(node), volatile.as_ref());
            let Some(face) = sight.face(node) else { continue };
            if face.prominence == Prominence::Leading {
                self.leading = self.leading.or(Some(face.role));
            }
            let texts = [Some(face.role), face.badge];
            self.heard.words.extend(texts.into_iter().flatten().map(str::to_owned));
            self.heard.headlines.extend(face.headline.map(|(name, _)| name.to_owned()));
        }
    }

    /// Takes note of the types of messages, and of the timers.
    fn listen(&mut self, session: &dyn Session) {
        let trace = session.trace();
        for (_, row) in trace.messages_in(0..trace.sent()) {
            if !self.heard.messages.contains(row.tag.name) {
                self.heard.messages.insert(row.tag.name.to_owned());
            }
        }
        let timers =
            trace.events().filter_map(|(_, row)| if let What::Timer(name) = row.what { Some(name) } else { None });
        let armed = session.nodes().into_iter().flat_map(|node| node.timers).map(|timer| timer.name);
        for name in timers.chain(armed) {
            if !self.heard.timers.contains(name) {
                self.heard.timers.insert(name.to_owned());
            }
        }
    }

    /// What a condition may name in a run as it now stands.
    pub fn names(&self, session: &dyn Session) -> Names {
        let mut lexicon = self.clone();
        let about = lexicon.about;
        lexicon.listen(session);
        let nodes = session.names().len();
        let recorded = session.trace().len();
        lexicon.look(&*session.sight(), nodes);
        // States that no scenario of the gallery knows may be found in this run.
        let mut moments: Vec<u32> = (1..=MOMENTS).map(|part| recorded / MOMENTS * part).collect();
        moments.dedup();
        for moment in moments {
            session.sights(moment..moment + 1, &mut |sight| {
                lexicon.look(sight, nodes);
                ControlFlow::Continue(())
            });
        }
        let playing = |part: usize| {
            let nodes = session.parts().iter().enumerate().filter(|(_, played)| **played == part);
            nodes.map(|(node, _)| NodeId(node as u16)).collect()
        };
        let mut names = lexicon.heard;
        names.nodes = session.names().to_vec();
        names.parts = about.parts.iter().enumerate().map(|(at, part)| (part.name.to_owned(), playing(at))).collect();
        names.words.extend(about.roles.iter().map(|role| role.name.to_owned()));
        names.invariants = about.invariants.iter().map(|invariant| invariant.name).collect();
        names.lines = about.lines.iter().map(|line| vec![line.text.en.to_owned(), line.text.zh.to_owned()]).collect();
        names.events = recorded;
        names
    }

    /// The types of messages that were heard.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.heard.messages.iter().map(String::as_str)
    }

    /// Conditions to begin with: each of another kind, as far as the protocol has them.
    pub fn examples(&self, session: &dyn Session) -> Vec<String> {
        let about = self.about;
        let role = self.leading.or(about.roles.last().map(|role| role.name));
        let figure = self.heard.headlines.iter().find(|name| name.chars().all(char::is_alphanumeric));
        let message = self.heard.messages.iter().next();
        let weightiest = (1..).zip(about.lines).max_by_key(|(number, line)| (line.weight, std::cmp::Reverse(*number)));
        let first = session.names().first();
        let latest = session.cursor().latest().map(|EventId(id)| id);
        [
            role.map(|role| format!("any node.role == {}", word(role))),
            role.zip(figure).map(|(role, figure)| format!("any node.role == {} and it.{figure} > 1", word(role))),
            about.invariants.first().map(|invariant| format!("violated({})", invariant.name)),
            message.zip(first).map(|(message, node)| format!("event deliver {} at {node}", word(message))),
            weightiest.map(|(number, _)| format!("line {number}")),
            Some("count(nodes.condition == down) >= 1".to_owned()),
            latest.zip(first).map(|(event, node)| format!("event at {node} concurrent #{event}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A name as it is written in a condition.
fn word(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '-');
    if plain { name.to_owned() } else { format!("{name:?}") }
}
