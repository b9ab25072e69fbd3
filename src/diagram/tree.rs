//! A BPMN file as a tree that knows where each tag stands. Only this module reads XML whose form matters.

use super::DiagramError;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use std::collections::HashMap;
use std::ops::Range;

const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
pub(crate) const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";

/// No diagram that somebody draws is nested deeper, and nobody downstream has to fear one that is.
const DEPTH: usize = 256;

/// The namespace of a name, whatever its prefix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// An attribute without a prefix belongs to its element.
    None,
    Bpmn,
    Zeebe,
    Other,
}

/// An attribute of a tag.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) space: Space,
    /// As it is written, with its prefix.
    pub(crate) name: String,
    pub(crate) value: String,
    /// From its name to behind the closing quote.
    pub(crate) span: Range<usize>,
}

/// An element of the XML.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) space: Space,
    /// As it is written, with its prefix.
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
    /// The start tag, or the only one.
    pub(crate) open: Range<usize>,
    /// The end tag; none where one tag is all.
    pub(crate) close: Option<Range<usize>>,
    pub(crate) parent: Option<usize>,
    pub(crate) children: Vec<usize>,
    /// Its text, without that of its children.
    pub(crate) text: String,
}

/// The elements of a file in the order of their start tags; the first is the outermost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    /// The first element of BPMN that has an id.
    ids: HashMap<String, usize>,
    /// Of messages and signals the elements that refer to them.
    referrers: HashMap<usize, Vec<usize>>,
    /// Whether the file says that it holds ASCII alone.
    pub(crate) is_ascii: bool,
}

/// What stands behind a name's prefix.
pub(crate) fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}

/// A name's prefix with its colon; nothing where it has none.
pub(crate) fn prefix(name: &str) -> &str {
    name.strip_suffix(local(name)).unwrap_or_default()
}

/// Whether attributes and elements of this name hold the id of another element.
fn is_reference(name: &str) -> bool {
    local(name).ends_with("Ref") || local(name) == "bpmnElement"
}

impl Attribute {
    /// Whether it is the attribute of this name that an element of the namespace has of its own.
    fn is_own(&self, space: Space, name: &str) -> bool {
        (self.space == Space::None || self.space == space) && local(&self.name) == name
    }
}

impl Node {
    pub(crate) fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && local(&self.name) == name
    }

    /// From its first byte to behind its last.
    pub(crate) fn span(&self) -> Range<usize> {
        self.open.start..self.close.as_ref().unwrap_or(&self.open).end
    }

    /// An attribute of the element's own namespace.
    pub(crate) fn own(&self, name: &str) -> Option<&str> {
        self.own_attribute(name).map(|attribute| attribute.value.as_str())
    }

    pub(crate) fn own_attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.is_own(self.space, name))
    }

    /// An attribute of Zeebe's on an element of BPMN.
    pub(crate) fn zeebe(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.space == Space::Zeebe && local(&attribute.name) == name)
    }

    /// Its own attributes, by their names without prefixes.
    pub(crate) fn own_attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.attributes.iter().filter(|one| one.space == Space::None || one.space == self.space);
        own.map(|attribute| (local(&attribute.name), attribute.value.as_str()))
    }
}

