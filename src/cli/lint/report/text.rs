//! For people: what is wrong, where, why, and how to mend it.

use super::{Judged, Report};
use crate::cli::Console;
use crate::lint::Level;
use opwright_feel::{Span, snippet};

pub(super) fn print(report: &Report<'_>, console: Console) {
    for (subject, judged) in report.told() {
        let Judged { finding, level } = judged;
        let position = judged.position(&subject.file.text);
        let mut lines = finding.message.lines();
        let first = lines.next().unwrap_or_default();
        console.line(format_args!("{}: {first}", console.level(*level, &format!("{level}[{}]", finding.rule.code))));
        for line in lines {
            console.line(format_args!("  {line}"));
        }
        console
            .line(format_args!("  --> {}:{}:{} {}", subject.file.name, position.line, position.column, finding.path));
        // What goes over several lines is shown by its first.
        let end = subject.file.text.get(finding.span.clone()).and_then(|text| text.find('\n'));
        let end = end.map_or(finding.span.end, |length| finding.span.start + length);
        let shown = snippet(&subject.file.text, Span::new(finding.span.start, end));
        for line in shown.lines() {
            console.line(format_args!("   | {line}"));
        }
        console.line(format_args!("   = {}", finding.rule.reason));
        console.line(format_args!("   = mend: {}\n", finding.rule.mend));
    }
    let counts: Vec<String> = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "remark")]
        .into_iter()
        .map(|(level, name)| (report.count(level), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let found = if counts.is_empty() { "nothing is found".to_owned() } else { counts.join(", ") };
    let templates =
        if report.templates == 1 { "1 template".to_owned() } else { format!("{} templates", report.templates) };
    let told = [
        Some(format!("{templates}: {found}")),
        (report.accepted > 0).then(|| format!("{} accepted", report.accepted)),
        match report.others {
            0 => None,
            1 => Some("1 other JSON file is no template".to_owned()),
            others => Some(format!("{others} other JSON files are no templates")),
        },
        (report.count(Level::Info) > 0 && report.least > Level::Info)
            .then(|| "--level info shows the remarks".to_owned()),
    ];
    console.note(told.into_iter().flatten().collect::<Vec<_>>().join("; "));
}
