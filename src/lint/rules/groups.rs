//! Groups of the panel.

use super::super::finding::{Findings, Level, Rule};
use super::super::subject::{Subject, kind, name};
use crate::template::PropertyKind;
use std::collections::HashSet;

/// The rules.
pub(super) static RULES: &[&Rule] = &[&DUPLICATE_GROUP_ID, &UNKNOWN_GROUP, &NO_GROUP, &EMPTY_GROUP, &GROUP_ORDER];

/// Two groups have one id.
pub(crate) static DUPLICATE_GROUP_ID: Rule = Rule {
    code: "duplicate-group-id",
    level: Level::Error,
    summary: "two groups have one id",
    reason: "The first label is shown for both.",
    mend: "Give each group an id of its own.",
};

/// A property is in a group that there is not.
pub(crate) static UNKNOWN_GROUP: Rule = Rule {
    code: "unknown-group",
    level: Level::Error,
    summary: "a property is in a group that there is not",
    reason: "It is shown under `Custom properties`, after all groups.",
    mend: "Add the group to `groups`, or correct the property's `group`.",
};

/// A visible property is in no group.
pub(crate) static NO_GROUP: Rule = Rule {
    code: "no-group",
    level: Level::Info,
    summary: "a visible property is in no group",
    reason: "It is shown under `Custom properties`, after all groups.",
    mend: "Give it a `group`.",
};

/// A group has no property that is ever visible.
pub(crate) static EMPTY_GROUP: Rule = Rule {
    code: "empty-group",
    level: Level::Warning,
    summary: "a group has no property that is ever visible",
    reason: "It is not shown.",
    mend: "Remove it, or put a property into it.",
};

/// Groups are shown in another order than they are listed in.
pub(crate) static GROUP_ORDER: Rule = Rule {
    code: "group-order",
    level: Level::Warning,
    summary: "groups are shown in another order than they are listed in",
    reason: "The panel shows groups in the order of their first active properties, hidden ones included; ids of digits come first.",
    mend: "List groups in the order of their first properties.",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let at = subject.path.key("groups");
    let groups: Vec<&str> =
        subject.template.groups.iter().flatten().map(|group| group.id.as_deref().unwrap_or_default()).collect();
    let mut seen = HashSet::new();
    for (index, group) in groups.iter().enumerate() {
        if !seen.insert(*group) {
            findings.add(&DUPLICATE_GROUP_ID, &at.index(index), format!("the group `{group}` is there already"));
        }
    }
    let mut shown: Vec<&str> = Vec::new();
    let mut visible = HashSet::new();
    for (index, property) in subject.properties() {
        let is_hidden = kind(property) == PropertyKind::Hidden;
        let Some(group) = property.group.as_deref() else {
            if !is_hidden {
                findings.add(&NO_GROUP, &subject.at(index), format!("{} is in no group", name(property)));
            }
            continue;
        };
        if !groups.contains(&group) {
            let message = format!("{} is in the group `{group}`, which there is not", name(property));
            // Who is not shown is shown nowhere.
            let level = if is_hidden { Level::Info } else { UNKNOWN_GROUP.level };
            findings.add_as(level, &UNKNOWN_GROUP, &subject.at(index).key("group"), message);
            continue;
        }
        if !shown.contains(&group) {
            shown.push(group);
        }
        if !is_hidden && !subject.activity.is_never(index) {
            visible.insert(group);
        }
    }
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| !visible.contains(*group)) {
        // A group of hidden properties is a habit that harms nobody.
        let level = if shown.contains(group) { Level::Info } else { EMPTY_GROUP.level };
        findings.add_as(level, &EMPTY_GROUP, &at.index(index), format!("the group `{group}` shows no property"));
    }
    check_order(subject, &groups, &shown, findings);
}

fn check_order(subject: &Subject<'_>, groups: &[&str], shown: &[&str], findings: &mut Findings) {
    let is_number = |group: &&&str| group.parse::<u32>().is_ok();
    let numbers = shown.iter().filter(is_number).copied();
    let shown: Vec<&str> = numbers.chain(shown.iter().filter(|group| !is_number(group)).copied()).collect();
    let listed: Vec<&str> = groups.iter().copied().filter(|group| shown.contains(group)).collect();
    if let Some((listed, first)) = listed.iter().zip(&shown).find(|(listed, shown)| listed != shown) {
        let index = groups.iter().position(|group| group == listed).unwrap_or_default();
        let message = format!("`{listed}` is listed before `{first}`, which has the earlier property");
        findings.add(&GROUP_ORDER, &subject.path.key("groups").index(index), message);
    }
}
