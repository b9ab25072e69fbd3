//! Compares two sets, place by place. Every loss is tried with the validator before it is told.

use super::example::{Examples, anything, is_tag, tags_apart};
use super::set::{Alternative, Bound, List, Object, Range, Set, WORK};
use super::{Loss, LostValue, NotProven, document};
use crate::schema::accepted::JSON_OBJECT_BYTES;
use crate::schema::digits;
use crate::schema::validator::{self, Compiled, Proof};
use serde_json::{Map, Value, json};
use std::cell::Cell;

/// So many pairs of alternatives are compared.
const PAIRS: usize = 20_000;
/// So often the validator's algebra is asked, and only of schemas of so many parts: it may take long.
const QUESTIONS: usize = 16;
const PARTS: usize = 600;
/// So many values that it suggests are tried.
const SUGGESTED: usize = 20;
/// So many losses are told.
const LOSSES: usize = 200;

const NOT_UNDERSTOOD: &str = "the schema has keywords that are not understood";

/// Two schemas that are compared.
pub(super) struct Comparison<'s> {
    taken: Set<'s>,
    taking: Set<'s>,
    /// The schemas that take what is shown, and the one that does not.
    takes_old: Vec<Compiled>,
    takes_new: Compiled,
    pub(super) examples: Examples,
    pairs: Cell<usize>,
    questions: Cell<usize>,
}

/// What a comparison has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) lost: Vec<LostValue>,
    pub(super) not_proven: Vec<NotProven>,
}

impl Found {
    pub(super) fn add(&mut self, other: Self) {
        for lost in other.lost {
            // A text and what it stands for are one.
            if !self.lost.iter().any(|known| known.path == lost.path && known.loss == lost.loss) {
                self.lost.push(lost);
            }
        }
        self.not_proven.extend(other.not_proven);
        self.lost.truncate(LOSSES);
        self.not_proven.truncate(LOSSES);
    }

    fn is_nothing(&self) -> bool {
        self.lost.is_empty() && self.not_proven.is_empty()
    }

    /// The better one to tell: what is certain, and little of it.
    fn cost(&self) -> (usize, usize) {
        (self.not_proven.len(), self.lost.len())
    }
}

/// Where a set stands in the whole value.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 's> {
    step: Step<'p, 's>,
    outer: Option<&'p Place<'p, 's>>,
}

#[derive(Clone, Copy)]
enum Step<'p, 's> {
    Root,
    Member { one: &'p Object<'s>, other: &'p Object<'s>, name: &'p str },
    Item { one: &'p List<'s>, other: &'p List<'s> },
}

impl Place<'_, '_> {
    pub(super) fn path(&self) -> String {
        let outer = self.outer.map(Place::path).unwrap_or_default();
        match &self.step {
            Step::Root => outer,
            Step::Member { name, .. } => join(&outer, name),
            Step::Item { .. } => format!("{outer}[0]"),
        }
    }
}

fn join(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") }
}

impl<'s> Comparison<'s> {
    /// Of `taken` by `taking`; what is shown is also a value of `published`, of which `taken` may be a part.
    pub(super) fn new(taken: &'s Value, taking: &'s Value, published: &Value, hints: Vec<Value>) -> Self {
        let work = Cell::new(WORK);
        Self {
            taken: Set::read(taken, &work),
            taking: Set::read(taking, &work),
            takes_old: [taken, published].map(Compiled::new).into(),
            takes_new: Compiled::new(taking),
            examples: Examples::new(hints),
            pairs: Cell::new(PAIRS),
            questions: Cell::new(QUESTIONS),
        }
    }

    /// What the one takes and the other does not.
    pub(super) fn compare(&self) -> Found {
        if !self.takes_old.iter().all(Compiled::is_sound) || !self.takes_new.is_sound() {
            let reason = "a schema is not sound".to_owned();
            return Found { not_proven: vec![NotProven { path: String::new(), reason }], ..Found::default() };
        }
        self.sets(&self.taken, &self.taking, &Place { step: Step::Root, outer: None })
    }

    /// The whole value in which a value stands at a place.
    fn whole(&self, value: Value, place: &Place<'_, 's>) -> Option<Value> {
        let value = match &place.step {
            Step::Root => return Some(value),
            Step::Member { one, other, name } => {
                let mut object = self.examples.object(one, Some(other), Some(name))?;
                object.insert((*name).to_owned(), value);
                Value::Object(ordered(object, one))
            }
            Step::Item { one, other } => {
                let count = one.low.max(other.low).clamp(1, one.high.unwrap_or(u64::MAX).max(1));
                let mut items = self.examples.list(one, Some(other), count)?;
                *items.get_mut(0)? = value;
                items
            }
        };
        self.whole(value, place.outer?)
    }

