//! Markdown through Handlebars. The built-in templates can be replaced file by file.

use super::{
    GenerateError,
    element_template::{HTTP_JOB_TYPE, Role, Runtime, Variant},
    example, markdown, notice, waiting_elements,
};
use crate::definition::{
    ConnectorDefinition, DefinitionError, EventDefinition, Expected, Field, Kind, OperationDefinition, Place, Scheme,
    Test,
};
use crate::migrate::Succession;
use crate::request;
use crate::schema::{self, InputSchema};
use crate::text::with_article;
use handlebars::{Handlebars, RenderErrorReason};
use serde::Serialize;
use serde_json::{Value, json};

/// The page of a connector; what it includes are partials.
const PAGE: &str = "connector.md.hbs";

/// Handlebars templates by file name.
#[derive(Debug, Clone)]
pub struct DocTemplates(pub Vec<(String, String)>);

impl Default for DocTemplates {
    fn default() -> Self {
        Self::built_in()
    }
}

impl DocTemplates {
    /// The templates that are part of opwright: the files of `templates/`.
    #[must_use]
    pub fn built_in() -> Self {
        let files = [
            (PAGE, include_str!("../../templates/connector.md.hbs")),
            ("operation.md.hbs", include_str!("../../templates/operation.md.hbs")),
            ("event.md.hbs", include_str!("../../templates/event.md.hbs")),
            ("fields.md.hbs", include_str!("../../templates/fields.md.hbs")),
            ("members.md.hbs", include_str!("../../templates/members.md.hbs")),
        ];
        Self(files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec())
    }

    /// Replaces the template of this file name, or adds a partial.
    #[must_use]
    pub fn with(mut self, name: &str, text: String) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), text));
        self
    }
}

/// Renders pages with one set of templates.
pub(super) struct Renderer(Handlebars<'static>);

impl Renderer {
    pub(super) fn new(templates: &DocTemplates) -> Result<Self, GenerateError> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        handlebars.register_escape_fn(handlebars::no_escape);
        for (name, text) in &templates.0 {
            let partial = name.trim_end_matches(".md.hbs");
            handlebars
                .register_template_string(partial, text)
                .map_err(|error| GenerateError::Docs { template: name.clone(), reason: error.to_string() })?;
        }
        Ok(Self(handlebars))
    }

    pub(super) fn render(&self, connector: &ConnectorDefinition) -> Result<String, GenerateError> {
        let page = page(connector)?;
        self.0.render(PAGE.trim_end_matches(".md.hbs"), &page).map_err(|error| {
            let template = error.template_name.clone().unwrap_or_else(|| PAGE.to_owned());
            let place = error.line_no.map(|line| format!("line {line}: ")).unwrap_or_default();
            let reason = match error.reason() {
                RenderErrorReason::MissingVariable(Some(name)) => format!("there is no `{name}`"),
                reason => reason.to_string(),
            };
            GenerateError::Docs { template, reason: format!("{place}{reason}") }
        })
    }
}

/// What `connector.md.hbs` sees.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    notice: String,
    id: String,
    name: String,
    description: String,
    version: u32,
    deprecated: Option<String>,
    templates: Vec<TemplateRow>,
    documentation: Option<String>,
    keywords: String,
    headers: Vec<Value>,
    base_url: Option<String>,
    fields: Vec<Row>,
    variants: Vec<VariantSection>,
    operations: Vec<OperationSection>,
    events: Vec<EventSection>,
    choices: Vec<ChoiceTable>,
    succeeds: Option<SucceedsSection>,
    guide: String,
}

/// The template that the connector's own succeeds.
#[derive(Serialize)]
struct SucceedsSection {
    from: String,
    published: Option<String>,
    to: String,
    moves: Vec<Value>,
}

impl SucceedsSection {
    fn of(connector: &ConnectorDefinition) -> Option<Self> {
        // One that cannot be read has been told when the template was built.
        let succession = Succession::parse(connector.succeeds.as_deref()?).ok()?;
        let moves = succession.moves.iter().map(|led| {
            let values: Vec<String> = led.values.iter().map(|(from, to)| format!("`{from}` is `{to}`")).collect();
            json!({ "from": led.from.to_string(), "to": led.to.to_string(), "values": values.join(", ") })
        });
        let moves = moves.collect();
        let Succession { from, published, .. } = succession;
        Some(Self { from, published, to: connector.template_id.clone(), moves })
    }
}

