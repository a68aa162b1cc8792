//! The run on the table: the session, what is selected in it, and how it is being played.

mod playing;

use super::quest::Quest;
use crate::draw::{CutLine, Showing};
use netsplit_exchange::{Export, Format};
use netsplit_protocols::{About, Role};
use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{Link, Selection, View};
use netsplit_scenario::open::{self, Verdict};
use netsplit_scenario::session::{Cursor, NodeNow, Session};
use netsplit_scenario::{Scenario, Tree, Unplayable};
use netsplit_sim::{EventId, Intervention, MsgId, MsgName, NodeId, Prominence, Span, Time, Violation};

/// How fast runs can be played: a name, and how many times the scenario's own pace. The last one has no limit.
pub(crate) const SPEEDS: [(&str, u64, u64); 13] = [
    ("1/16", 1, 16),
    ("1/8", 1, 8),
    ("1/4", 1, 4),
    ("1/2", 1, 2),
    ("1", 1, 1),
    ("2", 2, 1),
    ("4", 4, 1),
    ("8", 8, 1),
    ("16", 16, 1),
    ("64", 64, 1),
    ("256", 256, 1),
    ("1000", 1000, 1),
    ("", 0, 1),
];
/// The place of the scenario's own pace among [`SPEEDS`].
pub(crate) const NORMAL: usize = 4;

/// Wall time longer than this between two frames is not caught up with, in milliseconds.
pub(crate) const LONGEST_FRAME: f64 = 100.0;

/// What a link that was opened has shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Standing {
    /// The run was started here.
    Fresh,
    /// The same events, with the same state after each, as whoever sent it saw.
    Verified,
    /// This build behaves differently.
    Differs,
}

/// A run and how it is looked at.
pub(crate) struct Lab {
    session: Box<dyn Session>,
    branches: Branches,
    /// What is selected, in all views at once.
    pub selection: Option<Selection>,
    /// An event that the selected one is compared with.
    pub pinned: Option<EventId>,
    /// A cut through the run, to see whether it is consistent.
    pub cut: Option<CutLine>,
    /// What the space-time diagram is to show of it, and how.
    pub showing: Showing,
    /// Nodes gathered for a common fate, such as being cut off.
    pub gathered: Vec<NodeId>,
    /// Whether a plain click gathers nodes.
    pub gathering: bool,
    /// What the run is played for.
    pub quest: Quest,
    /// Whether people are at work on the network and not on the run.
    pub editing: bool,
    /// An index into [`SPEEDS`].
    pub speed: usize,
    /// What the link showed that the run was opened from.
    pub standing: Standing,
    playing: bool,
    /// Time stands still while somebody chooses what to do.
    held: bool,
    /// Violations whose callout has been closed.
    dismissed: Vec<&'static str>,
    /// The run was stopped at its scenario's end once; from then on it may be played without limit.
    past_end: bool,
    /// Simulated time that playing owes, below a nanosecond.
    owed: f64,
}

impl Lab {
    /// Starts a scenario.
    pub fn start(scenario: Scenario) -> Result<Lab, Unplayable> {
        Ok(Lab::around(open::open(scenario)?))
    }

    /// Opens a link and replays it.
    pub fn follow(link: &Link) -> Result<Lab, Unplayable> {
        let opened = open::open_link(link)?;
        let mut lab = Lab::around(opened.session);
        lab.standing = match opened.verdict {
            Verdict::Verified => Standing::Verified,
            Verdict::Differs { .. } => Standing::Differs,
        };
        lab.past_end = lab.session.cursor().time >= lab.session.scenario().until;
        lab.selection = link.view.selection.filter(|it| lab.exists(*it));
        lab.branches = link.branches.clone();
        if let Some(branch) = lab.branches.get(lab.branches.current()).filter(|_| lab.branches.all().len() > 1) {
            // As far as it was recorded, for what is done now is done in its past.
            let upto = branch.upto;
            if upto.events > link.cursor.events {
                lab.session.fast_forward(upto);
                lab.session.seek(link.cursor.events);
            }
        }
        Ok(lab)
    }

