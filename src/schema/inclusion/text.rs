//! Texts that some patterns match and others do not, found by walking the patterns' automata side by side: the shortest
//! one, or the proof that there is none. The one place that names `regex-automata`.

use super::budget::Budget;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::{Anchored, Input};
use regex_syntax::ast::{self, Ast, ClassPerlKind, ClassSetItem, Visitor};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// An automaton of more states than this is not walked.
const STATES: usize = 4_000;
/// The memory that one automaton may take while it is made, in bytes.
const MEMORY: usize = 2 << 20;
/// The places that one search may look at.
const PLACES: usize = 150_000;
/// What a place costs, and a state of an automaton that is made.
const PLACE: usize = 3;
const STATE: usize = 16;
/// Longer texts are not counted letter by letter.
const COUNTED: u64 = 5_000;

/// What texts are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted<'a> {
    /// Patterns that match.
    pub(super) matching: Vec<&'a str>,
    /// Patterns that do not.
    pub(super) not_matching: Vec<&'a str>,
    /// Texts that it is not.
    pub(super) not: Vec<&'a str>,
    /// The fewest characters.
    pub(super) low: u64,
    /// The most characters.
    pub(super) high: Option<u64>,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// A shortest one.
    Text(String),
    /// There is none.
    None,
    /// A pattern that is not understood, or too large.
    Unknown,
}

/// Searches for texts, with the automata that have been made for them.
#[derive(Debug, Default)]
pub(super) struct Texts {
    automata: RefCell<HashMap<String, Option<Rc<Automaton256>>>>,
    budget: Rc<Budget>,
}

impl Texts {
    pub(super) fn new(budget: Rc<Budget>) -> Self {
        Self { automata: RefCell::default(), budget }
    }

    /// A text that is wanted.
    pub(super) fn find(&self, wanted: &Wanted<'_>) -> Answer {
        if wanted.high.is_some_and(|high| high < wanted.low) {
            return Answer::None;
        }
        if wanted.matching.is_empty() && wanted.not_matching.is_empty() {
            return plain(wanted);
        }
        let literals = (!wanted.not.is_empty()).then(|| {
            let all: Vec<String> = wanted.not.iter().map(|text| regex_syntax::escape(text)).collect();
            format!("^(?:{})$", all.join("|"))
        });
        let matching: Option<Vec<_>> = wanted.matching.iter().map(|pattern| self.automaton(pattern)).collect();
        let others = wanted.not_matching.iter().copied().chain(literals.as_deref());
        let others: Option<Vec<_>> = others.map(|pattern| self.automaton(pattern)).collect();
        // Every text is made of whole characters.
        let characters = self.automaton(r"^[\x{0}-\x{10ffff}]*$");
        match (matching, others, characters) {
            (Some(matching), Some(others), Some(characters)) => {
                self.walk(&matching, &others, &characters, wanted.low, wanted.high)
            }
            _ => Answer::Unknown,
        }
    }

    fn automaton(&self, pattern: &str) -> Option<Rc<Automaton256>> {
        if let Some(known) = self.automata.borrow().get(pattern) {
            return known.clone();
        }
        self.budget.search(STATE * STATES)?;
        let made = Automaton256::new(pattern).map(Rc::new);
        // Of one that is too large nobody knows how large it was.
        let states = made.as_ref().map_or(STATES, |made| made.ends.len());
        self.budget.spare(STATE * STATES.saturating_sub(states));
        self.automata.borrow_mut().insert(pattern.to_owned(), made.clone());
        made
    }

    /// Breadth first: what is found is a shortest text.
    fn walk(
        &self,
        matching: &[Rc<Automaton256>],
        others: &[Rc<Automaton256>],
        characters: &Rc<Automaton256>,
        low: u64,
        high: Option<u64>,
    ) -> Answer {
        let most = high.map_or(low, |high| high.saturating_add(1));
        if most > COUNTED {
            return Answer::Unknown;
        }
        let automata: Vec<&Rc<Automaton256>> = matching.iter().chain(others).chain([characters]).collect();
        let bytes = representatives(&automata);
        let start: Vec<u32> = automata.iter().map(|automaton| automaton.start).collect();
        // What was reached: by which byte from where, and with how many characters.
        let mut places: Vec<(usize, u8, Vec<u32>, u64)> = vec![(0, 0, start.clone(), 0)];
        let mut seen: HashSet<(Vec<u32>, u64)> = HashSet::from([(start, 0)]);
        let mut next = 0;
        while let Some((_, _, states, count)) = places.get(next).cloned() {
            let ends = |index: usize| automata[index].ends[states[index] as usize];
            let is_match = (0..matching.len()).all(ends)
                && !(matching.len()..matching.len() + others.len()).any(ends)
                && ends(automata.len() - 1);
            if is_match && count >= low {
                return text(&places, next).map_or(Answer::Unknown, Answer::Text);
            }
            for &byte in &bytes {
                let begins = byte & 0b1100_0000 != 0b1000_0000;
                let count = if begins { (count + 1).min(most) } else { count };
                if high.is_some_and(|high| count > high) {
                    continue;
                }
                let states: Vec<u32> =
                    automata.iter().zip(&states).map(|(automaton, state)| automaton.next(*state, byte)).collect();
                let is_lost = states[..matching.len()].contains(&DEAD)
                    || states.last() == Some(&DEAD)
                    || states[matching.len()..matching.len() + others.len()].contains(&MATCHED);
                if is_lost || !seen.insert((states.clone(), count)) {
                    continue;
                }
                if places.len() >= PLACES || self.budget.search(PLACE).is_none() {
                    return Answer::Unknown;
                }
                places.push((next, byte, states, count));
            }
            next += 1;
        }
        Answer::None
    }
}

