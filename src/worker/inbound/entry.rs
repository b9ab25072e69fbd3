//! What is remembered of a subject, and when it is looked at again. Knows no clock, no store and no network.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// Milliseconds since 1970.
pub(super) type Time = u64;

/// What is remembered of a subject. Holds no secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// Since when it is known.
    pub(super) since: Time,
    /// Whether a call told of it.
    pub(super) called: bool,
    /// Where it is asked for, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    /// The process whose job began it, if it was this worker's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) process: Option<String>,
    /// That process's tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<String>,
    /// How far it is.
    pub(super) stage: Stage,
    /// When it is looked at again. After a restart that is soon, so it is not kept.
    #[serde(skip)]
    pub(super) next: Time,
    /// How often in a row it was looked at in vain.
    #[serde(skip)]
    pub(super) tries: u32,
}

/// How far a subject is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(super) enum Stage {
    /// The system has to be asked what has become of it.
    Open,
    /// The system has said that it has happened; no process knows yet.
    Happened {
        /// What happened.
        event: Value,
        /// How it ended.
        end: String,
    },
    /// The message has been published.
    Published {
        /// How it ended.
        end: String,
        /// When.
        at: Time,
    },
}

/// How patiently subjects are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The shortest time between two looks at what is watched.
    pub shortest: Duration,
    /// The longest.
    pub longest: Duration,
    /// After this time something that has not happened is forgotten.
    pub patience: Duration,
}

impl Default for Pace {
    /// A run may be queued for 6 hours and take 24 (Microsoft's pages on desktop flows); some time is added.
    fn default() -> Self {
        Self {
            shortest: Duration::from_secs(30),
            longest: Duration::from_secs(300),
            patience: Duration::from_secs(36 * 3600),
        }
    }
}

/// So often somebody's call is followed up soon: what the call tells of may reach the system's readers later than the call.
const FOLLOWED_UP: u32 = 4;
/// The first of these times; each is twice the one before.
const FOLLOWED_UP_AFTER: Duration = Duration::from_secs(1);

impl Entry {
    pub(super) fn new(since: Time, called: bool) -> Self {
        let (account, process, tenant) = (None, None, None);
        Self { since, called, account, process, tenant, stage: Stage::Open, next: since, tries: 0 }
    }

    /// Where and by whom it was begun, as another entry knows.
    pub(super) fn begun_as(&mut self, other: &Self) {
        self.account.clone_from(&other.account);
        self.process.clone_from(&other.process);
        self.tenant.clone_from(&other.tenant);
    }

    /// Whether the worker itself has reason to believe that there is such a thing.
    pub(super) fn is_watched(&self) -> bool {
        self.account.is_some()
    }

    /// Whether a call that was believed only so far has come to nothing: whoever it tells of is nowhere known.
    pub(super) fn is_unfounded(&self) -> bool {
        self.tries > FOLLOWED_UP
    }

    /// Whether it has been waited for long enough.
    pub(super) fn is_over(&self, now: Time, pace: Pace) -> bool {
        now.saturating_sub(self.since) > millis(pace.patience)
    }

    /// How long until the next look at something that has not happened; to be shortened at random.
    pub(super) fn pause(&self, now: Time, pace: Pace) -> Duration {
        let age = Duration::from_millis(now.saturating_sub(self.since));
        let usual = (age / 4).clamp(pace.shortest, pace.longest);
        if self.called && self.tries <= FOLLOWED_UP {
            return usual.min(FOLLOWED_UP_AFTER * 2_u32.pow(self.tries.saturating_sub(1).min(FOLLOWED_UP)));
        }
        usual
    }
}

pub(super) fn millis(duration: Duration) -> Time {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HOUR: Time = 3_600_000;

    #[test]
    fn what_is_watched_is_looked_at_more_rarely_the_older_it_is() {
        let (entry, pace) = (Entry::new(0, false), Pace::default());
        let pauses = [0, 60_000, 400_000, HOUR, 20 * HOUR].map(|now| entry.pause(now, pace).as_secs());
        assert_eq!(pauses, [30, 30, 100, 300, 300]);
        assert!(!entry.is_over(36 * HOUR, pace) && entry.is_over(36 * HOUR + 1, pace));
    }

    #[test]
    fn a_call_is_followed_up_soon_and_then_like_any_other() {
        let pace = Pace::default();
        let pauses = [1, 2, 3, 4, 5].map(|tries| Entry { tries, ..Entry::new(0, true) }.pause(1000, pace).as_secs());
        assert_eq!(pauses, [1, 2, 4, 8, 30]);
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let stage = Stage::Happened { event: json!({ "statuscode": 4 }), end: "4".to_owned() };
        let entry = Entry { account: Some("contoso".to_owned()), stage, ..Entry::new(7, true) };
        let text = serde_json::to_string(&entry).expect("JSON");
        let expected = concat!(
            r#"{"since":7,"called":true,"account":"contoso","#,
            r#""stage":{"is":"happened","event":{"statuscode":4},"end":"4"}}"#
        );
        assert_eq!(text, expected);
        // When it is looked at again is no part of it.
        assert_eq!(serde_json::from_str::<Entry>(&text).expect("an entry"), Entry { next: 0, ..entry });
    }
}
