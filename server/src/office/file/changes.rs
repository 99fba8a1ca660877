//! What a file would change, value by value: what `--dry-run` tells a clerk who then takes
//! the file, or does not.

use std::fmt;

use domain::{rules::invisible::is_invisible, spelling::folded};
use store::differences::Difference;

/// So many are listed, unless all are asked for.
const LISTED: usize = 50;

/// Every value that would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What is more than a spelling comes first, and then in the order of the lines.
    found: Vec<Difference>,
    /// All are listed.
    pub all: bool,
}

impl Changes {
    /// Of these.
    pub fn of(mut found: Vec<Difference>) -> Self {
        found.sort_by_key(|one| spelling(one).is_some());
        Self { found, all: false }
    }

    /// All of them.
    pub fn found(&self) -> &[Difference] {
        &self.found
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.found.is_empty() {
            return Ok(());
        }
        writeln!(f, "変わるところ: {}", by_column(&self.found))?;
        let listed = if self.all { self.found.len() } else { LISTED };
        for one in self.found.iter().take(listed) {
            if let Some(line) = one.line {
                write!(f, "{line}行目 ")?;
            }
            write!(f, "{} {}", readable(&one.whose), one.title)?;
            if (&one.old, &one.new) != (&None, &None) {
                write!(f, ": {}→{}", value(&one.old), value(&one.new))?;
            }
            match spelling(one) {
                Some(kind) => writeln!(f, "（{kind}）")?,
                None => writeln!(f)?,
            }
        }
        match self.found.len().checked_sub(listed) {
            None | Some(0) => Ok(()),
            Some(rest) => writeln!(
                f,
                "ほか{rest}か所（すべて表示するには --all を付けてください）"
            ),
        }
    }
}

/// `氏名 290か所（うち空白だけのちがい 290か所）、住所 2か所`, the most frequent first.
fn by_column(found: &[Difference]) -> String {
    let titles = found.iter().map(|one| &*one.title);
    let said = counted(titles).into_iter().map(|(title, count)| {
        let its = found.iter().filter(|one| one.title == title);
        let kinds = counted(its.filter_map(spelling)).into_iter();
        let kinds: Vec<String> = kinds
            .map(|(kind, count)| format!("うち{kind} {count}か所"))
            .collect();
        if kinds.is_empty() {
            format!("{title} {count}か所")
        } else {
            format!("{title} {count}か所（{}）", kinds.join("、"))
        }
    });
    said.collect::<Vec<_>>().join("、")
}

/// How often each word comes, the most frequent first.
fn counted<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(&'a str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What of a value is another spelling, where nothing else is.
fn spelling(one: &Difference) -> Option<&'static str> {
    let (old, new) = (one.old.as_deref()?, one.new.as_deref()?);
    let without_blanks =
        |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    if without_blanks(old) == without_blanks(new) {
        Some("空白だけのちがい")
    } else if folded(old) == folded(new) {
        Some("全角・半角だけのちがい")
    } else {
        None
    }
}

/// A whole value in brackets.
fn value(value: &Option<String>) -> String {
    match value.as_deref() {
        None | Some("") => "（空欄）".to_owned(),
        Some(value) => format!("「{}」", readable(value)),
    }
}

/// With nothing in it that a terminal would obey.
fn readable(text: &str) -> String {
    let plain = |c| if is_invisible(c) { '\u{FFFD}' } else { c };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: i64, old: &str, new: &str) -> Difference {
        Difference {
            line: Some(line),
            whose: format!("1001-{line}-00"),
            title: "氏名".into(),
            old: Some(old.into()),
            new: Some(new.into()),
        }
    }

    #[test]
    fn spellings_are_counted_and_what_is_more_comes_first() {
        let mut found: Vec<_> = (2..292)
            .map(|line| name(line, "架空 太郎", "架空　太郎"))
            .collect();
        found.push(name(292, "ｶｸｳ太郎", "カクウ　太郎"));
        found.push(name(293, "架空 花子", "見本 花子"));
        found.push(Difference {
            title: "資格喪失日".into(),
            old: None,
            new: Some("2026-10-01".into()),
            ..name(294, "", "")
        });
        let mut changes = Changes::of(found);
        let said = changes.to_string();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            &lines[..4],
            [
                "変わるところ: 氏名 292か所（うち空白だけのちがい 290か所、うち全角・半角だけのちがい 1か所）、資格喪失日 1か所",
                "293行目 1001-293-00 氏名: 「架空 花子」→「見本 花子」",
                "294行目 1001-294-00 資格喪失日: （空欄）→「2026-10-01」",
                "2行目 1001-2-00 氏名: 「架空 太郎」→「架空　太郎」（空白だけのちがい）",
            ]
        );
        assert_eq!(lines.len(), 52);
        assert_eq!(
            lines[51],
            "ほか243か所（すべて表示するには --all を付けてください）"
        );
        changes.all = true;
        let said = changes.to_string();
        assert_eq!(said.lines().count(), 294);
        assert!(said.contains("「ｶｸｳ太郎」→「カクウ　太郎」（全角・半角だけのちがい）"));
    }

    #[test]
    fn values_that_nobody_is_to_read_are_not_there() {
        let systolic = Difference {
            title: "収縮期血圧".into(),
            old: None,
            new: None,
            whose: "1001-12-00 2026-06".into(),
            ..name(2, "", "")
        };
        let said = Changes::of(vec![systolic]).to_string();
        assert_eq!(
            said,
            "変わるところ: 収縮期血圧 1か所\n2行目 1001-12-00 2026-06 収縮期血圧\n"
        );
        assert_eq!(Changes::default().to_string(), "");
    }
}
