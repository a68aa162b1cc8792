//! Words for error messages: lists of what would be accepted, and the name that was probably meant.

/// At most this much of what was given is repeated in a message.
const SHOWN: usize = 40;

/// A text in quotes, cut if it is long.
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

/// `a, b and c`.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What to say of a name that is not among the known ones: the nearest of them, and all.
pub fn known(given: &str, names: &[&str]) -> String {
    let meant = nearest(given, names).map(|name| format!("did you mean {name}? ")).unwrap_or_default();
    format!("{meant}known: {}", listed(names.iter().copied()))
}

/// The name that is fewest edits away, if that is near enough for a slip.
pub fn nearest<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    if given.len() > SHOWN {
        return None;
    }
    let near = |name: &&str| edits(given, name) <= 1 + name.chars().count() / 4;
    names.iter().copied().filter(near).min_by_key(|name| edits(given, name))
}

/// The least number of letters to change, add, leave out (Levenshtein 1965).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let names = ["latency", "loss", "duplicate", "reorder"];
        assert_eq!(nearest("latecny", &names), Some("latency"));
        assert_eq!(nearest("los", &names), Some("loss"));
        assert_eq!(nearest("bandwidth", &names), None);
        assert_eq!(nearest(&"x".repeat(100_000), &names), None);
    }

    #[test]
    fn lists_read_like_prose() {
        assert_eq!(listed([]), "none");
        assert_eq!(listed(["a", "b", "c"]), "a, b and c");
        assert_eq!(quoted(&"x".repeat(50)).chars().count(), 43);
    }
}
