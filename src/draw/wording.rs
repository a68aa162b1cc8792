//! The few words that drawings carry.

use netsplit_protocols::Words;

/// The languages of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// A text in this language.
    pub fn of(self, words: Words) -> &'static str {
        match self {
            Language::En => words.en,
            Language::Zh => words.zh,
        }
    }
}

/// A word in a drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// A node that is not there.
    Down,
    /// A node that stands still.
    Paused,
    /// A node that says other things than its protocol has it say.
    Liar,
    /// A node comes up for the first time.
    Starts,
    /// A write became durable.
    Durable,
    /// A timer ran out.
    Timer,
    /// A message that was lost.
    Lost,
    /// A message in flight.
    OnItsWay,
}

/// A word in a language.
pub fn say(lang: Language, term: Term) -> &'static str {
    lang.of(match term {
        Term::Down => Words { en: "down", zh: "停机" },
        Term::Paused => Words { en: "paused", zh: "暂停" },
        Term::Liar => Words { en: "liar", zh: "说谎者" },
        Term::Starts => Words { en: "starts", zh: "启动" },
        Term::Durable => Words { en: "write durable", zh: "写入已持久化" },
        Term::Timer => Words { en: "timer", zh: "定时器" },
        Term::Lost => Words { en: "lost", zh: "丢失" },
        Term::OnItsWay => Words { en: "on its way", zh: "传输中" },
    })
}
