//! Where nodes sit if nobody drags them: on a circle when they are few, else in the shape of their network.

use crate::draw::geometry::{Point, point};
use netsplit_sim::Topology;
use std::f64::consts::{PI, TAU};

/// What the seating depends on.
pub struct Plan<'a> {
    /// The room there is.
    pub width: f64,
    /// The room there is.
    pub height: f64,
    /// Who has links to whom.
    pub topology: &'a Topology,
    /// For each node, whether it stands outside the group, as clients do.
    pub outside: &'a [bool],
    /// For each node, its side of a partition; empty while there is none.
    pub sides: &'a [u16],
}

/// A seat for every node.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Seats {
    /// The middle of each node.
    pub at: Vec<Point>,
    /// The radius of their discs.
    pub radius: f64,
}

/// More nodes than this do not fit round one circle.
const CIRCLE: usize = 40;
/// More nodes than this do not fit into circles round each other.
const CIRCLES: usize = 240;
/// The leaves of a larger tree than this do not fit beside each other.
const TREE: usize = 63;
/// A line of more nodes than this turns back.
const ROW: usize = 9;

/// From this radius on, a node carries its name and figures.
pub const FULL: f64 = 17.0;
/// From this radius on, it carries its name, and its headline figure under it.
pub const BRIEF: f64 = 13.0;
/// The height of what is written under it, in pixels.
pub const WRITING: f64 = 46.0;
/// The width and height of a headline figure alone.
const FIGURE: (f64, f64) = (76.0, 16.0);
/// How much wider than high a circle may be, as one would have it first.
const STRETCHES: [f64; 3] = [1.8, 2.4, 3.2];
/// Beyond so many nodes there is no use in looking whether writing fits.
const WRITTEN: usize = 60;
/// Below this radius a node is a dot.
pub const SMALL: f64 = 9.0;

