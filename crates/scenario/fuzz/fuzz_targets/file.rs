//! Any bytes as a scenario file: refused, or a scenario that prints, reads back, fits a link, and can be played.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netsplit_scenario::{file, open};

fuzz_target!(|text: &str| {
    if let Ok(scenario) = file::parse(text) {
        assert_eq!(file::parse(&file::print(&scenario)).as_ref(), Ok(&scenario));
        let until = scenario.until;
        if let Ok(mut session) = open(scenario) {
            session.advance(until, 300);
        }
    }
});
