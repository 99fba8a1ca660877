//! Postcards for whoever may register, and nobody else; and what a crash leaves.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use domain::{
    rules::provisional::{ProvisionalId, ProvisionalPassword},
    values::timestamp::Timestamp,
};
use server::{
    base::hash::{HashCost, Hasher, Pool},
    office::postcards::{self, Issued, PostcardError, Terms},
};
use store::{person::Key, postcard};
use uuid::Uuid;

use crate::{
    faults::killed_at,
    fresh::Fresh,
    roster::{NOW, import},
};

const HEADER: &str = "\u{FEFF}記号,番号,枝番,氏名,郵便番号,住所,仮ログインID,仮パスワード,\
                      有効期限,事業所コード,事業所名\r\n";

/// On 2026-11-22 a dependent may register who was born on 2006-11-23 or before.
const PEOPLE: &str = "\
1001,12,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,1050001,東京都架空区見本町1-2-3
1001,12,01,架空 花子,,1982-12-31,女,妻,2010-06-01,,0007,,1050001,東京都架空区見本町1-2-3
1001,12,02,架空 成人,,2006-11-23,男,長男,2006-11-23,,0007,,1050001,東京都架空区見本町1-2-3
1001,12,03,架空 未満,,2006-11-24,女,長女,2006-11-24,,0007,,1050001,東京都架空区見本町1-2-3
1001,13,00,見本 退職,,1970-01-01,男,本人,1995-04-01,2026-11-22,0007,,,
1001,14,00,見本 明日,,1970-01-01,男,本人,1995-04-01,2026-11-23,0007,,,
1001,15,00,見本 未来,,1999-01-01,女,本人,2026-11-23,,0007,,,
ア-1,16,00,=HYPERLINK(1),,2007-04-01,女,本人,2026-11-22,,0007,,1050001,\"東京都架空区,例題町\"
";
const ELIGIBLE: [&str; 5] = [
    "1001-12-00",
    "1001-12-01",
    "1001-12-02",
    "1001-14-00",
    "ア-1-16-00",
];

fn hasher() -> Hasher {
    Hasher::start(
        HashCost {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        },
        Pool::default(),
    )
    .unwrap()
}

fn out(fresh: &Fresh) -> PathBuf {
    fresh.folder.path().join("postcards.csv")
}

fn part(fresh: &Fresh) -> PathBuf {
    fresh.folder.path().join("postcards.csv.part")
}

async fn issue_at(fresh: &Fresh, now: Timestamp) -> Result<Issued, PostcardError> {
    postcards::issue(
        &fresh.db,
        &hasher(),
        Terms::default(),
        now,
        &out(fresh),
        |_, _| {},
    )
    .await
}

pub(crate) async fn issue(fresh: &Fresh) -> Result<Issued, PostcardError> {
    issue_at(fresh, NOW).await
}

pub(crate) async fn reissue(fresh: &Fresh, key: &str) -> Result<Issued, PostcardError> {
    let key: Key = key.parse().unwrap();
    postcards::reissue(
        &fresh.db,
        &hasher(),
        Terms::default(),
        NOW,
        &key,
        &out(fresh),
    )
    .await
}

/// A postcard, as the print shop prints it.
#[derive(Clone)]
pub(crate) struct Printed {
    pub(crate) key: String,
    name: String,
    pub(crate) login_id: String,
    pub(crate) password: String,
    good_until: String,
    pub(crate) employer: String,
}

/// Reads the file as the print shop does, and takes it away.
pub(crate) fn delivered(fresh: &Fresh) -> Vec<Printed> {
    let path = out(fresh);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(!part(fresh).exists());
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    printed(&text)
}

pub(crate) fn printed(text: &str) -> Vec<Printed> {
    let lines = text
        .strip_prefix(HEADER)
        .expect("the columns of the contract");
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(lines.as_bytes())
        .records()
        .map(|line| {
            let line = line.unwrap();
            Printed {
                key: format!("{}-{}-{}", &line[0], &line[1], &line[2]),
                name: line[3].to_owned(),
                login_id: line[6].to_owned(),
                password: line[7].to_owned(),
                good_until: line[8].to_owned(),
                employer: line[9].to_owned(),
            }
        })
        .collect()
}

fn keys(lines: &[Printed]) -> Vec<&str> {
    let mut keys: Vec<_> = lines.iter().map(|line| line.key.as_str()).collect();
    keys.sort_unstable();
    keys
}

async fn is_open(fresh: &Fresh, login_id: &str, at: Timestamp) -> bool {
    postcard::holder(&fresh.db, login_id, at)
        .await
        .unwrap()
        .is_some()
}

