//! `emulator`: serves Dataverse's desktop-flow API on loopback until it is stopped.

use opwright::cli::{Context, Exit};
use opwright::emulator::{Emulator, Settings, announce};

pub(crate) const ABOUT: &str =
    "Serves an emulated Dataverse and token endpoint on 127.0.0.1, for work without a tenant";

pub(crate) fn run(settings: Settings, context: &Context) -> Exit {
    match tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(serve(settings, context))) {
        Ok(Ok(())) => Exit::Success,
        Ok(Err(error)) | Err(error) => {
            context.console.error(&format!("the emulator cannot serve: {error}"));
            Exit::Unexpected
        }
    }
}

async fn serve(settings: Settings, context: &Context) -> std::io::Result<()> {
    let emulator = Emulator::start(settings).await?;
    context.console.line(announce(&emulator));
    stopped().await?;
    emulator.shutdown().await;
    context.console.note("The emulator has stopped.");
    Ok(())
}

/// Waits for Ctrl-C or, where there is one, SIGTERM.
async fn stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
