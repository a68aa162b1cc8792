//! View changes: another primary takes over, and what a quorum may have committed to keeps its place.

use super::messages::{Asked, Digest, Msg, NewView, Phase, Prepared, Stable, ViewChange, Vote, distinct};
use super::replica::Slot;
use super::{Bug, Line, Pbft, Replica, Seq, Settings, Signed, Timer, ViewNumber};
use netsplit_sim::Cx;
use netsplit_sim::ordered::Map;
use std::sync::Arc;

/// Which request has which number in a new view, and from which stable checkpoint on.
struct Outcome {
    stable: Stable,
    orders: Vec<(Seq, Digest)>,
}

impl Replica {
    /// Leaves the view, and asks all others to do so.
    pub(super) fn go_to_view(&mut self, view: ViewNumber, cx: &mut Cx<Pbft>) {
        self.disk.view = view;
        self.disk.changing = true;
        self.watching = false;
        cx.cancel_timer(Timer::Request);
        self.disk.log.values_mut().for_each(|slot| slot.order = None);
        self.disk.log.retain(|_, Slot { prepared, committed, .. }| prepared.is_some() || committed.is_some());
        self.want_view(cx);
    }

    /// Says which view it wants, and what it has prepared so far.
    pub(super) fn want_view(&mut self, cx: &mut Cx<Pbft>) {
        cx.line(Line::ViewChange);
        let prepared = self.disk.log.values().filter_map(|slot| slot.prepared.clone()).collect();
        let change = ViewChange { view: self.disk.view, stable: self.disk.stable.clone(), prepared };
        let change = Arc::new(Signed::new(cx, change));
        self.broadcast(&Msg::ViewChange(change.clone()), cx);
        cx.set_timer(Timer::NewView, self.patience());
        self.changes.insert(cx.me, change);
        self.begin_view(cx);
    }

    /// The view has not begun in time. If a quorum wants it, or a later one, its primary is to blame.
    pub(super) fn no_new_view(&mut self, cx: &mut Cx<Pbft>) {
        if !self.disk.changing {
            return;
        }
        self.waits += 1;
        let with_me = self.changes.values().filter(|change| change.view >= self.disk.view).count();
        if with_me >= self.settings.quorum() {
            cx.line(Line::NextView);
            self.go_to_view(self.disk.view + 1, cx);
        } else {
            self.want_view(cx);
        }
    }

    pub(super) fn on_view_change(&mut self, change: Arc<Signed<ViewChange>>, cx: &mut Cx<Pbft>) {
        let by = change.by();
        if by == cx.me || !self.settings.is_valid(&change) {
            return;
        }
        if change.view < self.disk.view || change.view == self.disk.view && !self.disk.changing {
            if let Some(begun) = self.disk.begun.clone().filter(|_| !self.disk.changing) {
                cx.line(Line::AlreadyBegun);
                cx.send(by, Msg::NewView(begun));
            }
            return;
        }
        if self.changes.get(&by).is_some_and(|known| known.view >= change.view) {
            return;
        }
        self.changes.insert(by, change);
        let ahead = || self.changes.values().map(|change| change.view).filter(|view| *view > self.disk.view);
        if ahead().count() >= self.settings.one_is_honest()
            && let Some(least) = ahead().min()
        {
            cx.line(Line::Join);
            self.go_to_view(least, cx);
        }
        self.begin_view(cx);
    }

    /// The primary of a view that a quorum wants begins it.
    fn begin_view(&mut self, cx: &mut Cx<Pbft>) {
        let view = self.disk.view;
        if !self.disk.changing || !self.is_primary(cx.me) {
            return;
        }
        let wanting = self.changes.values().filter(|change| change.view == view);
        let changes: Vec<Arc<Signed<ViewChange>>> = wanting.cloned().collect();
        if changes.len() < self.settings.quorum() {
            return;
        }
        cx.line(Line::NewView);
        let order = |(seq, digest)| Signed::new(cx, Vote { phase: Phase::PrePrepare, view, seq, digest });
        let orders = outcome(&changes).orders.into_iter().map(order).collect();
        let begun = Arc::new(Signed::new(cx, NewView { view, changes, orders }));
        self.broadcast(&Msg::NewView(begun.clone()), cx);
        self.enter(begun, cx);
    }

    pub(super) fn on_new_view(&mut self, begun: Arc<Signed<NewView>>, cx: &mut Cx<Pbft>) {
        let news = begun.view > self.disk.view || begun.view == self.disk.view && self.disk.changing;
        if !news || begun.by() == cx.me || begun.by() != self.settings.primary(begun.view) {
            return;
        }
        if self.settings.follows(&begun) {
            cx.line(Line::Enter);
            self.enter(begun, cx);
        } else {
            cx.line(Line::FalseNewView);
        }
    }

