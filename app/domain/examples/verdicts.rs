//! Prints 10,000 filled-in forms and what is said beside their fields, as JSON:
//! the same forms are then filled in in a browser, which has to say the same.
//!
//! Every run prints the same. No value holds a line break (an `<input>` drops
//! it) and every form is filled in by one of three hands: a careful one, one that
//! slips, and one that types anything at all.

use std::io::{self, Write};

use domain::{
    forms::{
        AddressForm, Field, Form, NewPasswordForm, PresentPasswordForm, ProfileForm,
        ProvisionalForm, RegistrationProfileForm, ReissueProvisionalForm, SignInForm, Tone, judge,
    },
    rules::{ProvisionalId, ProvisionalPassword},
};
use serde_json::{Map, Value, json};

const CASES: usize = 10_000;

fn main() -> io::Result<()> {
    let mut chance = Chance(0x6b65_6e70_6f31_3233);
    let cases: Vec<Value> = (0..CASES).map(|number| case(&mut chance, number)).collect();
    serde_json::to_writer(io::stdout().lock(), &cases)?;
    io::stdout().write_all(b"\n")
}

fn case(chance: &mut Chance, number: usize) -> Value {
    // the forms with most fields take most of the cases
    let (form, fields) = match number % 11 {
        0 => (AddressForm::NAME, AddressForm::FIELDS),
        1 => (ProvisionalForm::NAME, ProvisionalForm::FIELDS),
        2 => (SignInForm::NAME, SignInForm::FIELDS),
        3 => (ReissueProvisionalForm::NAME, ReissueProvisionalForm::FIELDS),
        4 => (NewPasswordForm::NAME, NewPasswordForm::FIELDS),
        5 => (PresentPasswordForm::NAME, PresentPasswordForm::FIELDS),
        6 | 7 => (ProfileForm::NAME, ProfileForm::FIELDS),
        _ => (
            RegistrationProfileForm::NAME,
            RegistrationProfileForm::FIELDS,
        ),
    };
    let mut values: Vec<(Field, String)> = Vec::new();
    for &field in fields {
        let before = values
            .iter()
            .find(|(its, _)| *its == depends_on(field))
            .map(|(_, value)| &**value);
        let value = value(chance, form, field, before);
        values.push((field, value));
    }
    let typed = |field| {
        values
            .iter()
            .find(|(its, _)| *its == field)
            .map(|(_, v)| v.clone())
            .unwrap_or_default()
    };
    let notes = judge(form, &typed).into_iter().map(|(field, note)| {
        let note = note.map(|note| json!({ "tone": tone(note.tone), "text": note.text, "half_width": note.half_width }));
        (field.name().to_owned(), json!(note))
    });
    json!({
        "form": form,
        "notes": notes.collect::<Map<_, _>>(),
        "values": values.iter().map(|(field, value)| (field.name().to_owned(), json!(value))).collect::<Map<_, _>>(),
    })
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Error => "error",
        Tone::Hint => "hint",
        Tone::Good => "good",
    }
}

fn is_password(field: Field) -> bool {
    matches!(
        field,
        Field::Password | Field::PasswordConfirmation | Field::CurrentPassword
    )
}

/// The field above that this one is compared with.
fn depends_on(field: Field) -> Field {
    match field {
        Field::PasswordConfirmation => Field::Password,
        _ => Field::LoginId,
    }
}

fn value(chance: &mut Chance, form: &str, field: Field, before: Option<&str>) -> String {
    // On no page before a try was refused.
    if field == Field::PasswordWanted {
        return String::new();
    }
    let careful = match (field, before) {
        (Field::PasswordConfirmation, Some(password)) => password.to_owned(),
        (Field::Password, Some(login_id)) if chance.one_in(20) => login_id.to_ascii_lowercase(),
        _ => careful(chance, form, field),
    };
    let may_be_blank = form == ProfileForm::NAME && is_password(field);
    if may_be_blank && chance.one_in(3) {
        return String::new();
    }
    let value = match chance.below(10) {
        0..=3 => careful,
        4..=8 => (0..=chance.below(2)).fold(careful, |typed, _| slip(chance, &typed)),
        _ => anything(chance),
    };
    value.replace(['\r', '\n'], "")
}