    /// Tells what is lost at a place if one of the values shows it, and that it is not known if none does.
    pub(super) fn tell(&self, place: &Place<'_, 's>, name: Option<&str>, values: Vec<Value>, loss: Loss) -> Found {
        let path = name.map_or_else(|| place.path(), |name| join(&place.path(), name));
        let wholes = values.into_iter().filter_map(|value| self.whole(value, place));
        let is_shown = |whole: &Value| {
            self.takes_old.iter().all(|schema| schema.is_valid(whole)) && !self.takes_new.is_valid(whole)
        };
        let shown = wholes.into_iter().find(is_shown);
        match shown {
            Some(value) => Found { lost: vec![LostValue { path, value, loss }], ..Found::default() },
            None => unknown(path, format!("perhaps it {}, but no value was found that shows it", loss.of_input())),
        }
    }

    fn sets(&self, one: &Set<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        if let (Some(one), Some(other)) = (one.schema, other.schema)
            && one == other
        {
            return Found::default();
        }
        let pairs = one.alternatives.len().saturating_mul(other.alternatives.len()).max(1);
        let Some(left) = self.pairs.get().checked_sub(pairs) else {
            return unknown(place.path(), "there is too much to compare");
        };
        self.pairs.set(left);
        let mut found = self.constants(one, other, place);
        let mut twin = None;
        for alternative in &one.alternatives {
            let of_one = match alternative {
                Alternative::Const(_) => continue,
                Alternative::Text(text) if twin.as_ref().is_some_and(|twin| text.patterns == [twin]) => continue,
                alternative => self.alternative(alternative, other, place),
            };
            if let Alternative::Number(range) = alternative
                && !of_one.lost.is_empty()
            {
                twin = twin.or(digits_of(range).filter(|_| has_twin(other)));
            }
            found.add(of_one);
        }
        if found.lost.is_empty() && !found.not_proven.is_empty() {
            return self.asked(one, other, place).unwrap_or(found);
        }
        found
    }

