//! What the registers promise. When operations begin and end is taken from the engine; with the tags they carry, that
//! decides atomicity: operations in the order of their tags, a write before the reads of its tag, are a history of one
//! register, and if no operation has a lower tag than one that ended before it began, that order agrees with real time
//! (Lynch: Distributed Algorithms, 1996, Lemma 13.16).

use super::client::{Client, Ended, Kind, Phase};
use super::{Abd, Register, Settings, Tag, Text, View};
use crate::shared::calm::Calm;
use crate::shared::ghost::Log;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation, World};
use std::collections::BTreeMap;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    calm: Calm,
    /// When the operations began that have not ended.
    began: BTreeMap<OpId, (EventId, Time)>,
    /// Per key, the operations whose tag was higher than that of all that had ended before them, as they ended.
    highest: BTreeMap<Text, Log<Mark>>,
    /// What was written under each tag, by which operation, and when.
    written: BTreeMap<(Text, Tag), Written>,
    /// Each client's latest write.
    latest: BTreeMap<NodeId, (Text, Tag)>,
    /// Each client's operation that ended last, and since when it has worked on the present one.
    last_ended: BTreeMap<NodeId, OpId>,
    working: BTreeMap<NodeId, (OpId, Time)>,
    ended: u64,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// An operation that has ended.
#[derive(Clone, Debug)]
struct Mark {
    node: NodeId,
    event: EventId,
    read: bool,
    tag: Tag,
}

/// A write.
#[derive(Clone, Debug)]
struct Written {
    id: OpId,
    event: EventId,
    value: Option<Text>,
}

/// Messages and disks that take no longer than this are as they should be.
const BOUND: Span = Span::millis(20);

impl Monitor<Abd> for Invariants {
    fn after(&mut self, scene: &Scene<Abd>) -> Result<(), Violation> {
        self.calm.watch(scene, BOUND);
        let Some(node) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(node) {
            Some(View::Client(client)) => self.client(scene, node, client),
            Some(View::Server(_)) => Ok(()),
            None => {
                self.forget_lost_write(scene.world, node);
                Ok(())
            }
        };
        match verdict {
            Err(violation) if !self.broken.contains(&violation.invariant) => {
                self.broken.push(violation.invariant);
                Err(violation)
            }
            _ => Ok(()),
        }
    }
}

