//! Postcards in the browser: chosen, made, handed out once, received or withdrawn; and one
//! of them used by the member it is for.

use std::{collections::HashSet, fmt::Write as _, sync::Arc, time::Duration};

use domain::{
    office::{Stage, role::Role},
    values::timestamp::Timestamp,
    visit::RequestOrigin,
};
use futures::future::join_all;
use reqwest::Method;
use server::{
    base::{clock::Clock, secrets::Secrets},
    office::{
        access::{Acting, DeskOrImporter, Importer, StaffVisit},
        postcards::{
            Credentials, Terms,
            choice::Wish,
            run::{Format, PostcardService},
            run_error::RunError,
        },
    },
};
use store::{postcard_run::Run, staff, staff_session::Session};
use uuid::Uuid;

use crate::{
    browser::{Browser, Seen},
    faults::killed_at,
    fresh::Fresh,
    office::{STAFF, at_work},
    postcards::{Printed, printed},
    roster::{self, NOW},
    telephone::person,
    test_app::{HOUR, JIRO, MINUTE, PUBLIC, TARO, TestApp, WISH},
};

const YES: (&str, &str) = ("confirm", "yes");
const ALL: (&str, &str) = ("choice", "all");
const RECEIVED: [(&str, &str); 2] = [("answer", "received"), YES];
const NOT_RECEIVED: [(&str, &str); 2] = [("answer", "not_received"), YES];
const CSV: [(&str, &str); 1] = [("format", "csv")];

/// Of two employers, the later one first by key; and two who have left.
const PEOPLE: &str = "\
1001,12,02,架空 成人,,2006-11-22,男,長男,2006-11-22,2026-11-01,0007,前商事,1050001,東京都架空区見本町1-2-3
1001,15,00,見本 四郎,,1972-01-01,男,本人,1995-04-01,2026-11-01,0007,前商事,1050001,東京都架空区見本町4-5-8
1001,12,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0009,=後商事,1050001,東京都架空区見本町1-2-3
1001,12,01,架空 花子,,1982-12-31,女,妻,2010-06-01,,0009,=後商事,1050001,東京都架空区見本町1-2-3
1001,13,00,見本 次郎,,1970-01-01,男,本人,1995-04-01,,0007,前商事,1050001,東京都架空区見本町4-5-6
1001,14,00,見本 三郎,,1971-01-01,男,本人,1995-04-01,,0007,前商事,1050001,東京都架空区見本町4-5-7
";

/// A portal whose people have no postcard yet.
async fn without_postcards(fresh: Fresh, four_eyes: bool) -> TestApp {
    let app = TestApp::start_with(fresh, |config| config.four_eyes = four_eyes).await;
    roster::import(&app.fresh, PEOPLE).await;
    tell!(
        &app.fresh.db,
        "delete from throttle where id in (select id from postcard)"
    );
    tell!(&app.fresh.db, "delete from postcard");
    app
}

/// Chooses, confirms, and waits until the run is made: its path.
async fn made(app: &TestApp, importer: &Browser, choice: &[(&str, &str)]) -> String {
    let path = asked(importer, choice).await;
    is_made(app, importer, &path).await;
    path
}

async fn asked(importer: &Browser, choice: &[(&str, &str)]) -> String {
    let fields = [choice, &[YES]].concat();
    let seen = importer.post("/office/postcards", &fields).await;
    assert_eq!(seen.status, 303, "{}", seen.words());
    seen.header("location").to_owned()
}

async fn is_made(app: &TestApp, importer: &Browser, path: &str) {
    app.until("the run is made", || async {
        importer
            .get(path)
            .await
            .body
            .contains("data-state=\"done\"")
    })
    .await;
}

async fn download(importer: &Browser, path: &str) -> Seen {
    importer.post(&format!("{path}/download"), &CSV).await
}

