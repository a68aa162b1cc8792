//! What this is, and every key.

use super::dialog::{Frame, head};
use super::use_desk;
use crate::app::command::{Command, key_name};
use crate::app::desk::Dialog;
use crate::locale::Word;
use yew::prelude::*;

#[component]
pub(crate) fn Help() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let key = |key: &&'static str| html! { <kbd>{ key_name(key, language) }</kbd> };
    let row = |command: &&Command| {
        html! {
            <div class="key-row"><dt>{ language.say(command.word()) }</dt><dd>{ for command.keys().iter().map(key) }</dd></div>
        }
    };
    let with_keys = Command::ALL.iter().filter(|command| !command.keys().is_empty());
    html! {
        <Frame of={Dialog::Help} label={language.say(Word::OpenHelp)}>
            { head(&desk, Dialog::Help, Word::OpenHelp, Html::default()) }
            <div class="dialog-body" tabindex="0" role="group" aria-labelledby="help-title">
                <p>{ language.say(Word::HelpWhat) }</p>
                <p>{ language.say(Word::HelpHow) }</p>
                <h3>{ language.say(Word::Keys) }</h3>
                <dl class="key-list">{ for with_keys.collect::<Vec<_>>().iter().map(row) }</dl>
                <h3>{ language.say(Word::Pointer) }</h3>
                <p>{ language.say(Word::HelpPointer) }</p>
            </div>
        </Frame>
    }
}
