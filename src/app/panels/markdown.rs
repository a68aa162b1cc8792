//! The Markdown of protocol pages, as far as they use it: headings, paragraphs, lists, tables, code, pictures, emphasis,
//! links.

use yew::prelude::*;

/// A block of text.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Block {
    Heading(u8, String),
    Paragraph(String),
    List(bool, Vec<String>),
    Code(String),
    Table(Vec<Vec<String>>),
    /// What it shows, in words, and its file's name.
    Picture(String, String),
}

/// Where the pages' pictures are, as seen from a page's file. Trunk copies the folder to the page's own host (index.html).
const PICTURES: &str = "../figures/";
/// What code without a fence begins with.
const INDENT: &str = "    ";

/// A page as elements; pictures, given by their files and what they show, are for `picture` to make.
pub(crate) fn markdown(text: &str, picture: &dyn Fn(&str, &str) -> Html) -> Html {
    html! { <div class="page-text">{ for blocks(text).iter().map(|it| block(it, picture)) }</div> }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if let Some(fence) = trimmed.get(..3).filter(|fence| *fence == "```" || *fence == "~~~") {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().starts_with(fence)).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some(first) = line.strip_prefix(INDENT) {
            let mut code = vec![first.to_owned()];
            while let Some(more) = lines.peek().and_then(|line| line.strip_prefix(INDENT)) {
                code.push(more.to_owned());
                lines.next();
            }
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some((alt, file)) = picture(trimmed) {
            blocks.push(Block::Picture(alt.to_owned(), file.to_owned()));
        } else if let Some((level, title)) = heading(trimmed) {
            blocks.push(Block::Heading(level, title.to_owned()));
        } else if trimmed.starts_with('|') {
            let mut rows = vec![cells(trimmed)];
            while let Some(more) = lines.next_if(|line| line.trim().starts_with('|')) {
                rows.push(cells(more.trim()));
            }
            rows.retain(|row| {
                !row.iter().all(|cell| !cell.is_empty() && cell.bytes().all(|b| matches!(b, b'-' | b':')))
            });
            blocks.push(Block::Table(rows));
        } else if let Some((ordered, first)) = item(trimmed) {
            let mut items = vec![first.to_owned()];
            while let Some(more) = lines.next_if(|line| item(line.trim()).is_some() || line.starts_with("  ")) {
                match item(more.trim()) {
                    Some((_, next)) => items.push(next.to_owned()),
                    None => join(items.last_mut(), more),
                }
            }
            blocks.push(Block::List(ordered, items));
        } else {
            let mut paragraph = trimmed.to_owned();
            while let Some(more) = lines.next_if(|line| continues(line)) {
                join(Some(&mut paragraph), more);
            }
            blocks.push(Block::Paragraph(paragraph));
        }
    }
    blocks
}

fn continues(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && !line.starts_with("```")
        && !line.starts_with('|')
        && heading(line).is_none()
        && item(line).is_none()
}

fn join(text: Option<&mut String>, more: &str) {
    if let Some(text) = text {
        text.push(' ');
        text.push_str(more.trim());
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    ((1..=6).contains(&level) && title.starts_with(' ')).then(|| (level as u8, title.trim()))
}

/// A picture that stands alone on its line: what it shows, and its file's name. From elsewhere none is shown.
fn picture(line: &str) -> Option<(&str, &str)> {
    let (alt, rest) = line.strip_prefix("![")?.split_once("](")?;
    let file = rest.strip_suffix(')')?.strip_prefix(PICTURES)?;
    let plain = file.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    (plain && file.ends_with(".svg")).then_some((alt, file))
}

/// A list's item: whether the list is numbered, and what the item says.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, rest));
    }
    let (number, rest) = line.split_once(". ")?;
    (!number.is_empty() && number.len() < 4 && number.bytes().all(|b| b.is_ascii_digit())).then_some((true, rest))
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn block(block: &Block, picture: &dyn Fn(&str, &str) -> Html) -> Html {
    match block {
        // The page has an h1 and the panel an h2 already.
        Block::Heading(1, text) => html! { <h2>{ for inline(text) }</h2> },
        Block::Heading(2, text) => html! { <h3>{ for inline(text) }</h3> },
        Block::Heading(_, text) => html! { <h4>{ for inline(text) }</h4> },
        Block::Paragraph(text) => html! { <p>{ for inline(text) }</p> },
        Block::List(true, items) => {
            html! { <ol>{ for items.iter().map(|it| html! { <li>{ for inline(it) }</li> }) }</ol> }
        }
        Block::List(false, items) => {
            html! { <ul>{ for items.iter().map(|it| html! { <li>{ for inline(it) }</li> }) }</ul> }
        }
        Block::Code(text) => html! { <pre tabindex="0"><code>{ text }</code></pre> },
        Block::Table(rows) => table(rows),
        Block::Picture(alt, file) => picture(file, alt),
    }
}

