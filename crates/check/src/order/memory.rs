//! Where a search has been: rows of numbers of one width, each kept once, in memory that can be measured.
//!
//! The last words of a row are sets of possibilities: of two rows that are otherwise the same, one whose sets hold all that
//! the other's do makes the other superfluous.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// A set of rows of so many words each, numbered in the order in which they came.
#[derive(Debug)]
pub struct Memory {
    width: usize,
    /// Without the sets.
    narrow: usize,
    words: Vec<u64>,
    /// For each row, the one before it that differs in the sets alone.
    alike: Vec<u32>,
    /// The number of the latest row of those alike where the hash says, or in the next free place; empty places hold
    /// [`EMPTY`]. Their count is a power of two, of which at most three quarters are taken.
    places: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Memory {
    /// Without any row.
    pub fn new(width: usize, sets: usize) -> Self {
        Memory { width, narrow: width - sets, words: Vec::new(), alike: Vec::new(), places: vec![EMPTY; 16] }
    }

    /// A row.
    pub fn row(&self, number: u32) -> &[u64] {
        let from = number as usize * self.width;
        &self.words[from..from + self.width]
    }

    fn len(&self) -> usize {
        self.alike.len()
    }

    /// Puts in a row; its number, if it is not superfluous.
    pub fn insert(&mut self, row: &[u64]) -> Option<u32> {
        debug_assert_eq!(row.len(), self.width);
        if 4 * (self.len() + 1) > 3 * self.places.len() {
            self.grow();
        }
        let place = self.place(row);
        let mut other = self.places[place];
        while other != EMPTY {
            let sets = self.row(other)[self.narrow..].iter().zip(&row[self.narrow..]);
            if sets.into_iter().all(|(all, some)| some & !all == 0) {
                return None;
            }
            other = self.alike[other as usize];
        }
        let number = u32::try_from(self.len()).expect("memory ends before four thousand million rows do");
        self.alike.push(std::mem::replace(&mut self.places[place], number));
        self.words.extend_from_slice(row);
        Some(number)
    }

    /// Where rows like this one are or would be.
    fn place(&self, row: &[u64]) -> usize {
        let mut hasher = FxHasher::default();
        row[..self.narrow].iter().for_each(|word| hasher.write_u64(*word));
        let last = self.places.len() - 1;
        let mut place = hasher.finish() as usize & last;
        let alike = |other: u32| self.row(other)[..self.narrow] == row[..self.narrow];
        while self.places[place] != EMPTY && !alike(self.places[place]) {
            place = (place + 1) & last;
        }
        place
    }

    fn grow(&mut self) {
        let many = 2 * self.places.len();
        self.places.clear();
        self.places.resize(many, EMPTY);
        for number in 0..self.len() as u32 {
            let place = self.place(self.row(number));
            self.places[place] = number;
        }
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let numbers = self.places.len() + self.alike.capacity();
        numbers * size_of::<u32>() + self.words.capacity() * size_of::<u64>()
    }

    /// How many bytes it may take while it takes in one more row.
    pub fn bytes_to_grow(&self) -> usize {
        let rows = if self.words.len() + self.width > self.words.capacity() { 2 * self.words.capacity() } else { 0 };
        let places = if 4 * (self.len() + 1) > 3 * self.places.len() { self.places.len() } else { 0 };
        self.bytes() + rows * size_of::<u64>() + places * size_of::<u32>()
    }
}
