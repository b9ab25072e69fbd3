//! Element templates, anyone's: a file's text → a tree that knows places → a model of the template, with what is wrong
//! with its form.
//!
//! ```text
//! tree    JSON with places
//! read    each key, strictly: what counts for nothing is told
//! model   the template, as Camunda's schema 0.46 has it; written canonically by serde
//! schema  what the schema asks of keys together
//! pattern regular expressions as JavaScript reads them
//! ```
//!
//! Pure; knows no definitions, and nothing of what a template would do in Modeler: `lint/` does.

mod fault;
mod model;
pub(crate) mod pattern;
mod read;
mod schema;
mod tree;

pub use fault::{Fault, Problem};
pub use model::*;
pub use tree::{Kind, Member, Node, Path, SyntaxFault};

/// The templates of a file, each with its place, and what is wrong with their form by Camunda's schema or because nobody
/// reads it.
#[must_use]
pub fn read(tree: &Node) -> (Vec<(Path, ElementTemplate)>, Vec<Fault>) {
    let (templates, mut faults) = read::read(tree);
    for (path, template) in &templates {
        schema::check(template, path, &mut faults);
    }
    (templates, faults)
}

/// The templates of a file, each with its place, if they are all that is there: or why parts of them are left out, so that
/// nothing may be concluded from the rest. What Camunda's schema refuses besides, and what counts for nothing, is there.
pub fn read_whole(tree: &Node) -> Result<Vec<(Path, ElementTemplate)>, Vec<Fault>> {
    let (templates, mut faults) = read::read(tree);
    faults.retain(|fault| fault.problem.is_schemas());
    let mut more = Vec::new();
    for (path, template) in &templates {
        schema::check(template, path, &mut more);
    }
    // A binding that lacks its name is bound to nothing.
    faults.extend(more.into_iter().filter(|fault| matches!(fault.problem, Problem::Missing { .. })));
    if faults.is_empty() { Ok(templates) } else { Err(faults) }
}

/// What is wrong with the form of a template that no file holds yet.
#[must_use]
pub fn faults(template: &ElementTemplate) -> Vec<Fault> {
    let mut faults = Vec::new();
    schema::check(template, &Path::default(), &mut faults);
    faults
}
