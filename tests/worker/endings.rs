//! A connector whose operation ends as it is told: for what Power Automate does not do on demand.

use opwright::{Execute, Failure, connector, operation};
use std::time::Duration;

/// Operations that end as they are told.
#[connector(id = "end", name = "End", template_id = "test.end", version = 1, job_type = "test:end", operations = [Endings])]
pub(crate) struct End {}

/// Ends in this way.
#[operation(id = "end", name = "End")]
pub(crate) struct Endings {
    /// `well`, `slow`, `panic`, `terminal`, `later`, `bpmn`, or the message of a failure.
    how: String,
}

impl Execute<End> for Endings {
    type Output = String;

    async fn execute(self, _: End) -> Result<String, Failure> {
        match self.how.as_str() {
            "well" => Ok("well".to_owned()),
            "slow" => {
                tokio::time::sleep(Duration::from_millis(600)).await;
                Ok("slow".to_owned())
            }
            "slower" => {
                tokio::time::sleep(Duration::from_secs(4)).await;
                Ok("slower".to_owned())
            }
            "panic" => panic!("as it was told"),
            "terminal" => Err(Failure::terminal("it cannot be mended").with_code("T1")),
            "later" => Err(Failure::retry_after("not now", Duration::from_secs(90))),
            "bpmn" => Err(Failure::bpmn("CAUGHT", "for the process")),
            _ => Err(std::io::Error::other(self.how).into()),
        }
    }
}
