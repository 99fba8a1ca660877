//! O-12: what the office sees of a person, and can do.

use app::written::Written;
use domain::{
    looking::{Question, Reason},
    values::timestamp::{Timestamp, day_in_words},
};
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

use super::{NOBODY_ELSE, tick};
use crate::parts::{Tried, status, summary};

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
            Some(words) => view! { <p>"本人確認：" {words.clone()}</p> }.written(),
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
    .written()
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
    .written()
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
    .written()
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
                view! { <p>"ありません。"</p> }.written()
            } else {
                view! { <ul>{lines}</ul> }.written()
            }}
        </section>
    }
    .written()
}

fn letters(letters: &[Letter]) -> AnyView {
    if letters.is_empty() {
        return view! {
            <section>
                <h2>"お送りしたメール（90日間）"</h2>
                <p>"ありません。"</p>
            </section>
        }
        .written();
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
    .written()
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
                view! { <p>"発行していません。"</p> }.written()
            } else {
                view! { <ul>{lines}</ul> }.written()
            }}
        </section>
    }
    .written()
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
        .written()
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
    .written()
}
