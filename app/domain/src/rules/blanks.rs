//! Blanks (空白) around what was typed: a paste, or a keyboard that completes words, leaves
//! them there unseen.

/// Without the blanks around it. A line break is none: whoever posts one has typed no field.
pub fn trimmed(typed: &str) -> &str {
    typed.trim_matches(|c: char| c.is_whitespace() && !c.is_control())
}
