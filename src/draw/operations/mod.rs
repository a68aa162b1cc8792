//! What clients asked: a lane per client, time from left to right, a bar per operation from its invocation to its answer;
//! through them the order that explains the answers, or, where there is none, what shows it.

mod paint;

use super::geometry::{Point, point};
use super::lanes::Lanes;
use super::ruler::AXIS;
use super::window::Window;
use super::{Glance, Thing};
use netsplit_protocols::About;
use netsplit_scenario::clients::{Client, Clients};
use netsplit_scenario::{OpNow, Session, form};
use netsplit_sim::{EventId, Time};

/// The operations up to the cursor, and what is to be shown of them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// The operations.
    pub history: Vec<OpNow>,
    /// Who asked.
    pub clients: Clients,
    /// What shows whether they are consistent; operations are named by their places in the history.
    pub shown: Shown,
}

impl Asked {
    /// Operations of which nothing is known yet.
    pub fn of(history: Vec<OpNow>) -> Asked {
        Asked { clients: Clients::of(&history), history, shown: Shown::default() }
    }
}

/// What shows whether the answers are consistent.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Shown {
    /// The operations in an order that explains the answers, or as many as could be put in order.
    pub order: Vec<usize>,
    /// Where there is no such order: a few operations that already have none.
    pub culprits: Vec<usize>,
    /// The one that fits nowhere.
    pub stuck: Option<usize>,
    /// Which must come before which.
    pub arrows: Vec<(usize, usize)>,
}

/// The drawing of what clients asked.
#[derive(Default)]
pub struct OperationsView {
    size: Point,
    window: Window,
    lanes: Lanes,
    names: Vec<String>,
    bars: Vec<Bar>,
    /// The order's places in the picture, by operation in it.
    path: Vec<(usize, Point)>,
    opened: bool,
    cursor: Time,
    playing: bool,
}

/// An operation in view.
#[derive(Clone, PartialEq, Debug)]
struct Bar {
    /// Its place in the history.
    operation: usize,
    /// The event of its invocation.
    event: EventId,
    left: f64,
    /// Its right edge; where it is unanswered, the present.
    right: f64,
    y: f64,
    open: bool,
    text: String,
}

/// The heights that lanes can have.
const LANE: std::ops::RangeInclusive<f64> = 20.0..=44.0;
/// So much of its lane's height a bar takes.
const THICKNESS: f64 = 0.62;
/// A bar is at least so wide, in pixels.
const SHORTEST: f64 = 3.0;
/// More bars than this are not drawn: one would not tell them apart.
const MOST: usize = 4_000;

impl OperationsView {
    /// Forgets the run that was drawn.
    pub fn forget(&mut self) {
        *self = OperationsView { size: self.size, ..OperationsView::default() };
    }

