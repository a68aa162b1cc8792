//! The few controls that every panel uses.

use crate::app::icons::{Icon, icon};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// A button that shows an icon and is named for those who do not see it.
pub(crate) fn icon_button(which: Icon, label: &str, onclick: Callback<MouseEvent>) -> Html {
    let label = label.to_owned();
    html! {
        <button type="button" class="button bare" title={label.clone()} aria-label={label} {onclick}>{ icon(which) }</button>
    }
}

/// A button with an icon and a word.
pub(crate) fn button(which: Option<Icon>, label: &str, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="button" {onclick}>{ for which.map(icon) }<span>{ label }</span></button>
    }
}

/// One of several pages, of which one is shown.
pub(crate) struct Tab<T> {
    pub id: T,
    pub label: AttrValue,
    /// The element that shows it.
    pub panel: &'static str,
}

/// A row of tabs; the arrow keys go from one to the next.
pub(crate) fn tabs<T: Copy + PartialEq + 'static>(
    name: &'static str,
    choices: &[Tab<T>],
    current: T,
    choose: Callback<T>,
) -> Html {
    let ids: Vec<T> = choices.iter().map(|tab| tab.id).collect();
    let one = |tab: &Tab<T>| {
        let (id, on) = (tab.id, tab.id == current);
        let onclick = choose.reform(move |_: MouseEvent| id);
        let onkeydown = {
            let (ids, choose) = (ids.clone(), choose.clone());
            Callback::from(move |event: KeyboardEvent| {
                if let Some(to) = along(&event, ids.iter().position(|it| *it == id).unwrap_or(0), ids.len()) {
                    event.prevent_default();
                    focus_sibling(&event, to);
                    choose.emit(ids[to]);
                }
            })
        };
        html! {
            <button type="button" role="tab" class="tab" aria-selected={on.to_string()} aria-controls={tab.panel}
                tabindex={if on { "0" } else { "-1" }} {onclick} {onkeydown}>{ &tab.label }</button>
        }
    };
    html! { <div class="tabs" role="tablist" aria-label={name}>{ for choices.iter().map(one) }</div> }
}

/// Where a key leads in a row of `count`, if it leads anywhere.
fn along(event: &KeyboardEvent, at: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => Some(if at == last { 0 } else { at + 1 }),
        "ArrowLeft" | "ArrowUp" => Some(if at == 0 { last } else { at - 1 }),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

/// Focuses another child of the same parent.
fn focus_sibling(event: &KeyboardEvent, to: usize) {
    let parent = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let parent = parent.and_then(|element| element.closest("[role=tablist], [role=menu], ul, ol").ok().flatten());
    let items = parent.and_then(|parent| parent.query_selector_all("[role=tab], [role=menuitem], .row").ok());
    if let Some(item) = items.and_then(|items| items.item(to as u32)).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}

/// Up and down go through all there is of a kind in what surrounds it, however deep each lies.
pub(crate) fn through(around: &'static str, kind: &'static str) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        let here: Element = event.target_unchecked_into();
        let all = here.closest(around).ok().flatten().and_then(|around| around.query_selector_all(kind).ok());
        let Some(all) = all else { return };
        let place = (0..all.length()).find(|at| all.get(*at).is_some_and(|it| it.is_same_node(Some(&here))));
        let next = place.and_then(|at| all.get(at.checked_add_signed(step)?));
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            let _ = next.focus();
        }
    })
}

/// Up and down go through the rows of a list: `at` is this row's place among `count`.
pub(crate) fn roving(at: usize, count: usize) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if !matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
            return;
        }
        if let Some(to) = along(&event, at, count) {
            event.prevent_default();
            focus_sibling(&event, to);
        }
    })
}