    /// What the validator's algebra knows.
    fn asked(&self, one: &Set<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Option<Found> {
        let (one, other) = (one.schema?, other.schema?);
        let is_askable = |schema: &Value| !document::refers(schema) && parts(schema) <= PARTS;
        // Our own keyword is unknown to it.
        let is_json = other.to_string().contains(JSON_OBJECT_BYTES);
        let left = self.questions.get().checked_sub(1)?;
        if is_json || !is_askable(one) || !is_askable(other) {
            return None;
        }
        self.questions.set(left);
        match validator::prove(other, one) {
            Proof::Covered => Some(Found::default()),
            Proof::Unknown => None,
            Proof::Difference(schema) => {
                let difference = Set::read(&schema, &Cell::new(WORK));
                let examples = Examples::default();
                // It is a suggestion only: what is told is tried.
                let told = |value: Value| self.tell(place, None, vec![value.clone()], Loss::Values(vec![value]));
                let suggested = examples.each(&difference).into_iter().take(SUGGESTED);
                suggested.map(told).find(|found| !found.lost.is_empty())
            }
        }
    }

    /// The constants of one set that are not in the other.
    fn constants(&self, one: &Set<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let (mut gone, mut first) = (Vec::new(), None);
        for alternative in &one.alternatives {
            let Alternative::Const(value) = alternative else { continue };
            if other.has(value) == Some(true) {
                continue;
            }
            let mut of_one = self.tell(place, None, vec![value.clone()], Loss::Values(vec![value.clone()]));
            if let Some(lost) = of_one.lost.pop() {
                gone.push(value.clone());
                first.get_or_insert(lost);
                continue;
            }
            // The whole value is taken all the same, so this one is, unless it has references.
            let is_taken = |schema: &Value| !document::refers(schema) && validator::is_valid(schema, value);
            if !other.schema.is_some_and(is_taken) {
                found.add(of_one);
            }
        }
        let is_blank = |value: &Value| value.is_null() || value == "";
        let Some(first) = first else { return found };
        if gone.contains(&Value::Null) {
            let value = self.whole(Value::Null, place).unwrap_or_else(|| first.value.clone());
            found.lost.push(LostValue { path: first.path.clone(), value, loss: Loss::Blank });
            gone.retain(|value| !is_blank(value));
        }
        // A number and the text of it are one choice.
        let spelled: Vec<Value> =
            gone.iter().filter(|value| !value.is_string()).map(|value| json!(value.to_string())).collect();
        gone.retain(|value| !spelled.contains(value));
        if let Some(value) = gone.first().and_then(|value| self.whole(value.clone(), place)) {
            found.lost.push(LostValue { path: first.path, value, loss: Loss::Values(gone) });
        }
        found
    }

    /// What one alternative takes and no alternative of the other set does.
    fn alternative(&self, one: &Alternative<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        if other.alternatives.iter().any(|other| *other == Alternative::Any || other == one) {
            return Found::default();
        }
        let mut found = match one {
            Alternative::Const(_) => Found::default(),
            Alternative::Any => self.tell(place, None, anything(), Loss::Anything),
            Alternative::Opaque(_) => {
                let shown = |value: Value| self.tell(place, None, vec![value.clone()], Loss::Values(vec![value]));
                let shown = anything().into_iter().map(shown).find(|found| !found.lost.is_empty());
                shown.unwrap_or_else(|| unknown(place.path(), NOT_UNDERSTOOD))
            }
            Alternative::Number(range) => self.number(range, other, place),
            Alternative::Text(text) => self.text(text, other, place),
            Alternative::List(list) => {
                let options = other.alternatives.iter().filter_map(|other| match other {
                    Alternative::List(other) => Some(self.list(list, other, place)),
                    _ => None,
                });
                best(options).unwrap_or_else(|| {
                    let value = self.examples.list(list, None, list.low);
                    self.tell(place, None, value.into_iter().collect(), Loss::Type("a list"))
                })
            }
            Alternative::Object(object) => self.object(object, other, place),
        };
        // What is not understood may take what the others do not: then only what was tried is known, and not why.
        if other.alternatives.iter().any(|other| matches!(other, Alternative::Opaque(_))) {
            for lost in &mut found.lost {
                if matches!(lost.loss, Loss::Type(_) | Loss::Unlisted(_)) {
                    lost.loss = Loss::Part;
                }
            }
            found.not_proven.truncate(1);
            for told in &mut found.not_proven {
                NOT_UNDERSTOOD.clone_into(&mut told.reason);
            }
        }
        found
    }

    fn list(&self, one: &List<'s>, other: &List<'s>, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        if one.high != Some(0) {
            let step = Step::Item { one, other };
            found.add(self.sets(&one.items, &other.items, &Place { step, outer: Some(place) }));
        }
        if let Some(high) = other.high
            && one.high.is_none_or(|before| before > high)
        {
            let value = self.examples.list(one, Some(other), one.low.max(high.saturating_add(1)));
            found.add(self.tell(place, None, value.into_iter().collect(), Loss::MoreItems(high)));
        }
        if other.low > one.low {
            let value = self.examples.list(one, Some(other), one.low);
            found.add(self.tell(place, None, value.into_iter().collect(), Loss::FewerItems(other.low)));
        }
        if other.is_unique && !one.is_unique && one.high.is_none_or(|high| high > 1) {
            let item = self.examples.common(&one.items, Some(&other.items));
            let count = usize::try_from(one.low.clamp(2, 1_000)).unwrap_or(2);
            let value = item.map(|item| Value::Array(vec![item; count]));
            found.add(self.tell(place, None, value.into_iter().collect(), Loss::Repeated));
        }
        found
    }

    fn object(&self, one: &Object<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        let objects: Vec<&Object<'s>> = other
            .alternatives
            .iter()
            .filter_map(|other| if let Alternative::Object(other) = other { Some(other) } else { None })
            .collect();
        let options = objects.iter().filter(|other| !tags_apart(one, other));
        if let Some(found) = best(options.map(|other| self.members(one, other, place))) {
            return found;
        }
        let value: Vec<Value> = self.examples.object(one, None, None).map(Value::Object).into_iter().collect();
        let tag = one
            .properties
            .iter()
            .find(|(name, set)| !objects.is_empty() && objects.iter().all(|other| is_tag(one, other, name, set)));
        let Some((name, set)) = tag else { return self.tell(place, None, value, Loss::Type("an object")) };
        let values = set.alternatives.iter().filter_map(|alternative| match alternative {
            Alternative::Const(value) => Some(value.clone()),
            _ => None,
        });
        self.tell(place, Some(name), value, Loss::Values(values.collect()))
    }

    fn members(&self, one: &Object<'s>, other: &Object<'s>, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let listed = one.properties.iter().map(|(name, _)| *name);
        let new = other.properties.iter().map(|(name, _)| *name);
        let new = new.filter(|name| !one.properties.iter().any(|(known, _)| known == name));
        for name in listed.chain(new) {
            let Some(before) = one.member(name) else { continue };
            let Some(now) = other.member(name) else {
                found.add(self.member_gone(one, other, name, before, place));
                continue;
            };
            let step = Step::Member { one, other, name };
            let mut of_member = self.sets(before, now, &Place { step, outer: Some(place) });
            if other.requires(name) && !one.requires(name) {
                // That it must be given says that it may not be blank.
                let path = join(&place.path(), name);
                of_member.lost.retain(|lost| lost.path != path || lost.loss != Loss::Blank);
            }
            found.add(of_member);
        }
        match (&one.others, &other.others) {
            (None, _) => {}
            (Some(before), None) => {
                let name = (0..).map(|number| if number == 0 { "other".to_owned() } else { format!("other{number}") });
                let name = name.into_iter().find(|name| other.member(name).is_none() && !is_listed(one, name));
                let name = name.unwrap_or_default();
                found.add(self.member_gone(one, other, &name, before, place));
            }
            (Some(before), Some(now)) => {
                let name = (0..).map(|number| if number == 0 { "other".to_owned() } else { format!("other{number}") });
                let name = name.into_iter().find(|name| !is_listed(other, name) && !is_listed(one, name));
                let name = name.unwrap_or_default();
                let step = Step::Member { one, other, name: &name };
                found.add(self.sets(before, now, &Place { step, outer: Some(place) }));
            }
        }
        for name in other.required.iter().filter(|name| !one.requires(name)) {
            let value = self.examples.object(one, Some(other), Some(name)).map(Value::Object);
            found.add(self.tell(place, Some(name), value.into_iter().collect(), Loss::Missing));
        }
        if let Some(bytes) = other.bytes
            && one.bytes.is_none_or(|before| before > bytes)
        {
            let length = usize::try_from(bytes.saturating_add(1)).unwrap_or(usize::MAX);
            let rest = length.checked_sub(8).filter(|rest| *rest <= 1 << 24);
            let value = rest.map(|rest| json!({ "a": "x".repeat(rest) }));
            found.add(self.tell(place, None, value.into_iter().collect(), Loss::Bytes(bytes)));
        }
        found
    }

    fn member_gone(
        &self,
        one: &Object<'s>,
        other: &Object<'s>,
        name: &str,
        set: &Set<'s>,
        place: &Place<'_, 's>,
    ) -> Found {
        if set.alternatives.is_empty() {
            return Found::default();
        }
        let value = self.examples.object(one, Some(other), Some(name)).and_then(|mut object| {
            object.insert(name.to_owned(), self.examples.common(set, None)?);
            Some(Value::Object(ordered(object, one)))
        });
        self.tell(place, Some(name), value.into_iter().collect(), Loss::Member)
    }
}

fn is_listed(object: &Object<'_>, name: &str) -> bool {
    object.properties.iter().any(|(listed, _)| *listed == name)
}

/// The members in the order of the schema.
fn ordered(mut members: Map<String, Value>, object: &Object<'_>) -> Map<String, Value> {
    let listed = object.properties.iter().filter_map(|(name, _)| members.shift_remove_entry(*name));
    let mut ordered: Map<String, Value> = listed.collect();
    ordered.extend(members);
    ordered
}

pub(super) fn unknown(path: String, reason: impl Into<String>) -> Found {
    Found { not_proven: vec![NotProven { path, reason: reason.into() }], ..Found::default() }
}

/// Of what is lost by several alternatives, the least: one that loses nothing is enough.
pub(super) fn best(options: impl Iterator<Item = Found>) -> Option<Found> {
    let mut best: Option<Found> = None;
    for found in options {
        if found.is_nothing() {
            return Some(found);
        }
        if best.as_ref().is_none_or(|best| found.cost() < best.cost()) {
            best = Some(found);
        }
    }
    best
}

/// The pattern of the texts that stand for the numbers of a range.
fn digits_of(range: &Range) -> Option<String> {
    let bound = |bound: &Option<Bound>| bound.as_ref().filter(|bound| !bound.is_exclusive)?.number.as_i64();
    Some(digits::pattern(bound(&range.low)?, bound(&range.high)?))
}

/// Whether a set takes numbers and the texts of them.
fn has_twin(set: &Set<'_>) -> bool {
    set.alternatives.iter().any(|alternative| match alternative {
        Alternative::Number(range) => digits_of(range).is_some_and(|digits| {
            set.alternatives.iter().any(|other| matches!(other, Alternative::Text(text) if text.patterns == [&digits]))
        }),
        _ => false,
    })
}

fn parts(schema: &Value) -> usize {
    match schema {
        Value::Object(object) => 1 + object.values().map(parts).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
        _ => 1,
    }
}
