//! The measures as tables: what plots show, in numbers.

use crate::app::gauge::Kept;
use crate::app::telling::span;
use crate::locale::{Language, Word};
use netsplit_scenario::performance::Served;
use netsplit_scenario::performance::chart::Shown;
use netsplit_scenario::performance::figure::{FIGURES, Unit, share};
use netsplit_scenario::performance::uptime::Uptime;
use netsplit_sim::Span;
use yew::prelude::*;

/// What became of the requests, in a sentence.
pub(super) fn requests(run: &Kept, language: Language) -> Html {
    let performance = &run.performance;
    let tally = &performance.all.tally;
    if tally.asked() == 0 {
        return html! { <p class="faint" data-requests="">{ language.say(Word::NobodyAsked) }</p> };
    }
    let gaps = [("done", tally.in_time.to_string()), ("all", tally.settled().to_string())];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    let others = [
        (Word::Late, tally.late),
        (Word::Refused, tally.refused),
        (Word::Unanswered, tally.unanswered),
        (Word::StillOpen, tally.open),
        (Word::Unsupported, tally.unsupported),
    ];
    let others = others.into_iter().filter(|(_, count)| *count > 0);
    let other = |(word, count): (Word, u32)| {
        html! { <span class="request-fate">{ language.fill(word, &[("count", &count.to_string())]) }</span> }
    };
    let share = share(tally.in_time.into(), tally.settled().into()).map(|share| Unit::Share.text(share));
    html! {
        <p class="requests" data-requests="">
            <strong>{ share.unwrap_or_else(|| "–".to_owned()) }</strong>
            <span>{ language.fill(Word::AnsweredInTime, &gaps) }{ for others.map(other) }</span>
        </p>
    }
}

/// A table with a heading; the first column says what the others are of.
fn table(heading: &str, heads: &[&str], rows: Vec<Vec<String>>) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        let first = cells.next().unwrap_or_default();
        html! { <tr><th scope="row">{ first }</th>{ for cells.map(|cell| html! { <td>{ cell }</td> }) }</tr> }
    };
    html! {
        <div class="table-scroll" tabindex="0" role="group" aria-label={heading.to_owned()}>
            <table class="numbers">
                <thead><tr><th scope="col">{ heading }</th>{ for heads.iter().map(|head| html! { <th scope="col">{ *head }</th> }) }</tr></thead>
                <tbody>{ for rows.into_iter().map(row) }</tbody>
            </table>
        </div>
    }
}

/// A number as the page writes it.
fn number(unit: Unit, number: u64) -> String {
    if unit == Unit::Time { span(Span(number)) } else { unit.text(number) }
}

fn time(nanos: Option<u64>) -> String {
    nanos.map_or_else(|| "–".to_owned(), |nanos| span(Span(nanos)))
}

/// Latency by type of operation.
pub(super) fn latencies(run: &Kept, language: Language, wide: bool) -> Html {
    let performance = &run.performance;
    let several = performance.kinds.len() > 1;
    let all = several.then_some((language.say(Word::AllTogether), &performance.all));
    let kinds = performance.kinds.iter().map(|(kind, served)| (kind.as_str(), served)).chain(all);
    let row = |(kind, Served { latency, .. }): (&str, &Served)| {
        let at = |thousandths| time(latency.percentile(thousandths));
        let mut cells = vec![kind.to_owned(), latency.count().to_string()];
        match wide {
            true => cells.extend([
                time(latency.mean()),
                time(latency.min()),
                at(500),
                at(950),
                at(990),
                time(latency.max()),
            ]),
            false => cells.extend([at(500), at(950), time(latency.max())]),
        }
        cells
    };
    let (mean, least, most) = (language.say(Word::Mean), language.say(Word::Least), language.say(Word::Most));
    let count = language.say(Word::Answers);
    let heads: &[&str] = match wide {
        true => &[count, mean, least, "p50", "p95", "p99", most],
        false => &[count, "p50", "p95", most],
    };
    let rows = kinds.filter(|(_, served)| !served.latency.is_empty()).map(row).collect();
    table(language.say(Word::Latency), heads, rows)
}

/// Who was there for how long: the system, the leader, and each node.
pub(super) fn whereabouts(run: &Kept, language: Language) -> Html {
    let performance = &run.performance;
    let row = |name: String, uptime: &Uptime| {
        let up = share(uptime.up.0, uptime.whole().0).map_or_else(|| "–".to_owned(), |share| Unit::Share.text(share));
        let repair = |span: Option<Span>| time(span.map(|span| span.0));
        vec![name, up, uptime.outages.len().to_string(), repair(uptime.mttf()), repair(uptime.mttr())]
    };
    let mut rows = Vec::new();
    rows.extend(performance.service.as_ref().map(|service| row(language.say(Word::TheService).to_owned(), service)));
    rows.extend(performance.led.as_ref().map(|led| row(led.role.to_owned(), &led.uptime)));
    let few = performance.nodes.len() <= 12;
    for node in performance.nodes.iter().filter(|node| few || !node.uptime.outages.is_empty()) {
        let name = run.names().get(node.node.index()).cloned().unwrap_or_default();
        rows.push(row(name, &node.uptime));
    }
    table(
        language.say(Word::There),
        &[language.say(Word::TimeShare), language.say(Word::Outages), "MTTF", "MTTR"],
        rows,
    )
}

/// What was sent, in all and for each request.
pub(super) fn traffic(run: &Kept, language: Language) -> Html {
    let names = ["messages", "bytes", "messages-per-request", "bytes-per-request", "messages-set-off", "bytes-set-off"];
    let figures = FIGURES.iter().filter(|figure| names.contains(&figure.name));
    let row = |figure: &netsplit_scenario::performance::figure::Figure| {
        let number = figure.of(&run.performance)?;
        Some(vec![language.of(figure.word).to_owned(), self::number(figure.unit, number)])
    };
    table(language.say(Word::Cost), &[""], figures.filter_map(row).collect())
}

/// What was sent, by type of message.
pub(super) fn types(run: &Kept, language: Language) -> Html {
    let row = |(name, volume): &(&str, netsplit_scenario::performance::traffic::Volume)| {
        vec![(*name).to_owned(), volume.messages.to_string(), volume.bytes.to_string()]
    };
    let heads = [language.say(Word::Count), language.say(Word::Bytes)];
    table(language.say(Word::MessageTypes), &heads, run.performance.traffic.types.iter().map(row).collect())
}

/// Every figure of the runs, side by side.
pub(super) fn figures(runs: &[Shown], language: Language) -> Html {
    let row = |figure: &netsplit_scenario::performance::figure::Figure| {
        let numbers: Vec<Option<u64>> = runs.iter().map(|run| figure.of(run.performance)).collect();
        let text =
            |number: &Option<u64>| number.map_or_else(|| "–".to_owned(), |known| self::number(figure.unit, known));
        let known = numbers.iter().any(Option::is_some);
        known.then(|| std::iter::once(language.of(figure.word).to_owned()).chain(numbers.iter().map(text)).collect())
    };
    let heads: Vec<String> = match runs {
        [_] => vec![language.say(Word::ThisRun).to_owned()],
        runs => (1..).zip(runs).map(|(nth, run): (usize, &Shown)| format!("{nth} {}", run.name)).collect(),
    };
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    table(language.say(Word::Figures), &heads, FIGURES.iter().filter_map(row).collect())
}