impl Tree {
    pub(crate) fn parse(text: &str) -> Result<Self, DiagramError> {
        // Modeler takes a byte order mark for nothing, and so does XML.
        let skipped = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let mut reader = NsReader::from_str(text.get(skipped..).unwrap_or_default());
        let mut builder = Builder { text, tree: Self::default(), open: Vec::new() };
        loop {
            let start = skipped + offset(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = skipped + offset(reader.error_position());
                    return Err(DiagramError::at(text, at, error.to_string()));
                }
            };
            let span = start..skipped + offset(reader.buffer_position());
            match event {
                Event::Start(tag) => builder.element(&reader, &tag, span, true)?,
                Event::Empty(tag) => builder.element(&reader, &tag, span, false)?,
                Event::End(_) => builder.end(span),
                Event::Text(read) => builder.text(&read, &span)?,
                Event::CData(read) => builder.text(&read, &span)?,
                Event::GeneralRef(read) => {
                    let raw = format!("&{};", &*read);
                    let value = unescape(&raw).map_err(|error| builder.fault(start, error.to_string()))?;
                    builder.text(&value, &span)?;
                }
                Event::Eof => return builder.finished(),
                Event::Decl(declaration) => {
                    if let Some(encoding) = declaration.encoding() {
                        let encoding = encoding.map_err(|error| builder.fault(start, error.to_string()))?;
                        builder.encoding(&encoding, start)?;
                    }
                }
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    pub(crate) fn children(&self, node: &Node) -> impl Iterator<Item = &Node> {
        node.children.iter().filter_map(|child| self.nodes.get(*child))
    }

    /// The first child of this name.
    pub(crate) fn child(&self, node: &Node, space: Space, name: &str) -> Option<&Node> {
        self.children(node).find(|child| child.is(space, name))
    }

    /// The first extension of this name.
    pub(crate) fn extension(&self, node: &Node, name: &str) -> Option<&Node> {
        self.child(self.child(node, Space::Bpmn, "extensionElements")?, Space::Zeebe, name)
    }

    /// The element of BPMN that has this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// The elements that refer to a message or signal, in the order of the file.
    pub(crate) fn referrers(&self, index: usize) -> impl Iterator<Item = &Node> {
        self.referrers.get(&index).into_iter().flatten().filter_map(|referrer| self.node(*referrer))
    }

    /// Finds who refers to messages and signals: by an attribute, or by an element of its own.
    fn find_referrers(&mut self) {
        let is_referred =
            |node: &&usize| self.node(**node).is_some_and(|node| matches!(local(&node.name), "message" | "signal"));
        let mut referrers: HashMap<usize, Vec<usize>> =
            self.ids.values().filter(is_referred).map(|index| (*index, Vec::new())).collect();
        if referrers.is_empty() {
            return;
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let attributes = node.attributes.iter().filter(|attribute| is_reference(&attribute.name));
            let by_attributes = attributes.map(|attribute| (index, &attribute.value));
            let by_text = node.parent.filter(|_| is_reference(&node.name)).map(|parent| (parent, &node.text));
            for (referrer, id) in by_attributes.chain(by_text) {
                // An id may be written with the prefix of the file's own namespace.
                let known = self.ids.get(local(id.trim())).and_then(|referred| referrers.get_mut(referred));
                if let Some(known) = known.filter(|known| known.last() != Some(&referrer)) {
                    known.push(referrer);
                }
            }
        }
        self.referrers = referrers;
    }
}

/// Positions in a text that is in memory fit.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn space(resolved: &ResolveResult<'_>) -> Space {
    match resolved {
        ResolveResult::Bound(Namespace(name)) => match *name {
            BPMN => Space::Bpmn,
            ZEEBE => Space::Zeebe,
            _ => Space::Other,
        },
        ResolveResult::Unbound => Space::None,
        ResolveResult::Unknown(_) => Space::Other,
    }
}

struct Builder<'a> {
    text: &'a str,
    tree: Tree,
    /// The elements that are not yet closed.
    open: Vec<usize>,
}

