//! Everything that is held about a person, table by table, under the names that the
//! person reads.

use sqlx::{AssertSqlSafe, Row, TypeInfo, ValueRef, postgres::PgRow, sqlite::SqliteRow};
use time::Date;
use uuid::Uuid;

use super::{Db, Result, on};

/// What is taken out of one table. `$1` is the person; the columns are texts, whole
/// numbers and dates, and an instant's name ends in 日時.
pub struct Part {
    /// The file's name, without its ending.
    pub name: &'static str,
    /// What it is, in the person's words.
    pub about: &'static str,
    query: &'static str,
}

impl Part {
    /// The columns' names, also where there is no row to have them from: nothing else
    /// in a query stands in double quotes.
    fn columns(&self) -> Vec<String> {
        let quoted = self.query.split('"').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    }
}

/// A number of tenths as text.
macro_rules! tenths {
    ($column:literal) => {
        concat!(
            "cast(",
            $column,
            " / 10 as text) || '.' || cast(",
            $column,
            " % 10 as text)"
        )
    };
}

/// Every part. A table that holds something about people belongs here, without its
/// internal numbers and without what only checks a secret, or it is left out on purpose:
/// a test asks which. The history has rules of its own, and comes from where the page
/// has it.
pub const PARTS: &[Part] = &[
    Part {
        name: "person",
        about: "名簿の記載",
        query: "select symbol as \"記号\", number as \"番号\", branch as \"枝番\", name as \"氏名\",
                       kana as \"氏名カナ\", born_on as \"生年月日\", sex as \"性別\",
                       relation as \"続柄\", qualified_on as \"資格取得日\",
                       disqualified_on as \"資格喪失日\", employer_code as \"事業所コード\",
                       employer_name as \"事業所名\", postal_code as \"郵便番号\",
                       address as \"住所\"
                from person where id = $1",
    },
    Part {
        name: "memberships",
        about: "以前の記号・番号と、その期間",
        query: "select symbol as \"記号\", number as \"番号\", branch as \"枝番\",
                       relation as \"続柄\", since as \"開始日\", until as \"終了日\"
                from former_membership where person_id = $1 order by since desc",
    },
    Part {
        name: "account",
        about: "利用登録の内容",
        query: "select login_id as \"ログインID\", nickname as \"ニックネーム\",
                       registered_at as \"利用登録日時\", last_sign_in_at as \"最後のログイン日時\"
                from member where person_id = $1",
    },
    Part {
        name: "emails",
        about: "メールアドレス",
        query: "select e.address as \"メールアドレス\",
                       case when e.confirmed_at is null then '確認待ち' else '確認済み' end as \"状態\",
                       case when e.notices then 'はい' else 'いいえ' end as \"お知らせの宛先\",
                       e.added_at as \"追加日時\", e.confirmed_at as \"確認日時\"
                from email e join member m on m.id = e.member_id
                where m.person_id = $1 order by e.added_at desc",
    },
    Part {
        name: "checkups",
        about: "健診結果",
        query: concat!(
            "select taken_on as \"受診日\", ",
            tenths!("height"),
            " as \"身長（cm）\", ",
            tenths!("weight"),
            " as \"体重（kg）\", ",
            tenths!("waist"),
            " as \"腹囲（cm）\",
                    systolic as \"収縮期血圧（mmHg）\", diastolic as \"拡張期血圧（mmHg）\",
                    triglycerides as \"空腹時中性脂肪（mg/dL）\",
                    casual_triglycerides as \"随時中性脂肪（mg/dL）\", hdl as \"HDL（mg/dL）\",
                    ldl as \"LDL（mg/dL）\", glucose as \"空腹時血糖（mg/dL）\", ",
            tenths!("hba1c"),
            " as \"HbA1c（%）\", ast as \"AST（U/L）\", alt as \"ALT（U/L）\",
                    gamma_gt as \"γGT（U/L）\", urine_sugar as \"尿糖\",
                    urine_protein as \"尿蛋白\", verdict as \"判定\"
             from checkup where person_id = $1 order by taken_on desc"
        ),
    },
    Part {
        name: "expenses",
        about: "医療費（ご本人の分）",
        query: "select month as \"診療年月\", provider as \"医療機関名\", kind as \"区分\",
                       days as \"日数\", total as \"医療費総額\", insurer as \"保険者負担額\",
                       public as \"公費負担額\", paid as \"窓口負担額\", meals as \"食事療養費\",
                       extra as \"付加給付額\"
                from expense where person_id = $1 order by month desc, provider, kind, nth",
    },
    Part {
        name: "sharing",
        about: "被保険者への医療費の表示（はい・いいえ。空欄は未設定）",
        query: "select case when shares_expenses is null then '' when shares_expenses then 'はい'
                            else 'いいえ' end as \"表示する\"
                from member where person_id = $1",
    },
    Part {
        name: "notices",
        about: "お読みになったお知らせ",
        query: "select n.title as \"件名\", r.read_at as \"既読日時\"
                from notice_read r join notice n on n.id = r.notice_id
                                   join member m on m.id = r.member_id
                where m.person_id = $1 order by r.read_at desc",
    },
    Part {
        name: "sessions",
        about: "ログインの状態（終わったものは、記録が残っているあいだ）",
        query: "select case when s.kind = 'member' then 'ログイン' else '仮ログイン' end as \"種類\",
                       s.started_at as \"ログイン日時\", s.last_seen_at as \"最後の操作日時\",
                       s.expires_at as \"期限日時\", s.ended_at as \"終了日時\",
                       s.network_address as \"接続元\", s.device as \"端末\"
                from session s
                left join member m on m.id = s.member_id
                left join postcard c on c.id = s.postcard_id
                where m.person_id = $1 or c.person_id = $1 order by s.started_at desc",
    },
    Part {
        name: "devices",
        about: "ログインしたことのある端末",
        query: "select d.first_seen_at as \"最初のログイン日時\", d.last_seen_at as \"最後のログイン日時\"
                from device d join member m on m.id = d.member_id
                where m.person_id = $1 order by d.last_seen_at desc",
    },
    Part {
        name: "one_time_code",
        about: "二段階認証の確認コード（アプリの鍵は含みません）",
        query: "select c.added_at as \"設定日時\"
                from one_time_code c join member m on m.id = c.holder_id
                where c.holder_kind = 'member' and m.person_id = $1",
    },
    Part {
        name: "recovery_codes",
        about: "二段階認証の予備コード（コードは含みません）",
        query: "select r.issued_at as \"発行日時\", r.used_at as \"使用日時\"
                from recovery_code r join member m on m.id = r.holder_id
                where r.holder_kind = 'member' and m.person_id = $1
                order by r.issued_at desc, r.used_at desc",
    },
    Part {
        name: "passkeys",
        about: "パスキー（鍵は含みません）",
        query: "select p.name as \"名前\", p.added_at as \"追加日時\",
                       p.last_used_at as \"最後に使った日時\"
                from passkey p join member m on m.id = p.holder_id
                where p.holder_kind = 'member' and m.person_id = $1 order by p.added_at desc",
    },
    Part {
        name: "postcards",
        about: "お送りしたハガキ",
        query: "select issued_at as \"発行日時\", expires_at as \"期限日時\", ended_at as \"終了日時\",
                       returned_at as \"返送日時\"
                from postcard where person_id = $1 order by issued_at desc",
    },
];

