//! What servers and clients show at a glance.

use super::client::Client;
use super::server::{Peer, Role, Server};
use super::{Command, Entry, Index};
use crate::shared::kv::Op;
use netsplit_sim::{Cell, Face, Prominence};

/// How many entries of a log are shown: the last ones.
const SHOWN: u64 = 12;

pub(super) fn server(server: &Server) -> Face {
    let (role, prominence, ring) = match server.role {
        Role::Follower if server.is_outside() => ("non-voter", Prominence::Plain, "election"),
        Role::Follower => ("follower", Prominence::Plain, "election"),
        Role::Candidate { .. } | Role::PreCandidate { .. } => ("candidate", Prominence::Striving, "election"),
        Role::Leader { .. } => ("leader", Prominence::Leading, "heartbeat"),
    };
    let strip_start = server.log().last_index().saturating_sub(SHOWN).max(server.log().base_index());
    let cell = |(index, entry): (Index, &Entry)| Cell {
        tone: entry.term,
        solid: index <= server.commit_index,
        text: brief(entry),
    };
    Face {
        role,
        prominence,
        headline: Some(("term", server.current_term())),
        strip: (strip_start + 1..).zip(server.log().from(strip_start + 1, SHOWN as u32)).map(cell).collect(),
        strip_start,
        ring: Some(ring),
        note: note(server),
        ..Face::default()
    }
}

pub(super) fn client(client: &Client) -> Face {
    let waits =
        client.queue.front().map(|(_, op)| format!("{op}: waiting for {}", client.settings.name(client.leader)));
    Face {
        role: "client",
        prominence: Prominence::Outside,
        ring: Some("retry"),
        note: match (waits, client.queue.len()) {
            (Some(waits), 2..) => Some(format!("{waits}, {} more to do", client.queue.len() - 1)),
            (waits, _) => waits,
        },
        ..Face::default()
    }
}

/// What a server waits for or believes.
fn note(server: &Server) -> Option<String> {
    match &server.role {
        Role::Candidate { votes } => Some(format!("votes {} of {}", votes.len(), server.configuration().all().count())),
        Role::PreCandidate { votes } => {
            Some(format!("could win? {} of {} say yes", votes.len(), server.configuration().all().count()))
        }
        Role::Leader { peers } => match *server.transfer {
            Some(transfer) => Some(format!("hands over to {}", server.settings.name(transfer.to))),
            None => behind(server, peers),
        },
        Role::Follower => match (server.leader_id, server.disk().voted_for) {
            (Some(leader), _) => Some(format!("follows {}", server.settings.name(leader))),
            (None, Some(candidate)) => Some(format!("voted for {}", server.settings.name(candidate))),
            (None, None) => None,
        },
    }
}

fn behind(server: &Server, peers: &[Peer]) -> Option<String> {
    let last = server.log().last_index();
    let late = peers.iter().filter(|peer| peer.match_index < last);
    let names: Vec<String> = late.map(|peer| server.settings.name(peer.server)).collect();
    match names.len() {
        0 => None,
        1..=3 => Some(format!("waiting for {}", names.join(", "))),
        many => Some(format!("waiting for {many} servers")),
    }
}

/// A few characters for an entry.
fn brief(entry: &Entry) -> String {
    let full = match (&entry.command, entry.command.op().map(|op| &**op)) {
        (_, Some(Op::Put { key, value })) => format!("{key}={value}"),
        (_, Some(Op::Get { key })) => format!("{key}?"),
        (_, Some(Op::Delete { key })) => format!("{key}✕"),
        (_, Some(Op::Cas { key, value, .. })) => format!("{key}≟{value}"),
        (_, Some(Op::Keys {})) => "keys?".to_owned(),
        (Command::Register, None) => "+".to_owned(),
        (Command::Configure(configuration), None) if configuration.is_joint() => "⚙⚙".to_owned(),
        (Command::Configure(_), None) => "⚙".to_owned(),
        (_, None) => "∅".to_owned(),
    };
    match full.char_indices().nth(7) {
        Some((end, _)) => format!("{}…", &full[..end]),
        None => full,
    }
}
