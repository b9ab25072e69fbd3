//! The versions of templates that are compared, with what is said of each change.

use super::Levels;
use super::config::{Config, Seen, Verdict};
use super::side::{Schemas, Side, Version, level};
use super::usage::{self, Diagrams};
use crate::cli::report::Told;
use crate::compat::changes::{
    EVENT_CHANGED, EVENT_NOT_PROVEN, EVENT_REMOVED, INPUT_NOT_PROVEN, JOB_TYPE_CHANGED, RESULT_CHANGED,
    RESULT_NOT_PROVEN, TEMPLATE_ADDED, TEMPLATE_REMOVED, TEMPLATE_RETIRED,
};
use crate::compat::{Bump, Change, Element, Severity, Witness, compare, compare_event, compare_schemas};
use crate::definition::EventElement;
use crate::diagram::smallest;
use crate::lint::Level;
use crate::template::{Binding, ElementTemplate, Property, Value as TemplateValue};
use crate::text::version_or_none;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A change, and what is configured of it.
pub(super) struct Judged {
    pub(super) change: Change,
    pub(super) verdict: Verdict,
    /// The elements that it is seen in, and where they were looked for.
    used: Option<(String, Vec<Value>)>,
    /// The files that show it.
    witnesses: Vec<String>,
}

impl Judged {
    fn new(change: Change, verdict: Verdict) -> Self {
        Self { change, verdict, used: None, witnesses: Vec::new() }
    }
}

/// A template in both versions; in one, if it is new or gone.
pub(super) struct Pair<'a> {
    id: String,
    old: Option<&'a Version>,
    new: Option<&'a Version>,
    /// Its connector's schemas, of the older version and the newer one.
    schemas: Option<[&'a Schemas; 2]>,
    /// The revision that has the older version, if it is one.
    revision: Option<&'a str>,
    pub(super) changes: Vec<Judged>,
}

/// All templates of two sides. `is_whole` if the newer side has all that there is.
pub(super) fn pairs<'a>(old: &'a Side, new: &'a Side, is_whole: bool, config: &Config) -> Vec<Pair<'a>> {
    let mut pairs = templates(old, new, is_whole, config);
    for pair in &mut pairs {
        pair.revision = old.revision.as_deref();
    }
    if is_whole {
        for (connector, schemas) in &old.schemas {
            let is_it = |pair: &Pair<'_>| is_of(pair.new.or(pair.old), connector);
            let index = pairs.iter().position(is_it).unwrap_or(pairs.len());
            if index == pairs.len() {
                pairs.push(Pair::without_template(connector, old.revision.as_deref()));
            }
            let older = old.templates.values().flatten().rfind(|version| is_of(Some(version), connector));
            if let Some(pair) = pairs.get_mut(index) {
                pair.deployed(older, schemas, new.schemas.get(connector), config);
            }
            for (event, payload) in &schemas.events {
                let newer = new.schemas.get(connector);
                let changes = match newer {
                    Some(newer) => compare_event(event, payload, newer.events.get(event)),
                    None => vec![Change::of_template(&EVENT_NOT_PROVEN, "the newer version has no schemas")],
                };
                let name = format!("{connector}-{event}");
                if !changes.is_empty() && !pairs.iter().any(|pair| pair.waits_for(&name)) {
                    pairs.push(Pair::without_template(&name, old.revision.as_deref()));
                }
                for pair in pairs.iter_mut().filter(|pair| pair.waits_for(&name)) {
                    pair.schemas = Some([schemas, newer.unwrap_or(schemas)]);
                    pair.add(changes.clone(), config);
                }
            }
        }
    }
    pairs
}

/// Whether it is the template that a connector's own worker executes: the one of the connector's name.
fn is_of(version: Option<&Version>, connector: &str) -> bool {
    let file = version.and_then(|version| version.file.rsplit('/').next()).unwrap_or_default();
    file.strip_suffix(".json").is_some_and(|name| name == connector)
}

/// The job types that a template makes.
fn job_types(template: &ElementTemplate) -> Vec<&TemplateValue> {
    let place = Binding::task_definition("type");
    let bound = template.properties.iter().filter(|property| property.place().as_deref() == Some(&place));
    bound.filter_map(|property: &Property| property.value.as_ref()).collect()
}