/// A rectangle to sit in.
#[derive(Clone, Copy)]
struct Room {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Room {
    fn at(&self, x: f64, y: f64) -> Point {
        point(self.left + self.width * x, self.top + self.height * y)
    }
}

/// Seats everyone.
pub fn seats(plan: &Plan) -> Seats {
    let most = (plan.width.min(plan.height) / 12.0).clamp(FULL, 34.0);
    // The largest nodes that leave room for all that is written under them, or at least for their figures.
    let full = std::iter::successors(Some(most), |radius| Some(radius - 1.0)).take_while(|radius| *radius >= FULL);
    let brief = std::iter::successors(Some(FULL - 0.5), |radius| Some(radius - 0.5)).take_while(|it| *it >= BRIEF);
    let written =
        full.map(|radius| (radius, (writing_width(radius), WRITING))).chain(brief.map(|radius| (radius, FIGURE)));
    let few = plan.outside.len() <= WRITTEN;
    // Rather a long oval than small nodes.
    let tries = written.flat_map(|it| STRETCHES.map(|stretch| (it, stretch))).filter(|_| few);
    let mut tries: Vec<_> = tries.collect();
    tries.sort_by_key(|((radius, _), stretch)| (*radius < FULL, (*stretch * 10.0) as u32));
    for ((radius, writing), stretch) in tries {
        let at = seat(plan, radius, stretch);
        if is_legible(&at, radius, writing) {
            return Seats { at, radius };
        }
    }
    let radius = (nearest(&seat(plan, SMALL, STRETCHES[0])) * 0.3).clamp(2.5, BRIEF - 0.5);
    let at = seat(plan, radius, STRETCHES[0]);
    let radius = (nearest(&at) * 0.3).clamp(2.5, radius);
    Seats { at, radius }
}

/// How wide what is written under a node may be.
pub fn writing_width(radius: f64) -> f64 {
    (radius * 4.5).max(110.0)
}

/// How wide what is written under each node may become before it touches another node, what is written there, or the
/// edge of the picture.
pub fn written_widths(at: &[Point], radius: f64, width: f64) -> Vec<f64> {
    const WIDEST: f64 = 240.0;
    let free = |here: &Point| {
        let beside = at.iter().filter_map(|there| {
            let (dx, dy) = ((here.x - there.x).abs(), there.y - here.y);
            let written = dx > 0.0 && dy.abs() < WRITING;
            let disc = dy > 0.0 && dy < 2.0 * radius + 20.0 + WRITING;
            let to_disc = if disc { 2.0 * (dx - radius - 12.0) } else { WIDEST };
            let to_words = if written { dx - 6.0 } else { WIDEST };
            (written || disc).then_some(to_disc.min(to_words))
        });
        beside.fold(2.0 * here.x.min(width - here.x) - 8.0, f64::min).clamp(writing_width(radius), WIDEST)
    };
    at.iter().map(free).collect()
}

/// Whether no node and nothing that is written under it touches another.
fn is_legible(at: &[Point], radius: f64, (width, height): (f64, f64)) -> bool {
    // Discs have rings round them.
    let reach = radius + if radius >= FULL { 8.0 } else { 6.0 };
    let apart = |a: &Point, b: &Point| {
        let (dx, dy) = ((a.x - b.x).abs(), (a.y - b.y).abs());
        let discs = a.distance(*b) >= 2.0 * reach;
        // The writing of the upper one against the lower one's disc, and writing against writing.
        let below = dx >= width / 2.0 + reach || dy >= 2.0 * reach + height || dy < 1.0;
        discs && below && (dx >= width || dy >= height)
    };
    at.iter().enumerate().all(|(nth, a)| at[nth + 1..].iter().all(|b| apart(a, b)))
}

fn seat(plan: &Plan, radius: f64, stretch: f64) -> Vec<Point> {
    let (above, below, beside) = margins(radius, plan.width);
    let outside = plan.outside.iter().filter(|out| **out).count();
    let inside = plan.outside.len() - outside;
    let height = (plan.height - above - below).max(1.0);
    let columns = columns_beside(outside, height, radius);
    let aside = (radius * 3.6).max(24.0).min(plan.width * 0.2) + (columns - 1) as f64 * column_width(radius);
    let aside = if outside > 0 && inside > 0 { aside } else { 0.0 };
    let room = Room { left: beside, top: above, width: (plan.width - 2.0 * beside - aside).max(1.0), height };
    let group = group_seats(plan, if inside > 0 { inside } else { outside }, room, stretch);
    let right = group.iter().map(|at| at.x).fold(0.0, f64::max);
    // Beside the group, but not at the other end of a wide picture.
    let gap = if radius < FULL { (radius * 4.5).max(48.0) } else { writing_width(radius) + 8.0 };
    let left = (plan.width - beside - (columns - 1) as f64 * column_width(radius)).min(right + gap);
    let clients = beside_seats(outside, columns, Room { left, width: 1.0, ..room }, radius, &group);
    let (mut group, mut clients) = (group.into_iter(), clients.into_iter());
    let seat = |out: &bool| if *out && inside > 0 { clients.next() } else { group.next() };
    centred(plan.outside.iter().filter_map(seat).collect(), plan.width)
}

/// The same places with as much room on the left as on the right.
fn centred(mut places: Vec<Point>, width: f64) -> Vec<Point> {
    let (least, most) = places.iter().fold((width, 0.0), |(a, b), at| (f64::min(a, at.x), f64::max(b, at.x)));
    let shift = (width - most - least) / 2.0;
    places.iter_mut().for_each(|at| at.x += shift);
    places
}

/// Free room above, below and beside the middles of nodes of a radius.
fn margins(radius: f64, width: f64) -> (f64, f64, f64) {
    if radius < FULL {
        let below = if radius >= BRIEF { 28.0 } else { 20.0 };
        return (radius + 12.0, radius + if radius >= SMALL { below } else { 12.0 }, radius + 14.0);
    }
    (radius + 18.0, radius + 64.0, radius + if width < 600.0 { 32.0 } else { 40.0 })
}

fn group_seats(plan: &Plan, count: usize, room: Room, stretch: f64) -> Vec<Point> {
    match plan.topology {
        Topology::Line if count <= ROW => row(count, room),
        Topology::Line => winding(count, room),
        Topology::Grid => grid(count, (count as u32).isqrt().max(1) as usize, room),
        Topology::Tree if count <= TREE => tree(count, room),
        Topology::Tree => round_tree(count, room),
        Topology::Star if (3..=CIRCLE).contains(&count) => {
            let middle = room.at(0.5, 0.5);
            std::iter::once(middle).chain(circle(&Order::of(count - 1, &[], &[]), room, stretch)).collect()
        }
        Topology::Ring if count <= 3 * CIRCLE => circle(&Order::of(count, &[], &[]), room, stretch),
        Topology::Ring => winding(count, room),
        _ if count <= CIRCLE => circle(&Order::of(count, plan.outside, plan.sides), room, stretch),
        _ if count <= CIRCLES => circles(count, room),
        _ => grid(count, columns(count, room), room),
    }
}

fn columns(count: usize, room: Room) -> usize {
    ((count as f64 * room.width / room.height).sqrt().ceil() as usize).clamp(1, count.max(1))
}

/// Who follows whom round the circle, and where the gaps between the sides of a partition are.
struct Order {
    /// The seat, in order round the circle, of each member.
    seat_of: Vec<usize>,
    /// For each seat, whether there is a gap after it.
    gaps: Vec<bool>,
}

impl Order {
    /// The order of the first `count` nodes that are not outside. It is that of their ids, unless the sides of a
    /// partition would then be mixed.
    fn of(count: usize, outside: &[bool], sides: &[u16]) -> Order {
        let members = outside.iter().zip(sides).filter(|(out, _)| !**out || count == outside.len());
        let sides: Vec<u16> = members.map(|(_, side)| *side).collect();
        if sides.len() != count {
            return Order { seat_of: (0..count).collect(), gaps: vec![false; count] };
        }
        let mut order: Vec<usize> = (0..count).collect();
        let mut distinct = sides.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let borders = (0..count).filter(|at| sides[*at] != sides[(at + 1) % count]).count();
        if borders > distinct.len() {
            let first = |side: u16| sides.iter().position(|s| *s == side);
            order.sort_by_key(|member| (first(sides[*member]), *member));
        }
        let gaps = (0..count).map(|at| sides[order[at]] != sides[order[(at + 1) % count]]).collect();
        let mut seat_of = vec![0; count];
        for (seat, member) in order.into_iter().enumerate() {
            seat_of[member] = seat;
        }
        Order { seat_of, gaps }
    }
}

/// How much wider than a usual distance a gap between two sides is.
const GAP: f64 = 0.55;

fn circle(order: &Order, room: Room, stretch: f64) -> Vec<Point> {
    let count = order.seat_of.len();
    if count == 1 {
        return vec![room.at(0.5, 0.5)];
    }
    let (across, down) = (room.width / 2.0, room.height / 2.0);
    let (across, down) = (across.min(down * stretch), down.min(across * 1.25));
    let middle = room.at(0.5, 0.5);
    let evenly = Evenly::round(across, down);
    let whole = count as f64 + GAP * order.gaps.iter().filter(|gap| **gap).count() as f64;
    let mut angles = Vec::with_capacity(count);
    let mut passed = 0.0;
    for gap in &order.gaps {
        angles.push(evenly.angle(passed / whole));
        passed += 1.0 + if *gap { GAP } else { 0.0 };
    }
    let place = |seat: &usize| point(middle.x + across * angles[*seat].cos(), middle.y + down * angles[*seat].sin());
    let mut places: Vec<Point> = order.seat_of.iter().map(place).collect();
    // An odd circle leaves room below it.
    let bottom = places.iter().map(|at| at.y).fold(f64::MIN, f64::max);
    let spare = (middle.y + down - bottom) / 2.0;
    places.iter_mut().for_each(|at| at.y += spare);
    places
}

/// The way round an ellipse in steps of the same length, where steps of the same angle would crowd its ends.
struct Evenly {
    /// How far it is from the top to each of so many angles.
    far: Vec<f64>,
}

impl Evenly {
    const STEPS: usize = 720;

