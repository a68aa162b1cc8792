//! What all panels share: the run, how the page is set up, and the bell that makes panels look again.

mod frame;
mod linking;
mod ui;

pub(crate) use ui::{Detail, Diagram, Dialog, Menu, Middle, Place, Small, Text, Theme, Ui};

use crate::app::address::Address;
use crate::app::beside::Beside;
use crate::app::browser;
use crate::app::edit::Earlier;
use crate::app::finder::Finder;
use crate::app::gauge::Gauge;
use crate::app::jury::Jury;
use crate::app::lab::Lab;
use crate::app::offer::Act;
use crate::app::settings;
use crate::app::stage::Stage;
use crate::app::telling;
use crate::app::theory::Theory;
use crate::app::why::Inquiry;
use crate::locale::{Language, Word, refusal};
use netsplit_protocols::About;
use netsplit_scenario::link::Link;
use netsplit_scenario::{Scenario, Selection, Session, catalogue, file, gallery};
use netsplit_sim::{EventId, Intervention, NodeId};
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use yew::Callback;

/// How long a passing remark stands, in milliseconds.
pub(crate) const REMARK: f64 = 4000.0;
/// While a run plays, panels look again this often, in milliseconds; if that makes frames late, less often.
const BREATH: std::ops::RangeInclusive<f64> = 100.0..=400.0;

/// The run and the page around it.
pub(crate) struct State {
    pub lab: Lab,
    pub jury: Jury,
    /// What somebody wants to know the reasons of.
    pub inquiry: Inquiry,
    pub finder: Finder,
    pub ui: Ui,
    /// The branch that the run is compared with, if it is.
    pub beside: Option<Beside>,
    /// The page of theory that lies on top of the run, if one does.
    pub theory: Option<Theory>,
}

struct Inner {
    state: RefCell<State>,
    stage: RefCell<Stage>,
    gauge: RefCell<Gauge>,
    address: RefCell<Address>,
    /// The runs that changes have replaced, the latest last.
    earlier: RefCell<Vec<Earlier>>,
    revision: Cell<u32>,
    rung: Cell<f64>,
    /// How often panels look again, and whether they did right before this frame.
    breath: Cell<f64>,
    breathed: Cell<bool>,
    bell: RefCell<Option<Callback<u32>>>,
}

