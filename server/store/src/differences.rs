//! What a waiting file changes of what is on file, value by value: for whoever tries it
//! before taking it.

use domain::spelling::one_form;
use sqlx_macros::FromRow;

/// One value that changes.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Difference {
    /// The line of the file; `None` for what a file takes out, and for a notice.
    pub line: Option<i64>,
    /// What it is about: somebody's 記号-番号-枝番, with the month of a claim or a checkup
    /// behind it, or a notice's 管理番号.
    pub whose: String,
    /// The column, by its name in the file.
    pub title: String,
    /// What is on file. Both are `None` where the values are not to be read on a console:
    /// somebody's health, and texts of several lines.
    pub old: Option<String>,
    /// What is in the file.
    pub new: Option<String>,
}

impl Difference {
    /// Not of two values that look the same, as two machines save one text.
    pub(super) fn can_be_seen(&self) -> bool {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => one_form(old) != one_form(new),
            _ => true,
        }
    }
}

/// The values of every one of these columns (in SQL, and by its name in the file) that
/// change, in the order of the lines: `of` makes the statement for one, which has to have
/// the columns `line`, `whose`, `title`, `old` and `new`.
pub(super) fn of_each(
    columns: &[(&str, &str)],
    of: impl Fn(&str, &str) -> String,
    also: &[String],
) -> String {
    let each = columns.iter().map(|(column, title)| of(column, title));
    let each: Vec<String> = each.chain(also.iter().cloned()).collect();
    let numbered = each.iter().enumerate().map(|(place, statement)| {
        format!(
            "select {place} as place, line, whose, title, old, new from ({statement}) as c{place}"
        )
    });
    let all = numbered.collect::<Vec<_>>().join(" union all ");
    format!(
        "select line, whose, title, old, new from ({all}) as changes
         order by line is null, line, whose, place"
    )
}
