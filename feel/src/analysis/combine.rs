//! Two shapes in one.

use std::{collections::HashMap, mem::take, sync::Arc};

use super::shape::{ContextShape, Entry, Shape};

/// What is known of the value that is told by two shapes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It has one of them.
    Either,
    /// It has both.
    Both,
}

/// Combines two shapes, at the price of the entries that are looked at; what there is no budget for may be anything.
pub(super) fn combine(one: Shape, other: Shape, how: How, budget: &mut usize) -> Shape {
    match (one, other) {
        (Shape::Null, shape) | (shape, Shape::Null) if how == How::Either => shape,
        (Shape::Any, shape) | (shape, Shape::Any) if how == How::Both => shape,
        (Shape::List(one), Shape::List(other)) => {
            if spend(1, budget) {
                Shape::list(combine(one.into_items(), other.into_items(), how, budget))
            } else {
                Shape::Any
            }
        }
        (Shape::Context(one), Shape::Context(other)) => {
            if one.is(&other) {
                return Shape::Context(one);
            }
            if !spend(1 + one.entries().len() + other.entries().len(), budget) {
                return Shape::Any;
            }
            let open = one.is_open() || other.is_open();
            Shape::of_entries(entries(one, &other, how, budget), open)
        }
        (one, other) if one == other => one,
        _ => Shape::Any,
    }
}

fn entries(one: ContextShape, other: &ContextShape, how: How, budget: &mut usize) -> Vec<Entry> {
    /// With as many others, an index of the entries is faster than looking through them.
    const MANY: usize = 8;
    // What an open context does not list may still be there, and anything.
    let beside = |open: bool, shape: &Shape| if how == How::Either && open { Shape::Any } else { shape.clone() };
    let one_is_open = one.is_open();
    let mut entries = one.into_entries();
    let mut index: Option<HashMap<Arc<str>, usize>> = (other.entries().len() > MANY)
        .then(|| entries.iter().enumerate().map(|(place, (name, _))| (Arc::clone(name), place)).collect());
    let mut met = vec![false; entries.len()];
    for (name, shape) in other.entries() {
        let known = match &index {
            Some(index) => index.get(name).copied(),
            None => entries.iter().rposition(|(known, _)| known == name),
        };
        if let Some((place, (_, known))) = known.and_then(|place| Some((place, entries.get_mut(place)?))) {
            *known = combine(take(known), shape.clone(), how, budget);
            if let Some(met) = met.get_mut(place) {
                *met = true;
            }
            continue;
        }
        if let Some(index) = &mut index {
            index.insert(Arc::clone(name), entries.len());
        }
        entries.push((Arc::clone(name), beside(one_is_open, shape)));
    }
    for ((_, shape), _) in entries.iter_mut().zip(met).filter(|(_, met)| !met) {
        *shape = beside(other.is_open(), shape);
    }
    entries
}

/// Whether there is so much left.
pub(super) fn spend(amount: usize, budget: &mut usize) -> bool {
    let left = budget.checked_sub(amount);
    *budget = left.unwrap_or(0);
    left.is_some()
}
