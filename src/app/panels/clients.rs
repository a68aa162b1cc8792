//! What clients asked, and what it comes to: the consistency models as a lattice, what shows the verdict on one of them, and
//! all requests.

use super::controls::{button, roving};
use super::lists::MOST;
use crate::app::command;
use crate::app::desk::{Desk, Diagram};
use crate::app::icons::{Icon, icon};
use crate::app::jury::Jury;
use crate::app::lab::Lab;
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_check::verdict::{Because, Edge, Level, Refutation, Verdict};
use netsplit_scenario::verdicts::Judged;
use netsplit_scenario::{OpNow, form};
use netsplit_sim::Time;
use yew::prelude::*;

/// So many of the operations are listed that together fail: few, unless nobody had time to find out which ones matter.
const MOST_CULPRITS: usize = 12;

/// The client operations and their answers.
pub(crate) fn clients(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let history = &state.jury.asked().history;
    if history.is_empty() {
        return html! { <p class="empty">{ language.say(Word::NoClients) }</p> };
    }
    let count = history.len().min(MOST);
    let rows = history.iter().rev().take(MOST).enumerate().map(|(at, op)| op_row(desk, lab, op, language, at, count));
    html! {
        <>
            { judgement(desk, lab, &state.jury, language) }
            <h3 class="rows-head">{ language.say(Word::AllRequests) }</h3>
            <ol class="rows" aria-label={language.say(Word::Clients)}>{ for rows }</ol>
        </>
    }
}

/// The consistency models, each with its verdict, and what shows that of the chosen one.
fn judgement(desk: &Desk, lab: &Lab, jury: &Jury, language: Language) -> Html {
    let Some(chosen) = jury.chosen() else { return Html::default() };
    let one = |level: Level| {
        let judged = jury.judged().iter().find(|judged| judged.level == level);
        let promised = lab.session().promise() == Some(level);
        model(desk, level, judged, (level == chosen.level, promised), language)
    };
    let guarantees =
        [Level::ReadYourWrites, Level::MonotonicReads, Level::MonotonicWrites, Level::WritesFollowReads].map(one);
    html! {
        <section class="judgement" aria-label={language.say(Word::Consistency)} data-deliberates={jury.deliberates().to_string()}>
            <div class="lattice" role="group" aria-label={language.say(Word::Consistency)}>
                { one(Level::Linearizable) }{ one(Level::Sequential) }{ one(Level::Causal) }
                <div class="guarantees">{ for guarantees }</div>
                { one(Level::Convergent) }
            </div>
            <div class="shown" data-shown={chosen.level.name()}>
                <p class="meaning">{ language.say(meaning(chosen.level)) }</p>
                { witness(desk, lab, chosen, &jury.asked().history, language) }
            </div>
        </section>
    }
}

/// A consistency model and whether it explains the history.
fn model(desk: &Desk, level: Level, judged: Option<&Judged>, (on, promised): (bool, bool), language: Language) -> Html {
    let (class, sign, word) = match judged.and_then(Judged::holds) {
        Some(true) => ("ok", Icon::Check, Word::ModelHolds),
        Some(false) => ("bad", Icon::Close, Word::ModelFails),
        None => ("open", Icon::Help, Word::ModelUnknown),
    };
    let desk = desk.clone();
    let onclick = Callback::from(move |_: MouseEvent| desk.change(|state| state.jury.choose(level)));
    html! {
        <button type="button" class={classes!("model", class)} aria-pressed={on.to_string()} data-level={level.name()}
            data-holds={class} {onclick}>
            { icon(sign) }<span>{ language.say(name(level)) }</span>
            <span class="hidden">{ language.say(word) }</span>
            if promised { <span class="promised">{ language.say(Word::Promised) }</span> }
        </button>
    }
}

/// What shows the verdict.
fn witness(desk: &Desk, lab: &Lab, judged: &Judged, history: &[OpNow], language: Language) -> Html {
    match &judged.verdict {
        Verdict::Holds { order: None } => html! { <p>{ language.say(Word::Explained) }</p> },
        Verdict::Holds { order: Some(_) } => html! {
            <>
                <p>{ language.say(Word::ExplainedByOrder) }</p>
                <div class="shown-actions">{ draw(desk, history, &[], language) }</div>
            </>
        },
        Verdict::Unknown(why) => {
            html! { <p>{ language.fill(Word::Undecided, &[("why", &why.to_string())]) }</p> }
        }
        Verdict::Fails(refutation) => refuted(desk, lab, judged, refutation, history, language),
    }
}

