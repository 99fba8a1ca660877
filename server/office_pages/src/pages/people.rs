//! O-10 to O-12: whom the telephone is about. What is found, why it is looked at, and what is
//! done.

use domain::{
    looking::{Question, Reason},
    values::timestamp::{Timestamp, day_in_words},
};
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// Somebody who was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The person.
    pub id: Uuid,
    /// 記号・番号・枝番
    pub key: String,
    /// 氏名
    pub name: String,
    /// 氏名カナ
    pub kana: String,
    /// The year of birth.
    pub born_in: i32,
    /// How it stands with the account, in a word.
    pub state: &'static str,
}

/// What another clerk has asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its row.
    pub id: Uuid,
    /// What for.
    pub what: &'static str,
    /// About whom: 記号・番号・枝番.
    pub key: String,
    /// Who asks.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// O-10: 加入者の検索. `found` is what was found, and whether there is more.
pub fn search(
    tried: Option<&Tried>,
    told: Option<&str>,
    found: Option<(&[Found], bool)>,
    asked: &[Asked],
) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"加入者の検索"</h1>
        <form method="post" action="/office/people" novalidate>
            {field(
                &shown,
                "q",
                "氏名・記号-番号・ログインID・メールアドレス",
                Input {
                    kind: "search",
                    hint: "氏名とカナは、姓または名の先頭から。記号-番号-枝番、ログインID、メールアドレスは、全部を入力してください。",
                    longest: 200,
                    ..TEXT
                },
            )} <button class="button">"検索"</button>
        </form>
        <p>
            <a href="/office/people/returned">"住所不明の方（ハガキの返送）"</a>
        </p>
        {found.map(|(found, is_more)| results(found, is_more))}
        {(!asked.is_empty()).then(|| questions(asked))}
    }
    .into_any()
}

