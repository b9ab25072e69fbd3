//! Takes an object apart, key by key, and tells which keys nobody took.

use crate::template::fault::{Fault, Problem};
use crate::template::tree::{Kind, Member, Node, Path};
use serde_json::{Map, Number, Value};

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, path: &Path, problem: Problem) {
        self.0.push(Fault { path: path.clone(), problem });
    }

    pub(super) fn refuse(&mut self, path: &Path, reason: impl Into<String>) {
        self.add(path, Problem::Refused { reason: reason.into() });
    }

    fn wrong_type(&mut self, path: &Path, expected: &'static str, node: &Node) {
        self.add(path, Problem::WrongType { expected, found: node.article() });
    }
}

/// An object that is taken apart.
pub(super) struct Members<'a> {
    all: &'a [Member],
    pub(super) path: Path,
    known: Vec<&'static str>,
}

impl<'a> Members<'a> {
    /// The members of an object; anything else is a fault.
    pub(super) fn of(node: &'a Node, path: &Path, faults: &mut Faults) -> Option<Self> {
        let Some(members) = node.members() else {
            faults.wrong_type(path, "an object", node);
            return None;
        };
        Some(Self { all: members, path: path.clone(), known: Vec::new() })
    }

    /// The value of a key, of whatever type.
    pub(super) fn take(&mut self, key: &'static str) -> Option<(&'a Node, Path)> {
        self.known.push(key);
        let member = self.all.iter().rev().find(|member| member.key == key)?;
        Some((&member.value, self.path.key(key)))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.all.iter().any(|member| member.key == key)
    }

    /// Complains if a key is not there.
    pub(super) fn require(&self, key: &'static str, by: &str, faults: &mut Faults) {
        if !self.has(key) {
            faults.add(&self.path, Problem::Missing { key, by: by.to_owned() });
        }
    }

    fn typed<T>(
        &mut self,
        key: &'static str,
        expected: &'static str,
        faults: &mut Faults,
        read: impl FnOnce(&'a Node) -> Option<T>,
    ) -> Option<T> {
        let (node, path) = self.take(key)?;
        let value = read(node);
        if value.is_none() {
            faults.wrong_type(&path, expected, node);
        }
        value
    }

    pub(super) fn text(&mut self, key: &'static str, faults: &mut Faults) -> Option<String> {
        self.typed(key, "a string", faults, |node| node.text().map(str::to_owned))
    }

    pub(super) fn flag(&mut self, key: &'static str, faults: &mut Faults) -> Option<bool> {
        self.typed(key, "true or false", faults, |node| match node.kind {
            Kind::Boolean(flag) => Some(flag),
            _ => None,
        })
    }

    pub(super) fn number(&mut self, key: &'static str, faults: &mut Faults) -> Option<Number> {
        self.typed(key, "a number", faults, |node| number(node).cloned())
    }

    pub(super) fn integer(&mut self, key: &'static str, faults: &mut Faults) -> Option<i64> {
        self.typed(key, "a whole number", faults, |node| integer(number(node)?))
    }

    pub(super) fn object(&mut self, key: &'static str, faults: &mut Faults) -> Option<Map<String, Value>> {
        self.typed(key, "an object", faults, |node| match node.to_value() {
            Value::Object(map) => Some(map),
            _ => None,
        })
    }

    /// The items of an array, each read; those that cannot be are left out.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        faults: &mut Faults,
        mut read: impl FnMut(&'a Node, &Path, &mut Faults) -> Option<T>,
    ) -> Option<Vec<T>> {
        let (node, path) = self.take(key)?;
        let Some(items) = node.items() else {
            faults.wrong_type(&path, "an array", node);
            return None;
        };
        let items = items.iter().enumerate();
        Some(items.filter_map(|(index, item)| read(item, &path.index(index), faults)).collect())
    }

    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Faults) -> Option<Vec<String>> {
        self.list(key, faults, text)
    }

    /// A text out of a list of names.
    pub(super) fn named<T: Copy>(
        &mut self,
        key: &'static str,
        names: &[(&'static str, T)],
        faults: &mut Faults,
    ) -> Option<T> {
        let text = self.text(key, faults)?;
        let found = names.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let allowed = names.iter().map(|(name, _)| (*name).to_owned()).collect();
            faults.add(&self.path.key(key), Problem::NoneOf { found: text, allowed });
        }
        found.map(|(_, value)| *value)
    }

    /// Complains about keys that nobody took and keys that occur more than once.
    pub(super) fn end(self, faults: &mut Faults) {
        for (index, member) in self.all.iter().enumerate() {
            let path = self.path.key(&member.key);
            if self.all.iter().skip(index + 1).any(|other| other.key == member.key) {
                faults.add(&path, Problem::RepeatedKey { key: member.key.clone() });
            } else if !self.known.contains(&member.key.as_str()) {
                faults.add(&path, Problem::UnknownKey { key: member.key.clone(), nearest: self.nearest(&member.key) });
            }
        }
    }

    /// Like `end`, for one of the few objects in which the schema allows no other keys.
    pub(super) fn closed(self, what: &str, faults: &mut Faults) {
        for member in self.all.iter().filter(|member| !self.known.contains(&member.key.as_str())) {
            faults.refuse(&self.path.key(&member.key), format!("{what} has no `{}`", member.key));
        }
    }

    fn nearest(&self, key: &str) -> Option<&'static str> {
        let likeness = |known: &&'static str| strsim::jaro_winkler(&key.to_lowercase(), &known.to_lowercase());
        let absent = self.known.iter().copied().filter(|known| !self.has(known));
        absent.filter(|known| likeness(known) > 0.8).max_by(|one, other| likeness(one).total_cmp(&likeness(other)))
    }
}

pub(super) fn text(node: &Node, path: &Path, faults: &mut Faults) -> Option<String> {
    let text = node.text();
    if text.is_none() {
        faults.wrong_type(path, "a string", node);
    }
    text.map(str::to_owned)
}

fn number(node: &Node) -> Option<&Number> {
    match &node.kind {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

/// A whole number, however it is written: 2.0 is one.
fn integer(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let number = number.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
    })
}
