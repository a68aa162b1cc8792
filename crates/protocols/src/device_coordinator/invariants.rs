//! One order for all, and one policy in it. What was agreed is what a coordinator first had on its disk; what comes of it
//! is worked out here, by rules that nobody has broken.
//!
//! Only what is durable counts: until then nobody hears of it, and a crash undoes it. Nobody answers for what liars say;
//! what others believe of it counts.

use super::{Coordinator, Deed, Device, DeviceCoordinator, Op, Outcome, Place, Ret, Settings, Slot, State, View};
use crate::shared::calm::{Healed, usual_latency};
use crate::shared::ghost::Log;
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, OpId, Scene, Span, Time, Violation};
use std::collections::VecDeque;
use std::ops::Range;

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// What was agreed, from the first place on.
    agreed: Log<Agreed>,
    /// What that makes of it all.
    state: State,
    /// At how many places something was forbidden.
    forbidden: u64,
    /// How many places of a coordinator's order, or deeds of a device, have been looked at: those that are durable.
    read: Map<NodeId, usize>,
    /// How many there were after which event, where that is not durable yet.
    unsure: Map<NodeId, VecDeque<(EventId, usize)>>,
    /// The last place that each device has done.
    positions: Map<NodeId, Place>,
    /// What clients were told of places that are not known to be agreed on yet.
    told: Vec<(NodeId, EventId, OpId, Ret)>,
    /// The place that a device lacks though it could have it, and since when.
    lacks: Map<NodeId, (Place, Time)>,
    healed: Healed,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// What stands at a place.
#[derive(Clone)]
struct Agreed {
    slot: Slot,
    outcome: Outcome,
    /// Who had it first...
    node: NodeId,
    /// ...and in which event it was known to be durable.
    event: EventId,
}

impl Monitor<DeviceCoordinator> for Invariants {
    fn after(&mut self, scene: &Scene<DeviceCoordinator>) -> Result<(), Violation> {
        let healed = self.healed.after(scene);
        let Some(node) = scene.node else { return Ok(()) };
        let verdicts = match scene.world.view(node) {
            Some(View::Coordinator(coordinator)) if !scene.world.has_lied(node) => {
                vec![self.one_log(scene, node, coordinator)]
            }
            Some(View::Coordinator(_)) => Vec::new(),
            Some(View::Device(device)) => {
                self.positions.insert(node, device.position());
                let lacks = self.catches_up(scene, node, device, healed);
                self.deeds(scene, node, device).into_iter().chain([lacks]).collect()
            }
            None => {
                self.lacks.remove(&node);
                self.unsure.remove(&node);
                Vec::new()
            }
        };
        self.hear_answers(scene, node);
        for violation in verdicts.into_iter().chain([self.answers_hold(scene.event)]).filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }
}

impl Invariants {
    /// How many places are agreed on.
    pub(super) fn agreed(&self) -> u64 {
        self.agreed.len() as u64
    }
    /// How many places the slowest device is behind.
    pub(super) fn behind(&self) -> u64 {
        self.agreed().saturating_sub(self.positions.values().copied().min().unwrap_or(self.agreed()))
    }
    /// How many operations the policy has forbidden.
    pub(super) fn forbidden(&self) -> u64 {
        self.forbidden
    }

    /// Which of a node's so many items have become durable since they were looked at last: a crash would not undo them.
    fn news(&mut self, scene: &Scene<DeviceCoordinator>, node: NodeId, count: usize) -> Range<usize> {
        let (read, unsure) = (self.read.entry(node).or_default(), self.unsure.entry(node).or_default());
        let from = (*read).min(count);
        if unsure.back().map_or(from, |(_, known)| *known) < count {
            unsure.push_back((scene.event, count));
        }
        let (kept, synced) = (scene.world.kept(node).some(), scene.world.unsynced(node) == 0);
        while let Some((_, known)) = unsure.pop_front_if(|(event, _)| synced || kept.is_some_and(|kept| *event <= kept))
        {
            *read = known;
        }
        from..(*read).min(count)
    }

