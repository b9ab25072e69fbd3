//! Which refusals are logged: whoever calls may be anybody, and may call often. Knows no calls.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of those that are alike, one is told in this time.
const SELDOM: Duration = Duration::from_secs(60);

/// What was told of refusals, by context and status; those of contexts that there are not count as of one.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<HashMap<(Option<String>, u16), Told>>);

#[derive(Debug)]
struct Told {
    at: Instant,
    kept_back: u64,
}

impl Refusals {
    /// Whether one more is told; then how many were kept back since the last that was.
    pub(super) fn news(&self, context: Option<&str>, status: u16, now: Instant) -> Option<u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (context.map(str::to_owned), status);
        match all.get_mut(&key) {
            Some(told) if now.saturating_duration_since(told.at) < SELDOM => {
                told.kept_back += 1;
                None
            }
            Some(told) => {
                let before = std::mem::replace(told, Told { at: now, kept_back: 0 });
                Some(before.kept_back)
            }
            None => {
                all.insert(key, Told { at: now, kept_back: 0 });
                Some(0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_kind_is_told_and_then_one_a_minute() {
        let (refusals, begin) = (Refusals::default(), Instant::now());
        let news = |context, status, second| refusals.news(context, status, begin + Duration::from_secs(second));
        assert_eq!(
            [news(Some("a"), 401, 0), news(Some("a"), 401, 59), news(Some("a"), 401, 59)],
            [Some(0), None, None]
        );
        assert_eq!([news(Some("a"), 403, 1), news(Some("b"), 401, 1), news(None, 401, 1)], [Some(0); 3]);
        assert_eq!([news(Some("a"), 401, 60), news(Some("a"), 401, 61)], [Some(2), None]);
        assert_eq!(news(Some("a"), 401, 120), Some(1));
    }
}
