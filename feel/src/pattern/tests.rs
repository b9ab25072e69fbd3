//! Tests against literal answers of Java, of the bounds, and of one engine against the other.

use std::time::{Duration, Instant};

use super::linear::Linear;
use super::{Flags, Pattern, PatternError, parse, program};

fn pattern(text: &str) -> Pattern {
    pattern_with(text, "")
}

fn pattern_with(text: &str, flags: &str) -> Pattern {
    match Pattern::compile(text, Flags::parse(flags)) {
        Ok(pattern) => pattern,
        Err(error) => panic!("{text}: {error}"),
    }
}

fn replaced(text: &str, input: &str, replacement: &str) -> Result<String, PatternError> {
    pattern(text).replace_all(input, replacement, 1_000)
}

fn refusal(text: &str) -> Option<PatternError> {
    Pattern::compile(text, Flags::default()).err()
}

// ----- the answers of Java -----

fn decoded(text: &str) -> String {
    let mut units = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '~' {
            let digits: String = chars.by_ref().take(4).collect();
            units.push(u16::from_str_radix(&digits, 16).expect("four digits"));
        } else {
            units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    String::from_utf16(&units).expect("whole pairs")
}

fn encoded(text: &str) -> String {
    let plain = |unit: u16| u8::try_from(unit).ok().filter(|byte| (b' '..=b'}').contains(byte) && *byte != b'|');
    let unit = |unit: u16| plain(unit).map_or_else(|| format!("~{unit:04x}"), |byte| String::from(char::from(byte)));
    text.encode_utf16().map(unit).collect()
}

fn pieces(found: Result<Vec<&str>, PatternError>) -> String {
    let pieces = found.expect("no limit is met");
    pieces.into_iter().map(|piece| format!("={}", encoded(piece).replace('=', "~003d"))).collect()
}

fn answer(text: &str, flags: &str, input: &str, replacement: &str) -> String {
    let Ok(pattern) = Pattern::compile(text, Flags::parse(flags)) else { return String::from("refused") };
    let found = u8::from(pattern.is_match(input).expect("no limit is met"));
    let replaced = match pattern.replace_all(input, replacement, 1_000) {
        Ok(text) => format!("={}", encoded(&text)),
        Err(_) => String::from("refused"),
    };
    format!("{found}|{replaced}|{}|{}", pieces(pattern.split(input)), pieces(pattern.find_all(input)))
}

#[test]
fn java_gives_the_same_answers() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for line in include_str!("cases.txt").lines().filter(|line| !line.starts_with('#')) {
        let [text, flags, input, replacement, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five fields: {line}");
        };
        let own = answer(&decoded(text), flags, &decoded(input), &decoded(replacement));
        if own != expected {
            wrong.push(format!("{line}\n  not {own}"));
        }
        seen += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 350, "{seen} cases");
}

// ----- what the functions give -----

#[test]
fn flags_are_those_that_are_known() {
    let all = Flags { dot_all: true, multi_line: true, case_insensitive: true, comments: true };
    assert_eq!(Flags::parse("smix"), all);
    assert_eq!(Flags::parse("gqu"), Flags::default());
    assert_eq!(pattern_with("a.b", "s").is_match("a\nb"), Ok(true));
    assert_eq!(pattern_with("a.b", "").is_match("a\nb"), Ok(false));
    assert_eq!(pattern_with("^b$", "m").is_match("a\rb\u{2028}c"), Ok(true));
    assert_eq!(pattern_with("é", "i").is_match("É"), Ok(false));
    assert_eq!(pattern_with("a b # c", "x").is_match("ab"), Ok(true));
}

#[test]
fn replacements_refer_to_groups() {
    assert_eq!(replaced("([a-z])([a-z])", "abcd", "$2$1"), Ok("badc".into()));
    assert_eq!(replaced("(?<x>a)|b", "ab", "<${x}>"), Ok("<a><>".into()));
    // The second digit names no group.
    assert_eq!(replaced("(a)", "a", "$12"), Ok("a2".into()));
    assert_eq!(replaced("a", "a", r"\$\\$0"), Ok(r"$\a".into()));
    for wrong in ["$1", "$", "$x", "${x}", "${", "\\"] {
        assert!(matches!(replaced("a", "bab", wrong), Err(PatternError::Invalid(_))), "{wrong}");
        assert_eq!(replaced("a", "bb", wrong), Ok("bb".into()), "{wrong} is never read");
    }
}

#[test]
fn splitting_keeps_what_is_empty_at_the_end() {
    assert_eq!(pattern(",").split(",a,,"), Ok(vec!["", "a", "", ""]));
    assert_eq!(pattern(",").split(""), Ok(vec![""]));
    assert_eq!(pattern("").split("ab"), Ok(vec!["a", "b", ""]));
    assert_eq!(pattern("(?=b)").split("bab"), Ok(vec!["ba", "b"]));
    assert_eq!(pattern("\\R").split("a\r\nb\nc"), Ok(vec!["a", "b", "c"]));
}

