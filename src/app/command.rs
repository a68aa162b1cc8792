//! Everything that can be done with the page as a whole: by key, by button, and in the command palette.

use super::browser;
use super::desk::{Desk, Detail, Dialog, Middle, Place, State, Theme};
use super::lab::SPEEDS;
use super::panels::dialog;
use crate::draw::Axis;
use crate::locale::{Language, Word};
use netsplit_scenario::{Selection, theory};
use netsplit_sim::{EventId, Intervention};
use web_sys::KeyboardEvent;

macro_rules! commands {
    ($($name:ident = $word:ident, [$($key:literal),*];)*) => {
        /// A command.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Command { $($name),* }

        impl Command {
            /// All of them, in the order of the help.
            pub const ALL: &[Command] = &[$(Command::$name),*];

            /// What it is called.
            pub fn word(self) -> Word {
                match self { $(Command::$name => Word::$word),* }
            }
            /// The keys that give it, as [`KeyboardEvent::key`] names them; `^` before a key stands for Ctrl or Cmd.
            pub fn keys(self) -> &'static [&'static str] {
                match self { $(Command::$name => &[$($key),*]),* }
            }
        }
    };
}

commands! {
    PlayPause = PlayPause, [" "];
    StepBack = StepBack, ["ArrowLeft"];
    StepOn = StepOn, ["ArrowRight"];
    Start = ToStart, ["Home"];
    End = ToEnd, ["End"];
    Slower = Slower, ["-"];
    Faster = Faster, ["+", "="];
    Undo = Undo, ["^z"];
    CopyLink = CopyLink, ["l"];
    Gallery = OpenGallery, ["g"];
    NewSeed = NewSeed, ["n"];
    OpenLog = OpenLog, ["i"];
    SaveRun = SaveRun, ["s"];
    Again = Again, ["r"];
    Gather = GatherNodes, ["p"];
    CutOff = CutOffGathered, ["c"];
    Heal = HealNetwork, ["h"];
    EditNetwork = EditNetwork, ["e"];
    Nodes = ListNodes, ["1"];
    Events = ListEvents, ["2"];
    Clients = ListClients, ["3"];
    Find = OpenFinder, ["f"];
    RunUntil = RunUntil, [];
    BackTo = BackTo, [];
    Performance = ShowPerformance, ["v"];
    FoldLeft = FoldLeft, ["["];
    FoldRight = FoldRight, ["]"];
    FoldMeasures = FoldMeasures, ["m"];
    FillCluster = FillCluster, ["q"];
    FillSpaceTime = FillSpaceTime, ["d"];
    Operations = TurnDiagram, ["o"];
    Cut = CutThrough, ["x"];
    Logical = AxisLogical, ["a"];
    Downward = TimeDownward, ["u"];
    Collapse = CollapseLocal, ["z"];
    Sift = SiftDiagram, ["w"];
    PanBack = PanBack, ["<"];
    PanOn = PanOn, [">"];
    Compare = CompareBranches, ["b"];
    NextDifference = NextDifference, ["j"];
    PreviousDifference = PreviousDifference, ["k"];
    ZoomIn = ZoomIn, ["."];
    ZoomOut = ZoomOut, [","];
    ShowAll = ShowAll, ["0"];
    Palette = OpenPalette, ["^k"];
    Theory = OpenTheory, ["y"];
    Theme = NextTheme, ["t"];
    Language = NextLanguage, [];
    Help = OpenHelp, ["?"];
    Clear = Clear, ["Escape"];
}

/// A key as people know it.
pub(crate) fn key_name(key: &str, language: Language) -> String {
    match key {
        " " => language.say(Word::SpaceKey).to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowRight" => "→".to_owned(),
        "Escape" => "Esc".to_owned(),
        _ => match key.strip_prefix('^') {
            Some(letter) => format!("Ctrl+{}", letter.to_ascii_uppercase()),
            None if key.len() == 1 => key.to_ascii_uppercase(),
            None => key.to_owned(),
        },
    }
}

impl Command {
    /// The command's name with its first key, for tooltips.
    pub fn title(self, language: Language) -> String {
        let name = language.say(self.word());
        match self.keys().first() {
            Some(key) => format!("{name} ({})", key_name(key, language)),
            None => name.to_owned(),
        }
    }

    /// Its keys for assistive technology.
    pub fn aria_keys(self) -> Option<String> {
        let name = |key: &&str| match key.strip_prefix('^') {
            Some(letter) => format!("Control+{}", letter.to_ascii_uppercase()),
            None if *key == " " => "Space".to_owned(),
            None if *key == "+" => "Plus".to_owned(),
            None => (*key).to_owned(),
        };
        let keys: Vec<_> = self.keys().iter().map(name).collect();
        (!keys.is_empty()).then(|| keys.join(" "))
    }

