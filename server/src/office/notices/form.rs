//! A notice as it comes from the browser: the same rules as a line of a file, with a
//! sentence for each field.

use domain::audience::Audience;
use store::{notice::Kind, publishing::Written};
use time::Date;

use super::rules::{
    self, AUDIENCE_CHARS, BODY_CHARS, CATEGORY_CHARS, NoticeProblem, SLUG_CHARS, TITLE_CHARS,
};
use crate::office::file::{
    cells::{one_line, several_lines},
    columns::KEY_CHARS,
    date,
    problem::ProblemKind,
};

/// What was typed, field by field.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// 種類
    pub kind: &'a str,
    /// 件名
    pub title: &'a str,
    /// 分類
    pub category: &'a str,
    /// 重要
    pub important: &'a str,
    /// 対象
    pub audience: &'a str,
    /// 公開日; empty: today.
    pub opens_on: &'a str,
    /// 公開終了日
    pub ends_on: &'a str,
    /// アドレス名
    pub slug: &'a str,
    /// 本文
    pub body: &'a str,
    /// メールで知らせる
    pub letter: &'a str,
}

/// What is wrong, by the field's name.
pub type Notes = Vec<(&'static str, String)>;

/// Reads what was typed. Everything that is wrong with it is named.
///
/// # Errors
/// A sentence for each field that is wrong.
pub fn check(typed: &Typed<'_>, today: Date) -> Result<Written, Notes> {
    let mut notes = Notes::new();
    let mut bad = |field: &'static str, name: &str, why: &dyn std::fmt::Display| {
        notes.push((field, format!("{name}：{why}。")));
    };
    let mut text = |field: &'static str, name: &str, typed, most| match one_line(typed, most) {
        Ok("") => {
            bad(field, name, &ProblemKind::Missing);
            None
        }
        Ok(text) => Some(text),
        Err(why) => {
            bad(field, name, &why);
            None
        }
    };
    let title = text("title", "件名", typed.title, TITLE_CHARS);
    let category = text("category", "分類", typed.category, CATEGORY_CHARS);
    let written = text("audience", "対象", typed.audience, AUDIENCE_CHARS);
    let audience = written.and_then(|written| match Audience::parse(written) {
        Ok(audience) => Some(audience),
        Err(problem) => {
            bad("audience", "対象", &NoticeProblem::Audience(problem));
            None
        }
    });
    let kind = match typed.kind {
        "notice" => Some(Kind::Notice),
        "article" => Some(Kind::Article),
        word => Kind::parse(word),
    };
    if kind.is_none() {
        bad("kind", "種類", &NoticeProblem::Kind);
    }
    let important = match typed.important {
        "on" => Some(true),
        word => rules::is_important(word).ok(),
    };
    if important.is_none() {
        bad("important", "重要度", &NoticeProblem::Importance);
    }
    let mut day = |field: &'static str, name: &str, typed: &str| match one_line(typed, KEY_CHARS) {
        Ok("") => Some(None),
        Ok(text) => match date::parse(text) {
            Ok(day) => Some(Some(day)),
            Err(why) => {
                bad(field, name, &why);
                None
            }
        },
        Err(why) => {
            bad(field, name, &why);
            None
        }
    };
    let opens_on = day("opens_on", "公開日", typed.opens_on).map(|day| day.unwrap_or(today));
    let ends_on = day("ends_on", "公開終了日", typed.ends_on);
    if let (Some(first), Some(last)) = (opens_on, ends_on)
        && let Err(problem) = rules::in_order(first, last)
    {
        bad("ends_on", "公開終了日", &problem);
    }
    let slug = match one_line(typed.slug, SLUG_CHARS) {
        Ok(slug) => {
            if let Some(Err(problem)) = kind.map(|kind| rules::slug_fits(kind, slug)) {
                bad("slug", "アドレス名", &problem);
            }
            Some(slug)
        }
        Err(why) => {
            bad("slug", "アドレス名", &why);
            None
        }
    };
    let body = match several_lines(typed.body, BODY_CHARS) {
        Ok("") => {
            bad("body", "本文", &ProblemKind::Missing);
            None
        }
        Ok(body) => Some(body.replace("\r\n", "\n")),
        Err(why) => {
            bad("body", "本文", &why);
            None
        }
    };
    let letter = matches!(typed.letter, "on" | "yes" | "1");
    if letter && kind == Some(Kind::Article) {
        bad("letter", "メール", &"健康情報はメールでお知らせできません");
    }
    let read = || {
        let (title, category, body) = (title?, category?, body?);
        Some(Written {
            kind: kind?,
            slug: slug.filter(|slug| !slug.is_empty()).map(str::to_owned),
            title: title.to_owned(),
            category: category.to_owned(),
            important: important?,
            audience: audience?,
            opens_on: opens_on?,
            ends_on: ends_on?,
            folded: rules::folded(title, category, &body),
            body,
            letter,
        })
    };
    match read() {
        Some(written) if notes.is_empty() => Ok(written),
        _ => Err(notes),
    }
}

