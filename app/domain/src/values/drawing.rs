//! What a page draws.

/// A QR code: its dark parts as the data of one SVG path, in a square whose side is so many
/// units, the white margin included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// The square's side.
    pub side: i32,
    /// The path's data.
    pub path: String,
}
