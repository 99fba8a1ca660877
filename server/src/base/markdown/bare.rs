//! Addresses and telephone numbers as they stand in a text, which a reader wants to touch.

use domain::rules::half_width::half_width_char;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Words.
    Words(&'a str),
    /// `https://…`
    Address(&'a str),
    /// A telephone number as written.
    Telephone(&'a str),
}

/// Takes a text apart; `before` is what stands before it in the same paragraph.
pub(super) fn parts<'a>(text: &'a str, before: &str) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let so_far = || [before, &text[..at]].concat();
        let found = match c {
            'h' | 'H' => address(&text[at..], text[..at].chars().next_back()).map(Part::Address),
            '+' | '(' | '（' | '0' | '０' | '＋' => {
                telephone(&text[at..], so_far).map(Part::Telephone)
            }
            _ => None,
        };
        match found {
            Some(part) => {
                if from < at {
                    parts.push(Part::Words(&text[from..at]));
                }
                let (Part::Words(found) | Part::Address(found) | Part::Telephone(found)) = part;
                at += found.len();
                from = at;
                parts.push(part);
            }
            None => at += c.len_utf8(),
        }
    }
    if from < text.len() {
        parts.push(Part::Words(&text[from..]));
    }
    parts
}

/// The number to dial, with half-width digits and hyphens.
pub(super) fn to_dial(written: &str) -> String {
    let mut number = String::new();
    for c in written.chars().map(half_width_char) {
        match c {
            '0'..='9' | '+' => number.push(c),
            _ if number.is_empty() || number.ends_with('-') => {}
            _ => number.push('-'),
        }
    }
    number
}

/// The address at the beginning of a text. It ends where something stands that is in none,
/// such as any Japanese character, and without what belongs to the sentence around it.
fn address(text: &str, before: Option<char>) -> Option<&str> {
    let begins = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if before.is_some_and(|c| c.is_ascii_alphanumeric())
        || !(begins("https://") || begins("http://"))
    {
        return None;
    }
    let in_one = |c: char| c.is_ascii_graphic() && !"<>\"`{}|\\^".contains(c);
    let mut found = &text[..text.find(|c| !in_one(c)).unwrap_or(text.len())];
    loop {
        let open = |open, close| found.matches(close).count() > found.matches(open).count();
        let cut = match found.chars().next_back()? {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '~' => true,
            ')' => open('(', ')'),
            ']' => open('[', ']'),
            _ => false,
        };
        if !cut {
            break;
        }
        found = &found[..found.len() - 1];
    }
    (!found.ends_with("//")).then_some(found)
}

/// Words before a number that is not to be called.
const FAX: [&str; 4] = ["fax", "ファックス", "ファクス", "ファクシミリ"];
/// Words before one that is.
const TELEPHONE: [&str; 4] = ["tel", "電話", "ダイヤル", "携帯"];

/// The telephone number at the beginning of a text: three groups of 10 digits together, or
/// of 11 where Japan has such; in one piece only behind a word that says so. No 番号 of
/// another kind becomes a link, and no fax that a reader would call.
fn telephone(text: &str, so_far: impl Fn() -> String) -> Option<&str> {
    let mut reader = Reader { rest: text };
    let abroad = reader.take('+');
    if abroad {
        (reader.digits() == "81").then_some(())?;
        reader.hyphen();
    }
    let bracket = reader.take('(');
    let mut area = reader.digits();
    if abroad {
        area.insert(0, '0');
    }
    let (mut exchange, mut line) = (String::new(), String::new());
    if bracket {
        reader.take(')').then_some(())?;
        reader.hyphen();
        exchange = reader.digits();
        reader.hyphen().then_some(())?;
        line = reader.digits();
    } else if reader.take('(') {
        exchange = reader.digits();
        reader.take(')').then_some(())?;
        reader.hyphen();
        line = reader.digits();
    } else if reader.hyphen() {
        exchange = reader.digits();
        reader.hyphen().then_some(())?;
        line = reader.digits();
    }
    let written = &text[..text.len() - reader.rest.len()];
    let behind = reader.rest.chars().next().map(half_width_char);
    if behind.is_some_and(|c| c.is_ascii_alphanumeric() || c == '@')
        || reader.hyphen() && !reader.digits().is_empty()
    {
        return None;
    }
    let in_one_piece = line.is_empty();
    let is_number = if in_one_piece {
        exchange.is_empty() && is_of_its_length(&area, "")
    } else {
        is_in_groups(&area, &exchange, &line)
    };
    is_number.then_some(())?;
    let before: String = so_far().chars().map(half_width_char).collect();
    let before = before.to_lowercase();
    let is_told = ends_with_one(&before, &TELEPHONE);
    let stands_alone = is_told
        || !in_one_piece
            && !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "-+./".contains(c));
    (stands_alone && !ends_with_one(&before, &FAX)).then_some(written)
}

fn is_in_groups(area: &str, exchange: &str, line: &str) -> bool {
    let groups = (area.len(), exchange.len(), line.len());
    let shape = match groups {
        (3, 4, 4) | (4, 3, 4) => true,
        (4, 3, 3) => matches!(area, "0120" | "0570" | "0180" | "0990"),
        (2..=5, 1..=4, 4) => true,
        _ => false,
    };
    shape && is_of_its_length(area, &[exchange, line].concat())
}