fn templates<'a>(old: &'a Side, new: &'a Side, is_whole: bool, config: &Config) -> Vec<Pair<'a>> {
    // A single template on each side is the same one, even if its id has changed: that is a change, too.
    let ids = |side: &'a Side| side.templates.keys().collect::<Vec<_>>();
    if let ([one], [other]) = (ids(old).as_slice(), ids(new).as_slice()) {
        return vec![Pair::of(other, old.latest(one), new.latest(other), config)];
    }
    let mut ids: Vec<&String> = new.templates.keys().collect();
    if is_whole {
        ids.extend(old.templates.keys());
        ids.sort();
        ids.dedup();
    }
    ids.into_iter().map(|id| Pair::of(id, old.latest(id), new.latest(id), config)).collect()
}

impl<'a> Pair<'a> {
    fn of(id: &str, old: Option<&'a Version>, new: Option<&'a Version>, config: &Config) -> Self {
        let changes = match (old, new) {
            (Some(old), Some(new)) if new.is_archived() && !old.is_archived() => {
                let kind = if old.template.is_deprecated() { &TEMPLATE_RETIRED } else { &TEMPLATE_REMOVED };
                vec![Change::of_template(kind, "it is generated no more, and only kept in the archive")]
            }
            (Some(old), Some(new)) => compare(&old.template, &new.template),
            (None, _) => vec![Change::of_template(&TEMPLATE_ADDED, "it was not there before")],
            (_, None) => vec![Change::of_template(&TEMPLATE_REMOVED, "it is not there any more")],
        };
        let version = latest(old, new);
        let judged = |mut change: Change| {
            // A template that is gone is seen in each element that has it.
            if let (Some(old), true) = (old, [&TEMPLATE_REMOVED, &TEMPLATE_RETIRED].contains(&change.kind)) {
                change.witness = Some(Witness { element: Some(Element::new(&old.template)), ..Witness::default() });
            }
            let verdict = config.judge(id, version, &change);
            Judged::new(change, verdict)
        };
        let changes = changes.into_iter().map(judged).collect();
        Self { id: id.to_owned(), old, new, schemas: None, revision: None, changes }
    }

    /// What there is of a connector of whose templates none has its name.
    fn without_template(connector: &str, revision: Option<&'a str>) -> Self {
        Self { id: connector.to_owned(), old: None, new: None, schemas: None, revision, changes: Vec::new() }
    }

    /// What the newer worker makes of processes that are deployed with the older template. Jobs of another type do not come
    /// to it.
    fn deployed(&mut self, older: Option<&Version>, old: &'a Schemas, new: Option<&'a Schemas>, config: &Config) {
        self.schemas = Some([old, new.unwrap_or(old)]);
        if let (Some(older), Some(newer)) = (older, self.new) {
            let (was, is) = (job_types(&older.template), job_types(&newer.template));
            // Of a template of another id nobody is told so.
            let is_told = self.old.is_none() || self.changes.iter().any(|one| one.change.kind == &JOB_TYPE_CHANGED);
            if is_told && !was.is_empty() && !was.iter().any(|one| is.contains(one)) {
                return;
            }
        }
        let unknown = "the newer version has no schemas: what its worker makes of deployed processes is not known";
        let changes = match new {
            Some(new) => compare_schemas(&old.operations, &new.operations),
            None => vec![Change::of_template(&INPUT_NOT_PROVEN, unknown)],
        };
        self.add(changes, config);
    }

    fn add(&mut self, changes: Vec<Change>, config: &Config) {
        let version = self.versions()[1];
        for change in changes {
            let verdict = config.judge(&self.id, version, &change);
            self.changes.push(Judged::new(change, verdict));
        }
    }

    /// Whether it is a template of elements that wait for the event of this name: each has its own.
    fn waits_for(&self, name: &str) -> bool {
        let Some(version) = self.new.or(self.old) else { return self.id == name };
        let is_of_element = |element: &EventElement| is_of(Some(version), &format!("{name}-{}", element.suffix()));
        is_of(Some(version), name) || EventElement::ALL.iter().any(|(_, element)| is_of_element(element))
    }

