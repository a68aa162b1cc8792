//! The cluster: nodes, the links between them, and the messages on their way.

mod lanes;
mod links;
mod mail;
mod paint;
mod seats;

use super::geometry::{EASE_MS, Point, ease, point};
use super::{Glance, Standing, Thing};
use lanes::Lane;
use links::Links;
use mail::Mail;
use netsplit_scenario::{NodeNow, Session};
use netsplit_sim::{EventId, NodeId, Prominence, Time, Topology};
use seats::Plan;
use std::collections::BTreeMap;

/// The drawing of the cluster.
#[derive(Default)]
pub struct ClusterView {
    size: Point,
    topology: Topology,
    nodes: Vec<Sitter>,
    radius: f64,
    /// For each node, how wide what is written under it may become; empty where nothing is.
    widths: Vec<f64>,
    /// For each node, whether it stands outside the group.
    outside: Vec<bool>,
    /// For each node, its side of the partition; empty while there is none.
    sides: Vec<u16>,
    /// For each node of a changed network, which one it was: those who stay go gently to their new seats.
    arrived: Option<Vec<Option<NodeId>>>,
    /// Where people dragged nodes to, as shares of width and height.
    dragged: BTreeMap<NodeId, Point>,
    links: Links,
    hulls: Hulls,
    mail: Mail,
    /// Whether somebody is at work on the links: messages would only be in the way.
    editing: bool,
}

/// A node in the picture.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Sitter {
    at: Point,
    /// Where it is on its way from and to, and since when.
    from: Point,
    to: Point,
    moved: f64,
    standing: Standing,
    /// How it stood before, and when that changed.
    stood: Standing,
    turned: f64,
    /// Its latest event, and when that was seen.
    latest: Option<EventId>,
    acted: f64,
}

/// The soft shapes round the sides of a partition. They outlive the partition by the time it takes to fade.
#[derive(Default)]
struct Hulls {
    /// The side of each shape and who is in it.
    groups: Vec<(u16, Vec<NodeId>)>,
    strength: f64,
    changed: f64,
    whole: bool,
}

/// How long a node that just acted glows, in milliseconds.
const GLOW_MS: f64 = 450.0;
/// How near the pointer must be to a message or a link, in pixels.
const NEAR: f64 = 8.0;

impl ClusterView {
    /// An empty drawing.
    pub fn new() -> ClusterView {
        ClusterView::default()
    }
    /// Forgets the run that was drawn, and where people dragged its nodes to.
    pub fn forget(&mut self) {
        *self = ClusterView { size: self.size, ..ClusterView::default() };
    }

    /// Gives every node its seat, for a run or a size that is new.
    pub fn layout(&mut self, width: f64, height: f64, session: &dyn Session) {
        self.size = point(width, height);
        let parts = session.parts();
        if self.nodes.len() != parts.len() || self.arrived.is_some() {
            self.nodes.resize(parts.len(), Sitter::default());
            self.outside = outsiders(session);
            self.links = Links::of(session);
        }
        self.topology = session.scenario().topology.clone();
        if self.arrived.is_none() {
            self.seat(None);
        }
    }

    /// Seats everyone: at once, or from the given moment on.
    fn seat(&mut self, gently: Option<f64>) {
        let plan = Plan {
            width: self.size.x,
            height: self.size.y,
            topology: &self.topology,
            outside: &self.outside,
            sides: &self.sides,
        };
        let seated = seats::seats(&plan);
        self.radius = seated.radius;
        for (id, (node, seat)) in self.nodes.iter_mut().zip(seated.at).enumerate() {
            let dragged = self.dragged.get(&NodeId(id as u16));
            let seat = dragged.map_or(seat, |share| point(share.x * self.size.x, share.y * self.size.y));
            match gently {
                Some(now) if seat != node.to => (node.from, node.to, node.moved) = (node.at, seat, now),
                Some(_) => {}
                None => (node.at, node.from, node.to) = (seat, seat, seat),
            }
        }
        self.measure_widths();
    }

