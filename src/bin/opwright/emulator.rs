//! `emulator`: serves Dataverse's desktop-flow API on loopback until it is stopped.

use opwright::cli::{Context, Exit};
use opwright::emulator::{Emulator, Settings, announce};
use std::io;

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

async fn serve(settings: Settings, context: &Context) -> io::Result<()> {
    let mut stop = Stop::new()?;
    let emulator = Emulator::start(settings).await?;
    context.console.line(announce(&emulator));
    stop.asked_for().await?;
    emulator.shutdown().await;
    context.console.note("The emulator has stopped.");
    Ok(())
}

/// Ctrl-C or, where there is one, SIGTERM. Made before the emulator says that it is there, so that
/// whoever reads that can stop it in order.
struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn new() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn asked_for(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    async fn asked_for(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