/// A text of a length, without patterns.
fn plain(wanted: &Wanted<'_>) -> Answer {
    // More texts of a length than there are to be left out; the empty one stands alone.
    let lengths = [wanted.low, wanted.low.saturating_add(1)];
    for length in lengths.into_iter().filter(|length| wanted.high.is_none_or(|high| *length <= high)) {
        let Some(length) = usize::try_from(length).ok().filter(|length| *length <= 1 << 24) else {
            return Answer::Unknown;
        };
        let letters = if length == 0 { "x" } else { "xyzabcdefghijklmnopqrstuvw" };
        for letter in letters.chars() {
            let text = String::from(letter).repeat(length);
            if !wanted.not.contains(&text.as_str()) {
                return Answer::Text(text);
            }
        }
        if length > 0 {
            return Answer::Unknown;
        }
    }
    Answer::None
}

fn text(places: &[(usize, u8, Vec<u32>, u64)], mut index: usize) -> Option<String> {
    let mut bytes = Vec::new();
    while index != 0 {
        let (from, byte, ..) = &places[index];
        bytes.push(*byte);
        index = *from;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

/// One byte of each kind that no automaton tells apart: one that people can read, if there is one.
fn representatives(automata: &[&Rc<Automaton256>]) -> Vec<u8> {
    let readable = b"xabcdefghijklmnopqrstuvwyz1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@+,;=!?#%&*()[]{}<>'\"$^|~`\\ ";
    let mut seen = HashSet::new();
    let all = readable.iter().copied().chain(0..=u8::MAX);
    all.filter(|byte| {
        let kinds: Vec<u8> = automata.iter().map(|automaton| automaton.kinds[usize::from(*byte)]).collect();
        seen.insert(kinds)
    })
    .collect()
}

const DEAD: u32 = 0;
const MATCHED: u32 = 1;

/// An automaton by tables: what matches somewhere in a text has matched, whatever follows.
#[derive(Debug)]
struct Automaton256 {
    start: u32,
    /// The kind of each byte.
    kinds: Vec<u8>,
    count: usize,
    /// By state and kind.
    table: Vec<u32>,
    /// Whether a text that ends in a state matches.
    ends: Vec<bool>,
}

impl Automaton256 {
    fn next(&self, state: u32, byte: u8) -> u32 {
        self.table[state as usize * self.count + usize::from(self.kinds[usize::from(byte)])]
    }

    fn new(pattern: &str) -> Option<Self> {
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new().dfa_size_limit(Some(MEMORY)).determinize_size_limit(Some(MEMORY)).minimize(false),
            )
            .thompson(thompson::Config::new().nfa_size_limit(Some(MEMORY)))
            .build(&translated(pattern)?)
            .ok()?;
        let start = dfa.start_state(&start::Config::from_input_forward(&Input::new("").anchored(Anchored::No))).ok()?;
        let mut numbers = HashMap::new();
        let mut states = Vec::new();
        let mut number = |state, states: &mut Vec<_>| {
            if dfa.is_dead_state(state) {
                DEAD
            } else if dfa.is_match_state(state) {
                MATCHED
            } else {
                *numbers.entry(state).or_insert_with(|| {
                    states.push(state);
                    u32::try_from(states.len()).unwrap_or(u32::MAX) + 1
                })
            }
        };
        let start = number(start, &mut states);
        // One byte stands for all that it tells from no other.
        let classes: Vec<u8> = (0..=u8::MAX).map(|byte| dfa.byte_classes().get(byte)).collect();
        let count = classes.iter().max().map_or(1, |most| usize::from(*most) + 1);
        let firsts: Vec<u8> = (0..count)
            .filter_map(|class| (0..=u8::MAX).find(|byte| usize::from(classes[usize::from(*byte)]) == class))
            .collect();
        let mut rows: Vec<Vec<u32>> = vec![vec![DEAD; count], vec![MATCHED; count]];
        let mut ends = vec![false, true];
        let mut index = 0;
        while let Some(&state) = states.get(index) {
            if states.len() > STATES || dfa.is_quit_state(state) {
                return None;
            }
            rows.push(firsts.iter().map(|byte| number(dfa.next_state(state, *byte), &mut states)).collect());
            ends.push(dfa.is_match_state(dfa.next_eoi_state(state)));
            index += 1;
        }
        Some(Self::packed(start, &rows, ends, &classes))
    }

    /// Classes of bytes that lead to the same state everywhere are of one kind.
    fn packed(start: u32, rows: &[Vec<u32>], ends: Vec<bool>, classes: &[u8]) -> Self {
        let mut columns: HashMap<Vec<u32>, u8> = HashMap::new();
        let mut firsts = Vec::new();
        let kinds: Vec<u8> = (0..rows.first().map_or(0, Vec::len))
            .map(|class| {
                let column: Vec<u32> = rows.iter().map(|row| row[class]).collect();
                let next = u8::try_from(columns.len()).unwrap_or(u8::MAX);
                *columns.entry(column).or_insert_with(|| {
                    firsts.push(class);
                    next
                })
            })
            .collect();
        let kinds = classes.iter().map(|class| kinds[usize::from(*class)]).collect();
        let table = rows.iter().flat_map(|row| firsts.iter().map(|class| row[*class])).collect();
        Self { start, kinds, count: firsts.len(), table, ends }
    }
}

/// The pattern as our validator understands it, in Rust's syntax; none if it has something that the two may read differently.
fn translated(pattern: &str) -> Option<String> {
    let tree = ast::parse::Parser::new().parse(pattern).ok()?;
    let mut replaced = ast::visit(&tree, Translator::default()).ok()?;
    replaced.sort_by_key(|(place, _)| place.0);
    let mut text = String::new();
    let mut from = 0;
    for ((start, end), replacement) in replaced {
        text.push_str(pattern.get(from..start)?);
        text.push_str(replacement);
        from = end;
    }
    text.push_str(pattern.get(from..)?);
    Some(text)
}

/// Collects what is written otherwise in Rust.
#[derive(Default)]
struct Translator(Vec<((usize, usize), &'static str)>);

/// Something that is not translated.
struct Untranslated;

impl Translator {
    fn perl(&mut self, class: &ast::ClassPerl) {
        let replacement = match (&class.kind, class.negated) {
            (ClassPerlKind::Digit, false) => "[0-9]",
            (ClassPerlKind::Digit, true) => "[^0-9]",
            (ClassPerlKind::Word, false) => "[A-Za-z0-9_]",
            (ClassPerlKind::Word, true) => "[^A-Za-z0-9_]",
            (ClassPerlKind::Space, false) => {
                r"[\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]"
            }
            (ClassPerlKind::Space, true) => {
                r"[^\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}]"
            }
        };
        self.0.push(((class.span.start.offset, class.span.end.offset), replacement));
    }
}

impl Visitor for Translator {
    type Output = Vec<((usize, usize), &'static str)>;
    type Err = Untranslated;

    fn finish(self) -> Result<Self::Output, Untranslated> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, tree: &Ast) -> Result<(), Untranslated> {
        match tree {
            Ast::Flags(_) | Ast::ClassUnicode(_) => return Err(Untranslated),
            // `a++` gives nothing back there, and `a{2}{2}` is no product.
            Ast::Repetition(repetition) if matches!(*repetition.ast, Ast::Repetition(_)) => return Err(Untranslated),
            Ast::Assertion(assertion)
                if !matches!(assertion.kind, ast::AssertionKind::StartLine | ast::AssertionKind::EndLine) =>
            {
                return Err(Untranslated);
            }
            Ast::Group(group) if group.flags().is_some_and(|flags| !flags.items.is_empty()) => {
                return Err(Untranslated);
            }
            Ast::ClassPerl(class) => self.perl(class),
            Ast::Dot(span) => self.0.push(((span.start.offset, span.end.offset), r"[^\n\r\x{2028}\x{2029}]")),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Untranslated> {
        match item {
            ClassSetItem::Perl(class) => self.perl(class),
            ClassSetItem::Ascii(_) | ClassSetItem::Unicode(_) | ClassSetItem::Bracketed(_) => return Err(Untranslated),
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ast::ClassSetBinaryOp) -> Result<(), Untranslated> {
        Err(Untranslated)
    }
}
