//! Paints what lies under the pointer in words, and vector times.

use super::Brush;
use crate::draw::Thing;
use crate::draw::geometry::{Point, point};
use crate::draw::scale::time_text;
use crate::draw::spacetime::Stamp;
use crate::draw::spacetime::rows::End;
use crate::draw::wording::{self, Term};
use netsplit_sim::trace::What;
use netsplit_sim::{EventId, MsgId, NodeId};

impl Brush<'_> {
    /// The moment under the pointer, or what lies there in words.
    pub(super) fn pointer(&self) {
        match self.glance.hover {
            Some(Thing::Moment(time)) => self.moment(time),
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
        }
        .iter()
        .map(|node| self.name_of(*node))
        .collect();
        let who = who.join(", ");
        let dot = self.view.rows.dots.iter().find(|dot| dot.id == event);
        let more = dot.filter(|dot| dot.count > 1).map_or_else(String::new, |dot| {
            wording::say(lang, Term::LocalEvents).replace("{count}", &dot.count.to_string())
        });
        let mark = self.view.rows.marks.iter().find(|mark| mark.id == event).map(|mark| point(mark.x, self.top()));
        let Some(at) = mark.or_else(|| self.field.place(event)) else { return };
        self.ruler().note(at, &[&who, &what, &more, &when]);
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
        let copy = if flight.name.copy > 0 { wording::say(self.glance.lang, Term::Duplicate) } else { "" };
        self.ruler().note(flight.from.toward(flight.to, 0.5), &[row.tag.name, &way, &takes, copy]);
    }

    fn name_of(&self, node: NodeId) -> &str {
        self.glance.session.names().get(node.index()).map_or("", String::as_str)
    }

    /// Vector times, each with the entry that just grew standing out. The selected event has its own in any case;
    /// others only where it would lie on none that is there already.
    pub(super) fn stamps(&self) {
        let mut taken: Vec<(f64, f64, f64)> = Vec::new();
        let selected_first = self.view.stamps.iter().rev(); // the selected one is the last
        let placed: Vec<Placed> = selected_first
            .filter_map(|stamp| {
                let at = self.field.place(stamp.event)?;
                self.in_view(at.x).then(|| self.place(stamp, at))
            })
            .filter(|stamp| {
                let (left, right) = (stamp.left - 6.0, stamp.left + stamp.width + 6.0);
                let free =
                    taken.iter().all(|(from, to, y)| right <= *from || *to <= left || (stamp.y - y).abs() > 20.0);
                if free {
                    taken.push((left, right, stamp.y));
                }
                free
            })
            .collect();
        placed.iter().rev().for_each(|stamp| self.stamp(stamp));
    }

    /// Where a vector time is to stand, on the screen.
    fn place(&self, stamp: &Stamp, at: Point) -> Placed {
        let last = stamp.entries.len().saturating_sub(1);
        let piece = |(at, entry): (usize, &u32)| {
            let (open, close) = (if at == 0 { "[" } else { " " }, if at == last { "]" } else { "" });
            (format!("{open}{entry}{close}"), at == stamp.node.index())
        };
        let pieces: Vec<(String, bool)> = stamp.entries.iter().enumerate().map(piece).collect();
        let width: f64 = pieces.iter().map(|(text, grew)| self.surface.width_of(text, self.figures(*grew))).sum();
        let (at, (least, most)) = (self.ruler().screen(at), self.ruler().field());
        let away = if stamp.selected { 24.0 } else { 14.0 };
        let y = at.y + away;
        let y = if y > most.y - 14.0 { y - 2.0 * away } else { y };
        // In a turned picture what is below an event is its own node's line: beside it there is room.
        let (left, y) = match self.view.showing.vertical {
            true => (at.x + 12.0, at.y - 9.0),
            false => (at.x - width / 2.0, y),
        };
        let left = left.min(most.x - width - 14.0).max(least.x + 14.0);
        Placed { pieces, left, y, width, selected: stamp.selected }
    }

    fn stamp(&self, stamp: &Placed) {
        if stamp.selected {
            self.ruler().floating(point(stamp.left - 8.0, stamp.y - 12.0), stamp.width + 16.0);
        }
        let ground = if stamp.selected { &self.palette.raised } else { &self.palette.surface };
        let mut left = stamp.left;
        for (text, grew) in &stamp.pieces {
            let ink = if *grew { &self.palette.accent } else { &self.palette.muted };
            self.surface.haloed(text, left, stamp.y, self.figures(*grew), ink, ground);
            left += self.surface.width_of(text, self.figures(*grew));
        }
    }

    /// How much there is, where not all of it is drawn one by one.
    pub(super) fn told(&self) {
        let rows = &self.view.rows;
        let mut said = Vec::new();
        if !rows.density.is_empty() {
            said.push(wording::say(self.glance.lang, Term::EventsInView).replace("{count}", &rows.events.to_string()));
        }
        if rows.stride > 1 {
            said.push(wording::say(self.glance.lang, Term::OneOf).replace("{count}", &rows.stride.to_string()));
        }
        if said.is_empty() {
            return;
        }
        let (said, font) = (said.join("  ·  "), &self.palette.fonts.small);
        let (least, most) = self.ruler().field();
        self.surface.upright(|| {
            let (left, y) = (least.x + 8.0, most.y - 10.0);
            self.surface.haloed(&said, left, y, font, &self.palette.muted, &self.palette.surface);
        });
    }

    fn figures(&self, strong: bool) -> &str {
        let fonts = &self.palette.fonts;
        if strong { &fonts.figures_strong } else { &fonts.figures }
    }
}

/// A vector time where it is to stand.
struct Placed {
    /// Its entries, and which of them just grew.
    pieces: Vec<(String, bool)>,
    left: f64,
    y: f64,
    width: f64,
    selected: bool,
}
