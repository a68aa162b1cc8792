//! The page: one screen with the cluster, the space-time diagram, the inspector and the time line.

mod address;
mod beside;
mod browser;
mod clerk;
mod command;
mod desk;
mod edit;
mod failure;
mod finder;
mod gauge;
mod icons;
mod jury;
mod lab;
mod offer;
mod panels;
mod quest;
mod settings;
mod stage;
mod tables;
mod telling;
mod theory;
mod why;

use crate::locale::Language;
use desk::{Desk, Ui};
use netsplit_scenario::Scenario;
use std::cell::Cell;
use std::rc::Rc;

/// Starts the page in the element with the id `app`.
pub fn start() {
    if !browser::has_window() {
        return; // This is the worker's copy of the program.
    }
    failure::watch();
    let Some(root) = browser::element("app") else { return };
    let ui = Ui::recalled();
    settings::wear(ui.theme);
    settings::set_split(settings::split());
    failure::speak(ui.language == Language::Zh);
    let lab = desk::first_run().expect("the gallery holds a scenario that plays");
    let desk = Desk::new(lab, ui);
    desk.change(|state| state.lab.set_playing(true));
    desk.title();
    desk.heed_address();
    while let Some(child) = root.first_child() {
        if root.remove_child(&child).is_err() {
            break;
        }
    }
    yew::Renderer::<panels::Page>::with_root_and_props(root.into(), panels::PageProps { desk: desk.clone() }).render();
    listen(&desk);
    run_frames(desk);
}

/// What is heard beyond the page's own elements.
fn listen(desk: &Desk) {
    command::listen(desk);
    panels::heed_drops(desk);
    let window = browser::window();
    let back = desk.clone();
    browser::listen(&window, "popstate", move |_: web_sys::Event| back.heed_address());
    // The address must hold the run even if the tab is put away before the next frame.
    let away = desk.clone();
    browser::listen(&browser::document(), "visibilitychange", move |_: web_sys::Event| {
        if browser::document().hidden() {
            away.save();
        }
    });
    if let Ok(Some(dark)) = window.match_media("(prefers-color-scheme: dark)") {
        let recolour = desk.clone();
        browser::listen(&dark, "change", move |_: web_sys::Event| recolour.stage().borrow_mut().recolour());
    }
}

fn run_frames(desk: Desk) {
    let before = Rc::new(Cell::new(None::<f64>));
    browser::on_every_frame(move |time| {
        let wall = before.replace(Some(time)).map_or(0.0, |before| time - before);
        desk.frame(time, wall);
    });
}

/// A scenario's title in a language.
fn title_of(scenario: &Scenario, language: Language) -> &str {
    let prose = match (&scenario.prose_zh, language) {
        (Some(zh), Language::Zh) => zh,
        _ => &scenario.prose,
    };
    if prose.title.is_empty() { &scenario.name } else { &prose.title }
}

/// What to watch for in a scenario, in a language.
fn watch_of(scenario: &Scenario, language: Language) -> &str {
    match (&scenario.prose_zh, language) {
        (Some(zh), Language::Zh) => &zh.watch,
        _ => &scenario.prose.watch,
    }
}
