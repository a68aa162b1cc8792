//! The page's design tokens (`www/styles/tokens.css`) as the canvases use them.

use super::Standing;
use netsplit_sim::Shape;

/// A colour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ink {
    css: String,
    rgb: [u8; 3],
}

impl Ink {
    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Ink> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Ink::new([channel(0)?, channel(2)?, channel(4)?]))
    }
    fn new(rgb: [u8; 3]) -> Ink {
        Ink { css: format!("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]), rgb }
    }
    /// As CSS writes it.
    pub fn css(&self) -> &str {
        &self.css
    }
    /// A share `t` of `other`, the rest of this colour.
    pub fn mix(&self, other: &Ink, t: f64) -> Ink {
        let channel = |at: usize| {
            let (a, b) = (f64::from(self.rgb[at]), f64::from(other.rgb[at]));
            (a + (b - a) * t.clamp(0.0, 1.0)).round() as u8
        };
        Ink::new([channel(0), channel(1), channel(2)])
    }
    /// How bright it is, from 0 to 1, as WCAG 2 defines it.
    pub fn luminance(&self) -> f64 {
        let linear = |value: u8| {
            let c = f64::from(value) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.rgb[0]) + 0.7152 * linear(self.rgb[1]) + 0.0722 * linear(self.rgb[2])
    }
    /// Its contrast with another colour, from 1 to 21.
    pub fn contrast(&self, other: &Ink) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

macro_rules! inks {
    ($($(#[$doc:meta])* $field:ident = $token:literal, $fallback:literal;)*) => {
        /// Every colour and font that drawings use.
        #[derive(Clone, PartialEq, Debug)]
        pub struct Palette {
            $($(#[$doc])* pub $field: Ink,)*
            /// Colours for numbers: equal ones look alike.
            pub tones: [Ink; 8],
            /// Grounds of the sides of a partition.
            pub sides: [Ink; 4],
            /// Type.
            pub fonts: Fonts,
        }

        impl Palette {
            /// A palette from the values of the tokens; what is missing or unreadable is as in the light theme.
            pub fn from_tokens(value: impl Fn(&str) -> Option<String>) -> Palette {
                let ink = |token: &str, fallback: &str| {
                    let read = value(token).and_then(|text| Ink::parse(&text));
                    read.or_else(|| Ink::parse(fallback)).unwrap_or_else(|| Ink::new([128; 3]))
                };
                Palette {
                    $($field: ink($token, $fallback),)*
                    tones: std::array::from_fn(|n| ink(&format!("--tone-{n}"), "#67717f")),
                    sides: std::array::from_fn(|n| ink(&format!("--side-{n}"), "#0072b2")),
                    fonts: Fonts::from_tokens(&value),
                }
            }
        }
    };
}

inks! {
    /// The ground of drawings.
    surface = "--surface", "#ffffff";
    /// The ground of what floats: labels.
    raised = "--raised", "#ffffff";
    /// A sunken ground: tracks.
    well = "--well", "#f1f3f6";
    /// The ground of what is pointed at.
    hovered = "--hover", "#eef1f5";
    /// What is read.
    text = "--text", "#171b22";
    /// What is read second.
    muted = "--text-muted", "#59626f";
    /// What is read last.
    faint = "--text-faint", "#626b78";
    /// Hairlines.
    line = "--line", "#e3e7ec";
    /// Fainter hairlines: a grid.
    line_soft = "--line-soft", "#edf0f4";
    /// Lines that carry meaning.
    line_strong = "--line-strong", "#858e9b";
    /// Selection and the cursor.
    accent = "--accent", "#0067a8";
    /// Text on the accent.
    on_accent = "--on-accent", "#ffffff";
    /// What broke.
    danger = "--danger", "#b93813";
    /// Faults people make.
    warn = "--warn", "#8a5a00";
    /// One of many.
    plain = "--role-plain", "#5d6b7e";
    /// Striving to lead.
    striving = "--role-striving", "#a36300";
    /// Leading.
    leading = "--role-leading", "#007d5a";
    /// Outside the group.
    outside = "--role-outside", "#a34d80";
    /// Down.
    down = "--role-down", "#79828f";
    /// Text on a role's colour.
    on_role = "--on-role", "#ffffff";
    /// A message that asks.
    request = "--msg-request", "#0072b2";
    /// A message that answers.
    reply = "--msg-reply", "#00855f";
    /// A message to or from a client.
    client = "--msg-client", "#a34d80";
    /// What is not the same in the run beside.
    differs = "--differs", "#6a4fb0";
    /// What happened before an event.
    past = "--cone-past", "#6a4fb0";
    /// What came of an event.
    future = "--cone-future", "#b05a00";
    /// A message that was lost.
    lost = "--msg-lost", "#b93813";
}

/// Fonts as canvases take them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fonts {
    /// Small text.
    pub small: String,
    /// Small text that stands out.
    pub small_strong: String,
    /// Names.
    pub name: String,
    /// Figures of equal width.
    pub figures: String,
    /// The same, standing out.
    pub figures_strong: String,
}

impl Fonts {
    fn from_tokens(value: &impl Fn(&str) -> Option<String>) -> Fonts {
        let family = |token: &str, fallback: &str| {
            let read = value(token).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
            read.filter(|text| !text.is_empty()).unwrap_or_else(|| fallback.to_owned())
        };
        let (ui, mono) = (family("--font-ui", "system-ui, sans-serif"), family("--font-mono", "monospace"));
        Fonts {
            small: format!("12px {ui}"),
            small_strong: format!("600 12px {ui}"),
            name: format!("600 13px {ui}"),
            figures: format!("12px {mono}"),
            figures_strong: format!("600 12px {mono}"),
        }
    }
}

impl Palette {
    /// Reads the tokens from the page's root element. Do so again when the theme changes.
    pub fn read() -> Palette {
        let window = web_sys::window();
        let root = window.as_ref().and_then(|window| window.document()).and_then(|page| page.document_element());
        let style = window.zip(root).and_then(|(window, root)| window.get_computed_style(&root).ok().flatten());
        Palette::from_tokens(|token| style.as_ref()?.get_property_value(token).ok().filter(|text| !text.is_empty()))
    }
    /// The colour of how a node stands.
    pub fn standing(&self, standing: Standing) -> &Ink {
        match standing {
            Standing::Plain => &self.plain,
            Standing::Striving => &self.striving,
            Standing::Leading => &self.leading,
            Standing::Outside => &self.outside,
            Standing::Down => &self.down,
        }
    }
    /// The colour of a message.
    pub fn shape(&self, shape: Shape) -> &Ink {
        match shape {
            Shape::Request => &self.request,
            Shape::Reply => &self.reply,
            Shape::Client => &self.client,
        }
    }
    /// The colour of a number.
    pub fn tone(&self, number: u64) -> &Ink {
        &self.tones[(number % 8) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const TOKENS: &str = include_str!("../../www/styles/tokens.css");

    /// The tokens of the first block that begins with `from`.
    fn block(from: &str) -> BTreeMap<String, String> {
        let start = TOKENS.find(from).unwrap() + from.len();
        let body = TOKENS[start..].split('}').next().unwrap();
        let body: String = body.split("/*").map(|part| part.rsplit("*/").next().unwrap()).collect();
        let declarations = body.split(';').filter_map(|line| line[line.find("--")?..].split_once(':'));
        declarations.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
    }
    fn themes() -> [(&'static str, BTreeMap<String, String>); 2] {
        [("light", block(":root {")), ("dark", block(":root[data-theme=\"dark\"] {"))]
    }
    fn ink(theme: &BTreeMap<String, String>, token: &str) -> Ink {
        Ink::parse(&theme[token]).unwrap_or_else(|| panic!("{token}: {}", theme[token]))
    }

    #[test]
    fn both_ways_to_dark_are_the_same_dark() {
        assert_eq!(block(":root:not([data-theme=\"light\"]) {"), block(":root[data-theme=\"dark\"] {"));
        let names = |theme: &BTreeMap<String, String>| theme.keys().cloned().collect::<Vec<_>>();
        let [(_, light), (_, dark)] = themes();
        assert_eq!(names(&light), names(&dark));
    }

    #[test]
    fn what_is_read_and_what_is_seen_stands_out() {
        for (name, theme) in themes() {
            let check = |token: &str, ground: &str, least: f64| {
                let contrast = ink(&theme, token).contrast(&ink(&theme, ground));
                assert!(contrast >= least, "{name}: {token} on {ground} has {contrast:.2} : 1, not {least} : 1");
            };
            for ground in ["--bg", "--surface", "--raised", "--hover", "--well"] {
                for token in ["--text", "--text-muted", "--text-faint", "--accent", "--ok", "--warn", "--danger"] {
                    check(token, ground, 4.5);
                }
            }
            for ground in ["--bg", "--surface", "--raised"] {
                let seen = |token: &&String| {
                    ["--role-", "--tone-", "--msg-", "--side-", "--line-strong", "--focus", "--differs"]
                        .iter()
                        .any(|kind| token.starts_with(kind))
                };
                theme.keys().filter(seen).for_each(|token| check(token, ground, 3.0));
            }
            for role in ["--role-plain", "--role-striving", "--role-leading", "--role-outside"] {
                check("--on-role", role, 4.5);
            }
            for meaning in ["--accent", "--ok", "--warn", "--danger"] {
                check(meaning, &format!("{meaning}-soft"), 4.5);
            }
            check("--on-accent", "--accent", 4.5);
        }
    }

    #[test]
    fn every_token_a_drawing_asks_for_is_there() {
        for (name, theme) in themes() {
            let rest = block(":root {\n  --font");
            Palette::from_tokens(|token| {
                let is_there = theme.contains_key(token) || rest.contains_key(token) || token == "--font-ui";
                assert!(is_there, "{name}: {token} is missing");
                theme.get(token).cloned()
            });
        }
    }

    #[test]
    fn colours_mix() {
        let (black, white) = (Ink::parse("#000000").unwrap(), Ink::parse("#ffffff").unwrap());
        assert_eq!(black.mix(&white, 0.5).css(), "#808080");
        assert_eq!(black.contrast(&white), 21.0);
        for text in ["", "#fff", "red", "#gggggg", "#ééé", "#12345"] {
            assert_eq!(Ink::parse(text), None);
        }
    }
}
