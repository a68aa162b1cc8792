//! Work on the network: every change begins the run anew with the changed scenario, and every change can be undone.

use super::desk::{Desk, Place};
use super::lab::{Lab, Standing};
use crate::locale::Word;
use netsplit_scenario::edit::{Change, Edited, edit};
use netsplit_scenario::{Link, Selection};
use netsplit_sim::{NodeId, Topology};

/// A run that a change has replaced.
pub(crate) struct Earlier {
    link: Link,
    /// For each node of the run that came after it, which one it was here.
    before: Vec<Option<NodeId>>,
}

/// As many changes can be undone.
const REMEMBERED: usize = 100;
/// To see whether a protocol keeps to the links, it is played for so many events.
const PROBE: u32 = 2_000;

impl Desk {
    /// Takes up the work on the network, or lays it aside.
    pub fn set_editing(&self, editing: bool) {
        self.change(|state| {
            state.lab.editing = editing;
            state.lab.gathering = false;
            state.lab.gathered.clear();
            state.lab.hold(false);
            state.ui.menu = None;
            state.ui.form = None;
            state.ui.edited = None;
            state.ui.trouble = None;
            if editing {
                state.lab.set_playing(false);
            }
        });
    }

    /// Changes the network. What is wrong with that is told where it was done.
    pub fn edit(&self, change: &Change) {
        let (scenario, interventions, selection) = {
            let state = self.state();
            let lab = &state.lab;
            (lab.session().scenario().clone(), lab.session().interventions().len(), lab.selection)
        };
        let edited = edit(&scenario, change);
        let begun = edited.and_then(|edited| Ok((Lab::start(edited.scenario.clone())?, edited)));
        self.dress(|ui| (ui.menu, ui.form) = (None, None));
        let (mut lab, edited) = match begun {
            Ok(begun) => begun,
            Err(refused) => return self.complain(Place::Network, refused.to_string()),
        };
        if edited.scenario == scenario {
            return;
        }
        lab.wake();
        lab.selection = selection.and_then(|thing| moved(thing, &edited.before));
        let said = self.consequences(change, &edited, interventions);
        let shaped = matches!(scenario.topology, Topology::Star | Topology::Tree | Topology::Grid);
        if shaped && matches!(edited.scenario.topology, Topology::Edges(_)) {
            // Links drawn by hand say nothing of where nodes belong: they stay where the shape had them. Not in a row,
            // where one link would lie on another.
            self.stage().borrow_mut().pin_nodes();
        }
        self.begin_anew(lab, false, Some(edited.before));
        self.dress(|ui| ui.edited = Some(said));
    }

    /// What the change has led to, in words.
    fn consequences(&self, change: &Change, edited: &Edited, interventions: usize) -> String {
        let language = self.language();
        let mut said = vec![language.say(Word::BegunAnew).to_owned()];
        if let Change::Remove(node) = change {
            said.extend(self.moved_up(*node));
        }
        if interventions > 0 {
            said.push(language.fill(Word::DeedsGone, &[("count", &interventions.to_string())]));
        }
        if edited.dropped > 0 {
            said.push(language.fill(Word::PlansGone, &[("count", &edited.dropped.to_string())]));
        }
        if let Ok(mut probe) = Lab::start(edited.scenario.clone())
            && let Some((from, to)) = probe.first_stray(PROBE)
        {
            said.push(language.fill(Word::LinksIgnored, &[("node", probe.name(from)), ("to", probe.name(to))]));
        }
        said.join(" ")
    }

    /// Who has another name once a node is gone: names are counted.
    fn moved_up(&self, gone: NodeId) -> Option<String> {
        let state = self.state();
        let (lab, next) = (&state.lab, NodeId(gone.0.checked_add(1)?));
        let parts = lab.session().parts();
        let alike = parts.get(next.index())? == parts.get(gone.index())?;
        let gaps = [("was", lab.name(next)), ("is", lab.name(gone))];
        alike.then(|| self.language().fill(Word::MovedUp, &gaps))
    }

    /// Puts a run in the place of the one on the table that can be undone. `before` says who was who, if nodes have
    /// other numbers now.
    pub fn begin_anew(&self, mut lab: Lab, playing: bool, before: Option<Vec<Option<NodeId>>>) {
        let now = self.state().lab.link(self.stage().borrow().view());
        let before = before.unwrap_or_else(|| same(lab.session().names().len()));
        lab.editing = self.state().lab.editing;
        self.replace(lab, playing);
        self.stage().borrow_mut().renumber(&before);
        {
            let mut earlier = self.earlier().borrow_mut();
            earlier.push(Earlier { link: now, before });
            if earlier.len() > REMEMBERED {
                earlier.remove(0);
            }
        }
        self.push();
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.state().lab.session().interventions().is_empty() || !self.earlier().borrow().is_empty()
    }

    /// Goes back to the run that the latest change has replaced; false if there is none.
    pub fn go_back(&self) -> bool {
        let Some(Earlier { link, before }) = self.earlier().borrow_mut().pop() else { return false };
        let Ok(mut lab) = Lab::follow(&link) else { return false };
        lab.standing = Standing::Fresh;
        lab.editing = self.state().lab.editing;
        let mut back = vec![None; lab.session().names().len()];
        for (id, was) in before.iter().enumerate() {
            if let Some(slot) = was.and_then(|was| back.get_mut(was.index())) {
                *slot = Some(NodeId(id as u16));
            }
        }
        self.replace(lab, false);
        let mut stage = self.stage().borrow_mut();
        stage.renumber(&back);
        stage.set_places(&link.view.places);
        drop(stage);
        self.push();
        true
    }
}

fn same(count: usize) -> Vec<Option<NodeId>> {
    (0..count).map(|id| Some(NodeId(id as u16))).collect()
}

/// What was selected, by its new numbers.
fn moved(thing: Selection, before: &[Option<NodeId>]) -> Option<Selection> {
    let now = |node: NodeId| before.iter().position(|it| *it == Some(node)).map(|id| NodeId(id as u16));
    match thing {
        Selection::Node(node) => now(node).map(Selection::Node),
        Selection::Link(from, to) => Some(Selection::Link(now(from)?, now(to)?)),
        Selection::Event(_) | Selection::Message(_) => None,
    }
}
