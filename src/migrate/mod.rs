//! Diagrams whose elements move to another version of their template, or to its successor.
//!
//! ```text
//! succession  how one template's values lead to another
//! report      what is told of an element: lost, reset, another default, for a person to look at
//! ```
//!
//! Pure; knows templates and diagrams, no connectors and no files.

mod report;
mod succession;

pub use report::{Note, NoteKind};
pub use succession::{Led, Succession};

use crate::diagram::{Diagram, Move, TemplatedElement};
use crate::template::ElementTemplate;
use crate::text::version_or_none;
use nodejs_semver::{Range, Version};
use report::Comparison;
use std::collections::BTreeMap;

/// The templates that are known, in all their versions.
#[derive(Debug, Clone, Default)]
pub struct Library {
    templates: BTreeMap<String, BTreeMap<Option<i64>, ElementTemplate>>,
}

impl Library {
    /// Adds a template. False where another one has its id and version.
    pub fn add(&mut self, template: &ElementTemplate) -> bool {
        let versions = self.templates.entry(template.id.clone().unwrap_or_default()).or_default();
        let known = versions.entry(template.version).or_insert_with(|| template.clone());
        known == template
    }

    /// A version of a template.
    #[must_use]
    pub fn get(&self, id: &str, version: Option<i64>) -> Option<&ElementTemplate> {
        self.templates.get(id)?.get(&version)
    }

    /// The latest version of a template.
    #[must_use]
    pub fn latest(&self, id: &str) -> Option<&ElementTemplate> {
        self.templates.get(id)?.values().next_back()
    }

    /// "there is 1, 2"
    fn versions(&self, id: &str) -> String {
        let versions = self.templates.get(id).into_iter().flat_map(BTreeMap::keys);
        let versions: Vec<String> = versions.map(|version| version_or_none(*version)).collect();
        if versions.is_empty() { "there is none".to_owned() } else { format!("there is {}", versions.join(", ")) }
    }
}

/// Where elements are to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To a version of their template.
    Version(i64),
    /// To its latest version.
    Latest,
    /// To another template, by these ways.
    Successor(String, Vec<Succession>),
}

/// A migration of diagrams.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The templates.
    pub library: Library,
    /// Where elements are to be moved.
    pub goal: Goal,
    /// Only those with this template; all without it.
    pub only: Option<String>,
}

/// A diagram after its migration.
#[derive(Debug, Clone)]
pub struct Migrated {
    /// The diagram.
    pub diagram: Diagram,
    /// The elements that were moved, in the order of the file.
    pub elements: Vec<Moved>,
    /// The templates of elements that stay as they are because nobody knows their templates.
    pub unknown: Vec<String>,
}

/// An element that has been moved.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its line in the file as it was.
    pub line: usize,
    /// The template and its version before.
    pub from: (String, Option<i64>),
    /// Those after.
    pub to: (String, Option<i64>),
    /// What is told.
    pub notes: Vec<Note>,
}

/// Why an element cannot be moved. Nothing of its diagram is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Obstacle {
    /// The element's id.
    pub id: String,
    /// The element's line.
    pub line: usize,
    /// Why, and what to do.
    pub message: String,
}

impl Migration {
    /// A diagram with its elements moved. `random` is for the UUIDs and ids that are made.
    pub fn run(&self, diagram: &Diagram, random: &mut dyn FnMut() -> u128) -> Result<Migrated, Vec<Obstacle>> {
        let (mut moved, mut unknown, mut obstacles) = (diagram.clone(), Vec::new(), Vec::new());
        let mut elements = Vec::new();
        for (index, was) in diagram.elements().iter().enumerate() {
            let obstacle = |message| Obstacle { id: was.id.clone(), line: was.line, message };
            let Some(step) = self.step(was, &mut unknown).transpose() else { continue };
            // What a message holds may have been changed with another element.
            let outcome = step.and_then(|step| {
                let element = moved.elements().get(index).unwrap_or(was).clone();
                Self::moved(&moved, index, &element, &step, random)
            });
            match outcome {
                Ok((next, mut element)) => {
                    element.line = was.line;
                    moved = next;
                    elements.push(element);
                }
                Err(message) => obstacles.push(obstacle(message)),
            }
        }
        unknown.sort();
        unknown.dedup();
        if obstacles.is_empty() { Ok(Migrated { diagram: moved, elements, unknown }) } else { Err(obstacles) }
    }

