//! A replica: the three phases that give every request its place, its execution, and checkpoints.

use super::messages::{Asked, Checkpoint, Digest, Msg, NewView, Phase, Prepared, Reply, Stable, ViewChange, Vote};
use super::{Bug, Line, Pbft, Seq, Settings, Signed, State, Timer, View, ViewNumber};
use crate::shared::kv::{Op, Ret};
use netsplit_sim::digest::digest;
use netsplit_sim::ordered::Map;
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process, Prominence, Span};
use serde::Serialize;
use std::sync::Arc;

/// What a replica must not forget: whoever does breaks its word.
#[derive(Clone, Hash, Default, Debug, Serialize)]
pub struct Disk {
    /// The view it is in, or wants to be in.
    pub(super) view: ViewNumber,
    /// It wants to be in that view, and its primary has not begun it.
    pub(super) changing: bool,
    /// The word with which the view began; none for the first.
    pub(super) begun: Option<Arc<Signed<NewView>>>,
    /// What is known of each number after the last stable checkpoint.
    pub(super) log: Map<Seq, Slot>,
    /// All up to this number is executed...
    pub(super) executed: Seq,
    /// ...and this is what came of it.
    pub(super) state: State,
    /// The last stable checkpoint.
    pub(super) stable: Stable,
    /// The states at that checkpoint and at later ones.
    pub(super) snapshots: Map<Seq, State>,
}

/// What is known of a number.
#[derive(Clone, Hash, Default, Debug, Serialize)]
pub struct Slot {
    /// What the primary of this view has said, with the request.
    pub(super) order: Option<(Signed<Vote>, Option<Asked>)>,
    /// The latest proof that something was prepared.
    pub(super) prepared: Option<Arc<Prepared>>,
    /// What a quorum has committed to; the null request is none.
    pub(super) committed: Option<Option<Asked>>,
}

/// What a replica has executed in an event: for those who watch.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Executed {
    /// The number.
    pub seq: Seq,
    /// The request; none for the null request.
    pub request: Option<Asked>,
    /// What came of it; nothing if it had been executed before.
    pub ret: Option<Ret>,
}

/// A replica.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Replica {
    pub(super) me: NodeId,
    #[serde(skip)]
    pub(super) disk: Disk,
    /// Who has said what in which view, number and phase.
    pub(super) votes: Map<(ViewNumber, Seq, Phase), Map<NodeId, Signed<Vote>>>,
    /// Who has said what their state was.
    checkpoints: Map<Seq, Map<NodeId, Signed<Checkpoint>>>,
    /// Who wants another view: the latest of each.
    pub(super) changes: Map<NodeId, Arc<Signed<ViewChange>>>,
    /// What clients have asked for and this replica has not executed.
    pub(super) pending: Map<NodeId, Asked>,
    /// What primaries of views to come have said.
    pub(super) early: Vec<(Signed<Vote>, Option<Asked>)>,
    /// The stable checkpoint whose state it lacks.
    wanted: Option<Stable>,
    /// How many times in a row it has waited in vain.
    pub(super) waits: u32,
    /// Whether it waits for a request to be executed.
    pub(super) watching: bool,
    just_executed: Vec<Executed>,
    #[serde(skip)]
    pub(super) settings: Fixed<Settings>,
}

