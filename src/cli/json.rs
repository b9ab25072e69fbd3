//! Reads JSON more strictly than `serde_json::Value` does.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};
use std::fmt;
use std::io::Read;
use std::path::Path;

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, or of standard input for `-`.
pub(super) fn text(path: &Path) -> Result<String, String> {
    let name = shown(path);
    let bytes = bytes(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    String::from_utf8(bytes).map_err(|_| format!("{name} is no UTF-8 text"))
}

/// What messages call a file.
pub(super) fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// What messages call something that a file holds, such as "the context".
pub(super) fn held(what: &str, path: &Path) -> String {
    let joint = if path == Path::new("-") { " on" } else { "" };
    format!("{what}{joint} {}", shown(path))
}

/// Reads JSON, or tells what is wrong with it and where. It does not quote it, as the parser's own messages could.
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map(|OnlyOnce(value)| value).map_err(|error| {
        let reason = match error.classify() {
            Category::Eof => "is no JSON: it ends too early",
            Category::Data => "names a member twice",
            _ if error.to_string().starts_with("recursion limit") => "is nested too deeply",
            _ => "is no JSON: it is malformed",
        };
        format!("{reason}, at line {} column {}", error.line(), error.column())
    })
}

/// JSON in which no object names a member twice: which of the two is meant, nobody can tell.
struct OnlyOnce(Value);

impl<'de> Deserialize<'de> for OnlyOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = OnlyOnce;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(Value::Null))
            }

            fn visit_bool<E>(self, value: bool) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OnlyOnce, A::Error> {
                let mut list = Vec::new();
                while let Some(OnlyOnce(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(OnlyOnce(list.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<OnlyOnce, A::Error> {
                let mut object = Map::new();
                while let Some(name) = members.next_key::<String>()? {
                    if object.contains_key(&name) {
                        return Err(A::Error::custom("twice"));
                    }
                    let OnlyOnce(value) = members.next_value()?;
                    object.insert(name, value);
                }
                Ok(OnlyOnce(object.into()))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

/// Where a number stands that would be changed by reading it, as line and column from 1: a whole
/// number beyond 64 bits, or more digits than a double holds.
pub(super) fn changed_number(text: &str) -> Option<(usize, usize)> {
    find_number(text, |number| {
        let read = serde_json::from_str::<Value>(number).unwrap_or_default().to_string();
        decimal(&read) != decimal(number)
    })
}

/// Where a whole number stands that 64 bits cannot hold. Camunda's engine keeps it where it is read as a double here;
/// other numbers are doubles to both.
pub(super) fn whole_number_beyond_64_bits(text: &str) -> Option<(usize, usize)> {
    find_number(text, |number| {
        !number.contains(['.', 'e', 'E']) && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
    })
}

/// Where the first number stands that is such a one.
fn find_number(text: &str, mut is_one: impl FnMut(&str) -> bool) -> Option<(usize, usize)> {
    let (mut quoted, mut escaped) = (false, false);
    let mut line_start = 0;
    let mut line = 1;
    let mut end = 0;
    for (index, letter) in text.char_indices() {
        match letter {
            _ if index < end => {}
            '\n' => {
                line += 1;
                line_start = index + 1;
            }
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '-' | '0'..='9' if !quoted => {
                let rest = &text[index..];
                let length = rest
                    .find(|letter: char| !letter.is_ascii_digit() && !"+-.eE".contains(letter))
                    .unwrap_or(rest.len());
                end = index + length;
                if is_one(&rest[..length]) {
                    return Some((line, text[line_start..index].chars().count() + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// A number's sign, digits without zeros at either end, and power of ten: the same for 1.50 and 15e-1.
fn decimal(number: &str) -> (bool, String, i64) {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |number| (true, number));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let places =
        i64::try_from(digits.len() - significant.len()).unwrap_or(0) - i64::try_from(fraction.len()).unwrap_or(0);
    let significant = significant.trim_start_matches('0').to_owned();
    if significant.is_empty() {
        return (false, significant, 0);
    }
    (negative, significant, exponent.parse::<i64>().unwrap_or(i64::MAX).saturating_add(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_stay_what_they_are() {
        for text in [
            "0",
            "-0",
            "1.10",
            "15e-1",
            "1E+3",
            "-12.50",
            "18446744073709551615",
            "0.1",
            "[1, {\"12345678901234567890123\": 2}]",
        ] {
            assert_eq!(changed_number(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_would_change_are_found() {
        for (text, place) in [
            ("12345678901234567890123", (1, 1)),
            ("{\n  \"a\\\"1\": [1, 0.12345678901234567890]}", (2, 15)),
            ("[-18446744073709551616]", (1, 2)),
        ] {
            assert_eq!(changed_number(text), Some(place), "{text}");
        }
    }

    #[test]
    fn whole_numbers_beyond_64_bits_are_found() {
        for text in [
            "18446744073709551615",
            "-9223372036854775808",
            "0.12345678901234567890",
            "1e30",
            "\"18446744073709551616\"",
        ] {
            assert_eq!(whole_number_beyond_64_bits(text), None, "{text}");
        }
        assert_eq!(whole_number_beyond_64_bits("{\n \"a\": 18446744073709551616}"), Some((2, 7)));
        assert_eq!(whole_number_beyond_64_bits("-9223372036854775809"), Some((1, 1)));
    }
}