    /// Does it.
    pub fn run(self, desk: &Desk) {
        if desk.has_theory() && self.run_theory(desk) {
            return;
        }
        match self {
            Command::PlayPause
            | Command::StepBack
            | Command::StepOn
            | Command::Start
            | Command::End
            | Command::Slower
            | Command::Faster => self.run_transport(desk),
            Command::Undo => desk.undo(),
            Command::CopyLink => desk.copy_link(),
            Command::NewSeed => match getrandom::u32() {
                Ok(seed) => desk.restart_with(|scenario| scenario.seed = u64::from(seed)),
                Err(error) => desk.complain(Place::Seed, error.to_string()),
            },
            Command::Again => desk.restart_with(|_| ()),
            Command::EditNetwork | Command::Gather if desk.state().lab.session().is_log() => desk.remark(Word::IsLog),
            Command::Gather => desk.change(|state| {
                state.lab.gathering ^= true;
                if !state.lab.gathering {
                    state.lab.gathered.clear();
                }
            }),
            Command::CutOff => {
                let gathered = desk.state().lab.gathered.clone();
                if gathered.is_empty() { desk.remark(Word::NothingGathered) } else { desk.cut_off(&gathered) }
            }
            Command::Find => desk.open_finder(),
            Command::RunUntil | Command::BackTo => {
                desk.open_finder();
                desk.run_until(self == Command::BackTo);
            }
            Command::Heal => desk.intervene(Intervention::Heal),
            Command::EditNetwork => {
                let editing = desk.state().lab.editing;
                desk.set_editing(!editing);
            }
            Command::Compare => desk.turn_comparison(),
            Command::NextDifference => desk.step_difference(true),
            Command::PreviousDifference => desk.step_difference(false),
            Command::Clear => clear(desk),
            Command::Theory => theory::PAGES.first().into_iter().for_each(|page| desk.go_to_theory(page)),
            _ => self.run_view(desk),
        }
    }

    fn run_transport(self, desk: &Desk) {
        desk.change(|state| match self {
            Command::PlayPause => {
                let playing = state.lab.playing();
                state.ui.menu = None;
                state.lab.hold(false);
                state.lab.set_playing(!playing);
            }
            Command::StepBack => state.lab.step_back(),
            Command::StepOn => state.lab.step(),
            Command::Start => state.lab.go_to(0),
            Command::End => state.lab.go_to(u32::MAX),
            Command::Slower => state.lab.speed = state.lab.speed.saturating_sub(1),
            _ => state.lab.speed = (state.lab.speed + 1).min(SPEEDS.len() - 1),
        });
        let to = desk.state().lab.cursor().latest();
        if matches!(self, Command::StepBack | Command::StepOn | Command::Start | Command::End) {
            desk.change(|state| {
                // A selected event is the moment that is shown: it goes along.
                if let (Some(Selection::Event(_)), event) = (state.lab.selection, to) {
                    state.lab.selection = event.map(|EventId(id)| Selection::Event(EventId(id)));
                }
            });
            desk.stage().borrow_mut().follow(&desk.state());
        }
    }

    fn run_view(self, desk: &Desk) {
        match self {
            Command::ZoomIn => desk.stage().borrow_mut().zoom(true),
            Command::ZoomOut => desk.stage().borrow_mut().zoom(false),
            Command::PanBack => desk.stage().borrow_mut().pan(false),
            Command::PanOn => desk.stage().borrow_mut().pan(true),
            Command::Logical => desk.show(|showing| {
                showing.axis = match showing.axis {
                    Axis::Physical => Axis::Logical,
                    Axis::Logical => Axis::Physical,
                };
            }),
            Command::Downward => desk.show(|showing| showing.vertical ^= true),
            Command::Collapse => desk.show(|showing| showing.collapsed ^= true),
            Command::Sift => {
                desk.show(|_| ());
                desk.dress(|ui| ui.sifting ^= true);
            }
            Command::ShowAll => desk.stage().borrow_mut().show_all(desk.state().lab.session()),
            Command::Theme => {
                let worn = desk.state().ui.theme;
                desk.set_theme(match worn {
                    Theme::System => Theme::Light,
                    Theme::Light => Theme::Dark,
                    Theme::Dark => Theme::System,
                });
            }
            Command::Language => desk.set_language(match desk.language() {
                Language::En => Language::Zh,
                Language::Zh => Language::En,
            }),
            Command::Gallery => over(desk, Dialog::Gallery),
            Command::Help => over(desk, Dialog::Help),
            Command::Palette => over(desk, Dialog::Palette),
            Command::Performance if desk.state().lab.session().is_log() => desk.remark(Word::IsLog),
            Command::Performance => over(desk, Dialog::Performance),
            Command::OpenLog => over(desk, Dialog::Log),
            Command::SaveRun => over(desk, Dialog::Save),
            // How panels are folded is part of the address.
            _ => desk.change(|State { lab, ui, .. }| match self {
                Command::Nodes => ui.show(Detail::Nodes),
                Command::Events => ui.show(Detail::Events),
                Command::Clients => ui.show(Detail::Clients),
                Command::FoldLeft => ui.fold_left(),
                Command::FoldRight => ui.fold_right(),
                Command::FoldMeasures => ui.fold_measures(),
                Command::FillCluster => ui.fill(Middle::Cluster),
                Command::Operations => ui.turn_diagram(),
                Command::Cut => lab.turn_cut(),
                _ => ui.fill(Middle::SpaceTime),
            }),
        }
    }
}

