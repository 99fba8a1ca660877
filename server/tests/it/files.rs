//! 取込 in the browser: a file comes in, is checked, asked about, shown, and brought in; or
//! nothing of it is left.

use std::{sync::Arc, time::Duration};

use domain::office::{
    job::{JobKind, JobState},
    role::Role,
};
use encoding_rs::SHIFT_JIS;
use reqwest::Method;
use server::{
    base::{clock::Clock, secrets::Secrets},
    office::job::worker::FileWorker,
};
use store::{
    Db,
    job::{self, LEASE},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, watch},
    time::timeout,
};
use uuid::Uuid;

use crate::{
    browser::{Browser, Seen},
    expense_import,
    fresh::Fresh,
    jobs::received,
    office::{PASSWORD, at_work, enter},
    roster::{HEADER, NOW},
    test_app::{HOUR, MINUTE, PEOPLE, PUBLIC, TARO, TestApp, WISH},
};

const YES: (&str, &str) = ("confirm", "yes");

/// Somebody new, and somebody who has moved house.
const CHANGED: &str = "\
1001,13,00,見本 次郎,,1970-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区新町7-8-9
1001,16,00,見本 五郎,,1973-01-01,男,本人,2026-04-01,,0007,,1050001,東京都架空区見本町9-9-9
";

const BOUNDARY: &str = "----portal-story";

