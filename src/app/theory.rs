//! A page of theory on the table: what is played, how fast, and which nodes are chosen.

use super::browser;
use super::command::Command;
use super::desk::{Desk, Place, State};
use super::lab::{LONGEST_FRAME, NORMAL, SPEEDS};
use crate::locale::Word;
use netsplit_scenario::theory::{Act, Ask, Deed, Game, Page};
use netsplit_scenario::{Session, link};
use netsplit_sim::{Intervention, MsgName, NodeId, Span, Time};

/// A frame's budget for playing, in milliseconds; drawing needs the rest.
const BUDGET: f64 = 6.0;

/// Simulated time that a delivery counts for.
const DELIVERY: Span = Span::millis(10);

/// A page of theory, being played.
pub(crate) struct Theory {
    /// Its runs.
    pub game: Game,
    /// An index into [`SPEEDS`].
    pub speed: usize,
    /// The names of the nodes that are chosen.
    pub picked: Vec<String>,
    playing: bool,
    /// The runs were stopped at their end once; from then on they may be played without limit.
    past_end: bool,
    /// Simulated time that playing owes, below a nanosecond.
    owed: f64,
    /// Something has changed since panels looked.
    unseen: bool,
}

impl Theory {
    /// Begins a page, in one of its set-ups.
    pub fn open(page: &'static Page, variant: usize) -> Result<Theory, String> {
        let game = Game::open(page, variant).map_err(|error| error.to_string())?;
        // Where people deliver the messages, nothing happens until they do.
        let playing = page.schedule.is_none();
        Ok(Theory { game, speed: NORMAL, picked: Vec::new(), playing, past_end: false, owed: 0.0, unseen: false })
    }

    /// Whether simulated time passes.
    pub fn playing(&self) -> bool {
        self.playing
    }
    /// Starts or stops.
    pub fn set_playing(&mut self, playing: bool) {
        self.playing = playing;
        self.owed = 0.0;
    }
    /// Simulated time per second of watching.
    pub fn pace(&self) -> Span {
        let (_, num, den) = SPEEDS[self.speed.min(fastest())];
        self.game.pace().scale(num, den)
    }
    /// Those of the chosen nodes that are in a run.
    pub fn picked_in(&self, run: &dyn Session) -> Vec<NodeId> {
        let names = run.names().iter().enumerate();
        names.filter(|(_, name)| self.picked.contains(name)).map(|(id, _)| NodeId(id as u16)).collect()
    }
    /// Chooses a node, or no longer.
    pub fn pick(&mut self, name: &str) {
        match self.picked.iter().position(|it| it == name) {
            Some(at) => drop(self.picked.remove(at)),
            None => self.picked.push(name.to_owned()),
        }
    }

    /// Plays for a frame; true if time has passed.
    fn play(&mut self, wall: f64, enough: &mut dyn FnMut() -> bool) -> bool {
        if self.game.page().schedule.is_some() {
            return self.play_adversary(wall, enough);
        }
        let drawn = self.game.draw();
        if !self.playing {
            return drawn;
        }
        self.owed += wall.min(LONGEST_FRAME) / 1000.0 * self.pace().0 as f64;
        let due = self.owed.floor();
        self.owed -= due;
        let end = self.game.until();
        let stop = if self.past_end || self.game.time() >= end { Time::NEVER } else { end };
        let until = (self.game.time() + Span(due as u64)).min(stop);
        let there = self.game.advance(until, enough);
        if there && until == stop {
            self.past_end = true;
            self.playing = false;
        }
        true
    }
}

impl Theory {
    /// Looks ahead and, while it plays, delivers as the hints say: one message in so much time.
    fn play_adversary(&mut self, wall: f64, enough: &mut dyn FnMut() -> bool) -> bool {
        let busy = self.game.look_ahead(enough);
        if !self.playing {
            return busy;
        }
        self.owed += wall.min(LONGEST_FRAME) / 1000.0 * self.pace().0 as f64;
        if self.owed >= DELIVERY.0 as f64 && self.game.follow_hint() {
            self.owed = 0.0;
        }
        self.playing = self.game.scheduler().is_none_or(|scheduler| scheduler.decision().is_none());
        true
    }
}

