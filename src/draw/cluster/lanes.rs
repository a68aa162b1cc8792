//! The way between two nodes: from rim to rim, each direction on a lane of its own so that a question and its answer
//! pass each other.

use crate::draw::geometry::Point;

/// How far a lane lies from the straight line between the two middles.
pub const ASIDE: f64 = 5.0;

/// A lane, in the direction of travel.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lane {
    /// At the rim of the sender.
    pub start: Point,
    /// At the rim of the receiver.
    pub end: Point,
    /// The direction, of length one.
    pub along: Point,
}

impl Lane {
    /// The lane from one middle to another, for discs that reach out so far.
    pub fn between(from: Point, to: Point, reach: f64) -> Lane {
        let along = to.minus(from).unit();
        // Traffic keeps to the right. Small nodes have their lanes closer together.
        let aside = along.right().times(ASIDE.min(reach * 0.3));
        let apart = from.distance(to);
        let reach = reach.min(apart * 0.45);
        let start = from.plus(along.times(reach)).plus(aside);
        Lane { start, end: start.plus(along.times(apart - 2.0 * reach)), along }
    }
    /// The place after a share of the way.
    pub fn at(&self, share: f64) -> Point {
        self.start.toward(self.end, share)
    }
    /// Its distance from a place.
    pub fn distance(&self, from: Point) -> f64 {
        from.distance_to_stretch(self.start, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::geometry::point;

    #[test]
    fn the_two_directions_pass_each_other() {
        let (a, b) = (point(0.0, 0.0), point(200.0, 0.0));
        let (there, back) = (Lane::between(a, b, 30.0), Lane::between(b, a, 30.0));
        assert_eq!((there.start, there.end), (point(30.0, 5.0), point(170.0, 5.0)));
        assert_eq!((back.start, back.end), (point(170.0, -5.0), point(30.0, -5.0)));
        assert_eq!(there.at(0.5), point(100.0, 5.0));
        assert_eq!(there.distance(point(100.0, 8.0)), 3.0);
    }

    #[test]
    fn nodes_on_top_of_each_other_still_have_a_lane() {
        let a = point(50.0, 50.0);
        let lane = Lane::between(a, a, 30.0);
        assert!(lane.at(0.3).x.is_finite() && lane.distance(a) < 1.0);
    }
}