/// What a browser sends of a form with a file.
fn form(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let field = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend(field.into_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

async fn sends(browser: &Browser, path: &str, body: Vec<u8>) -> Seen {
    let request = browser
        .request(Method::POST, path)
        .header("origin", PUBLIC)
        .header("sec-fetch-site", "same-origin")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={BOUNDARY}"),
        )
        .body(body);
    browser.send(request).await
}

/// Brings a file; where its page is.
async fn brings(browser: &Browser, kind: &str, bytes: &[u8]) -> String {
    let body = form(&[("kind", kind)], Some(("meibo.csv", bytes)));
    let seen = sends(browser, &format!("/office/files/new?kind={kind}"), body).await;
    assert_eq!(seen.status, 303, "{}", seen.words());
    let path = seen.header("location").to_owned();
    assert!(path.starts_with("/office/files/"), "{path}");
    path
}

fn attribute<'a>(seen: &'a Seen, name: &str) -> &'a str {
    let (_, rest) = seen.body.split_once(&format!("{name}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// The page as soon as no server works on the file.
async fn settled(browser: &Browser, path: &str) -> Seen {
    for _ in 0..2_000 {
        let page = browser.get(&format!("{path}?refresh=1")).await;
        assert_eq!(page.status, 200, "{}", page.words());
        let state = JobState::parse(attribute(&page, "data-state")).unwrap();
        if !state.is_at_work() {
            return page;
        }
        assert_eq!(page.header("refresh"), format!("2;url={path}?refresh=1"));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("in ten seconds nobody has come to an end with {path}");
}

async fn is(browser: &Browser, path: &str, state: &str) -> Seen {
    let page = settled(browser, path).await;
    assert_eq!(attribute(&page, "data-state"), state, "{}", page.words());
    page
}

async fn people(db: &Db) -> i64 {
    ask!(db, "select count(*) from person")
}

async fn of_jobs_left(db: &Db) -> i64 {
    ask!(
        db,
        "select (select count(*) from job_chunk)
              + (select count(*) from job where wrapped_key is not null)"
    )
}

async fn noted(db: &Db, event: &str) -> i64 {
    ask!(db, "select count(*) from audit where event = $1", event)
}

fn cp932(text: &str) -> Vec<u8> {
    SHIFT_JIS.encode(text).0.into_owned()
}

on_both! {
    async fn a_roster_is_looked_at_and_comes_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        clerk.get("/office").await.shows("取込</a>");
        clerk.get("/office/files").await.shows("加入者名簿を取り込む").hides("医療費を取り込む")
            .shows("まだ取り込んだファイルはありません");
        clerk.get("/office/files/new?kind=roster").await.shows("加入者名簿を取り込む").shows("資格取得日");

        let path = brings(&clerk, "roster", &cp932(&format!("{HEADER}{CHANGED}"))).await;
        let page = is(&clerk, &path, "previewed").await;
        assert_eq!(attribute(&page, "data-percent"), "100");
        page.shows("東京都架空区見本町4-5-6").shows("東京都架空区新町7-8-9").shows("meibo.csv");
        assert_eq!(people(db).await, 6, "a look has changed something");
        let home = clerk.get("/office").await.shows("確認を待っているファイル");
        assert!(home.words().contains("取込 1 件の未処理"), "{}", home.words());

        // Asked for twice, and no other plan than the one that was shown.
        let run = format!("{path}/run");
        clerk.post(&run, &[]).await.refuses(422).shows("確認のチェックを入れてから");
        clerk.get(&run).await.leads_to(&path);
        clerk.post(&run, &[YES, ("plan", "00ff")]).await.leads_to(&path);
        clerk.get(&path).await.shows("状態が変わっていたため");
        assert_eq!(people(db).await, 6);
        clerk.post(&run, &[YES]).await.leads_to(&path);
        let page = is(&clerk, &path, "done").await;
        assert_eq!(attribute(&page, "data-percent"), "100");
        page.shows("取り込みました。").hides("中止する");
        assert_eq!(people(db).await, 7);
        assert_eq!(of_jobs_left(db).await, 0);
        for event in ["file_received", "file_run"] {
            assert_eq!(noted(db, event).await, 1, "{event}");
        }
        let by: String = ask!(db, "select actor from audit where event = 'roster_imported' order by id desc limit 1");
        let clerk_id: Uuid = ask!(db, "select id from staff_member where login_id = 'torikomi'");
        assert_eq!(by, clerk_id.to_string());
        clerk.post(&run, &[YES]).await.leads_to(&path);
        clerk.post(&format!("{path}/cancel"), &[YES]).await.leads_to(&path);
        is(&clerk, &path, "done").await;
        assert_eq!(people(db).await, 7);
    }
}

on_both! {
    async fn a_wrong_file_is_mended_and_comes_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let wrong = CHANGED.replace("1973-01-01", "=1973-13-01");
        let path = brings(&clerk, "roster", format!("{HEADER}{wrong}").as_bytes()).await;
        is(&clerk, &path, "refused").await.shows("3行目").shows("生年月日").shows("1001-16-00")
            .shows("このファイルは取り込めません").hides("name=\"confirm\"");
        let sheet = clerk.get(&format!("{path}/problems.csv")).await;
        assert_eq!(sheet.header("content-type"), "text/csv; charset=utf-8");
        assert!(sheet.body.starts_with("\u{FEFF}行,記号-番号-枝番など,列,値,直すところ\r\n3,1001-16-00,生年月日,'=1973-13-01,"), "{}", sheet.body);
        assert_eq!(noted(db, "problems_taken").await, 1);
        clerk.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        assert_eq!(people(db).await, 6);

        let path = brings(&clerk, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&clerk, &path, "previewed").await;
        clerk.get(&format!("{path}/problems.csv")).await.refuses(404);
        clerk.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        is(&clerk, &path, "done").await;
        assert_eq!(people(db).await, 7);

        // What is no list at all has its sentence.
        for (bytes, says) in [
            (&b"%PDF-1.7 and so on"[..], "PDF"),
            ("記号,番号\n1,2\n".as_bytes(), "足りない列"),
            (HEADER.as_bytes(), "データが1件もありません"),
        ] {
            let path = brings(&clerk, "roster", bytes).await;
            is(&clerk, &path, "refused").await.shows(says);
        }
    }
}

on_both! {
    async fn a_move_is_asked_about_and_linked(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let moved = PEOPLE.lines().next().unwrap().replace("1001,12,00", "2002,5,00");
        let path = brings(&clerk, "roster", format!("{HEADER}{moved}\n").as_bytes()).await;
        is(&clerk, &path, "questions").await.shows("1001-12-00").shows("2002-5-00").shows("同じ人ですか");
        let answers = format!("{path}/answers");
        clerk.post(&answers, &[]).await.refuses(422).shows("回答のない質問が1件あります");
        clerk.post(&answers, &[("answer_2", "add")]).await.refuses(422);
        clerk.post(&answers, &[("answer_2", "same")]).await.leads_to(&path);
        is(&clerk, &path, "previewed").await.shows("1001-12-00").shows("2002-5-00");
        clerk.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        is(&clerk, &path, "done").await;
        assert_eq!(people(&app.fresh.db).await, 6);
        taro.home().await.shows("たろうさん");
        let key: String = ask!(&app.fresh.db, "select p.symbol from person p join member m on m.person_id = p.id");
        assert_eq!(key, "2002");
    }
}

on_both! {
    async fn what_is_not_wanted_any_more_leaves_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let path = brings(&clerk, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&clerk, &path, "previewed").await;
        assert!(of_jobs_left(db).await > 0);
        clerk.post(&format!("{path}/cancel"), &[]).await.refuses(422);
        clerk.post(&format!("{path}/cancel"), &[YES]).await.leads_to(&path);
        is(&clerk, &path, "cancelled").await.shows("中止しました。何も変更していません。").hides("新町7-8-9");
        clerk.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        is(&clerk, &path, "cancelled").await;
        assert_eq!((people(db).await, of_jobs_left(db).await), (6, 0));
        assert_eq!(noted(db, "file_cancelled").await, 1);

        // Whoever is kept out from now on has nothing going on.
        let path = brings(&clerk, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&clerk, &path, "previewed").await;
        crate::office::service(&app.fresh).set_disabled("torikomi", true, app.clock.now()).await.unwrap();
        let other = at_work(&app, "torikomi2", &[Role::Importer]).await.browser;
        is(&other, &path, "cancelled").await;
        assert_eq!(of_jobs_left(db).await, 0);
    }
}

