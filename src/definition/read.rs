//! Reads fields from the JSON Schema of an author's struct.
//!
//! Every keyword is either understood or refused: a constraint that nothing downstream enforces
//! would be a promise that nobody keeps.

use super::error::{DefinitionError, Faults};
use super::field::{Choice, Field, Kind, Variant};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// The fields of a struct's schema.
pub(super) fn read_fields(schema: &Value, path: &str) -> Result<Vec<Field>, DefinitionError> {
    if let Kind::Object { fields, closed: true } = read_schema(schema, path)?.kind {
        return Ok(fields);
    }
    let mut faults = Faults::default();
    faults.add(path, "the inputs are no struct with named fields that refuses other members");
    faults.finish().map(|()| Vec::new())
}

/// Any schema as one nameless field.
pub(super) fn read_schema(schema: &Value, path: &str) -> Result<Field, DefinitionError> {
    let mut faults = Faults::default();
    let field = read_field("", schema, true, path, &mut faults);
    faults.finish().map(|()| field)
}

fn read_field(name: &str, schema: &Value, required: bool, path: &str, faults: &mut Faults) -> Field {
    let nullable = takes_null(schema);
    let schema = strip_null(schema);
    let mut reader = Reader { object: schema.as_object().cloned().unwrap_or_default(), path, faults };
    if schema.as_bool() == Some(false) {
        reader.fault("no value is valid here");
    }
    let default = reader.take_value("default").filter(|value| !value.is_null());
    let mut field = Field {
        name: name.to_owned(),
        label: reader.take("title").unwrap_or_default(),
        description: reader.take("description").unwrap_or_default(),
        required: required && default.is_none(),
        nullable,
        default,
        examples: reader.take("examples").unwrap_or_default(),
        group: reader.take("x-group"),
        tooltip: reader.take("x-tooltip"),
        placeholder: reader.take("x-placeholder"),
        feel: reader.take("x-feel"),
        control: reader.take("x-control"),
        generated: reader.take("x-generated").unwrap_or_default(),
        condition: reader.take("x-when"),
        place: reader.take("x-place"),
        pattern_message: reader.take("x-pattern-message"),
        secret: reader.take("x-secret"),
        sensitive: reader.take("writeOnly").unwrap_or_default(),
        kind: Kind::Json,
    };
    field.kind = reader.kind();
    reader.refuse_rest();
    field
}

struct Reader<'a> {
    object: Object,
    path: &'a str,
    faults: &'a mut Faults,
}

