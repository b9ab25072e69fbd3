//! `emulator`: serves Dataverse's desktop-flow API on loopback until it is stopped.

use opwright::cli::{Context, Exit, Signals};
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
    let mut signals = Signals::new()?;
    let emulator = Emulator::start(settings).await?;
    context.console.line(announce(&emulator));
    signals.next().await;
    emulator.shutdown().await;
    context.console.note("The emulator has stopped.");
    Ok(())
}
