//! Paints space-time: grid, lanes, messages, events, the veil over what is yet to come, the cursor, and the column of
//! names, which stays in view.

use super::history::Stretch;
use super::rows::{COLUMN, Dot, End, Flight, HEADS, Sort};
use super::{AXIS, SpaceTimeView};
use crate::draw::geometry::{Point, point};
use crate::draw::palette::Ink;
use crate::draw::scale::{clock_text, mark_text, time_text};
use crate::draw::surface::Align;
use crate::draw::wording::{self, Term};
use crate::draw::{Glance, Palette, Standing, Surface, Thing, signs};
use netsplit_scenario::Selection;
use netsplit_sim::trace::What;
use netsplit_sim::{Condition, EventId, MsgId, NodeId, Shape};

/// How far apart the marks of the axis are at least, in pixels.
const MARKS: f64 = 96.0;
/// The vector times of more nodes than this do not fit beside an event.
const STAMPED: usize = 9;

impl SpaceTimeView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let brush = Brush { view: self, surface, palette, glance };
        brush.clip_to_lanes(|brush| {
            brush.grid();
            brush.lanes();
            brush.density();
            brush.flights();
            brush.dots();
            brush.chosen();
            brush.veil();
        });
        brush.axis();
        brush.marks();
        brush.names();
        brush.cursor();
        brush.pointer();
        brush.stamp();
    }
}

struct Brush<'a> {
    view: &'a SpaceTimeView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
}