impl Builder<'_> {
    fn fault(&self, at: usize, reason: impl Into<String>) -> DiagramError {
        DiagramError::at(self.text, at, reason)
    }

    /// What is read and written is UTF-8, which other programs would take for something else.
    fn encoding(&mut self, encoding: &str, at: usize) -> Result<(), DiagramError> {
        match encoding.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "utf_8" => {}
            "us-ascii" | "ascii" if self.text.is_ascii() => self.tree.is_ascii = true,
            "us-ascii" | "ascii" => return Err(self.fault(at, format!("it says that it is in {encoding}, and is not"))),
            _ => {
                let reason = format!(
                    "it says that it is in {encoding}, and only UTF-8 is read: save it in UTF-8, as Modeler does, and say so"
                );
                return Err(self.fault(at, reason));
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        reader: &NsReader<&[u8]>,
        tag: &BytesStart<'_>,
        span: Range<usize>,
        has_content: bool,
    ) -> Result<(), DiagramError> {
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            return Err(self.fault(span.start, "there is a second outermost element"));
        }
        if self.open.len() >= DEPTH {
            return Err(self.fault(span.start, format!("it is nested more than {DEPTH} deep")));
        }
        let resolver = reader.resolver();
        let index = self.tree.nodes.len();
        let node = Node {
            space: space(&resolver.resolve_element(tag.name()).0),
            name: tag.name().as_ref().to_owned(),
            attributes: self.attributes(reader, tag, span.start)?,
            open: span,
            close: None,
            parent: self.open.last().copied(),
            children: Vec::new(),
            text: String::new(),
        };
        if let Some(parent) = node.parent.and_then(|parent| self.tree.nodes.get_mut(parent)) {
            parent.children.push(index);
        }
        if let Some(id) = node.own("id").filter(|_| node.space == Space::Bpmn) {
            self.tree.ids.entry(id.to_owned()).or_insert(index);
        }
        self.tree.nodes.push(node);
        if has_content {
            self.open.push(index);
        }
        Ok(())
    }

    fn attributes(
        &self,
        reader: &NsReader<&[u8]>,
        tag: &BytesStart<'_>,
        start: usize,
    ) -> Result<Vec<Attribute>, DiagramError> {
        let mut attributes = Vec::new();
        // Behind `<` and the name; the tag's text is the file's.
        let mut at = start + 1 + tag.name().as_ref().len();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| {
                // Without the parser's own count of bytes.
                let reason = error.to_string();
                let reason = reason.split_once(": ").map_or(reason.as_str(), |(_, reason)| reason);
                self.fault(self.next(at), reason)
            })?;
            let (name, raw) = (attribute.key.as_ref(), &*attribute.value);
            let span = self.place(at, name, raw).ok_or_else(|| self.fault(at, "an attribute cannot be read"))?;
            let value = unescape(raw).map_err(|error| self.fault(span.start, error.to_string()))?.into_owned();
            at = span.end;
            let space = if attribute.key.as_namespace_binding().is_some() {
                Space::Other
            } else {
                space(&reader.resolver().resolve_attribute(attribute.key).0)
            };
            attributes.push(Attribute { space, name: name.to_owned(), value, span });
        }
        Ok(attributes)
    }

    /// The next byte that is no white space.
    fn next(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.len() - rest.trim_start().len()
    }

    /// Where an attribute stands that is the next one from a byte on.
    fn place(&self, from: usize, name: &str, raw: &str) -> Option<Range<usize>> {
        let start = self.next(from);
        let rest = self.text.get(start..)?.strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start();
        let rest = rest.get(1..)?.strip_prefix(raw)?.get(1..)?;
        Some(start..self.text.len() - rest.len())
    }

    fn end(&mut self, span: Range<usize>) {
        // The parser has seen that it is the end of what is open.
        if let Some(node) = self.open.pop().and_then(|index| self.tree.nodes.get_mut(index)) {
            node.close = Some(span);
        }
    }

    fn text(&mut self, text: &str, span: &Range<usize>) -> Result<(), DiagramError> {
        match self.open.last().and_then(|index| self.tree.nodes.get_mut(*index)) {
            Some(node) => node.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.fault(span.start, "there is text outside of the outermost element")),
        }
        Ok(())
    }

    fn finished(mut self) -> Result<Tree, DiagramError> {
        if let Some(node) = self.open.last().and_then(|index| self.tree.nodes.get(*index)) {
            return Err(self.fault(node.open.start, format!("`{}` is not closed", node.name)));
        }
        if self.tree.nodes.is_empty() {
            return Err(self.fault(0, "there is no element"));
        }
        self.tree.find_referrers();
        Ok(self.tree)
    }
}
