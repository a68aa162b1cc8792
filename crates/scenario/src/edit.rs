//! Editing a scenario's network: who is in it, and who has a link to whom. Nodes are numbered part by part, so when one
//! comes or goes the others' numbers move; what the scenario says of them moves along.

use crate::check::Unplayable;
use crate::model::{Scenario, Workload};
use crate::tree::Tree;
use crate::{catalogue, names};
use netsplit_protocols::{About, FieldKind};
use netsplit_sim::{Intervention, MsgName, NodeId, Planned, Seed, Target, Topology};

/// A change to a scenario's network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Another shape for the nodes there are.
    Shape(Topology),
    /// One more node of a part (an index into [`About::parts`]). A shape has a place for it; in a network drawn by hand
    /// it gets a link to `beside`.
    Add {
        /// The part it plays.
        part: usize,
        /// Its first neighbour, if somebody must say.
        beside: Option<NodeId>,
    },
    /// A node goes, and all its links.
    Remove(NodeId),
    /// A link between two nodes.
    Link(NodeId, NodeId),
    /// No link between two nodes.
    Unlink(NodeId, NodeId),
}

/// A scenario with its network changed. Whether it can be played is for [`open`](crate::open()) to say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edited {
    /// The scenario.
    pub scenario: Scenario,
    /// For each node, which one it was before; nothing for a new one.
    pub before: Vec<Option<NodeId>>,
    /// How much of what was planned is gone because it was about a node that is gone.
    pub dropped: usize,
}

/// Changes the network of a scenario that has been checked.
pub fn edit(scenario: &Scenario, change: &Change) -> Result<Edited, Unplayable> {
    let about = catalogue::about(&scenario.protocol)
        .ok_or_else(|| Unplayable::new(format!("there is no protocol {:?}", scenario.protocol)))?;
    match change {
        Change::Shape(topology) => Ok(wired(scenario, about, topology.clone())),
        Change::Link(a, b) => {
            let mut edges = edges_without(scenario, about, *a, *b)?;
            edges.push((*a.min(b), *a.max(b)));
            edges.sort_unstable();
            Ok(wired(scenario, about, Topology::Edges(edges)))
        }
        Change::Unlink(a, b) => Ok(wired(scenario, about, Topology::Edges(edges_without(scenario, about, *a, *b)?))),
        Change::Add { part, beside } => add(scenario, about, *part, *beside),
        Change::Remove(node) => remove(scenario, about, *node),
    }
}

/// The same nodes with other links.
fn wired(scenario: &Scenario, about: &'static About, topology: Topology) -> Edited {
    let total = names::total(about, scenario) as u16;
    let before = (0..total).map(|id| Some(NodeId(id))).collect();
    Edited { scenario: Scenario { topology, ..scenario.clone() }, before, dropped: 0 }
}

/// All links but the one between two nodes, each once, lower number first.
fn edges_without(
    scenario: &Scenario,
    about: &'static About,
    a: NodeId,
    b: NodeId,
) -> Result<Vec<(NodeId, NodeId)>, Unplayable> {
    let total = names::total(about, scenario) as u16;
    if a == b || a.0 >= total || b.0 >= total {
        return Err(Unplayable::new("a link leads from one node to another that is there"));
    }
    let lists = scenario.topology.neighbours(total, Seed(scenario.seed));
    let ends = |from: u16| lists[usize::from(from)].iter().map(move |to| (NodeId(from), *to));
    let once = |(from, to): &(NodeId, NodeId)| from < to && (*from, *to) != (a.min(b), a.max(b));
    Ok((0..total).flat_map(ends).filter(once).collect())
}

fn add(scenario: &Scenario, about: &'static About, part: usize, beside: Option<NodeId>) -> Result<Edited, Unplayable> {
    let Some(joined) = about.parts.get(part) else {
        return Err(Unplayable::new(format!("{} has {} parts", about.name, about.parts.len())));
    };
    let total = names::total(about, scenario) as u16;
    let new = about.parts[..=part].iter().map(|part| names::count(scenario, part)).sum::<u16>();
    let after = |id: u16| Some(NodeId(if id < new { id } else { id.saturating_add(1) }));
    let mut next = scenario.clone();
    next.nodes.insert(joined.name.to_owned(), names::count(scenario, joined).saturating_add(1));
    let mut edited = renumber(scenario, next, about, (0..total).map(after).collect());
    if let Topology::Edges(edges) = &mut edited.scenario.topology
        && let Some(Some(beside)) = beside.map(|beside| after(beside.0))
    {
        edges.push((beside.min(NodeId(new)), beside.max(NodeId(new))));
        edges.sort_unstable();
    }
    Ok(edited)
}