impl Brush<'_> {
    fn left(&self) -> f64 {
        self.view.gutter
    }
    fn right(&self) -> f64 {
        self.view.size.x
    }
    fn bottom(&self) -> f64 {
        self.view.size.y
    }
    fn in_view(&self, x: f64) -> bool {
        x >= self.left() && x <= self.right()
    }

    fn clip_to_lanes(&self, paint: impl Fn(&Self)) {
        let context = self.surface.context();
        context.save();
        context.begin_path();
        context.rect(self.left(), AXIS, self.right() - self.left(), self.bottom() - AXIS);
        context.clip();
        paint(self);
        context.restore();
    }

    // --- the ground ---

    fn grid(&self) {
        self.surface.context().begin_path();
        for (_, x) in self.view.window.scale.marks(MARKS) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS, x, self.bottom());
        }
        self.surface.stroke(&self.palette.line_soft, 1.0);
        let selected = match self.glance.selection {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        if let Some(node) = selected {
            let lanes = &self.view.lanes;
            self.surface.context().begin_path();
            self.surface.context().rect(self.left(), lanes.y(node) - lanes.height / 2.0, self.right(), lanes.height);
            self.surface.opacity(0.07);
            self.surface.fill(&self.palette.accent);
            self.surface.opacity(1.0);
        }
    }

    /// The axis with its times, above the lanes.
    fn axis(&self) {
        let scale = &self.view.window.scale;
        let step = scale.step(MARKS);
        let context = self.surface.context();
        let font = &self.palette.fonts.small;
        context.begin_path();
        let line = self.surface.crisp(AXIS - 1.0);
        self.surface.add_line(0.0, line, self.right(), line);
        for (_, x) in scale.marks(MARKS).filter(|(_, x)| self.in_view(*x)) {
            let x = self.surface.crisp(x);
            self.surface.add_line(x, AXIS - 5.0, x, AXIS - 1.0);
        }
        self.surface.stroke(&self.palette.line, 1.0);
        let (cursor_left, cursor_right) = self.pill_place(scale.x(self.view.cursor), &clock_text(self.view.cursor));
        for (time, x) in scale.marks(MARKS) {
            let text = mark_text(time, step);
            let half = self.surface.width_of(&text, font) / 2.0;
            let hidden = x + half + 4.0 > cursor_left && x - half - 4.0 < cursor_right;
            if x - half > self.left() && x + half < self.right() && !hidden {
                self.surface.text(&text, x, AXIS / 2.0 - 1.0, font, &self.palette.faint, Align::Middle);
            }
        }
    }

    // --- lanes ---

    fn lanes(&self) {
        let trace = self.glance.session.trace();
        let window = self.view.window.scale.visible();
        let mut stretches: Vec<(NodeId, Stretch)> = Vec::new();
        for node in self.view.lanes.visible() {
            stretches.extend(self.view.history.stretches(trace, node, window).map(|stretch| (node, stretch)));
        }
        let up = |standing: Standing| {
            let known = stretches.iter().filter(|(_, s)| s.condition == Condition::Up);
            known.filter(move |(_, s)| s.standing.unwrap_or_default() == standing)
        };
        // The more a standing matters, the heavier its line: it is told by weight as well as by colour.
        let weights = [
            (Standing::Plain, 1.5, 0.55),
            (Standing::Outside, 1.5, 0.75),
            (Standing::Striving, 3.5, 0.8),
            (Standing::Leading, 6.0, 0.85),
        ];
        for (standing, weight, opacity) in weights {
            self.surface.opacity(opacity);
            self.bars(up(standing), self.palette.standing(standing), weight);
        }
        self.surface.opacity(0.9);
        self.surface.dashes(&[6.0, 3.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Paused), &self.palette.plain, 1.5);
        self.surface.opacity(0.6);
        self.surface.dashes(&[1.0, 5.0]);
        self.bars(stretches.iter().filter(|(_, s)| s.condition == Condition::Down), &self.palette.down, 1.0);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
    }

    fn bars<'s>(&self, stretches: impl Iterator<Item = &'s (NodeId, Stretch)>, ink: &Ink, weight: f64) {
        let scale = &self.view.window.scale;
        let recorded = self.glance.session.recorded_until().max(self.view.cursor);
        self.surface.context().begin_path();
        for (node, stretch) in stretches {
            let from = scale.x(stretch.from).max(self.left() - 8.0);
            let to = scale.x(stretch.to.unwrap_or(recorded).min(recorded)).min(self.right() + 8.0);
            let y = self.view.lanes.y(*node);
            let y = if weight <= 2.0 { self.surface.crisp(y) } else { y };
            if to > from {
                self.surface.add_line(from, y, to, y);
            }
        }
        self.surface.stroke(ink, weight);
    }

    /// How much happened where, when there is too much to show each event.
    fn density(&self) {
        let most = self.view.rows.density.iter().flat_map(|(_, cells)| cells).copied().fold(0.0, f32::max);
        if most <= 0.0 {
            return;
        }
        let tallest = self.view.lanes.height * 0.72;
        let context = self.surface.context();
        context.begin_path();
        for (node, cells) in &self.view.rows.density {
            let y = self.view.lanes.y(*node);
            for (column, count) in cells.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let height = (tallest * f64::from((count / most).sqrt())).max(2.0);
                context.rect(self.left() + COLUMN * column as f64, y - height / 2.0, COLUMN - 1.0, height);
            }
        }
        self.surface.opacity(0.55);
        self.surface.fill(&self.palette.request);
        self.surface.opacity(1.0);
    }

    // --- messages ---

    fn flights(&self) {
        let flights = &self.view.rows.flights;
        let headed = flights.len() <= HEADS;
        // The more there are, the fainter each.
        let strength = (150.0 / flights.len().max(1) as f64).sqrt().clamp(0.12, 0.8);
        for shape in [Shape::Reply, Shape::Request, Shape::Client] {
            let ink = self.palette.shape(shape);
            let these = || flights.iter().filter(move |flight| flight.shape == shape && flight.end != End::Cross);
            self.surface.opacity(strength);
            // Answers are dashed where there is room to see it.
            self.surface.dashes(if shape == Shape::Reply && headed { &[4.0, 2.5] } else { &[] });
            self.flight_lines(these(), ink, 1.0);
            self.surface.dashes(&[]);
            if headed {
                self.surface.opacity(strength.max(0.7));
                self.heads(these(), ink);
            }
        }
        self.surface.opacity(strength.max(0.5));
        self.flight_lines(flights.iter().filter(|flight| flight.end == End::Cross), &self.palette.lost, 1.0);
        self.surface.opacity(1.0);
        self.crosses(headed);
    }

    fn flight_lines<'f>(&self, flights: impl Iterator<Item = &'f Flight>, ink: &Ink, width: f64) {
        self.surface.context().begin_path();
        for Flight { from, to, .. } in flights {
            self.surface.add_line(from.x, from.y, to.x, to.y);
        }
        self.surface.stroke(ink, width);
    }

    fn heads<'f>(&self, flights: impl Iterator<Item = &'f Flight>, ink: &Ink) {
        self.surface.context().begin_path();
        let mut open: Vec<Point> = Vec::new();
        for flight in flights {
            let along = flight.to.minus(flight.from).unit();
            match flight.end {
                End::Open => open.push(flight.to),
                _ if flight.to.distance(flight.from) < 12.0 => {}
                _ => signs::arrow_head(self.surface, flight.to.minus(along.times(3.5)), along, 6.5),
            }
        }
        self.surface.fill(ink);
        self.surface.context().begin_path();
        open.iter().for_each(|at| self.surface.add_disc(at.x, at.y, 2.75));
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(ink, 1.25);
    }

    fn crosses(&self, headed: bool) {
        self.surface.context().begin_path();
        for flight in self.view.rows.flights.iter().filter(|flight| flight.end == End::Cross) {
            signs::cross(self.surface, flight.to, if headed { 3.5 } else { 2.0 });
        }
        self.surface.stroke(&self.palette.lost, if headed { 1.5 } else { 1.0 });
    }

    // --- events ---

    fn dots(&self) {
        let dots = &self.view.rows.dots;
        let size = if dots.len() > 1_200 { 1.75 } else { 2.75 };
        if dots.len() <= 1_200 {
            // A rim keeps dots apart from each other and from the lane's bar.
            self.surface.context().begin_path();
            dots.iter().for_each(|dot| self.surface.add_disc(dot.at.x, dot.at.y, size + 1.25));
            self.surface.fill(&self.palette.surface);
        }
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Usual) {
            self.surface.add_disc(dot.at.x, dot.at.y, size);
        }
        self.surface.fill(&self.palette.plain);
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Timer) {
            self.surface.add_disc(dot.at.x, dot.at.y, size + 0.5);
        }
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(&self.palette.plain, 1.5);
        self.surface.context().begin_path();
        for dot in dots.iter().filter(|dot| dot.sort == Sort::Client) {
            signs::diamond(self.surface, dot.at, 5.0);
        }
        self.surface.fill(&self.palette.client);
        for dot in dots {
            if let Sort::Fault(index) = dot.sort {
                self.fault(dot, index);
            }
        }
    }

    /// The sign of what somebody did to a node.
    fn fault(&self, dot: &Dot, index: u32) {
        let name = self.glance.session.trace().faults().get(index as usize).map_or("", |fault| fault.name);
        let (at, palette) = (dot.at, self.palette);
        let ink = if name == "crash" { &palette.danger } else { &palette.warn };
        self.surface.disc(at.x, at.y, 6.5);
        self.surface.fill(&palette.surface);
        self.surface.stroke(ink, 1.5);
        self.surface.context().begin_path();
        match name {
            "crash" => signs::cross(self.surface, at, 2.5),
            "restart" | "resume" => signs::onward(self.surface, at, 3.2),
            "pause" => signs::bars(self.surface, at, 4.5),
            _ => signs::bolt(self.surface, at, 4.0),
        }
        match name {
            "crash" => self.surface.stroke(ink, 1.75),
            _ => self.surface.fill(ink),
        }
    }

    // --- what stands out ---

    /// The selected event with the messages it received and sent, the selected and the hovered message.
    fn chosen(&self) {
        let trace = self.glance.session.trace();
        let hovered = match self.glance.hover {
            Some(Thing::Message(id, _)) => vec![id],
            Some(Thing::Event(event)) => self.messages_of(event),
            _ => Vec::new(),
        };
        let selected: Vec<MsgId> = match self.glance.selection {
            Some(Selection::Event(event)) => self.messages_of(event),
            Some(Selection::Message(name)) => {
                self.view.rows.flights.iter().filter(|flight| flight.name == name).map(|flight| flight.id).collect()
            }
            _ => Vec::new(),
        };
        for (ids, ink, width) in [(hovered, &self.palette.text, 1.5), (selected, &self.palette.accent, 2.0)] {
            let these = || self.view.rows.flights.iter().filter(|flight| ids.contains(&flight.id));
            self.flight_lines(these(), ink, width);
            self.heads(these().filter(|flight| flight.end != End::Cross), ink);
        }
        for (event, ink) in self.chosen_events() {
            let Some(row) = trace.event(event) else { continue };
            let Some(node) = row.somewhere().filter(|_| self.view.rows.dots.iter().any(|dot| dot.id == event)) else {
                continue;
            };
            self.surface.disc(self.view.window.scale.x(row.at), self.view.lanes.y(node), 6.0);
            self.surface.stroke(ink, 2.0);
        }
    }

    fn chosen_events(&self) -> Vec<(EventId, &Ink)> {
        let hovered = match self.glance.hover {
            Some(Thing::Event(event)) => Some((event, &self.palette.line_strong)),
            _ => None,
        };
        let selected = match self.glance.selection {
            Some(Selection::Event(event)) => Some((event, &self.palette.accent)),
            _ => None,
        };
        hovered.into_iter().chain(selected).collect()
    }

    fn messages_of(&self, event: EventId) -> Vec<MsgId> {
        let trace = self.glance.session.trace();
        let received = match trace.event(event).map(|row| row.what) {
            Some(What::Deliver(id)) => Some(id),
            _ => None,
        };
        received.into_iter().chain(trace.sent_by(event).map(|(id, _)| id)).collect()
    }

    /// What is recorded but lies after the cursor is seen through a veil.
    fn veil(&self) {
        let x = self.view.window.scale.x(self.view.cursor).max(self.left());
        if x < self.right() && self.glance.session.recorded_until() > self.view.cursor {
            self.surface.opacity(0.68);
            self.surface.context().begin_path();
            self.surface.context().rect(x, AXIS, self.right() - x, self.bottom() - AXIS);
            self.surface.fill(&self.palette.surface);
            self.surface.opacity(1.0);
        }
    }

    /// What happened to the network as a whole, and what was violated: lines through all lanes.
    fn marks(&self) {
        let context = self.surface.context();
        let scale = &self.view.window.scale;
        let visible: Vec<f64> =
            self.view.rows.marks.iter().map(|mark| mark.x).filter(|x| self.in_view(*x)).collect();
        context.begin_path();
        for x in &visible {
            let x = self.surface.crisp(*x);
            self.surface.add_line(x, AXIS, x, self.bottom());
        }
        self.surface.opacity(0.5);
        self.surface.dashes(&[3.0, 3.0]);
        self.surface.stroke(&self.palette.warn, 1.0);
        self.surface.dashes(&[]);
        self.surface.opacity(1.0);
        context.begin_path();
        visible.iter().for_each(|x| signs::flag(self.surface, point(*x, AXIS - 1.0), 5.0));
        self.surface.fill(&self.palette.warn);

        let trace = self.glance.session.trace();
        let violated = self.glance.session.violations().iter().filter_map(|v| trace.event(v.event));
        let violated: Vec<f64> = violated.map(|row| scale.x(row.at)).filter(|x| self.in_view(*x)).collect();
        context.begin_path();
        for x in &violated {
            self.surface.add_line(*x, AXIS, *x, self.bottom());
        }
        self.surface.stroke(&self.palette.danger, 2.0);
        context.begin_path();
        violated.iter().for_each(|x| signs::diamond(self.surface, point(*x, AXIS), 6.0));
        self.surface.fill(&self.palette.danger);
    }

    // --- names, cursor, pointer ---

    fn names(&self) {
        let lanes = self.view.lanes;
        let context = self.surface.context();
        let line = self.surface.crisp(self.left());
        context.begin_path();
        self.surface.add_line(line, 0.0, line, self.bottom());
        self.surface.stroke(&self.palette.line, 1.0);
        context.save();
        context.begin_path();
        context.rect(0.0, AXIS, self.left(), self.bottom() - AXIS);
        context.clip();
        for node in lanes.visible() {
            self.name(node, lanes.y(node));
        }
        context.restore();
    }

    fn name(&self, node: NodeId, y: f64) {
        let Some(now) = self.glance.now.node(node) else { return };
        let standing = Standing::of(now);
        let ink = self.palette.standing(standing);
        let chosen = self.glance.selection == Some(Selection::Node(node));
        let at = point(16.0, y);
        match standing {
            Standing::Outside => {
                self.surface.context().begin_path();
                self.surface.context().rect(at.x - 3.5, at.y - 3.5, 7.0, 7.0);
            }
            _ => self.surface.disc(at.x, at.y, if standing == Standing::Leading { 5.0 } else { 4.0 }),
        }
        match standing {
            Standing::Leading | Standing::Striving => self.surface.fill(ink),
            _ => self.surface.stroke(ink, 1.5),
        }
        let words = match (chosen, standing) {
            (true, _) => &self.palette.accent,
            (_, Standing::Down) => &self.palette.faint,
            _ => &self.palette.text,
        };
        let name = self.glance.session.names().get(node.index()).map_or("", String::as_str);
        let font = &self.palette.fonts.small_strong;
        let name = self.surface.shortened(name, font, self.left() - 32.0);
        self.surface.text(&name, 27.0, y, font, words, Align::Start);
    }

    fn cursor(&self) {
        let x = self.view.window.scale.x(self.view.cursor);
        if !self.in_view(x) {
            return;
        }
        self.surface.context().begin_path();
        let line = self.surface.crisp(x);
        self.surface.add_line(line, AXIS - 4.0, line, self.bottom());
        self.surface.stroke(&self.palette.accent, 1.5);
        self.pill(x, &clock_text(self.view.cursor), &self.palette.accent, &self.palette.on_accent);
    }

    /// A time on the axis, within the picture.
    fn pill(&self, x: f64, text: &str, ground: &Ink, ink: &Ink) {
        let (left, right) = self.pill_place(x, text);
        self.surface.rounded(left, 3.0, right - left, 18.0, 4.0);
        self.surface.fill(ground);
        self.surface.text(text, left + 6.0, 12.0, &self.palette.fonts.figures, ink, Align::Start);
    }

    /// Where such a time begins and ends.
    fn pill_place(&self, x: f64, text: &str) -> (f64, f64) {
        let width = self.surface.width_of(text, &self.palette.fonts.figures) + 12.0;
        let left = (x - width / 2.0).min(self.right() - width - 2.0).max(self.left() + 2.0);
        (left, left + width)
    }

    /// The moment under the pointer, or what lies there in words.
    fn pointer(&self) {
        match self.glance.hover {
            Some(Thing::Moment(time)) => {
                let x = self.view.window.scale.x(time);
                if self.in_view(x) {
                    self.surface.context().begin_path();
                    let line = self.surface.crisp(x);
                    self.surface.add_line(line, AXIS, line, self.bottom());
                    self.surface.stroke(&self.palette.line_strong, 1.0);
                    self.pill(x, &clock_text(time), &self.palette.hovered, &self.palette.text);
                }
            }
            Some(Thing::Event(event)) => self.tell_event(event),
            Some(Thing::Message(id, _)) => self.tell_message(id),
            _ => {}
        }
    }

    fn tell_event(&self, event: EventId) {
        let trace = self.glance.session.trace();
        let Some(row) = trace.event(event) else { return };
        let lang = self.glance.lang;
        let what = match row.what {
            What::Boot => wording::say(lang, Term::Starts).to_owned(),
            What::Durable => wording::say(lang, Term::Durable).to_owned(),
            What::Timer(name) => format!("{} {name}", wording::say(lang, Term::Timer)),
            What::Fault(index) => trace.faults().get(index as usize).map_or("", |fault| fault.name).to_owned(),
            What::Deliver(id) => trace.message(id).map_or_else(String::new, |message| {
                format!("{} ← {}", message.tag.name, self.name_of(message.name.from))
            }),
        };
        let when = time_text(row.at.0, 3);
        let who: Vec<&str> = match row.what {
            What::Fault(index) => trace.faults().get(index as usize).map_or(&[][..], |fault| &fault.aim.nodes),
            _ => std::slice::from_ref(&row.node),
        }.iter().map(|node| self.name_of(*node)).collect();
        let who = who.join(", ");
        let marked = self.view.rows.marks.iter().any(|mark| mark.id == event);
        let y = row.somewhere().filter(|_| !marked).map_or(AXIS, |node| self.view.lanes.y(node));
        self.note(point(self.view.window.scale.x(row.at), y), &[&who, &what, &when]);
    }

    fn tell_message(&self, id: MsgId) {
        let Some(row) = self.glance.session.trace().message(id) else { return };
        let Some(flight) = self.view.rows.flights.iter().find(|flight| flight.id == id) else { return };
        let way = format!("{} → {}", self.name_of(row.name.from), self.name_of(row.name.to));
        let takes = match flight.end {
            End::Arrow => time_text(row.ends.since(row.sent).0, 2),
            End::Cross => wording::say(self.glance.lang, Term::Lost).to_owned(),
            End::Open => wording::say(self.glance.lang, Term::OnItsWay).to_owned(),
        };
        self.note(flight.from.toward(flight.to, 0.5), &[row.tag.name, &way, &takes]);
    }

    fn name_of(&self, node: NodeId) -> &str {
        self.glance.session.names().get(node.index()).map_or("", String::as_str)
    }

    /// A few words beside a point, on a floating ground.
    fn note(&self, at: Point, words: &[&str]) {
        let text = words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join("  ·  ");
        let font = &self.palette.fonts.small;
        let width = self.surface.width_of(&text, font) + 16.0;
        let left = (at.x + 12.0).min(self.right() - width - 6.0).max(self.left() + 4.0);
        let above = at.y - 34.0;
        let top = if above > AXIS { above } else { at.y + 12.0 };
        self.floating(left, top, width);
        self.surface.text(&text, left + 8.0, top + 12.0, font, &self.palette.text, Align::Start);
    }

    fn floating(&self, left: f64, top: f64, width: f64) {
        let (left, top) = (self.surface.crisp(left), self.surface.crisp(top));
        self.surface.rounded(left, top, width, 24.0, 6.0);
        self.surface.fill(&self.palette.raised);
        self.surface.stroke(&self.palette.line_strong, 1.0);
    }

    /// The vector time of the selected event, with the entry that just grew standing out.
    fn stamp(&self) {
        let Some(stamp) = &self.view.stamp else { return };
        let (Some(entries), Some(row)) = (&stamp.entries, self.glance.session.trace().event(stamp.event)) else {
            return;
        };
        let x = self.view.window.scale.x(row.at);
        if entries.len() > STAMPED || !self.in_view(x) {
            return;
        }
        let fonts = &self.palette.fonts;
        let pieces: Vec<(String, bool)> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| {
                let (open, close) = (if at == 0 { "[" } else { " " }, if at + 1 == entries.len() { "]" } else { "" });
                (format!("{open}{entry}{close}"), at == stamp.node.index())
            })
            .collect();
        let font = |strong: bool| if strong { &fonts.figures_strong } else { &fonts.figures };
        let width: f64 = pieces.iter().map(|(text, strong)| self.surface.width_of(text, font(*strong))).sum();
        let y = self.view.lanes.y(stamp.node) + 24.0;
        let y = if y > self.bottom() - 14.0 { y - 48.0 } else { y };
        let mut left = (x - width / 2.0).min(self.right() - width - 14.0).max(self.left() + 14.0);
        self.floating(left - 8.0, y - 12.0, width + 16.0);
        for (text, strong) in &pieces {
            let ink = if *strong { &self.palette.accent } else { &self.palette.muted };
            self.surface.text(text, left, y, font(*strong), ink, Align::Start);
            left += self.surface.width_of(text, font(*strong));
        }
    }
}