/// The last of the speeds that has a limit: several runs without one would drift apart.
pub(crate) fn fastest() -> usize {
    SPEEDS.len() - 2
}

impl Desk {
    /// Whether a page of theory is on the table.
    pub fn has_theory(&self) -> bool {
        self.state().theory.is_some()
    }
    /// Changes something about it.
    pub fn with_theory<R>(&self, change: impl FnOnce(&mut Theory) -> R) -> Option<R> {
        self.change(|state| {
            let result = state.theory.as_mut().map(change);
            if let Some(theory) = &mut state.theory {
                theory.game.check();
            }
            result
        })
    }
    /// Puts a page on the table, in one of its set-ups.
    pub fn open_theory(&self, page: &'static Page, variant: usize) -> Result<(), String> {
        let opened = Theory::open(page, variant)?;
        self.stage().borrow_mut().tables.forget();
        self.change(|state| {
            state.lab.set_playing(false);
            state.ui.menu = None;
            state.ui.trouble = None;
            let speed = state.theory.as_ref().map(|before| before.speed);
            state.theory = Some(Theory { speed: speed.unwrap_or(NORMAL), ..opened });
        });
        self.title();
        Ok(())
    }
    /// Goes to the address of a page.
    pub fn go_to_theory(&self, page: &'static Page) {
        let fragment = super::address::of_theory(page);
        match self.open_theory(page, 0) {
            Ok(()) => self.push_fragment(&fragment),
            Err(reason) => self.complain(Place::Address, reason),
        }
    }
    /// Puts the page away; the run under it is as it was.
    pub fn leave_theory(&self) {
        self.change(|state| state.theory = None);
        self.title();
        self.push();
    }
    /// Begins the page anew, in one of its set-ups.
    pub fn restart_theory(&self, variant: usize) {
        let page = self.state().theory.as_ref().map(|theory| theory.game.page());
        if let Some(Err(reason)) = page.map(|page| self.open_theory(page, variant)) {
            self.complain(Place::Deed, reason);
        }
    }
    /// Does something to all runs.
    pub fn do_deed(&self, deed: &Deed) {
        self.interfere(|game| game.intervene(&(deed.what)()));
    }
    /// Delivers a message of the run whose messages the player delivers.
    pub fn deliver(&self, name: MsgName) {
        self.interfere(|game| game.deliver(name));
    }
    /// Does something to the chosen nodes.
    pub fn do_act(&self, act: Act) {
        let picked = self.state().theory.as_ref().map(|theory| theory.picked.clone()).unwrap_or_default();
        self.interfere(|game| game.act(act, &picked));
    }
    /// Has the chosen nodes ask for something.
    pub fn ask_for(&self, ask: &Ask) {
        let picked = self.state().theory.as_ref().map(|theory| theory.picked.clone()).unwrap_or_default();
        self.interfere(|game| game.ask(ask, &picked));
    }
    fn interfere(&self, what: impl FnOnce(&mut Game) -> Result<(), netsplit_scenario::Refusal>) {
        if let Some(Err(reason)) = self.with_theory(|theory| what(&mut theory.game)) {
            self.complain(Place::Deed, reason.to_string());
        }
    }
    /// Puts one of the runs on the table of the laboratory, as it stands.
    pub fn take_to_lab(&self, run: usize) {
        let Some(link) = self.state().theory.as_ref().and_then(|theory| theory.game.link(run)) else { return };
        match self.follow(&link) {
            Ok(()) => self.push(),
            Err(reason) => self.complain(Place::Deed, reason),
        }
    }
    /// The link to one of the runs as it stands.
    pub fn run_link(&self, run: usize) -> Option<String> {
        let link = self.state().theory.as_ref()?.game.link(run)?;
        Some(link::encode(&link))
    }

