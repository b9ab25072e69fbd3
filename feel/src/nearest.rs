//! The known name that somebody may have meant.

/// The nearest of the known names, if it is near enough to be what was meant.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    const LONGEST: usize = 100;
    if name.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .take(1_000)
        .filter(|candidate| *candidate != name && candidate.len() <= LONGEST)
        .map(|candidate| (similarity(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        // Of two that are as near, the first: the order of the names is that of the context.
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, candidate)| candidate.to_owned())
}

/// How near two names are, from 0 to 1; case counts little.
fn similarity(left: &str, right: &str) -> f64 {
    if left.eq_ignore_ascii_case(right) {
        return 0.99;
    }
    strsim::jaro_winkler(&left.to_lowercase(), &right.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised() {
        assert_eq!(nearest("boddy", ["status", "body", "headers"]).as_deref(), Some("body"));
        assert_eq!(nearest("flowsesionId", ["flowsessionId", "flowId"]).as_deref(), Some("flowsessionId"));
        assert_eq!(nearest("Body", ["body"]).as_deref(), Some("body"));
    }

    #[test]
    fn something_else_is_not() {
        assert_eq!(nearest("price", ["status", "body"]), None);
    }
}
