//! Who may be suspected and who must be, decided from the messages that the engine delivered and when.
//!
//! A heartbeat is *fresh* if it was sent after all that came from there before, in the order in which the engine saw them
//! leave. The monitor keeps, for each node and each of its neighbours, when the latest fresh one came, and works out for
//! itself from when on the silence is too long.

use super::{Arrivals, FailureDetection, FailureDetector};
use crate::shared::ghost;
use netsplit_sim::ordered::{Map, Set};
use netsplit_sim::trace::{EventRow, What};
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Span, Time, Timing, Violation, World};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    watches: Map<NodeId, Map<NodeId, Watch>>,
    /// The events in which each node started.
    lives: Map<NodeId, Vec<EventId>>,
    /// Who has crashed, when, and is not suspected by everybody yet.
    crashed: Map<NodeId, Time>,
    /// How long it took until everybody suspected the one who crashed, the last time.
    detection: Span,
    broken: Set<&'static str>,
}

/// What one node can know of another.
#[derive(Clone)]
struct Watch {
    arrivals: Arrivals,
    /// Which message the latest fresh heartbeat was, and the event that sent it...
    newest: Option<(u32, EventId)>,
    /// ...and the one in which it came, or else the start of the watch.
    since: EventId,
    /// A suspicion before this is too early...
    earliest: Time,
    /// ...and after this, too late.
    latest: Time,
    suspected: bool,
}

impl Monitor<FailureDetection> for Invariants {
    fn after(&mut self, scene: &Scene<FailureDetection>) -> Result<(), Violation> {
        let Some(node) = scene.node else { return Ok(()) };
        let (Some(view), Some(row)) = (scene.world.view(node), scene.trace.event(scene.event)) else {
            self.watches.remove(&node);
            self.crashed.entry(node).or_insert(scene.world.now());
            return Ok(());
        };
        self.crashed.remove(&node);
        let verdict = self.look(scene, node, view, row);
        for (peer, watch) in self.watches.get_mut(&node).into_iter().flatten() {
            watch.suspected = view.peers().get(peer).is_some_and(|peer| peer.suspected);
        }
        self.detect(scene.world);
        verdict.or_else(|violation| if self.broken.insert(violation.invariant) { Err(violation) } else { Ok(()) })
    }
}

impl Invariants {
    /// How long it took until everybody who is up suspected the one who crashed, the last time.
    pub(super) fn detection(&self) -> Span {
        self.detection
    }

    fn detect(&mut self, world: &World<FailureDetection>) {
        let (watches, detection) = (&self.watches, &mut self.detection);
        self.crashed.retain(|gone, since| {
            let trusts = |watcher: &NodeId| watches.get(watcher).is_some_and(|peers| !peers[gone].suspected);
            let pending = world.neighbours(*gone).iter().any(trusts);
            if !pending {
                *detection = world.now().since(*since);
            }
            pending
        });
    }

    fn look(
        &mut self,
        scene: &Scene<FailureDetection>,
        node: NodeId,
        view: &FailureDetector,
        row: &EventRow,
    ) -> Result<(), Violation> {
        let fault = ghost::fault(scene);
        let watches = self.watches.entry(node).or_insert_with(|| {
            self.lives.entry(node).or_default().push(scene.event);
            begin(scene, node, view)
        });
        let lives = &self.lives;
        let life =
            |node: NodeId, event: EventId| lives.get(&node).map(|lives| lives.partition_point(|born| *born <= event));
        match row.what {
            What::Deliver(msg) => {
                let Some(mail) = scene.trace.message(msg) else { return Ok(()) };
                let (from, nth) = (mail.name.from, mail.name.nth);
                let Some(watch) = watches.get_mut(&from) else { return Ok(()) };
                let trusted = !view.peers().get(&from).is_some_and(|peer| peer.suspected);
                if watch.newest.is_none_or(|(newest, _)| nth > newest) {
                    let same_life = watch.newest.is_some_and(|(_, sent)| life(from, sent) == life(from, mail.cause));
                    watch.hear(scene, node, view, same_life);
                    watch.newest = Some((nth, mail.cause));
                    return if trusted { Ok(()) } else { Err(not_withdrawn(scene, node, from, mail.cause)) };
                }
                if watch.suspected && trusted { Err(revived(scene, node, from, mail.cause)) } else { Ok(()) }
            }
            What::Timer(_) => {
                let by_hand = ghost::fired_by_hand(scene);
                watches.iter().try_for_each(|(peer, watch)| watch.in_time(scene, node, *peer, view, by_hand))
            }
            What::Durable => {
                watches.values_mut().for_each(|watch| watch.rearm(scene.world, node, view));
                Ok(())
            }
            What::Fault(_) if fault == Some("resume") => {
                let now = scene.world.now();
                watches.values_mut().for_each(|watch| watch.latest = watch.latest.max(now));
                Ok(())
            }
            What::Boot | What::Fault(_) => Ok(()),
        }
    }
}

