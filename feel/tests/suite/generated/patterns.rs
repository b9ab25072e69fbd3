//! Regular expressions of Java, also some that are none, and texts that they may match.

use super::random::Random;

const ATOMS: &[&str] = &[
    "a",
    "b",
    "c",
    "x",
    "1",
    ".",
    "\\d",
    "\\w",
    "\\s",
    "\\D",
    "\\W",
    "\\S",
    "[abc]",
    "[^a]",
    "[a-c]",
    "[a-c&&[^b]]",
    "[\\d_]",
    "[a-c[x-z]]",
    "\\b",
    "\\B",
    "^",
    "$",
    "\\A",
    "\\z",
    "\\Z",
    "\\.",
    "\\-",
    "\\p{L}",
    "\\p{Lu}",
    "\\P{L}",
    "\\p{Alpha}",
    "\\p{Punct}",
    "\\p{IsLatin}",
    "\\h",
    "\\R",
    "\\x61",
    "\\u0062",
    "\\Q.a\\E",
    "é",
    "ß",
    "日",
    "😀",
    "[😀é]",
    " ",
    ",",
    "-",
    "_",
    "\\t",
    "[^\\s]",
    "[-a]",
    "[a-]",
    "\\[",
    "/",
    "#",
    "A",
    "[A-Z]",
    "\\\\",
];
const QUANTIFIERS: &[&str] =
    &["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{2,}", "++", "*+", "?+"];
const GROUPS: &[(&str, &str)] = &[
    ("(", ")"),
    ("(", ")"),
    ("(?:", ")"),
    ("(?i:", ")"),
    ("(?=", ")"),
    ("(?!", ")"),
    ("(?<=", ")"),
    ("(?<!", ")"),
    ("(?<n>", ")"),
    ("(?>", ")"),
    ("(?s:", ")"),
];
const FLAWS: &[&str] =
    &["(", ")", "[", "]", "{", "*", "\\", "(?<", "\\k<n>", "\\1", "\\2", "(?i)", "(?m)", "(?x)", "|", "{,2}"];
const LETTERS: &[&str] = &[
    "a", "b", "c", "A", "B", "1", "2", "_", " ", ",", ".", "-", "é", "ß", "日", "😀", "x", "\n", "\t", "É", "aa", "ab",
];

/// The pattern itself.
pub(crate) fn pattern(random: &mut Random, depth: usize) -> String {
    let mut pattern = String::new();
    for _ in 0..=random.below(3) {
        if random.chance(3) {
            pattern.push_str(random.pick(FLAWS));
        }
        if depth > 0 && random.chance(25) {
            let (open, close) = random.pick(GROUPS);
            let inner = self::pattern(random, depth - 1);
            pattern.extend([open, &inner, close]);
        } else {
            pattern.push_str(random.pick(ATOMS));
        }
        pattern.push_str(random.pick(QUANTIFIERS));
    }
    if depth > 0 && random.chance(12) {
        pattern.push('|');
        pattern.push_str(&self::pattern(random, depth - 1));
    }
    pattern
}

fn subject(random: &mut Random) -> String {
    (0..random.below(7)).map(|_| random.pick(LETTERS)).collect()
}

/// As the literal of a string.
pub(crate) fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{text}\"")
}

/// A call of a function that takes a regular expression.
pub(crate) fn call(random: &mut Random) -> String {
    let pattern = quoted(&pattern(random, 2));
    let subject = quoted(&subject(random));
    let flags = random.pick(&["", "", "", ", \"i\"", ", \"s\"", ", \"m\"", ", \"x\"", ", \"ism\""]);
    let replacement = quoted(random.pick(&["", "-", "<$0>", "$1", "[$1$2]", "${n}", "\\$", "x\\\\y", "$0$0"]));
    match random.below(5) {
        0 => format!("matches({subject}, {pattern}{flags})"),
        1 => format!("replace({subject}, {pattern}, {replacement}{flags})"),
        2 => format!("split({subject}, {pattern})"),
        3 => format!("extract({subject}, {pattern})"),
        _ => format!("[matches({subject}, {pattern}), extract({subject}, {pattern}), split({subject}, {pattern})]"),
    }
}
