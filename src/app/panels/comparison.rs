//! Two branches side by side: their space-time diagrams one above the other, and what differs in words.

use super::controls::{icon_button, roving};
use super::middle::{Drawing, alarm};
use super::top::run;
use super::tree::plain;
use super::trouble;
use crate::app::beside::{Beside, name_of_number};
use crate::app::command::{self, Command};
use crate::app::desk::{Desk, Place};
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::stage::Board;
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_scenario::compare::{Field, Parting, Side, fields};
use netsplit_scenario::{Selection, StateNow};
use netsplit_sim::trace::EventRow;
use netsplit_sim::{EventId, NodeId};
use serde_json::{Map, Value};
use std::sync::LazyLock;
use yew::prelude::*;

/// So many differences are listed.
const LISTED: usize = 60;
/// So many nodes' states are shown beside each other.
const STATES: usize = 8;
/// A run of more events is long.
const LONG: u32 = 20_000;
/// So many nodes are counted in the table.
const NODES: usize = 60;

/// The letters of the two runs.
fn letter(side: Side) -> &'static str {
    match side {
        Side::Here => "A",
        Side::There => "B",
    }
}

/// Two runs, to be told of.
struct Pair<'a> {
    desk: &'a Desk,
    lab: &'a Lab,
    beside: &'a Beside,
    language: Language,
}

/// The two diagrams.
pub(super) fn comparison(desk: &Desk) -> Html {
    let state = desk.state();
    let Some(beside) = &state.beside else { return Html::default() };
    let pair = Pair { desk, lab: &state.lab, beside, language: state.ui.language };
    let parting = beside.comparison().parting();
    html! {
        <main class="middle">
            { trouble(desk, Place::Address) }
            { alarm(desk, &state.lab, state.ui.language) }
            <section class="board comparison" aria-label={pair.say(Word::CompareBranches)} data-compare={beside.number().to_string()}
                data-differ-here={pair.count(Side::Here)} data-differ-there={pair.count(Side::There)}
                data-parting={parting.map(|it| it.at.0.to_string())} data-beside-time={beside.session().cursor().time.0.to_string()}>
                { pair.head(parting) }
                { pair.caption(Side::Here) }
                <Drawing key="space-time" board={Board::SpaceTime} />
                { pair.caption(Side::There) }
                <Drawing key="beside" board={Board::Beside} />
            </section>
        </main>
    }
}

/// What differs, in words: where the runs part, how much differs at which node, states field by field, and the first events.
pub(super) fn differences(desk: &Desk) -> Html {
    let state = desk.state();
    let Some(beside) = &state.beside else { return Html::default() };
    let pair = Pair { desk, lab: &state.lab, beside, language: state.ui.language };
    html! {
        <div class="thing differences" data-differences="">
            <h2 class="hidden">{ pair.say(Word::Comparison) }</h2>
            <ul class="plain pair-names">
                { for Side::BOTH.into_iter().map(|side| html! { <li>{ pair.badge(side) }{ pair.name(side) }</li> }) }
            </ul>
            <p class="said">{ pair.told(beside.comparison().parting()) }</p>
            { pair.states() }
            { pair.by_node() }
            { pair.first() }
        </div>
    }
}

