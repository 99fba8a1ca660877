//! Sheets to download: everything of a year, and what can be pasted into the tax
//! agency's 医療費集計フォーム.

use std::collections::BTreeSet;

use domain::{
    ports::ExpenseYear,
    values::{
        expense::{COLUMNS, Expense, Patient},
        tax::{Category, expenses_of_form},
    },
};

use crate::base::spreadsheet::{escape_formula, is_in_cp932};

/// The words of a year that CP932 cannot write, each once.
pub(super) fn beyond_cp932<'a>(
    people: impl Iterator<Item = &'a Patient>,
    expenses: &'a [Expense],
) -> Vec<String> {
    let names = people.map(|patient| &patient.name);
    let words: BTreeSet<&String> = names
        .chain(expenses.iter().map(|expense| &expense.provider))
        .filter(|word| !word.chars().all(is_in_cp932))
        .collect();
    words.into_iter().cloned().collect()
}

/// Everything of a year: the columns in which it came in, and who it is.
///
/// # Errors
/// Memory that cannot be written.
pub fn list(year: &ExpenseYear) -> Result<String, csv::Error> {
    let mut sheet = writer();
    let [symbol, number, branch, rest @ ..] = COLUMNS;
    let header = [symbol, number, branch, "氏名", "続柄"];
    sheet.write_record(header.iter().chain(&rest))?;
    for expense in &year.expenses {
        let Some(patient) = year.people.get(expense.patient) else {
            continue;
        };
        let amounts = expense.amounts;
        let texts = [
            &year.symbol,
            &year.number,
            &patient.branch,
            &patient.name,
            &patient.relation,
            // Excel makes a date of 2026-03, and `Mar-26` of that; this it gives back as it is.
            &expense.month.label(),
            &expense.provider,
            expense.kind.as_str(),
        ];
        let numbers = [
            expense.days,
            amounts.total,
            amounts.insurer,
            amounts.public,
            amounts.paid,
            amounts.meals,
            amounts.extra,
        ];
        let texts = texts
            .into_iter()
            .map(|text| escape_formula(text).into_owned());
        sheet.write_record(texts.chain(numbers.map(|number| number.to_string())))?;
    }
    text(sheet)
}

/// Columns B to J of the form, v3.1, to be pasted at B9: patient, provider, the four
/// marks, what was paid, what was paid back, and the day of payment, which the list
/// does not know. No header, as the form has its own; names in full, as they are.
///
/// # Errors
/// Memory that cannot be written.
pub fn form(year: &ExpenseYear) -> Result<String, csv::Error> {
    let mut sheet = writer();
    // The form is filled in by hand from the top: the oldest month first.
    let mut expenses: Vec<&Expense> = expenses_of_form(&year.expenses).collect();
    expenses.sort_by_key(|expense| expense.month);
    for expense in expenses {
        let patient = year.people.get(expense.patient);
        let category = Category::of(expense.kind);
        let mark = |one| if one == category { "該当する" } else { "" };
        let mut record = vec![
            escape_formula(patient.map_or("", |patient| &patient.name)).into_owned(),
            escape_formula(&expense.provider).into_owned(),
        ];
        record.extend(Category::ALL.map(mark).map(str::to_owned));
        record.push(expense.amounts.paid.to_string());
        record.push(match expense.amounts.extra {
            0 => String::new(),
            extra => extra.to_string(),
        });
        record.push(String::new());
        sheet.write_record(record)?;
    }
    text(sheet)
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new())
}

fn text(sheet: csv::Writer<Vec<u8>>) -> Result<String, csv::Error> {
    let bytes = sheet.into_inner().map_err(|error| error.into_error())?;
    String::from_utf8(bytes).map_err(|error| std::io::Error::other(error).into())
}

#[cfg(test)]
mod tests {
    use domain::values::{
        expense::{Amounts, Kind, Standing},
        month::Month,
    };

    use encoding_rs::SHIFT_JIS;

    use super::*;
    use crate::base::spreadsheet::SheetEncoding;

    fn year(expenses: &[(i64, &str, Kind, i64, i64)]) -> ExpenseYear {
        ExpenseYear {
            year: 2026,
            years: vec![2026],
            symbol: "1001".into(),
            number: "-12".into(),
            people: vec![Patient {
                branch: "00".into(),
                name: "𠮷田 太郎".into(),
                relation: "本人".into(),
                standing: Standing::Own,
                seventy_from: Month::last_of(2060),
            }],
            expenses: expenses
                .iter()
                .map(|&(month, provider, kind, paid, extra)| Expense {
                    patient: 0,
                    month: Month::from_number(month).unwrap(),
                    provider: provider.into(),
                    kind,
                    days: 1,
                    amounts: Amounts {
                        total: paid,
                        paid,
                        extra,
                        ..Amounts::default()
                    },
                })
                .collect(),
            paid: expenses.iter().map(|(_, _, _, paid, _)| paid).sum(),
            months: vec![],
            begins: None,
            has_family: false,
            others_unseen: false,
            corrected: None,
            beyond_cp932: vec![],
            sharing: None,
            leaving: None,
        }
    }

    #[test]
    fn the_form_gets_its_columns_and_nothing_else() {
        let year = year(&[
            (202_603, "みほん薬局", Kind::Pharmacy, 1_200, 0),
            (202_602, "=1+1 病院", Kind::Inpatient, 90_000, 25_000),
            (202_602, "無料の医院", Kind::Outpatient, 0, 0),
            (202_601, "その他, 装具店", Kind::Other, 300, 0),
        ]);
        assert_eq!(
            form(&year).unwrap(),
            "𠮷田 太郎,\"その他, 装具店\",,,,該当する,300,,\r\n\
             𠮷田 太郎,'=1+1 病院,該当する,,,,90000,25000,\r\n\
             𠮷田 太郎,みほん薬局,,該当する,,,1200,,\r\n"
        );
    }

    #[test]
    fn everything_is_in_the_list_and_no_cell_is_a_formula() {
        let sheet = list(&year(&[(202_603, "＠クリニック", Kind::Dental, 1_200, 0)])).unwrap();
        assert_eq!(
            sheet,
            "記号,番号,枝番,氏名,続柄,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,\
             公費負担額,窓口負担額,食事療養費,付加給付額\r\n\
             1001,'-12,00,𠮷田 太郎,本人,2026年3月,'＠クリニック,歯科,1,1200,0,0,1200,0,0\r\n"
        );
    }

    #[test]
    fn what_cp932_lacks_becomes_a_geta_and_is_named() {
        let year = year(&[(202_603, "髙橋﨑医院①ｱ", Kind::Dental, 1, 0)]);
        assert_eq!(
            beyond_cp932(year.people.iter(), &year.expenses),
            ["𠮷田 太郎"]
        );
        let bytes = SheetEncoding::Cp932.encode("𠮷田 髙橋﨑医院①ｱ");
        assert_eq!(SHIFT_JIS.decode(&bytes).0, "〓田 髙橋﨑医院①ｱ");
        assert!(
            SheetEncoding::Utf8
                .encode("𠮷")
                .starts_with(b"\xEF\xBB\xBF")
        );
    }
}
