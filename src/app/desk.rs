//! What all panels share: the run, how the page is set up, and the bell that makes panels look again.

use super::address::Address;
use super::beside::{Beside, name_of_number};
use super::browser;
use super::edit::Earlier;
use super::finder::Finder;
use super::gauge::Gauge;
use super::jury::Jury;
use super::lab::Lab;
use super::offer::{Act, Form};
use super::panels::Import;
use super::settings;
use super::stage::Stage;
use super::telling;
use super::theory::Theory;
use super::why::Inquiry;
use crate::locale::{Language, Word, refusal};
use netsplit_protocols::About;
use netsplit_scenario::link::{Link, View};
use netsplit_scenario::{Scenario, Selection, Session, catalogue, file, gallery};
use netsplit_sim::{EventId, Intervention, NodeId};
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use yew::Callback;

/// How long a passing remark stands, in milliseconds.
pub(crate) const REMARK: f64 = 4000.0;
/// While a run plays, panels look again this often, in milliseconds; if that makes frames late, less often.
const BREATH: std::ops::RangeInclusive<f64> = 100.0..=400.0;
/// A frame that comes after so many milliseconds is late.
const LATE: f64 = 25.0;
/// A frame's budget for playing, in milliseconds; drawing needs the rest.
const BUDGET: f64 = 6.0;

/// Light, dark, or as the system is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

/// A page of the left panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Text {
    Code,
    Rules,
    Page,
}

/// A page of the right panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Detail {
    Thing,
    Nodes,
    Events,
    Clients,
    Performance,
    Find,
    /// What differs from the branch beside.
    Comparison,
}

/// What fills the middle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Middle {
    Both,
    Cluster,
    SpaceTime,
}

/// The diagram below the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Diagram {
    /// A lane per node: events and messages.
    SpaceTime,
    /// A lane per client: operations.
    Operations,
}

/// What stands between cluster and transport on a small screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Small {
    SpaceTime,
    Inspector,
    Measures,
    Text,
}

/// The few things that lie over the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dialog {
    Gallery,
    Help,
    Palette,
    Performance,
    Picture,
    Log,
    Save,
}

/// What can be done with a thing, shown beside it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Menu {
    pub thing: Selection,
    pub x: f64,
    pub y: f64,
}

/// Where a mistake was made; that is where it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In the address.
    Address,
    /// In something that was done to the run.
    Deed,
    /// In the seed.
    Seed,
    /// In the network.
    Network,
}

/// How the page is set up.
pub(crate) struct Ui {
    pub language: Language,
    pub theme: Theme,
    pub left_open: bool,
    pub right_open: bool,
    pub measures_open: bool,
    pub text: Text,
    pub detail: Detail,
    pub middle: Middle,
    pub diagram: Diagram,
    pub small: Small,
    pub dialog: Option<Dialog>,
    pub menu: Option<Menu>,
    pub form: Option<Form>,
    pub trouble: Option<(Place, String)>,
    pub remark: Option<(String, f64)>,
    /// What the latest change of the network has led to.
    pub edited: Option<String>,
    /// Somebody chooses what the diagram shows.
    pub sifting: bool,
    /// The picture that is shown large: its file's name, and what it shows.
    pub picture: Option<(String, String)>,
    /// The log that is being opened.
    pub import: Import,
}

