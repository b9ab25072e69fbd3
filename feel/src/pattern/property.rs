//! `\p{…}`: the classes by name that Java knows.

use regex_syntax::hir::ClassUnicode;

use super::parse::{IGNORE_CASE, Parsed, Parser, UNICODE_CLASSES, invalid};
use super::set::{class_of, class_of_chars, known, negated, unicode, union};
use super::{PatternError, blocks, scan};

impl Parser {
    /// The property at the `p` here.
    pub(super) fn property(&mut self, negate: bool) -> Parsed<ClassUnicode> {
        let name = if self.next() == '{' {
            self.next();
            let start = self.at;
            loop {
                match self.read() {
                    '}' => break,
                    scan::END if self.at > self.text.len() => return invalid("unclosed character family"),
                    _ => {}
                }
            }
            self.text.get(start..self.at - 1).unwrap_or_default().iter().collect()
        } else {
            self.unread();
            self.next();
            let letter = self.char_at(self.at);
            self.read();
            String::from(letter)
        };
        let class = self.by_name(&name)?;
        Ok(if negate { negated(class) } else { class })
    }

    fn by_name(&self, name: &str) -> Parsed<ClassUnicode> {
        let ignore_case = self.has(IGNORE_CASE);
        let class = if let Some((key, value)) = name.split_once('=') {
            match key.to_lowercase().as_str() {
                "sc" | "script" => script(value),
                "blk" | "block" => block(value),
                "gc" | "general_category" => of_java(value, ignore_case)?,
                _ => None,
            }
        } else if let Some(name) = name.strip_prefix("In") {
            block(name)
        } else if let Some(name) = name.strip_prefix("Is") {
            match of_unicode(name, ignore_case).or(posix(name, ignore_case)) {
                Some(class) => Some(class),
                None => of_java(name, ignore_case)?.or_else(|| script(name)),
            }
        } else {
            match posix(name, ignore_case).filter(|_| self.has(UNICODE_CLASSES)) {
                Some(class) => Some(class),
                None => of_java(name, ignore_case)?,
            }
        };
        class.map_or_else(|| invalid("unknown character property name"), Ok)
    }
}

/// What `\w` takes with `UNICODE_CHARACTER_CLASS`.
pub(super) fn word() -> ClassUnicode {
    all_of(&["Alphabetic", "gc=M", "gc=Nd", "gc=Pc", "Join_Control"])
}

fn all_of(names: &[&str]) -> ClassUnicode {
    names.iter().fold(ClassUnicode::empty(), |whole, name| union(whole, &known(name)))
}

/// Letters of any case, where case does not count.
fn any_case(one: &str, ignore_case: bool) -> ClassUnicode {
    if ignore_case { all_of(&["Lowercase", "Uppercase", "gc=Lt"]) } else { known(one) }
}

fn without(mut class: ClassUnicode, other: &ClassUnicode) -> ClassUnicode {
    class.difference(other);
    class
}

fn blank() -> ClassUnicode {
    union(known("gc=Zs"), &class_of_chars("\t"))
}

fn graph() -> ClassUnicode {
    negated(union(all_of(&["White_Space", "gc=Cc", "gc=Cn"]), &known("gc=Zs")))
}

/// Unicode's binary properties, in any case.
fn of_unicode(name: &str, ignore_case: bool) -> Option<ClassUnicode> {
    Some(match name.to_uppercase().as_str() {
        "ALPHABETIC" => known("Alphabetic"),
        "ASSIGNED" => negated(known("gc=Cn")),
        "CONTROL" => known("gc=Cc"),
        "DIGIT" => known("gc=Nd"),
        "HEX_DIGIT" | "HEXDIGIT" => all_of(&["gc=Nd", "Hex_Digit"]),
        "IDEOGRAPHIC" => known("Ideographic"),
        "JOIN_CONTROL" | "JOINCONTROL" => known("Join_Control"),
        "LETTER" => known("gc=L"),
        "LOWERCASE" => any_case("Lowercase", ignore_case),
        "NONCHARACTER_CODE_POINT" | "NONCHARACTERCODEPOINT" => known("Noncharacter_Code_Point"),
        "PUNCTUATION" => known("gc=P"),
        "TITLECASE" => any_case("gc=Lt", ignore_case),
        "UPPERCASE" => any_case("Uppercase", ignore_case),
        "WHITE_SPACE" | "WHITESPACE" => known("White_Space"),
        "WORD" => word(),
        "EMOJI" => known("Emoji"),
        "EMOJI_PRESENTATION" => known("Emoji_Presentation"),
        "EMOJI_MODIFIER" => known("Emoji_Modifier"),
        "EMOJI_MODIFIER_BASE" => known("Emoji_Modifier_Base"),
        "EMOJI_COMPONENT" => known("Emoji_Component"),
        "EXTENDED_PICTOGRAPHIC" => known("Extended_Pictographic"),
        _ => return None,
    })
}

