//! Paints what lies under the pointer in words, and vector times.

use super::Brush;
use crate::draw::Thing;
use crate::draw::geometry::point;
use crate::draw::ruler::AXIS;
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
            Some(Thing::Moment(time)) => self.ruler().moment(time),
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
        let marked = self.view.rows.marks.iter().any(|mark| mark.id == event);
        let y = row.somewhere().filter(|_| !marked).map_or(AXIS, |node| self.view.lanes.y(node.index()));
        self.ruler().note(point(self.view.window.scale.x(row.at), y), &[&who, &what, &when]);
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
        self.ruler().note(flight.from.toward(flight.to, 0.5), &[row.tag.name, &way, &takes]);
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
                let row = self.glance.session.trace().event(stamp.event)?;
                let x = self.view.window.scale.x(row.at);
                self.in_view(x).then(|| self.place(stamp, x))
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

    fn place(&self, stamp: &Stamp, x: f64) -> Placed {
        let last = stamp.entries.len().saturating_sub(1);
        let piece = |(at, entry): (usize, &u32)| {
            let (open, close) = (if at == 0 { "[" } else { " " }, if at == last { "]" } else { "" });
            (format!("{open}{entry}{close}"), at == stamp.node.index())
        };
        let pieces: Vec<(String, bool)> = stamp.entries.iter().enumerate().map(piece).collect();
        let width: f64 = pieces.iter().map(|(text, grew)| self.surface.width_of(text, self.figures(*grew))).sum();
        let away = if stamp.selected { 24.0 } else { 14.0 };
        let y = self.view.lanes.y(stamp.node.index()) + away;
        let y = if y > self.bottom() - 14.0 { y - 2.0 * away } else { y };
        let left = (x - width / 2.0).min(self.right() - width - 14.0).max(self.left() + 14.0);
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
