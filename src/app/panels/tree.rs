//! A state as a tree, with what the latest step changed set off.

use super::why::Asker;
use netsplit_scenario::why::Step;
use serde_json::Value;
use yew::prelude::*;

/// Lists longer than this are folded at first, and beyond the second only their ends are shown.
const FOLDED: usize = 12;
const MOST: usize = 200;

/// A value and, if it is known, what it was before; with somebody to ask why, if it is a state.
pub(crate) fn tree(now: &Value, before: Option<&Value>, asking: Option<&Asker>) -> Html {
    match now {
        Value::Object(fields) if fields.is_empty() => html! { <p class="faint">{ "–" }</p> },
        Value::Object(fields) => {
            let one = |(name, value): (&String, &Value)| {
                row(name, value, before.map(|it| it.get(name)), part(asking, Step::Key(name.clone())).as_ref())
            };
            html! { <dl class="tree">{ for fields.iter().map(one) }</dl> }
        }
        other => html! { <dl class="tree">{ row("", other, before.map(Some), asking) }</dl> },
    }
}

/// Of whom to ask why a part is as it is.
fn part(asking: Option<&Asker>, step: Step) -> Option<Asker> {
    asking.map(|whole| Asker { field: whole.field.part(step), ..whole.clone() })
}

/// A row. `before` is nothing if there is nothing to compare with, and `Some(None)` if the row is new.
fn row(name: &str, now: &Value, before: Option<Option<&Value>>, asking: Option<&Asker>) -> Html {
    let changed = before.is_some_and(|before| before != Some(now));
    let class = classes!("tree-row", changed.then_some("changed"));
    if let Some(text) = plain(now) {
        let was = before.flatten().filter(|_| changed).and_then(plain);
        return html! {
            <div {class}>
                <dt>{ name }</dt>
                <dd>if let Some(was) = was { <del>{ was }</del>{ " " } }<span>{ text }</span></dd>
                { for asking.map(ask) }
            </div>
        };
    }
    html! {
        <div class={classes!(class, "deep")}>
            <dt>{ name }{ for asking.map(Asker::button) }</dt>
            <dd>{ inner(now, before, asking) }</dd>
        </div>
    }
}

/// In a list of descriptions there are terms and descriptions alone.
fn ask(asking: &Asker) -> Html {
    html! { <dd class="ask-cell">{ asking.button() }</dd> }
}

fn inner(now: &Value, before: Option<Option<&Value>>, asking: Option<&Asker>) -> Html {
    if let Some((columns, rows)) = columns(now) {
        return table(&columns, rows, before);
    }
    let entries: Vec<(String, Step, &Value, Option<Option<&Value>>)> = match now {
        Value::Object(fields) => {
            let one = |(name, value): (&String, _)| {
                (name.clone(), Step::Key(name.clone()), value, before.map(|it| it?.get(name)))
            };
            fields.iter().map(|(name, value)| one((name, value))).collect()
        }
        Value::Array(items) => {
            let one =
                |(at, value)| (format!("{at}"), Step::Item(at), value, before.map(|it: Option<&Value>| it?.get(at)));
            items.iter().enumerate().map(one).collect()
        }
        _ => Vec::new(),
    };
    let count = entries.len();
    let skipped = count.saturating_sub(MOST);
    let rows = entries
        .into_iter()
        .skip(skipped)
        .map(|(name, step, value, before)| row(&name, value, before, part(asking, step).as_ref()));
    let body = html! { <dl class="tree">{ for rows }</dl> };
    if count > FOLDED {
        html! { <details><summary>{ count }</summary>{ body }</details> }
    } else {
        body
    }
}

/// The widest table that fits the panel.
const WIDEST: usize = 5;

/// A list of like records: the names of their fields, and the records.
fn columns(value: &Value) -> Option<(Vec<&str>, &[Value])> {
    let rows = value.as_array().filter(|rows| rows.len() > 1)?;
    let first = rows.first()?.as_object()?;
    let like = |row: &Value| {
        row.as_object().is_some_and(|row| row.keys().eq(first.keys()) && row.values().all(|it| plain(it).is_some()))
    };
    let fits = (1..=WIDEST).contains(&first.len()) && rows.iter().all(like);
    fits.then(|| (first.keys().map(String::as_str).collect(), rows.as_slice()))
}

fn table(columns: &[&str], rows: &[Value], before: Option<Option<&Value>>) -> Html {
    let skipped = rows.len().saturating_sub(MOST);
    let cell = |at: usize, row: &Value, column: &str| {
        let value = row.get(column);
        let was = before.map(|before| before.and_then(|it| it.get(at)?.get(column)));
        let changed = was.is_some_and(|was| was != value);
        html! { <td class={classes!(changed.then_some("changed"))}>{ for value.and_then(plain) }</td> }
    };
    let row =
        |(at, row): (usize, &Value)| html! { <tr>{ for columns.iter().map(|column| cell(at, row, column)) }</tr> };
    let body = html! {
        <table>
            <thead><tr>{ for columns.iter().map(|column| html! { <th scope="col">{ *column }</th> }) }</tr></thead>
            <tbody>{ for rows.iter().enumerate().skip(skipped).map(row) }</tbody>
        </table>
    };
    if rows.len() > FOLDED {
        html! { <details><summary>{ rows.len() }</summary>{ body }</details> }
    } else {
        body
    }
}

/// What fits a line: single values, and short lists and tables of them.
pub(crate) fn plain(value: &Value) -> Option<String> {
    const LINE: usize = 30;
    match value {
        Value::Null => Some("–".to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(plain).collect();
            let text = format!("[{}]", items?.join(", "));
            (text.len() <= LINE).then_some(text)
        }
        Value::Object(fields) => {
            let fields: Option<Vec<String>> =
                fields.iter().map(|(name, value)| Some(format!("{name} {}", plain(value)?))).collect();
            let text = fields?.join(", ");
            (text.len() <= LINE).then_some(if text.is_empty() { "{}".to_owned() } else { text })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn like_records_are_a_table() {
        let peers = json!([{"server": 0, "next": 1}, {"server": 2, "next": 5}]);
        assert_eq!(columns(&peers).map(|(names, rows)| (names, rows.len())), Some((vec!["next", "server"], 2)));
        assert!(columns(&json!([{"a": 1}, {"b": 1}])).is_none());
        assert!(columns(&json!([1, 2])).is_none());
    }

    #[test]
    fn short_values_stand_on_one_line() {
        assert_eq!(plain(&json!([1, 2])).as_deref(), Some("[1, 2]"));
        assert_eq!(plain(&json!({"index": 2, "term": 1})).as_deref(), Some("index 2, term 1"));
        assert_eq!(plain(&json!(null)).as_deref(), Some("–"));
        assert_eq!(plain(&json!(["a".repeat(40)])), None);
    }
}
