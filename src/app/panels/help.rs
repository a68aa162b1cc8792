//! What this is, and every key.

use super::controls::icon_button;
use super::use_desk;
use crate::app::command::{Command, key_name};
use crate::app::desk::Desk;
use crate::app::icons::Icon;
use crate::locale::Word;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// Opens a dialog over the page; it keeps the focus within and closes on Escape.
#[hook]
pub(crate) fn use_dialog(desk: &Desk) -> (NodeRef, Callback<Event>) {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                let _ = dialog.show_modal();
            }
        });
    }
    let desk = desk.clone();
    let close = Callback::from(move |_: Event| desk.dress(|ui| ui.dialog = None));
    (dialog, close)
}

/// A click beside the dialog closes it.
pub(crate) fn beside(desk: &Desk) -> Callback<MouseEvent> {
    use wasm_bindgen::JsCast;
    let desk = desk.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            desk.dress(|ui| ui.dialog = None);
        }
    })
}

/// The cross in a dialog's corner.
pub(crate) fn cross(desk: &Desk) -> Html {
    let close = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.dress(|ui| ui.dialog = None))
    };
    icon_button(Icon::Close, desk.say(Word::Close), close)
}

#[component]
pub(crate) fn Help() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let (dialog, onclose) = use_dialog(&desk);
    let key = |key: &&'static str| html! { <kbd>{ key_name(key, language) }</kbd> };
    let row = |command: &&Command| {
        html! {
            <div class="key-row"><dt>{ language.say(command.word()) }</dt><dd>{ for command.keys().iter().map(key) }</dd></div>
        }
    };
    let with_keys = Command::ALL.iter().filter(|command| !command.keys().is_empty());
    html! {
        <dialog ref={dialog} class="dialog help" aria-labelledby="help-title" onclose={onclose} onclick={beside(&desk)}>
            <div class="dialog-head"><h2 id="help-title">{ language.say(Word::OpenHelp) }</h2>{ cross(&desk) }</div>
            <div class="dialog-body" tabindex="0" role="group" aria-labelledby="help-title">
                <p>{ language.say(Word::HelpWhat) }</p>
                <p>{ language.say(Word::HelpHow) }</p>
                <h3>{ language.say(Word::Keys) }</h3>
                <dl class="key-list">{ for with_keys.collect::<Vec<_>>().iter().map(row) }</dl>
                <h3>{ language.say(Word::Pointer) }</h3>
                <p>{ language.say(Word::HelpPointer) }</p>
            </div>
        </dialog>
    }
}