impl Invariants {
    /// How many operations have ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended
    }

    fn client(&mut self, scene: &Scene<Abd>, node: NodeId, client: &Client) -> Result<(), Violation> {
        let now = (scene.event, scene.world.now());
        let newest = client.waiting().next_back().or(client.work().map(|work| work.id));
        if let Some(id) = newest.filter(|id| self.last_ended.get(&node).is_none_or(|last| last < id)) {
            self.began.entry(id).or_insert(now);
        }
        let unique = self.note_write(scene, node, client);
        let sound = match client.ended() {
            Some(ended) if self.last_ended.get(&node) != Some(&ended.id) => {
                self.note_end(scene, node, ended, client.settings())
            }
            _ => Ok(()),
        };
        unique.and(sound).and(self.progress(scene, node, client))
    }

    /// A write has chosen its tag: no other write may have it.
    fn note_write(&mut self, scene: &Scene<Abd>, node: NodeId, client: &Client) -> Result<(), Violation> {
        let Some(work) = client.work().filter(|work| work.phase == Phase::Update) else { return Ok(()) };
        let Kind::Write(value) = &work.kind else { return Ok(()) };
        let (event, name) = (scene.event, (work.key.clone(), work.register.tag));
        match self.written.get(&name) {
            Some(other) if other.id == work.id => Ok(()),
            Some(other) => {
                let text = |value: &Option<Text>| format!("writes {}", told(client.settings(), &name, value));
                let evidence = vec![
                    Evidence { node, event: other.event, text: text(&other.value) },
                    Evidence { node, event, text: text(value) },
                ];
                Err(Violation { invariant: "unique-tags", event, evidence })
            }
            None => {
                self.latest.insert(node, name.clone());
                self.written.insert(name, Written { id: work.id, event, value: value.clone() });
                Ok(())
            }
        }
    }

    /// A client crashed: if its last tag was not on its disk, nobody has seen it, and it may be used again.
    fn forget_lost_write(&mut self, world: &World<Abd>, node: NodeId) {
        self.working.remove(&node);
        let Some(name) = self.latest.remove(&node) else { return };
        let kept = world.kept(node).some();
        if self.written.get(&name).is_some_and(|written| kept.is_none_or(|kept| written.event > kept)) {
            self.written.remove(&name);
        }
    }

    fn note_end(
        &mut self,
        scene: &Scene<Abd>,
        node: NodeId,
        ended: &Ended,
        settings: &Settings,
    ) -> Result<(), Violation> {
        self.last_ended.insert(node, ended.id);
        self.ended += 1;
        let began = self.began.remove(&ended.id).map_or(scene.event, |(event, _)| event);
        let atomic = self.atomic(scene.event, node, ended, (began, settings));
        let mark = Mark { node, event: scene.event, read: ended.read, tag: ended.register.tag };
        let highest = self.highest.entry(ended.key.clone()).or_default();
        if highest.len().checked_sub(1).and_then(|last| highest.get(last)).is_none_or(|last| last.tag < mark.tag) {
            highest.push(mark);
        }
        self.tells_what_was_written(scene.event, node, ended, settings).and(atomic)
    }

    /// No operation has a lower tag than one that ended before it began, and a write's is higher.
    fn atomic(
        &self,
        event: EventId,
        node: NodeId,
        ended: &Ended,
        (began, settings): (EventId, &Settings),
    ) -> Result<(), Violation> {
        let Some(highest) = self.highest.get(&ended.key) else { return Ok(()) };
        let Some(before) = last_before(highest, began) else { return Ok(()) };
        let tag = ended.register.tag;
        if before.tag < tag || (ended.read && before.tag == tag) {
            return Ok(());
        }
        let did = |read| if read { "read" } else { "wrote" };
        let key = &ended.key;
        let first = format!("{} {key} with tag {}", did(before.read), settings.told(before.tag));
        let (verb, found) = (did(ended.read), told(settings, &(key.clone(), tag), &ended.register.value));
        let evidence = vec![
            Evidence { node: before.node, event: before.event, text: first },
            Evidence { node, event: began, text: "was asked after that had ended".to_owned() },
            Evidence { node, event, text: format!("{verb} {found}, which is older") },
        ];
        Err(Violation { invariant: "atomic", event, evidence })
    }

    /// What a read returns under a tag is what was written under it; the lowest tag is that of nothing.
    fn tells_what_was_written(
        &self,
        event: EventId,
        node: NodeId,
        ended: &Ended,
        settings: &Settings,
    ) -> Result<(), Violation> {
        let Register { tag, value } = &ended.register;
        let name = (ended.key.clone(), *tag);
        let true_value = match self.written.get(&name) {
            Some(written) => Some(&written.value),
            None if *tag == Tag::default() => Some(&None),
            None => None,
        };
        if true_value == Some(value) {
            return Ok(());
        }
        let mut evidence = vec![Evidence { node, event, text: format!("has {}", told(settings, &name, value)) }];
        if let (Some(written), Some(writer)) = (self.written.get(&name), tag.writer) {
            let text = format!("wrote {}", told(settings, &name, &written.value));
            evidence.insert(0, Evidence { node: writer, event: written.event, text });
        }
        Err(Violation { invariant: "tag-tells-value", event, evidence })
    }

    /// With a majority of the servers up, and nothing else wrong, an operation does not take long.
    fn progress(&mut self, scene: &Scene<Abd>, node: NodeId, client: &Client) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let Some(work) = client.work() else {
            self.working.remove(&node);
            return Ok(());
        };
        let since = self.working.entry(node).or_insert((work.id, world.now()));
        if since.0 != work.id {
            *since = (work.id, world.now());
        }
        let settings = client.settings();
        // A retry on a clock that is as slow as clocks get here; then two rounds, with a write to disk in each.
        let patience = settings.config.retry.scale(2, 1) + BOUND.scale(8, 1);
        let ready = |server: &&NodeId| world.view(**server).is_some() && world.unsynced(**server) == 0;
        let waited = world.now().since(since.1);
        if waited < patience
            || settings.servers.iter().filter(ready).count() < settings.majority()
            || !self.calm.holds(scene, patience, BOUND)
        {
            return Ok(());
        }
        let text = format!("has worked on an operation for {waited}, and a majority of the servers is there");
        Err(Violation { invariant: "minority-cannot-block", event, evidence: vec![Evidence { node, event, text }] })
    }
}

/// The last of the marks before an event.
fn last_before(marks: &Log<Mark>, event: EventId) -> Option<&Mark> {
    let (mut low, mut high) = (0, marks.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match marks.get(middle) {
            Some(mark) if mark.event < event => low = middle + 1,
            _ => high = middle,
        }
    }
    marks.get(low.checked_sub(1)?)
}

fn told(settings: &Settings, (key, tag): &(Text, Tag), value: &Option<Text>) -> String {
    let tag = settings.told(*tag);
    match value {
        Some(value) => format!("{key}={value} with tag {tag}"),
        None => format!("nothing at {key} with tag {tag}"),
    }
}

/// How many copies at running servers are older than the newest there.
pub(super) fn stale_copies(world: &World<Abd>) -> u64 {
    let servers = || {
        world.ids().filter_map(|node| world.view(node)).filter_map(|view| match view {
            View::Server(server) => Some(server),
            View::Client(_) => None,
        })
    };
    let mut newest: BTreeMap<&Text, Tag> = BTreeMap::new();
    for (key, register) in servers().flat_map(|server| server.registers()) {
        let tag = newest.entry(key).or_default();
        *tag = register.tag.max(*tag);
    }
    let stale = |(key, tag): (&&Text, &Tag)| servers().filter(|server| server.register(key).tag < *tag).count() as u64;
    newest.iter().map(stale).sum()
}
