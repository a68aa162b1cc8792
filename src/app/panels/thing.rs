//! What is selected: what can be done with it, what it is, and what this step changed about it.

use super::controls::button;
use super::form::Asking;
use super::markdown::inline;
use super::network::linked;
use super::tree::tree;
use super::why::Asker;
use crate::app::command;
use crate::app::desk::Desk;
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::{offer, telling};
use crate::locale::{Language, Word};
use netsplit_scenario::{Selection, StateNow};
use netsplit_sim::causality::{Relation, path, relation, vector};
use netsplit_sim::trace::{Fate, MessageRow, What};
use netsplit_sim::{Condition, EventId, MsgName, NodeId, Time};
use yew::prelude::*;

pub(crate) fn selected(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let Some(thing) = lab.selection else {
        return html! { <p class="empty">{ language.say(Word::NothingSelected) }</p> };
    };
    let look = Look { desk, lab, language };
    let body = match thing {
        Selection::Node(node) => look.node(node),
        Selection::Event(event) => look.event(event),
        Selection::Message(name) => look.message(name),
        Selection::Link(from, to) => look.link(from, to),
    };
    let form = state.ui.form.filter(|form| form.subject() == thing);
    html! {
        <div class="thing">
            { look.head(thing) }
            { look.actions(thing) }
            if let Some(form) = form { <Asking key={format!("{form:?}")} {form} /> }
            { body }
        </div>
    }
}

/// More links than this are picked in the cluster.
const MOST_LINKS: usize = 60;

struct Look<'a> {
    desk: &'a Desk,
    lab: &'a Lab,
    language: Language,
}

/// A titled part of the panel.
fn section(title: &str, remark: &str, body: Html) -> Html {
    html! {
        <section class="part">
            <h3>{ title }if !remark.is_empty() { <span class="remark-inline">{ remark }</span> }</h3>
            { body }
        </section>
    }
}

