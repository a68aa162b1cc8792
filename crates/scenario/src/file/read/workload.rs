//! The workload of a scenario file: who asks for what how often.

use super::Reader;
use crate::file::value::{Fields, Read, Value};
use crate::model::Workload;
use crate::names;
use crate::tree::Tree;
use netsplit_protocols::Field;
use netsplit_query::words::{known, quoted};
use netsplit_sim::{Span, Target};

/// How long clients in a closed loop wait for an answer if nothing is said.
const PATIENCE: Span = Span::secs(1);

impl Reader<'_> {
    /// A workload, for each of those who ask.
    pub(super) fn workloads(&self, fields: &mut Fields<'_, '_>) -> Read<Vec<Workload>> {
        let at = fields.read("at", |value| self.target(value))?;
        let from = fields.read("from", Value::time)?.unwrap_or_default();
        let until = fields.read("until", Value::time)?.unwrap_or(self.scenario.until);
        let (rhythm, every) = fields.one_of(&["every", "think"])?;
        let every = every.span()?;
        let patience = match (rhythm, fields.get("patience")) {
            ("think", patience) => Some(patience.map_or(Ok(PATIENCE), Value::span)?),
            (_, None) => None,
            (_, Some(lonely)) => {
                return lonely.bad("`patience` belongs to `think`, where the next question waits for an answer");
            }
        };
        let keys = fields.read("keys", |value| value.whole(0..=u32::MAX))?.unwrap_or(1);
        let skew = fields.read("skew", skew)?.unwrap_or(0);
        let (key, value) = fields.one_of(&["ops", "mix"])?;
        let asking = match at {
            Some(target) => vec![target],
            None => names::clients(self.about, self.scenario).map(Target::Node).collect(),
        };
        let one = |at: Target| {
            let value = value.clone();
            let ops = match key {
                "ops" => value.list()?.into_iter().map(Value::tree).collect::<Read<_>>()?,
                _ => self.mix(value, &at)?,
            };
            Ok(Workload { at, from, until, every, patience, ops, keys, skew })
        };
        asking.into_iter().map(one).collect()
    }

    /// So many parts of each operation on keys and values: `{ get = 5, put = 3 }`. Values tell who wrote them and in which
    /// turn; and what is compared is what the same client wrote last.
    fn mix(&self, value: Value<'_, '_>, at: &Target) -> Read<Vec<Tree>> {
        let who = match at {
            Target::Node(node) => names::names(self.about, self.scenario).swap_remove(node.index()),
            Target::Role(role) => role.clone(),
        };
        let mut ops = Vec::new();
        for (name, parts) in value.clone().table()?.entries() {
            let Some(form) = self.about.ops.iter().find(|form| form.name == name) else {
                let forms: Vec<_> = self.about.ops.iter().map(|form| form.name).collect();
                return value.bad(format!(
                    "{} has no operation {}; {}",
                    self.about.name,
                    quoted(&name),
                    known(&name, &forms)
                ));
            };
            let field = |field: &Field| {
                let gap = match field.name {
                    "value" => format!("{who} {{n}}"),
                    "expect" => format!("{who} {{last}}"),
                    _ => "{k}".to_owned(),
                };
                (field.name.to_owned(), Tree::Text(gap))
            };
            let op = Tree::Map([(name, Tree::Map(form.fields.iter().map(field).collect()))].into());
            ops.extend(std::iter::repeat_n(op, parts.whole(0..=64usize)?));
        }
        Ok(ops)
    }
}

/// The exponent of Zipf's law in hundredths, as twice the exponent.
fn skew(value: Value<'_, '_>) -> Read<u32> {
    let hundredths = value.clone().whole(0..=200u32)?;
    match hundredths % 50 {
        0 => Ok(hundredths / 50),
        _ => value.bad(format!("a skew of {hundredths}: 0, 50, 100, 150 and 200 are possible")),
    }
}
