//! Where arrows go that leave the picture, beyond its edges of time or of lanes.

use super::rows::{End, Flight};
use crate::draw::geometry::Point;
use crate::draw::lanes::Lanes;
use crate::draw::scale::Scale;
use netsplit_sim::{MsgId, NodeId};

/// An arrow that leaves the picture, and who is out there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Leaving {
    /// The message.
    pub id: MsgId,
    /// Where it crosses the edge.
    pub at: Point,
    /// Its direction there, outward.
    pub along: Point,
    /// Whose end is outside.
    pub who: NodeId,
}

/// How far marks stay from the edge, in pixels.
const INSIDE: f64 = 5.0;

impl Leaving {
    /// The end of an arrow that is outside, if the other one is inside. What was lost or is on its way ends where it is: nobody
    /// is out there.
    pub fn of(flight: &Flight, scale: &Scale, lanes: &Lanes) -> Option<Leaving> {
        let right = scale.left + scale.width;
        let inside = |at: Point| at.x >= scale.left && at.x <= right && at.y >= lanes.top && at.y <= lanes.bottom;
        let (inner, outer, who) = match (inside(flight.from), inside(flight.to)) {
            (true, false) if flight.end == End::Arrow => (flight.from, flight.to, flight.name.to),
            (false, true) => (flight.to, flight.from, flight.name.from),
            _ => return None,
        };
        let way = outer.minus(inner);
        let share = |least: f64, most: f64, at: f64, by: f64| match by {
            by if by > 0.0 => (most - at) / by,
            by if by < 0.0 => (least - at) / by,
            _ => 1.0,
        };
        let across = share(lanes.top + INSIDE, lanes.bottom - INSIDE, inner.y, way.y);
        let t = share(scale.left + INSIDE, right - INSIDE, inner.x, way.x).min(across).clamp(0.0, 1.0);
        Some(Leaving { id: flight.id, at: inner.toward(outer, t), along: way.unit(), who })
    }
}
