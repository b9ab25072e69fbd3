//! The engine of expressions over calls, and where it works.

use opwright_feel::{Engine, Limits, connector};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

/// So many calls may take a processor's time at once.
const SIDE_BY_SIDE: usize = 2;

/// With the functions of connectors. Anybody may call, so its expressions may cost less than those of jobs.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let limits = Limits { steps: 100_000, time: Duration::from_millis(100), ..Limits::default() };
        Engine::new().with_limits(limits).with_functions(connector::functions())
    });
    &ENGINE
}

/// Does what takes a processor's time, such as reading a body and evaluating expressions over it, where it keeps nobody
/// waiting who waits for something else; only so many at once.
pub(super) async fn apart<T>(work: impl FnOnce() -> T) -> T {
    static ROOM: Semaphore = Semaphore::const_new(SIDE_BY_SIDE);
    // It is never closed.
    let _room = ROOM.acquire().await;
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // There is no other thread.
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn what_takes_time_keeps_nobody_waiting() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
        let (sender, receiver) = mpsc::channel();
        let mut ends = Vec::new();
        for _ in 0..3 * SIDE_BY_SIDE {
            let (end, ended) = mpsc::channel::<()>();
            ends.push(end);
            let begun = sender.clone();
            runtime.spawn(apart(move || {
                begun.send("begun").expect("somebody counts");
                let _ = ended.recv();
            }));
        }
        let next = || receiver.recv_timeout(Duration::from_secs(10));
        for _ in 0..SIDE_BY_SIDE {
            assert_eq!(next(), Ok("begun"));
        }
        // The only worker's thread is free for others, and nobody else takes a processor's time.
        for _ in 0..10 {
            let told = sender.clone();
            runtime.spawn(async move { told.send("another") });
            assert_eq!(next(), Ok("another"));
        }
        drop(ends);
        for _ in 0..2 * SIDE_BY_SIDE {
            assert_eq!(next(), Ok("begun"));
        }
    }
}
