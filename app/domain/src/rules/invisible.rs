//! Characters that nobody can see.

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