fn results(found: &[Found], is_more: bool) -> AnyView {
    if found.is_empty() {
        return view! {
            <section>
                <h2>"検索の結果"</h2>
                <p role="status">
                    "見つかりませんでした。別の読みや、記号-番号でもお試しください。名簿にない方は、取込の担当に確認してください。"
                </p>
            </section>
        }
        .into_any();
    }
    let lines = found
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <td data-label="氏名">
                        <a href=format!("/office/people/{}", one.id)>{one.name.clone()}</a>
                    </td>
                    <td data-label="カナ">{one.kana.clone()}</td>
                    <td data-label="生まれ年" class="number">
                        {one.born_in}
                        "年"
                    </td>
                    <td data-label="記号-番号-枝番">{one.key.clone()}</td>
                    <td data-label="利用登録">{one.state}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2 id="found">"検索の結果"</h2>
            <p role="status">
                {found.len()}
                {if is_more {
                    "件を表示しています。ほかにもあります。条件を詳しくしてください。"
                } else {
                    "件見つかりました。"
                }}
            </p>
            <table class="office-table" aria-labelledby="found">
                <thead>
                    <tr>
                        <th scope="col">"氏名"</th>
                        <th scope="col">"カナ"</th>
                        <th scope="col">"生まれ年"</th>
                        <th scope="col">"記号-番号-枝番"</th>
                        <th scope="col">"利用登録"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn questions(asked: &[Asked]) -> AnyView {
    let lines = asked
        .iter()
        .map(|one| {
            let button = format!("{}の{}に同意する", one.key, one.what);
            view! {
                <li>
                    {one.key.clone()} "：" {one.what} <small>{one.by.clone()} "さん " {one.at.full()}</small>
                    <form method="post" action="/office/people">
                        <input type="hidden" name="agree" value=one.id.to_string() />
                        {tick()} <button class="button small">{button}</button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"ほかの職員の確認を待っているもの"</h2>
            <p>"理由を本人に聞いたうえで、必要なものだけに同意してください。24時間で消えます。"</p>
            <ul class="changes">{lines}</ul>
        </section>
    }
    .into_any()
}

/// Every act is asked for twice.
fn tick() -> AnyView {
    view! {
        <label class="tick">
            <input type="checkbox" name="confirm" value="yes" />
            <span>"確認しました"</span>
        </label>
    }
    .into_any()
}

/// O-11: 閲覧理由, before anything of a person is shown.
pub fn reason(tried: Option<&Tried>, told: Option<&str>, path: &str, has_another: bool) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let wrong = shown.wrong("reason");
    let chosen = shown.value("reason");
    let choices = Reason::ALL
        .into_iter()
        .map(|one| {
            let more = match one {
                Reason::Inquiry if !has_another => NOBODY_ELSE,
                Reason::Inquiry => "ほかの職員の同意が必要です。ご本人の記録には90日後に載ります。",
                _ => "",
            };
            view! {
                <label class="tick">
                    <input
                        type="radio"
                        name="reason"
                        value=one.as_str()
                        checked=chosen == one.as_str()
                    />
                    <span>
                        {one.in_words()} {(!more.is_empty()).then(|| view! { <small>{more}</small> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="sheet">
            {summary(tried)} {told.map(status)} <h1>"閲覧の理由"</h1>
            <p class="lead">
                "登録内容を見る理由を選んでください。見た日、役割、理由は、ご本人の記録に載ります。10分間有効です。"
            </p>
            <form method="post" action=path.to_owned() novalidate>
                <fieldset class="ticks" id="reason" tabindex="-1" aria-describedby="reason-error">
                    <legend>"理由"</legend>
                    {choices}
                </fieldset>
                <p class="error" id="reason-error">
                    {wrong}
                </p>
                {field(
                    &shown,
                    "reason_text",
                    "補足（なくてもかまいません）",
                    Input {
                        hint: "200文字まで。健康や家族のことは書かないでください。",
                        ..TEXT
                    },
                )} <button class="button wide">"登録内容を見る"</button>
            </form>
            <p>
                <a href="/office/people">"検索へ戻る"</a>
            </p>
        </div>
    }
    .into_any()
}

/// Said before the work begins, and not at its end.
const NOBODY_ELSE: &str =
    "ほかの職員の同意が必要ですが、窓口の職員がほかにいません。管理の職員に相談してください。";

/// An address, masked.
#[derive(Clone, Debug)]
pub struct Address {
    /// Its row.
    pub id: Uuid,
    /// Two characters and the domain.
    pub address: String,
    /// Whether it is confirmed.
    pub is_confirmed: bool,
    /// Whether notices go there.
    pub gets_notices: bool,
}

/// A letter, and what became of it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// When it was asked for.
    pub at: Timestamp,
    /// Its title.
    pub title: String,
    /// Where it went, masked.
    pub address: String,
    /// What became of it, in words.
    pub state: String,
}

/// A postcard.
#[derive(Clone, Debug)]
pub struct Postcard {
    /// When it was issued.
    pub issued_at: Timestamp,
    /// What became of it, in words.
    pub state: String,
}

/// What is asked of who calls; not shown before it is said what was asked.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// 生年月日
    pub born_on: Date,
    /// 住所
    pub address: String,
    /// 事業所
    pub employer: String,
    /// 家族の名前
    pub family: Vec<String>,
}

/// How it stands with the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// There is none.
    None,
    /// Open.
    Open,
    /// The office has closed it.
    Disabled,
    /// Its member has left.
    Left,
}

/// A person's page.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person.
    pub id: Uuid,
    /// 氏名
    pub name: String,
    /// 氏名カナ
    pub kana: String,
    /// 記号・番号・枝番
    pub key: String,
    /// 続柄
    pub relation: String,
    /// 資格取得日, and 資格喪失日.
    pub membership: (Date, Option<Date>),
    /// Why the page is open.
    pub reason: Reason,
    /// What was confirmed of who called, in words; `None` while it has to be.
    pub confirmed: Option<String>,
    /// What is asked of who calls, unless that is still to come.
    pub secrets: Option<Secrets>,
    /// The account.
    pub account: Account,
    /// 利用登録
    pub registered_at: Option<Timestamp>,
    /// 最後のログイン
    pub last_sign_in_at: Option<Timestamp>,
    /// パスキー・確認コード
    pub has_second_step: bool,
    /// Whether there is another clerk, who can agree.
    pub has_another: bool,
    /// The addresses.
    pub addresses: Vec<Address>,
    /// The letters of ninety days.
    pub letters: Vec<Letter>,
    /// The postcards.
    pub postcards: Vec<Postcard>,
}

/// O-12: what the office sees of a person, and can do.
pub fn person(tried: Option<&Tried>, told: Option<&str>, person: &Person) -> AnyView {
    let (since, until) = person.membership;
    let path = format!("/office/people/{}", person.id);
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "なし".to_owned(), Timestamp::full);
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>{person.name.clone()} " 様"</h1>
        <p>"理由：" {person.reason.in_words()} "（10分間表示できます）"</p>
        {match &person.confirmed {
            None => caller(tried, &path),
            Some(words) => view! { <p>"本人確認：" {words.clone()}</p> }.into_any(),
        }}
        <section>
            <h2>"名簿"</h2>
            <dl class="facts">
                <dt>"記号-番号-枝番"</dt>
                <dd>{person.key.clone()}</dd>
                <dt>"カナ"</dt>
                <dd>{person.kana.clone()}</dd>
                <dt>"続柄"</dt>
                <dd>{person.relation.clone()}</dd>
                <dt>"資格取得日"</dt>
                <dd>{day_in_words(since)}</dd>
                <dt>"資格喪失日"</dt>
                <dd>{until.map_or_else(|| "なし".to_owned(), day_in_words)}</dd>
                {person.secrets.as_ref().map(secrets)}
            </dl>
        </section>
        <section>
            <h2>"利用登録"</h2>
            <dl class="facts">
                <dt>"状態"</dt>
                <dd>
                    {match person.account {
                        Account::None => "登録していません",
                        Account::Open => "利用中",
                        Account::Disabled => "事務局が停止中",
                        Account::Left => "ご本人が利用をやめました",
                    }}
                </dd>
                <dt>"登録日時"</dt>
                <dd>{instant(person.registered_at)}</dd>
                <dt>"最後のログイン"</dt>
                <dd>{instant(person.last_sign_in_at)}</dd>
                <dt>"パスキー・確認コード"</dt>
                <dd>{if person.has_second_step { "あり" } else { "なし" }}</dd>
            </dl>
        </section>
        {addresses(person, &path)}
        {letters(&person.letters)}
        {postcards(&person.postcards)}
        {person.confirmed.is_some().then(|| acts(tried, person, &path))}
    }
    .into_any()
}

fn secrets(known: &Secrets) -> AnyView {
    view! {
        <dt>"生年月日"</dt>
        <dd>{day_in_words(known.born_on)}</dd>
        <dt>"住所"</dt>
        <dd>{known.address.clone()}</dd>
        <dt>"事業所"</dt>
        <dd>{known.employer.clone()}</dd>
        <dt>"家族の名前"</dt>
        <dd>{known.family.join("、")}</dd>
    }
    .into_any()
}

/// Which two answers make sure who called.
fn caller(tried: Option<&Tried>, path: &str) -> AnyView {
    let wrong = tried.and_then(|tried| tried.wrong("confirmed"));
    let questions = Question::ALL
        .into_iter()
        .map(|one| {
            view! {
                <label class="tick">
                    <input type="checkbox" name=format!("confirm_{}", one.as_str()) value="on" />
                    <span>{one.in_words()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"お電話の相手の確認"</h2>
            <p>
                "お手続きの前に、次のうち2つを相手に答えてもらい、答えてもらったものを選んでください。名簿の記載は、選んだあとに表示します。"
            </p>
            <form method="post" action=path.to_owned()>
                <fieldset class="ticks" id="confirmed" tabindex="-1" aria-describedby="confirmed-error">
                    <legend>"確認したもの"</legend>
                    {questions}
                    <label class="tick">
                        <input type="checkbox" name="confirm_callback" value="on" />
                        <span>"折り返し電話（名簿・届出の番号にこちらからかけ直した）"</span>
                    </label>
                </fieldset>
                <p class="error" id="confirmed-error">
                    {wrong}
                </p>
                <button class="button">"確認した"</button>
            </form>
        </section>
    }
    .into_any()
}

fn addresses(person: &Person, path: &str) -> AnyView {
    let lines = person
        .addresses
        .iter()
        .map(|one| {
            let again = (!one.is_confirmed && person.confirmed.is_some()).then(|| {
                view! {
                    <form method="post" action=format!("{path}/addresses")>
                        <input type="hidden" name="address" value=one.id.to_string() />
                        {tick()}
                        <button class="button small">"確認メールをもう一度送る"</button>
                    </form>
                }
            });
            let state = match (one.is_confirmed, one.gets_notices) {
                (true, true) => "確認済み・お知らせの宛先",
                (true, false) => "確認済み",
                (false, _) => "確認待ち",
            };
            view! { <li>{one.address.clone()} "（" {state} "）" {again}</li> }
        })
        .collect_view();
    view! {
        <section>
            <h2>"メールアドレス"</h2>
            {if person.addresses.is_empty() {
                view! { <p>"ありません。"</p> }.into_any()
            } else {
                view! { <ul>{lines}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

fn letters(letters: &[Letter]) -> AnyView {
    if letters.is_empty() {
        return view! {
            <section>
                <h2>"お送りしたメール（90日間）"</h2>
                <p>"ありません。"</p>
            </section>
        }
        .into_any();
    }
    let lines = letters
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <td data-label="日時">{one.at.full()}</td>
                    <td data-label="件名">{one.title.clone()}</td>
                    <td data-label="宛先">{one.address.clone()}</td>
                    <td data-label="結果">{one.state.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2 id="letters">"お送りしたメール（90日間）"</h2>
            <table class="office-table" aria-labelledby="letters">
                <thead>
                    <tr>
                        <th scope="col">"日時"</th>
                        <th scope="col">"件名"</th>
                        <th scope="col">"宛先"</th>
                        <th scope="col">"結果"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn postcards(postcards: &[Postcard]) -> AnyView {
    let lines = postcards
        .iter()
        .map(|one| view! { <li>{one.issued_at.full()} " 発行：" {one.state.clone()}</li> })
        .collect_view();
    view! {
        <section>
            <h2>"ハガキ"</h2>
            {if postcards.is_empty() {
                view! { <p>"発行していません。"</p> }.into_any()
            } else {
                view! { <ul>{lines}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// Somebody whose postcard came back.
#[derive(Clone, Debug)]
pub struct Unreached {
    /// The person.
    pub id: Uuid,
    /// 記号-番号-枝番
    pub key: String,
    /// 氏名
    pub name: String,
    /// 事業所名
    pub employer: String,
    /// Since when the address is unknown.
    pub since: Timestamp,
}

/// O-23: 住所不明.
pub fn returned(people: &[Unreached]) -> AnyView {
    let lines = people
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row" data-label="氏名">
                        <a href=format!("/office/people/{}", one.id)>{one.name.clone()}</a>
                    </th>
                    <td data-label="記号-番号-枝番">{one.key.clone()}</td>
                    <td data-label="事業所">{one.employer.clone()}</td>
                    <td data-label="返送">{one.since.full()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <h1>"住所不明"</h1>
        <p>
            "ハガキが返送された方です。名簿の住所が変わると、この一覧から外れ、ハガキを発行できるようになります。"
        </p>
        {if people.is_empty() {
            view! {
                <p>
                    "住所不明の方はいません。ハガキが返送されたら、"
                    <a href="/office/people">"加入者を検索して"</a> "、その方の画面で「ハガキが返送された」を選んでください。"
                </p>
            }
                .into_any()
        } else {
            view! {
                <table class="office-table" aria-label="住所不明の方">
                    <thead>
                        <tr>
                            <th scope="col">"氏名"</th>
                            <th scope="col">"記号-番号-枝番"</th>
                            <th scope="col">"事業所"</th>
                            <th scope="col">"返送"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
                <p>"正しい住所は事業所に確認し、名簿で取り込んでください。"</p>
            }
                .into_any()
        }}
        <p>
            <a href="/office/people">"加入者の検索へ"</a>
        </p>
    }
    .into_any()
}

/// What can be done, each with what comes of it.
fn acts(tried: Option<&Tried>, person: &Person, path: &str) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let is_open = person.account == Account::Open;
    let act = |what: &'static str, title: &'static str, about: &'static str, text: bool| {
        let id = format!("{what}-text");
        view! {
            <form method="post" action=format!("{path}/{what}")>
                <h3>{title}</h3>
                <p>{about}</p>
                {text
                    .then(|| {
                        view! {
                            <div class="field">
                                <label for=id.clone()>"理由"</label>
                                <p class="hint">
                                    "200文字まで。健康や家族のことは書かないでください。"
                                </p>
                                <div class="control">
                                    <input
                                        id=id.clone()
                                        name="reason_text"
                                        type="text"
                                        value=shown.value(what)
                                        autocomplete="off"
                                    />
                                </div>
                                <p class="error">{shown.wrong(what)}</p>
                            </div>
                        }
                    })}
                {tick()}
                <button class="button small">{title}</button>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="acts">
            <h2>"お手続き"</h2>
            <p>"どれも、ご本人の確認済みのメールアドレスすべてにお知らせします。"</p>
            {is_open
                .then(|| {
                    act(
                        "sessions",
                        "ログインをすべて終了する",
                        "ログイン中の端末をすべて終了します。パスワードはそのまま使えます。",
                        false,
                    )
                })}
            {(is_open && person.has_second_step)
                .then(|| {
                    act(
                        "second-step",
                        "パスキーと確認コードを解除する",
                        "端末をなくされた場合に。パスワードだけでログインできるようになります。",
                        false,
                    )
                })}
            {(person.account != Account::Disabled)
                .then(|| {
                    act(
                        "postcard",
                        "新しいハガキを依頼する",
                        "ハガキの発行待ちに加えます。発行されるまで、前のハガキはそのまま使えます。",
                        false,
                    )
                })}
            {(person.account != Account::Disabled)
                .then(|| {
                    view! {
                        <form method="post" action=format!("{path}/postcard")>
                            <h3>"新しいハガキを印刷する"</h3>
                            <p>
                                "いま1枚発行して、ここで印刷します。前のハガキは無効になります。仮ログインIDの面は、圧着加工をするか、目隠しシールを貼ってお送りください。"
                            </p>
                            <input type="hidden" name="print" value="yes" />
                            {tick()}
                            <button class="button small">"新しいハガキを印刷する"</button>
                        </form>
                    }
                })}
            {(!person.postcards.is_empty())
                .then(|| {
                    act(
                        "returned",
                        "ハガキが返送された",
                        "ハガキを使えなくし、住所不明の一覧に加えます。名簿の住所が変わるまで、ハガキを発行しません。",
                        false,
                    )
                })}
            {is_open
                .then(|| {
                    act(
                        "disable",
                        "利用を停止する",
                        "ログインできなくなり、ログイン中の端末とメールのURL、ハガキもすべて終わります。",
                        true,
                    )
                })}
            {(person.account == Account::Disabled)
                .then(|| {
                    act(
                        "enable",
                        "利用を再開する",
                        "前のログインIDとパスワードでログインできるようになります。",
                        true,
                    )
                })}
            {act(
                "data",
                "開示用のファイルを作る",
                match person.has_another {
                    true => "保存している内容を1つのファイル（ZIP）にします。ほかの職員の同意が必要です。画面には表示しません。",
                    false => NOBODY_ELSE,
                },
                true,
            )}
        </section>
    }
    .into_any()
}
