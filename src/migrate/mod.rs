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

use crate::compat::Element;
use crate::diagram::{Diagram, Move, TemplatedElement};
use crate::template::ElementTemplate;
use crate::text::version_or_none;
use nodejs_semver::{Range, Version};
use report::{Comparison, Tracked};
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
        let (mut unknown, mut obstacles) = (Vec::new(), BTreeMap::new());
        let mut steps = BTreeMap::new();
        for (index, element) in diagram.elements().iter().enumerate() {
            match self.step(element, &mut unknown) {
                Ok(Some(step)) => drop(steps.insert(index, step)),
                Ok(None) => {}
                Err(message) => drop(obstacles.insert(index, message)),
            }
        }
        unknown.sort();
        unknown.dedup();
        let (mut moved, mut told) = (diagram.clone(), BTreeMap::new());
        let mut waiting: Vec<usize> = steps.keys().copied().collect();
        while !waiting.is_empty() {
            // What a message holds may have been changed with another element.
            let (now, later) = moved.apart(waiting);
            waiting = later;
            let now = now.into_iter().filter_map(|index| Some((index, steps.get(&index)?))).collect::<Vec<_>>();
            match round(&moved, &now, random) {
                Ok((next, more)) => {
                    moved = next;
                    told.extend(more);
                }
                Err(more) => obstacles.extend(more),
            }
        }
        let was = |index: usize| diagram.elements().get(index);
        if !obstacles.is_empty() {
            let obstacles = obstacles.into_iter().filter_map(|(index, message)| {
                let TemplatedElement { id, line, .. } = was(index)?;
                Some(Obstacle { id: id.clone(), line: *line, message })
            });
            return Err(obstacles.collect());
        }
        let lines = |(index, element)| Some(Moved { line: was(index)?.line, ..element });
        Ok(Migrated { diagram: moved, elements: told.into_iter().filter_map(lines).collect(), unknown })
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
}

#[derive(Clone, Copy)]
struct Step<'a> {
    old: &'a ElementTemplate,
    new: &'a ElementTemplate,
    succession: Option<&'a Succession>,
}

/// What is told of elements, or why they cannot be moved, by their indices.
type Told<T> = Vec<(usize, T)>;

/// Moves elements that share no message and no signal.
fn round(
    diagram: &Diagram,
    steps: &[(usize, &Step<'_>)],
    random: &mut dyn FnMut() -> u128,
) -> Result<(Diagram, Told<Moved>), Told<String>> {
    let (mut moves, mut tracked, mut obstacles) = (Vec::new(), Vec::new(), Vec::new());
    for (index, step) in steps {
        let Some(element) = diagram.elements().get(*index) else { continue };
        match step.begin(element) {
            Ok((way, values)) => {
                moves.push((*index, way));
                tracked.push((element, *step, values));
            }
            Err(message) => obstacles.push((*index, message)),
        }
    }
    let next = diagram.with(&moves, random).map_err(|errors| {
        let errors = errors.into_iter().map(|(index, error)| (index, error.to_string()));
        obstacles.iter().cloned().chain(errors).collect::<Told<String>>()
    })?;
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let told = moves.iter().zip(tracked).filter_map(|((index, _), (element, step, values))| {
        // What is in the file is what counts.
        let after = &next.elements().get(*index)?.holds;
        Some((*index, step.told(diagram, element, after, &values)))
    });
    let told = told.collect();
    Ok((next, told))
}

impl<'a> Step<'a> {
    /// The way that an element goes, and what is followed on it.
    fn begin(&self, element: &TemplatedElement) -> Result<(Move<'a>, Vec<Tracked<'a>>), String> {
        let Self { old, new, succession } = *self;
        let Some(succession) = succession else {
            return Ok((Move::update(element, old, new), report::tracked(&element.holds, old)));
        };
        let faults = succession.faults(new);
        if !faults.is_empty() {
            return Err(format!("the succession from `{}` is unsound: {}", succession.from, faults.join("; ")));
        }
        let (values, tracked) = succession.values(&element.holds, old, new);
        Ok((Move::succession(values, old, new), tracked))
    }

    fn told(&self, diagram: &Diagram, element: &TemplatedElement, after: &Element, tracked: &[Tracked<'_>]) -> Moved {
        let Self { old, new, .. } = *self;
        let mut notes = Comparison { old, new, before: &element.holds, after, tracked }.notes();
        notes.extend(too_new(diagram, new));
        let id = |template: &ElementTemplate| template.id.clone().unwrap_or_default();
        Moved {
            id: element.id.clone(),
            name: element.name.clone(),
            line: element.line,
            from: (id(old), old.version),
            to: (id(new), new.version),
            notes,
        }
    }
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
