//! How well the run goes: a page of the inspector with the figures and small plots, and a dialog with large ones, where runs
//! are compared and settings varied.

mod numbers;
mod plots;
mod vary;

use super::controls::{Tab, button, icon_button, tabs};
use super::dialog::{self, Frame, head};
use super::use_desk;
use crate::app::browser;
use crate::app::desk::{Desk, Dialog};
use crate::app::gauge::Kept;
use crate::app::icons::Icon;
use crate::locale::{Language, Word};
use netsplit_plot::{Chart, Theme as Ground, svg};
use netsplit_scenario::performance::chart::Style;
use netsplit_scenario::performance::report;
use netsplit_scenario::{Scenario, catalogue};
use netsplit_sim::Span;
use std::collections::BTreeMap;
use yew::prelude::*;

/// How large plots are in the inspector and in a file; and how wide at most in the dialog, of which two stand side by side if
/// they are then no narrower than this.
const SMALL: (f64, f64) = (308.0, 140.0);
const FILE: (f64, f64) = (720.0, 300.0);
const WIDEST: f64 = 980.0;
const BESIDE: f64 = 400.0;

/// How large plots are in the dialog, alone in a row or two side by side. Words in them are as large as elsewhere only if
/// nothing is stretched.
fn room(alone: bool) -> (f64, f64) {
    let window = browser::window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(WIDEST);
    let whole = (window - 84.0).clamp(SMALL.0, WIDEST);
    let half = (whole - 20.0) / 2.0;
    if alone || half < BESIDE { (whole, (0.36 * whole).max(190.0)) } else { (half, 210.0) }
}

/// Plots of a size, in the page's language.
fn style(language: Language, size: (f64, f64)) -> Style {
    let say = match language {
        Language::En => |words: netsplit_protocols::Words| words.en,
        Language::Zh => |words: netsplit_protocols::Words| words.zh,
    };
    Style { size, say }
}

/// The page of the inspector.
pub(crate) fn performance(desk: &Desk) -> Html {
    let language = desk.language();
    let gauge = desk.gauge().borrow();
    let Some(now) = gauge.now() else { return html! { <p class="empty">{ language.say(Word::Measuring) }</p> } };
    let charts = style(language, SMALL).all(&gauge.shown());
    let open = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.dress(|ui| ui.dialog = Some(Dialog::Performance));
            dialog::show(Dialog::Performance);
        })
    };
    html! {
        <div class="performance-page">
            <div class="performance-bar">{ limit(desk) }{ button(Some(Icon::Grow), language.say(Word::PlotsLarge), open) }</div>
            { numbers::requests(now, language) }
            { for charts.iter().map(plots::plot) }
            { numbers::latencies(now, language, false) }
            { numbers::whereabouts(now, language) }
            { numbers::traffic(now, language) }
        </div>
    }
}

/// Within which time an answer is in time.
fn limit(desk: &Desk) -> Html {
    let language = desk.language();
    let current = desk.gauge().borrow().limit;
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            if let Ok(limit) = field.value().parse() {
                desk.gauge().borrow_mut().limit = limit;
                desk.dress(|_| ());
            }
        })
    };
    let option = |millis: u64| {
        let limit = Span::millis(millis);
        html! { <option value={limit.exact()} selected={limit == current}>{ limit.to_string() }</option> }
    };
    html! {
        <label class="performance-limit"><span>{ language.say(Word::InTimeWithin) }</span>
            <select class="field" {onchange} data-action="limit">
                { for [20, 50, 100, 200, 500, 1_000, 2_000, 5_000].into_iter().map(option) }
            </select>
        </label>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Run,
    Vary,
}

/// The dialog.
#[component]
pub(crate) fn Performance() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let page = use_state(|| Page::Run);
    let open = desk.state().ui.dialog == Some(Dialog::Performance);
    let choices = [
        Tab { id: Page::Run, label: language.say(Word::ThisRun).into(), panel: "performance-body" },
        Tab { id: Page::Vary, label: language.say(Word::VarySetting).into(), panel: "performance-body" },
    ];
    let choose = {
        let page = page.clone();
        Callback::from(move |to| page.set(to))
    };
    html! {
        <Frame of={Dialog::Performance} label={language.say(Word::Performance)}>
            { head(&desk, Dialog::Performance, Word::Performance, tabs(language.say(Word::Performance), &choices, *page, choose)) }
            <div class="dialog-body" id="performance-body" role="tabpanel" tabindex="0" aria-labelledby="performance-title">
                if open {
                    { match *page {
                        Page::Run => this_run(&desk),
                        Page::Vary => html! { <vary::Varying /> },
                    } }
                }
            </div>
        </Frame>
    }
}

fn this_run(desk: &Desk) -> Html {
    let language = desk.language();
    let gauge = desk.gauge().borrow();
    let Some(now) = gauge.now() else { return html! { <p class="empty">{ language.say(Word::Measuring) }</p> } };
    let runs = gauge.shown();
    let charts = style(language, room(false)).all(&runs);
    html! {
        <>
            <div class="performance-bar">{ limit(desk) }{ comparison(desk, gauge.kept.as_ref(), gauge.is_comparing()) }</div>
            <div class="plots">{ for charts.iter().map(plots::plot) }</div>
            { numbers::figures(&runs, language) }
            { numbers::latencies(now, language, true) }
            { numbers::whereabouts(now, language) }
            { numbers::types(now, language) }
            { downloads(desk) }
        </>
    }
}

