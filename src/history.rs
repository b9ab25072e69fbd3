//! Published versions of element templates: which may not change again, and where outgoing ones are kept. Pure; what is
//! published is read by `cli/published.rs`.

use crate::compat::{Change, compare};
use crate::generate::Artefact;
use crate::template::{ElementTemplate, Node, read};
use std::collections::BTreeMap;
use std::fmt;

/// The folder of templates that are the latest of their ids.
const CURRENT: &str = "element-templates/";

/// The folder of their older versions; no definition generates them any more.
pub const ARCHIVE: &str = "element-templates/archive/";

/// What has been published of an output directory.
#[derive(Debug, Default)]
pub struct Published {
    /// Its files, by path below that directory.
    pub files: BTreeMap<String, String>,
    /// Whether the latest versions may not change either: of a directory that nobody keeps versions of, only the archive is
    /// published for sure.
    pub is_final: bool,
}

/// What the past asks of what is generated.
#[derive(Debug, Default)]
pub struct History {
    /// The files that the archive has to hold.
    pub archive: Vec<Artefact>,
    /// Why nothing may be written.
    pub refusals: Vec<Refusal>,
    /// The ids and versions of what is generated.
    current: Vec<(String, i64)>,
}

/// A version that cannot be what it is.
#[derive(Debug)]
pub struct Refusal {
    /// The template's file, below the output directory.
    pub path: String,
    /// Its id.
    pub id: String,
    /// The version that the definition has.
    pub version: i64,
    /// The version that it needs.
    pub needed: i64,
    /// What is wrong.
    pub reason: Reason,
}

/// Why a version is refused.
#[derive(Debug)]
pub enum Reason {
    /// It is published, with other content. What would change of it:
    Altered(Vec<Change>),
    /// This one is published, which is higher.
    Fallen(i64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, version, .. } = self;
        match &self.reason {
            Reason::Altered(_) => write!(formatter, "version {version} of `{id}` is published and would change"),
            Reason::Fallen(published) => {
                write!(formatter, "version {version} of `{id}` is generated, but {published} is published")
            }
        }
    }
}

impl Refusal {
    /// What would change of a published version.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match &self.reason {
            Reason::Altered(changes) => changes,
            Reason::Fallen(_) => &[],
        }
    }

    /// What the connector's author does about it.
    #[must_use]
    pub fn mend(&self) -> String {
        format!("Give the connector `version = {}`.", self.needed)
    }
}

/// A template among files.
struct Version<'a> {
    id: String,
    number: i64,
    path: &'a str,
    text: &'a str,
    template: ElementTemplate,
}

impl<'a> Version<'a> {
    fn read(path: &'a str, text: &'a str) -> Option<Self> {
        if !path.starts_with(CURRENT) {
            return None;
        }
        let (_, template) = read(&Node::parse(text).ok()?).0.into_iter().next()?;
        Some(Self { id: template.id.clone()?, number: template.version?, path, text, template })
    }

    /// Where it is kept once another version takes its place.
    fn archived(&self) -> Artefact {
        let name = self.path.trim_start_matches(CURRENT).trim_end_matches(".json");
        Artefact { path: format!("{ARCHIVE}{name}-{}.json", self.number), content: self.text.to_owned() }
    }
}

impl History {
    /// What the published versions ask of these artefacts.
    #[must_use]
    pub fn of(published: &Published, artefacts: &[Artefact]) -> Self {
        let past: Vec<Version<'_>> =
            published.files.iter().filter_map(|(path, text)| Version::read(path, text)).collect();
        let current: Vec<Version<'_>> =
            artefacts.iter().filter_map(|artefact| Version::read(&artefact.path, &artefact.content)).collect();
        let mut history = Self::default();
        for version in &past {
            if version.path.starts_with(ARCHIVE) {
                history.archive.push(Artefact { path: version.path.to_owned(), content: version.text.to_owned() });
            } else if current.iter().any(|now| now.id == version.id && now.number > version.number) {
                history.archive.push(version.archived());
            }
        }
        for now in &current {
            let known = past.iter().filter(|past| past.id == now.id);
            let known = known.filter(|past| published.is_final || past.path.starts_with(ARCHIVE));
            history.refusals.extend(refusal(now, known.collect()));
        }
        history.current = current.into_iter().map(|version| (version.id, version.number)).collect();
        history.archive.sort_by(|one, other| one.path.cmp(&other.path));
        history.archive.dedup();
        history
    }

