//! Compares numbers and texts.

use super::Loss;
use super::compare::Pair;
use super::example::{beside, json_text, numbers};
use super::place::{Found, Place, best, unknown};
use super::set::{Alternative, Bound, Range, Set, Text, order, whole_number};
use super::text::{Answer, Wanted};
use serde_json::{Number, Value, json};
use std::cmp::Ordering;

/// So many whole numbers are gone through one by one.
const ENUMERATED: i128 = 200;

impl<'s> Pair<'s> {
    pub(super) fn number(&self, one: &Range, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        let constants = || other.constants().filter(|value| value.is_number()).cloned();
        let ranges: Vec<&Range> = other
            .others()
            .filter_map(|other| if let Alternative::Number(range) = other { Some(range) } else { None })
            .collect();
        let is_several = ranges.len() > 1 || constants().next().is_some();
        if is_several && let Some(all) = enumerated(one) {
            let missing: Vec<Value> = all.into_iter().filter(|value| other.has(value) != Some(true)).collect();
            if missing.is_empty() {
                return Found::default();
            }
            if ranges.is_empty() {
                return self.tell(place, None, missing, Loss::Unlisted(constants().collect()));
            }
        }
        best(ranges.into_iter().map(|range| self.range(one, range, place))).unwrap_or_else(|| {
            let listed: Vec<Value> = constants().collect();
            let loss = if listed.is_empty() { Loss::Type("a number") } else { Loss::Unlisted(listed) };
            self.tell(place, None, numbers(one), loss)
        })
    }

    fn range(&self, one: &Range, other: &Range, place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let beyond = |bound: &Number, wanted: Ordering| -> Vec<Value> {
            let near = beside(bound).into_iter().chain(numbers(one).into_iter().filter_map(|value| match value {
                Value::Number(number) => Some(number),
                _ => None,
            }));
            let is_lost =
                |number: &Number| one.has(number) && !other.has(number) && order(number, bound) != wanted.reverse();
            let mut lost: Vec<Number> = near.filter(is_lost).collect();
            lost.sort_by(|one, other| if wanted.is_gt() { order(one, other) } else { order(other, one) });
            // Whole numbers are easier to read.
            lost.sort_by_key(|number| whole_number(number).is_none());
            lost.into_iter().map(Value::Number).collect()
        };
        if let Some(high) = &other.high
            && !one.high.as_ref().is_some_and(|bound| is_within(bound, high, Ordering::Less))
        {
            let loss = Loss::Above(high.number.clone(), high.is_exclusive);
            found.add(self.tell(place, None, beyond(&high.number, Ordering::Greater), loss));
        }
        if let Some(low) = &other.low
            && !one.low.as_ref().is_some_and(|bound| is_within(bound, low, Ordering::Greater))
        {
            let loss = Loss::Below(low.number.clone(), low.is_exclusive);
            found.add(self.tell(place, None, beyond(&low.number, Ordering::Less), loss));
        }
        if other.is_whole && !one.is_whole {
            let bounds = [&one.low, &one.high, &other.low, &other.high].into_iter().flatten();
            let near = bounds.flat_map(|bound| beside(&bound.number)).chain(Number::from_f64(0.5));
            let fractions = near.filter(|number| whole_number(number).is_none()).map(Value::Number);
            found.add(self.tell(place, None, fractions.collect(), Loss::Fraction));
        }
        found
    }

    pub(super) fn text(&self, one: &Text<'s>, other: &Set<'s>, place: &Place<'_, 's>) -> Found {
        let listed: Vec<&str> = other.constants().filter_map(Value::as_str).collect();
        let options = other.others().filter_map(|other| match other {
            Alternative::Text(other) => Some(self.text_in(one, other, &listed, place)),
            _ => None,
        });
        best(options).unwrap_or_else(|| {
            let loss = match listed.iter().filter(|text| !text.is_empty()).map(|text| json!(text)).collect::<Vec<_>>() {
                listed if listed.is_empty() => Loss::Type("text"),
                listed => Loss::Unlisted(listed),
            };
            let wanted = Wanted { not: listed.clone(), ..Wanted::default() };
            self.found(place, self.examples.text(one, &wanted), loss)
        })
    }

