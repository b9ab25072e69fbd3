//! Which secrets a task may ask for: those that its input mappings name, in the process as it was deployed.

use super::settings::SecretFilter;
use crate::cluster::{Cluster, Job};
use crate::dispatch::secrets;
use crate::failure::Failure;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The names that each task of a process holds, by the task's id.
type Names = HashMap<String, Arc<BTreeSet<String>>>;

/// What is known of a process. Its lock is held while it is read, so that it is read once.
type Slot = Arc<tokio::sync::Mutex<Known>>;

#[derive(Debug, Default)]
struct Known {
    names: Option<Arc<Names>>,
    /// Why it could not be read last, and when that was known.
    failed: Option<(Instant, String)>,
}

/// So many processes are remembered; when there are more, they are read anew.
const REMEMBERED: usize = 1000;

/// The names of all processes that were asked for.
#[derive(Debug)]
pub(super) struct SecretNames {
    filter: SecretFilter,
    /// By process; read by the first job that asks, while the others wait.
    known: Mutex<HashMap<String, Slot>>,
}

impl SecretNames {
    pub(super) fn new(filter: SecretFilter) -> Self {
        Self { filter, known: Mutex::default() }
    }

    /// The names that a job may ask for; `None` means all.
    pub(super) async fn of(&self, cluster: &Cluster, job: &Job) -> Result<Option<Arc<BTreeSet<String>>>, Failure> {
        if self.filter == SecretFilter::Disabled {
            return Ok(None);
        }
        match self.names(cluster, &job.process_definition_key).await {
            Ok(names) => Ok(Some(names.get(&job.element_id).cloned().unwrap_or_default())),
            Err(problem) if self.filter == SecretFilter::Lax => {
                tracing::warn!(problem, "all secrets are admitted: the process cannot be read");
                Ok(None)
            }
            Err(problem) => {
                let message =
                    format!("Error retrieving secret keys: {problem}; reading processes needs Camunda 8.8 or newer");
                Err(std::io::Error::other(message).into())
            }
        }
    }

    async fn names(&self, cluster: &Cluster, process: &str) -> Result<Arc<Names>, String> {
        let asked = Instant::now();
        let slot = self.slot(process);
        let mut known = slot.lock().await;
        if let Some(names) = &known.names {
            return Ok(Arc::clone(names));
        }
        // Who waited for a reading has its failure too: a hundred that wait would otherwise fail one after the other.
        if let Some((at, problem)) = &known.failed
            && asked < *at
        {
            return Err(problem.clone());
        }
        match read(cluster, process).await {
            Ok(names) => Ok(Arc::clone(known.names.insert(Arc::new(names)))),
            Err(problem) => {
                known.failed = Some((Instant::now(), problem.clone()));
                Err(problem)
            }
        }
    }

    fn slot(&self, process: &str) -> Slot {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED && !known.contains_key(process) {
            known.clear();
        }
        Arc::clone(known.entry(process.to_owned()).or_default())
    }
}

async fn read(cluster: &Cluster, process: &str) -> Result<Names, String> {
    let xml = cluster.process_xml(process).await.map_err(|error| error.to_string())?;
    names(&xml)
}

/// The names in the sources of all input mappings, by the id of the element that has them.
fn names(xml: &str) -> Result<Names, String> {
    let mut reader = Reader::from_str(xml);
    // The ids of the elements that are open, an empty one for an element without.
    let mut open: Vec<String> = Vec::new();
    let mut found: HashMap<String, BTreeSet<String>> = HashMap::new();
    loop {
        let (element, closed) = match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => (element, false),
            Event::Empty(element) => (element, true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        if element.local_name().as_ref() == "input" {
            let source = attribute(&element, "source")?.unwrap_or_default();
            // `zeebe:input` is in `zeebe:ioMapping`, that in `bpmn:extensionElements`, that in the element.
            let owner = open.len().checked_sub(3).and_then(|index| open.get(index)).cloned().unwrap_or_default();
            found.entry(owner).or_default().extend(secrets::names(&source).map(str::to_owned));
        }
        if !closed {
            open.push(attribute(&element, "id")?.unwrap_or_default());
        }
    }
    Ok(found.into_iter().map(|(id, names)| (id, Arc::new(names))).collect())
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let Some(attribute) = element.try_get_attribute(name).map_err(|error| error.to_string())? else { return Ok(None) };
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
    Ok(Some(value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tasks_own_input_mappings_are_read() {
        let xml = r#"<bpmn:definitions xmlns:bpmn="b" xmlns:zeebe="z"><bpmn:process id="p">
            <bpmn:serviceTask id="One"><bpmn:extensionElements><zeebe:ioMapping>
                <zeebe:input source="{{secrets.A}}" target="a"/>
                <zeebe:input source="= &quot;x secrets.B/C&quot; + free" target="b"></zeebe:input>
                <zeebe:output source="= secrets.NOT" target="c"/>
            </zeebe:ioMapping></bpmn:extensionElements><bpmn:documentation>{{secrets.NEITHER}}</bpmn:documentation></bpmn:serviceTask>
            <bpmn:serviceTask id="Two"/>
        </bpmn:process></bpmn:definitions>"#;
        let names = names(xml).expect("XML");
        let set = |names: &[&str]| Arc::new(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        assert_eq!(names, HashMap::from([("One".to_owned(), set(&["A", "B/C"]))]));
    }

    #[test]
    fn what_is_no_xml_is_told() {
        assert!(names("<a><b></a>").is_err());
    }
}
