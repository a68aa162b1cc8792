//! The middle: what is being told, the cluster, and the space-time diagram below it.

use super::controls::{button, icon_button};
use super::diagram;
use super::network::network;
use super::top::run;
use super::transport::pointer;
use super::why::{evidence, in_short};
use super::{trouble, use_desk};
use crate::app::beside::name_of_number;
use crate::app::command::Command;
use crate::app::desk::{Desk, Diagram, Middle, Place};
use crate::app::icons::{Icon, icon};
use crate::app::lab::Lab;
use crate::app::offer;
use crate::app::settings;
use crate::app::stage::Board;
use crate::app::telling;
use crate::draw::Axis;
use crate::locale::{Language, Word};
use netsplit_sim::NodeId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AddEventListenerOptions, HtmlElement, WheelEvent};
use yew::prelude::*;

/// So many nodes can be moved by buttons; all by dragging.
const MOST_CUT: usize = 12;

pub(crate) fn middle(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let told = telling::narration(lab, language);
    let diagram = match state.ui.diagram {
        Diagram::Operations if !lab.about().ops.is_empty() => Board::Operations,
        _ => Board::SpaceTime,
    };
    html! {
        <main class="middle">
            { trouble(desk, Place::Address) }
            { alarm(desk, lab, language) }
            if state.ui.middle != Middle::SpaceTime {
                <section class="board cluster" aria-label={language.say(Word::Cluster)}>
                    <p class="narration" data-narration="">
                        { told.unwrap_or_else(|| language.say(Word::NothingYet).to_owned()) }
                    </p>
                    <Drawing board={Board::Cluster} />
                    { cluster_tools(desk, lab, language) }
                    if lab.editing {
                        { network(desk) }
                    } else {
                        { gathered(desk, lab, language) }
                        { to_try(desk, lab, language) }
                    }
                </section>
            }
            if state.ui.middle == Middle::Both { <Divider /> }
            if state.ui.middle != Middle::Cluster {
                <section class="board space-time" id="panel-space-time" aria-label={language.say(Word::SpaceTime)}
                    data-axis={if lab.showing.axis == Axis::Logical { "logical" } else { "physical" }}
                    data-time={if lab.showing.vertical { "down" } else { "onward" }}>
                    { diagram::bar(desk, diagram) }
                    if diagram == Board::SpaceTime {
                        { diagram::sieve(desk) }
                        { cut(desk, lab, language) }
                    }
                    <Drawing key={diagram.id()} board={diagram} />
                </section>
            }
        </main>
    }
}

fn cluster_tools(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let fills = desk.state().ui.middle == Middle::Cluster;
    let fill = if fills { (Icon::Shrink, Word::ShowBoth) } else { (Icon::Grow, Word::FillCluster) };
    html! {
        <div class="tools" role="toolbar" aria-label={language.say(Word::Cluster)}>
            if !lab.session().is_log() {
            <button type="button" class="button bare" aria-pressed={lab.editing.to_string()} data-action="edit"
                onclick={run(desk, Command::EditNetwork)} title={Command::EditNetwork.title(language)}
                aria-label={language.say(Word::EditNetwork)}>{ icon(Icon::Network) }</button>
            <button type="button" class="button bare" aria-pressed={lab.gathering.to_string()} data-action="gather"
                onclick={run(desk, Command::Gather)} title={Command::Gather.title(language)}
                aria-label={language.say(Word::GatherNodes)}>{ icon(Icon::Gather) }</button>
            <button type="button" class="button bare" onclick={run(desk, Command::Undo)} data-action="undo"
                disabled={!desk.can_undo()} title={Command::Undo.title(language)}
                aria-label={language.say(Word::Undo)}>{ icon(Icon::Undo) }</button>
            }
            <span class="large-only">
                { icon_button(fill.0, language.say(fill.1), run(desk, Command::FillCluster)) }
            </span>
        </div>
    }
}

