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
    /// A second copy of a message.
    Duplicate,
    /// So many local events in one.
    LocalEvents,
    /// So many events are in view.
    EventsInView,
    /// Not all messages are drawn.
    OneOf,
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
        Term::Duplicate => Words { en: "duplicate", zh: "重复" },
        Term::LocalEvents => Words { en: "{count} local events", zh: "{count} 个本地事件" },
        Term::EventsInView => Words { en: "{count} events in view", zh: "视野中有 {count} 个事件" },
        Term::OneOf => Words { en: "one of {count} messages drawn", zh: "每 {count} 条消息画一条" },
    })
}
