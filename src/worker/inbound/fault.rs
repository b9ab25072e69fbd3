//! What is wrong with what elements and routes say, where, and to whom it has been told.

use super::discovery::KnownElement;
use super::elements::InboundElement;
use super::engine::engine;
use opwright_feel::{Diagnostic, Expression, Position, Shape};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Why an element or a route is not served, or what of it can hardly be as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The element, or the section of the route table.
    pub place: String,
    /// The property that is at fault, if it is one.
    pub property: Option<String>,
    /// What is wrong, and how it is mended.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        if let Some(property) = &self.property {
            write!(formatter, "`{property}`: ")?;
        }
        formatter.write_str(&self.problem)
    }
}

/// Where an element was found.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// In the file of this name.
    File(&'a str),
    /// In the cluster.
    Cluster(&'a KnownElement),
}

impl<'a> Found<'a> {
    /// Whose process it is, if that is known.
    pub(super) fn tenant(self) -> Option<&'a str> {
        match self {
            Self::File(_) => None,
            Self::Cluster(known) => known.tenant.as_deref(),
        }
    }

    /// The element with its place, as people look for it.
    pub(super) fn place(self, element: &InboundElement) -> String {
        let InboundElement { process_id, element_id, line, .. } = element;
        match self {
            Self::File(file) => format!("{file}, line {line}: process `{process_id}`, element `{element_id}`"),
            Self::Cluster(known) => {
                let version = known.version.map(|version| format!(" version {version}")).unwrap_or_default();
                format!("process `{process_id}`{version}, element `{element_id}`")
            }
        }
    }
}

/// What was found on reading elements or routes.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What keeps something from being served.
    pub(super) faults: Vec<Fault>,
    /// What can hardly be as it was meant, such as a function that there is not.
    pub(super) remarks: Vec<Fault>,
}

/// What in an expression can hardly be as it was meant, given what it sees: each with its place.
pub(super) fn remarks(expression: &Expression, sees: &Shape) -> Vec<String> {
    let place = |found: &Diagnostic| Position::at(expression.source(), found.span.start());
    let analysis = expression.analyze(sees, engine());
    analysis.diagnostics.iter().map(|found| format!("{}: {found}", place(found))).collect()
}

/// What has been told already: what is found again and again is told once for as long as it is there.
#[derive(Debug, Default)]
pub(super) struct Once(Mutex<HashSet<String>>);

impl Once {
    /// Logs what is new of what is found now; `unserved` says what becomes of that which has a fault.
    pub(super) fn tell(&self, findings: &Findings, unserved: &str) {
        let mut news = self.news(findings);
        for fault in findings.faults.iter().map(Fault::to_string).filter(|fault| news.remove(fault)) {
            tracing::warn!(fault, "{unserved}");
        }
        for remark in findings.remarks.iter().map(Fault::to_string).filter(|remark| news.remove(remark)) {
            tracing::warn!(remark, "an expression is not as it was meant");
        }
    }

    /// What is new of what is found now, and nothing else.
    fn news(&self, findings: &Findings) -> HashSet<String> {
        let now: HashSet<String> = findings.faults.iter().chain(&findings.remarks).map(Fault::to_string).collect();
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let news = now.difference(&told).cloned().collect();
        *told = now;
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_told_once_and_what_comes_again_is_told_again() {
        let findings = |faults: &[&str], remarks: &[&str]| {
            let found =
                |problem: &&str| Fault { place: "p".to_owned(), property: None, problem: (*problem).to_owned() };
            Findings { faults: faults.iter().map(found).collect(), remarks: remarks.iter().map(found).collect() }
        };
        let once = Once::default();
        let news = |faults: &[&str], remarks: &[&str]| {
            let mut news: Vec<String> = once.news(&findings(faults, remarks)).into_iter().collect();
            news.sort();
            news
        };
        assert_eq!(news(&["a"], &["b"]), ["p: a", "p: b"]);
        assert_eq!(news(&["a", "c"], &["b"]), ["p: c"]);
        assert_eq!(news(&["c"], &[]), [] as [&str; 0]);
        assert_eq!(news(&["a"], &["b"]), ["p: a", "p: b"]);
    }
}
