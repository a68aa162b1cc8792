//! Lists that say in words what the drawings show, for screen readers, the keyboard, and whoever likes lists.

use super::controls::roving;
use super::thing::role_word;
use crate::app::desk::Desk;
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_scenario::{NodeNow, Selection};
use netsplit_sim::{Condition, Intervention, Prominence};
use yew::prelude::*;

/// Longer lists are cut off.
pub(super) const MOST: usize = 200;
/// Of messages in flight, so many: while a run plays they change too quickly to be read anyway.
const MOST_MAIL: usize = 50;

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
    if lab.session().is_log() {
        return Html::default();
    }
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
