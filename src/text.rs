//! Small helpers for text.

use serde_json::Value;

/// A JSON value as bare text: a string without its quotes, anything else as JSON writes it.
pub(crate) fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// "; did you mean `name`?" for the nearest of the known names, or the list of them.
pub(crate) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest {
        Some((_, candidate)) => format!("; did you mean `{candidate}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; there is {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// A version of a template, or "none".
pub(crate) fn version_or_none(version: Option<i64>) -> String {
    version.map_or_else(|| "none".to_owned(), |version| version.to_string())
}

/// "version 3", or "without a version".
pub(crate) fn with_version(version: Option<i64>) -> String {
    version.map_or_else(|| "without a version".to_owned(), |version| format!("version {version}"))
}

/// "a boundary event", "an intermediate catch event"
pub(crate) fn with_article(noun: &str) -> String {
    format!("{} {noun}", if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

/// "a, b or c"
pub(crate) fn alternatives(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// Whether a name is as a pattern says in which `*` stands for any letters.
pub(crate) fn wildcard_matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut tail) = name.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place for each part leaves the most for the others.
    for part in middle.split('*') {
        let Some(found) = tail.find(part) else { return false };
        tail = &tail[found + part.len()..];
    }
    tail.ends_with(end)
}

/// Whether one of two paths of names, with dots between, leads into the other.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    one.split('.').zip(other.split('.')).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_any_letters() {
        for (pattern, name, expected) in [
            ("A", "A", true),
            ("A", "AB", false),
            ("A_*", "A_", true),
            ("A_*", "A_B", true),
            ("A_*", "B_A_", false),
            ("*_TOKEN", "A_TOKEN_TOKEN", true),
            ("*a*b*", "xaxxb", true),
            ("*a*b*", "ba", false),
            ("*", "", true),
        ] {
            assert_eq!(wildcard_matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
