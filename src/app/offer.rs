//! What can be done with a thing: the same list on the thing itself, in the inspector and in the command palette.

use super::icons::Icon;
use super::lab::Lab;
use crate::locale::{Language, Word};
use netsplit_protocols::OpForm;
use netsplit_scenario::edit::Change;
use netsplit_scenario::{Selection, Tree, form};
use netsplit_sim::{Condition, Intervention, Manner, MsgName, NodeId, Prominence, Ratio, Span, Target};

/// Something that can be done.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Offer {
    /// What it is called.
    pub label: String,
    /// Its sign.
    pub icon: Icon,
    /// What to do.
    pub act: Act,
}

/// What to do.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Act {
    /// Intervene at once.
    Do(Intervention<Tree>),
    /// Intervene twice at once, such as in both directions of a link.
    Both(Intervention<Tree>, Intervention<Tree>),
    /// Ask for particulars first.
    Ask(Form),
    /// Change the network; the run begins anew.
    Edit(Change),
    /// Leave a node out of the diagram, or show it again.
    Turn(NodeId),
}

/// Particulars to be asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Form {
    /// How a node's clock is wrong.
    Clock(NodeId),
    /// How slow a node's disk is.
    Disk(NodeId),
    /// What a client asks for.
    Invoke(NodeId),
    /// How slow a link is.
    Slow(NodeId, NodeId),
    /// How much a link loses.
    Lose(NodeId, NodeId),
    /// How much longer a message takes.
    Delay(MsgName),
}

struct Offers<'a> {
    lab: &'a Lab,
    language: Language,
    list: Vec<Offer>,
}

impl Offers<'_> {
    fn put(&mut self, word: Word, icon: Icon, act: Act) {
        self.list.push(Offer { label: self.language.say(word).to_owned(), icon, act });
    }
    fn put_for(&mut self, word: Word, icon: Icon, to: NodeId, act: Act) {
        let label = self.language.fill(word, &[("to", self.lab.name(to))]);
        self.list.push(Offer { label, icon, act });
    }
}

/// What can be done with a thing as it is now.
pub(crate) fn offers(lab: &Lab, thing: Selection, language: Language) -> Vec<Offer> {
    let mut offers = Offers { lab, language, list: Vec::new() };
    if lab.session().is_log() {
        if let Selection::Node(node) = thing {
            turn(&mut offers, node);
        }
        return offers.list;
    }
    match thing {
        Selection::Node(node) if lab.editing => {
            let label = language.fill(Word::RemoveNode, &[("node", lab.name(node))]);
            offers.list.push(Offer { label, icon: Icon::Remove, act: Act::Edit(Change::Remove(node)) });
        }
        Selection::Link(from, to) if lab.editing => offers.list.push(wire(lab, from, to, language)),
        Selection::Node(node) => of_node(&mut offers, node),
        Selection::Link(from, to) => of_link(&mut offers, from, to),
        Selection::Message(name) => of_message(&mut offers, name),
        Selection::Event(_) => {}
    }
    offers.list
}

/// A link to be drawn between two nodes or, if there is one, to be taken out.
pub(crate) fn wire(lab: &Lab, from: NodeId, to: NodeId, language: Language) -> Offer {
    let gaps = [("node", lab.name(from)), ("to", lab.name(to))];
    if lab.session().neighbours(from).binary_search(&to).is_ok() {
        let label = language.fill(Word::TakeLinkOut, &gaps);
        return Offer { label, icon: Icon::Cut, act: Act::Edit(Change::Unlink(from, to)) };
    }
    Offer { label: language.fill(Word::DrawLink, &gaps), icon: Icon::Mend, act: Act::Edit(Change::Link(from, to)) }
}

