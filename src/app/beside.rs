//! A branch beside the run on the table: it is kept at the same moment, and what differs between the two is known.

use super::command;
use super::desk::{Desk, Detail, Place, State};
use super::lab::Lab;
use crate::draw::Contrast;
use crate::locale::{Language, Word};
use netsplit_scenario::branches::Branch;
use netsplit_scenario::compare::{Comparison, Parting, Side};
use netsplit_scenario::{Cursor, Selection, Session};
use netsplit_sim::{EventId, NodeId, Time, Trace};

/// So many events at most are played at a time to bring one run as far as the other.
const MOST: u32 = 50_000;

/// A branch beside the run on the table.
pub(crate) struct Beside {
    number: u32,
    /// The branch on the table when this was looked at last.
    against: u32,
    lab: Lab,
    comparison: Comparison,
    /// An event of it that somebody picked.
    chosen: Option<EventId>,
    /// How the run on the table stood when this was looked at last.
    seen: Option<(Cursor, u32, usize, u64)>,
    /// Grows whenever another run lies here.
    turn: u32,
}

/// What came of tending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tended {
    /// There is nothing new.
    Same,
    /// The runs are at another moment, or have changed.
    Moved,
    /// The branch is no more, or there is nothing else to compare it with.
    Gone,
}

impl Beside {
    /// Lays a branch beside the run on the table, and plays either as far as the other is recorded.
    pub fn open(lab: &mut Lab, number: u32) -> Result<Beside, String> {
        let other = play(lab, number)?;
        lab.record(other.session().recorded_until(), MOST);
        let mut beside = Beside {
            number,
            against: lab.branches().current(),
            lab: other,
            comparison: Comparison::default(),
            chosen: None,
            seen: None,
            turn: 1,
        };
        beside.keep_up(lab);
        Ok(beside)
    }

    /// The number of the branch.
    pub fn number(&self) -> u32 {
        self.number
    }
    /// It as a run, to be looked at.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }
    /// Its session.
    pub fn session(&self) -> &dyn Session {
        self.lab.session()
    }
    /// What both have in common: the run on the table is the one here.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }
    /// Which run it is that lies here: a number that changes with it.
    pub fn turn(&self) -> u32 {
        self.turn
    }
    /// Both traces, that of the run on the table first.
    pub fn traces<'a>(&'a self, lab: &'a Lab) -> [&'a Trace; 2] {
        [lab.session().trace(), self.session().trace()]
    }
    /// What a drawing of one of the two is told of the other.
    pub fn contrast<'a>(&'a self, lab: &'a Lab, side: Side, pointed: Option<(Side, EventId)>) -> Contrast<'a> {
        let echo = pointed.filter(|(at, _)| *at != side);
        let echo = echo.and_then(|(at, event)| self.comparison.counterpart(at, event));
        Contrast { comparison: &self.comparison, side, traces: self.traces(lab), echo }
    }
    /// What is selected in it: an event picked here, or what is selected on the table.
    pub fn selection(&self, lab: &Lab) -> Option<Selection> {
        match (self.chosen, lab.selection?) {
            (Some(event), _) => Some(Selection::Event(event)),
            (None, Selection::Event(event)) => self.comparison.counterpart(Side::Here, event).map(Selection::Event),
            (None, thing) => Some(thing),
        }
    }
    /// The node that is looked at in both.
    pub fn node(&self, lab: &Lab) -> Option<NodeId> {
        let node_of = |trace: &Trace, event: EventId| trace.event(event).and_then(|row| row.somewhere());
        if let Some(event) = self.chosen {
            return node_of(self.session().trace(), event);
        }
        match lab.selection? {
            Selection::Node(node) => Some(node),
            Selection::Event(event) => node_of(lab.session().trace(), event),
            Selection::Message(name) => Some(name.to),
            Selection::Link(..) => None,
        }
    }

    fn tend(&mut self, lab: &mut Lab) -> Tended {
        let current = lab.branches().current();
        let swapped = current == self.number;
        if swapped {
            // The one that was beside is on the table now: the other one takes its place.
            self.number = self.against;
        }
        if current != self.against || swapped {
            (self.against, self.seen, self.chosen) = (current, None, None);
        }
        if self.number == current || lab.branches().get(self.number).is_none() {
            return Tended::Gone;
        }
        if swapped {
            let Ok(other) = play(lab, self.number) else { return Tended::Gone };
            (self.lab, self.turn) = (other, self.turn + 1);
            lab.record(self.session().recorded_until(), MOST);
        }
        let session = lab.session();
        let now = (session.cursor(), session.trace().len(), session.interventions().len(), session.hash());
        if self.seen == Some(now) {
            return Tended::Same;
        }
        self.keep_up(lab);
        Tended::Moved
    }

    fn keep_up(&mut self, lab: &Lab) {
        let session = lab.session();
        self.seen = Some((session.cursor(), session.trace().len(), session.interventions().len(), session.hash()));
        self.comparison.follow(session, self.lab.session());
        self.align(lab);
        self.comparison.follow(session, self.lab.session());
        let now = session.cursor().time;
        let trace = self.lab.session().trace();
        self.chosen = self.chosen.filter(|event| trace.event(*event).is_some_and(|row| row.at == now));
    }

    /// Its session, to be moved through; [`Beside::align`] brings it back.
    pub fn session_mut(&mut self) -> &mut dyn Session {
        self.lab.session_mut()
    }
    /// Brings it to the moment of the run on the table.
    pub fn align(&mut self, lab: &Lab) {
        self.comparison.align(lab.session(), self.lab.session_mut(), MOST);
    }
}

