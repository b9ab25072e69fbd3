//! From a JSON Schema to the shape that FEEL is checked against.
//!
//! What a schema lists is what is promised, so an object with properties has these only, unless the schema itself says
//! that there are others: otherwise no slip in a name could ever be told.

use opwright_feel::Shape;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// More of a schema than this is not looked into: what lies beyond may be anything.
const NODES: usize = 10_000;
const DEPTH: usize = 64;

/// Keywords by which an object may get properties that are not listed beside them.
const OPENING: [&str; 4] = ["patternProperties", "dependentSchemas", "then", "else"];

/// The shape of the values that a schema takes.
pub(crate) fn shape(schema: &Value) -> Shape {
    Reader { root: schema, nodes: NODES, references: Vec::new() }.read(schema, 0)
}

struct Reader<'s> {
    root: &'s Value,
    /// How many more subschemas are looked into.
    nodes: usize,
    /// The references that led here: one of them again is a type within itself.
    references: Vec<&'s str>,
}

impl<'s> Reader<'s> {
    fn read(&mut self, schema: &'s Value, depth: usize) -> Shape {
        if self.nodes == 0 || depth == DEPTH {
            return Shape::Any;
        }
        self.nodes -= 1;
        match schema {
            // No value at all, which adds nothing to what the alternatives may be.
            Value::Bool(false) => Shape::Null,
            Value::Object(schema) => self.object(schema, depth + 1),
            _ => Shape::Any,
        }
    }

    fn object(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let mut shape = self.own(schema, depth);
        if let Some(reference) = schema.get("$ref") {
            let Some(referred) = self.reference(reference, depth) else { return Shape::Any };
            shape = shape.and(referred);
        }
        for part in list(schema, "allOf") {
            shape = shape.and(self.read(part, depth));
        }
        for keyword in ["anyOf", "oneOf"] {
            if schema.contains_key(keyword) {
                shape = shape.and(self.any(list(schema, keyword), depth));
            }
        }
        shape
    }

    /// What the schema says by itself, without the schemas that it is composed of.
    fn own(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        match schema.get("type") {
            Some(Value::String(name)) => self.typed(name, schema, depth),
            Some(Value::Array(names)) => names
                .iter()
                .map(|name| self.typed(name.as_str().unwrap_or_default(), schema, depth))
                .reduce(Shape::or)
                .unwrap_or_default(),
            _ => {
                if let Some(value) = schema.get("const") {
                    Shape::from(value)
                } else if schema.contains_key("enum") {
                    list(schema, "enum").iter().map(Shape::from).reduce(Shape::or).unwrap_or_default()
                } else if schema.contains_key("properties") {
                    self.typed("object", schema, depth)
                } else if schema.contains_key("items") || schema.contains_key("prefixItems") {
                    self.typed("array", schema, depth)
                } else {
                    Shape::Any
                }
            }
        }
    }

    fn typed(&mut self, name: &str, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        match name {
            "null" => Shape::Null,
            "boolean" => Shape::Boolean,
            "integer" | "number" => Shape::Number,
            "string" => Shape::Text,
            "array" => Shape::list(self.items(schema, depth)),
            "object" => self.properties(schema, depth),
            _ => Shape::Any,
        }
    }

    fn items(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let first = match schema.get("items") {
            // As draft 7 writes a tuple.
            Some(Value::Array(items)) => items,
            _ => list(schema, "prefixItems"),
        };
        match schema.get("items") {
            Some(rest @ (Value::Object(_) | Value::Bool(_))) => self.any(first, depth).or(self.read(rest, depth)),
            _ if first.is_empty() => Shape::Any,
            _ => self.any(first, depth),
        }
    }

    fn properties(&mut self, schema: &'s Map<String, Value>, depth: usize) -> Shape {
        let properties = schema.get("properties").and_then(Value::as_object);
        let others = ["additionalProperties", "unevaluatedProperties"].map(|keyword| schema.get(keyword));
        let open = others.into_iter().flatten().any(|others| *others != Value::Bool(false))
            || OPENING.iter().any(|keyword| schema.contains_key(*keyword));
        let closed = !open && others.into_iter().any(|others| others.is_some());
        let entries: Vec<(String, Shape)> = properties
            .into_iter()
            .flatten()
            .map(|(name, property)| (name.clone(), self.read(property, depth)))
            .collect();
        if open {
            Shape::open_context(entries)
        } else if closed || !entries.is_empty() {
            Shape::context(entries)
        } else {
            Shape::Any
        }
    }

    /// What one of several schemas takes.
    fn any(&mut self, schemas: &'s [Value], depth: usize) -> Shape {
        schemas.iter().map(|schema| self.read(schema, depth)).reduce(Shape::or).unwrap_or(Shape::Null)
    }

    /// What a reference within the schema leads to; none if that is unknown, or within itself.
    fn reference(&mut self, reference: &'s Value, depth: usize) -> Option<Shape> {
        let reference = reference.as_str()?;
        let pointer = percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
        let referred = self.root.pointer(&pointer)?;
        if self.references.contains(&reference) {
            return None;
        }
        self.references.push(reference);
        let shape = self.read(referred, depth);
        self.references.pop();
        Some(shape)
    }
}

