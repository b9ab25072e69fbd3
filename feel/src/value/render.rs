//! Values as text: what `string()` gives, and an exact form for tests.

use std::fmt::{self, Write};

use super::{Context, List, Range, Value, deeper};

/// Gives up once the text is this long.
pub(crate) struct TooLong;

struct Bounded {
    text: String,
    limit: usize,
}

impl Bounded {
    fn push(&mut self, text: &str) -> Result<(), TooLong> {
        if self.text.len() + text.len() > self.limit {
            return Err(TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// What `string()` gives for anything but a string, as feel-scala prints values.
pub(crate) fn feel_string(value: &Value<'_>, limit: usize) -> Result<String, TooLong> {
    let mut out = Bounded { text: String::new(), limit };
    write_value(value, &mut out)?;
    Ok(out.text)
}

fn write_value(value: &Value<'_>, out: &mut Bounded) -> Result<(), TooLong> {
    match value {
        Value::Null => out.push("null"),
        Value::Boolean(value) => out.push(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push(&number.to_string()),
        Value::Text(text) => {
            out.push("\"")?;
            out.push(text)?;
            out.push("\"")
        }
        Value::Temporal(temporal) => out.push(&temporal.to_feel_string()),
        Value::List(list) => {
            out.push("[")?;
            for (index, item) in list.iter().enumerate() {
                out.push(if index == 0 { "" } else { ", " })?;
                deeper(|| write_value(&item, out))?;
            }
            out.push("]")
        }
        Value::Context(context) => {
            out.push("{")?;
            for (index, (name, value)) in context.entries().iter().enumerate() {
                out.push(if index == 0 { "" } else { ", " })?;
                out.push(name)?;
                out.push(":")?;
                deeper(|| write_value(value, out))?;
            }
            out.push("}")
        }
        Value::Function(function) => out.push(&format!("function({})", function.parameters().join(", "))),
        Value::Range(range) => write_range(range, out),
        Value::Error(error) => out.push(&format!("error(\"{}\")", error.message())),
    }
}

fn write_range(range: &Range<'_>, out: &mut Bounded) -> Result<(), TooLong> {
    out.push(if range.start.closed { "[" } else { "(" })?;
    write_value(&range.start.value, out)?;
    out.push("..")?;
    write_value(&range.end.value, out)?;
    out.push(if range.end.closed { "]" } else { ")" })
}

/// The type and the exact value: `number(1.50)`, `string("a")`, `day time(PT1H)`.
pub(super) fn debug(value: &Value<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Boolean(value) => write!(f, "{value}"),
        Value::Number(number) => write!(f, "number({number})"),
        Value::Text(text) => {
            f.write_str("string(")?;
            json_string(text, f)?;
            f.write_str(")")
        }
        Value::Temporal(temporal) => write!(f, "{}({})", temporal.kind().label(), temporal.to_java_string()),
        Value::List(List::Json(items)) => f.debug_list().entries(items.iter().map(Value::from)).finish(),
        Value::List(List::Shared(items)) => f.debug_list().entries(&items.values).finish(),
        Value::Context(context) => debug_context(context, f),
        Value::Function(function) => write!(f, "function({})", function.parameters().join(", ")),
        Value::Range(range) => {
            f.write_str(if range.start.closed { "range([" } else { "range((" })?;
            write!(f, "{:?} .. {:?}", range.start.value, range.end.value)?;
            f.write_str(if range.end.closed { "])" } else { "))" })
        }
        Value::Error(error) => {
            f.write_str("error(")?;
            json_string(error.message(), f)?;
            f.write_str(")")
        }
    }
}

fn debug_context(context: &Context<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("{")?;
    for (index, (name, value)) in context.entries().iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        json_string(name, f)?;
        deeper(|| write!(f, ": {value:?}"))?;
    }
    f.write_str("}")
}

/// A JSON string in ASCII, so that any text can be compared across programs.
fn json_string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some(c @ ('"' | '\\')) => write!(f, "\\{c}")?,
            Some('\n') => f.write_str("\\n")?,
            Some('\r') => f.write_str("\\r")?,
            Some('\t') => f.write_str("\\t")?,
            Some('\u{8}') => f.write_str("\\b")?,
            Some('\u{c}') => f.write_str("\\f")?,
            Some(c @ ' '..='\u{7f}') => f.write_char(c)?,
            _ => write!(f, "\\u{unit:04x}")?,
        }
    }
    f.write_char('"')
}
