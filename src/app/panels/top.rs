//! The bar at the top: which run this is, how it stands, and what goes for the page as a whole.

use super::controls::icon_button;
use super::trouble;
use crate::app::command::Command;
use crate::app::desk::{Desk, Place, Theme};
use crate::app::icons::{Icon, icon};
use crate::app::lab::{Lab, Standing};
use crate::app::title_of;
use crate::locale::{Language, Word};
use web_sys::HtmlInputElement;
use yew::prelude::*;

pub(crate) fn top_bar(desk: &Desk) -> Html {
    let state = desk.state();
    let language = state.ui.language;
    let title = title_of(state.lab.session().scenario(), language).to_owned();
    html! {
        <header class="top">
            <h1 class="brand" aria-label="Netsplit">{ brand() }<span>{ "Netsplit" }</span></h1>
            <button type="button" class="button title" onclick={run(desk, Command::Gallery)} data-action="gallery"
                title={Command::Gallery.title(language)} aria-haspopup="dialog">
                <span>{ title }</span>{ icon(Icon::Down) }
            </button>
            { seed(desk) }
            { verdict(desk, &state.lab, language) }
            { standing(&state.lab, language) }
            <span class="spacer" />
            <button type="button" class="button" onclick={run(desk, Command::CopyLink)} data-action="copy-link"
                title={Command::CopyLink.title(language)} aria-label={language.say(Word::CopyLink)}>
                { icon(Icon::Link) }<span class="wide">{ language.say(Word::CopyLink) }</span>
            </button>
            <button type="button" class="button bare large-only" onclick={run(desk, Command::SaveRun)} data-action="save"
                title={Command::SaveRun.title(language)} aria-label={language.say(Word::SaveRun)} aria-haspopup="dialog">
                { icon(Icon::Save) }
            </button>
            <button type="button" class="button bare palette-open" onclick={run(desk, Command::Palette)}
                title={Command::Palette.title(language)} aria-label={Command::Palette.title(language)}>
                { icon(Icon::Search) }
            </button>
            { setting(desk) }
        </header>
    }
}

/// How the page is set up, and help.
pub(crate) fn setting(desk: &Desk) -> Html {
    let language = desk.language();
    let theme = match desk.state().ui.theme {
        Theme::System => (Icon::System, Word::ThemeSystem),
        Theme::Light => (Icon::Sun, Word::ThemeLight),
        Theme::Dark => (Icon::Moon, Word::ThemeDark),
    };
    html! {
        <>
            { icon_button(theme.0, language.say(theme.1), run(desk, Command::Theme)) }
            { language_choice(desk) }
            <button type="button" class="button bare" onclick={run(desk, Command::Help)} data-action="help"
                title={Command::Help.title(language)} aria-label={language.say(Word::OpenHelp)}>{ icon(Icon::Help) }</button>
        </>
    }
}

/// A callback that gives a command.
pub(crate) fn run(desk: &Desk, command: Command) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_| command.run(&desk))
}

/// The mark: three nodes, one of them cut off.
pub(crate) fn brand() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <path class="mark-line" d="M8.5 23.5 14.5 9.5" />
            <path class="mark-cut" d="M11 25h2.5M18.5 25H21M18.2 10.5l1.4 3.2M22.6 19.6l1.4 3.2" />
            <circle class="mark-node" cx="16" cy="6.5" r="4.5" /><circle class="mark-node" cx="6.5" cy="25" r="4.5" />
            <circle class="mark-lost" cx="25.5" cy="25" r="4.5" />
        </svg>
    }
}

fn seed(desk: &Desk) -> Html {
    let language = desk.language();
    if desk.state().lab.session().is_log() {
        return Html::default();
    }
    let seed = desk.state().lab.session().scenario().seed;
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: HtmlInputElement = event.target_unchecked_into();
            match field.value().trim().parse::<u64>() {
                Ok(new) if new == seed => {}
                Ok(new) => desk.restart_with(|scenario| scenario.seed = new),
                Err(_) => desk.complain(Place::Seed, language.fill(Word::BadSeed, &[("seed", &field.value())])),
            }
        })
    };
    html! {
        <div class="seed">
            <label for="seed">{ language.say(Word::Seed) }</label>
            <input id="seed" class="field" inputmode="numeric" autocomplete="off" maxlength="20" size="10"
                value={seed.to_string()} {onchange} />
            <button type="button" class="button bare" onclick={run(desk, Command::NewSeed)} data-action="new-seed"
                title={Command::NewSeed.title(language)} aria-label={language.say(Word::NewSeed)}>{ icon(Icon::Die) }</button>
            { trouble(desk, Place::Seed) }
        </div>
    }
}

fn verdict(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let (all, broken) = (lab.about().invariants.len(), lab.session().violations());
    let onclick = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let first = desk.state().lab.session().violations().first().map(|violation| violation.event);
            desk.dress(|ui| {
                ui.text = crate::app::desk::Text::Rules;
                ui.left_open = true;
                ui.small = crate::app::desk::Small::Text;
            });
            if let Some(event) = first {
                desk.change(|state| state.lab.raise_alarms());
                crate::app::command::go_to(&desk, event);
            }
        })
    };
    let (class, sign, text) = match broken.first() {
        None if all == 0 => return Html::default(),
        None => {
            let count = all.to_string();
            ("chip ok", Icon::Check, language.fill(Word::AllHold, &[("holding", &count), ("all", &count)]))
        }
        Some(first) if broken.len() == 1 => {
            ("chip bad", Icon::Alert, language.fill(Word::OneBroken, &[("name", first.invariant)]))
        }
        Some(first) => {
            let more = (broken.len() - 1).to_string();
            ("chip bad", Icon::Alert, language.fill(Word::SomeBroken, &[("name", first.invariant), ("more", &more)]))
        }
    };
    html! { <button type="button" {class} {onclick} data-chip="verdict" aria-label={text.clone()}>{ icon(sign) }<span>{ text }</span></button> }
}

fn standing(lab: &Lab, language: Language) -> Html {
    match lab.standing {
        Standing::Fresh => Html::default(),
        Standing::Verified => html! {
            <span class="chip plain" data-chip="standing" title={language.say(Word::VerifiedWhy)}>
                { icon(Icon::Check) }<span>{ language.say(Word::Verified) }</span>
            </span>
        },
        Standing::Differs => html! {
            <span class="chip warn" data-chip="standing" title={language.say(Word::DiffersWhy)}>
                { icon(Icon::Alert) }<span>{ language.say(Word::Differs) }</span>
            </span>
        },
    }
}

fn language_choice(desk: &Desk) -> Html {
    let current = desk.language();
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            if let Some(language) = Language::of_tag(&field.value()) {
                desk.set_language(language);
            }
        })
    };
    let option = |(language, name): (Language, &'static str)| {
        html! { <option value={language.tag()} selected={language == current} lang={language.tag()}>{ name }</option> }
    };
    html! {
        <div class="language" title={current.say(Word::Language)}>
            { icon(Icon::Language) }
            <select aria-label={current.say(Word::Language)} {onchange} data-action="language">
                { for Language::ALL.into_iter().map(option) }
            </select>
        </div>
    }
}
