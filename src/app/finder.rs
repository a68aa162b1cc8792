//! What is looked for in a run: a condition as it is being written, and a pattern with the places where it was found.

use super::browser;
use super::desk::{Desk, Detail, REMARK, State};
use super::lab::Lab;
use crate::draw::Lit;
use crate::locale::Word;
use netsplit_scenario::Selection;
use netsplit_scenario::find::{Lexicon, Match, Mistake, Names, Pattern, Query, Way, pattern};
use netsplit_sim::Time;

/// The field for conditions in the page.
pub(crate) const FIELD: &str = "find-condition";
/// So many places of a pattern are kept.
const MOST: usize = 2_000;

/// What is looked for.
#[derive(Default)]
pub(crate) struct Finder {
    /// The condition as it stands in the field.
    pub text: String,
    /// Whoever has just opened the panel wants to write.
    eager: bool,
    /// What is wrong with it, once somebody has asked for it.
    pub mistake: Option<Mistake>,
    /// The line of the pseudo-code that one can be taken to.
    pub line: Option<usize>,
    /// The pattern that is looked for: one of [`Pattern::ALL`], of its size, and with messages of what type.
    pub shape: usize,
    pub size: Option<u32>,
    pub kind: Option<String>,
    /// Conditions to begin with, and the types of messages there are.
    pub examples: Vec<String>,
    pub messages: Vec<String>,
    found: Option<Found>,
    lexicon: Option<Lexicon>,
}

/// The places where a pattern was found, and which of them is shown.
pub(crate) struct Found {
    pub matches: Vec<Match>,
    /// How many there are, if not all are kept.
    pub all: usize,
    pub at: usize,
    lit: Lit,
}

impl Finder {
    /// Another run has taken the place of one: what was kept goes along, as far as it makes sense.
    pub fn follow(&mut self, before: &mut Lab, now: &mut Lab) {
        (self.mistake, self.found, self.line) = (None, None, None);
        let mut quest = std::mem::take(&mut now.quest);
        quest.take_over(&mut before.quest, || self.names(now));
        now.quest = quest;
    }
    /// What stands out in the diagram.
    pub fn lit(&self) -> Option<&Lit> {
        self.found.as_ref().map(|found| &found.lit)
    }
    /// Where the pattern was found.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }
    /// Whether a place stands out in the diagram, or a line has its buttons.
    pub fn shows_something(&self) -> bool {
        self.line.is_some() || self.found.is_some()
    }
    /// Shows nothing any longer.
    pub fn put_away(&mut self) {
        (self.line, self.found) = (None, None);
    }

    /// Gets ready for a run: whoever opens the panel sees what can be asked of it.
    pub fn prepare(&mut self, lab: &Lab) {
        let lexicon = self.lexicon(lab);
        let messages = lexicon.messages().map(str::to_owned).collect();
        (self.examples, self.messages) = (lexicon.examples(lab.session()), messages);
        self.kind = self.kind.take().filter(|kind| self.messages.contains(kind));
    }
    /// What the protocol of a run knows; its scenarios are listened to when it is first asked for.
    fn lexicon(&mut self, lab: &Lab) -> &Lexicon {
        let known = self.lexicon.take().filter(|lexicon| lexicon.fits(lab.session()));
        self.lexicon.insert(known.unwrap_or_else(|| Lexicon::of(lab.session())))
    }
    fn names(&mut self, lab: &Lab) -> Names {
        self.lexicon(lab).names(lab.session())
    }
    /// Reads the condition in the field.
    fn read(&mut self, lab: &Lab) -> Option<Query> {
        let names = self.names(lab);
        match Query::read(&self.text, &names) {
            Ok(query) => {
                self.mistake = None;
                Some(query)
            }
            Err(mistake) => {
                self.mistake = Some(mistake);
                None
            }
        }
    }

    /// The pattern as it is chosen.
    pub fn pattern(&self) -> Pattern {
        let pattern = Pattern::ALL[self.shape.min(Pattern::ALL.len() - 1)];
        self.size.map_or(pattern, |size| pattern.sized(size))
    }
    /// Looks for the pattern in all that is recorded.
    fn search(&mut self, lab: &Lab) {
        let mut matches = pattern::find(lab.session().trace(), self.pattern(), self.kind.as_deref());
        let all = matches.len();
        matches.truncate(MOST);
        // The first that ends after the moment that is shown, as in a text that is searched from where one reads.
        let now = lab.cursor().latest();
        let at = matches.iter().position(|found| found.events.last().copied() >= now).unwrap_or(0);
        self.found = Some(Found { matches, all, at, lit: Lit::default() });
        self.show(at);
    }
    /// Shows one of the places.
    fn show(&mut self, at: usize) {
        let Some(found) = &mut self.found else { return };
        let Some(shown) = found.matches.get(at) else { return };
        found.at = at;
        found.lit = Lit::exactly(shown.events.clone(), shown.messages.clone());
    }
}

impl Found {
    /// The place that is shown.
    pub fn shown(&self) -> Option<&Match> {
        self.matches.get(self.at)
    }
}