fn careful(chance: &mut Chance, form: &str, field: Field) -> String {
    let lengths = [
        1, 5, 6, 7, 8, 9, 12, 20, 63, 64, 65, 127, 128, 129, 254, 300,
    ];
    match field {
        // No form that the browser judges has a code.
        Field::PasswordWanted | Field::Code => String::new(),
        Field::LoginId if form == ProvisionalForm::NAME => {
            ProvisionalId::generate(|| chance.byte())
                .as_str()
                .to_owned()
        }
        Field::Password
            if [ProvisionalForm::NAME, ReissueProvisionalForm::NAME].contains(&form) =>
        {
            ProvisionalPassword::generate(|| chance.byte()).printed()
        }
        Field::LoginId => {
            let known = [
                "SKE123456",
                "123456SKE",
                "hanako",
                "Taro",
                "1234567",
                "123456a8",
            ];
            if chance.one_in(3) {
                chance.one_of(&known).to_string()
            } else {
                let length = *chance.one_of(&lengths);
                chance.text(
                    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
                    length,
                )
            }
        }
        Field::Email => {
            let known = [
                "a..b",
                "a.",
                "taro",
                "hanako.yamada",
                "t+kenpo",
                "x_1-2",
                "TARO",
                "!#$%&'*/=?^_`{|}~",
            ];
            let domains = [
                "docomo.ne.jp",
                "ezweb.ne.jp",
                "gmail.com",
                "Gmail.COM",
                "yahoo.co.jp",
                "icloud.com",
                "example.jp",
                "gmail.con",
                "docomo.ne.jo",
                "yahoo.co.jo",
                "iclould.com",
                "gmial.com",
                "softbank.ne.jp",
                "au.com",
                "mail.example.co.jp",
                "xn--wgv71a119e.jp",
                "localhost",
                "192.0.2.1",
                "a-.jp",
                "example..jp",
            ];
            let local = if chance.one_in(4) {
                let length = *chance.one_of(&lengths);
                chance.text("abcdefghijklmnopqrstuvwxyz0123456789.", length)
            } else {
                chance.one_of(&known).to_string()
            };
            let domain: &str = chance.one_of::<&str>(&domains);
            [local.as_str(), "@", domain].concat()
        }
        Field::Nickname => {
            let known = [
                "たろう",
                "山田 太郎",
                "Hanako",
                "花子🌸",
                "葛\u{E0100}飾",
                "ﾀﾛｳ",
                "</script>",
                "👨‍👩‍👧",
            ];
            if chance.one_in(2) {
                chance.one_of(&known).to_string()
            } else {
                let length = *chance.one_of(&[1, 2, 10, 19, 20, 21, 22, 200]);
                chance.text("あいうえおアイウ花子太郎𠮷🙂 　abc12", length)
            }
        }
        Field::Password | Field::PasswordConfirmation | Field::CurrentPassword => {
            let known = [
                "kenpo123",
                "KENPO123",
                "kenpokenpo",
                "12345678",
                "password1",
                "abcd1234",
                "1q2w3e4r",
                "sakura77",
                "kenpo12",
                "hanako2x",
            ];
            if chance.one_in(3) {
                chance.one_of(&known).to_string()
            } else {
                let length = *chance.one_of(&lengths);
                chance.text("abcdefghijklmnopqrstuvwxyz0123456789", length)
            }
        }
    }
}

/// One slip of the hand: a character more, less, doubled, swapped, or another
/// one; capitals; Japanese input left on.
fn slip(chance: &mut Chance, typed: &str) -> String {
    let mut chars: Vec<char> = typed.chars().collect();
    let place = chance.below(chars.len().max(1));
    match chance.below(9) {
        0 => chars.insert(place, chance.odd_char()),
        1 if place < chars.len() => drop(chars.remove(place)),
        2 if place < chars.len() => chars[place] = chance.odd_char(),
        3 if place + 1 < chars.len() => chars.swap(place, place + 1),
        4 => chars = typed.to_uppercase().chars().collect(),
        5 => chars = typed.chars().map(full_width).collect(),
        6 if place < chars.len() => chars[place] = full_width(chars[place]),
        7 => chars.push(*chance.one_of(&[' ', '\u{3000}', '\t', '1', '@', '-', 'ー'])),
        8 => chars.truncate(place),
        _ => chars.push('0'),
    }
    chars.into_iter().collect()
}

fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        ' ' => '\u{3000}',
        _ => c,
    }
}

fn anything(chance: &mut Chance) -> String {
    let length = *chance.one_of(&[0, 0, 1, 2, 5, 8, 12, 21, 70, 300]);
    (0..length).map(|_| chance.odd_char()).collect()
}

/// Chance that comes out the same on every run (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    /// A number below `limit`; a little unevenly, which does not matter here.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| *self.one_of(&alphabet)).collect()
    }

    /// A character of any kind, the troublesome ones as often as the others.
    fn odd_char(&mut self) -> char {
        let of_range = |first: u32, last: u32, at: usize| {
            char::from_u32(first + at as u32 % (last - first + 1)).unwrap_or('?')
        };
        let at = self.below(0x10_0000);
        match self.below(10) {
            0 => of_range(0x00, 0x1F, at),
            1 => of_range(0x20, 0x7E, at),
            2 => of_range(0x7F, 0xFF, at),
            3 => of_range(0x2000, 0x206F, at),
            4 => of_range(0x3000, 0x30FF, at),
            5 => of_range(0x4E00, 0x9FFF, at),
            6 => of_range(0xFF00, 0xFFEF, at),
            7 => of_range(0x1_F300, 0x1_F6FF, at),
            8 => of_range(0xE_0000, 0xE_01EF, at),
            // a surrogate becomes a question mark
            _ => of_range(0, 0x10_FFFF, at),
        }
    }
}
