//! Taking a run home: in the formats of other tools, and as a picture.

use super::dialog::{Frame, head};
use super::use_desk;
use crate::app::browser;
use crate::app::desk::{Desk, Dialog};
use crate::app::icons::{Icon, icon};
use crate::locale::Word;
use netsplit_exchange::Format;
use netsplit_protocols::Words;
use std::ops::Range;
use yew::prelude::*;

/// What a run can be saved as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text(Format),
    Png,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Text(format) => format.name(),
            Kind::Png => "png",
        }
    }
    fn words(self) -> Words {
        let word = match self {
            Kind::Text(Format::Shiviz) => Word::SaveShiviz,
            Kind::Text(Format::Mermaid) => Word::SaveMermaid,
            Kind::Text(Format::Itf) => Word::SaveItf,
            Kind::Text(Format::Perfetto) => Word::SavePerfetto,
            Kind::Text(Format::Svg) => Word::SaveSvg,
            Kind::Text(Format::Jsonl) => Word::SaveJsonl,
            Kind::Png => Word::SavePng,
        };
        word.both()
    }
    fn format(self) -> Format {
        match self {
            Kind::Text(format) => format,
            Kind::Png => Format::Svg,
        }
    }
}

#[component]
pub(crate) fn Save() -> Html {
    let desk = use_desk();
    let language = desk.language();
    let in_view = use_state(|| false);
    let told = use_state(|| None::<String>);
    let choice = |on: bool, word: Word| {
        let (in_view, told) = (in_view.clone(), told.clone());
        let checked = *in_view == on;
        let onchange = Callback::from(move |_: Event| {
            in_view.set(on);
            told.set(None);
        });
        html! { <label class="choice"><input type="radio" name="save-range" {checked} {onchange} />{ language.say(word) }</label> }
    };
    let kinds = Format::ALL.map(Kind::Text).into_iter().chain([Kind::Png]);
    let one = |kind: Kind| {
        let (desk, in_view, told) = (desk.clone(), *in_view, told.clone());
        let onclick = Callback::from(move |_: MouseEvent| told.set(Some(save(&desk, kind, in_view))));
        html! {
            <li><button type="button" class="row save-kind" {onclick} data-save={kind.name()}>
                { icon(Icon::File) }<span class="row-name">{ kind.name() }</span><span class="row-role">{ language.of(kind.words()) }</span>
            </button></li>
        }
    };
    let onclose = {
        let told = told.clone();
        Callback::from(move |()| told.set(None))
    };
    html! {
        <Frame of={Dialog::Save} label={language.say(Word::SaveRun)} {onclose}>
            { head(&desk, Dialog::Save, Word::SaveRun, Html::default()) }
            <div class="dialog-body">
                <fieldset class="choices"><legend>{ language.say(Word::SaveWhat) }</legend>
                    { choice(false, Word::SaveAllSoFar) }{ choice(true, Word::SaveInView) }
                </fieldset>
                <ul class="rows" aria-label={language.say(Word::SaveAs)}>{ for kinds.map(one) }</ul>
                <p role="status" data-saved="">{ (*told).clone().unwrap_or_default() }</p>
            </div>
        </Frame>
    }
}

/// Saves a stretch of the run, and says what is in the file.
fn save(desk: &Desk, kind: Kind, in_view: bool) -> String {
    let language = desk.language();
    let wanted: Range<u32> = match in_view {
        true => desk.stage().borrow().events_in_view(&desk.state()),
        false => 0..u32::MAX,
    };
    let export = desk.change(|state| state.lab.export(kind.format(), wanted.clone()));
    let whole = wanted.end.min(desk.state().lab.cursor().events);
    let name = desk.state().lab.file_name();
    match kind {
        Kind::Text(format) => browser::save(&format!("{name}.{}", format.ending()), format.media_type(), &export.text),
        Kind::Png => browser::save_png(format!("{name}.png"), &export.text),
    }
    let gaps = [("from", export.events.start.to_string()), ("to", export.events.end.to_string())];
    let gaps = gaps.each_ref().map(|(name, value)| (*name, value.as_str()));
    let word = if export.events.end < whole { Word::SavedInPart } else { Word::Saved };
    language.fill(word, &gaps)
}
