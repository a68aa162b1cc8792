//! What promises about time rest on. Safety holds whatever happens; but that everybody hears of it *in the end*, or that
//! one node leads *before long*, no protocol can promise while things go wrong. Whether they do is decided here, once
//! for all monitors, and from what the engine knows (interventions, losses, delays, clocks, disks), never from what
//! processes believe. There are two premises, and a protocol is held to what it promises under its own:
//!
//! - [`Healed`]: everything works, and has since nobody intervened. Every node is up, every link is in place and loses
//!   nothing. How long a message takes is not asked, only that it arrives: the eventual delivery of asynchronous
//!   algorithms.
//! - [`Calm`]: everything was *in time* for a while. Every message took less than a bound, and clocks and disks did as
//!   they should; but nodes may be down. That is the synchronous system that elections and time-outs take for granted.

use crate::shared::ghost::fault;
use netsplit_sim::ordered::Set;
use netsplit_sim::trace::{Fate, MessageRow, What};
use netsplit_sim::{Condition, Latency, Link, Network, NodeId, Protocol, Ratio, Scene, Span, Time, World};

/// Since when everything has worked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Healed {
    since: Option<Time>,
    /// Whose disks have fallen behind: what they hold back has not been said yet, and may not be for long.
    behind: Set<NodeId>,
}

/// With more writes than this under way, a disk has fallen behind.
const BEHIND: usize = 8;

impl Healed {
    /// Looks at the event; called after every one. Every intervention but a client's operation ends the calm, and one
    /// that leaves all nodes up and all links whole begins the next; so does a disk that falls behind, and that catches
    /// up. Answers since when everything has worked.
    pub fn after<P: Protocol>(&mut self, scene: &Scene<P>) -> Option<Time> {
        let booted = scene.trace.event(scene.event).is_some_and(|row| row.what == What::Boot);
        if self.changed_pace(scene) || booted || fault(scene).is_some_and(|name| name != "invoke") {
            self.since = (self.behind.is_empty() && works(scene.world)).then(|| scene.world.now());
        }
        self.since
    }
}

impl Healed {
    /// Whether the event's node has fallen behind with its disk, or has caught up.
    fn changed_pace<P: Protocol>(&mut self, scene: &Scene<P>) -> bool {
        scene.node.is_some_and(|node| match scene.world.unsynced(node) > BEHIND {
            true => self.behind.insert(node),
            false => self.behind.remove(&node),
        })
    }
}

/// Whether every node is up with a clock of the right pace, and every link carries every message.
fn works<P: Protocol>(world: &World<P>) -> bool {
    let Network { link, special, .. } = world.network();
    let mut links = std::iter::once(link).chain(special.values());
    let up = |node| world.condition(node) == Condition::Up && keeps_pace(world, node);
    links.all(|link| link.loss == Ratio::ZERO) && !is_cut(world.network()) && world.ids().all(up)
}

/// Whether for some while everything was in time: watches for what was not.
#[derive(Clone, Debug, Default)]
pub struct Calm {
    /// The latest disturbance.
    since: Time,
}

impl Calm {
    /// Looks at the event; called after every one. Disturbing are interventions, clients' operations excepted, and
    /// messages and writes that take as long as `bound`. Less is what promises need: of an answer and a time-out that are due at
    /// the same instant, either may come first.
    pub fn watch<P: Protocol>(&mut self, scene: &Scene<P>, bound: Span) {
        self.watch_for(scene, bound, &["invoke"]);
    }

    /// The same for a protocol that promises something through interventions of some kinds, given by their names.
    pub fn watch_for<P: Protocol>(&mut self, scene: &Scene<P>, bound: Span, harmless: &[&str]) {
        let Some(row) = scene.trace.event(scene.event) else { return };
        let disturbed = match row.what {
            What::Fault(_) => fault(scene).is_none_or(|name| !harmless.contains(&name)),
            What::Deliver(id) => scene.trace.message(id).is_some_and(|mail| row.at.since(mail.sent) >= bound),
            // A disk with more to write than it can falls behind, however fast it is.
            What::Durable => scene.trace.event(row.cause).is_some_and(|write| row.at.since(write.at) >= bound),
            What::Boot | What::Timer(_) => false,
        };
        if disturbed {
            self.since = row.at;
        }
    }

    /// Whether for all of the last `span` nothing was disturbed, nothing was lost, every message took less than `bound`,
    /// and every clock and disk that runs is as it should be. Nodes may be down; none is paused.
    pub fn holds<P: Protocol>(&self, scene: &Scene<P>, span: Span, bound: Span) -> bool {
        let Scene { world, trace, event, .. } = *scene;
        let now = world.now();
        let start = Time(now.0.saturating_sub(span.0));
        let sound = |node| {
            let (write, lies) = world.disk(node);
            world.condition(node) != Condition::Paused && keeps_pace(world, node) && write <= bound && !lies
        };
        if now.0 < span.0 || self.since > start || is_cut(world.network()) || !world.ids().all(sound) {
            return false;
        }
        let in_time = |mail: &MessageRow| match mail.fate {
            Fate::Lost | Fate::Doomed if mail.ends <= now => false,
            Fate::NobodyThere => true,
            Fate::Delivered(at) if at <= event => true,
            _ => now.since(mail.sent) < bound,
        };
        let sent = trace.messages_in(0..trace.sent_before(event.0.saturating_add(1))).rev();
        sent.take_while(|(_, mail)| mail.sent + bound >= start).all(|(_, mail)| in_time(mail))
    }
}

/// Whether some message could not even set out.
fn is_cut(network: &Network) -> bool {
    !network.cut.is_empty() || network.sides.iter().any(|side| *side != network.sides[0])
}

fn keeps_pace<P: Protocol>(world: &World<P>, node: NodeId) -> bool {
    world.clock(node).drift() == 0
}

/// About how long a message takes on the slowest link of a world, the write to disk before it included: the measure of
/// "before long" where everything works.
pub fn usual_latency<P: Protocol>(world: &World<P>) -> Span {
    let network = world.network();
    let links = std::iter::once(&network.link).chain(network.special.values());
    let slowest = links.map(mean).max().unwrap_or_default();
    slowest + world.ids().map(|node| world.disk(node).0).max().unwrap_or_default()
}

fn mean(link: &Link) -> Span {
    let mean = match link.latency {
        Latency::Constant(span) | Latency::Normal(span, _) => span,
        Latency::Uniform(low, high) => low + (high - low).scale(1, 2),
        Latency::Exponential(least, more) => least + more,
        Latency::HeavyTail(least, most) => least.scale(3, 1).min(most), // the mean of a Pareto of shape 3/2
    };
    if link.reorder == Ratio::ZERO { mean } else { mean.scale(3, 1) } // held back for up to four times as long again
}
