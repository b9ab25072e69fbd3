//! The engine of expressions over calls.

use opwright_feel::{Engine, Limits, connector};
use std::sync::LazyLock;
use std::time::Duration;

/// With the functions of connectors. Anybody may call, so its expressions may cost less than those of jobs.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let limits = Limits { steps: 100_000, time: Duration::from_millis(100), ..Limits::default() };
        Engine::new().with_limits(limits).with_functions(connector::functions())
    });
    &ENGINE
}
