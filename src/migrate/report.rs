//! What is told of an element that has been moved: what was lost on the way, and what a person has to look at.

use crate::compat::{Element, Entry, ShownError, default, errors, name};
use crate::lint::is_secret_value;
use crate::template::{Binding, BindingKind, ElementTemplate, Property, PropertyKind};
use opwright_feel::Expression;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::HashSet;

/// Something that is told of an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The field, as people know it.
    pub field: String,
    /// What has happened or is to be done.
    pub message: String,
}

/// The kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteKind {
    /// Something that was entered is gone.
    Lost,
    /// Something that was entered became something else.
    Reset,
    /// What nobody had entered is another default now.
    Default,
    /// What was entered is elsewhere, or is called something else.
    Moved,
    /// Somebody has to look at it.
    Needs,
}

impl NoteKind {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Reset => "reset",
            Self::Default => "default",
            Self::Moved => "moved",
            Self::Needs => "needs",
        }
    }

    /// Whether the element is not what it was, or not fine, before somebody has looked at it.
    #[must_use]
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::Lost | Self::Reset | Self::Needs)
    }
}

/// A value that is followed on its way.
#[derive(Debug)]
pub(super) struct Tracked<'a> {
    /// The old template's property.
    pub(super) property: &'a Property,
    pub(super) from: Binding,
    pub(super) to: Binding,
    pub(super) before: String,
    /// What it would be if nothing were lost.
    pub(super) wanted: String,
    /// Whether nobody had entered it.
    pub(super) is_default: bool,
}

/// The fields of a template that an element holds something for, each place once; an active one before others.
pub(super) fn fields<'a>(holds: &Element, template: &'a ElementTemplate) -> Vec<&'a Property> {
    let mut places = HashSet::new();
    let active = holds.active(template);
    let is_active = |property: &Property| active.iter().any(|one| std::ptr::eq(*one, property));
    let mut found: Vec<&Property> = Vec::new();
    let first = template.properties.iter().filter(|property| is_active(property));
    let rest = template.properties.iter().filter(|property| !is_active(property));
    for property in first.chain(rest) {
        let Some(place) = property.place() else { continue };
        if places.insert(place) && property.kind != Some(PropertyKind::Hidden) && holds.get(property).is_some() {
            found.push(property);
        }
    }
    found
}

/// What is followed in an update: everything stays where it is.
pub(super) fn tracked<'a>(holds: &Element, old: &'a ElementTemplate) -> Vec<Tracked<'a>> {
    let fields = fields(holds, old).into_iter();
    fields
        .filter_map(|property| {
            let place = property.place()?.into_owned();
            let before = holds.get(property)?.text().to_owned();
            let is_default = default(property).unwrap_or_default() == before;
            Some(Tracked { property, from: place.clone(), to: place, wanted: before.clone(), before, is_default })
        })
        .collect()
}

/// An element before and after.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a ElementTemplate,
    pub(super) new: &'a ElementTemplate,
    pub(super) before: &'a Element,
    pub(super) after: &'a Element,
    pub(super) tracked: &'a [Tracked<'a>],
}

