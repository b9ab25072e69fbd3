//! Waiting longer each time, and never in step with others.

use std::time::Duration;

/// Delays that grow from one attempt to the next.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(50);

    /// Delays from 50 ms on, by 1.6, up to the longest; each is shortened at random by up to a half.
    pub(super) fn up_to(longest: Duration) -> Self {
        Self { next: Self::FIRST, longest }
    }

    /// The next delay.
    pub(super) fn delay(&mut self) -> Duration {
        let delay = self.next.min(self.longest);
        self.next = delay.mul_f64(1.6);
        delay.mul_f64(0.5 + fastrand::f64() / 2.0)
    }

    /// Begins from the shortest delay again.
    pub(super) fn reset(&mut self) {
        self.next = Self::FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_longest_and_begin_again() {
        let mut backoff = Backoff::up_to(Duration::from_secs(1));
        let first = backoff.delay();
        assert!((Duration::from_millis(25)..=Duration::from_millis(50)).contains(&first), "{first:?}");
        let last = (0..20).map(|_| backoff.delay()).last().expect("twenty");
        assert!((Duration::from_millis(500)..=Duration::from_secs(1)).contains(&last), "{last:?}");
        backoff.reset();
        assert!(backoff.delay() <= Duration::from_millis(50));
    }
}