    /// Lays the lanes out, for a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        self.lanes = self.lanes.between(AXIS, height, self.names.len(), LANE);
        let longest = self.names.iter().map(|name| name.chars().count()).max().unwrap_or(2);
        let gutter = (20.0 + 8.0 * longest as f64).clamp(52.0, (width * 0.25).max(52.0));
        let width = (width - gutter).max(1.0);
        if self.opened {
            self.window.resize(gutter, width);
        } else {
            self.window = Window::opening(session.scenario().pace.0 as f64, gutter, width);
            self.opened = width > 1.0;
        }
    }

    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        let names: Vec<String> = glance.asked.clients.all.iter().map(|client| name(client, glance)).collect();
        if names != self.names || !self.opened {
            self.names = names;
            self.layout(self.size.x, self.size.y, glance.session);
        }
        let cursor = glance.now.cursor().time;
        (self.cursor, self.playing) = (cursor, glance.pace > 0.0);
        let gliding = self.window.frame(cursor, self.playing, glance.wall_ms, glance.calm);
        self.gather(glance);
        gliding
    }

    fn gather(&mut self, glance: &Glance) {
        let (asked, about) = (glance.asked, glance.session.about());
        let (first, last) = self.window.scale.visible();
        self.bars.clear();
        for (operation, now) in asked.history.iter().enumerate() {
            let ends = now.answer.as_ref().map(|(_, at, _)| *at);
            let lane = asked.clients.asked_by[operation];
            if now.invoked.1 > last || ends.is_some_and(|at| at < first) || !self.lanes.shows(lane) {
                continue;
            }
            if self.bars.len() == MOST {
                break;
            }
            let bar = self.bar(operation, now, lane, label(about, now));
            self.bars.push(bar);
        }
        self.path = self.path_through(asked);
    }

    fn bar(&self, operation: usize, now: &OpNow, lane: usize, text: String) -> Bar {
        let ends = now.answer.as_ref().map(|(_, at, _)| *at);
        let scale = &self.window.scale;
        let left = scale.x(now.invoked.1);
        let right = scale.x(ends.unwrap_or(self.cursor)).max(left + SHORTEST);
        let open = ends.is_none();
        Bar { operation, event: now.invoked.0, left, right, y: self.lanes.y(lane), open, text }
    }

    /// Where each operation of the order takes place: within its bar, between the latest beginning of all before it and
    /// the earliest end of all from it on. Where that is nowhere, the order does not keep real time: the middle of its bar.
    fn path_through(&self, asked: &Asked) -> Vec<(usize, Point)> {
        let order = &asked.shown.order;
        let mut latest = vec![Time::NEVER; order.len()];
        let mut soonest = Time::NEVER;
        for (at, operation) in order.iter().enumerate().rev() {
            let answered = asked.history.get(*operation).and_then(|now| Some(now.answer.as_ref()?.1));
            soonest = soonest.min(answered.unwrap_or(Time::NEVER));
            latest[at] = soonest;
        }
        let (mut begun, scale) = (Time::ZERO, &self.window.scale);
        let place = |(at, operation): (usize, &usize)| {
            let (now, client) = (asked.history.get(*operation)?, *asked.clients.asked_by.get(*operation)?);
            begun = begun.max(now.invoked.1);
            let own = now.answer.as_ref().map_or(self.cursor, |(_, at, _)| *at);
            let (from, to) = if begun <= latest[at] { (begun, latest[at].min(own)) } else { (now.invoked.1, own) };
            let x = (scale.x(from) + scale.x(to.max(from))) / 2.0;
            // Along the lower edge of the bars: in their middle stands what was asked.
            Some((*operation, point(x, self.lanes.y(client) + self.lanes.height * THICKNESS / 2.0)))
        };
        order.iter().enumerate().filter_map(place).collect()
    }

    /// What is at a place: an operation (its invocation) or a moment.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        if x < self.window.scale.left {
            return None;
        }
        let half = self.lanes.height * THICKNESS / 2.0 + 2.0;
        let over = |bar: &&Bar| (bar.y - y).abs() <= half && bar.left - 3.0 <= x && x <= bar.right + 3.0;
        let bar = self.bars.iter().rev().filter(over).min_by(|a, b| a.away(x).total_cmp(&b.away(x)));
        bar.map(|bar| Thing::Event(bar.event)).or_else(|| (x <= self.size.x).then(|| Thing::Moment(self.time_at(x))))
    }
    /// Drags the picture by so many pixels.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.window.pan(dx);
        self.lanes.scroll(-dy);
    }
    /// Shows `factor` times as much detail, with the time at `x` staying there.
    pub fn zoom(&mut self, factor: f64, x: f64) {
        let x = if self.window.follows && self.playing { self.window.scale.x(self.cursor) } else { x };
        self.window.zoom(factor, x, self.cursor.0.max(1_000_000_000) as f64);
    }
    /// Shows all that is recorded.
    pub fn zoom_out(&mut self, session: &dyn Session) {
        self.window.follows = false;
        self.window.show(0.0, session.recorded_until().0 as f64);
    }
    /// Keeps the cursor in view.
    pub fn follow(&mut self) {
        self.window.follows = true;
    }
    /// Brings an event into view.
    pub fn center_on(&mut self, event: EventId, session: &dyn Session) {
        if let Some(row) = session.trace().event(event) {
            self.window.reveal(row.at);
        }
    }
    /// Shows a stretch of time, as far as it goes.
    pub fn show(&mut self, from: Time, to: Time) {
        self.window.follows = false;
        self.window.show(from.0 as f64, to.0 as f64);
    }
    /// The time at a place.
    pub fn time_at(&self, x: f64) -> Time {
        self.window.scale.time(x.max(self.window.scale.left))
    }
}

