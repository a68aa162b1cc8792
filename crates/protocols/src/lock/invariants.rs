//! What the lock promises, judged by the engine's truth: when leases really end, who really held the lock when, and who
//! really sent what.

use super::{Client, Lock, Resource, Server, Timer, Token, View};
use crate::shared::ghost::fault;
use netsplit_sim::ordered::Map;
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Process, Scene, Time, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// Every time that the lock was taken.
    taken: Map<Token, Taken>,
    /// What each client holds.
    holding: Map<NodeId, Token>,
    /// Who had the lease of each server.
    leased: Map<NodeId, Token>,
    /// How many of the resource's writes have been looked at.
    read: usize,
    /// The tokens under which something was written, and when first.
    written: Map<Token, (NodeId, EventId)>,
    /// Since when clocks have run as they may and servers' leases come to their own end.
    sound: Time,
    /// Whether some clock does not, now.
    wild: bool,
    /// How many messages have been sent.
    messages: u64,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

/// The lock in somebody's hands.
#[derive(Clone, Copy)]
struct Taken {
    client: NodeId,
    event: EventId,
    /// When it was taken; never, if the lease was over by then.
    held: Option<Time>,
    /// When the lease ends, or has ended.
    ends: Time,
}

impl Monitor<Lock> for Invariants {
    fn after(&mut self, scene: &Scene<Lock>) -> Result<(), Violation> {
        self.messages += scene.trace.sent_by(scene.event).count() as u64;
        self.watch_clocks(scene);
        let Some(node) = scene.node else { return Ok(()) };
        let verdict = match scene.world.view(node) {
            None => {
                self.lets_go(node, None, scene.world.now());
                self.leased.remove(&node);
                Ok(())
            }
            Some(View::Client(client)) => self.one_holder(scene, node, client),
            Some(View::Server(server)) => {
                let unlocked = self.holder_unlocks(scene, node, server);
                unlocked.and(lease_ends(scene, node, server))
            }
            Some(View::Resource(resource)) if scene.world.unsynced(node) == 0 => self.exclusion(scene, node, resource),
            Some(View::Resource(_)) => Ok(()), // a crash may still undo what was written
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
    /// How many messages a hundred turns with the lock have taken so far, failed attempts and writes included.
    pub(super) fn price(&self) -> u64 {
        (100 * self.messages).checked_div(self.taken.len() as u64).unwrap_or(0)
    }

    /// Leases rest on clocks: while one runs worse than was agreed, or a server's lease is made to end at once by an
    /// intervention, nobody can promise that there is one holder.
    fn watch_clocks(&mut self, scene: &Scene<Lock>) {
        let Some(fault) = fault(scene) else { return };
        let settings = scene.world.ids().find_map(|node| match scene.world.view(node)? {
            View::Server(server) => Some(server.settings()),
            _ => None,
        });
        let Some(settings) = settings else { return };
        let worse = |node| u64::from(scene.world.clock(node).drift().unsigned_abs()) > settings.config.drift * 10_000;
        let wild = scene.world.ids().any(worse);
        if fault == "fire" || wild || self.wild {
            let lease = settings.config.lease;
            self.sound = scene.world.now() + lease + lease; // what was granted on a wild clock is over by then
        }
        self.wild = wild;
    }

    /// At most one client holds the lock, with a lease that has not run out.
    fn one_holder(&mut self, scene: &Scene<Lock>, node: NodeId, client: &Client) -> Result<(), Violation> {
        let Scene { world, event, .. } = *scene;
        let now = world.now();
        let token = client.holds();
        self.lets_go(node, token, now);
        let Some(token) = token else { return Ok(()) };
        let ends = lease_of(scene, node, client);
        let fresh = (ends > now).then_some(now);
        let taken = self.taken.entry(token).or_insert(Taken { client: node, event, held: fresh, ends });
        taken.ends = ends;
        let mine = *taken;
        self.holding.insert(node, token);
        let others = self.holding.values().filter_map(|other| self.taken.get(other));
        let clash = others.filter(|other| other.client != node).find(|other| {
            let valid = |taken: &Taken| taken.ends > now && taken.held.is_some_and(|held| held >= self.sound);
            !self.wild && valid(other) && valid(&mine)
        });
        let Some(other) = clash else { return Ok(()) };
        let evidence = |taken: &Taken| Evidence {
            node: taken.client,
            event: taken.event,
            text: format!("holds the lock, and its lease runs until {}", taken.ends),
        };
        let mut evidence = vec![evidence(other), evidence(&mine)];
        evidence.sort_by_key(|piece| piece.event);
        Err(Violation { invariant: "one-holder", event, evidence })
    }

    /// A client no longer holds what it held.
    fn lets_go(&mut self, node: NodeId, holds: Option<Token>, now: Time) {
        let Some(held) = self.holding.get(&node).copied().filter(|held| holds != Some(*held)) else { return };
        self.holding.remove(&node);
        if let Some(taken) = self.taken.get_mut(&held) {
            taken.ends = taken.ends.min(now);
        }
    }

    /// A lease is taken back only from its holder, by its holder's word.
    fn holder_unlocks(&mut self, scene: &Scene<Lock>, node: NodeId, server: &Server) -> Result<(), Violation> {
        let Scene { trace, event, .. } = *scene;
        let before = match server.leased() {
            Some(token) => self.leased.insert(node, token),
            None => self.leased.remove(&node),
        };
        let Some(before) = before.filter(|before| server.leased() != Some(*before)) else { return Ok(()) };
        let mail = match trace.event(event).map(|row| row.what) {
            Some(What::Deliver(mail)) => trace.message(mail),
            _ => None, // the lease ran out
        };
        let Some(mail) = mail.filter(|mail| mail.name.from != before.client) else { return Ok(()) };
        let taken = self.taken.get(&before).map_or(event, |taken| taken.event);
        let evidence = vec![
            Evidence { node: before.client, event: taken, text: format!("has a lease with token {before}") },
            Evidence { node: mail.name.from, event: mail.cause, text: "gave a lease back".to_owned() },
            Evidence { node, event, text: "took it for that one, and ended it".to_owned() },
        ];
        Err(Violation { invariant: "holder-unlocks", event, evidence })
    }

    /// Nothing is written late: under a lease that was over before somebody else took the lock, after that one wrote.
    fn exclusion(&mut self, scene: &Scene<Lock>, node: NodeId, resource: &Resource) -> Result<(), Violation> {
        let event = scene.event;
        let mut verdict = Ok(());
        for write in resource.writes().iter().skip(self.read) {
            let Some(late) = self.taken.get(&write.token).copied() else { continue };
            let after =
                |token: &Token| self.taken.get(token).filter(|other| other.held.is_some_and(|at| at >= late.ends));
            let overtaken = self.written.iter().filter(|(token, _)| **token != write.token);
            let later = overtaken.filter_map(|(token, seen)| Some((after(token)?, token, seen))).next();
            if let Some((other, token, (_, written))) = later {
                let text = format!("took the lock with token {}, until {}", write.token, late.ends);
                let evidence = vec![
                    Evidence { node: late.client, event: late.event, text },
                    Evidence { node: other.client, event: other.event, text: format!("took it with token {token}") },
                    Evidence { node, event: *written, text: format!("was written to with token {token}") },
                    Evidence { node, event, text: format!("was written to with token {} after all", write.token) },
                ];
                verdict = verdict.and(Err(Violation { invariant: "exclusion", event, evidence }));
            }
            self.written.entry(write.token).or_insert((node, event));
        }
        self.read = resource.disk().len();
        verdict
    }
}

/// When a client's lease really ends: when its timer is due.
fn lease_of(scene: &Scene<Lock>, node: NodeId, client: &Client) -> Time {
    let lease = client.lease();
    let due = scene.world.timers(node).find(|(timer, ..)| Some(*timer) == lease).map(|(_, _, due)| due);
    due.unwrap_or(scene.world.now())
}

/// Every lease has its end before it, whatever becomes of its holder.
fn lease_ends(scene: &Scene<Lock>, node: NodeId, server: &Server) -> Result<(), Violation> {
    let Scene { world, event, .. } = *scene;
    let lease = server.settings().config.lease;
    let latest = world.now() + lease + lease; // a clock runs at half speed at worst
    let ends = world.timers(node).any(|(timer, _, due)| timer == Timer::Expire && due <= latest);
    if server.leased().is_none() || ends {
        return Ok(());
    }
    let evidence = vec![Evidence { node, event, text: "has granted a lease that does not end".to_owned() }];
    Err(Violation { invariant: "lease-ends", event, evidence })
}