fn refuted(
    desk: &Desk,
    lab: &Lab,
    judged: &Judged,
    refutation: &Refutation,
    history: &[OpNow],
    language: Language,
) -> Html {
    let culprits: Vec<usize> = refutation.minimal.iter().copied().filter(|place| *place < history.len()).collect();
    let count = culprits.len().min(MOST_CULPRITS);
    let row = |(at, place): (usize, &usize)| op_row(desk, lab, &history[*place], language, at, count);
    let go = judged.moment(history).map(|event| {
        let desk = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
        button(Some(Icon::Target), language.say(Word::GoToMoment), onclick)
    });
    let edges = refutation.cycle.iter().filter(|edge| edge.from.max(edge.to) < history.len());
    let told = language.fill(Word::CannotAllBe, &[("count", &culprits.len().to_string())]);
    html! {
        <>
            <p>{ told }</p>
            <ol class="rows" aria-label={language.say(Word::Culprits)}>{ for culprits.iter().take(MOST_CULPRITS).enumerate().map(row) }</ol>
            if !refutation.cycle.is_empty() {
                <h3>{ language.say(Word::Why) }</h3>
                <ol class="reasons">{ for edges.map(|edge| reason(lab, edge, history, language)) }</ol>
            }
            <div class="shown-actions">{ for go }{ draw(desk, history, &culprits, language) }</div>
        </>
    }
}

/// Why one operation comes before another.
fn reason(lab: &Lab, edge: &Edge, history: &[OpNow], language: Language) -> Html {
    let told = |place: usize| {
        let OpNow { node, op, answer, .. } = &history[place];
        let answer = answer.as_ref().map_or(String::new(), |(.., answer)| format!(" → {}", form::short(answer)));
        format!("{}: {}{answer}", lab.name(*node), form::asked(lab.about(), op))
    };
    let because = match edge.because {
        Because::Session => Word::BecauseSession,
        Because::RealTime => Word::BecauseRealTime,
        Because::ReadFrom => Word::BecauseReadFrom,
        Because::WrittenAfter => Word::BecauseWrittenAfter,
        Because::ReadBefore => Word::BecauseReadBefore,
    };
    let gaps = [("one", told(edge.from)), ("other", told(edge.to))];
    let gaps: Vec<(&str, &str)> = gaps.iter().map(|(gap, text)| (*gap, text.as_str())).collect();
    html! { <li>{ language.fill(because, &gaps) }</li> }
}

/// Shows the operations in the diagram: those that matter, or all.
fn draw(desk: &Desk, history: &[OpNow], places: &[usize], language: Language) -> Html {
    let of_interest = || places.iter().filter_map(|place| history.get(*place));
    let from = of_interest().map(|now| now.invoked.1).min();
    let end = |now: &OpNow| now.answer.as_ref().map_or(now.invoked.1, |(_, at, _)| *at);
    let to: Option<Time> = of_interest().map(end).max();
    let desk = desk.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        desk.change(|state| {
            state.ui.diagram = Diagram::Operations;
            state.ui.bring_diagram();
        });
        if let (Some(from), Some(to)) = (from, to) {
            desk.stage().borrow_mut().show_operations(from, to);
        }
    });
    button(Some(Icon::Fit), language.say(Word::ShowInDiagram), onclick)
}

fn op_row(desk: &Desk, lab: &Lab, op: &OpNow, language: Language, at: usize, count: usize) -> Html {
    let (desk, event) = (desk.clone(), op.answer.as_ref().map_or(op.invoked.0, |(event, ..)| *event));
    let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
    let answer = match &op.answer {
        Some((_, when, value)) => {
            let took = telling::span(when.since(op.invoked.1));
            format!("{} · {took}", form::short(value))
        }
        None => language.say(Word::Pending).to_owned(),
    };
    html! {
        <li key={op.id.0}><button type="button" class="row two" {onclick} onkeydown={roving(at, count)}>
            <span class="row-at">{ telling::moment(op.invoked.1) }</span>
            <span class="row-text">{ format!("{}: {}", lab.name(op.node), form::asked(lab.about(), &op.op)) }</span>
            <span class="row-answer">{ answer }</span>
        </button></li>
    }
}

/// What a consistency model is called.
pub(crate) fn name(level: Level) -> Word {
    match level {
        Level::Linearizable => Word::Linearizable,
        Level::Sequential => Word::Sequential,
        Level::Causal => Word::Causal,
        Level::ReadYourWrites => Word::ReadYourWrites,
        Level::MonotonicReads => Word::MonotonicReads,
        Level::MonotonicWrites => Word::MonotonicWrites,
        Level::WritesFollowReads => Word::WritesFollowReads,
        Level::Convergent => Word::Convergent,
    }
}

fn meaning(level: Level) -> Word {
    match level {
        Level::Linearizable => Word::LinearizableMeans,
        Level::Sequential => Word::SequentialMeans,
        Level::Causal => Word::CausalMeans,
        Level::ReadYourWrites => Word::ReadYourWritesMeans,
        Level::MonotonicReads => Word::MonotonicReadsMeans,
        Level::MonotonicWrites => Word::MonotonicWritesMeans,
        Level::WritesFollowReads => Word::WritesFollowReadsMeans,
        Level::Convergent => Word::ConvergentMeans,
    }
}
