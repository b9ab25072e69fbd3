//! Calls of functions.

use super::{Shape, names::Found, results, walk::Walk};
use crate::{
    builtins,
    engine::HostFunction,
    evaluate::fits,
    syntax::{Arguments, Call},
};

impl<'e> Walk<'e> {
    pub(super) fn call(&mut self, call: &'e Call) -> Shape {
        let arguments: Vec<Shape> = match &call.arguments {
            Arguments::Positional(nodes) => nodes.iter().map(|node| self.node(node)).collect(),
            Arguments::Named(named) => named.iter().map(|(_, node)| self.node(node)).collect(),
        };
        if let Some(of) = &call.of {
            self.node(of);
            return Shape::Any;
        }
        let name = call.name.of(self.source);
        if self.defines(name) {
            return Shape::Any;
        }
        let fits_builtin = call
            .builtins
            .iter()
            .any(|builtin| fits(&call.arguments, builtin.parameters, builtin.takes_any_number, self.source));
        if fits_builtin {
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

    /// Whether the expression may have a function of its own by this name. That it is there is enough, whatever its
    /// parameters; variables hold none.
    fn defines(&self, name: &str) -> bool {
        matches!(
            self.names.find(name),
            Some(Found { shape: Shape::Function, .. } | Found { shape: Shape::Any, variable: false, .. })
        )
    }
}