/// Whether what the postcard says is what the database will accept.
async fn works(fresh: &Fresh, line: &Printed) -> bool {
    let login_id = ProvisionalId::parse(&line.login_id).unwrap();
    let password = ProvisionalPassword::parse(&line.password).unwrap();
    let stored: String = ask!(
        &fresh.db,
        "select coalesce(min(password_hash), '') from postcard where login_id = $1 and ended_at is null",
        login_id.as_str()
    );
    !stored.is_empty() && hasher().verify(password.as_str(), &stored).await.unwrap()
}

async fn open_postcards(fresh: &Fresh) -> i64 {
    ask!(
        &fresh.db,
        "select count(*) from postcard where ended_at is null"
    )
}

on_both! {
    async fn everybody_who_may_register_gets_one_and_nobody_else(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let mut seen = Vec::new();
        let issued = postcards::issue(
            &fresh.db, &hasher(), Terms::default(), NOW, &out(&fresh),
            |done, of| seen.push((done, of)),
        ).await.unwrap();
        assert_eq!(issued, Issued { postcards: 5, resumed: 0, without_address: 1 });
        assert_eq!(seen, [(0, 5), (5, 5)]);

        let lines = delivered(&fresh);
        assert_eq!(keys(&lines), ELIGIBLE);
        for line in &lines {
            assert!(works(&fresh, line).await, "{} cannot register", line.key);
            assert_eq!(line.good_until, "2027-11-22");
            let held = postcard::holder(&fresh.db, &line.login_id, NOW).await.unwrap().unwrap();
            assert_eq!(line.key.parse::<Key>().unwrap(), held.key);
        }
        let formula = lines.iter().find(|line| line.key == "ア-1-16-00").unwrap();
        assert_eq!(formula.name, "'=HYPERLINK(1)", "a spreadsheet must not compute a name");

        let counted: i64 = ask!(
            &fresh.db, "select count(*) from throttle t join postcard c on c.id = t.id"
        );
        assert_eq!(counted, 5, "wrong tries are counted from the first");
        let audited: i64 = ask!(
            &fresh.db, "select count(*) from audit where event = 'postcard_issued'"
        );
        assert_eq!(audited, 5);

        assert_eq!(issue(&fresh).await.unwrap(), Issued::default(), "all have one now");
        assert!(!out(&fresh).exists() && !part(&fresh).exists());
    }
}

on_both! {
    async fn a_postcard_is_good_to_the_end_of_the_day_printed_on_it(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let lines = delivered(&fresh);
        // 2027-11-23 00:00 in Japan.
        let over = Timestamp(1_795_309_200_000 - 10 * 3_600_000 + 366 * 86_400_000);
        assert_eq!(over.full(), "2027年11月23日 0:00");
        let last = over.minus(Duration::from_millis(1));
        assert!(is_open(&fresh, &lines[0].login_id, last).await);
        assert!(!is_open(&fresh, &lines[0].login_id, over).await);

        assert_eq!(issue_at(&fresh, last).await.unwrap().postcards, 2, "who came of age meanwhile");
        delivered(&fresh);
        let again = issue_at(&fresh, over).await.unwrap();
        assert_eq!(again.postcards, 4, "expired ones are replaced, but for those who have left");
        let [first, second, third, _left, last] = ELIGIBLE;
        assert_eq!(keys(&delivered(&fresh)), [first, second, third, last]);
    }
}

on_both! {
    async fn members_and_holders_get_none_but_by_a_reissue(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let before = delivered(&fresh);
        let first = before.iter().find(|line| line.key == ELIGIBLE[0]).unwrap();
        let person: Uuid = ask!(&fresh.db, "select id from person where number = '12' and branch = '00'");
        let card: Uuid = ask!(&fresh.db, "select id from postcard where person_id = $1", person);
        tell!(&fresh.db, "update postcard set ended_at = $1 where id = $2", NOW.0, card);
        tell!(
            &fresh.db,
            "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash, registered_at)
             values ($1, $2, 'Taro', 'taro', '太郎', 'x', 0)",
            Uuid::now_v7(), person
        );
        assert_eq!(issue(&fresh).await.unwrap().postcards, 0, "used, and an account made");

        reissue(&fresh, ELIGIBLE[0]).await.unwrap();
        let again = delivered(&fresh);
        assert_eq!(keys(&again), [ELIGIBLE[0]]);
        assert!(works(&fresh, &again[0]).await);
        assert!(!works(&fresh, first).await);
        let member: i64 = ask!(
            &fresh.db,
            "select count(*) from audit a join member m on m.id = a.member_id
             where a.event = 'postcard_reissued'"
        );
        assert_eq!(member, 1, "the member can see that it happened");
    }
}

