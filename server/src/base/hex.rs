//! Bytes as hexadecimal digits.

/// Two digits a byte, in small letters.
pub fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that are written so; `None` for anything else.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let pairs = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]);
    Some(pairs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        assert_eq!(encoded(&[0, 10, 255]), "000aff");
        assert_eq!(decoded("000aFF"), Some(vec![0, 10, 255]));
        assert_eq!(decoded(""), Some(Vec::new()));
        for other in ["0", "0g", "０１", "0x01", " 01"] {
            assert_eq!(decoded(other), None, "{other}");
        }
    }
}
