//! The command palette: everything that can be done, found by typing.
//!
//! Enter goes by what the field says, however far behind the drawn list is.

use super::dialog::{Frame, close};
use super::network;
use super::use_desk;
use crate::app::beside::name_of;
use crate::app::command::{Command, key_name};
use crate::app::desk::{Desk, Dialog};
use crate::app::icons::{Icon, icon};
use crate::app::offer::{self, Act};
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_scenario::theory::{PAGES, Page};
use netsplit_scenario::{Selection, gallery};
use netsplit_sim::NodeId;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Clone)]
enum Deed {
    Command(Command),
    Act(Act),
    Compare(u32),
    Select(Selection),
    Open(String),
    Theory(&'static Page),
}

#[derive(Clone)]
struct Entry {
    label: String,
    hint: String,
    icon: Icon,
    deed: Deed,
}

/// So many entries are shown at a time.
const SHOWN: usize = 12;
/// Clusters larger than this are searched by selecting first.
const NODES: u16 = 50;

#[component]
pub(crate) fn Palette() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let open = desk.state().ui.dialog == Some(Dialog::Palette);
    let query = use_state(String::new);
    let at = use_state(|| 0usize);
    let all = use_memo(open, |open| if *open { entries(&desk) } else { Vec::new() });
    let onclose = {
        let (query, at) = (query.clone(), at.clone());
        Callback::from(move |()| {
            query.set(String::new());
            at.set(0);
        })
    };
    let found: Vec<&Entry> = search(&all, &query).collect();
    let current = (*at).min(found.len().saturating_sub(1));
    let oninput = {
        let (query, at) = (query.clone(), at.clone());
        Callback::from(move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
            at.set(0);
        })
    };
    let onkeydown = {
        let (desk, at, last) = (desk.clone(), at, found.len().saturating_sub(1));
        let drawn = query.clone();
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => at.set(if current == last { 0 } else { current + 1 }),
                "ArrowUp" => at.set(if current == 0 { last } else { current - 1 }),
                "Enter" => {
                    let written = event.target_unchecked_into::<HtmlInputElement>().value();
                    let row = if written == *drawn { current } else { 0 };
                    let all = entries(&desk);
                    search(&all, &written).nth(row).into_iter().for_each(|entry| run(&desk, entry));
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let option = |(row, entry): (usize, &&Entry)| {
        let onclick = {
            let (desk, entry) = (desk.clone(), (*entry).clone());
            Callback::from(move |_: MouseEvent| run(&desk, &entry))
        };
        html! {
            <li role="option" id={format!("palette-{row}")} class="palette-row" aria-selected={(row == current).to_string()} {onclick}>
                { icon(entry.icon) }<span>{ &entry.label }</span><span class="palette-hint">{ &entry.hint }</span>
            </li>
        }
    };
    html! {
        <Frame of={Dialog::Palette} label={language.say(Word::OpenPalette)} {onclose}>
            <input class="palette-input" role="combobox" aria-expanded="true" aria-controls="palette-list" autofocus=true
                aria-activedescendant={(!found.is_empty()).then(|| format!("palette-{current}"))} autocomplete="off"
                aria-label={language.say(Word::OpenPalette)} placeholder={language.say(Word::PaletteHint)}
                value={(*query).clone()} {oninput} {onkeydown} />
            <ul class="palette-list" id="palette-list" role="listbox" aria-label={language.say(Word::OpenPalette)}>
                { for found.iter().enumerate().map(option) }
            </ul>
            if found.is_empty() { <p class="empty">{ language.say(Word::NothingFound) }</p> }
        </Frame>
    }
}

/// What a query finds, as many as are shown.
fn search<'a>(all: &'a [Entry], query: &'a str) -> impl Iterator<Item = &'a Entry> {
    all.iter().filter(move |entry| matches(&entry.label, query)).take(SHOWN)
}

/// Whether every word of the query is in the label.
fn matches(label: &str, query: &str) -> bool {
    let label = label.to_ascii_lowercase();
    query.to_ascii_lowercase().split_whitespace().all(|word| label.contains(word))
}

fn run(desk: &Desk, entry: &Entry) {
    close(desk, Dialog::Palette);
    match &entry.deed {
        Deed::Command(command) => command.run(desk),
        Deed::Act(act) => desk.act(act),
        Deed::Compare(branch) => desk.compare_with(*branch),
        Deed::Select(thing) => desk.select(Some(*thing)),
        Deed::Open(name) => super::gallery::open_named(desk, name),
        Deed::Theory(page) => desk.go_to_theory(page),
    }
}

/// Everything that can be done now: first with what is selected, then with the page, with every node, with the gallery.
fn entries(desk: &Desk) -> Vec<Entry> {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    if desk.has_theory() {
        return commands(language, Command::is_of_theory).chain(places(language)).collect();
    }
    let mut list = Vec::new();
    let mut offers = |thing: Selection, name: &str| {
        for offer in offer::offers(lab, thing, language) {
            let label = format!("{name}: {}", offer.label);
            list.push(Entry { label, hint: String::new(), icon: offer.icon, deed: Deed::Act(offer.act) });
        }
    };
    match lab.selection {
        Some(thing @ Selection::Message(name)) => offers(thing, &telling::message(lab, name)),
        Some(thing @ Selection::Link(from, to)) => offers(thing, &format!("{} → {}", lab.name(from), lab.name(to))),
        Some(thing @ Selection::Node(node)) => offers(thing, lab.name(node)),
        _ => {}
    }
    for offer in network::offers(lab, language) {
        list.push(Entry { label: offer.label, hint: String::new(), icon: offer.icon, deed: Deed::Act(offer.act) });
    }
    for offer in offer::to_try(lab, language) {
        list.push(Entry { label: offer.label, hint: String::new(), icon: offer.icon, deed: Deed::Act(offer.act) });
    }
    list.extend(commands(language, |command| !matches!(command, Command::Palette | Command::Clear)));
    for branch in lab.branches().all().iter().filter(|branch| branch.number != lab.branches().current()) {
        let label = language.fill(Word::CompareBranch, &[("name", &name_of(branch, language))]);
        list.push(Entry { label, hint: String::new(), icon: Icon::Compare, deed: Deed::Compare(branch.number) });
    }
    let nodes = (0..lab.session().names().len() as u16).take(usize::from(NODES)).map(NodeId);
    for node in nodes {
        let (name, thing) = (lab.name(node), Selection::Node(node));
        let label = language.fill(Word::GoToNode, &[("node", name)]);
        list.push(Entry { label, hint: String::new(), icon: Icon::Target, deed: Deed::Select(thing) });
        if lab.selection != Some(thing) {
            for offer in offer::offers(lab, thing, language) {
                let label = format!("{name}: {}", offer.label);
                list.push(Entry { label, hint: String::new(), icon: offer.icon, deed: Deed::Act(offer.act) });
            }
        }
    }
    list.extend(places(language));
    list
}

fn commands(language: Language, wanted: fn(Command) -> bool) -> impl Iterator<Item = Entry> {
    Command::ALL.iter().copied().filter(move |command| wanted(*command)).map(move |command| {
        let hint = command.keys().first().map(|key| key_name(key, language)).unwrap_or_default();
        let label = language.say(command.word()).to_owned();
        Entry { label, hint, icon: Icon::Target, deed: Deed::Command(command) }
    })
}

/// The runs of the gallery and the pages of theory.
fn places(language: Language) -> impl Iterator<Item = Entry> {
    let open = move |what: &str| format!("{}: {what}", language.say(Word::OpenRun));
    let entry = |label, deed| Entry { label, hint: String::new(), icon: Icon::File, deed };
    let runs = gallery::entries().map(move |run| entry(open(&run.full_name()), Deed::Open(run.full_name())));
    runs.chain(PAGES.iter().map(move |page| {
        entry(open(&format!("theory/{}, {}", page.name, language.of(page.title))), Deed::Theory(page))
    }))
}