    /// The view begins: all that is ordered in it goes through the phases again.
    fn enter(&mut self, begun: Arc<Signed<NewView>>, cx: &mut Cx<Pbft>) {
        let view = begun.view;
        self.disk.view = view;
        self.disk.changing = false;
        self.disk.begun = Some(begun.clone());
        cx.cancel_timer(Timer::NewView);
        self.votes.retain(|(at, ..), _| *at >= view);
        self.changes.retain(|_, change| change.view > view);
        self.disk.log.values_mut().for_each(|slot| slot.order = None);
        self.learn_stable(outcome(&begun.changes).stable, cx);
        let requests = requests(&begun);
        for order in &begun.orders {
            let request = requests.get(&order.digest).cloned().unwrap_or_default();
            if order.seq > self.disk.stable.seq && Digest::of(request.as_ref()) == order.digest {
                self.accept(order.clone(), request, cx);
            }
        }
        self.tell_checkpoints(cx);
        for (order, request) in std::mem::take(&mut self.early) {
            self.on_pre_prepare(order, request, cx);
        }
        self.order(cx);
        self.watch(cx);
    }
}

/// The requests that prepared ones stand for.
fn requests(begun: &NewView) -> Map<Digest, Option<Asked>> {
    let prepared = begun.changes.iter().flat_map(|change| &change.prepared);
    prepared.map(|proof| (proof.order.digest, proof.request.clone())).collect()
}

/// What follows from what a quorum has prepared: everything after the latest stable checkpoint has the number that it
/// was prepared with in the latest view, and gaps are filled with the null request.
fn outcome(changes: &[Arc<Signed<ViewChange>>]) -> Outcome {
    let stable = changes.iter().map(|change| &change.stable).max_by_key(|stable| stable.seq);
    let stable = stable.cloned().unwrap_or_default();
    let mut latest: Map<Seq, &Vote> = Map::new();
    for proof in changes.iter().flat_map(|change| &change.prepared) {
        let order: &Vote = &proof.order;
        let known = latest.entry(order.seq).or_insert(order);
        if known.view < order.view {
            *known = order;
        }
    }
    let last = latest.keys().next_back().copied().unwrap_or(0);
    let digest = |seq: Seq| latest.get(&seq).map_or(Digest::NULL, |order| order.digest);
    let orders = (stable.seq + 1..=last).map(|seq| (seq, digest(seq))).collect();
    Outcome { stable, orders }
}

/// What is proven, and what is just said.
impl Settings {
    /// Whether a quorum has this checkpoint. All begin with the same state.
    pub(super) fn proves(&self, stable: &Stable) -> bool {
        let has_it = stable.proof.iter().filter(|it| (it.seq, it.digest) == (stable.seq, stable.digest));
        let signers = has_it.map(Signed::by).filter(|by| self.replicas.contains(by));
        *stable == Stable::default() || distinct(signers) >= self.quorum()
    }

    /// Whether this was prepared: the primary of its view gave it that number, and a quorum has heard of it.
    fn was_prepared(&self, proof: &Prepared) -> bool {
        let Prepared { order, request, prepares } = proof;
        let primary = self.primary(order.view);
        let said = Vote { phase: Phase::Prepare, ..(**order).clone() };
        let signers = prepares.iter().filter(|prepare| ***prepare == said).map(Signed::by);
        let backups = signers.filter(|by| *by != primary && self.replicas.contains(by));
        order.phase == Phase::PrePrepare
            && order.by() == primary
            && Digest::of(request.as_ref()) == order.digest
            && distinct(backups) + 1 >= self.quorum()
    }

    /// Whether a replica can prove what it says it has prepared.
    fn is_valid(&self, change: &Signed<ViewChange>) -> bool {
        let Stable { seq, .. } = change.stable;
        let in_window = |proof: &Arc<Prepared>| {
            let Vote { view, seq: at, .. } = *proof.order;
            at > seq && at <= seq.saturating_add(self.window()) && view < change.view
        };
        self.replicas.contains(&change.by())
            && self.proves(&change.stable)
            && change.prepared.iter().all(in_window)
            && (self.broken(Bug::ViewChangeWithoutProofs) || change.prepared.iter().all(|it| self.was_prepared(it)))
    }

    /// Whether a quorum wants this view, and what its primary says follows from what they say.
    fn follows(&self, begun: &NewView) -> bool {
        let NewView { view, changes, orders } = begun;
        let wanting = changes.iter().filter(|change| change.view == *view && self.is_valid(change));
        let signers = distinct(wanting.map(|change| change.by()));
        let expected = outcome(changes).orders;
        let said = orders.iter().filter(|order| order.view == *view && order.phase == Phase::PrePrepare);
        let as_expected = said.map(|order| (order.seq, order.digest)).eq(expected.iter().copied());
        let proven = signers == changes.len() && signers >= self.quorum() && as_expected;
        proven && orders.len() == expected.len() || self.broken(Bug::ViewChangeWithoutProofs)
    }
}