fn list<'s>(schema: &'s Map<String, Value>, keyword: &str) -> &'s [Value] {
    schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn closed<const N: usize>(entries: [(&str, Shape); N]) -> Shape {
        Shape::context(entries)
    }

    #[test]
    fn plain_types_are_their_own() {
        for (schema, expected) in [
            (json!(true), Shape::Any),
            (json!({}), Shape::Any),
            (json!("no schema"), Shape::Any),
            (json!({ "type": "string", "format": "date-time" }), Shape::Text),
            (json!({ "type": "integer" }), Shape::Number),
            (json!({ "type": "boolean" }), Shape::Boolean),
            (json!({ "type": "null" }), Shape::Null),
            (json!({ "type": ["string", "null"] }), Shape::Text),
            (json!({ "type": ["string", "integer"] }), Shape::Any),
            (json!({ "type": "integer", "enum": [1, 2] }), Shape::Number),
            (json!({ "enum": ["a", null] }), Shape::Text),
            (json!({ "const": { "a": [1] } }), closed([("a", Shape::list(Shape::Number))])),
        ] {
            assert_eq!(shape(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn lists_have_their_items() {
        for (schema, expected) in [
            (json!({ "type": "array" }), Shape::list(Shape::Any)),
            (json!({ "items": { "type": "string" } }), Shape::list(Shape::Text)),
            (json!({ "type": "array", "prefixItems": [{ "type": "string" }] }), Shape::list(Shape::Text)),
            (
                json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "null" } }),
                Shape::list(Shape::Text),
            ),
            (
                json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }] }),
                Shape::list(Shape::Any),
            ),
            (json!({ "type": "array", "items": false }), Shape::list(Shape::Null)),
        ] {
            assert_eq!(shape(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn an_object_is_what_it_lists_unless_it_says_otherwise() {
        let properties = json!({ "a": { "type": "string" } });
        let listed = || [("a", Shape::Text)];
        for (schema, expected) in [
            (json!({ "type": "object", "properties": properties }), closed(listed())),
            (json!({ "properties": properties, "additionalProperties": false }), closed(listed())),
            (json!({ "properties": properties, "additionalProperties": true }), Shape::open_context(listed())),
            (
                json!({ "properties": properties, "additionalProperties": { "type": "integer" } }),
                Shape::open_context(listed()),
            ),
            (json!({ "properties": properties, "patternProperties": { "^x": true } }), Shape::open_context(listed())),
            (json!({ "properties": properties, "unevaluatedProperties": {} }), Shape::open_context(listed())),
            (json!({ "type": "object", "additionalProperties": true }), Shape::open_context::<&str>([])),
            (json!({ "type": "object", "additionalProperties": false }), closed([])),
            (json!({ "type": "object" }), Shape::Any),
        ] {
            assert_eq!(shape(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn alternatives_have_the_entries_of_all() {
        let variant = |name: &str| json!({ "type": "object", "properties": { "kind": { "const": name }, name: {} } });
        let expected = closed([("kind", Shape::Text), ("a", Shape::Any), ("b", Shape::Any)]);
        for keyword in ["anyOf", "oneOf"] {
            assert_eq!(shape(&json!({ "type": "object", keyword: [variant("a"), variant("b")] })), expected);
        }
        let nullable = json!({ "anyOf": [variant("a"), { "type": "null" }] });
        assert_eq!(shape(&nullable), closed([("kind", Shape::Text), ("a", Shape::Any)]));
        assert_eq!(shape(&json!({ "anyOf": [variant("a"), { "type": "string" }] })), Shape::Any);
        assert_eq!(shape(&json!({ "anyOf": [variant("a"), true] })), Shape::Any);
    }

    #[test]
    fn parts_are_taken_together() {
        let schema = json!({
            "properties": { "a": { "type": "string" }, "c": {} },
            "allOf": [{ "properties": { "b": { "type": "integer" }, "c": { "type": "boolean" } } }],
        });
        assert_eq!(shape(&schema), closed([("a", Shape::Text), ("c", Shape::Boolean), ("b", Shape::Number)]));
        let open =
            json!({ "properties": { "a": true }, "allOf": [{ "type": "object", "additionalProperties": true }] });
        assert_eq!(shape(&open), Shape::open_context([("a", Shape::Any)]));
    }

    #[test]
    fn references_are_followed_once() {
        let schema = json!({
            "$ref": "#/$defs/Tree%20~1%20node",
            "$defs": {
                "Tree / node": {
                    "type": "object",
                    "properties": {
                        "name": { "$ref": "#/$defs/Name" },
                        "next": { "anyOf": [{ "$ref": "#/$defs/Tree%20~1%20node" }, { "type": "null" }] },
                    },
                },
                "Name": { "type": "string" },
            },
        });
        assert_eq!(shape(&schema), closed([("name", Shape::Text), ("next", Shape::Any)]));
        for unknown in ["#/$defs/None", "https://example.org/schema", "#anchor", "#"] {
            let schema = json!({ "properties": { "a": { "$ref": unknown } } });
            let shape = shape(&schema);
            let Shape::Context(context) = &shape else { panic!("{shape:?}") };
            assert_eq!(context.entries().len(), 1, "{unknown}");
        }
    }

    #[test]
    fn a_schema_without_end_is_looked_into_only_so_far() {
        let mut definitions = Map::new();
        for level in 0..60 {
            let next = json!({ "$ref": format!("#/$defs/{}", level + 1) });
            definitions.insert(level.to_string(), json!({ "properties": { "a": next, "b": next } }));
        }
        let wide = json!({ "$ref": "#/$defs/0", "$defs": definitions });
        assert!(matches!(shape(&wide), Shape::Context(_)));
        let deep = (0..1_000).fold(json!({}), |schema, _| json!({ "items": schema }));
        assert!(matches!(shape(&deep), Shape::List(_)));
    }
}