fn of_node(offers: &mut Offers, node: NodeId) {
    let nodes = offers.lab.session().nodes();
    let Some(now) = nodes.get(node.index()) else { return };
    let target = || Target::Node(node);
    match now.condition {
        Condition::Down => offers.put(Word::Restart, Icon::Restart, Act::Do(Intervention::Restart(target()))),
        Condition::Paused => {
            offers.put(Word::Resume, Icon::Play, Act::Do(Intervention::Resume(target())));
            offers.put(Word::Crash, Icon::Crash, Act::Do(Intervention::Crash(target())));
        }
        Condition::Up => {
            offers.put(Word::Crash, Icon::Crash, Act::Do(Intervention::Crash(target())));
            offers.put(Word::PauseNode, Icon::Pause, Act::Do(Intervention::Pause(target())));
            if !now.timers.is_empty() {
                let ring = now.face.as_ref().and_then(|face| face.ring).map(str::to_owned);
                let armed = ring.filter(|name| now.timers.iter().any(|timer| timer.name == name));
                offers.put(Word::TimeOut, Icon::Clock, Act::Do(Intervention::Fire(target(), armed)));
            }
            if !offers.lab.about().ops.is_empty() {
                offers.put(Word::SendRequest, Icon::Send, Act::Ask(Form::Invoke(node)));
            }
        }
    }
    offers.put(Word::CutOff, Icon::Cut, Act::Do(Intervention::Partition(vec![vec![target()]])));
    offers.put(Word::SkewClock, Icon::Skew, Act::Ask(Form::Clock(node)));
    offers.put(Word::SlowDisk, Icon::Disk, Act::Ask(Form::Disk(node)));
    let turns = [
        (Word::TurnHonest, Manner::Honest),
        (Word::TurnSilent, Manner::Silent),
        (Word::TurnEquivocating, Manner::Equivocating),
        (Word::TurnReplaying, Manner::Replaying),
        (Word::TurnCorrupting, Manner::Corrupting),
        (Word::TurnDeceiving, Manner::Deceiving),
    ];
    for (word, manner) in turns.into_iter().filter(|(_, manner)| *manner != now.manner) {
        offers.put(word, Icon::Mask, Act::Do(Intervention::Turn(target(), manner)));
    }
    turn(offers, node);
}

/// What concerns the diagram and not the run.
fn turn(offers: &mut Offers, node: NodeId) {
    match offers.lab.showing.hides(node) {
        true => offers.put(Word::UnhideNode, Icon::Eye, Act::Turn(node)),
        false => offers.put(Word::HideNode, Icon::EyeOff, Act::Turn(node)),
    }
}

fn of_link(offers: &mut Offers, from: NodeId, to: NodeId) {
    let network = offers.lab.session().network();
    let (there, back) = (network.cut.contains(&(from, to)), network.cut.contains(&(to, from)));
    let special = network.special.contains_key(&(from, to));
    let plain = network.link;
    let ends = || (Target::Node(from), Target::Node(to));
    let one = |make: fn(Target, Target) -> Intervention<Tree>| Act::Do(make(ends().0, ends().1));
    let other = |make: fn(Target, Target) -> Intervention<Tree>| Act::Do(make(ends().1, ends().0));
    if there {
        offers.put_for(Word::MendTowards, Icon::Mend, to, one(Intervention::Mend));
    } else {
        offers.put_for(Word::CutTowards, Icon::Cut, to, one(Intervention::Cut));
    }
    if back {
        offers.put_for(Word::MendTowards, Icon::Mend, from, other(Intervention::Mend));
    } else {
        offers.put_for(Word::CutTowards, Icon::Cut, from, other(Intervention::Cut));
    }
    let both =
        |make: fn(Target, Target) -> Intervention<Tree>| Act::Both(make(ends().0, ends().1), make(ends().1, ends().0));
    if there && back {
        offers.put(Word::MendBoth, Icon::Mend, both(Intervention::Mend));
    } else if !there && !back {
        offers.put(Word::CutBoth, Icon::Cut, both(Intervention::Cut));
    }
    offers.put_for(Word::SlowTowards, Icon::Slow, to, Act::Ask(Form::Slow(from, to)));
    offers.put_for(Word::LoseTowards, Icon::Lose, to, Act::Ask(Form::Lose(from, to)));
    if special {
        let usual = Intervention::Relink(ends().0, ends().1, plain);
        offers.put_for(Word::UsualTowards, Icon::Mend, to, Act::Do(usual));
    }
}

