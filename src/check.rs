//! What on disk differs from what the definitions generate. Pure: reading and writing is the command line's.

use crate::generate::Artefact;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// The longest diff of a file that a report shows, in lines.
const DIFF_LINES: usize = 12;

/// A generated file that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stale {
    /// Path below the output directory.
    pub path: String,
    /// In what way.
    pub state: State,
    /// The first changed lines, each with its sign.
    pub diff: Vec<String>,
    /// How many changed lines the diff leaves out.
    pub omitted: usize,
}

/// In what way a file is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is generated, but not there.
    Missing,
    /// It is there with other content.
    Changed,
    /// It is there, but nothing generates it.
    Orphaned,
}

/// Compares artefacts with the files that are there, by path.
#[must_use]
pub fn compare(artefacts: &[Artefact], files: &BTreeMap<String, String>) -> Vec<Stale> {
    let mut stale = Vec::new();
    for artefact in artefacts {
        match files.get(&artefact.path) {
            None => {
                stale.push(Stale { path: artefact.path.clone(), state: State::Missing, diff: Vec::new(), omitted: 0 });
            }
            Some(content) if *content != artefact.content => stale.push(changed(artefact, content)),
            Some(_) => {}
        }
    }
    let orphaned = files.keys().filter(|path| !artefacts.iter().any(|artefact| artefact.path == **path));
    stale.extend(orphaned.map(|path| Stale {
        path: path.clone(),
        state: State::Orphaned,
        diff: Vec::new(),
        omitted: 0,
    }));
    stale.sort_by(|one, other| one.path.cmp(&other.path));
    stale
}

fn changed(artefact: &Artefact, content: &str) -> Stale {
    let diff = TextDiff::from_lines(content, &artefact.content);
    let lines: Vec<String> = diff
        .iter_all_changes()
        .filter_map(|change| {
            let sign = match change.tag() {
                ChangeTag::Equal => return None,
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            Some(format!("{sign}{}", change.value().trim_end_matches('\n')))
        })
        .collect();
    let omitted = lines.len().saturating_sub(DIFF_LINES);
    Stale {
        path: artefact.path.clone(),
        state: State::Changed,
        diff: lines.into_iter().take(DIFF_LINES).collect(),
        omitted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(path: &str, content: &str) -> Artefact {
        Artefact { path: path.to_owned(), content: content.to_owned() }
    }

    #[test]
    fn missing_changed_and_orphaned_files_are_stale() {
        let artefacts = [artefact("a", "one\ntwo\n"), artefact("b", "same\n"), artefact("c", "new\n")];
        let files = [("a", "one\nother\n"), ("b", "same\n"), ("d", "left over\n")];
        let files = files.map(|(path, content)| (path.to_owned(), content.to_owned())).into();
        let stale = compare(&artefacts, &files);
        let states: Vec<_> = stale.iter().map(|stale| (stale.path.as_str(), stale.state)).collect();
        assert_eq!(states, [("a", State::Changed), ("c", State::Missing), ("d", State::Orphaned)]);
        assert_eq!(stale[0].diff, ["-other", "+two"]);
    }

    #[test]
    fn a_long_diff_is_cut_and_counted() {
        let old: String = (0..40).map(|line| format!("{line}\n")).collect();
        let stale = compare(&[artefact("a", "")], &[("a".to_owned(), old)].into());
        assert_eq!((stale[0].diff.len(), stale[0].omitted), (DIFF_LINES, 40 - DIFF_LINES));
    }
}
