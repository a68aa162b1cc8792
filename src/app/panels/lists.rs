//! Lists that say in words what the drawings show, for screen readers, the keyboard, and whoever likes lists.

use super::controls::roving;
use super::thing::role_word;
use crate::app::desk::Desk;
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::{command, telling};
use crate::locale::{Language, Word};
use netsplit_scenario::judgement::{Judgement, Refuted, judge};
use netsplit_scenario::{NodeNow, OpNow, Selection};
use netsplit_sim::{Condition, EventId, Intervention, Prominence};
use yew::prelude::*;

/// Longer lists are cut off.
const MOST: usize = 200;
/// Of messages in flight, so many: while a run plays they change too quickly to be read anyway.
const MOST_MAIL: usize = 50;
/// How many events before and after the cursor are listed.
const BEHIND: u32 = 40;
const AHEAD: u32 = 12;
/// So many of the operations are shown that were put in order before one that fits nowhere.
const MOST_ORDERED: usize = 4;
/// So many steps a judgement may take while a run plays: some milliseconds.
const JUDGED_AT_ONCE: u64 = 20_000;

/// The nodes, what is broken about the network, and what is in flight: the cluster's twin.
pub(crate) fn nodes(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let nodes = lab.session().nodes();
    let count = nodes.len().min(MOST);
    let rows = nodes.iter().take(MOST).enumerate().map(|(at, node)| node_row(desk, lab, node, language, at, count));
    html! {
        <>
            <h2 class="hidden">{ language.say(Word::Nodes) }</h2>
            <ul class="rows" aria-label={language.say(Word::Nodes)}>{ for rows }</ul>
            { network(desk, lab, language) }
            { mail(desk, lab, language) }
        </>
    }
}

fn node_row(desk: &Desk, lab: &Lab, node: &NodeNow, language: Language, at: usize, count: usize) -> Html {
    let id = node.id;
    let face = node.face.as_ref();
    let (tone, role) = match (node.condition, face) {
        (Condition::Down, _) => ("down", language.say(Word::IsDown).to_owned()),
        (Condition::Paused, _) => ("paused", language.say(Word::IsPaused).to_owned()),
        (Condition::Up, Some(face)) => (tone(face.prominence), role_word(lab, face.role, language)),
        (Condition::Up, None) => ("plain", String::new()),
    };
    let role = match telling::liar(node.manner, language) {
        Some(lies) => format!("{role} · {lies}"),
        None => role,
    };
    let letter = face.and_then(|face| lab.role(face.role)).map_or("", |role| role.letter);
    let letter = if node.condition == Condition::Up { letter } else { "" };
    let figure = face.and_then(|face| face.headline).map(|(name, value)| format!("{name} {value}"));
    let select = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.select(Some(Selection::Node(id))))
    };
    let gather = {
        let desk = desk.clone();
        Callback::from(move |_: Event| desk.change(|state| state.lab.gather(id)))
    };
    let checked = lab.gathered.contains(&id);
    html! {
        <li class="node-row">
            <input type="checkbox" {checked} onchange={gather}
                aria-label={language.fill(Word::GatherNode, &[("node", lab.name(id))])} />
            <button type="button" class="row" onclick={select} onkeydown={roving(at, count)} data-node={lab.name(id).to_owned()}
                data-role={face.map_or("", |face| face.role)} data-condition={tone} data-manner={node.manner.turning()}>
                <span class={classes!("badge", tone)} aria-hidden="true">{ letter }</span>
                <span class="row-name">{ lab.name(id) }</span>
                <span class="row-role">{ role }</span>
                <span class="row-figure">{ figure }</span>
            </button>
        </li>
    }
}

fn tone(prominence: Prominence) -> &'static str {
    match prominence {
        Prominence::Plain => "plain",
        Prominence::Striving => "striving",
        Prominence::Leading => "leading",
        Prominence::Outside => "outside",
    }
}

/// The sides of a partition, the links that are cut, and those that behave otherwise.
fn network(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let network = lab.session().network();
    let heal = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.intervene(Intervention::Heal))
    };
    let broken = !network.sides.is_empty() || !network.cut.is_empty();
    let links = network.cut.iter().chain(network.special.keys().filter(|way| !network.cut.contains(way)));
    let row = |(from, to): (netsplit_sim::NodeId, netsplit_sim::NodeId)| {
        let desk = desk.clone();
        let word = if network.cut.contains(&(from, to)) { Word::Severed } else { Word::Special };
        let onclick = Callback::from(move |_: MouseEvent| desk.select(Some(Selection::Link(from, to))));
        html! {
            <li><button type="button" class="row" {onclick}>
                <span>{ format!("{} → {}", lab.name(from), lab.name(to)) }</span>
                <span class="row-figure">{ language.say(word) }</span>
            </button></li>
        }
    };
    html! {
        <section class="part">
            <h3>{ language.say(Word::Network) }</h3>
            if broken {
                <p class="said">{ sides(lab).unwrap_or_default() }</p>
                <button type="button" class="button act" onclick={heal}>{ icon(Icon::Mend) }<span>{ language.say(Word::TryHeal) }</span></button>
            } else {
                <p class="faint">{ language.say(Word::NetworkWhole) }</p>
            }
            <ul class="rows">{ for links.take(MOST).map(|way| row(*way)) }</ul>
        </section>
    }
}

