//! The page's words in every language it speaks.

mod words;

pub(crate) use crate::draw::Language;
pub(crate) use words::Word;

impl Language {
    /// All of them, each with its own name.
    pub(crate) const ALL: [(Language, &'static str); 2] = [(Language::En, "English"), (Language::Zh, "简体中文")];

    /// The language a BCP 47 tag asks for.
    pub(crate) fn of_tag(tag: &str) -> Option<Language> {
        match tag.split(['-', '_']).next() {
            Some("en") => Some(Language::En),
            Some("zh") => Some(Language::Zh),
            _ => None,
        }
    }

    /// Its tag, for the `lang` attribute.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Zh => "zh-Hans",
        }
    }

    /// A word of the page.
    pub(crate) fn say(self, word: Word) -> &'static str {
        self.of(word.both())
    }

    /// A word of the page with its gaps filled.
    pub(crate) fn fill(self, word: Word, gaps: &[(&str, &str)]) -> String {
        fill(self.say(word), gaps)
    }
}

/// A template with each `{name}` replaced by its value; unknown names stay as they are.
pub(crate) fn fill(template: &str, gaps: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let Some(close) = inner.find('}') else {
            rest = &rest[open..];
            break;
        };
        match gaps.iter().find(|(name, _)| *name == &inner[..close]) {
            Some((_, value)) => text.push_str(value),
            None => text.push_str(&rest[open..open + close + 2]),
        }
        rest = &inner[close + 1..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_the_rest_is_kept() {
        let gaps = [("node", "n3"), ("term", "2")];
        assert_eq!(fill("{node} asks in term {term}", &gaps), "n3 asks in term 2");
        assert_eq!(fill("{who} and {", &gaps), "{who} and {");
        assert_eq!(fill("", &gaps), "");
    }

    #[test]
    fn a_tag_finds_its_language() {
        assert_eq!(Language::of_tag("zh-CN"), Some(Language::Zh));
        assert_eq!(Language::of_tag("en"), Some(Language::En));
        assert_eq!(Language::of_tag("fr"), None);
    }
}