impl Reader<'_> {
    fn fault(&mut self, message: impl Into<String>) {
        self.faults.add(self.path, message);
    }

    fn take_value(&mut self, keyword: &str) -> Option<Value> {
        self.object.shift_remove(keyword)
    }

    fn take<T: DeserializeOwned>(&mut self, keyword: &str) -> Option<T> {
        let value = self.take_value(keyword)?;
        match serde_json::from_value(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(format!("`{keyword}` is malformed: {error}"));
                None
            }
        }
    }

    fn kind(&mut self) -> Kind {
        if self.object.contains_key("$ref") {
            self.take_value("$ref");
            self.fault(
                "the type refers to itself, which no template can show: use `serde_json::Value` for such a part",
            );
            return Kind::Json;
        }
        if self.object.contains_key("x-tag") {
            return self.variants();
        }
        if self.take("x-resource") == Some(true) {
            return self.linked_resource();
        }
        if let Some(choices) = self.take::<Vec<ChoiceEntry>>("x-choices") {
            return self.choice(choices);
        }
        match self.take::<String>("type").as_deref() {
            Some("string") => self.text(),
            Some("integer") => self.integer(),
            Some("number") => {
                if let Some(format) =
                    self.take::<String>("format").filter(|format| !matches!(format.as_str(), "float" | "double"))
                {
                    self.fault(format!("there is no number of the format `{format}`"));
                }
                Kind::Number { minimum: self.take("minimum"), maximum: self.take("maximum") }
            }
            Some("boolean") => Kind::Boolean,
            Some("null") => Kind::Null,
            Some("object") => self.object_kind(),
            Some("array") => {
                let items = self.take_value("items").unwrap_or(Value::Bool(true));
                let path = format!("{}/items", self.path);
                Kind::List {
                    item: Box::new(read_field("", &items, true, &path, self.faults)),
                    min_items: self.take("minItems"),
                    max_items: self.take("maxItems"),
                }
            }
            Some(other) => {
                self.fault(format!("there is no input of type `{other}`"));
                Kind::Json
            }
            None => Kind::Json,
        }
    }

    fn linked_resource(&mut self) -> Kind {
        self.expect("type", &json!("object"));
        self.expect("properties", &json!({ "resourceKey": { "type": "string" } }));
        self.expect("required", &json!(["resourceKey"]));
        let resource_type: String = self.take("x-linked-resource").unwrap_or_default();
        if resource_type.is_empty() {
            self.fault("a linked resource has a type: `#[input(linked_resource = \"RPA\")]`");
        }
        Kind::LinkedResource { resource_type }
    }

    fn choice(&mut self, choices: Vec<ChoiceEntry>) -> Kind {
        let values: Vec<Value> = choices.iter().map(|choice| choice.value.clone()).collect();
        let json_type = if values.iter().all(Value::is_i64) { "integer" } else { "string" };
        self.expect("type", &Value::from(json_type));
        self.expect("enum", &Value::from(values));
        Kind::Choice(choices.into_iter().map(Into::into).collect())
    }

    /// Takes a keyword that follows from others, and refuses any other value of it.
    fn expect(&mut self, keyword: &str, expected: &Value) {
        if self.take_value(keyword).as_ref() != Some(expected) {
            self.fault(format!("`{keyword}` is not {expected}, which the other keywords demand"));
        }
    }

    fn text(&mut self) -> Kind {
        if let Some(max_bytes) = self.take("x-max-bytes") {
            self.expect("contentMediaType", &json!("application/json"));
            self.expect("contentSchema", &json!({ "type": "object" }));
            return Kind::JsonObjectText { max_bytes };
        }
        Kind::Text {
            min_length: self.take("minLength"),
            max_length: self.take("maxLength"),
            pattern: self.take("pattern"),
            format: self.take("format"),
        }
    }

    fn integer(&mut self) -> Kind {
        let (low, high) = match self.take::<String>("format").as_deref() {
            Some("int8") => (i64::from(i8::MIN), i64::from(i8::MAX)),
            Some("int16") => (i64::from(i16::MIN), i64::from(i16::MAX)),
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            Some("uint8") => (0, i64::from(u8::MAX)),
            Some("uint16") => (0, i64::from(u16::MAX)),
            Some("uint32") => (0, i64::from(u32::MAX)),
            Some("uint64" | "uint") => (0, i64::MAX),
            None | Some("int64" | "int") => (i64::MIN, i64::MAX),
            Some(other) => {
                self.fault(format!("there is no whole number of the format `{other}`"));
                (i64::MIN, i64::MAX)
            }
        };
        let minimum = self.take::<i64>("minimum").map_or(low, |minimum| minimum.max(low));
        let maximum = self.take::<i64>("maximum").map_or(high, |maximum| maximum.min(high));
        if minimum > maximum {
            self.fault("the smallest value is above the largest");
        }
        Kind::Integer { minimum, maximum }
    }

    fn object_kind(&mut self) -> Kind {
        let required: Vec<String> = self.take("required").unwrap_or_default();
        let properties: Object = self.take("properties").unwrap_or_default();
        for name in required.iter().filter(|name| !properties.contains_key(*name)) {
            self.fault(format!("`required` names `{name}`, which is no property"));
        }
        let closed = self.take_value("additionalProperties") == Some(Value::Bool(false));
        if properties.is_empty() && !closed {
            return Kind::Json;
        }
        let fields = properties
            .iter()
            .map(|(name, schema)| {
                let path = format!("{}/{name}", self.path);
                read_field(name, schema, required.contains(name), &path, self.faults)
            })
            .collect();
        Kind::Object { fields, closed }
    }

    fn variants(&mut self) -> Kind {
        let tag: String = self.take("x-tag").unwrap_or_default();
        let schemas: Vec<Value> = self.take("oneOf").unwrap_or_default();
        if schemas.is_empty() {
            self.fault("there is no variant");
        }
        let mut variants = Vec::new();
        for schema in &schemas {
            let mut object = schema.as_object().cloned().unwrap_or_default();
            let scheme = object.shift_remove("x-scheme");
            let value = self.tag_value(&mut object, &tag);
            let path = format!("{}/{value}", self.path);
            let field = read_field(&value, &Value::Object(object), true, &path, self.faults);
            let scheme = scheme.and_then(|scheme| match serde_json::from_value(scheme) {
                Ok(scheme) => Some(scheme),
                Err(error) => {
                    self.faults.add(&path, format!("`x-scheme` is malformed: {error}"));
                    None
                }
            });
            let fields = if let Kind::Object { fields, closed: true } = field.kind {
                fields
            } else {
                self.faults.add(&path, "a variant refuses members that it does not declare");
                Vec::new()
            };
            variants.push(Variant { value, label: field.label, description: field.description, scheme, fields });
        }
        Kind::Variants { tag, variants }
    }

    /// Takes the tag from a variant's schema: a required property with a constant text.
    fn tag_value(&mut self, variant: &mut Object, tag: &str) -> String {
        let property = variant
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .and_then(|properties| properties.shift_remove(tag));
        let value = property.as_ref().and_then(|property| property["const"].as_str()).unwrap_or_default().to_owned();
        let required = variant.get_mut("required").and_then(Value::as_array_mut);
        let before = required.as_ref().map_or(0, |required| required.len());
        let after = required.map_or(0, |required| {
            required.retain(|name| name != tag);
            required.len()
        });
        if value.is_empty() || property != Some(json!({ "type": "string", "const": value })) || before == after {
            self.fault(format!("a variant's `{tag}` is no required constant text"));
        }
        value
    }

    fn refuse_rest(mut self) {
        for annotation in ["$schema", "deprecated"] {
            self.take_value(annotation);
        }
        let rest: Vec<String> = self.object.keys().cloned().collect();
        for keyword in rest {
            self.fault(format!(
                "`{keyword}` is a constraint that neither template nor dispatcher would enforce: remove it, or use a type that carries it"
            ));
        }
    }
}

