//! Exit codes: part of the interface, for scripts and CI.

use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Success = 0,
    /// A file, a socket, an expression or a definition is not as it should be.
    Unexpected = 1,
    /// The arguments are wrong.
    Usage = 2,
    /// The input or an expression for its outcome is refused, or a secret is missing. Nothing was sent.
    Refused = 3,
    /// Generated files are stale.
    Stale = 4,
    /// The job fails and is repeated.
    Retryable = 5,
    /// The job fails for good: an incident.
    Failed = 6,
    /// The job ends with a BPMN error.
    BpmnError = 7,
    /// A newer version of a template breaks something, or something was lost on the way to it.
    Incompatible = 8,
}

/// The codes, for `--help`.
pub(super) const HELP: &str = "\
Exit codes:
  0  done
  1  a file, a socket, an expression or a definition is not as it should be
  2  the arguments are wrong
  3  the input or an expression is refused, or a secret is missing; nothing was sent
  4  generated files are stale
  5  the job would fail and be repeated
  6  the job would fail for good: an incident
  7  the job would end with a BPMN error
  8  a newer version of a template breaks something, or an element lost something on the way to it

Colours are left out when NO_COLOR is set or the output is no terminal.";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
