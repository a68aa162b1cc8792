//! The content of links of version 2: a link of version 1, and the branches of the run beside it. FROZEN, as version 1 is. Only
//! runs with branches need it.

use super::v1::{self, Few, Nanos, WireEntry, entries, unpack_entries};
use super::{Link as FullLink, v1::Link as Plain};
use crate::branches::{Branch, Branches};
use crate::check::{Unplayable, check_interventions};
use crate::session::Cursor;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Link {
    run: v1::Link,
    branches: Few<WireBranch, 500>,
    current: u32,
}

#[derive(Serialize, Deserialize)]
struct WireBranch {
    number: u32,
    name: String,
    parent: Option<u32>,
    forked: (u32, Nanos),
    upto: (u32, Nanos),
    deeds: Few<WireEntry, 20_000>,
    inherited: u32,
}

impl From<&FullLink> for Link {
    fn from(link: &FullLink) -> Link {
        let wire = |cursor: Cursor| (cursor.events, Nanos::since_start(cursor.time));
        let branch = |branch: &Branch| WireBranch {
            number: branch.number,
            name: branch.name.clone(),
            parent: branch.parent,
            forked: wire(branch.forked),
            upto: wire(branch.upto),
            deeds: entries(&branch.deeds),
            inherited: branch.inherited as u32,
        };
        Link {
            run: Plain::from(link),
            branches: link.branches.all().iter().map(branch).collect(),
            current: link.branches.current(),
        }
    }
}

impl Link {
    /// What this is in today's terms.
    pub fn unpack(self) -> Result<FullLink, Unplayable> {
        let link = self.run.unpack()?;
        let branches = self.branches.0.into_iter().map(WireBranch::unpack).collect::<Result<Vec<_>, _>>();
        let branches = branches.and_then(|all| Branches::of(all, self.current));
        let branches = branches.map_err(|flaw| flaw.within("branches"))?;
        let about = crate::check::check(&link.scenario)?;
        for branch in branches.all() {
            check_interventions(&link.scenario, about, &branch.deeds).map_err(|flaw| flaw.within("branches"))?;
        }
        Ok(FullLink { branches, ..link })
    }
}

impl WireBranch {
    fn unpack(self) -> Result<Branch, Unplayable> {
        let cursor = |(events, time): (u32, Nanos)| Cursor { events, time: time.time() };
        Ok(Branch {
            number: self.number,
            name: self.name,
            parent: self.parent,
            forked: cursor(self.forked),
            upto: cursor(self.upto),
            deeds: unpack_entries(self.deeds)?,
            inherited: self.inherited as usize,
        })
    }
}
