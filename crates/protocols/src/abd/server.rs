//! A server: it keeps what it is given, the newest of it.

use super::{Abd, Line, Msg, Op, Register, Ret, Settings, Text, View};
use netsplit_sim::{Cell, Cx, Face, Fixed, NodeId, OpId, Process};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a server has on its disk before it says so.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerDisk {
    /// The registers that have ever been written.
    pub registers: BTreeMap<Text, Register>,
}

/// A server.
#[derive(Clone, Hash, Debug, Serialize)]
pub struct Server {
    #[serde(skip)]
    settings: Fixed<Settings>,
    #[serde(skip)]
    disk: ServerDisk,
}

impl Process<Abd> for Server {
    type Config = Settings;
    type Disk = ServerDisk;

    fn boot(settings: &Arc<Settings>, disk: ServerDisk, cx: &mut Cx<Abd>) -> Server {
        if !disk.registers.is_empty() {
            cx.line(Line::ServerRecovers);
        }
        Server { settings: Fixed::new(settings), disk }
    }

    fn disk(&self) -> &ServerDisk {
        &self.disk
    }

    fn on_msg(&mut self, from: NodeId, msg: Msg, cx: &mut Cx<Abd>) {
        match msg {
            Msg::Query { id, key } => {
                cx.line(Line::Tell);
                cx.send(from, Msg::Have { id, register: self.register(&key) });
            }
            Msg::Update { id, key, register } => {
                if register.tag > self.register(&key).tag {
                    cx.line(Line::TakeNewer);
                    self.disk.registers.insert(key, register);
                }
                cx.line(Line::Acknowledge);
                cx.send(from, Msg::Ack { id });
            }
            Msg::Have { .. } | Msg::Ack { .. } => {} // for clients
        }
    }

    fn on_op(&mut self, id: OpId, _op: Op, cx: &mut Cx<Abd>) {
        cx.reply(id, Ret::NotHere);
    }

    fn view(&self) -> View<'_> {
        View::Server(self)
    }

    fn face(&self) -> Face {
        let cell = |(key, register): (&Text, &Register)| Cell {
            tone: register.tag.number,
            solid: true,
            text: format!("{key}={}", register.value.as_deref().unwrap_or("∅")),
        };
        let registers = &self.disk.registers;
        Face {
            role: "server",
            headline: Some(("tag", registers.values().map(|register| register.tag.number).max().unwrap_or(0))),
            strip: registers.iter().map(cell).collect(),
            ..Face::default()
        }
    }
}

impl Server {
    /// What it has of a key.
    pub fn register(&self, key: &str) -> Register {
        self.disk.registers.get(key).cloned().unwrap_or_default()
    }
    /// All that it has.
    pub fn registers(&self) -> &BTreeMap<Text, Register> {
        &self.disk.registers
    }
    /// What it knows from the start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
