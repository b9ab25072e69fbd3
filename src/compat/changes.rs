//! The kinds of changes that a newer version of a template can bring to those who use an older one: a closed list.

use serde::{Deserialize, Serialize};

/// How bad a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Nobody who uses the older version loses anything.
    Safe,
    /// Somebody may see something else than before.
    Risky,
    /// Something that somebody has entered is lost, or a diagram or process that was fine is not.
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
    /// A process that is deployed with the older version: by what the newer version's worker makes of it.
    Deployed,
}

impl Audience {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Designer => "designer",
            Self::Model => "model",
            Self::Deployed => "deployed",
        }
    }
}

/// What a change needs so that nobody is surprised by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Bump {
    /// The next version of the template.
    Version,
    /// A template of another id: who has the older one keeps it.
    TemplateId,
    /// A job type of its own, beside a worker that goes on with the older one.
    JobType,
    /// An event type of its own, beside a worker that goes on with the older one.
    EventType,
}

impl Bump {
    /// What is to be done.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Version => "the next version",
            Self::TemplateId => "another template id",
            Self::JobType => "another job type",
            Self::EventType => "another event type",
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
    pub mend: &'static str,
}

impl Kind {
    /// What such a change needs, unless it is accepted as it is; none where no version would help.
    #[must_use]
    pub fn bump(&self) -> Option<Bump> {
        if [&ID_CHANGED, &TEMPLATE_ADDED, &TEMPLATE_REMOVED, &TEMPLATE_RETIRED].contains(&self) {
            return None;
        }
        Some(match (self.severity, self.audience) {
            // What is wrong is the version itself.
            _ if self == &VERSION_NOT_RAISED => Bump::Version,
            _ if [&EVENT_REMOVED, &EVENT_CHANGED].contains(&self) => Bump::EventType,
            (Severity::Breaking, Audience::Deployed) => Bump::JobType,
            (Severity::Breaking, Audience::Designer | Audience::Model) => Bump::TemplateId,
            (Severity::Risky | Severity::Safe, _) => Bump::Version,
        })
    }
}