/// The POSIX names in all of Unicode, in any case.
fn posix(name: &str, ignore_case: bool) -> Option<ClassUnicode> {
    Some(match name.to_uppercase().as_str() {
        "ALPHA" => known("Alphabetic"),
        "LOWER" => any_case("Lowercase", ignore_case),
        "UPPER" => any_case("Uppercase", ignore_case),
        "SPACE" => known("White_Space"),
        "PUNCT" => known("gc=P"),
        "XDIGIT" => all_of(&["gc=Nd", "Hex_Digit"]),
        "ALNUM" => all_of(&["Alphabetic", "gc=Nd"]),
        "CNTRL" => known("gc=Cc"),
        "DIGIT" => known("gc=Nd"),
        "BLANK" => blank(),
        "GRAPH" => graph(),
        "PRINT" => without(union(graph(), &blank()), &known("gc=Cc")),
        _ => return None,
    })
}

/// Categories, POSIX classes of ASCII, and the methods of `Character`.
fn of_java(name: &str, ignore_case: bool) -> Parsed<Option<ClassUnicode>> {
    let ascii_letters = || class_of([(0x41, 0x5A), (0x61, 0x7A)]);
    Ok(Some(match name {
        "Lu" | "Ll" | "Lt" if ignore_case => known("gc=LC"),
        "Cs" => ClassUnicode::empty(),
        "Cn" | "Lu" | "Ll" | "Lt" | "Lm" | "Lo" | "Mn" | "Me" | "Mc" | "Nd" | "Nl" | "No" | "Zs" | "Zl" | "Zp"
        | "Cc" | "Cf" | "Co" | "Pd" | "Ps" | "Pe" | "Pc" | "Po" | "Sm" | "Sc" | "Sk" | "So" | "Pi" | "Pf" | "L"
        | "M" | "N" | "Z" | "C" | "P" | "S" | "LC" => known(&format!("gc={name}")),
        "LD" | "javaLetterOrDigit" => all_of(&["gc=L", "gc=Nd"]),
        "L1" => class_of([(0, 0xFF)]),
        "all" => class_of([(0, 0x10_FFFF)]),
        "ASCII" => class_of([(0, 0x7F)]),
        "Alnum" => union(ascii_letters(), &class_of([(0x30, 0x39)])),
        "Alpha" => ascii_letters(),
        "Blank" => class_of_chars("\t "),
        "Cntrl" => class_of([(0, 0x1F), (0x7F, 0x7F)]),
        "Digit" => class_of([(0x30, 0x39)]),
        "Graph" => class_of([(0x21, 0x7E)]),
        "Lower" | "Upper" if ignore_case => ascii_letters(),
        "Lower" => class_of([(0x61, 0x7A)]),
        "Upper" => class_of([(0x41, 0x5A)]),
        "Print" => class_of([(0x20, 0x7E)]),
        "Punct" => class_of([(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)]),
        "Space" => class_of([(0x09, 0x0D), (0x20, 0x20)]),
        "XDigit" => class_of([(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
        "javaLowerCase" => any_case("Lowercase", ignore_case),
        "javaUpperCase" => any_case("Uppercase", ignore_case),
        "javaTitleCase" => any_case("gc=Lt", ignore_case),
        "javaAlphabetic" => known("Alphabetic"),
        "javaIdeographic" => known("Ideographic"),
        "javaDigit" => known("gc=Nd"),
        "javaDefined" => negated(known("gc=Cn")),
        "javaLetter" => known("gc=L"),
        "javaJavaIdentifierStart" => all_of(&["gc=L", "gc=Nl", "gc=Sc", "gc=Pc"]),
        "javaJavaIdentifierPart" => union(part_of_identifier(), &known("gc=Sc")),
        // A letter by its category that ID_Start leaves out.
        "javaUnicodeIdentifierStart" => union(known("ID_Start"), &class_of_chars("\u{2e2f}")),
        "javaUnicodeIdentifierPart" => union(part_of_identifier(), &known("ID_Continue")),
        "javaIdentifierIgnorable" => ignorable(),
        "javaSpaceChar" => known("gc=Z"),
        "javaWhitespace" => {
            union(without(known("gc=Z"), &class_of_chars("\u{a0}\u{2007}\u{202f}")), &class_of([(9, 13), (0x1C, 0x1F)]))
        }
        "javaISOControl" => known("gc=Cc"),
        "javaMirrored" => return Err(PatternError::Unsupported("\\p{javaMirrored}")),
        _ => return Ok(None),
    }))
}

fn ignorable() -> ClassUnicode {
    union(known("gc=Cf"), &class_of([(0, 8), (0x0E, 0x1B), (0x7F, 0x9F)]))
}

fn part_of_identifier() -> ClassUnicode {
    union(all_of(&["gc=L", "gc=Nl", "gc=Pc", "gc=Nd", "gc=Mc", "gc=Mn"]), &ignorable())
}

/// A script by its name or its code, in any case.
fn script(name: &str) -> Option<ClassUnicode> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "unknown" | "zzzz" => Some(all_of(&["gc=Cn", "gc=Co"])),
        // Names that the Unicode tables know beside Java's.
        "qaai" | "qaac" => None,
        _ if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => None,
        _ => unicode(&format!("sc={name}")).filter(|class| !class.ranges().is_empty()),
    }
}

fn block(name: &str) -> Option<ClassUnicode> {
    blocks::find(name).map(|(first, last)| class_of([(first, last)]))
}