impl Replica {
    /// What it has executed in its latest event.
    pub fn just_executed(&self) -> &[Executed] {
        &self.just_executed
    }
    /// The number up to which it has executed everything.
    pub fn executed(&self) -> Seq {
        self.disk.executed
    }
    /// The digest of what came of that.
    pub fn state_digest(&self) -> Digest {
        Digest(digest(&self.disk.state))
    }
    /// The view it is in, or wants to be in.
    pub fn current_view(&self) -> ViewNumber {
        self.disk.view
    }
    /// Whether it waits for a view to begin.
    pub fn is_changing(&self) -> bool {
        self.disk.changing
    }
    /// The number of its last stable checkpoint.
    pub fn stable(&self) -> Seq {
        self.disk.stable.seq
    }
    /// For how many numbers it keeps something.
    pub fn log_len(&self) -> usize {
        self.disk.log.len()
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    pub(super) fn is_primary(&self, me: NodeId) -> bool {
        self.settings.primary(self.disk.view) == me
    }
    pub(super) fn broadcast(&self, msg: &Msg, cx: &mut Cx<Pbft>) {
        for replica in &self.settings.replicas {
            if *replica != cx.me {
                cx.send(*replica, msg.clone());
            }
        }
    }
    /// The highest number that may be given now.
    fn high(&self) -> Seq {
        self.disk.stable.seq + self.settings.window()
    }

    // --- requests ---

    fn on_request(&mut self, from: NodeId, asked: Asked, cx: &mut Cx<Pbft>) {
        let client = asked.by();
        if let Some((timestamp, ret)) = self.disk.state.replies.get(&client)
            && asked.timestamp <= *timestamp
        {
            if asked.timestamp == *timestamp {
                cx.line(Line::ReplyAgain);
                let reply = Reply { view: self.disk.view, timestamp: *timestamp, ret: ret.clone() };
                let reply = Signed::new(cx, reply);
                cx.send(client, Msg::Reply(reply));
            }
            return;
        }
        self.wait_for(asked.clone());
        if self.is_primary(cx.me) {
            self.order(cx);
        } else if from == client && !self.disk.changing {
            cx.line(Line::Relay);
            cx.send(self.settings.primary(self.disk.view), Msg::Request(asked));
        }
        self.watch(cx);
    }

    /// A client is served its latest request.
    fn wait_for(&mut self, asked: Asked) {
        let done = self.disk.state.replies.get(&asked.by()).is_some_and(|(done, _)| asked.timestamp <= *done);
        let newer = self.pending.get(&asked.by()).is_none_or(|known| known.timestamp < asked.timestamp);
        if !done && newer {
            self.pending.insert(asked.by(), asked);
        }
    }

    /// The primary gives numbers to what has none, as long as there is room before the high water mark.
    pub(super) fn order(&mut self, cx: &mut Cx<Pbft>) {
        if self.disk.changing || !self.is_primary(cx.me) {
            return;
        }
        for asked in self.pending.values().cloned().collect::<Vec<_>>() {
            let digest = Digest::of(Some(&asked));
            let ordered = |slot: &Slot| slot.order.as_ref().is_some_and(|(order, _)| order.digest == digest);
            if self.disk.log.values().any(ordered) {
                continue;
            }
            let given = self.disk.log.iter().filter(|(_, slot)| slot.order.is_some() || slot.committed.is_some());
            let last = given.map(|(seq, _)| *seq).max().unwrap_or(0);
            let seq = last.max(self.disk.executed).max(self.disk.stable.seq) + 1;
            if seq > self.high() {
                break;
            }
            cx.line(Line::PrePrepare);
            let order = Signed::new(cx, Vote { phase: Phase::PrePrepare, view: self.disk.view, seq, digest });
            self.broadcast(&Msg::PrePrepare(order.clone(), Some(asked.clone())), cx);
            self.disk.log.entry(seq).or_default().order = Some((order, Some(asked)));
            self.advance(seq, cx);
        }
    }

    // --- the three phases ---

    pub(super) fn on_pre_prepare(&mut self, order: Signed<Vote>, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        let Disk { view, changing, .. } = self.disk;
        if order.view > view || order.view == view && changing {
            if self.early.len() < 4 * self.settings.window() as usize {
                self.early.push((order, request));
            }
            return;
        }
        let by_primary = order.by() == self.settings.primary(view) && order.phase == Phase::PrePrepare;
        let in_window = order.seq > self.disk.stable.seq && order.seq <= self.high();
        if order.view != view || !by_primary || !in_window || order.by() == cx.me {
            return;
        }
        if Digest::of(request.as_ref()) != order.digest && !self.settings.broken(Bug::DigestNotCompared) {
            cx.line(Line::WrongDigest);
            return;
        }
        if let Some(asked) = &request {
            self.wait_for(asked.clone());
        }
        self.accept(order, request, cx);
        self.watch(cx);
    }

    /// Takes the primary's word for a number, if it has given none for it in this view.
    pub(super) fn accept(&mut self, order: Signed<Vote>, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        let Vote { view, seq, digest, .. } = *order;
        let slot = self.disk.log.entry(seq).or_default();
        if slot.order.is_some() {
            return;
        }
        slot.order = Some((order, request));
        if !self.is_primary(cx.me) {
            cx.line(Line::Prepare);
            self.vote(Vote { phase: Phase::Prepare, view, seq, digest }, cx);
        }
        self.advance(seq, cx);
    }

    fn vote(&mut self, vote: Vote, cx: &mut Cx<Pbft>) {
        let vote = Signed::new(cx, vote);
        self.broadcast(&Msg::Vote(vote.clone()), cx);
        self.count(vote);
    }

    /// Of each replica the first vote counts. The primary has prepared by giving the number.
    fn count(&mut self, vote: Signed<Vote>) {
        let by = vote.by();
        let counts = match vote.phase {
            Phase::PrePrepare => false,
            Phase::Prepare => by != self.settings.primary(vote.view),
            Phase::Commit => true,
        };
        let timely = vote.view >= self.disk.view && vote.seq > self.disk.stable.seq;
        let near = vote.seq <= self.high() + self.settings.window();
        if counts && timely && near && self.settings.replicas.contains(&by) {
            let place = (vote.view, vote.seq, vote.phase);
            self.votes.entry(place).or_default().entry(by).or_insert(vote);
        }
    }

    fn on_vote(&mut self, vote: Signed<Vote>, cx: &mut Cx<Pbft>) {
        let (view, seq) = (vote.view, vote.seq);
        self.count(vote);
        if view == self.disk.view && !self.disk.changing {
            self.advance(seq, cx);
        }
    }

    /// Who says in a phase what the primary has said.
    fn agreeing(&self, phase: Phase, order: &Vote) -> Vec<Signed<Vote>> {
        let votes = self.votes.get(&(order.view, order.seq, phase)).into_iter().flat_map(Map::values);
        votes.filter(|vote| vote.digest == order.digest).cloned().collect()
    }

    /// Takes a number through its phases as far as what was said carries.
    pub(super) fn advance(&mut self, seq: Seq, cx: &mut Cx<Pbft>) {
        let Some(slot) = self.disk.log.get(&seq) else { return };
        let Some((order, request)) = slot.order.clone() else { return };
        let quorum = self.settings.quorum();
        if slot.prepared.as_ref().is_none_or(|before| before.order.view < order.view) {
            let prepares = self.agreeing(Phase::Prepare, &order);
            if prepares.len() + 1 < quorum {
                return;
            }
            cx.line(Line::Commit);
            let proof = Prepared { order: order.clone(), request: request.clone(), prepares };
            self.disk.log.entry(seq).or_default().prepared = Some(Arc::new(proof));
            self.vote(Vote { phase: Phase::Commit, view: order.view, seq, digest: order.digest }, cx);
        }
        let commits = self.agreeing(Phase::Commit, &order).len();
        let slot = self.disk.log.entry(seq).or_default();
        if slot.committed.is_none() && (commits >= quorum || self.settings.broken(Bug::NoCommitPhase)) {
            slot.committed = Some(request);
            self.execute(cx);
        }
    }

    // --- execution and checkpoints ---

    fn execute(&mut self, cx: &mut Cx<Pbft>) {
        let before = self.disk.executed;
        while let Some(Slot { committed: Some(request), .. }) = self.disk.log.get(&(self.disk.executed + 1)) {
            let request = request.clone();
            self.disk.executed += 1;
            self.execute_one(request, cx);
            if self.disk.executed.is_multiple_of(self.settings.config.checkpoint) {
                cx.line(Line::Checkpoint);
                self.disk.snapshots.insert(self.disk.executed, self.disk.state.clone());
                self.tell_checkpoint(self.disk.executed, cx);
            }
        }
        if self.disk.executed > before {
            self.got_on(cx);
        }
    }

    fn execute_one(&mut self, request: Option<Asked>, cx: &mut Cx<Pbft>) {
        cx.line(Line::Execute);
        let (seq, state) = (self.disk.executed, &mut self.disk.state);
        let new = |asked: &&Asked| state.replies.get(&asked.by()).is_none_or(|(done, _)| *done < asked.timestamp);
        let ret = request.as_ref().filter(new).map(|asked| {
            let ret = state.store.apply(&asked.op);
            state.replies.insert(asked.by(), (asked.timestamp, ret.clone()));
            let reply = Reply { view: self.disk.view, timestamp: asked.timestamp, ret: ret.clone() };
            let reply = Signed::new(cx, reply);
            cx.send(asked.by(), Msg::Reply(reply));
            ret
        });
        self.just_executed.push(Executed { seq, request, ret });
    }

    /// Something was executed, or has come from others: what is done is not waited for.
    fn got_on(&mut self, cx: &mut Cx<Pbft>) {
        let replies = &self.disk.state.replies;
        self.pending.retain(|client, asked| replies.get(client).is_none_or(|(done, _)| *done < asked.timestamp));
        self.watching = false;
        if !self.disk.changing {
            self.waits = 0;
            cx.cancel_timer(Timer::Request);
        }
        self.order(cx);
        self.watch(cx);
    }

    /// Says what the state was at a checkpoint.
    fn tell_checkpoint(&mut self, seq: Seq, cx: &mut Cx<Pbft>) {
        let Some(state) = self.disk.snapshots.get(&seq) else { return };
        let checkpoint = Signed::new(cx, Checkpoint { seq, digest: Digest(digest(state)) });
        self.broadcast(&Msg::Checkpoint(checkpoint.clone()), cx);
        self.on_checkpoint(checkpoint, cx);
    }

    /// Says again what is not known to be stable: it may have been lost.
    pub(super) fn tell_checkpoints(&mut self, cx: &mut Cx<Pbft>) {
        let stable = self.disk.stable.seq;
        for seq in self.disk.snapshots.keys().copied().filter(|seq| *seq > stable).collect::<Vec<_>>() {
            self.tell_checkpoint(seq, cx);
        }
    }

    fn on_checkpoint(&mut self, checkpoint: Signed<Checkpoint>, cx: &mut Cx<Pbft>) {
        let Checkpoint { seq, digest } = *checkpoint;
        if seq <= self.disk.stable.seq || !self.settings.replicas.contains(&checkpoint.by()) {
            return;
        }
        let told = self.checkpoints.entry(seq).or_default();
        told.insert(checkpoint.by(), checkpoint);
        let proof: Vec<_> = told.values().filter(|other| other.digest == digest).cloned().collect();
        if proof.len() >= self.settings.quorum() {
            self.learn_stable(Stable { seq, digest, proof }, cx);
        }
    }

    /// A quorum has this checkpoint: what led to it need not be kept. Whoever is not there yet asks for the state.
    pub(super) fn learn_stable(&mut self, stable: Stable, cx: &mut Cx<Pbft>) {
        if stable.seq <= self.disk.stable.seq {
            return;
        }
        let mine = self.disk.snapshots.get(&stable.seq).map(|state| Digest(digest(state)));
        if mine == Some(stable.digest) {
            cx.line(Line::Stable);
            self.collect_garbage(stable);
            self.order(cx);
        } else if self.wanted.as_ref().is_none_or(|wanted| wanted.seq < stable.seq) {
            self.wanted = Some(stable);
            self.fetch(cx);
        }
    }

    fn collect_garbage(&mut self, stable: Stable) {
        let seq = stable.seq;
        self.disk.stable = stable;
        self.disk.log.retain(|at, _| *at > seq);
        self.disk.snapshots.retain(|at, _| *at >= seq);
        self.votes.retain(|(_, at, _), _| *at > seq);
        self.checkpoints.retain(|at, _| *at > seq);
    }

    fn fetch(&mut self, cx: &mut Cx<Pbft>) {
        let Some(wanted) = &self.wanted else { return };
        cx.line(Line::Fetch);
        for has_it in &wanted.proof {
            if has_it.by() != cx.me {
                cx.send(has_it.by(), Msg::Fetch { seq: wanted.seq });
            }
        }
        let retry = self.settings.config.retry;
        cx.set_timer(Timer::Fetch, retry..retry + Span(1));
    }

    /// Somebody lacks a state: it gets that one, or the last stable one if that is later.
    fn on_fetch(&mut self, from: NodeId, seq: Seq, cx: &mut Cx<Pbft>) {
        let stable = &self.disk.stable;
        let at = if stable.seq >= seq { stable.seq } else { seq };
        let Some(state) = self.disk.snapshots.get(&at) else { return };
        let told = if stable.seq == at {
            stable.clone()
        } else {
            Stable { seq: at, digest: Digest(digest(state)), proof: Vec::new() }
        };
        cx.send(from, Msg::State { stable: Arc::new(told), state: state.clone() });
    }

    /// A state is as good as the proof that a quorum has it, whoever sends it.
    fn on_state(&mut self, told: &Stable, state: State, cx: &mut Cx<Pbft>) {
        let asked_for = self.wanted.as_ref().filter(|it| (it.seq, it.digest) == (told.seq, told.digest)).cloned();
        let proven = Some(told.clone()).filter(|told| self.settings.proves(told));
        let Some(stable) = asked_for.or(proven) else { return };
        if Digest(digest(&state)) != stable.digest || stable.seq <= self.disk.stable.seq {
            return;
        }
        cx.line(Line::Install);
        if self.disk.executed < stable.seq {
            self.disk.executed = stable.seq;
            self.disk.state = state.clone();
        }
        self.disk.snapshots.insert(stable.seq, state);
        if self.wanted.as_ref().is_some_and(|wanted| wanted.seq <= stable.seq) {
            self.wanted = None;
            cx.cancel_timer(Timer::Fetch);
        }
        self.collect_garbage(stable);
        self.got_on(cx);
        self.execute(cx);
    }

    // --- patience ---

    /// While something is asked for, it is to be executed in time. The primary waits as well, unlike in the paper: others
    /// may be in a later view, and it has missed how that began.
    pub(super) fn watch(&mut self, cx: &mut Cx<Pbft>) {
        let waits = !self.pending.is_empty() && !self.disk.changing;
        if waits && !self.watching {
            cx.set_timer(Timer::Request, self.patience());
        }
        self.watching = waits;
    }

    /// Twice as long each time in a row, up to four times.
    pub(super) fn patience(&self) -> std::ops::Range<Span> {
        let span = self.settings.config.timeout.scale(1 << self.waits.min(2), 1);
        span..span + Span(1)
    }
}

impl Process<Pbft> for Replica {
    type Config = Settings;
    type Disk = Disk;

