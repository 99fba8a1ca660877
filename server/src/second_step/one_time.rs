//! One-time codes as RFC 6238 has them, with what every app knows: SHA-1, six digits, and a
//! new code every 30 seconds. (SHA-1 is broken where somebody looks for two texts of one
//! hash; a keyed code does not rest on that, RFC 6238 and RFC 6151.)

use domain::values::timestamp::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretBox};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// As long as SHA-1's result (RFC 4226, section 4).
const BYTES: usize = 20;
/// In milliseconds.
const STEP: i64 = 30_000;
/// A clock may be one step off, either way; more would let each code live for longer.
const DRIFT: i64 = 1;
/// Base 32 (RFC 4648), as apps take it.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// What stands as itself in an address (RFC 3986).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What an app and we share.
#[derive(Debug)]
pub(super) struct OneTimeSecret(SecretBox<[u8; BYTES]>);

impl OneTimeSecret {
    /// Of 160 bits that nobody can guess.
    pub(super) fn new(bytes: [u8; BYTES]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// To type into an app: 32 letters and digits.
    pub(super) fn base32(&self) -> String {
        let bits = |chunk: &[u8]| {
            chunk
                .iter()
                .fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
        };
        let letter =
            |bits: u64, place: u32| char::from(LETTERS[(bits >> (5 * place) & 31) as usize]);
        self.bytes()
            .chunks(5)
            .flat_map(|chunk| (0..8).rev().map(move |place| letter(bits(chunk), place)))
            .collect()
    }

    /// The address that an app reads from the QR code. `issuer` and `label` are what it
    /// shows: the portal's name, and whose codes these are.
    pub(super) fn uri(&self, issuer: &str, label: &str) -> String {
        let encoded = |text| utf8_percent_encode(text, ENCODED);
        format!(
            "otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm=SHA1\
             &digits=6&period=30",
            issuer = encoded(issuer),
            label = encoded(label),
            secret = self.base32(),
        )
    }

    /// The step whose code this is, of the present one and its neighbours. Which of them it
    /// is, or that it is none, takes the same time to find.
    pub(super) fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let present = step(now);
        let mut found = i64::MIN;
        for step in present - DRIFT..=present + DRIFT {
            let is_same: Choice = self.code(step).as_bytes().ct_eq(code.as_bytes());
            found.conditional_assign(&step, is_same);
        }
        (found != i64::MIN).then_some(found)
    }

    /// The code of one step (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> String {
        let mut mac = <Hmac<Sha1> as KeyInit>::new(&block(self.bytes()).into());
        mac.update(&step.to_be_bytes());
        let hash: [u8; BYTES] = mac.finalize().into_bytes().into();
        let place = usize::from(hash[BYTES - 1] & 15);
        let word = hash[place..place + 4]
            .iter()
            .fold(0_u32, |all, byte| all << 8 | u32::from(*byte));
        format!("{:06}", (word & 0x7FFF_FFFF) % 1_000_000)
    }
}

/// Steps since 1970.
fn step(now: Timestamp) -> i64 {
    now.0.div_euclid(STEP)
}

/// HMAC fills a short key up with zeros to its block.
fn block(key: &[u8]) -> [u8; 64] {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_rfc() -> OneTimeSecret {
        OneTimeSecret::new(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp(seconds * 1000);
            assert_eq!(of_the_rfc().code(step(now)), code, "{seconds}");
            assert_eq!(of_the_rfc().step_of(code, now), Some(step(now)));
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let now = Timestamp(1_111_111_111_000);
        let secret = of_the_rfc();
        for off in -3..=3 {
            let code = secret.code(step(now) + off);
            let found = secret.step_of(&code, now);
            assert_eq!(found, (off.abs() <= 1).then_some(step(now) + off), "{off}");
        }
        for wrong in ["", "28708", "2870820", "28708a", "000000"] {
            assert_eq!(secret.step_of(wrong, now), None);
        }
    }

    /// RFC 4648, section 10, and an app's own reading of it.
    #[test]
    fn the_secret_is_typed_in_base_32_and_read_from_an_address() {
        let secret = of_the_rfc();
        assert_eq!(secret.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret.uri("AB健保", "Taro 1"),
            "otpauth://totp/AB%E5%81%A5%E4%BF%9D:Taro%201?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=AB%E5%81%A5%E4%BF%9D&algorithm=SHA1&digits=6&period=30"
        );
    }
}
