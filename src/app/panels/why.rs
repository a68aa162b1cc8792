//! Why something is as it is, in sentences: who wrote it, step by step further back, and what it needed.

use super::controls::{button, icon_button};
use super::events::changed;
use super::use_desk;
use crate::app::desk::{Desk, Detail, Small};
use crate::app::icons::Icon;
use crate::app::lab::Lab;
use crate::app::telling;
use crate::app::why::{Subject, Why};
use crate::app::{browser, command};
use crate::locale::{Language, Word};
use netsplit_scenario::why::{Answer, Field, Link, Reason, Unanswered};
use netsplit_sim::{EventId, Evidence, NodeId, Violation};
use web_sys::HtmlElement;
use yew::prelude::*;

/// Where the callout of a violation lies over the panels, as main.css has it.
const SMALL: &str = "(max-width: 860px)";
/// Longer lists are cut off.
const MOST: usize = 200;

/// What the inspector says of it, above what is selected.
pub(super) fn why(desk: &Desk) -> Html {
    let state = desk.state();
    let Some(why) = state.inquiry.why() else { return Html::default() };
    let key = format!("{:?} {:?}", why.subject, why.at);
    let asked = matches!(why.subject, Subject::Field(..));
    html! { <Answered {key} {asked} /> }
}

#[derive(Properties, PartialEq)]
struct AnsweredProps {
    /// Whether a person asked: then this is where to look now.
    asked: bool,
}

#[component]
fn Answered(props: &AnsweredProps) -> Html {
    let (desk, heading) = (use_desk(), use_node_ref());
    {
        let (heading, asked) = (heading.clone(), props.asked);
        use_effect_with((), move |()| {
            if let Some(heading) = heading.cast::<HtmlElement>().filter(|_| asked) {
                let _ = heading.focus();
            }
        });
    }
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let Some(why) = state.inquiry.why() else { return Html::default() };
    let title = match &why.subject {
        Subject::Field(node, field) => {
            language.fill(Word::WhyField, &[("node", lab.name(*node)), ("field", &field.to_string())])
        }
        Subject::Violation(invariant) => language.fill(Word::WhyViolated, &[("name", invariant)]),
    };
    let close = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|state| state.inquiry.put_away());
        })
    };
    let subject = match &why.subject {
        Subject::Field(..) => "field",
        Subject::Violation(_) => "violation",
    };
    html! {
        <section class="part why" aria-label={title.clone()} data-why={subject} aria-busy={why.works().to_string()}>
            <div class="why-head">
                <h2 ref={heading} tabindex="-1">{ title }</h2>
                { icon_button(Icon::Close, language.say(Word::WhyPutAway), close) }
            </div>
            { match &why.subject {
                Subject::Field(..) => writes(&desk, lab, why, language),
                Subject::Violation(invariant) => shown(&desk, lab, invariant, language),
            } }
            { needed(&desk, lab, why, language) }
        </section>
    }
}

/// What shows a violation, if no callout does.
fn shown(desk: &Desk, lab: &Lab, invariant: &str, language: Language) -> Html {
    let called_out = lab.alarm().is_some_and(|violation| violation.invariant == invariant);
    let violation = lab.session().violations().iter().find(|it| it.invariant == invariant && !called_out);
    violation.map_or_else(Html::default, |violation| evidence(desk, lab, violation, language))
}

/// What shows a violation.
pub(super) fn evidence(desk: &Desk, lab: &Lab, violation: &Violation, language: Language) -> Html {
    let piece = |piece: &Evidence| {
        let (desk, event) = (desk.clone(), piece.event);
        let go = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
        html! {
            <li>
                <strong>{ lab.name(piece.node) }</strong>{ " " }{ &piece.text }{ " " }
                <button type="button" class="link" onclick={go}>
                    { language.fill(Word::GoToEvent, &[("event", &event.to_string())]) }
                </button>
            </li>
        }
    };
    html! { <ul>{ for violation.evidence.iter().map(piece) }</ul> }
}

