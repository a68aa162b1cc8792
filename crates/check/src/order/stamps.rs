//! A set of small numbers that is emptied at once.

/// A set of numbers below a bound.
#[derive(Debug)]
pub struct Stamps {
    /// When each was put in last.
    when: Vec<u32>,
    now: u32,
}

impl Stamps {
    /// An empty set.
    pub fn new(bound: usize) -> Self {
        Stamps { when: vec![0; bound], now: 1 }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        match self.now.checked_add(1) {
            Some(now) => self.now = now,
            None => *self = Stamps::new(self.when.len()),
        }
    }

    /// Puts a number in. Whether it was not.
    pub fn mark(&mut self, number: usize) -> bool {
        std::mem::replace(&mut self.when[number], self.now) != self.now
    }
}