    /// Writes what shows each change that breaks something: a diagram, and a job's input or result.
    /// `taken` are the names that others have.
    pub(super) fn write_witnesses(&mut self, directory: &Path, taken: &mut BTreeSet<String>) -> Result<(), String> {
        let Some(old) = self.old else { return Ok(()) };
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&letter);
        let mut id = self.id.replace(|letter| !is_plain(letter), "_");
        while !taken.insert(id.to_lowercase()) {
            id.push('_');
        }
        let breaking = self.changes.iter_mut().filter(|judged| judged.change.kind.severity == Severity::Breaking);
        for (index, judged) in breaking.enumerate() {
            let change = &judged.change;
            let name = format!("{id}-{:02}-{}", index + 1, change.kind.code);
            let mut files = Vec::new();
            let witness = change.witness.as_ref();
            if let Some(element) = witness.and_then(|witness| witness.element.as_ref()) {
                let diagram = smallest(&old.template, element).map_err(|error| format!("{name}: {error}"))?;
                files.push((format!("{name}.bpmn"), diagram.text().to_owned()));
            }
            if let Some(value) = witness.and_then(|witness| witness.value.as_ref()) {
                files.push((format!("{name}.json"), format!("{value:#}\n")));
            }
            for (file, text) in files {
                let path = directory.join(file);
                let written = fs::create_dir_all(directory).and_then(|()| fs::write(&path, text));
                written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
                judged.witnesses.push(path.display().to_string());
            }
        }
        Ok(())
    }

    /// Looks for the elements that changes are seen in: what breaks none is risky.
    pub(super) fn look_into(&mut self, diagrams: &Diagrams, old: &Side, new: &Side) {
        let affected = self.old.map(|published| diagrams.affected(published, self.new, [old, new])).unwrap_or_default();
        for judged in &mut self.changes {
            let operation = judged.change.operation.as_ref();
            let inputs = operation
                .zip(self.schemas)
                .and_then(|(id, [old, new])| Some([&old.operations.get(id)?.input, &new.operations.get(id)?.input]));
            let seen: Vec<Value> =
                affected.iter().filter_map(|affected| affected.seen(&judged.change, inputs)).collect();
            if seen.is_empty() {
                judged.verdict.severity = judged.verdict.severity.min(Severity::Risky);
            }
            judged.used = Some((diagrams.shown.clone(), seen));
        }
    }

    /// The file that is told of.
    pub(super) fn file(&self) -> &str {
        let schemas = || self.schemas.map(|[_, new]| new.folder.as_str());
        self.new.or(self.old).map(|version| version.file.as_str()).or_else(schemas).unwrap_or_default()
    }

    fn versions(&self) -> [Option<i64>; 2] {
        [self.old, self.new].map(|version| version.and_then(|version| version.template.version))
    }

    /// What of it can be accepted.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            template: &self.id,
            old: self.versions()[0],
            version: latest(self.old, self.new),
            has_schemas: self.schemas.is_some(),
            changes: self.changes.iter().map(|judged| &judged.change).collect(),
        }
    }

    /// The template's id, and what a newer worker makes of deployed processes.
    pub(super) fn into_deployed(self) -> (String, Vec<(Change, Verdict)>) {
        let deployed = self.changes.into_iter().filter(|judged| judged.change.operation.is_some());
        (self.id, deployed.map(|judged| (judged.change, judged.verdict)).collect())
    }

    /// The changes that are told, the worst first.
    fn shown(&self, least: Severity) -> Vec<&Judged> {
        let mut shown: Vec<&Judged> = self.changes.iter().filter(|judged| judged.verdict.severity >= least).collect();
        shown.sort_by_key(|judged| (judged.verdict.accepted.is_some(), std::cmp::Reverse(judged.verdict.severity)));
        shown
    }

    pub(super) fn told(&self, levels: Levels) -> Vec<Told> {
        self.shown(levels.least).into_iter().map(|judged| self.told_of(judged, levels.deny)).collect()
    }

    fn told_of(&self, Judged { change, verdict, used, witnesses }: &Judged, deny: Severity) -> Told {
        let of = |version: Option<&Version>| version.map(|version| version.place(change.place.as_ref()));
        // A template that is gone has a place nowhere but in its revision.
        let revision = self.revision.filter(|_| self.new.is_none());
        let older = || of(self.old).filter(|_| revision.is_none());
        let (mut place, mut position) = of(self.new).or_else(older).unzip();
        let mut file = self.file().to_owned();
        if let (Some(operation), Some([_, schemas])) = (&change.operation, self.schemas) {
            let side = match change.kind {
                kind if [&RESULT_CHANGED, &RESULT_NOT_PROVEN].contains(&kind) => "output",
                kind if [&EVENT_REMOVED, &EVENT_CHANGED, &EVENT_NOT_PROVEN].contains(&kind) => "event",
                _ => "input",
            };
            file = format!("{}/{operation}.{side}.json", schemas.folder);
            (place, position) = (None, None);
        }
        let property = change.property.as_ref().map(|property| format!("{property}: ")).unwrap_or_default();
        let [old, new] = self.versions().map(version_or_none);
        let is_gone = [&TEMPLATE_REMOVED, &TEMPLATE_RETIRED].contains(&change.kind);
        let mut shown = vec![match (self.old.or(self.new), is_gone) {
            (None, _) => self.id.clone(),
            (Some(_), true) => format!("{}, version {old} to none", self.id),
            (Some(_), false) => format!("{}, version {old} to {new}", self.id),
        }];
        shown.extend(revision.map(|revision| format!("published in {revision}")));
        shown.extend(change.witness.as_ref().and_then(line));
        shown.extend(witnesses.iter().map(|file| format!("shown by {file}")));
        let reasons = verdict.because.iter().map(|reason| format!("its level is configured: {reason}"));
        shown.extend(reasons.chain(verdict.accepted.iter().map(|reason| format!("it is accepted: {reason}"))));
        match used {
            Some((directory, seen)) if seen.is_empty() => shown.push(format!("no element in {directory} shows it")),
            Some((_, seen)) => shown.extend(seen.iter().map(usage::line)),
            None => {}
        }
        let is_accepted = verdict.accepted.is_some();
        Told {
            code: change.kind.code,
            level: if is_accepted { Level::Info } else { level(verdict.severity) },
            called: if is_accepted { "accepted" } else { verdict.severity.name() },
            file,
            position,
            place: place.map(|place| place.to_string()).unwrap_or_default(),
            message: format!("{property}{}", change.message),
            excerpt: Vec::new(),
            shown,
            reason: change.kind.reason.to_owned(),
            mend: match change.kind.bump() {
                Some(bump @ Bump::TemplateId) => {
                    format!("{} Otherwise it needs {}, or is accepted with a reason.", change.kind.mend, bump.words())
                }
                Some(Bump::JobType | Bump::EventType) => {
                    format!("{} Otherwise accept it with a reason.", change.kind.mend)
                }
                Some(Bump::Version) | None => change.kind.mend.to_owned(),
            },
            fails: !is_accepted && verdict.severity >= deny,
        }
    }

    pub(super) fn json(&self, least: Severity) -> Value {
        let changes: Vec<Value> = self
            .shown(least)
            .into_iter()
            .map(|Judged { change, verdict, used, witnesses }| {
                json!({
                    "code": change.kind.code,
                    "severity": verdict.severity,
                    "audience": change.kind.audience,
                    "needs": change.kind.bump(),
                    "property": change.property,
                    "id": change.id,
                    "operation": change.operation,
                    "binding": change.place,
                    "message": change.message,
                    "reason": change.kind.reason,
                    "mend": change.kind.mend,
                    "witness": change.witness,
                    "configured": verdict.because,
                    "accepted": verdict.accepted,
                    "witnesses": witnesses,
                    "usedBy": used.as_ref().map(|(_, seen)| seen),
                })
            })
            .collect();
        let [old, new] = self.versions();
        json!({ "id": self.id, "file": self.file(), "old": old, "new": new, "changes": changes })
    }
}

/// The version that is spoken of: the newer one, or the last of a template that is gone.
fn latest(old: Option<&Version>, new: Option<&Version>) -> Option<i64> {
    new.or(old).and_then(|version| version.template.version)
}

/// A witness in a line; none if nothing needs to be entered.
fn line(witness: &Witness) -> Option<String> {
    if witness.value.is_some() {
        return Some(format!("with {}", json!(witness)["value"]));
    }
    if witness.entered.is_empty() && witness.before.is_none() {
        return None;
    }
    let field = |name: &str| name.replace(char::is_control, " ");
    let entered: Vec<String> =
        witness.entered.iter().map(|(name, value)| format!("{} = {value:?}", field(name))).collect();
    let entered = if entered.is_empty() { "nothing is entered".to_owned() } else { entered.join(", ") };
    let shown = |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |value| format!("{value:?}"));
    let becomes = match (&witness.before, &witness.after) {
        (None, None) => String::new(),
        (before, after) => format!(": {} becomes {}", shown(before), shown(after)),
    };
    Some(format!("with {entered}{becomes}"))
}
