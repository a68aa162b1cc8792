//! How the page is set up, and what of that a browser remembers from visit to visit.

use super::browser;
use super::desk::{Desk, Detail, Diagram, Middle, Small, Text, Theme, Ui};
use super::failure;
use super::panels::Import;
use crate::draw::{Axis, Showing};
use crate::locale::Language;
use netsplit_scenario::Session;
use netsplit_sim::NodeId;

impl Ui {
    /// As the person left it, or as their system asks for.
    pub fn recalled() -> Ui {
        let theme = match browser::recall("theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let preferred = browser::window().navigator().languages();
        let preferred = preferred.iter().filter_map(|tag| tag.as_string());
        let language = browser::recall("language").into_iter().chain(preferred).find_map(|tag| Language::of_tag(&tag));
        Ui {
            language: language.unwrap_or_default(),
            theme,
            left_open: browser::recall("left").as_deref() != Some("folded"),
            right_open: browser::recall("right").as_deref() != Some("folded"),
            measures_open: browser::recall("measures").as_deref() != Some("folded"),
            text: Text::Code,
            detail: Detail::Nodes,
            middle: Middle::Both,
            diagram: Diagram::SpaceTime,
            small: Small::SpaceTime,
            dialog: None,
            menu: None,
            form: None,
            trouble: None,
            remark: None,
            edited: None,
            picture: None,
            sifting: false,
            import: Import::default(),
        }
    }

    /// Folds the left panel, or unfolds it.
    pub fn fold_left(&mut self) {
        self.left_open ^= true;
        browser::remember("left", if self.left_open { "open" } else { "folded" });
    }
    /// Folds the right panel, or unfolds it.
    pub fn fold_right(&mut self) {
        self.right_open ^= true;
        browser::remember("right", if self.right_open { "open" } else { "folded" });
    }
    /// Folds the measures, or unfolds them.
    pub fn fold_measures(&mut self) {
        self.measures_open ^= true;
        browser::remember("measures", if self.measures_open { "open" } else { "folded" });
    }
    /// What links say of the panels: bit 0 for a folded left one, bit 1 for a folded right one, bits 2 and 3 for what
    /// fills the middle, bit 4 for folded measures, bit 5 for the operations of clients in place of space-time.
    pub fn folded(&self) -> u32 {
        let middle = match self.middle {
            Middle::Both => 0,
            Middle::Cluster => 1,
            Middle::SpaceTime => 2,
        };
        u32::from(!self.left_open)
            | u32::from(!self.right_open) << 1
            | middle << 2
            | u32::from(!self.measures_open) << 4
            | u32::from(self.diagram == Diagram::Operations) << 5
    }
    /// Sets the panels up as a link has them.
    pub fn set_folded(&mut self, folded: u32) {
        self.left_open = folded & 1 == 0;
        self.right_open = folded & 2 == 0;
        self.measures_open = folded & 16 == 0;
        self.diagram = if folded & 32 == 0 { Diagram::SpaceTime } else { Diagram::Operations };
        self.middle = match folded >> 2 & 3 {
            1 => Middle::Cluster,
            2 => Middle::SpaceTime,
            _ => Middle::Both,
        };
    }
    /// Shows a page of the right panel.
    pub fn show(&mut self, detail: Detail) {
        self.detail = detail;
        self.small = Small::Inspector;
        self.right_open = true;
    }
    /// Nothing is compared any more.
    pub fn leave_comparison(&mut self) {
        if self.detail == Detail::Comparison {
            self.detail = Detail::Thing;
        }
    }
    /// Shows the operations of clients below the cluster, or space-time again.
    pub fn turn_diagram(&mut self) {
        self.diagram = match self.diagram {
            Diagram::SpaceTime => Diagram::Operations,
            Diagram::Operations => Diagram::SpaceTime,
        };
        self.bring_diagram();
    }
    /// Brings the diagram below the cluster into view.
    pub fn bring_diagram(&mut self) {
        self.small = Small::SpaceTime;
        if self.middle == Middle::Cluster {
            self.middle = Middle::Both;
        }
    }
    /// Lets one drawing fill the middle, or both share it again.
    pub fn fill(&mut self, middle: Middle) {
        self.middle = if self.middle == middle { Middle::Both } else { middle };
    }
}

/// How a diagram of a run is shown at first: as the last one was, but that the times of a log are made up.
pub(crate) fn showing(session: &dyn Session) -> Showing {
    let logical = session.is_log() || browser::recall("axis").as_deref() == Some("logical");
    Showing {
        axis: if logical { Axis::Logical } else { Axis::Physical },
        vertical: browser::recall("time").as_deref() == Some("down"),
        collapsed: browser::recall("local").as_deref() == Some("collapsed"),
        ..Showing::default()
    }
}

impl Desk {
    /// Shows the diagram in another way, which the browser remembers as far as it suits any run.
    pub fn show(&self, change: impl FnOnce(&mut Showing)) {
        let showing = self.change(|state| {
            change(&mut state.lab.showing);
            state.ui.bring_diagram();
            state.ui.diagram = Diagram::SpaceTime;
            state.lab.showing.clone()
        });
        browser::remember("time", if showing.vertical { "down" } else { "onward" });
        browser::remember("local", if showing.collapsed { "collapsed" } else { "each" });
        if !self.state().lab.session().is_log() {
            browser::remember("axis", if showing.axis == Axis::Logical { "logical" } else { "physical" });
        }
    }
    /// Leaves a node out of the diagram, or shows it again.
    pub fn turn_node(&self, node: NodeId) {
        self.show(|_| ());
        self.change(|state| {
            state.ui.menu = None;
            state.lab.hold(false);
            let nodes = state.lab.session().names().len();
            state.lab.showing.turn_node(node, nodes);
        });
    }
}

/// Puts a theme on the page.
pub(crate) fn wear(theme: Theme) {
    let name = match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    browser::set_root_attribute("data-theme", name);
}

impl Desk {
    /// Chooses a theme.
    pub fn set_theme(&self, theme: Theme) {
        wear(theme);
        let name = match theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        browser::remember("theme", name);
        self.stage().borrow_mut().recolour();
        self.dress(|ui| ui.theme = theme);
    }
    /// Chooses a language.
    pub fn set_language(&self, language: Language) {
        browser::remember("language", language.tag());
        failure::speak(language == Language::Zh);
        self.dress(|ui| ui.language = language);
        self.title();
    }
}

/// The share of the middle that the cluster has, in per cent.
pub(crate) fn split() -> i32 {
    browser::recall("split").and_then(|text| text.parse().ok()).map_or(58, |share: i32| share.clamp(15, 85))
}

/// Moves the divider.
pub(crate) fn set_split(share: i32) -> i32 {
    let share = share.clamp(15, 85);
    browser::set_property("--split-grow", &share.to_string());
    browser::set_property("--split-rest", &(100 - share).to_string());
    browser::remember("split", &share.to_string());
    share
}