impl State {
    /// Goes on with what the run is played for, for as long as `enough` allows; true if the panels have something to say.
    pub fn pursue(&mut self, enough: impl FnMut() -> bool) -> bool {
        self.lab.pursue(enough)
    }

    /// A break point has stopped the run: says which.
    pub fn tell_break(&mut self, now: f64) {
        let Some(of) = self.lab.quest.take_stopped() else { return };
        let text = self.ui.language.fill(Word::StoppedBy, &[("condition", &of.text)]);
        self.ui.remark = Some((text, now + REMARK));
    }
}

impl Desk {
    /// Changes nothing but what is shown of what is looked for.
    pub fn dress_finder(&self, change: impl FnOnce(&mut Finder)) {
        self.change(|state| change(&mut state.finder));
    }
    /// Has what the panel offers fit the run.
    pub fn prepare_finder(&self) {
        self.change(|State { lab, finder, .. }| finder.prepare(lab));
    }

    /// Writes a condition into the field, and runs until it matches or goes back to where it did.
    pub fn run_until_this(&self, text: String, back: bool) {
        self.open_finder();
        self.write_condition(text);
        self.run_until(back);
    }

    /// Opens the panel, and has what is typed go into the field.
    pub fn open_finder(&self) {
        self.change(|state| {
            state.ui.show(Detail::Find);
            state.lab.hold(false);
            state.finder.eager = true;
        });
        self.attend_finder();
    }
    /// Has what is typed go into the field, if somebody wants that and the field is there by now.
    pub fn attend_finder(&self) {
        if self.state().finder.eager && browser::focus(FIELD) {
            self.change(|state| state.finder.eager = false);
        }
    }

    /// Something else stands in the field.
    pub fn write_condition(&self, text: String) {
        self.change(|state| {
            state.finder.text = text;
            state.finder.mistake = None;
            state.lab.quest.give_up();
        });
    }

    /// Plays until the condition in the field matches, or goes back to where it last did.
    pub fn run_until(&self, back: bool) {
        self.change(|state| {
            let State { lab, finder, .. } = state;
            if let Some(query) = finder.read(lab) {
                let way = if back { Way::Back } else { Way::Forward(lab.horizon()) };
                lab.set_out(query, way);
            }
        });
        self.look_at_mistake();
    }

    /// Keeps the condition in the field as a break point.
    pub fn keep_break(&self) {
        self.change(|state| {
            let State { lab, finder, .. } = state;
            if let Some(query) = finder.read(lab) {
                lab.quest.keep(&finder.text, query);
            }
        });
        self.look_at_mistake();
    }

    /// Whoever has made a mistake stays in the field, where it is.
    fn look_at_mistake(&self) {
        let at = self.state().finder.mistake.as_ref().map(|mistake| (mistake.at, mistake.length));
        if let Some((at, length)) = at {
            browser::mark(FIELD, &self.state().finder.text, at, length);
        }
    }

    /// Looks for the pattern, or shows another place of it: `by` further on.
    pub fn step_match(&self, by: isize) {
        self.change(|state| {
            let State { lab, finder, .. } = state;
            match finder.found.as_ref().map(|found| (found.at, found.matches.len())) {
                Some((_, 0)) | None => finder.search(lab),
                Some((at, count)) => finder.show((at + count).saturating_add_signed(by) % count),
            }
        });
        self.bring_match();
    }
    /// Shows one of the places.
    pub fn show_match(&self, at: usize) {
        self.change(|state| state.finder.show(at));
        self.bring_match();
    }
    /// Looks for another pattern.
    pub fn choose_pattern(&self, choose: impl FnOnce(&mut Finder)) {
        self.change(|state| {
            choose(&mut state.finder);
            state.finder.found = None;
        });
    }

    /// Goes to the moment at which the place that is shown is complete, and brings all of it into view.
    fn bring_match(&self) {
        let last = self.change(|state| {
            let last =
                state.finder.found.as_ref().and_then(Found::shown).and_then(|found| found.events.last().copied())?;
            state.lab.go_to(last.0 + 1);
            state.lab.selection = state.lab.selection.filter(|thing| !matches!(thing, Selection::Event(_)));
            Some(last)
        });
        if last.is_some() {
            let state = self.state();
            if let Some(lit) = state.finder.lit() {
                self.stage().borrow_mut().bring(lit, state.lab.session());
            }
        }
    }
}

/// A place of a pattern in words: its messages.
pub(crate) fn told(found: &Match, lab: &Lab) -> String {
    let rows = found.messages.iter().filter_map(|id| lab.session().trace().message(*id));
    let told = rows.map(|row| format!("{} {} → {}", row.tag.name, lab.name(row.name.from), lab.name(row.name.to)));
    told.collect::<Vec<_>>().join(", ")
}

/// When it is complete.
pub(crate) fn moment(found: &Match, lab: &Lab) -> Time {
    let last = found.events.last().and_then(|event| lab.session().trace().event(*event));
    last.map_or(Time::ZERO, |row| row.at)
}
