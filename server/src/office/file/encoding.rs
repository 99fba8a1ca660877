//! UTF-8 or CP932 (Windows-31J, what Excel saves as CSV in Japan), found out by
//! reading the file once, and decoded piece by piece.

use std::{
    fmt,
    io::{self, BufRead, Read, Seek},
};

use encoding_rs::{CoderResult, Decoder, DecoderResult, SHIFT_JIS, UTF_8};

/// Read and decoded at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8WithBom,
    /// CP932; encoding_rs, like browsers, calls it Shift_JIS.
    Cp932,
    /// None: a workbook says so itself.
    Workbook,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithBom => "UTF-8（BOM付き）",
            Self::Cp932 => "CP932（Shift_JIS）",
            Self::Workbook => "Excelの表（.xlsx）",
        })
    }
}

impl Encoding {
    /// Reads the whole file and goes back to its start.
    ///
    /// Japanese text in CP932 is nowhere near UTF-8: hardly a character of it
    /// passes. So a file that is UTF-8 but for a few broken bytes is told from
    /// it, and those bytes become lines to mend.
    ///
    /// # Errors
    /// The file cannot be read, or is a pipe.
    pub fn detect(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let mut start = Vec::with_capacity(3);
        file.by_ref().take(3).read_to_end(&mut start)?;
        file.rewind()?;
        if start == b"\xEF\xBB\xBF" {
            return Ok(Self::Utf8WithBom);
        }
        let (faults, characters) = as_utf8(file)?;
        file.rewind()?;
        Ok(if faults == 0 || faults < characters {
            Self::Utf8
        } else {
            Self::Cp932
        })
    }

    fn decoder(self) -> Decoder {
        match self {
            Self::Utf8 | Self::Utf8WithBom | Self::Workbook => UTF_8.new_decoder_with_bom_removal(),
            Self::Cp932 => SHIFT_JIS.new_decoder_without_bom_handling(),
        }
    }
}

/// How many byte sequences of the rest of `file` are not UTF-8, and how many are
/// characters beyond ASCII.
fn as_utf8(file: &mut impl Read) -> io::Result<(u64, u64)> {
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut raw = vec![0; PIECE];
    let mut text = vec![0; PIECE];
    let (mut faults, mut characters) = (0, 0);
    loop {
        let read = read_some(file, &mut raw)?;
        let last = read == 0;
        let mut done = 0;
        loop {
            let (result, took, wrote) =
                decoder.decode_to_utf8_without_replacement(&raw[done..read], &mut text, last);
            done += took;
            characters += text[..wrote].iter().filter(|&&byte| byte >= 0xC0).count() as u64;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => faults += 1,
            }
        }
        if last {
            return Ok((faults, characters));
        }
    }
}

fn read_some(file: &mut impl Read, raw: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(raw) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// The text of a file, as UTF-8; what cannot be decoded is U+FFFD.
pub struct Decoded<R> {
    file: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_done: usize,
    raw_len: usize,
    at_end: bool,
    /// A decoder that has seen the end must not be asked again.
    decoder_ended: bool,
    text: Vec<u8>,
    text_done: usize,
    text_len: usize,
    bytes_read: u64,
}

impl<R: Read> Decoded<R> {
    /// The text of `file`, from where it stands.
    pub fn new(file: R, encoding: Encoding) -> Self {
        Self {
            file,
            decoder: encoding.decoder(),
            raw: vec![0; PIECE],
            raw_done: 0,
            raw_len: 0,
            at_end: false,
            decoder_ended: false,
            text: vec![0; PIECE],
            text_done: 0,
            text_len: 0,
            bytes_read: 0,
        }
    }

    /// Bytes of the file that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}

impl<R: Read> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.text_done == self.text_len && !self.decoder_ended {
            if self.raw_done == self.raw_len && !self.at_end {
                self.raw_len = read_some(&mut self.file, &mut self.raw)?;
                self.raw_done = 0;
                self.at_end = self.raw_len == 0;
                self.bytes_read += self.raw_len as u64;
            }
            let (result, took, wrote, _) = self.decoder.decode_to_utf8(
                &self.raw[self.raw_done..self.raw_len],
                &mut self.text,
                self.at_end,
            );
            self.raw_done += took;
            (self.text_done, self.text_len) = (0, wrote);
            self.decoder_ended = self.at_end && result == CoderResult::InputEmpty;
        }
        Ok(&self.text[self.text_done..self.text_len])
    }

    fn consume(&mut self, amount: usize) {
        self.text_done = (self.text_done + amount).min(self.text_len);
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let text = self.fill_buf()?;
        let amount = text.len().min(buf.len());
        buf[..amount].copy_from_slice(&text[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn decoded(bytes: &[u8]) -> (Encoding, String) {
        let mut file = Cursor::new(bytes);
        let encoding = Encoding::detect(&mut file).unwrap();
        let mut text = String::new();
        Decoded::new(file, encoding)
            .read_to_string(&mut text)
            .unwrap();
        (encoding, text)
    }

    #[test]
    fn the_same_text_comes_out_of_every_encoding() {
        let text = "記号,番号\n髙橋 﨑子,ﾀｶﾊｼ①㈱～\n";
        let cp932 = SHIFT_JIS.encode(text).0;
        assert_eq!(decoded(text.as_bytes()), (Encoding::Utf8, text.to_owned()));
        assert_eq!(
            decoded(format!("\u{FEFF}{text}").as_bytes()),
            (Encoding::Utf8WithBom, text.to_owned())
        );
        assert_eq!(decoded(&cp932), (Encoding::Cp932, text.to_owned()));
        assert_eq!(decoded(b""), (Encoding::Utf8, String::new()));
    }

    #[test]
    fn characters_across_the_border_of_two_pieces_stay_whole() {
        for shift in 0..4 {
            let text = format!(
                "{}{}",
                "x".repeat(PIECE - shift),
                "健保組合".repeat(PIECE / 8)
            );
            assert_eq!(decoded(text.as_bytes()).1, text);
            let (encoding, out) = decoded(&SHIFT_JIS.encode(&text).0);
            assert_eq!((encoding, out == text), (Encoding::Cp932, true));
        }
    }

    #[test]
    fn a_broken_byte_does_not_turn_utf_8_into_gibberish() {
        let mut broken = "記号,番号,枝番,氏名\n1001,12,00,健保太郎\n"
            .as_bytes()
            .to_vec();
        broken[1] = b'x';
        let (encoding, text) = decoded(&broken);
        assert_eq!(encoding, Encoding::Utf8);
        assert!(text.ends_with("健保太郎\n"), "{text}");
        assert!(text.contains('\u{FFFD}'));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            decoded(&bytes);
        }
    }
}
