//! What a search has left of its budget.

use crate::verdict::{Budget, Unknown};

/// Counts down.
pub(crate) struct Meter {
    whole: Budget,
    left: u64,
}

impl Meter {
    pub fn new(whole: Budget) -> Self {
        Meter { whole, left: whole.steps }
    }

    /// Takes so many steps, if that many are left.
    pub fn spend(&mut self, steps: u64) -> Result<(), Unknown> {
        match self.left.checked_sub(steps) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                return Err(Unknown::Steps(self.whole.steps));
            }
        }
        Ok(())
    }

    /// Whether so much memory may be taken at once.
    pub fn allow(&self, bytes: usize) -> Result<(), Unknown> {
        if bytes <= self.whole.bytes { Ok(()) } else { Err(Unknown::Bytes(self.whole.bytes)) }
    }
}
