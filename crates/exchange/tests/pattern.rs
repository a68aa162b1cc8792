//! Our regular expressions beside a complete implementation of JavaScript's.

use netsplit_exchange::pattern::Pattern;
use proptest::prelude::*;

type Groups = Vec<Option<std::ops::Range<usize>>>;

fn ours(pattern: &Pattern, text: &str) -> Vec<(std::ops::Range<usize>, Groups)> {
    pattern
        .find_all(text)
        .map(|found| found.expect("within its budget"))
        .map(|found| (found.range, found.groups))
        .collect()
}

fn theirs(pattern: &str, names: &[String], text: &str) -> Vec<(std::ops::Range<usize>, Groups)> {
    let regex = regress::Regex::with_flags(pattern, "m").unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let groups = |found: &regress::Match| names.iter().map(|name| found.named_group(name)).collect();
    regex.find_iter(text).map(|found| (found.range(), groups(&found))).collect()
}

fn same(pattern: &str, text: &str) {
    let read = Pattern::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    assert_eq!(ours(&read, text), theirs(pattern, read.names(), text), "{pattern} in {text:?}");
}

const TEXT: &str =
    "a {\"a\":1}\nfirst é line\nb {\"b\":1, \"a\":1}\n\n[x] 12/3 ab_c-d\u{a0}e f\tab\r\nlast {1} {} \\ } ] end";

#[test]
fn what_parsers_are_written_with_means_what_it_means_in_javascript() {
    for pattern in [
        r"(?<event>.*)\n(?<host>\w*) (?<clock>{.*})",
        r"(?<host>\S*) (?<clock>{.*})\n(?<event>.*)",
        r"^(?<event>.*)\n(?<host>\S*) (?<clock>{.*})$",
        r"(?<n>\d{1,2})\/(?<m>\d+)|(?<other>\[x\])",
        r"\{1}|{\}|}|]|\\",
        r"(?<a>a)?(?<b>b)|(?<c>[^\W\d_]+?)\b",
        r"(?:(?<x>a)|(?<y>b)|_)+",
        r"^$|^\S+|\s+$",
        r"a(?=b)|a(?!b).|\Bn",
        r"[a-cé-ê]{2,3}?|[^]{3}|[\]\-x]|[]",
        r"(?<l>.*?)(?<r>\s|$)",
        r"(\w*)*b|(a|ab)(c|bcd)?|()*x",
        r"\x61|\u0062|\cJ|[\b]|\0|\e",
        r"(.|\n)*?Host|(.|\n)*?b (?<clock>.*)",
    ] {
        same(pattern, TEXT);
        same(pattern, "");
    }
}

#[test]
fn what_is_no_pattern_is_refused_at_its_place() {
    for (pattern, at, word) in [
        ("(a", 0, "not closed"),
        ("a)", 1, "without"),
        ("a**", 2, "nothing"),
        ("x[a-", 1, "not closed"),
        ("[b-a]", 1, "range"),
        ("ab(?<=c)", 2, "behind"),
        (r"(?<a>x)\k<a>", 8, "back"),
        (r"(?<a>x)(?<a>y)", 10, "two groups"),
        ("(?P<a>x)", 2, "after (?"),
        ("a{3,2}", 6, "at least 3"),
        ("a\\", 2, "escapes nothing"),
        (r"\p{L}", 1, "properties"),
    ] {
        let bad = Pattern::new(pattern).expect_err(pattern);
        assert_eq!(bad.at, at, "{pattern}: {bad}");
        assert!(bad.to_string().contains(word), "{pattern}: {bad}");
    }
    assert!(Pattern::new(&"(".repeat(10_000)).is_err());
    assert!(Pattern::new("((((a{999}){999}){999}){999})").is_err());
}

#[test]
fn a_search_that_would_not_end_is_given_up() {
    let endless = Pattern::new("(a|a|aa)*(a|aa)*$x").expect("a pattern");
    let gone = endless.find_all(&"a".repeat(5_000)).next().expect("an answer");
    assert!(gone.expect_err("no match").to_string().contains("gave up"));
}

/// Patterns of all that there is, nested at random.
fn patterns() -> impl Strategy<Value = String> {
    let atom = prop::sample::select(vec![
        "a", "b", "ab", ".", r"\w", r"\S", r"\s", r"\d", r"\W", "[a-c]", "[^a]", r"[\s1]", "{", r"\n", "^", "$", r"\b",
        "é", "",
    ]);
    let leaf = atom.prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let repeats = prop::sample::select(vec!["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,}?"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.concat()),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| format!("(?:{})", all.join("|"))),
            (inner.clone(), repeats).prop_map(|(one, often)| format!("(?:{one}){often}")),
            inner.clone().prop_map(|one| format!("(?<NAME>{one})")),
            inner.clone().prop_map(|one| format!("(?={one})")),
            inner.prop_map(|one| format!("(?!{one})")),
        ]
    })
    .prop_map(|pattern| {
        let pieces: Vec<&str> = pattern.split("NAME").collect();
        let named = pieces
            .iter()
            .enumerate()
            .map(|(nth, piece)| if nth == 0 { (*piece).to_owned() } else { format!("g{nth}{piece}") });
        named.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]
    #[test]
    fn any_pattern_finds_what_it_finds_in_javascript(pattern in patterns(), text in "[ab1 {é\n_]{0,12}") {
        same(&pattern, &text);
    }
    #[test]
    fn no_text_is_too_strange_for_a_pattern(pattern in r"[a(){}\[\]|*+?\\.^$<>:=!é,0-9-]{0,12}", text in ".{0,8}") {
        if let Ok(pattern) = Pattern::new(&pattern) {
            for found in pattern.find_all(&text) {
                prop_assert!(text.get(found.expect("short").range).is_some());
            }
        }
    }
}