/// What a part came to: the columns' names, and the rows in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// There is none.
    Nothing,
    /// A text, or a date.
    Text(String),
    /// A number; in a column of that name, an instant in Unix milliseconds.
    Number(i64),
}

/// A person's rows of one part, `most` of them.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, person: Uuid, part: &Part, most: i64) -> Result<Table> {
    on!(read db, pool => {
        // Made of constants alone.
        let query = AssertSqlSafe(format!("{} limit $2", part.query));
        let rows = sqlx::query(query).bind(person).bind(most).fetch_all(pool).await?;
        let cells = |row| Cells::cells(row);
        Ok(Table {
            columns: part.columns(),
            rows: rows.iter().map(cells).collect::<Result<_>>()?,
        })
    })
}

/// A row whose columns are known only when it is there.
trait Cells: Row {
    fn cell(&self, place: usize) -> Result<Cell>;

    fn cells(&self) -> Result<Vec<Cell>> {
        (0..self.len()).map(|place| self.cell(place)).collect()
    }
}

impl Cells for SqliteRow {
    fn cell(&self, place: usize) -> Result<Cell> {
        let value = self.try_get_raw(place)?;
        Ok(match value.type_info().name() {
            _ if value.is_null() => Cell::Nothing,
            "INTEGER" | "BIGINT" => Cell::Number(self.try_get_unchecked(place)?),
            // Dates are kept as text.
            _ => Cell::Text(self.try_get_unchecked(place)?),
        })
    }
}

