//! Texts made wrong: a piece taken out, put in, or moved.

use super::random::Random;

const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "..",
    "\"",
    "=",
    "<",
    ">",
    "+",
    "-",
    "*",
    "/",
    "**",
    "?",
    "@",
    "`",
    "//",
    "/*",
    "*/",
    " ",
    "\n",
    "if ",
    " then ",
    " else ",
    "for ",
    " in ",
    " return ",
    "some ",
    " satisfies ",
    " and ",
    " or ",
    "not(",
    "function(",
    "null",
    "true",
    "item",
    " between ",
    " instance of ",
    "1",
    "a",
    "x.y",
    "\\",
    "'",
    "!=",
    ";",
    "#",
    "e",
    "_",
    "date",
    "time offset",
    "external ",
];

pub(crate) fn mutated(text: &str, random: &mut Random) -> String {
    let mut units: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(units.len() + 1);
        let end = (at + 1 + random.below(4)).min(units.len());
        match random.below(4) {
            0 => {
                units.drain(at..end);
            }
            1 => {
                let piece: Vec<char> = units.drain(at..end).collect();
                let other = random.below(units.len() + 1);
                units.splice(other..other, piece);
            }
            _ => {
                units.splice(at..at, random.pick(PIECES).chars());
            }
        }
    }
    units.into_iter().collect()
}
