//! A page being played: its runs, all at the same moment.

use super::counts::{Count, Figure, figure, latency};
use super::schedule::{Schedule, Scheduler};
use super::{Ask, Holds, Page};
use crate::branches::Branches;
use crate::check::Unplayable;
use crate::file;
use crate::link::{Link, View};
use crate::model::Scenario;
use crate::open::{open, open_unhashed};
use crate::session::{Progress, Refusal, Session};
use crate::tree::Tree;
use crate::verdicts::judge;
use netsplit_check::verdict::{Budget, Level};
use netsplit_sim::{Intervention, Manner, MsgName, NodeId, Seed, Span, Target, Time};

/// Between two looks at the clock, this many events are played.
const BATCH: u32 = 128;
/// Over so many seeds it is drawn how long requests take.
const SEEDS: u64 = 100;
/// Between two deliveries by hand, so that each has a moment of its own.
const BETWEEN: Span = Span::millis(10);
/// The coins that fall where one looks ahead: not those that will fall.
const OTHER_COINS: Seed = Seed(0x0c01_4000);
/// How far a drawn run is played at a time, until its request is answered.
const STRIDE: Span = Span::millis(20);

/// What can be done to nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// To stop them.
    Crash,
    /// To start them again.
    Restart,
    /// To cut them off from all others.
    CutOff,
    /// To have them lie, or be honest again.
    Turn(Manner),
}

impl Act {
    fn on(self, nodes: Vec<Target>) -> Vec<Intervention<Tree>> {
        match self {
            _ if nodes.is_empty() => Vec::new(),
            Act::CutOff => vec![Intervention::Partition(vec![nodes])],
            Act::Crash => nodes.into_iter().map(Intervention::Crash).collect(),
            Act::Restart => nodes.into_iter().map(Intervention::Restart).collect(),
            Act::Turn(manner) => nodes.into_iter().map(|node| Intervention::Turn(node, manner)).collect(),
        }
    }
}

/// A page being played.
pub struct Game {
    page: &'static Page,
    variant: usize,
    runs: Vec<Box<dyn Session>>,
    /// Where all runs are, or are on their way to.
    time: Time,
    /// For each run, how long its request took in each of the seeds drawn so far, in order of length.
    drawn: Vec<Vec<u64>>,
    /// How many seeds were drawn.
    seeds: u64,
    /// Which of the page's goals have been achieved.
    achieved: Vec<bool>,
    /// For each run whose messages somebody delivers, what there is to choose from.
    tables: Vec<Table>,
    /// For each run, what the clients saw when they were last looked at, and which consistency models explain it.
    judged: Vec<(Seen, Vec<(Level, bool)>)>,
    /// How many requests the player has had made.
    asked: u64,
    /// Whether the last of the schedulers looks ahead first.
    turned: bool,
}

/// Of a history: how many operations, and how many of them answered.
type Seen = (usize, usize);

/// Longer histories are not judged between two frames.
const JUDGED: usize = 200;
const WITHIN: Budget = Budget { steps: 100_000, bytes: 32 << 20 };

/// A run whose messages somebody delivers.
#[derive(Default)]
struct Table {
    /// What there is to choose from, and after how many events with which hash that was.
    scheduler: Option<(u32, u64, Scheduler)>,
    /// So many deliveries are still to be made by the machine.
    owed: u32,
}

impl Table {
    /// Looks at a run as it stands; what was found before is of use again.
    fn look(&mut self, run: &dyn Session, schedule: Schedule) -> Option<&mut Scheduler> {
        let (events, hash) = (run.cursor().events, run.hash());
        let before = self.scheduler.take();
        let scheduler = match before {
            Some((at, of, scheduler)) if (at, of) == (events, hash) => scheduler,
            other => {
                let memory = other.map(|(.., scheduler)| scheduler.into_memory()).unwrap_or_default();
                Scheduler::new(schedule, run.configuration()?, OTHER_COINS, memory)
            }
        };
        Some(&mut self.scheduler.insert((events, hash, scheduler)).2)
    }
}