    /// Another run takes the place of the one that was drawn: for each of its nodes, which one it was, if it was there.
    pub fn renumber(&mut self, before: &[Option<NodeId>]) {
        let was = |id: &Option<NodeId>| self.nodes.get((*id)?.index()).copied();
        let nodes = before.iter().map(|id| was(id).unwrap_or_default()).collect();
        let place = |(now, was): (usize, &Option<NodeId>)| Some((NodeId(now as u16), *self.dragged.get(&(*was)?)?));
        let dragged = before.iter().enumerate().filter_map(place).collect();
        *self =
            ClusterView { size: self.size, nodes, dragged, arrived: Some(before.to_vec()), ..ClusterView::default() };
    }
    /// Has everybody stay where they are, as if people had dragged them there.
    pub fn pin(&mut self) {
        let share = |at: Point| point(at.x / self.size.x.max(1.0), at.y / self.size.y.max(1.0));
        let seats = self.nodes.iter().enumerate().map(|(id, node)| (NodeId(id as u16), share(node.to)));
        self.dragged = seats.collect();
    }
    /// Shows those to their seats who are there; who is new is there at once.
    fn receive(&mut self, before: &[Option<NodeId>], gently: Option<f64>) {
        let stand: Vec<Point> = self.nodes.iter().map(|node| node.at).collect();
        self.seat(None);
        let new = before.iter().enumerate().filter(|(_, was)| was.is_none()).map(|(id, _)| id);
        new.filter(|_| !self.dragged.is_empty()).collect::<Vec<_>>().into_iter().for_each(|id| self.make_room(id));
        let Some(now) = gently else { return };
        for ((node, stood), _) in self.nodes.iter_mut().zip(stand).zip(before).filter(|(_, was)| was.is_some()) {
            (node.at, node.from, node.moved) = (stood, stood, now);
        }
    }

    /// Where people have arranged the nodes, a new one goes where there is most room.
    fn make_room(&mut self, new: usize) {
        const STEPS: u32 = 12;
        let others: Vec<Point> =
            self.nodes.iter().enumerate().filter(|(id, _)| *id != new).map(|(_, it)| it.at).collect();
        let edge = |at: Point| at.x.min(self.size.x - at.x).min(at.y.min(self.size.y - at.y) - self.radius);
        let room = |at: Point| others.iter().map(|other| other.distance(at)).fold(2.0 * edge(at), f64::min);
        let step = |n: u32| f64::from(n) / f64::from(STEPS);
        let places = (1..STEPS).flat_map(|x| (1..STEPS).map(move |y| (x, y)));
        let places = places.map(|(x, y)| point(self.size.x * step(x), self.size.y * step(y)));
        let Some(best) = places.max_by(|a, b| room(*a).total_cmp(&room(*b))) else { return };
        if room(best) > room(self.nodes[new].at) {
            self.drag(NodeId(new as u16), best.x, best.y);
        }
    }

    /// Brings everything to the present moment. True while something still moves by itself.
    pub fn frame(&mut self, glance: &Glance) -> bool {
        if self.nodes.len() != glance.now.nodes().len() {
            self.layout(self.size.x, self.size.y, glance.session);
        }
        self.editing = glance.editing;
        let gently = !glance.calm && !self.mail.hurried;
        if let Some(before) = self.arrived.take() {
            self.receive(&before, gently.then_some(glance.wall_ms));
        }
        self.reseat(glance, gently);
        let mut moving = false;
        for (node, now) in self.nodes.iter_mut().zip(glance.now.nodes()) {
            moving |= node.frame(now, glance, gently);
        }
        moving |= self.hulls.frame(&self.sides, &self.outside, glance.wall_ms, gently);
        self.links.frame(glance.session.network());
        let (nodes, reach) = (&self.nodes, self.reach());
        let lane = |from: NodeId, to: NodeId| {
            Some(Lane::between(nodes.get(from.index())?.at, nodes.get(to.index())?.at, reach))
        };
        self.mail.frame(glance, lane) || moving
    }

