//! Which resource a path names. Pure: knows paths, and nothing of what stands behind them.

use percent_encoding::percent_decode_str;
use uuid::Uuid;

/// The path of the Web API that everything of Dataverse starts with.
const WEB_API: [&str; 3] = ["api", "data", "v9.2"];

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// The token endpoint of a tenant.
    Token(String),
    /// The action that runs this flow.
    Run(Uuid),
    /// The row of this flow session.
    Status(Uuid),
    /// The outputs of this flow session.
    Outputs(Uuid),
    /// The action that cancels this flow session.
    Cancel(Uuid),
    /// The emulator's ledger.
    Ledger,
    /// The emulator's faults.
    Faults,
    /// Makes all issued tokens invalid.
    RevokeTokens,
    /// Ends all runs.
    EndRuns,
    /// A row whose key is no GUID.
    BadKey(String),
    /// Nothing; this segment is the first that is not known.
    Unknown(String),
}

impl Target {
    /// What this path names.
    pub(super) fn of(path: &str) -> Self {
        let decoded: Vec<String> = path
            .strip_prefix('/')
            .unwrap_or(path)
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
        match segments.as_slice() {
            [tenant, "oauth2", "v2.0", "token"] if !tenant.is_empty() => Self::Token((*tenant).to_owned()),
            ["emulator", "ledger"] => Self::Ledger,
            ["emulator", "faults"] => Self::Faults,
            ["emulator", "tokens", "revoke"] => Self::RevokeTokens,
            ["emulator", "runs", "end"] => Self::EndRuns,
            [a, b, c, rest @ ..] if [*a, *b, *c] == WEB_API => web_api(rest),
            _ => {
                let strange = segments.iter().zip(WEB_API).find(|(segment, known)| **segment != *known);
                Self::Unknown(strange.map_or("", |(segment, _)| segment).to_owned())
            }
        }
    }

    /// The methods it takes, as the header `Allow` lists them; empty for what is not there.
    pub(super) fn methods(&self) -> &'static str {
        match self {
            Self::Token(_) | Self::Run(_) | Self::Cancel(_) | Self::RevokeTokens | Self::EndRuns => "POST",
            Self::Status(_) | Self::Outputs(_) => "GET",
            Self::Ledger => "GET, DELETE",
            Self::Faults => "GET, POST",
            Self::BadKey(_) | Self::Unknown(_) => "",
        }
    }

    /// Whether it takes this method. What is not there takes every method, and answers 404 to it.
    pub(super) fn takes(&self, method: &str) -> bool {
        self.methods().is_empty() || self.methods().split(", ").any(|known| known == method)
    }

    /// Whether it steers the emulator, and is no part of what it emulates.
    pub(super) fn is_control(&self) -> bool {
        matches!(self, Self::Ledger | Self::Faults | Self::RevokeTokens | Self::EndRuns)
    }
}

fn web_api(segments: &[&str]) -> Target {
    let Some((row, rest)) = segments.split_first() else { return Target::Unknown(String::new()) };
    let (make, key): (fn(Uuid) -> Target, &str) = if let Some(key) = key(row, "workflows") {
        match rest {
            ["Microsoft.Dynamics.CRM.RunDesktopFlow"] => (Target::Run, key),
            _ => return Target::Unknown(rest.first().unwrap_or(row).to_string()),
        }
    } else if let Some(key) = key(row, "flowsessions") {
        match rest {
            [] => (Target::Status, key),
            ["outputs", "$value"] => (Target::Outputs, key),
            ["Microsoft.Dynamics.CRM.CancelDesktopFlowRun"] => (Target::Cancel, key),
            ["outputs", strange, ..] | [strange, ..] => return Target::Unknown((*strange).to_owned()),
        }
    } else {
        return Target::Unknown((*row).to_owned());
    };
    guid(key).map_or_else(|| Target::BadKey(key.to_owned()), make)
}

