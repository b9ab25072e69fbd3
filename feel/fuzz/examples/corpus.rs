//! Unpacks the kept inputs for cargo-fuzz, which wants a file for each, and packs them again.
//!
//! `corpus/TARGET.jsonl` holds a JSON string a line; cargo-fuzz reads and writes `corpus/TARGET/`.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

const TARGETS: [&str; 2] = ["parse", "evaluate"];

fn main() -> io::Result<ExitCode> {
    let work = match std::env::args().nth(1).as_deref() {
        Some("unpack") => unpack,
        Some("pack") => pack,
        _ => {
            eprintln!("Usage: cargo run --example corpus -- unpack|pack");
            return Ok(ExitCode::from(2));
        }
    };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in TARGETS {
        work(&corpus.join(target).with_extension("jsonl"), &corpus.join(target))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn unpack(packed: &PathBuf, folder: &PathBuf) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, line) in fs::read_to_string(packed)?.lines().enumerate() {
        let input: String = serde_json::from_str(line)?;
        fs::write(folder.join(format!("kept-{number}")), input)?;
    }
    Ok(())
}

fn pack(packed: &PathBuf, folder: &PathBuf) -> io::Result<()> {
    let mut inputs = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let bytes = fs::read(entry?.path())?;
        // The targets take what is UTF-8, up to the first byte that is not.
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        inputs.insert(serde_json::Value::from(valid).to_string());
    }
    let lines: Vec<String> = inputs.into_iter().map(|line| line + "\n").collect();
    fs::write(packed, lines.concat())
}