/// Shows so many moments of a run, evenly spread over what is recorded; the cursor stays at the last.
pub(crate) fn leaf_through(session: &mut dyn Session, moments: u32, mut see: impl FnMut(&dyn Session)) {
    let events = session.trace().len();
    for at in (1..=events).step_by((events / moments.max(1)).max(1) as usize) {
        session.seek(at);
        see(session);
    }
}

fn play(lab: &Lab, number: u32) -> Result<Lab, String> {
    let branch = lab.branches().get(number).ok_or_else(|| "there is no such branch".to_owned())?;
    branch.play(lab.session()).map(Lab::around).map_err(|error| error.to_string())
}

/// What a branch is called.
pub(crate) fn name_of(branch: &Branch, language: Language) -> String {
    if branch.name.is_empty() { usual_name(branch, language) } else { branch.name.clone() }
}

/// What a branch is called that nobody has given a name.
pub(crate) fn usual_name(branch: &Branch, language: Language) -> String {
    match branch.parent {
        None => language.say(Word::FirstBranch).to_owned(),
        Some(_) => language.fill(Word::BranchNumber, &[("number", &branch.number.to_string())]),
    }
}

/// What the branch with a number is called.
pub(crate) fn name_of_number(lab: &Lab, number: u32, language: Language) -> String {
    lab.branches().get(number).map(|branch| name_of(branch, language)).unwrap_or_default()
}

impl State {
    /// Keeps the branch beside at the same moment as the run on the table. True if there is something new to see.
    pub fn tend(&mut self) -> bool {
        let State { lab, beside, ui, .. } = self;
        let tended = beside.as_mut().map_or(Tended::Same, |beside| beside.tend(lab));
        if tended == Tended::Gone {
            *beside = None;
            ui.leave_comparison();
        }
        tended != Tended::Same
    }
}

/// Comparing two branches.
impl Desk {
    /// Lays a branch beside the run on the table.
    pub fn compare_with(&self, number: u32) {
        let done = self.change(|state| {
            let beside = Beside::open(&mut state.lab, number)?;
            let parting = beside.comparison().parting();
            state.beside = Some(beside);
            state.ui.menu = None;
            state.ui.show(Detail::Comparison);
            Ok(parting.filter(|_| !state.lab.playing()))
        });
        match done {
            Ok(parting) => {
                let mut stage = self.stage().borrow_mut();
                stage.another_neighbour();
                parting.into_iter().for_each(|parting| stage.show_parting(parting.at));
            }
            Err(reason) => self.complain(Place::Deed, reason),
        }
    }
    /// Puts the branch beside away.
    pub fn stop_comparing(&self) {
        self.change(|state| {
            state.beside = None;
            state.ui.leave_comparison();
        });
    }
    /// Whether a branch lies beside the run.
    pub fn is_comparing(&self) -> bool {
        self.state().beside.is_some()
    }
    /// Compares with the branch that the current one left, or with another one if it left none; or no longer.
    pub fn turn_comparison(&self) {
        if self.is_comparing() {
            return self.stop_comparing();
        }
        let other = {
            let state = self.state();
            let branches = state.lab.branches();
            let parent = branches.get(branches.current()).and_then(|branch| branch.parent);
            parent.or_else(|| branches.all().iter().rev().map(|it| it.number).find(|it| *it != branches.current()))
        };
        match other {
            Some(number) => self.compare_with(number),
            None => self.remark(Word::NoOtherBranch),
        }
    }

    /// Goes to where the two runs part.
    pub fn go_to_parting(&self) {
        let parting = self.state().beside.as_ref().and_then(|beside| beside.comparison().parting());
        self.go_to_difference(parting);
    }
    /// Goes to the next event that differs, or to the one before.
    pub fn step_difference(&self, on: bool) {
        if !self.is_comparing() {
            return self.remark(Word::NothingCompared);
        }
        let next = {
            let state = self.state();
            let (lab, now) = (&state.lab, state.lab.cursor().time);
            state.beside.as_ref().and_then(|it| it.comparison().next_after(it.traces(lab), now, on))
        };
        self.go_to_difference(next);
    }
    fn go_to_difference(&self, to: Option<Parting>) {
        match to {
            Some(Parting { side: Side::Here, event, .. }) => command::go_to(self, event),
            Some(Parting { side: Side::There, event, .. }) => self.choose_beside(event),
            None => self.remark(Word::NoFurtherDifference),
        }
    }