impl Cells for PgRow {
    fn cell(&self, place: usize) -> Result<Cell> {
        let value = self.try_get_raw(place)?;
        Ok(match value.type_info().name() {
            _ if value.is_null() => Cell::Nothing,
            "INT8" => Cell::Number(self.try_get(place)?),
            "DATE" => Cell::Text(self.try_get::<Date, _>(place)?.to_string()),
            _ => Cell::Text(self.try_get(place)?),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use sqlx::{Column, Executor, SqlSafeStr, Statement};

    use super::*;

    /// Tables about people that are no part of their own.
    const ELSEWHERE: [(&str, &str); 12] = [
        (
            "checkup_replaced",
            "results that the office has replaced: forty days, to undo it",
        ),
        (
            "expense_replaced",
            "claims that the office has replaced: forty days, to undo it",
        ),
        (
            "expense_look",
            "by which import a page was made, to tell of its correction: looks are in the history",
        ),
        ("audit", "the history, as the page has it"),
        ("letter", "the history, as the page has it"),
        ("look", "the history, as the page has it"),
        (
            "office_reason",
            "the office's own words of why, beside the history; asked for at the office",
        ),
        (
            "postcard_run",
            "how the office had a postcard made: the postcard is a part, its issue is in the history",
        ),
        ("refused_try", "the history, as the page has it"),
        (
            "second_person",
            "what a clerk has asked another: the look or the file that came of it is in the history",
        ),
        (
            "staff_member",
            "who works in the office: the society's record of its staff, not of its members",
        ),
        (
            "link",
            "a letter's address, for hours: the letter is in the history, the address in emails",
        ),
    ];

    #[tokio::test]
    async fn no_table_about_people_is_forgotten_and_every_column_has_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("portal.db").display());
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let Db::Sqlite(file) = &db else {
            unreachable!()
        };
        let pool = &file.writer;
        for part in PARTS {
            let statement = pool.prepare(part.query.into_sql_str()).await.unwrap();
            let names = statement
                .columns()
                .iter()
                .map(|column| column.name().to_owned());
            assert_eq!(part.columns(), names.collect::<Vec<_>>(), "{}", part.name);
        }
        let tables: Vec<String> = sqlx::query_scalar(
            "select distinct t.name from sqlite_master t join pragma_table_info(t.name) c
             where t.type = 'table' and (t.name = 'person' or c.name in ('person_id', 'member_id',
                                                                      'holder_id'))
             order by t.name",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        assert!(tables.len() >= 11, "{tables:?}");
        for table in tables {
            let is_elsewhere = ELSEWHERE.iter().any(|(name, _)| *name == table);
            let from = format!("from {table} ");
            let words = |part: &Part| part.query.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_taken = PARTS.iter().any(|part| (words(part) + " ").contains(&from));
            assert!(
                is_elsewhere != is_taken,
                "{table}: a part of わたしのデータ, or left out on purpose?"
            );
        }
    }
}
