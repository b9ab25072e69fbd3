//! Java's replacement text: `$1`, `${name}` and backslashes.

use super::PatternError;
use super::parse::{Parsed, invalid};

pub(super) enum Part {
    Text(String),
    Group(usize),
}

/// Takes a replacement apart for a pattern with so many groups, some of them with a name.
pub(super) fn parse(replacement: &str, groups: usize, names: &[(String, usize)]) -> Parsed<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped) => text.push(escaped),
                None => return invalid("character to be escaped is missing"),
            },
            '$' => {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                let group = if chars.next_if_eq(&'{').is_some() {
                    let mut name = String::new();
                    while let Some(c) = chars.next_if(char::is_ascii_alphanumeric) {
                        name.push(c);
                    }
                    if chars.next() != Some('}') {
                        return invalid("named capturing group is missing trailing '}'");
                    }
                    let known = names.iter().find(|(known, _)| *known == name);
                    known.map(|&(_, group)| group).ok_or(PatternError::Invalid("no group with this name"))?
                } else {
                    number(&mut chars, groups)?
                };
                parts.push(Part::Group(group));
            }
            _ => text.push(c),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

/// A number takes as many digits as name a group.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, groups: usize) -> Parsed<usize> {
    let Some(mut group) = chars.next().and_then(|c| c.to_digit(10)).map(|digit| digit as usize) else {
        return invalid("illegal group reference");
    };
    if group > groups {
        return invalid("no group with this number");
    }
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        let longer = group.saturating_mul(10).saturating_add(digit as usize);
        if longer > groups {
            break;
        }
        group = longer;
        chars.next();
    }
    Ok(group)
}