fn of_message(offers: &mut Offers, name: MsgName) {
    if !offers.lab.session().in_flight().iter().any(|mail| mail.name == name) {
        return;
    }
    offers.put(Word::DropIt, Icon::Crash, Act::Do(Intervention::Drop(name)));
    offers.put(Word::DuplicateIt, Icon::Duplicate, Act::Do(Intervention::Duplicate(name)));
    offers.put(Word::DeliverIt, Icon::Send, Act::Do(Intervention::Deliver(name)));
    offers.put(Word::DelayIt, Icon::Slow, Act::Ask(Form::Delay(name)));
}

/// Things to try, made from what the protocol is and how the run stands.
pub(crate) fn to_try(lab: &Lab, language: Language) -> Vec<Offer> {
    if lab.session().is_log() {
        return Vec::new();
    }
    let nodes = lab.session().nodes();
    let mut list = Vec::new();
    let down = nodes.iter().find(|node| node.condition != Condition::Up);
    match (lab.leader(), down) {
        (leader, None) => list.extend(crash(lab, leader, language)),
        (Some(leader), Some(_)) if nodes.iter().filter(|node| node.condition != Condition::Up).count() < 2 => {
            list.extend(crash(lab, Some(leader), language));
        }
        _ => {}
    }
    if let Some(node) = down {
        let label = language.fill(Word::TryRestart, &[("node", lab.name(node.id))]);
        let act = match node.condition {
            Condition::Paused => Intervention::Resume(node.id.into()),
            _ => Intervention::Restart(node.id.into()),
        };
        list.push(Offer { label, icon: Icon::Restart, act: Act::Do(act) });
    }
    list.push(cut_in_two(lab, language));
    list.extend(lab.about().ops.first().map(|op| send(lab, op, language)));
    list
}

fn crash(lab: &Lab, leader: Option<NodeId>, language: Language) -> Option<Offer> {
    let nodes = lab.session().nodes();
    let inside = |node: &&netsplit_scenario::NodeNow| {
        node.face.as_ref().is_some_and(|face| face.prominence != Prominence::Outside)
    };
    let node = leader.or_else(|| Some(nodes.iter().find(inside)?.id))?;
    let role = nodes.get(node.index()).and_then(|now| lab.role(now.face.as_ref()?.role)).filter(|_| leader.is_some());
    let label = match role {
        Some(role) => {
            let gaps = [("node", lab.name(node)), ("role", language.of(role.word))];
            language.fill(Word::TryCrashRole, &gaps)
        }
        None => language.fill(Word::TryCrashNode, &[("node", lab.name(node))]),
    };
    Some(Offer { label, icon: Icon::Crash, act: Act::Do(Intervention::Crash(node.into())) })
}

/// The fewer, with whoever leads among them: what follows is worth watching on both sides.
fn cut_in_two(lab: &Lab, language: Language) -> Offer {
    let network = lab.session().network();
    if !network.sides.is_empty() || !network.cut.is_empty() {
        let label = language.say(Word::TryHeal).to_owned();
        return Offer { label, icon: Icon::Mend, act: Act::Do(Intervention::Heal) };
    }
    let count = lab.session().names().len();
    let first = lab.leader().map_or(0, NodeId::index);
    let fewer = count.saturating_sub(1).max(2) / 2;
    let group = (0..fewer).map(|step| Target::Node(NodeId(((first + step) % count.max(1)) as u16))).collect();
    let label = language.say(Word::TryCut).to_owned();
    Offer { label, icon: Icon::Cut, act: Act::Do(Intervention::Partition(vec![group])) }
}

/// As a sentence begins.
fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn send(lab: &Lab, op: &OpForm, language: Language) -> Offer {
    // Somebody outside asks if there is anybody: then the request is seen to travel.
    let nodes = lab.session().nodes();
    let outside = nodes.iter().find(|node| node.face.as_ref().is_some_and(|it| it.prominence == Prominence::Outside));
    let node = outside.map(|node| node.id).or(lab.leader()).unwrap_or(NodeId(0));
    let values: Vec<String> = op.fields.iter().map(|field| field.sample.to_owned()).collect();
    let label = capitalised(language.of(op.word));
    Offer { label, icon: Icon::Send, act: Act::Do(Intervention::Invoke(node.into(), form::operation(op, &values))) }
}