    /// Tells what was found of texts.
    fn found(&self, place: &Place<'_, 's>, found: Answer, loss: Loss) -> Found {
        match found {
            Answer::None => Found::default(),
            Answer::Text(text) => self.tell(place, None, vec![Value::String(text)], loss),
            Answer::Unknown => {
                let loss = self.hidden(place, None, loss);
                unknown(place.path(), format!("perhaps it {}: the patterns are too much", loss.of_input()))
            }
        }
    }

    fn text_in(&self, one: &Text<'s>, other: &Text<'s>, listed: &[&str], place: &Place<'_, 's>) -> Found {
        let mut found = Found::default();
        let search = |wanted: Wanted<'_>| {
            let wanted = Wanted { not: listed.to_vec(), ..wanted };
            self.examples.text(one, &wanted)
        };
        if let Some(bytes) = other.json
            && one.json != other.json
        {
            match one.json {
                Some(before) if before <= bytes => {}
                Some(_) => {
                    let length = usize::try_from(bytes.saturating_add(1)).unwrap_or(usize::MAX);
                    let text = (length <= 1 << 24).then(|| json!(json_text(length.max(2))));
                    found.add(self.tell(place, None, text.into_iter().collect(), Loss::Bytes(bytes)));
                }
                None => found.add(self.found(place, search(Wanted::default()), Loss::NoJson)),
            }
        }
        if let Some(high) = other.high
            && one.high.is_none_or(|before| before > high)
            && !(one.json.is_some() && other.json == Some(high))
        {
            let wanted = Wanted { low: high.saturating_add(1), ..Wanted::default() };
            found.add(self.found(place, search(wanted), Loss::Longer(high)));
        }
        if other.low > one.low {
            let wanted = Wanted { high: Some(other.low - 1), ..Wanted::default() };
            let loss = if other.low == 1 { Loss::Blank } else { Loss::Shorter(other.low) };
            found.add(self.found(place, search(wanted), loss));
        }
        for pattern in other.patterns.iter().filter(|pattern| !one.patterns.contains(pattern)) {
            let loss = Loss::Pattern((*pattern).to_owned());
            // Of all lengths first: if there is no such text at all, lengths need not be counted.
            let open = Text { low: 0, high: None, ..one.clone() };
            let wanted = Wanted { not_matching: vec![pattern], not: listed.to_vec(), ..Wanted::default() };
            let any = self.examples.text(&open, &wanted);
            if let Answer::Text(text) = &any {
                let length = text.chars().count() as u64;
                let is_of_length = |text: &Text<'_>| text.low <= length && text.high.is_none_or(|high| length <= high);
                if !is_of_length(one) || !is_of_length(other) {
                    let wanted =
                        Wanted { low: other.low, high: other.high, not_matching: vec![pattern], ..Wanted::default() };
                    found.add(self.found(place, search(wanted), loss));
                    continue;
                }
            }
            found.add(self.found(place, any, loss));
        }
        for format in other.formats.iter().filter(|format| !one.formats.contains(format)) {
            let loss = Loss::Format((*format).to_owned());
            let text = self.examples.text(one, &Wanted::default()).found();
            found.add(self.tell(place, None, text.into_iter().chain([json!("% "), json!("")]).collect(), loss));
        }
        found
    }
}

/// Whether what a bound allows is within what another one does, on one side.
fn is_within(one: &Bound, other: &Bound, side: Ordering) -> bool {
    match order(&one.number, &other.number) {
        Ordering::Equal => one.is_exclusive || !other.is_exclusive,
        order => order == side,
    }
}

/// All whole numbers of a range, if they are few.
fn enumerated(range: &Range) -> Option<Vec<Value>> {
    let low = whole_number(&range.low.as_ref()?.number)?;
    let high = whole_number(&range.high.as_ref()?.number)?;
    if !range.is_whole || high - low > ENUMERATED {
        return None;
    }
    let all = (low..=high).filter_map(Number::from_i128).filter(|number| range.has(number));
    Some(all.map(Value::Number).collect())
}
