//! A regular expression for whole numbers within bounds: what a number written as text must match.

/// A pattern that exactly the decimal spellings of `minimum..=maximum` match, without leading zeros.
pub(crate) fn pattern(minimum: i64, maximum: i64) -> String {
    let mut alternatives = Vec::new();
    if minimum < 0 {
        let nearest = if maximum < 0 { maximum.unsigned_abs() } else { 1 };
        alternatives.push(format!("-(?:{})", magnitudes(nearest, minimum.unsigned_abs()).join("|")));
    }
    if let Ok(high) = u64::try_from(maximum) {
        alternatives.extend(magnitudes(u64::try_from(minimum).unwrap_or(0), high));
    }
    format!("^(?:{})$", alternatives.join("|"))
}

/// Alternatives for `low..=high`, one or more for each number of digits.
fn magnitudes(low: u64, high: u64) -> Vec<String> {
    let mut alternatives = Vec::new();
    let mut from = low;
    loop {
        let to = largest_of_same_length(from).min(high);
        same_length(&from.to_string(), &to.to_string(), &mut alternatives);
        if to >= high {
            return alternatives;
        }
        from = to + 1;
    }
}

fn largest_of_same_length(number: u64) -> u64 {
    let digits = u32::try_from(number.to_string().len()).unwrap_or(u32::MAX);
    10_u64.checked_pow(digits).map_or(u64::MAX, |power| power - 1)
}

/// Alternatives for two numbers of the same length: common head, then digit by digit.
fn same_length(low: &str, high: &str, alternatives: &mut Vec<String>) {
    let rest = low.len().saturating_sub(1);
    let (Some(first_low), Some(first_high)) = (low.chars().next(), high.chars().next()) else { return };
    if low.chars().all(|digit| digit == '0') && high.chars().all(|digit| digit == '9') {
        alternatives.push(repeated("[0-9]", low.len()));
    } else if rest == 0 {
        alternatives.push(class(first_low, first_high));
    } else if first_low == first_high {
        let mut tails = Vec::new();
        same_length(&low[1..], &high[1..], &mut tails);
        alternatives.extend(tails.into_iter().map(|tail| format!("{first_low}{tail}")));
    } else {
        let zeros = "0".repeat(rest);
        let nines = "9".repeat(rest);
        let mut middle_low = first_low;
        let mut middle_high = first_high;
        if low[1..] != zeros {
            let mut tails = Vec::new();
            same_length(&low[1..], &nines, &mut tails);
            alternatives.extend(tails.into_iter().map(|tail| format!("{first_low}{tail}")));
            middle_low = next(first_low);
        }
        let mut last = Vec::new();
        if high[1..] != nines {
            same_length(&zeros, &high[1..], &mut last);
            middle_high = previous(first_high);
        }
        if middle_low <= middle_high {
            alternatives.push(format!("{}{}", class(middle_low, middle_high), repeated("[0-9]", rest)));
        }
        alternatives.extend(last.into_iter().map(|tail| format!("{first_high}{tail}")));
    }
}

fn repeated(class: &str, times: usize) -> String {
    if times == 1 { class.to_owned() } else { format!("{class}{{{times}}}") }
}

fn class(low: char, high: char) -> String {
    if low == high { low.to_string() } else { format!("[{low}-{high}]") }
}

fn next(digit: char) -> char {
    char::from_u32(digit as u32 + 1).unwrap_or(digit)
}

fn previous(digit: char) -> char {
    char::from_u32(digit as u32 - 1).unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(minimum: i64, maximum: i64, text: &str) -> bool {
        regex::Regex::new(&pattern(minimum, maximum)).expect("a pattern").is_match(text)
    }

    #[test]
    fn readable_for_the_usual_range() {
        assert_eq!(
            pattern(1, 86_400),
            "^(?:[1-9]|[1-9][0-9]|[1-9][0-9]{2}|[1-9][0-9]{3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}|86400)$"
        );
    }

    #[test]
    fn the_whole_of_i64() {
        for number in [i64::MIN, -1, 0, 1, i64::MAX] {
            assert!(matches(i64::MIN, i64::MAX, &number.to_string()), "{number}");
        }
        assert!(!matches(i64::MIN, i64::MAX, "9223372036854775808"));
        assert!(!matches(i64::MIN, i64::MAX, "-9223372036854775809"));
        assert!(!matches(i64::MIN, i64::MAX, "01"));
    }

    proptest! {
        #[test]
        fn exactly_the_range(one in -1200_i64..1200, other in -1200_i64..1200, probe in -1300_i64..1300) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert_eq!(matches(low, high, &probe.to_string()), (low..=high).contains(&probe));
        }

        #[test]
        fn exactly_any_range(one: i64, other: i64, probe: i64) {
            let (low, high) = (one.min(other), one.max(other));
            prop_assert_eq!(matches(low, high, &probe.to_string()), (low..=high).contains(&probe));
            prop_assert!(matches(low, high, &low.to_string()));
            prop_assert!(matches(low, high, &high.to_string()));
        }
    }
}