    /// Whether a file of the archive may be there, though it is not known to be published: of a version that is generated it
    /// may not.
    #[must_use]
    pub fn tolerates(&self, path: &str, text: &str) -> bool {
        let is_current = |version: Version<'_>| self.current.contains(&(version.id, version.number));
        path.starts_with(ARCHIVE) && !Version::read(path, text).is_some_and(is_current)
    }
}

fn refusal(now: &Version<'_>, known: Vec<&Version<'_>>) -> Option<Refusal> {
    let latest = known.iter().map(|past| past.number).max()?;
    let refused = |reason| Refusal {
        path: now.path.to_owned(),
        id: now.id.clone(),
        version: now.number,
        needed: latest + 1,
        reason,
    };
    if now.number < latest {
        return Some(refused(Reason::Fallen(latest)));
    }
    let same = known.into_iter().find(|past| past.number == now.number)?;
    // What has changed, apart from the version, which has to.
    let raised = ElementTemplate { version: Some(latest + 1), ..now.template.clone() };
    (same.text != now.text).then(|| refused(Reason::Altered(compare(&same.template, &raised))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(version: i64, label: &str) -> String {
        format!(
            r#"{{"name": "N", "id": "i", "version": {version}, "appliesTo": ["bpmn:Task"], "properties": [
            {{"label": "{label}", "type": "String", "binding": {{"type": "zeebe:input", "name": "a"}}}}]}}"#
        )
    }

    fn published(files: &[(&str, String)]) -> Published {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect();
        Published { files, is_final: true }
    }

    fn generated(version: i64, label: &str) -> [Artefact; 1] {
        [Artefact { path: "element-templates/n.json".to_owned(), content: text(version, label) }]
    }

    fn told(history: &History) -> Vec<(String, i64)> {
        history.refusals.iter().map(|refusal| (refusal.to_string(), refusal.needed)).collect()
    }

    #[test]
    fn an_outgoing_version_is_filed_byte_for_byte() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        let history = History::of(&past, &generated(2, "B"));
        let expected = Artefact { path: "element-templates/archive/n-1.json".to_owned(), content: text(1, "A") };
        assert_eq!((history.archive, history.refusals.len()), (vec![expected], 0));
    }

    #[test]
    fn a_published_version_may_not_change() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        assert!(History::of(&past, &generated(1, "A")).refusals.is_empty());
        let history = History::of(&past, &generated(1, "B"));
        assert_eq!(told(&history), [("version 1 of `i` is published and would change".to_owned(), 2)]);
        let Reason::Altered(changes) = &history.refusals[0].reason else { panic!("{:?}", history.refusals) };
        assert_eq!(
            changes.iter().map(|change| change.message.as_str()).collect::<Vec<_>>(),
            ["the label was \"A\" and is \"B\""]
        );
        // Where nobody keeps versions, the latest one is not known to be published.
        let loose = Published { is_final: false, ..past };
        assert!(History::of(&loose, &generated(1, "B")).refusals.is_empty());
        assert_eq!(History::of(&loose, &generated(2, "B")).archive.len(), 1);
    }

    #[test]
    fn a_version_may_not_fall() {
        let past = published(&[
            ("element-templates/archive/n-1.json", text(1, "A")),
            ("element-templates/n.json", text(3, "A")),
        ]);
        let fallen = History::of(&past, &generated(2, "A"));
        assert_eq!(told(&fallen), [("version 2 of `i` is generated, but 3 is published".to_owned(), 4)]);
        let repeated = History::of(&Published { is_final: false, ..past }, &generated(1, "B"));
        assert_eq!(told(&repeated), [("version 1 of `i` is published and would change".to_owned(), 2)]);
    }

    #[test]
    fn what_others_generate_is_theirs_and_what_is_generated_is_not_archived() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        assert!(History::of(&past, &[]).archive.is_empty());
        let history = History::of(&Published::default(), &generated(2, "A"));
        assert!(history.tolerates("element-templates/archive/n-1.json", &text(1, "A")));
        assert!(!history.tolerates("element-templates/archive/n-2.json", &text(2, "A")));
        assert!(!history.tolerates("docs/n.md", ""));
    }
}
