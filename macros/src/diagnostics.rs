//! Gathers every fault of an item, so that one typo does not hide the others.

use darling::error::Accumulator;
use proc_macro2::{Span, TokenStream};
use std::fmt::Display;
use syn::spanned::Spanned;

/// Faults found so far, each at its token.
pub(crate) struct Diagnostics(Accumulator);

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self(darling::Error::accumulator())
    }

    /// Records a fault at a token.
    pub(crate) fn fault(&mut self, place: &impl Spanned, message: impl Display) {
        self.fault_at(place.span(), message);
    }

    /// Records a fault at a span.
    pub(crate) fn fault_at(&mut self, span: Span, message: impl Display) {
        self.0.push(darling::Error::custom(message).with_span(&span));
    }

    /// The value, or its faults recorded.
    pub(crate) fn handle<T>(&mut self, result: darling::Result<T>) -> Option<T> {
        self.0.handle(result)
    }

    /// `compile_error!` for each fault; `None` when there is none.
    pub(crate) fn finish(self) -> Option<TokenStream> {
        self.0.finish().err().map(darling::Error::write_errors)
    }
}

/// "; did you mean `name`?" for the nearest of the known names, or the list of them.
pub(crate) fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest {
        Some((_, candidate)) => format!("; did you mean `{candidate}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; there is {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}
