//! FEEL as Camunda 8 evaluates it.
//!
//! The dialect is that of feel-scala 1.21.0, Camunda's engine, and not that of the DMN standard where they differ;
//! `docs/deviations.md` of this crate lists the differences. Expressions are parsed once and evaluated over
//! [`serde_json::Value`]s, without converting them first.
//!
//! ```
//! use opwright_feel::{Expression, Variables};
//! use serde_json::json;
//!
//! let expression = Expression::parse("= {total: sum(items.price), dear: items[price > 10].name}")?;
//! let variables = json!({"items": [{"name": "a", "price": 12.5}, {"name": "b", "price": 3}]});
//! let evaluation = expression.evaluate(&Variables::from(&variables))?;
//! assert_eq!(evaluation.to_json(), json!({"total": 15.5, "dear": ["a"]}));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What FEEL turns into null in silence is told by [`Evaluation::warnings`], with its place. An evaluation that fails,
//! or costs more than its [`Limits`], is an [`EvaluationError`]. Neither holds a value of the variables, but
//! for what an expression asks for: the cause that `assert(…)` is given, and what a [`FunctionError`] says, such as the
//! attempts that `backoff` refuses. Hints name variables and keys.
//!
//! Text goes through `parser` to `syntax`; `evaluate` walks that with `builtins`; `number`, `temporal` and `pattern`
//! are Java's decimals, dates and regular expressions, each behind one door; `analysis` looks without evaluating.

#![forbid(unsafe_code)]

mod analysis;
mod builtins;
pub mod connector;
mod engine;
mod evaluate;
mod expression;
mod limits;
mod nearest;
pub mod number;
mod parser;
mod pattern;
mod span;
mod syntax;
pub mod temporal;
mod value;
mod variables;

pub use analysis::{Analysis, ContextShape, Diagnostic, ListShape, Read, Shape};
pub use engine::{Engine, FunctionError, HostFunction};
pub use evaluate::{EvaluationError, EvaluationErrorReason, Warning, WarningKind};
pub use expression::{Evaluation, Expression};
pub use limits::Limits;
pub use number::Number;
pub use parser::{Found, ParseError, ParseErrorReason};
pub use span::{Located, Position, Span, snippet};
pub use temporal::Temporal;
pub use value::{Context, Entries, ErrorValue, Function, Items, List, Range, Text, Value};
pub use variables::Variables;

/// The README's examples hold.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