/// The columns in which two differ, by the fields' names.
pub fn differences(one: &Written, other: &Written) -> Vec<&'static str> {
    [
        ("kind", one.kind != other.kind),
        ("title", one.title != other.title),
        ("category", one.category != other.category),
        ("important", one.important != other.important),
        ("audience", one.audience != other.audience),
        ("opens_on", one.opens_on != other.opens_on),
        ("ends_on", one.ends_on != other.ends_on),
        ("slug", one.slug != other.slug),
        ("body", one.body != other.body),
        ("letter", one.letter != other.letter),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 22);

    const GOOD: Typed<'_> = Typed {
        kind: "notice",
        title: " 予防接種の補助 ",
        category: "補助",
        important: "on",
        audience: "被保険者 年齢:40-74",
        opens_on: "",
        ends_on: "2027-03-31",
        slug: "",
        body: "# 対象\r\n40歳以上",
        letter: "on",
    };

    #[test]
    fn what_a_form_has_becomes_a_notice_as_a_line_does() {
        let written = check(&GOOD, TODAY).unwrap();
        assert_eq!(
            (written.title.as_str(), written.important),
            ("予防接種の補助", true)
        );
        assert_eq!(
            (written.opens_on, written.ends_on),
            (TODAY, Some(date!(2027 - 03 - 31)))
        );
        assert_eq!(written.body, "# 対象\n40歳以上");
        assert_eq!(written.audience.to_string(), GOOD.audience);
        assert_eq!(differences(&written, &written), Vec::<&str>::new());
        let article = Typed {
            kind: "健康情報",
            slug: "walking",
            letter: "",
            important: "",
            ..GOOD
        };
        let article = check(&article, TODAY).unwrap();
        assert_eq!(article.slug.as_deref(), Some("walking"));
        assert_eq!(
            differences(&written, &article),
            ["kind", "important", "slug", "letter"]
        );
    }

    #[test]
    fn everything_that_is_wrong_is_named_beside_its_field() {
        let long = "長".repeat(10_000);
        let wrong = Typed {
            kind: "通知",
            title: &long,
            category: "",
            important: "至急",
            audience: "社員",
            opens_on: "2026-11-20",
            ends_on: "2026-11-19",
            slug: "a\u{202E}b",
            body: " \n ",
            letter: "on",
        };
        let notes = check(&wrong, TODAY).unwrap_err();
        let fields: Vec<_> = notes.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            [
                "title",
                "category",
                "audience",
                "kind",
                "important",
                "ends_on",
                "slug",
                "body"
            ]
        );
        assert!(
            notes
                .iter()
                .all(|(_, sentence)| sentence.chars().count() < 120)
        );
        let article = Typed {
            kind: "article",
            slug: "walking",
            ..GOOD
        };
        assert_eq!(check(&article, TODAY).unwrap_err()[0].0, "letter");
        let nonsense = Typed {
            opens_on: "2026-02-30",
            ..GOOD
        };
        assert_eq!(check(&nonsense, TODAY).unwrap_err()[0].0, "opens_on");
    }
}
