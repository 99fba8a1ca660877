//! Full-width characters (全角), as a Japanese keyboard produces them, and the
//! half-width ones (半角) that were meant.

/// The half-width character that was meant by a full-width one; any other
/// character stays as it is.
///
/// Besides the full-width forms of ASCII (U+FF01–FF5E) and the ideographic
/// space these are what the keys `.` and `-` give in Japanese input: 。, ー, −.
pub fn half_width_char(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        'ー' | '\u{2212}' => '-',
        _ => c,
    }
}

/// Whether `half_width_char` would change something here.
pub fn has_full_width(typed: &str) -> bool {
    typed.chars().any(|c| half_width_char(c) != c)
}

/// What 「半角に直す」 puts into the field.
///
/// `None` where that would not help: nothing is full-width, or there are
/// characters that have no half-width form.
pub fn offer(typed: &str) -> Option<String> {
    let half: String = typed.chars().map(half_width_char).collect();
    (half != typed && half.is_ascii()).then_some(half)
}
