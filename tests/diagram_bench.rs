//! The space-time diagram of 100,000 events at 50 nodes in a browser: how long the main thread works on a frame while it is
//! panned and zoomed, near and far, and until the cone of an event is lit. Printed, not asserted, since a busy machine
//! measures its neighbours too; a frame is to stay below 8 ms at the 95th percentile, a cone below 30 ms. It takes a release
//! build: `cargo xtask bench diagram`.
#![cfg(target_arch = "wasm32")]

use netsplit::draw::{Asked, Glance, Now, Palette, SpaceTimeView, Surface, Thing};
use netsplit_scenario::{Session, catalogue, file, open};
use netsplit_sim::{EventId, Time};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlCanvasElement;

wasm_bindgen_test_configure!(run_in_browser);

const EVENTS: u32 = 100_000;
const NODES: u16 = 50;
const SIZE: (u32, u32) = (1_120, 700);
/// Frames measured at each zoom.
const FRAMES: usize = 90;
const CONES: u32 = 40;

/// A run of so many events at so many nodes, of the first protocol that makes one.
fn run() -> Box<dyn Session> {
    let played = catalogue::protocols().iter().find_map(|about| {
        let (name, part) = (about.name, about.parts.first()?.name);
        let text = format!("protocol = {name:?}\n[nodes]\n{part} = {NODES}\n[network]\nlatency = {{ uniform = [\"5ms\", \"25ms\"] }}\nloss = \"1%\"\n");
        let mut session = open(file::parse(&text).ok()?).ok()?;
        while session.trace().len() < EVENTS && session.cursor().time < Time(600_000_000_000) {
            let left = EVENTS - session.trace().len();
            let later = session.cursor().time + netsplit_sim::Span::secs(1);
            session.advance(later, left);
        }
        (session.trace().len() >= EVENTS && session.trace().sent() >= EVENTS / 4).then(|| {
            console_log!("{name}: {} events, {} messages", session.trace().len(), session.trace().sent());
            session
        })
    });
    played.expect("some protocol does that much")
}

fn canvas() -> Surface {
    let page = web_sys::window().and_then(|window| window.document()).expect("tests run in a page");
    let canvas: HtmlCanvasElement = page.create_element("canvas").expect("a canvas").unchecked_into();
    let style = format!("display: block; width: {}px; height: {}px", SIZE.0, SIZE.1);
    canvas.set_attribute("style", &style).expect("a style");
    page.body().expect("a body").append_child(&canvas).expect("it can be shown");
    Surface::new(canvas).expect("a 2D context")
}

fn clock() -> f64 {
    web_sys::window().and_then(|window| window.performance()).expect("a clock").now()
}

async fn next_frame() {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let asked = web_sys::window().map(|window| window.request_animation_frame(&done));
        assert!(matches!(asked, Some(Ok(_))), "the browser paints");
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

struct Bench {
    session: Box<dyn Session>,
    view: SpaceTimeView,
    surface: Surface,
    palette: Palette,
    now: Now,
    frames: u32,
}

impl Bench {
    fn new() -> Bench {
        let session = run();
        let mut view = SpaceTimeView::new();
        view.layout(f64::from(SIZE.0), f64::from(SIZE.1), &*session);
        let mut now = Now::default();
        now.look(&*session);
        Bench { session, view, surface: canvas(), palette: Palette::read(), now, frames: 0 }
    }

    /// One frame: how long it takes to know what is to be seen, and to paint it, in milliseconds.
    fn frame(&mut self, hover: Option<Thing>) -> (f64, f64) {
        self.frames += 1;
        let asked = Asked::default();
        let glance =
            Glance { hover, wall_ms: f64::from(self.frames) * 16.0, ..Glance::bare(&*self.session, &self.now, &asked) };
        let begun = clock();
        self.view.frame(&glance);
        let gathered = clock();
        self.view.paint(&self.surface, &self.palette, &glance);
        (gathered - begun, clock() - gathered)
    }

    async fn moving(&mut self, what: &str, mut step: impl FnMut(&mut SpaceTimeView, usize)) {
        let (mut gathering, mut whole) = (Vec::new(), Vec::new());
        for frame in 0..FRAMES {
            let begun = clock();
            step(&mut self.view, frame);
            let moved = clock() - begun;
            let (gather, paint) = self.frame(None);
            gathering.push(gather);
            whole.push(moved + gather + paint);
            next_frame().await;
        }
        tell(what, &mut whole);
        tell(&format!("{what}, of that gathering"), &mut gathering);
    }
}

/// Median and 95th percentile, with the least and the most.
fn tell(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
    let [least, p50, p95, most] = [0, 50, 95, 100].map(|share| at(share).unwrap_or(0.0));
    console_log!("{what}: p50 {p50:.1} ms, p95 {p95:.1} ms ({least:.1} to {most:.1})");
}

#[wasm_bindgen_test]
#[ignore = "a measurement, for an optimised build"]
async fn panning_and_zooming_take_so_long() {
    let mut bench = Bench::new();
    let middle = f64::from(SIZE.0) / 2.0;
    bench.view.zoom_out(&*bench.session);
    let first = bench.frame(None);
    console_log!("the first frame: {:.1} ms and {:.1} ms", first.0, first.1);
    for closer in [1.0, 8.0, 30.0, 100.0, 400.0] {
        bench.view.zoom_out(&*bench.session);
        bench.view.zoom(closer, middle);
        bench
            .moving(&format!("panning, {closer} times nearer"), |view, frame| {
                view.pan(if frame < FRAMES / 2 { -9.0 } else { 9.0 }, 0.0);
            })
            .await;
    }
    bench.view.zoom_out(&*bench.session);
    bench.moving("zooming in", |view, _| view.zoom(1.08, middle)).await;
    bench.moving("zooming out", |view, _| view.zoom(1.0 / 1.08, middle)).await;
}

#[wasm_bindgen_test]
#[ignore = "a measurement, for an optimised build"]
async fn a_cone_takes_so_long() {
    let mut bench = Bench::new();
    bench.view.zoom_out(&*bench.session);
    bench.view.zoom(100.0, f64::from(SIZE.0) / 2.0);
    bench.frame(None);
    let mut times = Vec::new();
    for nth in 0..CONES {
        let event = EventId((EVENTS / CONES) * nth + nth * 37 % 1_000);
        let (gather, paint) = bench.frame(Some(Thing::Event(event)));
        times.push(gather + paint);
        next_frame().await;
    }
    tell("the cone of an event", &mut times);
}
