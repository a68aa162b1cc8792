//! Logs of executions that were drawn, held against the definition of what is to be found in them; and logs that were damaged.

use netsplit_exchange::shiviz::{MOST_HOSTS, read_file};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// An execution: its events in the order in which they happened, each a host and what it hears of.
type Drawn = Vec<(usize, Vec<usize>)>;

const HOSTS: usize = 5;

fn executions() -> impl Strategy<Value = Drawn> {
    prop::collection::vec((0..HOSTS, prop::collection::vec(any::<prop::sample::Index>(), 0..3)), 1..40).prop_map(
        |events| {
            let heard = |(place, (host, heard)): (usize, (usize, Vec<prop::sample::Index>))| {
                let heard = heard.iter().filter(|_| place > 0).map(|index| index.index(place));
                (host, heard.collect())
            };
            events.into_iter().enumerate().map(heard).collect()
        },
    )
}

/// By event: its vector clock.
fn clocks(events: &Drawn) -> Vec<[u32; HOSTS]> {
    let mut now = [[0; HOSTS]; HOSTS];
    let mut all: Vec<[u32; HOSTS]> = Vec::new();
    for (host, heard) in events {
        for cause in heard {
            let known = &mut now[*host];
            known.iter_mut().zip(all[*cause]).for_each(|(known, heard)| *known = (*known).max(heard));
        }
        now[*host][*host] += 1;
        all.push(now[*host]);
    }
    all
}

fn log(events: &Drawn, order: &[usize]) -> String {
    let clocks = clocks(events);
    let mut text = String::new();
    for place in order {
        let entries = clocks[*place].iter().enumerate().filter(|(_, count)| **count > 0);
        let entries: Vec<String> = entries.map(|(host, count)| format!("\"h{host}\":{count}")).collect();
        text.push_str(&format!("event {place}\nh{} {{{}}}\n", events[*place].0, entries.join(", ")));
    }
    text
}

/// The edges between hosts of the order's transitive reduction: pairs with nothing between them.
fn reduction(events: &Drawn) -> BTreeSet<(usize, usize)> {
    let clocks = clocks(events);
    let before = |one: usize, other: usize| one != other && clocks[one][events[one].0] <= clocks[other][events[one].0];
    let pairs = (0..events.len()).flat_map(|one| (0..events.len()).map(move |other| (one, other)));
    let direct = |(one, other): &(usize, usize)| {
        let (one, other) = (*one, *other);
        before(one, other) && !(0..events.len()).any(|between| before(one, between) && before(between, other))
    };
    pairs.filter(direct).filter(|(one, other)| events[*one].0 != events[*other].0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn edges_are_the_transitive_reduction(
        (events, order) in executions().prop_flat_map(|events| {
            let order = Just((0..events.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(events), order)
        })
    ) {
        let all = read_file(&log(&events, &order), None, None).map_err(|flaw| TestCaseError::fail(flaw.to_string()))?;
        let place = |id: u32| all[0].events[id as usize].text["event ".len()..].parse::<usize>().expect("a number");
        let messages = all[0].trace.messages_in(0..u32::MAX);
        let found: BTreeSet<(usize, usize)> = messages.map(|(_, row)| match row.fate {
            netsplit_sim::trace::Fate::Delivered(to) => (place(row.cause.0), place(to.0)),
            fate => panic!("{fate:?}"),
        }).collect();
        prop_assert_eq!(found.len(), all[0].edges() as usize);
        prop_assert_eq!(found, reduction(&events));
        prop_assert!(all[0].forgetful.is_empty());
    }

    /// Whatever is done to a log, it is read or refused with a line that it has.
    #[test]
    fn damage_is_survived(
        events in executions(), at in any::<prop::sample::Index>(), cut in any::<bool>(), put in ".{0,4}|[{}\":,0-9h\\n-]{0,9}"
    ) {
        let order: Vec<usize> = (0..events.len()).collect();
        let mut text = log(&events, &order);
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text.insert_str(at, &put) }
        if let Err(flaw) = read_file(&text, None, None) {
            let said = flaw.to_string();
            let number = said.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
            let line: usize = number.expect("a line").parse().expect("a number");
            prop_assert!((1..=text.lines().count() + 1).contains(&line), "{}", said);
        }
    }

    #[test]
    fn any_text_is_survived(text in "(?s).{0,60}", parser in ".{0,30}", delimiter in ".{0,8}") {
        let _ = read_file(&text, None, None);
        let _ = read_file(&text, Some(&format!("{parser}(?<event>.*)(?<host>.)(?<clock>.)")), Some(&delimiter));
        let _ = read_file(&String::from_utf8_lossy(&text.bytes().rev().collect::<Vec<u8>>()), None, None);
    }
}

#[test]
fn too_many_hosts_are_refused() {
    let entries: Vec<String> = (0..=MOST_HOSTS).map(|host| format!("\"h{host}\":1")).collect();
    let text = format!("x\nh0 {{{}}}\n", entries.join(","));
    let said = read_file(&text, None, None).expect_err("too many").to_string();
    assert!(said.contains("line 1") && said.contains("hosts"), "{said}");
}

#[test]
fn deep_and_huge_clocks_are_refused() {
    for clock in
        [format!("{{\"h\":{}", "[".repeat(100_000)), format!("{{\"h\":{}}}", "9".repeat(100_000)), "{".repeat(100_000)]
    {
        let said = read_file(&format!("x\nh {clock}}}\n"), None, None).expect_err("no clock").to_string();
        assert!(said.starts_with("line ") && said.len() < 600, "{said}");
    }
}
