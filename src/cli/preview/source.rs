//! Where templates come from.

use crate::cli::lint::config;
use crate::cli::template_files;
use crate::definition::ConnectorDefinition;
use crate::generate::docs::DocTemplates;
use crate::generate::element_template::Variant;
use crate::generate::{Artefact, artefacts};
use crate::registry::Registry;
use std::path::PathBuf;
use std::time::SystemTime;

/// The connectors of this program, or files of anyone's.
pub(super) enum Source {
    Definitions(Registry),
    Files(Vec<PathBuf>),
}

/// A file that holds templates, whether it is on disk or only generated.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) origin: Option<Origin>,
}

/// What a generated template comes from.
pub(super) struct Origin {
    pub(super) definition: ConnectorDefinition,
    /// Everything that is generated from it.
    pub(super) artefacts: Vec<Artefact>,
}

/// What a file looked like when it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    pub(super) fn of(path: PathBuf) -> Self {
        let metadata = std::fs::metadata(&path).ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        Self { path, modified, length: metadata.map_or(0, |metadata| metadata.len()) }
    }

    /// Whether there is such a file.
    pub(super) fn exists(&self) -> bool {
        self.modified.is_some()
    }
}

impl Source {
    /// The files as they are now.
    pub(super) fn files(&self) -> Result<Vec<File>, String> {
        match self {
            Self::Files(paths) => {
                let found = template_files::find(paths)?;
                let file = |file: template_files::File| File { name: file.name, text: file.text, origin: None };
                Ok(found.files.into_iter().map(file).collect())
            }
            Self::Definitions(registry) => {
                let mut files = Vec::new();
                for connector in registry.connectors() {
                    generated(connector.definition(), &mut files)?;
                }
                Ok(files)
            }
        }
    }

    /// What tells whether files have changed. What is compiled changes with the program alone.
    pub(super) fn stamps(&self) -> Vec<Stamp> {
        let config = Stamp::of(PathBuf::from(config::DEFAULT));
        let files = match self {
            Self::Definitions(_) => Vec::new(),
            Self::Files(paths) => template_files::candidates(paths, "json").unwrap_or_default(),
        };
        files.into_iter().map(|candidate| Stamp::of(candidate.path)).chain([config]).collect()
    }
}

fn generated(definition: &ConnectorDefinition, files: &mut Vec<File>) -> Result<(), String> {
    let artefacts = artefacts([definition], &DocTemplates::built_in()).map_err(|error| error.to_string())?;
    for variant in Variant::of(definition) {
        let path = variant.path(definition);
        if let Some(artefact) = artefacts.iter().find(|artefact| artefact.path == path) {
            let origin = Origin { definition: definition.clone(), artefacts: artefacts.clone() };
            files.push(File { name: path, text: artefact.content.clone(), origin: Some(origin) });
        }
    }
    Ok(())
}
