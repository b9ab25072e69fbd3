//! What is lost, in words.

use serde_json::{Number, Value};

/// What values a place may not have any more.
#[derive(Debug, Clone, PartialEq)]
pub enum Loss {
    /// It was left out.
    Missing,
    /// It was there at all.
    Member,
    /// It was null or empty.
    Blank,
    /// It was one of these.
    Values(Vec<Value>),
    /// It was none of these.
    Unlisted(Vec<Value>),
    /// It was longer than so many characters.
    Longer(u64),
    /// It was shorter than so many characters.
    Shorter(u64),
    /// It did not match a pattern.
    Pattern(String),
    /// It had not a format.
    Format(String),
    /// It was no text that holds a JSON object.
    NoJson,
    /// It was a JSON object of more bytes.
    Bytes(u64),
    /// It was greater, or as great if that is told.
    Above(Number, bool),
    /// It was less, or as little if that is told.
    Below(Number, bool),
    /// It was a fraction.
    Fraction,
    /// It had more items.
    MoreItems(u64),
    /// It had fewer items.
    FewerItems(u64),
    /// An item came twice.
    Repeated,
    /// It was of this type.
    Type(&'static str),
    /// It was anything.
    Anything,
    /// It was something of what it may be, and a schema that is not understood refuses that.
    Part,
}

impl Loss {
    /// What an input may not be any more, to follow its name.
    #[must_use]
    pub fn of_input(&self) -> String {
        match self {
            Self::Missing => "must be given".to_owned(),
            Self::Member => "is no input any more".to_owned(),
            Self::Unlisted(values) => format!("must be {}", listed(values)),
            Self::Pattern(pattern) => format!("must match {pattern}"),
            Self::Format(format) => format!("must be a {format}"),
            Self::NoJson => "must be a JSON object".to_owned(),
            Self::Fraction => "must be a whole number".to_owned(),
            Self::Repeated => "may not have the same item twice".to_owned(),
            Self::Part => "may not be all that it could be".to_owned(),
            other => format!("may not {} any more", other.words()),
        }
    }

    /// What a result may be now, to follow its name.
    #[must_use]
    pub fn of_output(&self) -> String {
        match self {
            Self::Missing => "may be missing".to_owned(),
            Self::Member => "may be there".to_owned(),
            Self::Unlisted(values) => format!("need not be {}", listed(values)),
            Self::Pattern(pattern) => format!("need not match {pattern}"),
            Self::Format(format) => format!("need not be a {format}"),
            Self::NoJson => "need not be a JSON object".to_owned(),
            Self::Fraction => "need not be a whole number".to_owned(),
            Self::Repeated => "may have the same item twice".to_owned(),
            Self::Blank => "may be null".to_owned(),
            Self::Part => "may be more than it could be".to_owned(),
            other => format!("may {}", other.words()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Missing => "be left out".to_owned(),
            Self::Blank => "be blank".to_owned(),
            Self::Values(values) => format!("be {}", listed(values)),
            Self::Longer(length) => format!("be longer than {length} {}", plural(*length, "character")),
            Self::Shorter(length) => format!("be shorter than {length} {}", plural(*length, "character")),
            Self::Bytes(bytes) => format!("be a JSON object of more than {bytes} bytes"),
            Self::Above(number, false) => format!("be more than {number}"),
            Self::Above(number, true) => format!("be {number} or more"),
            Self::Below(number, false) => format!("be less than {number}"),
            Self::Below(number, true) => format!("be {number} or less"),
            Self::MoreItems(count) => format!("have more than {count} {}", plural(*count, "item")),
            Self::FewerItems(count) => format!("have fewer than {count} {}", plural(*count, "item")),
            Self::Type(name) => format!("be {name}"),
            Self::Anything => "be anything".to_owned(),
            Self::Member
            | Self::Unlisted(_)
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::NoJson
            | Self::Fraction
            | Self::Repeated
            | Self::Part => "be what it was".to_owned(),
        }
    }
}

/// Some values; of many, the first ones.
fn listed(values: &[Value]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = values.iter().take(SHOWN).map(ToString::to_string).collect();
    if values.len() > SHOWN {
        shown.push(format!("{} others", values.len() - SHOWN));
    }
    crate::text::alternatives(&shown)
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
