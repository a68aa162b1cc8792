//! What a storm is made of: bursts of faults, each aimed at something that protocols get wrong.

use super::{Burst, Storm};
use netsplit_sim::{Intervention, Link, NodeId, Ratio, Span, Target, Time};

impl<'s> Storm<'s> {
    /// What there is to draw from; what takes many things to go wrong together stands here more than once.
    pub(super) const BURSTS: [Burst<'s>; 30] = [
        Self::contest,
        Self::contest_forgotten,
        Self::contest_forgotten,
        Self::relapse,
        Self::relapse,
        Self::seesaw,
        Self::seesaw,
        Self::seesaw,
        Self::quarrel,
        Self::quarrel,
        Self::quarrel,
        Self::quarrel,
        Self::blur,
        Self::blur,
        Self::blur,
        Self::blur,
        Self::decapitate,
        Self::strike,
        Self::blackout,
        Self::stall,
        Self::relay,
        Self::relay,
        Self::relay,
        Self::partition,
        Self::shift,
        Self::cut,
        Self::pause,
        Self::clock,
        Self::disk,
        Self::weather,
    ];
    /// The bursts in which nothing but nodes fails.
    pub(super) const CRASHES: [Burst<'s>; 3] = [Self::decapitate, Self::strike, Self::blackout];

    /// Timers run out at several nodes at nearly the same time: before any of them can hear of another.
    fn contest(&mut self, now: Time) -> Time {
        let count = self.draw.between(1, 3) as usize;
        for node in self.some_nodes(count) {
            let at = now + self.draw.millis(0, 8);
            self.at(at, Intervention::Fire(node.into(), None));
        }
        now + Span::millis(50)
    }

    /// The same, while others fail for a moment and come back in the middle of it.
    fn contest_forgotten(&mut self, now: Time) -> Time {
        let contenders = self.draw.between(2, 3) as usize;
        let all = contenders + self.draw.between(1, 3) as usize;
        for (nth, node) in self.some_nodes(all).into_iter().enumerate() {
            if nth < contenders {
                let at = now + self.draw.millis(0, 8);
                self.at(at, Intervention::Fire(node.into(), None));
            } else {
                let crash = now + self.draw.millis(4, 25);
                let restart = crash + self.draw.any_millis(1, 8);
                self.at(crash, Intervention::Crash(node.into()));
                self.at(restart, Intervention::Restart(node.into()));
            }
        }
        now + self.draw.millis(50, 300)
    }

    /// Somebody begins something and is held up; somebody else begins as well; a third, who has heard of both, fails for a
    /// moment; and the first goes on.
    fn relapse(&mut self, now: Time) -> Time {
        let three = self.some_of_the_first(3);
        let [first, second, others @ ..] = three.as_slice() else { return self.contest(now) };
        let trip = self.draw.millis(5, 20);
        let mut at = now;
        self.stir(*first, at);
        at += self.draw.millis(1, 5) + trip;
        self.at(at, Intervention::Pause((*first).into()));
        at += self.draw.millis(0, 5);
        self.stir(*second, at);
        at += self.draw.millis(1, 5) + trip;
        for node in others {
            self.at(at, Intervention::Crash((*node).into()));
            let restart = at + self.draw.any_millis(1, 8);
            self.at(restart, Intervention::Restart((*node).into()));
        }
        at += self.draw.any_millis(1, 30);
        self.at(at, Intervention::Resume((*first).into()));
        at + trip
    }

    /// Somebody begins something: because it is asked, or because its timer runs out.
    fn stir(&mut self, node: NodeId, now: Time) {
        if self.draw.one_in(2) {
            self.ask(node, now);
        } else {
            self.at(now, Intervention::Fire(node.into(), None));
        }
    }

    /// Somebody is asked for something, and whoever matters fails right after.
    fn decapitate(&mut self, now: Time) -> Time {
        let victim = self.target();
        if self.draw.one_in(2)
            && let Some(op) = self.draw.op(self.about)
        {
            let op = self.filled_in(op, now);
            self.at(now, Intervention::Invoke(victim.clone(), op));
        }
        let crash = now + self.moment();
        self.at(crash, Intervention::Crash(victim));
        let restart = crash + self.draw.any_millis(4, 800);
        self.at(restart, Intervention::Restart(Target::Role("down".to_owned())));
        restart
    }

    /// Somebody is asked for something, and fails in the middle of what follows.
    fn strike(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let crash = now + self.draw.any_millis(1, 100);
        let restart = crash + self.draw.any_millis(4, 800);
        self.at(crash, Intervention::Crash(chief.into()));
        self.at(restart, Intervention::Restart(chief.into()));
        restart
    }

    /// The same, and others fail with it: what only they knew is gone, and they come back one by one.
    fn blackout(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let most = u64::from(self.nodes());
        let count = self.draw.between(1, most) as usize;
        let mut victims = self.some_nodes(count);
        if !victims.contains(&chief) {
            let place = self.draw.0.below(victims.len() as u64 + 1) as usize;
            victims.insert(place, chief);
        }
        let (dark, mut back) = (now + self.draw.any_millis(1, 100), now);
        for node in &victims {
            let crash = dark + self.draw.millis(0, 10);
            self.at(crash, Intervention::Crash((*node).into()));
            back = back.max(crash);
        }
        for node in victims {
            back += self.draw.any_millis(1, 200);
            self.at(back, Intervention::Restart(node.into()));
        }
        back
    }

    /// Somebody is asked for something, and sleeps through what follows: others may take its place meanwhile.
    fn stall(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let pause = now + self.draw.any_millis(1, 100);
        let resume = pause + self.draw.any_millis(50, 800);
        self.at(pause, Intervention::Pause(chief.into()));
        self.at(resume, Intervention::Resume(chief.into()));
        let other = self.node();
        let meanwhile = self.between(pause, resume);
        self.ask(other, meanwhile);
        resume
    }

    /// Whoever is in charge is asked for something: straight out, or by a client.
    fn ask_chief(&mut self, chief: NodeId, now: Time) {
        let asked = if self.draw.one_in(2) { chief } else { self.client() };
        self.ask(asked, now);
    }

    pub(super) fn ask(&mut self, node: NodeId, now: Time) {
        if let Some(op) = self.draw.op(self.about) {
            let op = self.filled_in(op, now);
            self.at(now, Intervention::Invoke(node.into(), op));
        }
    }

    /// One after another is asked for something, fails or is cut off, and comes back when the next has failed: what
    /// each has left behind meets what the others have.
    fn relay(&mut self, now: Time) -> Time {
        let victim = if self.draw.one_in(3) { self.target() } else { self.favourite() };
        let pace = self.draw.between(150, 800);
        let mut at = now;
        for _ in 0..self.draw.between(3, 7) {
            if let Some(op) = self.draw.op(self.about)
                && self.draw.one_in(2)
            {
                let op = self.filled_in(op, at);
                self.at(at, Intervention::Invoke(victim.clone(), op));
            }
            let fails = at + if self.draw.one_in(3) { Span::ZERO } else { self.moment() };
            if self.draw.one_in(3) {
                self.at(fails, Intervention::Crash(victim.clone()));
                let back = fails + self.draw.millis(pace / 2, pace * 2);
                self.at(back, Intervention::Restart(Target::Role("down".to_owned())));
            } else {
                self.at(fails, Intervention::Partition(vec![vec![victim.clone()]]));
            }
            at = fails + self.draw.millis(pace * 2 / 3, pace * 4 / 3);
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// Two are in office by turns, each in ignorance of the other: one's timer runs out, it is asked for something, and
    /// fails or is cut off when the other comes back.
    fn seesaw(&mut self, now: Time) -> Time {
        let mut pair = self.some_of_the_first(2);
        let pace = self.draw.any_millis(20, 400);
        let crashes = self.draw.one_in(3);
        let mut at = now;
        for _ in 0..self.draw.between(3, 7) {
            let &[up, down] = pair.as_slice() else { return now };
            if crashes {
                self.at(at, Intervention::Crash(down.into()));
                self.at(at, Intervention::Restart(up.into()));
            } else {
                self.at(at, Intervention::Partition(vec![vec![down.into()]]));
            }
            for _ in 0..self.draw.between(1, 3) {
                at += self.draw.millis(0, 40); // who was cut off while in office has to hear first that it is so no longer
                self.at(at, Intervention::Fire(up.into(), None));
            }
            at += self.draw.millis(5, 80);
            if !self.draw.one_in(3) {
                self.ask(up, at);
            }
            at += if self.draw.one_in(2) { pace } else { self.moment() };
            pair.reverse();
        }
        for node in pair.into_iter().filter(|_| crashes) {
            self.at(at, Intervention::Restart(node.into()));
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// Two sides go on without each other, and clients on both ask again and again; also right after they have met again.
    fn quarrel(&mut self, now: Time) -> Time {
        let client = self.client();
        let mut side = vec![Target::Node(client)];
        if !self.draw.one_in(3) {
            side.extend(self.chief_role.map(|role| Target::Role(role.to_owned())));
        }
        let others = self.draw.between(0, u64::from(self.nodes()) / 2) as usize;
        side.extend(self.some_nodes(others).into_iter().filter(|node| *node != client).map(Target::Node));
        self.at(now, Intervention::Partition(vec![side]));
        let heal = now + self.draw.any_millis(300, 1_500); // long enough for others to take over
        let end = heal + self.draw.millis(0, 60);
        self.clients_ask(now, end, 20);
        self.at(heal, Intervention::Heal);
        end
    }

    /// Somebody is asked for something, of which most is lost: some hear of it and others do not. Then others ask, and
    /// timers run out.
    fn blur(&mut self, now: Time) -> Time {
        let chief = self.chief();
        self.ask_chief(chief, now);
        let usual = self.scenario.link;
        let loss = Ratio::new(self.draw.between(300, 900) as u32, 1_000);
        let begin = now + self.moment();
        let clear = begin + self.draw.any_millis(5, 60);
        self.at(begin, Intervention::Network(Link { loss, ..usual }));
        self.at(clear, Intervention::Network(usual));
        let end = clear + self.draw.any_millis(10, 100);
        self.clients_ask(begin, end, 3);
        let count = self.draw.between(0, 3) as usize;
        for node in self.some_of_the_first(count) {
            let at = self.between(begin, end);
            self.at(at, Intervention::Fire(node.into(), None));
        }
        end
    }

    /// Several times within a while, some client asks for something.
    fn clients_ask(&mut self, from: Time, until: Time, most: u64) {
        for _ in 0..self.draw.between(1, most) {
            let (client, at) = (self.client(), self.between(from, until));
            self.ask(client, at);
        }
    }

    /// The network falls apart for a while.
    fn partition(&mut self, now: Time) -> Time {
        let groups = self.groups();
        self.at(now, Intervention::Partition(groups));
        let heal = now + self.draw.any_millis(20, 1_000);
        self.at(heal, Intervention::Heal);
        heal
    }

    /// It falls apart one way, then another, with no time to recover.
    fn shift(&mut self, now: Time) -> Time {
        let mut at = now;
        for _ in 0..self.draw.between(2, 5) {
            let groups = self.groups();
            self.at(at, Intervention::Partition(groups));
            if let Some(op) = self.draw.op(self.about)
                && self.draw.one_in(2)
            {
                let (target, op) = (self.target(), self.filled_in(op, at));
                self.at(at, Intervention::Invoke(target, op));
            }
            at += self.draw.millis(50, 500);
        }
        self.at(at, Intervention::Heal);
        at
    }

    /// A random set of nodes on one side, perhaps led by whoever plays a role.
    fn groups(&mut self) -> Vec<Vec<Target>> {
        let count = self.draw.between(1, u64::from(self.nodes()).div_ceil(2)) as usize;
        let mut side: Vec<Target> = self.some_nodes(count).into_iter().map(Target::Node).collect();
        let leads = self.target();
        if self.draw.one_in(2) && !side.contains(&leads) {
            side.insert(0, leads);
        }
        vec![side]
    }

    /// Links carry nothing in one direction.
    fn cut(&mut self, now: Time) -> Time {
        let mut over = now;
        for _ in 0..self.draw.between(1, 4) {
            let ends = self.some_nodes(2);
            let [from, to] = ends.as_slice() else { return now };
            let mend = now + self.draw.any_millis(20, 1_000);
            self.at(now, Intervention::Cut((*from).into(), (*to).into()));
            self.at(mend, Intervention::Mend((*from).into(), (*to).into()));
            over = over.max(mend);
        }
        over
    }

    fn pause(&mut self, now: Time) -> Time {
        let node = self.node();
        let paused = if self.draw.one_in(2) { Target::Node(node) } else { self.target() };
        let resume = now + self.draw.any_millis(5, 800);
        self.at(now, Intervention::Pause(paused));
        for node in (0..self.nodes()).map(NodeId) {
            self.at(resume, Intervention::Resume(node.into())); // whoever it was
        }
        resume
    }

    fn clock(&mut self, now: Time) -> Time {
        let target = self.target();
        let ahead = self.draw.millis(0, 400).0 as i64;
        let drift = self.draw.between(0, 200_000) as i32;
        let (ahead, drift) = if self.draw.one_in(2) { (ahead, drift) } else { (-ahead, -drift) };
        self.at(now, Intervention::Clock(target, ahead, drift));
        now
    }

    /// A disk becomes slow, and a crash may lose what it was about to write.
    fn disk(&mut self, now: Time) -> Time {
        let target = self.target();
        let write = self.draw.any_millis(1, 60);
        self.at(now, Intervention::Disk(target.clone(), write, self.scenario.disk_lies));
        if self.draw.one_in(2) {
            let crash = now + self.draw.millis(5, 100);
            let restart = crash + self.draw.any_millis(4, 400);
            self.at(crash, Intervention::Crash(target));
            self.at(restart, Intervention::Restart(Target::Role("down".to_owned())));
        }
        now + Span::millis(100)
    }

    /// The whole network is bad for a while.
    fn weather(&mut self, now: Time) -> Time {
        let bad = self.draw.bad_link(self.scenario.link);
        let end = now + self.draw.any_millis(50, 1_000);
        self.at(now, Intervention::Network(bad));
        self.at(end, Intervention::Network(self.scenario.link));
        end
    }
}
