//! The gallery of scenarios, and opening one that somebody wrote.

use super::controls::{Tab, button, tabs};
use super::dialog::{Frame, close, head};
use super::use_desk;
use crate::app::command::Command;
use crate::app::desk::{Desk, Dialog, Place};
use crate::app::icons::Icon;
use crate::app::{title_of, watch_of};
use crate::locale::{Language, Word};
use netsplit_protocols::About;
use netsplit_scenario::file::{self, FileError};
use netsplit_scenario::theory::{PAGES, Page};
use netsplit_scenario::{Scenario, catalogue, gallery};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shelf {
    Scenarios,
    Theory,
    File,
}

#[component]
pub(crate) fn Gallery() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let shelf = use_state(|| Shelf::Scenarios);
    let choices = [
        Tab { id: Shelf::Scenarios, label: language.say(Word::Scenarios).into(), panel: "gallery-page" },
        Tab { id: Shelf::Theory, label: language.say(Word::Theory).into(), panel: "gallery-page" },
        Tab { id: Shelf::File, label: language.say(Word::ScenarioFile).into(), panel: "gallery-page" },
    ];
    let choose = {
        let shelf = shelf.clone();
        Callback::from(move |to| shelf.set(to))
    };
    let onclose = {
        let shelf = shelf.clone();
        Callback::from(move |()| shelf.set(Shelf::Scenarios))
    };
    html! {
        <Frame of={Dialog::Gallery} label={language.say(Word::GalleryTitle)} {onclose}>
            { head(&desk, Dialog::Gallery, Word::GalleryTitle, tabs(language.say(Word::GalleryTitle), &choices, *shelf, choose)) }
            <div class="dialog-body" id="gallery-page" role="tabpanel" aria-labelledby="gallery-title">
                { match *shelf {
                    Shelf::Scenarios => html! { <Scenarios /> },
                    Shelf::Theory => theory(&desk),
                    Shelf::File => html! { <Writing /> },
                } }
            </div>
        </Frame>
    }
}

/// Starts a scenario of the gallery by its full name.
pub(crate) fn open_named(desk: &Desk, name: &str) {
    if let Some(scenario) = gallery::find(name)
        && let Err(reason) = desk.start(scenario)
    {
        desk.complain(Place::Deed, reason);
    }
}

/// The pages of theory.
fn theory(desk: &Desk) -> Html {
    let language = desk.language();
    let card = |page: &'static Page| {
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| {
                close(&desk, Dialog::Gallery);
                desk.go_to_theory(page);
            })
        };
        html! {
            <li><button type="button" class="card" {onclick} data-theory-card={page.name}>
                <span class="card-title">{ language.of(page.title) }</span>
                <span class="card-watch">{ language.of(page.invitation) }</span>
            </button></li>
        }
    };
    html! { <ul class="cards">{ for PAGES.iter().map(card) }</ul> }
}

#[component]
fn Scenarios() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let query = use_state(String::new);
    let open = desk.state().ui.dialog == Some(Dialog::Gallery);
    let all = use_memo(open, |open| {
        let read = |entry: gallery::Entry| Some((entry.about, entry.scenario().ok()?));
        let shown = gallery::entries().filter(|_| *open);
        shown.filter_map(read).collect::<Vec<(&'static About, Scenario)>>()
    });
    {
        let query = query.clone();
        use_effect_with(open, move |open| {
            if !open {
                query.set(String::new())
            }
        });
    }
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| query.set(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let asked = query.to_ascii_lowercase();
    let found: Vec<_> = all.iter().filter(|(about, it)| fits(about, it, &asked, language)).collect();
    let current = desk.state().lab.session().scenario().name.clone();
    let group = |about: &&'static About| {
        let cards: Vec<Html> = found
            .iter()
            .filter(|(of, _)| of.name == about.name)
            .map(|(_, scenario)| card(&desk, scenario, scenario.name == current, language))
            .collect();
        if cards.is_empty() {
            return Html::default();
        }
        html! {
            <section class="gallery-group">
                <h3>{ language.of(about.title) }<span class="gallery-summary">{ language.of(about.summary) }</span></h3>
                <ul class="cards">{ for cards }</ul>
            </section>
        }
    };
    html! {
        <>
            <input class="field gallery-search" type="search" {oninput} value={(*query).clone()} autofocus=true
                aria-label={language.say(Word::Search)} placeholder={language.say(Word::Search)} />
            { for catalogue::protocols().iter().map(group) }
            if found.is_empty() { <p class="empty">{ language.say(Word::NothingFound) }</p> }
        </>
    }
}

fn fits(about: &About, scenario: &Scenario, asked: &str, language: Language) -> bool {
    let text = format!(
        "{} {} {} {}",
        language.of(about.title),
        scenario.name,
        title_of(scenario, language),
        watch_of(scenario, language)
    );
    let text = text.to_ascii_lowercase();
    asked.split_whitespace().all(|word| text.contains(word))
}

