//! Reads JSON more strictly than `serde_json::Value` does.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// JSON in which no object names a member twice: which of the two is meant, nobody can tell.
pub(super) struct OnlyOnce(pub(super) Value);

impl<'de> Deserialize<'de> for OnlyOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl<'de> Visitor<'de> for AnyValue {
            type Value = OnlyOnce;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }

            fn visit_unit<E>(self) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(Value::Null))
            }

            fn visit_bool<E>(self, value: bool) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<OnlyOnce, E> {
                Ok(OnlyOnce(value.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OnlyOnce, A::Error> {
                let mut list = Vec::new();
                while let Some(OnlyOnce(item)) = items.next_element()? {
                    list.push(item);
                }
                Ok(OnlyOnce(list.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<OnlyOnce, A::Error> {
                let mut object = Map::new();
                while let Some(name) = members.next_key::<String>()? {
                    if object.contains_key(&name) {
                        return Err(A::Error::custom("twice"));
                    }
                    let OnlyOnce(value) = members.next_value()?;
                    object.insert(name, value);
                }
                Ok(OnlyOnce(object.into()))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}
