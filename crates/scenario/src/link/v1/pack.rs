//! From today's model into links of version 1.

use super::*;
use crate::gallery;
use crate::link::{Link as FullLink, Selection};
use crate::model::{self, Expectation, Prose, Scenario, Workload};
use crate::tree::Tree;
use netsplit_check::verdict::Level;
use netsplit_sim::{Intervention, Manner, Moment, MsgName, Planned, Target, Timing, Topology};

impl From<&FullLink> for Link {
    fn from(link: &FullLink) -> Link {
        Link {
            scenario: WireScenario::from(&link.scenario),
            interventions: entries(&link.interventions),
            events: link.cursor.events,
            time: Nanos::since_start(link.cursor.time),
            hash: link.hash.to_le_bytes(),
            selection: link.view.selection.map(WireSelection::from),
            folded: link.view.folded,
            places: link.view.places.iter().map(|(node, x, y)| (node.0, *x, *y)).collect(),
        }
    }
}

impl From<&Scenario> for WireScenario {
    fn from(scenario: &Scenario) -> WireScenario {
        let wire = |prose: &Prose| WireProse { title: prose.title.clone(), watch: prose.watch.clone() };
        let prose =
            (!gallery_has_prose(scenario)).then(|| (wire(&scenario.prose), scenario.prose_zh.as_ref().map(wire)));
        WireScenario {
            name: scenario.name.clone(),
            prose,
            protocol: scenario.protocol.clone(),
            seed: scenario.seed,
            until: Nanos::since_start(scenario.until),
            pace: Nanos(scenario.pace.0),
            nodes: scenario.nodes.iter().map(|(part, count)| (part.clone(), *count)).collect(),
            config: scenario.config.iter().map(|(key, value)| (key.clone(), value.into())).collect(),
            bugs: scenario.bugs.iter().cloned().collect(),
            topology: WireTopology::from(&scenario.topology),
            link: WireBehaviour::from(&scenario.link),
            timing: WireTiming::from(scenario.timing),
            special: scenario.special.iter().map(|(from, to, link)| (from.0, to.0, link.into())).collect(),
            disk: Nanos(scenario.disk.0),
            disk_lies: scenario.disk_lies,
            timeline: entries(&scenario.timeline),
            workload: scenario.workload.iter().map(WireWorkload::from).collect(),
            expect: scenario.expect.iter().map(WireExpectation::from).collect(),
        }
    }
}

fn gallery_has_prose(scenario: &Scenario) -> bool {
    gallery::find(&scenario.name).is_some_and(|original| {
        original.protocol == scenario.protocol
            && original.prose == scenario.prose
            && original.prose_zh == scenario.prose_zh
    })
}

pub fn entries(planned: &[Planned<Tree>]) -> Few<WireEntry, 20_000> {
    let mut rest = planned;
    let mut entries = Vec::new();
    while let Some(first) = rest.first() {
        let (every, times) = model::repeats(rest);
        let again = (times > 1).then_some((Nanos(every.0), times as u32));
        let Moment { at, after } = first.when;
        entries.push(WireEntry { at: Nanos::since_start(at), after, again, what: (&first.what).into() });
        rest = &rest[times..];
    }
    Few(entries)
}

impl From<&Topology> for WireTopology {
    fn from(topology: &Topology) -> WireTopology {
        match topology {
            Topology::Mesh => WireTopology::Mesh,
            Topology::Ring => WireTopology::Ring,
            Topology::Star => WireTopology::Star,
            Topology::Line => WireTopology::Line,
            Topology::Tree => WireTopology::Tree,
            Topology::Grid => WireTopology::Grid,
            Topology::Random(degree) => WireTopology::Random(*degree),
            Topology::Edges(edges) => WireTopology::Edges(edges.iter().map(|(a, b)| (a.0, b.0)).collect()),
        }
    }
}

impl From<&Behaviour> for WireBehaviour {
    fn from(link: &Behaviour) -> WireBehaviour {
        WireBehaviour((*link != USUAL).then_some(WireLink {
            latency: match link.latency {
                Latency::Constant(span) => WireLatency::Constant(Nanos(span.0)),
                Latency::Uniform(low, high) => WireLatency::Uniform(Nanos(low.0), Nanos(high.0)),
                Latency::Normal(mean, deviation) => WireLatency::Normal(Nanos(mean.0), Nanos(deviation.0)),
                Latency::Exponential(least, mean) => WireLatency::Exponential(Nanos(least.0), Nanos(mean.0)),
                Latency::HeavyTail(least, most) => WireLatency::HeavyTail(Nanos(least.0), Nanos(most.0)),
            },
            loss: link.loss,
            duplicate: link.duplicate,
            reorder: link.reorder,
            fifo: link.fifo,
        }))
    }
}