    fn round(across: f64, down: f64) -> Evenly {
        let at = |step: usize| {
            let angle = Evenly::turn(step as f64);
            point(across * angle.cos(), down * angle.sin())
        };
        let mut far = vec![0.0];
        for step in 1..=Evenly::STEPS {
            far.push(far[step - 1] + at(step).distance(at(step - 1)));
        }
        Evenly { far }
    }
    fn turn(step: f64) -> f64 {
        -PI / 2.0 + TAU * step / Evenly::STEPS as f64
    }
    /// The angle after a share of the whole way.
    fn angle(&self, share: f64) -> f64 {
        let wanted = share * self.far[Evenly::STEPS];
        let after = self.far.partition_point(|far| *far <= wanted).clamp(1, Evenly::STEPS);
        let (before, step) = (self.far[after - 1], self.far[after] - self.far[after - 1]);
        Evenly::turn((after - 1) as f64 + if step > 0.0 { (wanted - before) / step } else { 0.0 })
    }
}

/// Circles round each other, as far apart as neighbours on them are.
fn circles(count: usize, room: Room) -> Vec<Point> {
    let rings = ((count as f64 / PI + 0.25).sqrt() - 0.5).round().max(1.0) as usize;
    let shares = rings * (rings + 1) / 2;
    let middle = room.at(0.5, 0.5);
    let mut places = Vec::with_capacity(count);
    for ring in 1..=rings {
        let here = if ring == rings { count - places.len() } else { (count * ring).div_ceil(shares) };
        let share = ring as f64 / rings as f64;
        for at in 0..here.min(count - places.len()) {
            let angle = -PI / 2.0 + TAU * at as f64 / here as f64;
            let (across, down) = (room.width / 2.0 * share, room.height / 2.0 * share);
            places.push(point(middle.x + across * angle.cos(), middle.y + down * angle.sin()));
        }
    }
    places
}

fn row(count: usize, room: Room) -> Vec<Point> {
    (0..count).map(|at| room.at((at as f64 + 0.5) / count as f64, 0.5)).collect()
}

/// How high a node with all that is written under it is, and how far columns of nodes are apart.
fn row_height(radius: f64) -> f64 {
    2.0 * radius + WRITING + 28.0
}
fn column_width(radius: f64) -> f64 {
    writing_width(radius) + 4.0
}

/// How many columns beside the group leave room for what is written under each node.
fn columns_beside(count: usize, height: f64, radius: f64) -> usize {
    let rows = (height / row_height(radius)) as usize + 1;
    if radius < FULL || count > ROW { 1 } else { count.div_ceil(rows).max(1) }
}

/// Seats beside the group, in columns.
fn beside_seats(count: usize, columns: usize, room: Room, radius: f64, group: &[Point]) -> Vec<Point> {
    let column = |nth: usize| {
        let here = count / columns + usize::from(nth < count % columns);
        let left = room.left + nth as f64 * column_width(radius);
        column_seats(here, Room { left, ..room }, radius, if nth == 0 { group } else { &[] })
    };
    (0..columns).flat_map(column).collect()
}

/// A column beside the group, as high or low as keeps it furthest from the group's members.
fn column_seats(count: usize, room: Room, radius: f64, group: &[Point]) -> Vec<Point> {
    // From the middle of the first to that of the last.
    let step = (room.height / count.saturating_sub(1).max(1) as f64).min(row_height(radius));
    let free = room.height - step * count.saturating_sub(1) as f64;
    let column = |share: f64| -> Vec<Point> {
        (0..count).map(|at| point(room.left, room.top + free * share + step * at as f64)).collect()
    };
    let away = |column: &[Point]| {
        let to_group = |at: &Point| group.iter().map(|other| at.distance(*other)).fold(f64::MAX, f64::min);
        column.iter().map(to_group).fold(f64::MAX, f64::min)
    };
    // The middle first: another height must be better by more than a trifle.
    let heights = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0].map(column);
    let enough = row_height(radius);
    let best = heights.into_iter().reduce(|a, b| if away(&b).min(enough) > away(&a) + 4.0 { b } else { a });
    best.unwrap_or_default()
}

