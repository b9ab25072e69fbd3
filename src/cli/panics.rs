//! Panics of operations: told by their place. What they say may hold a secret.

use std::panic::{set_hook, take_hook};

/// Does something, during which a panic is told so.
pub(super) fn told_by<T>(tell: impl Fn(&str) + Send + Sync + 'static, work: impl FnOnce() -> T) -> T {
    let before = take_hook();
    set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        tell(&format!("a panic at {place}; its words are left out, for they may hold a secret"));
    }));
    let outcome = work();
    set_hook(before);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;
    use std::sync::{Arc, Mutex};

    #[test]
    fn what_a_panic_says_is_not_told() {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let tell = Arc::clone(&told);
        let ended = told_by(
            move |text| tell.lock().expect("no panic").push(text.to_owned()),
            || catch_unwind(|| panic!("canary")),
        );
        assert!(ended.is_err());
        // Other tests may panic meanwhile, as they are told to.
        let told = told.lock().expect("no panic").join("\n");
        assert!(told.contains("a panic at src/cli/panics.rs:") && !told.contains("canary"), "{told}");
    }
}