impl Game {
    /// Begins a page, in one of its set-ups.
    pub fn open(page: &'static Page, variant: usize) -> Result<Game, Unplayable> {
        let runs = scenarios(page, variant)?.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let drawn = vec![Vec::new(); runs.len()];
        let achieved = vec![false; page.goals.len()];
        let judged = runs.iter().map(|_| Default::default()).collect();
        let tables = page.schedule.iter().flat_map(|(runs, _)| (0..*runs).map(|_| Table::default())).collect();
        let mut game = Game {
            page,
            variant,
            runs,
            time: Time::ZERO,
            drawn,
            seeds: 0,
            achieved,
            tables,
            judged,
            asked: 0,
            turned: false,
        };
        if page.schedule.is_some() {
            game.advance(Time::ZERO + BETWEEN, &mut || false); // everybody has begun, and said what there is to deliver
        }
        Ok(game)
    }

    /// The page.
    pub fn page(&self) -> &'static Page {
        self.page
    }
    /// Which of its set-ups this is.
    pub fn variant(&self) -> usize {
        self.variant
    }
    /// The runs.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = &dyn Session> {
        self.runs.iter().map(|run| &**run)
    }
    /// The time.
    pub fn time(&self) -> Time {
        self.time
    }
    /// When the runs end; they can be played on.
    pub fn until(&self) -> Time {
        self.runs.iter().map(|run| run.scenario().until).max().unwrap_or(Time::ZERO)
    }
    /// How much time passes in a second of watching, at normal speed.
    pub fn pace(&self) -> Span {
        self.runs.first().map_or(Span::millis(50), |run| run.scenario().pace)
    }
    /// How far all of the runs are recorded.
    pub fn recorded_until(&self) -> Time {
        self.runs.iter().map(|run| run.recorded_until()).min().unwrap_or(Time::ZERO)
    }
    /// The names of all nodes that any of the runs has, those of the run with the most nodes first: what is done to one of
    /// them is done wherever there is one of that name.
    pub fn names(&self) -> Vec<&str> {
        let mut runs: Vec<_> = self.runs.iter().map(|run| run.names()).collect();
        runs.sort_by_key(|names| std::cmp::Reverse(names.len()));
        let mut all: Vec<&str> = Vec::new();
        for name in runs.into_iter().flatten() {
            if !all.contains(&name.as_str()) {
                all.push(name);
            }
        }
        all
    }

    /// Plays all runs up to a time, past violations; true when all are there. What is not done when it is enough is left
    /// for the next time.
    pub fn advance(&mut self, until: Time, enough: &mut dyn FnMut() -> bool) -> bool {
        self.time = self.time.max(until);
        let time = self.time;
        self.runs.iter_mut().all(|run| {
            loop {
                match run.advance(time, BATCH) {
                    Progress::Reached | Progress::Full => return true,
                    Progress::Violated => {}
                    Progress::Paused if enough() => return false,
                    Progress::Paused => {}
                }
            }
        })
    }

    /// What there is to choose from in the run whose messages the player delivers, once somebody has looked.
    pub fn scheduler(&self) -> Option<&Scheduler> {
        let (table, run) = self.tables.first().zip(self.runs.first())?;
        let (events, hash, scheduler) = table.scheduler.as_ref()?;
        (*events == run.cursor().events && *hash == run.hash()).then_some(scheduler)
    }
    /// Looks further ahead in the runs whose messages somebody delivers, and makes the machine's deliveries; true if there
    /// was anything to do.
    pub fn look_ahead(&mut self, enough: &mut dyn FnMut() -> bool) -> bool {
        let Some((_, schedule)) = self.page.schedule else { return false };
        let mut busy = false;
        let mut tables: Vec<_> = self.tables.iter_mut().zip(&mut self.runs).enumerate().collect();
        // Whoever comes last may get nothing done before it is enough.
        self.turned = !self.turned;
        if self.turned {
            tables.reverse();
        }
        for (place, (table, run)) in tables {
            let owed = table.owed;
            let Some(scheduler) = table.look(&**run, schedule) else { continue };
            if owed == 0 && (place > 0 || scheduler.is_done()) {
                continue;
            }
            busy = true;
            scheduler.work(enough);
            let next = scheduler.next();
            let over = scheduler.is_done() && next.is_none() || scheduler.decision().is_some();
            match next.filter(|_| place > 0 && !over) {
                Some(name) if hand_over(&mut **run, name).is_ok() => table.owed -= 1,
                _ if over => table.owed = 0,
                _ => {}
            }
        }
        busy
    }
    /// Delivers a message of the run whose messages the player delivers; the machine may deliver one in each of the others.
    pub fn deliver(&mut self, name: MsgName) -> Result<(), Refusal> {
        self.advance(self.time + BETWEEN, &mut || false);
        self.tables.iter_mut().skip(1).for_each(|table| table.owed += 1);
        match self.runs.first_mut() {
            Some(run) => hand_over(&mut **run, name),
            None => Ok(()),
        }
    }
    /// Delivers as the hint says; false if there is none yet, or all is decided.
    pub fn follow_hint(&mut self) -> bool {
        let next = self.scheduler().filter(|scheduler| scheduler.decision().is_none()).and_then(Scheduler::next);
        next.is_some_and(|name| self.deliver(name).is_ok())
    }

    /// To the time of whatever happens next in any of the runs.
    pub fn step(&mut self) {
        self.advance(self.time, &mut || false);
        let next = self.runs.iter_mut().filter_map(|run| run.step().then(|| run.cursor().time)).min();
        self.seek(next.unwrap_or(self.time));
    }
    /// To before whatever happened last in any of the runs.
    pub fn step_back(&mut self) {
        let now = self.time;
        let earlier = self.runs.iter().filter_map(|run| {
            let past = run.trace().events_in(0..run.cursor().events).rev();
            past.map(|(_, row)| row.at).find(|at| *at < now)
        });
        let earlier = earlier.max().unwrap_or(Time::ZERO);
        self.seek(earlier);
    }
    /// To a time, as far as the runs are recorded.
    pub fn seek(&mut self, time: Time) {
        self.time = time;
        self.runs.iter_mut().for_each(|run| run.seek_time(time));
    }

    /// Interferes with all runs.
    pub fn intervene(&mut self, what: &Intervention<Tree>) -> Result<(), Refusal> {
        self.advance(self.time, &mut || false);
        self.runs.iter_mut().try_for_each(|run| run.intervene(what.clone()).map(drop))
    }
    /// Does something to the nodes of these names, in every run that has any of them.
    pub fn act(&mut self, act: Act, names: &[String]) -> Result<(), Refusal> {
        self.advance(self.time, &mut || false);
        for run in &mut self.runs {
            let known = run.names().iter().enumerate().filter(|(_, name)| names.contains(name));
            let nodes: Vec<Target> = known.map(|(id, _)| Target::Node(NodeId(id as u16))).collect();
            for what in act.on(nodes) {
                run.intervene(what)?;
            }
        }
        Ok(())
    }

    /// Has the nodes of these names ask for something.
    pub fn ask(&mut self, ask: &Ask, names: &[String]) -> Result<(), Refusal> {
        self.advance(self.time, &mut || false);
        for name in names {
            self.asked += 1;
            for run in &mut self.runs {
                if let Some(id) = run.names().iter().position(|known| known == name) {
                    run.intervene(Intervention::Invoke(Target::Node(NodeId(id as u16)), (ask.op)(self.asked)))?;
                }
            }
        }
        Ok(())
    }

    /// Draws one more seed for all runs; false if all are drawn.
    pub fn draw(&mut self) -> bool {
        let asks = |count: &Count| matches!(count, Count::Drawn(_));
        if self.seeds == SEEDS || !self.page.counts.iter().any(asks) {
            return false;
        }
        self.seeds += 1;
        for (scenario, drawn) in scenarios(self.page, self.variant).into_iter().flatten().zip(&mut self.drawn) {
            if let Some(took) = time_taken(Scenario { seed: self.seeds, ..scenario }) {
                let place = drawn.partition_point(|other| *other < took);
                drawn.insert(place, took);
            }
        }
        true
    }
    /// How many seeds were drawn, of how many.
    pub fn seeds(&self) -> (u64, u64) {
        (self.seeds, SEEDS)
    }
    /// For each run, how long its request took in each of the seeds, in order of length.
    pub fn drawn(&self) -> &[Vec<u64>] {
        &self.drawn
    }

    /// A figure of a run.
    pub fn figure(&self, run: usize, count: Count) -> Option<Figure> {
        match count {
            Count::Drawn(of_thousand) => {
                let drawn = self.drawn.get(run)?;
                let rank = (drawn.len() * usize::from(of_thousand)).div_ceil(1000);
                drawn.get(rank.checked_sub(1)?).copied().map(Figure)
            }
            Count::Explained(level) => {
                let known = self.judged.get(run)?.1.iter().find(|(of, _)| *of == level)?;
                Some(Figure(u64::from(known.1)))
            }
            Count::SessionsBroken => {
                let sessions =
                    [Level::ReadYourWrites, Level::MonotonicReads, Level::MonotonicWrites, Level::WritesFollowReads];
                let broken = |(level, holds): &&(Level, bool)| sessions.contains(level) && !holds;
                Some(Figure(self.judged.get(run)?.1.iter().filter(broken).count() as u64))
            }
            _ => figure(&**self.runs.get(run)?, count),
        }
    }
    fn holds(&self, what: Holds) -> bool {
        let number = |(run, count)| self.figure(run, count).map(|figure| figure.0);
        match what {
            Holds::AtLeast(run, count, least) => number((run, count)).is_some_and(|number| number >= least),
            Holds::AtMost(run, count, most) => number((run, count)).is_some_and(|number| number <= most),
            Holds::Ahead(one, other, by) => {
                let pair = number(one).zip(number(other));
                pair.is_some_and(|(one, other)| one >= other.saturating_add(by))
            }
        }
    }
    /// Looks whether the runs as they stand achieve any of the page's goals.
    pub fn check(&mut self) -> &[bool] {
        if self.page.counts.iter().any(|count| matches!(count, Count::Explained(_))) {
            self.judge();
        }
        for (place, goal) in self.page.goals.iter().enumerate() {
            self.achieved[place] = self.achieved[place] || goal.when.iter().all(|what| self.holds(*what));
        }
        &self.achieved
    }
    /// Which consistency models explain what the clients saw.
    fn judge(&mut self) {
        for (run, (seen, judged)) in self.runs.iter().zip(&mut self.judged) {
            let history = run.history();
            let now = (history.len(), history.iter().filter(|op| op.answer.is_some()).count());
            if *seen == now || history.len() > JUDGED {
                continue;
            }
            (*seen, *judged) = (now, Vec::new());
            judge(run.about(), &history, WITHIN, |found| {
                judged.extend(found.holds().map(|holds| (found.level, holds)));
            });
        }
    }
    /// For each of the page's goals, whether it has been achieved at any of the times that were looked at.
    pub fn achieved(&self) -> &[bool] {
        &self.achieved
    }

    /// Everything that a link to one of the runs carries.
    pub fn link(&self, run: usize) -> Option<Link> {
        let run = self.runs.get(run)?;
        Some(Link {
            scenario: run.scenario().clone(),
            interventions: run.interventions().to_vec(),
            cursor: run.cursor(),
            hash: run.hash(),
            view: View::default(),
            branches: Branches::default(),
        })
    }
}

/// Delivers a message of a run, now.
fn hand_over(run: &mut dyn Session, name: MsgName) -> Result<(), Refusal> {
    if run.in_flight().iter().any(|mail| mail.name == name) {
        run.intervene(Intervention::Deliver(name))?;
        run.step();
    }
    Ok(())
}

/// The runs of a page, in one of its set-ups. A test reads every one, so in a build that passed it there are all.
fn scenarios(page: &Page, variant: usize) -> Result<Vec<Scenario>, Unplayable> {
    let read = |text: &&str| {
        let mut scenario = file::parse(text).map_err(|error| Unplayable::new(error.to_string()))?;
        if let Some(variant) = page.variants.get(variant) {
            (variant.change)(&mut scenario);
        }
        Ok(scenario)
    };
    page.runs.iter().map(read).collect()
}

/// How long the request of a run takes, if it is ever answered.
fn time_taken(scenario: Scenario) -> Option<u64> {
    let until = scenario.until;
    let mut run = open_unhashed(scenario).ok()?;
    while run.cursor().time < until {
        let next = (run.cursor().time + STRIDE).min(until);
        while run.advance(next, u32::MAX) == Progress::Violated {}
        if let Some(took) = latency(&run.history()) {
            return Some(took);
        }
    }
    None
}
