//! A replica: what it keeps on disk and in memory, and which of its parts a message, a timer or an operation is for.

use super::messages::{Asked, Checkpoint, Digest, Msg, NewView, Phase, Prepared, Stable, ViewChange, Vote};
use super::{Line, Pbft, Seq, Settings, Signed, State, Timer, View, ViewNumber};
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
    pub(super) checkpoints: Map<Seq, Map<NodeId, Signed<Checkpoint>>>,
    /// Who wants another view: the latest of each.
    pub(super) changes: Map<NodeId, Arc<Signed<ViewChange>>>,
    /// What clients have asked for and this replica has not executed.
    pub(super) pending: Map<NodeId, Asked>,
    /// What primaries of views to come have said.
    pub(super) early: Vec<(Signed<Vote>, Option<Asked>)>,
    /// The stable checkpoint whose state it lacks.
    pub(super) wanted: Option<Stable>,
    /// How many times in a row it has waited in vain.
    pub(super) waits: u32,
    /// Whether it waits for a request to be executed.
    pub(super) watching: bool,
    pub(super) just_executed: Vec<Executed>,
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
    pub(super) fn high(&self) -> Seq {
        self.disk.stable.seq + self.settings.window()
    }

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