    /// The pointer goes down on the drawing of a run.
    pub fn pick_at(&self, run: usize, at: (f64, f64)) {
        let Some(node) = self.stage().borrow().tables.node_at(run, at) else { return };
        self.with_theory(|theory| {
            let name = theory.game.runs().nth(run).and_then(|run| run.names().get(node.index()).cloned());
            name.into_iter().for_each(|name| theory.pick(&name));
        });
    }

    /// A frame of a page of theory; true if panels should look again.
    pub fn frame_theory(&self, state: &mut State, time: f64, wall: f64, breath: bool) -> bool {
        let begun = browser::now();
        let language = state.ui.language;
        let Some(theory) = &mut state.theory else { return false };
        let was = theory.playing;
        let moved = theory.play(wall, &mut || browser::now() - begun > BUDGET);
        let stopped = was && !theory.playing;
        theory.unseen |= moved;
        let news = stopped || theory.unseen && breath;
        if news {
            theory.unseen = false;
            theory.game.check();
        }
        let mut stage = self.stage().borrow_mut();
        if moved {
            stage.stale();
        }
        stage.frame_tables(theory, language, time);
        news
    }
}

impl Command {
    /// Does the command to a page of theory. True if it is none that is left to the rest of the page.
    pub fn run_theory(self, desk: &Desk) -> bool {
        match self {
            Command::Theme
            | Command::Language
            | Command::Gallery
            | Command::OpenLog
            | Command::Palette
            | Command::Help
            | Command::Clear => return false,
            Command::Again => {
                let variant = desk.state().theory.as_ref().map_or(0, |theory| theory.game.variant());
                desk.restart_theory(variant);
            }
            Command::Heal => desk.interfere(|game| game.intervene(&Intervention::Heal)),
            Command::CutOff => desk.do_act(Act::CutOff),
            _ => desk.with_theory(|theory| theory.command(self)).unwrap_or_default(),
        }
        true
    }
}

impl Command {
    /// Whether it means something on a page of theory.
    pub fn is_of_theory(self) -> bool {
        use Command::*;
        matches!(
            self,
            PlayPause
                | StepBack
                | StepOn
                | Start
                | End
                | Slower
                | Faster
                | Again
                | Heal
                | CutOff
                | Gallery
                | OpenLog
                | Theme
                | Language
                | Help
        )
    }
}

impl Theory {
    fn command(&mut self, command: Command) {
        match command {
            Command::PlayPause => self.set_playing(!self.playing),
            Command::Slower => self.speed = self.speed.saturating_sub(1),
            Command::Faster => self.speed = (self.speed + 1).min(fastest()),
            Command::StepBack | Command::StepOn | Command::Start | Command::End => {
                self.set_playing(false);
                match command {
                    Command::StepBack => self.game.step_back(),
                    Command::StepOn if self.game.page().schedule.is_some() => {
                        self.game.follow_hint();
                    }
                    Command::StepOn => self.game.step(),
                    Command::Start => self.game.seek(Time::ZERO),
                    _ => self.game.seek(self.game.recorded_until()),
                }
            }
            _ => {}
        }
    }
}

/// What an act is called.
pub(crate) fn act_word(act: Act) -> Word {
    use netsplit_sim::Manner;
    match act {
        Act::Crash => Word::Crash,
        Act::Restart => Word::Restart,
        Act::CutOff => Word::CutOff,
        Act::Turn(Manner::Honest) => Word::TurnHonest,
        Act::Turn(Manner::Silent) => Word::TurnSilent,
        Act::Turn(Manner::Equivocating) => Word::TurnEquivocating,
        Act::Turn(Manner::Replaying) => Word::TurnReplaying,
        Act::Turn(Manner::Corrupting) => Word::TurnCorrupting,
        Act::Turn(Manner::Deceiving) => Word::TurnDeceiving,
    }
}
