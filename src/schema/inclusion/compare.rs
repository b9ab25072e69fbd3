//! Compares two sets, place by place. Every loss is tried with the validator before it is told.

use super::budget::{Budget, weight};
use super::constants::same;
use super::example::{Examples, anything, is_tag, tags_apart};
use super::given::Given;
use super::place::{Found, Place, Step, TOO_MUCH, best, join, unknown};
use super::set::{Alternative, Bound, List, Object, Range, Set, looks_around};
use super::{Loss, LostValue, algebra};
use crate::schema::digits;
use crate::schema::validator::Validator;
use serde_json::{Map, Value, json};
use std::cell::{Cell, LazyCell};
use std::collections::HashSet;
use std::rc::Rc;

/// So often the validator's algebra is asked.
const QUESTIONS: usize = 16;

const NOT_UNDERSTOOD: &str = "the schema has keywords that are not understood";

/// Two schemas that are compared.
pub(super) struct Pair<'s> {
    taken: Set<'s>,
    taking: Set<'s>,
    /// The schemas that take what is shown, and those that do not; none if one of them is not sound.
    tried: Option<[Vec<Validator>; 2]>,
    /// What it costs to try a value with them.
    cost: usize,
    given: Rc<Given>,
    pub(super) examples: Examples,
    budget: Rc<Budget>,
    questions: Cell<usize>,
}

/// What came of trying some values.
enum Tried {
    /// In the whole value it is taken by the one and refused by the other.
    Lost(Value),
    /// None of them shows anything.
    Nothing,
    TooMuch,
}

