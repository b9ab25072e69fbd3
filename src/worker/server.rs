//! What an operator's tools ask a worker: is it alive, is it ready, what has it counted.

use super::meters::Meters;
use crate::cluster::Cluster;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long the cluster may take to tell that it is healthy.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Served {
    cluster: Cluster,
    meters: Arc<Meters>,
    stop: CancellationToken,
}

/// Serves `/health/live`, `/health/ready` and `/metrics` until it is told to stop.
pub async fn serve(
    listener: TcpListener,
    cluster: Cluster,
    meters: Arc<Meters>,
    stop: CancellationToken,
    ended: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/health/live", get(|| async { Json(json!({ "status": "UP" })) }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Served { cluster, meters, stop });
    axum::serve(listener, router).with_graceful_shutdown(ended).await
}

/// Ready: not stopping, and the cluster has a healthy partition.
async fn ready(State(served): State<Served>) -> (StatusCode, Json<Value>) {
    let down = |detail: String| (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "DOWN", "detail": detail })));
    if served.stop.is_cancelled() {
        return down("the worker is stopping".to_owned());
    }
    match tokio::time::timeout(PATIENCE, served.cluster.topology()).await {
        Ok(Ok(topology)) if topology.is_healthy() => (
            StatusCode::OK,
            Json(
                json!({ "status": "UP", "brokers": topology.brokers.len(), "gatewayVersion": topology.gateway_version }),
            ),
        ),
        Ok(Ok(_)) => down("the cluster has no healthy partition".to_owned()),
        Ok(Err(error)) => down(error.to_string()),
        Err(_) => down(format!("the cluster does not answer within {} s", PATIENCE.as_secs())),
    }
}

async fn metrics(State(served): State<Served>) -> impl IntoResponse {
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], served.meters.text())
}