/// The lines of what was handed out.
fn cards(seen: &Seen) -> Vec<Printed> {
    assert_eq!(seen.status, 200, "{}", seen.words());
    assert_eq!(seen.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(seen.header("cache-control"), "no-store");
    printed(&format!(
        "\u{FEFF}{}",
        seen.body.trim_start_matches('\u{FEFF}')
    ))
}

async fn open_postcards(app: &TestApp) -> i64 {
    ask!(
        &app.fresh.db,
        "select count(*) from postcard where ended_at is null"
    )
}

async fn chunks(app: &TestApp) -> i64 {
    ask!(&app.fresh.db, "select count(*) from job_chunk")
}

on_both! {
    async fn postcards_are_chosen_made_handed_out_once_and_received_and_a_member_uses_one(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await;
        let importer = &clerk.browser;
        importer.get("/office/postcards").await.shows("対象の全員").shows("前商事（0007）")
            .shows("まだ発行していません");
        // The number of people first, and it is asked again where it has changed.
        importer.post("/office/postcards", &[ALL]).await.shows("4 人に発行する".replace(' ', "").as_str());
        importer.post("/office/postcards", &[ALL, ("people", "3"), YES]).await
            .shows("対象の人数が変わりました");
        let nothing: i64 = ask!(&app.fresh.db, "select count(*) from postcard_run");
        assert_eq!(nothing, 0);
        let path = made(&app, importer, &[ALL, ("people", "4")]).await;
        importer.get(&path).await.shows("1回だけ受け取れます").shows("印刷シートを開く")
            .shows("目隠しシールを貼って");
        importer.get("/office").await.shows("ハガキの発行データの受け取り");
        assert!(chunks(&app).await > 0);

        // Nothing but a post hands anything out.
        let file = format!("{path}/download");
        for method in [Method::GET, Method::HEAD] {
            let request = importer.request(method.clone(), &file).header("range", "bytes=0-");
            let seen = importer.send(request).await;
            assert_eq!((seen.status.as_u16(), seen.body.as_str()), (303, ""), "{method}");
        }
        importer.post(&file, &[]).await.refuses(422).shows("CSVか印刷シートかを選んで");
        importer.post(&path, &RECEIVED).await.refuses(422).shows("すでに済んでいます");

        // Of many at the same moment one gets it.
        let tries = join_all((0..6).map(|_| download(importer, &path))).await;
        let (got, rest): (Vec<_>, Vec<_>) = tries.into_iter().partition(|seen| seen.status == 200);
        assert_eq!((got.len(), rest.len()), (1, 5));
        for seen in rest {
            seen.leads_to(&path).hides("bcdf");
        }
        let cards = cards(&got[0]);
        let order: Vec<_> = cards.iter().map(|card| (&*card.employer, &*card.key)).collect();
        assert_eq!(order, [
            ("0007", "1001-13-00"), ("0007", "1001-14-00"), ("0009", "1001-12-00"), ("0009", "1001-12-01"),
        ]);
        assert!(got[0].body.contains(",0009,'=後商事\r\n"), "a cell that computes: {}", got[0].body);
        importer.get(&path).await.shows("受け取れましたか").hides("1回だけ受け取れます");
        download(importer, &path).await.leads_to(&path);
        importer.get(&path).await.shows("すでに渡しています");

        importer.post(&path, &[RECEIVED[0]]).await.refuses(422).shows("チェックを入れて");
        importer.post(&path, &RECEIVED).await.leads_to(&path);
        importer.get(&path).await.shows("発行データは削除しました");
        assert_eq!(chunks(&app).await, 0);
        importer.post(&path, &NOT_RECEIVED).await.refuses(422).shows("すでに済んでいます");
        assert_eq!(open_postcards(&app).await, 4);

        // The member it is for.
        let jiro = cards.iter().find(|card| card.key == JIRO).unwrap();
        let browser = app.with_open_link(WISH.email).await;
        browser.enter_with_postcard(jiro).await.leads_to("/register/profile");
        browser.complete(&WISH).await.leads_to("/register/done");
        let listed = importer.get("/office/postcards").await.shows("受け取り済み").words();
        assert!(listed.contains("10:00 4 3 1 0 0"), "made, open, used, expired, returned: {listed}");

        for (event, count) in [
            ("postcards_asked", 1), ("postcards_made", 1), ("postcards_handed_out", 1),
            ("postcards_received", 1), ("postcard_issued", 4 + 6),
        ] {
            let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = $1", event);
            assert_eq!(noted, count, "{event}");
        }
        let by: i64 = ask!(
            &app.fresh.db, "select count(*) from audit where event = 'postcard_issued' and actor <> ''");
        assert_eq!(by, 4);
    }
}

on_both! {
    async fn what_was_not_received_is_void_and_its_people_are_eligible_again(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let path = made(&app, &importer, &[("choice", "employer"), ("employer", "0007")]).await;
        let cards = cards(&download(&importer, &path).await);
        assert_eq!(cards.len(), 2);
        // Half-way in with one of them.
        let halfway = app.with_open_link("jiro@example.jp").await;
        halfway.enter_with_postcard(&cards[0]).await.leads_to("/register/profile");
        importer.post(&path, &NOT_RECEIVED[..1]).await.refuses(422);
        importer.post(&path, &NOT_RECEIVED).await.leads_to(&path);
        importer.get(&path).await.shows("発行を取り消しました");
        assert_eq!((open_postcards(&app).await, chunks(&app).await), (0, 0));
        importer.get("/office").await.shows("取り消したハガキの発行（2週間以内）");
        halfway.complete(&WISH).await;
        let members: i64 = ask!(&app.fresh.db, "select count(*) from member");
        assert_eq!(members, 0, "a void postcard has opened an account");
        let stranger = app.with_open_link("saburo@example.jp").await;
        stranger.enter_with_postcard(&cards[1]).await.refuses(422);

        let again = made(&app, &importer, &[("choice", "employer"), ("employer", "0007")]).await;
        let anew = self::cards(&download(&importer, &again).await);
        assert_eq!(anew.len(), 2);
        assert_ne!(anew[0].password, cards[0].password);
        importer.post(&again, &RECEIVED).await.leads_to(&again);
        stranger.enter_with_postcard(&anew[1]).await.leads_to("/register/profile");
        importer.post("/office/postcards", &[("choice", "employer"), ("employer", "0007")]).await
            .refuses(422).shows("この事業所に、発行の対象となる加入者はいません");
    }
}

on_both! {
    async fn what_nobody_comes_for_in_72_hours_is_withdrawn(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let clerk = at_work(&app, "torikomi", &[Role::Importer]).await;
        let path = made(&app, &clerk.browser, &[ALL]).await;
        let service = service(&app.fresh, "overdue");
        app.clock.advance(72 * HOUR - MINUTE);
        service.withdraw_overdue(app.clock.now()).await.unwrap();
        assert_eq!(open_postcards(&app).await, 4);
        app.clock.advance(MINUTE);
        // Two servers at the same moment.
        let (one, other) = tokio::join!(
            service.withdraw_overdue(app.clock.now()), service.withdraw_overdue(app.clock.now()));
        one.unwrap();
        other.unwrap();
        assert_eq!((open_postcards(&app).await, chunks(&app).await), (0, 0));
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'postcards_withdrawn'");
        assert_eq!(noted, 1);
        let importer = at_work(&app, "torikomi2", &[Role::Importer]).await.browser;
        importer.get(&path).await.shows("72時間のあいだにだれも受け取らなかったため");
        download(&importer, &path).await.leads_to(&path);
        importer.get("/office").await.shows("取り消したハガキの発行（2週間以内）");
        // What was handed out waits for an answer, however long that takes.
        let path = made(&app, &importer, &[ALL]).await;
        assert_eq!(cards(&download(&importer, &path).await).len(), 4);
        service.withdraw_overdue(app.clock.now().plus(100 * HOUR)).await.unwrap();
        assert_eq!(open_postcards(&app).await, 4);
    }
}

on_both! {
    async fn one_person_a_reissue_and_those_who_wait(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let of = |choice: &'static str| [("choice", choice), ("person", TARO)];
        importer.post("/office/postcards", &[("choice", "person"), ("person", "x")]).await
            .refuses(422).shows("記号-番号-枝番の形で");
        importer.post("/office/postcards", &[("choice", "person"), ("person", "9-9-9")]).await
            .refuses(422).shows("その記号・番号・枝番の加入者はいません");
        importer.post("/office/postcards", &[("choice", "else")]).await.refuses(422);
        importer.post("/office/postcards", &[("choice", "waiting")]).await
            .refuses(422).shows("新しいハガキを待っている加入者はいません");
        let first = made(&app, &importer, &of("person")).await;
        let first = cards(&download(&importer, &first).await);
        importer.post("/office/postcards", &of("person")).await.refuses(422).shows("「再発行」を選んで");
        let again = made(&app, &importer, &of("reissue")).await;
        let second = cards(&download(&importer, &again).await);
        let browser = app.with_open_link(WISH.email).await;
        browser.enter_with_postcard(&first[0]).await.refuses(422);
        // Not received: the person waits for another one.
        importer.post(&again, &NOT_RECEIVED).await.leads_to(&again);
        browser.enter_with_postcard(&second[0]).await.refuses(422);
        importer.get("/office/postcards").await.shows("いま1人");
        let third = made(&app, &importer, &[("choice", "waiting")]).await;
        let third = cards(&download(&importer, &third).await);
        assert_eq!(third.iter().map(|card| &*card.key).collect::<Vec<_>>(), [TARO]);
        browser.enter_with_postcard(&third[0]).await.leads_to("/register/profile");
        browser.complete(&WISH).await.leads_to("/register/done");
        importer.post("/office/postcards", &of("person")).await.refuses(422).shows("利用登録を済ませています");
        made(&app, &importer, &of("reissue")).await;
    }
}

on_both! {
    async fn a_clerk_prints_a_single_one_and_nobody_else_opens_any(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let importer = at_work(&app, "imp", &[Role::Importer]).await.browser;
        let path = made(&app, &importer, &[ALL]).await;
        let mut refused = 0;
        for (login, role) in STAFF {
            if role == Role::Importer {
                continue;
            }
            let browser = at_work(&app, login, &[role]).await.browser;
            browser.get("/office/postcards").await.refuses(403);
            browser.post("/office/postcards", &[ALL, YES]).await.refuses(403);
            browser.get(&path).await.refuses(403);
            browser.post(&path, &NOT_RECEIVED).await.refuses(403);
            browser.get(&format!("{path}/download")).await.refuses(403);
            download(&browser, &path).await.refuses(403).hides("架空");
            refused += 6;
        }
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'staff_refused'");
        assert_eq!(noted, refused);
        app.browser().post(&format!("{path}/download"), &CSV).await.leads_to("/office/login");
        assert_eq!(open_postcards(&app).await, 4);
        let id = Uuid::now_v7();
        importer.get(&format!("/office/postcards/{id}")).await.refuses(404);

        // At the counter, with a look that is open.
        let desk = at_work(&app, "mado", &[Role::Desk]).await.browser;
        let page = format!("/office/people/{}", person(&app, TARO).await);
        desk.post(&page, &[("reason", "counter")]).await.leads_to(&page);
        desk.get(&page).await.shows("新しいハガキを印刷する");
        let print = [YES, ("print", "yes")];
        let seen = desk.post(&format!("{page}/postcard"), &print).await;
        let own = seen.header("location").to_owned();
        is_made(&app, &desk, &own).await;
        desk.get(&own).await.shows("再発行（1001-12-00）").shows("加入者の画面へ");
        let sheet = desk.post(&format!("{own}/download"), &[("format", "sheet")]).await;
        assert_eq!(sheet.status, 200);
        assert_eq!(sheet.header("content-type"), "text/html; charset=utf-8");
        for words in [
            "郵便はがき", "架空 太郎", " 様", "AB健康マイポータル", "登録について", "仮ログインパスワード",
            "2027年11月22日まで", PUBLIC, "目隠しシール", "03-6219-8877",
        ] {
            assert!(sheet.body.contains(words), "{words} is not on the sheet");
        }
        assert_eq!(sheet.body.matches("<symbol").count(), 1);
        assert_eq!(sheet.body.matches("<use ").count(), 1);
        assert!(!sheet.body.contains("style=\"") && !sheet.body.contains("<script"));
        assert!(sheet.header("content-security-policy").contains("default-src 'none'"));
        desk.post(&own, &RECEIVED).await.leads_to(&own);
        desk.get("/office/postcards").await.refuses(403);
        let style = desk.get("/office/postcard.css").await;
        assert!(style.body.contains("@page postcard { size: 100mm 148mm; margin: 0; }"));
    }
}

on_both! {
    async fn with_four_eyes_a_second_person_confirms_a_run_of_several(fresh: Fresh) {
        let app = without_postcards(fresh, true).await;
        let a = at_work(&app, "aaa", &[Role::Importer]).await.browser;
        a.get("/office/postcards").await.shows("ほかにいません");
        let b = at_work(&app, "bbb", &[Role::Importer]).await.browser;
        a.get("/office/postcards").await.hides("ほかにいません").shows("ほかの取込の職員が確認すると");
        // A single one needs nobody.
        made(&app, &a, &[("choice", "person"), ("person", TARO)]).await;
        let path = asked(&a, &[ALL]).await;
        a.get(&path).await.shows("data-state=\"waiting\"");
        let confirm = [("decision", "confirm"), YES];
        a.post(&path, &confirm).await.refuses(422).shows("ほかの職員が確認します");
        download(&a, &path).await.leads_to(&path);
        assert_eq!(open_postcards(&app).await, 1);
        b.get("/office").await.shows("ハガキの発行の確認");
        b.post(&path, &confirm[..1]).await.refuses(422);
        b.post(&path, &confirm).await.leads_to(&path);
        is_made(&app, &b, &path).await;
        b.post(&path, &confirm).await.refuses(422).shows("すでに済んでいます");
        assert_eq!(cards(&download(&a, &path).await).len(), 3);
        a.post(&path, &NOT_RECEIVED).await.leads_to(&path);

        // Refused; and whoever is too close to who asks.
        let path = asked(&a, &[ALL]).await;
        b.post(&path, &[("decision", "refuse"), YES]).await.leads_to(&path);
        b.post(&path, &confirm).await.refuses(422);
        let path = asked(&a, &[ALL]).await;
        tell!(
            &app.fresh.db,
            "insert into staff_change (id, staff_id, kind, roles, proposed_by, proposed_at, decided_at, done)
             select $1, b.id, 'roles', '', a.id, $2, $2, 1 from staff_member a, staff_member b
             where a.login_key = 'aaa' and b.login_key = 'bbb'",
            Uuid::now_v7(), app.clock.now().0
        );
        b.post(&path, &confirm).await.refuses(422).shows("7日以内に登録や変更をした職員どうし");
        assert_eq!(open_postcards(&app).await, 1);
    }
}

on_both! {
    async fn a_sheet_is_for_200_and_what_is_gone_is_said(fresh: Fresh) {
        let app = without_postcards(fresh, false).await;
        let mut rows = PEOPLE.to_owned();
        for n in 0..201 {
            writeln!(rows, "2001,{n},00,多数 {n},,1980-04-01,男,本人,2003-04-01,,0100,大商事,1050001,東京都架空区1").unwrap();
        }
        roster::import(&app.fresh, &rows).await;
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        let path = made(&app, &importer, &[("choice", "employer"), ("employer", "0100")]).await;
        importer.get(&path).await.shows("印刷シートは").hides("印刷シートを開く");
        importer.post(&format!("{path}/download"), &[("format", "sheet")]).await
            .refuses(422).shows("印刷シートは200枚までです（この発行は201枚）");
        // The proof is asked for anew, and what was wanted goes on with it.
        app.clock.advance(10 * MINUTE);
        download(&importer, &path).await.refuses(422).shows("ご本人の確認");
        tell!(&app.fresh.db, "delete from job_chunk");
        let again = at_work(&app, "torikomi2", &[Role::Importer]).await.browser;
        download(&again, &path).await.refuses(422).shows("発行データの保存期間が過ぎました");
        again.post(&path, &NOT_RECEIVED).await.leads_to(&path);
        assert_eq!(open_postcards(&app).await, 0);
    }
}

on_both! {
    async fn whose_postcard_came_back_is_listed_for_the_desk(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        let list = "/office/people/returned";
        desk.get(list).await.shows("住所不明の方はいません");
        let page = format!("/office/people/{}", person(&app, TARO).await);
        desk.post(&page, &[("reason", "returned")]).await.leads_to(&page);
        desk.post(&format!("{page}/returned"), &[YES]).await.leads_to(&page);
        let seen = desk.get(list).await.shows("架空 太郎").shows("1001-12-00");
        assert!(seen.body.contains(&format!("href=\"{page}\"")));
        assert!(desk.get("/office").await.body.contains("href=\"/office/people/returned\""));
        let importer = at_work(&app, "torikomi", &[Role::Importer]).await.browser;
        importer.get(list).await.refuses(403);
        assert!(!importer.get("/office").await.body.contains("href=\"/office/people/returned\""));
    }
}

/// The use case without a server.
fn service(fresh: &Fresh, name: &str) -> PostcardService {
    let secrets = Secrets::open_or_create(&fresh.folder.path().join(format!("{name}.key")));
    PostcardService {
        db: fresh.db.clone(),
        hasher: server::base::hash::Hasher::start(
            crate::test_app::CHEAP,
            server::base::hash::Pool::default(),
        )
        .unwrap(),
        secrets: Arc::new(secrets.unwrap()),
        terms: Terms::default(),
        four_eyes: false,
        wake: Arc::default(),
    }
}

async fn visit(fresh: &Fresh) -> StaffVisit {
    let everybody = staff::everybody(&fresh.db).await.unwrap();
    let session = Session {
        id: Uuid::now_v7(),
        staff: everybody.into_iter().next().unwrap(),
        stage: Stage::Full,
        proven_at: NOW,
        expires_at: NOW.plus(HOUR),
        previous_sign_in_at: None,
    };
    StaffVisit::new(session, [0; 32], RequestOrigin::default(), NOW)
}

/// 450 people: three batches.
async fn many(fresh: &Fresh) {
    let mut rows = String::new();
    for n in 0..450 {
        let employer = n % 3;
        writeln!(
            rows,
            "2001,{n},00,多数 {n},,1980-04-01,男,本人,2003-04-01,,{employer},,1050001,東京都架空区1"
        )
        .unwrap();
    }
    roster::import(fresh, &rows).await;
    let office = crate::office::service(fresh);
    let new = server::office::staff::Newcomer {
        login_id: "torikomi".parse().unwrap(),
        name: "見本 取込".to_owned(),
        roles: [Role::Importer].into_iter().collect(),
        person: None,
    };
    let password = office
        .password(&new.login_id, "みなとのひろばにさくはな")
        .unwrap();
    office.add(&new, &password, NOW).await.unwrap();
}

async fn find(service: &PostcardService, fresh: &Fresh, run: Uuid) -> Run {
    let acting = Acting::<DeskOrImporter>::of(visit(fresh).await).unwrap();
    service.find(&acting, run).await.unwrap()
}

async fn ask(service: &PostcardService, fresh: &Fresh) -> Uuid {
    let importer = Acting::<Importer>::of(visit(fresh).await).unwrap();
    let (choice, people) = service.count(&importer, &Wish::Everybody).await.unwrap();
    assert_eq!(people, 450);
    service.ask(&importer, &choice, people).await.unwrap()
}

/// Everything that a run has made is handed out, once, and works; and is withdrawn.
async fn is_whole(service: &PostcardService, fresh: &Fresh, run: Uuid, when: &str) {
    let acting = Acting::<DeskOrImporter>::of(visit(fresh).await).unwrap();
    let found = find(service, fresh, run).await;
    assert!(found.made_at().is_some(), "it is not made, {when}");
    let all = service
        .hand_out(&acting, &found, Format::Csv)
        .await
        .unwrap();
    assert_eq!(all.len(), 450, "{when}");
    let ids: HashSet<&str> = all.iter().map(Credentials::login_id).collect();
    assert_eq!(ids.len(), 450, "{when}");
    let open: i64 = ask!(
        &fresh.db,
        "select count(*) from postcard where ended_at is null and run_id = $1",
        run
    );
    assert_eq!(open, 450, "{when}");
    for one in [&all[0], &all[200], &all[449]] {
        let stored: String = ask!(
            &fresh.db,
            "select password_hash from postcard where login_id = $1",
            one.login_id()
        );
        let password = one.password().replace('-', "");
        assert!(
            service.hasher.verify(&password, &stored).await.unwrap(),
            "{when}"
        );
    }
    let again = service.hand_out(&acting, &found, Format::Csv).await;
    assert!(matches!(again, Err(RunError::Over)), "{when}");
    let found = find(service, fresh, run).await;
    service.withdraw(&acting, &found).await.unwrap();
    let open: i64 = ask!(
        &fresh.db,
        "select count(*) from postcard where ended_at is null"
    );
    assert_eq!(open, 0, "{when}");
}

on_both! {
    /// Killed wherever it waits for the database or a hash, and gone on with by another.
    async fn case_wherever_a_run_is_killed_no_postcard_is_without_its_chunk_and_none_twice(fresh: Fresh) {
        many(&fresh).await;
        let service = service(&fresh, "server");
        let mut killed = 0;
        for step in [0, 1, 3, 7, 20, 60, 130, 200, 300, 450, 700, 1000, 1500, 2200, 3000] {
            let run = ask(&service, &fresh).await;
            let clock = Clock::standing_at(NOW);
            if killed_at(step, service.make_next(&clock)).await {
                killed += 1;
                // Somebody else's for a minute; then another server takes it up.
                clock.advance(Duration::from_secs(61));
                assert!(service.make_next(&clock).await.unwrap() || step < 3);
                // Before it was claimed, nobody has to be waited for.
            }
            while service.make_next(&clock).await.unwrap() {}
            is_whole(&service, &fresh, run, &format!("killed at step {step}")).await;
        }
        assert!(killed > 5, "it was killed {killed} times only");
    }
}

on_both! {
    async fn two_servers_make_one_run_once(fresh: Fresh) {
        many(&fresh).await;
        let (one, other) = (service(&fresh, "server"), service(&fresh, "server"));
        let run = ask(&one, &fresh).await;
        let clock = Clock::standing_at(NOW);
        // At the same moment one of them gets it.
        let (here, there) = tokio::join!(one.make_next(&clock), other.make_next(&clock));
        assert_eq!(u8::from(here.unwrap()) + u8::from(there.unwrap()), 1);
        is_whole(&one, &fresh, run, "two servers").await;
        // And where one thinks that the other is gone, what it had at hand comes to nothing.
        let run = ask(&one, &fresh).await;
        let ahead = Clock::standing_at(Timestamp(NOW.0 + 120_000));
        let steal = async {
            loop {
                let made: i64 = ask!(&fresh.db, "select count(*) from postcard where run_id = $1", run);
                if made > 0 {
                    return other.make_next(&ahead).await;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let (here, there) = tokio::join!(one.make_next(&clock), steal);
        here.unwrap();
        there.unwrap();
        is_whole(&one, &fresh, run, "one took it from the other").await;
    }
}

on_both! {
    async fn a_run_that_is_withdrawn_while_it_is_made_stops(fresh: Fresh) {
        many(&fresh).await;
        let service = service(&fresh, "server");
        let run = ask(&service, &fresh).await;
        let clock = Clock::standing_at(NOW);
        let acting = Acting::<DeskOrImporter>::of(visit(&fresh).await).unwrap();
        let stop = async {
            loop {
                let found = find(&service, &fresh, run).await;
                if found.issued > 0 {
                    return service.withdraw(&acting, &found).await;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let (made, stopped) = tokio::join!(service.make_next(&clock), stop);
        made.unwrap();
        stopped.unwrap();
        let (open, chunks): (i64, i64) = (
            ask!(&fresh.db, "select count(*) from postcard where ended_at is null"),
            ask!(&fresh.db, "select count(*) from job_chunk"),
        );
        assert_eq!((open, chunks), (0, 0));
        assert!(!service.make_next(&clock).await.unwrap());
    }
}