impl<'s> Pair<'s> {
    /// Of `taken` by `taking`; what is shown, all of the first schemas take and all of the second ones refuse.
    pub(super) fn new([taken, taking]: [&'s Value; 2], documents: [&[&Value]; 2], given: Given) -> Self {
        let budget = Rc::new(Budget::default());
        let given = Rc::new(given);
        let validators = |schemas: &[&Value]| schemas.iter().map(|schema| Validator::new(schema)).collect();
        let [accepting, refusing]: [Option<Vec<Validator>>; 2] = documents.map(validators);
        Self {
            taken: Set::read(taken, &budget),
            taking: Set::read(taking, &budget),
            tried: accepting.zip(refusing).map(|(accepting, refusing)| [accepting, refusing]),
            cost: documents.into_iter().flatten().map(|schema| cost(schema)).sum(),
            examples: Examples::new(Rc::clone(&given), Rc::clone(&budget)),
            given,
            budget,
            questions: Cell::new(QUESTIONS),
        }
    }

    /// What the one takes and the other does not.
    pub(super) fn compare(&self) -> Found {
        if self.tried.is_none() {
            return unknown(String::new(), "a schema is not sound");
        }
        self.sets(&self.taken, &self.taking, &Place { step: Step::Root, outer: None })
    }

    /// The whole value in which a value stands at a place.
    fn enclosed(&self, value: Value, place: &Place<'_, 's>) -> Option<Value> {
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
        self.enclosed(value, place.outer?)
    }

    /// Tries values at a place, until one shows a loss.
    fn try_all(&self, place: &Place<'_, 's>, values: impl IntoIterator<Item = Value>) -> Tried {
        let Some([accepting, refusing]) = &self.tried else { return Tried::Nothing };
        for value in values {
            let Some(value) = self.enclosed(value, place) else { continue };
            if self.budget.compare(self.cost.saturating_add(weight(&value) / 16)).is_none() {
                return Tried::TooMuch;
            }
            if accepting.iter().all(|schema| schema.is_valid(&value))
                && !refusing.iter().any(|schema| schema.is_valid(&value))
            {
                return Tried::Lost(value);
            }
        }
        Tried::Nothing
    }

    /// Tells what is lost at a place if one of the values shows it, and that it is not known if none does.
    pub(super) fn tell(&self, place: &Place<'_, 's>, name: Option<&str>, values: Vec<Value>, loss: Loss) -> Found {
        match self.try_all(place, values) {
            Tried::Lost(value) => self.lost(place, name, value, loss),
            Tried::Nothing => {
                let reason = "but no value was found that shows it";
                unknown(
                    path(place, name),
                    format!("perhaps it {}, {reason}", self.hidden(place, name, loss).of_input()),
                )
            }
            Tried::TooMuch => unknown(path(place, name), TOO_MUCH),
        }
    }

    /// Tells what was tried.
    fn lost(&self, place: &Place<'_, 's>, name: Option<&str>, value: Value, loss: Loss) -> Found {
        let path = path(place, name);
        if self.budget.keep(weight(&value)).is_none() {
            return unknown(path, TOO_MUCH);
        }
        let told = LostValue { path, value: self.given.masked(value), loss: self.hidden(place, name, loss) };
        Found { lost: vec![told], ..Found::default() }
    }

    /// A loss without values that are written only.
    pub(super) fn hidden(&self, place: &Place<'_, 's>, name: Option<&str>, loss: Loss) -> Loss {
        match loss {
            Loss::Values(_) | Loss::Unlisted(_) if place.has_secret(name, &self.given) => Loss::Part,
            loss => loss,
        }
    }

    fn sets(&self, one: &Set<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        if let (Some(one), Some(other)) = (one.schema, other.schema)
            && one == other
        {
            return Found::default();
        }
        let listed = one.constants().count().saturating_mul(other.cost());
        let pairs = one.others().count().saturating_mul(other.alternatives.len());
        if self.budget.compare(listed.saturating_add(pairs).max(1)).is_none() {
            return unknown(place.path(), TOO_MUCH);
        }
        let mut found = self.constants(one, other, place);
        let mut twin = None;
        for alternative in &one.alternatives {
            if let Alternative::Text(text) = alternative
                && twin.as_ref().is_some_and(|twin| text.patterns == [twin])
            {
                continue;
            }
            let of_one = self.alternative(alternative, other, place);
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
        let left = self.questions.get().checked_sub(1)?;
        self.budget.search(algebra::cost(one, other)?)?;
        self.questions.set(left);
        match algebra::prove(other, one) {
            algebra::Proof::Covered => Some(Found::default()),
            algebra::Proof::Unknown => None,
            algebra::Proof::Difference(schema) => {
                let difference = Set::read(&schema, &self.budget);
                let examples = self.examples.beside();
                // It is a suggestion only: what is told is tried.
                examples.each(&difference).into_iter().find_map(|value| match self.try_all(place, [value.clone()]) {
                    Tried::Lost(all) => Some(self.lost(place, None, all, Loss::Values(vec![value]))),
                    _ => None,
                })
            }
        }
    }

    /// The constants of one set that are not in the other.
    fn constants(&self, one: &Set<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let (mut gone, mut first) = (Vec::new(), None);
        // Without its document, a schema with references means nothing.
        let taking = LazyCell::new(|| Validator::new(other.schema.filter(|schema| !super::document::refers(schema))?));
        for value in one.constants() {
            if other.has(value) == Some(true) {
                continue;
            }
            match self.try_all(place, [value.clone()]) {
                Tried::Lost(all) => {
                    gone.push(value.clone());
                    first.get_or_insert((value, all));
                }
                // The whole value is taken all the same, so this one is.
                Tried::Nothing if taking.as_ref().is_some_and(|taking| taking.is_valid(value)) => {}
                Tried::Nothing => {
                    let loss = self.hidden(place, None, Loss::Values(vec![value.clone()]));
                    let reason = format!("perhaps it {}, but no value was found that shows it", loss.of_input());
                    found.add(unknown(place.path(), reason));
                }
                Tried::TooMuch => {
                    found.add(unknown(place.path(), TOO_MUCH));
                    break;
                }
            }
        }
        let Some((shown, all)) = first else { return found };
        let is_blank = |value: &Value| value.is_null() || value == "";
        if gone.contains(&Value::Null) {
            let value = self.enclosed(Value::Null, place).unwrap_or_else(|| all.clone());
            found.add(self.lost(place, None, value, Loss::Blank));
            gone.retain(|value| !is_blank(value));
        }
        // A number and the text of it are one choice.
        let spelled: HashSet<String> =
            gone.iter().filter(|value| !value.is_string()).map(ToString::to_string).collect();
        gone.retain(|value| !value.as_str().is_some_and(|text| spelled.contains(text)));
        let value = match gone.first() {
            Some(value) if same(value, shown) => Some(all),
            Some(value) => self.enclosed(value.clone(), place),
            None => None,
        };
        if let Some(value) = value {
            found.add(self.lost(place, None, value, Loss::Values(gone)));
        }
        found
    }

    /// What one alternative takes and no alternative of the other set does.
    fn alternative(&self, one: &Alternative<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        if other.others().any(|other| *other == Alternative::Any || other == one) {
            return Found::default();
        }
        let mut found = match one {
            // All of them are told at once, by `constants`.
            Alternative::Const(_) => return Found::default(),
            Alternative::Any => self.tell(place, None, anything(), Loss::Anything),
            Alternative::Opaque(_) => self.anything(place),
            Alternative::Number(range) => self.number(range, other, place),
            Alternative::Text(text) => self.text(text, other, place),
            Alternative::List(list) => {
                let options = other.others().filter_map(|other| match other {
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
        if other.others().any(|other| matches!(other, Alternative::Opaque(_))) {
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

    /// What is not understood is tried.
    fn anything(&self, place: &Place<'_, 's>) -> Found {
        for value in anything() {
            match self.try_all(place, [value.clone()]) {
                Tried::Lost(all) => return self.lost(place, None, all, Loss::Values(vec![value])),
                Tried::Nothing => {}
                Tried::TooMuch => return unknown(place.path(), TOO_MUCH),
            }
        }
        unknown(place.path(), NOT_UNDERSTOOD)
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
            .others()
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
        self.tell(place, Some(name), value, Loss::Values(set.constants().cloned().collect()))
    }

    fn members(&self, one: &Object<'s>, other: &Object<'s>, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let listed = one.properties.names();
        let new = other.properties.names();
        let new = new.filter(|name| !one.lists(name));
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
                let name = free_name(|name| other.member(name).is_some() || one.lists(name));
                found.add(self.member_gone(one, other, &name, before, place));
            }
            (Some(before), Some(now)) => {
                let name = free_name(|name| other.lists(name) || one.lists(name));
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

/// A name that is not taken.
fn free_name(is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = "other".to_owned();
    for number in 1.. {
        if !is_taken(&name) {
            break;
        }
        name = format!("other{number}");
    }
    name
}

fn path(place: &Place<'_, '_>, name: Option<&str>) -> String {
    name.map_or_else(|| place.path(), |name| join(&place.path(), name))
}

/// What it costs to try a value with a schema.
fn cost(schema: &Value) -> usize {
    const AROUND: usize = 500;
    match schema {
        Value::Object(object) => {
            let around = object.get("pattern").and_then(Value::as_str).filter(|pattern| looks_around(pattern));
            let listed = object.get("enum").and_then(Value::as_array).map_or(0, Vec::len);
            let within = object.iter().filter(|(keyword, _)| *keyword != "enum").map(|(_, value)| cost(value));
            around.map_or(0, |_| AROUND)
                + listed / 256
                + within.sum::<usize>()
                + usize::from(object.contains_key("type"))
        }
        Value::Array(items) => items.iter().map(cost).sum(),
        _ => 0,
    }
}

/// The members in the order of the schema.
fn ordered(members: Map<String, Value>, object: &Object<'_>) -> Map<String, Value> {
    let mut ordered: Vec<(String, Value)> = members.into_iter().collect();
    ordered.sort_by_key(|(name, _)| object.properties.place(name).unwrap_or(usize::MAX));
    ordered.into_iter().collect()
}

/// The pattern of the texts that stand for the numbers of a range.
fn digits_of(range: &Range) -> Option<String> {
    let bound = |bound: &Option<Bound>| bound.as_ref().filter(|bound| !bound.is_exclusive)?.number.as_i64();
    Some(digits::pattern(bound(&range.low)?, bound(&range.high)?))
}

/// Whether a set takes numbers and the texts of them.
fn has_twin(set: &Set<'_>) -> bool {
    set.others().any(|alternative| match alternative {
        Alternative::Number(range) => digits_of(range).is_some_and(|digits| {
            set.others().any(|other| matches!(other, Alternative::Text(text) if text.patterns == [&digits]))
        }),
        _ => false,
    })
}
