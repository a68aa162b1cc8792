//! Theory to play: every page begins, what it invites to can be done, and the wrong thing does not pass for it.

use netsplit_scenario::theory::{Act, Count, Game, PAGES, Page, find};
use netsplit_scenario::{Link, link, open};
use netsplit_sim::{Manner, Span, Time};

fn game(name: &str) -> Game {
    variant(name, 0)
}
fn variant(name: &str, variant: usize) -> Game {
    Game::open(find(name).expect(name), variant).expect(name)
}
fn play(game: &mut Game, millis: u64) {
    let until = game.time() + Span::millis(millis);
    assert!(game.advance(until, &mut || false));
}
fn deed(game: &mut Game, place: usize) {
    let what = (game.page().deeds[place].what)();
    game.intervene(&what).expect("the deed makes sense");
}
fn number(game: &Game, run: usize, count: Count) -> u64 {
    game.figure(run, count).expect("it is measured").0
}

#[test]
fn every_page_begins_and_its_runs_go_together() {
    for page in PAGES {
        let Page { name, .. } = page;
        for setup in 0..page.variants.len().max(1) {
            if page.schedule.is_some() {
                continue; // it goes on by what the player does
            }
            let mut game = variant(name, setup);
            let (until, pace) = (game.until(), game.pace());
            for run in game.runs() {
                assert_eq!((run.scenario().until, run.scenario().pace), (until, pace), "{name}");
                assert!(run.scenario().prose_zh.is_some(), "{name} is told in both languages");
            }
            assert!(game.check().iter().all(|done| !done), "{name}: nothing is achieved at the start");
            game.advance(until, &mut || false);
            for run in game.runs() {
                assert_eq!(run.cursor().time, until, "{name}");
                assert_eq!(run.violations(), [], "{name}");
                for outcome in run.expectations().into_iter().filter(|_| setup == 0) {
                    assert_eq!(outcome.met, Some(true), "{name}: {}", outcome.text);
                }
            }
        }
    }
}

/// To press play and do nothing is not what a page asks for (but for the first goal of a page with nothing to do).
#[test]
fn doing_nothing_wins_nothing() {
    for page in PAGES.iter().filter(|page| page.variants.is_empty() && page.schedule.is_none()) {
        let mut game = game(page.name);
        for _ in 0..80 {
            play(&mut game, 100);
            assert!(game.check().iter().all(|done| !done), "{} at {}", page.name, game.time());
        }
    }
}

#[test]
fn a_partition_makes_the_one_wait_and_the_other_tell_old_tales() {
    let mut game = game("cap");
    play(&mut game, 1_000);
    deed(&mut game, 0);
    play(&mut game, 1_400);
    assert_eq!(game.check(), [true, true, false]);
    assert_eq!(number(&game, 0, Count::Stale), 0);
    assert_eq!(number(&game, 1, Count::CutOff), 3);
    deed(&mut game, 1);
    play(&mut game, 1_500);
    play(&mut game, 2_000);
    assert!(game.check()[2]);
}

#[test]
fn on_a_slow_network_only_promises_help() {
    let mut game = game("timing");
    play(&mut game, 1_000);
    deed(&mut game, 0);
    play(&mut game, 2_500);
    assert_eq!(game.check()[..2], [true, false]);
    play(&mut game, 3_500);
    assert!(game.check()[1]);
    play(&mut game, 4_000);
    assert!(game.check()[2], "term {}", number(&game, 2, Count::Highest));
}

/// Some lie at some moment breaks three, and no lie of one at any of these moments breaks four.
#[test]
fn one_liar_breaks_three_and_not_four() {
    let mut broken = 0;
    for manner in find("byzantine").expect("the page").lies {
        for name in ["n1", "n2", "n3", "n4"] {
            for moment in [50, 330] {
                let mut game = game("byzantine");
                play(&mut game, moment);
                game.act(Act::Turn(*manner), &[name.to_owned()]).expect("it can lie");
                play(&mut game, 3_500);
                assert_eq!(number(&game, 1, Count::Broken), 0, "{name} {manner:?} from {moment} ms on");
                assert_eq!(number(&game, 0, Count::Liars), u64::from(name != "n4"), "three have no fourth");
                broken += u32::from(game.check() == [true, true]);
            }
        }
    }
    assert!(broken > 0);
}

#[test]
fn two_round_trips_and_one() {
    let mut game = game("latency");
    let trips = |game: &Game, run| number(game, run, game.page().counts[1]);
    play(&mut game, 600);
    assert_eq!((trips(&game, 0), trips(&game, 1)), (20, 10));
    assert!(game.check()[0]);
}

