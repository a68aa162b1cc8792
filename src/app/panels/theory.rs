//! A page of theory: its runs side by side, what is counted of each, what to do to them and what to achieve.

use super::clients;
use super::top::{brand, run, setting};
use super::transport::{keys, speed_slider};
use super::trouble;
use crate::app::command::Command;
use crate::app::desk::{Desk, Place};
use crate::app::icons::{Icon, icon};
use crate::app::tables::canvas_id;
use crate::app::theory::{Theory, act_word, fastest};
use crate::app::{telling, title_of, watch_of};
use crate::locale::{Language, Word};
use netsplit_scenario::Session;
use netsplit_scenario::theory::{
    Act, Ask, Choice, Count, Deed, Figure, Game, Goal, PAGES, Page, Reach, Scheduler, Unit, Variant,
};
use netsplit_sim::{Manner, Span};
use serde_json::Value;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// The whole page.
pub(crate) fn page(desk: &Desk) -> Html {
    let state = desk.state();
    let Some(theory) = &state.theory else { return Html::default() };
    let (game, language) = (&theory.game, state.ui.language);
    let runs = game.runs().enumerate().map(|(place, run)| one_run(desk, theory, place, run, language));
    html! {
        <div class="theory" data-theory={game.page().name} data-time={game.time().0.to_string()}
            data-playing={theory.playing().to_string()}>
            { top(desk, game.page(), language) }
            <main class="theory-body" tabindex="-1">
                { opening(theory, language) }
                { trouble(desk, Place::Deed) }
                { trouble(desk, Place::Address) }
                <div class="runs" data-runs={game.runs().len().to_string()}>{ for runs }</div>
                { choices(desk, theory, language) }
                { tools(desk, theory, language) }
                { reason(game.page(), language) }
            </main>
            { transport(desk, theory, language) }
        </div>
    }
}

/// The bar at the top: back to the laboratory, and the other pages.
fn top(desk: &Desk, current: &'static Page, language: Language) -> Html {
    let link = |page: &'static Page| {
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                desk.go_to_theory(page);
            })
        };
        let here = page.name == current.name;
        html! {
            <li><a class="theory-link" href={format!("#theory/{}", page.name)} {onclick}
                title={language.of(page.title)}
                aria-current={here.then_some("page")}>{ language.of(page.short) }</a></li>
        }
    };
    let leave = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.leave_theory())
    };
    html! {
        <header class="top">
            <h1 class="brand" aria-label="Netsplit">{ brand() }<span>{ "Netsplit" }</span></h1>
            <button type="button" class="button title" onclick={run(desk, Command::Gallery)} data-action="gallery"
                title={Command::Gallery.title(language)} aria-haspopup="dialog">
                <span>{ language.say(Word::Theory) }</span>{ icon(Icon::Down) }
            </button>
            <nav class="theory-pages" aria-label={language.say(Word::Theory)}><ul>{ for PAGES.iter().map(link) }</ul></nav>
            <span class="spacer" />
            <button type="button" class="button" onclick={leave} data-action="laboratory">{ language.say(Word::Laboratory) }</button>
            { setting(desk) }
        </header>
    }
}

/// What the page is about, and what there is to achieve.
fn opening(theory: &Theory, language: Language) -> Html {
    let (game, page) = (&theory.game, theory.game.page());
    let goal = |(goal, done): (&Goal, &bool)| {
        let (sign, said) = if *done { (Icon::Check, Word::Done) } else { (Icon::Target, Word::NotDone) };
        html! {
            <li class="goal" data-done={done.to_string()}>
                { icon(sign) }<span>{ language.of(goal.what) }</span><span class="hidden">{ language.say(said) }</span>
            </li>
        }
    };
    let (of, count) = page.score;
    let score = told(game.figure(of, count), count.unit());
    html! {
        <section class="theory-opening">
            <div>
                <h2>{ language.of(page.title) }</h2>
                <p>{ language.of(page.invitation) }</p>
            </div>
            <div>
                <h3>{ language.say(Word::ToAchieve) }
                    <span class="score" data-score="">{ format!("{}: {} {score}", language.say(Word::Score), language.of(count.title())) }</span>
                </h3>
                <ol class="goals">{ for page.goals.iter().zip(game.achieved()).map(goal) }</ol>
            </div>
        </section>
    }
}

