//! What must hold in a definition beyond what the macros can see of one struct.

use super::expressions;
use crate::definition::{
    ConnectorDefinition, Control, DefinitionError, Expected, Faults, Feel, Field, Group, Kind, OperationDefinition,
    Place, Scheme, Test, Tested, UrlTemplate,
};
use quick_xml::events::Event;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;
use std::collections::HashSet;

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

/// Headers that no input may set.
const OWN_HEADERS: [&str; 5] = ["Authorization", "Content-Type", "Content-Length", "Host", "Transfer-Encoding"];

/// Checks everything that can be wrong with one connector.
pub(super) fn check(definition: &ConnectorDefinition) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    let path = definition.id.as_str();
    check_id(path, path, &mut faults);
    let shared = read(definition.fields(), &mut faults);
    check_fields(&shared, path, &mut faults);
    check_base(definition, &shared, &mut faults);
    check_head(definition, &mut faults);
    let mut groups: Vec<Group> = Vec::new();
    check_groups(&shared, path, &mut groups, &mut faults);
    let mut ids = HashSet::new();
    for operation in &definition.operations {
        let path = format!("{path}/{}", operation.id);
        check_id(&operation.id, &path, &mut faults);
        if !ids.insert(operation.id.as_str()) {
            faults.add(&path, "two operations have this id");
        }
        let own = read(operation.fields(&definition.id), &mut faults);
        read(operation.output_fields(&definition.id).map(|_| Vec::new()), &mut faults);
        check_fields(&own, &path, &mut faults);
        check_groups(&own, &path, &mut groups, &mut faults);
        for field in own.iter().filter(|field| shared.iter().any(|other| other.name == field.name)) {
            faults.add(&format!("{path}/{}", field.name), "the connector has a shared field of this name");
        }
        check_request(definition, operation, &own, &path, &mut faults);
        expressions::check(operation, &path, &mut faults);
    }
    faults.finish()
}

/// A group is one section of the panel, so it has one label, tooltip and state.
fn check_groups(fields: &[Field], path: &str, groups: &mut Vec<Group>, faults: &mut Faults) {
    for (field, group) in fields.iter().filter_map(|field| field.group.as_ref().map(|group| (field, group))) {
        match groups.iter().find(|known| known.id == group.id) {
            Some(known) if known != group => {
                faults.add(
                    &format!("{path}/{}", field.name),
                    format!("the group `{}` is another one elsewhere", group.id),
                );
            }
            Some(_) => {}
            None => groups.push(group.clone()),
        }
    }
}

/// An id goes into file names, headers and the command line.
fn check_id(id: &str, path: &str, faults: &mut Faults) {
    let sound = id.starts_with(|letter: char| letter.is_ascii_lowercase())
        && id.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if !sound {
        faults.add(path, "an id is made of a-z, 0-9 and `-`, and starts with a letter");
    }
}

/// Checks that a connector's ids differ from those of the others.
pub(super) fn check_unique<'a>(
    others: impl Iterator<Item = &'a ConnectorDefinition>,
    definition: &ConnectorDefinition,
) -> Result<(), DefinitionError> {
    let mut faults = Faults::default();
    for other in others {
        for (what, one, two) in [
            ("id", &other.id, &definition.id),
            ("template id", &other.template_id, &definition.template_id),
            ("job type", &other.job_type, &definition.job_type),
        ] {
            if one == two {
                faults.add(&definition.id, format!("the connector `{}` has the same {what}", other.id));
            }
        }
    }
    faults.finish()
}

fn read(fields: Result<Vec<Field>, DefinitionError>, faults: &mut Faults) -> Vec<Field> {
    fields.unwrap_or_else(|error| {
        for fault in error.faults {
            faults.add(&fault.path, fault.message);
        }
        Vec::new()
    })
}

