//! What stands above the space-time diagram: along which axis it goes, which way round, and what it leaves out.

use super::controls::icon_button;
use super::top::run;
use crate::app::command::Command;
use crate::app::desk::{Desk, Middle};
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::stage::Board;
use crate::draw::{Axis, Group, Kind, Showing};
use crate::locale::{Language, Word};
use netsplit_sim::{NodeId, Shape};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// So many nodes can be chosen here; all on themselves.
const MOST_NODES: usize = 120;

/// The diagram's tools.
pub(crate) fn bar(desk: &Desk, diagram: Board) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    html! {
        <div class="diagram-bar" role="toolbar" aria-label={language.say(Word::DiagramTools)}>
            if !lab.about().ops.is_empty() { { turn(desk, language, diagram) } }
            if diagram == Board::SpaceTime { { ways(desk, lab, language) } }
            <span class="diagram-bar-rest"></span>
            if diagram == Board::SpaceTime { { toggle(desk, Command::Cut, Icon::Snapshot, lab.cut.is_some(), "cut") } }
            { icon_button(Icon::Target, language.say(Word::FollowCursor), follow(desk)) }
            { icon_button(Icon::Fit, &Command::ShowAll.title(language), run(desk, Command::ShowAll)) }
            { fill(desk, language) }
        </div>
    }
}

/// Which way it is shown.
fn ways(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let showing = &lab.showing;
    let logical = showing.axis == Axis::Logical;
    let sifts = desk.state().ui.sifting;
    html! {
        <>
            <button type="button" class="button bare turn" aria-pressed={logical.to_string()} data-action="logical"
                onclick={run(desk, Command::Logical)} title={Command::Logical.title(language)}
                aria-label={language.say(Word::AxisLogical)}>{ language.say(Word::LamportShort) }</button>
            { toggle(desk, Command::Downward, Icon::Downward, showing.vertical, "downward") }
            { toggle(desk, Command::Collapse, Icon::Collapse, showing.collapsed, "collapse") }
            <button type="button" class="button bare" aria-expanded={sifts.to_string()} aria-controls="sieve"
                aria-pressed={sifts.to_string()} data-action="sift" onclick={run(desk, Command::Sift)}
                title={Command::Sift.title(language)} aria-label={language.say(Word::SiftDiagram)}>
                { icon(Icon::Sift) }
            </button>
            { left_out(desk, showing, language) }
        </>
    }
}

fn toggle(desk: &Desk, command: Command, which: Icon, on: bool, action: &'static str) -> Html {
    let language = desk.language();
    html! {
        <button type="button" class="button bare" aria-pressed={on.to_string()} data-action={action}
            onclick={run(desk, command)} title={command.title(language)} aria-label={language.say(command.word())}>
            { icon(which) }
        </button>
    }
}

fn follow(desk: &Desk) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_: MouseEvent| {
        desk.stage().borrow_mut().follow(&desk.state());
        desk.dress(|_| ());
    })
}

fn fill(desk: &Desk, language: Language) -> Html {
    let fills = desk.state().ui.middle == Middle::SpaceTime;
    let (which, word) = if fills { (Icon::Shrink, Word::ShowBoth) } else { (Icon::Grow, Word::FillSpaceTime) };
    html! {
        <span class="large-only">{ icon_button(which, language.say(word), run(desk, Command::FillSpaceTime)) }</span>
    }
}

/// Which of the two diagrams is shown.
fn turn(desk: &Desk, language: Language, diagram: Board) -> Html {
    let one = |board: Board, word: Word| {
        let (desk, on) = (desk.clone(), board == diagram);
        let onclick = Callback::from(move |_: MouseEvent| {
            if !on {
                desk.change(|state| state.ui.turn_diagram());
            }
        });
        html! {
            <button type="button" class="button bare turn" aria-pressed={on.to_string()} data-diagram={board.id()} {onclick}
                title={Command::Operations.title(language)}>{ language.say(word) }</button>
        }
    };
    html! { <>{ one(Board::SpaceTime, Word::DrawMessages) }{ one(Board::Operations, Word::DrawRequests) }</> }
}

/// What is left out, and a way back.
fn left_out(desk: &Desk, showing: &Showing, language: Language) -> Html {
    let count = |word: Word, count: usize| language.fill(word, &[("count", &count.to_string())]);
    let mut said = Vec::new();
    if !showing.hidden.is_empty() {
        said.push(count(Word::HiddenNodes, showing.hidden.len()));
    }
    if !showing.silent.is_empty() {
        said.push(count(Word::HiddenTypes, showing.silent.len()));
    }
    if !showing.saying.trim().is_empty() {
        said.push(language.fill(Word::OnlySaying, &[("words", showing.saying.trim())]));
    }
    if said.is_empty() {
        return Html::default();
    }
    let back = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.show(|showing| {
                showing.hidden.clear();
                showing.silent.clear();
                showing.saying.clear();
            });
        })
    };
    html! {
        <span class="left-out" data-left-out="">
            <span title={language.say(Word::DashedMeans)}>{ said.join(", ") }</span>
            { icon_button(Icon::Eye, language.say(Word::ShowEverything), back) }
        </span>
    }
}