/// What stands in the parentheses behind a table's name.
fn key<'a>(segment: &'a str, table: &str) -> Option<&'a str> {
    segment.strip_prefix(table)?.strip_prefix('(')?.strip_suffix(')')
}

/// Dataverse takes GUIDs with hyphens and nothing around them.
fn guid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "bb2a1f33-e5b9-ed11-83fe-000d3ab4f483";

    #[test]
    fn the_documented_paths_are_known() {
        let id = Uuid::try_parse(GUID).expect("a GUID");
        let cases = [
            ("/tenant/oauth2/v2.0/token".to_owned(), Target::Token("tenant".to_owned())),
            (format!("/api/data/v9.2/workflows({GUID})/Microsoft.Dynamics.CRM.RunDesktopFlow"), Target::Run(id)),
            (format!("/api/data/v9.2/flowsessions({GUID})"), Target::Status(id)),
            (format!("/api/data/v9.2/flowsessions({})", GUID.to_uppercase()), Target::Status(id)),
            (format!("/api/data/v9.2/flowsessions%28{GUID}%29/outputs/%24value"), Target::Outputs(id)),
            (format!("/api/data/v9.2/flowsessions({GUID})/outputs/$value"), Target::Outputs(id)),
            (
                format!("/api/data/v9.2/flowsessions({GUID})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun"),
                Target::Cancel(id),
            ),
            ("/emulator/ledger".to_owned(), Target::Ledger),
            ("/emulator/faults".to_owned(), Target::Faults),
            ("/emulator/tokens/revoke".to_owned(), Target::RevokeTokens),
            ("/emulator/runs/end".to_owned(), Target::EndRuns),
        ];
        for (path, target) in cases {
            assert_eq!(Target::of(&path), target, "{path}");
        }
    }

    #[test]
    fn everything_else_is_unknown_and_says_from_where_on() {
        let cases = [
            ("/".to_owned(), ""),
            (String::new(), ""),
            (format!("//api/data/v9.2/flowsessions({GUID})"), ""),
            (format!("/api//data/v9.2/flowsessions({GUID})"), ""),
            (format!("/api/data/v9.2//flowsessions({GUID})"), ""),
            (format!("/api/data/v9.1/flowsessions({GUID})"), "v9.1"),
            (format!("/api/data/v9.2/flowsessions({GUID})/"), ""),
            (format!("/api/data/v9.2/flowsessions({GUID})/outputs"), "outputs"),
            (format!("/api/data/v9.2/flowsessions({GUID})/outputs/value"), "value"),
            (format!("/api/data/v9.2/FlowSessions({GUID})"), &format!("FlowSessions({GUID})")),
            (format!("/api/data/v9.2/workflows({GUID})"), &format!("workflows({GUID})")),
            ("/api/data/v9.2/workflows".to_owned(), "workflows"),
            ("/%FF/x".to_owned(), "\u{FFFD}"),
        ];
        for (path, segment) in cases {
            assert_eq!(Target::of(&path), Target::Unknown(segment.to_owned()), "{path}");
        }
    }

    #[test]
    fn a_key_is_a_guid_with_hyphens_and_nothing_else() {
        for key in [
            "",
            "1",
            "{bb2a1f33-e5b9-ed11-83fe-000d3ab4f483}",
            "bb2a1f33e5b9ed1183fe000d3ab4f483",
            "bb2a1f33-e5b9-ed11-83fe-000d3ab4f48g",
        ] {
            assert_eq!(Target::of(&format!("/api/data/v9.2/flowsessions({key})")), Target::BadKey(key.to_owned()));
        }
    }

    #[test]
    fn each_target_takes_its_methods() {
        assert!(Target::Run(Uuid::nil()).takes("POST") && !Target::Run(Uuid::nil()).takes("GET"));
        assert!(Target::Ledger.takes("DELETE") && !Target::Ledger.takes("POST"));
        assert!(Target::Unknown(String::new()).takes("PATCH"));
    }
}
