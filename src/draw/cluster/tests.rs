//! Where nodes, links and messages are, and what is found there.

use super::*;
use crate::draw::fixture::{glance, look, runs, speaking};
use netsplit_scenario::edit::{Change, edit};
use netsplit_scenario::open;
use netsplit_sim::{Intervention, Target};

const SLOW: &str = "[network]\nlatency = \"40ms\"";

fn view(session: &dyn Session) -> ClusterView {
    let mut view = ClusterView::new();
    view.layout(840.0, 460.0, session);
    view.frame(&glance(session, &look(session), 1_000.0));
    view
}
fn node(n: u16) -> Target {
    Target::Node(NodeId(n))
}

#[test]
fn nodes_messages_and_links_are_found_where_they_are_drawn() {
    for mut session in speaking(SLOW) {
        let later = Time(session.cursor().time.0 + 20_000_000);
        session.advance(later, 1_000);
        let view = view(&*session);
        for id in (0..session.names().len() as u16).map(NodeId) {
            let (x, y) = view.position(id);
            assert_eq!(view.hit(x, y), Some(Thing::Node(id)));
        }
        for spot in &view.mail.spots {
            assert!(matches!(view.hit(spot.at.x, spot.at.y), Some(Thing::Message(..) | Thing::Node(_))));
        }
        assert!(!view.mail.spots.is_empty());
        let link = view.links.shown().next().expect("a run has links");
        let lane = view.lane(link.0, link.1).expect("its nodes are there");
        let found: Vec<_> = (1..20).filter_map(|n| view.link_at(lane.at(f64::from(n) / 20.0))).collect();
        assert!(found.contains(&Thing::Link(link.0, link.1)));
        assert_eq!(view.hit(-50.0, -50.0), None);
    }
}

#[test]
fn dragged_nodes_stay_in_the_picture_and_where_they_were_put() {
    for session in runs("", 0) {
        let mut view = view(&*session);
        view.drag(NodeId(1), 9_999.0, 230.0);
        let (x, y) = view.position(NodeId(1));
        assert!(x < 840.0 && y == 230.0);
        let places = view.places();
        view.layout(420.0, 230.0, &*session);
        let halved = view.position(NodeId(1));
        assert!((halved.0 - x / 2.0).abs() < 1.0 && (halved.1 - 115.0).abs() < 1.0);
        let mut other = ClusterView::new();
        other.set_places(&places);
        other.layout(840.0, 460.0, &*session);
        assert!((other.position(NodeId(1)).0 - x).abs() < 1.0);
        other.set_places(&[(NodeId(60_000), 5_000, 0)]);
        other.drag(NodeId(60_000), 1.0, 1.0);
        assert_ne!(other.position(NodeId(1)).0, x);
    }
}

#[test]
fn a_partition_moves_gently_and_is_encircled() {
    // Where there are nodes between the two that are cut off, on both sides: only then has anybody to move.
    let roomy = |session: &dyn Session| outsiders(session).iter().take_while(|outside| !**outside).count() >= 5;
    let runs: Vec<_> = runs("", 0).into_iter().filter(|session| roomy(&**session)).collect();
    assert!(runs.len() >= 4);
    for mut session in runs {
        let mut view = view(&*session);
        let before = view.position(NodeId(2));
        session.intervene(Intervention::Partition(vec![vec![node(0), node(2)]])).expect("there are such nodes");
        let now = look(&*session);
        assert!(view.frame(&glance(&*session, &now, 2_000.0)));
        assert_eq!(view.position(NodeId(2)), before, "nothing jumps");
        view.frame(&glance(&*session, &now, 2_075.0));
        view.frame(&glance(&*session, &now, 2_160.0));
        assert_ne!(view.position(NodeId(2)), before);
        assert_eq!(view.hulls.strength, 1.0);
        let inside = view.hulls.groups.iter().find(|(_, nodes)| nodes.contains(&NodeId(0)));
        assert_eq!(inside.map(|(_, nodes)| nodes.as_slice()), Some(&[NodeId(0), NodeId(2)][..]));
        session.intervene(Intervention::Heal).expect("healing always works");
        let now = look(&*session);
        view.frame(&glance(&*session, &now, 3_000.0));
        assert!(!view.hulls.groups.is_empty(), "it fades");
        view.frame(&glance(&*session, &now, 3_200.0));
        assert!(view.hulls.groups.is_empty());
        let afresh = self::tests::view(&*session).position(NodeId(2));
        assert_eq!(view.position(NodeId(2)), afresh, "where it is drawn without a history");
    }
}

