//! How the page is set up.

use crate::app::offer::Form;
use crate::app::panels::Import;
use crate::locale::Language;
use netsplit_scenario::Selection;

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
    pub(super) fn fade(&mut self, now: f64) -> bool {
        self.remark.take_if(|(_, until)| *until < now).is_some()
    }
}
