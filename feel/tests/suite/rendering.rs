//! Reads the texts that tell a value's type and all that it holds: `number(1.50)`, `[string("a"), null]`.

use std::collections::BTreeMap;

/// A value as its text tells it. Entries of contexts have no order, and errors no text, as engines word them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rendered {
    /// What has no parts: `null`, `number(1)`, `date(2020-01-01)`, `function(x)`.
    Plain(String),
    /// A string, in UTF-16 units, as feel-scala may cut a surrogate pair in half.
    Text(Vec<u16>),
    List(Vec<Rendered>),
    Context(BTreeMap<Vec<u16>, Rendered>),
    Range(String, Box<(Rendered, Rendered)>),
    Error,
}

impl Rendered {
    pub(crate) fn of(text: &str) -> Rendered {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value();
        assert!(reader.rest().is_empty(), "more than a value: {text}");
        value
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Rendered::Plain(text) if text == "null")
    }

    /// The double nearest to a number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Rendered::Plain(text) => text.strip_prefix("number(")?.parse().ok(),
            _ => None,
        }
    }

    /// Whether it or a part of it is so.
    pub(crate) fn any(&self, fits: &impl Fn(&Rendered) -> bool) -> bool {
        fits(self)
            || match self {
                Rendered::List(items) => items.iter().any(|item| item.any(fits)),
                Rendered::Context(entries) => entries.values().any(|value| value.any(fits)),
                _ => false,
            }
    }

    /// Whether the two are made alike of parts that are equal, or the same in this sense.
    pub(crate) fn same_as(&self, other: &Rendered, same: &impl Fn(&Rendered, &Rendered) -> bool) -> bool {
        match (self, other) {
            (Rendered::List(items), Rendered::List(others)) => {
                items.len() == others.len() && items.iter().zip(others).all(|(item, other)| item.same_as(other, same))
            }
            (Rendered::Context(entries), Rendered::Context(others)) => {
                entries.len() == others.len()
                    && entries
                        .iter()
                        .zip(others)
                        .all(|((key, value), (other_key, other))| key == other_key && value.same_as(other, same))
            }
            (one, other) => one == other || same(one, other),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, token: &str) -> bool {
        let there = self.rest().starts_with(token);
        if there {
            self.at += token.len();
        }
        there
    }

    fn expect(&mut self, token: &str) {
        assert!(self.take(token), "{token} expected at {} of {}", self.at, self.text);
    }

    fn until(&mut self, end: &str) -> &'t str {
        let rest = self.rest();
        let length = rest.find(end).unwrap_or_else(|| panic!("{end} expected after {} of {}", self.at, self.text));
        self.at += length + end.len();
        rest.get(..length).unwrap_or_default()
    }

    fn value(&mut self) -> Rendered {
        if self.take("[") {
            return Rendered::List(self.parts("]", Self::value));
        }
        if self.take("{") {
            let entries = self.parts("}", |reader| {
                let key = reader.literal();
                reader.expect(": ");
                (key, reader.value())
            });
            return Rendered::Context(entries.into_iter().collect());
        }
        if self.take("string(") {
            let text = self.literal();
            self.expect(")");
            return Rendered::Text(text);
        }
        if self.take("error(") || self.take("fatal(") {
            self.literal();
            self.expect(")");
            return Rendered::Error;
        }
        if self.take("range(") {
            return self.range();
        }
        for word in ["null", "true", "false"] {
            if self.take(word) {
                return Rendered::Plain(word.to_owned());
            }
        }
        Rendered::Plain(self.until(")").to_owned())
    }

    fn range(&mut self) -> Rendered {
        let opening = self.rest().chars().next().unwrap_or_default();
        self.at += opening.len_utf8();
        let start = self.value();
        self.expect(" .. ");
        let end = self.value();
        let closing = self.until(")");
        // The end of an open range has a bracket of its own.
        let closing = if closing.is_empty() { self.until(")") } else { closing };
        Rendered::Range(format!("{opening}{closing}"), Box::new((start, end)))
    }

    fn parts<T>(&mut self, end: &str, part: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut parts = Vec::new();
        if self.take(end) {
            return parts;
        }
        loop {
            parts.push(part(self));
            if self.take(end) {
                return parts;
            }
            self.expect(", ");
        }
    }

    /// A JSON string.
    fn literal(&mut self) -> Vec<u16> {
        self.expect("\"");
        let mut units = Vec::new();
        let mut buffer = [0; 2];
        loop {
            let c = self.rest().chars().next().unwrap_or_else(|| panic!("\" expected in {}", self.text));
            self.at += c.len_utf8();
            match c {
                '"' => return units,
                '\\' => units.push(self.escape()),
                c => units.extend_from_slice(c.encode_utf16(&mut buffer)),
            }
        }
    }

    fn escape(&mut self) -> u16 {
        let c = self.rest().bytes().next().unwrap_or_default();
        self.at += 1;
        match c {
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => {
                let digits = self.rest().get(..4).unwrap_or_default();
                self.at += 4;
                u16::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("four digits expected in {}", self.text))
            }
            c => u16::from(c),
        }
    }
}

#[test]
fn values_are_read() {
    let same = |one: &str, other: &str| assert_eq!(Rendered::of(one), Rendered::of(other));
    same("{\"a\": number(1.50), \"b\": [null, true]}", "{\"b\": [null, true], \"a\": number(1.50)}");
    same("string(\"\\n\\u00e9\")", "string(\"\\u000aé\")");
    same("error(\"x\")", "error(\"y)\")");
    assert_ne!(Rendered::of("number(1.5)"), Rendered::of("number(1.50)"));
    assert_ne!(Rendered::of("range([number(1) .. number(2)])"), Rendered::of("range([number(1) .. number(2)))"));
    assert_ne!(Rendered::of("[string(\"\\ud83d\")]"), Rendered::of("[string(\"\\ufffd\")]"));
}