/// Whether the cut is consistent: if not, the message that goes back over it; if so, how many messages it finds in the
/// channels. With the arrow keys it can be moved without a pointer.
fn cut(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let Some(line) = &lab.cut else { return Html::default() };
    let (trace, nodes) = (lab.session().trace(), lab.session().names());
    let cut = line.cut(trace);
    let backwards = cut.backwards(trace);
    let (class, said) = match backwards.first().and_then(|id| trace.message(*id)) {
        None => {
            let count = cut.channels(trace).len().to_string();
            ("ok", language.fill(Word::CutConsistent, &[("count", &count)]))
        }
        Some(row) => {
            let gaps = [("name", row.tag.name), ("from", lab.name(row.name.from)), ("to", lab.name(row.name.to))];
            ("bad", language.fill(Word::CutInconsistent, &gaps))
        }
    };
    let step = |node: usize, on: bool| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|state| {
                let lab = &mut state.lab;
                let Some(mut line) = lab.cut.take() else { return };
                line.step(NodeId(node as u16), on, lab.session().trace());
                lab.cut = Some(line);
            });
        })
    };
    let row = |(node, name): (usize, &String)| {
        let gap = [("node", name.as_str())];
        html! {
            <span class="cut-node">
                { icon_button(Icon::StepBack, &language.fill(Word::CutBack, &gap), step(node, false)) }
                { name }
                { icon_button(Icon::StepOn, &language.fill(Word::CutOn, &gap), step(node, true)) }
            </span>
        }
    };
    html! {
        <div class={classes!("cut", class)} role="group" aria-label={language.say(Word::CutThrough)} data-cut={class}>
            <p role="status">{ said }</p>
            <div class="cut-nodes">{ for nodes.iter().take(MOST_CUT).enumerate().map(row) }</div>
        </div>
    }
}

/// What was gathered, and what can be done with it.
fn gathered(desk: &Desk, lab: &Lab, language: Language) -> Html {
    if !lab.gathering && lab.gathered.is_empty() {
        return Html::default();
    }
    let names = lab.gathered.iter().map(|node| lab.name(*node)).collect::<Vec<_>>().join(", ");
    let told = if names.is_empty() { language.say(Word::GatherHow).to_owned() } else { names };
    let stop = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| {
            desk.change(|state| {
                state.lab.gathering = false;
                state.lab.gathered.clear();
            });
        })
    };
    html! {
        <div class="gathered" role="group" aria-label={language.say(Word::GatherNodes)} data-gathered="">
            <span>{ told }</span>
            if !lab.gathered.is_empty() {
                { button(Some(Icon::Cut), language.say(Word::CutOffGathered), run(desk, Command::CutOff)) }
            }
            { icon_button(Icon::Close, language.say(Word::Close), stop) }
        </div>
    }
}

/// Three things to try.
fn to_try(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let one = |offer: offer::Offer| {
        let desk = desk.clone();
        let onclick = Callback::from(move |_: MouseEvent| desk.act(&offer.act));
        html! {
            <button type="button" class="button try" {onclick} data-try="">
                { icon(offer.icon) }<span>{ offer.label }</span>
            </button>
        }
    };
    let offers = offer::to_try(lab, language);
    if offers.is_empty() {
        return Html::default();
    }
    html! {
        <div class="to-try" role="group" aria-label={language.say(Word::Try)}>
            <span class="to-try-label" aria-hidden="true">{ language.say(Word::Try) }</span>
            { for offers.into_iter().map(one) }
        </div>
    }
}

