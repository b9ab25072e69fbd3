//! What the search API tells of deployed processes: REST, 8.8 and newer.

use super::job;
use serde_json::Value;

/// A version of a process that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundProcess {
    /// Its key.
    pub key: String,
    /// The id of the process.
    pub process_id: String,
    /// Which version, where the search tells it.
    pub version: Option<i64>,
    /// Whose it is.
    pub tenant: Option<String>,
}

/// So many are asked for at once.
pub(super) const PAGE: usize = 200;
/// A search that does not come to an end is given up after so many pages.
pub(super) const PAGES: usize = 500;

impl FoundProcess {
    /// What an item of an answer tells; none if it tells no key, or that the process is not active any more.
    pub(super) fn read(item: &Value) -> Option<Self> {
        if item["state"].as_str().is_some_and(|state| state != "ACTIVE") {
            return None;
        }
        let text = |name: &str| item[name].as_str().map(str::to_owned);
        Some(Self {
            key: job::key(item, &["processDefinitionKey"]).ok()?,
            process_id: text("processDefinitionId")?,
            version: item["version"].as_i64(),
            tenant: text("tenantId"),
        })
    }
}
