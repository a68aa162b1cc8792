//! A plot as elements of the page, in its colours.

use netsplit_plot::{Chart, Outline, Shape};
use yew::prelude::*;

pub(super) fn plot(chart: &Chart) -> Html {
    let (width, height) = chart.size;
    html! {
        <figure class="plot">
            <figcaption>{ &chart.title }</figcaption>
            <svg viewBox={format!("0 0 {width} {height}")} role="img" aria-label={chart.title.clone()}>
                { for chart.shapes().into_iter().map(shape) }
            </svg>
        </figure>
    }
}

fn shape(Shape { class, outline }: Shape) -> Html {
    match outline {
        Outline::Path(d) => html! { <path {class} {d} /> },
        Outline::Text(x, y, anchor, words) => {
            html! { <text {class} x={format!("{x:.1}")} y={format!("{y:.1}")} text-anchor={anchor.name()}>{ words }</text> }
        }
    }
}