fn check_fields(fields: &[Field], parent: &str, faults: &mut Faults) {
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
            Kind::Object { fields, .. } => check_fields(fields, &path, faults),
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
    if field.placeholder.is_some() && !matches!(&field.kind, Kind::Text { .. } | Kind::JsonObjectText { .. }) {
        faults.add(path, "only a text field shows a placeholder");
    }
    if field.pattern_message.is_some() && !matches!(&field.kind, Kind::Text { pattern: Some(_), .. }) {
        faults.add(path, "it has a pattern message but no pattern");
    }
    let schema = crate::schema::declared_leaf(field);
    if field.default.as_ref().is_some_and(|default| !crate::schema::is_valid(&schema, default)) {
        faults.add(path, "its default breaks its own constraints");
    }
    if field.examples.iter().any(|example| !crate::schema::is_valid(&schema, example)) {
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
    let Some((tested, _)) = test.tested(siblings) else {
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
    if field.generated && (!is_text || field.default.is_some()) {
        faults.add(path, "a generated value is a UUID: it needs a text field without a default");
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

/// What Modeler shows of a connector before any of its fields.
fn check_head(definition: &ConnectorDefinition, faults: &mut Faults) {
    let path = definition.id.as_str();
    if let Some(version) = &definition.camunda
        && definition.least_minor().is_none()
    {
        faults.add(path, format!("`{version}` is no version of Camunda 8, such as `8.8`"));
    }
    if let Some(fault) = definition.icon.as_deref().and_then(fault_of_icon) {
        faults.add(path, format!("its icon {fault}"));
    }
    if definition.elements.is_empty() {
        faults.add(path, "it is no element: give it at least one");
    }
    let mut names = HashSet::new();
    for property in &definition.extension_properties {
        if property.name.is_empty() || !names.insert(property.name.as_str()) {
            faults.add(path, format!("the extension property `{}` has no name of its own", property.name));
        }
    }
}

/// Why Modeler could not draw an icon.
fn fault_of_icon(svg: &str) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(svg);
    let (mut root, mut depth) = (None, 0_usize);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Some(format!("is no SVG: {error}")),
        };
        match &event {
            Event::Eof if depth > 0 => return Some("is no SVG: it ends within an element".to_owned()),
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if root.is_none() => {
                root = Some(element.name().as_ref() == "svg");
            }
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    match root {
        Some(true) if svg.contains("http://www.w3.org/2000/svg") => None,
        Some(true) => Some("needs `xmlns=\"http://www.w3.org/2000/svg\"`, or nothing is drawn".to_owned()),
        _ => Some("is no SVG: the outermost element must be `svg`".to_owned()),
    }
}

fn check_base(definition: &ConnectorDefinition, shared: &[Field], faults: &mut Faults) {
    if let Some(base) = &definition.http {
        check_template(&base.base_url, shared, "base_url", &definition.id, faults);
    }
    for field in shared {
        if let Kind::Variants { variants, .. } = &field.kind {
            for variant in variants {
                if let Some(Scheme::OAuthClientCredentials { scope }) = &variant.scheme {
                    check_template(scope, shared, "scope", &definition.id, faults);
                }
            }
        }
    }
}

fn check_template(text: &str, fields: &[Field], what: &str, path: &str, faults: &mut Faults) {
    let Some(template) = UrlTemplate::parse(text) else {
        faults.add(path, format!("the {what} has a brace without its partner"));
        return;
    };
    for name in template.fields() {
        match fields.iter().find(|field| field.name == name) {
            None => faults.add(path, format!("the {what} names `{name}`, which is no field")),
            Some(field) if !field.required => {
                faults.add(path, format!("the {what} names `{name}`, which a job may lack"));
            }
            Some(_) => {}
        }
    }
}

fn check_request(
    definition: &ConnectorDefinition,
    operation: &OperationDefinition,
    own: &[Field],
    path: &str,
    faults: &mut Faults,
) {
    let Some(http) = &operation.http else { return };
    if definition.http.is_none() {
        faults.add(path, "an HTTP operation needs the connector's `base_url`");
    }
    check_template(&http.path, own, "path", path, faults);
    if !http.path.starts_with('/') {
        faults.add(path, "the path starts with `/`: it follows the base URL");
    }
    let in_path: Vec<String> = UrlTemplate::parse(&http.path)
        .map(|template| template.fields().map(str::to_owned).collect())
        .unwrap_or_default();
    let mut places = HashSet::new();
    for field in own {
        let path = format!("{path}/{}", field.name);
        if in_path.contains(&field.name) {
            check_path_field(field, &path, faults);
        } else {
            match &field.place {
                None => faults.add(&path, "it has no place in the request"),
                Some(place) if !places.insert(format!("{place:?}")) => {
                    faults.add(&path, "another field has the same place in the request");
                }
                Some(Place::Header { name }) if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) => {
                    faults.add(&path, "the dispatcher sends this header itself");
                }
                Some(Place::Body { .. }) if !http.method.has_body() => faults.add(&path, "the request has no body"),
                Some(Place::Query { .. } | Place::Header { .. })
                    if matches!(
                        field.kind,
                        Kind::Object { .. } | Kind::List { .. } | Kind::Variants { .. } | Kind::Json
                    ) =>
                {
                    faults.add(&path, "only plain values go into a query or a header");
                }
                Some(_) => {}
            }
        }
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

/// A value in the path must not be able to leave its segment, in the hosted template's FEEL either.
fn check_path_field(field: &Field, path: &str, faults: &mut Faults) {
    match &field.kind {
        Kind::Text { pattern: Some(pattern), .. } if stays_in_segment(pattern) => {}
        Kind::Integer { .. } => {}
        _ => faults.add(
            path,
            "a value in the path needs a pattern of letters, digits, `-`, `_` and `~` only, without backslashes",
        ),
    }
}

/// Whether all that a pattern can match is made of characters that mean nothing in a path.
fn stays_in_segment(pattern: &str) -> bool {
    !pattern.contains('\\') && regex_syntax::parse(pattern).is_ok_and(|pattern| is_harmless(&pattern))
}

fn is_harmless(pattern: &Hir) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '~');
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().all(letter)),
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().all(|range| range.end().is_ascii() && (range.start()..=range.end()).all(letter))
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => is_harmless(&repetition.sub),
        HirKind::Capture(capture) => is_harmless(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_harmless),
    }
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

    #[test]
    fn nothing_in_a_path_leaves_its_segment() {
        for (pattern, stays) in [
            ("^[0-9A-Fa-f]{8}-(x|y)?$", true),
            ("^x/y$", false),
            ("^[a-z.]+$", false),
            ("^[^a]$", false),
            ("^.*$", false),
            ("^\\w+$", false),
            ("^[ -~]$", false),
        ] {
            assert_eq!(stays_in_segment(pattern), stays, "{pattern}");
        }
    }
}
