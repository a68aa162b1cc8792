//! A picture of a protocol's page, as large as the screen allows.

use super::dialog::{self, Frame, head};
use super::use_desk;
use crate::app::desk::{Desk, Dialog, Theme};
use crate::locale::Word;
use yew::prelude::*;

#[component]
pub(crate) fn Picture() -> Html {
    let desk = use_desk();
    let shown = desk.state().ui.picture.clone();
    html! {
        <Frame of={Dialog::Picture} label={desk.say(Word::Picture)}>
            { head(&desk, Dialog::Picture, Word::Picture, Html::default()) }
            <div class="dialog-body" tabindex="0" role="group" aria-labelledby="picture-title">
                if let Some((file, alt)) = shown {
                    <img class="figure" src={address(&desk, &file)} alt={alt.clone()} />
                    <p class="faint" aria-hidden="true">{ alt }</p>
                }
            </div>
        </Frame>
    }
}

/// Shows a picture large.
pub(super) fn show(desk: &Desk, file: &str, alt: &str) {
    desk.dress(|ui| {
        ui.picture = Some((file.to_owned(), alt.to_owned()));
        ui.dialog = Some(Dialog::Picture);
    });
    dialog::show(Dialog::Picture);
}

/// Where a picture is. Its file has both themes, and the fragment says which one is worn: left to itself it would follow the
/// system.
pub(super) fn address(desk: &Desk, file: &str) -> String {
    let theme = match desk.state().ui.theme {
        Theme::System => "",
        Theme::Light => "#light",
        Theme::Dark => "#dark",
    };
    format!("figures/{file}{theme}")
}
