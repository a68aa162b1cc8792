//! What clients asked up to the cursor, and what it comes to. Judging takes its time: a clerk does it beside the page, on the
//! history as it was when it was asked, and is asked again when there is more to judge.

use super::clerk::{Clerk, Said};
use super::lab::Lab;
use crate::draw::{Asked, Shown};
use crate::worker::Task;
use netsplit_check::verdict::{Level, Verdict};
use netsplit_scenario::verdicts::Judged;

/// While a run plays, the history is read this often, in milliseconds.
const READ: f64 = 150.0;

/// Who judges.
#[derive(Default)]
pub(crate) struct Jury {
    asked: Asked,
    /// The run at which `asked` was read: how many events, how many interventions, the hash.
    read: Option<(u32, usize, u64)>,
    read_at: f64,
    /// Whether more was asked than is being judged.
    behind: bool,
    clerk: Option<Clerk>,
    /// The browser has no workers.
    alone: bool,
    /// Of the history that is being judged: up to how many events it goes, and what it comes to so far.
    judging: (u32, Vec<Judged>),
    /// The same of the latest one that is judged.
    judged: (u32, Vec<Judged>),
    chosen: Option<Level>,
}

impl Jury {
    /// What clients asked.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }
    /// What it comes to, level by level.
    pub fn judged(&self) -> &[Judged] {
        &self.judged.1
    }
    /// Whether there is more to judge than has been.
    pub fn deliberates(&self) -> bool {
        self.behind || self.clerk.as_ref().is_some_and(Clerk::is_busy)
    }
    /// The level whose verdict is shown: the one that somebody chose, or else the strongest.
    pub fn chosen(&self) -> Option<&Judged> {
        let chosen = self.judged().iter().find(|judged| Some(judged.level) == self.chosen);
        chosen.or(self.judged().first())
    }
    /// Shows the verdict of another level.
    pub fn choose(&mut self, level: Level) {
        self.chosen = Some(level);
        self.show();
    }

    /// Another run is on the table.
    pub fn dismiss(&mut self) {
        // A clerk who is at work on the old one would take its time.
        let clerk = self.clerk.take().filter(|clerk| !clerk.is_busy());
        *self = Jury { chosen: self.chosen, clerk, alone: self.alone, ..Jury::default() };
    }

    /// Goes on. True if there is something new to see.
    pub fn frame(&mut self, lab: &Lab, now: f64) -> bool {
        let news = self.read(lab, now);
        let heard = self.hear();
        if self.behind && !self.alone {
            self.give(lab);
        }
        news || heard
    }

    fn read(&mut self, lab: &Lab, now: f64) -> bool {
        let session = lab.session();
        let here = (session.cursor().events, session.interventions().len(), session.hash());
        if self.read == Some(here) || (lab.moving() && now - self.read_at < READ) {
            return false;
        }
        let before = self.read.replace(here);
        self.read_at = now;
        let history = session.history();
        let another_past = before.is_none_or(|before| here.0 < before.0 || here.1 < before.1);
        if history == self.asked.history {
            return false;
        }
        // What was judged is no longer a part of what is seen.
        if another_past || here.0 < self.judged.0 {
            self.judged = (0, Vec::new());
            self.clerk = self.clerk.take().filter(|clerk| !clerk.is_busy());
        }
        let shown = std::mem::take(&mut self.asked.shown);
        self.asked = Asked::of(history);
        if !self.judged.1.is_empty() {
            self.asked.shown = shown;
        }
        self.behind = true;
        true
    }

    fn give(&mut self, lab: &Lab) {
        if self.clerk.is_none() {
            self.clerk = Clerk::hire();
            self.alone = self.clerk.is_none();
        }
        let Some(clerk) = self.clerk.as_mut().filter(|clerk| !clerk.is_busy()) else { return };
        self.behind = false;
        self.judging = (self.read.map_or(0, |(events, ..)| events), Vec::new());
        if lab.session().promise().is_some() && !self.asked.history.is_empty() {
            let (protocol, history) = (lab.about().name.to_owned(), self.asked.history.clone());
            clerk.give(&Task::Judge { protocol, history });
        }
    }

    fn hear(&mut self) -> bool {
        let said = self.clerk.as_mut().map(Clerk::listen).unwrap_or_default();
        let mut news = false;
        for said in said {
            match said {
                Said::Part(text) => self.judging.1.extend(serde_json::from_str::<Judged>(&text)),
                Said::Done => {
                    news |= self.judging.1 != self.judged.1;
                    self.judged = std::mem::take(&mut self.judging);
                }
                // It will not do better the next time with the same history: wait until there is more.
                Said::Failed(_) => self.clerk = None,
            }
        }
        if news {
            self.show();
        }
        news
    }

    fn show(&mut self) {
        let shown = match self.chosen().map(|judged| &judged.verdict) {
            Some(Verdict::Holds { order }) => Shown { order: order.clone().unwrap_or_default(), ..Shown::default() },
            Some(Verdict::Fails(refutation)) => Shown {
                order: refutation.longest.clone(),
                culprits: refutation.minimal.clone(),
                stuck: refutation.stuck,
                arrows: refutation.cycle.iter().map(|edge| (edge.from, edge.to)).collect(),
            },
            Some(Verdict::Unknown(_)) | None => Shown::default(),
        };
        self.asked.shown = shown;
    }
}
