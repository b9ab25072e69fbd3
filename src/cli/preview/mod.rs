//! `preview`: element templates as Modeler shows them, in a page that follows every change.
//!
//! ```text
//! source   where templates come from: the program's definitions, or files
//! shown    what the page is told of them: JSON
//! page     the page's own files, in the binary
//! server   both over HTTP, on loopback
//! watch    files that change, and the program that is built anew
//! ```

mod page;
mod server;
mod shown;
mod source;
mod watch;

use super::signals::Signals;
use super::{Context, Exit};
use clap::Args;
use server::Served;
use source::Source;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

pub(super) const ABOUT: &str = "Serves element templates as Modeler shows them, in a page that follows every change";
pub(super) const EXAMPLES: &str = "\
The page has Modeler's canvas and properties panel with the template applied, the BPMN that it
writes, what `lint` and Modeler's own linting find, and for a connector of this program its
schemas and docs. It follows files as they are written; and a program that is built anew is
started anew, with the same page.

Examples:
  opwright preview --open
  opwright preview .camunda/element-templates --open
  cargo run --features preview -- preview --open   # and elsewhere: cargo build --features preview";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Element templates, or directories of them; without any, those of this program's connectors
    #[arg(value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Port on 127.0.0.1; 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 28700)]
    port: u16,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
}

/// The port of the program whose place this one takes, in the environment: its page is open already.
const PORT_OF_BEFORE: &str = "OPWRIGHT_PREVIEW_PORT_OF_BEFORE";

pub(super) fn run(arguments: &Arguments, context: &Context) -> Exit {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(serve(arguments, context)));
    match outcome {
        Ok(()) => Exit::Success,
        Err(message) => {
            context.console.error(&message);
            Exit::Unexpected
        }
    }
}

async fn serve(arguments: &Arguments, context: &Context) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let before = std::env::var(PORT_OF_BEFORE).ok().and_then(|port| port.parse::<u16>().ok());
    let port = before.unwrap_or(arguments.port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| format!("cannot listen on port {port}: {error}; choose another with --port, or --port 0"))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let url = format!("http://127.0.0.1:{port}/");
    let source = if arguments.paths.is_empty() {
        Source::Definitions(context.registry.clone())
    } else {
        Source::Files(arguments.paths.clone())
    };
    let served = Arc::new(Served::new(source, port));
    if before.is_none() {
        context.console.line(&url);
        if arguments.open
            && let Err(error) = open::that_detached(&url)
        {
            context.console.warning(&format!("no browser can be started ({error}): open {url}"));
        }
    }
    let watching = tokio::spawn(watch::watch(Arc::clone(&served), context.console, port));
    let outcome = tokio::select! {
        outcome = server::serve(listener, Arc::clone(&served)) => outcome.map_err(|error| error.to_string()),
        () = signals.next() => Ok(()),
    };
    watching.abort();
    outcome
}
