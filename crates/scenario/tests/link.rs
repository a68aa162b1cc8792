//! Links: they carry everything, they are short, and what was damaged on its way is refused in words.

mod forms;
mod wire;

use netsplit_scenario::branches::Branches;
use netsplit_scenario::link::{LinkError, decode, encode};
use netsplit_scenario::{Cursor, Link, Scenario, View, gallery};
use netsplit_sim::{Span, Time};
use proptest::prelude::*;

fn of(scenario: Scenario) -> Link {
    let cursor = Cursor { events: 1_234, time: Time::ZERO + Span(2_345_678_901) };
    Link {
        scenario,
        interventions: Vec::new(),
        cursor,
        hash: 0x0123_4567_89ab_cdef,
        view: View::default(),
        branches: Branches::default(),
    }
}

#[test]
fn links_of_the_gallery_fit_a_chat_message() {
    for entry in gallery::entries() {
        let link = of(entry.scenario().unwrap());
        let text = encode(&link);
        println!("{:4} {}", text.len(), entry.full_name());
        assert!(text.len() < 500, "{}: {} characters", entry.full_name(), text.len());
        assert_eq!(decode(&text), Ok(link));
    }
}

#[test]
fn prose_that_was_changed_is_carried() {
    for entry in gallery::entries() {
        let mut link = of(entry.scenario().unwrap());
        link.scenario.prose.title.push('!');
        assert_eq!(decode(&encode(&link)), Ok(link));
    }
}

#[test]
fn a_name_that_the_gallery_lacks_keeps_its_prose() {
    let mut link = of(Scenario::new("raft"));
    link.scenario.name = "raft/long-gone".to_owned();
    link.scenario.prose.watch = "Look closely.".to_owned();
    assert_eq!(decode(&encode(&link)), Ok(link));
}

#[test]
fn addresses_and_spaces_around_a_link_do_not_matter() {
    let link = of(Scenario::new("raft"));
    let text = encode(&link);
    for around in ["{}", "#{}", " {}\n", "https://example.org/netsplit/#{}", "http://localhost:8080/?x#{}"] {
        assert_eq!(decode(&around.replace("{}", &text)).as_ref(), Ok(&link), "{around}");
    }
}

#[test]
fn every_changed_letter_is_noticed() {
    let text = encode(&of(Scenario::new("raft")));
    for at in 1..text.len() {
        for with in ["A", "b", "7", "_", "-", "=", "%"] {
            let mut damaged = text.clone();
            damaged.replace_range(at..=at, with);
            if damaged != text {
                assert!(matches!(decode(&damaged), Err(LinkError::Damaged(_))), "{at}: {damaged}");
            }
        }
        assert!(matches!(decode(&text[..at]), Err(LinkError::Damaged(_))), "cut off at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn links_carry_everything(link in forms::full_link()) {
        prop_assert_eq!(decode(&encode(&link)), Ok(link));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[1-3]?[a-zA-Z0-9_-]{0,200}|\\PC*") {
        prop_assert!(decode(&text).is_err() || text.starts_with('1'));
    }

    /// The checksum keeps accidents out, not malice: whatever the content, it is refused or a possible run.
    #[test]
    fn no_content_makes_the_reader_panic(
        link in forms::full_link(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut content = wire::content(&encode(&link));
        for (at, byte) in edits {
            let at = at.index(content.len());
            content[at] = byte;
        }
        content.truncate(cut.map_or(content.len(), |cut| cut.index(content.len())));
        if let Ok(link) = decode(&wire::link(&content)) {
            prop_assert_eq!(decode(&encode(&link)), Ok(link));
        }
    }
}
