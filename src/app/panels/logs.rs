//! Opening the log of a real system: a file, chosen or dropped anywhere on the page, or pasted; how it is to be read; and
//! which of its executions.

use super::controls::button;
use super::dialog::{self, Frame, close, head};
use super::use_desk;
use crate::app::browser;
use crate::app::desk::{Desk, Dialog};
use crate::app::icons::Icon;
use crate::locale::Word;
use netsplit_exchange::Replay;
use netsplit_exchange::shiviz::{self, CLOCK_FIRST, Execution, Flaw, USUAL_PARSER};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The longest log that is read, in bytes: a browser's memory ends before a file does.
const LONGEST: f64 = 268_435_456.0;
/// Longer texts than this are not put into the field: it would take longer than reading them.
const EDITABLE: usize = 100_000;
/// More executions than this are not listed.
const MOST: usize = 200;

/// A log, and how it is to be read.
#[derive(Clone, Default)]
struct Draft {
    /// Its file's name; empty if it was pasted.
    name: String,
    text: Rc<str>,
    parser: String,
    delimiter: String,
}

/// What came of reading.
#[derive(Clone, Default)]
enum Reading {
    #[default]
    NotYet,
    UnderWay,
    Wrong(String),
    Found(Rc<Vec<Execution>>),
}

/// The log that lies on the dialog: shared, since files can be dropped while it is closed.
#[derive(Clone, Default)]
pub(crate) struct Import {
    draft: Draft,
    reading: Reading,
}

#[component]
pub(crate) fn Logs() -> Html {
    let desk = use_desk();
    html! {
        <Frame of={Dialog::Log} label={desk.say(Word::OpenLog)}>
            { head(&desk, Dialog::Log, Word::OpenLog, Html::default()) }
            <div class="dialog-body"><Choosing /></div>
        </Frame>
    }
}

#[component]
fn Choosing() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let Import { draft, reading } = desk.state().ui.import.clone();
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let field: HtmlInputElement = event.target_unchecked_into();
            let file = field.files().and_then(|files| files.get(0));
            file.into_iter().for_each(|file| take(&desk, file));
            field.set_value(""); // So that the same file can be chosen again.
        })
    };
    let written = |set: fn(&mut Draft, String)| {
        let desk = desk.clone();
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            desk.dress(|ui| set(&mut ui.import.draft, text));
        })
    };
    let oninput = {
        let desk = desk.clone();
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlTextAreaElement>().value();
            desk.dress(|ui| {
                ui.import = Import {
                    draft: Draft { name: String::new(), text: text.into(), ..ui.import.draft.clone() },
                    reading: Reading::NotYet,
                };
            });
        })
    };
    let again = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| read(&desk))
    };
    let field = |id: &'static str, word: Word, value: String, hint: &'static str, oninput: Callback<InputEvent>| {
        html! {
            <label class="log-field" for={id}><span>{ language.say(word) }</span>
                <input {id} class="field mono" type="text" autocomplete="off" spellcheck="false" {value} placeholder={hint} {oninput} /></label>
        }
    };
    let parser = |parser: &'static str, word: Word| {
        let desk = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            desk.dress(|ui| ui.import.draft.parser = parser.to_owned());
            read(&desk);
        });
        button(None, language.say(word), onclick)
    };
    let long = draft.text.len() > EDITABLE;
    html! {
        <div class="writing" data-log="">
            <p id="log-how">{ language.say(Word::LogHow) }</p>
            <label class="file-choice"><span>{ language.say(Word::ChooseFile) }</span>
                <input type="file" accept=".log,.txt,text/plain" {onchange} data-log-file="" /></label>
            if long {
                <p class="faint" data-log-size="">{ language.fill(Word::LogTooLongToShow, &[("name", &draft.name), ("size", &size(draft.text.len()))]) }</p>
            } else {
                <textarea class="field writing-text" rows="12" spellcheck="false" aria-describedby="log-how"
                    aria-label={language.say(Word::LogText)} value={draft.text.to_string()} {oninput} />
            }
            { field("log-parser", Word::LogParser, draft.parser.clone(), USUAL_PARSER, written(|draft, text| draft.parser = text)) }
            <p class="log-parsers">{ parser(USUAL_PARSER, Word::EventFirst) }{ parser(CLOCK_FIRST, Word::ClockFirst) }</p>
            { field("log-delimiter", Word::LogDelimiter, draft.delimiter.clone(), "", written(|draft, text| draft.delimiter = text)) }
            <div class="form-actions">{ button(Some(Icon::File), language.say(Word::ReadLog), again) }</div>
            { outcome(&desk, &reading) }
        </div>
    }
}