/// What can be left out of the diagram, and laid together.
pub(crate) fn sieve(desk: &Desk) -> Html {
    let state = desk.state();
    if !state.ui.sifting {
        return Html::default();
    }
    let (lab, language) = (&state.lab, state.ui.language);
    let kinds = desk.stage().try_borrow().map(|stage| stage.kinds().to_vec()).unwrap_or_default();
    let types = kinds.iter().map(|kind| type_box(desk, lab, kind));
    let parts = groups(lab);
    html! {
        <div class="sieve" id="sieve" role="group" aria-label={language.say(Word::SiftDiagram)}>
            { nodes(desk, lab, language) }
            <fieldset>
                <legend>{ language.say(Word::TypesShown) }</legend>
                if kinds.is_empty() { <span class="faint">{ language.say(Word::NoTypes) }</span> }
                { for types }
            </fieldset>
            if !lab.session().is_log() { { saying(desk, lab, language) } }
            if !parts.is_empty() {
                <fieldset>
                    <legend>{ language.say(Word::GroupsShown) }</legend>
                    { for parts.into_iter().map(|group| group_box(desk, lab, group)) }
                </fieldset>
            }
            <span class="sieve-close">{ icon_button(Icon::Close, language.say(Word::Close), run(desk, Command::Sift)) }</span>
        </div>
    }
}

fn nodes(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let one = |(at, name): (usize, &String)| {
        let node = NodeId(at as u16);
        let desk = desk.clone();
        let turned = Callback::from(move |()| desk.turn_node(node));
        check(name.clone(), !lab.showing.hides(node), turned, Html::default())
    };
    html! {
        <fieldset data-sieve="nodes">
            <legend>{ language.say(Word::NodesShown) }</legend>
            { for lab.session().names().iter().take(MOST_NODES).enumerate().map(one) }
        </fieldset>
    }
}

fn type_box(desk: &Desk, lab: &Lab, kind: &Kind) -> Html {
    let name = kind.name;
    let desk = desk.clone();
    let turned = Callback::from(move |()| desk.show(|showing| showing.turn_type(name)));
    let shape = match kind.shape {
        Shape::Request => "request",
        Shape::Reply => "reply",
        Shape::Client => "client",
    };
    let count = html! { <><span class={classes!("kind", shape)}></span><span class="faint">{ kind.count }</span></> };
    check(name.to_owned(), !lab.showing.silent.contains(&name), turned, count)
}

/// What messages must say to be drawn.
fn saying(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let oninput = {
        let desk = desk.clone();
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            desk.show(|showing| showing.saying = text);
        })
    };
    html! {
        <label class="saying"><span>{ language.say(Word::Saying) }</span>
            <input class="field mono" type="text" autocomplete="off" spellcheck="false" maxlength="200" data-saying=""
                placeholder="term 3" value={lab.showing.saying.clone()} {oninput} /></label>
    }
}

/// The parts that several nodes play.
fn groups(lab: &Lab) -> Vec<Group> {
    let parts = lab.session().parts();
    let of = |part: usize| {
        let nodes = (0..).map(NodeId).zip(parts).filter(|(_, its)| **its == part).map(|(node, _)| node);
        let name = lab.about().parts.get(part).map_or("", |part| part.name).to_owned();
        Group { name, nodes: nodes.collect() }
    };
    let all = (0..lab.about().parts.len()).map(of);
    all.filter(|group| group.nodes.len() > 1 && group.nodes.len() < parts.len()).collect()
}

fn group_box(desk: &Desk, lab: &Lab, group: Group) -> Html {
    let on = lab.showing.groups.iter().any(|it| it.name == group.name);
    let count = html! { <span class="faint">{ group.nodes.len() }</span> };
    let (desk, name) = (desk.clone(), group.name.clone());
    let turned = Callback::from(move |()| desk.show(|showing| showing.turn_group(group.clone())));
    check(name, on, turned, count)
}

fn check(name: String, on: bool, turned: Callback<()>, more: Html) -> Html {
    let onchange = Callback::from(move |_: Event| turned.emit(()));
    html! { <label class="check"><input type="checkbox" checked={on} {onchange} /><span>{ name }</span>{ more }</label> }
}
