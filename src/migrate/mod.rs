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
use crate::text::with_version;
use nodejs_semver::{Range, Version};
use report::{Comparison, Tracked};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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

    /// The latest version of a template that a version of Camunda can have: the one that Modeler offers.
    #[must_use]
    pub fn latest_for(&self, id: &str, platform: Option<&str>) -> Option<&ElementTemplate> {
        self.templates.get(id)?.values().rev().find(|template| too_new(platform, template).is_none())
    }

    /// "there is 1, 2 and one without a version"
    fn versions(&self, id: &str) -> String {
        let versions = self.templates.get(id).into_iter().flat_map(BTreeMap::keys);
        let numbers: Vec<String> = versions.clone().flatten().map(ToString::to_string).collect();
        let is_one_without = versions.flatten().count() < self.templates.get(id).map_or(0, BTreeMap::len);
        match (numbers.as_slice(), is_one_without) {
            ([], false) => "there is none".to_owned(),
            ([], true) => "there is one without a version".to_owned(),
            (some, false) => format!("there is {}", some.join(", ")),
            (some, true) => format!("there is {}, and one without a version", some.join(", ")),
        }
    }
}

/// Where elements are to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To a version of their template.
    Version(i64),
    /// To its latest version that the diagram's version of Camunda can have.
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
    pub unknown: BTreeSet<String>,
    /// The versions that there are, and that the diagram's version of Camunda cannot have.
    pub newer: BTreeSet<Newer>,
}

/// A version of a template that is for newer versions of Camunda than a diagram.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Newer {
    /// The template's id.
    pub id: String,
    /// Its version.
    pub version: Option<i64>,
    /// The versions of Camunda that it is for.
    pub engines: String,
    /// The version that the diagram is for.
    pub platform: String,
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
        let (mut unknown, mut newer, mut obstacles) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        let mut steps = BTreeMap::new();
        for (index, element) in diagram.elements().iter().enumerate() {
            match self.step(element, diagram.platform()) {
                Ok(Found::Step(step)) => drop(steps.insert(index, step)),
                Ok(Found::Unknown) => drop(unknown.insert(element.template.clone())),
                Ok(Found::Nothing) => {}
                Err(message) => drop(obstacles.insert(index, message)),
            }
            newer.extend(self.newer(element, diagram.platform()));
        }
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
        let shared = shared(diagram, &moved, &told.keys().copied().collect::<Vec<_>>());
        for (index, note) in shared {
            told.entry(index).and_modify(|element: &mut Moved| element.notes.push(note));
        }
        let lines = |(index, element)| Some(Moved { line: was(index)?.line, ..element });
        Ok(Migrated { diagram: moved, elements: told.into_iter().filter_map(lines).collect(), unknown, newer })
    }

    fn is_left_out(&self, element: &TemplatedElement) -> bool {
        self.only.as_ref().is_some_and(|only| *only != element.template)
    }

    /// A newer version than the one that an element is moved to.
    fn newer(&self, element: &TemplatedElement, platform: Option<&str>) -> Option<Newer> {
        if self.is_left_out(element) || self.goal != Goal::Latest {
            return None;
        }
        let latest = self.library.latest(&element.template).filter(|latest| latest.version > element.version)?;
        too_new(platform, latest)
    }

    /// What there is to do with an element.
    fn step(&self, element: &TemplatedElement, platform: Option<&str>) -> Result<Found<'_>, String> {
        let id = element.template.as_str();
        if self.is_left_out(element) {
            return Ok(Found::Nothing);
        }
        let (new, succession) = match &self.goal {
            Goal::Successor(successor, successions) => {
                let Some(succession) = successions.iter().find(|succession| succession.from == id) else {
                    return Ok(Found::Nothing);
                };
                let new = self.library.latest_for(successor, platform).or_else(|| self.library.latest(successor));
                let new = new.ok_or_else(|| {
                    format!("`{successor}` is not among the templates: name its file with --templates")
                })?;
                (new, Some(succession))
            }
            Goal::Latest | Goal::Version(_) if self.library.latest(id).is_none() => return Ok(Found::Unknown),
            Goal::Latest => {
                // What has a version that is too new for the diagram does not go back.
                let is_known = self.library.get(id, element.version).is_some();
                let new = self.library.latest_for(id, platform);
                match new.filter(|new| !is_known || new.version >= element.version) {
                    Some(new) => (new, None),
                    None => return Ok(Found::Nothing),
                }
            }
            Goal::Version(version) => {
                let missing = || format!("`{id}` has no version {version}: {}", self.library.versions(id));
                (self.library.get(id, Some(*version)).ok_or_else(missing)?, None)
            }
        };
        if succession.is_none() && new.version == element.version {
            return Ok(Found::Nothing);
        }
        let old = self.library.get(id, element.version).ok_or_else(|| {
            let published = succession.and_then(|succession| succession.published.as_deref());
            let published = published.map(|place| format!(" It is published at {place}.")).unwrap_or_default();
            format!(
                "`{id}` {} is not among the templates ({}), and only it tells what was entered and what was default: \
                 put the file of that version beside the others, or name it with --templates.{published}",
                with_version(element.version),
                self.library.versions(id)
            )
        })?;
        Ok(Found::Step(Step { old, new, succession }))
    }
}

