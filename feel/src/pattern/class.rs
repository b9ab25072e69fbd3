//! Parsing `[…]`: unions, ranges, nested classes and intersections, in the order Java takes them.

use regex_syntax::hir::ClassUnicode;

use super::escape::Escape;
use super::parse::{IGNORE_CASE, Parsed, Parser, UNICODE_CASE, invalid};
use super::{scan, set};

/// What a class has collected so far.
#[derive(Default)]
struct Items {
    /// Single characters below 256; Java keeps them apart, and an intersection does not clear them.
    small: Vec<(u32, u32)>,
    small_pending: bool,
    /// All else.
    ranges: Vec<(u32, u32)>,
    /// What nested classes and intersections came to.
    class: Option<ClassUnicode>,
    /// The item read last, unless it was a small character.
    last: Option<ClassUnicode>,
}

impl Items {
    fn is_empty(&self) -> bool {
        self.class.is_none() && self.ranges.is_empty() && !self.small_pending
    }

    fn add(&mut self, class: ClassUnicode) {
        match &mut self.class {
            Some(whole) => whole.union(&class),
            None => self.class = Some(class.clone()),
        }
        self.last = Some(class);
    }

    /// All so far as one class; the small characters stay for later.
    fn take(&mut self) -> Option<ClassUnicode> {
        if self.is_empty() {
            return None;
        }
        let mut whole = self.class.take().unwrap_or_else(ClassUnicode::empty);
        whole.union(&set::class_of(self.ranges.drain(..)));
        if std::mem::take(&mut self.small_pending) {
            whole.union(&set::class_of(self.small.iter().copied()));
        }
        Some(whole)
    }
}

impl Parser {
    /// The class from the bracket here; `whole` takes the closing bracket too, else it stays.
    pub(super) fn class(&mut self, whole: bool) -> Parsed<ClassUnicode> {
        let mut items = Items::default();
        let mut negate = false;
        let mut c = self.next();
        if c == '^' && self.char_at(self.at - 1) == '[' {
            negate = true;
            c = self.next();
        }
        loop {
            match c {
                '[' => {
                    let inner = self.nested(|parser| parser.class(true))?;
                    items.add(inner);
                    c = self.peek();
                    continue;
                }
                '&' => {
                    if self.next() == '&' {
                        self.intersection(&mut items)?;
                        c = self.peek();
                        continue;
                    }
                    self.unread();
                }
                scan::END if self.at_end() => return invalid("unclosed character class"),
                ']' if !items.is_empty() => {
                    if whole {
                        self.next();
                    }
                    let class = items.take().unwrap_or_else(ClassUnicode::empty);
                    return Ok(if negate { set::negated(class) } else { class });
                }
                _ => {}
            }
            self.item(&mut items)?;
            c = self.peek();
        }
    }

    /// What follows `&&`, up to the closing bracket or a further `&`.
    fn intersection(&mut self, items: &mut Items) -> Parsed<()> {
        let mut right: Option<ClassUnicode> = None;
        let mut c = self.next();
        while c != ']' && c != '&' {
            let bracket = c == '[';
            if !bracket {
                self.unread();
            }
            let class = self.nested(|parser| parser.class(bracket))?;
            right = Some(match right {
                Some(right) => set::union(right, &class),
                None => class,
            });
            c = self.peek();
        }
        // Java has kept the small characters as the last item only where they are the whole left side.
        let only_small = items.class.is_none() && items.ranges.is_empty() && items.small_pending;
        let left = items.take();
        if only_small {
            items.last.clone_from(&left);
        }
        if right.is_some() {
            items.last.clone_from(&right);
        }
        items.class = match (left, &items.last) {
            (None, _) if right.is_none() => return invalid("bad class syntax"),
            (None, _) => right,
            (Some(mut left), Some(last)) => {
                left.intersect(last);
                Some(left)
            }
            (Some(_), None) => return invalid("bad intersection syntax"),
        };
        Ok(())
    }

    /// One character, range, or class by escape.
    fn item(&mut self, items: &mut Items) -> Parsed<()> {
        let low = match self.class_char(false)? {
            Escape::Code(code) => code,
            Escape::Class(class) => {
                items.add(class);
                return Ok(());
            }
            Escape::Node(_) => return invalid("illegal/unsupported escape sequence"),
        };
        if self.peek() == '-' && !matches!(self.char_at(self.at + 1), '[' | ']') {
            self.next();
            // A class stands below every character as the end of a range.
            let Escape::Code(high) = self.class_char(true)? else { return invalid("illegal character range") };
            if high < low {
                return invalid("illegal character range");
            }
            if self.has(IGNORE_CASE) {
                // It goes through all characters that have cases.
                self.charge(if self.has(UNICODE_CASE) { 400 } else { 2 })?;
                items.add(set::with_other_cases(low, high, self.has(UNICODE_CASE)));
            } else {
                items.ranges.push((low, high));
                items.last = Some(set::class_of([(low, high)]));
            }
            return Ok(());
        }
        self.single_in_class(low, items);
        Ok(())
    }

    /// The character or escape here.
    fn class_char(&mut self, ends_range: bool) -> Parsed<Escape> {
        let c = self.peek();
        if c == '\\' {
            let before_range = ends_range || self.char_at(self.at + 2) == '-';
            return self.escape(true, before_range);
        }
        self.next();
        Ok(Escape::Code(u32::from(c)))
    }

    fn single_in_class(&mut self, code: u32, items: &mut Items) {
        let (ignore_case, unicode_case) = (self.has(IGNORE_CASE), self.has(UNICODE_CASE));
        let Some(c) = char::from_u32(code) else {
            items.add(ClassUnicode::empty());
            return;
        };
        // These have another case outside of the small characters.
        let special = "\u{ff}\u{b5}\u{49}\u{69}\u{53}\u{73}\u{4b}\u{6b}\u{c5}\u{e5}".contains(c);
        if code < 256 && !(ignore_case && unicode_case && special) {
            items.small.push((code, code));
            if ignore_case && (unicode_case || c.is_ascii()) {
                items.small.extend([set::lower(c), set::upper(c)].map(|c| (u32::from(c), u32::from(c))));
            }
            items.small_pending = true;
            items.last = None;
        } else if ignore_case && unicode_case {
            items.add(self.either_case(c));
        } else {
            items.ranges.push((code, code));
            items.last = Some(set::class_of([(code, code)]));
        }
    }
}