    /// Picks an event of the branch beside: both runs go to its time.
    pub fn choose_beside(&self, event: EventId) {
        let at = self.change(|state| {
            let State { lab, beside, ui, .. } = state;
            let beside = beside.as_mut()?;
            let row = *beside.session().trace().event(event)?;
            lab.set_playing(false);
            lab.reach(row.at, MOST);
            let twin = beside.comparison.counterpart(Side::There, event);
            let twin = twin.filter(|it| lab.session().trace().event(*it).is_some_and(|other| other.at == row.at));
            lab.select(twin.map(Selection::Event).or(row.somewhere().map(Selection::Node)));
            beside.chosen = Some(event);
            ui.menu = None;
            Some(row.at)
        });
        at.into_iter().for_each(|at: Time| self.stage().borrow_mut().reveal(at));
    }
    /// A thing of the branch beside was clicked that is in both runs, or nowhere.
    pub fn select_in_both(&self, thing: Selection) {
        let known = match thing {
            Selection::Message(name) => self.state().lab.message(name).is_some(),
            _ => true,
        };
        if known {
            self.select(Some(thing));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_scenario::file;
    use netsplit_sim::Intervention;

    /// A run in which a node crashed in the past, beside the one in which it did not.
    fn pair() -> (Lab, Beside) {
        let mut lab = Lab::around(file::open("protocol = \"raft\"\nseed = 3\n").expect("it is a scenario"));
        lab.reach(Time(1_500_000_000), 100_000);
        lab.go_to_time(Time(600_000_000));
        lab.intervene(Intervention::Crash(NodeId(0).into())).expect("it is up");
        let beside = Beside::open(&mut lab, 0).expect("there is such a branch");
        (lab, beside)
    }

    fn times(lab: &Lab, beside: &Beside) -> (Time, Time) {
        (lab.cursor().time, beside.session().cursor().time)
    }

    #[test]
    fn both_are_played_as_far_as_either_is_recorded_and_stand_at_the_same_moment() {
        let (mut lab, mut beside) = pair();
        assert!(lab.session().recorded_until() >= Time(1_500_000_000));
        assert_eq!(lab.cursor().time, Time(600_000_000), "the moment that is shown stays");
        assert_eq!(beside.comparison().parting().map(|it| (it.at, it.side)), Some((Time(600_000_000), Side::Here)));
        for at in [900, 50, 1_400, 0, 2_000].map(|ms| Time(ms * 1_000_000)) {
            lab.reach(at, 100_000);
            assert_eq!(beside.tend(&mut lab), Tended::Moved);
            let (here, there) = times(&lab, &beside);
            assert_eq!(here, there);
            assert_eq!(beside.tend(&mut lab), Tended::Same);
        }
    }

    #[test]
    fn who_plays_the_branch_beside_changes_places_with_it() {
        let (mut lab, mut beside) = pair();
        let before = beside.comparison().parting().expect("they differ");
        lab.switch_branch(0).expect("it is there");
        assert_eq!(beside.tend(&mut lab), Tended::Moved);
        assert_eq!(beside.number(), 1);
        let after = beside.comparison().parting().expect("they differ");
        assert_eq!((after.at, after.event, after.side), (before.at, before.event, before.side.other()));
    }

    #[test]
    fn nothing_is_compared_with_a_branch_that_is_gone() {
        let (mut lab, mut beside) = pair();
        lab.remove_branch(0);
        assert_eq!(beside.tend(&mut lab), Tended::Gone);
        let (mut lab, mut beside) = pair();
        assert!(lab.undo(), "the branch ends, and the run beside is on the table again");
        assert_eq!(beside.tend(&mut lab), Tended::Gone);
    }

    #[test]
    fn whatever_is_done_meanwhile_is_compared_as_well() {
        let (mut lab, mut beside) = pair();
        let before = beside.comparison().differing(Side::Here).len();
        lab.go_to_time(Time(300_000_000));
        lab.intervene(Intervention::Crash(NodeId(1).into())).expect("it is up");
        lab.reach(Time(1_500_000_000), 100_000);
        assert_eq!(beside.tend(&mut lab), Tended::Moved);
        assert_eq!(beside.comparison().parting().map(|it| it.at), Some(Time(300_000_000)));
        assert_ne!(beside.comparison().differing(Side::Here).len(), before);
    }
}
