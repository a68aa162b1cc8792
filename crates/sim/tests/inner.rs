//! A protocol inside a protocol, one sentence a test: a shell of a protocol that does nothing but pass on what the one inside
//! it says, waits for, writes and answers, plays just as that one does by itself.

mod bounce;

use bounce::{Ball, Bounce, Player, Rules, Throw, Timer};
use netsplit_sim::{
    Cx, Effect, Face, Fixed, Inner, InnerDisk, Input, Intervention, Moment, NodeId, OpId, Planned, Process, Protocol,
    Recording, Seat, Setup, Span, Tag, Time, World,
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone, Copy, Debug)]
struct Outside;

#[derive(Clone, Hash, Serialize)]
struct Shell {
    inner: Inner<Bounce>,
    #[serde(skip)]
    disk: Kept,
    #[serde(skip)]
    rules: Fixed<Rules>,
}

/// What the inner process has on its disk; nothing while it has written nothing.
#[derive(Clone, Hash, Default, Serialize)]
struct Kept(Option<InnerDisk<Bounce>>);

impl Kept {
    fn or_blank(&self, rules: &Rules) -> InnerDisk<Bounce> {
        let blank = || InnerDisk::new(&*Seat::<Bounce, Player>::new(Arc::new(*rules)));
        self.0.clone().unwrap_or_else(blank)
    }
}

impl Protocol for Outside {
    type Msg = Ball;
    type Timer = Timer;
    type Op = Throw;
    type Ret = u64;
    type Line = u16;
    type View<'a> = &'a Player;
    fn tag(ball: &Ball) -> Tag {
        Bounce::tag(ball)
    }
    fn timer_name(timer: Timer) -> &'static str {
        Bounce::timer_name(timer)
    }
}

impl Shell {
    fn on(&mut self, input: Input<Bounce>, cx: &mut Cx<Outside>) {
        let (me, beside) = (cx.me, cx.neighbours.to_vec());
        let effects = self.inner.on(input, me, &beside, cx);
        self.pass_on(effects, cx);
    }
    fn pass_on(&mut self, effects: Vec<Effect<Bounce>>, cx: &mut Cx<Outside>) {
        if let Some(written) = self.inner.written_since(&self.disk.or_blank(&self.rules)) {
            self.disk = Kept(Some(written));
        }
        for effect in effects {
            match effect {
                Effect::Send(to, ball) => cx.send(to, ball),
                Effect::SetTimer(timer, after) => cx.set_timer(timer, after),
                Effect::CancelTimer(timer) => cx.cancel_timer(timer),
                Effect::Reply(id, ret) => cx.reply(id, ret),
                Effect::Line(line) => cx.line(line),
            }
        }
    }
}

impl Process<Outside> for Shell {
    type Config = Rules;
    type Disk = Kept;
    fn boot(rules: &Arc<Rules>, disk: Kept, cx: &mut Cx<Outside>) -> Self {
        let (me, beside) = (cx.me, cx.neighbours.to_vec());
        let (inner, effects) = Inner::boot(&disk.or_blank(rules), me, &beside, cx);
        let mut shell = Shell { inner, disk, rules: Fixed::new(rules) };
        shell.pass_on(effects, cx);
        shell
    }
    fn disk(&self) -> &Kept {
        &self.disk
    }
    fn on_msg(&mut self, from: NodeId, ball: Ball, cx: &mut Cx<Outside>) {
        self.on(Input::Msg(from, ball), cx);
    }
    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Outside>) {
        self.on(Input::Timer(timer), cx);
    }
    fn on_op(&mut self, id: OpId, throw: Throw, cx: &mut Cx<Outside>) {
        self.on(Input::Op(id, throw), cx);
    }
    fn view(&self) -> &Player {
        self.inner.view().expect("it runs")
    }
    fn face(&self) -> Face {
        self.inner.face()
    }
}

/// Five players on disks that take 3 ms, of whom one crashes while it waits for its disk.
fn setup<P: Protocol>(seat: fn(Arc<Rules>) -> std::rc::Rc<dyn netsplit_sim::Node<P>>) -> Setup<P> {
    let Setup { seed, topology, network, hashing, .. } = bounce::setup(5, 3, Rules { balls: 1, durable: true });
    let rules = Arc::new(Rules { balls: 1, durable: true });
    let nodes = (0..5).map(|_| seat(rules.clone())).collect();
    Setup { seed, nodes, topology, network, disk: (Span::millis(3), false), hashing }
}

fn plan() -> Vec<Planned<Throw>> {
    let at = |ms: u64, what| Planned { when: Moment { at: Time(ms * 1_000_000), after: 0 }, what };
    vec![
        at(40, Intervention::Invoke(NodeId(1).into(), Throw)),
        at(41, Intervention::Crash(NodeId(1).into())),
        at(60, Intervention::Crash(NodeId(2).into())),
        at(90, Intervention::Restart(NodeId(1).into())),
        at(95, Intervention::Clock(NodeId(3).into(), 5, 200_000)),
        at(99, Intervention::Restart(NodeId(2).into())),
    ]
}

/// What happened, what everybody has on its disk, and what is seen.
fn played<P>(setup: Setup<P>) -> (Vec<String>, Vec<String>)
where
    P: for<'a> Protocol<Op = Throw, View<'a> = &'a Player>,
{
    let mut recording: Recording<P, ()> = Recording::new(World::new(setup), plan());
    recording.advance(Time(400_000_000), u32::MAX);
    let events = recording.trace().events().map(|(event, row)| format!("{event} {row:?}")).collect();
    let world = recording.world();
    let seen = |node| {
        format!("{:?} {:?}", world.view(node).map(|player| (player.caught, player.disk.written)), world.face(node))
    };
    (events, world.ids().map(seen).collect())
}

#[test]
fn a_protocol_inside_another_plays_as_it_does_by_itself() {
    let (alone, inside) =
        (played::<Bounce>(setup(Seat::<Bounce, Player>::new)), played::<Outside>(setup(Seat::<Outside, Shell>::new)));
    assert!(alone.0.len() > 100, "{}", alone.0.len());
    assert_eq!(alone, inside);
}

#[test]
fn a_copy_keeps_what_it_was_when_the_other_goes_on() {
    let mut recording: Recording<Outside, ()> = Recording::new(World::new(setup(Seat::<Outside, Shell>::new)), plan());
    recording.advance(Time(70_000_000), u32::MAX);
    let (before, hash) = (recording.world().clone(), recording.world().hash());
    let caught = |world: &World<Outside>| world.view(NodeId(0)).map(|player| player.caught);
    let had = caught(&before);
    recording.advance(Time(400_000_000), u32::MAX);
    assert_eq!((caught(&before), before.hash()), (had, hash));
    assert_ne!(caught(recording.world()), had);
}
