//! Text on its way into HTML that is written here.

/// A text that can stand between elements and in a quoted attribute.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_html_is_a_character_like_others() {
        assert_eq!(
            escaped("<a href=\"x\">'&amp;'"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;"
        );
    }
}