fn one_run(desk: &Desk, theory: &Theory, place: usize, run: &dyn Session, language: Language) -> Html {
    let scenario = run.scenario();
    let title = title_of(scenario, language).to_owned();
    let (open, link) = (taking(desk, place), desk.run_link(place).unwrap_or_default());
    let href = if link.starts_with('#') { link } else { format!("#{link}") };
    let (click, point, leave) = pointers(desk, place);
    let game = &theory.game;
    let counts = game.page().counts.iter().map(|count| one_count(game, place, *count, language));
    html! {
        <section class="run" data-run={place.to_string()}>
            <div class="run-head"><h3>{ title.clone() }</h3>
                <a class="run-open" {href} onclick={open} title={language.say(Word::OpenInLab)}
                    aria-label={format!("{}: {title}", language.say(Word::OpenInLab))}>{ icon(Icon::Grow) }</a>
            </div>
            <p class="faint">{ watch_of(scenario, language) }</p>
            <canvas id={canvas_id(place)} role="img" aria-label={language.fill(Word::RunPicture, &[("title", &title)])}
                onclick={click} onpointermove={point} onpointerleave={leave} />
            <dl class="figures">{ for counts }</dl>
            { histogram(game, place, language) }
        </section>
    }
}

fn one_count(game: &Game, place: usize, count: Count, language: Language) -> Html {
    let figure = game.figure(place, count);
    if let Count::Explained(level) = count {
        let (class, sign, said) = match figure {
            Some(Figure(0)) => ("explained bad", Icon::Close, Word::ExplainsNot),
            Some(_) => ("explained good", Icon::Check, Word::Explains),
            None => ("explained", Icon::Help, Word::NobodyKnows),
        };
        return html! {
            <div {class}><dt>{ language.say(clients::name(level)) }</dt>
                <dd data-count={level.name()} title={language.say(said)}>{ icon(sign) }<span class="hidden">{ language.say(said) }</span></dd></div>
        };
    }
    html! {
        <div class="figure-pair"><dt>{ language.of(count.title()) }</dt>
            <dd data-count={count.title().en}>{ told(figure, count.unit()) }</dd></div>
    }
}

/// A figure with its unit.
fn told(figure: Option<Figure>, unit: Unit) -> String {
    match (figure, unit) {
        (None, _) => "–".to_owned(),
        (Some(Figure(number)), Unit::Plain | Unit::Verdict) => number.to_string(),
        (Some(Figure(number)), Unit::Time) => telling::span(Span(number)),
        (Some(Figure(number)), Unit::Tenths) => format!("{}.{}", number / 10, number % 10),
    }
}

fn taking(desk: &Desk, place: usize) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            desk.take_to_lab(place);
        }
    })
}

type Pointers = (Callback<MouseEvent>, Callback<PointerEvent>, Callback<PointerEvent>);

fn pointers(desk: &Desk, place: usize) -> Pointers {
    let click = {
        let desk = desk.clone();
        Callback::from(move |event: MouseEvent| {
            desk.pick_at(place, (f64::from(event.offset_x()), f64::from(event.offset_y())));
        })
    };
    let point = |at: fn(&PointerEvent) -> Option<(f64, f64)>| {
        let desk = desk.clone();
        Callback::from(move |event: PointerEvent| desk.stage().borrow_mut().tables.point(place, at(&event)))
    };
    let over = point(|event| Some((f64::from(event.offset_x()), f64::from(event.offset_y()))));
    (click, over, point(|_| None))
}

/// How many columns the histogram has, and up to which time it goes.
const COLUMNS: usize = 40;
const WIDEST: Span = Span::millis(80);

/// How long the request took in each of the seeds drawn; the last column is for all that took longer.
fn histogram(game: &Game, place: usize, language: Language) -> Html {
    let (drawn, all) = game.seeds();
    let Some(times) = game.drawn().get(place).filter(|times| !times.is_empty()) else { return Html::default() };
    let mut columns = [0usize; COLUMNS];
    for took in times {
        let column = (took * COLUMNS as u64 / WIDEST.0) as usize;
        columns[column.min(COLUMNS - 1)] += 1;
    }
    let highest = columns.iter().copied().max().unwrap_or(1).max(1);
    let bar = |(column, count): (usize, &usize)| {
        let height = 40.0 * *count as f64 / highest as f64;
        html! { <rect x={(column * 4).to_string()} y={format!("{:.1}", 40.0 - height)} width="3" height={format!("{height:.1}")} /> }
    };
    let said = language.fill(Word::DrawnSoFar, &[("drawn", &drawn.to_string()), ("all", &all.to_string())]);
    html! {
        <figure class="histogram">
            <svg viewBox="0 0 160 40" preserveAspectRatio="none" role="img" aria-label={said.clone()}>
                { for columns.iter().enumerate().filter(|(_, count)| **count > 0).map(bar) }
            </svg>
            <figcaption><span>{ "0" }</span><span>{ said }</span><span>{ format!("≥ {}", telling::span(WIDEST)) }</span></figcaption>
        </figure>
    }
}

