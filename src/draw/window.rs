//! Which stretch of the run is in view: panning, zooming, and keeping up with the cursor.

use crate::draw::axis::Axis;
use crate::draw::geometry::{EASE_MS, ease};
use crate::draw::scale::Scale;
use netsplit_sim::Time;

/// The visible stretch of the run, and how it moves.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Where times are.
    pub scale: Scale,
    /// Whether it keeps up with the cursor.
    pub follows: bool,
    /// As near as one can look, in units of the axis per pixel.
    pub nearest: f64,
    glide: Option<Glide>,
}

#[derive(Clone, Copy, Debug)]
struct Glide {
    from: f64,
    to: f64,
    since: Option<f64>,
}

/// The cursor is kept left of this share of the width while the run plays...
const AHEAD: f64 = 0.8;
/// ...and this far from both edges while it is paused.
const EDGE: f64 = 0.03;

impl Default for Window {
    fn default() -> Self {
        Window { scale: Scale::over(0.0, 1e9, 0.0, 1.0), follows: true, nearest: Axis::Physical.nearest(), glide: None }
    }
}

impl Window {
    /// How much time is seen at first, in seconds of watching.
    pub const AT_FIRST: f64 = 5.0;

    /// The beginning of a run of which `pace` nanoseconds pass in a second of watching.
    pub fn opening(pace: f64, left: f64, width: f64) -> Window {
        let span = (pace * Window::AT_FIRST).max(1_000.0);
        let scale = Scale::over(-0.01 * span, span, left, width);
        Window { scale, ..Window::default() }
    }

    /// Takes another place on the page; the left edge stays in time, and so does the measure.
    pub fn resize(&mut self, left: f64, width: f64) {
        (self.scale.left, self.scale.width) = (left, width.max(1.0));
    }

    /// Drags the picture by so many pixels.
    pub fn pan(&mut self, dx: f64) {
        if dx != 0.0 {
            self.follows = false;
            self.glide = None;
            self.scale.from -= dx * self.scale.per_pixel;
            self.stay_near(f64::MAX);
        }
    }

    /// Shows `factor` times as much detail, with the time at `x` staying there.
    pub fn zoom(&mut self, factor: f64, x: f64, longest: f64) {
        if !(factor.is_finite() && factor > 0.0) {
            return;
        }
        self.glide = None;
        let farthest = (4.0 * longest / self.scale.width).max(100.0 * self.nearest);
        let per_pixel = (self.scale.per_pixel / factor).clamp(self.nearest, farthest);
        let x = x.clamp(self.scale.left, self.scale.left + self.scale.width) - self.scale.left;
        self.scale.from += x * (self.scale.per_pixel - per_pixel);
        self.scale.per_pixel = per_pixel;
        self.stay_near(f64::MAX);
    }

    /// Shows a stretch of time, with a little room beside it.
    pub fn show(&mut self, from: f64, to: f64) {
        let room = (to - from).max(1_000.0) * 0.03;
        self.fit(from - room, to.max(from + 1_000.0) + room);
    }
    /// Shows a stretch of time and nothing beside it.
    pub fn fit(&mut self, from: f64, to: f64) {
        self.scale.from = from;
        self.scale.per_pixel = (to - from) / self.scale.width;
        self.glide = None;
    }

    /// Brings a time into view, if it is not well in view already.
    pub fn reveal(&mut self, time: Time) {
        let share = self.share(time);
        if !(0.05..=0.95).contains(&share) {
            self.go(time.0 as f64 - 0.5 * self.scale.span());
        }
    }

    /// Keeps up with the cursor. True while it glides.
    pub fn frame(&mut self, cursor: Time, playing: bool, wall_ms: f64, calm: bool) -> bool {
        if self.follows && self.glide.is_none() {
            self.keep_up(cursor, playing);
        }
        let Some(glide) = &mut self.glide else { return false };
        let since = *glide.since.get_or_insert(wall_ms);
        let t = if calm { 1.0 } else { (wall_ms - since) / EASE_MS };
        self.scale.from = glide.from + (glide.to - glide.from) * ease(t);
        if t >= 1.0 {
            self.glide = None;
        }
        t < 1.0
    }

    fn keep_up(&mut self, cursor: Time, playing: bool) {
        let share = self.share(cursor);
        let (least, most) = if playing { (EDGE, AHEAD) } else { (0.0, 1.0 - EDGE) };
        let at_beginning = self.scale.from <= 0.0 && share >= 0.0;
        if share > most && share < most + 0.15 && playing {
            self.scale.from = cursor.0 as f64 - most * self.scale.span();
        } else if share > most || (share < least && !at_beginning) {
            let place = if playing { most } else { 0.5 };
            let from = cursor.0 as f64 - place * self.scale.span();
            self.go(from.max(-0.01 * self.scale.span()));
        }
    }

    fn go(&mut self, from: f64) {
        self.glide = Some(Glide { from: self.scale.from, to: from, since: None });
    }
    fn share(&self, time: Time) -> f64 {
        (self.scale.x(time) - self.scale.left) / self.scale.width
    }
    /// Half a picture of emptiness before the beginning is enough.
    fn stay_near(&mut self, last: f64) {
        self.scale.from = self.scale.from.clamp(-0.5 * self.scale.span(), last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window() -> Window {
        Window::opening(100e6, 80.0, 1000.0)
    }

    #[test]
    fn zooming_keeps_the_time_under_the_pointer() {
        let mut window = window();
        let before = window.scale.time(600.0).0 as f64;
        window.zoom(3.0, 600.0, 1e10);
        assert!((window.scale.time(600.0).0 as f64 - before).abs() < 2.0);
        assert!((window.scale.span() - 500e6 / 3.0).abs() < 1.0);
        window.zoom(1e30, 600.0, 1e10);
        assert_eq!(window.scale.per_pixel, Axis::Physical.nearest());
        window.zoom(1e-30, 600.0, 1e10);
        assert_eq!(window.scale.span(), 4e10);
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            window.zoom(nonsense, 600.0, 1e10);
            assert_eq!(window.scale.span(), 4e10);
        }
    }

    #[test]
    fn the_cursor_is_kept_in_view_until_somebody_pans() {
        let mut window = window();
        let mut time = 0;
        while time < 3_000_000_000 {
            time += 2_000_000;
            window.frame(Time(time), true, time as f64 / 1e5, false);
            let x = window.scale.x(Time(time));
            assert!((80.0..=80.0 + 801.0).contains(&x), "{time}: {x}");
        }
        window.pan(300.0);
        let from = window.scale.from;
        window.frame(Time(time + 900_000_000), true, 1e9, false);
        assert_eq!(window.scale.from, from);
    }

    #[test]
    fn a_jump_out_of_view_is_followed_gently() {
        let mut window = window();
        assert!(window.frame(Time(5_000_000_000), false, 1000.0, false));
        assert!(window.frame(Time(5_000_000_000), false, 1060.0, false));
        assert!(!window.frame(Time(5_000_000_000), false, 1160.0, false));
        assert!((window.scale.x(Time(5_000_000_000)) - 580.0).abs() < 1.0);
        window.reveal(Time(0));
        assert!(!window.frame(Time(5_000_000_000), false, 1200.0, true), "at once for who wants calm");
        assert!((window.scale.x(Time(0)) - 580.0).abs() < 1.0);
    }
}
