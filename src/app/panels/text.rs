//! The left panel: what to watch for, the pseudo-code with the running line lit, the rules, the protocol's page.

use super::controls::{Tab, button, icon_button, tabs, through};
use super::markdown::{inline, markdown};
use super::picture;
use super::top::run;
use super::use_desk;
use crate::app::command::{self, Command};
use crate::app::desk::{Desk, Text};
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::{title_of, watch_of};
use crate::locale::{Language, Word};
use netsplit_protocols::{Bug, Invariant, Line};
use netsplit_scenario::Outcome;
use yew::prelude::*;

pub(crate) fn text_panel(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language, current) = (&state.lab, state.ui.language, state.ui.text);
    let fold = icon_button(Icon::PanelLeft, &Command::FoldLeft.title(language), run(desk, Command::FoldLeft));
    if !state.ui.left_open {
        return html! { <aside class="text-panel folded" aria-label={language.say(Word::Text)}>{ fold }</aside> };
    }
    let tab = |id: Text, word: Word| Tab { id, label: language.say(word).into(), panel: "text-page" };
    let mut choices = vec![tab(Text::Code, Word::Code), tab(Text::Rules, Word::Rules), tab(Text::Page, Word::Page)];
    if lab.session().is_log() {
        choices = vec![tab(Text::Page, Word::AboutLogs)];
    }
    let current = if choices.iter().any(|tab| tab.id == current) { current } else { Text::Page };
    let choose = {
        let desk = desk.clone();
        Callback::from(move |text| desk.dress(|ui| ui.text = text))
    };
    let scenario = lab.session().scenario();
    html! {
        <aside class="text-panel" id="panel-text" aria-label={language.say(Word::Text)}>
            <div class="story">
                <div class="story-head"><h2>{ title_of(scenario, language) }</h2>{ fold }</div>
                <p>{ watch_of(scenario, language) }</p>
            </div>
            <div class="panel-head">{ tabs(language.say(Word::Text), &choices, current, choose) }</div>
            <div class="panel-body" id="text-page" role="tabpanel" tabindex="0" aria-label={language.say(Word::Text)}>
                { match current {
                    Text::Code => code(desk),
                    Text::Rules => rules(desk, lab, language),
                    Text::Page => html! { <ProtocolPage /> },
                } }
            </div>
        </aside>
    }
}

/// The protocol's own page; parsed once, and once more when its pictures look otherwise.
#[component]
fn ProtocolPage() -> Html {
    let desk = use_desk();
    let about = desk.state().lab.about();
    let looks = (about.name, desk.state().ui.theme, desk.language());
    let page = use_memo(looks, |_| markdown(about.page, &|file, alt| figure(&desk, file, alt)));
    html! {
        <>
            { (*page).clone() }
            <p class="faint source">{ about.source }</p>
        </>
    }
}

/// A picture, which is small here and can be shown large.
fn figure(desk: &Desk, file: &str, alt: &str) -> Html {
    let label = desk.language().fill(Word::EnlargePicture, &[("what", alt)]);
    let onclick = {
        let (desk, file, alt) = (desk.clone(), file.to_owned(), alt.to_owned());
        Callback::from(move |_: MouseEvent| picture::show(&desk, &file, &alt))
    };
    html! {
        <button type="button" class="figure-button" {onclick} aria-haspopup="dialog" aria-label={label}>
            <img class="figure" src={picture::address(desk, file)} alt="" loading="lazy" />
        </button>
    }
}

/// While a run plays, a line stays lit for so many wall milliseconds.
const LIT: u64 = 250;

fn code(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let lit = lit(lab);
    let lines = lab.about().lines;
    let mut blocks: Vec<(&str, Vec<(usize, &Line)>)> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        match blocks.last_mut().filter(|(name, _)| *name == line.block) {
            Some((_, all)) => all.push((number, line)),
            None => blocks.push((line.block, vec![(number, line)])),
        }
    }
    let chosen = state.finder.line;
    // All lines are one stop for the Tab key; from there the arrows lead on.
    let stop = chosen.unwrap_or(0);
    let one = |(number, line): &(usize, &Line)| {
        let (on, open) = (lit.contains(number), chosen == Some(*number));
        html! {
            <li class={classes!("code-line", on.then_some("lit"), open.then_some("chosen"))} aria-current={on.then_some("step")}>
                <button type="button" class="code-text" onclick={choose_line(desk, *number)} aria-expanded={open.to_string()}
                    tabindex={if *number == stop { "0" } else { "-1" }} onkeydown={through(".code", ".code-text")}>
                    { for inline(language.of(line.text)) }
                </button>
                if open { { line_actions(desk, *number) } }
            </li>
        }
    };
    let block = |(name, all): &(&str, Vec<(usize, &Line)>)| {
        html! { <section class="code-block"><h3>{ *name }</h3><ol>{ for all.iter().map(one) }</ol></section> }
    };
    html! { <div class="code">{ for blocks.iter().map(block) }</div> }
}