fn card(desk: &Desk, scenario: &Scenario, current: bool, language: Language) -> Html {
    let onclick = {
        let (desk, name) = (desk.clone(), scenario.name.clone());
        Callback::from(move |_: MouseEvent| {
            close(&desk, Dialog::Gallery);
            open_named(&desk, &name);
        })
    };
    html! {
        <li><button type="button" class="card" {onclick} aria-current={current.then_some("true")} data-scenario-card={scenario.name.clone()}>
            <span class="card-title">{ title_of(scenario, language) }</span>
            <span class="card-watch">{ watch_of(scenario, language) }</span>
        </button></li>
    }
}

/// The largest file that is read at all.
const LARGEST: f64 = 1_048_576.0;

/// A scenario as text: written here, pasted, chosen or dropped.
#[component]
fn Writing() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let text = use_state(|| file::print(desk.state().lab.session().scenario()));
    let wrong = use_state(|| None::<FileError>);
    let field = use_node_ref();
    let oninput = {
        let text = text.clone();
        Callback::from(move |event: InputEvent| text.set(event.target_unchecked_into::<HtmlTextAreaElement>().value()))
    };
    let open = {
        let (desk, text, wrong) = (desk.clone(), text.clone(), wrong.clone());
        Callback::from(move |_: MouseEvent| match file::open(&text) {
            Ok(session) => {
                close(&desk, Dialog::Gallery);
                desk.run_session(session);
            }
            Err(error) => wrong.set(Some(error)),
        })
    };
    let load = {
        let (text, wrong) = (text.clone(), wrong.clone());
        Callback::from(move |file: web_sys::File| read_file(file, text.clone(), wrong.clone()))
    };
    let onchange = {
        let load = load.clone();
        Callback::from(move |event: Event| {
            let files = event.target_unchecked_into::<HtmlInputElement>().files();
            files.and_then(|files| files.get(0)).into_iter().for_each(|file| load.emit(file));
        })
    };
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        let files = event.data_transfer().and_then(|data| data.files());
        files.and_then(|files| files.get(0)).into_iter().for_each(|file| load.emit(file));
    });
    let ondragover = Callback::from(|event: DragEvent| event.prevent_default());
    let log = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            close(&desk, Dialog::Gallery);
            Command::OpenLog.run(&desk);
        })
    };
    let show = {
        let (field, wrong, text) = (field.clone(), wrong.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            if let (Some(area), Some(error)) = (field.cast::<HtmlTextAreaElement>(), wrong.as_ref()) {
                point_at(&area, &text, error);
            }
        })
    };
    html! {
        <div class="writing">
            <p id="writing-how">{ language.say(Word::FileHow) }</p>
            <label class="file-choice"><span>{ language.say(Word::ChooseFile) }</span>
                <input type="file" accept=".toml,text/plain" {onchange} /></label>
            <textarea ref={field} class="field writing-text" rows="18" spellcheck="false" aria-describedby="writing-how"
                aria-label={language.say(Word::ScenarioFile)} aria-invalid={wrong.is_some().to_string()}
                value={(*text).clone()} {oninput} {ondrop} {ondragover} />
            if let Some(error) = &*wrong {
                <p class="wrong" role="alert" data-file-error="">
                    <button type="button" class="link" onclick={show}>
                        { language.fill(Word::LineColumn, &[("line", &error.line.to_string()), ("column", &error.column.to_string())]) }
                    </button>{ " " }{ &error.message }
                </p>
            }
            <div class="form-actions">
                { button(Some(Icon::Play), language.say(Word::RunIt), open) }
                { button(Some(Icon::File), language.say(Word::OpenLog), log) }
            </div>
        </div>
    }
}

fn read_file(file: web_sys::File, text: UseStateHandle<String>, wrong: UseStateHandle<Option<FileError>>) {
    if file.size() > LARGEST {
        let message = format!("{}: {} bytes, at most {LARGEST} are read", file.name(), file.size());
        return wrong.set(Some(FileError { line: 1, column: 1, message }));
    }
    spawn_local(async move {
        match JsFuture::from(file.text()).await.ok().and_then(|read| read.as_string()) {
            Some(read) => {
                wrong.set(file::parse(&read).err());
                text.set(read);
            }
            None => wrong.set(Some(FileError { line: 1, column: 1, message: file.name() })),
        }
    });
}

/// Puts the caret where the mistake is.
fn point_at(area: &HtmlTextAreaElement, text: &str, error: &FileError) {
    let before: usize =
        text.split('\n').take(error.line.saturating_sub(1) as usize).map(|line| line.encode_utf16().count() + 1).sum();
    let line = text.split('\n').nth(error.line.saturating_sub(1) as usize).unwrap_or("");
    let within: usize = line.chars().take(error.column.saturating_sub(1) as usize).map(char::len_utf16).sum();
    let end = before + line.encode_utf16().count();
    let _ = area.dyn_ref::<web_sys::HtmlElement>().map(web_sys::HtmlElement::focus);
    let _ = area.set_selection_range((before + within) as u32, end as u32);
}