#[test]
fn all_matches_are_found_from_left_to_right() {
    assert_eq!(pattern("a*").find_all("baac"), Ok(vec!["", "aa", "", ""]));
    assert_eq!(pattern("[^a]").find_all("a😀é"), Ok(vec!["😀", "é"]));
    assert_eq!(pattern(r"\Ga").find_all("aaba"), Ok(vec!["a", "a"]));
}

#[test]
fn what_is_not_there_is_named() {
    let named = |text| matches!(refusal(text), Some(PatternError::Unsupported(_)));
    assert!(named(r"\N{DIGIT ONE}") && named(r"\b{g}") && named("(?c)a") && named(r"\p{javaMirrored}"));
    let error = refusal("(?c)a").expect("refused").to_string();
    assert_eq!(error, "the pattern uses canonical equivalence (?c), which is not supported");
    assert_eq!(refusal("a{2").expect("refused").to_string(), "invalid pattern: unclosed counted closure");
}

#[test]
fn half_of_a_pair_stands_in_a_group_only() {
    // Java's look-behind finds the second half of the pair before the x, and no text holds it here.
    assert_eq!(replaced("(?<=(.))x", "😀x", "<$1>"), Ok("😀<\u{fffd}>".into()));
    assert_eq!(replaced("(?<=(.{2}))x", "😀éx", "<$1>"), Ok("😀é<\u{fffd}é>".into()));
    assert_eq!(replaced("(?<=(a*)\\X)x", "😀x", "<$1>"), Ok("😀<>".into()));
    assert_eq!(replaced("(?<=(.))x|😀{3}", "😀x", "<$1>"), Ok("😀<😀>".into()));
}

// ----- bounds -----

#[test]
fn output_is_bounded() {
    assert_eq!(pattern("a").replace_all("aaa", "bb", 6), Ok("bbbbbb".into()));
    assert_eq!(pattern("a").replace_all("aaa", "bb", 5), Err(PatternError::TooLarge));
    assert_eq!(pattern("x").replace_all("aaa", "", 2), Err(PatternError::TooLarge));
}

#[test]
fn patterns_are_bounded() {
    for text in ["(".repeat(60_000), "[".repeat(60_000), format!("[a{}]", "&&a".repeat(20_000)), "a".repeat(70_000)] {
        assert_eq!(refusal(&text), Some(PatternError::TooLarge));
    }
    assert_eq!(refusal(&r"\p{L}".repeat(10_000)), Some(PatternError::TooLarge));
    let deep = "(?:a|(".repeat(49) + "b" + &")*)*".repeat(49);
    assert_eq!(pattern(&deep).is_match("ab"), Ok(true));
}

#[test]
fn evil_patterns_end() {
    let long = "a".repeat(20_000);
    let start = Instant::now();
    // Those of the linear engine get an answer.
    for text in ["(a+)+b", "(a*)*b", "(a|aa)+$b", "(.*)*x", "(a+a+)+b", "(?:|a)*b", "^(a?)*?b"] {
        assert_eq!(pattern(text).is_match(&long), Ok(false), "{text}");
    }
    assert_eq!(pattern("(a+)+b|a").find_all(&long[..500]).map(|found| found.len()), Ok(500));
    let evil = "^(([a-z])+.)+[A-Z]([a-z])+$|(a{1,20}){1,20}b|(a|b)*a(a|b){15}c";
    assert_eq!(pattern(evil).is_match(&"a".repeat(1_000_000)), Ok(false));
    assert_eq!(pattern("(a{1,20}){1,20}b").split(&long).map(|pieces| pieces.len()), Ok(1));
    let hard =
        ["(?=(a+)+b)a", r"(a*)*\1b", "(?>a*)*b", "(?:(?=[^b]*c)a)+", "(a{1000}){1000}", r"(?<!a*a*b)x|(?<=a*b)a"];
    for text in hard {
        assert_eq!(pattern(text).is_match(&long), Err(PatternError::TooMuchWork), "{text}");
    }
    // Each match looks at all the rest.
    assert_eq!(pattern("a.*b|a").find_all(&long), Err(PatternError::TooMuchWork));
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!(pattern("(?=a){2147483647}a").is_match("a"), Ok(true));
}

#[test]
fn long_inputs_get_no_more_steps() {
    let long = "ab".repeat(5_000_000);
    assert_eq!(super::steps(4, 16, &long[..1_000_000]), 16_000_004);
    assert_eq!(super::steps(4, 16, &long), super::MOST_STEPS);
    assert_eq!(pattern("(ab)*c").split(&long).map(|pieces| pieces.len()), Ok(1));
    // A second search would begin anew.
    let (pattern, text) = (pattern("(?=b)x"), &long[..super::LONG]);
    assert!(!super::Matches::new(&pattern, text).expect("a short input").more);
}

#[test]
fn marks_in_a_row_are_bounded() {
    let text = format!("e{} ", "\u{301}".repeat(20_000));
    assert_eq!(pattern(r"\b").find_all(&text).map(|found| found.len()), Ok(2));
}

// ----- one engine against the other -----