/// A violated invariant: which, where, and what shows it.
pub(super) fn alarm(desk: &Desk, lab: &Lab, language: Language) -> Html {
    let Some(violation) = lab.alarm() else { return Html::default() };
    let invariant = violation.invariant;
    let statement = lab.about().invariants.iter().find(|it| it.name == invariant).map(|it| language.of(it.statement));
    let nodes = violation.nodes().into_iter().map(|node| lab.name(node)).collect::<Vec<_>>().join(", ");
    let gaps = [("name", invariant), ("nodes", nodes.as_str()), ("event", &violation.event.to_string())];
    let close = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.change(|state| state.lab.dismiss(invariant)))
    };
    html! {
        <section class="alarm" role="alert" data-alarm={invariant}>
            { icon(Icon::Alert) }
            <div class="alarm-text">
                <div class="alarm-head">
                    <p class="alarm-title">{ language.fill(Word::Violated, &gaps) }</p>{ " " }
                    if let Some(statement) = statement { <p class="alarm-statement">{ statement }</p> }
                </div>
                { evidence(desk, lab, violation, language) }
                { in_short(desk, lab, invariant, language) }
            </div>
            <div class="alarm-actions">
                { button(Some(Icon::Link), language.say(Word::CopyLink), run(desk, Command::CopyLink)) }
                { icon_button(Icon::Close, language.say(Word::Close), close) }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct DrawingProps {
    pub board: Board,
}

/// A canvas, led by the pointer. Lists beside it say the same in words.
#[component]
pub(super) fn Drawing(props: &DrawingProps) -> Html {
    let desk = use_desk();
    let canvas = use_node_ref();
    let board = props.board;
    {
        let (desk, canvas) = (desk.clone(), canvas.clone());
        use_effect_with((), move |()| turn_wheel(&desk, board, &canvas));
    }
    let on = |act: fn(&Desk, Board, &PointerEvent)| {
        let desk = desk.clone();
        Callback::from(move |event: PointerEvent| act(&desk, board, &event))
    };
    let oncontextmenu = {
        let desk = desk.clone();
        Callback::from(move |event: MouseEvent| desk.ask(board, &event))
    };
    let label = match board {
        Board::Cluster => desk.say(Word::ClusterPicture).to_owned(),
        Board::Operations => desk.say(Word::OperationsPicture).to_owned(),
        Board::Beside => {
            let state = desk.state();
            let name = state.beside.as_ref().map(|it| name_of_number(&state.lab, it.number(), state.ui.language));
            state.ui.language.fill(Word::BesidePicture, &[("name", &name.unwrap_or_default())])
        }
        _ => desk.say(Word::SpaceTimePicture).to_owned(),
    };
    html! {
        <canvas ref={canvas} id={board.id()} role="img" aria-label={label}
            onpointerdown={on(|desk, board, event| desk.press(board, event))}
            onpointermove={on(|desk, board, event| desk.point(board, event))}
            onpointerup={on(|desk, board, event| desk.release(board, event))}
            onpointercancel={pointer(&desk, |desk, event| desk.lose(event))}
            onpointerleave={pointer(&desk, |desk, _| desk.leave())} {oncontextmenu} />
    }
}

/// Listens to the wheel as a listener that may keep the page from zooming, which Yew's may not.
fn turn_wheel(desk: &Desk, board: Board, canvas: &NodeRef) -> Box<dyn FnOnce()> {
    let Some(canvas) =
        canvas.cast::<HtmlElement>().filter(|_| matches!(board, Board::SpaceTime | Board::Beside | Board::Operations))
    else {
        return Box::new(|| ());
    };
    let desk = desk.clone();
    let turned = Closure::<dyn Fn(WheelEvent)>::new(move |event: WheelEvent| desk.wheel(board, &event));
    let options = AddEventListenerOptions::new();
    options.set_passive(false);
    let function = turned.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let _ = canvas.add_event_listener_with_callback_and_add_event_listener_options("wheel", &function, &options);
    Box::new(move || {
        let _ = canvas.remove_event_listener_with_callback("wheel", &function);
        drop(turned);
    })
}

/// One press of an arrow key moves the divider by so many per cent.
const NUDGE: i32 = 4;

/// The divider between the two drawings.
#[component]
fn Divider() -> Html {
    let desk = use_desk();
    let share = use_state(settings::split);
    let held = use_mut_ref(|| false);
    let set = {
        let (desk, share) = (desk.clone(), share.clone());
        Callback::from(move |to: i32| {
            share.set(settings::set_split(to));
            desk.stage().borrow_mut().stale();
        })
    };
    let down = {
        let held = held.clone();
        Callback::from(move |event: PointerEvent| {
            *held.borrow_mut() = true;
            let _ = event.target_unchecked_into::<HtmlElement>().set_pointer_capture(event.pointer_id());
        })
    };
    let drag = {
        let (held, set) = (held.clone(), set.clone());
        Callback::from(move |event: PointerEvent| {
            let bar = event.target_unchecked_into::<HtmlElement>();
            if let (true, Some(parent)) = (*held.borrow(), bar.parent_element()) {
                let area = parent.get_bounding_client_rect();
                set.emit(((f64::from(event.client_y()) - area.top()) / area.height() * 100.0).round() as i32);
            }
        })
    };
    let up = Callback::from(move |_: PointerEvent| *held.borrow_mut() = false);
    let key = {
        let (set, now) = (set, *share);
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowUp" => now - NUDGE,
                "ArrowDown" => now + NUDGE,
                _ => return,
            };
            event.prevent_default();
            set.emit(to);
        })
    };
    html! {
        <div class="divider" role="separator" tabindex="0" aria-orientation="horizontal" aria-valuemin="15"
            aria-valuemax="85" aria-valuenow={share.to_string()} aria-label={desk.say(Word::Divider)}
            onpointerdown={down} onpointermove={drag} onpointerup={up} onkeydown={key} />
    }
}
