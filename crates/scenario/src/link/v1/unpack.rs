//! From links of version 1 into today's model.

use super::*;
use crate::branches::Branches;
use crate::check::{Size, Unplayable};
use crate::gallery;
use crate::link::{Link as FullLink, Selection, View};
use crate::model::{Expectation, Prose, Scenario, Workload};
use crate::session::Cursor;
use crate::tree::Tree;
use netsplit_check::verdict::Level;
use netsplit_sim::{EventId, Intervention, Manner, Moment, MsgName, NodeId, Planned, Target, Timing, Topology};
use std::collections::BTreeMap;

impl Link {
    /// What this is in today's terms.
    pub fn unpack(self) -> Result<FullLink, Unplayable> {
        let places = self.places.0.into_iter().map(|(node, x, y)| (NodeId(node), x, y)).collect();
        let selection = self.selection.map(WireSelection::unpack);
        Ok(FullLink {
            scenario: self.scenario.unpack()?,
            interventions: unpack_entries(self.interventions).map_err(|flaw| flaw.within("interventions"))?,
            cursor: Cursor { events: self.events, time: self.time.time() },
            hash: u64::from_le_bytes(self.hash),
            view: View { selection, folded: self.folded, places },
            branches: Branches::default(),
        })
    }
}

impl WireScenario {
    fn unpack(self) -> Result<Scenario, Unplayable> {
        let (prose, prose_zh) = match self.prose {
            Some((prose, prose_zh)) => (prose.unpack(), prose_zh.map(WireProse::unpack)),
            None => gallery::find(&self.name)
                .filter(|original| original.protocol == self.protocol)
                .map(|original| (original.prose, original.prose_zh))
                .unwrap_or_default(),
        };
        let config = self.config.0.into_iter().map(|(key, value)| {
            let value = value.unpack().map_err(|flaw| flaw.within(key.as_str()).within("config"))?;
            Ok((key, value))
        });
        let special = self.special.0.into_iter();
        let special = special.map(|(from, to, link)| (NodeId(from), NodeId(to), link.unpack()));
        Ok(Scenario {
            name: self.name,
            prose,
            prose_zh,
            protocol: self.protocol,
            seed: self.seed,
            until: self.until.time(),
            pace: self.pace.span(),
            nodes: self.nodes.0.into_iter().collect(),
            config: config.collect::<Result<BTreeMap<_, _>, Unplayable>>()?,
            bugs: self.bugs.0,
            topology: self.topology.unpack(),
            link: self.link.unpack(),
            timing: self.timing.unpack(),
            special: special.collect(),
            disk: self.disk.span(),
            disk_lies: self.disk_lies,
            timeline: unpack_entries(self.timeline).map_err(|flaw| flaw.within("timeline"))?,
            workload: self.workload.0.into_iter().map(WireWorkload::unpack).collect::<Result<_, Unplayable>>()?,
            expect: self.expect.0.into_iter().map(WireExpectation::unpack).collect::<Result<_, Unplayable>>()?,
        })
    }
}

impl WireProse {
    fn unpack(self) -> Prose {
        Prose { title: self.title, watch: self.watch }
    }
}

impl WireTopology {
    fn unpack(self) -> Topology {
        match self {
            WireTopology::Mesh => Topology::Mesh,
            WireTopology::Ring => Topology::Ring,
            WireTopology::Star => Topology::Star,
            WireTopology::Line => Topology::Line,
            WireTopology::Tree => Topology::Tree,
            WireTopology::Grid => Topology::Grid,
            WireTopology::Random(degree) => Topology::Random(degree),
            WireTopology::Edges(edges) => {
                Topology::Edges(edges.0.into_iter().map(|(a, b)| (NodeId(a), NodeId(b))).collect())
            }
        }
    }
}

impl WireBehaviour {
    fn unpack(self) -> Behaviour {
        let Some(link) = self.0 else { return USUAL };
        Behaviour {
            latency: match link.latency {
                WireLatency::Constant(span) => Latency::Constant(span.span()),
                WireLatency::Uniform(low, high) => Latency::Uniform(low.span(), high.span()),
                WireLatency::Normal(mean, deviation) => Latency::Normal(mean.span(), deviation.span()),
                WireLatency::Exponential(least, mean) => Latency::Exponential(least.span(), mean.span()),
                WireLatency::HeavyTail(least, most) => Latency::HeavyTail(least.span(), most.span()),
            },
            loss: link.loss,
            duplicate: link.duplicate,
            reorder: link.reorder,
            fifo: link.fifo,
        }
    }
}

impl WireTiming {
    fn unpack(self) -> Timing {
        match self {
            WireTiming::Asynchronous => Timing::Asynchronous,
            WireTiming::PartiallySynchronous { gst, bound } => {
                Timing::PartiallySynchronous { gst: gst.time(), bound: bound.span() }
            }
            WireTiming::Synchronous { round } => Timing::Synchronous { round: round.span() },
        }
    }
}

