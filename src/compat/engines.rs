//! For which versions of Camunda, and of other programs, templates are.

use crate::template::ElementTemplate;
use nodejs_semver::{Range, Version};

/// What a template is for of a program, if it is said in a way that can be read.
fn range(template: &ElementTemplate, engine: &str) -> Option<(Range, String)> {
    let text = template.engines.as_ref()?.get(engine)?.as_str()?;
    Some((Range::parse(text).ok()?, text.to_owned()))
}

/// Whether a newer version of a template is not for a version of Camunda that the older one is for.
#[must_use]
pub fn leaves_out(old: &ElementTemplate, new: &ElementTemplate, camunda: &str) -> bool {
    let Ok(version) = Version::parse(camunda) else { return true };
    let is_for = |template| range(template, "camunda").is_none_or(|(range, _)| version.satisfies(&range));
    is_for(old) && !is_for(new)
}

/// For each program, by its name, a version that the older template was for and the newer one is not: of Camunda the minor
/// versions, and those that the ranges name.
pub(super) fn left_out(old: &ElementTemplate, new: &ElementTemplate) -> Vec<(String, String)> {
    let engines = new.engines.as_ref();
    let of_engine = |engine: &String| {
        let asked = new.engines.as_ref()?.get(engine)?.as_str()?.to_owned();
        let is_as_before = old.engines.as_ref().and_then(|engines| engines.get(engine)?.as_str()) == Some(&asked);
        let Some((is, _)) = range(new, engine) else {
            // Modeler takes it for a range that nothing is in.
            return (!is_as_before)
                .then(|| (engine.clone(), format!("it is for {asked}, which is no range of versions")));
        };
        let (was, before) =
            range(old, engine).map_or((None, "all versions".to_owned()), |(range, text)| (Some(range), text));
        let minors = (0..20).map(|minor| format!("8.{minor}.0")).filter(|_| engine == "camunda");
        let named = [&before, &asked].map(|text| numbers(text)).concat();
        let around = named.iter().flat_map(|[major, minor, patch]| {
            let below = [
                [*major, *minor, patch.saturating_sub(1)],
                [*major, minor.saturating_sub(1), 0],
                [major.saturating_sub(1), 0, 0],
            ];
            let above =
                [[*major, *minor, patch + 1], [*major, minor + 1, 0], [major + 1, 0, 0], [*major, *minor, *patch]];
            below.into_iter().chain(above).map(|[major, minor, patch]| format!("{major}.{minor}.{patch}"))
        });
        let versions = minors.chain(around).filter_map(|version| Version::parse(version).ok());
        let versions = versions.filter(|version| engine != "camunda" || version.major() >= 8);
        let was_for = |version: &Version| was.as_ref().is_none_or(|was| version.satisfies(was));
        let left = versions.filter(|version| was_for(version) && !version.satisfies(&is)).min()?;
        Some((engine.clone(), format!("it was for {before} and is for {asked}: {left} is left out")))
    };
    engines.into_iter().flat_map(|engines| engines.keys()).filter_map(of_engine).collect()
}

/// The version numbers in a range.
fn numbers(range: &str) -> Vec<[u64; 3]> {
    let words = range.split(|letter: char| !letter.is_ascii_digit() && letter != '.').filter(|word| !word.is_empty());
    let number = |word: &str| {
        let mut parts = word.split('.').map(|part| part.parse::<u32>().map_or(0, u64::from));
        [(); 3].map(|()| parts.next().unwrap_or_default())
    };
    words.map(number).collect()
}
