//! The engine beside feel-scala, Camunda's own.
//!
//! `corpus` compares with answers that were recorded and are recorded anew to see that they still hold; `templates` and
//! `generated` ask feel-scala itself. That needs Java and Maven, and `templates` the npm packages: a test fails without.
//! To record after a change of the corpus: `FEEL_RECORD=1 cargo test -p opwright-feel --test suite recorded`.

#![allow(clippy::print_stdout, reason = "the figures of a comparison are shown")]

mod case;
mod compare;
mod corpus;
mod deviation;
mod generated;
mod oracle;
mod ours;
mod rendering;
mod shapes;
mod templates;
