//! Paints what is written at nodes: figures, strips, levels, badges.

use super::Brush;
use crate::draw::cluster::{Sitter, seats};
use crate::draw::geometry::{Point, point};
use crate::draw::surface::Align;
use crate::draw::wording::{self, Term};
use netsplit_scenario::NodeNow;
use netsplit_sim::{Cell, Condition, Level, Manner, NodeId};

impl Brush<'_> {
    /// What stands under the disc: the headline figure, the strip, the remark.
    pub(super) fn figures(&self, id: NodeId, sitter: &Sitter, now: &NodeNow) {
        let Point { x, y } = sitter.at;
        let full = self.view.radius >= seats::FULL;
        let mut line = y + self.view.radius + if full { 19.0 } else { 15.0 };
        let fonts = &self.palette.fonts;
        let condition = match now.condition {
            Condition::Up => None,
            Condition::Paused => Some(Term::Paused),
            Condition::Down => Some(Term::Down),
        };
        let liar = (now.manner != Manner::Honest).then_some(Term::Liar);
        let headline = now.face.as_ref().and_then(|face| face.headline);
        let words = |term: Option<Term>| term.map(|term| wording::say(self.glance.lang, term).to_owned());
        let figure = headline.map(|(what, figure)| format!("{what} {figure}"));
        let text = [words(condition), words(liar), figure].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        if !text.is_empty() {
            let left = x - self.surface.width_of(&text, &fonts.small) / 2.0;
            self.surface.haloed(&text, left, line, &fonts.small, &self.palette.muted, &self.palette.surface);
            line += 15.0;
        }
        let Some(face) = now.face.as_ref().filter(|_| full) else { return };
        if !face.strip.is_empty() {
            self.strip(point(x, line), &face.strip, face.strip_start);
            line += 16.0;
        }
        if !face.levels.is_empty() {
            self.levels(point(x, line + 2.0), &face.levels);
            line += 20.0;
        }
        if let Some(note) = &face.note {
            let note = self.surface.shortened(
                note,
                &fonts.small,
                self.view.widths.get(id.index()).copied().unwrap_or(seats::writing_width(self.view.radius)),
            );
            let left = x - self.surface.width_of(&note, &fonts.small) / 2.0;
            self.surface.haloed(&note, left, line, &fonts.small, &self.palette.faint, &self.palette.surface);
        }
    }

    /// A row of cells: settled ones are full, the others hatched. Of a long row, its end.
    fn strip(&self, middle: Point, cells: &[Cell], start: u64) {
        const SIZE: f64 = 9.0;
        const STEP: f64 = SIZE + 2.0;
        let most = ((self.view.radius * 3.6) / STEP).clamp(4.0, 10.0) as usize;
        let shown = &cells[cells.len().saturating_sub(most)..];
        let hidden = start + (cells.len() - shown.len()) as u64;
        let width = STEP * shown.len() as f64 - 2.0;
        let more = if hidden > 0 { format!("+{hidden}") } else { String::new() };
        let font = &self.palette.fonts.small;
        let room = if hidden > 0 { self.surface.width_of(&more, font) + 4.0 } else { 0.0 };
        let left = middle.x - (width + room) / 2.0;
        if hidden > 0 {
            self.surface.haloed(&more, left, middle.y, font, &self.palette.faint, &self.palette.surface);
        }
        for (nth, cell) in shown.iter().enumerate() {
            let x = self.surface.crisp(left + room + STEP * nth as f64);
            self.cell(point(x, self.surface.crisp(middle.y - SIZE / 2.0)), SIZE, cell);
        }
    }

    /// Small bars side by side, filled from the foot; the fewer, the wider.
    fn levels(&self, middle: Point, levels: &[Level]) {
        const GAP: f64 = 3.0;
        let width = (self.view.radius * 2.4 / levels.len().max(1) as f64 - GAP).clamp(5.0, 12.0).floor();
        let (size, step) = ((width, 16.0), width + GAP);
        let longest = levels.iter().map(|level| level.value).max().unwrap_or(0).max(1);
        let left = middle.x - (step * levels.len() as f64 - GAP) / 2.0;
        let top = self.surface.crisp(middle.y - size.1 / 2.0);
        for (nth, level) in levels.iter().enumerate() {
            let x = self.surface.crisp(left + step * nth as f64);
            let of = if level.of > 0 { level.of } else { longest };
            let filled = size.1 * (level.value as f64 / of as f64).clamp(0.0, 1.0);
            let ink = self.palette.tone(level.tone);
            self.surface.rounded(x, top, size.0, size.1, 1.5);
            self.surface.fill(&self.palette.surface);
            self.surface.context().begin_path();
            self.surface.context().rect(x, top + size.1 - filled, size.0, filled);
            self.surface.fill(ink);
            self.surface.rounded(x, top, size.0, size.1, 1.5);
            self.surface.stroke(ink, 1.0);
        }
    }

    /// A word on a small flag at the node's shoulder: what it holds.
    pub(super) fn badge(&self, sitter: &Sitter, word: &str) {
        let font = &self.palette.fonts.small_strong;
        let width = self.surface.width_of(word, font) + 12.0;
        let left = (sitter.at.x + self.view.radius * 0.45).min(self.view.size.x - width - 3.0);
        let top = sitter.at.y - self.view.radius - 10.0;
        self.surface.rounded(left, top, width, 18.0, 4.0);
        self.surface.fill(&self.palette.text);
        self.surface.stroke(&self.palette.surface, 2.0);
        self.surface.text(word, left + 6.0, top + 9.0, font, &self.palette.surface, Align::Start);
    }

    fn cell(&self, at: Point, size: f64, cell: &Cell) {
        let ink = self.palette.tone(cell.tone);
        self.surface.rounded(at.x, at.y, size, size, 2.0);
        if cell.solid {
            self.surface.fill(ink);
            self.surface.stroke(ink, 1.0);
            return;
        }
        self.surface.fill(&self.palette.surface);
        self.surface.stroke(ink, 1.0);
        self.surface.context().begin_path();
        for start in [0.45, 1.0] {
            let reach = size * start;
            self.surface.add_line(at.x, at.y + reach, at.x + reach, at.y);
        }
        self.surface.add_line(at.x + size * 0.55, at.y + size, at.x + size, at.y + size * 0.55);
        self.surface.stroke(ink, 1.0);
    }
}
