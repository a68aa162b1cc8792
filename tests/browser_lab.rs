//! In a browser: a session, links, and the models behind the drawings do what they do natively.

#![cfg(target_arch = "wasm32")]

use netsplit::draw::{Asked, ClusterView, Glance, Palette, SpaceTimeView, Surface, Thing, TimelineView};
use netsplit_scenario::branches::Branches;
use netsplit_scenario::session::Progress;
use netsplit_scenario::{Link, Session, Verdict, View, gallery, link, open, open_link};
use netsplit_sim::{Intervention, NodeId, Prominence, Span, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::*;
use web_sys::HtmlCanvasElement;

#[path = "../crates/scenario/tests/branches/walk.rs"]
mod walk;

wasm_bindgen_test_configure!(run_in_browser);

const SECOND: Time = Time(1_000_000_000);

fn calm() -> Box<dyn Session> {
    let scenario = gallery::find("raft/calm").expect("the gallery begins with a calm run");
    open(scenario).expect("it plays")
}

fn leader(session: &dyn Session) -> Option<NodeId> {
    let leads = |face: &netsplit_sim::Face| face.prominence == Prominence::Leading;
    session.nodes().into_iter().find(|node| node.face.as_ref().is_some_and(leads)).map(|node| node.id)
}

fn canvas() -> HtmlCanvasElement {
    let document = web_sys::window().and_then(|window| window.document()).expect("a page");
    let canvas: HtmlCanvasElement = document.create_element("canvas").unwrap().dyn_into().unwrap();
    canvas.style().set_property("width", "600px").unwrap();
    canvas.style().set_property("height", "400px").unwrap();
    document.body().unwrap().append_child(&canvas).unwrap();
    canvas
}

#[wasm_bindgen_test]
fn a_leader_crashes_and_another_is_elected() {
    let mut session = calm();
    assert_eq!(session.advance(SECOND, u32::MAX), Progress::Reached);
    let first = leader(&*session).expect("somebody leads after a second");
    session.intervene(Intervention::Crash(first.into())).unwrap();
    session.advance(SECOND + Span::secs(1), u32::MAX);
    let second = leader(&*session).expect("somebody leads again");
    assert_ne!(first, second);
    assert!(session.violations().is_empty());
}

#[wasm_bindgen_test]
fn back_and_forth_leads_to_the_same_hash() {
    let mut session = calm();
    session.advance(SECOND, u32::MAX);
    let (there, hash) = (session.cursor(), session.hash());
    session.seek(there.events / 2);
    assert_ne!(session.hash(), hash);
    session.seek(there.events);
    assert_eq!(session.hash(), hash);
}

#[wasm_bindgen_test]
fn whatever_is_done_in_whatever_order_each_place_is_that_of_a_fresh_run() {
    walk::walk("raft", 0, 1_000);
    walk::walk("quorum-kv", 3, 1_000);
}

#[wasm_bindgen_test]
fn a_link_holds_the_run() {
    let mut session = calm();
    session.advance(SECOND, u32::MAX);
    session.intervene(Intervention::Crash(NodeId(0).into())).unwrap();
    let link = Link {
        scenario: session.scenario().clone(),
        interventions: session.interventions().to_vec(),
        cursor: session.cursor(),
        hash: session.hash(),
        view: View::default(),
        branches: Branches::default(),
    };
    let text = link::encode(&link);
    assert!(text.len() < 500, "{} characters", text.len());
    let decoded = link::decode(&text).unwrap();
    assert_eq!(decoded, link);
    let opened = open_link(&decoded).unwrap();
    assert_eq!(opened.verdict, Verdict::Verified);
    assert_eq!(opened.session.hash(), session.hash());
    for wrong in ["", "1", "2abc", "nonsense", &text[..text.len() / 2]] {
        assert!(link::decode(wrong).is_err(), "{wrong}");
    }
}

#[wasm_bindgen_test]
fn drawings_show_what_is_there() {
    let mut session = calm();
    session.advance(SECOND, u32::MAX);
    let surface = Surface::new(canvas()).expect("a canvas");
    let palette = Palette::read();
    let mut now = netsplit::draw::Now::default();
    now.look(&*session);
    let asked = Asked::default();
    let glance = Glance::bare(&*session, &now, &asked);
    let mut cluster = ClusterView::new();
    cluster.layout(surface.width(), surface.height(), &*session);
    cluster.frame(&glance);
    cluster.paint(&surface, &palette, &glance);
    for node in (0..session.names().len() as u16).map(NodeId) {
        let (x, y) = cluster.position(node);
        assert!((0.0..600.0).contains(&x) && (0.0..400.0).contains(&y), "{node:?} at {x}, {y}");
        assert_eq!(cluster.hit(x, y), Some(Thing::Node(node)));
    }

    let mut diagram = SpaceTimeView::new();
    diagram.layout(surface.width(), surface.height(), &*session);
    diagram.frame(&glance);
    diagram.paint(&surface, &palette, &glance);
    assert!(diagram.time_at(600.0) > diagram.time_at(100.0));

    let mut line = TimelineView::new();
    line.layout(surface.width(), 72.0, &*session);
    line.frame(&glance);
    line.paint(&surface, &palette, &glance);
    assert!(line.x_of(SECOND) > line.x_of(Time::ZERO));
}
