//! The measures that the protocol declares, over the run: curves on the axis of the time line, and in words.

use super::transport::pointer;
use crate::app::desk::Desk;
use crate::app::stage::Board;
use crate::app::telling;
use crate::locale::{Language, Word};
use netsplit_protocols::Measure;
use netsplit_scenario::curve::{Curve, curves};
use netsplit_sim::Time;
use yew::prelude::*;

pub(crate) fn measures(desk: &Desk) -> Html {
    let state = desk.state();
    let (lab, language) = (&state.lab, state.ui.language);
    let measures = lab.about().measures;
    if measures.is_empty() || !state.ui.measures_open {
        return Html::default();
    }
    let now = lab.cursor().time;
    let curves = curves(lab.session());
    let rows = measures.iter().zip(&curves).map(|(measure, curve)| row(measure, curve, now, language));
    let press = pointer(desk, |desk, event| desk.press(Board::Measures, event));
    let point = pointer(desk, |desk, event| desk.point(Board::Measures, event));
    let release = pointer(desk, |desk, event| desk.release(Board::Measures, event));
    let cancel = pointer(desk, |desk, event| desk.lose(event));
    let leave = pointer(desk, |desk, _| desk.leave());
    html! {
        <section class="measures" id="panel-measures" aria-label={language.say(Word::Measures)} data-count={measures.len().to_string()}>
            <ul class="measure-words">{ for rows }</ul>
            <div class="measure-curves">
                <canvas id={Board::Measures.id()} aria-hidden="true" onpointerdown={press} onpointermove={point}
                    onpointerup={release} onpointercancel={cancel} onpointerleave={leave} />
            </div>
        </section>
    }
}

/// What a measure is now and, for those who do not see the curve, how it went.
fn row(measure: &Measure, curve: &Curve, now: Time, language: Language) -> Html {
    let (least, most) = curve.range();
    let unit = language.of(measure.unit);
    let gaps = [("least", least.to_string()), ("most", most.to_string()), ("until", telling::moment(curve.until))];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    let went = language.fill(Word::MeasureWent, &gaps);
    html! {
        <li class="measure" title={went.clone()} data-measure={measure.name}>
            <span class="measure-name">{ language.of(measure.word) }</span>
            <span class="measure-figure">{ curve.at(now) }</span>
            <span class="measure-unit">{ unit }</span>
            <span class="hidden">{ went }</span>
        </li>
    }
}
