//! The drawings in a browser: that they paint, and how long that takes on the main thread. The second is printed, not
//! asserted, since a busy machine measures its neighbours too; 100 nodes are to stay below 8 ms. It takes a release build:
//!
//!     WASM_BINDGEN_TEST_TIMEOUT=120 wasm-pack test --headless --chrome --release -- --test draw_bench -- --include-ignored --nocapture
#![cfg(target_arch = "wasm32")]

use netsplit::draw::{Asked, ClusterView, Glance, Now, Palette, SpaceTimeView, Surface, TimelineView};
use netsplit_scenario::{Session, catalogue, file, open};
use netsplit_sim::{Span, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlCanvasElement;

wasm_bindgen_test_configure!(run_in_browser);

const FRAMES: usize = 120;
/// Simulated time per frame.
const STEP: Span = Span::micros(100);

/// A run of some protocol with at least so many nodes and messages in flight; nothing if none gets there.
fn crowd(nodes: u16, messages: usize) -> Option<Box<dyn Session>> {
    catalogue::protocols().iter().find_map(|about| {
        let (name, part) = (about.name, about.parts.first()?.name);
        let degree = (messages / usize::from(nodes)).max(1) + 2;
        let text = format!(
            "protocol = {name:?}\n[nodes]\n{part} = {nodes}\n[network]\nlatency = \"400ms\"\ntopology = {{ random = {degree} }}\n"
        );
        let mut session = open(file::parse(&text).ok()?).ok()?;
        for _ in 0..1_000 {
            let later = session.cursor().time + Span::secs(1);
            session.advance(later, u32::from(nodes) / 20 + 1);
            let count = session.in_flight().len();
            if count >= messages {
                return (count < 2 * messages).then_some(session);
            }
        }
        None
    })
}

fn canvas(width: u32, height: u32) -> Surface {
    let page = web_sys::window().and_then(|window| window.document()).expect("tests run in a page");
    let canvas: HtmlCanvasElement = page.create_element("canvas").expect("a canvas").unchecked_into();
    let style = format!("display: block; width: {width}px; height: {height}px");
    canvas.set_attribute("style", &style).expect("a style");
    page.body().expect("a body").append_child(&canvas).expect("it can be shown");
    Surface::new(canvas).expect("a 2D context")
}

struct Views {
    cluster: (ClusterView, Surface),
    spacetime: (SpaceTimeView, Surface),
    timeline: (TimelineView, Surface),
    palette: Palette,
    now: Now,
}

impl Views {
    fn new(session: &dyn Session) -> Views {
        let mut views = Views {
            cluster: (ClusterView::new(), canvas(840, 480)),
            spacetime: (SpaceTimeView::new(), canvas(840, 290)),
            timeline: (TimelineView::new(), canvas(1000, 40)),
            palette: Palette::read(),
            now: Now::default(),
        };
        views.cluster.0.layout(840.0, 480.0, session);
        views.spacetime.0.layout(840.0, 290.0, session);
        views.timeline.0.layout(1000.0, 40.0, session);
        views
    }

    /// One frame of all three.
    fn frame(&mut self, session: &dyn Session, wall_ms: f64) {
        self.now.look(session);
        let asked = Asked::default();
        let glance = Glance { wall_ms, pace: 6_000.0, calm: false, ..Glance::bare(session, &self.now, &asked) };
        self.cluster.0.frame(&glance);
        self.cluster.0.paint(&self.cluster.1, &self.palette, &glance);
        self.spacetime.0.frame(&glance);
        self.spacetime.0.paint(&self.spacetime.1, &self.palette, &glance);
        self.timeline.0.frame(&glance);
        self.timeline.0.paint(&self.timeline.1, &self.palette, &glance);
    }
}

/// Median and 95th percentile of the time a frame takes, in milliseconds.
async fn measure(nodes: u16, messages: usize) -> (f64, f64) {
    let mut session = crowd(nodes, messages).expect("some protocol sends that much");
    let mut views = Views::new(&*session);
    let clock = web_sys::window().and_then(|window| window.performance()).expect("a clock");
    let mut taken = Vec::with_capacity(FRAMES);
    for frame in 0..FRAMES {
        let later = Time(session.cursor().time.0 + STEP.0);
        session.advance(later, 400_000);
        let before = clock.now();
        views.frame(&*session, frame as f64 * 16.0);
        taken.push(clock.now() - before);
        next_frame().await;
    }
    taken.sort_by(f64::total_cmp);
    (taken[FRAMES / 2], taken[FRAMES * 95 / 100])
}

async fn next_frame() {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let asked = web_sys::window().map(|window| window.request_animation_frame(&done));
        assert!(matches!(asked, Some(Ok(_))), "the browser paints");
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

#[wasm_bindgen_test]
fn every_protocol_is_painted() {
    for about in catalogue::protocols() {
        let text = format!("protocol = {:?}\n[network]\nlatency = \"40ms\"\nloss = \"20%\"\n", about.name);
        let mut session = open(file::parse(&text).expect("a scenario")).expect("it can be played");
        let mut views = Views::new(&*session);
        for frame in 0..40 {
            let later = session.cursor().time + Span::millis(25);
            session.advance(later, 10_000);
            views.frame(&*session, f64::from(frame) * 16.0);
        }
        for surface in [&views.cluster.1, &views.spacetime.1, &views.timeline.1] {
            let (width, height) = (surface.width(), surface.height());
            let painted = surface.context().get_image_data(0.0, 0.0, width, height).expect("its own pixels").data();
            assert!(painted.iter().any(|channel| *channel != 0), "{}: nothing was painted", about.name);
        }
    }
}

#[wasm_bindgen_test]
#[ignore = "a measurement, for an optimised build"]
async fn a_frame_takes_so_long() {
    for (nodes, messages) in [(5, 20), (100, 1_000), (1_000, 10_000)] {
        let (median, p95) = measure(nodes, messages).await;
        console_log!("drawing {nodes} nodes, {messages} messages: p50 {median:.1} ms, p95 {p95:.1} ms");
    }
}
