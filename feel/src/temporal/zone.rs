//! Time zones: the ids that Java knows, and their rules out of the bundled time zone database.
//!
//! All that the module needs of `jiff` is here. It knows the years -9999 to 9999; Java's dates go far beyond, where
//! the Gregorian calendar and the rules repeat every 400 years.

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock},
};

use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, Dst, TimeZone, TimeZoneDatabase},
};

use super::{LocalDateTime, Offset};

const SECONDS_PER_CYCLE: i64 = 146_097 * 86_400;

/// The year 9000, since which every zone's rules repeat.
const LATE_YEAR: i32 = 9_000;
const LATE: i64 = 221_845_392_000;

/// The year -9000, before which every zone has one offset.
const EARLY_YEAR: i32 = -9_000;
const EARLY: i64 = -346_179_744_000;

/// Names of the database that Java does not offer.
const UNKNOWN_TO_JAVA: [&str; 6] = ["EST", "MST", "HST", "ROC", "Factory", "Etc/Unknown"];

/// Names that have become links, as Java's database has them, while the bundled one keeps their older rules.
const LINKS: [(&str, &str); 4] = [
    ("EST5EDT", "America/New_York"),
    ("CST6CDT", "America/Chicago"),
    ("MST7MDT", "America/Denver"),
    ("PST8PDT", "America/Los_Angeles"),
];

/// Standard offsets of today that Java's database has otherwise. To it, winter in Dublin and Ramadan in Casablanca are
/// standard time; and Windhoek saves daylight for ever.
const STANDARD_IN_JAVA: [(&str, i32); 5] =
    [("Africa/Casablanca", 0), ("Africa/El_Aaiun", 0), ("Africa/Windhoek", 3_600), ("Eire", 0), ("Europe/Dublin", 0)];

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone: an offset, or a region with an id and rules. Zones are equal if their ids are.
#[derive(Clone)]
pub struct Zone(Inner);

#[derive(Clone)]
enum Inner {
    Offset(Offset),
    Region { id: Arc<str>, rules: Rules },
}

#[derive(Clone)]
enum Rules {
    Fixed(Offset),
    Changing(TimeZone),
}

/// The offsets that a local date and time may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LocalOffsets {
    One(Offset),
    /// Clocks have skipped it.
    Gap {
        before: Offset,
        after: Offset,
    },
    /// Clocks have shown it twice.
    Overlap {
        before: Offset,
        after: Offset,
    },
}

impl Zone {
    /// UTC as an offset, whose id is `Z`.
    #[must_use]
    pub const fn utc() -> Self {
        Self::fixed(Offset::UTC)
    }

    /// An offset as a zone.
    #[must_use]
    pub const fn fixed(offset: Offset) -> Self {
        Self(Inner::Offset(offset))
    }

    /// The zone that `ZoneId.of` makes of an id: an offset such as `Z`, `+1` or `+01:30`; `UTC`, `GMT` or `UT` with or
    /// without one; or a region of the database such as `Europe/Berlin`.
    #[must_use]
    pub fn named(id: &str) -> Option<Self> {
        if id.len() <= 1 || id.starts_with(['+', '-']) {
            return Offset::of(id).map(Self::fixed);
        }
        for prefix in ["UTC", "GMT", "UT"] {
            if let Some(rest) = id.strip_prefix(prefix) {
                return match rest.bytes().next() {
                    None => Some(Self::prefixed(prefix, Offset::UTC)),
                    Some(b'+' | b'-') => Offset::of(rest).map(|offset| Self::prefixed(prefix, offset)),
                    Some(_) => Self::region(id),
                };
            }
        }
        Self::region(id)
    }

    /// The zone that a formatter reads after `@` or between brackets, which differs from [`Self::named`]: offsets have
    /// minutes, and `UTC` may be followed by a minus sign instead of a hyphen.
    pub(super) fn formatted(id: &str) -> Option<Self> {
        if id == "Z" || id.starts_with(['+', '-']) {
            return if id == "Z" { Some(Self::utc()) } else { Offset::of_colons(id).map(Self::fixed) };
        }
        if id == "GMT0" {
            return Self::region(id);
        }
        for prefix in ["UTC", "GMT", "UT"] {
            if let Some(rest) = id.strip_prefix(prefix) {
                let rest = match rest.strip_prefix('\u{2212}') {
                    Some(digits) if prefix == "UTC" => Cow::Owned(format!("-{digits}")),
                    _ => Cow::Borrowed(rest),
                };
                let offset = if rest.is_empty() { Some(Offset::UTC) } else { Offset::of_colons(&rest) };
                return offset.map(|offset| Self::prefixed(prefix, offset));
            }
        }
        Self::region(id)
    }

    fn prefixed(prefix: &str, offset: Offset) -> Self {
        let id = if offset == Offset::UTC { prefix.into() } else { format!("{prefix}{offset}").into() };
        Self(Inner::Region { id, rules: Rules::Fixed(offset) })
    }