/// The sides of a partition: `n1, n2 | n3, n4, n5`.
fn sides(lab: &Lab) -> Option<String> {
    let sides = &lab.session().network().sides;
    let last = *sides.iter().max()?;
    let names = lab.session().names();
    let side = |side: u16| {
        let on = names.iter().enumerate().filter(|(at, _)| sides.get(*at).copied().unwrap_or(0) == side);
        on.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let all: Vec<String> = (0..=last).map(side).filter(|names| !names.is_empty()).collect();
    Some(all.join(" | "))
}

fn mail(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let mail = lab.session().in_flight();
    let now = lab.cursor().time;
    let count = mail.len().min(MOST_MAIL);
    let row = |(at, it): (usize, &netsplit_scenario::MailNow)| {
        let (desk, name) = (desk.clone(), it.name);
        let onclick = Callback::from(move |_: MouseEvent| desk.select(Some(Selection::Message(name))));
        let left = telling::span(it.due.since(now));
        html! {
            <li key={format!("{name:?}")}><button type="button" class="row" {onclick} onkeydown={roving(at, count)}>
                <span class="row-name">{ it.tag.name }</span>
                <span class="row-role">{ format!("{} → {}", lab.name(name.from), lab.name(name.to)) }</span>
                <span class="row-figure">{ left }</span>
            </button></li>
        }
    };
    html! {
        <section class="part">
            <h3>{ language.say(Word::InFlight) }<span class="remark-inline">{ mail.len() }</span></h3>
            <ul class="rows">{ for mail.iter().take(MOST_MAIL).enumerate().map(row) }</ul>
        </section>
    }
}

/// The events round the cursor: the diagram's twin.
pub(crate) fn events(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let events = lab.cursor().events;
    let latest = lab.cursor().latest();
    let first = events.saturating_sub(BEHIND);
    let all: Vec<_> = lab.session().trace().events_in(first..events.saturating_add(AHEAD)).collect();
    let count = all.len();
    // The newest on top while the run plays: that is where one looks.
    let row = |(at, (id, row)): (usize, &(EventId, &netsplit_sim::trace::EventRow))| {
        let (desk, id) = (desk.clone(), *id);
        let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, id));
        let class = classes!("row", (id.0 >= events).then_some("future"));
        html! {
            <li key={id.0}><button type="button" {class} {onclick} onkeydown={roving(at, count)}
                aria-current={(Some(id) == latest).then_some("true")} data-event={id.0.to_string()}>
                <span class="row-at">{ telling::moment(row.at) }</span>
                <span class="row-text">{ telling::event(lab, id, language) }</span>
            </button></li>
        }
    };
    if all.is_empty() {
        return html! { <p class="empty">{ language.say(Word::NothingYet) }</p> };
    }
    html! { <ol class="rows" aria-label={language.say(Word::Events)}>{ for all.iter().rev().enumerate().map(row) }</ol> }
}

/// The client operations and their answers.
pub(crate) fn clients(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let history = lab.session().history();
    if history.is_empty() {
        return html! { <p class="empty">{ language.say(Word::NoClients) }</p> };
    }
    let count = history.len().min(MOST);
    let rows = history.iter().rev().take(MOST).enumerate().map(|(at, op)| op_row(desk, lab, op, language, at, count));
    html! {
        <>
            { judgement(desk, lab, &history, language) }
            <ol class="rows" aria-label={language.say(Word::Clients)}>{ for rows }</ol>
        </>
    }
}

/// Whether an order of the operations explains the answers; if not, the one that fits nowhere, and what came before it.
fn judgement(desk: &Desk, lab: &Lab, history: &[OpNow], language: Language) -> Html {
    let told = |class: &'static str, sign: Icon, text: String, more: Html| {
        html! {
            <section class="judgement" data-judgement={class}>
                <p class={classes!("judgement-head", class)}>{ icon(sign) }<span>{ text }</span></p>{ more }
            </section>
        }
    };
    let list = |label: Word, places: &[usize]| {
        let row = |(at, place): (usize, &usize)| op_row(desk, lab, &history[*place], language, at, places.len());
        html! {
            <>
                <h3>{ language.say(label) }</h3>
                <ol class="rows" aria-label={language.say(label)}>{ for places.iter().enumerate().map(row) }</ol>
            </>
        }
    };
    match judge(lab.about(), history, JUDGED_AT_ONCE) {
        None => Html::default(),
        Some(Judgement::Linearizable) => {
            told("ok", Icon::Check, language.say(Word::Linearizable).to_owned(), Html::default())
        }
        Some(Judgement::Undecided { steps }) => {
            let text = language.fill(Word::Undecided, &[("steps", &steps.to_string())]);
            told("warn", Icon::Alert, text, Html::default())
        }
        Some(Judgement::NotLinearizable(Refuted { key, ordered, stuck })) => {
            let text = language.fill(Word::NotLinearizable, &[("key", &key)]);
            let latest = &ordered[ordered.len().saturating_sub(MOST_ORDERED)..];
            let before = if latest.is_empty() { Html::default() } else { list(Word::LatestOrdered, latest) };
            let all = language.say(Word::AllRequests);
            let more = html! { <>{ list(Word::FitsNowhere, &[stuck]) }{ before }<h3>{ all }</h3></> };
            told("bad", Icon::Alert, text, more)
        }
    }
}

fn op_row(desk: &Desk, lab: &Lab, op: &OpNow, language: Language, at: usize, count: usize) -> Html {
    let (desk, event) = (desk.clone(), op.answer.as_ref().map_or(op.invoked.0, |(event, ..)| *event));
    let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
    let answer = match &op.answer {
        Some((_, when, value)) => {
            let took = telling::span(when.since(op.invoked.1));
            format!("{} · {took}", telling::brief(value))
        }
        None => language.say(Word::Pending).to_owned(),
    };
    html! {
        <li key={op.id.0}><button type="button" class="row two" {onclick} onkeydown={roving(at, count)}>
            <span class="row-at">{ telling::moment(op.invoked.1) }</span>
            <span class="row-text">{ format!("{}: {}", lab.name(op.node), telling::brief(&op.op)) }</span>
            <span class="row-answer">{ answer }</span>
        </button></li>
    }
}