on_both! {
    async fn a_reissue_voids_the_old_pair_and_its_session(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let before = delivered(&fresh);
        for (n, branch) in [(1_u8, "00"), (2, "01")] {
            let card: Uuid = ask!(
                &fresh.db,
                "select c.id from postcard c join person p on p.id = c.person_id
                 where p.number = '12' and p.branch = $1", branch
            );
            tell!(
                &fresh.db,
                "insert into session (id, kind, token_hash, postcard_id, network_address, device,
                                      started_at, last_seen_at, expires_at)
                 values ($1, 'provisional', $2, $3, '', '', 0, 0, 0)",
                Uuid::now_v7(), vec![n; 32], card
            );
        }
        reissue(&fresh, "1001-12-00").await.unwrap();
        let after = delivered(&fresh);
        assert!(works(&fresh, &after[0]).await);
        for line in &before {
            assert_eq!(works(&fresh, line).await, line.key != "1001-12-00", "{}", line.key);
        }
        let open: i64 = ask!(&fresh.db, "select count(*) from session where ended_at is null");
        assert_eq!(open, 1, "the other person's session goes on");
    }
}

on_both! {
    async fn nothing_is_reissued_to_whom_nothing_is_due(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        for (key, known) in [
            ("1001-12-03", true),
            ("1001-13-00", true),
            ("1001-15-00", true),
            ("1001-12-99", false),
            ("ア-1-16-01", false),
        ] {
            let error = reissue(&fresh, key).await.unwrap_err();
            match error {
                PostcardError::NotEligible => assert!(known, "{key}"),
                PostcardError::Unknown => assert!(!known, "{key}"),
                other => panic!("{key}: {other}"),
            }
        }
        assert!(!out(&fresh).exists() && !part(&fresh).exists());
        reissue(&fresh, "ア-1-16-00").await.unwrap();
        assert_eq!(keys(&delivered(&fresh)), ["ア-1-16-00"]);
    }
}

on_both! {
    async fn a_file_that_is_there_is_never_written_over(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        fs::write(out(&fresh), "last year's").unwrap();
        assert!(matches!(issue(&fresh).await, Err(PostcardError::FileExists)));
        assert!(matches!(reissue(&fresh, ELIGIBLE[0]).await, Err(PostcardError::FileExists)));
        assert_eq!(fs::read_to_string(out(&fresh)).unwrap(), "last year's");
        assert_eq!(open_postcards(&fresh).await, 0);
    }
}

on_both! {
    /// Killed after the commit and before the file had its name.
    async fn an_interrupted_run_is_finished_with_the_same_postcards(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let whole = fs::read_to_string(out(&fresh)).unwrap();
        fs::rename(out(&fresh), part(&fresh)).unwrap();

        let again = issue(&fresh).await.unwrap();
        assert_eq!(again, Issued { postcards: 5, resumed: 5, without_address: 0 });
        assert_eq!(fs::read_to_string(out(&fresh)).unwrap(), whole);
        assert_eq!(open_postcards(&fresh).await, 5);
    }
}

on_both! {
    /// Killed after lines were on the disk and before their rows were committed,
    /// the last line cut off in the middle.
    async fn lines_without_a_row_are_dropped_and_their_people_drawn_anew(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let whole = fs::read_to_string(out(&fresh)).unwrap();
        let lost = printed(&whole).into_iter().find(|line| line.key == ELIGIBLE[1]).unwrap();
        tell!(&fresh.db, "delete from postcard where login_id = $1", lost.login_id.as_str());
        fs::remove_file(out(&fresh)).unwrap();
        fs::write(part(&fresh), format!("{whole}1001,12,02,架")).unwrap();

        let again = issue(&fresh).await.unwrap();
        assert_eq!(again, Issued { postcards: 5, resumed: 4, without_address: 0 });
        let lines = delivered(&fresh);
        assert_eq!(keys(&lines), ELIGIBLE, "everybody once");
        for line in &lines {
            assert!(works(&fresh, line).await, "{} cannot register", line.key);
            assert_ne!(line.login_id, lost.login_id);
        }
    }
}

on_both! {
    async fn an_unfinished_file_holds_no_postcard_that_was_voided_meanwhile(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        fs::rename(out(&fresh), part(&fresh)).unwrap();
        assert!(matches!(reissue(&fresh, ELIGIBLE[0]).await, Err(PostcardError::Unfinished)));

        let other = fresh.folder.path().join("other.csv");
        let key: Key = ELIGIBLE[0].parse().unwrap();
        postcards::reissue(&fresh.db, &hasher(), Terms::default(), NOW, &key, &other).await.unwrap();
        assert_eq!(issue(&fresh).await.unwrap().postcards, 4);
        assert_eq!(keys(&delivered(&fresh)), ELIGIBLE[1..]);
    }
}

on_both! {
    /// A reissue killed before its file had its name is finished, not repeated.
    async fn an_interrupted_reissue_is_finished(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        reissue(&fresh, ELIGIBLE[0]).await.unwrap();
        let whole = fs::read_to_string(out(&fresh)).unwrap();
        fs::rename(out(&fresh), part(&fresh)).unwrap();
        assert_eq!(reissue(&fresh, ELIGIBLE[0]).await.unwrap().resumed, 1);
        assert_eq!(fs::read_to_string(out(&fresh)).unwrap(), whole);
    }
}

