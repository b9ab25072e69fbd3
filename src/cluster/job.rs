//! A job, as 8.6 to 8.10 describe it.

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

/// A job that is this worker's until its deadline.
#[derive(Clone, PartialEq)]
pub struct Job {
    /// Its key.
    pub key: String,
    /// Its type.
    pub job_type: String,
    /// How often it may still be tried, this time included.
    pub retries: i32,
    /// Until when it is this worker's.
    pub deadline: SystemTime,
    /// The process instance that waits for it.
    pub process_instance_key: String,
    /// The process's definition.
    pub process_definition_key: String,
    /// The BPMN process's id.
    pub process_id: String,
    /// The task's id.
    pub element_id: String,
    /// Whose it is.
    pub tenant: String,
    /// The task headers.
    pub headers: Map<String, Value>,
    /// The variables that were asked for.
    pub variables: Map<String, Value>,
    /// Why headers or variables cannot be read, such as by how deep they are. They are empty then.
    pub fault: Option<String>,
}

impl fmt::Debug for Job {
    /// Without headers and variables, which may hold anything.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Job({} of type {}, element {})", self.key, self.job_type, self.element_id)
    }
}

impl Job {
    /// Reads what an activation gives. Keys are numbers in 8.6 and texts later.
    ///
    /// What the process has put into a job must not hide it, nor those beside it: then it is read as a job with a fault.
    pub(super) fn read(members: &BTreeMap<String, Box<RawValue>>) -> Result<Self, String> {
        let mut json = Map::new();
        let mut fault = None;
        for (name, member) in members {
            match serde_json::from_str(member.get()) {
                Ok(value) => drop(json.insert(name.clone(), value)),
                Err(error) => fault = Some(format!("`{name}`: {error}")),
            }
        }
        let mut json = Value::Object(json);
        let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let deadline = json.get("deadline").and_then(Value::as_i64).unwrap_or(i64::MAX / 1000);
        let retries = json.get("retries").and_then(Value::as_i64).ok_or("a job has no `retries`")?;
        let mut job = Self {
            key: key(&json, &["jobKey", "key"])?,
            job_type: text("type"),
            retries: i32::try_from(retries).unwrap_or(i32::MAX),
            deadline: SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(deadline).unwrap_or(0)),
            process_instance_key: key(&json, &["processInstanceKey"]).unwrap_or_default(),
            process_definition_key: key(&json, &["processDefinitionKey"]).unwrap_or_default(),
            process_id: text("processDefinitionId"),
            element_id: text("elementId"),
            tenant: text("tenantId"),
            headers: Map::new(),
            variables: Map::new(),
            fault,
        };
        let mut object = |name: &str| match json.get_mut(name).map(Value::take) {
            Some(Value::Object(members)) => members,
            None | Some(Value::Null) => Map::new(),
            Some(_) => {
                job.fault = Some(format!("its `{name}` are no object"));
                Map::new()
            }
        };
        let (headers, variables) = (object("customHeaders"), object("variables"));
        (job.headers, job.variables) = (headers, variables);
        Ok(job)
    }

    /// A task header, if it is there.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Value::as_str)
    }
}

/// A key under the first of these names that is there.
pub(super) fn key(json: &Value, names: &[&str]) -> Result<String, String> {
    names
        .iter()
        .find_map(|name| match json.get(name)? {
            Value::String(key) if !key.is_empty() => Some(key.clone()),
            Value::Number(key) => Some(key.to_string()),
            _ => None,
        })
        .ok_or_else(|| format!("there is no `{}`", names.join("` or `")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: &Value) -> Result<Job, String> {
        Job::read(&serde_json::from_str(&json.to_string()).expect("members"))
    }

    #[test]
    fn jobs_of_all_versions_are_read() {
        let first = json!({
            "key": 2_251_799_813_685_271_u64, "type": "t", "retries": 3, "deadline": 1_700_000_000_000_u64,
            "processInstanceKey": 7, "processDefinitionId": "p", "processDefinitionKey": 5, "elementId": "e",
            "customHeaders": { "operation": "o" }, "variables": { "a": 1 }, "tenantId": "<default>",
        });
        let mut newest = first.clone();
        let members = newest.as_object_mut().expect("an object");
        members.remove("key");
        members.insert("jobKey".to_owned(), json!("2251799813685271"));
        members.insert("processInstanceKey".to_owned(), json!("7"));
        members.insert("processDefinitionKey".to_owned(), json!("5"));
        members.insert("kind".to_owned(), json!("BPMN_ELEMENT"));
        members.insert("lease".to_owned(), json!({ "token": "x" }));
        let job = read(&first).expect("8.6");
        assert_eq!(job, read(&newest).expect("8.10"));
        assert_eq!((job.key.as_str(), job.retries, job.header("operation")), ("2251799813685271", 3, Some("o")));
        assert_eq!(job.process_instance_key, "7");
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(read(&json!({ "retries": 1 })), Err("there is no `jobKey` or `key`".to_owned()));
        assert_eq!(read(&json!({ "key": 1 })), Err("a job has no `retries`".to_owned()));
    }

    #[test]
    fn what_cannot_be_read_of_a_job_is_its_fault() {
        let job = read(&json!({ "key": 1, "retries": 1, "variables": [] })).expect("a job");
        assert_eq!(job.fault.as_deref(), Some("its `variables` are no object"));
        let deep = format!(r#"{{"key":1,"retries":3,"variables":{{"a":{}{}}}}}"#, "[".repeat(200), "]".repeat(200));
        let job = Job::read(&serde_json::from_str(&deep).expect("members")).expect("a job");
        assert_eq!((job.key.as_str(), job.retries, job.variables.len()), ("1", 3, 0));
        assert!(
            job.fault.as_deref().is_some_and(|fault| fault.starts_with("`variables`: recursion limit")),
            "{:?}",
            job.fault
        );
    }
}
