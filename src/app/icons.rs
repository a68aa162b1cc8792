//! The icons: one set, drawn on a grid of 16 with lines of one weight.

use yew::prelude::*;

macro_rules! icons {
    ($($name:ident = $path:literal;)*) => {
        /// An icon.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Icon { $($name),* }

        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Icon::$name => $path),* }
            }
        }
    };
}

icons! {
    Play = "M5 3.5v9l7.5-4.5z";
    Pause = "M5.5 3.5v9M10.5 3.5v9";
    StepBack = "M11.5 3.5v9L6 8zM3.5 3.5v9";
    StepOn = "M4.5 3.5v9L10 8zM12.5 3.5v9";
    First = "M13 3.5v9L8.5 8zM8 3.5v9L3.5 8zM3 3.5v9";
    Last = "M3 3.5v9L7.5 8zM8 3.5v9L12.5 8zM13 3.5v9";
    Die = "M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01";
    Link = "M7 9.5a2.5 2.5 0 0 0 3.6 0l2.2-2.2a2.5 2.5 0 0 0-3.6-3.6L8 4.9M9 6.5a2.5 2.5 0 0 0-3.6 0L3.2 8.7a2.5 2.5 0 0 0 3.6 3.6L8 11.1";
    Sun = "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9";
    Moon = "M13.2 9.6A5.5 5.5 0 0 1 6.4 2.8a5.5 5.5 0 1 0 6.8 6.8z";
    System = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 2.2v11.6M10.5 3v10M12.6 4.7v6.6";
    Language = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM2.2 8h11.6M8 2.2c-3.4 3.4-3.4 8.2 0 11.6M8 2.2c3.4 3.4 3.4 8.2 0 11.6";
    Help = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM6.3 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.9.7-.9 1.3M8 11.2h.01";
    Close = "M4 4l8 8M12 4l-8 8";
    Down = "M4 6.5L8 10l4-3.5";
    Crash = "M8 1.8l1.2 3.4L12.6 4l-1.4 3.2 3 1.5-3.3 1 .9 3.3L8.9 11 7.4 14.2l-.8-3.4-3.4.9 1.7-3L2 7l3.4-.5L4.3 3.2 7 5z";
    Restart = "M12.8 8a4.8 4.8 0 1 1-1.5-3.5L13 6M13 2.8V6H9.8";
    Clock = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2zM8 4.8V8l2.2 1.4";
    Skew = "M7 3.2a5 5 0 1 0 5 5M7 5.4v2.8h2.4M11 2v4M9 4h4";
    Send = "M2.5 8l11-5-3.6 10.2L7.6 9zM7.6 9l5.9-6";
    Cut = "M4 4.2a1.6 1.6 0 1 0 0-.01zM4 11.8a1.6 1.6 0 1 0 0-.01zM5.4 5l8 6M5.4 11l8-6";
    Mend = "M2.5 8h3M10.5 8h3M5.5 5.5v5M10.5 5.5v5M7 8h2";
    Disk = "M3 4.5c0-1.1 2.2-2 5-2s5 .9 5 2v7c0 1.1-2.2 2-5 2s-5-.9-5-2zM3 4.5c0 1.1 2.2 2 5 2s5-.9 5-2M3 8c0 1.1 2.2 2 5 2s5-.9 5-2";
    Slow = "M3 2.5h10M3 13.5h10M4.5 2.5c0 3 1.6 4 3.5 5.5 1.9-1.5 3.5-2.5 3.5-5.5M4.5 13.5c0-3 1.6-4 3.5-5.5 1.9 1.5 3.5 2.5 3.5 5.5";
    Lose = "M2.5 8h2.2M6.9 8h2.2M11.3 8h2.2M6 4.5l4 7";
    Duplicate = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
    Gather = "M3 3h2.2M6.9 3h2.2M10.8 3H13v2.2M13 6.9v2.2M13 10.8V13h-2.2M9.1 13H6.9M5.2 13H3v-2.2M3 9.1V6.9M3 5.2V3";
    Undo = "M3.2 6.2h6.3a3.4 3.4 0 0 1 0 6.8H6M5.8 3.4L3 6.2 5.8 9";
    PanelLeft = "M2.5 3h11v10h-11zM6 3v10";
    PanelRight = "M2.5 3h11v10h-11zM10 3v10";
    Grow = "M9.5 2.8h3.7v3.7M13.2 2.8L9 7M6.5 13.2H2.8V9.5M2.8 13.2L7 9";
    Shrink = "M13 3L9.2 6.8M9 3.4V7h3.6M3 13l3.8-3.8M7 12.6V9H3.4";
    Search = "M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM10.2 10.2l3.2 3.2";
    Check = "M3.2 8.4l3.2 3.2 6.4-7";
    Alert = "M8 2.5l6 10.8H2zM8 6.4v3.2M8 11.4h.01";
    Target = "M8 3.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2zM8 1.6v3M8 11.4v3M1.6 8h3M11.4 8h3";
    Fit = "M2.5 8h11M2.5 8l2.4-2.4M2.5 8l2.4 2.4M13.5 8l-2.4-2.4M13.5 8l-2.4 2.4";
    Add = "M8 3v10M3 8h10";
    Remove = "M3 8h10";
    Curve = "M2.5 13h11M2.5 11h3V8h3V5h2.5V3h2.5";
    Network = "M4.2 5.6l3 5M11.8 5.6l-3 5M5 4h6M3.4 2.6a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2M12.6 2.6a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2M8 10.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2";
    File = "M4 2h5l3.2 3.2V14H4zM9 2v3.2h3.2";
}

/// Draws an icon; words beside or around it say what it means.
pub(crate) fn icon(which: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={which.path()} /></svg>
    }
}