    /// What a coordinator newly has at its places is what the others have there.
    fn one_log(
        &mut self,
        scene: &Scene<DeviceCoordinator>,
        node: NodeId,
        coordinator: &Coordinator,
    ) -> Result<(), Violation> {
        let (event, log) = (scene.event, coordinator.log());
        let news = self.news(scene, node, log.len());
        let mut verdict = Ok(());
        for (at, slot) in news.clone().zip(log.get(news).unwrap_or_default()) {
            match self.agreed.get(at) {
                None => {
                    let outcome = self.state.apply(slot, true);
                    self.forbidden += u64::from(outcome == Outcome::Forbidden);
                    self.agreed.push(Agreed { slot: slot.clone(), outcome, node, event });
                }
                Some(agreed) if agreed.slot != *slot => {
                    let settings = coordinator.settings();
                    let here = Evidence { node, event, text: has(slot, at, settings) };
                    let evidence = vec![agreed.evidence(at, settings), here];
                    verdict = verdict.and(Err(Violation { invariant: "one-log", event, evidence }));
                }
                Some(_) => {}
            }
        }
        verdict
    }

    /// What a device has newly done was to be done next, and was allowed.
    fn deeds(&mut self, scene: &Scene<DeviceCoordinator>, node: NodeId, device: &Device) -> Vec<Result<(), Violation>> {
        let (event, deeds) = (scene.event, device.deeds());
        let news = self.news(scene, node, deeds.len());
        let new = news.clone().zip(deeds.get(news).unwrap_or_default());
        new.map(|(at, deed)| self.judge(at, deed, device.settings(), node, event)).collect()
    }

    fn judge(
        &self,
        at: usize,
        deed: &Deed,
        settings: &Settings,
        node: NodeId,
        event: EventId,
    ) -> Result<(), Violation> {
        let next = at as Place + 1;
        let agreed = self.agreed.get(at);
        let did = |text| Evidence { node, event, text };
        if deed.place != next {
            let text = format!("does what stands at place {}; place {next} was next", deed.place);
            return Err(Violation { invariant: "one-order", event, evidence: vec![did(text)] });
        }
        let Some(agreed) = agreed.filter(|agreed| agreed.slot == deed.slot) else {
            let text = format!("does {} as place {next}", called(&deed.slot, settings));
            let evidence = agreed.map(|agreed| agreed.evidence(at, settings)).into_iter().chain([did(text)]).collect();
            return Err(Violation { invariant: "one-order", event, evidence });
        };
        if deed.outcome == Outcome::Done && agreed.outcome == Outcome::Forbidden {
            let text = format!("does {}, which the policy forbids at place {next}", called(&deed.slot, settings));
            let evidence = vec![agreed.evidence(at, settings), did(text)];
            return Err(Violation { invariant: "policy-holds", event, evidence });
        }
        Ok(())
    }

    /// A device that works, among coordinators that work, does not lack for long what enough of them have.
    fn catches_up(
        &mut self,
        scene: &Scene<DeviceCoordinator>,
        node: NodeId,
        device: &Device,
        healed: Option<Time>,
    ) -> Result<(), Violation> {
        let (world, position, settings) = (scene.world, device.position(), device.settings());
        let has_more = |other: &&NodeId| match world.view(**other) {
            Some(View::Coordinator(coordinator)) => coordinator.last() > position && !world.has_lied(**other),
            _ => false,
        };
        let ahead = world.neighbours(node).iter().filter(has_more).count();
        let Some(healed) = healed.filter(|_| ahead >= settings.voices()) else {
            self.lacks.remove(&node);
            return Ok(());
        };
        let now = world.now();
        let lacks = self.lacks.entry(node).or_insert((position + 1, now));
        if lacks.0 <= position {
            *lacks = (position + 1, now);
        }
        let (place, since) = *lacks;
        if now.since(since.max(healed)) <= patience(scene, settings) {
            return Ok(());
        }
        let agreed = usize::try_from(position).ok().and_then(|at| Some(self.agreed.get(at)?.evidence(at, settings)));
        let text = format!("still lacks place {place}, though everything has worked since {}", since.max(healed));
        let evidence = agreed.into_iter().chain([Evidence { node, event: scene.event, text }]).collect();
        Err(Violation { invariant: "catches-up", event: scene.event, evidence })
    }

