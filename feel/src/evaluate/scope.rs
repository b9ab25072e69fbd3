//! Where a name is looked up: a chain of frames on the stack, the innermost first.

use std::sync::Arc;

use crate::{
    value::{Context, Entries, Function, Value, ValueRef},
    variables::Variables,
};

/// A frame and what lies around it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a> {
    frame: Frame<'s, 'a>,
    outer: Option<&'s Scope<'s, 'a>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Frame<'s, 'a> {
    /// The variables that the expression is given.
    Variables(&'s Variables<'a>),
    /// Variables of iterators, parameters of a function.
    Bindings(&'s [(&'a str, Value<'a>)]),
    /// The entries so far of a context that is being made.
    Entries(&'s Entries<'a>),
    /// The item that a filter looks at: by the name `item`, and its entries by theirs.
    Item(ValueRef<'s, 'a>),
    /// What a function saw where it was defined.
    Captured(&'s Captured<'a>),
}

impl<'s, 'a> Scope<'s, 'a> {
    pub(crate) fn root(variables: &'s Variables<'a>) -> Scope<'s, 'a> {
        Scope { frame: Frame::Variables(variables), outer: None }
    }

    pub(crate) fn of_function(captured: &'s Captured<'a>) -> Scope<'s, 'a> {
        Scope { frame: Frame::Captured(captured), outer: None }
    }

    pub(crate) fn with<'t>(&'t self, frame: Frame<'t, 'a>) -> Scope<'t, 'a> {
        Scope { frame, outer: Some(self) }
    }

    /// The variable of this name.
    pub(crate) fn variable(&self, name: &str) -> Option<ValueRef<'s, 'a>> {
        let mut scope = self;
        loop {
            let found = match scope.frame {
                Frame::Variables(variables) => variables.get(name).map(ValueRef::Json),
                Frame::Bindings(bindings) => binding(bindings, name),
                Frame::Entries(entries) => entries.variable(name).map(ValueRef::Value),
                Frame::Item(item) => item_variable(item, name),
                Frame::Captured(captured) => captured.variable(name),
            };
            match (found, scope.outer) {
                (Some(value), _) => return Some(value),
                (None, Some(outer)) => scope = outer,
                (None, None) => return None,
            }
        }
    }

    /// The function of this name that `fits`, among those that contexts around here define.
    pub(crate) fn function(&self, name: &str, fits: &dyn Fn(&Function<'a>) -> bool) -> Option<Arc<Function<'a>>> {
        let mut scope = self;
        loop {
            let found = match scope.frame {
                Frame::Variables(_) | Frame::Bindings(_) => None,
                Frame::Entries(entries) => function_among(entries.functions(), name, fits),
                Frame::Item(item) => item_function(item, name, fits),
                Frame::Captured(captured) => captured.function(name, fits),
            };
            match (found, scope.outer) {
                (Some(function), _) => return Some(function),
                (None, Some(outer)) => scope = outer,
                (None, None) => return None,
            }
        }
    }

    /// The names of all variables that can be seen from here, for hints.
    pub(crate) fn variable_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut next = Some(self);
        while let Some(scope) = next {
            match scope.frame {
                Frame::Variables(variables) => names.extend(variables.names().map(str::to_owned)),
                Frame::Bindings(bindings) => names.extend(bindings.iter().map(|(name, _)| (*name).to_owned())),
                Frame::Entries(entries) => {
                    names.extend(entries.variables().iter().map(|(name, _)| name.as_str().to_owned()));
                }
                Frame::Item(item) => {
                    names.push("item".to_owned());
                    if let Value::Context(context) = item.value() {
                        names.extend(context.names().map(str::to_owned));
                    }
                }
                // A function's surroundings are told where it is defined.
                Frame::Captured(_) => {}
            }
            next = scope.outer;
        }
        names
    }

    /// Keeps what can be seen from here, for a function. The second number is how many bindings were copied.
    pub(crate) fn capture(&self) -> (Captured<'a>, usize) {
        let mut frames = Vec::new();
        let mut copied = 1;
        let mut depth = 0;
        let mut next = Some(self);
        while let Some(scope) = next {
            frames.push(match scope.frame {
                Frame::Variables(variables) => Owned::Variables(variables.clone()),
                Frame::Bindings(bindings) => {
                    copied += bindings.len();
                    depth = bindings.iter().map(|(_, value)| value.depth()).fold(depth, usize::max);
                    Owned::Bindings(bindings.to_vec())
                }
                Frame::Entries(entries) => {
                    copied += entries.len();
                    depth = depth.max(entries.depth());
                    Owned::Entries(entries.clone())
                }
                Frame::Item(item) => {
                    let item = item.value();
                    depth = depth.max(item.depth());
                    Owned::Item(item)
                }
                Frame::Captured(captured) => {
                    depth = depth.max(captured.depth());
                    Owned::Captured(captured.clone())
                }
            });
            copied += 1;
            next = scope.outer;
        }
        (Captured(Arc::new(Frames { frames, depth })), copied)
    }
}