#[derive(serde::Deserialize)]
struct ChoiceEntry {
    value: Value,
    label: String,
    description: String,
}

impl From<ChoiceEntry> for Choice {
    fn from(entry: ChoiceEntry) -> Self {
        Self { value: entry.value, label: entry.label, description: entry.description }
    }
}

/// Whether null is one of several things that a value may be.
fn takes_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let of_types = schema.get("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(is_null));
    let options = schema.get("anyOf").and_then(Value::as_array);
    of_types || options.is_some_and(|options| options.iter().any(|option| option.get("type").is_some_and(is_null)))
}

/// The schema of `T` from that of `Option<T>`.
fn strip_null(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else { return schema.clone() };
    let mut object = object.clone();
    if let Some(Value::Array(options)) = object.get("anyOf") {
        let others: Vec<&Value> =
            options.iter().filter(|option| option.get("type") != Some(&Value::from("null"))).collect();
        if let ([Value::Object(inner)], true) = (others.as_slice(), others.len() < options.len()) {
            let mut merged = inner.clone();
            object.shift_remove("anyOf");
            merged.extend(object);
            return Value::Object(merged);
        }
    }
    if let Some(Value::Array(types)) = object.get("type") {
        let others: Vec<&Value> = types.iter().filter(|name| *name != "null").collect();
        if let [single] = others.as_slice() {
            let single = (*single).clone();
            object.insert("type".to_owned(), single);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    Value::Object(object)
}
