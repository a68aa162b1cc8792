//! Messages in the picture: where each is on its way, what is left to see of those that were lost, and the stream on
//! each link when they are too quick to follow.

use super::lanes::Lane;
use crate::draw::geometry::{EASE_MS, Point, ease};
use crate::draw::{Glance, Now};
use netsplit_scenario::MailNow;
use netsplit_sim::trace::Fate;
use netsplit_sim::{MsgId, MsgName, NodeId, Shape, Tag, Time};
use std::collections::BTreeMap;

/// A message in the picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spot {
    /// Its number.
    pub id: MsgId,
    /// Its name.
    pub name: MsgName,
    /// How it is drawn and called.
    pub tag: Tag,
    /// Where it is.
    pub at: Point,
    /// Where it is heading, of length one.
    pub along: Point,
    /// It is not what the sender's process said.
    pub lie: bool,
}

/// What is left of a message that was lost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ghost {
    /// The message, where it was lost.
    pub spot: Spot,
    /// When it was lost, by the browser's clock.
    pub since: f64,
}

/// How long a lost message stays in the picture, in milliseconds.
pub const AFTERLIFE_MS: f64 = 900.0;
/// A flight that takes less than this of the browser's time, in milliseconds, is too quick to follow...
const TOO_QUICK_MS: f64 = 60.0;
/// ...until it takes longer than this again.
const SLOW_ENOUGH_MS: f64 = 80.0;
/// More messages than this are not drawn.
const MOST: usize = 20_000;
/// A message that will vanish does so after this share of its way, and up to as much more as `DOOM_SPREAD` says.
const DOOM: f64 = 0.42;
const DOOM_SPREAD: f64 = 0.2;

/// All messages in the picture.
#[derive(Default)]
pub struct Mail {
    /// On their way.
    pub spots: Vec<Spot>,
    /// Lost a moment ago.
    pub ghosts: Vec<Ghost>,
    /// How much goes from whom to whom, when time runs too fast to follow single messages.
    pub streams: BTreeMap<(NodeId, NodeId), f64>,
    /// Whether time runs too fast for that.
    pub hurried: bool,
    seen: Time,
}

/// The share of its way that a message has behind it.
pub fn progress(mail: &MailNow, now: Time) -> f64 {
    let (gone, whole) = (now.since(mail.sent).0 as f64, mail.due.since(mail.sent).0 as f64);
    let share = if whole > 0.0 { (gone / whole).min(1.0) } else { 1.0 };
    if mail.doomed { share * doom(mail.id) } else { share }
}

/// Where on its way a doomed message vanishes: the same place whenever it is looked at.
fn doom(id: MsgId) -> f64 {
    let spread = f64::from(id.0.wrapping_mul(0x9e37_79b9) >> 16) / 65_536.0;
    DOOM + DOOM_SPREAD * spread
}

/// The longest time that a message takes which arrives, in simulated nanoseconds.
fn longest_flight(mail: &[MailNow]) -> Option<f64> {
    mail.iter().filter(|one| !one.doomed).map(|one| one.due.since(one.sent).0 as f64).reduce(f64::max)
}

impl Mail {
    /// Brings the picture to the present. True while something in it moves by itself.
    pub fn frame(&mut self, glance: &Glance, lane: impl Fn(NodeId, NodeId) -> Option<Lane>) -> bool {
        self.hurry(glance);
        self.bury(glance);
        self.place(glance.now, &lane);
        self.stream(glance);
        !self.ghosts.is_empty() || (!self.streams.is_empty() && !glance.calm)
    }

    fn hurry(&mut self, glance: &Glance) {
        if let Some(flight) = longest_flight(glance.now.mail()) {
            let limit = if self.hurried { SLOW_ENOUGH_MS } else { TOO_QUICK_MS };
            self.hurried = glance.pace > 0.0 && flight / glance.pace < limit;
        } else if glance.pace <= 0.0 {
            self.hurried = false;
        }
    }

    /// Looks for messages that were there a frame ago and have been lost since. Both lists are sorted by number.
    fn bury(&mut self, glance: &Glance) {
        self.ghosts.retain(|ghost| glance.wall_ms - ghost.since < AFTERLIFE_MS);
        let time = glance.now.cursor().time;
        let went_on = time >= self.seen;
        self.seen = time;
        if !went_on {
            self.ghosts.clear();
        } else if !self.hurried {
            let mut present = glance.now.mail().iter().map(|mail| mail.id).peekable();
            for spot in &self.spots {
                while present.next_if(|id| *id < spot.id).is_some() {}
                if present.peek() != Some(&spot.id) && was_lost(glance, spot) {
                    self.ghosts.push(Ghost { spot: *spot, since: glance.wall_ms });
                }
            }
        }
    }

