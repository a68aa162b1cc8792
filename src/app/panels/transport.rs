//! The bar at the bottom: playing, stepping, and the time line.

use super::find::breaks_on;
use super::top::run;
use crate::app::command::Command;
use crate::app::desk::Desk;
use crate::app::icons::{Icon, icon};
use crate::app::lab::{Lab, SPEEDS};
use crate::app::stage::Board;
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_exchange::replay::TICK;
use web_sys::HtmlInputElement;
use yew::prelude::*;

pub(crate) fn transport(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    html! {
        <footer class="transport" aria-label={language.say(Word::Transport)}>
            <div class="controls">
            { keys(desk, lab.playing()) }
            { speed(desk, lab, language) }
            { position(desk, lab, language) }
            if !lab.about().measures.is_empty() {
                <button type="button" class="button bare large-only" aria-pressed={state.ui.measures_open.to_string()}
                    onclick={run(desk, Command::FoldMeasures)} title={Command::FoldMeasures.title(language)}
                    aria-label={language.say(Word::Measures)} data-action="measures">{ icon(Icon::Curve) }</button>
            }
            </div>
            { timeline(desk) }
        </footer>
    }
}

/// Playing and stepping.
pub(crate) fn keys(desk: &Desk, playing: bool) -> Html {
    let language = desk.language();
    let play = if playing { (Icon::Pause, Word::Pause) } else { (Icon::Play, Word::Play) };
    let key = |command: Command, which: Icon| {
        html! {
            <button type="button" class="button bare" onclick={run(desk, command)} title={command.title(language)}
                aria-label={language.say(command.word())} aria-keyshortcuts={command.aria_keys()}
                data-action={format!("{command:?}")}>{ icon(which) }</button>
        }
    };
    html! {
        <div class="keys" role="group" aria-label={language.say(Word::Transport)}>
                { key(Command::Start, Icon::First) }
                { key(Command::StepBack, Icon::StepBack) }
                <button type="button" class="button play" onclick={run(desk, Command::PlayPause)} data-action="play"
                    title={Command::PlayPause.title(language)} aria-label={language.say(play.1)}
                    aria-keyshortcuts="Space">{ icon(play.0) }</button>
                { key(Command::StepOn, Icon::StepOn) }
                { key(Command::End, Icon::Last) }
            </div>
    }
}

fn speed(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let oninput = {
        let desk = desk.clone();
        Callback::from(move |speed| desk.change(|state| state.lab.speed = speed))
    };
    let told = match lab.pace() {
        Some(pace) if lab.session().is_log() => {
            let steps = language.fill(Word::Steps, &[("count", &(pace.0 / TICK.0).to_string())]);
            language.fill(Word::PerSecond, &[("span", &steps)])
        }
        Some(pace) => language.fill(Word::PerSecond, &[("span", &telling::span(pace))]),
        None => language.say(Word::AsFastAsItGoes).to_owned(),
    };
    speed_slider(language, lab.speed, SPEEDS.len() - 1, told, oninput)
}

/// How fast it is played: an index into [`SPEEDS`], up to `most`, and what that means.
pub(crate) fn speed_slider(
    language: Language,
    speed: usize,
    most: usize,
    told: String,
    chosen: Callback<usize>,
) -> Html {
    let oninput = chosen.reform(move |event: InputEvent| {
        let field: HtmlInputElement = event.target_unchecked_into();
        field.value().parse().unwrap_or(0).min(most)
    });
    html! {
        <label class="speed" title={format!("{} ({} / {})", language.say(Word::Speed), "−", "+")}>
            <span class="speed-told">{ told.clone() }</span>
            <input type="range" min="0" max={most.to_string()} step="1" value={speed.to_string()}
                aria-label={language.say(Word::Speed)} aria-valuetext={told} {oninput} data-action="speed" />
        </label>
    }
}

fn position(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let cursor = lab.cursor();
    let events = language.fill(Word::EventCount, &[("count", &cursor.events.to_string())]);
    html! {
        <div class="position">
            <span class="clock">{ telling::when(lab, cursor.time) }</span>
            <span class="count">{ breaks_on(desk) }{ events }</span>
        </div>
    }
}

/// The whole run at a glance, as a slider for the keyboard.
fn timeline(desk: &Desk) -> Html {
    let language = desk.language();
    let (now, all, told) = {
        let state = desk.state();
        let cursor = state.lab.cursor();
        (cursor.events, state.lab.session().trace().len(), telling::when(&state.lab, cursor.time))
    };
    let press = pointer(desk, |desk, event| desk.press(Board::Timeline, event));
    let point = pointer(desk, |desk, event| desk.point(Board::Timeline, event));
    let release = pointer(desk, |desk, event| desk.release(Board::Timeline, event));
    let cancel = pointer(desk, |desk, event| desk.lose(event));
    let leave = pointer(desk, |desk, _| desk.leave());
    html! {
        <div class="timeline" role="slider" tabindex="0" aria-label={language.say(Word::Timeline)} aria-valuemin="0"
            aria-valuemax={all.to_string()} aria-valuenow={now.to_string()} aria-valuetext={told}>
            <canvas id={Board::Timeline.id()} aria-hidden="true" onpointerdown={press} onpointermove={point}
                onpointerup={release} onpointercancel={cancel} onpointerleave={leave} />
        </div>
    }
}

/// A callback for what the pointer does on a drawing.
pub(crate) fn pointer(desk: &Desk, act: fn(&Desk, &PointerEvent)) -> Callback<PointerEvent> {
    let desk = desk.clone();
    Callback::from(move |event: PointerEvent| act(&desk, &event))
}