fn table(rows: &[Vec<String>]) -> Html {
    let Some((head, body)) = rows.split_first() else { return Html::default() };
    html! {
        <div class="table-scroll" tabindex="0" role="group">
            <table>
                <thead><tr>{ for head.iter().map(|cell| html! { <th>{ for inline(cell) }</th> }) }</tr></thead>
                <tbody>{ for body.iter().map(|row| html! {
                    <tr>{ for row.iter().map(|cell| html! { <td>{ for inline(cell) }</td> }) }</tr>
                }) }</tbody>
            </table>
        </div>
    }
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece<'a> {
    Text(&'a str),
    Code(&'a str),
    Strong(&'a str),
    Emphasis(&'a str),
    Link(&'a str, &'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < text.len() {
        match mark(&text[at..], text[..at].chars().next_back()) {
            Some((piece, len)) => {
                if from < at {
                    pieces.push(Piece::Text(&text[from..at]));
                }
                pieces.push(piece);
                at += len;
                from = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// The marked piece that a text begins with, and its length.
fn mark(text: &str, before: Option<char>) -> Option<(Piece<'_>, usize)> {
    let between = |open: &str, close: &str| {
        let rest = text.strip_prefix(open)?;
        let end = rest.find(close).filter(|end| *end > 0)?;
        Some((&rest[..end], open.len() + end + close.len()))
    };
    let at_word = before.is_none_or(|c| !c.is_alphanumeric());
    if let Some((code, len)) = between("`", "`") {
        return Some((Piece::Code(code), len));
    }
    if let Some((strong, len)) = between("**", "**") {
        return Some((Piece::Strong(strong), len));
    }
    if at_word && let Some((word, len)) = between("*", "*").or_else(|| between("_", "_")) {
        return (!word.starts_with(' ')).then_some((Piece::Emphasis(word), len));
    }
    let (label, len) = between("[", "]")?;
    let rest = text[len..].strip_prefix('(')?;
    let end = rest.find(')')?;
    let target = &rest[..end];
    let harmless = target.starts_with("https://") || target.starts_with('#');
    harmless.then_some((Piece::Link(label, target), len + end + 2))
}

/// A text of one line, with its code, emphasis and links.
pub(crate) fn inline(text: &str) -> Vec<Html> {
    let one = |piece: Piece<'_>| match piece {
        Piece::Text(text) => html! { { text } },
        Piece::Code(text) => html! { <code>{ text }</code> },
        Piece::Strong(text) => html! { <strong>{ text }</strong> },
        Piece::Emphasis(text) => html! { <em>{ text }</em> },
        Piece::Link(text, target) => {
            html! { <a href={target.to_owned()} target="_blank" rel="noopener noreferrer">{ text }</a> }
        }
    };
    pieces(text).into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart() {
        let text =
            "# Raft\n\nOne\ntwo.\n\n- a\n  b\n- c\n\n1. x\n2. y\n\n```\nlet\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let list = |ordered, items: &[&str]| Block::List(ordered, items.iter().map(|it| (*it).to_owned()).collect());
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            blocks(text),
            [
                Block::Heading(1, "Raft".into()),
                Block::Paragraph("One two.".into()),
                list(false, &["a b", "c"]),
                list(true, &["x", "y"]),
                Block::Code("let".into()),
                Block::Table(vec![row(["a", "b"]), row(["1", "2"])]),
            ]
        );
    }

    #[test]
    fn a_picture_is_one_of_our_own_files() {
        assert_eq!(blocks("![Two lines](../figures/a-1.svg)"), [Block::Picture("Two lines".into(), "a-1.svg".into())]);
        for elsewhere in ["https://a.b/c.svg", "../figures/../a.svg", "../figures/a.html", "javascript:a.svg"] {
            let text = format!("![x]({elsewhere})");
            assert_eq!(blocks(&text), [Block::Paragraph(text.clone())]);
        }
    }

    #[test]
    fn pieces_are_told_apart() {
        let text = "a `b` **c** *d* [e](https://f) 2 * 3 snake_case_name [g](javascript:h)";
        assert_eq!(
            pieces(text),
            [
                Piece::Text("a "),
                Piece::Code("b"),
                Piece::Text(" "),
                Piece::Strong("c"),
                Piece::Text(" "),
                Piece::Emphasis("d"),
                Piece::Text(" "),
                Piece::Link("e", "https://f"),
                Piece::Text(" 2 * 3 snake_case_name [g](javascript:h)"),
            ]
        );
    }
}