    fn place(&mut self, now: &Now, lane: &impl Fn(NodeId, NodeId) -> Option<Lane>) {
        self.spots.clear();
        if self.hurried {
            return;
        }
        let time = now.cursor().time;
        let spot = |mail: &MailNow| {
            let lane = lane(mail.name.from, mail.name.to)?;
            // A copy runs beside its original, a little further out.
            let aside = lane.along.right().times(7.0 * f64::from(mail.name.copy));
            let at = lane.at(progress(mail, time)).plus(aside);
            Some(Spot { id: mail.id, name: mail.name, tag: mail.tag, at, along: lane.along, lie: mail.lie })
        };
        self.spots.extend(sample(now.mail()).filter_map(spot));
    }

    fn stream(&mut self, glance: &Glance) {
        if !self.hurried {
            self.streams.clear();
            return;
        }
        // A frame sees a sample of what passes by: each moves the stream's strength a little.
        self.streams.values_mut().for_each(|strength| *strength *= 0.9);
        for mail in sample(glance.now.mail()) {
            *self.streams.entry((mail.name.from, mail.name.to)).or_default() += 0.1;
        }
        self.streams.retain(|_, strength| *strength > 0.01);
    }
}

/// All messages or, when there are more than can be told apart, an even share, and the same ones in every frame.
fn sample(mail: &[MailNow]) -> impl Iterator<Item = &MailNow> {
    let share = mail.len().div_ceil(MOST).max(1) as u32;
    mail.iter().filter(move |one| one.id.0 % share == 0)
}

fn was_lost(glance: &Glance, spot: &Spot) -> bool {
    let row = glance.session.trace().message(spot.id);
    row.is_some_and(|row| row.name == spot.name && matches!(row.fate, Fate::Lost | Fate::NobodyThere))
}

impl Ghost {
    /// How much of it is left to see, from 1 to 0.
    pub fn strength(&self, wall_ms: f64) -> f64 {
        let age = wall_ms - self.since;
        1.0 - ease((age - AFTERLIFE_MS / 3.0) / (AFTERLIFE_MS * 2.0 / 3.0))
    }
    /// How far its cross has opened, from 0 to 1.
    pub fn crossed(&self, wall_ms: f64) -> f64 {
        ease((wall_ms - self.since) / EASE_MS)
    }
}

/// The three kinds of message, in the order of drawing.
pub const SHAPES: [Shape; 3] = [Shape::Client, Shape::Reply, Shape::Request];

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(id: u32, sent: u64, due: u64, doomed: bool) -> MailNow {
        MailNow {
            id: MsgId(id),
            name: MsgName { from: NodeId(0), to: NodeId(1), nth: id, copy: 0 },
            tag: Tag { name: "Ping", shape: Shape::Request },
            sent: Time(sent),
            due: Time(due),
            doomed,
            lie: false,
        }
    }

    #[test]
    fn a_message_is_where_its_time_says() {
        assert_eq!(progress(&mail(1, 100, 300, false), Time(150)), 0.25);
        assert_eq!(progress(&mail(1, 100, 300, false), Time(900)), 1.0);
        assert_eq!(progress(&mail(1, 100, 100, false), Time(100)), 1.0);
    }

    #[test]
    fn a_doomed_message_stops_part_way_and_always_there() {
        for id in 0..500 {
            let end = progress(&mail(id, 0, 10, true), Time(10));
            assert!((DOOM..=DOOM + DOOM_SPREAD).contains(&end), "{id}: {end}");
            assert_eq!(progress(&mail(id, 0, 10, true), Time(5)), end / 2.0);
        }
    }

    #[test]
    fn a_ghost_crosses_out_and_then_fades() {
        let row = mail(1, 0, 10, true);
        let here = Point::default();
        let spot = Spot { id: row.id, name: row.name, tag: row.tag, at: here, along: here, lie: false };
        let ghost = Ghost { spot, since: 1_000.0 };
        assert_eq!((ghost.strength(1_000.0), ghost.crossed(1_000.0)), (1.0, 0.0));
        assert_eq!((ghost.strength(1_200.0), ghost.crossed(1_200.0)), (1.0, 1.0));
        assert!(ghost.strength(1_000.0 + AFTERLIFE_MS) < 1e-9);
    }
}
