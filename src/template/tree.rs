//! The text of a JSON file as a tree that knows where each value stands. Only this module names the parser.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use std::fmt;
use std::ops::Range;

/// A JSON value and where it stands, in bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From its first byte to behind its last.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a JSON value is.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds are those of JSON")]
pub enum Kind {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A member of an object. A key may occur more than once; the last one counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its key.
    pub key: String,
    /// Where the key stands, quotes included.
    pub key_span: Range<usize>,
    /// Its value.
    pub value: Node,
}

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SyntaxFault {
    /// What is wrong.
    pub reason: String,
    /// At this byte.
    pub at: usize,
}

impl Node {
    /// Reads a text. What `JSON.parse` refuses is refused, and so is what is nested more than 128 deep.
    pub fn parse(text: &str) -> Result<Self, SyntaxFault> {
        // The authority on what JSON is; the other parser is lenient here and there, but knows places.
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| SyntaxFault::of(text, &error))?;
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        let value = parsed.ok().and_then(|parsed| parsed.value);
        value.map(Self::of).ok_or_else(|| SyntaxFault { reason: "it cannot be read".to_owned(), at: 0 })
    }

    fn of(value: ast::Value<'_>) -> Self {
        let span = value.range().start..value.range().end;
        let kind = match value {
            ast::Value::NullKeyword(_) => Kind::Null,
            ast::Value::BooleanLit(literal) => Kind::Boolean(literal.value),
            // What a double cannot hold is infinite, which no rule asks for.
            ast::Value::NumberLit(literal) => literal.value.parse().map_or(Kind::Null, Kind::Number),
            ast::Value::StringLit(literal) => Kind::String(literal.value.into_owned()),
            ast::Value::Array(array) => Kind::Array(array.elements.into_iter().map(Self::of).collect()),
            ast::Value::Object(object) => Kind::Object(object.properties.into_iter().map(Member::of).collect()),
        };
        Self { span, kind }
    }

    /// What it is called in messages.
    #[must_use]
    pub const fn article(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Boolean(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items of an array.
    #[must_use]
    pub fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of an object's member.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?.iter().rev().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The value without its places.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::String(text) => Value::String(text.clone()),
            Kind::Array(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Kind::Object(members) => {
                let members = members.iter().map(|member| (member.key.clone(), member.value.to_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// Where a path leads: the key and the value of a member, the value of an item. As far as it leads, if it ends before.
    #[must_use]
    pub fn find(&self, path: &Path) -> Range<usize> {
        let mut node = self;
        let mut span = self.span.clone();
        for step in &path.0 {
            let next = match step {
                Step::Key(key) => node.members().and_then(|members| {
                    let member = members.iter().rev().find(|member| member.key == *key)?;
                    Some((member.key_span.start..member.value.span.end, &member.value))
                }),
                Step::Index(index) => {
                    node.items().and_then(|items| items.get(*index)).map(|item| (item.span.clone(), item))
                }
            };
            let Some((found, value)) = next else { break };
            (span, node) = (found, value);
        }
        span
    }
}

impl Member {
    fn of(property: ast::ObjectProp<'_>) -> Self {
        let range = property.name.range();
        let key = match property.name {
            ast::ObjectPropName::String(name) => name.value.into_owned(),
            ast::ObjectPropName::Word(name) => name.value.to_owned(),
        };
        Self { key, key_span: range.start..range.end, value: Node::of(property.value) }
    }
}

impl SyntaxFault {
    fn of(text: &str, error: &serde_json::Error) -> Self {
        let told = error.to_string();
        let reason = told.rsplit_once(" at line ").map_or(told.as_str(), |(reason, _)| reason).to_owned();
        let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let mut at = (line_start + error.column().saturating_sub(1)).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        Self { reason, at }
    }
}

/// Where a value stands in a tree, as a JSON pointer tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// The member of this key.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.then(Step::Key(key.into()))
    }

    /// The item at this index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    /// Which item of the list under this key the path leads into.
    #[must_use]
    pub fn item_of(&self, list: &str) -> Option<usize> {
        self.0.windows(2).find_map(|steps| match steps {
            [Step::Key(key), Step::Index(index)] if key == list => Some(*index),
            _ => None,
        })
    }

    fn then(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("/");
        }
        self.0.iter().try_for_each(|step| match step {
            Step::Key(key) => write!(formatter, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(formatter, "/{index}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_where_they_stand() {
        let text = r#"{ "a": [1, {"b": "x\n"}], "a~/": true, "a": [2, {"b": "é"}] }"#;
        let tree = Node::parse(text).expect("it is JSON");
        let at = |path: &Path| &text[tree.find(path)];
        let root = Path::default();
        assert_eq!(at(&root), text);
        // The last of two keys counts, as for `JSON.parse`.
        assert_eq!(at(&root.key("a").index(0)), "2");
        assert_eq!(at(&root.key("a").index(1).key("b")), r#""b": "é""#);
        assert_eq!(at(&root.key("a").index(7).key("b")), r#""a": [2, {"b": "é"}]"#);
        assert_eq!(root.key("a~/").index(3).to_string(), "/a~0~1/3");
        assert_eq!(tree.to_value(), serde_json::json!({ "a": [2, { "b": "é" }], "a~/": true }));
    }

    #[test]
    fn what_is_no_json_is_refused_at_its_place() {
        let told = |text: &str| Node::parse(text).map(drop).map_err(|fault| (fault.at, fault.reason));
        assert_eq!(told("{}"), Ok(()));
        assert_eq!(told("{ 'a': 1 }"), Err((2, "key must be a string".to_owned())));
        assert_eq!(told("[1,\n 2,]"), Err((7, "expected value".to_owned())));
        assert_eq!(told("é // no"), Err((0, "expected value".to_owned())));
        assert_eq!(told("01"), Err((1, "invalid number".to_owned())));
        assert!(told(&"[".repeat(100_000)).is_err());
        assert_eq!(told(""), Err((0, "EOF while parsing a value".to_owned())));
        assert!(told("\"\u{1}\"").is_err());
    }
}
