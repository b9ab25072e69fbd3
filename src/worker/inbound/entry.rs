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
    /// What was told of it.
    #[serde(flatten)]
    pub(super) told: Told,
    /// How far it is.
    pub(super) stage: Stage,
    /// When it is looked at again. After a restart that is soon, so it is not kept.
    #[serde(skip)]
    pub(super) next: Time,
    /// When a call last made it be looked at sooner.
    #[serde(skip)]
    pub(super) hurried: Time,
    /// How often it was looked at in vain.
    #[serde(skip)]
    pub(super) looks: Looks,
}

/// What is told of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
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

/// How often a subject was looked at in vain, by what came of it. All but `asked` in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// The system has answered, since the last call.
    pub(super) asked: u32,
    /// No account knew of it.
    pub(super) unknown: u32,
    /// The system could not be asked.
    pub(super) failed: u32,
    /// The cluster did not take the message.
    pub(super) unpublished: u32,
}

/// What comes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is known to be, and it is said or known to have happened.
    Called,
    /// It is known to be.
    Known,
    /// Somebody says so.
    Claimed,
}

impl Rank {
    /// How many ranks there are.
    pub(super) const COUNT: usize = 3;
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
    /// After this time something is forgotten that only a call tells of, and that nobody could be asked for.
    pub doubt: Duration,
    /// After this time something that is known to be is forgotten, though nobody could be asked what has become of it; and a
    /// message that the cluster refuses.
    pub outage: Duration,
}