/// A node starts: it trusts everybody, and waits.
fn begin(scene: &Scene<FailureDetection>, node: NodeId, view: &FailureDetector) -> Map<NodeId, Watch> {
    let Scene { world, event, .. } = *scene;
    let arrivals = Arrivals::since(world.clock(node).read(world.now()));
    let due = world.now() + patience(world, node, &arrivals, view);
    let watch = Watch { arrivals, newest: None, since: event, earliest: due, latest: due, suspected: false };
    world.neighbours(node).iter().map(|peer| (*peer, watch.clone())).collect()
}

/// How long, in the world's time, silence is borne, as the node's clock runs now.
fn patience(world: &World<FailureDetection>, node: NodeId, arrivals: &Arrivals, view: &FailureDetector) -> Span {
    world.clock(node).world_span(arrivals.patience(&view.settings().config))
}

impl Watch {
    fn hear(&mut self, scene: &Scene<FailureDetection>, node: NodeId, view: &FailureDetector, same_life: bool) {
        let Scene { world, event, .. } = *scene;
        self.since = event;
        let clock = world.clock(node).read(world.now());
        self.arrivals.heard(clock, same_life, &view.settings().config);
        let due = world.now() + patience(world, node, &self.arrivals, view);
        (self.earliest, self.latest) = (due, due);
    }

    /// What waited for the disk is armed only now, and by the clock as it runs now.
    fn rearm(&mut self, world: &World<FailureDetection>, node: NodeId, view: &FailureDetector) {
        let due = world.now() + patience(world, node, &self.arrivals, view);
        (self.earliest, self.latest) = (self.earliest.min(due), self.latest.max(due));
    }

    fn in_time(
        &self,
        scene: &Scene<FailureDetection>,
        node: NodeId,
        peer: NodeId,
        view: &FailureDetector,
        by_hand: bool,
    ) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let now = world.now();
        let suspected = view.peers().get(&peer).is_some_and(|peer| peer.suspected);
        if suspected && !self.suspected && now < self.earliest && !by_hand {
            let text = format!("suspects n{}, which was not silent for so long", peer.0 + 1);
            return Err(self.violation("accuracy", node, peer, event, text));
        }
        if !suspected && now > self.latest + slack(world) && world.unsynced(node) == 0 {
            let text = format!("trusts n{} still, {} too long", peer.0 + 1, now.since(self.latest));
            return Err(self.violation("completeness", node, peer, event, text));
        }
        Ok(())
    }

    fn violation(
        &self,
        invariant: &'static str,
        node: NodeId,
        peer: NodeId,
        event: EventId,
        text: String,
    ) -> Violation {
        let heard = match self.newest {
            Some(_) => format!("heard n{} for the last time", peer.0 + 1),
            None => format!("began to wait for n{}", peer.0 + 1),
        };
        let evidence = vec![Evidence { node, event: self.since, text: heard }, Evidence { node, event, text }];
        Violation { invariant, event, evidence }
    }
}

/// In lock step, timers run out on the next beat only.
fn slack(world: &World<FailureDetection>) -> Span {
    match world.network().timing {
        Timing::Synchronous { round } => round,
        _ => Span::ZERO,
    }
}

fn revived(scene: &Scene<FailureDetection>, node: NodeId, peer: NodeId, sent: EventId) -> Violation {
    let event = scene.event;
    let evidence = vec![
        Evidence { node: peer, event: sent, text: "sent a heartbeat that newer ones overtook".to_owned() },
        Evidence { node, event, text: format!("takes it for a sign of life, and trusts n{} again", peer.0 + 1) },
    ];
    Violation { invariant: "completeness", event, evidence }
}

fn not_withdrawn(scene: &Scene<FailureDetection>, node: NodeId, peer: NodeId, sent: EventId) -> Violation {
    let event = scene.event;
    let evidence = vec![
        Evidence { node: peer, event: sent, text: "sent a heartbeat, newer than all before".to_owned() },
        Evidence { node, event, text: format!("has it, and suspects n{} still", peer.0 + 1) },
    ];
    Violation { invariant: "withdrawal", event, evidence }
}
