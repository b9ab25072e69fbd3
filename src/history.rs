//! Published versions of element templates: which may not change again, and where outgoing ones are kept. Pure; what is
//! published is read by `cli/published/`.

use crate::compat::{Change, compare};
use crate::generate::Artefact;
use crate::template::{Binding, BindingKind, ElementTemplate, Node, SyntaxFault, read};
use opwright_feel::Position;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

/// The folder of templates that are the latest of their ids.
const CURRENT: &str = "element-templates/";

/// The folder of their older versions; no definition generates them any more.
pub const ARCHIVE: &str = "element-templates/archive/";

/// The extension property by which Camunda knows an element that waits for an event.
const INBOUND_TYPE: &str = "inbound.type";

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
    /// Whether it is the template of an event, which has a version of its own.
    pub is_inbound: bool,
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
        let what = if self.is_inbound { "event" } else { "connector" };
        format!("Give the {what} `version = {}`.", self.needed)
    }
}

/// Why it is not known what the past asks.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclear {
    /// The file, below the output directory.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Unclear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.path, self.reason)
    }
}

impl std::error::Error for Unclear {}

/// A template among files.
struct Version<'a> {
    id: String,
    number: i64,
    path: &'a str,
    text: &'a str,
    template: ElementTemplate,
}

impl<'a> Version<'a> {
    /// The templates of a file that have an id and a version, and the ids of those that have none.
    fn read(path: &'a str, text: &'a str) -> Result<(Vec<Self>, Vec<String>), SyntaxFault> {
        let (mut versions, mut others) = (Vec::new(), Vec::new());
        for (_, template) in read(&Node::parse(text)?).0 {
            match (template.id.clone(), template.version) {
                (Some(id), Some(number)) => versions.push(Self { id, number, path, text, template }),
                (id, _) => others.push(id.unwrap_or_default()),
            }
        }
        Ok((versions, others))
    }

    /// Those of a file that may be anything.
    fn among(path: &'a str, text: &'a str) -> Vec<Self> {
        if path.starts_with(CURRENT) { Self::read(path, text).unwrap_or_default().0 } else { Vec::new() }
    }

    /// Whether its element waits for an event.
    fn is_inbound(&self) -> bool {
        let is_type = |binding: &Binding| {
            binding.kind == BindingKind::ZeebeProperty && binding.name.as_deref() == Some(INBOUND_TYPE)
        };
        self.template.properties.iter().any(|property| property.binding.as_ref().is_some_and(is_type))
    }

    fn is_archived(&self) -> bool {
        self.path.starts_with(ARCHIVE)
    }

    /// Whether it gives way to what is generated: to a later version, or to another template in its file.
    fn is_outgoing(&self, current: &[Self]) -> bool {
        match current.iter().find(|now| now.id == self.id) {
            Some(now) => now.number > self.number,
            None => current.iter().any(|now| now.path == self.path),
        }
    }

    /// Where it is kept then.
    fn archived(&self) -> String {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        let id: String = self.id.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        format!("{ARCHIVE}{id}-{}.json", self.number)
    }
}

