//! Since when nothing has been wrong with a world: the ground truth behind every promise of the form "once the network is whole, before long...".
//!
//! Such a promise can only be checked if "whole" and "before long" come from the engine, not from a protocol's own word.

use netsplit_sim::trace::What;
use netsplit_sim::{Condition, Latency, Link, Network, Protocol, Ratio, Scene, Span, Time, World};

/// Since when nothing has been wrong with a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Healed {
    since: Option<Time>,
}

impl Healed {
    /// Looks at the world after an event: every intervention but a client's operation ends the calm, and one that
    /// leaves all nodes up and all links whole begins the next. Answers since when there has been one.
    pub fn after<P: Protocol>(&mut self, scene: &Scene<P>) -> Option<Time> {
        if interfered(scene) {
            self.since = is_whole(scene.world).then(|| scene.world.now());
        }
        self.since
    }
}

/// Whether the event is a node's first start, or an intervention other than a client's operation.
fn interfered<P: Protocol>(scene: &Scene<P>) -> bool {
    let booted = scene.trace.event(scene.event).is_some_and(|row| row.what == What::Boot);
    booted || fault(scene).is_some_and(|name| name != "invoke")
}

/// What the intervention is called that the event is, if it is one.
pub fn fault<P: Protocol>(scene: &Scene<P>) -> Option<&'static str> {
    match scene.trace.event(scene.event)?.what {
        What::Fault(number) => scene.trace.faults().get(number as usize).map(|fault| fault.name),
        _ => None,
    }
}

/// Whether every node is up with a clock of the right pace, and every link carries every message.
pub fn is_whole<P: Protocol>(world: &World<P>) -> bool {
    let Network { link, special, cut, sides, .. } = world.network();
    let lossless = |link: &Link| link.loss == Ratio::ZERO;
    let well = |node| world.condition(node) == Condition::Up && world.clock(node).drift() == 0;
    cut.is_empty() && sides.is_empty() && lossless(link) && special.values().all(lossless) && world.ids().all(well)
}

/// About how long a message takes on the slowest link of a world, the write to disk before it included.
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