on_both! {
    async fn each_kind_of_file_is_for_its_role_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let taro = app.signed_in(TARO, &WISH).await;
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let path = brings(&importer, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&importer, &path, "previewed").await;
        let body = |kind: &str| form(&[("kind", kind)], Some(("a.csv", b"x")));
        let all = [Role::Desk, Role::Publisher, Role::Importer, Role::HealthImporter, Role::Auditor, Role::Admin];
        for (n, role) in all.into_iter().enumerate() {
            let clerk = at_work(&app, &format!("clerk{n}"), &[role]).await.browser;
            for kind in JobKind::FILES {
                let is_theirs = kind.role() == role;
                let new = format!("/office/files/new?kind={}", kind.as_str());
                let refused = noted(db, "staff_refused").await;
                let seen = clerk.get(&new).await;
                assert_eq!(seen.status, if is_theirs { 200 } else { 403 }, "{role:?} {kind:?}");
                if !is_theirs {
                    assert_eq!(sends(&clerk, &new, body(kind.as_str())).await.status, 403, "{role:?} {kind:?}");
                    // The kind said behind the address is judged as well.
                    assert_eq!(sends(&clerk, "/office/files/new", body(kind.as_str())).await.status, 403);
                    assert_eq!(noted(db, "staff_refused").await, refused + 3);
                }
            }
            if role != Role::Importer {
                for act in ["", "/problems.csv"] {
                    assert_eq!(clerk.get(&format!("{path}{act}")).await.status, 403, "{role:?} {act}");
                }
                for act in ["run", "confirm", "cancel", "answers"] {
                    let seen = clerk.post(&format!("{path}/{act}"), &[YES]).await;
                    assert_eq!(seen.status, 403, "{role:?} {act}");
                }
            }
        }
        // A member, and nobody at all.
        for stranger in [&taro, &app.browser()] {
            for at in ["/office/files", "/office/files/new?kind=roster", &path] {
                stranger.get(at).await.leads_to("/office/login");
            }
            stranger.post(&format!("{path}/run"), &[YES]).await.leads_to("/office/login");
            sends(stranger, "/office/files/new?kind=roster", body("roster")).await.refuses(401);
        }
        is(&importer, &path, "previewed").await;
        importer.get("/office/files/new?kind=postcards").await.refuses(404);
        importer.get(&format!("/office/files/{}", Uuid::now_v7())).await.refuses(404);
        importer.get("/office/files/nothing").await.refuses(404);
    }
}