impl Bar {
    fn away(&self, x: f64) -> f64 {
        (self.left - x).max(x - self.right).max(0.0)
    }
}

/// A client's name: that of its node, with a number if it is not the first there.
fn name(client: &Client, glance: &Glance) -> String {
    let node = glance.session.names().get(client.node.index()).map_or("?", String::as_str);
    if client.nth == 0 { node.to_owned() } else { format!("{node}·{}", client.nth + 1) }
}

/// An operation in the fewest words: `put x 1 → ok`.
fn label(about: &About, now: &OpNow) -> String {
    let asked = form::asked(about, &now.op);
    match &now.answer {
        Some((_, _, answer)) => format!("{asked} → {}", form::short(answer)),
        None => asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixture::{glance, look};

    /// A run with a client's operation, and the drawing of it.
    fn drawn(until_ms: u64, shown: impl Fn(&[OpNow]) -> Shown) -> (OperationsView, Asked) {
        let workload = "[[workload]]\nat = \"n1\"\nfrom = \"10ms\"\nuntil = \"600ms\"\nevery = \"20ms\"\nops = [{ put = { key = \"{k}\", value = \"{n}\" } }, { get = { key = \"{k}\" } }]\n";
        let text = format!("protocol = \"raft\"\nseed = 7\n{workload}");
        let mut session =
            netsplit_scenario::open(netsplit_scenario::file::parse(&text).expect("a scenario")).expect("it plays");
        session.advance(Time(until_ms * 1_000_000), 200_000);
        let mut asked = Asked::of(session.history());
        asked.shown = shown(&asked.history);
        let now = look(&*session);
        let mut view = OperationsView::default();
        view.layout(900.0, 300.0, &*session);
        view.frame(&Glance { asked: &asked, ..glance(&*session, &now, 0.0) });
        view.zoom_out(&*session);
        view.frame(&Glance { asked: &asked, ..glance(&*session, &now, 0.0) });
        (view, asked)
    }

    #[test]
    fn every_operation_is_a_bar_from_question_to_answer() {
        let (view, asked) = drawn(500, |_| Shown::default());
        assert!(asked.history.len() > 10);
        assert_eq!(view.bars.len(), asked.history.len());
        for bar in &view.bars {
            let now = &asked.history[bar.operation];
            assert!((bar.left - view.window.scale.x(now.invoked.1)).abs() < 0.01);
            assert_eq!(bar.open, now.answer.is_none());
            assert_eq!(
                view.hit((bar.left + bar.right) / 2.0, bar.y).map(|thing| matches!(thing, Thing::Event(_))),
                Some(true)
            );
        }
        // Bars of one lane do not overlap: a client asks for one thing after another.
        for (one, other) in view.bars.iter().flat_map(|one| view.bars.iter().map(move |other| (one, other))) {
            let apart = one.operation >= other.operation || one.y != other.y || one.right <= other.left + SHORTEST;
            assert!(apart, "{one:?} and {other:?}");
        }
    }

    #[test]
    fn the_order_goes_through_the_bars_and_never_back_in_time() {
        let all = |history: &[OpNow]| Shown {
            order: (0..history.len()).filter(|at| history[*at].answer.is_some()).collect(),
            ..Shown::default()
        };
        let (view, _) = drawn(500, all);
        assert!(view.path.len() > 10);
        for (operation, at) in &view.path {
            let bar = view.bars.iter().find(|bar| bar.operation == *operation).expect("it is drawn");
            assert!(bar.left - 0.01 <= at.x && at.x <= bar.right + 0.01 && at.y > bar.y, "{bar:?} at {at:?}");
        }
    }

    #[test]
    fn an_operation_is_told_in_the_order_of_its_form() {
        let (view, _) = drawn(60, |_| Shown::default());
        let told: Vec<&str> = view.bars.iter().map(|bar| bar.text.split(" → ").next().unwrap_or_default()).collect();
        assert!(told.iter().all(|text| text.starts_with("put k0 ") || *text == "get k0"), "{told:?}");
    }
}
