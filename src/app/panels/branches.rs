//! The branches of the run, as lanes above the time line: each leaves another where somebody intervened in the past.

use super::controls::icon_button;
use crate::app::beside::{name_of, usual_name};
use crate::app::desk::{Desk, Place};
use crate::app::icons::{Icon, icon};
use crate::app::telling;
use crate::draw::timeline;
use crate::locale::{Language, Word};
use netsplit_scenario::branches::{Branch, LONGEST_NAME};
use netsplit_sim::Time;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Nothing while there is only one.
pub(crate) fn branches(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let all = lab.branches().all();
    if all.len() < 2 {
        return Html::default();
    }
    let longest = all.iter().map(|branch| branch.upto.time).max().unwrap_or_default();
    let span = timeline::shown_until(lab.session().scenario().until, longest.max(lab.session().recorded_until()));
    let now = lab.session().recorded_until();
    let rows = all.iter().map(|branch| {
        let on = branch.number == lab.branches().current();
        let upto = if on { now } else { branch.upto.time };
        row(desk, branch, on, (branch.forked.time, upto, span), language)
    });
    html! {
        <section class="branches" aria-label={language.say(Word::Branches)} data-branches={all.len().to_string()}>
            <ul>{ for rows }</ul>
        </section>
    }
}

fn row(desk: &Desk, branch: &Branch, on: bool, (from, to, span): (Time, Time, Time), language: Language) -> Html {
    let number = branch.number;
    let usual = usual_name(branch, language);
    let name = name_of(branch, language);
    let beside = desk.state().beside.as_ref().is_some_and(|beside| beside.number() == number);
    let compare = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| if beside { desk.stop_comparing() } else { desk.compare_with(number) })
    };
    let rename = {
        let desk = desk.clone();
        Callback::from(move |event: Event| {
            let name = event.target_unchecked_into::<HtmlInputElement>().value();
            desk.change(|state| state.lab.rename_branch(number, &name));
        })
    };
    let switch = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.switch_branch(number))
    };
    let remove = {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| desk.change(|state| state.lab.remove_branch(number)))
    };
    let share = |time: Time| 100.0 * time.0 as f64 / span.0.max(1) as f64;
    // Attributes: the page's policy refuses styles that stand in elements.
    let (left, width) = (format!("{:.2}%", share(from)), format!("{:.2}%", (share(to) - share(from)).max(0.3)));
    let gaps = [("from", telling::moment(from)), ("to", telling::moment(to))];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    html! {
        <li class="branch" key={number} data-branch={number.to_string()} aria-current={on.then_some("true")}>
            <span class="branch-words">
                <input class="branch-name" type="text" value={branch.name.clone()} placeholder={usual.clone()}
                    maxlength={LONGEST_NAME.to_string()} aria-label={language.fill(Word::NameOfBranch, &[("name", &usual)])}
                    onchange={rename} />
                if !on {
                    <button type="button" class="button bare" aria-pressed={beside.to_string()} data-action="compare"
                        title={language.fill(Word::CompareBranch, &[("name", &name)])} onclick={compare}
                        aria-label={language.fill(Word::CompareBranch, &[("name", &name)])}>{ icon(Icon::Compare) }</button>
                }
                if !on { { icon_button(Icon::Close, language.say(Word::RemoveBranch), remove) } }
            </span>
            <button type="button" class="branch-lane" onclick={switch} aria-pressed={on.to_string()}
                title={language.fill(Word::BranchSpan, &gaps)}>
                <span class="hidden">{ name }</span>
                <svg class="branch-track" aria-hidden="true">
                    <rect class="branch-bar" x={left} {width} y="0" height="4" rx="2" />
                </svg>
            </button>
        </li>
    }
}

impl Desk {
    /// Plays another branch.
    pub fn switch_branch(&self, to: u32) {
        match self.change(|state| state.lab.switch_branch(to)) {
            Ok(()) => {
                self.stage().borrow_mut().another_future();
                self.push();
            }
            Err(reason) => self.complain(Place::Deed, reason),
        }
    }
}
