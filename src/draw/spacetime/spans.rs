//! Stretches along an axis, found by the window that they reach into without looking at any others. They are kept in classes
//! by length: whatever of a class reaches into a window ends no later after it than the class's longest stretch.

/// Stretches with a number each.
#[derive(Clone, Default)]
pub struct Spans {
    /// By how many binary digits the length has.
    classes: Vec<Class>,
}

#[derive(Clone, Default)]
struct Class {
    /// By where they end, once sorted.
    stretches: Vec<Stretch>,
    /// Where they begin, once sorted.
    begins: Vec<u64>,
    sorted: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Stretch {
    end: u64,
    begin: u64,
    id: u32,
}

impl Spans {
    /// One more.
    pub fn add(&mut self, begin: u64, end: u64, id: u32) {
        let end = end.max(begin);
        let digits = (u64::BITS - (end - begin).leading_zeros()) as usize;
        if self.classes.len() <= digits {
            self.classes.resize(digits + 1, Class::default());
        }
        let class = &mut self.classes[digits];
        class.stretches.push(Stretch { end, begin, id });
        class.begins.push(begin);
        class.sorted = false;
    }
    /// To be called when all are added, before anything is looked up.
    pub fn settle(&mut self) {
        for class in self.classes.iter_mut().filter(|class| !class.sorted) {
            // These sorts make use of what is in order already: all but what was just added.
            class.stretches.sort_by_key(|stretch| stretch.end);
            class.begins.sort();
            class.sorted = true;
        }
    }
    /// How many reach into a window.
    pub fn count(&self, first: u64, last: u64) -> usize {
        let begun = |class: &Class| class.begins.partition_point(|begin| *begin <= last);
        let over = |class: &Class| class.stretches.partition_point(|stretch| stretch.end < first);
        self.classes.iter().map(|class| begun(class) - over(class)).sum()
    }
    /// The numbers of those that reach into a window: all of them, or one of every `stride`, which are always the same ones.
    pub fn reaching(&self, first: u64, last: u64, stride: usize) -> impl Iterator<Item = u32> + '_ {
        let stride = stride.max(1);
        self.classes.iter().enumerate().flat_map(move |(digits, class)| {
            let longest = 1u64.checked_shl(digits as u32).map_or(u64::MAX, |power| power - 1);
            let from = class.stretches.partition_point(|stretch| stretch.end < first);
            let to = class.stretches.partition_point(|stretch| stretch.end <= last.saturating_add(longest));
            let picked = (from.next_multiple_of(stride)..to.max(from)).step_by(stride);
            picked.map(|at| class.stretches[at]).filter(move |it| it.begin <= last).map(|it| it.id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_what_reaches_into_a_window_is_found() {
        let mut state = 7u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut spans = Spans::default();
        let mut all: Vec<(u64, u64)> = Vec::new();
        for round in 0..4 {
            for _ in 0..150 {
                let begin = draw(1_000);
                let length = if draw(10) == 0 { draw(900) } else { draw(20) };
                spans.add(begin, begin + length, all.len() as u32);
                all.push((begin, begin + length));
            }
            spans.settle();
            for _ in 0..60 {
                let first = draw(1_100);
                let last = first + draw(200) * round;
                let expected: Vec<u32> = (0..)
                    .zip(&all)
                    .filter(|(_, (begin, end))| *begin <= last && *end >= first)
                    .map(|(id, _)| id)
                    .collect();
                let mut found: Vec<u32> = spans.reaching(first, last, 1).collect();
                found.sort_unstable();
                assert_eq!(found, expected, "{first}..={last}");
                assert_eq!(spans.count(first, last), expected.len());
                assert!(spans.reaching(first, last, 4).all(|id| expected.contains(&id)));
            }
        }
    }

    #[test]
    fn the_same_ones_are_picked_wherever_the_window_is() {
        let mut spans = Spans::default();
        (0..1_000).for_each(|at| spans.add(at * 10, at * 10 + 5, at as u32));
        spans.settle();
        let whole: Vec<u32> = spans.reaching(0, 10_000, 8).collect();
        assert_eq!(whole.len(), 125);
        let part: Vec<u32> = spans.reaching(2_003, 4_003, 8).collect();
        assert!(!part.is_empty() && part.iter().all(|id| whole.contains(id)));
    }
}