impl Default for Pace {
    /// A run may be queued for 6 hours and take 24 (Microsoft's pages on desktop flows); some time is added. Credentials that
    /// expire on a Friday are mended on a Monday.
    fn default() -> Self {
        Self {
            shortest: Duration::from_secs(30),
            longest: Duration::from_secs(300),
            patience: Duration::from_secs(36 * 3600),
            doubt: Duration::from_secs(6 * 3600),
            outage: Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// So often somebody's call is followed up soon: what the call tells of may reach the system's readers later than the call.
const FOLLOWED_UP: u32 = 4;
/// The first of these times; each is twice the one before.
const FOLLOWED_UP_AFTER: Duration = Duration::from_secs(1);
/// A call makes something be looked at sooner once in this time: whoever calls may be anybody.
const HURRIED_EACH: Duration = Duration::from_secs(10);

impl Entry {
    pub(super) fn new(since: Time, told: Told) -> Self {
        let hurried = if told.called { since } else { 0 };
        Self { since, told, stage: Stage::Open, next: since, hurried, looks: Looks::default() }
    }

    /// Takes in what else is told. Returns whether that is more than was known.
    pub(super) fn learn(&mut self, other: &Told) -> bool {
        let before = self.told.clone();
        // Who has begun it knows better where it is than who has been asked.
        if other.account.is_some() && (other.process.is_some() || before.account.is_none()) {
            self.told = other.clone();
        }
        self.told.called = before.called || other.called;
        self.told != before
    }

    /// A call tells of it: it is looked at now, unless a call has just done the same.
    pub(super) fn hurry(&mut self, now: Time) {
        if now.saturating_sub(self.hurried) >= millis(HURRIED_EACH) {
            (self.next, self.hurried, self.looks.asked) = (now, now, 0);
        }
    }

    /// Whether the worker itself has reason to believe that there is such a thing.
    pub(super) fn is_watched(&self) -> bool {
        self.told.account.is_some()
    }

    pub(super) fn rank(&self) -> Rank {
        match (&self.stage, self.is_watched(), self.told.called) {
            (Stage::Happened { .. }, ..) | (_, true, true) => Rank::Called,
            (_, true, false) => Rank::Known,
            (_, false, _) => Rank::Claimed,
        }
    }

    /// Whether a call that was believed only so far has come to nothing: whoever it tells of is nowhere known.
    pub(super) fn is_unfounded(&self) -> bool {
        !self.is_watched() && self.looks.unknown > FOLLOWED_UP
    }

    /// Whether what the system does not know of is worth a word, once: it is watched, so it has been there.
    pub(super) fn has_vanished(&self) -> bool {
        self.is_watched() && self.looks.unknown == FOLLOWED_UP + 1
    }

    /// Whether it has been waited for long enough, by what was last heard of it.
    pub(super) fn is_over(&self, now: Time, pace: Pace) -> bool {
        let longest = match (self.is_watched(), self.looks.failed + self.looks.unpublished) {
            (true, 0) => pace.patience,
            (true, _) => pace.outage,
            (false, _) => pace.doubt,
        };
        now.saturating_sub(self.since) > millis(longest)
    }

    /// How long until the next look at something that has not happened; to be shortened at random.
    pub(super) fn pause(&self, now: Time, pace: Pace) -> Duration {
        let age = Duration::from_millis(now.saturating_sub(self.since));
        let usual = (age / 4).clamp(pace.shortest, pace.longest);
        if self.told.called && self.looks.asked <= FOLLOWED_UP {
            return usual.min(FOLLOWED_UP_AFTER * 2_u32.pow(self.looks.asked.saturating_sub(1).min(FOLLOWED_UP)));
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

    fn watched() -> Told {
        Told { account: Some("contoso".to_owned()), ..Told::default() }
    }

    fn claimed() -> Told {
        Told { called: true, ..Told::default() }
    }

    #[test]
    fn what_is_watched_is_looked_at_more_rarely_the_older_it_is() {
        let (entry, pace) = (Entry::new(0, watched()), Pace::default());
        let pauses = [0, 60_000, 400_000, HOUR, 20 * HOUR].map(|now| entry.pause(now, pace).as_secs());
        assert_eq!(pauses, [30, 30, 100, 300, 300]);
    }

    #[test]
    fn how_long_is_waited_depends_on_what_is_known() {
        let pace = Pace::default();
        let over_after = |told: Told, looks: Looks| {
            let entry = Entry { looks, ..Entry::new(0, told) };
            (1..24 * 30).find(|hours| entry.is_over(hours * HOUR, pace))
        };
        let failed = Looks { failed: 1, ..Looks::default() };
        let refused = Looks { unpublished: 1, ..Looks::default() };
        assert_eq!(over_after(watched(), Looks::default()), Some(37));
        assert_eq!(over_after(watched(), failed), Some(7 * 24 + 1));
        assert_eq!(over_after(watched(), refused), Some(7 * 24 + 1));
        assert_eq!(over_after(claimed(), failed), Some(7));
    }

    #[test]
    fn only_a_claim_comes_to_nothing_because_nobody_knows_of_it() {
        let looks = Looks { unknown: FOLLOWED_UP + 1, ..Looks::default() };
        assert!(Entry { looks, ..Entry::new(0, claimed()) }.is_unfounded());
        let watched = Entry { looks, ..Entry::new(0, watched()) };
        assert!(!watched.is_unfounded() && watched.has_vanished());
        let few = Looks { asked: 100, unknown: FOLLOWED_UP, failed: 100, unpublished: 0 };
        assert!(!Entry { looks: few, ..Entry::new(0, claimed()) }.is_unfounded());
    }

    #[test]
    fn a_call_is_followed_up_soon_and_then_like_any_other() {
        let pace = Pace::default();
        let pauses = [1, 2, 3, 4, 5].map(|asked| {
            let looks = Looks { asked, ..Looks::default() };
            Entry { looks, ..Entry::new(0, claimed()) }.pause(1000, pace).as_secs()
        });
        assert_eq!(pauses, [1, 2, 4, 8, 30]);
    }

    #[test]
    fn calls_hurry_it_now_and_then() {
        let mut entry = Entry { next: HOUR, ..Entry::new(0, claimed()) };
        entry.looks.asked = 5;
        entry.hurry(9_999);
        assert_eq!((entry.next, entry.looks.asked), (HOUR, 5));
        entry.hurry(10_000);
        assert_eq!((entry.next, entry.looks.asked, entry.hurried), (10_000, 0, 10_000));
        entry.next = HOUR;
        entry.hurry(10_001);
        assert_eq!(entry.next, HOUR);
    }

    #[test]
    fn what_tellers_know_is_put_together_in_any_order() {
        let begun = Told { process: Some("p".to_owned()), tenant: Some("acme".to_owned()), ..watched() };
        let asked = Told { account: Some("another".to_owned()), ..claimed() };
        let all = Told { called: true, ..begun.clone() };
        for (first, then) in [(&begun, &claimed()), (&claimed(), &begun), (&asked, &begun)] {
            let mut entry = Entry::new(0, first.clone());
            assert!(entry.learn(then), "{first:?} {then:?}");
            assert_eq!(entry.told, all);
            assert!(!entry.learn(then) && !entry.learn(&claimed()), "{first:?} {then:?}");
            assert_eq!(entry.told, all);
        }
    }

    #[test]
    fn what_has_happened_and_what_is_called_for_goes_first() {
        let rank = |told: Told| Entry::new(0, told).rank();
        assert_eq!((rank(watched()), rank(claimed())), (Rank::Known, Rank::Claimed));
        assert_eq!(rank(Told { called: true, ..watched() }), Rank::Called);
        let stage = Stage::Happened { event: json!({}), end: "4".to_owned() };
        assert_eq!(Entry { stage, ..Entry::new(0, watched()) }.rank(), Rank::Called);
        assert!(Rank::Called < Rank::Known && Rank::Known < Rank::Claimed);
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let stage = Stage::Happened { event: json!({ "statuscode": 4 }), end: "4".to_owned() };
        let entry = Entry { stage, ..Entry::new(7, Told { called: true, ..watched() }) };
        let text = serde_json::to_string(&entry).expect("JSON");
        let expected = concat!(
            r#"{"since":7,"called":true,"account":"contoso","#,
            r#""stage":{"is":"happened","event":{"statuscode":4},"end":"4"}}"#
        );
        assert_eq!(text, expected);
        // When it is looked at again is no part of it.
        assert_eq!(serde_json::from_str::<Entry>(&text).expect("an entry"), Entry { next: 0, hurried: 0, ..entry });
    }
}
