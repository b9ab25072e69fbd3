//! Exit codes: part of the interface, for scripts and CI.

use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Success = 0,
    /// A file, a socket or a definition is not as it should be.
    Unexpected = 1,
    /// The arguments are wrong.
    Usage = 2,
    /// The input is refused, or a secret is missing. Nothing was sent.
    Refused = 3,
    /// Generated files are stale.
    Stale = 4,
    /// The operation failed; a repetition may succeed.
    Retryable = 5,
    /// The operation failed for good.
    Failed = 6,
    /// The operation ended with a BPMN error.
    BpmnError = 7,
}

/// The codes, for `--help`.
pub(super) const HELP: &str = "\
Exit codes:
  0  done
  1  a file, a socket or a definition is not as it should be
  2  the arguments are wrong
  3  the input is refused or a secret is missing; nothing was sent
  4  generated files are stale
  5  the operation failed; a repetition may succeed
  6  the operation failed for good
  7  the operation ended with a BPMN error

Colours are left out when NO_COLOR is set or the output is no terminal.";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
