//! Whether all has been well for a while: the premise of every promise about time. It is decided from what the engine
//! knows (faults, losses, delays, clocks, disks), not from what processes believe.

use netsplit_sim::trace::{Fate, What};
use netsplit_sim::{Condition, Protocol, Scene, Span, Time};

/// Watches for disturbances: faults, and messages and writes to disk that take longer than a bound.
#[derive(Clone, Debug, Default)]
pub struct Calm {
    /// The latest disturbance.
    since: Time,
}

impl Calm {
    /// Looks at the event; called after every one. Clients' operations disturb nothing.
    pub fn watch<P: Protocol>(&mut self, scene: &Scene<P>, bound: Span) {
        self.watch_for(scene, bound, &["invoke"]);
    }

    /// The same for a protocol that promises something through faults of some kinds, given by their names.
    pub fn watch_for<P: Protocol>(&mut self, scene: &Scene<P>, bound: Span, harmless: &[&str]) {
        let Some(row) = scene.trace.event(scene.event) else { return };
        let disturbed = match row.what {
            What::Fault(at) => {
                scene.trace.faults().get(at as usize).is_none_or(|fault| !harmless.contains(&fault.name))
            }
            What::Deliver(id) => scene.trace.message(id).is_some_and(|mail| row.at.since(mail.sent) > bound),
            // A disk with more to write than it can falls behind, however fast it is.
            What::Durable => scene.trace.event(row.cause).is_some_and(|write| row.at.since(write.at) > bound),
            What::Boot | What::Timer(_) => false,
        };
        if disturbed {
            self.since = row.at;
        }
    }

    /// Whether for all of the last `span` nothing failed, nothing was lost, no message took longer than `bound`, and
    /// every clock and disk that runs is as it should be. Nodes may be down; none is paused.
    pub fn holds<P: Protocol>(&self, scene: &Scene<P>, span: Span, bound: Span) -> bool {
        let Scene { world, trace, event, .. } = *scene;
        let now = world.now();
        let start = Time(now.0.saturating_sub(span.0));
        let sound = |node| {
            let (write, lies) = world.disk(node);
            world.condition(node) != Condition::Paused && world.clock(node).drift() == 0 && write <= bound && !lies
        };
        let network = world.network();
        if now.0 < span.0
            || self.since > start
            || !network.cut.is_empty()
            || !network.sides.is_empty()
            || !world.ids().all(sound)
        {
            return false;
        }
        let in_time = |mail: &netsplit_sim::trace::MessageRow| match mail.fate {
            Fate::Lost | Fate::Doomed if mail.ends <= now => false,
            Fate::NobodyThere => true,
            Fate::Delivered(at) if at <= event => true,
            _ => now.since(mail.sent) <= bound,
        };
        let sent = trace.messages_in(0..trace.sent_before(event.0.saturating_add(1))).rev();
        sent.take_while(|(_, mail)| mail.sent + bound >= start).all(|(_, mail)| in_time(mail))
    }
}