/// Lays a dialog over the page.
fn over(desk: &Desk, dialog: Dialog) {
    desk.dress(|ui| ui.dialog = Some(dialog));
    dialog::show(dialog);
}

/// Lays aside what was taken up last.
fn clear(desk: &Desk) {
    if desk.state().finder.shows_something() {
        return desk.change(|state| state.finder.put_away());
    }
    let ui_done = {
        let state = desk.state();
        state.ui.dialog.is_some() || state.ui.menu.is_some() || state.ui.form.is_some()
    };
    desk.change(|state| {
        state.lab.hold(false);
        if state.ui.dialog.take().is_none() && state.ui.menu.take().is_none() {
            state.ui.form = None;
        }
    });
    if ui_done || (desk.state().inquiry.why().is_some() && desk.change(|state| state.inquiry.put_away())) {
        return;
    }
    if desk.is_comparing() {
        return desk.stop_comparing();
    }
    let gathered = desk.state().lab.gathering || !desk.state().lab.gathered.is_empty();
    let editing = desk.state().lab.editing && desk.state().lab.selection.is_none();
    if editing && !gathered {
        desk.set_editing(false);
    } else if gathered {
        desk.change(|state| {
            state.lab.gathering = false;
            state.lab.gathered.clear();
        });
    } else {
        desk.select(None);
    }
}

/// Listens to the keyboard.
pub(crate) fn listen(desk: &Desk) {
    use std::cell::Cell;
    use std::rc::Rc;
    // After a click the button keeps the focus, but Space then means the run and not the button again.
    let by_pointer = Rc::new(Cell::new(false));
    let (pressed, desk) = (by_pointer.clone(), desk.clone());
    browser::listen(&browser::window(), "pointerdown", move |_: web_sys::Event| pressed.set(true));
    browser::listen(&browser::window(), "keydown", move |event: KeyboardEvent| {
        if event.key() == "Tab" {
            by_pointer.set(false);
        }
        if let Some(command) = heard(&desk, &event, by_pointer.get()) {
            event.prevent_default();
            command.run(&desk);
        }
    });
}

fn heard(desk: &Desk, event: &KeyboardEvent, by_pointer: bool) -> Option<Command> {
    if event.default_prevented() || event.alt_key() || event.is_composing() {
        return None;
    }
    let key = event.key();
    let typing = browser::is_field(event.target());
    let ctrl = event.ctrl_key() || event.meta_key();
    let spelled = if ctrl { format!("^{}", key.to_ascii_lowercase()) } else { letter(&key) };
    let command = *Command::ALL.iter().find(|command| command.keys().contains(&spelled.as_str()))?;
    let dialog = desk.state().ui.dialog.is_some();
    match command {
        Command::Clear | Command::Palette => return Some(command),
        _ if typing || dialog => return None,
        _ => {}
    }
    let own = match key.as_str() {
        " " => !by_pointer && operates(event, "button, a, summary, input, [role=tab], [role=option]"),
        "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
            operates(event, "input, [role=tab], [role=separator], [role=menuitem], [role=option]")
        }
        _ => false,
    };
    (!own).then_some(command)
}

/// Single letters mean the same with Shift, but for what only Shift can write.
fn letter(key: &str) -> String {
    if key.len() == 1 { key.to_ascii_lowercase() } else { key.to_owned() }
}

/// Whether the focus is on something that has its own use for the key.
fn operates(event: &KeyboardEvent, selector: &str) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.matches(selector).unwrap_or(false))
}

/// Brings the diagram to the moment of an event.
pub(crate) fn go_to(desk: &Desk, event: EventId) {
    desk.select(Some(Selection::Event(event)));
    desk.stage().borrow_mut().follow(&desk.state());
}
