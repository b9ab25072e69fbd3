//! What events cost: calls that tell of finished flow runs, from the call to the message.
//!
//! ```sh
//! cargo bench --bench inbound
//! ```
//!
//! An emulator holds 800 runs that are over, as many as an account may be asked for at once because of calls alone. 32
//! connections call for each of them once, without a pause. The worker, a fresh process with a new journal in each turn, writes
//! each call down before it answers, asks the emulator, and publishes the message to a stand-in for the cluster, which takes
//! everything at once.

#![expect(clippy::print_stdout, reason = "it prints figures")]

#[path = "worker/figures.rs"]
mod figures;
#[path = "worker/program.rs"]
mod program;

use axum::http::Uri;
use axum::{Json, Router};
use figures::Figures;
use opwright::Registry;
use opwright::dispatch::Dispatcher;
use opwright::dispatch::secrets::Fixed;
use opwright::emulator::{Emulator, Limits, Settings};
use opwright::http::{HttpClient, Request};
use opwright::power_automate::PowerAutomate;
use program::Program;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

type Failed = Box<dyn std::error::Error>;

const RUNS: usize = 800;
const EVENTS: f64 = 800.0;
const CONNECTIONS: usize = 32;
const TURNS: usize = 5;
/// Below the ports that Linux gives to outgoing connections.
const INBOUND: &str = "127.0.0.1:28395";

fn main() -> Result<(), Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(bench())
}

async fn bench() -> Result<(), Failed> {
    let (cluster, published) = cluster().await?;
    let settings =
        Settings { port: 0, waiting_seconds: 0.0, running_seconds: 0.0, limits: Limits::NONE, ..Settings::default() };
    let emulator = Emulator::start(settings).await?;
    let [mut rate, mut median, mut slow, mut all, mut cpu, mut peak] = [(); 6].map(|()| Figures::default());
    for turn in 0..=TURNS {
        let sessions = runs(&emulator).await?;
        published.store(0, Ordering::SeqCst);
        let directory = tempfile::tempdir()?;
        let config = directory.path().join("opwright.toml");
        std::fs::write(&config, account(&emulator))?;
        let journal = directory.path().join("journal");
        let arguments = ["--config".as_ref(), config.as_os_str(), "--inbound-journal".as_ref(), journal.as_os_str()];
        let program = Program::with(&cluster, &emulator, |command| {
            command.args(arguments).args(["--inbound-listen", INBOUND, "--inbound-discovery", "false"]);
        })?;
        let begun = Instant::now();
        let took = calls(sessions).await?;
        let answered = begun.elapsed();
        while published.load(Ordering::SeqCst) < RUNS {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(format!("only {} are published", published.load(Ordering::SeqCst)).into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let ended = begun.elapsed();
        let usage = program.end()?;
        if turn == 0 {
            // So that all are measured on a machine that is warm.
            continue;
        }
        let took = Figures::of(&took);
        rate.add(EVENTS / answered.as_secs_f64());
        median.add(took.median());
        slow.add(took.at(99));
        all.add(EVENTS / ended.as_secs_f64());
        cpu.add(usage.cpu_seconds * 1000.0 / EVENTS);
        peak.add(usage.peak_mib);
    }
    println!("calls answered a second       {rate}");
    println!("ms from call to answer        {median}");
    println!("  99 % take less than         {slow}");
    println!("events published a second     {all}");
    println!("ms of CPU per event           {cpu}");
    println!("MiB at the peak               {peak}");
    Ok(())
}

/// A cluster that has no jobs and takes all messages, which it counts.
async fn cluster() -> Result<(String, Arc<AtomicUsize>), Failed> {
    let published = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&published);
    let answer = move |uri: Uri| {
        let count = Arc::clone(&count);
        async move {
            if uri.path() == "/v2/messages/publication" {
                count.fetch_add(1, Ordering::SeqCst);
                return Json(json!({ "messageKey": "1", "tenantId": "<default>" }));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            Json(json!({ "jobs": [] }))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    Ok((address, published))
}

fn account(emulator: &Emulator) -> String {
    let (uri, token) = (emulator.organization_uri(), emulator.token_endpoint());
    format!(
        r#"
        [accounts.emulated]
        connector = "power-automate"
        input.organizationUri = "{uri}"
        [accounts.emulated.input.authentication]
        type = "oauth-client-credentials-flow"
        clientId = "{{{{secrets.POWER_AUTOMATE_CLIENT_ID}}}}"
        clientSecret = "{{{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}}}"
        oauthTokenEndpoint = "{token}"
        "#
    )
}

/// Begins runs, which are over at once, and returns their sessions.
async fn runs(emulator: &Emulator) -> Result<Vec<String>, Failed> {
    let dispatcher = Dispatcher::new(Registry::new().with::<PowerAutomate>()?)?;
    let input = json!({
        "organizationUri": emulator.organization_uri(),
        "authentication": {
            "type": "oauth-client-credentials-flow",
            "clientId": "demo-client",
            "clientSecret": "demo-secret",
            "oauthTokenEndpoint": emulator.token_endpoint(),
        },
        "workflowId": "0a1b2c3d-1111-2222-3333-444455556666",
        "connectionName": "shared-uiflow",
        "runMode": "unattended",
    });
    let secrets = Fixed::from_variables(std::iter::empty::<(String, String)>());
    let mut sessions = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let result = dispatcher.dispatch("power-automate", "trigger-flow-run", &input, &secrets).await?;
        sessions.push(result["body"]["flowsessionId"].as_str().ok_or("no session")?.to_owned());
    }
    Ok(sessions)
}

/// Calls for each session, and returns how many milliseconds each call took.
async fn calls(sessions: Vec<String>) -> Result<Vec<f64>, Failed> {
    let client = HttpClient::new()?;
    let callers: Vec<_> = sessions
        .chunks(RUNS.div_ceil(CONNECTIONS))
        .map(|sessions| {
            let (client, sessions) = (client.clone(), sessions.to_vec());
            tokio::spawn(async move { call(&client, &sessions).await.map_err(|error| error.to_string()) })
        })
        .collect();
    let mut took = Vec::with_capacity(RUNS);
    for caller in callers {
        took.extend(caller.await??);
    }
    Ok(took)
}

async fn call(client: &HttpClient, sessions: &[String]) -> Result<Vec<f64>, Failed> {
    let mut took = Vec::with_capacity(sessions.len());
    for session in sessions {
        let body: Value = json!({ "statuscode": 4, "statecode": 0, "flowsessionid": session });
        let url = format!("http://{INBOUND}/inbound/flow-run-finished");
        let begun = Instant::now();
        let response = client.send(&Request::json("POST", url, Some(body.to_string()))).await?;
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
        if response.status != 200 {
            return Err(format!("answered with {}", response.status).into());
        }
    }
    Ok(took)
}
