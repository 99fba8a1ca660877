//! The kinds of files that are given to members, by their endings.

/// An ending, what such a file is, and how it begins.
const KINDS: [(&str, &str, &[u8]); 6] = [
    ("pdf", "application/pdf", b"%PDF-"),
    ("png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", "image/jpeg", b"\xff\xd8\xff"),
    ("jpeg", "image/jpeg", b"\xff\xd8\xff"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04",
    ),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
];

/// The media type of a file of that name; `None` for one that is not taken.
pub fn media_type(name: &str) -> Option<&'static str> {
    kind(name).map(|(media_type, _)| media_type)
}

/// The media type, and how such a file begins.
pub fn kind(name: &str) -> Option<(&'static str, &'static [u8])> {
    let (_, ending) = name.rsplit_once('.')?;
    KINDS
        .iter()
        .find(|(known, ..)| ending.eq_ignore_ascii_case(known))
        .map(|&(_, media_type, begins)| (media_type, begins))
}
