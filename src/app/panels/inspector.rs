//! The right panel: what is selected, and lists that say in words what the drawings show.

use super::clients::clients;
use super::comparison::differences;
use super::controls::{Tab, icon_button, tabs};
use super::events::events;
use super::find::Find;
use super::lists::nodes;
use super::performance::performance;
use super::thing::selected;
use super::top::run;
use super::trouble;
use super::why::why;
use crate::app::command::Command;
use crate::app::desk::{Desk, Detail, Place};
use crate::app::icons::Icon;
use crate::locale::Word;
use yew::prelude::*;

pub(crate) fn inspector(desk: &Desk) -> Html {
    let state = desk.state();
    let (language, current) = (state.ui.language, state.ui.detail);
    let fold = icon_button(Icon::PanelRight, &Command::FoldRight.title(language), run(desk, Command::FoldRight));
    if !state.ui.right_open {
        return html! { <aside class="inspector folded" aria-label={language.say(Word::Inspector)}>{ fold }</aside> };
    }
    let tab = |id: Detail, word: Word| Tab { id, label: language.say(word).into(), panel: "inspector-page" };
    let mut choices =
        vec![tab(Detail::Thing, Word::Selection), tab(Detail::Nodes, Word::Nodes), tab(Detail::Events, Word::Events)];
    // A log knows nothing of clients, and of time no more than an order.
    if !state.lab.session().is_log() {
        choices.extend([tab(Detail::Clients, Word::Clients), tab(Detail::Performance, Word::Figures)]);
    }
    if state.beside.is_some() {
        choices.insert(0, tab(Detail::Comparison, Word::SideBySide));
    }
    choices.push(tab(Detail::Find, Word::Find));
    let current = if choices.iter().any(|tab| tab.id == current) { current } else { Detail::Thing };
    let choose = {
        let desk = desk.clone();
        Callback::from(move |detail| desk.dress(|ui| ui.detail = detail))
    };
    html! {
        <aside class="inspector" id="panel-inspector" aria-label={language.say(Word::Inspector)}>
            <div class="panel-head">{ tabs(language.say(Word::Inspector), &choices, current, choose) }{ fold }</div>
            { trouble(desk, Place::Deed) }
            <div class="panel-body" id="inspector-page" role="tabpanel" tabindex="0" aria-label={language.say(Word::Inspector)}>
                { match current {
                    Detail::Thing => html! { <>{ why(desk) }{ selected(desk) }</> },
                    Detail::Nodes => nodes(desk),
                    Detail::Events => events(desk),
                    Detail::Clients => clients(desk),
                    Detail::Performance => performance(desk),
                    Detail::Find => html! { <Find /> },
                    Detail::Comparison => differences(desk),
                } }
            </div>
        </aside>
    }
}
