//! Why a field has its value, or an invariant does not hold: looked for a little in every frame, and lit in the diagram. A
//! violation is looked into by itself.

use super::lab::Lab;
use crate::draw::Lit;
use netsplit_scenario::why::{Answer, Asked, Chain, Field, Link, Needs, Reason, Search, Unanswered};
use netsplit_scenario::{Cursor, Passage, Session};
use netsplit_sim::{EventId, NodeId, Violation};

/// Of so many events it is told what they changed.
const MOST_TOLD: usize = 200;

/// What is asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    /// A field of a node.
    Field(NodeId, Field),
    /// A violated invariant.
    Violation(&'static str),
}

/// What is being asked, if anything is.
#[derive(Default)]
pub(crate) struct Inquiry {
    why: Option<Why>,
    /// The run that it is about: how many interventions it had, on which branch.
    of: (usize, u32),
    /// The violations of which nobody wants to know more.
    put_away: Vec<&'static str>,
}

/// A question, and what is known of its answer.
pub(crate) struct Why {
    /// What is asked about.
    pub subject: Subject,
    /// When.
    pub at: Cursor,
    search: Option<Search>,
    /// The writes of the field and what triggered them, or what shows the violation; nothing if the field was never written.
    pub chain: Option<Chain>,
    needs: Option<Needs>,
    /// What it needed, as far as it is known.
    pub answer: Option<Result<Answer, Unanswered>>,
    /// What stands out in the diagram.
    pub lit: Lit,
    /// What its events left and changed.
    pub passages: Vec<Passage>,
}

impl Inquiry {
    /// What is being asked.
    pub fn why(&self) -> Option<&Why> {
        self.why.as_ref()
    }
    /// What somebody's question has come to, once there is no more to find out.
    pub fn found(&self) -> Option<&Lit> {
        let asked = |why: &&Why| matches!(why.subject, Subject::Field(..)) && !why.works();
        self.why.as_ref().filter(asked).map(|why| &why.lit)
    }
    /// Another run is on the table.
    pub fn forget(&mut self) {
        *self = Inquiry::default();
    }
    /// Asks why a field is what it is at the cursor.
    pub fn ask(&mut self, lab: &Lab, node: NodeId, field: Field) {
        let at = lab.cursor();
        let search = Some(Search::new(node, field.clone(), at.events));
        self.why = Some(Why::new(Subject::Field(node, field), at, search));
        self.of = version(lab);
    }
    /// Asks why an invariant does not hold.
    pub fn ask_of(&mut self, lab: &Lab, violation: &Violation) {
        let mut why = Why::new(Subject::Violation(violation.invariant), lab.cursor(), None);
        let shown = violation.evidence.iter().map(|piece| piece.event).chain([violation.event]);
        why.chain = Some(Chain::of_events(shown.filter(|event| event.some().is_some())));
        why.look_into(lab.session(), Asked::of(violation));
        self.why = Some(why);
        self.of = version(lab);
        self.put_away.retain(|known| *known != violation.invariant);
    }
    /// Asks no more. False if nothing was asked.
    pub fn put_away(&mut self) -> bool {
        let Some(why) = self.why.take() else { return false };
        if let Subject::Violation(invariant) = why.subject {
            self.put_away.push(invariant);
        }
        true
    }
    /// Goes one step further back.
    pub fn further(&mut self, lab: &Lab) {
        if let Some(why) = &mut self.why
            && let Some(chain) = &mut why.chain
        {
            chain.further(lab.session());
            why.light(lab.session());
        }
    }

    /// Looks further, for as long as there is time; true if there is something new to see.
    pub fn frame(&mut self, lab: &Lab, enough: impl Fn() -> bool) -> bool {
        let stale = self.why.is_some() && self.of != version(lab);
        if stale {
            self.why = None;
        }
        let alarm = lab.alarm().filter(|_| self.why.is_none() && !lab.moving());
        if let Some(violation) = alarm.filter(|violation| !self.put_away.contains(&violation.invariant)) {
            self.ask_of(lab, violation);
            return true;
        }
        let session = lab.session();
        stale | self.why.as_mut().is_some_and(|why| why.work(session, enough))
    }
}

/// What makes a run another one than it was.
fn version(lab: &Lab) -> (usize, u32) {
    (lab.session().interventions().len(), lab.branches().current())
}

impl Why {
    fn new(subject: Subject, at: Cursor, search: Option<Search>) -> Why {
        Why { subject, at, search, chain: None, needs: None, answer: None, lit: Lit::default(), passages: Vec::new() }
    }
    /// Whether there is more to find out.
    pub fn works(&self) -> bool {
        self.search.is_some() || self.needs.is_some()
    }
    /// The events that it takes, in the order of the run: those that were needed if that is known, else those of the chain.
    pub fn events(&self) -> Vec<EventId> {
        match (&self.answer, &self.chain) {
            (Some(Ok(answer)), _) => answer.events.clone(),
            (_, Some(chain)) => chain.links.iter().map(|link| link.event).collect(),
            (_, None) => Vec::new(),
        }
    }

    fn look_into(&mut self, session: &dyn Session, asked: Asked) {
        match Needs::new(session, asked) {
            Ok(needs) => self.needs = Some(needs),
            Err(unanswered) => self.answer = Some(Err(unanswered)),
        }
        self.light(session);
    }

    fn work(&mut self, session: &dyn Session, enough: impl Fn() -> bool) -> bool {
        let mut news = false;
        while !enough() {
            if let Some(search) = &mut self.search {
                if !search.go_on(session) {
                    continue;
                }
                self.found(session);
                news = true;
            } else if let Some(needs) = &mut self.needs {
                if !needs.go_on() {
                    continue;
                }
                self.answer = Some(needs.answer());
                self.needs = None;
                self.light(session);
                return true;
            } else {
                return news;
            }
        }
        news
    }

    /// The latest write of the field is found, or there is none.
    fn found(&mut self, session: &dyn Session) {
        let Some(Search { node, field, .. }) = &self.search else { return };
        let (node, field) = (*node, field.clone());
        let write = self.search.take().and_then(|search| search.found().cloned());
        if let Some(write) = write {
            let asked = Asked::Write { node, field: field.clone(), event: write.event, is: write.is.clone() };
            self.chain = Some(Chain::of(node, field, write));
            self.look_into(session, asked);
        }
    }

    fn light(&mut self, session: &dyn Session) {
        let mut events = self.events();
        // Further back goes the chain of writes, also where it was not needed.
        if let (Subject::Field(..), Some(chain)) = (&self.subject, &self.chain) {
            events.extend(chain.links.iter().map(|link: &Link| link.event));
            events.extend(chain.links.iter().filter_map(|link| match link.reason {
                Reason::Sent(by) | Reason::Armed(by) | Reason::Stored(by) => Some(by),
                Reason::Wrote { .. } | Reason::Shows => None,
            }));
        }
        self.lit = Lit::of(events, session.trace());
        // Of more nobody reads so much.
        let told = &self.lit.events()[..self.lit.events().len().min(MOST_TOLD)];
        self.passages = session.passages(told, true);
    }
}