/// The writes of a field and what triggered them.
fn writes(desk: &Desk, lab: &Lab, why: &Why, language: Language) -> Html {
    let Some(chain) = &why.chain else {
        let word = if why.works() { Word::WhySearching } else { Word::WhyNeverWritten };
        return html! { <p class="said" role="status">{ language.say(word) }</p> };
    };
    let further = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|state| {
                let crate::app::desk::State { lab, inquiry, .. } = state;
                inquiry.further(lab);
            });
        })
    };
    let name = chain.field.as_ref().map(Field::name).unwrap_or_default();
    let row = |link: &Link| row(desk, lab, why, link.event, reason(lab, link, &name, language), language);
    html! {
        <>
            <ol class="rows" data-why-list="writes">{ for chain.links.iter().rev().take(MOST).rev().map(row) }</ol>
            if chain.goes_on(lab.session().trace()) {
                <p class="why-more">{ button(Some(Icon::StepBack), language.say(Word::WhyFurther), further) }</p>
            }
        </>
    }
}

fn reason(lab: &Lab, link: &Link, field: &str, language: Language) -> String {
    match &link.reason {
        Reason::Wrote { was, is } => change(field, &was.to_string(), &is.to_string()),
        Reason::Sent(by) => {
            let trace = lab.session().trace();
            let message = trace.event(*by).and_then(|row| match row.what {
                netsplit_sim::trace::What::Deliver(id) => trace.message(id),
                _ => None,
            });
            let name = message.map_or("", |message| message.tag.name);
            language.fill(Word::WhySent, &[("message", name), ("event", &by.to_string())])
        }
        Reason::Armed(by) => language.fill(Word::WhyArmed, &[("event", &by.to_string())]),
        Reason::Stored(by) => language.fill(Word::WhyStored, &[("event", &by.to_string())]),
        Reason::Shows => String::new(),
    }
}

/// What a field was, and is.
pub(super) fn change(field: &str, was: &str, is: &str) -> String {
    format!("{field}: {was} → {is}")
}

/// What it needed: by these events alone it comes about, and none can be left out.
fn needed(desk: &Desk, lab: &Lab, why: &Why, language: Language) -> Html {
    let said = match (&why.answer, why.works()) {
        (Some(Ok(answer)), _) => counted(answer, language),
        (Some(Err(Unanswered::NoSuchEvents | Unanswered::NotInTheRun)), _) => {
            language.say(Word::WhyNoEvents).to_owned()
        }
        (None, true) if why.chain.is_some() => language.say(Word::WhyLooking).to_owned(),
        (None, _) => return Html::default(),
    };
    let found = matches!(why.answer, Some(Ok(_)));
    let events = why.events();
    let changes = |event: &EventId| {
        let passage = why.passages.iter().find(|passage| passage.event == *event);
        passage.map(|passage| changed(&passage.changes, language)).unwrap_or_default()
    };
    let row = |event: &EventId| row(desk, lab, why, *event, changes(event), language);
    let list = found || matches!(why.subject, Subject::Violation(_));
    html! {
        <>
            <h3 class="why-needed">{ language.say(Word::WhyNeeded) }</h3>
            <p class="said" role="status" data-why-count="">{ said }</p>
            if list {
                { stepper(desk, lab, &events, language) }
                <ol class="rows" data-why-list="needed">{ for events.iter().take(MOST).map(row) }</ol>
            }
        </>
    }
}

fn counted(answer: &Answer, language: Language) -> String {
    let (count, of) = (answer.events.len(), answer.of);
    let word = match (count, answer.minimal) {
        (0, _) => Word::WhyNothing,
        (_, true) => Word::WhyCount,
        (_, false) => Word::WhyCountMore,
    };
    language.fill(word, &[("count", &grouped(count as u32)), ("of", &grouped(of))])
}

/// A number with its thousands set off: `4,213`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let from_the_right = |at: usize| digits.len() - at;
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && from_the_right(at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// From one of the events to the next, and how far one has come.
fn stepper(desk: &Desk, lab: &Lab, events: &[EventId], language: Language) -> Html {
    let here = lab.cursor().latest();
    let passed = events.iter().filter(|event| Some(**event) <= here).count();
    let to = |event: Option<EventId>| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| event.into_iter().for_each(|event| command::go_to(&desk, event)))
    };
    let on_one = here.is_some_and(|here| events.binary_search(&here).is_ok());
    let before = passed.checked_sub(if on_one { 2 } else { 1 }).and_then(|at| events.get(at)).copied();
    let after = events.get(passed).copied();
    let gaps = [("count", passed.to_string()), ("of", events.len().to_string())];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    html! {
        <div class="why-steps" role="group" aria-label={language.say(Word::WhySteps)}>
            { icon_button(Icon::StepBack, language.say(Word::WhyBefore), to(before)) }
            <span>{ language.fill(Word::WhyPlace, &gaps) }</span>
            { icon_button(Icon::StepOn, language.say(Word::WhyAfter), to(after)) }
        </div>
    }
}

