//! Fields, each by itself and with those beside it: names, constraints, controls, conditions.

use crate::definition::{Control, Expected, Faults, Feel, Field, Found, Kind, Test, Tested};
use crate::generate::example::UUID;
use crate::registry::expressions;
use serde_json::Value;

/// Names that the template gives to properties of its own.
const RESERVED: [&str; 9] = [
    "operation",
    "resultVariable",
    "resultExpression",
    "errorExpression",
    "retryCount",
    "retryBackoff",
    "jobTimeout",
    "url",
    "method",
];

pub(super) fn check_fields(fields: &[Field], parent: &str, faults: &mut Faults) {
    for field in fields {
        let path = format!("{parent}/{}", field.name);
        if RESERVED.contains(&field.name.as_str()) {
            faults.add(&path, "the template has a property of this name: choose another");
        }
        if !field.name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            || !field.name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        {
            faults.add(&path, "an input mapping's name is made of letters, digits and `_`, and starts with a letter");
        } else if !expressions::is_name(&field.name) {
            faults.add(&path, "FEEL takes its name for a word of its own, so nothing could read it: choose another");
        }
        check_field(field, &path, fields, faults);
        match &field.kind {
            Kind::Object { fields, .. } => {
                if !field.required {
                    check_part(fields, &path, faults);
                }
                check_fields(fields, &path, faults);
            }
            Kind::Variants { variants, .. } => {
                for variant in variants {
                    check_fields(&variant.fields, &format!("{path}/{}", variant.value), faults);
                }
            }
            Kind::List { item, .. } => match &item.kind {
                Kind::Object { closed: false, .. } => {
                    faults.add(&path, "its items take members that no field declares: use `#[input]` on their struct");
                }
                Kind::Object { fields, .. } => check_fields(fields, &format!("{path}/items"), faults),
                _ => check_field(
                    &Field { description: path.clone(), ..(**item).clone() },
                    &format!("{path}/items"),
                    &[],
                    faults,
                ),
            },
            _ => {}
        }
    }
}

/// A part that may be left out as a whole: what a template writes in any case would make it be there, and lack the rest.
fn check_part(fields: &[Field], path: &str, faults: &mut Faults) {
    let Some(needed) = fields.iter().find(|field| field.required && !field.generated) else { return };
    let is_written = |field: &&Field| field.default.is_some() || field.generated || field.kind == Kind::Boolean;
    for field in fields.iter().filter(is_written) {
        let message = format!(
            "a template writes it in any case, so that a part that may be left out would be there, without `{}`: make that an \
             `Option`, or the part no `Option`",
            needed.name
        );
        faults.add(&format!("{path}/{}", field.name), message);
    }
}

fn check_field(field: &Field, path: &str, siblings: &[Field], faults: &mut Faults) {
    if field.description.is_empty() {
        faults.add(path, "it has no description: write a doc comment");
    }
    if let Some(condition) = &field.condition {
        if field.required {
            faults.add(path, "it is shown on a condition, so a job may lack it: make it an `Option`, or use variants");
        }
        if condition.all_match.is_empty() {
            faults.add(path, "its condition has no test");
        }
        for test in &condition.all_match {
            check_test(test, siblings, path, faults);
        }
    }
    check_control(field, path, faults);
    if field.is_linked_resource() && !field.required && field.condition.is_none() {
        faults.add(path, "an element has a linked resource or not: give it a condition, or leave out the `Option`");
    }
    match &field.kind {
        Kind::Text { pattern, min_length, max_length, .. } => {
            if let Some(pattern) = pattern {
                check_pattern(pattern, path, faults);
            }
            if matches!((min_length, max_length), (Some(low), Some(high)) if low > high) {
                faults.add(path, "the smallest length is above the largest");
            }
        }
        Kind::Object { closed: false, .. } => {
            faults.add(path, "it takes members that no field declares: use `#[input]` on its struct");
        }
        Kind::Number { minimum: Some(low), maximum: Some(high) } if low > high => {
            faults.add(path, "the smallest value is above the largest");
        }
        Kind::List { min_items: Some(low), max_items: Some(high), .. } if low > high => {
            faults.add(path, "the fewest items are more than the most");
        }
        Kind::Choice(choices) if choices.is_empty() => faults.add(path, "a choice has at least one value"),
        _ => {}
    }
    if field.placeholder.is_some()
        && !matches!(&field.kind, Kind::Text { .. } | Kind::JsonObjectText { .. } | Kind::LinkedResource { .. })
    {
        faults.add(path, "only a text field shows a placeholder");
    }
    if field.pattern_message.is_some() && !matches!(&field.kind, Kind::Text { pattern: Some(_), .. }) {
        faults.add(path, "it has a pattern message but no pattern");
    }
    let schema = crate::schema::declared_leaf(field);
    if field.default.as_ref().is_some_and(|default| crate::schema::is_valid(&schema, default) != Some(true)) {
        faults.add(path, "its default breaks its own constraints");
    }
    if field.examples.iter().any(|example| crate::schema::is_valid(&schema, example) != Some(true)) {
        faults.add(path, "its example breaks its own constraints");
    }
    if field.required
        && field.examples.is_empty()
        && field.secret.is_none()
        && matches!(&field.kind, Kind::Text { pattern: Some(_), .. })
    {
        faults.add(
            path,
            "docs and schemas show an example input: give it an `example`, for its pattern takes no made-up text",
        );
    }
}

