//! What could still come, whatever the network does: a world without its time, as the theory of asynchronous systems sees
//! it (Fischer, Lynch, Paterson 1985): the processes' states, and the messages that wait to be delivered.

use super::World;
use crate::digest::StateHasher;
use crate::draw::Seed;
use crate::ids::{MsgName, NodeId};
use crate::process::Protocol;
use crate::recorder::Recorder;
use std::hash::{Hash, Hasher};

impl<P: Protocol> World<P> {
    /// The digest of the processes' states: what each is, and how many choices it has made.
    pub fn states(&self) -> u64 {
        let mut hasher = StateHasher::default();
        for slot in &self.slots {
            (slot.condition, slot.node.digest(), slot.choices).hash(&mut hasher);
        }
        hasher.finish()
    }
    /// The messages on their way that will arrive: each with a digest of receiver, sender and content.
    pub fn letters(&self) -> impl Iterator<Item = (MsgName, u64)> {
        self.in_flight().filter(|(_, mail)| !mail.doomed).map(|(_, mail)| {
            let (from, to): (NodeId, NodeId) = (mail.name.from, mail.name.to);
            let mut hasher = StateHasher::default();
            (to, from).hash(&mut hasher);
            P::hash_msg(&mail.body, &mut hasher);
            (mail.name, hasher.finish())
        })
    }
    /// Delivers a message now, before all others.
    pub fn deliver(&mut self, name: MsgName, record: &mut impl Recorder<P>) {
        for (_, mail) in self.take_mail(name) {
            self.of_instant += 1;
            self.arrive(mail, record);
        }
    }
    /// Lets all draws from now on come out otherwise: whoever looks ahead must not see the coins that will fall.
    pub fn reseed(&mut self, seed: Seed) {
        self.seed = seed;
    }
}
