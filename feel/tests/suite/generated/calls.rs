//! Calls of functions, and what may stand around any expression.

use super::{
    grammar::Grammar,
    kind::{FUNCTIONS, Kind, Signature},
    literals,
};

impl Grammar {
    /// The kind within something that takes any kind.
    pub(super) fn wrapped(&mut self, kind: Kind, depth: usize) -> String {
        let value = self.expression(kind, depth);
        match self.random.below(8) {
            0 | 1 => {
                let (condition, other) = (self.expression(Kind::Boolean, depth), self.expression(kind, depth));
                self.words(&["if", &condition, "then", &value, "else", &other])
            }
            2 => format!("({value})"),
            3 => format!("[{value}, {}][{}]", self.leaf(kind), literals::small(&mut self.random)),
            4 => format!("{{a: {value}, b: a}}.{}", self.random.pick(&["a", "b", "c"])),
            5 => format!("get or else({value}, {})", self.leaf(kind)),
            6 => {
                let argument = self.expression(Kind::Number, depth);
                let name = self.fresh();
                self.scope.push((name.clone(), Kind::Number));
                let body = self.expression(kind, depth);
                self.scope.pop();
                let call =
                    if self.random.chance(30) { format!("f({name}: {argument})") } else { format!("f({argument})") };
                format!("{{f: function({name}) {body}, r: {call}}}.r")
            }
            _ => format!("{{o: {{x: {value}}}, r: o.x}}.r"),
        }
    }

    pub(super) fn call_giving(&mut self, kind: Kind, depth: usize) -> String {
        let fitting: Vec<&Signature> =
            FUNCTIONS.iter().filter(|function| function.gives == kind || function.gives == Kind::Any).collect();
        let all: Vec<&Signature> = FUNCTIONS.iter().collect();
        let fits = !fitting.is_empty() && self.random.chance(85);
        let function = self.random.pick(if fits { &fitting } else { &all });
        self.call(function, depth)
    }

    pub(crate) fn call(&mut self, function: &Signature, depth: usize) -> String {
        let mut arguments: Vec<String> =
            function.parameters.iter().map(|(_, kind)| self.expression(*kind, depth)).collect();
        if let (true, Some((_, last))) = (function.takes_any_number, function.parameters.last()) {
            for _ in 0..self.random.below(3) {
                arguments.push(self.expression(*last, depth));
            }
        } else if self.random.chance(15) {
            let named = function.parameters.iter().zip(&arguments).map(|((name, _), value)| format!("{name}: {value}"));
            arguments = named.collect();
            if self.random.chance(20) {
                arguments.reverse();
            }
        }
        if self.random.chance(3) {
            arguments.pop();
        } else if self.random.chance(2) {
            arguments.push(self.expression(Kind::Any, 0));
        }
        format!("{}({})", function.name, arguments.join(&format!(",{}", self.blank())))
    }
}
