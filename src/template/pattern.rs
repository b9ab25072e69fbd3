//! Regular expressions of JavaScript.

use regress::Regex;

/// Longer texts are not matched: nobody has typed them, and a pattern may need time that grows with a power of their length.
const MOST: usize = 200;

/// The same for patterns that repeat what repeats, which may need twice the time for each letter more.
const MOST_OF_NESTED: usize = 20;

pub(crate) struct Compiled {
    regex: Regex,
    most: usize,
}

impl Compiled {
    /// Whether it matches a text somewhere. Long texts are taken to match.
    pub(crate) fn matches(&self, text: &str) -> bool {
        text.len() > self.most || self.regex.find(text).is_some()
    }
}

/// Reads a pattern as JavaScript does without flags.
pub(crate) fn compile(expression: &str) -> Result<Compiled, String> {
    let most = if repeats_what_repeats(expression) { MOST_OF_NESTED } else { MOST };
    Regex::new(expression).map(|regex| Compiled { regex, most }).map_err(|error| error.text)
}

/// Whether a group that is repeated holds a repetition or a choice, or more than a few repetitions stand side by side.
fn repeats_what_repeats(expression: &str) -> bool {
    const FEW: usize = 6;
    let (mut open, mut in_class, mut repeated) = (Vec::new(), false, 0);
    let mut letters = expression.chars().peekable();
    let mut closed = false;
    while let Some(letter) = letters.next() {
        let inside = std::mem::take(&mut closed);
        match letter {
            '\\' => drop(letters.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '(' => open.push(false),
            '|' => open.fill(true),
            ')' => closed = open.pop().unwrap_or_default(),
            '*' | '+' | '{' => {
                repeated += 1;
                if inside || repeated > FEW {
                    return true;
                }
                open.fill(true);
            }
            _ => {}
        }
    }
    false
}

/// Syntax of another language.
pub(crate) struct Foreign<'a> {
    pub(crate) text: &'a str,
    pub(crate) is: &'static str,
}

/// What JavaScript reads as something else than its author meant.
pub(crate) fn foreign(expression: &str) -> Option<Foreign<'_>> {
    let bytes = expression.as_bytes();
    let mut at = 0;
    while let Some(rest) = expression.get(at..) {
        if rest.is_empty() {
            break;
        }
        if rest.starts_with('\\') {
            let escaped = rest.chars().nth(1)?;
            let is = match escaped {
                'A' | 'z' | 'Z' | 'G' | 'h' | 'H' | 'R' | 'Q' | 'E' => "a plain letter here",
                'p' | 'P' | 'u' | 'x' if rest[2..].starts_with('{') => {
                    "a plain letter here, since there is no flag `u`"
                }
                _ => {
                    at += 1 + escaped.len_utf8();
                    continue;
                }
            };
            return Some(Foreign { text: &rest[..2], is });
        }
        if rest.starts_with("[[:") && rest.contains(":]") {
            return Some(Foreign { text: "[[:", is: "no class of characters by name here" });
        }
        if bytes.get(at) == Some(&b'[')
            && let Some(class) = rest.find(']').map(|end| &rest[..end])
            && class.contains("&&")
        {
            return Some(Foreign { text: "&&", is: "two ampersands here, and no intersection" });
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_as_by_javascript() {
        let broken = |pattern: &str| compile(pattern).err().is_some();
        for pattern in ["(?i)x", "[", "(?P<name>x)", "a{2,1}", "*"] {
            assert!(broken(pattern), "{pattern}");
        }
        // Without the flag `u`, these are letters and braces.
        for pattern in ["\\p{L}", "a{", "^(|[0-9]+)$", "(?<year>[0-9]{4})", "(?<!a)b", "]"] {
            assert!(!broken(pattern), "{pattern}");
        }
        let matches = |pattern: &str, text: &str| compile(pattern).is_ok_and(|compiled| compiled.matches(text));
        assert!(matches("b", "abc") && !matches("^b$", "abc") && matches("^$", ""));
    }

    #[test]
    fn patterns_that_need_exponential_time_are_not_matched_against_long_texts() {
        for pattern in ["(a+)+$", "^(a|aa)*$", "((a*)b?)+", "(?:x{1,9})*y", "a*a*a*a*a*a*a*$"] {
            let compiled = compile(pattern).expect("a pattern");
            assert!(compiled.matches(&("a".repeat(60) + "!")), "{pattern}");
        }
        for pattern in ["^[a-z]+$", "^(ab)+$", "^[(a+)+]*$", "^\\(a+\\)+$", "^a+b*(c|d)$"] {
            assert!(!compile(pattern).expect("a pattern").matches(&("a".repeat(60) + "!")), "{pattern}");
        }
    }

    #[test]
    fn syntax_of_other_languages_is_told() {
        let told = |pattern| foreign(pattern).map(|foreign| foreign.text);
        assert_eq!(told("\\Aabc\\z"), Some("\\A"));
        assert_eq!(told("^[[:alpha:]]+$"), Some("[[:"));
        assert_eq!(told("\\p{L}"), Some("\\p"));
        assert_eq!(told("[a-z&&[^b]]"), Some("&&"));
        assert_eq!(told("^\\\\A[a-z]+\\d\\.$"), None);
        assert_eq!(told("\\"), None);
    }
}
