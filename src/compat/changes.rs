//! The kinds of changes that a newer version of a template can bring to those who use an older one: a closed list.

use serde::Serialize;

/// How bad a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nobody who uses the older version loses anything.
    Safe,
    /// Somebody may see something else than before.
    Risky,
    /// Something that somebody has entered is lost, or a diagram that was fine is not.
    Breaking,
}

impl Severity {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        }
    }
}

/// Whom a change meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// Who updates an element to the newer version: by what becomes of entered values.
    Designer,
    /// A saved diagram: by the errors that it shows with the newer version.
    Model,
}

impl Audience {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Designer => "designer",
            Self::Model => "model",
        }
    }
}

/// A kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub code: &'static str,
    /// Whom it meets.
    pub audience: Audience,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in a line.
    pub summary: &'static str,
    /// What happens because of it.
    pub reason: &'static str,
    /// What would do instead.
    pub instead: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $code:literal, $audience:ident, $severity:ident, $summary:literal, $reason:literal, $instead:literal;)*) => {
        $(
            #[doc = $summary]
            pub(super) static $name: Kind = Kind {
                code: $code,
                audience: Audience::$audience,
                severity: Severity::$severity,
                summary: $summary,
                reason: $reason,
                instead: $instead,
            };
        )*
        /// All of them.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    PROPERTY_REMOVED: "property-removed", Designer, Breaking,
        "a property is gone, and nothing stands at its binding",
        "Update removes what was entered, without a word.",
        "Keep the property, or give it a condition that holds for those who have it.";
    BINDING_CHANGED: "binding-changed", Designer, Breaking,
        "a property of the same id has another binding",
        "Modeler knows properties by their bindings: what was entered is lost, and the field begins anew.",
        "Keep the binding; id, label and group may change.";
    CONDITION_TIGHTENED: "condition-tightened", Designer, Breaking,
        "a property is no longer active for values for which it was",
        "Update removes what was entered, without a word.",
        "Let the condition hold for all that it held for.";
    CHOICE_REMOVED: "choice-removed", Designer, Breaking,
        "a choice is gone",
        "Update puts the default in its place, without a word, and removes what depends on it.",
        "Keep the choice; its name may change.";
    BECAME_CONSTANT: "became-constant", Designer, Breaking,
        "a field has become a constant",
        "Update puts the constant in the place of what was entered.",
        "Give the constant a binding of its own.";
    VALUE_RESET: "value-reset", Designer, Breaking,
        "what was entered is replaced",
        "Update puts the default in its place.",
        "Keep the kind of the field.";
    DEFAULT_CHANGED: "default-changed", Designer, Risky,
        "a default has changed",
        "Update gives it to all who have entered nothing, or the old default.",
        "Say so in the changelog, or keep the default.";
    NEWLY_REQUIRED: "newly-required", Model, Breaking,
        "a field must be filled in that may be empty",
        "A diagram that was fine shows an error once it is updated.",
        "Give it a default, or leave it optional.";
    CONSTRAINT_CHANGED: "constraint-changed", Model, Risky,
        "a constraint is narrower, or another one",
        "A value that was fine may be an error once the element is updated.",
        "Widen constraints only.";
    ENGINES_RAISED: "engines-raised", Model, Breaking,
        "a version of Camunda is left out that was not",
        "Who is on it is offered no update, and a new diagram for it does not have the template.",
        "Leave `engines` as it is, or make another template.";
    ID_CHANGED: "id-changed", Designer, Breaking,
        "the template has another id",
        "Modeler takes it for another template: nobody is offered an update.",
        "Keep the id.";
    ELEMENT_CHANGED: "element-changed", Model, Risky,
        "the template makes another element",
        "Update turns the element into it.",
        "Make another template.";
    DEPRECATED: "deprecated", Designer, Risky,
        "the template is no longer offered",
        "Who uses it is told so, and new elements cannot have it.",
        "Name its successor in the message.";
    VERSION_NOT_RAISED: "version-not-raised", Designer, Breaking,
        "the template has changed, and its version has not risen",
        "Modeler loads one of the two, and offers no update.",
        "Raise the version by one.";
}
