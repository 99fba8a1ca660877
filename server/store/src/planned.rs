//! What an import is about to change, row by row in the order of the keys, for the
//! fingerprint by which a run tells whether it does what was seen before.

/// Told of every value of every planned change.
pub type Each<'a> = &'a mut (dyn FnMut(Option<&str>) + Send);

/// Runs a query of texts, made of constants alone, and tells `each` of its values, row by
/// row.
macro_rules! tell {
    ($conn:ident, $sql:expr, $each:ident) => {{
        use futures::TryStreamExt;
        use sqlx::Row;
        let mut rows = sqlx::query(sqlx::AssertSqlSafe($sql)).fetch(&mut *$conn);
        while let Some(row) = rows.try_next().await? {
            for place in 0..row.len() {
                let value: Option<&str> = row.try_get(place)?;
                $each(value);
            }
        }
    }};
}
pub(super) use tell;

/// `cast(p.name as text), cast(p.kana as text)`.
pub(super) fn as_texts(prefix: &str, columns: &[(&str, &str)]) -> String {
    let each = columns
        .iter()
        .map(|(column, _)| format!("cast({prefix}{column} as text)"));
    each.collect::<Vec<_>>().join(", ")
}