on_both! {
    async fn a_file_that_cannot_come_in_is_told_so_and_nothing_of_it_is_left(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await;
        let new = "/office/files/new?kind=roster";
        let kind = [("kind", "roster")];
        let whole = form(&kind, Some(("a.csv", b"x")));
        for (body, says) in [
            (form(&kind, None), "ファイルを選んでください。"),
            (form(&kind, Some(("", b""))), "ファイルを選んでください。"),
            (form(&kind, Some(("a.csv", b""))), "ファイルが空です"),
            (form(&[("kind", "expenses")], Some(("a.csv", b"x"))), "種類が、画面と合っていません"),
            (whole[..whole.len() - 20].to_vec(), "途中で切れました"),
            (b"no form at all".to_vec(), "途中で切れました"),
        ] {
            sends(&clerk.browser, new, body).await.refuses(422).shows(says);
        }
        let no_boundary = clerk.browser.request(Method::POST, new).header("origin", PUBLIC)
            .header("content-type", "multipart/form-data").body("x");
        clerk.browser.send(no_boundary).await.refuses(422).shows("読み取れませんでした");
        let foreign = clerk.browser.request(Method::POST, new).header("origin", "https://evil.example")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(whole.clone());
        assert_eq!(clerk.browser.send(foreign).await.status, 403);

        // Too much is refused by what it says of itself, before a byte of it.
        let cookie = clerk.browser.cookie("__Host-office").unwrap();
        let head = |length: u64, cookie: &str| format!(
            "POST {new} HTTP/1.1\r\nHost: x\r\nOrigin: {PUBLIC}\r\nCookie: __Host-office={cookie}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
        );
        for (length, cookie, status) in [(200_000_000, &*cookie, 413), (200_000_000, "nobody", 401), (9, "nobody", 401)] {
            let mut socket = TcpStream::connect(app.addr()).await.unwrap();
            socket.write_all(head(length, cookie).as_bytes()).await.unwrap();
            let mut answer = vec![0; 12];
            timeout(Duration::from_secs(9), socket.read_exact(&mut answer)).await.unwrap().unwrap();
            assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
        }

        // Whoever goes away in the middle leaves nothing; two are on their way at a time.
        let half = [head(9_000_000, &cookie).into_bytes(), form(&kind, Some(("a.csv", &[b'x'; 3_000_000])))].concat();
        let mut sockets = Vec::new();
        for _ in 0..2 {
            let mut socket = TcpStream::connect(app.addr()).await.unwrap();
            socket.write_all(&half[..half.len() - 100]).await.unwrap();
            sockets.push(socket);
        }
        app.until("both are being read", || async {
            let chunks: i64 = ask!(db, "select count(*) from job_chunk");
            chunks == 4
        })
        .await;
        sends(&clerk.browser, new, whole.clone()).await.refuses(503);
        clerk.browser.get("/office/files").await.hides("a.csv");
        drop(sockets);
        app.until("nothing of them is left", || async {
            let jobs: i64 = ask!(db, "select count(*) from job");
            jobs == 0 && of_jobs_left(db).await == 0
        })
        .await;
        assert_eq!(noted(db, "file_received").await, 0);

        // After ten minutes who they are is asked for before the form.
        app.clock.advance(10 * MINUTE);
        sends(&clerk.browser, new, whole.clone()).await.refuses(403).shows("ファイルは受け取っていません");
        let page = clerk.browser.get(new).await.shows("ご本人の確認");
        assert!(page.body.contains("name=\"kind\" value=\"roster\""));
        let code = clerk.code(&app);
        let proof = [("kind", "roster"), ("proof_password", crate::office::PASSWORD), ("proof_code", &code)];
        clerk.browser.post("/office/files/new", &proof).await.leads_to(new);
        clerk.browser.get(new).await.shows("送信して下見する");
        assert_eq!(sends(&clerk.browser, new, whole).await.status, 303);
    }
}