pub fn unpack_entries(entries: Few<WireEntry, 20_000>) -> Result<Vec<Planned<Tree>>, Unplayable> {
    let mut planned = Vec::new();
    let mut size = Size::default();
    for (index, entry) in entries.0.into_iter().enumerate() {
        let (every, times) = entry.again.map_or((Span::ZERO, 1), |(every, times)| (every.span(), times));
        let what = entry.what.unpack().map_err(|flaw| flaw.within(index))?;
        size.add(&what, times).map_err(|flaw| flaw.within(index))?;
        let first = entry.at.time();
        for nth in 0..times {
            let at = first + every.scale(u64::from(nth), 1);
            planned.push(Planned { when: Moment { at, after: entry.after }, what: what.clone() });
        }
    }
    Ok(planned)
}

impl WireIntervention {
    fn unpack(self) -> Result<Intervention<Tree>, Unplayable> {
        use WireIntervention as Wire;
        Ok(match self {
            Wire::Crash(target) => Intervention::Crash(target.unpack()),
            Wire::Restart(target) => Intervention::Restart(target.unpack()),
            Wire::Pause(target) => Intervention::Pause(target.unpack()),
            Wire::Resume(target) => Intervention::Resume(target.unpack()),
            Wire::Fire(target, timer) => Intervention::Fire(target.unpack(), timer),
            Wire::Clock(target, offset, drift) => Intervention::Clock(target.unpack(), offset, drift),
            Wire::Disk(target, write, lies) => Intervention::Disk(target.unpack(), write.span(), lies),
            Wire::Invoke(target, op) => Intervention::Invoke(target.unpack(), op.unpack()?),
            Wire::Cut(from, to) => Intervention::Cut(from.unpack(), to.unpack()),
            Wire::Mend(from, to) => Intervention::Mend(from.unpack(), to.unpack()),
            Wire::Partition(groups) => {
                let group = |group: Few<WireTarget, 2_000>| group.0.into_iter().map(WireTarget::unpack).collect();
                Intervention::Partition(groups.0.into_iter().map(group).collect())
            }
            Wire::Heal => Intervention::Heal,
            Wire::Relink(from, to, link) => Intervention::Relink(from.unpack(), to.unpack(), link.unpack()),
            Wire::Network(link) => Intervention::Network(link.unpack()),
            Wire::Drop(name) => Intervention::Drop(name.unpack()),
            Wire::Duplicate(name) => Intervention::Duplicate(name.unpack()),
            Wire::Deliver(name) => Intervention::Deliver(name.unpack()),
            Wire::Delay(name, by) => Intervention::Delay(name.unpack(), by.span()),
            Wire::Turn(target, manner) => Intervention::Turn(target.unpack(), manner.unpack()),
        })
    }
}

impl WireManner {
    fn unpack(self) -> Manner {
        match self {
            WireManner::Honest => Manner::Honest,
            WireManner::Silent => Manner::Silent,
            WireManner::Equivocating => Manner::Equivocating,
            WireManner::Replaying => Manner::Replaying,
            WireManner::Corrupting => Manner::Corrupting,
            WireManner::Deceiving => Manner::Deceiving,
        }
    }
}

impl WireTarget {
    fn unpack(self) -> Target {
        match self {
            WireTarget::Node(node) | WireTarget::PatientNode(node, _) => Target::Node(NodeId(node)),
            WireTarget::Role(role) | WireTarget::PatientRole(role, _) => Target::Role(role),
        }
    }
}

impl WireMsg {
    fn unpack(self) -> MsgName {
        let WireMsg(from, to, nth, copy) = self;
        MsgName { from: NodeId(from), to: NodeId(to), nth, copy }
    }
}

impl WireWorkload {
    fn unpack(self) -> Result<Workload, Unplayable> {
        let patience = match &self.at {
            WireTarget::PatientNode(_, patience) | WireTarget::PatientRole(_, patience) => Some(patience.span()),
            WireTarget::Node(_) | WireTarget::Role(_) => None,
        };
        Ok(Workload {
            at: self.at.unpack(),
            from: self.from.time(),
            until: self.until.time(),
            every: self.every.span(),
            patience,
            ops: self.ops.0.into_iter().map(Json::unpack).collect::<Result<_, Unplayable>>()?,
            keys: self.keys & ((1 << SKEW_FROM) - 1),
            skew: self.keys >> SKEW_FROM,
        })
    }
}

impl WireExpectation {
    fn unpack(self) -> Result<Expectation, Unplayable> {
        Ok(match self {
            WireExpectation::Violated(invariant) => Expectation::Violated(invariant),
            WireExpectation::Roles { role, at, least, most } => Expectation::Roles { role, at: at.time(), least, most },
            WireExpectation::Answered(count) => Expectation::Answered(count),
            WireExpectation::Linearizable(expected) => Expectation::Consistent(Level::Linearizable, expected),
            WireExpectation::Consistent(number, expected) => {
                let unknown = || Unplayable::new(format!("there is no consistency model number {number}"));
                Expectation::Consistent(*LEVELS.get(usize::from(number)).ok_or_else(unknown)?, expected)
            }
        })
    }
}

impl WireSelection {
    fn unpack(self) -> Selection {
        match self {
            WireSelection::Node(node) => Selection::Node(NodeId(node)),
            WireSelection::Event(event) => Selection::Event(EventId(event)),
            WireSelection::Message(name) => Selection::Message(name.unpack()),
            WireSelection::Link(from, to) => Selection::Link(NodeId(from), NodeId(to)),
        }
    }
}
