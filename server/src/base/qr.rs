//! QR codes (ISO/IEC 18004) as one path, for a page without inline styles.

use std::fmt::Write;

use domain::values::drawing::QrCode;
use qrcodegen::QrCodeEcc;

use crate::base::fault::InternalError;

/// White around it, in modules: without it a camera does not find the code.
const MARGIN: i32 = 4;

/// Draws a text.
///
/// # Errors
/// A text that is too long for any QR code.
pub fn draw(text: &str) -> Result<QrCode, InternalError> {
    let code = qrcodegen::QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|error| InternalError::Other(format!("no QR code: {error}")))?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size())
                .take_while(|&x| code.get_module(x, y))
                .count();
            let dark = i32::try_from(dark).unwrap_or_default();
            if dark > 0 {
                // A run of dark modules in a row is one rectangle.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + MARGIN, y + MARGIN);
            }
            x += dark.max(1);
        }
    }
    Ok(QrCode {
        side: code.size() + 2 * MARGIN,
        path,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The three corners by which a camera finds it, in the first row.
    #[test]
    fn a_code_is_drawn_as_rectangles_within_its_margin() {
        let code = draw("otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(code.path.starts_with("M4 4h7v1h-7z"), "{}", code.path);
        let last = code.side - 4 - 7;
        assert!(code.path.contains(&format!("M{last} 4h7v1h-7z")));
        assert!(code.path.contains(&format!("M4 {last}h7v1h-7z")));
        assert!(draw(&"x".repeat(5000)).is_err());
    }
}
