//! Where in a value something is compared, and what was found there.

use super::given::{Given, Spot, items_of, members_of};
use super::set::{List, Object};
use super::{LostValue, NotProven};

/// So many losses are told, and so many places of which nothing is known.
const TOLD: usize = 200;

pub(super) const TOO_MUCH: &str = "there is too much to compare";

/// What a comparison has found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) lost: Vec<LostValue>,
    pub(super) not_proven: Vec<NotProven>,
}

impl Found {
    pub(super) fn add(&mut self, other: Self) {
        for lost in other.lost {
            // A text and what it stands for are one.
            if self.lost.iter().any(|known| known.path == lost.path && known.loss == lost.loss) {
                continue;
            }
            if self.lost.len() < TOLD {
                self.lost.push(lost);
            } else if !self.not_proven.iter().any(|known| known.reason == TOO_MUCH) {
                self.not_proven.insert(0, NotProven { path: lost.path, reason: TOO_MUCH.to_owned() });
            }
        }
        for place in other.not_proven {
            if self.not_proven.len() < TOLD && !self.not_proven.contains(&place) {
                self.not_proven.push(place);
            }
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.lost.is_empty() && self.not_proven.is_empty()
    }

    /// The better one to tell: what is certain, and little of it.
    fn cost(&self) -> (bool, usize, usize) {
        (self.lost.is_empty(), self.not_proven.len(), self.lost.len())
    }
}

pub(super) fn unknown(path: String, reason: impl Into<String>) -> Found {
    Found { not_proven: vec![NotProven { path, reason: reason.into() }], ..Found::default() }
}

/// Of what is lost by several alternatives, the least: one that loses nothing is enough.
pub(super) fn best(options: impl Iterator<Item = Found>) -> Option<Found> {
    let mut best: Option<Found> = None;
    for found in options {
        if found.is_nothing() {
            return Some(found);
        }
        if best.as_ref().is_none_or(|best| found.cost() < best.cost()) {
            best = Some(found);
        }
    }
    best
}

/// Where a set stands in the whole value.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 's> {
    pub(super) step: Step<'p, 's>,
    pub(super) outer: Option<&'p Place<'p, 's>>,
}

#[derive(Clone, Copy)]
pub(super) enum Step<'p, 's> {
    Root,
    Member { one: &'p Object<'s>, other: &'p Object<'s>, name: &'p str },
    Item { one: &'p List<'s>, other: &'p List<'s> },
}

impl Place<'_, '_> {
    pub(super) fn path(&self) -> String {
        let outer = self.outer.map(Place::path).unwrap_or_default();
        match &self.step {
            Step::Root => outer,
            Step::Member { name, .. } => join(&outer, name),
            Step::Item { .. } => format!("{outer}[0]"),
        }
    }

    /// Whether there is something at it, or at a member of it, that is written only.
    pub(super) fn has_secret(&self, name: Option<&str>, given: &Given) -> bool {
        let (spots, is_within) = self.spots(given);
        let spots = name.map_or_else(|| spots.clone(), |name| members_of(&spots, name));
        is_within || spots.iter().any(|spot| spot.has_secret())
    }

    /// What is known of the place, and whether it is within what is written only.
    fn spots<'g>(&self, given: &'g Given) -> (Vec<&'g Spot>, bool) {
        let Some(outer) = self.outer else { return (vec![given.root()], given.root().is_secret) };
        let (spots, is_within) = outer.spots(given);
        let spots = match &self.step {
            Step::Root => spots,
            Step::Member { name, .. } => members_of(&spots, name),
            Step::Item { .. } => items_of(&spots),
        };
        let is_secret = spots.iter().any(|spot| spot.is_secret);
        (spots, is_within || is_secret)
    }
}

pub(super) fn join(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}.{name}") }
}
