//! A scenario with one key of its file set otherwise: what parameter sweeps vary.

use super::{print, read};
use crate::check::check;
use crate::model::Scenario;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a key of a scenario file cannot be set to a value.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{key} = {value}: {reason}")]
pub struct Unsettable {
    /// The key, with those it stands under: `network.loss`.
    pub key: String,
    /// The value as it was given.
    pub value: String,
    /// What is wrong, and what would be accepted.
    pub reason: String,
}

/// The scenario whose file has this value at a key such as `nodes.server`, `config.heartbeat` or `network.latency`. A key
/// below a list of tables, such as `workload.every`, is set in each of them. What is not TOML by itself is a text: `20ms`.
/// What only the protocol can judge is left to whoever starts it.
pub fn alter(scenario: &Scenario, key: &str, value: &str) -> Result<Scenario, Unsettable> {
    let unsettable =
        |reason: &str| Unsettable { key: key.to_owned(), value: value.to_owned(), reason: reason.to_owned() };
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !key.split('.').all(part) || value.contains(['\n', '\r']) {
        return Err(unsettable("a key is written like network.loss, and a value in one line"));
    }
    let (file, quoted) = (print(scenario), value.replace('\\', "\\\\").replace('"', "\\\""));
    let (as_it_is, as_text) = (format!("{key} = {value}"), format!("{key} = \"{quoted}\""));
    let mut document = DeTable::parse(&file).map_err(|error| unsettable(error.message()))?;
    let set = DeTable::parse(&as_it_is).or_else(|_| DeTable::parse(&as_text));
    let set = set.map_err(|error| unsettable(error.message()))?;
    lay(document.get_mut(), set.into_inner());
    let altered = read::scenario(&document).map_err(|bad| unsettable(&bad.message))?.scenario;
    check(&altered).map_err(|unplayable| unsettable(&unplayable.message))?;
    Ok(altered)
}

/// Lays one table over another.
fn lay<'t>(below: &mut DeTable<'t>, above: DeTable<'t>) {
    for (key, value) in above {
        let name: &str = key.get_ref();
        match below.get_mut(name) {
            Some(there) => lay_value(there, value),
            None => drop(below.insert(key, value)),
        }
    }
}

fn lay_value<'t>(below: &mut Spanned<DeValue<'t>>, above: Spanned<DeValue<'t>>) {
    match (below.get_mut(), above.get_ref()) {
        (DeValue::Table(below), DeValue::Table(above)) => lay(below, above.clone()),
        (DeValue::Array(items), DeValue::Table(_)) => {
            items.iter_mut().for_each(|item| lay_value(item, above.clone()));
        }
        _ => *below = above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery;
    use netsplit_sim::{Latency, Span};

    fn calm() -> Scenario {
        gallery::entries().next().unwrap().scenario().unwrap()
    }

    #[test]
    fn any_key_of_the_file_can_be_set() {
        let calm = calm();
        assert_eq!(alter(&calm, "nodes.server", "7").unwrap().nodes["server"], 7);
        assert_eq!(alter(&calm, "seed", "9").unwrap(), Scenario { seed: 9, ..calm.clone() });
        let slow = alter(&calm, "network.latency", "20ms").unwrap();
        assert_eq!(slow.link.latency, Latency::Constant(Span::millis(20)));
        let drawn = alter(&calm, "network.latency", "{ uniform = [\"1ms\", \"2ms\"] }").unwrap();
        assert_eq!(drawn.link.latency, Latency::Uniform(Span::millis(1), Span::millis(2)));
        let often = alter(&calm, "workload.every", "3ms").unwrap();
        assert!(!often.workload.is_empty() && often.workload.iter().all(|workload| workload.every == Span::millis(3)));
        let timed = alter(&calm, "config.election-timeout", "[\"150ms\", \"151ms\"]").unwrap();
        assert_eq!(timed.config.len(), calm.config.len().max(1));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_reason() {
        let cases = [
            ("nodes.sever", "3", "server"),
            ("network.latency", "20 parsecs", "150ms"),
            ("network", "1%", "table"),
            ("until", "2s\nseed = 3", "one line"),
            ("a b", "1", "network.loss"),
            ("", "1", "network.loss"),
        ];
        for (key, value, word) in cases {
            let error = alter(&calm(), key, value).unwrap_err().to_string();
            assert!(error.contains(word) && error.contains(value), "{key}: {error}");
        }
    }
}