/// A form's fields as they are first shown: the word for each, and what stands in it.
pub(crate) fn fields(lab: &Lab, form: Form) -> Vec<(Word, String)> {
    let network = lab.session().network();
    match form {
        Form::Clock(node) => {
            let drift = lab.session().state(node).map_or(0, |state| state.drift);
            vec![(Word::FieldOffset, "+50ms".to_owned()), (Word::FieldDrift, percent(drift))]
        }
        Form::Disk(_) => vec![(Word::FieldDisk, "100ms".to_owned())],
        Form::Invoke(_) => Vec::new(),
        Form::Slow(..) => vec![(Word::FieldLatency, "100ms".to_owned())],
        Form::Lose(from, to) => {
            let now = network.link(from, to).loss;
            vec![(Word::FieldLoss, if now == Ratio::ZERO { "30%".to_owned() } else { now.to_string() })]
        }
        Form::Delay(_) => vec![(Word::FieldDelay, "50ms".to_owned())],
    }
}

fn percent(drift: i32) -> String {
    let sign = if drift < 0 { "-" } else { "" };
    let drift = drift.unsigned_abs();
    let part = format!("{:04}", drift % 10_000);
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}%", drift / 10_000)
}

/// The intervention that a form's fields describe, or why they describe none.
pub(crate) fn fill_in(lab: &Lab, form: Form, values: &[String], lies: bool) -> Result<Intervention<Tree>, String> {
    let text = |at: usize| values.get(at).map_or("", String::as_str);
    let span = |at: usize| text(at).parse::<Span>().map_err(|error| error.to_string());
    Ok(match form {
        Form::Clock(node) => Intervention::Clock(node.into(), offset(text(0))?, drift(text(1))?),
        Form::Disk(node) => Intervention::Disk(node.into(), span(0)?, lies),
        Form::Delay(name) => Intervention::Delay(name, span(0)?),
        Form::Slow(from, to) => {
            let link = *lab.session().network().link(from, to);
            let latency = netsplit_sim::Latency::Constant(span(0)?);
            Intervention::Relink(from.into(), to.into(), netsplit_sim::Link { latency, ..link })
        }
        Form::Lose(from, to) => {
            let link = *lab.session().network().link(from, to);
            let loss = text(0).parse::<Ratio>().map_err(|error| error.to_string())?;
            Intervention::Relink(from.into(), to.into(), netsplit_sim::Link { loss, ..link })
        }
        Form::Invoke(node) => {
            let ops = lab.about().ops;
            let op = ops.iter().find(|op| op.name == text(0)).ok_or_else(|| text(0).to_owned())?;
            Intervention::Invoke(node.into(), form::operation(op, values.get(1..).unwrap_or_default()))
        }
    })
}

fn offset(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let span: Span = rest.parse().map_err(|error: netsplit_sim::time::NotASpan| error.to_string())?;
    i64::try_from(span.0).map(|nanos| sign * nanos).map_err(|error| error.to_string())
}

/// `-2.5%` as parts per million.
fn drift(text: &str) -> Result<i32, String> {
    let wrong = || format!("{text:?} is not a drift: write a percentage between -50% and 50%, like 0.1%");
    let body = text.trim().trim_end_matches('%').trim();
    let (sign, body) = match body.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, body.strip_prefix('+').unwrap_or(body)),
    };
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    if part.len() > 4 || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole: i32 = whole.parse().map_err(|_| wrong())?;
    let part: i32 = format!("{part:0<4}").parse().map_err(|_| wrong())?;
    let drift = whole.checked_mul(10_000).and_then(|whole| whole.checked_add(part)).ok_or_else(wrong)?;
    if drift > netsplit_sim::Clock::MAX_DRIFT { Err(wrong()) } else { Ok(sign * drift) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_skewed_by_what_people_write() {
        assert_eq!(offset("+50ms"), Ok(50_000_000));
        assert_eq!(offset("-1.5s"), Ok(-1_500_000_000));
        assert!(offset("soon").is_err());
        assert_eq!(drift("0.1%"), Ok(1_000));
        assert_eq!(drift("-2.5"), Ok(-25_000));
        for text in ["", "60%", "1.23456%", "fast", "--1%", "99999999999"] {
            assert!(drift(text).unwrap_err().contains("between"), "{text}");
        }
        assert_eq!(percent(-25_000), "-2.5%");
        assert_eq!(percent(0), "0%");
    }
}