/// A handle to all of it. Two handles are equal if nothing has changed between them.
#[derive(Clone)]
pub(crate) struct Desk {
    inner: Rc<Inner>,
    revision: u32,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Desk) -> bool {
        self.revision == other.revision && Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Desk {
    /// A desk with a run on it.
    pub fn new(lab: Lab, ui: Ui) -> Desk {
        let inner = Inner {
            state: RefCell::new(State {
                lab,
                jury: Jury::default(),
                inquiry: Inquiry::default(),
                finder: Finder::default(),
                ui,
                beside: None,
                theory: None,
            }),
            stage: RefCell::new(Stage::default()),
            gauge: RefCell::default(),
            address: RefCell::new(Address::default()),
            earlier: RefCell::default(),
            revision: Cell::new(0),
            rung: Cell::new(0.0),
            breath: Cell::new(*BREATH.start()),
            breathed: Cell::new(false),
            bell: RefCell::new(None),
        };
        Desk { inner: Rc::new(inner), revision: 0 }
    }

    /// A handle that tells whether anything has changed up to a revision.
    pub fn at(&self, revision: u32) -> Desk {
        Desk { inner: self.inner.clone(), revision }
    }
    /// Who is told when panels should look again.
    pub fn on_change(&self, bell: Callback<u32>) {
        *self.inner.bell.borrow_mut() = Some(bell.clone());
        bell.emit(self.inner.revision.get()); // What changed before anybody listened is news too.
    }
    /// The run and the page, for looking.
    pub fn state(&self) -> Ref<'_, State> {
        self.inner.state.borrow()
    }
    /// The page's language.
    pub fn language(&self) -> Language {
        self.state().ui.language
    }
    /// A word in the page's language.
    pub fn say(&self, word: Word) -> &'static str {
        self.language().say(word)
    }
    /// The drawings.
    pub fn stage(&self) -> &RefCell<Stage> {
        &self.inner.stage
    }

    /// The measures.
    pub fn gauge(&self) -> &RefCell<Gauge> {
        &self.inner.gauge
    }

    /// The runs that changes have replaced.
    pub fn earlier(&self) -> &RefCell<Vec<Earlier>> {
        &self.inner.earlier
    }

    /// Changes something, and lets everybody see it.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = {
            let mut state = self.inner.state.borrow_mut();
            let result = change(&mut state);
            state.tend();
            result
        };
        self.inner.stage.borrow_mut().stale();
        self.inner.address.borrow_mut().stale();
        self.ring();
        result
    }
    /// Changes nothing but what lies over the page.
    pub fn dress(&self, change: impl FnOnce(&mut Ui)) {
        change(&mut self.inner.state.borrow_mut().ui);
        self.inner.stage.borrow_mut().stale();
        self.ring();
    }

    fn ring(&self) {
        self.inner.rung.set(browser::now());
        self.inner.revision.set(self.inner.revision.get().wrapping_add(1));
        let bell = self.inner.bell.borrow().clone();
        if let Some(bell) = bell {
            bell.emit(self.inner.revision.get());
        }
    }

    // --- the run ---

    /// Puts another run on the table.
    pub fn put(&self, lab: Lab, playing: bool) {
        self.earlier().borrow_mut().clear();
        self.replace(lab, playing);
        self.inner.stage.borrow_mut().forget();
    }
    /// Puts another run in the place of the one on the table.
    pub fn replace(&self, lab: Lab, playing: bool) {
        self.change(|state| {
            let speed = state.lab.speed;
            state.theory = None;
            state.beside = None;
            state.ui.leave_comparison();
            let mut before = std::mem::replace(&mut state.lab, lab);
            state.finder.follow(&mut before, &mut state.lab);
            state.lab.showing = settings::showing(state.lab.session());
            state.jury.dismiss();
            state.inquiry.forget();
            state.lab.speed = speed;
            state.lab.set_playing(playing);
            state.ui.menu = None;
            state.ui.form = None;
            state.ui.trouble = None;
            state.ui.edited = None;
        });
        self.inner.gauge.borrow_mut().forget();
        self.title();
    }
    /// Starts a scenario of the gallery, or one that somebody wrote; why not, if it cannot be played.
    pub fn start(&self, scenario: Scenario) -> Result<(), String> {
        let lab = Lab::start(scenario).map_err(|error| error.to_string())?;
        self.put(lab, true);
        self.push();
        Ok(())
    }
    /// Shows a run that somebody's own scenario file has begun.
    pub fn run_session(&self, session: Box<dyn Session>) {
        self.put(Lab::around(session), true);
        self.push();
    }
    /// Shows the log of a real system, all of it.
    pub fn run_log(&self, log: Box<dyn Session>) {
        self.push(); // To come back to the run that was on the table.
        let mut lab = Lab::around(log);
        lab.go_to(u32::MAX);
        self.put(lab, false);
        self.dress(|ui| {
            ui.text = Text::Page;
            ui.diagram = Diagram::SpaceTime;
        });
        self.stage().borrow_mut().show_whole();
        self.push_fragment(crate::app::address::LOG);
    }
    /// The same run anew, with something about its scenario changed.
    pub fn restart_with(&self, change: impl FnOnce(&mut Scenario)) {
        if self.state().lab.session().is_log() {
            return self.remark(Word::IsLog);
        }
        let mut scenario = self.state().lab.session().scenario().clone();
        change(&mut scenario);
        match Lab::start(scenario) {
            Ok(lab) => self.begin_anew(lab, true, None),
            Err(reason) => self.complain(Place::Deed, reason.to_string()),
        }
    }
    /// Shows the run that a link holds; true if there is one.
    pub fn follow(&self, link: &Link) -> Result<(), String> {
        let lab = Lab::follow(link).map_err(|error| error.to_string())?;
        self.put(lab, false);
        self.inner.stage.borrow_mut().set_places(&link.view.places);
        self.dress(|ui| ui.set_folded(link.view.folded));
        Ok(())
    }

    /// Does what an offer offers.
    pub fn act(&self, act: &Act) {
        match act {
            Act::Do(what) => self.intervene(what.clone()),
            Act::Both(one, other) => {
                self.intervene(one.clone());
                self.intervene(other.clone());
            }
            Act::Edit(change) => self.edit(change),
            Act::Turn(node) => self.turn_node(*node),
            Act::Ask(form) => self.change(|state| {
                state.ui.menu = None;
                state.lab.hold(false);
                state.lab.selection = Some(form.subject());
                state.ui.detail = Detail::Thing;
                state.ui.small = Small::Inspector;
                state.ui.right_open = true;
                state.ui.form = Some(*form);
            }),
        }
    }
    /// Interferes with the run. What is wrong with that is told where it was done.
    pub fn intervene(&self, what: Intervention<netsplit_scenario::Tree>) {
        self.inner.address.borrow_mut().expect(&self.state().lab, &what);
        let refused = self.change(|state| {
            state.ui.menu = None;
            state.ui.trouble = None;
            state.lab.hold(false);
            let before = state.lab.branches().current();
            let done = state.lab.intervene(what);
            // A new branch is called after what it began with.
            let branch = state.lab.branches().current();
            if let (Ok(event), true) = (&done, branch != before) {
                let name = telling::event(&state.lab, *event, state.ui.language);
                state.lab.rename_branch(branch, &name);
            }
            done.err()
        });
        match refused {
            Some(reason) => self.complain(Place::Deed, reason),
            None => {
                self.dress(|ui| ui.form = None);
                self.push();
            }
        }
    }
    /// Takes back the latest thing that was done.
    pub fn undo(&self) {
        let undone = self.change(|state| {
            state.ui.menu = None;
            state.ui.trouble = None;
            state.lab.undo()
        });
        if undone {
            self.push();
        } else if !self.go_back() {
            self.remark(Word::NothingToUndo);
        }
    }
    /// Cuts the gathered nodes off from the others.
    pub fn cut_off(&self, nodes: &[NodeId]) {
        let group = nodes.iter().map(|node| (*node).into()).collect();
        self.intervene(Intervention::Partition(vec![group]));
        self.change(|state| {
            state.lab.gathered.clear();
            state.lab.gathering = false;
        });
    }
    /// Selects something, and shows it.
    pub fn select(&self, thing: Option<Selection>) {
        self.change(|state| {
            state.lab.select(thing);
            state.ui.form = None;
            if state.ui.trouble.as_ref().is_some_and(|(place, _)| *place == Place::Deed) {
                state.ui.trouble = None;
            }
            if thing.is_some() && state.ui.detail != Detail::Comparison {
                state.ui.detail = Detail::Thing;
            }
        });
    }

    /// Compares an event with the one that is selected.
    pub fn compare(&self, with: EventId) {
        self.change(|state| {
            if let Some(Selection::Event(event)) = state.lab.selection {
                state.lab.pinned = Some(event);
            }
        });
        self.select(Some(Selection::Event(with)));
    }
    /// Keeps an event for comparison with others, or no longer.
    pub fn pin(&self, event: Option<EventId>) {
        self.change(|state| state.lab.pinned = event);
    }

    // --- remarks ---

    /// Says what is wrong, where it went wrong.
    pub fn complain(&self, place: Place, reason: String) {
        let reason = refusal(&reason, self.language());
        self.dress(|ui| ui.trouble = Some((place, reason)));
    }
    /// Says something in passing.
    pub fn remark(&self, word: Word) {
        let text = self.say(word).to_owned();
        self.dress(|ui| ui.remark = Some((text, browser::now() + REMARK)));
    }
}

/// What the page begins with: the first run of the gallery, or whatever else there is to play.
pub(crate) fn first_run() -> Option<Lab> {
    let first = gallery::entries().find_map(|entry| Lab::start(entry.scenario().ok()?).ok());
    let bare = |about: &&About| Some(Lab::around(file::open(&format!("protocol = {:?}", about.name)).ok()?));
    first.or_else(|| catalogue::protocols().iter().find_map(bare))
}
