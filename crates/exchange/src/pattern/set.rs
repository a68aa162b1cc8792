//! Sets of characters.

/// A set of characters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Set {
    /// By code.
    ascii: u128,
    /// Ranges of codes beyond ASCII.
    wide: Vec<(u32, u32)>,
}

const FIRST_WIDE: u32 = 0x80;
const LAST_WIDE: u32 = 0x10ffff;

impl Set {
    pub(super) fn of(chars: &[(char, char)]) -> Set {
        let mut set = Set::default();
        for (from, to) in chars.iter().map(|(from, to)| (u32::from(*from), u32::from(*to))) {
            for code in from..=to.min(FIRST_WIDE - 1) {
                set.ascii |= 1 << code;
            }
            if to >= FIRST_WIDE {
                set.wide.push((from.max(FIRST_WIDE), to));
            }
        }
        set
    }
    pub(super) fn inverted(mut self) -> Set {
        self.wide.sort_unstable();
        let mut gaps = Vec::new();
        let mut next = FIRST_WIDE;
        for (from, to) in self.wide {
            if from > next {
                gaps.push((next, from - 1));
            }
            next = next.max(to + 1);
        }
        if next <= LAST_WIDE {
            gaps.push((next, LAST_WIDE));
        }
        Set { ascii: !self.ascii, wide: gaps }
    }
    pub(super) fn with(mut self, other: Set) -> Set {
        self.ascii |= other.ascii;
        self.wide.extend(other.wide);
        self
    }
    /// Whether a character is in it.
    pub(super) fn holds(&self, c: char) -> bool {
        let code = u32::from(c);
        if code < FIRST_WIDE {
            return self.ascii >> code & 1 == 1;
        }
        self.wide.iter().any(|(from, to)| (*from..=*to).contains(&code))
    }
    /// Whether an ASCII character is in it.
    pub(super) fn holds_byte(&self, byte: u8) -> bool {
        self.ascii >> byte & 1 == 1
    }
    pub(super) fn is_dot(&self) -> bool {
        *self == dot()
    }
    /// The one character in it.
    pub(super) fn single(&self) -> Option<char> {
        match (self.ascii.count_ones(), self.wide.as_slice()) {
            (1, []) => char::from_u32(self.ascii.trailing_zeros()),
            (0, [(from, to)]) if from == to => char::from_u32(*from),
            _ => None,
        }
    }
}

pub(super) fn dot() -> Set {
    Set::of(&[('\n', '\n'), ('\r', '\r'), ('\u{2028}', '\u{2029}')]).inverted()
}
fn word() -> Set {
    Set::of(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')])
}
/// What JavaScript calls white space, line ends among it.
fn space() -> Set {
    Set::of(&[
        ('\t', '\r'),
        (' ', ' '),
        ('\u{a0}', '\u{a0}'),
        ('\u{1680}', '\u{1680}'),
        ('\u{2000}', '\u{200a}'),
        ('\u{2028}', '\u{2029}'),
        ('\u{202f}', '\u{202f}'),
        ('\u{205f}', '\u{205f}'),
        ('\u{3000}', '\u{3000}'),
        ('\u{feff}', '\u{feff}'),
    ])
}

/// The set that `\d`, `\W` and the like stand for.
pub(super) fn named_set(letter: char) -> Option<Set> {
    let set = match letter.to_ascii_lowercase() {
        'd' => Set::of(&[('0', '9')]),
        'w' => word(),
        's' => space(),
        _ => return None,
    };
    Some(if letter.is_ascii_uppercase() { set.inverted() } else { set })
}
