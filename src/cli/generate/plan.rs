//! What `generate` would do: what the definitions make, what is there, and what is published of it.

use crate::check::{self, Stale};
use crate::cli::published::Base;
use crate::cli::{Context, Exit};
use crate::generate::{self, Artefact, docs::DocTemplates};
use crate::history::{History, Published, Refusal};
use crate::registry::Connector;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folders that belong to `generate` below the output directory.
const FOLDERS: [&str; 4] = ["bpmn", "docs", "element-templates", "schemas"];

/// From what is generated, and where to.
#[derive(Debug, Args)]
pub(in crate::cli) struct Source {
    /// Directory of the generated files
    #[arg(long, value_name = "DIR", default_value = "generated")]
    pub(in crate::cli) out: PathBuf,
    /// Directory of Handlebars templates (*.md.hbs) that replace the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) templates: Option<PathBuf>,
    /// What is published of it: a git revision or a directory [default: where the branch has left the main one]
    #[arg(long, value_name = "REV|DIR")]
    pub(in crate::cli) against: Option<String>,
}

/// What there should be, and what of it there is.
pub(in crate::cli) struct Plan {
    pub(in crate::cli) artefacts: Vec<Artefact>,
    pub(super) files: BTreeMap<String, String>,
    pub(in crate::cli) stale: Vec<Stale>,
    pub(in crate::cli) refusals: Vec<Refusal>,
    /// What the published versions are taken from, if there is a repository.
    pub(super) published: Option<String>,
    /// Whether they are not where they are looked for.
    pub(super) is_elsewhere: bool,
}

impl Plan {
    pub(in crate::cli) fn exit(&self) -> Exit {
        match (self.refusals.is_empty(), self.stale.is_empty()) {
            (false, _) => Exit::Incompatible,
            (true, false) => Exit::Stale,
            (true, true) => Exit::Success,
        }
    }
}

/// Compares what the definitions generate with what is there and with what is published.
pub(in crate::cli) fn plan(source: &Source, base: Option<&Base>, context: &Context) -> Result<Plan, String> {
    let templates = templates(source.templates.as_deref())?;
    let definitions = context.registry.connectors().iter().map(Connector::definition);
    let mut artefacts = generate::artefacts(definitions, &templates).map_err(|error| error.to_string())?;
    let mut files = read(&source.out).map_err(|error| format!("cannot read {}: {error}", source.out.display()))?;
    let base = base.filter(|base| !base.is_nothing());
    let generated = artefacts.iter().map(|artefact| (artefact.path.clone(), artefact.content.clone())).collect();
    let followed = base.map(|base| base.followed_output(&generated)).transpose()?.flatten();
    let base = followed.as_ref().or(base).map(Base::as_output).transpose()?;
    let (published, is_final) = match base {
        Some(base) => (base.files.clone(), true),
        None => (files.clone(), false),
    };
    let history = History::of(&Published { files: published, is_final }, &files, &artefacts).map_err(|unclear| {
        format!("{unclear} (published: {})", base.map_or_else(|| source.out.display().to_string(), Base::told))
    })?;
    artefacts.extend(history.archive.iter().cloned());
    files
        .retain(|path, text| artefacts.iter().any(|artefact| artefact.path == *path) || !history.tolerates(path, text));
    let stale = check::compare(&artefacts, &files);
    Ok(Plan {
        artefacts,
        files,
        stale,
        refusals: history.refusals,
        published: base.map(Base::told),
        is_elsewhere: followed.is_some(),
    })
}

fn templates(directory: Option<&Path>) -> Result<DocTemplates, String> {
    let mut templates = DocTemplates::built_in();
    let Some(directory) = directory else { return Ok(templates) };
    let unreadable = |error: io::Error| format!("cannot read the docs templates in {}: {error}", directory.display());
    let mut found = false;
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".md.hbs")) {
            templates = templates.with(name, fs::read_to_string(&path).map_err(unreadable)?);
            found = true;
        }
    }
    if found { Ok(templates) } else { Err(format!("{} holds no *.md.hbs file", directory.display())) }
}

/// The files in the folders that belong to `generate`, by path with `/`.
fn read(directory: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for folder in FOLDERS {
        collect(&directory.join(folder), folder, &mut files)?;
    }
    Ok(files)
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
            continue;
        }
        let content = fs::read(entry.path())?;
        let text = String::from_utf8_lossy(&content).into_owned();
        // Templates are kept byte for byte, and by their names.
        let is_changed = text.as_bytes() != content || entry.file_name().to_str().is_none();
        if is_changed && path.starts_with("element-templates/") {
            return Err(io::Error::other(format!("{path} is no UTF-8, or its name is not: remove it")));
        }
        files.insert(path, text);
    }
    Ok(())
}
