//! Paints where arrows go that leave the picture, and what goes through hidden nodes.

use super::Brush;
use crate::draw::geometry::Point;
use crate::draw::signs;
use crate::draw::spacetime::leaving::Leaving;

/// Of more arrows than this that leave the picture, none says where it goes.
const TOLD: usize = 40;
/// Names are at least so far from each other, and from the tips of arrows, in pixels.
const APART: f64 = 19.0;
const BESIDE: f64 = 9.0;
/// Of more edges than this, none has a head.
const HEADED: usize = 300;

impl Brush<'_> {
    /// A mark at the edge for each end that is outside, with the name of who is there while there is room.
    pub(super) fn ends(&self) {
        let leaving = &self.view.rows.leaving;
        self.surface.context().begin_path();
        for Leaving { at, along, .. } in leaving {
            signs::arrow_head(self.surface, *at, *along, 5.5);
        }
        self.surface.fill(&self.palette.muted);
        if leaving.len() <= TOLD {
            self.surface.upright(|| self.ends_told(leaving));
        }
    }

    fn ends_told(&self, leaving: &[Leaving]) {
        let font = &self.palette.fonts.small;
        let mut taken: Vec<Point> = Vec::new();
        for Leaving { at, along, who, .. } in leaving {
            let name = self.glance.session.names().get(who.index()).map_or("", String::as_str);
            let beside = self.ruler().screen(at.minus(along.times(BESIDE)));
            if taken.iter().any(|other| other.distance(beside) < APART) {
                continue;
            }
            taken.push(beside);
            let width = self.surface.width_of(name, font);
            let (least, most) = self.ruler().field();
            let left = if beside.x + width + 6.0 > most.x { most.x - width - 10.0 } else { beside.x + 4.0 };
            let left = left.max(least.x + 4.0);
            let y = (beside.y - 8.0).max(least.y + 8.0).min(most.y - 8.0);
            self.surface.haloed(name, left, y, font, &self.palette.muted, &self.palette.surface);
        }
    }

    /// What goes through hidden nodes: dashed, from the last event in view before it to the first one after it.
    pub(super) fn bridges(&self) {
        let bridges = &self.view.rows.bridges;
        self.surface.context().begin_path();
        for bridge in bridges {
            self.surface.add_line(bridge.from.x, bridge.from.y, bridge.to.x, bridge.to.y);
        }
        let strength = (150.0 / bridges.len().max(1) as f64).sqrt().clamp(0.15, 0.75);
        self.surface.opacity(strength);
        self.surface.dashes(&[2.0, 4.0]);
        self.surface.stroke(&self.palette.muted, 1.25);
        self.surface.dashes(&[]);
        if bridges.len() <= HEADED {
            self.surface.context().begin_path();
            for bridge in bridges.iter().filter(|bridge| bridge.from.distance(bridge.to) > 12.0) {
                let along = bridge.to.minus(bridge.from).unit();
                signs::arrow_head(self.surface, bridge.to.minus(along.times(3.5)), along, 6.0);
            }
            self.surface.fill(&self.palette.muted);
        }
        self.surface.opacity(1.0);
    }
}