/// What the run is compared with.
fn comparison(desk: &Desk, kept: Option<&Kept>, under_way: bool) -> Html {
    let language = desk.language();
    if under_way || kept.is_some() {
        let drop = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| {
                desk.gauge().borrow_mut().drop_comparison();
                desk.dress(|_| ());
            })
        };
        let with = match kept {
            Some(kept) if !under_way => language.fill(Word::ComparedWith, &[("run", &kept.title)]),
            _ => language.say(Word::Measuring).to_owned(),
        };
        return html! {
            <p class="compared" role="status"><span data-compared="">{ with }</span>{ icon_button(Icon::Close, language.say(Word::CompareNot), drop) }</p>
        };
    }
    let keep = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let mut gauge = desk.gauge().borrow_mut();
            gauge.kept = gauge.now().cloned();
            drop(gauge);
            desk.dress(|_| ());
        })
    };
    html! { <>{ button(Some(Icon::Duplicate), language.say(Word::KeepRun), keep) }{ rivals(desk) }</> }
}

/// Protocols that understand the same requests, to play the same scenario with.
fn rivals(desk: &Desk) -> Html {
    let language = desk.language();
    let state = desk.state();
    let scenario = state.lab.session().scenario();
    let forms: Vec<&str> = scenario.workload.iter().flat_map(|workload| &workload.ops).filter_map(form).collect();
    let understands = |about: &&&'static netsplit_protocols::About| {
        about.name != scenario.protocol && forms.iter().all(|form| about.ops.iter().any(|op| op.name == *form))
    };
    let others: Vec<_> = catalogue::protocols().iter().filter(understands).collect();
    if forms.is_empty() || others.is_empty() {
        return Html::default();
    }
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: web_sys::HtmlSelectElement = event.target_unchecked_into();
            let name = field.value();
            field.set_value("");
            if let Some(about) = catalogue::about(&name) {
                challenge(&desk, about);
            }
        })
    };
    let option = |about: &&&'static netsplit_protocols::About| {
        html! { <option value={about.name}>{ language.of(about.title) }</option> }
    };
    html! {
        <label class="performance-limit"><span>{ language.say(Word::CompareWith) }</span>
            <select class="field" {onchange} data-action="rival"><option value="" selected=true>{ "–" }</option>{ for others.iter().map(option) }</select>
        </label>
    }
}

/// The name of an operation's form.
fn form(op: &netsplit_scenario::Tree) -> Option<&str> {
    match op {
        netsplit_scenario::Tree::Text(name) => Some(name),
        netsplit_scenario::Tree::Map(fields) => fields.keys().next().map(String::as_str),
        _ => None,
    }
}

/// Plays the scenario on the table with another protocol, as it usually is: the same network, seed, requests and faults.
fn challenge(desk: &Desk, about: &'static netsplit_protocols::About) {
    let language = desk.language();
    let scenario = desk.state().lab.session().scenario().clone();
    let rival = Scenario {
        protocol: about.name.to_owned(),
        nodes: BTreeMap::new(),
        config: BTreeMap::new(),
        bugs: Vec::new(),
        expect: Vec::new(),
        ..scenario
    };
    // A fault may be aimed at a node or a role that the other protocol does not have: then it is played without faults.
    let calm = Scenario { timeline: Vec::new(), special: Vec::new(), ..rival.clone() };
    match netsplit_scenario::open(rival).or_else(|_| netsplit_scenario::open(calm)) {
        Ok(session) => desk.gauge().borrow_mut().compare(language.of(about.title).to_owned(), session),
        Err(error) => return desk.complain(crate::app::desk::Place::Deed, error.to_string()),
    }
    desk.dress(|_| ());
}

fn downloads(desk: &Desk) -> Html {
    let save = |kind: Kind| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            let language = desk.language();
            let gauge = desk.gauge().borrow();
            let Some(now) = gauge.now() else { return };
            let runs = gauge.shown();
            let csv = || report::csv(&now.performance, now.names());
            let json = || format!("{:#}", report::json(&now.performance, now.names()));
            kind.save(&desk, csv, json, || style(language, FILE).all(&runs));
        })
    };
    saving(desk.language(), save)
}

/// A kind of file to take home.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Json,
    Svg,
    Png,
}

impl Kind {
    fn save(
        self,
        desk: &Desk,
        csv: impl FnOnce() -> String,
        json: impl FnOnce() -> String,
        charts: impl FnOnce() -> Vec<Chart>,
    ) {
        let name = desk.state().lab.file_name();
        match self {
            Kind::Csv => browser::save(&format!("{name}.csv"), "text/csv", &csv()),
            Kind::Json => browser::save(&format!("{name}.json"), "application/json", &json()),
            Kind::Svg => browser::save(&format!("{name}.svg"), "image/svg+xml", &svg(&charts(), Ground::System)),
            Kind::Png => {
                browser::save_png(format!("{name}.png"), &svg(&charts(), Ground::Light));
            }
        }
    }
}

fn saving(language: Language, save: impl Fn(Kind) -> Callback<MouseEvent>) -> Html {
    let one = |(kind, name): (Kind, &'static str)| {
        html! { <button type="button" class="button" onclick={save(kind)} data-save={name}>{ name }</button> }
    };
    let kinds = [(Kind::Csv, "CSV"), (Kind::Json, "JSON"), (Kind::Svg, "SVG"), (Kind::Png, "PNG")];
    html! { <div class="performance-bar"><span>{ language.say(Word::SaveAs) }</span>{ for kinds.map(one) }</div> }
}
