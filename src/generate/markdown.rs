//! Doc comments are Markdown; Modeler shows HTML of a few elements.

use pulldown_cmark::{Options, Parser, html};

/// The same Markdown with each paragraph on one line.
pub(crate) fn unwrap_lines(markdown: &str) -> String {
    let mut output = String::new();
    for line in markdown.lines() {
        let starts_block = line.is_empty()
            || line.starts_with([' ', '-', '*', '#', '|', '>', '`'])
            || line.starts_with(|first: char| first.is_ascii_digit());
        if !output.is_empty() {
            output.push(if starts_block || output.ends_with('\n') { '\n' } else { ' ' });
        }
        output.push_str(line);
    }
    output
}

/// The first paragraph.
pub(crate) fn first_paragraph(markdown: &str) -> &str {
    markdown.split("\n\n").next().unwrap_or_default()
}

/// The first paragraph as HTML without the enclosing `<p>`, for a property's description.
pub(crate) fn inline_html(markdown: &str) -> String {
    let text = unwrap_lines(first_paragraph(markdown));
    let mut output = String::new();
    html::push_html(&mut output, Parser::new_ext(&text, Options::empty()));
    let output = output.trim();
    output.strip_prefix("<p>").and_then(|inner| inner.strip_suffix("</p>")).unwrap_or(output).to_owned()
}

/// Names and the first paragraphs of what they mean, as an HTML list.
pub(crate) fn definition_list<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let items: Vec<String> = entries
        .map(|(name, meaning)| {
            format!("<li>{}</li>", inline_html(&format!("**{name}**: {}", first_paragraph(meaning))))
        })
        .collect();
    if items.is_empty() { String::new() } else { format!("<ul>{}</ul>", items.concat()) }
}

/// The first paragraph without markup, for a template's own description.
pub(crate) fn plain(markdown: &str) -> String {
    let text = unwrap_lines(first_paragraph(markdown));
    Parser::new_ext(&text, Options::empty())
        .filter_map(|event| match event {
            pulldown_cmark::Event::Text(text) | pulldown_cmark::Event::Code(text) => Some(text.into_string()),
            pulldown_cmark::Event::SoftBreak | pulldown_cmark::Event::HardBreak => Some(" ".to_owned()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_joined_and_lists_are_kept() {
        assert_eq!(unwrap_lines("one\ntwo\n\nthree\n- four\n- five"), "one two\n\nthree\n- four\n- five");
    }

    #[test]
    fn html_is_what_modeler_shows() {
        assert_eq!(
            inline_html("See [the\npage](https://x.y) or `a<b`.\n\nMore."),
            "See <a href=\"https://x.y\">the page</a> or <code>a&lt;b</code>."
        );
        assert_eq!(plain("See [the\npage](https://x.y)."), "See the page.");
    }
}