/// A click on a line shows what can be done with it, another one hides that.
fn choose_line(desk: &Desk, number: usize) -> Callback<MouseEvent> {
    let desk = desk.clone();
    Callback::from(move |_| {
        desk.dress_finder(|finder| finder.line = if finder.line == Some(number) { None } else { Some(number) });
    })
}

/// To run until a line of the pseudo-code runs, or to go back to where it did.
fn line_actions(desk: &Desk, number: usize) -> Html {
    let one = |word: Word, sign: Icon, back: bool| {
        let desk_then = desk.clone();
        let onclick =
            Callback::from(move |_: MouseEvent| desk_then.run_until_this(format!("line {}", number + 1), back));
        button(Some(sign), desk.say(word), onclick)
    };
    html! {
        <span class="code-actions" role="group" aria-label={desk.say(Word::AtLine)}>
            { one(Word::RunUntil, Icon::StepOn, false) }{ one(Word::BackTo, Icon::StepBack, true) }
        </span>
    }
}

/// The lines that ran in the event shown; while the run plays, in what happened just now.
fn lit(lab: &Lab) -> Vec<usize> {
    let trace = lab.session().trace();
    let Some(shown) = lab.event_shown() else { return Vec::new() };
    let since = match lab.pace().filter(|_| lab.moving()) {
        Some(pace) => lab.cursor().time.0.saturating_sub(pace.scale(LIT, 1000).0),
        None => u64::MAX,
    };
    let recent = trace.events_in(shown.0.saturating_sub(64)..shown.0 + 1).rev();
    let told = recent.take_while(|(id, row)| (*id == shown && since == u64::MAX) || row.at.0 >= since);
    told.flat_map(|(id, _)| trace.lines_of(id)).map(usize::from).collect()
}

fn rules(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let about = lab.about();
    let expectations = lab.session().expectations();
    html! {
        <>
            if !expectations.is_empty() {
                <section class="part"><h3>{ language.say(Word::Expected) }</h3>
                    <ul class="verdicts">{ for expectations.iter().map(|it| expectation(it, language)) }</ul>
                </section>
            }
            if !about.invariants.is_empty() {
                <section class="part"><h3>{ language.say(Word::MustHold) }</h3>
                    <ul class="verdicts">{ for about.invariants.iter().map(|it| invariant(desk, lab, it, language)) }</ul>
                </section>
            }
            if !about.bugs.is_empty() {
                <section class="part"><h3>{ language.say(Word::Bugs) }</h3>
                    <p class="faint">{ language.say(Word::BugsHow) }</p>
                    <ul class="bugs">{ for about.bugs.iter().map(|it| bug(desk, lab, it, language)) }</ul>
                </section>
            }
        </>
    }
}

fn expectation(outcome: &Outcome, language: Language) -> Html {
    let (class, sign, word) = match outcome.met {
        Some(true) => ("good", Icon::Check, Word::Met),
        Some(false) => ("bad", Icon::Close, Word::NotMet),
        None => ("open", Icon::Slow, Word::Open),
    };
    html! { <li class={class}>{ icon(sign) }<span>{ &outcome.text }<span class="hidden">{ language.say(word) }</span></span></li> }
}

fn invariant(desk: &Desk, lab: &Lab, invariant: &Invariant, language: Language) -> Html {
    let broken = lab.session().violations().iter().find(|it| it.invariant == invariant.name);
    let go = broken.map(|violation| {
        let (desk, event) = (desk.clone(), violation.event);
        let onclick = Callback::from(move |_: MouseEvent| {
            desk.change(|state| state.lab.raise_alarms());
            command::go_to(&desk, event);
        });
        html! { <button type="button" class="link" {onclick}>{ language.fill(Word::BrokenAt, &[("event", &event.to_string())]) }</button> }
    });
    let (class, sign) = if broken.is_some() { ("bad", Icon::Close) } else { ("good", Icon::Check) };
    html! {
        <li class={class} title={invariant.source}>{ icon(sign) }
            <span><strong>{ invariant.name }</strong>{ " " }{ language.of(invariant.statement) }{ " " }{ for go }</span>
        </li>
    }
}

fn bug(desk: &Desk, lab: &Lab, bug: &'static Bug, language: Language) -> Html {
    let on = lab.session().scenario().bugs.iter().any(|name| name == bug.name);
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |_: Event| {
            desk.restart_with(|scenario| {
                scenario.bugs.retain(|name| name != bug.name);
                if !on {
                    scenario.bugs.push(bug.name.to_owned());
                }
            });
        })
    };
    html! {
        <li><label class="check">
            <input type="checkbox" role="switch" checked={on} {onchange} data-bug={bug.name} />
            <span><strong>{ bug.name }</strong>{ " " }{ language.of(bug.what) }
                <span class="faint">{ " " }{ language.fill(Word::Breaks, &[("name", bug.breaks)]) }</span>
            </span>
        </label></li>
    }
}
