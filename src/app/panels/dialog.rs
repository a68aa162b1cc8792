//! The frame of what lies over the page.
//!
//! Each dialog is always in the page, and is shown in the very moment in which it is asked for, before the page is
//! rendered anew: whoever types on at once types into its field, however slow the machine is.

use super::controls::icon_button;
use super::use_desk;
use crate::app::browser;
use crate::app::desk::{Desk, Dialog};
use crate::app::icons::Icon;
use crate::locale::Word;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};
use yew::prelude::*;

fn id(dialog: Dialog) -> &'static str {
    match dialog {
        Dialog::Gallery => "gallery",
        Dialog::Help => "help",
        Dialog::Palette => "palette",
        Dialog::Performance => "performance",
        Dialog::Picture => "picture",
        Dialog::Log => "log",
        Dialog::Save => "save",
    }
}

fn find(dialog: Dialog) -> Option<HtmlDialogElement> {
    browser::element(id(dialog))?.dyn_into().ok()
}

/// Shows a dialog at once.
pub(crate) fn show(dialog: Dialog) {
    find(dialog).filter(|element| !element.open()).inspect(|element| drop(element.show_modal()));
}

/// Lays a dialog aside.
pub(crate) fn close(desk: &Desk, dialog: Dialog) {
    desk.dress(|ui| ui.dialog = ui.dialog.filter(|open| *open != dialog));
}

#[derive(Properties, PartialEq)]
pub(crate) struct FrameProps {
    pub of: Dialog,
    pub label: AttrValue,
    /// When it has been closed, by whatever way.
    #[prop_or_default]
    pub onclose: Callback<()>,
    pub children: Html,
}

#[component]
pub(crate) fn Frame(props: &FrameProps) -> Html {
    let desk = use_desk();
    let of = props.of;
    let open = desk.state().ui.dialog == Some(of);
    use_effect_with(open, move |open| match (open, find(of)) {
        (true, _) => show(of),
        (false, element) => drop(element.filter(HtmlDialogElement::open).inspect(HtmlDialogElement::close)),
    });
    let onclose = {
        let (desk, then) = (desk.clone(), props.onclose.clone());
        Callback::from(move |_: Event| {
            then.emit(());
            close(&desk, of);
        })
    };
    // A click beside it closes it.
    let onclick = Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            close(&desk, of);
        }
    });
    html! {
        <dialog id={id(of)} class={classes!("dialog", id(of))} aria-label={props.label.clone()} {onclose} {onclick}>
            { props.children.clone() }
        </dialog>
    }
}

/// A dialog's title, what stands beside it, and the cross in its corner.
pub(crate) fn head(desk: &Desk, dialog: Dialog, title: Word, beside: Html) -> Html {
    let cross = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| close(&desk, dialog))
    };
    html! {
        <div class="dialog-head">
            <h2 id={format!("{}-title", id(dialog))}>{ desk.say(title) }</h2>
            { beside }
            { icon_button(Icon::Close, desk.say(Word::Close), cross) }
        </div>
    }
}