fn row(desk: &Desk, lab: &Lab, why: &Why, event: EventId, remark: String, language: Language) -> Html {
    let passage = why.passages.iter().find(|passage| passage.event == event);
    let desk = desk.clone();
    let onclick = Callback::from(move |_: MouseEvent| command::go_to(&desk, event));
    let here = (lab.cursor().latest() == Some(event)).then_some("true");
    html! {
        <li key={event.0}>
            <button type="button" class="row" {onclick} aria-current={here} data-event={event.0.to_string()}>
                <span class="row-at">{ event.to_string() }</span>
                <span class="row-text">
                    { telling::sentence(lab, event, passage, language) }
                    if !remark.is_empty() { <span class="row-remark">{ remark }</span> }
                </span>
            </button>
        </li>
    }
}

/// In a violation's callout: how little it needed, and the way through it.
pub(super) fn in_short(desk: &Desk, lab: &Lab, invariant: &'static str, language: Language) -> Html {
    let state = desk.state();
    let open = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|state| {
                let crate::app::desk::State { lab, inquiry, ui, .. } = state;
                if let Some(violation) = lab.session().violations().iter().find(|it| it.invariant == invariant)
                    && !inquiry.why().is_some_and(|why| why.subject == Subject::Violation(invariant))
                {
                    inquiry.ask_of(lab, violation);
                }
                (ui.detail, ui.small, ui.right_open) = (Detail::Thing, Small::Inspector, true);
                // There the callout would lie over the reasons.
                if browser::matches(SMALL) {
                    lab.dismiss(invariant);
                }
            });
        })
    };
    let why = state.inquiry.why().filter(|why| why.subject == Subject::Violation(invariant));
    let said = match why.map(|why| (&why.answer, why.works())) {
        None => None,
        Some((Some(Ok(answer)), _)) => {
            let gaps = [("count", grouped(answer.events.len() as u32)), ("of", grouped(answer.of))];
            Some(language.fill(Word::WhyShort, &gaps.each_ref().map(|(name, value)| (*name, value.as_str()))))
        }
        Some((None, true)) => Some(language.say(Word::WhyLooking).to_owned()),
        Some(_) => Some(language.say(Word::WhyNoEvents).to_owned()),
    };
    let events = why.filter(|why| matches!(why.answer, Some(Ok(_)))).map(Why::events).unwrap_or_default();
    html! {
        <div class="alarm-why">
            if let Some(said) = said { <span>{ said }</span> }
            if !events.is_empty() { { stepper(desk, lab, &events, language) } }
            { button(None, language.say(Word::WhyShow), open) }
        </div>
    }
}

/// How the fields of a tree are asked about.
#[derive(Clone, PartialEq)]
pub(crate) struct Asker {
    /// What the tree shows.
    pub field: Field,
    /// Whose it is.
    pub node: NodeId,
    /// Who answers.
    pub ask: Callback<Field>,
    /// The page's language.
    pub language: Language,
}

impl Asker {
    /// About a node's durable or volatile state.
    pub fn of(desk: &Desk, node: NodeId, durable: bool) -> Asker {
        let (language, desk) = (desk.language(), desk.clone());
        let ask = Callback::from(move |field: Field| {
            desk.change(|state| {
                let crate::app::desk::State { lab, inquiry, .. } = state;
                lab.set_playing(false);
                inquiry.ask(lab, node, field);
            });
        });
        Asker { field: Field { durable, path: Vec::new() }, node, ask, language }
    }
    /// The button that asks.
    pub fn button(&self) -> Html {
        let (ask, field) = (self.ask.clone(), self.field.clone());
        let label = self.language.fill(Word::WhyAsk, &[("field", &field.to_string())]);
        let onclick = Callback::from(move |_: MouseEvent| ask.emit(field.clone()));
        html! {
            <button type="button" class="link ask" {onclick} aria-label={label} data-ask={self.field.to_string()}>
                { self.language.say(Word::WhyButton) }
            </button>
        }
    }
}
