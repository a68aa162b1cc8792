//! What Ben-Or 1983 proves, held against what the processes have said and decided.

use super::{BenOr, Bit, Round, Voter};
use netsplit_sim::ordered::Map;
use netsplit_sim::{EventId, Evidence, Monitor, NodeId, Scene, Violation};

/// What has been seen so far.
#[derive(Clone, Default)]
pub struct Invariants {
    /// Who was the first to decide.
    decided: Option<(Bit, NodeId, EventId)>,
    /// Who was the first to propose a bit in a round.
    proposed: Map<Round, (Bit, NodeId, EventId)>,
    /// What is broken already: each property is reported once.
    broken: Vec<&'static str>,
}

impl Monitor<BenOr> for Invariants {
    fn after(&mut self, scene: &Scene<BenOr>) -> Result<(), Violation> {
        let Scene { world, event, node, .. } = *scene;
        let Some((node, voter)) = node.and_then(|node| Some((node, world.view(node)?))) else { return Ok(()) };
        // With a single process all happens within a handler: nothing has happened until the disk has it.
        if voter.settings().enough() == 1 && world.unsynced(node) > 0 {
            return Ok(());
        }
        let verdicts =
            [self.proposed(voter, node, event), self.decided(voter, node, event), self.ends(voter, node, event)];
        for violation in verdicts.into_iter().filter_map(Result::err) {
            if !self.broken.contains(&violation.invariant) {
                self.broken.push(violation.invariant);
                return Err(violation);
            }
        }
        Ok(())
    }
}

impl Invariants {
    /// No round has proposals of both bits. A process proposes at most once an event that others can have heard of, so
    /// its last two rounds are enough to look at.
    fn proposed(&mut self, voter: &Voter, node: NodeId, event: EventId) -> Result<(), Violation> {
        for back in 0..2 {
            let Some(round) = voter.round().checked_sub(back).filter(|round| *round > 0) else { break };
            let said = voter.record().said.get(round as usize - 1);
            let Some(bit) = said.and_then(|said| said.proposal.flatten()) else { continue };
            let (first, who, when) = *self.proposed.entry(round).or_insert((bit, node, event));
            if first != bit {
                let say = |bit: Bit| format!("proposed {bit} in round {round}");
                let evidence = vec![evidence(who, when, say(first)), evidence(node, event, say(bit))];
                return Err(Violation { invariant: "one-proposal", event, evidence });
            }
        }
        Ok(())
    }

    /// All decide the same, and nothing that nobody began with.
    fn decided(&mut self, voter: &Voter, node: NodeId, event: EventId) -> Result<(), Violation> {
        let Some(bit) = voter.decided() else { return Ok(()) };
        let here = evidence(node, event, format!("decided {bit}"));
        let settings = voter.settings();
        if settings.processes.iter().all(|process| settings.input(*process) != bit) {
            return Err(Violation { invariant: "validity", event, evidence: vec![here] });
        }
        let (first, who, when) = *self.decided.get_or_insert((bit, node, event));
        if first != bit {
            let evidence = vec![evidence(who, when, format!("decided {first}")), here];
            return Err(Violation { invariant: "agreement", event, evidence });
        }
        Ok(())
    }

    /// With coins that nobody knows, it is as good as certain that somebody has decided by then.
    fn ends(&self, voter: &Voter, node: NodeId, event: EventId) -> Result<(), Violation> {
        let most = voter.settings().config.most_rounds;
        if self.decided.is_some() || voter.round() <= most {
            return Ok(());
        }
        let text = format!("is in round {}, and nobody has decided", voter.round());
        Err(Violation { invariant: "ends", event, evidence: vec![evidence(node, event, text)] })
    }
}

fn evidence(node: NodeId, event: EventId, text: String) -> Evidence {
    Evidence { node, event, text }
}
