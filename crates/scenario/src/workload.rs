//! Generated client operations: a scenario's workload, turn by turn.

use crate::cast;
use crate::check::{Unplayable, Within, turns};
use crate::model::Workload;
use crate::tree::Tree;
use netsplit_protocols::Entry;
use netsplit_sim::draw::{Purpose, below};
use netsplit_sim::{Intervention, Moment, Planned, Seed, Span};

/// The operations of a scenario's `number`-th workload, as interventions on the timeline.
pub(crate) fn operations<P: Entry>(
    workload: &Workload,
    number: usize,
    seed: Seed,
    names: &[String],
) -> Result<Vec<Planned<P::Op>>, Unplayable> {
    let operation = |turn: u64| {
        let draw = |nth| seed.draw(Purpose::Workload, number as u32, nth, turn);
        let form = below(draw(0), workload.ops.len() as u64) as usize;
        let key = below(draw(1), u64::from(workload.keys.max(1)));
        let node = names.get(below(draw(2), names.len() as u64) as usize).map_or("", String::as_str);
        let op = fill_in(&workload.ops[form], turn, key, node);
        let op = cast::operation::<P>(op, names).within(form).within("ops")?;
        let at = workload.from + Span(workload.every.0.saturating_mul(turn));
        let what = Intervention::Invoke(workload.at.clone(), op);
        Ok(Planned { when: Moment { at, after: 0 }, what })
    };
    (0..turns(workload)).map(operation).collect()
}

/// Puts the turn's number and key in place of `{n}` and `{k}` in every text, and some node's name for `{node}`.
fn fill_in(op: &Tree, turn: u64, key: u64, node: &str) -> Tree {
    match op {
        Tree::Text(text) => {
            let text = text.replace("{n}", &turn.to_string()).replace("{k}", &format!("k{key}"));
            Tree::Text(text.replace("{node}", node))
        }
        Tree::List(items) => Tree::List(items.iter().map(|item| fill_in(item, turn, key, node)).collect()),
        Tree::Map(fields) => {
            Tree::Map(fields.iter().map(|(name, value)| (name.clone(), fill_in(value, turn, key, node))).collect())
        }
        other => other.clone(),
    }
}
