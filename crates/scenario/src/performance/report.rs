//! How well a run went, written down: as a table for people, as CSV and JSON for other programs.

use super::figure::{FIGURES, Unit, share};
use super::requests::Tally;
use super::uptime::Uptime;
use super::{Performance, Served};
use netsplit_sim::{Span, Time};
use serde_json::{Value, json};

/// One number of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// What is measured: `latency`.
    pub measure: &'static str,
    /// Of what: an operation's type, a node, a message's type; empty for the run as a whole.
    pub of: String,
    /// Which number of it: `p95`; or from which time on, in seconds, for what goes over time.
    pub statistic: String,
    /// The number.
    pub number: u64,
    /// What it counts.
    pub unit: Unit,
}

/// Which percentiles are told, in thousandths, and how they are called.
const PERCENTILES: [(u16, &str); 3] = [(500, "p50"), (950, "p95"), (990, "p99")];

/// All numbers of a run whose nodes have these names.
pub fn rows(performance: &Performance, names: &[String]) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    for figure in FIGURES {
        rows.add("run", "", figure.name, figure.of(performance), figure.unit);
    }
    let kinds = performance.kinds.iter().map(|(kind, served)| (kind.as_str(), served));
    for (kind, served) in kinds.chain([("", &performance.all)]) {
        rows.served(kind, served);
    }
    for bucket in performance.all.latency.histogram() {
        rows.add("latency-histogram", "", &Unit::Time.plain(bucket.from), Some(bucket.count), Unit::Count);
    }
    for (at, column) in performance.series.columns.iter().enumerate() {
        let from = Unit::Time.plain(performance.series.every.0.saturating_mul(at as u64));
        rows.add("answered-from", "", &from, Some(column.answered.into()), Unit::Count);
        rows.add("latency-p50-from", "", &from, column.median, Unit::Time);
        rows.add("latency-max-from", "", &from, column.longest, Unit::Time);
    }
    performance.service.iter().for_each(|service| rows.uptime("system", "", service));
    for node in &performance.nodes {
        let name = names.get(node.node.index()).map_or("", String::as_str);
        rows.uptime("node", name, &node.uptime);
        rows.tally("node", name, &node.tally);
    }
    if let Some(led) = &performance.led {
        rows.uptime("leader", led.role, &led.uptime);
    }
    for (name, volume) in &performance.traffic.types {
        rows.add("sent", name, "messages", Some(volume.messages), Unit::Count);
        rows.add("sent", name, "bytes", Some(volume.bytes), Unit::Count);
    }
    rows.add("lost", "", "messages", Some(performance.traffic.lost.messages), Unit::Count);
    rows.add("lost", "", "bytes", Some(performance.traffic.lost.bytes), Unit::Count);
    rows.0
}

struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, measure: &'static str, of: &str, statistic: &str, number: Option<u64>, unit: Unit) {
        let (of, statistic) = (of.to_owned(), statistic.to_owned());
        self.0.extend(number.map(|number| Row { measure, of, statistic, number, unit }));
    }
    fn tally(&mut self, measure: &'static str, of: &str, tally: &Tally) {
        let counts = [
            ("asked", tally.asked()),
            ("in-time", tally.in_time),
            ("late", tally.late),
            ("refused", tally.refused),
            ("unanswered", tally.unanswered),
            ("open", tally.open),
            ("unsupported", tally.unsupported),
        ];
        counts.into_iter().for_each(|(name, count)| self.add(measure, of, name, Some(count.into()), Unit::Count));
    }
    fn served(&mut self, kind: &str, served: &Served) {
        self.tally("requests", kind, &served.tally);
        for (measure, numbers, unit) in [
            ("latency", &served.latency, Unit::Time),
            ("messages-set-off", &served.messages, Unit::Count),
            ("bytes-set-off", &served.bytes, Unit::Count),
        ] {
            self.add(measure, kind, "count", Some(numbers.count()), Unit::Count);
            self.add(measure, kind, "mean", numbers.mean(), unit);
            self.add(measure, kind, "min", numbers.min(), unit);
            for (thousandths, name) in PERCENTILES {
                self.add(measure, kind, name, numbers.percentile(thousandths), unit);
            }
            self.add(measure, kind, "max", numbers.max(), unit);
        }
    }
    fn uptime(&mut self, measure: &'static str, of: &str, uptime: &Uptime) {
        self.add(measure, of, "up", Some(uptime.up.0), Unit::Time);
        self.add(measure, of, "down", Some(uptime.down.0), Unit::Time);
        self.add(measure, of, "share-up", share(uptime.up.0, uptime.whole().0), Unit::Share);
        self.add(measure, of, "failures", Some(uptime.outages.len() as u64), Unit::Count);
        self.add(measure, of, "mttf", uptime.mttf().map(|span| span.0), Unit::Time);
        self.add(measure, of, "mttr", uptime.mttr().map(|span| span.0), Unit::Time);
        self.add(measure, of, "longest-down", uptime.longest().map(|span| span.0), Unit::Time);
    }
}

/// As CSV, a number a line. Times are in seconds, shares of one.
pub fn csv(performance: &Performance, names: &[String]) -> String {
    let mut text = "measure,of,statistic,value,unit\n".to_owned();
    for Row { measure, of, statistic, number, unit } in rows(performance, names) {
        let (value, unit) = (unit.plain(number), unit.name());
        text.push_str(&format!("{measure},{},{statistic},{value},{unit}\n", field(&of)));
    }
    text
}

