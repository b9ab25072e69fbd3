//! What the designer sees.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind, name};
use crate::template::{Path, PropertyKind};
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The rules.
pub(super) static RULES: &[&Rule] = &[&SAME_LABEL, &NO_LABEL, &BROKEN_ICON, &DROPPED_MARKUP, &MARKDOWN];

/// Two fields that can be visible together have one label in one group.
pub(crate) static SAME_LABEL: Rule = Rule {
    code: "same-label",
    level: Level::Warning,
    summary: "two fields that can be visible together have one label in one group",
    reason: "The designer cannot tell them apart.",
    mend: "Give each a label of its own.",
};

/// A visible field has no label.
pub(crate) static NO_LABEL: Rule = Rule {
    code: "no-label",
    level: Level::Info,
    summary: "a visible field has no label",
    reason: "It is shown without a name, and its errors name no field.",
    mend: "Give it a `label`.",
};

/// The icon's data URL holds an unescaped `#`.
pub(crate) static BROKEN_ICON: Rule = Rule {
    code: "broken-icon",
    level: Level::Error,
    summary: "the icon's data URL holds an unescaped `#`",
    reason: "The picture is broken in the panel, the chooser and the diagram.",
    mend: "Write `%23`.",
};

/// A description or tooltip holds an element that is dropped with its text.
pub(crate) static DROPPED_MARKUP: Rule = Rule {
    code: "dropped-markup",
    level: Level::Warning,
    summary: "a description or tooltip holds an element that is dropped with its text",
    reason: "The panel shows a, p, ul, ol, li, code, pre, strong, em, img, br and the like; `<b>` and its text are gone.",
    mend: "Use `<strong>` and `<em>`.",
};

/// A description or tooltip holds Markdown.
pub(crate) static MARKDOWN: Rule = Rule {
    code: "markdown",
    level: Level::Info,
    summary: "a description or tooltip holds Markdown",
    reason: "It is shown as it is.",
    mend: "Use HTML: `<code>`, `<a href>`.",
};

const SHOWN: [&str; 21] = [
    "a", "p", "ul", "ol", "li", "code", "pre", "strong", "em", "img", "br", "div", "span", "small", "h1", "h2", "h3",
    "h4", "h5", "h6", "button",
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if let Some(contents) = subject.template.icon.as_ref().and_then(|icon| icon.contents.as_deref())
        && contents.starts_with("data:")
        && contents.contains('#')
    {
        findings.add(&BROKEN_ICON, &subject.path.key("icon").key("contents"), "the picture ends at the `#`");
    }
    let mut labels: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (index, property) in subject.properties() {
        let at = subject.at(index);
        for (key, text) in [("description", &property.description), ("tooltip", &property.tooltip)] {
            if let Some(text) = text {
                check_markup(text, &at.key(key), findings);
            }
        }
        if kind(property) == PropertyKind::Hidden {
            continue;
        }
        let Some(label) = property.label.as_deref() else {
            findings.add(&NO_LABEL, &at, format!("{} has no label", name(property)));
            continue;
        };
        let same = labels.entry((property.group.as_deref().unwrap_or_default(), label)).or_default();
        if same.iter().any(|other| subject.activity.witness(&[*other, index]).is_some()) {
            findings.add(&SAME_LABEL, &at.key("label"), format!("`{label}` is the label of another field beside it"));
        }
        same.push(index);
    }
}

fn check_markup(text: &str, at: &Path, findings: &mut Findings) {
    static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<([A-Za-z][A-Za-z0-9]*)[^<>]*>").ok());
    static FOREIGN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\]\(https?:|`[^`]+`|\*\*[^*]+\*\*").ok());
    let tags = TAG.iter().flat_map(|tag| tag.captures_iter(text)).filter_map(|found| found.get(1));
    let mut told: Vec<String> = Vec::new();
    for tag in tags.map(|tag| tag.as_str().to_lowercase()).filter(|tag| !SHOWN.contains(&tag.as_str())) {
        if !told.contains(&tag) {
            findings.add(&DROPPED_MARKUP, at, format!("`<{tag}>` is dropped together with its text"));
            told.push(tag);
        }
    }
    if let Some(found) = FOREIGN.as_ref().and_then(|foreign| foreign.find(text)) {
        findings.add(&MARKDOWN, at, format!("`{}` is shown as it is", found.as_str().replace('`', "'")));
    }
}
