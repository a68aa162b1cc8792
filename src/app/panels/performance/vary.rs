//! A parameter sweep in the page: it plays a little in every frame, and can be stopped.

use super::super::controls::button;
use super::super::use_desk;
use super::{FILE, plots, room, saving, style};
use crate::app::desk::Desk;
use crate::app::gauge::Study;
use crate::app::icons::Icon;
use crate::app::title_of;
use crate::locale::{Language, Word};
use netsplit_scenario::vary::{Measured, Plan, Variation, values};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// So many seeds are run for each value if nobody says otherwise, and so many at most.
const SEEDS: u64 = 10;
const MOST_SEEDS: u64 = 1_000;

/// Keys that are worth varying in any scenario, and values to begin with.
const USUAL: [(&str, &str); 3] = [
    ("network.latency", "1ms, 5ms, 20ms, 50ms"),
    ("network.loss", "0%, 2%, 5%, 10%"),
    ("disk.write", "0ms, 2ms, 10ms"),
];

/// Keys to choose from, each with values to begin with.
fn keys(desk: &Desk) -> Vec<(String, String)> {
    let state = desk.state();
    let session = state.lab.session();
    let parts = session.about().parts.iter().filter(|part| part.usual > 0);
    let nodes = |part: &netsplit_protocols::Part| {
        let from = part.least.max(2);
        let counts: Vec<String> = (0..4).map(|nth| (from + 2 * nth).to_string()).collect();
        (format!("nodes.{}", part.name), counts.join(", "))
    };
    let usual = USUAL.iter().map(|(key, values)| ((*key).to_owned(), (*values).to_owned()));
    let rate = (!session.scenario().workload.is_empty())
        .then(|| ("workload.every".to_owned(), "5ms, 10ms, 20ms, 50ms".to_owned()));
    let own = session.scenario().config.keys().map(|key| (format!("config.{key}"), String::new()));
    parts.map(nodes).chain(usual).chain(rate).chain(own).collect()
}

