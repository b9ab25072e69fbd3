//! Calls of functions.

use super::{Shape, results, walk::Walk};
use crate::{
    builtins::{self, Builtin},
    engine::HostFunction,
    evaluate::fits,
    syntax::{Arguments, Call, Node},
};

/// The functions that are there to ask whether there is such a value: it is their first argument, `value`.
const ASKING: [&str; 2] = ["is defined", "get or else"];

/// Which arguments may be missing.
#[derive(Clone, Copy)]
enum Asked {
    None,
    Value,
    All,
}

impl<'e> Walk<'e> {
    /// `is_asked`: whether what it gives may be missing, and so each of what `get or else` may give.
    pub(super) fn call(&mut self, call: &'e Call, is_asked: bool) -> Shape {
        let name = call.name.of(self.source);
        let is_own = self.names.defines(name);
        let asked = match call.of.is_none() && !is_own && ASKING.contains(&name) {
            true if is_asked => Asked::All,
            true => Asked::Value,
            false => Asked::None,
        };
        let arguments = self.arguments(&call.arguments, asked);
        if let Some(of) = &call.of {
            self.node(of);
            return Shape::Any;
        }
        if is_own {
            return Shape::Any;
        }
        let builtin = call
            .builtins
            .iter()
            .find(|builtin| fits(&call.arguments, builtin.parameters, builtin.takes_any_number, self.source));
        if let Some(builtin) = builtin {
            let arguments = self.in_order(builtin, &call.arguments, arguments);
            return results::of_builtin(name, arguments, |one, other| self.either(one, other));
        }
        let hosts: Vec<&HostFunction> =
            self.engine.functions().iter().filter(|function| function.name() == name).collect();
        if hosts.iter().any(|function| fits(&call.arguments, function.parameters(), false, self.source)) {
            return Shape::Any;
        }
        let (message, suggestion) = if call.builtins.is_empty() && hosts.is_empty() {
            let known = builtins::names().chain(self.engine.functions().iter().map(HostFunction::name));
            (format!("there is no function `{name}`"), self.meant(name, known))
        } else {
            let forms: Vec<String> = call
                .builtins
                .iter()
                .map(|builtin| builtin.parameters.join(", "))
                .chain(hosts.iter().map(|host| host.parameters().join(", ")))
                .map(|parameters| format!("`{name}({parameters})`"))
                .collect();
            (format!("`{name}` does not take these arguments; there is {}", forms.join(", ")), None)
        };
        self.tell(call.name, message, suggestion);
        Shape::Any
    }

    fn arguments(&mut self, arguments: &'e Arguments, asked: Asked) -> Vec<Shape> {
        let source = self.source;
        let mut walk = |node: &'e Node, is_value: bool| match asked {
            Asked::All => self.asked(node),
            Asked::Value if is_value => self.asked(node),
            Asked::Value | Asked::None => self.node(node),
        };
        match arguments {
            Arguments::Positional(nodes) => {
                nodes.iter().enumerate().map(|(place, node)| walk(node, place == 0)).collect()
            }
            Arguments::Named(named) => {
                named.iter().map(|(name, node)| walk(node, name.of(source) == "value")).collect()
            }
        }
    }

    /// The arguments in the order of the parameters, however they are given.
    fn in_order(&self, builtin: &Builtin, arguments: &Arguments, shapes: Vec<Shape>) -> Vec<Shape> {
        let Arguments::Named(named) = arguments else { return shapes };
        let shape = |parameter: &&str| {
            let place = named.iter().rposition(|(name, _)| name.of(self.source) == *parameter);
            place.and_then(|place| shapes.get(place)).cloned().unwrap_or(Shape::Null)
        };
        builtin.parameters.iter().map(shape).collect()
    }
}
