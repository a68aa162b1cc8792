//! Points, hulls and easing: the plane geometry of the drawings.

/// A point or a direction, in CSS pixels; y points down.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A point.
pub const fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    /// This way plus that way.
    pub fn plus(self, other: Point) -> Point {
        point(self.x + other.x, self.y + other.y)
    }
    /// The way from `other` to here.
    pub fn minus(self, other: Point) -> Point {
        point(self.x - other.x, self.y - other.y)
    }
    /// So many times as far.
    pub fn times(self, factor: f64) -> Point {
        point(self.x * factor, self.y * factor)
    }
    /// A share `t` of the way from here to `other`.
    pub fn toward(self, other: Point, t: f64) -> Point {
        self.plus(other.minus(self).times(t))
    }
    /// The distance to another point.
    pub fn distance(self, other: Point) -> f64 {
        other.minus(self).length()
    }
    /// How far it is from the origin.
    pub fn length(self) -> f64 {
        self.x.hypot(self.y)
    }
    /// The same direction with length one; zero stays zero.
    pub fn unit(self) -> Point {
        let length = self.length();
        if length > 0.0 { self.times(1.0 / length) } else { self }
    }
    /// A quarter turn: to the right of who looks along this direction (y points down).
    pub fn right(self) -> Point {
        point(-self.y, self.x)
    }
    /// Positive if `other` is clockwise from this direction on the screen.
    pub fn cross(self, other: Point) -> f64 {
        self.x * other.y - self.y * other.x
    }
    /// The share of one direction in another.
    pub fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y
    }
    /// The distance to the stretch between two points.
    pub fn distance_to_stretch(self, a: Point, b: Point) -> f64 {
        let way = b.minus(a);
        let along = if way.length() > 0.0 { self.minus(a).dot(way) / way.dot(way) } else { 0.0 };
        self.distance(a.toward(b, along.clamp(0.0, 1.0)))
    }
}

/// The corners of the convex hull, clockwise on the screen; of fewer than three points, the points.
pub fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut corners = half_hull(sorted.iter().copied());
    corners.extend(half_hull(sorted.iter().rev().copied()));
    corners
}

/// One half of the hull by Andrew's monotone chain, without its last point.
fn half_hull(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut chain: Vec<Point> = Vec::new();
    for next in points {
        while let [.., a, b] = chain[..] {
            if b.minus(a).cross(next.minus(b)) > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(next);
    }
    chain.pop();
    chain
}

/// A corner of a hull drawn at a distance: an arc round the corner from one angle to another, clockwise.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Corner {
    /// The corner itself.
    pub at: Point,
    /// Where its arc begins, in radians.
    pub from: f64,
    /// Where its arc ends: never before `from`.
    pub to: f64,
}

/// The outline round some points: the arcs of their hull's corners, to be joined by straight lines.
pub fn outline(points: &[Point]) -> Vec<Corner> {
    use std::f64::consts::{PI, TAU};
    let corners = hull(points);
    match corners[..] {
        [] => Vec::new(),
        [only] => vec![Corner { at: only, from: 0.0, to: TAU }],
        _ => (0..corners.len())
            .map(|at| {
                let (before, here) = (corners[(at + corners.len() - 1) % corners.len()], corners[at]);
                let after = corners[(at + 1) % corners.len()];
                // Clockwise round the hull, outward is to the left of the way.
                let outward = |from: Point, to: Point| {
                    let left = to.minus(from).right().times(-1.0);
                    left.y.atan2(left.x)
                };
                let (from, to) = (outward(before, here), outward(here, after));
                let turn = (to - from).rem_euclid(TAU);
                Corner { at: here, from, to: from + if corners.len() == 2 { PI } else { turn } }
            })
            .collect(),
    }
}

/// How far a movement is along after a share `t` of its time: it starts briskly and comes to rest gently.
pub fn ease(t: f64) -> f64 {
    1.0 - (1.0 - t.clamp(0.0, 1.0)).powi(3)
}

/// How long a movement takes, in milliseconds.
pub const EASE_MS: f64 = 150.0;

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn a_hull_leaves_out_what_is_inside() {
        let square = [point(0.0, 0.0), point(4.0, 0.0), point(4.0, 4.0), point(0.0, 4.0)];
        let mut points = square.to_vec();
        points.extend([point(2.0, 2.0), point(1.0, 3.0), point(2.0, 0.0)]);
        let corners = hull(&points);
        assert_eq!(corners.len(), 4);
        assert!(square.iter().all(|corner| corners.contains(corner)));
        assert_eq!(hull(&[point(1.0, 1.0), point(1.0, 1.0)]), [point(1.0, 1.0)]);
    }

    #[test]
    fn an_outline_goes_round_once() {
        let shapes: [&[Point]; 4] = [
            &[point(5.0, 5.0)],
            &[point(0.0, 0.0), point(9.0, 3.0)],
            &[point(0.0, 0.0), point(9.0, 3.0), point(2.0, 8.0)],
            &[point(0.0, 0.0), point(4.0, 0.0), point(8.0, 0.0)],
        ];
        for points in shapes {
            let arcs = outline(points);
            let turned: f64 = arcs.iter().map(|arc| arc.to - arc.from).sum();
            assert!((turned - TAU).abs() < 1e-9, "{points:?}: {turned}");
            // Seen from the middle, every arc's middle is further out than its corner.
            let sum = points.iter().fold(Point::default(), |sum, at| sum.plus(*at));
            let middle = sum.times(1.0 / points.len() as f64);
            for arc in arcs.iter().filter(|_| points.len() > 1) {
                let angle = (arc.from + arc.to) / 2.0;
                let edge = arc.at.plus(point(angle.cos(), angle.sin()));
                assert!(edge.distance(middle) > arc.at.distance(middle), "{points:?} {arc:?}");
            }
        }
    }

    #[test]
    fn distances_to_a_stretch_end_at_its_ends() {
        let (a, b) = (point(0.0, 0.0), point(10.0, 0.0));
        assert_eq!(point(5.0, 3.0).distance_to_stretch(a, b), 3.0);
        assert_eq!(point(14.0, 3.0).distance_to_stretch(a, b), 5.0);
        assert_eq!(point(3.0, 4.0).distance_to_stretch(a, a), 5.0);
    }

    #[test]
    fn easing_starts_and_ends_where_it_should() {
        assert_eq!((ease(0.0), ease(1.0), ease(7.0), ease(-1.0)), (0.0, 1.0, 1.0, 0.0));
        assert!(ease(0.3) > 0.3);
    }
}
