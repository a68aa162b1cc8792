//! Lanes below an axis, one under the other, that can be scrolled.

/// Where lanes are.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Lanes {
    /// Where the first begins, above what has been scrolled away.
    pub top: f64,
    /// The height of one.
    pub height: f64,
    /// How many there are.
    pub count: usize,
    /// How far the lanes are scrolled up.
    pub scrolled: f64,
    /// The lower edge of the picture.
    pub bottom: f64,
}

/// Free room below the last lane, in pixels.
const BELOW: f64 = 6.0;

impl Lanes {
    /// So many lanes between two heights, each as high as there is room for, within limits; scrolled as they were.
    pub fn between(self, top: f64, bottom: f64, count: usize, heights: std::ops::RangeInclusive<f64>) -> Lanes {
        let height = ((bottom - top - BELOW) / count.max(1) as f64).clamp(*heights.start(), *heights.end());
        let mut lanes = Lanes { top, height, count, bottom, ..self };
        lanes.scroll(0.0);
        lanes
    }
    /// The middle of a lane.
    pub fn y(&self, lane: usize) -> f64 {
        self.top - self.scrolled + self.height * (lane as f64 + 0.5)
    }
    /// Whether a lane is in view.
    pub fn shows(&self, lane: usize) -> bool {
        let y = self.y(lane);
        lane < self.count && y + self.height > self.top && y - self.height < self.bottom
    }
    /// The lanes in view.
    pub fn visible(&self) -> std::ops::Range<usize> {
        let height = self.height.max(1.0);
        let first = (self.scrolled / height).floor().max(0.0) as usize;
        let last = ((self.scrolled + self.bottom - self.top) / height).ceil().max(0.0) as usize;
        first.min(self.count)..last.min(self.count)
    }
    /// The lane at a height.
    pub fn at(&self, y: f64) -> Option<usize> {
        let at = ((y - self.top + self.scrolled) / self.height.max(1.0)).floor();
        (y >= self.top && at >= 0.0 && at < self.count as f64).then_some(at as usize)
    }
    /// Scrolls down by so many pixels, as far as there are any.
    pub fn scroll(&mut self, dy: f64) {
        let all = self.height * self.count as f64 + BELOW;
        let most = (all - (self.bottom - self.top)).max(0.0);
        self.scrolled = (self.scrolled + dy).clamp(0.0, most);
    }
    /// Scrolls a lane into view.
    pub fn reveal(&mut self, lane: usize) {
        let y = self.y(lane);
        let (above, below) = (self.top + self.height / 2.0, self.bottom - self.height / 2.0);
        self.scroll(if y < above { y - above } else { (y - below).max(0.0) });
    }
}
