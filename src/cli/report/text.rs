//! For people: what is wrong, where, why, and how to mend it.

use super::{Report, Told};
use crate::cli::Console;

pub(super) fn print(report: &Report<'_>, console: Console) {
    for section in report.sections {
        section.told.iter().for_each(|told| print_one(told, console));
        let name = if report.is_joint { format!("{}: ", console.bold(section.name)) } else { String::new() };
        console.note(format_args!("{name}{}", section.summary));
    }
}

fn print_one(told: &Told, console: Console) {
    let mut lines = told.message.lines();
    let first = lines.next().unwrap_or_default();
    console.line(format_args!("{}: {first}", console.level(told.level, &format!("{}[{}]", told.called, told.code))));
    for line in lines {
        console.line(format_args!("  {line}"));
    }
    console.line(format_args!("  --> {}", format!("{} {}", told.location(), told.place).trim_end()));
    for line in told.excerpt.iter().chain(&told.shown) {
        console.line(format_args!("   | {line}"));
    }
    console.line(format_args!("   = {}", told.reason));
    if !told.mend.is_empty() {
        console.line(format_args!("   = mend: {}", told.mend));
    }
    console.line("");
}