on_both! {
    /// Killed wherever it waits for the database or a hash; before it goes on, two people
    /// have exchanged their keys and a third has another one.
    async fn case_wherever_issuing_is_killed_no_open_postcard_is_without_its_password(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let moves: [(&str, &str); 4] = [("00", "90"), ("01", "00"), ("90", "01"), ("02", "05")];
        // How often it waits depends on how quick the answers are.
        let mut killed = 0;
        for step in 0..40 {
            if killed_at(step, issue(&fresh)).await {
                killed += 1;
                for (from, to) in moves {
                    tell!(
                        &fresh.db,
                        "update person set branch = $2 where number = '12' and branch = $1", from, to
                    );
                }
                issue(&fresh).await.unwrap();
            }
            let lines = delivered(&fresh);
            assert_eq!(lines.len(), 5, "killed at step {step}");
            assert_eq!(open_postcards(&fresh).await, 5);
            for line in &lines {
                assert!(works(&fresh, line).await, "{} cannot register, killed at step {step}", line.key);
                let held = postcard::holder(&fresh.db, &line.login_id, NOW).await.unwrap().unwrap();
                assert_eq!(line.key.parse::<Key>().unwrap(), held.key);
            }
            let left: Vec<_> = fs::read_dir(fresh.folder.path()).unwrap()
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .filter(|name| name.starts_with("postcards")).collect();
            assert_eq!(left, [""; 0], "killed at step {step}");
            tell!(&fresh.db, "update person set branch = '02' where branch = '05'");
            tell!(&fresh.db, "delete from postcard");
        }
        assert!(killed > 3, "it was killed {killed} times only");
    }
}

on_both! {
    /// Stopped when the file had its name, and the unfinished one still had its own.
    async fn case_a_run_killed_between_two_names_leaves_no_second_list_of_passwords(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        fs::hard_link(out(&fresh), part(&fresh)).unwrap();
        assert!(matches!(issue(&fresh).await, Err(PostcardError::Finished)));
        assert_eq!(keys(&delivered(&fresh)), ELIGIBLE);
    }
}

on_both! {
    async fn two_runs_at_once_give_everybody_one_postcard(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        let other = fresh.folder.path().join("other.csv");
        let hasher = hasher();
        let (here, there) = tokio::join!(
            issue(&fresh),
            postcards::issue(&fresh.db, &hasher, Terms::default(), NOW, &other, |_, _| {}),
        );
        assert_eq!(here.unwrap().postcards + there.unwrap().postcards, 5);
        let mut all = Vec::new();
        for path in [out(&fresh), other] {
            all.extend(fs::read_to_string(path).map(|text| printed(&text)).unwrap_or_default());
        }
        assert_eq!(keys(&all), ELIGIBLE);
        for line in &all {
            assert!(works(&fresh, line).await, "{} cannot register", line.key);
        }
    }
}

on_both! {
    async fn who_leaves_takes_the_postcard_along(fresh: Fresh) {
        import(&fresh, PEOPLE).await;
        issue(&fresh).await.unwrap();
        let lines = delivered(&fresh);
        let left = PEOPLE.replace("1001,12,01,架空 花子,,1982-12-31,女,妻,2010-06-01,,", "1001,12,01,架空 花子,,1982-12-31,女,妻,2010-06-01,2026-11-22,");
        let report = import(&fresh, &left).await;
        assert_eq!((report.people.left, report.postcards_ended), (1, 1));
        for line in &lines {
            assert_eq!(works(&fresh, line).await, line.key != ELIGIBLE[1], "{}", line.key);
        }
        assert_eq!(import(&fresh, &left).await.postcards_ended, 0);

        let back = import(&fresh, PEOPLE).await;
        assert_eq!(back.people.changed, 1);
        assert_eq!(issue(&fresh).await.unwrap().postcards, 1, "back again, and a new postcard");
    }
}

/// The database file holds hashes, and no password in clear.
#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_in_the_database() {
    let fresh = crate::fresh::sqlite().await;
    import(&fresh, PEOPLE).await;
    issue(&fresh).await.unwrap();
    let mut stored = Vec::new();
    for file in fs::read_dir(fresh.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("portal.db")
        {
            stored.extend(fs::read(path).unwrap());
        }
    }
    let contains = |text: &str| {
        stored
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
    };
    for line in delivered(&fresh) {
        assert!(contains(&line.login_id), "this is where it would be found");
        assert!(!contains(&line.password), "as printed");
        assert!(!contains(&line.password.replace('-', "")), "as typed");
    }
}
