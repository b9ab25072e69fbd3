//! What a rule finds, why that matters and what to do: the same of all commands that have rules.

use crate::cli::{Context, Exit};
use crate::lint::Rule;

/// Prints the rule of this code, or all of them. `what` is what a rule is called, and beside each stands what is said after
/// its name.
pub(in crate::cli) fn explain(code: &str, rules: &[(Rule, String)], what: &str, context: &Context) -> Exit {
    let console = context.console;
    let wanted: Vec<_> = rules.iter().filter(|(rule, _)| code == "all" || rule.code == code).collect();
    if wanted.is_empty() {
        let hint = crate::text::suggestion(code, rules.iter().map(|(rule, _)| rule.code));
        console.error(&format!("there is no {what} `{code}`{hint}"));
        return Exit::Usage;
    }
    for (index, (rule, about)) in wanted.iter().enumerate() {
        if index > 0 {
            console.line("");
        }
        console.line(format_args!("{} ({about})", console.bold(rule.code)));
        console.line(format_args!("  Finds: {}.", rule.summary));
        console.line(format_args!("  {}", rule.reason));
        console.line(format_args!("  Mend: {}", rule.mend));
    }
    Exit::Success
}