fn check_test(test: &Test, siblings: &[Field], path: &str, faults: &mut Faults) {
    let Some(Found { tested, .. }) = test.tested(siblings) else {
        faults.add(
            path,
            format!("its condition names `{}`, which is no field beside it, nor within one beside it", test.field),
        );
        return;
    };
    let Expected::OneOf(values) = &test.expected else { return };
    if values.is_empty() {
        faults.add(path, format!("its condition waits for no value of `{}`", test.field));
    }
    let possible: Vec<Value> = match tested {
        Tested::Tag(variants) => variants.iter().map(|variant| Value::from(variant.value.as_str())).collect(),
        Tested::Field(field) => match &field.kind {
            Kind::Choice(choices) => choices.iter().map(|choice| choice.value.clone()).collect(),
            Kind::Boolean => vec![Value::Bool(true), Value::Bool(false)],
            _ => return,
        },
    };
    for value in values.iter().filter(|value| !possible.contains(value)) {
        faults.add(path, format!("its condition waits for {value}, which `{}` never is", test.field));
    }
}

/// A control must be able to show what the field holds.
fn check_control(field: &Field, path: &str, faults: &mut Faults) {
    let is_text = matches!(&field.kind, Kind::Text { .. });
    let is_json = matches!(&field.kind, Kind::JsonObjectText { .. });
    let is_number = matches!(&field.kind, Kind::Integer { .. } | Kind::Number { .. });
    match field.control {
        Some(Control::Text) if !is_text => {
            faults.add(path, "the control `text` makes a text area of a text field, which this is not");
        }
        Some(Control::Json) if !is_text && !is_json => faults.add(path, "the control `json` is for text"),
        Some(Control::Number) if !is_number => {
            faults.add(path, "the control `number` is for numbers");
        }
        Some(Control::Number) if field.feel == Some(Feel::None) => {
            faults.add(path, "without FEEL the control `number` would write text: leave `feel` out");
        }
        Some(Control::Number) if !field.required && field.default.is_none() && field.feel != Some(Feel::Required) => {
            faults.add(path, "Modeler shows 0 in an empty number field: give it a default, or leave `control` out");
        }
        Some(Control::Hidden) if field.default.is_none() => {
            faults.add(path, "the control `hidden` makes a constant of a default, which it has none of");
        }
        Some(Control::Hidden) if matches!(field.kind, Kind::Object { .. } | Kind::Variants { .. }) => {
            faults.add(path, "the control `hidden` is for a single value");
        }
        _ => {}
    }
    if field.control == Some(Control::Number) && (field.secret.is_some() || field.sensitive) {
        faults.add(path, "a number field cannot hold a secret: leave `control` out");
    }
    if field.control == Some(Control::Json) && matches!(field.feel, Some(Feel::Optional | Feel::Required)) {
        faults.add(path, "with FEEL, Modeler shows no editor for JSON: leave `feel` or `control` out");
    }
    let uuid = Value::from(UUID);
    if field.generated && (!is_text || field.default.is_some()) {
        faults.add(path, "a generated value is a UUID: it needs a text field without a default");
    } else if field.generated && crate::schema::is_valid(&crate::schema::declared_leaf(field), &uuid) != Some(true) {
        faults.add(path, "a generated value is a UUID, which its own constraints refuse");
    }
}

/// A pattern must mean the same to Modeler (ECMAScript) and to the dispatcher (Rust).
fn check_pattern(pattern: &str, path: &str, faults: &mut Faults) {
    if let Err(error) = regex::Regex::new(pattern) {
        faults.add(path, format!("its pattern does not parse: {error}"));
    }
    if !is_anchored(pattern) {
        faults.add(path, "its pattern must be anchored as a whole: `^…$`, alternatives in a group");
    }
    if ["(?", "\\p", "\\A", "\\z", "\\b", "\\d", "\\w", "[["].iter().any(|construct| pattern.contains(construct)) {
        faults.add(path, "its pattern uses a construct that JavaScript, Java and Rust read differently: keep to plain groups and `[..]` classes");
    }
}

/// Whether `^` and `$` hold the whole pattern: the last `$` is no text, and no `|` stands outside a group.
fn is_anchored(pattern: &str) -> bool {
    let (mut depth, mut class, mut escaped) = (0_usize, false, false);
    for letter in pattern.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            '|' if !class && depth == 0 => return false,
            _ => {}
        }
    }
    pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_anchored_as_a_whole() {
        for (pattern, anchored) in
            [("^a$", true), ("^(a|b)$", true), ("^[|]$", true), ("^a|b$", false), ("^a\\$", false), ("a$", false)]
        {
            assert_eq!(is_anchored(pattern), anchored, "{pattern}");
        }
    }
}