/// A field of a CSV file, quoted if it must be (RFC 4180).
pub fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// As JSON: the numbers of the CSV, each under its measure, what it is of, and its statistic. Times are whole nanoseconds,
/// shares millionths, and what is called `per-request`, `set-off` or `throughput` in `run` is in thousandths.
pub fn json(performance: &Performance, names: &[String]) -> Value {
    let mut all = json!({ "until": performance.until.0, "limit": performance.limit.0 });
    for Row { measure, of, statistic, number, .. } in rows(performance, names) {
        match of.as_str() {
            "" if matches!(measure, "requests" | "latency" | "messages-set-off" | "bytes-set-off") => {
                all[measure]["all"][statistic] = number.into();
            }
            "" => all[measure][statistic] = number.into(),
            of => all[measure][of][statistic] = number.into(),
        }
    }
    all
}

/// As a table for people.
pub fn text(performance: &Performance, names: &[String]) -> String {
    let Performance { until, limit, all, traffic, .. } = performance;
    let mut text = format!("performance up to {}; in time is within {limit}\n", until.since(Time::ZERO));
    if all.tally.asked() > 0 {
        text.push_str(&requests(performance));
        text.push_str(&latencies(performance));
    }
    if let Some(service) = performance.service.as_ref().filter(|service| service.whole() > Span::ZERO) {
        text.push_str(&format!("  system      {}\n", uptime(service)));
    }
    for node in performance.nodes.iter().filter(|node| !node.uptime.outages.is_empty()) {
        let name = names.get(node.node.index()).map_or("?", String::as_str);
        text.push_str(&format!("  {name:<11} {}\n", uptime(&node.uptime)));
    }
    if let Some(led) = &performance.led {
        text.push_str(&format!("  {:<11} {}\n", led.role, uptime(&led.uptime)));
    }
    let each = |of: &str, unit: &str| {
        let figure = FIGURES.iter().find(|figure| figure.name == of);
        let known = figure.and_then(|figure| Some(figure.unit.text(figure.of(performance)?)));
        known.map_or_else(String::new, |number| format!(", {number} {unit}"))
    };
    text.push_str(&format!(
        "  messages    {} sent, {} lost{}{}\n",
        traffic.sent.messages,
        traffic.lost.messages,
        each("messages-per-request", "for each answer"),
        each("messages-set-off", "set off by a request"),
    ));
    text.push_str(&format!(
        "  bytes       {} sent, {} lost{}{}\n",
        traffic.sent.bytes,
        traffic.lost.bytes,
        each("bytes-per-request", "for each answer"),
        each("bytes-set-off", "set off by a request"),
    ));
    text
}

fn requests(performance: &Performance) -> String {
    let tally = &performance.all.tally;
    let mut text = format!("  requests    {} of {} in time", tally.in_time, tally.settled());
    if let Some(share) = share(tally.in_time.into(), tally.settled().into()) {
        text.push_str(&format!(" ({})", Unit::Share.text(share)));
    }
    let others = [
        (tally.late, "late"),
        (tally.refused, "refused"),
        (tally.unanswered, "unanswered"),
        (tally.open, "still waiting"),
        (tally.unsupported, "of an operation that there is none of"),
    ];
    for (count, word) in others.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!(", {count} {word}"));
    }
    if let Some(rate) = performance.answered_per_kilosecond() {
        text.push_str(&format!("; {} answers a second", Unit::Thousandths.text(rate)));
    }
    text + "\n"
}

fn latencies(performance: &Performance) -> String {
    let all = (performance.kinds.len() != 1).then_some(("all", &performance.all));
    let kinds = performance.kinds.iter().map(|(kind, served)| (kind.as_str(), served)).chain(all);
    let heads = ["count", "mean", "min", "p50", "p95", "p99", "max"];
    let mut text = format!("  latency     {}\n", columns(heads.map(str::to_owned)));
    for (kind, Served { latency, .. }) in kinds.filter(|(_, served)| !served.latency.is_empty()) {
        let [p50, p95, p99] = PERCENTILES.map(|(thousandths, _)| latency.percentile(thousandths));
        let spans = [latency.mean(), latency.min(), p50, p95, p99, latency.max()];
        let [mean, min, p50, p95, p99, max] =
            spans.map(|span| span.map(|span| Span(span).to_string()).unwrap_or_default());
        let count = latency.count().to_string();
        text.push_str(&format!("    {kind:<9} {}\n", columns([count, mean, min, p50, p95, p99, max])));
    }
    text
}

fn columns(cells: [String; 7]) -> String {
    cells.map(|cell| format!("{cell:>10}")).concat()
}

/// How long it was there, and how often it was not.
fn uptime(uptime: &Uptime) -> String {
    let mut text = match share(uptime.up.0, uptime.whole().0) {
        Some(share) => format!("there {} of {}", Unit::Share.text(share), uptime.whole()),
        None => "not looked at".to_owned(),
    };
    if !uptime.outages.is_empty() {
        match uptime.outages.as_slice() {
            [_] => text.push_str(&format!("; away once, for {}", uptime.down)),
            outages => {
                let longest = uptime.longest().unwrap_or_default();
                text.push_str(&format!("; away {} times, {} in all, {longest} at most", outages.len(), uptime.down));
            }
        }
        uptime.mttf().into_iter().for_each(|mttf| text.push_str(&format!("; MTTF {mttf}")));
        uptime.mttr().into_iter().for_each(|mttr| text.push_str(&format!(", MTTR {mttr}")));
    }
    text
}