    fn hear_answers(&mut self, scene: &Scene<DeviceCoordinator>, node: NodeId) {
        if !scene.world.has_lied(node) {
            let answers = scene.history.answered_in(scene.event);
            let told = answers.filter_map(|asked| Some((node, scene.event, asked.id, asked.answer.clone()?.2)));
            self.told.extend(told);
        }
    }

    /// What clients were told of places is so.
    fn answers_hold(&mut self, event: EventId) -> Result<(), Violation> {
        let agreed = &self.agreed;
        let mut verdict = Ok(());
        self.told.retain(|(node, since, id, ret)| {
            let Some((place, outcome)) = ret.claims() else { return false };
            let Some(at) = usize::try_from(place).ok().and_then(|place| place.checked_sub(1)) else { return false };
            let Some(truth) = agreed.get(at) else { return true };
            let named = truth.slot.as_ref().is_some_and(|named| named.id == *id);
            if !named || truth.outcome != outcome {
                let forbidden = named && truth.outcome == Outcome::Forbidden && outcome == Outcome::Done;
                let invariant = if forbidden { "policy-holds" } else { "answers-hold" };
                let text = format!("says that operation {} has place {place}: {}", id.0, outcome.words());
                let there = format!("has place {place}: {}", truth.outcome.words());
                let evidence = vec![
                    Evidence { node: truth.node, event: truth.event, text: there },
                    Evidence { node: *node, event: *since, text },
                ];
                verdict = Err(Violation { invariant, event, evidence });
            }
            false
        });
        verdict
    }
}

impl Agreed {
    fn evidence(&self, at: usize, settings: &Settings) -> Evidence {
        let text = format!("{}: {}", has(&self.slot, at, settings), self.outcome.words());
        Evidence { node: self.node, event: self.event, text }
    }
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Outcome::Nothing => "there is nothing to do",
            Outcome::Done => "it is done",
            Outcome::Forbidden => "the policy forbids it",
            Outcome::NoDevice => "it has no device",
        }
    }
}

fn has(slot: &Slot, at: usize, settings: &Settings) -> String {
    format!("has {} at place {}", called(slot, settings), at + 1)
}

/// What stands at a place, in words.
fn called(slot: &Slot, settings: &Settings) -> String {
    let Some(named) = slot else { return "nothing".to_owned() };
    let names = |devices: &[NodeId]| devices.iter().map(|device| settings.name(*device)).collect::<Vec<_>>().join(" ");
    let op = match &named.op {
        Op::Register { device } => format!("register {}", settings.name(*device)),
        Op::Set { devices, level } => format!("set {} to {level}", names(devices)),
        Op::Raise { devices, by } => format!("raise {} by {by}", names(devices)),
        Op::Synchronise { devices, like } => format!("make {} like {}", names(devices), settings.name(*like)),
        Op::Limit { level } => format!("limit {level}"),
    };
    format!("operation {} ({op})", named.id.0)
}

/// Within this a device has asked every coordinator, and has heard from it, with room for messages that take much longer
/// than they usually do.
fn patience(scene: &Scene<DeviceCoordinator>, settings: &Settings) -> Span {
    let turns = settings.config.poll.scale(settings.coordinators.len() as u64 + 2, 1);
    Span::secs(4) + turns + usual_latency(scene.world).scale(8, 1)
}
