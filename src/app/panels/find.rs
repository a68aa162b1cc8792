//! The panel for finding: run until a condition matches or back to where it did, break points, patterns of messages.

use super::controls::{button, icon_button};
use super::use_desk;
use crate::app::browser;
use crate::app::desk::Desk;
use crate::app::finder::{self, FIELD, Found};
use crate::app::icons::{Icon, icon};
use crate::app::quest::{Break, Ending};
use crate::app::telling;
use crate::locale::{Language, Word, refusal};
use netsplit_scenario::find::Pattern;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// So many places of a pattern are listed, with the one that is shown in their midst.
const LISTED: usize = 60;

#[component]
pub(crate) fn Find() -> Html {
    let desk = use_desk();
    {
        let desk = desk.clone();
        use_effect_with((), move |()| desk.attend_finder());
    }
    let protocol = desk.state().lab.about().name;
    {
        let desk = desk.clone();
        use_effect_with(protocol, move |_| desk.prepare_finder());
    }
    html! {
        <div class="find">
            <h2 class="hidden">{ desk.say(Word::Find) }</h2>
            { condition(&desk) }
            { breaks(&desk) }
            { patterns(&desk) }
        </div>
    }
}

// --- conditions ---

fn condition(desk: &Desk) -> Html {
    let language = desk.language();
    let oninput = {
        let desk = desk.clone();
        Callback::from(move |event: InputEvent| {
            desk.write_condition(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let onkeydown = {
        let desk = desk.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.is_composing() {
                event.prevent_default();
                desk.run_until(event.shift_key());
            }
        })
    };
    let state = desk.state();
    let wrong = state.finder.mistake.is_some();
    html! {
        <section class="part find-condition-part">
            <label class="find-label" for={FIELD}>{ language.say(Word::Condition) }</label>
            <input id={FIELD} class="field find-field" type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                placeholder={language.say(Word::ConditionHint)} value={state.finder.text.clone()} {oninput} {onkeydown}
                aria-invalid={wrong.to_string()} aria-describedby="find-outcome" />
            <div id="find-outcome" class="find-outcome" role="status">{ outcome(desk) }</div>
            <div class="find-actions">
                { until(desk, Icon::StepOn, Word::RunUntil, false, "Enter") }
                { until(desk, Icon::StepBack, Word::BackTo, true, "Shift+Enter") }
                <button type="button" class="button" onclick={keep(desk)} data-action="keep-break">
                    { icon(Icon::Flag) }<span>{ language.say(Word::KeepBreak) }</span>
                </button>
            </div>
            if state.finder.text.is_empty() {
                { examples(desk) }
                <p class="faint">{ language.say(Word::ConditionHow) }</p>
            }
        </section>
    }
}

fn until(desk: &Desk, sign: Icon, word: Word, back: bool, key: &'static str) -> Html {
    let onclick = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.run_until(back))
    };
    let label = desk.say(word);
    html! {
        <button type="button" class={classes!("button", (!back).then_some("primary"))} {onclick} title={format!("{label} ({key})")}
            data-action={if back { "back-to" } else { "run-until" }}>{ icon(sign) }<span>{ label }</span></button>
    }
}

fn keep(desk: &Desk) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_| desk.keep_break())
}

/// What came of it: the mistake under the text, how far it has come, or where it is.
fn outcome(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, finder, language) = (&state.lab, &state.finder, state.ui.language);
    if let Some(mistake) = &finder.mistake {
        let what = refusal(&mistake.what, language);
        let place = language.fill(Word::CaretAt, &[("place", &(mistake.at + 1).to_string())]);
        return html! {
            <div class="find-mistake">
                <pre class="find-under" aria-hidden="true">{ mistake.under(&finder.text) }</pre>
                <p>{ place }{ what }</p>
            </div>
        };
    }
    if let Some(event) = lab.quest.underway() {
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| desk.change(|state| state.lab.quest.give_up()))
        };
        let told = language.fill(Word::Pursuing, &[("event", &event.to_string())]);
        return html! { <p class="find-told">{ told }{ button(None, language.say(Word::GiveUp), onclick) }</p> };
    }
    let told = match lab.quest.ending() {
        None => return Html::default(),
        Some(Ending::Found(event)) => {
            let at = lab.session().trace().event(event).map(|row| telling::when(lab, row.at)).unwrap_or_default();
            language.fill(Word::FoundAt, &[("event", &event.to_string()), ("time", &at)])
        }
        Some(Ending::NotUpTo(time)) => language.fill(Word::NotFoundUpTo, &[("time", &telling::when(lab, time))]),
        Some(Ending::NotBefore) => language.say(Word::NotFoundBefore).to_owned(),
    };
    html! { <p class="find-told">{ told }</p> }
}

