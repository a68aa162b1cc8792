//! Refusals in other languages. Below the page they are English sentences with gaps; here each kind has its words.

use super::Language;
use netsplit_protocols::{Words, about::words};

/// What is refused most often from the page: the sentence, with `{}` for what differs, and the same in Chinese.
const KNOWN: &[Words] = &[
    words("{} is too few: there must be at least {} of part {}", "{} 太少：角色 {2} 至少要有 {1} 个"),
    words("{} nodes: there must be between 1 and {}", "{} 个节点：须在 1 到 {} 之间"),
    words("{} links a node: between 1 and {} make sense", "每个节点 {} 条链路：须在 1 到 {} 之间"),
    words("{} entries: there can be {} at most", "{} 项：最多 {} 项"),
    words("{} is too long: an hour (3600s) at most", "{} 太长：最多一小时（3600s）"),
    words("a drift of {}ppm: between -{}ppm and {}ppm are possible", "漂移 {}ppm：须在 -{}ppm 到 {}ppm 之间"),
    words(
        "{} is not a word that this run knows: did you mean {}? known: {}",
        "{} 不是这个运行知道的词：是指 {}？已知：{}",
    ),
    words("{} is not a word that this run knows: known: {}", "{} 不是这个运行知道的词。已知：{}"),
    words("{} is not a field: did you mean {}? known: {}", "{} 不是字段：是指 {}？已知：{}"),
    words("{} is not {}: did you mean {}? known: {}", "{0} 不能写在这里：是指 {2}？已知：{3}"),
    words("{} is not {}: known: {}", "{0} 不能写在这里。已知：{2}"),
    words("something is missing here: {} can follow", "此处不完整：可写 {}"),
    words("{} cannot stand here: {} can", "{} 不能写在这里：可写 {}"),
    words(
        "whose? A field belongs to a node: write `any node.…`, `all nodes.…`, or a node's name before the dot",
        "谁的？字段属于节点：请写 `any node.…`、`all nodes.…`，或在点前写节点名",
    ),
    words("there is no event #{} so far: there are {}", "还没有事件 #{}：现有 {}"),
    words("there is no such line: {} can stand here", "没有这一行：可写 {}"),
    words("{} means nothing here; texts stand in quotes", "{} 在此没有意义；文本须加引号"),
    words("this text has no end: the closing quote is missing", "文本没有结束：缺少右引号"),
    words(
        "{} is neither a whole number nor a time: a time has a unit (ns, us, ms, s), like 150ms",
        "{} 既不是整数也不是时间：时间须带单位（ns、us、ms、s），如 150ms",
    ),
    words("a condition has {} bytes at most, and this one has {}", "条件最多 {} 字节，这个有 {} 字节"),
    words("conditions may stand in each other {} deep, and not deeper", "条件最多嵌套 {} 层"),
    words("a link leads from one node to another, not to itself", "链路须连接两个不同的节点"),
];

/// A refusal in a language, as far as it is known; the place it names stays.
pub(crate) fn refusal(text: &str, language: Language) -> String {
    if language == Language::En {
        return text.to_owned();
    }
    // A refusal may have a place before it: `nodes.server: 0 is too few...`.
    let mut starts = text.rmatch_indices(": ").map(|(at, _)| at + 2).chain([0]);
    let told = |start: usize| {
        let found = KNOWN.iter().find_map(|known| Some((known, gaps(known.en, &text[start..])?)));
        found.map(|(known, gaps)| format!("{}{}", &text[..start], fill(language.of(*known), &gaps)))
    };
    starts.find_map(told).unwrap_or_else(|| text.to_owned())
}

/// What stands in a sentence's gaps, if it is that sentence.
fn gaps<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut gaps = Vec::new();
    for piece in pieces {
        let end = if piece.is_empty() { rest.len() } else { rest.find(piece)? };
        gaps.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(gaps)
}

/// A sentence with its gaps filled: `{}` in order, `{2}` by number.
fn fill(pattern: &str, gaps: &[&str]) -> String {
    let mut text = pattern.to_owned();
    for (number, gap) in gaps.iter().enumerate() {
        text = text.replace(&format!("{{{number}}}"), gap);
    }
    gaps.iter().fold(text, |text, gap| text.replacen("{}", gap, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_scenario::edit::{Change, edit};
    use netsplit_scenario::find::{Lexicon, Query};
    use netsplit_scenario::{Scenario, open};
    use netsplit_sim::{NodeId, Topology};

    fn refused(scenario: Scenario) -> String {
        open(scenario).err().expect("this cannot be played").to_string()
    }
    fn in_chinese(text: &str) -> String {
        refusal(text, Language::Zh)
    }

    #[test]
    fn what_is_really_refused_is_known() {
        let mut none = Scenario::new("ping");
        none.nodes.insert("node".to_owned(), 0);
        assert_eq!(in_chinese(&refused(none)), "nodes.node: 0 太少：角色 node 至少要有 1 个");
        let mut many = Scenario::new("ping");
        many.nodes.insert("node".to_owned(), 3_000);
        assert_eq!(in_chinese(&refused(many)), "nodes: 3000 个节点：须在 1 到 2000 之间");
        let mut odd = Scenario::new("ping");
        odd.topology = Topology::Random(0);
        assert_eq!(in_chinese(&refused(odd)), "network.topology.random: 每个节点 0 条链路：须在 1 到 2000 之间");
        let mut mesh = Scenario::new("ping");
        mesh.nodes.insert("node".to_owned(), 500);
        let drawn = edit(&mesh, &Change::Unlink(NodeId(0), NodeId(1))).expect("it is a change").scenario;
        assert_eq!(in_chinese(&refused(drawn)), "network.topology.edges: 124749 项：最多 20000 项");
    }

    #[test]
    fn what_is_wrong_with_a_condition_is_known() {
        let session = open(Scenario::new("ping")).expect("it plays");
        let names = Lexicon::of(&*session).names(&*session);
        let mistaken = [
            "",
            "any node.rolle == 1",
            "any nod.role == 1",
            "any node.role == xyzzy",
            "any node.role == 'x",
            "role == 1",
            "event explode",
            "event after #9",
            "line 999",
            "n1.figure > 1)",
            "n1.figure > 1kg",
            "n1.figure > 1 ;",
            &"(".repeat(100),
            &" ".repeat(10_000),
        ];
        for text in mistaken {
            let mistake = Query::read(text, &names).expect_err(text);
            let chinese = in_chinese(&mistake.what);
            assert!(chinese.chars().any(|c| ('一'..='龥').contains(&c)), "{text}: {}", mistake.what);
        }
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        assert_eq!(in_chinese("config.heartbeat: 1ns is too short"), "config.heartbeat: 1ns is too short");
        assert_eq!(refusal("0 is too few", Language::En), "0 is too few");
    }
}