fn fact(name: &str, value: Html) -> Html {
    html! { <div class="tree-row"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

impl Look<'_> {
    fn say(&self, word: Word) -> &'static str {
        self.language.say(word)
    }

    fn head(&self, thing: Selection) -> Html {
        let (title, remark) = match thing {
            Selection::Node(node) => (self.lab.name(node).to_owned(), self.node_remark(node)),
            Selection::Event(event) => {
                let at = self.lab.session().trace().event(event).map(|row| self.at(row.at)).unwrap_or_default();
                (self.language.fill(Word::EventTitle, &[("event", &event.to_string())]), at)
            }
            Selection::Message(name) => {
                let id = self.lab.message(name).and_then(|id| self.lab.session().trace().message(id));
                let kind = id.map_or("", |row| row.tag.name).to_owned();
                (kind, format!("{} → {}", self.lab.name(name.from), self.lab.name(name.to)))
            }
            Selection::Link(from, to) => {
                (format!("{} → {}", self.lab.name(from), self.lab.name(to)), self.say(Word::LinkName).to_owned())
            }
        };
        html! { <h2 class="thing-title">{ title }<span class="thing-remark">{ remark }</span></h2> }
    }

    fn node_remark(&self, node: NodeId) -> String {
        let nodes = self.lab.session().nodes();
        let Some(now) = nodes.get(node.index()) else { return String::new() };
        let stands = match now.condition {
            Condition::Down => self.say(Word::IsDown).to_owned(),
            Condition::Paused => self.say(Word::IsPaused).to_owned(),
            Condition::Up => {
                now.face.as_ref().map(|face| role_word(self.lab, face.role, self.language)).unwrap_or_default()
            }
        };
        match telling::liar(now.manner, self.language) {
            Some(lies) => format!("{stands} · {lies}"),
            None => stands,
        }
    }

    fn actions(&self, thing: Selection) -> Html {
        let offers = offer::offers(self.lab, thing, self.language);
        if offers.is_empty() {
            return Html::default();
        }
        let one = |offer: offer::Offer| {
            let desk = self.desk.clone();
            let onclick = Callback::from(move |_: MouseEvent| desk.act(&offer.act));
            html! { <button type="button" class="button act" {onclick}>{ icon(offer.icon) }<span>{ offer.label }</span></button> }
        };
        html! { <div class="actions" role="group" aria-label={self.say(Word::Actions)}>{ for offers.into_iter().map(one) }</div> }
    }

    fn at(&self, time: Time) -> String {
        telling::when(self.lab, time)
    }

    fn to_event(&self, event: EventId) -> Html {
        let desk = self.desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
        html! { <button type="button" class="link" {onclick}>{ event.to_string() }</button> }
    }
    fn to_thing(&self, thing: Selection, text: String) -> Html {
        let desk = self.desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| desk.select(Some(thing)));
        html! { <button type="button" class="link" {onclick}>{ text }</button> }
    }

    // --- nodes ---

    fn node(&self, node: NodeId) -> Html {
        if self.lab.editing {
            return linked(self.desk, node);
        }
        let Some(state) = self.lab.session().state(node) else { return Html::default() };
        // What an earlier event changed is not news.
        let here = self.lab.cursor().latest().and_then(|id| self.lab.session().trace().event(id));
        let news = here.is_some_and(|row| row.somewhere() == Some(node));
        let before = if news { self.lab.session().state_before(node) } else { None };
        html! {
            <>
                { self.timers(node) }
                { self.state(node, &state, before.as_ref()) }
                { self.clocks(&state, before.as_ref()) }
                { self.disk(node, &state) }
                { self.links(node) }
            </>
        }
    }

    fn timers(&self, node: NodeId) -> Html {
        let nodes = self.lab.session().nodes();
        let timers = nodes.get(node.index()).map_or(&[][..], |now| &now.timers);
        if timers.is_empty() {
            return Html::default();
        }
        let now = self.lab.cursor().time;
        let one = |timer: &netsplit_scenario::TimerNow| {
            let left = telling::span(timer.due.since(now));
            fact(timer.name, html! { self.language.fill(Word::RunsOutIn, &[("span", &left)]) })
        };
        section(self.say(Word::Timers), "", html! { <dl class="tree">{ for timers.iter().map(one) }</dl> })
    }

    fn state(&self, node: NodeId, now: &StateNow, before: Option<&StateNow>) -> Html {
        if self.lab.session().is_log() {
            let logged =
                now.volatile.as_ref().map(|state| tree(state, before.and_then(|it| it.volatile.as_ref()), None));
            return section(self.say(Word::Logged), "", html! { <>{ for logged }</> });
        }
        let asking = |durable| Asker::of(self.desk, node, durable);
        let durable = tree(&now.durable, before.map(|it| &it.durable), Some(&asking(true)));
        let volatile = match &now.volatile {
            Some(state) => tree(state, before.and_then(|it| it.volatile.as_ref()), Some(&asking(false))),
            None => html! { <p class="faint">{ self.say(Word::LostInCrash) }</p> },
        };
        html! {
            <>
                <div data-state="durable">{ section(self.say(Word::Durable), self.say(Word::DurableWhy), durable) }</div>
                <div data-state="volatile">{ section(self.say(Word::Volatile), self.say(Word::VolatileWhy), volatile) }</div>
            </>
        }
    }

    fn clocks(&self, now: &StateNow, before: Option<&StateNow>) -> Html {
        let lamport = now.lamport.to_string();
        let drift = if now.drift == 0 { String::new() } else { format!(" ({:+} ppm)", now.drift) };
        section(
            self.say(Word::Clocks),
            "",
            html! {
                <dl class="tree">
                    { fact(self.say(Word::Lamport), html! { lamport }) }
                    { fact(self.say(Word::Vector), self.vector(&now.vector, before.map(|it| &*it.vector))) }
                    if !self.lab.session().is_log() {
                        { fact(self.say(Word::OwnClock), html! { format!("{}{drift}", self.at(now.clock)) }) }
                    }
                </dl>
            },
        )
    }

    /// A vector clock; the entries that have just grown stand out.
    fn vector(&self, now: &[u32], before: Option<&[u32]>) -> Html {
        let entry = |(at, count): (usize, &u32)| {
            let grown = before.is_some_and(|before| before.get(at) != Some(count));
            let name = self.lab.name(NodeId(at as u16)).to_owned();
            html! { <span class={classes!("stamp", grown.then_some("grown"))} title={name}>{ count }</span> }
        };
        html! { <span class="vector">{ "[" }{ for now.iter().enumerate().map(entry) }{ "]" }</span> }
    }

    fn disk(&self, node: NodeId, state: &StateNow) -> Html {
        if self.lab.session().is_log() {
            return Html::default();
        }
        let unsynced = self.lab.session().nodes().get(node.index()).map_or(0, |now| now.unsynced);
        let lies = if state.disk_lies { self.say(Word::DiskLies) } else { "" };
        section(
            self.say(Word::Disk),
            "",
            html! {
                <dl class="tree">
                    { fact(self.say(Word::WriteTakes), html! { format!("{} {lies}", telling::span(state.disk)) }) }
                    { fact(self.say(Word::Unsynced), html! { unsynced.to_string() }) }
                </dl>
            },
        )
    }

    /// Ways to the node's links, for those who cannot point at them.
    fn links(&self, node: NodeId) -> Html {
        let neighbours = self.lab.session().neighbours(node);
        let one = |to: &NodeId| self.to_thing(Selection::Link(node, *to), format!("→ {}", self.lab.name(*to)));
        let links = neighbours.iter().take(MOST_LINKS).map(one);
        section(self.say(Word::Links), "", html! { <p class="links">{ for links }</p> })
    }

    // --- events ---

    fn event(&self, event: EventId) -> Html {
        let Some(row) = self.lab.session().trace().event(event) else { return Html::default() };
        let mut causes = Vec::new();
        if let Some(cause) = row.cause.some() {
            causes.push(fact(self.say(Word::Cause), self.to_event(cause)));
        }
        if let Some(before) = row.before.some() {
            causes.push(fact(self.say(Word::Before), self.to_event(before)));
        }
        html! {
            <>
                <p class="said">{ telling::event(self.lab, event, self.language) }</p>
                { self.order(event) }
                { self.lines(event) }
                <dl class="tree">
                    if let Some(node) = row.somewhere() {
                        { fact(self.say(Word::NodeName), self.to_thing(Selection::Node(node), self.lab.name(node).to_owned())) }
                    }
                    { for causes }
                    { fact(self.say(Word::Lamport), html! { row.lamport.to_string() }) }
                </dl>
                { self.mail_of(event, row.what) }
                if let Some(node) = row.somewhere() { { self.node_after(node) } }
            </>
        }
    }

    /// How the event is ordered with the one that it is compared with, and what shows it; or the offer to compare it.
    fn order(&self, event: EventId) -> Html {
        let pin = |to: Option<EventId>, word: Word, icon: Icon| {
            let desk = self.desk.clone();
            button(Some(icon), self.say(word), Callback::from(move |_: MouseEvent| desk.pin(to)))
        };
        let Some(pinned) = self.lab.pinned.filter(|pinned| *pinned != event) else {
            let (to, word) = match self.lab.pinned {
                Some(_) => (None, Word::Unpin),
                None => (Some(event), Word::Pin),
            };
            let hint = self.lab.pinned.map(|_| html! { <p class="faint">{ self.say(Word::PinHint) }</p> });
            return html! { <div class="pin" data-pin="">{ pin(to, word, Icon::Target) }{ for hint }</div> };
        };
        let trace = self.lab.session().trace();
        let (word, from, to) = match relation(trace, pinned, event) {
            Relation::Before => (Word::IsAfter, pinned, event),
            Relation::After => (Word::IsBefore, event, pinned),
            Relation::Same | Relation::Concurrent => (Word::IsConcurrent, pinned, event),
        };
        let told = self.language.fill(word, &[("event", &event.to_string()), ("other", &pinned.to_string())]);
        let shown = match path(trace, from, to) {
            Some(path) => {
                let step = |event: &EventId| html! { <li>{ self.to_event(*event) }{ " " }{ telling::event(self.lab, *event, self.language) }</li> };
                html! { <ol class="plain">{ for path.iter().map(step) }</ol> }
            }
            None => self.entries(pinned, event),
        };
        let body = html! { <><p>{ told }</p>{ shown }{ pin(None, Word::Unpin, Icon::Close) }</> };
        html! { <div data-order={format!("{word:?}")}>{ section(self.say(Word::Order), "", body) }</div> }
    }

    /// The entries of two vector clocks that show that neither event knew of the other.
    fn entries(&self, one: EventId, other: EventId) -> Html {
        let (session, trace) = (self.lab.session(), self.lab.session().trace());
        let nodes = session.names().len();
        let entry = |of: EventId, than: EventId| {
            let node = trace.event(of)?.somewhere()?;
            let count = |event: EventId| vector(trace, event, nodes)[node.index()].to_string();
            let (more, less) = (count(of), count(than));
            let gaps = [
                ("node", self.lab.name(node)),
                ("event", &of.to_string()),
                ("more", &more),
                ("other", &than.to_string()),
                ("less", &less),
            ];
            Some(html! { <li>{ self.language.fill(Word::KnowsMore, &gaps) }</li> })
        };
        html! { <ul class="plain">{ for entry(one, other) }{ for entry(other, one) }</ul> }
    }

    /// The node's state right after the event, which is where the cursor stands.
    fn node_after(&self, node: NodeId) -> Html {
        let Some(state) = self.lab.session().state(node) else { return Html::default() };
        let before = self.lab.session().state_before(node);
        html! { <>{ self.state(node, &state, before.as_ref()) }{ self.clocks(&state, before.as_ref()) }</> }
    }

    fn lines(&self, event: EventId) -> Html {
        let lines = self.lab.session().trace().lines_of(event);
        let lines: Vec<_> = lines.filter_map(|line| self.lab.about().lines.get(usize::from(line))).collect();
        if lines.is_empty() {
            return Html::default();
        }
        let one = |line: &netsplit_protocols::Line| {
            html! { <li><span class="block-name">{ line.block }</span>{ for inline(self.language.of(line.text)) }</li> }
        };
        section(self.say(Word::LinesRan), "", html! { <ul class="lines">{ for lines.into_iter().map(one) }</ul> })
    }

    fn mail_of(&self, event: EventId, what: What) -> Html {
        let trace = self.lab.session().trace();
        let came = match what {
            What::Deliver(id) => self.lab.session().message(id),
            _ => None,
        };
        let sent: Vec<_> = trace.sent_by(event).collect();
        let one = |(_, row): (_, &MessageRow)| {
            let text = format!("{} → {}", row.tag.name, self.lab.name(row.name.to));
            html! { <li>{ self.to_thing(Selection::Message(row.name), text) }{ " " }<span class="faint">{ self.fate(row) }</span></li> }
        };
        html! {
            <>
                if let Some(body) = came { { section(self.say(Word::Arrived), "", tree(&body, None, None)) } }
                if !sent.is_empty() {
                    { section(self.say(Word::Sent), "", html! { <ul class="plain">{ for sent.into_iter().map(one) }</ul> }) }
                }
            </>
        }
    }

    // --- messages and links ---

    fn fate(&self, row: &MessageRow) -> String {
        let now = self.lab.cursor().time;
        let over = row.ends <= now;
        let word = match row.fate {
            Fate::Delivered(_) if over => Word::FateDelivered,
            Fate::Lost | Fate::Doomed if over => Word::FateLost,
            Fate::NobodyThere if over => Word::FateNobody,
            Fate::Lost | Fate::Doomed => Word::FateDoomed,
            _ => Word::FateInFlight,
        };
        self.language.fill(word, &[("at", &self.at(row.ends)), ("span", &telling::span(row.ends.since(now)))])
    }

    fn message(&self, name: MsgName) -> Html {
        let Some(id) = self.lab.message(name) else { return Html::default() };
        let Some(row) = self.lab.session().trace().message(id) else { return Html::default() };
        let arrived = match row.fate {
            Fate::Delivered(event) if row.ends <= self.lab.cursor().time => Some(event),
            _ => None,
        };
        let link = Selection::Link(name.from, name.to);
        html! {
            <>
                <p class="said">{ self.fate(row) }</p>
                if self.lab.session().trace().is_lie(id) { <p class="said" data-lie="">{ self.say(Word::IsALie) }</p> }
                <dl class="tree">
                    { fact(self.say(Word::SentAt), html! { <>{ self.at(row.sent) }{ " " }{ for row.cause.some().map(|it| self.to_event(it)) }</> }) }
                    if let Some(event) = arrived { { fact(self.say(Word::ArrivedAt), html! { <>{ self.at(row.ends) }{ " " }{ self.to_event(event) }</> }) } }
                    if !self.lab.session().is_log() {
                        { fact(self.say(Word::Travels), html! { telling::span(row.ends.since(row.sent)) }) }
                    }
                    { fact(self.say(Word::LinkName), self.to_thing(link, format!("{} → {}", self.lab.name(name.from), self.lab.name(name.to)))) }
                    { fact(self.say(Word::Number), html! { (name.nth + 1).to_string() }) }
                </dl>
                if let Some(body) = self.lab.session().message(id) { { section(self.say(Word::Body), "", tree(&body, None, None)) } }
            </>
        }
    }

    fn link(&self, from: NodeId, to: NodeId) -> Html {
        if self.lab.session().is_log() {
            return Html::default();
        }
        html! { <>{ self.one_way(from, to) }{ self.one_way(to, from) }</> }
    }

    fn one_way(&self, from: NodeId, to: NodeId) -> Html {
        let network = self.lab.session().network();
        let link = network.link(from, to);
        let title = format!("{} → {}", self.lab.name(from), self.lab.name(to));
        let severed = network.severed(from, to);
        let carried = if severed { self.say(Word::Severed) } else { self.say(Word::Carries) };
        let mail = self.lab.session().in_flight().iter().filter(|it| it.name.from == from && it.name.to == to).count();
        let behaviour = serde_json::to_value(link).unwrap_or_default();
        section(
            &title,
            carried,
            html! {
                <>
                    { tree(&behaviour, None, None) }
                    <dl class="tree">{ fact(self.say(Word::InFlight), html! { mail.to_string() }) }</dl>
                </>
            },
        )
    }
}

/// A role's word, or its name if the protocol has none for it.
pub(crate) fn role_word(lab: &Lab, role: &str, language: Language) -> String {
    lab.role(role).map_or(role, |role| language.of(role.word)).to_owned()
}
