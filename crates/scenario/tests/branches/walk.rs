//! Steps, jumps, branches and what is undone, in whatever order, natively and in a browser alike.

use netsplit_scenario::branches::Branches;
use netsplit_scenario::sweep::{base, generate};
use netsplit_scenario::{Cursor, Session, Tree, catalogue, open};
use netsplit_sim::{Intervention, NodeId, Time};

pub fn run(protocol: &str, seed: u64) -> Box<dyn Session> {
    open(generate(&base(catalogue::about(protocol).expect("it is there")), seed)).expect("it can be played")
}

/// What a fresh run with the same interventions comes to at the same place.
fn fresh(session: &dyn Session) -> u64 {
    let mut again = open(session.scenario().clone()).expect("it was played");
    again.plan(session.interventions()).expect("it was done");
    let to = session.cursor();
    again.fast_forward(Cursor { events: to.events, time: to.time });
    again.hash()
}

/// Numbers by a linear congruence: as good as any.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(most.max(1))) as u32
    }
}

/// Does so many things with a run; wherever it stands, a fresh run with the same interventions comes to the same.
pub fn walk(protocol: &str, seed: u64, steps: u32) {
    let mut session = run(protocol, seed);
    let (mut branches, mut dice, mut begun) = (Branches::default(), Dice(seed + 1), 0);
    for _ in 0..steps {
        match dice.below(8) {
            0 => drop(session.advance(Time(session.cursor().time.0 + 20_000_000), 300)),
            1 => session.seek(dice.below(session.trace().len() + 1)),
            2 => drop(session.step()),
            3 => session.seek(session.cursor().events.saturating_sub(1)),
            4 => begun += u32::from(interfere(&mut *session, &mut branches, &mut dice)),
            5 => {
                let at = dice.below(branches.all().len() as u32) as usize;
                session = branches.switch(branches.all()[at].number, &*session).expect("it was played");
            }
            6 => session = undo(session, &mut branches),
            _ if branches.all().len() > 6 => {
                let at = dice.below(branches.all().len() as u32) as usize;
                branches.remove(branches.all()[at].number);
            }
            _ => {}
        }
        assert_eq!(session.hash(), fresh(&*session), "{protocol}: {:?}", session.cursor());
        assert!(branches.get(branches.current()).is_some());
        let roots = branches.all().iter().filter(|branch| branch.parent.is_none()).count();
        let orphans = branches.all().iter().filter_map(|it| it.parent).filter(|it| branches.get(*it).is_none()).count();
        assert_eq!((roots, orphans), (1, 0), "{protocol}: {:?}", branches.all());
    }
    assert!(begun > steps / 60, "{protocol}: {begun} branches");
}

/// Does something to a node or to the network; true if that began a branch.
fn interfere(session: &mut dyn Session, branches: &mut Branches, dice: &mut Dice) -> bool {
    let node = NodeId(dice.below(session.names().len() as u32) as u16);
    let what: Intervention<Tree> = match dice.below(3) {
        0 => Intervention::Crash(node.into()),
        1 => Intervention::Restart(node.into()),
        _ => Intervention::Heal,
    };
    let forks = branches.before_intervening(session);
    let done = session.intervene(what).is_ok();
    if forks && !done {
        branches.refused();
    }
    forks && done
}

/// Takes the latest back; a branch in which nothing is left is left too.
fn undo(mut session: Box<dyn Session>, branches: &mut Branches) -> Box<dyn Session> {
    let left = branches.current();
    if session.undo()
        && branches.is_empty(&*session)
        && let Some(parent) = branches.get(left).and_then(|branch| branch.parent)
    {
        session = branches.switch(parent, &*session).expect("it was played");
        branches.remove(left);
    }
    session
}
