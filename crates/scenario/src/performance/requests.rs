//! What became of clients' requests, and what that says of the system.

use super::uptime::Uptime;
use crate::session::OpNow;
use netsplit_protocols::about::{REFUSALS, UNSUPPORTED};
use netsplit_sim::{NodeId, Span, Time};
use serde::Serialize;
use serde_json::Value;

/// A client's request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Where it was made.
    pub node: NodeId,
    /// The type of the operation: `put`.
    pub kind: String,
    /// When it was made.
    pub invoked: Time,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It was answered within the limit, after so long.
    InTime(Span),
    /// It was answered after the limit.
    Late(Span),
    /// It was answered that nothing was done.
    Refused(Span),
    /// It was not answered, and the limit is over.
    Unanswered,
    /// It is not answered yet, and the limit is not over.
    Open,
    /// There is no such operation: that says nothing of how the system is.
    Unsupported,
}

/// How many requests came to what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tally {
    /// Answered within the limit.
    pub in_time: u32,
    /// Answered later.
    pub late: u32,
    /// Answered that nothing was done.
    pub refused: u32,
    /// Not answered within the limit, nor since.
    pub unanswered: u32,
    /// Not answered yet, and still in time.
    pub open: u32,
    /// Operations that there are none of.
    pub unsupported: u32,
}

impl Request {
    /// An operation as it stands at a time.
    pub fn of(op: &OpNow, now: Time, limit: Span) -> Request {
        let invoked = op.invoked.1;
        let fate = match &op.answer {
            Some((.., said)) if tag(said) == UNSUPPORTED => Fate::Unsupported,
            Some((_, at, said)) if REFUSALS.contains(&tag(said)) => Fate::Refused(at.since(invoked)),
            Some((_, at, _)) if at.since(invoked) <= limit => Fate::InTime(at.since(invoked)),
            Some((_, at, _)) => Fate::Late(at.since(invoked)),
            None if now.since(invoked) > limit => Fate::Unanswered,
            None => Fate::Open,
        };
        Request { node: op.node, kind: tag(&op.op).to_owned(), invoked, fate }
    }

    /// How long it took, if what was asked for was done.
    pub fn latency(&self) -> Option<Span> {
        match self.fate {
            Fate::InTime(after) | Fate::Late(after) => Some(after),
            Fate::Refused(_) | Fate::Unanswered | Fate::Open | Fate::Unsupported => None,
        }
    }
    /// Whether it was answered in time; nothing while that is open, or if it never could be.
    pub fn served(&self) -> Option<bool> {
        match self.fate {
            Fate::Open | Fate::Unsupported => None,
            fate => Some(matches!(fate, Fate::InTime(_))),
        }
    }
    /// When it was known what became of it.
    fn settled(&self, limit: Span) -> Time {
        match self.fate {
            Fate::InTime(after) | Fate::Refused(after) => self.invoked + after,
            Fate::Late(_) | Fate::Unanswered | Fate::Open | Fate::Unsupported => self.invoked + limit,
        }
    }
}

/// What an operation or an answer is called: the name of its variant.
fn tag(value: &Value) -> &str {
    match value {
        Value::String(name) => name,
        Value::Object(fields) => fields.keys().next().map_or("", String::as_str),
        _ => "",
    }
}

impl Tally {
    /// Counts requests.
    pub fn of<'a>(requests: impl IntoIterator<Item = &'a Request>) -> Tally {
        let mut tally = Tally::default();
        for request in requests {
            let count = match request.fate {
                Fate::InTime(_) => &mut tally.in_time,
                Fate::Late(_) => &mut tally.late,
                Fate::Refused(_) => &mut tally.refused,
                Fate::Unanswered => &mut tally.unanswered,
                Fate::Open => &mut tally.open,
                Fate::Unsupported => &mut tally.unsupported,
            };
            *count += 1;
        }
        tally
    }
    /// How many were made.
    pub fn asked(&self) -> u32 {
        self.settled() + self.open + self.unsupported
    }
    /// Of how many it is known whether they were answered in time.
    pub fn settled(&self) -> u32 {
        self.in_time + self.late + self.refused + self.unanswered
    }
    /// How many did what was asked for.
    pub fn answered(&self) -> u32 {
        self.in_time + self.late
    }
}

/// The system as its clients see it, who know only what becomes of their requests: from a request on it is as that request
/// found it, until the next one; there if that is answered in time, away otherwise. Nothing if nobody asked.
pub fn service(requests: &[Request], limit: Span) -> Option<Uptime> {
    let known = || requests.iter().filter_map(|request| Some((request.invoked, request.served()?)));
    let (from, _) = known().next()?;
    let until =
        requests.iter().filter(|request| request.served().is_some()).map(|request| request.settled(limit)).max();
    Some(Uptime::of(from, until?, known()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::{EventId, OpId};
    use serde_json::json;

    fn millis(n: u64) -> Time {
        Time::ZERO + Span::millis(n)
    }

    fn op(invoked: u64, answer: Option<(u64, Value)>) -> OpNow {
        let answer = answer.map(|(at, said)| (EventId(1), millis(at), said));
        let op = json!({ "put": { "key": "x", "value": "1" } });
        OpNow { id: OpId(0), node: NodeId(0), op, invoked: (EventId(0), millis(invoked)), answer }
    }

    fn requests(ops: &[OpNow], now: u64) -> Vec<Request> {
        ops.iter().map(|op| Request::of(op, millis(now), Span::millis(100))).collect()
    }

    #[test]
    fn in_time_is_within_the_limit_and_not_a_refusal() {
        let ops = [
            op(0, Some((100, json!("ok")))),
            op(0, Some((101, json!({ "value": "1" })))),
            op(0, Some((1, json!({ "not-leader": { "hint": "n2" } })))),
            op(0, None),
            op(400, None),
            op(0, Some((0, json!("unsupported")))),
        ];
        let requests = requests(&ops, 500);
        let fates: Vec<_> = requests.iter().map(|request| request.fate).collect();
        let (limit, more) = (Span::millis(100), Span::millis(101));
        let refused = Fate::Refused(Span::millis(1));
        assert_eq!(
            fates,
            [Fate::InTime(limit), Fate::Late(more), refused, Fate::Unanswered, Fate::Open, Fate::Unsupported]
        );
        let tally = Tally::of(&requests);
        assert_eq!(tally, Tally { in_time: 1, late: 1, refused: 1, unanswered: 1, open: 1, unsupported: 1 });
        assert_eq!((tally.asked(), tally.settled(), tally.answered()), (6, 4, 2));
        assert_eq!(requests[0].kind, "put");
        assert!(requests.iter().flat_map(Request::latency).eq([limit, more]), "refusals have no latency");
    }

    #[test]
    fn the_system_is_as_the_latest_request_found_it() {
        let served = |at: u64| op(at, Some((at + 10, json!("ok"))));
        let refused = |at: u64| op(at, Some((at + 5, json!("not-here"))));
        let ops = [served(50), refused(150), op(200, None), served(350), served(450), op(460, None)];
        let service = service(&requests(&ops, 500), Span::millis(100)).expect("somebody asked");
        assert_eq!((service.up, service.down), (Span::millis(210), Span::millis(200)), "50..150, 350..460; 150..350");
        assert_eq!((service.mttf(), service.mttr()), (Some(Span::millis(210)), Some(Span::millis(200))));
        assert_eq!(super::service(&requests(&ops[5..], 500), Span::millis(100)), None, "nothing is known yet");
    }
}
