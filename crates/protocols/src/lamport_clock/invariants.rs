//! The clock condition, held against what really happened before what; and one order of delivery for all.

use super::{Clock, LamportClock, LamportProcess, Stamp};
use crate::shared::ghost::{Flow, Log};
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    flow: Flow,
    /// The clock that each event left at its process; for the release of a write, that of the handler that wrote.
    clocks: Log<Clock>,
    orders: Vec<Order>,
}

/// What one process has delivered.
#[derive(Clone, Default)]
struct Order {
    delivered: Vec<(Stamp, EventId)>,
    places: Map<Stamp, u32>,
}

impl Monitor<LamportClock> for Invariants {
    fn after(&mut self, scene: &Scene<LamportClock>) -> Result<(), Violation> {
        let causes = self.flow.after(scene);
        let view = scene.node.and_then(|node| Some((node, scene.world.view(node)?)));
        let (Some(causes), Some((node, process))) = (causes, view) else {
            let released = scene.trace.event(scene.event).and_then(|row| self.clocks.get(row.cause.index()));
            self.clocks.push(released.copied().unwrap_or(0));
            return Ok(());
        };
        self.clocks.push(process.clock());
        for cause in [causes.before, causes.sent].into_iter().flatten() {
            self.clock_condition(scene, node, cause)?;
        }
        self.total_order(node, process, scene.event)
    }
}

impl Invariants {
    /// That it holds for direct causes is enough: less-than is transitive.
    fn clock_condition(&self, scene: &Scene<LamportClock>, node: NodeId, cause: EventId) -> Result<(), Violation> {
        let event = scene.event;
        let (Some(&earlier), Some(&later)) = (self.clocks.get(cause.index()), self.clocks.get(event.index())) else {
            return Ok(());
        };
        if earlier < later {
            return Ok(());
        }
        let place = scene.trace.event(cause).and_then(|row| row.somewhere()).unwrap_or(node);
        let evidence = vec![
            Evidence { node: place, event: cause, text: format!("did this at time {earlier}") },
            Evidence { node, event, text: format!("did this at time {later}, though it came after") },
        ];
        Err(Violation { invariant: "clock-condition", event, evidence })
    }

    fn total_order(&mut self, node: NodeId, process: &LamportProcess, event: EventId) -> Result<(), Violation> {
        if self.orders.len() <= node.index() {
            self.orders.resize(node.index() + 1, Order::default());
        }
        self.orders[node.index()].forget_after(process.delivered().len());
        let known = self.orders[node.index()].delivered.len();
        for (stamp, _) in &process.delivered()[known..] {
            self.deliver(node, *stamp, event)?;
        }
        Ok(())
    }

    /// Whatever two processes have both delivered, they have delivered in the same order.
    fn deliver(&mut self, node: NodeId, stamp: Stamp, event: EventId) -> Result<(), Violation> {
        let mine = &self.orders[node.index()];
        let twice = mine.places.contains_key(&stamp);
        let crossed = |(other, order): (usize, &Order)| {
            let there = *order.places.get(&stamp)?;
            let later = &order.delivered[there as usize + 1..];
            let first = later.iter().find(|(later, _)| mine.places.contains_key(later))?;
            (other != node.index()).then_some((NodeId(other as u16), order.delivered[there as usize], *first))
        };
        let crossed = self.orders.iter().enumerate().find_map(crossed);
        let mine = &mut self.orders[node.index()];
        mine.places.insert(stamp, mine.delivered.len() as u32);
        mine.delivered.push((stamp, event));
        let name = |stamp: Stamp| format!("n{}'s request of time {}", stamp.process.0 + 1, stamp.clock);
        let mut evidence = match crossed {
            None if !twice => return Ok(()),
            None => vec![],
            Some((other, (first, at), (second, then))) => vec![
                Evidence { node: other, event: at, text: format!("delivered {}", name(first)) },
                Evidence { node: other, event: then, text: format!("delivered {} after it", name(second)) },
            ],
        };
        let how = if twice { "once more" } else { "the other way round" };
        evidence.push(Evidence { node, event, text: format!("delivered {} {how}", name(stamp)) });
        Err(Violation { invariant: "total-order", event, evidence })
    }
}

impl Order {
    /// A crash undid what came after.
    fn forget_after(&mut self, len: usize) {
        for (stamp, _) in self.delivered.drain(len.min(self.delivered.len())..) {
            self.places.remove(&stamp);
        }
    }
}