    fn measure_widths(&mut self) {
        let seats: Vec<Point> = self.nodes.iter().map(|node| node.to).collect();
        let written = self.radius >= seats::FULL;
        self.widths = if written { seats::written_widths(&seats, self.radius, self.size.x) } else { Vec::new() };
    }

    /// Seats everyone anew if the network fell apart or healed.
    fn reseat(&mut self, glance: &Glance, gently: bool) {
        let sides = &glance.session.network().sides;
        let split = sides.windows(2).any(|pair| pair[0] != pair[1]);
        let sides: &[u16] = if split { sides } else { &[] };
        if sides != self.sides {
            self.sides = sides.to_vec();
            self.seat(gently.then_some(glance.wall_ms));
        }
    }

    /// How far from a node's middle its links begin.
    fn reach(&self) -> f64 {
        self.radius + if self.radius >= seats::FULL { 10.0 } else { 3.0 }
    }
    fn lane(&self, from: NodeId, to: NodeId) -> Option<Lane> {
        Some(Lane::between(self.nodes.get(from.index())?.at, self.nodes.get(to.index())?.at, self.reach()))
    }

    /// What is at a place.
    pub fn hit(&self, x: f64, y: f64) -> Option<Thing> {
        let pointer = point(x, y);
        let message = || self.message_at(pointer).filter(|_| !self.editing);
        self.node_at(pointer).or_else(message).or_else(|| self.link_at(pointer))
    }
    fn node_at(&self, pointer: Point) -> Option<Thing> {
        let reach = self.radius + NEAR.min(self.radius * 0.5 + 3.0);
        let near = self.nodes.iter().map(|node| node.at.distance(pointer)).enumerate();
        let (id, _) = near.filter(|(_, away)| *away <= reach).min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Thing::Node(NodeId(id as u16)))
    }
    fn message_at(&self, pointer: Point) -> Option<Thing> {
        let near = self.mail.spots.iter().map(|spot| (spot, spot.at.distance(pointer)));
        let (spot, _) = near.filter(|(_, away)| *away <= NEAR + 2.0).min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Thing::Message(spot.id, spot.name))
    }
    fn link_at(&self, pointer: Point) -> Option<Thing> {
        let lanes = self.links.shown().flat_map(|(a, b)| [(a, b), (b, a)]);
        let near = lanes.filter_map(|(from, to)| Some((from, to, self.lane(from, to)?.distance(pointer))));
        let (from, to, _) = near.filter(|lane| lane.2 <= NEAR).min_by(|a, b| a.2.total_cmp(&b.2))?;
        Some(Thing::Link(from, to))
    }

    /// Drags a node to a place.
    pub fn drag(&mut self, node: NodeId, x: f64, y: f64) {
        let Some(sitter) = self.nodes.get_mut(node.index()) else { return };
        let most = point((self.size.x - self.radius).max(self.radius), (self.size.y - self.radius).max(self.radius));
        let at = point(x.clamp(self.radius, most.x), y.clamp(self.radius, most.y));
        (sitter.at, sitter.from, sitter.to) = (at, at, at);
        self.measure_widths();
        self.dragged.insert(node, point(at.x / self.size.x.max(1.0), at.y / self.size.y.max(1.0)));
    }
    /// Where people dragged nodes to, in thousandths of the drawing's width and height.
    pub fn places(&self) -> Vec<(NodeId, u16, u16)> {
        let thousandths = |share: f64| (share * 1000.0).round().clamp(0.0, 1000.0) as u16;
        self.dragged.iter().map(|(node, share)| (*node, thousandths(share.x), thousandths(share.y))).collect()
    }
    /// Puts nodes where people dragged them to. Those that are not named go back to their seats.
    pub fn set_places(&mut self, places: &[(NodeId, u16, u16)]) {
        let share = |thousandths: u16| f64::from(thousandths.min(1000)) / 1000.0;
        self.dragged = places.iter().map(|(node, x, y)| (*node, point(share(*x), share(*y)))).collect();
        self.seat(None);
    }
    /// Where a node's middle is, in CSS pixels.
    pub fn position(&self, node: NodeId) -> (f64, f64) {
        self.nodes.get(node.index()).map_or((self.size.x / 2.0, self.size.y / 2.0), |node| (node.at.x, node.at.y))
    }
    /// How large nodes are drawn: the radius of their disc, in CSS pixels.
    pub fn radius(&self) -> f64 {
        self.radius
    }
}

