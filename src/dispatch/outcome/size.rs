//! How large variables may be that a cluster is sent.

use crate::failure::{ErrorType, Failure};
use serde_json::{Map, Value};
use std::io;

/// What Camunda's runtime takes for safe, in bytes of JSON (contract, section 4.6); a broker refuses 4 MB.
const LARGEST: u64 = 1_572_864;

/// The failure of variables that are too large. The operation has been executed: a repetition gives as much.
pub(super) fn refuse_large(variables: &Map<String, Value>) -> Result<(), Failure> {
    let size = bytes(variables);
    if size <= LARGEST {
        return Ok(());
    }
    let message = format!(
        "Output variables payload ({size} bytes) exceeds the 1.5 MB safe variable size limit for Zeebe job completion. \
         Let the result expression take only what the process needs."
    );
    Err(Failure::terminal_as(ErrorType::Input, message))
}

/// The `error` of a failure; without the response of the server where that is too large to be kept.
pub(super) fn kept(mut variables: Map<String, Value>) -> Map<String, Value> {
    if bytes(&variables) > LARGEST
        && let Some(Value::Object(error)) = variables.get_mut("error")
    {
        error.shift_remove("variables");
    }
    variables
}

fn bytes(variables: &Map<String, Value>) -> u64 {
    let mut counter = Counter(0);
    // Counting cannot fail.
    let _ = serde_json::to_writer(&mut counter, variables);
    counter.0
}

struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn variables(text: usize) -> Map<String, Value> {
        // {"a":"…"} has eight bytes besides the text.
        Map::from_iter([("a".to_owned(), json!("x".repeat(text - 8)))])
    }

    #[test]
    fn what_is_safe_passes_and_one_byte_more_does_not() {
        assert_eq!(refuse_large(&variables(1_572_864)), Ok(()));
        let failure = refuse_large(&variables(1_572_865)).expect_err("too large");
        assert!(
            failure.message().starts_with("Output variables payload (1572865 bytes) exceeds the 1.5 MB safe"),
            "{failure}"
        );
    }

    #[test]
    fn an_error_is_kept_without_a_large_response() {
        let large = json!({ "error": { "message": "m", "variables": { "response": "x".repeat(2_000_000) } } });
        assert_eq!(Value::Object(kept(super::super::members(large))), json!({ "error": { "message": "m" } }));
        let small = json!({ "error": { "message": "m", "variables": { "response": "x" } } });
        assert_eq!(Value::Object(kept(super::super::members(small.clone()))), small);
    }
}