impl From<Timing> for WireTiming {
    fn from(timing: Timing) -> WireTiming {
        match timing {
            Timing::Asynchronous => WireTiming::Asynchronous,
            Timing::PartiallySynchronous { gst, bound } => {
                WireTiming::PartiallySynchronous { gst: Nanos::since_start(gst), bound: Nanos(bound.0) }
            }
            Timing::Synchronous { round } => WireTiming::Synchronous { round: Nanos(round.0) },
        }
    }
}

impl From<&Intervention<Tree>> for WireIntervention {
    fn from(what: &Intervention<Tree>) -> WireIntervention {
        use WireIntervention as Wire;
        match what {
            Intervention::Crash(target) => Wire::Crash(target.into()),
            Intervention::Restart(target) => Wire::Restart(target.into()),
            Intervention::Pause(target) => Wire::Pause(target.into()),
            Intervention::Resume(target) => Wire::Resume(target.into()),
            Intervention::Fire(target, timer) => Wire::Fire(target.into(), timer.clone()),
            Intervention::Clock(target, offset, drift) => Wire::Clock(target.into(), *offset, *drift),
            Intervention::Disk(target, write, lies) => Wire::Disk(target.into(), Nanos(write.0), *lies),
            Intervention::Invoke(target, op) => Wire::Invoke(target.into(), op.into()),
            Intervention::Cut(from, to) => Wire::Cut(from.into(), to.into()),
            Intervention::Mend(from, to) => Wire::Mend(from.into(), to.into()),
            Intervention::Partition(groups) => {
                Wire::Partition(groups.iter().map(|group| group.iter().map(WireTarget::from).collect()).collect())
            }
            Intervention::Heal => Wire::Heal,
            Intervention::Relink(from, to, link) => Wire::Relink(from.into(), to.into(), link.into()),
            Intervention::Network(link) => Wire::Network(link.into()),
            Intervention::Drop(name) => Wire::Drop((*name).into()),
            Intervention::Duplicate(name) => Wire::Duplicate((*name).into()),
            Intervention::Deliver(name) => Wire::Deliver((*name).into()),
            Intervention::Delay(name, by) => Wire::Delay((*name).into(), Nanos(by.0)),
            Intervention::Turn(target, manner) => Wire::Turn(target.into(), (*manner).into()),
        }
    }
}

impl From<Manner> for WireManner {
    fn from(manner: Manner) -> WireManner {
        match manner {
            Manner::Honest => WireManner::Honest,
            Manner::Silent => WireManner::Silent,
            Manner::Equivocating => WireManner::Equivocating,
            Manner::Replaying => WireManner::Replaying,
            Manner::Corrupting => WireManner::Corrupting,
            Manner::Deceiving => WireManner::Deceiving,
        }
    }
}

impl From<&Target> for WireTarget {
    fn from(target: &Target) -> WireTarget {
        match target {
            Target::Node(node) => WireTarget::Node(node.0),
            Target::Role(role) => WireTarget::Role(role.clone()),
        }
    }
}

impl From<MsgName> for WireMsg {
    fn from(name: MsgName) -> WireMsg {
        WireMsg(name.from.0, name.to.0, name.nth, name.copy)
    }
}

impl From<&Workload> for WireWorkload {
    fn from(workload: &Workload) -> WireWorkload {
        WireWorkload {
            at: match (&workload.at, workload.patience) {
                (at, None) => at.into(),
                (Target::Node(node), Some(patience)) => WireTarget::PatientNode(node.0, Nanos(patience.0)),
                (Target::Role(role), Some(patience)) => WireTarget::PatientRole(role.clone(), Nanos(patience.0)),
            },
            from: Nanos::since_start(workload.from),
            until: Nanos::since_start(workload.until),
            every: Nanos(workload.every.0),
            ops: workload.ops.iter().map(Json::from).collect(),
            keys: workload.keys | workload.skew << SKEW_FROM,
        }
    }
}

impl From<&Expectation> for WireExpectation {
    fn from(expected: &Expectation) -> WireExpectation {
        match expected {
            Expectation::Violated(invariant) => WireExpectation::Violated(invariant.clone()),
            Expectation::Roles { role, at, least, most } => {
                WireExpectation::Roles { role: role.clone(), at: Nanos::since_start(*at), least: *least, most: *most }
            }
            Expectation::Answered(count) => WireExpectation::Answered(*count),
            Expectation::Consistent(Level::Linearizable, expected) => WireExpectation::Linearizable(*expected),
            Expectation::Consistent(level, expected) => {
                let number = LEVELS.iter().position(|known| known == level).unwrap_or(0);
                WireExpectation::Consistent(number as u8, *expected)
            }
        }
    }
}

impl From<Selection> for WireSelection {
    fn from(selection: Selection) -> WireSelection {
        match selection {
            Selection::Node(node) => WireSelection::Node(node.0),
            Selection::Event(event) => WireSelection::Event(event.0),
            Selection::Message(name) => WireSelection::Message(name.into()),
            Selection::Link(from, to) => WireSelection::Link(from.0, to.0),
        }
    }
}