#[test]
fn a_seat_does_not_depend_on_the_moment() {
    for mut session in runs("", 0) {
        let early = view(&*session);
        session.advance(Time(1_500_000_000), 20_000);
        let late = view(&*session);
        for id in (0..session.names().len() as u16).map(NodeId) {
            assert_eq!(early.position(id), late.position(id), "{}", session.about().name);
        }
    }
}

#[test]
fn a_changed_network_keeps_those_who_stay_and_shows_them_to_their_seats() {
    for session in runs("", 0) {
        let (mut view, count) = (view(&*session), session.names().len() as u16);
        let change = Change::Add { part: session.parts()[0], beside: None };
        let edited = edit(session.scenario(), &change).expect("there is such a part");
        let before = view.position(NodeId(0));
        view.renumber(&edited.before);
        let Ok(grown) = open(edited.scenario) else { continue };
        view.layout(840.0, 460.0, &*grown);
        let now = look(&*grown);
        view.frame(&glance(&*grown, &now, 2_000.0));
        assert_eq!(view.position(NodeId(0)), before, "nothing jumps");
        view.frame(&glance(&*grown, &now, 2_200.0));
        let afresh = self::tests::view(&*grown);
        for id in (0..count + 1).map(NodeId) {
            assert_eq!(view.position(id), afresh.position(id));
        }
    }
}

#[test]
fn where_people_have_arranged_the_nodes_a_new_one_finds_room() {
    for session in runs("", 0) {
        let mut view = view(&*session);
        view.pin();
        let change = Change::Add { part: session.parts()[0], beside: None };
        let edited = edit(session.scenario(), &change).expect("there is such a part");
        let new = edited.before.iter().position(Option::is_none).expect("somebody is new");
        view.renumber(&edited.before);
        let Ok(grown) = open(edited.scenario) else { continue };
        view.layout(840.0, 460.0, &*grown);
        view.frame(&glance(&*grown, &look(&*grown), 2_000.0));
        let at = |id: usize| view.nodes[id].to;
        let others = (0..edited.before.len()).filter(|id| *id != new);
        let nearest = others.map(|id| at(id).distance(at(new))).fold(f64::MAX, f64::min);
        assert!(nearest > 2.0 * view.radius(), "{}: {nearest}", session.about().name);
    }
}

#[test]
fn what_is_lost_leaves_a_cross_for_a_while() {
    for mut session in speaking(SLOW) {
        let mut view = view(&*session);
        let name = session.in_flight()[0].name;
        session.intervene(Intervention::Drop(name)).expect("it is in flight");
        let now = look(&*session);
        assert!(view.frame(&glance(&*session, &now, 1_020.0)));
        assert_eq!(view.mail.ghosts.len(), 1);
        assert_eq!(view.mail.ghosts[0].spot.name, name);
        view.frame(&glance(&*session, &now, 1_020.0 + mail::AFTERLIFE_MS));
        assert!(view.mail.ghosts.is_empty());
    }
}

#[test]
fn single_messages_give_way_to_streams_when_time_runs_too_fast() {
    for session in speaking(SLOW) {
        let mut view = view(&*session);
        let now = look(&*session);
        let mut fast = glance(&*session, &now, 1_016.0);
        fast.pace = 1e6; // 40 ms of flight in 40 ms of watching
        view.frame(&fast);
        assert!(view.mail.spots.is_empty() && !view.mail.streams.is_empty());
        fast.pace = 0.1e6;
        view.frame(&fast);
        assert!(!view.mail.spots.is_empty() && view.mail.streams.is_empty());
    }
}
