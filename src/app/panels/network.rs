//! The bar for work on the network: its shape, who is in it, what the latest change has led to.

use super::controls::button;
use super::top::run;
use super::trouble;
use crate::app::command::Command;
use crate::app::desk::{Desk, Place};
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::offer;
use crate::locale::{Language, Word};
use netsplit_scenario::edit::Change;
use netsplit_scenario::{Selection, names};
use netsplit_sim::{NodeId, Topology};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The shapes that can be chosen, by their names in scenario files.
const SHAPES: [(&str, Word); 7] = [
    ("mesh", Word::ShapeMesh),
    ("ring", Word::ShapeRing),
    ("star", Word::ShapeStar),
    ("line", Word::ShapeLine),
    ("tree", Word::ShapeTree),
    ("grid", Word::ShapeGrid),
    ("random", Word::ShapeRandom),
];
/// What a shape that was drawn by hand is called in scenario files.
const DRAWN: &str = "edges";
/// How many links a node of a random network has at first.
const DEGREE: u16 = 3;

/// A shape's name in scenario files.
pub(crate) fn shape_name(topology: &Topology) -> &'static str {
    match topology {
        Topology::Mesh => "mesh",
        Topology::Ring => "ring",
        Topology::Star => "star",
        Topology::Line => "line",
        Topology::Tree => "tree",
        Topology::Grid => "grid",
        Topology::Random(_) => "random",
        Topology::Edges(_) => DRAWN,
    }
}

fn shape_named(name: &str) -> Option<Topology> {
    Some(match name {
        "mesh" => Topology::Mesh,
        "ring" => Topology::Ring,
        "star" => Topology::Star,
        "line" => Topology::Line,
        "tree" => Topology::Tree,
        "grid" => Topology::Grid,
        "random" => Topology::Random(DEGREE),
        _ => return None,
    })
}

pub(crate) fn network(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let said = state.ui.edited.clone().unwrap_or_else(|| language.say(Word::EditHow).to_owned());
    html! {
        <div class="network" role="group" aria-label={language.say(Word::EditNetwork)} data-network="">
            { trouble(desk, Place::Network) }
            <p class="network-said" role="status" data-edited="">{ said }</p>
            <div class="network-tools">
                { shape(desk, lab, language) }
                { for additions(lab, language).into_iter().map(|(label, why, change)| add(desk, &label, &why, change)) }
                { for chosen(lab, language).into_iter().map(|offer| act(desk, offer)) }
                <button type="button" class="button primary" onclick={run(desk, Command::EditNetwork)} data-action="edit-done">
                    { language.say(Word::EditDone) }
                </button>
            </div>
        </div>
    }
}

fn shape(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let topology = &lab.session().scenario().topology;
    let current = shape_name(topology);
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let name = event.target_unchecked_into::<HtmlSelectElement>().value();
            shape_named(&name).into_iter().for_each(|topology| desk.edit(&Change::Shape(topology)));
        })
    };
    let option = |(name, word): (&'static str, Word)| {
        html! { <option value={name} selected={name == current}>{ language.say(word) }</option> }
    };
    let drawn = (current == DRAWN).then(|| option((DRAWN, Word::ShapeDrawn)));
    html! {
        <>
            <label class="network-field"><span>{ language.say(Word::Shape) }</span>
                <select class="field" {onchange} data-shape="">{ for drawn }{ for SHAPES.into_iter().map(option) }</select>
            </label>
            if let Topology::Random(degree) = topology { { self::degree(desk, *degree, language) } }
        </>
    }
}

fn degree(desk: &Desk, degree: u16, language: Language) -> Html {
    let desk = desk.clone();
    let onchange = Callback::from(move |event: Event| {
        let given = event.target_unchecked_into::<HtmlInputElement>().value();
        match given.trim().parse() {
            Ok(degree) => desk.edit(&Change::Shape(Topology::Random(degree))),
            Err(_) => desk.complain(Place::Network, language.fill(Word::BadDegree, &[("given", &given)])),
        }
    });
    html! {
        <label class="network-field"><span>{ language.say(Word::RandomDegree) }</span>
            <input class="field" size="3" inputmode="numeric" autocomplete="off" maxlength="5"
                value={degree.to_string()} {onchange} data-degree="" />
        </label>
    }
}

