//! URL templates such as `/workflows({workflowId})/Microsoft.Dynamics.CRM.RunDesktopFlow`.
//!
//! One parsed form, two interpreters: the dispatcher fills it in with values, the hosted element
//! template writes it as FEEL.

/// A parsed URL template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate(pub Vec<Piece>);

/// A part of a URL template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that is sent as it stands.
    Literal(String),
    /// The value of the field with this name in JSON.
    Field(String),
}

impl UrlTemplate {
    /// Reads a template; `None` if a brace is not closed or was never opened.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            if literal.contains('}') || name.contains('{') {
                return None;
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            pieces.push(Piece::Field(name.to_owned()));
            rest = after;
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Some(Self(pieces))
    }

    /// The fields that the template uses, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Field(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_their_order() {
        let template = UrlTemplate::parse("/a({id})/b").expect("a sound template");
        let literal = |text: &str| Piece::Literal(text.to_owned());
        assert_eq!(template.0, [literal("/a("), Piece::Field("id".to_owned()), literal(")/b")]);
        assert_eq!(template.fields().collect::<Vec<_>>(), ["id"]);
    }

    #[test]
    fn unbalanced_braces_are_no_template() {
        for text in ["/a{id", "/a}id", "/a{b{c}}", "}{"] {
            assert_eq!(UrlTemplate::parse(text), None, "{text}");
        }
    }
}