/// The templates that are published.
fn past<'a>(published: &'a Published, current: &[Version<'_>]) -> Result<Vec<Version<'a>>, Unclear> {
    let mut past = Vec::new();
    for (path, text) in &published.files {
        if !path.starts_with(CURRENT) || Path::new(path).extension() != Some(OsStr::new("json")) {
            continue;
        }
        let unclear = |reason| Unclear { path: path.clone(), reason };
        let is_final = published.is_final || path.starts_with(ARCHIVE);
        match Version::read(path, text) {
            Err(fault) if is_final => {
                let Position { line, column, .. } = Position::at(text, fault.at);
                return Err(unclear(format!("is no JSON: {fault}, at line {line} column {column}")));
            }
            Err(_) => {}
            Ok((versions, others)) => {
                let is_replaced = || current.iter().any(|now| now.path == path && versions.is_empty());
                let is_ours = |id: &String| current.iter().any(|now| now.id == *id);
                if is_final && (others.iter().any(is_ours) || is_replaced()) {
                    return Err(unclear("holds no element template with an id and a version".to_owned()));
                }
                past.extend(versions);
            }
        }
    }
    Ok(past)
}

impl History {
    /// What the published versions ask of these artefacts, where these files are there.
    ///
    /// # Errors
    ///
    /// A published file cannot be read, or two versions want to be kept in the same one.
    pub fn of(
        published: &Published,
        present: &BTreeMap<String, String>,
        artefacts: &[Artefact],
    ) -> Result<Self, Unclear> {
        let current: Vec<Version<'_>> =
            artefacts.iter().flat_map(|artefact| Version::among(&artefact.path, &artefact.content)).collect();
        let past = past(published, &current)?;
        let mut history = Self::default();
        for version in past.iter().filter(|version| version.is_archived()) {
            history.archive.push(Artefact { path: version.path.to_owned(), content: version.text.to_owned() });
        }
        for version in past.iter().filter(|version| !version.is_archived() && version.is_outgoing(&current)) {
            history.keep(version, present)?;
        }
        for now in &current {
            let known = past.iter().filter(|past| past.id == now.id);
            let known = known.filter(|past| published.is_final || past.is_archived());
            history.refusals.extend(refusal(now, known.collect()));
        }
        history.current = current.into_iter().map(|version| (version.id, version.number)).collect();
        history.archive.sort_by(|one, other| one.path.cmp(&other.path));
        history.archive.dedup();
        Ok(history)
    }

    /// Keeps an outgoing version, unless a file of whatever name does already.
    fn keep(&mut self, version: &Version<'_>, present: &BTreeMap<String, String>) -> Result<(), Unclear> {
        if self.archive.iter().any(|kept| kept.content == version.text) {
            return Ok(());
        }
        let is_kept = |(path, text): &(&String, &String)| path.starts_with(ARCHIVE) && *text == version.text;
        let path = present.iter().find(is_kept).map_or_else(|| version.archived(), |(path, _)| path.clone());
        // There are file systems to which upper and lower case are the same.
        if let Some(other) = self.archive.iter().find(|kept| kept.path.eq_ignore_ascii_case(&path)) {
            let reason = format!("would be kept as {path}, but {} is another file: rename that one", other.path);
            return Err(Unclear { path: version.path.to_owned(), reason });
        }
        self.archive.push(Artefact { path, content: version.text.to_owned() });
        Ok(())
    }

    /// Whether a file of the archive may be there, though it is not known to be published: of a version that is generated it
    /// may not.
    #[must_use]
    pub fn tolerates(&self, path: &str, text: &str) -> bool {
        let is_current = |version: Version<'_>| self.current.contains(&(version.id, version.number));
        path.starts_with(ARCHIVE) && !Version::among(path, text).into_iter().any(is_current)
    }
}

fn refusal(now: &Version<'_>, known: Vec<&Version<'_>>) -> Option<Refusal> {
    let latest = known.iter().map(|past| past.number).max()?;
    let refused = |reason| Refusal {
        path: now.path.to_owned(),
        id: now.id.clone(),
        version: now.number,
        needed: latest + 1,
        is_inbound: now.is_inbound(),
        reason,
    };
    if now.number < latest {
        return Some(refused(Reason::Fallen(latest)));
    }
    let other = known.into_iter().find(|past| past.number == now.number && past.text != now.text)?;
    // What has changed, apart from the version, which has to.
    let raised = ElementTemplate { version: Some(latest + 1), ..now.template.clone() };
    Some(refused(Reason::Altered(compare(&other.template, &raised))))
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

    fn of(published: &Published, artefacts: &[Artefact]) -> History {
        History::of(published, &published.files, artefacts).expect("it is clear")
    }

    fn told(history: &History) -> Vec<(String, i64)> {
        history.refusals.iter().map(|refusal| (refusal.to_string(), refusal.needed)).collect()
    }

    #[test]
    fn an_outgoing_version_is_filed_byte_for_byte() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        let history = of(&past, &generated(2, "B"));
        let expected = Artefact { path: "element-templates/archive/i-1.json".to_owned(), content: text(1, "A") };
        assert_eq!((history.archive, history.refusals.len()), (vec![expected], 0));
    }

    #[test]
    fn a_published_version_may_not_change() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        assert!(of(&past, &generated(1, "A")).refusals.is_empty());
        let history = of(&past, &generated(1, "B"));
        assert_eq!(told(&history), [("version 1 of `i` is published and would change".to_owned(), 2)]);
        let Reason::Altered(changes) = &history.refusals[0].reason else { panic!("{:?}", history.refusals) };
        assert_eq!(
            changes.iter().map(|change| change.message.as_str()).collect::<Vec<_>>(),
            ["the label was \"A\" and is \"B\""]
        );
        // Where nobody keeps versions, the latest one is not known to be published.
        let loose = Published { is_final: false, ..past };
        assert!(of(&loose, &generated(1, "B")).refusals.is_empty());
        assert_eq!(of(&loose, &generated(2, "B")).archive.len(), 1);
    }

    #[test]
    fn a_version_may_not_fall() {
        let past = published(&[
            ("element-templates/archive/n-1.json", text(1, "A")),
            ("element-templates/n.json", text(3, "A")),
        ]);
        let fallen = of(&past, &generated(2, "A"));
        assert_eq!(told(&fallen), [("version 2 of `i` is generated, but 3 is published".to_owned(), 4)]);
        let repeated = of(&Published { is_final: false, ..past }, &generated(1, "B"));
        assert_eq!(told(&repeated), [("version 1 of `i` is published and would change".to_owned(), 2)]);
    }

    #[test]
    fn a_template_that_gives_its_file_to_another_one_is_filed() {
        let other = |version| text(version, "A").replace("\"i\"", "\"a b/c\"");
        let past = published(&[("element-templates/n.json", other(3))]);
        let history = of(&past, &generated(1, "B"));
        let expected = Artefact { path: "element-templates/archive/a_b_c-3.json".to_owned(), content: other(3) };
        assert_eq!((history.archive, history.refusals.len()), (vec![expected], 0));
        // One that has another file now is still the latest of its id.
        let moved = Artefact { path: "element-templates/m.json".to_owned(), content: other(3) };
        let [now] = generated(1, "B");
        assert!(of(&past, &[now, moved]).archive.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_unclear() {
        let broken = "{\n<<<<<<< ours\n".to_owned();
        let told = |past: &Published| {
            History::of(past, &BTreeMap::new(), &generated(1, "A")).map(drop).map_err(|unclear| unclear.to_string())
        };
        let latest = published(&[("element-templates/n.json", broken.clone())]);
        let archived = published(&[("element-templates/archive/n-0.json", broken)]);
        let is_no_json = |path: &str| Err(format!("{path} is no JSON: key must be a string, at line 2 column 1"));
        assert_eq!(told(&latest), is_no_json("element-templates/n.json"));
        assert_eq!(told(&archived), is_no_json("element-templates/archive/n-0.json"));
        // Where nobody keeps versions, the archive alone is published.
        assert_eq!(told(&Published { is_final: false, ..latest }), Ok(()));
        assert!(told(&Published { is_final: false, ..archived }).is_err());
        let without = text(1, "A").replace("\"version\": 1,", "");
        let other = without.replace("\"i\"", "\"j\"");
        let vague = |path: &str| Err(format!("{path} holds no element template with an id and a version"));
        assert_eq!(told(&published(&[("element-templates/m.json", without)])), vague("element-templates/m.json"));
        assert_eq!(told(&published(&[("element-templates/n.json", other.clone())])), vague("element-templates/n.json"));
        assert_eq!(told(&published(&[("element-templates/m.json", other)])), Ok(()));
    }

    #[test]
    fn a_file_is_kept_once_and_never_in_the_place_of_another() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        let former = "element-templates/archive/n-1.json".to_owned();
        let present = [(former.clone(), text(1, "A"))].into();
        let history = History::of(&past, &present, &generated(2, "B")).expect("it is clear");
        assert_eq!(history.archive, [Artefact { path: former, content: text(1, "A") }]);
        let other = ("element-templates/archive/I-1.json", text(1, "B"));
        let past = published(&[("element-templates/n.json", text(1, "A")), other]);
        let told = History::of(&past, &past.files, &generated(2, "B")).map(drop).expect_err("two want one name");
        assert!(told.reason.starts_with("would be kept as element-templates/archive/i-1.json, but "), "{told}");
    }

    #[test]
    fn what_others_generate_is_theirs_and_what_is_generated_is_not_archived() {
        let past = published(&[("element-templates/n.json", text(1, "A"))]);
        assert!(of(&past, &[]).archive.is_empty());
        let history = of(&Published::default(), &generated(2, "A"));
        assert!(history.tolerates("element-templates/archive/n-1.json", &text(1, "A")));
        assert!(!history.tolerates("element-templates/archive/n-2.json", &text(2, "A")));
        assert!(!history.tolerates("docs/n.md", ""));
    }
}