#[inline]
fn binding<'s, 'a>(bindings: &'s [(&'a str, Value<'a>)], name: &str) -> Option<ValueRef<'s, 'a>> {
    bindings.iter().find(|(known, _)| *known == name).map(|(_, value)| ValueRef::Value(value))
}

#[inline]
fn item_variable<'s, 'a>(item: ValueRef<'s, 'a>, name: &str) -> Option<ValueRef<'s, 'a>> {
    item.entry(name).or_else(|| (name == "item").then_some(item))
}

fn item_function<'a>(
    item: ValueRef<'_, 'a>,
    name: &str,
    fits: &dyn Fn(&Function<'a>) -> bool,
) -> Option<Arc<Function<'a>>> {
    match item {
        ValueRef::Value(Value::Context(Context::Shared(entries))) => function_among(entries.functions(), name, fits),
        ValueRef::Value(Value::Function(function)) if name == "item" && fits(function) => Some(function.clone()),
        _ => None,
    }
}

pub(crate) fn function_among<'a>(
    functions: &[(crate::Text<'a>, Arc<Function<'a>>)],
    name: &str,
    fits: &dyn Fn(&Function<'a>) -> bool,
) -> Option<Arc<Function<'a>>> {
    functions.iter().find(|(known, function)| &**known == name && fits(function)).map(|(_, function)| function.clone())
}

/// The frames that a function keeps, the innermost first.
#[derive(Clone)]
pub(crate) struct Captured<'a>(Arc<Frames<'a>>);

struct Frames<'a> {
    frames: Vec<Owned<'a>>,
    depth: usize,
}

enum Owned<'a> {
    Variables(Variables<'a>),
    Bindings(Vec<(&'a str, Value<'a>)>),
    Entries(Entries<'a>),
    Item(Value<'a>),
    Captured(Captured<'a>),
}

impl<'a> Captured<'a> {
    pub(crate) fn depth(&self) -> usize {
        self.0.depth + 1
    }

    fn variable(&self, name: &str) -> Option<ValueRef<'_, 'a>> {
        self.0.frames.iter().find_map(|frame| match frame {
            Owned::Variables(variables) => variables.get(name).map(ValueRef::Json),
            Owned::Bindings(bindings) => binding(bindings, name),
            Owned::Entries(entries) => entries.variable(name).map(ValueRef::Value),
            Owned::Item(item) => item_variable(ValueRef::Value(item), name),
            Owned::Captured(captured) => captured.variable(name),
        })
    }

    fn function(&self, name: &str, fits: &dyn Fn(&Function<'a>) -> bool) -> Option<Arc<Function<'a>>> {
        self.0.frames.iter().find_map(|frame| match frame {
            Owned::Variables(_) | Owned::Bindings(_) => None,
            Owned::Entries(entries) => function_among(entries.functions(), name, fits),
            Owned::Item(item) => item_function(ValueRef::Value(item), name, fits),
            Owned::Captured(captured) => captured.function(name, fits),
        })
    }
}