    /// An element's step; none for what is not to be moved, or is there.
    fn step(&self, element: &TemplatedElement, unknown: &mut Vec<String>) -> Result<Option<Step<'_>>, String> {
        let id = element.template.as_str();
        if self.only.as_deref().is_some_and(|only| only != id) {
            return Ok(None);
        }
        let (new, succession) = match &self.goal {
            Goal::Successor(successor, successions) => {
                let Some(succession) = successions.iter().find(|succession| succession.from == id) else {
                    return Ok(None);
                };
                let new = self.library.latest(successor);
                let new = new.ok_or_else(|| {
                    format!("`{successor}` is not among the templates: name its file with --templates")
                })?;
                (new, Some(succession))
            }
            Goal::Latest | Goal::Version(_) if self.library.latest(id).is_none() => {
                unknown.push(id.to_owned());
                return Ok(None);
            }
            Goal::Latest => (self.library.latest(id).ok_or_else(String::new)?, None),
            Goal::Version(version) => {
                let missing = || format!("`{id}` has no version {version}: {}", self.library.versions(id));
                (self.library.get(id, Some(*version)).ok_or_else(missing)?, None)
            }
        };
        if succession.is_none() && new.version == element.version {
            return Ok(None);
        }
        let old = self.library.get(id, element.version).ok_or_else(|| {
            let published = succession.and_then(|succession| succession.published.as_deref());
            let published = published.map(|place| format!(" It is published at {place}.")).unwrap_or_default();
            format!(
                "`{id}` version {} is not among the templates ({}), and only it tells what was entered and what was default: \
                 put the file of that version beside the others, or name it with --templates.{published}",
                version_or_none(element.version),
                self.library.versions(id)
            )
        })?;
        Ok(Some(Step { old, new, succession }))
    }

    fn moved(
        diagram: &Diagram,
        index: usize,
        element: &TemplatedElement,
        step: &Step<'_>,
        random: &mut dyn FnMut() -> u128,
    ) -> Result<(Diagram, Moved), String> {
        let Step { old, new, succession } = *step;
        let (way, tracked) = match succession {
            Some(succession) => {
                let faults = succession.faults(new);
                if !faults.is_empty() {
                    return Err(format!("the succession from `{}` is unsound: {}", succession.from, faults.join("; ")));
                }
                let (values, tracked) = succession.values(&element.holds, old, new);
                (Move::succession(values, old, new), tracked)
            }
            None => (Move::update(element, old, new), report::tracked(&element.holds, old)),
        };
        let (next, after) = diagram.with(index, &way, random).map_err(|error| error.to_string())?;
        // What is in the file is what counts.
        let after = next.elements().get(index).map_or(after, |written| written.holds.clone());
        let comparison = Comparison { old, new, before: &element.holds, after: &after, tracked: &tracked };
        let mut notes = comparison.notes();
        notes.extend(too_new(diagram, new));
        let id = |template: &ElementTemplate| template.id.clone().unwrap_or_default();
        let moved = Moved {
            id: element.id.clone(),
            name: element.name.clone(),
            line: element.line,
            from: (id(old), old.version),
            to: (id(new), new.version),
            notes,
        };
        Ok((next, moved))
    }
}

#[derive(Clone, Copy)]
struct Step<'a> {
    old: &'a ElementTemplate,
    new: &'a ElementTemplate,
    succession: Option<&'a Succession>,
}

/// Modeler offers no template that is for newer versions of Camunda than the diagram.
fn too_new(diagram: &Diagram, template: &ElementTemplate) -> Option<Note> {
    let engines = template.engines.as_ref()?.get("camunda")?.as_str()?;
    let platform = diagram.platform()?;
    let (range, version) = (Range::parse(engines).ok()?, Version::parse(platform).ok()?);
    (!version.satisfies(&range)).then(|| Note {
        kind: NoteKind::Needs,
        field: "Camunda".to_owned(),
        message: format!("the template is for {engines}, and the diagram for {platform}"),
    })
}