fn remove(scenario: &Scenario, about: &'static About, node: NodeId) -> Result<Edited, Unplayable> {
    let mut last = 0;
    let part = about.parts.iter().find(|part| {
        last += names::count(scenario, part);
        node.0 < last
    });
    let part = part.ok_or_else(|| Unplayable::new(format!("there is no node number {}", node.0)))?;
    let total = names::total(about, scenario) as u16;
    let after = |id: u16| match id.cmp(&node.0) {
        std::cmp::Ordering::Less => Some(NodeId(id)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(NodeId(id - 1)),
    };
    let mut next = scenario.clone();
    next.nodes.insert(part.name.to_owned(), names::count(scenario, part) - 1);
    Ok(renumber(scenario, next, about, (0..total).map(after).collect()))
}

/// Carries what a scenario says of its nodes over to their new numbers. `next` already has the new counts.
fn renumber(old: &Scenario, mut next: Scenario, about: &'static About, after: Vec<Option<NodeId>>) -> Edited {
    let moved = Moved { about, before: names::names(about, old), names: names::names(about, &next), after };
    let mut before = vec![None; moved.names.len()];
    for (id, after) in moved.after.iter().enumerate() {
        if let Some(slot) = after.and_then(|after| before.get_mut(after.index())) {
            *slot = Some(NodeId(id as u16));
        }
    }
    if let Topology::Edges(edges) = &mut next.topology {
        *edges = edges.iter().filter_map(|(a, b)| Some((moved.node(*a)?, moved.node(*b)?))).collect();
    }
    let planned = old.timeline.len() + old.workload.iter().map(|workload| workload.ops.len()).sum::<usize>();
    next.special =
        old.special.iter().filter_map(|(a, b, link)| Some((moved.node(*a)?, moved.node(*b)?, *link))).collect();
    next.timeline = old.timeline.iter().filter_map(|it| moved.planned(it)).collect();
    next.workload = old.workload.iter().filter_map(|it| moved.workload(it)).collect();
    let left = next.timeline.len() + next.workload.iter().map(|workload| workload.ops.len()).sum::<usize>();
    Edited { scenario: next, before, dropped: planned - left }
}

/// Who is who after nodes have come or gone. What is about a node that is gone comes to nothing.
struct Moved {
    about: &'static About,
    /// The nodes' names before and after.
    before: Vec<String>,
    names: Vec<String>,
    /// By old number.
    after: Vec<Option<NodeId>>,
}

impl Moved {
    fn node(&self, node: NodeId) -> Option<NodeId> {
        *self.after.get(node.index())?
    }
    fn target(&self, target: &Target) -> Option<Target> {
        match target {
            Target::Node(node) => self.node(*node).map(Target::Node),
            Target::Role(role) => Some(Target::Role(role.clone())),
        }
    }
    fn message(&self, name: MsgName) -> Option<MsgName> {
        Some(MsgName { from: self.node(name.from)?, to: self.node(name.to)?, ..name })
    }

    fn planned(&self, planned: &Planned<Tree>) -> Option<Planned<Tree>> {
        Some(Planned { when: planned.when, what: self.intervention(&planned.what)? })
    }
    fn intervention(&self, what: &Intervention<Tree>) -> Option<Intervention<Tree>> {
        Some(match what {
            Intervention::Crash(target) => Intervention::Crash(self.target(target)?),
            Intervention::Restart(target) => Intervention::Restart(self.target(target)?),
            Intervention::Pause(target) => Intervention::Pause(self.target(target)?),
            Intervention::Resume(target) => Intervention::Resume(self.target(target)?),
            Intervention::Fire(target, timer) => Intervention::Fire(self.target(target)?, timer.clone()),
            Intervention::Clock(target, offset, drift) => Intervention::Clock(self.target(target)?, *offset, *drift),
            Intervention::Turn(target, manner) => Intervention::Turn(self.target(target)?, *manner),
            Intervention::Disk(target, span, lying) => Intervention::Disk(self.target(target)?, *span, *lying),
            Intervention::Invoke(target, op) => Intervention::Invoke(self.target(target)?, self.operation(op)?),
            Intervention::Cut(from, to) => Intervention::Cut(self.target(from)?, self.target(to)?),
            Intervention::Mend(from, to) => Intervention::Mend(self.target(from)?, self.target(to)?),
            Intervention::Relink(from, to, link) => Intervention::Relink(self.target(from)?, self.target(to)?, *link),
            Intervention::Partition(groups) => {
                let group = |group: &Vec<Target>| group.iter().filter_map(|it| self.target(it)).collect::<Vec<_>>();
                let left: Vec<_> = groups.iter().map(group).filter(|group| !group.is_empty()).collect();
                (!left.is_empty()).then_some(Intervention::Partition(left))?
            }
            Intervention::Drop(name) => Intervention::Drop(self.message(*name)?),
            Intervention::Duplicate(name) => Intervention::Duplicate(self.message(*name)?),
            Intervention::Deliver(name) => Intervention::Deliver(self.message(*name)?),
            Intervention::Delay(name, by) => Intervention::Delay(self.message(*name)?, *by),
            Intervention::Heal | Intervention::Network(_) => what.clone(),
        })
    }

    fn workload(&self, workload: &Workload) -> Option<Workload> {
        let ops: Vec<Tree> = workload.ops.iter().filter_map(|op| self.operation(op)).collect();
        let at = self.target(&workload.at)?;
        (!ops.is_empty()).then(|| Workload { at, ops, ..workload.clone() })
    }

    /// An operation, with the nodes that stand in its fields.
    fn operation(&self, op: &Tree) -> Option<Tree> {
        let Tree::Map(variant) = op else { return Some(op.clone()) };
        let mut variant = variant.clone();
        for form in self.about.ops {
            let Some(Tree::Map(values)) = variant.get_mut(form.name) else { continue };
            for field in form.fields.iter().filter(|field| matches!(field.kind, FieldKind::Node | FieldKind::Nodes)) {
                let Some(value) = values.get_mut(field.name) else { continue };
                *value = self.named(value)?;
            }
        }
        Some(Tree::Map(variant))
    }

    /// A node as an operation's field has it: by name or number. What is neither, such as a gap, stays.
    fn named(&self, value: &Tree) -> Option<Tree> {
        match value {
            Tree::Text(name) => match self.before.iter().position(|before| before == name) {
                Some(id) => self.names.get(self.node(NodeId(id as u16))?.index()).cloned().map(Tree::Text),
                None => Some(value.clone()),
            },
            Tree::Int(number) => match u16::try_from(*number).ok().filter(|id| usize::from(*id) < self.before.len()) {
                Some(id) => self.node(NodeId(id)).map(|node| Tree::Int(i64::from(node.0))),
                None => Some(value.clone()),
            },
            Tree::List(items) => items.iter().map(|item| self.named(item)).collect::<Option<_>>().map(Tree::List),
            other => Some(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{file, open};

    const STORY: &str = r#"
protocol = "raft"
seed = 3
[nodes]
server = 4
client = 2
[[timeline]]
at = "100ms"
crash = "n2"
[[timeline]]
at = "200ms"
partition = [["n2"], ["n3", "c2"]]
[[timeline]]
at = "300ms"
cut = ["n3", "c1"]
[[timeline]]
at = "400ms"
crash = "leader"
[[workload]]
at = "c2"
from = "100ms"
until = "500ms"
every = "100ms"
ops = [{ put = { key = "{k}", value = "{n}" } }]
"#;

    fn scenario(text: &str) -> Scenario {
        file::parse(text).expect("the fixture is a scenario")
    }
    fn changed(scenario: &Scenario, change: Change) -> Edited {
        let edited = edit(scenario, &change).expect("the change makes sense");
        let session = open(edited.scenario.clone()).expect("it can be played");
        assert_eq!(session.names().len(), edited.before.len());
        edited
    }
    /// The timeline, one line each, as a scenario file writes it.
    fn timeline(scenario: &Scenario) -> String {
        file::print(scenario).lines().filter(|line| line.contains("n2") || line.contains("n3")).collect()
    }
    fn pairs(scenario: &Scenario) -> Vec<(u16, u16)> {
        let Topology::Edges(edges) = &scenario.topology else { panic!("the network is drawn by hand") };
        edges.iter().map(|(a, b)| (a.0, b.0)).collect()
    }

    #[test]
    fn what_a_scenario_says_of_a_node_moves_with_it() {
        let story = scenario(STORY);
        let Edited { scenario, before, dropped } = changed(&story, Change::Add { part: 0, beside: None });
        assert_eq!((scenario.nodes["server"], dropped), (5, 0));
        assert_eq!(before[3..], [Some(NodeId(3)), None, Some(NodeId(4)), Some(NodeId(5))]);
        assert_eq!(scenario.workload[0].at, Target::Node(NodeId(6)), "c2 has another number and is still c2");
        assert_eq!(timeline(&scenario), timeline(&story));
        let back = changed(&scenario, Change::Remove(NodeId(4)));
        assert_eq!(back.scenario, story);
    }

    #[test]
    fn what_was_about_a_node_goes_with_it() {
        let Edited { scenario, before, dropped } = changed(&scenario(STORY), Change::Remove(NodeId(1)));
        assert_eq!(dropped, 1, "the crash of n2");
        assert_eq!(before, [0, 2, 3, 4, 5].map(|id| Some(NodeId(id))));
        let what: Vec<_> = scenario.timeline.iter().map(|planned| planned.what.clone()).collect();
        let group = vec![Target::Node(NodeId(1)), Target::Node(NodeId(4))];
        assert_eq!(what[0], Intervention::Partition(vec![group]), "what was n3 is n2 now; the empty side is gone");
        assert_eq!(what[1], Intervention::Cut(Target::Node(NodeId(1)), Target::Node(NodeId(3))));
        let gone = changed(&scenario, Change::Remove(NodeId(4)));
        assert_eq!((gone.scenario.workload.len(), gone.dropped), (0, 1), "nobody is left to ask");
    }

    #[test]
    fn operations_name_the_same_nodes_as_before() {
        let text = "protocol = \"vector-clock\"\n[[workload]]\nat = \"n1\"\nfrom = \"1ms\"\nuntil = \"9ms\"\nevery = \"1ms\"\n\
                    ops = [{ send = { to = \"n2\" } }, { send = { to = \"n3\" } }, { send = { to = \"{node}\" } }]";
        let edited = changed(&scenario(text), Change::Remove(NodeId(1)));
        let printed = file::print(&edited.scenario);
        assert!(printed.contains("n2") && printed.contains("{node}") && !printed.contains("n3"), "{printed}");
        assert_eq!(edited.dropped, 1);
    }

    #[test]
    fn links_are_drawn_and_cut_from_any_shape() {
        let ring = scenario("protocol = \"ping\"\n[nodes]\nnode = 4\n[network]\ntopology = \"ring\"");
        let cut = changed(&ring, Change::Unlink(NodeId(3), NodeId(0))).scenario;
        assert_eq!(pairs(&cut), [(0, 1), (1, 2), (2, 3)]);
        let drawn = changed(&cut, Change::Link(NodeId(2), NodeId(0))).scenario;
        assert_eq!(pairs(&drawn), [(0, 1), (0, 2), (1, 2), (2, 3)]);
        assert_eq!(changed(&drawn, Change::Link(NodeId(0), NodeId(2))).scenario, drawn, "there already");
        let random = scenario("protocol = \"ping\"\nseed = 9\n[nodes]\nnode = 8\n[network]\ntopology = { random = 3 }");
        let one = changed(&random, Change::Link(NodeId(0), NodeId(1))).scenario;
        let (was, is) = (open(random).expect("it plays"), open(one).expect("it plays"));
        assert_eq!(was.neighbours(NodeId(5)), is.neighbours(NodeId(5)), "the drawn network stays as it was drawn");
        assert!(is.neighbours(NodeId(0)).contains(&NodeId(1)));
        for (a, b) in [(0, 0), (0, 4), (9, 1)] {
            assert!(edit(&ring, &Change::Link(NodeId(a), NodeId(b))).is_err());
        }
    }

    #[test]
    fn a_new_node_has_a_place_in_every_network() {
        let ring = scenario("protocol = \"ping\"\n[nodes]\nnode = 3\n[network]\ntopology = \"ring\"");
        let four = changed(&ring, Change::Add { part: 0, beside: None }).scenario;
        assert_eq!(four.topology, Topology::Ring);
        let line = changed(&ring, Change::Unlink(NodeId(0), NodeId(2))).scenario;
        let grown = changed(&line, Change::Add { part: 0, beside: Some(NodeId(1)) }).scenario;
        assert_eq!(pairs(&grown), [(0, 1), (1, 2), (1, 3)]);
        let shaped = changed(&grown, Change::Shape(Topology::Star)).scenario;
        assert_eq!(open(shaped).expect("it plays").neighbours(NodeId(0)).len(), 3);
        let gone = changed(&grown, Change::Remove(NodeId(1))).scenario;
        assert_eq!(pairs(&gone), []);
    }

    #[test]
    fn too_few_and_too_many_are_refused_when_it_is_opened() {
        let one = scenario("protocol = \"ping\"\n[nodes]\nnode = 1");
        let none = edit(&one, &Change::Remove(NodeId(0))).expect("it is a change").scenario;
        let refused = open(none).err().expect("nobody would be there").to_string();
        assert!(refused.contains("at least 1"), "{refused}");
        let most = scenario("protocol = \"ping\"\n[nodes]\nnode = 2000");
        let more = edit(&most, &Change::Add { part: 0, beside: None }).expect("it is a change").scenario;
        let refused = open(more).err().expect("too many").to_string();
        assert!(refused.contains("2000"), "{refused}");
        let mesh = edit(&most, &Change::Unlink(NodeId(0), NodeId(1))).expect("it is a change").scenario;
        assert!(open(mesh).err().expect("too many links to write down").to_string().contains("20000"));
        assert!(edit(&one, &Change::Remove(NodeId(5))).is_err());
        assert!(edit(&one, &Change::Add { part: 7, beside: None }).is_err());
    }
}
