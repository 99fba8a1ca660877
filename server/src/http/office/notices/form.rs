//! The fields of a notice, from the form and into it.

use office_pages::parts::Tried;
use store::publishing::Written;
use time::Date;

use super::super::{
    form::Form,
    upload::{SentFile, Upload},
};
use crate::office::notices::{
    attachment::{self as files, MOST_BYTES},
    form::{Notes, Typed, check},
    publishing::FileChange,
    rules::NoticeProblem,
};

/// A form with an attachment.
pub(super) type NoticeForm = Upload<{ MOST_BYTES as usize }>;

/// The fields of a notice, with the names by which the office knows them.
pub(super) const FIELDS: [(&str, &str); 11] = [
    ("kind", "種類"),
    ("title", "件名"),
    ("category", "分類"),
    ("important", "重要度"),
    ("audience", "対象"),
    ("opens_on", "公開日"),
    ("ends_on", "公開終了日"),
    ("slug", "アドレス名"),
    ("body", "本文"),
    ("letter", "メール"),
    ("attachment", "添付ファイル"),
];

/// What stands in the fields of a notice that is kept.
pub(super) fn values(written: &Written) -> Vec<(&'static str, String)> {
    let on = |is_so: bool| if is_so { "on" } else { "" }.to_owned();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        ("kind", written.kind.as_str().to_owned()),
        ("title", written.title.clone()),
        ("category", written.category.clone()),
        ("important", on(written.important)),
        ("audience", written.audience.to_string()),
        ("opens_on", day(Some(written.opens_on))),
        ("ends_on", day(written.ends_on)),
        ("slug", written.slug.clone().unwrap_or_default()),
        ("body", written.body.clone()),
        ("letter", on(written.letter)),
    ]
}

pub(super) fn filled(written: &Written) -> Tried {
    values(written)
        .iter()
        .fold(Tried::default(), |tried, (field, value)| {
            tried.keep(field, value)
        })
}

/// What was typed, with what is wrong with it.
pub(super) fn typed(form: &Form, notes: Notes) -> Tried {
    let kept = FIELDS.iter().fold(Tried::default(), |tried, (field, _)| {
        tried.keep(field, form.get(field))
    });
    Tried { notes, ..kept }
}

pub(super) fn read_form(form: &Form, today: Date) -> Result<Written, Notes> {
    let typed = Typed {
        kind: form.get("kind"),
        title: form.get("title"),
        category: form.get("category"),
        important: form.get("important"),
        audience: form.get("audience"),
        opens_on: form.get("opens_on"),
        ends_on: form.get("ends_on"),
        slug: form.get("slug"),
        body: form.get("body"),
        letter: form.get("letter"),
    };
    check(&typed, today)
}

/// The attachment that was sent, judged as a file's is.
pub(super) fn judged(file: Option<SentFile>) -> Result<FileChange, Notes> {
    let Some(SentFile { name, content }) = file else {
        return Ok(FileChange::Keep);
    };
    match files::sent(&name, &content) {
        Ok(name) => Ok(FileChange::Set(name, content)),
        Err(problem) => {
            let sentence = format!("{}。", NoticeProblem::Attachment(problem));
            Err(vec![("attachment", sentence)])
        }
    }
}