    /// A run that has just begun.
    pub fn around(session: Box<dyn Session>) -> Lab {
        Lab {
            session,
            branches: Branches::default(),
            selection: None,
            pinned: None,
            cut: None,
            showing: Showing::default(),
            gathered: Vec::new(),
            gathering: false,
            quest: Quest::default(),
            editing: false,
            speed: NORMAL,
            standing: Standing::Fresh,
            playing: false,
            held: false,
            dismissed: Vec::new(),
            past_end: false,
            owed: 0.0,
        }
    }

    /// Cuts through the run at the moment that is shown, or no longer.
    pub fn turn_cut(&mut self) {
        let (nodes, now) = (self.session.names().len(), self.cursor().time);
        self.cut = if self.cut.is_some() { None } else { Some(CutLine::straight(nodes, now)) };
    }
    /// The run.
    pub fn session(&self) -> &dyn Session {
        &*self.session
    }
    /// The run, to be moved through.
    pub fn session_mut(&mut self) -> &mut dyn Session {
        &mut *self.session
    }
    /// What the protocol says about itself.
    pub fn about(&self) -> &'static About {
        self.session.about()
    }
    /// A node's name.
    pub fn name(&self, node: NodeId) -> &str {
        self.session.names().get(node.index()).map_or("?", String::as_str)
    }
    /// How many links there are.
    pub fn links(&self) -> usize {
        let nodes = (0..self.session.names().len() as u16).map(NodeId);
        nodes.map(|node| self.session.neighbours(node).len()).sum::<usize>() / 2
    }
    /// Where the cursor is.
    pub fn cursor(&self) -> Cursor {
        self.session.cursor()
    }
    /// Whether it plays, or would if nobody were choosing.
    pub fn playing(&self) -> bool {
        self.playing
    }
    /// Writes a stretch of the run in the format of another tool.
    pub fn export(&mut self, format: Format, events: std::ops::Range<u32>) -> Export {
        netsplit_exchange::export(&mut *self.session, format, events)
    }
    /// What files about the run are called.
    pub fn file_name(&self) -> String {
        let scenario = self.session.scenario();
        let name = if scenario.name.is_empty() { &scenario.prose.title } else { &scenario.name };
        let plain = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
        let name: String = name.chars().take(80).map(plain).collect();
        if name.is_empty() { "netsplit".to_owned() } else { name }
    }
    /// Whether simulated time passes right now.
    pub fn moving(&self) -> bool {
        self.playing && !self.held
    }
    /// Simulated time per second of watching; nothing if there is no limit.
    pub fn pace(&self) -> Option<Span> {
        let (_, num, den) = SPEEDS[self.speed.min(SPEEDS.len() - 1)];
        (num > 0).then(|| self.session.scenario().pace.scale(num, den))
    }

    fn exists(&self, selection: Selection) -> bool {
        let nodes = self.session.names().len();
        match selection {
            Selection::Node(node) => node.index() < nodes,
            Selection::Link(from, to) => from.index() < nodes && to.index() < nodes,
            Selection::Event(event) => event.0 < self.session.trace().len(),
            Selection::Message(name) => self.message(name).is_some(),
        }
    }

    // --- looking ---

    /// Selects something; an event also becomes the moment that is shown.
    pub fn select(&mut self, selection: Option<Selection>) {
        if let Some(Selection::Event(event)) = selection {
            self.go_to(event.0.saturating_add(1));
        }
        self.selection = selection;
    }

    /// Adds a node to those gathered, or takes it out.
    pub fn gather(&mut self, node: NodeId) {
        match self.gathered.iter().position(|it| *it == node) {
            Some(at) => drop(self.gathered.remove(at)),
            None => {
                self.gathered.push(node);
                self.gathered.sort_unstable();
            }
        }
    }

    /// The number of a message in this run.
    pub fn message(&self, name: MsgName) -> Option<MsgId> {
        let trace = self.session.trace();
        trace.messages_in(0..trace.sent()).rev().find(|(_, row)| row.name == name).map(|(id, _)| id)
    }

    /// The event that is being told of: the selected one, or the latest.
    pub fn event_shown(&self) -> Option<EventId> {
        match self.selection {
            Some(Selection::Event(event)) => Some(event),
            _ => self.cursor().latest(),
        }
    }

    /// The violation to be shown: the latest that has happened by now and has not been waved away.
    pub fn alarm(&self) -> Option<&Violation> {
        let events = self.cursor().events;
        let mut seen = self.session.violations().iter().filter(|it| it.event.0 < events);
        seen.rfind(|it| !self.dismissed.contains(&it.invariant))
    }
    /// Closes the callout of a violation.
    pub fn dismiss(&mut self, invariant: &'static str) {
        self.dismissed.push(invariant);
    }
    /// Shows the callouts again.
    pub fn raise_alarms(&mut self) {
        self.dismissed.clear();
    }

    /// Lets everybody start, and no time pass.
    pub fn wake(&mut self) {
        self.session.advance(Time::ZERO, u32::MAX);
    }
    /// Plays so many events, and says which message was the first to go where no link is, if one did: then the
    /// protocol does not ask which links there are.
    pub fn first_stray(&mut self, events: u32) -> Option<(NodeId, NodeId)> {
        self.session.advance(Time::NEVER, events);
        let trace = self.session.trace();
        let linked = |name: MsgName| self.session.neighbours(name.from).binary_search(&name.to).is_ok();
        let mut sent = trace.messages_in(0..trace.sent()).map(|(_, row)| row.name);
        sent.find(|name| name.from != name.to && !linked(*name)).map(|name| (name.from, name.to))
    }

    /// The node in charge, if one is.
    pub fn leader(&self) -> Option<NodeId> {
        leader_among(&self.session.nodes()).map(|node| node.id)
    }
    /// What is known of a role.
    pub fn role(&self, name: &str) -> Option<&'static Role> {
        self.about().roles.iter().find(|role| role.name == name)
    }

    // --- changing the course of things ---

    /// Intervenes at the cursor; why not, if that makes no sense.
    pub fn intervene(&mut self, what: Intervention<Tree>) -> Result<EventId, String> {
        let forks = self.branches.before_intervening(&*self.session);
        let done = self.session.intervene(what);
        if forks && done.is_err() {
            self.branches.refused();
        }
        let event = done.map_err(|refusal| refusal.to_string())?;
        self.after_change();
        Ok(event)
    }
    /// Takes the latest intervention back.
    pub fn undo(&mut self) -> bool {
        let undone = self.session.undo();
        // A branch in which nothing is done otherwise is none.
        if undone && self.branches.is_empty(&*self.session) {
            let left = self.branches.current();
            let parent = self.branches.get(left).and_then(|branch| branch.parent);
            if parent.is_some_and(|parent| self.switch_branch(parent).is_ok()) {
                self.branches.remove(left);
            }
        }
        self.after_change();
        undone
    }

    /// What the run could also have come to.
    pub fn branches(&self) -> &Branches {
        &self.branches
    }
    /// Plays another branch, at the time that is shown if it goes that far.
    pub fn switch_branch(&mut self, to: u32) -> Result<(), String> {
        if to == self.branches.current() {
            return Ok(());
        }
        self.session = self.branches.switch(to, &*self.session).map_err(|reason| reason.to_string())?;
        self.set_playing(false);
        self.after_change();
        Ok(())
    }
    /// Calls a branch something.
    pub fn rename_branch(&mut self, number: u32, name: &str) {
        self.branches.rename(number, name);
    }
    /// Forgets a branch.
    pub fn remove_branch(&mut self, number: u32) {
        self.branches.remove(number);
    }
    /// What was recorded and is no longer so must not stay selected.
    fn after_change(&mut self) {
        self.quest.forget();
        self.selection = self.selection.filter(|it| self.exists(*it));
        self.standing = Standing::Fresh;
        self.dismissed.retain(|name| self.session.violations().iter().any(|it| it.invariant == *name));
    }

    /// Everything that a link to this moment carries.
    pub fn link(&self, view: View) -> Link {
        Link {
            scenario: self.session.scenario().clone(),
            interventions: self.session.interventions().to_vec(),
            cursor: self.cursor(),
            hash: self.session.hash(),
            view: View { selection: self.selection, ..view },
            branches: self.branches.noted(&*self.session),
        }
    }
}

/// Of the nodes in charge, the one with the highest figure.
fn leader_among(nodes: &[NodeNow]) -> Option<&NodeNow> {
    let leads = |node: &&NodeNow| node.face.as_ref().is_some_and(|face| face.prominence == Prominence::Leading);
    let figure = |node: &&NodeNow| node.face.as_ref().and_then(|face| face.headline).map_or(0, |(_, value)| value);
    nodes.iter().filter(leads).max_by_key(|node| (figure(node), std::cmp::Reverse(node.id)))
}