impl Sitter {
    /// Brings the node to the present moment. True while it moves, turns or glows.
    fn frame(&mut self, now: &NodeNow, glance: &Glance, gently: bool) -> bool {
        let wall = glance.wall_ms;
        if !gently {
            self.at = self.to;
            self.from = self.to;
        }
        let moving = self.from != self.to;
        if moving {
            let t = (wall - self.moved) / EASE_MS;
            self.at = self.from.toward(self.to, ease(t));
            if t >= 1.0 {
                (self.at, self.from) = (self.to, self.to);
            }
        }
        let standing = Standing::of(now);
        if standing != self.standing {
            (self.stood, self.standing) = (self.standing, standing);
            self.turned = if gently { wall } else { wall - EASE_MS };
        }
        if now.latest > self.latest {
            self.acted = wall;
        }
        self.latest = now.latest;
        moving || wall - self.turned < EASE_MS || (!glance.calm && wall - self.acted < GLOW_MS)
    }
    /// How far its standing has turned from what it was before, from 0 to 1.
    fn turn(&self, wall_ms: f64) -> f64 {
        ease((wall_ms - self.turned) / EASE_MS)
    }
    /// How brightly it glows because it just acted, from 0 to 1.
    fn glow(&self, wall_ms: f64) -> f64 {
        1.0 - ease((wall_ms - self.acted) / GLOW_MS)
    }
}

impl Hulls {
    /// Brings the shapes to the present moment. True while they fade in or out.
    fn frame(&mut self, sides: &[u16], outside: &[bool], wall_ms: f64, gently: bool) -> bool {
        let whole = sides.is_empty();
        if !whole {
            self.groups = groups(sides, outside);
        }
        if whole != self.whole {
            (self.whole, self.changed) = (whole, if gently { wall_ms } else { wall_ms - EASE_MS });
        }
        let t = ease((wall_ms - self.changed) / EASE_MS);
        self.strength = if whole { 1.0 - t } else { t };
        if whole && t >= 1.0 {
            self.groups.clear();
        }
        t < 1.0 && !self.groups.is_empty()
    }
}

/// Who sits beside the group: those whose part begins outside it, whatever becomes of single nodes later. A seat must
/// not depend on the moment, or nodes would jump about.
fn outsiders(session: &dyn Session) -> Vec<bool> {
    let (parts, about) = (session.parts(), session.about());
    if about.parts.len() < 2 {
        return vec![false; parts.len()];
    }
    let Ok(mut start) = netsplit_scenario::open(session.scenario().clone()) else { return vec![false; parts.len()] };
    start.advance(Time::ZERO, u32::MAX);
    let mut outside = vec![true; about.parts.len()];
    for (part, node) in parts.iter().zip(start.nodes()) {
        outside[*part] &= node.face.is_none_or(|face| face.prominence == Prominence::Outside);
    }
    parts.iter().map(|part| outside[*part]).collect()
}

/// Who is to be encircled together: each side, those outside on their own.
fn groups(sides: &[u16], outside: &[bool]) -> Vec<(u16, Vec<NodeId>)> {
    let mut groups: BTreeMap<(u16, bool), Vec<NodeId>> = BTreeMap::new();
    for (id, (side, outside)) in sides.iter().zip(outside).enumerate() {
        groups.entry((*side, *outside)).or_default().push(NodeId(id as u16));
    }
    groups.into_iter().map(|((side, _), nodes)| (side, nodes)).collect()
}

#[cfg(test)]
mod tests;
