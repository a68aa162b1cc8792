//! What can be done with a thing, right beside it.

use super::controls::roving;
use super::use_desk;
use crate::app::desk::Menu as At;
use crate::app::icons::icon;
use crate::app::{browser, offer, telling};
use crate::locale::Language;
use netsplit_scenario::Selection;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct MenuProps {
    pub at: At,
}

/// Free space kept round it, in pixels.
const MARGIN: f64 = 8.0;

#[component]
pub(crate) fn Menu(props: &MenuProps) -> Html {
    let desk = use_desk();
    let at = props.at;
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let body = use_node_ref();
    {
        let body = body.clone();
        use_effect_with((at.x as i64, at.y as i64), move |_| {
            if let Some(menu) = body.cast::<HtmlElement>() {
                put_beside(&menu, at);
                let first = menu.query_selector("[role=menuitem]").ok().flatten();
                if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                    let _ = first.focus();
                }
            }
        });
    }
    let offers = offer::offers(lab, at.thing, language);
    let count = offers.len();
    let item = |(row, offer): (usize, offer::Offer)| {
        let desk = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| desk.act(&offer.act));
        html! {
            <button type="button" role="menuitem" class="menu-item" {onclick} onkeydown={roving(row, count)}>
                { icon(offer.icon) }<span>{ offer.label }</span>
            </button>
        }
    };
    let title = title(lab, at.thing, language);
    html! {
        <div ref={body} class="menu" role="menu" aria-label={title.clone()} data-menu="">
            <p class="menu-title" role="presentation">{ title }</p>
            { for offers.into_iter().enumerate().map(item) }
        </div>
    }
}

fn title(lab: &crate::app::lab::Lab, thing: Selection, language: Language) -> String {
    match thing {
        Selection::Node(node) => lab.name(node).to_owned(),
        Selection::Message(name) => telling::message(lab, name),
        Selection::Link(from, to) => format!("{} → {}", lab.name(from), lab.name(to)),
        Selection::Event(event) => telling::event(lab, event, language),
    }
}

/// Beside its place, but within the window.
fn put_beside(menu: &HtmlElement, at: At) {
    let window = browser::window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let (own_width, own_height) = (f64::from(menu.offset_width()), f64::from(menu.offset_height()));
    let left = at.x.min(width - own_width - MARGIN).max(MARGIN);
    let top = (at.y - own_height / 3.0).min(height - own_height - MARGIN).max(MARGIN);
    let _ = menu.style().set_property("left", &format!("{left}px"));
    let _ = menu.style().set_property("top", &format!("{top}px"));
}