/// What is wrong with the log, or what is in it.
fn outcome(desk: &Desk, reading: &Reading) -> Html {
    let language = desk.language();
    let all = match reading {
        Reading::NotYet => return Html::default(),
        Reading::UnderWay => return html! { <p role="status">{ language.say(Word::ReadingLog) }</p> },
        Reading::Wrong(reason) => return html! { <p class="wrong" role="alert" data-log-error="">{ reason }</p> },
        Reading::Found(all) => all,
    };
    let row = |(place, execution): (usize, &Execution)| {
        let onclick = {
            let desk = desk.clone();
            Callback::from(move |_: MouseEvent| open(&desk, place))
        };
        let name = if execution.name.is_empty() { format!("{}", place + 1) } else { execution.name.clone() };
        let counts = [
            ("events", execution.events.len().to_string()),
            ("hosts", execution.hosts.len().to_string()),
            ("edges", execution.edges().to_string()),
        ];
        let counts = counts.each_ref().map(|(name, value)| (*name, value.as_str()));
        html! {
            <li><button type="button" class="row" {onclick} data-execution={name.clone()}>
                <span class="row-name">{ name }</span>
                <span class="row-role">{ language.fill(Word::LogCounts, &counts) }</span>
            </button></li>
        }
    };
    let beyond = all.len().saturating_sub(MOST);
    html! {
        <section class="part" aria-label={language.say(Word::Executions)}>
            <h3>{ language.say(Word::Executions) }<span class="remark-inline">{ all.len() }</span></h3>
            <ul class="rows">{ for all.iter().take(MOST).enumerate().map(row) }</ul>
            if beyond > 0 { <p class="faint">{ language.fill(Word::AndMore, &[("count", &beyond.to_string())]) }</p> }
        </section>
    }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// Takes up a file, and reads it.
fn take(desk: &Desk, file: File) {
    let name = file.name();
    if file.size() > LONGEST {
        let reason = format!("{name}: {} bytes, at most {LONGEST} are read", file.size());
        return desk.dress(|ui| ui.import = Import { reading: Reading::Wrong(reason), ..Import::default() });
    }
    let desk = desk.clone();
    spawn_local(async move {
        match JsFuture::from(file.text()).await.ok().and_then(|read| read.as_string()) {
            Some(text) => {
                desk.dress(|ui| ui.import.draft = Draft { name, text: text.into(), ..ui.import.draft.clone() });
                read(&desk);
            }
            None => desk.dress(|ui| ui.import.reading = Reading::Wrong(name)),
        }
    });
}

/// Reads the log as its draft says. A log of a single execution is opened at once.
fn read(desk: &Desk) {
    desk.dress(|ui| ui.import.reading = Reading::UnderWay);
    let desk = desk.clone();
    spawn_local(async move {
        browser::after_painting().await;
        let draft = desk.state().ui.import.draft.clone();
        let (parser, found) = executions(&draft);
        let single = matches!(&found, Ok(all) if all.len() == 1);
        desk.dress(|ui| {
            ui.import.draft.parser = parser.unwrap_or_default();
            ui.import.reading = match found {
                Ok(all) => Reading::Found(all.into()),
                Err(flaw) => Reading::Wrong(flaw.to_string()),
            };
        });
        if single {
            open(&desk, 0);
        }
    });
}

/// What is in a log, and by which parser it was found if not by the usual one. Who names none gets the second most usual, too.
fn executions(draft: &Draft) -> (Option<String>, Result<Vec<Execution>, Flaw>) {
    let asked = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (parser, delimiter) = (asked(&draft.parser), asked(&draft.delimiter));
    let by = |parser: Option<&str>| shiviz::read_file(&draft.text, parser, delimiter.as_deref());
    match by(parser.as_deref()) {
        Err(flaw) if parser.is_none() => match by(Some(CLOCK_FIRST)) {
            Ok(all) => (Some(CLOCK_FIRST.to_owned()), Ok(all)),
            Err(_) => (None, Err(flaw)),
        },
        found => (parser, found),
    }
}

/// Puts an execution on the table.
fn open(desk: &Desk, place: usize) {
    let import = desk.state().ui.import.clone();
    let Reading::Found(all) = &import.reading else { return };
    let Some(execution) = all.get(place) else { return };
    let replay = Replay::new(execution.clone(), &import.draft.name);
    close(desk, Dialog::Log);
    desk.run_log(Box::new(replay));
}

/// Files may be dropped anywhere on the page; what is no scenario is a log.
pub(crate) fn heed_drops(desk: &Desk) {
    let window = browser::window();
    browser::listen(&window, "dragover", |event: DragEvent| event.prevent_default());
    let desk = desk.clone();
    browser::listen(&window, "drop", move |event: DragEvent| {
        if event.default_prevented() {
            return; // Somebody has taken it.
        }
        event.prevent_default();
        let files = event.data_transfer().and_then(|data| data.files());
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        desk.dress(|ui| ui.dialog = Some(Dialog::Log));
        dialog::show(Dialog::Log);
        take(&desk, file);
    });
}