/// Who can be added: the next node of each part, by its name.
fn additions(lab: &Lab, language: Language) -> Vec<(String, String, Change)> {
    let scenario = lab.session().scenario();
    let beside = match lab.selection {
        Some(Selection::Node(node)) => node,
        _ => NodeId(0),
    };
    let addition = |(number, part): (usize, &netsplit_protocols::Part)| {
        let name = format!("{}{}", part.prefix, u32::from(names::count(scenario, part)) + 1);
        let label = language.fill(Word::AddNode, &[("node", &name)]);
        let why = language.fill(Word::AddNodeWhy, &[("part", part.name)]);
        (label, why, Change::Add { part: number, beside: Some(beside) })
    };
    lab.about().parts.iter().enumerate().map(addition).collect()
}

/// What can be done with what is selected, or with the two that are gathered.
fn chosen(lab: &Lab, language: Language) -> Vec<offer::Offer> {
    let pair = match lab.gathered[..] {
        [one, other] => Some(offer::wire(lab, one, other, language)),
        _ => None,
    };
    let selected = lab.selection.map(|thing| offer::offers(lab, thing, language)).unwrap_or_default();
    pair.into_iter().chain(selected).collect()
}

/// Everything that can be done with the network as it is, for the command palette.
pub(crate) fn offers(lab: &Lab, language: Language) -> Vec<offer::Offer> {
    if !lab.editing {
        return Vec::new();
    }
    let offer = |icon: Icon, label: String, change: Change| offer::Offer { label, icon, act: offer::Act::Edit(change) };
    let added = additions(lab, language).into_iter().map(|(label, _, change)| offer(Icon::Add, label, change));
    let shaped = SHAPES.iter().filter_map(|(name, word)| {
        let label = format!("{}: {}", language.say(Word::Shape), language.say(*word));
        Some(offer(Icon::Network, label, Change::Shape(shape_named(name)?)))
    });
    added.chain(shaped).collect()
}

fn add(desk: &Desk, label: &str, why: &str, change: Change) -> Html {
    let desk = desk.clone();
    let name = label.to_owned();
    let onclick = Callback::from(move |_: MouseEvent| desk.edit(&change));
    html! {
        <button type="button" class="button" {onclick} title={why.to_owned()} data-add={name}>{ icon(Icon::Add) }<span>{ label }</span></button>
    }
}

fn act(desk: &Desk, offer: offer::Offer) -> Html {
    let desk = desk.clone();
    button(Some(offer.icon), &offer.label, Callback::from(move |_: MouseEvent| desk.act(&offer.act)))
}

/// More nodes than this are linked by name in the command palette, or by drawing.
const MOST: usize = 60;

/// A node's links, each to be taken out or drawn: the keyboard's way.
pub(crate) fn linked(desk: &Desk, node: NodeId) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let linked = lab.session().neighbours(node);
    let one = |other: NodeId| {
        let (desk, on) = (desk.clone(), linked.binary_search(&other).is_ok());
        let change = if on { Change::Unlink(node, other) } else { Change::Link(node, other) };
        let onchange = Callback::from(move |_: Event| desk.edit(&change));
        html! {
            <li key={other.0}><label class="check">
                <input type="checkbox" checked={on} {onchange} data-link={lab.name(other).to_owned()} /><span>{ lab.name(other) }</span>
            </label></li>
        }
    };
    let others = (0..lab.session().names().len() as u16).map(NodeId).filter(|other| *other != node).take(MOST);
    html! {
        <section class="part">
            <h3>{ language.say(Word::LinkedWith) }</h3>
            <ul class="linked">{ for others.map(one) }</ul>
        </section>
    }
}
