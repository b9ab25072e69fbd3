//! Any text as Markdown that shows that text, in a line: nothing in it is taken for markup.

/// A text. Words between backticks stay code.
pub(super) fn escaped(text: &str) -> String {
    let text = folded(text);
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    // Backticks pair up where each stands alone and none is left over. Code loses spaces at its ends.
    let is_code = |part: &str| !part.is_empty() && part.trim() == part;
    let is_paired = parts.len() % 2 == 1
        && parts.iter().enumerate().all(|(index, part)| match index % 2 {
            1 => is_code(part),
            _ => !part.is_empty() || index == 0 || index == last,
        });
    let marked = if is_paired {
        let part = |(index, part): (usize, &&str)| {
            if index % 2 == 1 { format!("`{part}`") } else { plain(part) }
        };
        parts.iter().enumerate().map(part).collect()
    } else {
        plain(&text)
    };
    // At the beginning of a line, these would begin a list or a quotation.
    let digits = marked.len() - marked.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    match marked[digits..].chars().next() {
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &marked[..digits], &marked[digits..]),
        Some('+' | '-' | '=' | '>') if digits == 0 => format!("\\{marked}"),
        _ => marked,
    }
}

/// A text as code.
pub(super) fn code(text: &str) -> String {
    let text = folded(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.is_empty() || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// All white space is a space, and there is none at the ends.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let is_markup = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '#' | '~' | '$' | '|' => true,
            '_' => !(before.is_alphanumeric() && after.is_alphanumeric()),
            '&' => after == '#' || after.is_ascii_alphabetic(),
            _ => false,
        };
        if is_markup {
            plain.push('\\');
        }
        plain.push(letter);
        before = letter;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    /// The text of a paragraph, with its code; none if there is anything else.
    fn read(markdown: &str) -> Option<String> {
        let mut text = String::new();
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_MATH;
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(part) | Event::Code(part) => text += &part,
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                _ => return None,
            }
        }
        Some(text)
    }

    #[test]
    fn markup_is_shown_and_code_stays_code() {
        for (text, expected) in [
            ("`a*b` cannot be *chosen*\n any more", "`a*b` cannot be \\*chosen\\* any more"),
            ("a `b", "a \\`b"),
            ("a ``b`` c", "a \\`\\`b\\`\\` c"),
            ("# <b>&amp; & a_b _c_", "\\# \\<b>\\&amp; & a_b \\_c\\_"),
            ("1. one", "1\\. one"),
            ("- one", "\\- one"),
            ("C:\\n [x](y)", "C:\\\\n \\[x\\](y)"),
        ] {
            assert_eq!(escaped(text), expected);
        }
        for (text, expected) in [("a.b", "`a.b`"), ("a`b", "``a`b``"), ("`", "`` ` ``")] {
            assert_eq!(code(text), expected);
        }
    }

    proptest! {
        #[test]
        fn a_text_is_what_is_shown(text in "[-a1 `*_<>#&;\\[\\]()!~|$+=.:\\\\\n\"']{0,12}") {
            // Which backticks are code, the rows above tell.
            let without = |text: &str| text.replace('`', "");
            let marked = escaped(&text);
            prop_assert_eq!(read(&marked).as_deref().map(without), Some(without(&folded(&text))), "{}", marked);
        }
    }
}
