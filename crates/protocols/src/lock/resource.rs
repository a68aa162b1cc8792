//! The resource: takes what comes with a token no lower than all before.

use super::{Bug, Line, Lock, Msg, Op, Ret, Settings, Text, Token, View};
use netsplit_sim::{Cell, Chained, Cx, Face, Fixed, NodeId, OpId, Process, Prominence};
use serde::Serialize;
use std::sync::Arc;

/// Something that was written.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Write {
    /// Under which token.
    pub token: Token,
    /// What.
    pub value: Text,
}

/// The resource. Its disk is all that was ever written, and with it the highest token.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Resource {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    writes: Chained<Write>,
    /// How many writes it has refused.
    rejected: u64,
}

impl Process<Lock> for Resource {
    type Config = Settings;
    type Disk = Chained<Write>;

    fn boot(settings: &Arc<Settings>, writes: Chained<Write>, _cx: &mut Cx<Lock>) -> Resource {
        Resource { settings: Fixed::new(settings), writes, rejected: 0 }
    }

    fn disk(&self) -> &Chained<Write> {
        &self.writes
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<Lock>) {
        cx.reply(id, Ret::NotHere);
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Lock>) {
        let Msg::Write { id, token, value } = msg else { return };
        let late = self.highest().is_some_and(|highest| highest > token);
        if late && !self.settings.broken(Bug::NoFencing) {
            cx.line(Line::Fence);
            self.rejected += 1;
            return cx.send(from, Msg::Rejected { id });
        }
        cx.line(Line::Accept);
        self.writes.push(Write { token, value });
        cx.send(from, Msg::Written { id });
    }

    fn view(&self) -> View<'_> {
        View::Resource(self)
    }

    fn face(&self) -> Face {
        let start = self.writes.len().saturating_sub(SHOWN);
        let cell = |write: &Write| Cell {
            tone: u64::from(write.token.client.0),
            solid: true,
            text: write.value.chars().take(8).collect(),
        };
        Face {
            role: "resource",
            prominence: Prominence::Outside,
            headline: Some(("token", self.highest().map_or(0, |token| token.number))),
            strip: self.writes[start..].iter().map(cell).collect(),
            strip_start: start as u64,
            note: (self.rejected > 0).then(|| format!("{} refused", self.rejected)),
            ..Face::default()
        }
    }
}

/// How many writes are shown: the last ones.
const SHOWN: usize = 12;

impl Resource {
    /// The highest token that it has seen: with the fence up, that of the last write.
    fn highest(&self) -> Option<Token> {
        self.writes.last().map(|write| write.token)
    }
    /// What was written.
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }
    /// How many writes it has refused.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }
}
