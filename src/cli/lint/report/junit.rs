//! `JUnit` XML: a case for each file, which fails if anything of the level `error` is found in it.

use super::{Judged, Report};
use crate::cli::Console;
use crate::lint::Level;
use quick_xml::escape::escape;

pub(super) fn print(report: &Report<'_>, console: Console) {
    let fails = |judged: &&Judged<'_>| judged.level == Level::Error;
    let failures =
        report.subjects.iter().filter(|subject| subject.findings.iter().any(|judged| fails(&judged))).count();
    console.line(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    console.line(format_args!(
        r#"<testsuites><testsuite name="opwright lint" tests="{}" failures="{failures}">"#,
        report.subjects.len()
    ));
    for subject in report.subjects {
        let name = escape(&subject.file.name);
        let told = |judged: &&Judged<'_>| judged.level >= report.least;
        let lines = |judged: &Judged<'_>| {
            let position = judged.position(&subject.file.text);
            let code = judged.finding.rule.code;
            format!("{}:{position}: {}[{code}]: {}", subject.file.name, judged.level, judged.line())
        };
        console.line(format_args!(r#"<testcase classname="lint" name="{name}">"#));
        let (errors, others): (Vec<_>, Vec<_>) = subject.findings.iter().filter(told).partition(|judged| fails(judged));
        if !errors.is_empty() {
            let text: Vec<String> = errors.iter().map(|judged| lines(judged)).collect();
            let (count, text) = (errors.len(), text.join("\n"));
            console.line(format_args!(r#"<failure message="{count} errors">{}</failure>"#, escape(&text)));
        }
        if !others.is_empty() {
            let text: Vec<String> = others.iter().map(|judged| lines(judged)).collect();
            console.line(format_args!("<system-out>{}</system-out>", escape(text.join("\n"))));
        }
        console.line("</testcase>");
    }
    console.line("</testsuite></testsuites>");
}
