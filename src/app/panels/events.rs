//! The events round the cursor, each in a sentence: who did what on which input, by which rule, and what it changed. Whoever
//! does not see the diagram reads here what it shows.

use super::controls::roving;
use super::why::change;
use crate::app::desk::Desk;
use crate::app::lab::Lab;
use crate::app::{command, telling};
use crate::locale::{Language, Word};
use netsplit_scenario::Passage;
use netsplit_scenario::why::Change;
use netsplit_sim::EventId;
use netsplit_sim::trace::EventRow;
use yew::prelude::*;

/// How many events before and after the cursor are listed.
const BEHIND: u32 = 40;
const AHEAD: u32 = 12;
/// So many changes of an event are told; the inspector shows all.
const MOST_CHANGES: usize = 3;
/// Longer values are cut off: it is the inspector that shows them.
const LONGEST: usize = 36;

pub(crate) fn events(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let events = lab.cursor().events;
    let first = events.saturating_sub(BEHIND);
    let all: Vec<_> = lab.session().trace().events_in(first..events.saturating_add(AHEAD)).collect();
    if all.is_empty() {
        return html! { <p class="empty">{ language.say(Word::NothingYet) }</p> };
    }
    // While the run plays nobody can read what changed, and to find it is to compare whole states.
    let ids: Vec<EventId> = all.iter().map(|(id, _)| *id).collect();
    let passages = lab.session().passages(&ids, !lab.moving());
    let count = all.len();
    // The newest on top while the run plays: that is where one looks.
    let row = |(at, (id, event)): (usize, &(EventId, &EventRow))| {
        let passage = passages.iter().find(|passage| passage.event == *id);
        row(desk, lab, *id, event, passage, language, roving(at, count))
    };
    html! { <ol class="rows told" aria-label={language.say(Word::Events)}>{ for all.iter().rev().enumerate().map(row) }</ol> }
}

fn row(
    desk: &Desk,
    lab: &Lab,
    id: EventId,
    event: &EventRow,
    passage: Option<&Passage>,
    language: Language,
    onkeydown: Callback<KeyboardEvent>,
) -> Html {
    let (to, cursor) = (desk.clone(), lab.cursor());
    let onclick = Callback::from(move |_: MouseEvent| command::go_to(&to, id));
    let class = classes!("row", (id.0 >= cursor.events).then_some("future"));
    let rule = telling::rule(lab, id).map(|line| line.block);
    let changed = passage.map(|passage| changed(&passage.changes, language)).unwrap_or_default();
    html! {
        <li key={id.0}>
            <button type="button" {class} {onclick} {onkeydown} data-event={id.0.to_string()}
                aria-current={(Some(id) == cursor.latest()).then_some("true")}>
                <span class="row-at">{ telling::when(lab, event.at) }</span>
                <span class="row-text">
                    { telling::sentence(lab, id, passage, language) }
                    if !changed.is_empty() { <span class="row-remark changed-words">{ changed }</span> }
                    if let Some(rule) = rule { <span class="row-rule">{ rule }</span> }
                </span>
            </button>
        </li>
    }
}

/// What an event changed, in a line. That all of a node's state came or went is said by its start and its crash.
pub(super) fn changed(changes: &[Change], language: Language) -> String {
    let told: Vec<&Change> = changes.iter().filter(|change| !change.field.path.is_empty()).collect();
    let words = |it: &&Change| change(&it.field.name(), &brief(&it.was.to_string()), &brief(&it.is.to_string()));
    let mut parts: Vec<String> = told.iter().take(MOST_CHANGES).map(words).collect();
    if let Some(more) = told.len().checked_sub(MOST_CHANGES + 1) {
        parts.push(language.fill(Word::ChangedMore, &[("count", &(more + 1).to_string())]));
    }
    parts.join(" · ")
}

fn brief(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}
