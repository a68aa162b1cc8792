//! A canvas as the painters see it: measured in CSS pixels, whatever the screen's resolution, with the few strokes of
//! the brush that they all need.

use super::palette::Ink;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// A canvas and its 2D context.
pub struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    size: (f64, f64),
    ratio: f64,
    /// Whether what is painted is laid on its other side: to the right goes down, and down goes to the right.
    turned: Cell<bool>,
    /// The widths of texts by font: measuring is slow.
    widths: RefCell<BTreeMap<String, BTreeMap<String, f64>>>,
}

/// Beyond so many texts the cache of widths starts anew: times and stamps are ever new.
const REMEMBERED_WIDTHS: usize = 2_000;

/// Where a text stands in relation to its point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Surface {
    /// A surface on a canvas; nothing if the browser refuses a 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Surface> {
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let widths = RefCell::default();
        let mut surface = Surface { canvas, context, size: (0.0, 0.0), ratio: 0.0, turned: Cell::new(false), widths };
        surface.fit();
        Some(surface)
    }

    /// Fits the canvas to its place in the page and to the screen's resolution. True if its size changed: lay out and
    /// paint anew.
    pub fn fit(&mut self) -> bool {
        let size = (f64::from(self.canvas.client_width()), f64::from(self.canvas.client_height()));
        let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 4.0);
        if size == self.size && ratio == self.ratio {
            return false;
        }
        (self.size, self.ratio) = (size, ratio);
        self.canvas.set_width((size.0 * ratio).round() as u32);
        self.canvas.set_height((size.1 * ratio).round() as u32);
        true
    }

    /// Its width in CSS pixels.
    pub fn width(&self) -> f64 {
        self.size.0
    }
    /// Its height in CSS pixels.
    pub fn height(&self) -> f64 {
        self.size.1
    }
    /// Whether there is nothing to paint on: the canvas is hidden or folded away.
    pub fn is_empty(&self) -> bool {
        self.size.0 < 1.0 || self.size.1 < 1.0
    }
    /// The canvas.
    pub fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }
    /// The context, for painters.
    pub fn context(&self) -> &CanvasRenderingContext2d {
        &self.context
    }

    /// Begins a picture: empty, in CSS pixels.
    pub fn begin(&self) {
        self.turn(false);
        self.context.set_global_alpha(1.0);
        self.context.set_line_cap("butt");
        self.context.set_line_join("round");
        self.context.set_text_baseline("middle");
        self.context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
    }

    /// Lays what is painted from here on on its other side, or back: what goes to the right then goes down, and what goes
    /// down goes to the right. For words, see [`Surface::upright`].
    pub fn turn(&self, turned: bool) {
        self.turned.set(turned);
        let (along, across) = if turned { (0.0, self.ratio) } else { (self.ratio, 0.0) };
        let _ = self.context.set_transform(along, across, across, along, 0.0, 0.0);
    }
    /// Paints something upright, whatever was turned.
    pub fn upright(&self, paint: impl FnOnce()) {
        let turned = self.turned.get();
        self.turn(false);
        paint();
        self.turn(turned);
    }

    /// A coordinate where a line of one CSS pixel is crisp.
    pub fn crisp(&self, at: f64) -> f64 {
        ((at * self.ratio).floor() + 0.5 * f64::from(self.ratio.round() as u32 % 2)) / self.ratio
    }

    /// Fills the path begun with [`CanvasRenderingContext2d::begin_path`].
    pub fn fill(&self, ink: &Ink) {
        self.context.set_fill_style_str(ink.css());
        self.context.fill();
    }
    /// Strokes the path.
    pub fn stroke(&self, ink: &Ink, width: f64) {
        self.context.set_stroke_style_str(ink.css());
        self.context.set_line_width(width);
        self.context.stroke();
    }
    /// A path of one disc.
    pub fn disc(&self, x: f64, y: f64, radius: f64) {
        self.context.begin_path();
        self.add_disc(x, y, radius);
    }
    /// One more disc in the path.
    pub fn add_disc(&self, x: f64, y: f64, radius: f64) {
        self.context.move_to(x + radius, y);
        self.add_arc(x, y, radius, 0.0, TAU);
    }
    /// One more arc in the path, joined to where the path is.
    pub fn add_arc(&self, x: f64, y: f64, radius: f64, from: f64, to: f64) {
        // Only a negative radius is an error.
        let _ = self.context.arc(x, y, radius.max(0.0), from, to);
    }
    /// One more line in the path.
    pub fn add_line(&self, x1: f64, y1: f64, x2: f64, y2: f64) {
        self.context.move_to(x1, y1);
        self.context.line_to(x2, y2);
    }
    /// A path of one rectangle with round corners.
    pub fn rounded(&self, x: f64, y: f64, width: f64, height: f64, radius: f64) {
        let radius = radius.min(width / 2.0).min(height / 2.0);
        let (right, bottom) = (x + width, y + height);
        let context = &self.context;
        context.begin_path();
        context.move_to(x + radius, y);
        let _ = context.arc_to(right, y, right, bottom, radius);
        let _ = context.arc_to(right, bottom, x, bottom, radius);
        let _ = context.arc_to(x, bottom, x, y, radius);
        let _ = context.arc_to(x, y, right, y, radius);
        context.close_path();
    }
    /// Dashes for the strokes that follow; none for full lines.
    pub fn dashes(&self, lengths: &[f64]) {
        let list: js_sys::Array = lengths.iter().map(|length| wasm_bindgen::JsValue::from_f64(*length)).collect();
        let _ = self.context.set_line_dash(&list);
    }
    /// The opacity of what follows.
    pub fn opacity(&self, alpha: f64) {
        self.context.set_global_alpha(alpha.clamp(0.0, 1.0));
    }

    /// Writes a text, its vertical middle at `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, font: &str, ink: &Ink, align: Align) {
        let left = match align {
            Align::Start => x,
            Align::Middle => x - self.width_of(text, font) / 2.0,
            Align::End => x - self.width_of(text, font),
        };
        self.set_font(font);
        self.context.set_fill_style_str(ink.css());
        // Half a pixel down: "middle" is the middle of the em box, letters sit above it.
        let _ = self.context.fill_text(text, left, y + 0.5);
    }
    /// Writes a text from `left` on, with a rim of `ground` that keeps lines behind it from crossing its letters.
    pub fn haloed(&self, text: &str, left: f64, y: f64, font: &str, ink: &Ink, ground: &Ink) {
        self.set_font(font);
        self.context.set_stroke_style_str(ground.css());
        self.context.set_line_width(3.0);
        let _ = self.context.stroke_text(text, left, y + 0.5);
        self.context.set_fill_style_str(ink.css());
        let _ = self.context.fill_text(text, left, y + 0.5);
    }
    /// How wide a text is.
    pub fn width_of(&self, text: &str, font: &str) -> f64 {
        if let Some(width) = self.widths.borrow().get(font).and_then(|texts| texts.get(text)) {
            return *width;
        }
        self.set_font(font);
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        let mut widths = self.widths.borrow_mut();
        if !widths.contains_key(font) {
            widths.insert(font.to_owned(), BTreeMap::new());
        }
        if let Some(texts) = widths.get_mut(font) {
            if texts.len() >= REMEMBERED_WIDTHS {
                texts.clear();
            }
            texts.insert(text.to_owned(), width);
        }
        width
    }
    /// Shortens a text with an ellipsis until it fits.
    pub fn shortened(&self, text: &str, font: &str, most: f64) -> String {
        if self.width_of(text, font) <= most {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().collect();
        while kept.pop().is_some() {
            let shorter: String = kept.iter().copied().chain(['…']).collect();
            if self.width_of(&shorter, font) <= most {
                return shorter;
            }
        }
        String::new()
    }
    fn set_font(&self, font: &str) {
        self.context.set_font(font);
    }
}