/// What the linear engine replaces every match of a pattern with, if it takes the pattern.
fn linear_spans(text: &str, input: &str) -> Option<Vec<Vec<u32>>> {
    let tree = parse::parse(text, Flags::default()).expect("a valid pattern");
    let linear = Linear::new(&tree.root, tree.groups)?;
    let starts = program::program(&tree.root).starts;
    let (mut found, mut next, mut last, mut fuel) = (Vec::new(), 0, 0, 1_000_000);
    while next <= input.len() {
        let slots = linear.find(&starts, input, (next, last), &mut fuel).expect("enough fuel");
        let Some(slots) = slots else { break };
        last = slots[1] as usize;
        next = if slots[0] == slots[1] { last + 1 } else { last };
        found.push(slots);
    }
    Some(found)
}

/// Whether a table and the linear engine find a match from `from` on, where a table can be made.
fn linear_finds(text: &str, input: &str, from: usize) -> Option<bool> {
    let tree = parse::parse(text, Flags::default()).expect("a valid pattern");
    let linear = Linear::new(&tree.root, tree.groups).filter(|linear| linear.bounds.is_some())?;
    let starts = program::program(&tree.root).starts;
    Some(linear.any(&starts, input, (from, 0), &mut 1_000_000).expect("enough fuel"))
}

fn first_from(text: &str, input: &str, from: usize) -> Option<(usize, usize)> {
    let pattern = pattern(text);
    let mut matches = super::Matches::new(&pattern, input).expect("a short input");
    matches.next = from;
    matches.next().expect("enough fuel")
}

#[test]
fn tables_tell_whether_there_is_a_match() {
    let letter =
        |number: u64| if (number * number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60 & 1 == 0 { 'a' } else { 'b' };
    let letters: String = (0..5_000).map(letter).chain(['b']).collect();
    let texts = [
        "aéé\u{e000}x😀\u{d7ff}\u{e000}x---",
        "éa\r\n",
        "😀éa\u{2028}",
        "\u{10ffff}éa\n",
        "ébaé",
        &letters,
        &format!("{letters}a{}c", "b".repeat(29)),
    ];
    for (text, found) in [
        ("^[^a-z]", [false, true, true, true, true, false, false]),
        ("[à-ü]a$", [false, true, true, true, false, false, false]),
        (r"[à-ü]a\z", [false; 7]),
        (r"^é(b|a)*\p{L}$", [false, true, false, false, true, false, false]),
        ("[é-\u{d7ff}]x", [false; 7]),
        ("[\u{d7ff}-\u{10ffff}]{2}x|\u{10ffff}é", [true, false, false, true, false, false, false]),
        ("b$|bc", [false, false, false, false, false, true, true]),
        // It has more states than a table may.
        ("(a|b)*a(a|b){29}c", [false, false, false, false, false, false, true]),
    ] {
        for (input, found) in texts.iter().zip(found) {
            assert_eq!(linear_finds(text, input, 0), Some(found), "{text} on {input}");
            assert_eq!(first_from(text, input, 0).is_some(), found, "{text} on {input}");
        }
    }
    let many: String = ('一'..'龜').step_by(2).collect();
    for text in [r"\ba", "(?m)^a", "(?m)a$", r"\Ga", &format!("[{many}]")] {
        assert_eq!(linear_finds(text, "aaaaaa", 0), None, "{text}");
    }
}

fn backtracked_spans(text: &str, input: &str) -> Vec<Vec<u32>> {
    let pattern = pattern(text);
    let mut matches = super::Matches::new(&pattern, input).expect("a short input");
    let mut found = Vec::new();
    while let Some((start, end)) = matches.next().expect("enough fuel") {
        let mut slots = vec![u32::try_from(start).expect("short"), u32::try_from(end).expect("short")];
        slots.extend(matches.machine.groups.iter().flat_map(|&(start, end)| [start, end]));
        found.push(slots);
    }
    found
}

#[test]
fn both_engines_find_the_same() {
    let atoms = ["a", "b", ".", "[^a]", "(a)", "(a|b)", "(a|ab)", "(?:b|(a))", "^", "$", r"\b", "(ab)"];
    let quantifiers = ["", "*", "+?", "{1,2}", "??"];
    let inputs = ["", "a", "abab", "baab b", "aabba\n"];
    let (mut compared, mut asked) = (0, 0);
    for (first, second) in atoms.iter().flat_map(|first| atoms.iter().map(move |second| (first, second))) {
        for (one, two) in quantifiers.iter().flat_map(|one| quantifiers.iter().map(move |two| (one, two))) {
            for text in [format!("{first}{one}{second}{two}"), format!("(?:{first}{one}|{second}{two})b")] {
                for input in inputs {
                    let Some(linear) = linear_spans(&text, input) else { continue };
                    assert_eq!(linear, backtracked_spans(&text, input), "{text} on {input}");
                    compared += 1;
                    for from in 0..input.len() {
                        let Some(found) = linear_finds(&text, input, from) else { break };
                        let first = first_from(&text, input, from);
                        assert_eq!(found, first.is_some(), "{text} on {input} from {from}");
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
    assert!(asked > 10_000, "{asked}");
    // The search passes over characters behind a condition that failed.
    assert_eq!(linear_spans(r"a?\ba", "bam-a"), Some(vec![vec![4, 5]]));
}
