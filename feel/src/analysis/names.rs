//! Where a name is looked up.

use std::{cell::Cell, collections::HashMap};

use super::{Shape, combine::spend};

/// The names that can be seen, from the expression's variables to the innermost ones.
///
/// The names that the expression itself binds are found at once, however many there are.
pub(super) struct Names<'e> {
    variables: &'e Shape,
    /// From the outermost to the innermost.
    seen: Vec<Seen<'e>>,
    /// Where the names of each scope begin.
    scopes: Vec<usize>,
    /// Where each name is bound.
    bound: HashMap<&'e str, Vec<usize>>,
    /// How many functions of each name there are.
    functions: HashMap<&'e str, usize>,
    /// Where the items are.
    items: Vec<usize>,
    /// How many more entries are looked at: beyond, they may be anything.
    budget: Cell<usize>,
}

/// What unary tests are about.
const INPUT: [&str; 2] = ["cellInput", "inputVariableName"];

enum Seen<'e> {
    Binding(&'e str, Shape),
    Function(&'e str),
    /// The item that a filter looks at: by the name `item`, and its entries by theirs.
    Item(Shape),
}

/// What a name stands for.
pub(super) struct Found {
    pub(super) shape: Shape,
    /// Whether it is one of the expression's variables, so that reading it is a read.
    pub(super) variable: bool,
    /// Whether it may be an entry of an item instead.
    pub(super) in_filter: bool,
}

impl<'e> Names<'e> {
    pub(super) fn new(variables: &'e Shape) -> Names<'e> {
        /// Enough for any expression that a person writes, and gone within a tenth of a second.
        const BUDGET: usize = 1_000_000;
        Names {
            variables,
            seen: Vec::new(),
            scopes: Vec::new(),
            bound: HashMap::new(),
            functions: HashMap::new(),
            items: Vec::new(),
            budget: Cell::new(BUDGET),
        }
    }

    pub(super) fn open(&mut self) {
        self.scopes.push(self.seen.len());
    }

    /// Binds a name in the innermost scope.
    pub(super) fn bind(&mut self, name: &'e str, shape: Shape) {
        self.bound.entry(name).or_default().push(self.seen.len());
        self.seen.push(Seen::Binding(name, shape));
    }

    /// Defines a function in the innermost scope. It can be called, and is no variable.
    pub(super) fn define(&mut self, name: &'e str) {
        *self.functions.entry(name).or_default() += 1;
        self.seen.push(Seen::Function(name));
    }

    /// Lets the entries of an item be seen in the innermost scope.
    pub(super) fn enter(&mut self, item: Shape) {
        self.items.push(self.seen.len());
        self.seen.push(Seen::Item(item));
    }

    /// Lets the names of what a unary test is about be seen in the innermost scope.
    pub(super) fn enter_test(&mut self) {
        for name in INPUT {
            self.bind(name, Shape::Any);
        }
    }

    pub(super) fn close(&mut self) {
        let start = self.scopes.pop().unwrap_or_default();
        for seen in self.seen.drain(start..) {
            match seen {
                Seen::Binding(name, _) => {
                    self.bound.get_mut(name).and_then(Vec::pop);
                }
                Seen::Function(name) => {
                    self.functions.entry(name).and_modify(|count| *count -= 1);
                }
                Seen::Item(_) => {
                    self.items.pop();
                }
            }
        }
    }

    /// Whether the expression may have a function of its own by this name. Its variables hold none.
    pub(super) fn defines(&self, name: &str) -> bool {
        let is_defined = self.functions.get(name).is_some_and(|count| *count > 0);
        is_defined || matches!(self.find(name), Some(Found { shape: Shape::Any, variable: false, .. }))
    }

    /// Looks a name up; none if it is certain that there is no such name.
    pub(super) fn find(&self, name: &str) -> Option<Found> {
        let bound = self.bound.get(name).and_then(|places| places.last().copied());
        let mut in_filter = false;
        for place in self.items.iter().rev().copied().take_while(|item| bound.is_none_or(|bound| *item > bound)) {
            let Some(Seen::Item(item)) = self.seen.get(place) else { continue };
            if !self.spend(1) {
                in_filter = true;
                break;
            }
            match self.entry(item, name) {
                Entry::Known(shape) => return Some(Found { shape, variable: false, in_filter }),
                _ if name == "item" => return Some(Found { shape: item.clone(), variable: false, in_filter }),
                Entry::Possible => in_filter = true,
                Entry::None => {}
            }
        }
        if let Some(Seen::Binding(_, shape)) = bound.and_then(|place| self.seen.get(place)) {
            return Some(Found { shape: shape.clone(), variable: false, in_filter });
        }
        match self.entry(self.variables, name) {
            Entry::Known(shape) => Some(Found { shape, variable: true, in_filter }),
            Entry::Possible => Some(Found { shape: Shape::Any, variable: true, in_filter }),
            // It may still be an entry of an item that nothing is known of.
            Entry::None if in_filter => Some(Found { shape: Shape::Any, variable: false, in_filter }),
            Entry::None => None,
        }
    }

    /// The entry of this name, as far as there is a budget for looking.
    pub(super) fn entry(&self, of: &Shape, name: &str) -> Entry {
        match of {
            Shape::Any => Entry::Possible,
            Shape::Context(context) if !self.spend(1 + context.entries().len()) => Entry::Possible,
            Shape::Context(context) => match of.entry(name) {
                Some(shape) => Entry::Known(shape.clone()),
                None if context.is_open() => Entry::Possible,
                None => Entry::None,
            },
            _ => Entry::None,
        }
    }

    /// Does something at the expense of the budget.
    pub(super) fn spending<T>(&self, work: impl FnOnce(&mut usize) -> T) -> T {
        let mut budget = self.budget.get();
        let result = work(&mut budget);
        self.budget.set(budget);
        result
    }

    fn spend(&self, amount: usize) -> bool {
        self.spending(|budget| spend(amount, budget))
    }

    /// Names that can be seen, the innermost scope first: not all of them if there are more than so many.
    pub(super) fn visible(&self, most: usize) -> Vec<&str> {
        let mut names = Vec::new();
        let mut end = self.seen.len();
        for start in self.scopes.iter().rev().copied() {
            for seen in self.seen.get(start..end).unwrap_or_default() {
                match seen {
                    Seen::Function(_) => {}
                    Seen::Binding(name, _) if INPUT.contains(name) => {}
                    Seen::Binding(name, _) => names.push(*name),
                    Seen::Item(item) => names.extend(item.names()),
                }
                if names.len() >= most {
                    return names;
                }
            }
            end = start;
        }
        names.extend(self.variables.names().take(most));
        names
    }
}

/// What a shape says of one of its entries.
pub(super) enum Entry {
    Known(Shape),
    /// There may be one.
    Possible,
    None,
}