impl Pair<'_> {
    fn say(&self, word: Word) -> &'static str {
        self.language.say(word)
    }
    /// The run of a side.
    fn run(&self, side: Side) -> &Lab {
        match side {
            Side::Here => self.lab,
            Side::There => self.beside.lab(),
        }
    }
    /// The branch's name.
    fn name(&self, side: Side) -> String {
        let number = match side {
            Side::Here => self.lab.branches().current(),
            Side::There => self.beside.number(),
        };
        name_of_number(self.lab, number, self.language)
    }
    fn badge(&self, side: Side) -> Html {
        html! { <abbr class={classes!("side", letter(side))} title={self.name(side)}>{ letter(side) }</abbr> }
    }
    fn count(&self, side: Side) -> String {
        self.beside.comparison().differing(side).len().to_string()
    }
    fn event(&self, side: Side, event: EventId) -> String {
        telling::event(self.run(side), event, self.language)
    }
    fn node(&self, node: NodeId) -> String {
        if node == EventRow::NOWHERE {
            self.say(Word::NetworkAsAWhole).to_owned()
        } else {
            self.lab.name(node).to_owned()
        }
    }
    fn is_otherwise(&self, side: Side, event: EventId) -> bool {
        self.beside.comparison().counterpart(side, event).is_some()
    }
    fn part_words(&self, parting: Parting, alone: Word, otherwise: Word) -> String {
        let Parting { at, event, side } = parting;
        let word = if self.is_otherwise(side, event) { otherwise } else { alone };
        let (at, said) = (telling::moment(at), self.event(side, event));
        let gaps = [("at", at.as_str()), ("event", &said), ("name", letter(side)), ("other", letter(side.other()))];
        self.language.fill(word, &gaps)
    }
    fn told(&self, parting: Option<Parting>) -> String {
        match parting {
            Some(parting) => self.part_words(parting, Word::PartHere, Word::PartOtherwise),
            None => {
                let until = telling::moment(self.beside.comparison().until());
                self.language.fill(Word::NothingDiffers, &[("at", &until)])
            }
        }
    }

    // --- above the diagrams ---

    fn head(&self, parting: Option<Parting>) -> Html {
        let step =
            |command: Command, icon: Icon| icon_button(icon, &command.title(self.language), run(self.desk, command));
        let first = {
            let desk = self.desk.clone();
            Callback::from(move |_: MouseEvent| desk.go_to_parting())
        };
        let stop = {
            let desk = self.desk.clone();
            Callback::from(move |_: MouseEvent| desk.stop_comparing())
        };
        let name = self.say(Word::FirstDifference);
        html! {
            <div class="comparison-head">
                <p role="status">{ self.told(parting) }</p>
                <div class="comparison-tools" role="toolbar" aria-label={self.say(Word::Comparison)}>
                    if parting.is_some() {
                        <button type="button" class="button" onclick={first} aria-label={name} title={name}>
                            { icon(Icon::Target) }<span class="large-only">{ name }</span>
                        </button>
                        { step(Command::PreviousDifference, Icon::StepBack) }
                        { step(Command::NextDifference, Icon::StepOn) }
                    }
                    { step(Command::ShowAll, Icon::Fit) }
                    { icon_button(Icon::Close, &format!("{} (Esc)", self.say(Word::StopComparing)), stop) }
                </div>
            </div>
        }
    }

    fn caption(&self, side: Side) -> Html {
        let all = self.beside.comparison().compared(side).to_string();
        let gaps = [("count", self.count(side)), ("all", all)];
        let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
        let mut told = self.language.fill(Word::EventsDiffer, &gaps);
        // What only one of them has come to is faded, but not because it is the same.
        let until = self.beside.comparison().until();
        if self.run(side).session().recorded_until() > until {
            let until = telling::moment(until);
            told = format!("{told} · {}", self.language.fill(Word::ComparedUntil, &[("at", &until)]));
        }
        html! {
            <p class="comparison-name">
                { self.badge(side) }<strong>{ self.name(side) }</strong>
                <span class="faint">{ told }</span>
            </p>
        }
    }

    // --- states ---

    /// The node that is looked at, or else those whose states differ at this moment, field by field.
    fn states(&self) -> Html {
        let now = telling::moment(self.lab.cursor().time);
        if let Some(node) = self.beside.node(self.lab) {
            return self.state_of(node, &now, true);
        }
        // While a long run plays, nobody could read them, and to look so many of them up takes longer than a frame.
        if self.lab.moving() && self.lab.session().trace().len() > LONG {
            return Html::default();
        }
        let differing: Vec<Html> = self
            .nodes_apart()
            .take(2 * STATES)
            .filter(|node| self.lab.session().state(*node).zip(self.beside.session().state(*node)).is_some_and(differs))
            .take(STATES)
            .map(|node| self.state_of(node, &now, false))
            .collect();
        if differing.is_empty() {
            return html! { <p class="faint" data-states="same">{ self.say(Word::StatesSame) }</p> };
        }
        html! { <>{ for differing }</> }
    }

    /// The nodes that may stand otherwise in the other run: all but those whose latest event is equal in both.
    fn nodes_apart(&self) -> impl Iterator<Item = NodeId> {
        let comparison = self.beside.comparison();
        let (here, there) = (self.lab.session().nodes(), self.beside.session().nodes());
        here.into_iter().zip(there).filter_map(move |(here, there)| {
            let equal = here.latest.is_none_or(|event| !comparison.differs(Side::Here, event));
            let same = equal && here.latest.and_then(|event| comparison.counterpart(Side::Here, event)) == there.latest;
            (!same).then_some(here.id)
        })
    }

    fn state_of(&self, node: NodeId, now: &str, sole: bool) -> Html {
        let states = (self.lab.session().state(node), self.beside.session().state(node));
        let (Some(here), Some(there)) = states else { return Html::default() };
        let first = match self.beside.comparison().parting_at(node) {
            Some(parting) => self.part_words(parting, Word::DiffersFirst, Word::DiffersFirstOtherwise),
            None => self.say(Word::NodeNeverDiffers).to_owned(),
        };
        let all = all_fields(&here, &there);
        let (apart, alike): (Vec<&Field>, Vec<&Field>) = all.iter().partition(|field| field.differs());
        let agree = self.language.fill(Word::FieldsAgree, &[("count", &alike.len().to_string())]);
        html! {
            <section class="part" data-state-of={self.node(node)} data-fields={apart.len().to_string()}>
                <h3>{ self.language.fill(Word::StateOf, &[("node", &self.node(node))]) }<span class="remark-inline">{ now }</span></h3>
                if sole { <p class="said">{ first }</p> }
                if apart.is_empty() {
                    <p class="faint">{ self.say(Word::StateSame) }</p>
                } else {
                    { self.table(&apart) }
                }
                if sole && !alike.is_empty() {
                    <details class="alike"><summary>{ agree }</summary>{ self.table(&alike) }</details>
                }
            </section>
        }
    }

    fn table(&self, rows: &[&Field]) -> Html {
        let row = |field: &&Field| {
            html! {
                <tr class={classes!(field.differs().then_some("apart"))}>
                    <th scope="row">{ if field.path.is_empty() { self.say(Word::WholeState) } else { &field.path } }</th>
                    <td>{ short(field.here) }</td>
                    <td>{ short(field.there) }</td>
                </tr>
            }
        };
        html! {
            <table class="fields">
                <thead><tr>
                    <th scope="col">{ self.say(Word::FieldName) }</th>
                    { for Side::BOTH.into_iter().map(|side| html! { <th scope="col">{ self.badge(side) }</th> }) }
                </tr></thead>
                <tbody>{ for rows.iter().map(row) }</tbody>
            </table>
        }
    }

    // --- events ---

    /// How many events differ at each node, and since when.
    fn by_node(&self) -> Html {
        let comparison = self.beside.comparison();
        let nodes = (0..self.lab.session().names().len() as u16).map(NodeId).chain([EventRow::NOWHERE]);
        let apart = nodes.filter_map(|node| Some((node, comparison.parting_at(node)?)));
        let row = |(node, parting): (NodeId, Parting)| {
            let desk = self.desk.clone();
            let select = Callback::from(move |_: MouseEvent| desk.select(Some(Selection::Node(node))));
            let count = |side| html! { <td class="number">{ comparison.differing_at(side, node) }</td> };
            html! {
                <tr data-apart={self.node(node)}>
                    <th scope="row">
                        if node == EventRow::NOWHERE {
                            { self.node(node) }
                        } else {
                            <button type="button" class="link" onclick={select}>{ self.node(node) }</button>
                        }
                    </th>
                    { for Side::BOTH.into_iter().map(count) }
                    <td class="number">{ self.to_event(parting.side, parting.event, telling::moment(parting.at)) }</td>
                </tr>
            }
        };
        let rows: Vec<Html> = apart.take(NODES).map(row).collect();
        if rows.is_empty() {
            return Html::default();
        }
        html! {
            <section class="part">
                <h3>{ self.say(Word::DifferByNode) }</h3>
                <table class="fields counts">
                    <thead><tr>
                        <th scope="col">{ self.say(Word::NodeName) }</th>
                        { for Side::BOTH.into_iter().map(|side| html! { <th scope="col" class="number">{ self.badge(side) }</th> }) }
                        <th scope="col" class="number">{ self.say(Word::FirstAt) }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </section>
        }
    }

    fn go(&self, side: Side, event: EventId) -> Callback<MouseEvent> {
        let desk = self.desk.clone();
        Callback::from(move |_: MouseEvent| match side {
            Side::Here => command::go_to(&desk, event),
            Side::There => desk.choose_beside(event),
        })
    }
    fn to_event(&self, side: Side, event: EventId, text: String) -> Html {
        html! { <button type="button" class="link" onclick={self.go(side, event)}>{ text }</button> }
    }

    /// The first events that differ: the diagrams' twin.
    fn first(&self) -> Html {
        let comparison = self.beside.comparison();
        let mut list: Vec<Parting> = Vec::new();
        for side in Side::BOTH {
            let trace = self.run(side).session().trace();
            let some = comparison.differing(side).iter().take(LISTED);
            list.extend(some.filter_map(|event| Some(Parting { at: trace.event(*event)?.at, event: *event, side })));
        }
        list.sort_unstable();
        list.truncate(LISTED);
        if list.is_empty() {
            return Html::default();
        }
        let (shown, all) =
            (list.len(), Side::BOTH.into_iter().map(|side| comparison.differing(side).len()).sum::<usize>());
        let row = |(at, parting): (usize, &Parting)| {
            let Parting { event, side, .. } = *parting;
            let word = if self.is_otherwise(side, event) { Word::OtherwiseIn } else { Word::OnlyIn };
            let gap = [("name", letter(side))];
            html! {
                <li><button type="button" class="row" onclick={self.go(side, event)} onkeydown={roving(at, shown)}
                    data-difference={letter(side)} title={self.language.fill(word, &gap)}>
                    <span class="row-at">{ telling::moment(parting.at) }</span>
                    { self.badge(side) }
                    <span class="row-text">{ self.event(side, event) }</span>
                    <span class="hidden">{ self.language.fill(word, &gap) }</span>
                </button></li>
            }
        };
        html! {
            <section class="part">
                <h3>{ self.say(Word::FirstDifferences) }</h3>
                <ol class="rows" aria-label={self.say(Word::FirstDifferences)}>{ for list.iter().enumerate().map(row) }</ol>
                if all > shown {
                    <p class="faint">{ self.language.fill(Word::MoreDifferences, &[("count", &(all - shown).to_string())]) }</p>
                }
            </section>
        }
    }
}

fn differs((here, there): (StateNow, StateNow)) -> bool {
    here.durable != there.durable || here.volatile != there.volatile
}

/// What a node has of a state that is not there.
static NOTHING: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

/// All of a node's state, field by field; what a crash has taken is nothing.
fn all_fields<'a>(here: &'a StateNow, there: &'a StateNow) -> Vec<Field<'a>> {
    let volatile = |state: &'a StateNow| state.volatile.as_ref().unwrap_or(&NOTHING);
    let mut all = fields(&here.durable, &there.durable);
    all.extend(fields(volatile(here), volatile(there)));
    all
}

/// A value as it fits a cell.
fn short(value: Option<&Value>) -> String {
    const MOST: usize = 80;
    let Some(value) = value else { return "–".to_owned() };
    let text = plain(value).unwrap_or_else(|| telling::brief(value));
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
