//! `JUnit` XML: a suite for each command, a case for each file, which fails if anything that is denied is found in it. A command
//! that could not do its work has a case that ends in an error.

use super::{Failure, Report, Section, Told, counted};
use crate::cli::Console;
use quick_xml::escape::escape;
use std::collections::BTreeSet;

pub(super) fn print(report: &Report<'_>, console: Console) {
    console.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    console.line("<testsuites>");
    for section in report.sections {
        print_suite(section, console);
    }
    for failure in report.failures {
        print_failure(failure, console);
    }
    console.line("</testsuites>");
}

fn print_suite(section: &Section, console: Console) {
    // What is told may be about a file that is not there.
    let looked_at = section.files.iter().map(String::as_str);
    let files: BTreeSet<&str> = looked_at.chain(section.told.iter().map(|told| told.file.as_str())).collect();
    let fails = |file: &&&str| section.told.iter().any(|told| told.file == **file && told.fails);
    let (tests, failures) = (files.len(), files.iter().filter(fails).count());
    suite(section.name, tests, failures, 0, console);
    for file in files {
        console.line(format_args!(r#"<testcase classname="{}" name="{}">"#, section.name, attribute(file)));
        let told = section.told.iter().filter(|told| told.file == file);
        let (denied, others): (Vec<_>, Vec<_>) = told.partition(|told| told.fails);
        if !denied.is_empty() {
            let message = counted(&[(denied.len(), "finding", "findings")], "");
            console.line(format_args!(r#"<failure message="{message}">{}</failure>"#, text(&lines(&denied))));
        }
        if !others.is_empty() {
            console.line(format_args!("<system-out>{}</system-out>", text(&lines(&others))));
        }
        console.line("</testcase>");
    }
    console.line("</testsuite>");
}

fn print_failure(Failure { check, message }: &Failure, console: Console) {
    suite(check, 1, 0, 1, console);
    console.line(format_args!(r#"<testcase classname="{check}" name="{check}">"#));
    console.line(format_args!(r#"<error message="{}">{}</error>"#, attribute(message), text(message)));
    console.line("</testcase>");
    console.line("</testsuite>");
}

fn suite(name: &str, tests: usize, failures: usize, errors: usize, console: Console) {
    console.line(format_args!(
        r#"<testsuite name="opwright {name}" tests="{tests}" failures="{failures}" errors="{errors}">"#
    ));
}

fn lines(told: &[&Told]) -> String {
    let line = |told: &&Told| format!("{}: {}[{}]: {}", told.location(), told.called, told.code, told.line());
    told.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A text in XML. There are characters that XML has no way to write.
fn text(text: &str) -> String {
    let may_be = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let text: String =
        text.chars().map(|letter| if may_be(letter) { letter } else { char::REPLACEMENT_CHARACTER }).collect();
    escape(text.as_str()).into_owned()
}

/// The same in an attribute, where a line break would become a space.
fn attribute(value: &str) -> String {
    text(value).replace('\r', "&#13;").replace('\n', "&#10;").replace('\t', "&#9;")
}
