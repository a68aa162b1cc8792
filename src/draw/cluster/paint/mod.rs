//! Paints the cluster: from the ground up, links, hulls, messages, nodes, labels. One path and one fill per colour
//! wherever there can be many of a kind.

mod figures;
mod messages;
mod network;
mod nodes;

use super::{ClusterView, seats};
use crate::draw::geometry::Point;
use crate::draw::{Glance, Palette, Surface, Thing};
use netsplit_scenario::Selection;
use netsplit_sim::NodeId;

impl ClusterView {
    /// Paints it.
    pub fn paint(&self, surface: &Surface, palette: &Palette, glance: &Glance) {
        surface.begin();
        let brush = Brush { view: self, surface, palette, glance };
        brush.hulls();
        brush.links();
        brush.streams();
        brush.chosen_link();
        if !self.editing {
            brush.messages();
        }
        if self.radius >= seats::SMALL {
            brush.large_nodes();
        } else {
            brush.small_nodes();
        }
        if !self.editing {
            brush.ghosts();
            brush.labels();
        }
    }
}

/// All that painting needs, in one hand.
struct Brush<'a> {
    view: &'a ClusterView,
    surface: &'a Surface,
    palette: &'a Palette,
    glance: &'a Glance<'a>,
}

impl Brush<'_> {
    fn at(&self, node: NodeId) -> Point {
        self.view.nodes.get(node.index()).map_or(Point::default(), |sitter| sitter.at)
    }
    fn is_outside(&self, node: NodeId) -> bool {
        self.view.outside.get(node.index()).copied().unwrap_or(false)
    }
    fn is_selected(&self, node: NodeId) -> bool {
        self.glance.selection == Some(Selection::Node(node))
    }
    fn is_hovered(&self, node: NodeId) -> bool {
        self.glance.hover == Some(Thing::Node(node))
    }
}