on_both! {
    async fn a_list_of_many_lines_may_wait_for_the_night(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.night_from_lines = 2).await;
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await;
        let clerk = &importer.browser;
        // Fewer lines than that keep nobody waiting.
        let (one, _) = CHANGED.split_once('\n').unwrap();
        let path = brings(clerk, "roster", format!("{HEADER}{one}\n").as_bytes()).await;
        is(clerk, &path, "previewed").await.hides("今夜2時に取り込む");
        clerk.post(&format!("{path}/cancel"), &[YES]).await.leads_to(&path);

        let path = brings(clerk, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        let run = [YES, ("when", "tonight")];
        let page = is(clerk, &path, "previewed").await;
        if matches!(app.fresh.db, Db::Postgres(_)) {
            // Rows are locked there, and not everything.
            page.hides("今夜2時に取り込む");
            clerk.post(&format!("{path}/run"), &run).await.leads_to(&path);
            is(clerk, &path, "done").await;
            return;
        }
        page.shows("今夜2時に取り込む").shows("すぐに取り込む").shows("ログインや登録が待たされます");
        clerk.post(&format!("{path}/run"), &run).await.leads_to(&path);
        let waits = clerk.get(&path).await.shows("2026年11月23日 2:00に取り込みます").shows("夜間の取込待ち").shows("中止する");
        assert_eq!(attribute(&waits, "data-state"), "running");
        assert!(waits.headers.get("refresh").is_none(), "nothing changes before the night");
        let none = || job::claim_next(&app.fresh.db, job::Work::Files, app.clock.now());
        assert!(none().await.unwrap().is_none());
        assert_eq!(people(&app.fresh.db).await, 6);

        // Whoever wants it no more says so before.
        clerk.post(&format!("{path}/cancel"), &[YES]).await.leads_to(&path);
        is(clerk, &path, "cancelled").await;
        let path = brings(clerk, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(clerk, &path, "previewed").await;
        clerk.post(&format!("{path}/run"), &run).await.leads_to(&path);
        app.clock.advance(16 * HOUR);
        enter(clerk, "torikomi", PASSWORD).await.leads_to("/office/login/code");
        let code = importer.code(&app);
        clerk.post("/office/login/code", &[("code", &code)]).await;
        is(clerk, &path, "done").await;
        assert_eq!(people(&app.fresh.db).await, 7);
    }
}

on_both! {
    async fn where_two_have_to_want_it_another_person_does(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.four_eyes = true).await;
        let one = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        one.get("/office/files/new?kind=roster").await.shows("ほかにその役割の職員がいません");
        let path = brings(&one, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&one, &path, "previewed").await.shows("承認を依頼する");
        one.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        is(&one, &path, "waiting").await.shows("ほかの職員の承認を待っています");
        let confirm = format!("{path}/confirm");
        one.post(&confirm, &[YES]).await.refuses(422).shows("ご自分で取り込んだファイルは承認できません");
        assert_eq!(people(&app.fresh.db).await, 6);

        let two = at_work(&app, "torikomi2", &[Role::Importer]).await.browser;
        two.get("/office").await.shows("確認を待っているファイル");
        is(&two, &path, "waiting").await.shows("承認して取り込む").shows("新町7-8-9");
        // Nobody whose account the other has made within a week.
        tell!(&app.fresh.db, "insert into staff_change (id, staff_id, kind, roles, proposed_by, proposed_at, decided_at, decided_by, done)
              select id, id, 'roles', '', (select id from staff_member where login_id = 'torikomi'), $1, $1, id, 1
              from staff_member where login_id = 'torikomi2'", NOW.0);
        two.post(&confirm, &[YES]).await.refuses(422).shows("この7日のあいだに");
        tell!(&app.fresh.db, "update staff_change set decided_at = 1 where staff_id = id");
        two.post(&confirm, &[]).await.refuses(422);
        two.post(&confirm, &[YES]).await.leads_to(&path);
        is(&two, &path, "done").await.shows("見本 torikomi2");
        assert_eq!(people(&app.fresh.db).await, 7);
    }
}

/// Claims of the only insured there is.
fn claims(rows: &[(&str, u32)]) -> Vec<u8> {
    let row = |(month, paid): &(&str, u32)| {
        let total = paid * 10;
        let insurer = total - paid;
        format!("1001,12,00,{month},みほん医院,外来,1,{total},{insurer},0,{paid},0,0\r\n")
    };
    let rows: String = rows.iter().map(row).collect();
    cp932(&format!("{}\r\n{rows}", expense_import::HEADER.trim_end()))
}

/// Brings claims in: where their page is.
async fn comes_in(browser: &Browser, rows: &[(&str, u32)]) -> String {
    let path = brings(browser, "expenses", &claims(rows)).await;
    is(browser, &path, "previewed").await;
    browser
        .post(&format!("{path}/run"), &[YES])
        .await
        .leads_to(&path);
    is(browser, &path, "done").await;
    path
}

async fn paid(db: &Db) -> i64 {
    ask!(
        db,
        "select cast(coalesce(sum(paid), 0) as bigint) from expense"
    )
}

on_both! {
    async fn what_a_file_has_brought_is_withdrawn_whole(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let clerk = at_work(&app, "kenshin", &[Role::HealthImporter]).await.browser;
        let first = comes_in(&clerk, &[("2026-07", 1_000)]).await;
        let second = comes_in(&clerk, &[("2026-08", 3_000), ("2026-09", 500)]).await;
        assert_eq!(paid(db).await, 4_500);
        let withdraw = format!("{second}/withdraw");
        clerk.get(&second).await.shows("この取込を取り消す");
        clerk.get(&withdraw).await.leads_to(&second);
        clerk.post(&withdraw, &[]).await.refuses(422).shows("確認のチェックを入れてから");
        assert_eq!(paid(db).await, 4_500);
        clerk.post(&withdraw, &[YES]).await.leads_to(&second);
        clerk.get(&second).await.shows("に取り消しました。").hides("この取込を取り消す");
        assert_eq!(paid(db).await, 1_000);
        clerk.post(&withdraw, &[YES]).await.refuses(422).shows("この取り込みは、取り消し済みです");
        let by: String = ask!(db, "select actor from audit where event = 'import_withdrawn'");
        let own: Uuid = ask!(db, "select id from staff_member where login_id = 'kenshin'");
        assert_eq!(by, own.to_string());

        // What a later one has touched stays, and so does a roster; and each says why.
        comes_in(&clerk, &[("2026-07", 1_500)]).await;
        clerk.get(&first).await.shows("あとの取り込み").hides("この取込を取り消す");
        clerk.post(&format!("{first}/withdraw"), &[YES]).await.refuses(422).shows("あとの取り込み");
        let other = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        other.post(&withdraw, &[YES]).await.refuses(403);
        let path = brings(&other, "roster", format!("{HEADER}{CHANGED}").as_bytes()).await;
        is(&other, &path, "previewed").await.hides("この取込を取り消す");
        other.post(&format!("{path}/withdraw"), &[YES]).await.leads_to(&path);
        other.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        is(&other, &path, "done").await.shows("名簿の取り込みは取り消せません");
        other.post(&format!("{path}/withdraw"), &[YES]).await.refuses(422);
        assert_eq!(people(db).await, 7);
    }
}

on_both! {
    async fn with_four_eyes_two_have_to_want_it_withdrawn(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.four_eyes = true).await;
        let db = &app.fresh.db;
        let one = at_work(&app, "kenshin", &[Role::HealthImporter]).await.browser;
        let two = at_work(&app, "kenshin2", &[Role::HealthImporter]).await.browser;
        let path = brings(&one, "expenses", &claims(&[("2026-08", 3_000)])).await;
        is(&one, &path, "previewed").await;
        one.post(&format!("{path}/run"), &[YES]).await.leads_to(&path);
        two.post(&format!("{path}/confirm"), &[YES]).await.leads_to(&path);
        is(&two, &path, "done").await;
        let withdraw = format!("{path}/withdraw");
        one.post(&withdraw, &[YES]).await.leads_to(&path);
        one.get(&path).await.shows("ほかの職員に承認を依頼しました").shows("ほかの職員の承認を待っています");
        one.post(&withdraw, &[YES]).await.refuses(422).shows("ご自分で依頼した取り消しは承認できません");
        assert_eq!(paid(db).await, 3_000);
        two.get(&path).await.shows("見本 kenshinが").shows("この取込を取り消す");
        two.post(&withdraw, &[YES]).await.leads_to(&path);
        assert_eq!(paid(db).await, 0);
        assert_eq!(noted(db, "withdrawal_asked").await, 1);
    }
}

