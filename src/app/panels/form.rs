//! Particulars of an intervention, asked for where its effect will be seen.

use super::use_desk;
use crate::app::offer::{self, Form};
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_protocols::OpForm;
use netsplit_scenario::Selection;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

impl Form {
    /// What it is about.
    pub(crate) fn subject(self) -> Selection {
        match self {
            Form::Clock(node) | Form::Disk(node) | Form::Invoke(node) => Selection::Node(node),
            Form::Slow(from, to) | Form::Lose(from, to) => Selection::Link(from, to),
            Form::Delay(name) => Selection::Message(name),
        }
    }
    fn title(self) -> Word {
        match self {
            Form::Clock(_) => Word::SkewClock,
            Form::Disk(_) => Word::SlowDisk,
            Form::Invoke(_) => Word::SendRequest,
            Form::Slow(..) => Word::SlowIt,
            Form::Lose(..) => Word::LoseIt,
            Form::Delay(_) => Word::DelayIt,
        }
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct AskingProps {
    pub form: Form,
}

#[component]
pub(crate) fn Asking(props: &AskingProps) -> Html {
    let desk = use_desk();
    let form = props.form;
    let language = desk.language();
    let ops = desk.state().lab.about().ops;
    let chosen = use_state(|| 0usize);
    let op = ops.get(*chosen).filter(|_| matches!(form, Form::Invoke(_)));
    let values = use_state(|| first_values(&desk, form, op));
    let lies = use_state(|| false);
    let wrong = use_state(|| None::<String>);
    let body = use_node_ref();
    use_focus(body.clone());

    let onsubmit = {
        let (desk, values, wrong, lies) = (desk.clone(), values.clone(), wrong.clone(), *lies);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let given: Vec<String> = op.map(|op| op.name.to_owned()).into_iter().chain((*values).clone()).collect();
            let filled = offer::fill_in(&desk.state().lab, form, &given, lies);
            match filled {
                Ok(what) => desk.intervene(what),
                Err(reason) => wrong.set(Some(reason)),
            }
        })
    };
    let cancel = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.dress(|ui| ui.form = None))
    };
    let choose = {
        let (chosen, values) = (chosen.clone(), values.clone());
        Callback::from(move |event: Event| {
            let at = event.target_unchecked_into::<HtmlSelectElement>().selected_index().max(0) as usize;
            chosen.set(at);
            values.set(ops.get(at).map(samples).unwrap_or_default());
        })
    };
    let toggle = {
        let lies = lies.clone();
        Callback::from(move |_: Event| lies.set(!*lies))
    };
    let labels = labels(&desk.state().lab, form, op, language);
    let field = |(at, label): (usize, String)| text_field(at, label, &values, wrong.is_some());
    html! {
        <form class="form" ref={body} {onsubmit} data-form="">
            <h3>{ language.say(form.title()) }</h3>
            if matches!(form, Form::Invoke(_)) && ops.len() > 1 {
                <label class="form-row"><span>{ language.say(Word::FieldOp) }</span>
                    <select class="field" onchange={choose}>{ for ops.iter().map(|op| html! { <option>{ language.of(op.word) }</option> }) }</select>
                </label>
            }
            { for labels.into_iter().enumerate().map(field) }
            if matches!(form, Form::Disk(_)) {
                <label class="check"><input type="checkbox" checked={*lies} onchange={toggle} /><span>{ language.say(Word::FieldLies) }</span></label>
            }
            if let Some(reason) = &*wrong { <p class="wrong" role="alert" id="form-wrong">{ reason }</p> }
            <div class="form-actions">
                <button type="submit" class="button primary">{ language.say(Word::DoIt) }</button>
                <button type="button" class="button" onclick={cancel}>{ language.say(Word::Cancel) }</button>
            </div>
        </form>
    }
}

/// The first field is ready to be typed into when the form appears.
#[hook]
fn use_focus(body: NodeRef) {
    use_effect_with((), move |()| {
        let form = body.cast::<web_sys::Element>();
        let first = form.and_then(|form| form.query_selector("input, select, button").ok().flatten());
        if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = first.focus();
        }
    });
}

fn text_field(at: usize, label: String, values: &UseStateHandle<Vec<String>>, wrong: bool) -> Html {
    let oninput = {
        let values = values.clone();
        Callback::from(move |event: InputEvent| {
            let mut all = (*values).clone();
            if let Some(value) = all.get_mut(at) {
                *value = event.target_unchecked_into::<HtmlInputElement>().value();
            }
            values.set(all);
        })
    };
    let value = values.get(at).cloned().unwrap_or_default();
    html! {
        <label class="form-row"><span>{ label }</span>
            <input class="field" {value} {oninput} autocomplete="off" spellcheck="false" maxlength="200"
                aria-invalid={wrong.to_string()} aria-describedby={wrong.then_some("form-wrong")} />
        </label>
    }
}

fn samples(op: &OpForm) -> Vec<String> {
    op.fields.iter().map(|field| field.sample.to_owned()).collect()
}

fn first_values(desk: &crate::app::desk::Desk, form: Form, op: Option<&OpForm>) -> Vec<String> {
    match op {
        Some(op) => samples(op),
        None => offer::fields(&desk.state().lab, form).into_iter().map(|(_, value)| value).collect(),
    }
}

fn labels(lab: &crate::app::lab::Lab, form: Form, op: Option<&OpForm>, language: Language) -> Vec<String> {
    if let Some(op) = op {
        return op.fields.iter().map(|field| field.name.to_owned()).collect();
    }
    let usual = match form {
        Form::Disk(node) => lab.session().state(node).map(|state| telling::span(state.disk)),
        _ => None,
    };
    let label = |(word, _): (Word, String)| match &usual {
        Some(now) => format!("{} ({now})", language.say(word)),
        None => language.say(word).to_owned(),
    };
    offer::fields(lab, form).into_iter().map(label).collect()
}