/// Conditions that fit the protocol, to begin with.
fn examples(desk: &Desk) -> Html {
    let language = desk.language();
    let examples = desk.state().finder.examples.clone();
    let chip = |text: &String| {
        let onclick = {
            let (desk, text) = (desk.clone(), text.clone());
            Callback::from(move |_: MouseEvent| {
                desk.write_condition(text.clone());
                browser::focus(FIELD);
            })
        };
        html! { <li><button type="button" class="chip plain find-example" {onclick}><code>{ text }</code></button></li> }
    };
    html! {
        <ul class="find-examples" aria-label={language.say(Word::TryCondition)}>{ for examples.iter().map(chip) }</ul>
    }
}

// --- break points ---

fn breaks(desk: &Desk) -> Html {
    let state = desk.state();
    let language = state.ui.language;
    let all = state.lab.quest.breaks();
    html! {
        <section class="part"><h3>{ language.say(Word::BreakPoints) }</h3>
            if all.is_empty() {
                <p class="faint">{ language.say(Word::NoBreaks) }</p>
            } else {
                <ul class="find-breaks">{ for all.iter().enumerate().map(|(place, of)| one_break(desk, place, of, language)) }</ul>
            }
        </section>
    }
}

fn one_break(desk: &Desk, place: usize, of: &Break, language: Language) -> Html {
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |_: Event| desk.change(|state| state.lab.quest.switch(place)))
    };
    let remove = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.change(|state| state.lab.quest.remove(place)))
    };
    html! {
        <li class={classes!("find-break", of.on.then_some("on"))}>
            <label class="check">
                <input type="checkbox" role="switch" checked={of.on} {onchange} />
                { icon(Icon::Flag) }<code>{ &of.text }</code>
            </label>
            { icon_button(Icon::Close, &language.fill(Word::RemoveBreak, &[("condition", &of.text)]), remove) }
        </li>
    }
}

/// How many break points are on, beside the transport; nothing if none are.
pub(crate) fn breaks_on(desk: &Desk) -> Html {
    let state = desk.state();
    let count = state.lab.quest.breaks().iter().filter(|of| of.on).count();
    if count == 0 {
        return Html::default();
    }
    let label = state.ui.language.fill(Word::BreaksOn, &[("count", &count.to_string())]);
    let onclick = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.open_finder())
    };
    html! {
        <button type="button" class="breaks-on" {onclick} title={label.clone()} aria-label={label}>
            { icon(Icon::Flag) }<span>{ count }</span>
        </button>
    }
}

// --- patterns ---

/// What a pattern is called, and what it is.
fn words(pattern: Pattern) -> (Word, Word) {
    match pattern {
        Pattern::Broadcast(_) => (Word::PatternBroadcast, Word::PatternBroadcastHow),
        Pattern::Exchange => (Word::PatternExchange, Word::PatternExchangeHow),
        Pattern::Chain(_) => (Word::PatternChain, Word::PatternChainHow),
        Pattern::Overtaking => (Word::PatternOvertaking, Word::PatternOvertakingHow),
        Pattern::Gathering(_) => (Word::PatternGathering, Word::PatternGatheringHow),
        Pattern::Again => (Word::PatternAgain, Word::PatternAgainHow),
    }
}

fn patterns(desk: &Desk) -> Html {
    let state = desk.state();
    let language = state.ui.language;
    let pattern = state.finder.pattern();
    html! {
        <section class="part" onkeydown={step_by_key(desk)}><h3>{ language.say(Word::Patterns) }</h3>
            <div class="find-choices">{ which(desk) }{ size(desk) }{ kinds(desk) }</div>
            <p class="faint">{ language.say(words(pattern).1) }</p>
            <div class="find-actions">
                if let Some(found) = state.finder.found() {
                    { stepping(desk, found, language) }
                } else {
                    <button type="button" class="button primary" onclick={step(desk, 0)} data-action="look">
                        { icon(Icon::Search) }<span>{ language.say(Word::Look) }</span>
                    </button>
                }
            </div>
            if let Some(found) = state.finder.found() { { list(desk, found) } }
        </section>
    }
}

