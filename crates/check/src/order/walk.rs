//! Depth first through all moments that choices lead to, each visited once; as far as one likes, and further later.

use super::memory::Memory;

/// What is gone through.
pub trait Space {
    /// Goes back to the beginning.
    fn restart(&mut self);
    /// Goes on as far as there is nothing to choose. Whether that is the end.
    fn settle(&mut self) -> bool;
    /// All that matters of the present moment, as so many words as any other. The last `sets` are sets of possibilities:
    /// whatever leads to the end leads there from a moment with more of them.
    fn moment(&self) -> &[u64];
    /// How many words of a moment are sets of possibilities.
    fn sets(&self) -> usize;
    /// Goes back to an earlier moment, none of whose later ones is left.
    fn go_back_to(&mut self, moment: &[u64]);
    /// What can be chosen now, the most promising first.
    fn list_choices(&mut self, choices: &mut Vec<u32>);
    /// Makes a choice.
    fn choose(&mut self, choice: u32);
    /// How far it has come.
    fn height(&self) -> usize;
    /// How many bytes it takes.
    fn bytes(&self) -> usize;
}

/// A walk under way.
pub struct Walk<S> {
    space: S,
    /// The moments that were visited, and how each was come to: from which, by what choice.
    memory: Memory,
    origins: Vec<(u32, u32)>,
    stack: Vec<Frame>,
    /// What is left to be chosen, for all frames of the stack, the latest last.
    choices: Vec<u32>,
    /// The greatest height, and the moment there.
    highest: (usize, u32),
}

/// A moment that the walk may come back to.
struct Frame {
    /// Its row in the memory.
    moment: u32,
    /// From where on its choices are, and which comes next.
    choices: usize,
    next: usize,
}

/// How a walk ends.
pub enum End {
    /// These choices lead to the end.
    Found(Vec<u32>),
    /// None do; these lead to the greatest height.
    Nowhere(Vec<u32>),
    /// It took too many bytes.
    TooLarge,
}

const NOWHERE: u32 = u32::MAX;

impl<S: Space> Walk<S> {
    /// A walk that has not begun.
    pub fn new(space: S) -> Self {
        let memory = Memory::new(space.moment().len(), space.sets());
        Walk { space, memory, origins: Vec::new(), stack: Vec::new(), choices: Vec::new(), highest: (0, NOWHERE) }
    }

    /// What is gone through.
    pub fn space(&mut self) -> &mut S {
        &mut self.space
    }

    /// The greatest height so far.
    pub fn height(&self) -> usize {
        self.highest.0
    }

    /// How many bytes it takes, and may take in its next step.
    pub fn bytes(&self) -> usize {
        let stack = self.stack.capacity() * size_of::<Frame>() + self.choices.capacity() * size_of::<u32>();
        let origins = self.origins.capacity() * size_of::<(u32, u32)>();
        self.space.bytes() + self.memory.bytes_to_grow() + origins + stack
    }

    /// Goes on for at most so many steps, which it takes from `steps`. `None` if they do not suffice.
    pub fn run(&mut self, steps: &mut u64, bytes: usize) -> Option<End> {
        if self.origins.is_empty() && self.arrive(NOWHERE, NOWHERE) {
            return Some(End::Found(Vec::new()));
        }
        loop {
            *steps = steps.checked_sub(1)?;
            if self.bytes() > bytes {
                return Some(End::TooLarge);
            }
            let Some(frame) = self.stack.last_mut() else {
                return Some(End::Nowhere(self.path(self.highest.1)));
            };
            let moment = frame.moment;
            let choice = self.choices.get(frame.next).copied();
            frame.next += 1;
            match choice {
                None => self.leave(),
                Some(choice) => {
                    self.space.go_back_to(self.memory.row(moment));
                    self.space.choose(choice);
                    if self.arrive(moment, choice) {
                        return Some(End::Found(self.path(moment).into_iter().chain([choice]).collect()));
                    }
                }
            }
        }
    }

    /// All that could be chosen at the latest moment has been.
    fn leave(&mut self) {
        if let Some(frame) = self.stack.pop() {
            self.choices.truncate(frame.choices);
        }
    }

    /// Goes on to where there is something to choose, and remembers being there. Whether that is the end.
    fn arrive(&mut self, from: u32, choice: u32) -> bool {
        if self.space.settle() {
            return true;
        }
        if let Some(moment) = self.memory.insert(self.space.moment()) {
            self.origins.push((from, choice));
            let choices = self.choices.len();
            self.stack.push(Frame { moment, choices, next: choices });
            self.space.list_choices(&mut self.choices);
            if self.highest.1 == NOWHERE || self.highest.0 < self.space.height() {
                self.highest = (self.space.height(), moment);
            }
        }
        false
    }

    /// The choices that led to a moment.
    fn path(&self, mut moment: u32) -> Vec<u32> {
        let mut path = Vec::new();
        while let (from, choice) = self.origins[moment as usize]
            && from != NOWHERE
        {
            path.push(choice);
            moment = from;
        }
        path.reverse();
        path
    }
}
