//! The versions of templates that are compared, with what is said of each change.

use super::Levels;
use super::config::{Config, Seen, Verdict};
use super::side::{Schemas, Side, Version, level};
use super::usage::{self, Diagrams};
use crate::cli::report::Told;
use crate::compat::changes::{JOB_TYPE_CHANGED, RESULT_CHANGED, RESULT_NOT_PROVEN, TEMPLATE_ADDED, TEMPLATE_REMOVED};
use crate::compat::{Bump, Change, Severity, Witness, compare, compare_schemas};
use crate::diagram::smallest;
use crate::lint::Level;
use crate::text::version_or_none;
use serde_json::{Value, json};
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
    /// The folder of its connector's schemas.
    schemas: Option<&'a str>,
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
    if is_whole && !new.schemas.is_empty() {
        for (connector, schemas) in &old.schemas {
            let its = pairs.iter_mut().find(|pair| pair.is_of(connector));
            if let (Some(pair), Some(newer)) = (its, new.schemas.get(connector)) {
                pair.deployed(schemas, newer, config);
            }
        }
    }
    pairs
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
                vec![Change::of_template(&TEMPLATE_REMOVED, "it is generated no more, and only kept in the archive")]
            }
            (Some(old), Some(new)) => compare(&old.template, &new.template),
            (None, _) => vec![Change::of_template(&TEMPLATE_ADDED, "it was not there before")],
            (_, None) => vec![Change::of_template(&TEMPLATE_REMOVED, "it is not there any more")],
        };
        let version = latest(old, new);
        let judged = |change: Change| {
            let verdict = config.judge(id, version, &change);
            Judged::new(change, verdict)
        };
        let changes = changes.into_iter().map(judged).collect();
        Self { id: id.to_owned(), old, new, schemas: None, revision: None, changes }
    }

    /// Whether it is the template that a connector's own worker executes: the one of the connector's name.
    fn is_of(&self, connector: &str) -> bool {
        let file = self.file().rsplit('/').next().unwrap_or_default();
        file.strip_suffix(".json").is_some_and(|name| name == connector)
    }

    /// What the newer worker makes of deployed processes. Jobs of another type do not come to it.
    fn deployed(&mut self, old: &'a Schemas, new: &'a Schemas, config: &Config) {
        self.schemas = Some(&new.folder);
        if self.changes.iter().any(|judged| judged.change.kind == &JOB_TYPE_CHANGED) {
            return;
        }
        let version = self.versions()[1];
        for change in compare_schemas(&old.operations, &new.operations) {
            let verdict = config.judge(&self.id, version, &change);
            self.changes.push(Judged::new(change, verdict));
        }
    }

    /// Writes what shows each change that breaks something: a diagram, and a job's input or result.
    pub(super) fn write_witnesses(&mut self, directory: &Path) -> Result<(), String> {
        let Some(old) = self.old else { return Ok(()) };
        let breaking = self.changes.iter_mut().filter(|judged| judged.change.kind.severity == Severity::Breaking);
        for (index, judged) in breaking.enumerate() {
            let change = &judged.change;
            let name = format!("{}-{:02}-{}", self.id, index + 1, change.kind.code);
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
        let affected = diagrams.affected(&self.id, old, new);
        for judged in &mut self.changes {
            let seen: Vec<Value> = affected.iter().filter_map(|affected| affected.seen(&judged.change)).collect();
            if seen.is_empty() {
                judged.verdict.severity = judged.verdict.severity.min(Severity::Risky);
            }
            judged.used = Some((diagrams.shown.clone(), seen));
        }
    }

    /// The file that is told of.
    pub(super) fn file(&self) -> &str {
        self.new.or(self.old).map(|version| version.file.as_str()).unwrap_or_default()
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
        if let (Some(operation), Some(folder)) = (&change.operation, self.schemas) {
            let side = if [&RESULT_CHANGED, &RESULT_NOT_PROVEN].contains(&change.kind) { "output" } else { "input" };
            file = format!("{folder}/{operation}.{side}.json");
            (place, position) = (None, None);
        }
        let property = change.property.as_ref().map(|property| format!("{property}: ")).unwrap_or_default();
        let [old, new] = self.versions().map(version_or_none);
        let mut shown = vec![format!("{}, version {old} to {new}", self.id)];
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
                Some(Bump::JobType) => format!("{} Otherwise accept it with a reason.", change.kind.mend),
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
    let entered: Vec<String> = witness.entered.iter().map(|(field, value)| format!("{field} = {value:?}")).collect();
    let entered = if entered.is_empty() { "nothing is entered".to_owned() } else { entered.join(", ") };
    let shown = |value: &Option<String>| value.as_ref().map_or("nothing".to_owned(), |value| format!("{value:?}"));
    let becomes = match (&witness.before, &witness.after) {
        (None, None) => String::new(),
        (before, after) => format!(": {} becomes {}", shown(before), shown(after)),
    };
    Some(format!("with {entered}{becomes}"))
}