/// A server's worker, and no server.
fn worker(fresh: &Fresh, db: &Db, clock: &Clock) -> FileWorker {
    let secrets = Secrets::open_or_create(&fresh.folder.path().join("secret.key")).unwrap();
    FileWorker {
        db: db.clone(),
        clock: clock.clone(),
        secrets: Arc::new(secrets),
        wake: Arc::new(Notify::new()),
    }
}

/// Somebody wants it run.
async fn wanted(db: &Db, id: Uuid) {
    let mut tx = db.write().await.unwrap();
    let job = job::find_held(&mut tx, id).await.unwrap().unwrap();
    assert!(
        job::to_state(&mut tx, job.claim(), JobState::Running, NOW)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
}

async fn state(db: &Db, id: Uuid) -> JobState {
    job::find(db, id).await.unwrap().unwrap().state
}

/// A few hundred people.
fn many() -> String {
    let line = |n: u32| {
        format!(
            "1001,{n},00,見本 {n},,1970-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区見本町{n}\n"
        )
    };
    HEADER.to_owned() + &(5_000..5_300).map(line).collect::<String>()
}

on_both! {
    async fn a_server_that_is_gone_leaves_all_as_it_was_or_another_goes_on(fresh: Fresh) {
        crate::roster::import(&fresh, PEOPLE).await;
        let before = noted(&fresh.db, "roster_imported").await;
        let clock = Clock::standing_at(NOW);
        let (_running, stop) = watch::channel(false);
        let id = received(&fresh, JobKind::Roster, many().as_bytes()).await;
        for target in [JobState::Previewed, JobState::Done] {
            let mut patience = Duration::ZERO;
            // Each time it gets a little further before it is gone.
            while state(&fresh.db, id).await != target {
                let server = worker(&fresh, &fresh.db, &clock);
                let _ = timeout(patience, server.next(stop.clone())).await;
                // At one moment: a commit that was begun goes on without its server.
                let seen: String = ask!(
                    &fresh.db,
                    "select state || ' ' || cast((select count(*) from person) as text) from job"
                );
                let as_it_was = ["received 6", "checking 6", "previewed 6", "running 6"];
                let is_whole = as_it_was.contains(&&*seen) || seen == "done 306";
                assert!(is_whole, "{seen} after {patience:?}");
                // Who takes every server along is given up; this one only lost its power.
                tell!(&fresh.db, "update job set tries = 0");
                clock.advance(LEASE);
                patience = patience * 3 / 2 + Duration::from_millis(9);
            }
            if target == JobState::Previewed {
                wanted(&fresh.db, id).await;
            }
        }
        assert_eq!(noted(&fresh.db, "roster_imported").await, before + 1, "it came in twice");
        assert_eq!(of_jobs_left(&fresh.db).await, 0);
    }
}

on_both! {
    async fn two_servers_bring_it_in_once(fresh: Fresh) {
        crate::roster::import(&fresh, PEOPLE).await;
        let before = noted(&fresh.db, "roster_imported").await;
        let clock = Clock::standing_at(NOW);
        let other = Db::open(&fresh.url).await.unwrap();
        let (one, two) = (worker(&fresh, &fresh.db, &clock), worker(&fresh, &other, &clock));
        let (_running, stop) = watch::channel(false);
        let id = received(&fresh, JobKind::Roster, many().as_bytes()).await;
        let both = async || {
            let (one, two) = futures::join!(one.next(stop.clone()), two.next(stop.clone()));
            assert!(one.unwrap() != two.unwrap(), "both have worked, or nobody");
        };
        both().await;
        assert_eq!(state(&fresh.db, id).await, JobState::Previewed);
        wanted(&fresh.db, id).await;
        both().await;
        assert_eq!(state(&fresh.db, id).await, JobState::Done);
        assert_eq!((people(&fresh.db).await, noted(&fresh.db, "roster_imported").await), (306, before + 1));
    }
}

on_both! {
    async fn what_a_file_would_change_by_now_is_shown_anew(fresh: Fresh) {
        crate::roster::import(&fresh, PEOPLE).await;
        let clock = Clock::standing_at(NOW);
        let server = worker(&fresh, &fresh.db, &clock);
        let (_running, stop) = watch::channel(false);
        let id = received(&fresh, JobKind::Roster, format!("{HEADER}{CHANGED}").as_bytes()).await;
        assert!(server.next(stop.clone()).await.unwrap());
        // Somebody else's file comes in between.
        let first = CHANGED.lines().next().unwrap();
        crate::roster::import(&fresh, &format!("{}\n", first.replace("新町", "旧町"))).await;
        wanted(&fresh.db, id).await;
        assert!(server.next(stop.clone()).await.unwrap());
        assert_eq!((state(&fresh.db, id).await, people(&fresh.db).await), (JobState::Previewed, 6));
        wanted(&fresh.db, id).await;
        assert!(server.next(stop.clone()).await.unwrap());
        assert_eq!((state(&fresh.db, id).await, people(&fresh.db).await), (JobState::Done, 7));

        // What takes every server along, and what has lost its bytes, comes to an end.
        let heavy = received(&fresh, JobKind::Roster, b"x").await;
        tell!(&fresh.db, "update job set tries = 3 where ended_at is null");
        assert!(server.next(stop.clone()).await.unwrap());
        assert_eq!(state(&fresh.db, heavy).await, JobState::Failed);
        let lost = received(&fresh, JobKind::Roster, b"x").await;
        tell!(&fresh.db, "delete from job_chunk");
        assert!(server.next(stop).await.unwrap());
        assert_eq!(state(&fresh.db, lost).await, JobState::Expired);
    }
}

on_both! {
    async fn what_stands_in_a_wrong_line_about_health_is_shown_for_a_reason_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let clerk = at_work(&app, "kenshin", &[Role::HealthImporter]).await.browser;
        let wrong = "1001,12,00,2026-13,ひみつの医院,外来,1,10000,7000,0,3000,0,0\n";
        let file = format!("{}{wrong}", expense_import::HEADER);
        let path = brings(&clerk, "expenses", file.as_bytes()).await;
        is(&clerk, &path, "refused").await
            .shows("診療年月").shows("1001-12-00").shows("値を表示").hides("ひみつの医院").hides("2026-13");
        clerk.get(&format!("{path}/problems.csv")).await.shows("1001-12-00").hides("ひみつの医院");
        let values = format!("{path}/values");
        let looks = async || -> i64 { ask!(&app.fresh.db, "select count(*) from look") };
        clerk.get(&values).await.leads_to(&path);
        clerk.post(&values, &[]).await.refuses(422).shows("理由を選んでください。").hides("ひみつの医院");
        clerk.post(&values, &[("reason", "inquiry")]).await.refuses(422);
        let long = "あ".repeat(201);
        let too_long = [("reason", "counter"), ("reason_text", long.as_str())];
        clerk.post(&values, &too_long).await.refuses(422).hides("ひみつの医院");
        assert_eq!(looks().await, 0);
        let asked = [("reason", "counter")];
        clerk.post(&values, &asked).await.shows("ひみつの医院").shows("2026-13");
        assert_eq!(looks().await, 1);
        taro.get("/security").await.shows("窓口でのお問い合わせ");

        // Of the own household nothing is shown, to nobody else's role either.
        let other = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        other.post(&values, &asked).await.refuses(403);
        tell!(&app.fresh.db, "update staff_member set person_id = (select id from person where symbol = '1001' and number = '12' and branch = '01') where login_id = 'kenshin'");
        clerk.post(&values, &asked).await.shows("ご自分の世帯です").hides("ひみつの医院");
        assert_eq!(looks().await, 1);
    }
}
