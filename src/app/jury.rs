//! What clients asked up to the cursor, and what it comes to. Judging takes its time: it goes on between frames, on the
//! history as it was when it began, and begins again when there is more to judge. So the page stays alive.

use super::lab::Lab;
use crate::draw::{Asked, Shown};
use netsplit_check::verdict::{Level, Verdict};
use netsplit_scenario::verdicts::{Judged, Judging};

/// While a run plays, the history is read this often, in milliseconds.
const READ: f64 = 150.0;
/// So many steps of searching between two looks at the clock.
const STEPS: u64 = 500;
/// So long a frame may be spent on judging, in milliseconds.
const BUDGET: f64 = 2.0;

/// Who judges.
#[derive(Default)]
pub(crate) struct Jury {
    asked: Asked,
    /// The run at which `asked` was read: how many events, how many interventions, the hash.
    read: Option<(u32, usize, u64)>,
    read_at: f64,
    /// Whether more was asked than is being judged.
    behind: bool,
    judging: Option<(u32, Judging)>,
    judged: Vec<Judged>,
    /// Up to how many events the run is judged.
    judged_upto: u32,
    chosen: Option<Level>,
}

impl Jury {
    /// What clients asked.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }
    /// What it comes to, level by level.
    pub fn judged(&self) -> &[Judged] {
        &self.judged
    }
    /// Whether there is more to judge than has been.
    pub fn deliberates(&self) -> bool {
        self.judging.is_some()
    }
    /// The level whose verdict is shown.
    pub fn chosen(&self) -> Option<&Judged> {
        let strongest = || self.judged.iter().find(|judged| matches!(judged.verdict, Verdict::Fails(_)));
        let chosen = self.judged.iter().find(|judged| Some(judged.level) == self.chosen);
        chosen.or_else(strongest).or(self.judged.first())
    }
    /// Shows the verdict of another level.
    pub fn choose(&mut self, level: Level) {
        self.chosen = Some(level);
        self.show();
    }

    /// Another run is on the table.
    pub fn dismiss(&mut self) {
        *self = Jury { chosen: self.chosen, ..Jury::default() };
    }

    /// Goes on, for as long as a frame allows. True if there is something new to see.
    pub fn frame(&mut self, lab: &Lab, clock: impl Fn() -> f64) -> bool {
        let begun = clock();
        let news = self.read(lab, begun);
        if self.behind && self.judging.is_none() {
            self.begin(lab);
        }
        self.judge(|| clock() - begun > BUDGET) || news
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
        if history == self.asked.history {
            return false;
        }
        // What was judged is no longer a part of what is seen.
        if before.is_none_or(|before| here.0 < before.0 || here.1 < before.1) || here.0 < self.judged_upto {
            (self.judging, self.judged) = (None, Vec::new());
        }
        let shown = std::mem::take(&mut self.asked.shown);
        self.asked = Asked::of(history);
        if !self.judged.is_empty() {
            self.asked.shown = shown;
        }
        self.behind = true;
        true
    }

    fn begin(&mut self, lab: &Lab) {
        self.behind = false;
        let Asked { history, clients, .. } = &self.asked;
        let events = self.read.map_or(0, |(events, ..)| events);
        self.judging = Judging::of(lab.about(), history, clients).map(|judging| (events, judging));
    }

    fn judge(&mut self, late: impl Fn() -> bool) -> bool {
        let Some((events, judging)) = &mut self.judging else { return false };
        while !judging.run(STEPS) {
            if late() {
                return false;
            }
        }
        let (events, judged) = (*events, judging.judged().to_vec());
        let news = judged != self.judged;
        (self.judging, self.judged, self.judged_upto) = (None, judged, events);
        self.show();
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
