//! The panels round the drawings.

mod branches;
mod clients;
mod comparison;
mod controls;
mod diagram;
pub(crate) mod dialog;
mod events;
mod find;
mod form;
mod gallery;
mod help;
mod inspector;
mod lists;
mod logs;
mod markdown;
mod measures;
mod menu;
mod middle;
mod network;
mod palette;
mod performance;
mod picture;
mod save;
mod text;
mod theory;
mod thing;
mod top;
mod transport;
mod tree;
mod why;

use super::browser;
use super::desk::{Desk, Middle, Place, Small};
use super::icons::{Icon, icon};
use super::lab::Standing;
use super::telling;
use crate::locale::Word;
use controls::{Tab, tabs};
pub(crate) use logs::{Import, heed_drops};
use wasm_bindgen::JsCast;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct PageProps {
    pub desk: Desk,
}

/// The shared desk.
#[hook]
fn use_desk() -> Desk {
    use_context::<Desk>().expect("every panel stands on the desk")
}

/// The whole page.
#[component]
pub(crate) fn Page(props: &PageProps) -> Html {
    let revision = use_state(|| 0u32);
    let desk = props.desk.at(*revision);
    {
        let desk = desk.clone();
        use_effect_with((), move |()| desk.on_change(Callback::from(move |now| revision.set(now))));
    }
    let close_menu = {
        let desk = desk.clone();
        Callback::from(move |event: PointerEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let inside = target.is_some_and(|it| it.closest(".menu, canvas").ok().flatten().is_some());
            if !inside && desk.state().ui.menu.is_some() {
                desk.change(|state| {
                    state.ui.menu = None;
                    state.lab.hold(false);
                });
            }
        })
    };
    html! {
        <ContextProvider<Desk> context={desk.clone()}>
            if desk.has_theory() { { theory::page(&desk) } } else { { frame(&desk, close_menu) } }
            { over(&desk) }
        </ContextProvider<Desk>>
    }
}

/// The page proper. Its attributes say how the run stands, for tests and for people's own style sheets.
fn frame(desk: &Desk, onpointerdown: Callback<PointerEvent>) -> Html {
    let state = desk.state();
    let (lab, ui) = (&state.lab, &state.ui);
    let cursor = lab.cursor();
    let small = match ui.small {
        // Two diagrams take the place of the cluster, and there is none below.
        Small::SpaceTime if state.beside.is_some() => "inspector",
        Small::SpaceTime => "space-time",
        Small::Inspector => "inspector",
        Small::Measures if lab.about().measures.is_empty() || !ui.measures_open => "space-time",
        Small::Measures => "measures",
        Small::Text => "text",
    };
    let middle = match ui.middle {
        _ if state.beside.is_some() => "comparison",
        Middle::Both => "both",
        Middle::Cluster => "cluster",
        Middle::SpaceTime => "space-time",
    };
    let standing = match lab.standing {
        Standing::Fresh => "fresh",
        Standing::Verified => "verified",
        Standing::Differs => "differs",
    };
    let verdict = if lab.session().violations().is_empty() { "holds" } else { "violated" };
    html! {
        <div class="lab" {onpointerdown}
            data-left={if ui.left_open { "open" } else { "folded" }}
            data-right={if ui.right_open { "open" } else { "folded" }}
            data-small={small} data-middle={middle} data-standing={standing} data-verdict={verdict}
            data-hash={format!("{:016x}", lab.session().hash())} data-events={cursor.events.to_string()}
            data-time={cursor.time.0.to_string()} data-playing={lab.playing().to_string()}
            data-editing={lab.editing.to_string()} data-topology={network::shape_name(&lab.session().scenario().topology)}
            data-links={lab.links().to_string()} data-nodes={lab.session().names().len().to_string()}
            data-scenario={lab.session().scenario().name.clone()}>
            { top::top_bar(desk) }
            { text::text_panel(desk) }
            if state.beside.is_some() { { comparison::comparison(desk) } } else { { middle::middle(desk) } }
            { small_tabs(desk) }
            { inspector::inspector(desk) }
            { measures::measures(desk) }
            { branches::branches(desk) }
            { transport::transport(desk) }
        </div>
    }
}

/// What lies over the page.
fn over(desk: &Desk) -> Html {
    let state = desk.state();
    let remark = state.ui.remark.as_ref().map(|(text, _)| html! { <p class="remark">{ text }</p> });
    html! {
        <>
            if let Some(menu) = state.ui.menu { <menu::Menu at={menu} /> }
            <gallery::Gallery />
            <help::Help />
            <palette::Palette />
            <performance::Performance />
            <picture::Picture />
            <logs::Logs />
            <save::Save />
            <div class="remarks" role="status">{ for remark }</div>
            if state.theory.is_none() { <Herald /> }
        </>
    }
}

/// On a small screen: what stands between cluster and transport.
fn small_tabs(desk: &Desk) -> Html {
    let language = desk.language();
    let current = desk.state().ui.small;
    let comparing = desk.is_comparing();
    let measured = !desk.state().lab.about().measures.is_empty();
    let mut choices = vec![
        Tab { id: Small::SpaceTime, label: language.say(Word::SpaceTime).into(), panel: "panel-space-time" },
        Tab { id: Small::Inspector, label: language.say(Word::Inspector).into(), panel: "panel-inspector" },
        Tab { id: Small::Text, label: language.say(Word::Text).into(), panel: "panel-text" },
    ];
    if measured {
        choices.insert(
            1,
            Tab { id: Small::Measures, label: language.say(Word::Measures).into(), panel: "panel-measures" },
        );
    }
    choices.retain(|tab| !(comparing && tab.id == Small::SpaceTime));
    let current = if comparing && current == Small::SpaceTime { Small::Inspector } else { current };
    let choose = {
        let desk = desk.clone();
        Callback::from(move |small| {
            desk.dress(|ui| {
                ui.measures_open |= small == Small::Measures;
                ui.small = small;
            });
        })
    };
    let name = language.say(Word::SmallTabs);
    html! { <nav class="small-tabs" aria-label={name}>{ tabs(name, &choices, current, choose) }</nav> }
}

/// How often narration is read out while a run plays, in milliseconds.
const READ_OUT: f64 = 4000.0;

/// Says to screen readers what the narration shows, but not faster than one can listen.
#[component]
fn Herald() -> Html {
    let desk = use_desk();
    let last = use_mut_ref(|| (String::new(), 0.0_f64));
    let state = desk.state();
    let mut last = last.borrow_mut();
    let now = browser::now();
    if now - last.1 > READ_OUT || !state.lab.moving() {
        *last = (telling::narration(&state.lab, state.ui.language).unwrap_or_default(), now);
    }
    html! { <p class="hidden" aria-live="polite">{ last.0.clone() }</p> }
}

/// What went wrong, told where it went wrong.
fn trouble(desk: &Desk, place: Place) -> Html {
    let state = desk.state();
    let Some((_, reason)) = state.ui.trouble.as_ref().filter(|(at, _)| *at == place) else { return Html::default() };
    let close = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.dress(|ui| ui.trouble = None))
    };
    let opening = match place {
        Place::Address => Some(desk.say(Word::BadAddress)),
        Place::Deed | Place::Seed | Place::Network => None,
    };
    html! {
        <div class="trouble" role="alert" data-trouble="">
            { icon(Icon::Alert) }
            <p>if let Some(opening) = opening { <strong>{ opening }</strong>{ " " } }{ reason }</p>
            { controls::icon_button(Icon::Close, desk.say(Word::Close), close) }
        </div>
    }
}