fn which(desk: &Desk) -> Html {
    let state = desk.state();
    let language = state.ui.language;
    let shown = state.finder.shape;
    let option = |(at, pattern): (usize, &Pattern)| {
        html! { <option value={at.to_string()} selected={at == shown}>{ language.say(words(*pattern).0) }</option> }
    };
    let onchange = chosen(desk, |finder, value| {
        finder.shape = value.parse().unwrap_or(0);
        finder.size = None;
    });
    html! {
        <label>{ language.say(Word::Pattern) }
            <select class="field" {onchange} data-field="pattern">{ for Pattern::ALL.iter().enumerate().map(option) }</select>
        </label>
    }
}

fn size(desk: &Desk) -> Html {
    let state = desk.state();
    let Some(size) = state.finder.pattern().size() else { return Html::default() };
    let option = |n: u32| html! { <option value={n.to_string()} selected={n == size}>{ n }</option> };
    let onchange = chosen(desk, |finder, value| finder.size = value.parse().ok());
    html! {
        <label>{ state.ui.language.say(Word::HowMany) }
            <select class="field" {onchange} data-field="size">{ for (2..=12).map(option) }</select>
        </label>
    }
}

fn kinds(desk: &Desk) -> Html {
    let state = desk.state();
    let (language, chosen_kind) = (state.ui.language, state.finder.kind.clone());
    let known = &state.finder.messages;
    let option = |name: &String| {
        html! { <option value={name.clone()} selected={chosen_kind.as_ref() == Some(name)}>{ name }</option> }
    };
    let onchange = chosen(desk, |finder, value| finder.kind = (!value.is_empty()).then_some(value));
    html! {
        <label>{ language.say(Word::OfType) }
            <select class="field" {onchange} data-field="type">
                <option value="" selected={chosen_kind.is_none()}>{ language.say(Word::AnyType) }</option>
                { for known.iter().map(option) }
            </select>
        </label>
    }
}

/// A callback for a choice.
fn chosen(desk: &Desk, choose: fn(&mut finder::Finder, String)) -> Callback<Event> {
    let desk = desk.clone();
    Callback::from(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        desk.choose_pattern(|finder| choose(finder, value));
    })
}

fn step(desk: &Desk, by: isize) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_| desk.step_match(by))
}

/// `n` and Shift with `n` go through the places, as in a pager.
fn step_by_key(desk: &Desk) -> Callback<KeyboardEvent> {
    let desk = desk.clone();
    Callback::from(move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "n" => 1,
            "N" => -1,
            _ => return,
        };
        if desk.state().finder.found().is_some() && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
            event.prevent_default();
            desk.step_match(by);
        }
    })
}

fn stepping(desk: &Desk, found: &Found, language: Language) -> Html {
    if found.matches.is_empty() {
        return html! {
            <>
                <p class="find-told" role="status">{ language.say(Word::NoMatches) }</p>
                <button type="button" class="button" onclick={step(desk, 0)} data-action="look">
                    { icon(Icon::Search) }<span>{ language.say(Word::Look) }</span>
                </button>
            </>
        };
    }
    let place =
        language.fill(Word::MatchOf, &[("place", &(found.at + 1).to_string()), ("count", &found.all.to_string())]);
    html! {
        <>
            <button type="button" class="button" onclick={step(desk, -1)} data-action="previous-match" title="N">
                { icon(Icon::StepBack) }<span>{ language.say(Word::PreviousMatch) }</span>
            </button>
            <button type="button" class="button" onclick={step(desk, 1)} data-action="next-match" title="n">
                { icon(Icon::StepOn) }<span>{ language.say(Word::NextMatch) }</span>
            </button>
            <span class="find-place" role="status">{ place }</span>
        </>
    }
}

fn list(desk: &Desk, found: &Found) -> Html {
    let state = desk.state();
    let lab = &state.lab;
    let first = found.at.saturating_sub(LISTED / 2).min(found.matches.len().saturating_sub(LISTED));
    let row = |(place, of): (usize, &netsplit_scenario::find::Match)| {
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| desk.show_match(place))
        };
        html! {
            <li key={place}>
                <button type="button" class="row two" {onclick} aria-current={(place == found.at).then_some("true")}>
                    <span class="row-at">{ telling::when(lab, finder::moment(of, lab)) }</span>
                    <span class="row-text">{ finder::told(of, lab) }</span>
                </button>
            </li>
        }
    };
    let rows = found.matches.iter().enumerate().skip(first).take(LISTED);
    html! { <ol class="rows find-matches" aria-label={desk.say(Word::Matches)}>{ for rows.map(row) }</ol> }
}