/// Where people deliver the messages of a run: what there is to choose from, and what can still come of each choice.
fn choices(desk: &Desk, theory: &Theory, language: Language) -> Html {
    if theory.game.page().schedule.is_none() {
        return Html::default();
    }
    let (Some(scheduler), Some(run)) = (theory.game.scheduler(), theory.game.runs().next()) else {
        return html! { <section class="choices"><p>{ language.say(Word::StillUnknown) }</p></section> };
    };
    let (hint, mail) = (scheduler.hint(), run.in_flight());
    let useful = || scheduler.choices().iter().filter(|choice| !choice.idle);
    let late = scheduler.choices().len() - useful().count();
    let row = |choice: &Choice| {
        let id = mail.iter().find(|mail| mail.name == choice.name).map(|mail| mail.id);
        let says = id.and_then(|id| run.message(id)).map(|body| content(&body)).unwrap_or_default();
        let onclick = {
            let (desk, name) = (desk.clone(), choice.name);
            Callback::from(move |_: MouseEvent| desk.deliver(name))
        };
        let node = |id: netsplit_sim::NodeId| run.names().get(id.index()).cloned().unwrap_or_default();
        let (class, values) = match choice.reach() {
            None => ("chip plain", "…".to_owned()),
            Some(reach) if reach.is_bivalent() => ("chip ok", values(reach)),
            Some(reach) => ("chip warn", values(reach)),
        };
        let hinted = hint == Some(choice.name);
        html! {
            <li><button type="button" class="choice" {onclick} data-choice={class} data-hint={hinted.to_string()}>
                <span class="choice-way">{ format!("{} → {}", node(choice.name.from), node(choice.name.to)) }</span>
                <span class="choice-says">{ says }</span>
                if hinted { <span class="choice-hint">{ language.say(Word::Hinted) }</span> }
                <span {class}>{ values }</span>
            </button></li>
        }
    };
    let rows: Vec<Html> = useful().filter(|_| scheduler.decision().is_none()).map(row).collect();
    html! {
        <section class="choices">
            <h3>{ language.say(Word::Deliver) }{ valency(scheduler, language) }</h3>
            <ul class="choice-list">{ for rows }</ul>
            <p class="faint">
                if late > 0 { { language.fill(Word::TooLate, &[("count", &late.to_string())]) }{ " " } }
                { language.fill(Word::LookedAt, &[("count", &scheduler.looked().to_string())]) }
            </p>
        </section>
    }
}

/// What a message says, in a few words: its kind, and all that is not simply no.
fn content(body: &Value) -> String {
    let Some((kind, Value::Object(fields))) = body.as_object().and_then(|body| body.iter().next()) else {
        return telling::brief(body);
    };
    let said = fields.iter().filter(|(_, value)| **value != Value::Bool(false));
    let said = said.map(|(name, value)| format!("{name} {}", telling::brief(value)));
    format!("{kind}: {}", said.collect::<Vec<_>>().join(", "))
}

/// What can still be decided, as things stand.
fn valency(scheduler: &Scheduler, language: Language) -> Html {
    let (class, word, value) = match (scheduler.decision(), scheduler.present()) {
        (Some(decision), _) => ("chip bad", Word::IsDecided, value_of(decision).to_owned()),
        (None, None) => ("chip plain", Word::StillUnknown, String::new()),
        (None, Some(reach)) if reach.is_bivalent() => ("chip ok", Word::Either, values(reach)),
        (None, Some(reach)) if reach.open => ("chip warn", Word::OnlySoFar, values(reach)),
        (None, Some(reach)) => ("chip warn", Word::OnlyOne, values(reach)),
    };
    let said = language.fill(word, &[("values", &value), ("value", &value)]);
    html! { <span {class} role="status" data-valency={class}>{ said }</span> }
}

/// The value of a decision, as a node's badge says it: its last word.
fn value_of(decision: &str) -> &str {
    decision.rsplit(' ').next().unwrap_or(decision)
}

fn values(reach: &Reach) -> String {
    let values: Vec<_> = reach.decisions.iter().map(|decision| value_of(decision)).collect();
    if values.is_empty() { "–".to_owned() } else { values.join(" / ") }
}