    fn boot(config: &Arc<Settings>, disk: Disk, cx: &mut Cx<Pbft>) -> Replica {
        let mut replica = Replica {
            me: cx.me,
            disk,
            votes: Map::new(),
            checkpoints: Map::new(),
            changes: Map::new(),
            pending: Map::new(),
            early: Vec::new(),
            wanted: None,
            waits: 0,
            watching: false,
            just_executed: Vec::new(),
            settings: Fixed::new(config),
        };
        if replica.disk.changing {
            replica.want_view(cx);
        }
        replica.tell_checkpoints(cx);
        replica
    }
    fn disk(&self) -> &Disk {
        &self.disk
    }
    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Pbft>) {
        self.just_executed.clear();
        match msg {
            Msg::Request(asked) => self.on_request(from, asked, cx),
            Msg::PrePrepare(order, request) => self.on_pre_prepare(order, request, cx),
            Msg::Vote(vote) => self.on_vote(vote, cx),
            Msg::Checkpoint(checkpoint) => self.on_checkpoint(checkpoint, cx),
            Msg::ViewChange(change) => self.on_view_change(change, cx),
            Msg::NewView(begun) => self.on_new_view(begun, cx),
            Msg::Fetch { seq } => self.on_fetch(from, seq, cx),
            Msg::State { stable, state } => self.on_state(&stable, state, cx),
            Msg::Reply(_) => {}
        }
    }
    fn on_timer(&mut self, timer: Timer, cx: &mut Cx<Pbft>) {
        self.just_executed.clear();
        match timer {
            Timer::Request => {
                self.watching = false;
                if !self.disk.changing {
                    cx.line(Line::Suspect);
                    self.waits += 1;
                    self.go_to_view(self.disk.view + 1, cx);
                }
            }
            Timer::NewView => self.no_new_view(cx),
            Timer::Fetch => self.fetch(cx),
            Timer::Retry => {}
        }
    }
    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<Pbft>) {
        self.just_executed.clear();
        cx.reply(id, Ret::NotHere);
    }
    fn view(&self) -> View<'_> {
        View::Replica(self)
    }
    fn face(&self) -> Face {
        let (role, prominence, ring) = match (self.disk.changing, self.is_primary(self.me)) {
            (true, _) => ("changing", Prominence::Striving, Some("new-view")),
            (false, true) => ("primary", Prominence::Leading, Some("request")),
            (false, false) => ("backup", Prominence::Plain, Some("request")),
        };
        let cell = |slot: &Slot| {
            let request = slot.committed.as_ref().or(slot.order.as_ref().map(|(_, request)| request))?;
            let tone = slot.order.as_ref().map_or(0, |(order, _)| order.view);
            let text = request.as_ref().map_or_else(|| "-".to_owned(), |asked| asked.timestamp.0.to_string());
            Some(Cell { tone, solid: slot.committed.is_some(), text })
        };
        Face {
            role,
            prominence,
            headline: Some(("view", self.disk.view)),
            strip: self.disk.log.values().filter_map(cell).collect(),
            strip_start: self.disk.stable.seq,
            ring,
            ..Face::default()
        }
    }
}