/// What there is to do with an element.
enum Found<'a> {
    /// It is not to be moved, or is there.
    Nothing,
    /// Nobody knows its template.
    Unknown,
    Step(Step<'a>),
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
        notes.extend(too_new(diagram.platform(), new).map(|Newer { engines, platform, .. }| Note {
            kind: NoteKind::Needs,
            field: "Camunda".to_owned(),
            message: format!("the template is for {engines}, and the diagram for {platform}"),
        }));
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

/// What is told of messages and signals to which others refer, too: that they stay, or are not what they were.
fn shared(before: &Diagram, after: &Diagram, moved: &[usize]) -> Vec<(usize, Note)> {
    let elements = moved.iter().filter_map(|index| before.elements().get(*index));
    let known: HashSet<&str> = elements.map(|element| element.id.as_str()).collect();
    let mut notes = Vec::new();
    for index in moved {
        for id in before.referred(*index) {
            let stays = after.referred(*index).any(|now| now == id);
            if stays && before.referred_text(id) == after.referred_text(id) {
                continue;
            }
            // What becomes of elements that are moved is told of each.
            let others = after.referrers(id).into_iter().filter(|other| !stays || !known.contains(other));
            let others = others.collect::<Vec<_>>().join(", ");
            let message = match stays {
                _ if others.is_empty() => continue,
                true => format!("it has changed, and is also that of {others}"),
                false => format!("it is nothing to the element any more, and stays for {others}"),
            };
            notes.push((*index, Note { kind: NoteKind::Needs, field: id.to_owned(), message }));
        }
    }
    notes
}

/// Modeler offers no template that is for newer versions of Camunda than the diagram.
fn too_new(platform: Option<&str>, template: &ElementTemplate) -> Option<Newer> {
    let (engines, platform) = (template.engines.as_ref()?.get("camunda")?.as_str()?, platform?);
    let (range, version) = (Range::parse(engines).ok()?, coerced(platform)?);
    (!version.satisfies(&range)).then(|| Newer {
        id: template.id.clone().unwrap_or_default(),
        version: template.version,
        engines: engines.to_owned(),
        platform: platform.to_owned(),
    })
}

/// A version as Modeler reads it: 8.6 is 8.6.0, and an alpha of 8.8.0 is 8.8.0.
fn coerced(text: &str) -> Option<Version> {
    let number = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let number = number.split(|letter: char| !letter.is_ascii_digit() && letter != '.').next()?;
    let parts = number.split('.').filter(|part| !part.is_empty()).chain(["0", "0"]).take(3);
    Version::parse(parts.collect::<Vec<_>>().join(".")).ok()
}
