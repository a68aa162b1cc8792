//! Which decisions can still come: the search against going through every order, and the adversary that follows it.

use netsplit_scenario::theory::{Configuration, Memory, Reach, Schedule, Scheduler, Search, find};
use netsplit_scenario::{Session, file};
use netsplit_sim::{Dice, Intervention, Seed, Span};

const DECIDED: &str = "decided";
const SCHEDULE: Schedule = Schedule { decided: DECIDED, rounds: 1 };

fn begun(run: usize) -> Box<dyn Session> {
    started(find("flp").expect("the page").runs[run])
}
fn started(text: &str) -> Box<dyn Session> {
    let mut session = file::open(text).expect("it plays");
    session.advance(session.cursor().time + Span::millis(1), u32::MAX);
    session
}
fn two(text: &str) -> String {
    let text = text.replace("process = 3", "process = 2");
    text.replace("inputs = [0, 1, 0]", "inputs = [0, 1]\nfaults = 0")
}
fn searched(here: Configuration, rounds: u64, prune: bool) -> (Reach, u64) {
    let mut memory = Memory::default();
    memory.look_up_to(here.front() + rounds);
    let mut search = Search::new(here, DECIDED, prune);
    assert!(search.work(&mut memory, &mut || false));
    (search.result().expect("it is over").clone(), search.looked())
}
fn deliver(session: &mut dyn Session, name: netsplit_sim::MsgName) {
    let next = session.cursor().time + Span::millis(10);
    session.advance(next, u32::MAX);
    session.intervene(Intervention::Deliver(name)).expect("it is on its way");
    assert!(session.step());
}

#[test]
fn mixed_inputs_are_bivalent_and_like_ones_are_not() {
    let text = find("flp").expect("the page").runs[0];
    let (reach, _) = searched(begun(0).configuration().expect("it is played here"), 1, true);
    assert!(reach.is_bivalent());
    for bit in ["0", "1"] {
        let like = started(&text.replace("[0, 1, 0]", &format!("[{bit}, {bit}, {bit}]")));
        let (reach, _) = searched(like.configuration().expect("it is played here"), 1, true);
        assert_eq!(reach.decisions, [format!("DECIDED {bit}")]);
        assert!(!reach.open, "they all decide in the first round");
    }
}

/// Every order there is, one after the other, with nothing remembered.
fn all_orders(here: &Configuration, horizon: u64, reach: &mut Reach, seen: &mut u64) {
    *seen += 1;
    if let Some(decision) = here.decision(DECIDED) {
        if !reach.decisions.contains(&decision) {
            reach.decisions.push(decision);
            reach.decisions.sort_unstable();
        }
    } else if here.front() > horizon {
        reach.open = true;
    } else {
        here.letters().into_iter().for_each(|(name, _)| all_orders(&here.after(name), horizon, reach, seen));
    }
}

#[test]
fn the_search_finds_what_going_through_every_order_finds() {
    let text = find("flp").expect("the page").runs[0];
    for inputs in ["[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"] {
        let pair = two(text).replace("inputs = [0, 1]", &format!("inputs = {inputs}"));
        let session = started(&pair);
        let (mut slow, mut seen) = (Reach::default(), 0);
        let here = session.configuration().expect("it is played here");
        all_orders(&here, here.front() + 1, &mut slow, &mut seen);
        let (quick, looked) = searched(session.configuration().expect("it is played here"), 1, true);
        assert_eq!(quick, slow, "{inputs}: {seen} against {looked}");
    }
}

/// Three processes, further and further into a run by chance: what is left out of the search as coming too late makes no
/// difference to what it finds.
#[test]
fn what_comes_too_late_makes_no_difference() {
    let (mut dice, mut compared) = (Dice::new(Seed(5)), 0);
    for _ in 0..12 {
        let mut session = begun(0);
        while session.configuration().expect("it is played here").decision(DECIDED).is_none() {
            let here = session.configuration().expect("it is played here");
            let letters = here.letters();
            let mut memory = Memory::default();
            memory.look_up_to(here.front());
            let mut whole = Search::new(here, DECIDED, false);
            let mut most = 3_000;
            let enough = &mut || {
                most -= 1;
                most < 0
            };
            if whole.work(&mut memory, enough) {
                let (pruned, _) = searched(session.configuration().expect("it is played here"), 0, true);
                assert_eq!(Some(&pruned.decisions), whole.result().map(|whole| &whole.decisions));
                compared += 1;
            }
            deliver(&mut *session, dice.pick(&letters).expect("nobody waits for nothing").0);
        }
    }
    assert!(compared > 10, "{compared} were small enough");
}

/// Follows the hints; how many deliveries there were, and the round that was reached undecided.
fn follow(session: &mut dyn Session, coins: Seed, most: u32) -> (u32, u64) {
    let mut memory = Memory::default();
    for delivered in 0..most {
        let mut scheduler =
            Scheduler::new(SCHEDULE, session.configuration().expect("it is played here"), coins, memory);
        // The hint alone: it is there long before all is known.
        while scheduler.next().is_none() && scheduler.decision().is_none() {
            let mut looks = 0;
            scheduler.work(&mut || {
                looks += 1;
                looks > 500
            });
        }
        if scheduler.decision().is_some() {
            return (delivered, session.configuration().expect("it is played here").round());
        }
        let next = scheduler.next().expect("there is always something to deliver");
        deliver(session, next);
        memory = scheduler.into_memory();
    }
    (most, session.configuration().expect("it is played here").round())
}

#[test]
fn the_adversary_keeps_the_deterministic_ones_undecided() {
    let mut session = begun(0);
    let (delivered, round) = follow(&mut *session, Seed(0), 210);
    assert_eq!(delivered, 210);
    assert!(round > 20, "round {round}");
    assert_eq!(session.violations(), []);
    // Nobody was left waiting: of the messages of the first rounds none is undelivered that anybody could still use.
    let here = session.configuration().expect("it is played here");
    let oldest = here
        .letters()
        .iter()
        .filter(|(name, _)| !here.after(*name).is_idle_after(&here))
        .map(|(name, _)| name.nth)
        .min();
    assert!(oldest.is_some_and(|nth| nth > 20), "{oldest:?}");
}

#[test]
fn the_same_adversary_loses_to_a_coin_that_it_cannot_see() {
    for start in 0..3 {
        let text = find("flp").expect("the page").runs[1].replace("seed = 5", &format!("seed = {}", 5 + start));
        let mut session = started(&text);
        let (delivered, _) = follow(&mut *session, Seed(1_000), 600);
        assert!(delivered < 600, "decided some time");
    }
}

#[test]
fn by_chance_the_deterministic_ones_decide() {
    for seed in 0..10 {
        let (mut session, mut dice) = (begun(0), Dice::new(Seed(seed)));
        let mut delivered = 0;
        while session.configuration().expect("it is played here").decision(DECIDED).is_none() {
            let letters = session.configuration().expect("it is played here").letters();
            let (name, _) = *dice.pick(&letters).expect("nobody waits for nothing");
            deliver(&mut *session, name);
            delivered += 1;
            assert!(delivered < 2_000);
        }
    }
}