/// What can be done: to all runs at the push of a button, or to the nodes that are chosen.
fn tools(desk: &Desk, theory: &Theory, language: Language) -> Html {
    let page = theory.game.page();
    let set_up = (!page.variants.is_empty()).then(|| variants(desk, &theory.game, language));
    if page.deeds.is_empty() && page.lies.is_empty() {
        return set_up
            .map_or_else(Html::default, |set_up| html! { <section class="theory-tools">{ set_up }</section> });
    }
    let names = theory.game.names().into_iter().map(|name| {
        let (desk, told, picked) = (desk.clone(), name.to_owned(), theory.picked.iter().any(|it| it == name));
        let onclick = Callback::from(move |_: MouseEvent| desk.with_theory(|theory| theory.pick(&told)).unwrap_or_default());
        html! {
            <button type="button" class="button pick" aria-pressed={picked.to_string()} {onclick} data-pick={name.to_owned()}>
                { name }
            </button>
        }
    });
    let deed = |deed: &'static Deed| {
        let act = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| act.do_deed(deed));
        html! {
            <button type="button" class="button" {onclick} data-deed={deed.title.en}>{ language.of(deed.title) }</button>
        }
    };
    let disabled = theory.picked.is_empty();
    let ask = |ask: &'static Ask| {
        let asking = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| asking.ask_for(ask));
        html! {
            <button type="button" class="button" {onclick} {disabled} data-ask={ask.title.en}>{ language.of(ask.title) }</button>
        }
    };
    let acts = acts(page).into_iter().map(|act| one_act(desk, act, disabled, language));
    html! {
        <section class="theory-tools" aria-label={language.say(Word::AllRuns)}>
            { for set_up }
            if !page.deeds.is_empty() {
                <div class="tool-row">
                    <span class="tool-label">{ language.say(Word::AllRuns) }</span>
                    { for page.deeds.iter().map(deed) }
                </div>
            }
            <div class="tool-row" role="group" aria-label={language.say(Word::ChooseNodes)}>
                <span class="tool-label">{ language.say(Word::NodesChosen) }</span>
                { for names }
                <span class="faint">{ language.say(Word::ChooseNodes) }</span>
            </div>
            if !page.asks.is_empty() {
                <div class="tool-row">
                    <span class="tool-label">{ language.say(Word::ClientsAsk) }</span>
                    { for page.asks.iter().map(ask) }
                </div>
            }
            <div class="tool-row">
                <span class="tool-label">{ language.say(Word::DoToChosen) }</span>
                { for acts }
            </div>
        </section>
    }
}

/// What can be done to nodes on a page.
fn acts(page: &Page) -> Vec<Act> {
    let honest = (!page.lies.is_empty()).then_some(Manner::Honest);
    let lies = page.lies.iter().copied().chain(honest).map(Act::Turn);
    lies.chain([Act::CutOff, Act::Crash, Act::Restart]).collect()
}

fn one_act(desk: &Desk, act: Act, disabled: bool, language: Language) -> Html {
    let sign = match act {
        Act::Crash => Icon::Crash,
        Act::Restart => Icon::Restart,
        Act::CutOff => Icon::Cut,
        Act::Turn(Manner::Honest) => Icon::Check,
        Act::Turn(_) => Icon::Mask,
    };
    let onclick = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.do_act(act))
    };
    html! {
        <button type="button" class="button" {onclick} {disabled} data-act={format!("{act:?}")}>
            { icon(sign) }<span>{ language.say(act_word(act)) }</span>
        </button>
    }
}

/// The other set-ups of the page.
fn variants(desk: &Desk, game: &Game, language: Language) -> Html {
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: HtmlSelectElement = event.target_unchecked_into();
            desk.restart_theory(usize::try_from(field.selected_index()).unwrap_or(0));
        })
    };
    let option = |(place, variant): (usize, &Variant)| {
        html! { <option selected={place == game.variant()}>{ language.of(variant.title) }</option> }
    };
    html! {
        <label class="tool-row"><span class="tool-label">{ language.say(Word::MessagesTake) }</span>
            <select class="field" {onchange} data-action="variant">{ for game.page().variants.iter().enumerate().map(option) }</select>
        </label>
    }
}

/// The theorem, for whoever wants to know.
fn reason(page: &Page, language: Language) -> Html {
    html! {
        <details class="theory-reason">
            <summary>{ language.say(Word::WhyItIsSo) }</summary>
            <p>{ language.of(page.reason) }</p>
            <p class="source">{ page.source }</p>
        </details>
    }
}

fn transport(desk: &Desk, theory: &Theory, language: Language) -> Html {
    let chosen = {
        let desk = desk.clone();
        Callback::from(move |speed| desk.with_theory(|theory| theory.speed = speed).unwrap_or_default())
    };
    let told = language.fill(Word::PerSecond, &[("span", &telling::span(theory.pace()))]);
    html! {
        <footer class="transport" aria-label={language.say(Word::Transport)}>
            <div class="controls">
                { keys(desk, theory.playing()) }
                { speed_slider(language, theory.speed, fastest(), told, chosen) }
                <div class="position"><span class="clock">{ telling::moment(theory.game.time()) }</span></div>
                <button type="button" class="button" onclick={run(desk, Command::Again)} data-action="again"
                    title={Command::Again.title(language)}>{ icon(Icon::Undo) }<span>{ language.say(Word::StartAgain) }</span></button>
            </div>
        </footer>
    }
}