#[component]
pub(super) fn Varying() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let known = keys(&desk);
    let (key, list) = known.first().cloned().unwrap_or_default();
    let (key, list, seeds) = (use_state(|| key), use_state(|| list), use_state(|| SEEDS.to_string()));
    let wrong = use_state(|| None::<String>);
    let write = |field: &UseStateHandle<String>| {
        let field = field.clone();
        Callback::from(move |event: InputEvent| field.set(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let choose = {
        let (key, list, known) = (key.clone(), list.clone(), known.clone());
        Callback::from(move |event: InputEvent| {
            let written = event.target_unchecked_into::<HtmlInputElement>().value();
            if let Some((_, usual)) = known.iter().find(|(name, usual)| *name == written && !usual.is_empty()) {
                list.set(usual.clone());
            }
            key.set(written);
        })
    };
    let onsubmit = {
        let (desk, key, list, seeds, wrong) = (desk.clone(), key.clone(), list.clone(), seeds.clone(), wrong.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            wrong.set(begin(&desk, &key, &list, &seeds).err());
        })
    };
    let option = |(name, _): &(String, String)| html! { <option value={name.clone()} /> };
    html! {
        <>
            <p>{ language.say(Word::VaryHow) }</p>
            <form class="vary-form" {onsubmit}>
                <label><span>{ language.say(Word::VaryKey) }</span>
                    <input class="field" list="vary-keys" value={(*key).clone()} oninput={choose} spellcheck="false" autocomplete="off" data-vary="key" />
                    <datalist id="vary-keys">{ for known.iter().map(option) }</datalist></label>
                <label class="vary-values"><span>{ language.say(Word::VaryValues) }</span>
                    <input class="field" value={(*list).clone()} oninput={write(&list)} spellcheck="false" autocomplete="off" data-vary="values" /></label>
                <label><span>{ language.say(Word::VarySeeds) }</span>
                    <input class="field" inputmode="numeric" size="5" value={(*seeds).clone()} oninput={write(&seeds)} data-vary="seeds" /></label>
                <button type="submit" class="button primary" data-action="vary">{ language.say(Word::RunIt) }</button>
            </form>
            if let Some(reason) = &*wrong { <p class="wrong" role="alert">{ reason }</p> }
            <Outcome />
        </>
    }
}

/// Begins a sweep with what is written in the form; why not, if that makes no sense.
fn begin(desk: &Desk, key: &str, list: &str, seeds: &str) -> Result<(), String> {
    let language = desk.language();
    let count = seeds.trim().parse::<u64>().ok().filter(|count| (1..=MOST_SEEDS).contains(count));
    let count = count.ok_or_else(|| language.fill(Word::BadSeeds, &[("most", &MOST_SEEDS.to_string())]))?;
    let scenario = desk.state().lab.session().scenario().clone();
    let plan = Plan {
        bases: vec![(title_of(&scenario, language).to_owned(), scenario)],
        key: key.trim().to_owned(),
        values: values(list),
        seeds: 1..count + 1,
        limit: desk.gauge().borrow().limit,
    };
    let variation = Variation::new(plan).map_err(|error| error.to_string())?;
    desk.gauge().borrow_mut().study = Some(Study::new(variation));
    desk.change(|state| state.lab.set_playing(false));
    Ok(())
}

/// How far the sweep is, and what has come of it so far.
#[component]
fn Outcome() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let chosen = use_state(|| None::<String>);
    let gauge = desk.gauge().borrow();
    let Some(study) = &gauge.study else { return Html::default() };
    let variation = &study.variation;
    let figures: Vec<Measured> = variation.figures().collect();
    let figure = figures.iter().find(|figure| chosen.as_deref() == Some(figure.name())).or(figures.first()).copied();
    let onchange = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| chosen.set(Some(event.target_unchecked_into::<HtmlSelectElement>().value())))
    };
    let option = |it: &Measured| {
        let selected = figure.map(Measured::name) == Some(it.name());
        html! { <option value={it.name()} {selected}>{ language.of(it.word()) }</option> }
    };
    html! {
        <>
            { progress(&desk, study, language) }
            if let Some(reason) = &study.refused { <p class="wrong" role="alert">{ reason.to_string() }</p> }
            if let Some(figure) = figure {
                <label class="performance-limit vary-figure"><span>{ language.say(Word::Figures) }</span>
                    <select class="field" {onchange} data-action="figure">{ for figures.iter().map(option) }</select></label>
                { plots::plot(&style(language, room(true)).varied(variation, figure)) }
                <p class="faint">{ language.say(Word::VaryPlot) }</p>
                { downloads(&desk, figure) }
            }
        </>
    }
}

fn progress(desk: &Desk, study: &Study, language: Language) -> Html {
    let (done, all) = (study.variation.done(), study.variation.runs());
    let stop = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.gauge().borrow_mut().study.iter_mut().for_each(Study::stop);
            desk.dress(|_| ());
        })
    };
    let told = language.fill(Word::RunsDone, &[("done", &done.to_string()), ("all", &all.to_string())]);
    html! {
        <div class="performance-bar" data-study={if study.is_running() { "running" } else { "over" }}>
            <progress max={all.to_string()} value={done.to_string()} aria-label={told.clone()} />
            <span>{ told }</span>
            if study.is_running() { { button(Some(Icon::Close), language.say(Word::Cancel), stop) } }
        </div>
    }
}

fn downloads(desk: &Desk, figure: Measured) -> Html {
    let save = |kind: super::Kind| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let gauge = desk.gauge().borrow();
            let Some(Study { variation, .. }) = &gauge.study else { return };
            let json = || format!("{:#}", variation.json());
            let language = desk.language();
            kind.save(&desk, || variation.csv(), json, || vec![style(language, FILE).varied(variation, figure)]);
        })
    };
    saving(desk.language(), save)
}