/// An element template.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TemplateRow {
    kind: String,
    id: String,
    job_type: Option<String>,
    remark: Option<String>,
}

/// A set of credentials, or any other discriminated set of fields.
#[derive(Serialize)]
struct VariantSection {
    label: String,
    value: String,
    description: String,
    scheme: Option<String>,
    fields: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationSection {
    id: String,
    name: String,
    description: String,
    request: Option<String>,
    idempotent: bool,
    fields: Vec<Row>,
    example_input: String,
    example_request: Option<String>,
    example_output: Option<String>,
    result_variable: Option<String>,
    result_expression: Option<String>,
    error_expression: Option<String>,
    keywords: String,
    output_description: String,
    output: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventSection {
    id: String,
    name: String,
    description: String,
    event_type: String,
    keywords: String,
    /// The elements that can wait for it, in words.
    elements: String,
    operation: Option<Value>,
    correlation_key: String,
    correlation: String,
    payload: Vec<Row>,
    example: Option<String>,
    result_variable: Option<String>,
    result_expression: Option<String>,
    example_variables: Option<String>,
}

/// A line of a table of fields.
#[derive(Serialize)]
struct Row {
    label: String,
    name: String,
    required: bool,
    nullable: bool,
    takes: String,
    description: String,
}

/// The values of a choice.
#[derive(Serialize)]
struct ChoiceTable {
    name: String,
    rows: Vec<ChoiceRow>,
}

#[derive(Serialize)]
struct ChoiceRow {
    value: String,
    label: String,
    description: String,
}

fn page(connector: &ConnectorDefinition) -> Result<Page, DefinitionError> {
    let shared = connector.fields()?;
    let mut choices = Vec::new();
    let mut operations = Vec::new();
    for operation in &connector.operations {
        operations.push(section(connector, operation, &shared, &mut choices)?);
    }
    let events = connector.events.iter().map(|event| event_section(connector, event, &mut choices));
    let events = events.collect::<Result<_, _>>()?;
    let variants = shared
        .iter()
        .filter_map(|field| match &field.kind {
            Kind::Variants { variants, .. } => Some(variants),
            _ => None,
        })
        .flatten()
        .map(|variant| VariantSection {
            label: variant.label.clone(),
            value: variant.value.clone(),
            description: markdown::unwrap_lines(&variant.description),
            scheme: variant.scheme.as_ref().map(scheme),
            fields: rows(&variant.fields, &mut choices),
        })
        .collect();
    let headers = connector
        .http
        .iter()
        .flat_map(|http| &http.headers)
        .map(|header| json!({ "name": header.name, "value": header.value }))
        .collect();
    Ok(Page {
        notice: notice(&connector.id),
        id: connector.id.clone(),
        name: connector.name.clone(),
        description: markdown::unwrap_lines(&connector.description),
        version: connector.version,
        deprecated: connector.deprecated.as_ref().map(|deprecation| match &deprecation.documentation {
            Some(url) => format!("{} See <{url}>.", deprecation.message),
            None => deprecation.message.clone(),
        }),
        templates: Variant::of(connector).map(|variant| template_row(connector, variant)).collect(),
        documentation: connector.documentation.clone(),
        keywords: connector.keywords.join(", "),
        headers,
        base_url: connector.http.as_ref().map(|http| http.base_url.clone()),
        fields: rows_without_variants(&shared, &mut choices),
        variants,
        operations,
        events,
        choices,
        succeeds: SucceedsSection::of(connector),
        guide: connector.guide.trim_end().to_owned(),
    })
}

fn template_row(connector: &ConnectorDefinition, variant: Variant<'_>) -> TemplateRow {
    let id = variant.template_id(connector);
    let (runtime, element) = match variant.role {
        Role::Outbound { runtime, element } => (runtime, element),
        Role::Inbound { event, element } => {
            let kind = format!("Element template for {}", with_article(element.title()));
            let remark = format!("waits for \"{}\", version {}", event.name, event.version);
            return TemplateRow { kind, id, job_type: None, remark: Some(remark) };
        }
    };
    let element = if connector.elements.len() > 1 { format!(" for a {}", element.title()) } else { String::new() };
    let (kind, job_type, remark) = match runtime {
        Runtime::Own => ("Element template", connector.job_type.clone(), None),
        Runtime::Hybrid => ("Hybrid element template", connector.job_type.clone(), Some("the job type can be changed")),
        Runtime::Hosted => (
            "Hosted element template",
            HTTP_JOB_TYPE.to_owned(),
            Some("the same requests by Camunda's own HTTP connector, where no opwright worker runs"),
        ),
    };
    let remark = remark.map(str::to_owned);
    TemplateRow { kind: format!("{kind}{element}"), id, job_type: Some(job_type), remark }
}

fn scheme(scheme: &Scheme) -> String {
    match scheme {
        Scheme::Bearer => "Every request carries `Authorization: Bearer` with the token.".to_owned(),
        Scheme::OAuthClientCredentials { scope } => format!(
            "An access token is fetched from the token endpoint with the grant `client_credentials` and the scope `{scope}`, client ID and secret in the request's body."
        ),
    }
}

fn section(
    connector: &ConnectorDefinition,
    operation: &OperationDefinition,
    shared: &[Field],
    choices: &mut Vec<ChoiceTable>,
) -> Result<OperationSection, DefinitionError> {
    let own = operation.fields(&connector.id)?;
    let output = operation.output_fields(&connector.id)?;
    let input = example::input(connector, operation)?;
    let example_request = InputSchema::new(shared.to_vec(), own.clone())
        .accept_example(&input)
        .and_then(|inputs| request::plan(connector, operation, shared, &own, &inputs))
        .map(|plan| {
            let body = plan.body.map(|body| format!("\n\n{}", pretty(&Value::Object(body)))).unwrap_or_default();
            format!("{} {}{body}", plan.method.name(), plan.url)
        });
    Ok(OperationSection {
        id: operation.id.clone(),
        name: operation.name.clone(),
        description: markdown::unwrap_lines(&operation.description),
        request: operation.http.as_ref().map(|http| format!("{} {}", http.method.name(), http.path)),
        idempotent: operation.http.as_ref().is_some_and(|http| http.idempotent),
        fields: rows(&own, choices),
        example_input: pretty(&input),
        example_request,
        example_output: has_example(operation).then(|| pretty(&example::output(operation))),
        result_variable: operation.result_variable.clone(),
        result_expression: operation.result_expression.clone(),
        error_expression: operation.error_expression.clone(),
        keywords: operation.keywords.join(", "),
        output_description: markdown::unwrap_lines(&output.description),
        output: rows(output.fields(), choices),
    })
}

fn event_section(
    connector: &ConnectorDefinition,
    event: &EventDefinition,
    choices: &mut Vec<ChoiceTable>,
) -> Result<EventSection, DefinitionError> {
    let payload = event.payload_fields(&connector.id)?;
    let operation = connector.operation(&event.operation);
    let variables = event.result_expression.as_deref().filter(|_| event.example().is_some());
    let variables = variables.and_then(|text| example::variables(text, example::request(event)));
    Ok(EventSection {
        id: event.id.clone(),
        name: event.name.clone(),
        description: markdown::unwrap_lines(&event.description),
        event_type: event.event_type.clone(),
        keywords: event.keywords.join(", "),
        elements: waiting_elements(event),
        operation: operation.map(|operation| json!({ "id": operation.id, "name": operation.name })),
        correlation_key: event.correlation_key.clone(),
        correlation: markdown::unwrap_lines(event.what_correlates()),
        payload: rows(payload.fields(), choices),
        example: event.example().map(pretty),
        result_variable: event.result_variable.clone(),
        result_expression: event.result_expression.clone(),
        example_variables: variables.map(|variables| pretty(&Value::Object(variables))),
    })
}

/// Whether there is an example of the result: null is one only of what returns nothing.
fn has_example(operation: &OperationDefinition) -> bool {
    let output = &operation.output;
    output.pointer("/examples/0").is_some() || output.get("type").is_some_and(|kind| kind == "null")
}

/// Rows of the fields and, with dotted names, of what they hold.
fn rows(fields: &[Field], choices: &mut Vec<ChoiceTable>) -> Vec<Row> {
    let mut rows = Vec::new();
    for field in fields {
        write_rows(field, "", &mut rows, choices);
    }
    rows
}

/// Rows of fields whose variants have sections of their own.
fn rows_without_variants(fields: &[Field], choices: &mut Vec<ChoiceTable>) -> Vec<Row> {
    let mut rows = Vec::new();
    for field in fields {
        match &field.kind {
            Kind::Variants { .. } => rows.push(row(field, field.name.clone())),
            _ => write_rows(field, "", &mut rows, choices),
        }
    }
    rows
}

fn row(field: &Field, name: String) -> Row {
    Row {
        label: if field.label.is_empty() { format!("`{name}`") } else { field.label.clone() },
        required: field.required,
        nullable: field.nullable,
        takes: takes(field),
        description: cell(&field_text(field)),
        name,
    }
}

fn write_rows(field: &Field, parent: &str, rows: &mut Vec<Row>, choices: &mut Vec<ChoiceTable>) {
    let name = format!("{parent}{}", field.name);
    rows.push(row(field, name.clone()));
    match &field.kind {
        Kind::Object { fields, .. } => {
            for inner in fields {
                write_rows(inner, &format!("{name}."), rows, choices);
            }
        }
        Kind::Variants { tag, variants } => {
            choices.push(ChoiceTable {
                name: format!("{name}.{tag}"),
                rows: variants
                    .iter()
                    .map(|variant| ChoiceRow {
                        value: variant.value.clone(),
                        label: variant.label.clone(),
                        description: cell(&variant.description),
                    })
                    .collect(),
            });
            for variant in variants {
                let first = rows.len();
                for inner in &variant.fields {
                    write_rows(inner, &format!("{name}."), rows, choices);
                }
                for row in rows.iter_mut().skip(first) {
                    row.description = format!("{} Only when `{name}.{tag}` is `{}`.", row.description, variant.value);
                }
            }
        }
        Kind::List { item, .. } => {
            for inner in item.fields() {
                write_rows(inner, &format!("{name}[]."), rows, choices);
            }
        }
        Kind::Choice(values) if !choices.iter().any(|table| table.name == name) => choices.push(ChoiceTable {
            name,
            rows: values
                .iter()
                .map(|choice| ChoiceRow {
                    value: choice.text(),
                    label: choice.label.clone(),
                    description: cell(&choice.description),
                })
                .collect(),
        }),
        _ => {}
    }
}

fn field_text(field: &Field) -> String {
    let mut text = field.description.clone();
    for (before, extra) in
        [("", field.tooltip.clone()), ("Should be the secret ", field.secret.as_ref().map(|name| format!("`{name}`.")))]
    {
        if let Some(extra) = extra {
            text = format!("{text} {before}{extra}");
        }
    }
    if let Kind::List { item, .. } = &field.kind
        && !item.description.is_empty()
    {
        text = format!("{text} Each item: {}", item.description);
    }
    if let Some(place) = &field.place {
        let place = match place {
            Place::Query { name } => format!("query parameter `{name}`"),
            Place::Header { name } => format!("header `{name}`"),
            Place::Body { name } => format!("member `{name}` of the body"),
        };
        text = format!("{text} Sent as {place}.");
    }
    if let Some(condition) = &field.condition {
        let tests: Vec<String> = condition.all_match.iter().map(told).collect();
        text = format!("{text} Only when {}.", tests.join(" and "));
    }
    text
}

/// A test of a condition, in words.
fn told(test: &Test) -> String {
    let field = &test.field;
    match &test.expected {
        Expected::OneOf(values) => {
            let values: Vec<String> = values.iter().map(|value| format!("`{}`", crate::text::bare(value))).collect();
            format!("`{field}` is {}", crate::text::alternatives(&values))
        }
        Expected::IsActive(true) => format!("`{field}` is shown"),
        Expected::IsActive(false) => format!("`{field}` is not shown"),
        Expected::IsEmpty(true) => format!("`{field}` is empty"),
        Expected::IsEmpty(false) => format!("`{field}` is not empty"),
    }
}

/// What it takes, with the default.
fn takes(field: &Field) -> String {
    let mut text = schema::what_it_is(field);
    if let Some(default) = &field.default {
        text = format!("{text}; default `{}`", crate::text::bare(default));
    }
    if let Kind::Text { pattern: Some(pattern), .. } = &field.kind {
        text = format!("{text}; pattern `{pattern}`");
    }
    for example in field.placeholder.iter().chain(&field.examples.first().map(crate::text::bare)) {
        if !tells(&text, example) {
            text = format!("{text}; such as `{example}`");
        }
    }
    cell(&text)
}

/// Whether an example stands in a text already, and not as a part of something else.
fn tells(text: &str, example: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(example).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + example.len()..]);
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}

/// Text for a table's cell.
fn cell(text: &str) -> String {
    markdown::unwrap_lines(text).replace("\n\n", "<br>").replace('\n', " ").replace('|', "\\|")
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
