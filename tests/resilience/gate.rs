//! A gateway with one job after the other that lets nobody in without the right authorization, and its token endpoint; over
//! TLS too, with a certificate of its own authority.

use crate::tls::Tls;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::TcpListener;

#[derive(Default)]
pub(crate) struct Gate {
    /// The value of the header that lets a request in; none lets all in.
    pub(crate) authorization: Option<String>,
    /// What the token endpoint has to be told, form-encoded.
    pub(crate) token_request: String,
    /// The tokens that it gives, one after the other.
    pub(crate) tokens: VecDeque<&'static str>,
    pub(crate) tokens_given: usize,
    pub(crate) jobs: VecDeque<Value>,
    /// Paths of the requests that were let in and those that were not.
    pub(crate) admitted: Vec<String>,
    pub(crate) refused: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Gateway(Arc<Mutex<Gate>>);

impl Gateway {
    pub(crate) fn new(gate: Gate) -> Self {
        Self(Arc::new(Mutex::new(gate)))
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.lock().expect("no panic")
    }

    /// Serves it, and tells its host and port.
    pub(crate) async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        address
    }

    /// Serves it over TLS, and tells its port and its authority's certificate.
    pub(crate) async fn serve_tls(&self) -> (u16, String) {
        let (listener, port, authority) = Tls::new().await;
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        (port, authority)
    }

    /// Waits until a job is completed.
    pub(crate) async fn completes(&self, job: u64, log: impl Fn() -> String) {
        let (begun, path) = (Instant::now(), format!("/v2/jobs/{job}/completion"));
        while !self.gate().admitted.contains(&path) {
            assert!(begun.elapsed() < Duration::from_secs(30), "job {job} is not completed: {}", log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The variables of a job that starts a flow of this emulator.
pub(crate) fn variables(organization: &str) -> Value {
    json!({
        "authentication": { "type": "bearer", "token": "{{secrets.FLOWS}}" },
        "organizationUri": organization,
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
        "runMode": "unattended",
    })
}

/// A job with them.
pub(crate) fn job(key: u64, organization: &str) -> Value {
    let deadline = SystemTime::now() + Duration::from_secs(60);
    let deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).expect("now").as_millis();
    json!({
        "key": key, "type": "test", "retries": 3, "deadline": u64::try_from(deadline).expect("now"),
        "processInstanceKey": 1, "processDefinitionId": "p", "processDefinitionKey": 2, "elementId": "e",
        "customHeaders": { "operation": "trigger-flow-run" }, "tenantId": "<default>",
        "variables": variables(organization),
    })
}

async fn answer(State(gateway): State<Gateway>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let jobs: Vec<Value> = {
        let mut gate = gateway.gate();
        if uri.path() == "/token" {
            if gate.token_request.as_bytes() != body {
                return StatusCode::UNAUTHORIZED.into_response();
            }
            gate.tokens_given += 1;
            let token = gate.tokens.pop_front().expect("no more tokens are fetched than there are");
            return Json(json!({ "access_token": token, "expires_in": 3600 })).into_response();
        }
        let given = headers.get("authorization").map(|value| value.to_str().expect("text").to_owned());
        if gate.authorization.is_some() && gate.authorization != given {
            gate.refused.push(uri.path().to_owned());
            return StatusCode::UNAUTHORIZED.into_response();
        }
        gate.admitted.push(uri.path().to_owned());
        if uri.path() != "/v2/jobs/activation" {
            return StatusCode::NO_CONTENT.into_response();
        }
        gate.jobs.pop_front().into_iter().collect()
    };
    if jobs.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Json(json!({ "jobs": jobs })).into_response()
}