impl Comparison<'_> {
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = self.tracked.iter().filter_map(|tracked| self.of(tracked)).collect();
        notes.extend(self.by_hand());
        notes.extend(self.objections());
        notes.extend(self.expressions());
        notes
    }

    /// The active property of the new template at a place.
    fn at(&self, place: &Binding) -> Option<&Property> {
        self.after.active(self.new).into_iter().find(|property| property.place().as_deref() == Some(place))
    }

    fn of(&self, tracked: &Tracked<'_>) -> Option<Note> {
        let Tracked { property, from, to, before, wanted, is_default } = tracked;
        let now = self.after.at(to).map(Entry::text);
        let shown = |value: &str| {
            if is_secret_value(property, value) { "a secret".to_owned() } else { format!("{value:?}") }
        };
        let note = |kind, message| Some(Note { kind, field: name(property), message });
        match now {
            Some(now) if now == wanted => {
                let place = if from == to { String::new() } else { format!("`{from}` is `{to}`") };
                let value =
                    if before == wanted { String::new() } else { format!("{} is {}", shown(before), shown(wanted)) };
                let parts = [place, value].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                if parts.is_empty() || before.is_empty() { None } else { note(NoteKind::Moved, parts.join(", ")) }
            }
            Some(now) if *is_default => {
                let is_field = self.at(to).is_some_and(|new| new.kind != Some(PropertyKind::Hidden));
                let message = format!("{} was the default, {} is", shown(before), shown(now));
                if is_field { note(NoteKind::Default, message) } else { None }
            }
            _ if before.is_empty() || *is_default => None,
            Some(now) => {
                let why = match self.at(to).and_then(|new| new.kind) {
                    Some(PropertyKind::Hidden) => ", a constant now",
                    Some(PropertyKind::Dropdown) => ", since it is no choice any more",
                    _ => "",
                };
                note(NoteKind::Reset, format!("{} became {}{why}", shown(before), shown(now)))
            }
            None => {
                let is_bound = self.new.properties.iter().any(|new| new.place().as_deref() == Some(to));
                let why = if is_bound { "is not active any more" } else { "has nothing bound to it any more" };
                note(NoteKind::Lost, format!("{} is gone: `{to}` {why}", shown(before)))
            }
        }
    }

    /// What was written by hand where the old template has nothing, and is gone.
    fn by_hand(&self) -> Vec<Note> {
        let owned: HashSet<Cow<'_, Binding>> = self.old.properties.iter().filter_map(Property::place).collect();
        let entries = self.before.entries().into_iter().filter(|(place, _)| {
            let is_own = matches!(place.name.as_deref(), Some("id" | "zeebe:modelerTemplate"));
            !owned.contains(*place)
                && !is_own
                && place.kind != BindingKind::Property
                && place.kind != BindingKind::UserTask
        });
        let gone = entries.filter(|(place, entry)| self.after.at(place) != Some(entry));
        gone.map(|(place, _)| Note {
            kind: NoteKind::Lost,
            field: place.to_string(),
            message: "was there beside the template, and the new one leaves no room for it".to_owned(),
        })
        .collect()
    }

    /// What the panel says against values now, and did not before.
    fn objections(&self) -> Vec<Note> {
        let before = errors(self.before, self.old);
        let is_new = |error: &ShownError| {
            let tracked = self.tracked.iter().find(|tracked| tracked.to == error.place);
            let from = tracked.map_or(&error.place, |tracked| &tracked.from);
            !before.iter().any(|known| known.place == *from && known.end == error.end)
        };
        let new = errors(self.after, self.new).into_iter().filter(is_new);
        new.map(|error| Note { kind: NoteKind::Needs, field: error.property, message: error.end }).collect()
    }

    /// Expressions that read inputs that are elsewhere now.
    fn expressions(&self) -> Vec<Note> {
        let inputs = self.before.entries().into_iter().filter(|(place, _)| place.kind == BindingKind::Input);
        let gone: Vec<(&str, Option<&Binding>)> = inputs
            .filter_map(|(place, _)| {
                let to = self.tracked.iter().find(|tracked| tracked.from == *place).map(|tracked| &tracked.to);
                let is_there = to.map_or_else(|| self.after.at(place), |to| self.after.at(to)).is_some();
                let stays = self.after.at(place).is_some() && to.is_none_or(|to| to == place);
                (!stays).then_some((place.name.as_deref()?, to.filter(|_| is_there)))
            })
            .collect();
        let mut notes = Vec::new();
        for tracked in self.tracked {
            let value = self.after.at(&tracked.to).map(Entry::text).unwrap_or_default();
            if value != tracked.wanted || !value.starts_with('=') {
                continue;
            }
            let Ok(expression) = Expression::parse(value) else { continue };
            let reads: Vec<String> = expression.reads().iter().map(|read| read.path.join(".")).collect();
            let is_read = |name: &str| {
                reads
                    .iter()
                    .any(|read| read == name || read.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
            };
            for (input, to) in gone.iter().filter(|(input, _)| is_read(input)) {
                let now = to.map_or_else(|| "is no input any more".to_owned(), |to| format!("is `{to}` now"));
                let message = format!("its expression reads `{input}`, which {now}");
                notes.push(Note { kind: NoteKind::Needs, field: name(tracked.property), message });
            }
        }
        notes
    }
}