#[test]
fn chance_costs_the_slowest_most() {
    let spread = |setup| {
        let mut game = variant("latency", setup);
        while game.draw() {}
        assert!(game.drawn().iter().all(|drawn| drawn.len() == 100 && drawn.is_sorted()));
        let won = game.check()[1];
        ([0, 1].map(|run| number(&game, run, Count::Drawn(500))), won)
    };
    let (always, won) = spread(0);
    assert_eq!((always, won), ([40_000_000, 20_000_000], false));
    let rest = [1, 2, 3].map(|setup| spread(setup).1);
    assert_eq!(rest, [false, true, false], "a majority outruns a heavy tail, but not what is slow for everybody");
}

#[test]
fn steps_go_there_and_back_and_all_runs_stay_together() {
    let mut game = game("cap");
    play(&mut game, 500);
    let hashes = |game: &Game| game.runs().map(|run| run.hash()).collect::<Vec<_>>();
    let mut seen = vec![(game.time(), hashes(&game))];
    for _ in 0..40 {
        game.step();
        assert!(game.time() > seen.last().expect("one").0 || hashes(&game) != seen.last().expect("one").1);
        assert!(game.runs().all(|run| run.cursor().time == game.time()));
        seen.push((game.time(), hashes(&game)));
    }
    let last = game.time();
    game.step_back();
    assert!(game.time() < last);
    game.seek(last);
    assert_eq!(hashes(&game), seen.last().expect("one").1);
    game.seek(Time::ZERO);
    assert!(game.runs().all(|run| run.cursor().time == Time::ZERO));
}

#[test]
fn each_run_can_be_sent_on_as_a_link() {
    let mut game = game("byzantine");
    play(&mut game, 100);
    game.act(Act::Turn(Manner::Equivocating), &["n1".to_owned()]).expect("it can lie");
    play(&mut game, 300);
    for run in 0..2 {
        let made = game.link(run).expect("there is such a run");
        let read: Link = link::decode(link::encode(&made).trim_start_matches('#')).expect("it can be read");
        let opened = open::open_link(&read).expect("it opens");
        assert_eq!(opened.verdict, open::Verdict::Verified);
        assert_eq!(opened.session.interventions().len(), 1);
    }
    assert!(game.link(2).is_none());
}

#[test]
fn the_scheduler_wins_where_all_is_known_beforehand_and_nowhere_else() {
    let mut game = game("flp");
    let patience = |game: &mut Game| {
        let mut looks = 0;
        while looks < 100_000 && game.scheduler().is_none_or(|it| it.next().is_none()) {
            let mut some = 200;
            game.look_ahead(&mut || {
                (looks, some) = (looks + 1, some - 1);
                some <= 0
            });
        }
    };
    for _ in 0..220 {
        patience(&mut game);
        assert!(game.follow_hint(), "there is always a hint");
        game.check();
    }
    let mut left = 2_000_000;
    while game.look_ahead(&mut || {
        left -= 1;
        left % 300 == 0
    }) && left > 0
        && number(&game, 1, game.page().counts[1]) == 0
    {}
    assert_eq!(game.check(), [true, true, true]);
    let decided = |run| number(&game, run, game.page().counts[1]);
    assert_eq!(decided(0), 0);
    assert!(decided(1) > 0);
    assert!(game.runs().all(|run| run.violations().is_empty()));
}

#[test]
fn the_nearer_the_answer_the_less_it_may_be_counted_on() {
    let mut game = game("models");
    let ask = |game: &mut Game, client: &str, place: usize| {
        let asks = game.page().asks;
        game.ask(&asks[place], &[client.to_owned()]).expect("clients can ask");
    };
    play(&mut game, 1_000);
    ask(&mut game, "c1", 0);
    play(&mut game, 60);
    ask(&mut game, "c3", 1);
    play(&mut game, 200);
    game.check();
    eprintln!(
        "{:?}",
        game.page().counts.iter().map(|c| [0, 1, 2].map(|r| game.figure(r, *c).map(|f| f.0))).collect::<Vec<_>>()
    );
    assert_eq!(game.check(), [true, false, false]);
    play(&mut game, 2_000);
    assert_eq!(game.check(), [true, true, false]);
    let cut = |game: &mut Game, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        game.act(Act::CutOff, &names).expect("they can be cut off");
    };
    cut(&mut game, &["c1", "n1"]);
    ask(&mut game, "c1", 0);
    play(&mut game, 100);
    cut(&mut game, &["n1"]);
    ask(&mut game, "c1", 1);
    play(&mut game, 1_000);
    game.check();
    eprintln!(
        "{:?}",
        game.page().counts.iter().map(|c| [0, 1, 2].map(|r| game.figure(r, *c).map(|f| f.0))).collect::<Vec<_>>()
    );
    assert_eq!(game.check(), [true, true, true]);
}
