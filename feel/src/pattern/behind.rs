//! Look-behind: the places that its body is tried from.
//!
//! Java steps back by UTF-16 units, so that it also tries the place between the halves of a surrogate pair; by whole
//! characters where the pattern has a character beyond U+FFFF from the look-behind on.

use super::ast::{Reach, Stride};
use super::backtrack::{Machine, Spent};
use super::text::{HALF, char_at, char_before};

impl Machine<'_, '_> {
    /// Whether the body at `pc` matches from some place before `at` up to it, the nearest tried first.
    pub(super) fn behind(&mut self, pc: usize, reach: Reach, stride: Stride, at: usize) -> Result<bool, Spent> {
        let (first, last) = match stride {
            Stride::Units => self.ends_by_units(reach, at)?,
            Stride::Characters => self.ends_by_characters(reach, at)?,
        };
        let Some(last) = last else { return Ok(false) };
        let outer = self.aim(at);
        let mut start = first;
        let mut found = false;
        while let Some(place) = start.filter(|place| *place >= last) {
            if self.run(pc, place)?.is_some() {
                found = true;
                break;
            }
            self.spend(1)?;
            start = match stride {
                Stride::Units => unit_before(self.text, place),
                Stride::Characters => character_before(self.text, place),
            };
        }
        self.aim(outer);
        Ok(found)
    }

    /// The first and the last place to try; none where there is none.
    fn ends_by_units(&mut self, reach: Reach, at: usize) -> Result<(Option<usize>, Option<usize>), Spent> {
        let first = self.units_back(at, reach.min.max(0).unsigned_abs())?;
        let last = if reach.max >= 0 {
            self.units_back(at, reach.max.unsigned_abs())?.or(Some(0))
        } else {
            // Java's count has overflown, and does so once more where enough stands before: then all of it is tried.
            let enough = reach.max.wrapping_sub(i32::MIN).unsigned_abs();
            self.units_back(at, enough)?.and(Some(0))
        };
        Ok((first, last))
    }

    /// As by units; but for a count that has overflown, Java counts what stands ahead.
    fn ends_by_characters(&mut self, reach: Reach, at: usize) -> Result<(Option<usize>, Option<usize>), Spent> {
        let mut back = |count: i32| {
            if count >= 0 {
                self.characters_back(at, count.unsigned_abs()).map(Some)
            } else {
                let ahead = self.units_ahead(at, count.wrapping_neg())?;
                self.units_back(at, ahead)
            }
        };
        Ok((back(reach.min)?, back(reach.max)?.or(Some(0))))
    }

    /// The place `count` units before `at`; none where there are not so many.
    fn units_back(&mut self, at: usize, count: u32) -> Result<Option<usize>, Spent> {
        if count as usize > at {
            return Ok(None);
        }
        self.spend(count as usize / 4)?;
        let mut place = at;
        for _ in 0..count {
            match unit_before(self.text, place) {
                Some(before) => place = before,
                None => return Ok(None),
            }
        }
        Ok(Some(place))
    }

    /// The place `count` characters before `at`, or the beginning.
    fn characters_back(&mut self, at: usize, count: u32) -> Result<usize, Spent> {
        if count as usize >= at {
            return Ok(0);
        }
        self.spend(count as usize / 4)?;
        let mut place = at;
        for _ in 0..count {
            place = character_before(self.text, place).unwrap_or(0);
        }
        Ok(place)
    }

    /// How many units the next `count` characters have.
    fn units_ahead(&mut self, at: usize, count: i32) -> Result<u32, Spent> {
        let (mut place, mut units) = (at, 0);
        for _ in 0..count {
            let Some(c) = char_at(self.text, place) else { break };
            place += c.len_utf8();
            units += if c.len_utf16() == 2 { 2 } else { 1 };
        }
        self.spend((place - at) / 4)?;
        Ok(units)
    }
}

fn unit_before(text: &str, at: usize) -> Option<usize> {
    if text.is_char_boundary(at) {
        char_before(text, at).map(|c| if c.len_utf16() == 2 { at - HALF } else { at - c.len_utf8() })
    } else {
        Some(at - HALF)
    }
}

fn character_before(text: &str, at: usize) -> Option<usize> {
    if text.is_char_boundary(at) { char_before(text, at).map(|c| at - c.len_utf8()) } else { Some(at - HALF) }
}