fn grid(count: usize, columns: usize, room: Room) -> Vec<Point> {
    let rows = count.div_ceil(columns).max(1);
    let place = |at: usize| {
        let (x, y) = ((at % columns) as f64 + 0.5, (at / columns) as f64 + 0.5);
        room.at(x / columns as f64, y / rows as f64)
    };
    (0..count).map(place).collect()
}

/// Rows that turn back at their ends, so that neighbours stay neighbours.
fn winding(count: usize, room: Room) -> Vec<Point> {
    let columns = columns(count, room);
    let turned = |at: usize| {
        let (row, column) = (at / columns, at % columns);
        row * columns + if row % 2 == 1 { columns - 1 - column } else { column }
    };
    let cells = grid(count.div_ceil(columns) * columns, columns, room);
    (0..count).map(|at| cells[turned(at)]).collect()
}

fn tree(count: usize, room: Room) -> Vec<Point> {
    let level = |at: usize| (at + 1).ilog2();
    let levels = count.checked_sub(1).map_or(1, |last| level(last) + 1);
    let place = |at: usize| {
        let here = level(at);
        let across = (at + 1 - (1 << here)) as f64 + 0.5;
        room.at(across / f64::from(1u32 << here), (f64::from(here) + 0.5) / f64::from(levels))
    };
    (0..count).map(place).collect()
}

