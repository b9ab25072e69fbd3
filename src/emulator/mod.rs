//! A Dataverse for people who have no tenant: flow runs and a token endpoint on this machine.
//!
//! It answers what Microsoft documents for desktop flows (learn.microsoft.com/power-automate/developer/desktop-flow-public-apis,
//! the reference pages of the `RunDesktopFlow` action and the `flowsession` table, and the page on
//! service protection limits), as strictly as it is written there. Nothing runs: a run is a row
//! whose status follows the clock.
//!
//! # Flows
//!
//! Every GUID counts as a flow, except those that [`Settings::missing_flows`] names. A run waits,
//! runs, and succeeds, after the times that the settings say. It fails if [`Settings::failing_flows`]
//! names its flow or its inputs hold `"emulatorResult": "fail"`; it becomes `TimedOut` if it would
//! run longer than its own `timeout`. Its outputs are its inputs and `"emulatedBy": "opwright"`, or
//! the object in the member `emulatorOutputs` of its inputs.
//!
//! # How the limits answer
//!
//! Beyond [`Limits::runs_per_minute`] a run is accepted and ends at once in `Failed`, with
//! `errorcode` `DesktopFlowsActionThrottled` in its row: Microsoft lists that code among those of
//! the run, not of the request. [`ExcessRuns::Refuse`] answers 429 instead. Service protection
//! answers 429 with `Retry-After` and code `0x80072322` (requests), `0x80072321` (execution time) or
//! `0x80072326` (requests at once), each client for itself; a refused request counts as well, so
//! that who goes on sending waits longer.
//!
//! # What Microsoft leaves open, and the emulator's choice
//!
//! * Outputs of a run that has not succeeded: 404. Their content type: `application/json`.
//! * Cancelling a run that is over: 204, and nothing changes, so that a repetition is harmless.
//! * A run that is cancelled or times out is reported to its callback URL like any other.
//! * A callback whose endpoint cannot be reached is not repeated: the documented reasons for a
//!   repetition are answers of 500 and above and 408.
//! * A timeout of 0 or less is refused, and the time in Waiting does not count towards it.
//! * The row of a failed run says `EmulatedFailure`, of a timed-out one `DesktopFlowsActionTimeout`.
//!
//! # Where it departs from Microsoft on purpose
//!
//! * HTTP instead of HTTPS, on 127.0.0.1 only.
//! * Callbacks go to this machine (`localhost` or a loopback address) and nowhere else, over HTTP or
//!   HTTPS. Microsoft is the other way round: HTTPS, a DNS name, never localhost. What is not called
//!   stands in the ledger.
//! * One tenant, one client, no privileges. Query options other than `$select` are refused, and
//!   flows cannot be listed.
//! * Tokens are opaque, and the scope is `{organization URI}/.default` to the letter.
//!
//! # Steering it
//!
//! `GET /emulator/ledger` tells what was asked, `DELETE` clears it. `GET` and `POST
//! /emulator/faults` read and change the [`Faults`] (JSON, members named like the flags). `POST
//! /emulator/tokens/revoke` makes all issued tokens invalid. `POST /emulator/runs/end` ends all runs, as each would have ended
//! by itself. None of them needs a token, none is
//! subject to limits or faults.

mod callback;
mod clock;
mod connection;
mod control;
mod dataverse;
mod faults;
mod ledger;
mod limits;
mod odata;
mod route;
mod run_request;
mod server;
mod session;
mod sessions;
mod settings;
mod state;
mod token;

pub use faults::Faults;
pub use ledger::{Entry, Fault, What};
pub use settings::{ExcessRuns, Limits, Settings};

use axum::Router;
use connection::{Cut, Lines};
use opwright::http::HttpClient;
use secrecy::ExposeSecret;
use settings::DEFAULT_CLIENT_SECRET;
use state::Shared;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The emulator's only tenant.
pub const TENANT_ID: &str = "00000000-0000-4000-8000-000000000000";

/// How long a shutdown waits for requests that are under way.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// A running emulator. Dropping it stops it without waiting.
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<io::Result<()>>>,
}

impl Emulator {
    /// Starts an emulator on 127.0.0.1.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let address = listener.local_addr()?;
        let http = HttpClient::new().map_err(io::Error::other)?;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared::new(settings, format!("http://{address}"), http, stopped.clone()));
        let service = Router::new()
            .fallback(server::handle)
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Cut>();
        let server = tokio::spawn(async move {
            let mut stopped = stopped;
            let stopped = async move {
                // An error means that the emulator was dropped.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            axum::serve(Lines(listener), service).with_graceful_shutdown(stopped).await
        });
        Ok(Self { shared, address, stop, server: Some(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes for the URL of its environment.
    #[must_use]
    pub fn organization_uri(&self) -> &str {
        &self.shared.organization_uri
    }

    /// Where a client fetches its tokens.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        format!("{}/{TENANT_ID}/oauth2/v2.0/token", self.shared.organization_uri)
    }

    /// What it was asked and did, oldest first.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        self.shared.world().ledger.entries()
    }

    /// Stops it: lets requests under way end, for a few seconds at most, and drops the callbacks
    /// that are still to come.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(SHUTDOWN_GRACE, &mut server).await.is_err()
        {
            server.abort();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Emulator")
            .field("address", &self.address)
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}

/// What to tell whoever started it. Names no secret but the default one, which everybody knows.
#[must_use]
pub fn announce(emulator: &Emulator) -> String {
    let (uri, settings) = (emulator.organization_uri(), &emulator.shared.settings);
    let secret = match settings.client_secret.expose_secret() {
        DEFAULT_CLIENT_SECRET => DEFAULT_CLIENT_SECRET,
        _ => "as given by --client-secret",
    };
    let bearer = match settings.bearer_token {
        Some(_) => "\nBearer token:      as given by --bearer-token",
        None => "",
    };
    format!(
        "Dataverse emulator. Nothing runs here, and only this machine can reach it.\n\
         \n\
         Organization URI:  {uri}\n\
         Token endpoint:    {}\n\
         Client ID:         {}\n\
         Client secret:     {secret}{bearer}\n\
         \n\
         Ledger:            GET {uri}/emulator/ledger (DELETE clears it)\n\
         Faults:            GET or POST {uri}/emulator/faults\n\
         Revoke tokens:     POST {uri}/emulator/tokens/revoke\n\
         End all runs:      POST {uri}/emulator/runs/end\n",
        emulator.token_endpoint(),
        settings.client_id,
    )
}
