//! Grapheme clusters, for `\X`.

use std::sync::OnceLock;

use super::set;
use super::text::{HALF, char_at};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Control,
    CarriageReturn,
    LineFeed,
    Extend,
    Joiner,
    SpacingMark,
    Prepend,
    Flag,
    HangulL,
    HangulV,
    HangulT,
    HangulLv,
    HangulLvt,
    Picture,
    Other,
}

fn kind(c: char) -> Kind {
    static KINDS: OnceLock<Vec<(char, char, Kind)>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        let names = [
            ("gcb=Control", Kind::Control),
            ("gcb=CR", Kind::CarriageReturn),
            ("gcb=LF", Kind::LineFeed),
            ("gcb=Extend", Kind::Extend),
            ("gcb=ZWJ", Kind::Joiner),
            ("gcb=SpacingMark", Kind::SpacingMark),
            ("gcb=Prepend", Kind::Prepend),
            ("gcb=Regional_Indicator", Kind::Flag),
            ("gcb=L", Kind::HangulL),
            ("gcb=V", Kind::HangulV),
            ("gcb=T", Kind::HangulT),
            ("gcb=LV", Kind::HangulLv),
            ("gcb=LVT", Kind::HangulLvt),
            ("Extended_Pictographic", Kind::Picture),
        ];
        let mut kinds = Vec::new();
        for (name, kind) in names {
            kinds.extend(set::known(name).iter().map(|range| (range.start(), range.end(), kind)));
        }
        kinds.sort_by_key(|&(start, ..)| start);
        kinds
    });
    let after = kinds.partition_point(|&(_, end, _)| end < c);
    kinds.get(after).filter(|(start, ..)| *start <= c).map_or(Kind::Other, |&(.., kind)| kind)
}

/// Whether two neighbours belong together whatever stands before them.
fn joined(left: Kind, right: Kind) -> bool {
    use Kind::{
        CarriageReturn, Control, Extend, HangulL, HangulLv, HangulLvt, HangulT, HangulV, Joiner, LineFeed, Prepend,
        SpacingMark,
    };
    match (left, right) {
        (CarriageReturn, LineFeed) => true,
        (Control | CarriageReturn | LineFeed, _) | (_, Control | CarriageReturn | LineFeed) => false,
        (_, Extend | Joiner | SpacingMark)
        | (Prepend, _)
        | (HangulL, HangulL | HangulV | HangulLv | HangulLvt)
        | (HangulLv | HangulV, HangulV | HangulT)
        | (HangulLvt | HangulT, HangulT) => true,
        _ => false,
    }
}

/// The end of the cluster that starts at `at`; none at the end of the text.
pub(super) fn end_of(text: &str, at: usize) -> Option<usize> {
    let Some(first) = char_at(text, at) else {
        // The second half of a surrogate pair is a cluster of its own.
        return (!text.is_char_boundary(at)).then_some(at + HALF);
    };
    let mut end = at + first.len_utf8();
    let mut left = kind(first);
    // Whether the cluster is so far a picture and marks, and how many regional indicators it has.
    let (mut picture, mut flags) = (left == Kind::Picture, usize::from(left == Kind::Flag));
    while let Some(c) = char_at(text, end) {
        let right = kind(c);
        let by_context = match (left, right) {
            (Kind::Joiner, Kind::Picture) => picture,
            (Kind::Flag, Kind::Flag) => flags % 2 == 1,
            _ => false,
        };
        if !by_context && !joined(left, right) {
            break;
        }
        picture = right == Kind::Picture || picture && matches!(right, Kind::Extend | Kind::Joiner);
        flags = if right == Kind::Flag { flags + 1 } else { 0 };
        left = right;
        end += c.len_utf8();
    }
    Some(end)
}
