//! `JUnit` XML: a suite for each command, a case for each file, which fails if anything of the level `error` is found in it.

use super::{Section, Told};
use crate::cli::Console;
use crate::lint::Level;
use quick_xml::escape::escape;
use std::collections::BTreeSet;

pub(super) fn print(sections: &[Section], console: Console) {
    console.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    console.line("<testsuites>");
    for section in sections {
        print_suite(section, console);
    }
    console.line("</testsuites>");
}

fn print_suite(section: &Section, console: Console) {
    // What is told may be about a file that is not there.
    let looked_at = section.files.iter().map(String::as_str);
    let files: BTreeSet<&str> = looked_at.chain(section.told.iter().map(|told| told.file.as_str())).collect();
    let fails = |file: &&&str| section.told.iter().any(|told| told.file == **file && is_error(told));
    let (tests, failures) = (files.len(), files.iter().filter(fails).count());
    console.line(format_args!(r#"<testsuite name="opwright {}" tests="{tests}" failures="{failures}">"#, section.name));
    for file in files {
        console.line(format_args!(r#"<testcase classname="{}" name="{}">"#, section.name, escape(file)));
        let told = section.told.iter().filter(|told| told.file == file);
        let (errors, others): (Vec<_>, Vec<_>) = told.partition(|told| is_error(told));
        if !errors.is_empty() {
            let (count, text) = (errors.len(), lines(&errors));
            console.line(format_args!(r#"<failure message="{count} errors">{}</failure>"#, escape(&text)));
        }
        if !others.is_empty() {
            console.line(format_args!("<system-out>{}</system-out>", escape(lines(&others))));
        }
        console.line("</testcase>");
    }
    console.line("</testsuite>");
}

fn is_error(told: &Told) -> bool {
    told.level == Level::Error
}

fn lines(told: &[&Told]) -> String {
    let line = |told: &&Told| format!("{}: {}[{}]: {}", told.location(), told.called, told.code, told.line());
    told.iter().map(line).collect::<Vec<_>>().join("\n")
}
