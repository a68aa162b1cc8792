//! The core: the processes of a consensus protocol that a coordinator runs as a part of itself, unchanged.
//!
//! Such a protocol has several parts (a Raft server and its client; a replica, a leader and an acceptor of Multi-Paxos).
//! Each coordinator plays one of each, and they know each other by *inner names*: of n coordinators the first one's parts
//! are called 0, n, 2n..., the second one's 1, n + 1, 2n + 1... What parts of one coordinator tell each other arrives at
//! once; what goes to another one travels as [`Mail`].
//!
//! Nothing is asked of a consensus protocol but what it has anyway: somebody takes writes to a store, and somebody can show
//! which writes were decided, and in which order. What its clients are answered is not needed: it stands in the order.

use super::{Consensus, DeviceCoordinator, Msg, Place, Settings, Timer};
use crate::about::Bugs;
use crate::multi_paxos::{self, MultiPaxos};
use crate::pbft::{self, Pbft};
use crate::raft::{self, Raft};
use crate::shared::kv;
use crate::{Cast, Entry};
use netsplit_sim::{Cx, Effect, Face, Forger, Inner, InnerDisk, Input, NodeId, OpId, Prominence, Protocol, Shape, Tag};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;

/// One thing or another, by consensus protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum By<M, R, B> {
    /// With Multi-Paxos.
    MultiPaxos(M),
    /// With Raft.
    Raft(R),
    /// With PBFT.
    Pbft(B),
}

/// What a part of a core says to one at another coordinator, by their inner names.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Mail<M> {
    from: NodeId,
    to: NodeId,
    body: M,
}

/// What the parts of a core say.
pub type CoreMail = By<Mail<multi_paxos::Msg>, Mail<raft::Msg>, Mail<pbft::Msg>>;
/// What they wait for: which part, and for what.
pub type CoreTimer = By<(u16, multi_paxos::Timer), (u16, raft::Timer), (u16, pbft::Timer)>;
/// The parts that run at a coordinator...
type Parts = By<Vec<Inner<MultiPaxos>>, Vec<Inner<Raft>>, Vec<Inner<Pbft>>>;
/// ...and what a crash leaves of them.
pub(super) type CoreDisk = By<Vec<InnerDisk<MultiPaxos>>, Vec<InnerDisk<Raft>>, Vec<InnerDisk<Pbft>>>;
/// Something that happens to one of them.
type Arrival = By<(u16, Input<MultiPaxos>), (u16, Input<Raft>), (u16, Input<Pbft>)>;

/// A write that was decided: its place, and what it is if it is one.
pub(super) type Decided = (Place, Option<Arc<kv::Op>>);