/// A tree that grows outward from its root in the middle.
fn round_tree(count: usize, room: Room) -> Vec<Point> {
    let levels = f64::from(count.max(2).ilog2());
    let place = |at: usize| {
        let here = (at + 1).ilog2();
        let turn = ((at + 1 - (1 << here)) as f64 + 0.5) / f64::from(1u32 << here);
        let (angle, share) = (TAU * turn - PI / 2.0, f64::from(here) / levels / 2.0);
        room.at(0.5 + share * angle.cos(), 0.5 + share * angle.sin())
    };
    (0..count).map(place).collect()
}

/// The distance between the two points nearest to each other.
fn nearest(points: &[Point]) -> f64 {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut least = f64::MAX;
    for (at, here) in sorted.iter().enumerate() {
        for other in &sorted[at + 1..] {
            if other.x - here.x >= least {
                break;
            }
            least = least.min(here.distance(*other));
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::NodeId;

    fn plan<'a>(topology: &'a Topology, outside: &'a [bool], sides: &'a [u16]) -> Plan<'a> {
        Plan { width: 840.0, height: 460.0, topology, outside, sides }
    }

    #[test]
    fn five_sit_on_a_circle_with_the_first_at_the_top() {
        let Seats { at, radius } = seats(&plan(&Topology::Mesh, &[false; 5], &[]));
        assert!(at[1..].iter().all(|other| other.y > at[0].y));
        assert!((at[0].x - 420.0).abs() < 1.0);
        assert!(at[1].x > at[0].x && at[4].x < at[0].x, "clockwise");
        assert!(radius >= FULL && nearest(&at) > 3.0 * radius);
    }

    #[test]
    fn everybody_is_in_the_picture_and_nobody_overlaps() {
        let edges = Topology::Edges(vec![(NodeId(0), NodeId(1))]);
        let shapes = [
            Topology::Mesh,
            Topology::Ring,
            Topology::Star,
            Topology::Line,
            Topology::Tree,
            Topology::Grid,
            Topology::Random(4),
            edges,
        ];
        for topology in &shapes {
            for count in [1, 2, 3, 5, 7, 16, 40, 41, 100, 130, 240, 241, 1000] {
                for (width, height) in [(840.0, 460.0), (390.0, 380.0), (320.0, 200.0)] {
                    let outside = vec![false; count];
                    let seated = seats(&Plan { width, height, ..plan(topology, &outside, &[]) });
                    assert_eq!(seated.at.len(), count);
                    let inside = |p: &Point| p.x > 0.0 && p.x < width && p.y > 0.0 && p.y < height;
                    assert!(seated.at.iter().all(inside), "{topology:?} {count}");
                    let room = nearest(&seated.at);
                    assert!(
                        room > 0.9 && (room > 1.9 * seated.radius || seated.radius <= 2.5),
                        "{topology:?} {count} {room}"
                    );
                }
            }
        }
    }

    #[test]
    fn clients_sit_beside_the_group() {
        let outside = [false, false, false, true, true];
        let Seats { at, .. } = seats(&plan(&Topology::Mesh, &outside, &[]));
        let right = at[..3].iter().map(|p| p.x).fold(0.0, f64::max);
        assert!(at[3].x > right + 30.0 && at[4].x == at[3].x && at[4].y > at[3].y);
        assert_eq!(seats(&plan(&Topology::Mesh, &[true; 3], &[])).at.len(), 3, "only clients: they are the group");
    }

    #[test]
    fn the_sides_of_a_partition_sit_together_and_apart() {
        let whole = seats(&plan(&Topology::Mesh, &[false; 5], &[])).at;
        // Already together: the order stays.
        let split = seats(&plan(&Topology::Mesh, &[false; 5], &[1, 1, 0, 0, 0])).at;
        assert!(split[1].distance(split[2]) > whole[1].distance(whole[2]));
        assert!(split[0].distance(split[1]) < whole[0].distance(whole[1]));
        assert!(split[1].x > split[0].x);
        // Mixed: n1 and n3 here, the rest there.
        let mixed = seats(&plan(&Topology::Mesh, &[false; 5], &[1, 0, 1, 0, 0])).at;
        let apart = |a: usize, b: usize| mixed[a].distance(mixed[b]);
        assert!(apart(0, 2) < apart(0, 1) && apart(0, 2) < apart(0, 4));
    }
}