/// 11 digits where such numbers exist, otherwise 10.
fn is_of_its_length(begin: &str, rest: &str) -> bool {
    let long = ["020", "050", "060", "070", "080", "090", "0800"];
    let is_long = match rest {
        "" => long.iter().any(|long| begin.starts_with(long)),
        _ => long.contains(&begin),
    };
    let digits = begin.len() + rest.len();
    begin.starts_with('0') && !begin.starts_with("00") && digits == if is_long { 11 } else { 10 }
}

/// Whether what is before a number says of it what one of the words says: `TEL：`,
/// `お電話（代表）`, `FAX番号 `. Of two words, as in `TEL/FAX`, each says it.
fn ends_with_one(before: &str, words: &[&str]) -> bool {
    let name = before
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches("番号")
        .trim_end_matches("代表")
        .trim_end_matches(|c: char| !c.is_alphanumeric());
    words.iter().any(|word| name.ends_with(word))
}

/// Reads a number without regard to width.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn next_if(&mut self, fits: impl Fn(char) -> bool) -> Option<char> {
        let c = self.rest.chars().next()?;
        let half = half_width_char(c);
        fits(half).then(|| {
            self.rest = &self.rest[c.len_utf8()..];
            half
        })
    }

    fn take(&mut self, wanted: char) -> bool {
        self.next_if(|c| c == wanted).is_some()
    }

    /// As many as a number can have, and one more.
    fn digits(&mut self) -> String {
        let digits = std::iter::from_fn(|| self.next_if(|c| c.is_ascii_digit()));
        digits.take(12).collect()
    }

    fn hyphen(&mut self) -> bool {
        self.next_if(|c| c == '-' || ('\u{2010}'..='\u{2015}').contains(&c) || "─ｰ".contains(c))
            .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that are more than words, as they would be dialled or opened.
    fn found(text: &str) -> Vec<String> {
        let found = parts(text, "").into_iter().filter_map(|part| match part {
            Part::Words(_) => None,
            Part::Address(address) => Some(address.to_owned()),
            Part::Telephone(number) => Some(to_dial(number)),
        });
        found.collect()
    }

    #[test]
    fn a_telephone_number_is_found_however_it_is_written() {
        for (text, number) in [
            ("03-6219-8877", "03-6219-8877"),
            ("電話03-6219-8877（代表）まで", "03-6219-8877"),
            ("TEL03-6219-8877", "03-6219-8877"),
            ("TEL:03-6219-8877。", "03-6219-8877"),
            ("ＴＥＬ：０３－６２１９－８８７７", "03-6219-8877"),
            ("０３（６２１９）８８７７", "03-6219-8877"),
            ("03(6219)8877", "03-6219-8877"),
            ("(03)6219-8877", "03-6219-8877"),
            ("（03-6219-8877）", "03-6219-8877"),
            ("03‐6219‐8877", "03-6219-8877"),
            ("03−6219−8877", "03-6219-8877"),
            ("03ー6219ー8877", "03-6219-8877"),
            ("03–6219–8877〜8879", "03-6219-8877"),
            ("03-6219-8877(内線12)", "03-6219-8877"),
            ("011-210-1234", "011-210-1234"),
            ("04992-2-1234", "04992-2-1234"),
            ("0120-123-456", "0120-123-456"),
            ("0120-00-1234", "0120-00-1234"),
            ("0570-012-345", "0570-012-345"),
            ("0800-123-4567", "0800-123-4567"),
            ("090-1234-5678", "090-1234-5678"),
            ("050-1234-5678", "050-1234-5678"),
            ("+81-3-6219-8877", "+81-3-6219-8877"),
            ("電話 0362198877", "0362198877"),
            ("フリーダイヤル：0120123456", "0120123456"),
            ("携帯電話09012345678", "09012345678"),
            ("TEL/FAX 03-6219-8877、電話03-6219-8878", "03-6219-8878"),
        ] {
            assert_eq!(found(text), [number], "{text}");
        }
        assert_eq!(
            found("03-6219-8877（0120-123-456）"),
            ["03-6219-8877", "0120-123-456"]
        );
    }

    #[test]
    fn no_other_number_is_called() {
        for text in [
            "〒060-0001",
            "2026-11-27",
            "01-02-03",
            "0012-345-6789",
            "0123-4567-8901",
            "03-6219-88777",
            "03-6219-8877-1",
            "口座 1234567",
            "0362198877",
            "保険者番号06139497",
            "A03-6219-8877",
            "1-03-6219-8877",
            "FAX03-6219-8877",
            "<FAX>03-6219-8877",
            "ＦＡＸ番号：０３－６２１９－８８７７",
            "ファックス（03-6219-8877）",
            "ファクス 03-6219-8877",
            "#7119",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_address_ends_where_the_sentence_goes_on() {
        for (text, address) in [
            (
                "https://www.example.jp/kenshin をご覧",
                "https://www.example.jp/kenshin",
            ),
            (
                "くわしくはhttps://www.example.jp/kenshinをご覧ください",
                "https://www.example.jp/kenshin",
            ),
            ("（https://a.jp/?b=1&c=2#d）", "https://a.jp/?b=1&c=2#d"),
            ("(https://a.jp/b_(c))", "https://a.jp/b_(c)"),
            ("See https://a.jp/b.", "https://a.jp/b"),
            ("「https://a.jp」", "https://a.jp"),
            ("<https://a.jp/>", "https://a.jp/"),
            ("http://a.jp/03-6219-8877", "http://a.jp/03-6219-8877"),
            ("HTTPS://A.JP", "HTTPS://A.JP"),
        ] {
            assert_eq!(found(text), [address], "{text}");
        }
        for text in [
            "https://",
            "xhttps://a.jp",
            "ftp://a.jp",
            "www.a.jp",
            "https:/a.jp",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