/// What a consensus protocol is asked for. Its first part is the one that knows what is decided.
trait Kind: Entry<Op: From<kv::Op>> {
    /// How many parts a coordinator plays: the first ones of [`Entry::ABOUT`].
    const PARTS: u16;
    /// The part that takes clients' operations.
    const ASKED: u16;
    /// Its settings.
    fn config() -> Self::Config;
    /// Wraps what is said.
    fn mail(mail: Mail<Self::Msg>) -> CoreMail;
    /// Wraps what is waited for.
    fn timer(timer: (u16, Self::Timer)) -> CoreTimer;
    /// What is decided, as far as the first part can show it now, of the places after one.
    fn decided(view: Self::View<'_>, after: Place, decided: &mut Vec<Decided>);
    /// The place up to which the first part has gone.
    fn reached(view: Self::View<'_>) -> Place;
}

impl Kind for MultiPaxos {
    const PARTS: u16 = 3; // replica, leader, acceptor
    const ASKED: u16 = 0;
    fn config() -> multi_paxos::Config {
        multi_paxos::Config::default()
    }
    fn mail(mail: Mail<multi_paxos::Msg>) -> CoreMail {
        By::MultiPaxos(mail)
    }
    fn timer(timer: (u16, multi_paxos::Timer)) -> CoreTimer {
        By::MultiPaxos(timer)
    }
    fn decided(view: multi_paxos::View<'_>, after: Place, decided: &mut Vec<Decided>) {
        let multi_paxos::View::Replica(replica) = view else { return };
        let new = replica.decisions().range(after + 1..).take_while(|(slot, _)| **slot <= replica.performed());
        decided.extend(new.map(|(slot, command)| (*slot, Some(command.op.clone()))));
    }
    fn reached(view: multi_paxos::View<'_>) -> Place {
        if let multi_paxos::View::Replica(replica) = view { replica.performed() } else { 0 }
    }
}

impl Kind for Raft {
    const PARTS: u16 = 2; // server, client
    const ASKED: u16 = 1;
    /// A new leader must find out by itself what is committed, since nobody may ask for anything for long; and whoever was
    /// cut off must not disturb the others.
    fn config() -> raft::Config {
        raft::Config { noop_on_election: true, pre_vote: true, check_quorum: true, ..raft::Config::default() }
    }
    fn mail(mail: Mail<raft::Msg>) -> CoreMail {
        By::Raft(mail)
    }
    fn timer(timer: (u16, raft::Timer)) -> CoreTimer {
        By::Raft(timer)
    }
    fn decided(view: raft::View<'_>, after: Place, decided: &mut Vec<Decided>) {
        let raft::View::Server(server) = view else { return };
        let command = |index| server.log().get(index).and_then(|entry| entry.command.op().cloned());
        decided.extend((after + 1..=server.last_applied()).map(|index| (index, command(index))));
    }
    fn reached(view: raft::View<'_>) -> Place {
        if let raft::View::Server(server) = view { server.last_applied() } else { 0 }
    }
}

impl Kind for Pbft {
    const PARTS: u16 = 2; // replica, client
    const ASKED: u16 = 1;
    fn config() -> pbft::Config {
        pbft::Config::default()
    }
    fn mail(mail: Mail<pbft::Msg>) -> CoreMail {
        By::Pbft(mail)
    }
    fn timer(timer: (u16, pbft::Timer)) -> CoreTimer {
        By::Pbft(timer)
    }
    /// Those that were executed just now: what a replica was spared by taking over a state, it does not know.
    fn decided(view: pbft::View<'_>, after: Place, decided: &mut Vec<Decided>) {
        let pbft::View::Replica(replica) = view else { return };
        for executed in replica.just_executed().iter().filter(|executed| executed.seq > after) {
            let new = executed.request.as_ref().filter(|_| executed.ret.is_some());
            decided.push((executed.seq, new.map(|asked| asked.op.clone())));
        }
    }
    fn reached(view: pbft::View<'_>) -> Place {
        if let pbft::View::Replica(replica) = view { replica.executed() } else { 0 }
    }
}

/// The parts of a core at one coordinator.
#[derive(Clone, Hash, Serialize)]
#[serde(transparent)]
pub(super) struct Core {
    parts: Parts,
    /// The coordinator's number.
    #[serde(skip)]
    number: u16,
}

impl Core {
    /// Starts the parts from their disks; if there are none yet, from the beginning.
    pub fn boot(
        disk: &mut Option<CoreDisk>,
        Reach { settings, after }: Reach,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> (Core, Vec<Decided>) {
        let number = settings.number(cx.me).unwrap_or(0);
        let site = Site { settings, number };
        let disk = disk.get_or_insert_with(|| match settings.config.core {
            Consensus::MultiPaxos => By::MultiPaxos(site.disks()),
            Consensus::Raft => By::Raft(site.disks()),
            Consensus::Pbft => By::Pbft(site.disks()),
        });
        let mut decided = Vec::new();
        let parts = match disk {
            By::MultiPaxos(disks) => By::MultiPaxos(site.boot(disks, after, &mut decided, cx)),
            By::Raft(disks) => By::Raft(site.boot(disks, after, &mut decided, cx)),
            By::Pbft(disks) => By::Pbft(site.boot(disks, after, &mut decided, cx)),
        };
        (Core { parts, number }, decided)
    }

    /// Mail has come from another coordinator: what is decided now after a place.
    pub fn on_mail(
        &mut self,
        mail: CoreMail,
        disk: &mut Option<CoreDisk>,
        reach: Reach,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> Vec<Decided> {
        let coordinators = reach.settings.coordinators.len() as u16;
        let arrival = match mail {
            By::MultiPaxos(mail) => By::MultiPaxos(mail.opened(coordinators)),
            By::Raft(mail) => By::Raft(mail.opened(coordinators)),
            By::Pbft(mail) => By::Pbft(mail.opened(coordinators)),
        };
        self.on(arrival, disk, reach, cx)
    }

    /// Time is up for one of the parts.
    pub fn on_timer(
        &mut self,
        timer: CoreTimer,
        disk: &mut Option<CoreDisk>,
        reach: Reach,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> Vec<Decided> {
        let arrival = match timer {
            By::MultiPaxos((part, timer)) => By::MultiPaxos((part, Input::Timer(timer))),
            By::Raft((part, timer)) => By::Raft((part, Input::Timer(timer))),
            By::Pbft((part, timer)) => By::Pbft((part, Input::Timer(timer))),
        };
        self.on(arrival, disk, reach, cx)
    }

    /// Wants a write to be decided.
    pub fn ask(
        &mut self,
        id: OpId,
        command: kv::Op,
        disk: &mut Option<CoreDisk>,
        reach: Reach,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> Vec<Decided> {
        let arrival = match &self.parts {
            By::MultiPaxos(_) => By::MultiPaxos((MultiPaxos::ASKED, Input::Op(id, command))),
            By::Raft(_) => By::Raft((Raft::ASKED, Input::Op(id, command.into()))),
            By::Pbft(_) => By::Pbft((Pbft::ASKED, Input::Op(id, command))),
        };
        self.on(arrival, disk, reach, cx)
    }

    fn on(
        &mut self,
        arrival: Arrival,
        disk: &mut Option<CoreDisk>,
        Reach { settings, after }: Reach,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> Vec<Decided> {
        let (site, mut decided) = (Site { settings, number: self.number }, Vec::new());
        match (&mut self.parts, disk, arrival) {
            (By::MultiPaxos(parts), Some(By::MultiPaxos(disks)), By::MultiPaxos(it)) => {
                site.on(parts, disks, it, after, &mut decided, cx);
            }
            (By::Raft(parts), Some(By::Raft(disks)), By::Raft(it)) => {
                site.on(parts, disks, it, after, &mut decided, cx)
            }
            (By::Pbft(parts), Some(By::Pbft(disks)), By::Pbft(it)) => {
                site.on(parts, disks, it, after, &mut decided, cx)
            }
            _ => {} // nobody speaks another protocol than the one that was set
        }
        decided
    }

    /// The place up to which the core has gone here.
    pub fn reached(&self) -> Place {
        fn of<Q: Kind>(parts: &[Inner<Q>]) -> Place {
            parts.first().and_then(Inner::view).map_or(0, Q::reached)
        }
        match &self.parts {
            By::MultiPaxos(parts) => of(parts),
            By::Raft(parts) => of(parts),
            By::Pbft(parts) => of(parts),
        }
    }

    /// The face of the part that stands out most; clients stand outside.
    pub fn face(&self) -> Face {
        fn of<Q: Protocol>(parts: &[Inner<Q>]) -> Face {
            let faces = parts.iter().map(Inner::face).filter(|face| face.prominence != Prominence::Outside);
            faces.fold(Face::default(), |most, face| {
                if face.prominence > most.prominence || most.role.is_empty() { face } else { most }
            })
        }
        match &self.parts {
            By::MultiPaxos(parts) => of(parts),
            By::Raft(parts) => of(parts),
            By::Pbft(parts) => of(parts),
        }
    }
}

/// What is known outside of the core when something happens in it.
#[derive(Clone, Copy)]
pub(super) struct Reach<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The place up to which everything is known.
    pub after: Place,
}

/// Where parts run: a coordinator, by its number.
#[derive(Clone, Copy)]
struct Site<'a> {
    settings: &'a Settings,
    number: u16,
}

impl Site<'_> {
    fn coordinators(self) -> u16 {
        self.settings.coordinators.len() as u16
    }
    /// What one of the parts here is called.
    fn name(self, part: usize) -> NodeId {
        NodeId(part as u16 * self.coordinators() + self.number)
    }

    /// The empty disks of the parts here.
    fn disks<Q: Kind>(self) -> Vec<InnerDisk<Q>> {
        let parts = (0..usize::from(Q::PARTS)).flat_map(|part| vec![part; self.settings.coordinators.len()]).collect();
        let nodes = Q::processes(&Q::config(), Bugs::NONE, &Cast { parts }).unwrap_or_default();
        let mine = (0..usize::from(Q::PARTS)).filter_map(|part| nodes.get(self.name(part).index()));
        mine.map(|node| InnerDisk::new(&**node)).collect()
    }

    fn boot<Q: Kind>(
        self,
        disks: &mut [InnerDisk<Q>],
        after: Place,
        decided: &mut Vec<Decided>,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> Vec<Inner<Q>> {
        let (mut parts, mut wants) = (Vec::new(), VecDeque::new());
        for (part, disk) in disks.iter().enumerate() {
            let (inner, effects) = Inner::boot(disk, self.name(part), &[], cx);
            parts.push(inner);
            wants.extend(effects.into_iter().map(|effect| (part, effect)));
        }
        self.carry_out(wants, &mut parts, after, decided, cx);
        write(&parts, disks);
        parts
    }

    fn on<Q: Kind>(
        self,
        parts: &mut [Inner<Q>],
        disks: &mut [InnerDisk<Q>],
        (part, input): (u16, Input<Q>),
        after: Place,
        decided: &mut Vec<Decided>,
        cx: &mut Cx<DeviceCoordinator>,
    ) {
        let wants = self.act(parts, usize::from(part), input, after, decided, cx);
        self.carry_out(wants.collect(), parts, after, decided, cx);
        write(parts, disks);
    }

    /// Something happens to one of the parts: what it wants then.
    fn act<Q: Kind>(
        self,
        parts: &mut [Inner<Q>],
        part: usize,
        input: Input<Q>,
        after: Place,
        decided: &mut Vec<Decided>,
        cx: &mut Cx<DeviceCoordinator>,
    ) -> impl Iterator<Item = (usize, Effect<Q>)> + use<Q> {
        let effects = parts.get_mut(part).map_or_else(Vec::new, |inner| inner.on(input, self.name(part), &[], cx));
        if let Some(view) = parts.first().filter(|_| part == 0).and_then(Inner::view) {
            Q::decided(view, after, decided);
        }
        effects.into_iter().map(move |effect| (part, effect))
    }

    /// What parts want: what they tell each other they are told at once, and may then want more.
    fn carry_out<Q: Kind>(
        self,
        mut wants: VecDeque<(usize, Effect<Q>)>,
        parts: &mut [Inner<Q>],
        after: Place,
        decided: &mut Vec<Decided>,
        cx: &mut Cx<DeviceCoordinator>,
    ) {
        while let Some((part, effect)) = wants.pop_front() {
            match effect {
                Effect::Send(to, body) => {
                    let (their, home) = (to.0 / self.coordinators(), to.0 % self.coordinators());
                    let from = self.name(part);
                    if home == self.number {
                        wants.extend(self.act(parts, their.into(), Input::Msg(from, body), after, decided, cx));
                    } else if let Some(node) = self.settings.coordinators.get(usize::from(home)) {
                        cx.send(*node, Msg::Core(Q::mail(Mail { from, to, body })));
                    }
                }
                Effect::SetTimer(timer, after) => cx.set_timer(Timer::Core(Q::timer((part as u16, timer))), after),
                Effect::CancelTimer(timer) => cx.cancel_timer(Timer::Core(Q::timer((part as u16, timer)))),
                Effect::Reply(..) | Effect::Line(_) => {} // it stands in the order; and is told of on the core's own page
            }
        }
    }
}

/// What the parts have written comes onto the coordinator's disk.
fn write<Q: Protocol>(parts: &[Inner<Q>], disks: &mut [InnerDisk<Q>]) {
    for (part, disk) in parts.iter().zip(disks) {
        if let Some(written) = part.written_since(disk) {
            *disk = written;
        }
    }
}

impl<M> Mail<M> {
    /// To which part it goes, and what arrives there.
    fn opened<Q: Protocol<Msg = M>>(self, coordinators: u16) -> (u16, Input<Q>) {
        (self.to.0 / coordinators, Input::Msg(self.from, self.body))
    }
    /// Whether it is from one coordinator and for another one, by their numbers.
    fn goes(&self, from: u16, to: u16, coordinators: u16) -> bool {
        self.from.0 % coordinators == from && self.to.0 % coordinators == to
    }
}

/// Whether mail is from the coordinator that has sent it, and for this one.
pub(super) fn is_genuine(mail: &CoreMail, from: u16, to: u16, coordinators: u16) -> bool {
    match mail {
        By::MultiPaxos(mail) => mail.goes(from, to, coordinators),
        By::Raft(mail) => mail.goes(from, to, coordinators),
        By::Pbft(mail) => mail.goes(from, to, coordinators),
    }
}

/// How mail is drawn and called. What is from or for a client of the core is no client's here: it is a part of a coordinator.
pub(super) fn tag(mail: &CoreMail) -> Tag {
    let tag = match mail {
        By::MultiPaxos(mail) => MultiPaxos::tag(&mail.body),
        By::Raft(mail) => Raft::tag(&mail.body),
        By::Pbft(mail) => Pbft::tag(&mail.body),
    };
    Tag { shape: if tag.shape == Shape::Client { Shape::Request } else { tag.shape }, ..tag }
}

/// What a timer of a part is called.
pub(super) fn timer_name(timer: CoreTimer) -> &'static str {
    match timer {
        By::MultiPaxos((_, timer)) => MultiPaxos::timer_name(timer),
        By::Raft((_, timer)) => Raft::timer_name(timer),
        By::Pbft((_, timer)) => Pbft::timer_name(timer),
    }
}

/// What a liar says instead: what it would say in the consensus protocol, under its name there.
pub(super) fn forge(mail: &mut CoreMail, forger: &mut Forger) {
    fn of<Q: Protocol>(mail: &mut Mail<Q::Msg>, forger: &mut Forger) {
        let me = std::mem::replace(&mut forger.me, mail.from);
        Q::forge(&mut mail.body, forger);
        forger.me = me;
    }
    match mail {
        By::MultiPaxos(mail) => of::<MultiPaxos>(mail, forger),
        By::Raft(mail) => of::<Raft>(mail, forger),
        By::Pbft(mail) => of::<Pbft>(mail, forger),
    }
}
