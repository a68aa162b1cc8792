//! The signs that tell apart what colours alone would: how nodes stand, what messages are, what people did. Each adds
//! itself to the path. Shapes to be filled are left open: filling closes them, and Chromium's `closePath` takes longer
//! the longer the path already is.

use super::Surface;
use super::geometry::Point;

/// A crown: leading. `size` is half its width.
pub(super) fn crown(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    let (x, y) = (at.x, at.y);
    let (foot, shoulder) = (size * 0.62, size * 0.1);
    context.move_to(x - size, y - size * 0.5);
    context.line_to(x - size * 0.5, y + shoulder);
    context.line_to(x, y - size * 0.78);
    context.line_to(x + size * 0.5, y + shoulder);
    context.line_to(x + size, y - size * 0.5);
    context.line_to(x + size * 0.78, y + foot);
    context.line_to(x - size * 0.78, y + foot);
}

/// Two chevrons upward: striving to lead. To be stroked.
pub(super) fn chevrons(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    for down in [-0.35, 0.45] {
        let y = at.y + size * down;
        context.move_to(at.x - size * 0.75, y + size * 0.4);
        context.line_to(at.x, y - size * 0.3);
        context.line_to(at.x + size * 0.75, y + size * 0.4);
    }
}

/// Two bars: paused.
pub(super) fn bars(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    for side in [-1.0, 1.0] {
        context.rect(at.x + side * size * 0.42 - size * 0.19, at.y - size * 0.65, size * 0.38, size * 1.3);
    }
}

/// A mask: a liar. Its [`eyes`] are for whoever fills it.
pub(super) fn mask(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    let (x, y) = (at.x, at.y);
    context.move_to(x - size, y - size * 0.42);
    context.quadratic_curve_to(x - size * 0.45, y - size * 0.68, x, y - size * 0.36);
    context.quadratic_curve_to(x + size * 0.45, y - size * 0.68, x + size, y - size * 0.42);
    context.quadratic_curve_to(x + size * 0.95, y + size * 0.62, x + size * 0.4, y + size * 0.5);
    context.quadratic_curve_to(x + size * 0.16, y + size * 0.44, x, y + size * 0.16);
    context.quadratic_curve_to(x - size * 0.16, y + size * 0.44, x - size * 0.4, y + size * 0.5);
    context.quadratic_curve_to(x - size * 0.95, y + size * 0.62, x - size, y - size * 0.42);
}

/// The eyes of a mask.
pub(super) fn eyes(surface: &Surface, at: Point, size: f64) {
    for side in [-1.0, 1.0] {
        surface.add_disc(at.x + side * size * 0.46, at.y - size * 0.06, size * 0.17);
    }
}

/// A cross: lost. To be stroked.
pub(super) fn cross(surface: &Surface, at: Point, size: f64) {
    surface.add_line(at.x - size, at.y - size, at.x + size, at.y + size);
    surface.add_line(at.x - size, at.y + size, at.x + size, at.y - size);
}

/// A drop that points where it goes: a message that asks.
pub(super) fn dart(surface: &Surface, at: Point, along: Point, size: f64) {
    let context = surface.context();
    let tip = at.plus(along.times(size * 1.25));
    let back = at.minus(along.times(size * 0.85));
    let side = along.right().times(size * 0.85);
    let notch = at.minus(along.times(size * 0.4));
    context.move_to(tip.x, tip.y);
    context.line_to(back.x + side.x, back.y + side.y);
    context.line_to(notch.x, notch.y);
    context.line_to(back.x - side.x, back.y - side.y);
}

/// A square standing on its corner: to or from a client.
pub(super) fn diamond(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    context.move_to(at.x, at.y - size);
    context.line_to(at.x + size, at.y);
    context.line_to(at.x, at.y + size);
    context.line_to(at.x - size, at.y);
}

/// The head of an arrow, its tip at `at`.
pub(super) fn arrow_head(surface: &Surface, at: Point, along: Point, size: f64) {
    let context = surface.context();
    let back = at.minus(along.times(size));
    let side = along.right().times(size * 0.42);
    context.move_to(at.x, at.y);
    context.line_to(back.x + side.x, back.y + side.y);
    context.line_to(back.x - side.x, back.y - side.y);
}

/// A triangle to the right: it goes on.
pub(super) fn onward(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    context.move_to(at.x - size * 0.7, at.y - size);
    context.line_to(at.x + size, at.y);
    context.line_to(at.x - size * 0.7, at.y + size);
}

/// A bolt: somebody did something else.
pub(super) fn bolt(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    context.move_to(at.x + size * 0.3, at.y - size);
    context.line_to(at.x - size * 0.65, at.y + size * 0.2);
    context.line_to(at.x - size * 0.05, at.y + size * 0.2);
    context.line_to(at.x - size * 0.3, at.y + size);
    context.line_to(at.x + size * 0.65, at.y - size * 0.2);
    context.line_to(at.x + size * 0.05, at.y - size * 0.2);
}

/// A triangle that points down at `at`: a fault at this moment.
pub(super) fn flag(surface: &Surface, at: Point, size: f64) {
    let context = surface.context();
    context.move_to(at.x, at.y);
    context.line_to(at.x - size * 0.8, at.y - size * 1.3);
    context.line_to(at.x + size * 0.8, at.y - size * 1.3);
}
