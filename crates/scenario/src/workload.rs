//! Generated client operations: a scenario's workload, turn by turn.

use crate::cast;
use crate::model::Workload;
use crate::open::{Place, Unplayable};
use crate::tree::Tree;
use netsplit_protocols::Entry;
use netsplit_sim::draw::{Purpose, below};
use netsplit_sim::{Intervention, Moment, Planned, Seed, Span};

/// The most operations that a workload may come to.
pub const MOST_OPERATIONS: u64 = 200_000;

/// The operations of one workload, as interventions on the timeline.
pub(crate) fn operations<P: Entry>(
    workload: &Workload,
    number: usize,
    seed: Seed,
    names: &[String],
) -> Result<Vec<Planned<P::Op>>, Unplayable> {
    let unplayable = |reason: String| Unplayable::new(Place::Workload(number), reason);
    cast::check_target(&workload.at, P::ABOUT, names.len()).map_err(|refusal| unplayable(refusal.to_string()))?;
    let turns = turns(workload).map_err(unplayable)?;
    let mut planned = Vec::with_capacity(turns as usize);
    for turn in 0..turns {
        let draw = |nth| seed.draw(Purpose::Workload, number as u32, nth, turn);
        let op = &workload.ops[below(draw(0), workload.ops.len() as u64) as usize];
        let key = below(draw(1), u64::from(workload.keys.max(1)));
        let node = names.get(below(draw(2), names.len() as u64) as usize).map_or("", String::as_str);
        let op = fill_in(op, turn, key, node);
        let op = cast::operation::<P>(op, names).map_err(|refusal| unplayable(refusal.to_string()))?;
        let at = workload.from + Span(workload.every.0.saturating_mul(turn));
        let what = Intervention::Invoke(workload.at.clone(), op);
        planned.push(Planned { when: Moment { at, after: 0 }, what });
    }
    Ok(planned)
}

fn turns(workload: &Workload) -> Result<u64, String> {
    if workload.ops.is_empty() {
        return Err("ops is empty: name at least one operation".to_owned());
    }
    if workload.every == Span::ZERO {
        return Err("every is 0s: operations need some time between them".to_owned());
    }
    let turns = workload.until.since(workload.from).0.div_ceil(workload.every.0);
    if turns > MOST_OPERATIONS {
        return Err(format!("{turns} operations are too many: at most {MOST_OPERATIONS}"));
    }
    Ok(turns)
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