impl Ui {
    /// Takes away a passing remark that has stood long enough; true if one has.
    fn fade(&mut self, now: f64) -> bool {
        self.remark.take_if(|(_, until)| *until < now).is_some()
    }
}

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
        self.push_fragment(super::address::LOG);
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

    // --- the address ---

    /// The link to the run as it stands.
    pub fn link(&self) -> String {
        let view = View { folded: self.state().ui.folded(), ..self.inner.stage.borrow().view() };
        self.inner.address.borrow().compose(&self.state().lab, view)
    }
    /// Makes a new entry in the browser's history: from here one can come back.
    pub fn push(&self) {
        if self.has_no_link() {
            return;
        }
        let link = self.link();
        self.inner.address.borrow_mut().push(&link);
    }
    /// A new entry in the browser's history for what is no run.
    pub fn push_fragment(&self, fragment: &str) {
        self.inner.address.borrow_mut().push(fragment);
    }
    /// Whether what is on the table is no run that a link could hold.
    fn has_no_link(&self) -> bool {
        self.has_theory() || self.state().lab.session().is_log()
    }
    /// Writes the run as it stands into the address; what no link holds stays at its own.
    pub fn save(&self) {
        if self.has_no_link() {
            return;
        }
        let link = self.link();
        self.inner.address.borrow_mut().replace(&link);
    }
    /// Copies the link.
    pub fn copy_link(&self) {
        if self.state().lab.session().is_log() {
            return self.remark(Word::LogHasNoLink);
        }
        self.save();
        let desk = self.clone();
        browser::copy(&super::address::whole(), move |done| {
            desk.remark(if done { Word::LinkCopied } else { Word::LinkNotCopied });
        });
    }
    /// Opens what the address asks for, if that is not what is on the table.
    pub fn heed_address(&self) {
        let fragment = super::address::fragment();
        if self.inner.address.borrow().shows(&fragment) {
            return;
        }
        let opened = match super::address::read(&fragment) {
            Ok(super::address::Wish::Link(link)) => self.follow(&link),
            Ok(super::address::Wish::Scenario(scenario)) => {
                Lab::start(*scenario).map(|lab| self.put(lab, true)).map_err(|error| error.to_string())
            }
            Ok(super::address::Wish::Theory(page)) => self.open_theory(page, 0),
            Ok(super::address::Wish::Log) => Err(self.say(Word::LogIsGone).to_owned()),
            Err(reason) => Err(reason),
        };
        self.inner.address.borrow_mut().adopt(&fragment);
        if let Err(reason) = opened {
            self.complain(Place::Address, reason);
        }
    }

    /// The page's title and language follow the run and the person.
    pub fn title(&self) {
        let state = self.state();
        let title = match &state.theory {
            Some(theory) => state.ui.language.of(theory.game.page().title),
            None => super::title_of(state.lab.session().scenario(), state.ui.language),
        };
        browser::document().set_title(&format!("{title} – Netsplit"));
        browser::set_root_attribute("lang", Some(state.ui.language.tag()));
    }

    // --- time ---

    /// Panels of a large run take a while to render: then they look less often, so that most frames are on time.
    fn pace_panels(&self, wall: f64) {
        if self.inner.breathed.get() {
            let factor = if wall > LATE { 1.5 } else { 0.9 };
            self.inner.breath.set((self.inner.breath.get() * factor).clamp(*BREATH.start(), *BREATH.end()));
        }
    }

    /// Measures the run while somebody looks at the measures, and plays what runs beside it; true if there is something new.
    fn measure(&self) -> bool {
        let state = self.state();
        let mut gauge = self.inner.gauge.borrow_mut();
        gauge.work();
        let beside = gauge.news && browser::now() - self.inner.rung.get() > *BREATH.start();
        gauge.news &= !beside;
        let inspected = state.ui.right_open && state.ui.detail == Detail::Performance;
        let shown = inspected || state.ui.dialog == Some(Dialog::Performance);
        let language = state.ui.language;
        let other = state.beside.as_ref();
        let title = match other {
            Some(_) => name_of_number(&state.lab, state.lab.branches().current(), language),
            None => super::title_of(state.lab.session().scenario(), language).to_owned(),
        };
        let other = other.map(|it| (it.session(), name_of_number(&state.lab, it.number(), language)));
        (shown && gauge.look(&state.lab, &title, other)) || beside
    }

    /// A frame: plays, draws, and now and then lets the panels look and the address be written.
    pub fn frame(&self, time: f64, wall: f64) {
        let begun = browser::now();
        let Ok(mut state) = self.inner.state.try_borrow_mut() else { return };
        if state.theory.is_some() {
            let breath = begun - self.inner.rung.get() > *BREATH.start();
            let faded = state.ui.fade(begun);
            let news = self.frame_theory(&mut state, time, wall, breath);
            drop(state);
            return if news || faded {
                self.ring()
            };
        }
        let was_playing = state.lab.playing();
        let moved = state.lab.play(wall, || browser::now() - begun > BUDGET);
        let stopped = was_playing && !state.lab.playing();
        state.tend();
        if stopped && state.lab.alarm().is_some() {
            state.ui.detail = Detail::Thing;
        }
        let faded = state.ui.fade(begun);
        let ended = stopped && state.lab.at_end();
        if ended {
            let text = state.ui.language.say(Word::EndReached).to_owned();
            state.ui.remark = Some((text, begun + REMARK));
        }
        let pursuing = state.lab.quest.underway().is_some();
        let pursued = state.pursue(|| browser::now() - begun > BUDGET);
        let moved = moved || pursuing;
        state.tell_break(begun);
        let State { lab, jury, inquiry, .. } = &mut *state;
        let learned = inquiry.frame(lab, || browser::now() - begun > BUDGET);
        if let Some(lit) = inquiry.found().filter(|_| learned) {
            self.inner.stage.borrow_mut().bring(lit, lab.session());
        }
        let news = jury.frame(lab, begun) | learned;
        self.pace_panels(wall);
        let breath = moved && begun - self.inner.rung.get() > self.inner.breath.get();
        drop(state);
        if news {
            self.inner.stage.borrow_mut().stale();
        }
        if moved {
            self.inner.stage.borrow_mut().stale();
            self.inner.address.borrow_mut().stale();
        }
        if pursued {
            self.inner.stage.borrow_mut().follow(&self.inner.state.borrow());
        }
        self.inner.stage.borrow_mut().watch(&mut self.inner.state.borrow_mut());
        self.inner.stage.borrow_mut().frame(&self.inner.state.borrow(), time);
        let measured = self.measure();
        if stopped || faded || breath || news || measured || pursued {
            self.ring();
        }
        self.inner.breathed.set(breath);
        if self.inner.address.borrow().due(time) {
            self.save();
            self.inner.address.borrow_mut().written(time);
        }
    }
}

/// What the page begins with: the first run of the gallery, or whatever else there is to play.
pub(crate) fn first_run() -> Option<Lab> {
    let first = gallery::entries().find_map(|entry| Lab::start(entry.scenario().ok()?).ok());
    let bare = |about: &&About| Some(Lab::around(file::open(&format!("protocol = {:?}", about.name)).ok()?));
    first.or_else(|| catalogue::protocols().iter().find_map(bare))
}