    fn region(id: &str) -> Option<Self> {
        if UNKNOWN_TO_JAVA.contains(&id) {
            return None;
        }
        let name = LINKS.iter().find(|(name, _)| *name == id).map_or(id, |(_, target)| target);
        let rules = DATABASE.get(name).ok()?;
        // The database would take any case.
        (rules.iana_name() == Some(name)).then(|| Self(Inner::Region { id: id.into(), rules: Rules::Changing(rules) }))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Cow<'_, str> {
        match &self.0 {
            Inner::Offset(offset) => Cow::Owned(offset.to_string()),
            Inner::Region { id, .. } => Cow::Borrowed(id),
        }
    }

    /// Whether it is an offset rather than a region.
    #[must_use]
    pub fn is_offset(&self) -> bool {
        matches!(self.0, Inner::Offset(_))
    }

    fn rules(&self) -> Result<&TimeZone, Offset> {
        match &self.0 {
            Inner::Offset(offset) | Inner::Region { rules: Rules::Fixed(offset), .. } => Err(*offset),
            Inner::Region { rules: Rules::Changing(rules), .. } => Ok(rules),
        }
    }

    /// Its offset at an instant, in seconds since 1970.
    pub(super) fn offset_at(&self, epoch_second: i64) -> Offset {
        match self.rules() {
            Ok(rules) => timestamp(epoch_second).map_or(Offset::UTC, |instant| offset(rules.to_offset(instant))),
            Err(fixed) => fixed,
        }
    }

    /// The offsets that a local date and time may have in it.
    pub(super) fn offsets_of(&self, local: &LocalDateTime) -> LocalOffsets {
        let rules = match self.rules() {
            Ok(rules) => rules,
            Err(fixed) => return LocalOffsets::One(fixed),
        };
        match civil(local).map(|local| rules.to_ambiguous_timestamp(local).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset: one }) => LocalOffsets::One(offset(one)),
            Some(AmbiguousOffset::Gap { before, after }) => {
                LocalOffsets::Gap { before: offset(before), after: offset(after) }
            }
            Some(AmbiguousOffset::Fold { before, after }) => {
                LocalOffsets::Overlap { before: offset(before), after: offset(after) }
            }
            None => LocalOffsets::One(Offset::UTC),
        }
    }

    /// Its offset without daylight saving at an instant, in seconds since 1970.
    pub(super) fn standard_offset_at(&self, epoch_second: i64) -> Offset {
        let rules = match self.rules() {
            Ok(rules) => rules,
            Err(fixed) => return fixed,
        };
        if let Some((_, seconds)) = STANDARD_IN_JAVA.iter().find(|(id, _)| *id == self.id()) {
            return Offset::of_seconds(*seconds).unwrap_or(Offset::UTC);
        }
        let Some(instant) = timestamp(epoch_second) else { return Offset::UTC };
        let now = rules.to_offset_info(instant);
        let standard = if now.dst() == Dst::No {
            now.offset()
        } else {
            let before = rules.preceding(instant).find(|change| change.dst() == Dst::No);
            before.map_or(now.offset(), |change| change.offset())
        };
        offset(standard)
    }
}

fn offset(offset: jiff::tz::Offset) -> Offset {
    Offset::of_seconds(offset.seconds()).unwrap_or(Offset::UTC)
}

fn timestamp(epoch_second: i64) -> Option<Timestamp> {
    let equivalent = if epoch_second < EARLY {
        EARLY + (epoch_second - EARLY).rem_euclid(SECONDS_PER_CYCLE)
    } else if epoch_second >= LATE {
        LATE - SECONDS_PER_CYCLE + (epoch_second - LATE).rem_euclid(SECONDS_PER_CYCLE)
    } else {
        epoch_second
    };
    Timestamp::from_second(equivalent).ok()
}

fn civil(local: &LocalDateTime) -> Option<civil::DateTime> {
    let (date, time) = (local.date(), local.time());
    let year = if date.year() < EARLY_YEAR {
        EARLY_YEAR + (date.year() - EARLY_YEAR).rem_euclid(400)
    } else if date.year() >= LATE_YEAR {
        LATE_YEAR - 400 + (date.year() - LATE_YEAR).rem_euclid(400)
    } else {
        date.year()
    };
    civil::DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(date.month()).ok()?,
        i8::try_from(date.day()).ok()?,
        i8::try_from(time.hour()).ok()?,
        i8::try_from(time.minute()).ok()?,
        i8::try_from(time.second()).ok()?,
        i32::try_from(time.nano()).ok()?,
    )
    .ok()
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Inner::Offset(left), Inner::Offset(right)) => left == right,
            (Inner::Region { id: left, .. }, Inner::Region { id: right, .. }) => left == right,
            _ => false,
        }
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Inner::Offset(offset) => offset.hash(state),
            Inner::Region { id, .. } => id.hash(state),
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.id()).finish()
    }
}