macro_rules! kinds {
    ($($name:ident: $code:literal, $audience:ident, $severity:ident, $summary:literal, $reason:literal, $mend:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $name: Kind = Kind {
                code: $code,
                audience: Audience::$audience,
                severity: Severity::$severity,
                summary: $summary,
                reason: $reason,
                mend: $mend,
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
    UPDATE_NOT_PROVEN: "update-not-proven", Designer, Risky,
        "it is not known whether everything that was entered stays",
        "Neither an element was found in which it does not, nor has every one been tried.",
        "Look at the conditions yourself, or leave them as they are.";
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
    TYPE_CHANGED: "type-changed", Designer, Risky,
        "a field takes numbers or is a check box, and was not",
        "Update leaves what was entered, which such a field may not show.",
        "Keep the kind of the field.";
    DEFAULT_CHANGED: "default-changed", Designer, Risky,
        "a default has changed",
        "Update gives it to all who have entered nothing, or the old default.",
        "Say so in the changelog, or keep the default.";
    NEWLY_REQUIRED: "newly-required", Model, Breaking,
        "a field must be filled in that may be empty",
        "A diagram that was fine shows an error once it is updated.",
        "Give it a default, or leave it optional.";
    CONSTRAINT_TIGHTENED: "constraint-tightened", Model, Breaking,
        "a value is refused that was accepted",
        "A diagram that was fine shows an error once it is updated.",
        "Accept what was accepted.";
    CONSTRAINT_CHANGED: "constraint-changed", Model, Risky,
        "it is not known whether all values are accepted that were",
        "A value that was fine may be an error once the element is updated.",
        "Look at both constraints yourself, or leave them as they are.";
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
    TEMPLATE_REMOVED: "template-removed", Designer, Breaking,
        "a template is gone",
        "Elements that have it are elements without a template: their fields are out of sight.",
        "Deprecate it, and keep its last version in the archive.";
    TEMPLATE_RETIRED: "template-retired", Designer, Risky,
        "a deprecated template is only kept in the archive",
        "Elements that have it keep it as long as Modeler has its last version, and their jobs need a worker.",
        "Import the archive, too, and keep a worker for its job type as long as processes have it.";
    TEMPLATE_ADDED: "template-added", Designer, Safe,
        "a template is new",
        "Nobody has it yet.",
        "Nothing needs to be done.";
    PROPERTY_ADDED: "property-added", Designer, Safe,
        "a field is new",
        "Update gives it its default.",
        "Nothing needs to be done.";
    CHOICE_ADDED: "choice-added", Designer, Safe,
        "a choice is new",
        "Nobody has chosen it yet.",
        "Nothing needs to be done.";
    CONSTANT_CHANGED: "constant-changed", Designer, Safe,
        "a constant has changed",
        "Update writes the new one.",
        "Nothing needs to be done.";
    DETAILS_CHANGED: "details-changed", Designer, Safe,
        "something else of a field or a template is another one, such as a label",
        "Whoever updates sees it; what was entered stays.",
        "Nothing needs to be done.";
    JOB_TYPE_CHANGED: "job-type-changed", Deployed, Breaking,
        "the template makes jobs of another type",
        "Jobs of deployed processes have the older type, which a worker of the newer version does not take.",
        "Keep the job type, or keep a worker for the older one as long as processes have it.";
    HEADER_REMOVED: "header-removed", Deployed, Risky,
        "the template writes a task header no more",
        "Deployed processes go on to write it, and a worker of the newer version may not read it.",
        "Keep the header.";
    VERSION_NOT_RAISED: "version-not-raised", Designer, Breaking,
        "the template has changed, and its version has not risen",
        "Modeler loads one of the two, and offers no update.",
        "Raise the version by one.";
    INPUT_REFUSED: "input-refused", Deployed, Breaking,
        "an input is refused that was accepted",
        "The worker of the newer version fails the jobs of processes that are deployed with it.",
        "Accept what was accepted, or give the newer version another job type and run both workers.";
    INPUT_IGNORED: "input-ignored", Deployed, Breaking,
        "an input is none any more",
        "The worker of the newer version passes over it: what deployed processes give is lost, without a word.",
        "Keep the input, or give the newer version another job type and run both workers.";
    INPUT_NOT_PROVEN: "input-not-proven", Deployed, Risky,
        "it is not known whether all inputs are accepted that were",
        "Neither an input that is refused was found, nor the proof that there is none.",
        "Look at the place yourself, or leave its schema as it is.";
    OPERATION_REMOVED: "operation-removed", Deployed, Breaking,
        "an operation is gone",
        "The worker of the newer version fails the jobs of processes that ask for it.",
        "Keep the operation, or give the newer version another job type and run both workers.";
    RESULT_CHANGED: "result-changed", Deployed, Breaking,
        "a result may be what the older version promised it would not be",
        "Expressions of deployed processes that read it find something else, or nothing.",
        "Return what was promised; other members may be added.";
    RESULT_NOT_PROVEN: "result-not-proven", Deployed, Risky,
        "it is not known whether all results are as promised",
        "Neither a result that was not promised was found, nor the proof that there is none.",
        "Look at the place yourself, or leave its schema as it is.";
    EVENT_REMOVED: "event-removed", Deployed, Breaking,
        "an event is gone",
        "Deployed processes wait for it, and the worker of the newer version does not tell them.",
        "Keep the event, or run a worker of the older version for those who wait.";
    EVENT_CHANGED: "event-changed", Deployed, Breaking,
        "what happened may be told otherwise than the older version promised",
        "Result expressions of deployed elements that read it find something else, or nothing.",
        "Tell what was promised; other members may be added. Or give the newer event another event type and run both workers.";
    EVENT_NOT_PROVEN: "event-not-proven", Deployed, Risky,
        "it is not known whether all that happens is told as promised",
        "Neither something that was not promised was found, nor the proof that there is none.",
        "Look at the place yourself, or leave its schema as it is.";
    INPUT_DEFAULT_CHANGED: "input-default-changed", Deployed, Risky,
        "the default of an input that may be left out has changed",
        "A deployed process that leaves it out does something else with the worker of the newer version.",
        "Keep the default, or say so in the changelog.";
    SECRET_CHANGED: "secret-changed", Deployed, Risky,
        "another secret is asked for",
        "Deployed processes name the older secret, new diagrams the newer one: both have to be there.",
        "Keep the secret's name, or say so in the changelog.";
}
