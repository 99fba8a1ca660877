//! Characters that nobody can see.

/// Whether a text has characters that nobody can see. One is seen by what it does: the
/// joiner (U+200D) between the pictures of one emoji, such as a family's.
pub fn has_invisible(text: &str) -> bool {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = c == '\u{200D}'
            && before.is_some_and(|c| is_picture(c) || matches!(c, '\u{FE0F}'))
            && chars.peek().copied().is_some_and(is_picture);
        if is_invisible(c) && !joins {
            return true;
        }
        before = Some(c);
    }
    false
}

/// Whether this can be a part of an emoji: a picture, a sign such as ♂, a tone of skin.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2190}'..='\u{2BFF}')
}

/// Whether this is a control, a bidi-control or a zero-width character, or
/// another one that leaves no mark. Spaces are not among them.
///
/// Variation selectors are not either: phones put them behind emoji and
/// Japanese names need them for the right form of a character.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' | '\u{FFFD}'
            // Hangul and Khmer fillers
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{3164}' | '\u{FFA0}'
            // zero width, marks of direction, line separators, embeddings
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            // joiners, isolates, and what Unicode has withdrawn
            | '\u{2060}'..='\u{206F}'
            // annotations, tags
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}
