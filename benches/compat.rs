//! Comparing all consecutive versions of Camunda's element templates, which are read from the npm package of `tests/npm`.
//!
//!     (cd tests/npm && npm ci) && cargo bench --bench compat

use divan::{Bencher, black_box};
use opwright::compat::compare;
use opwright::template::{ElementTemplate, Node, read};
use std::collections::BTreeMap;
use std::path::Path;

fn main() {
    divan::main();
}

/// The files of the package.
fn texts() -> Vec<String> {
    let package = "tests/npm/node_modules/@camunda/connectors-element-templates/src/element-templates";
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(package);
    let entries = std::fs::read_dir(directory).expect("`npm ci` in tests/npm installs the templates");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.map(|path| std::fs::read_to_string(path).expect("a template")).collect()
}

fn pairs(texts: &[String]) -> Vec<(ElementTemplate, ElementTemplate)> {
    let mut versions: BTreeMap<String, Vec<ElementTemplate>> = BTreeMap::new();
    for text in texts {
        for (_, template) in read(&Node::parse(text).expect("JSON")).0 {
            versions.entry(template.id.clone().unwrap_or_default()).or_default().push(template);
        }
    }
    let mut pairs = Vec::new();
    for versions in versions.values_mut() {
        versions.sort_by_key(|template| template.version);
        pairs.extend(versions.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    }
    pairs
}

/// All pairs, one after the other.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn official_pairs(bencher: Bencher<'_, '_>) {
    let pairs = pairs(&texts());
    assert!(pairs.len() > 500, "only {} pairs", pairs.len());
    bencher.bench_local(|| pairs.iter().map(|(old, new)| compare(black_box(old), black_box(new)).len()).sum::<usize>());
}

/// The same from the files' texts.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn official_files(bencher: Bencher<'_, '_>) {
    let texts = texts();
    bencher.bench_local(|| pairs(black_box(&texts)).iter().map(|(old, new)| compare(old, new).len()).sum::<usize>());
}
