//! O-31: a notice is written.

use app::written::Written;
use domain::{office::notice::NoticeState, values::number::grouped};
use leptos::prelude::*;

use super::{
    in_hand::{InHand, conflict, reach, steps},
    lacks_another, tag,
};
use crate::parts::{Input, TEXT, Tried, field, inside_textarea, status, summary};

/// The form, and below it what can be done.
pub fn edit(tried: &Tried, told: Option<&str>, hand: &InHand) -> AnyView {
    let path = hand.path();
    let heading = match hand.id {
        Some(_) => tried.value("title"),
        None => "お知らせを書く".to_owned(),
    };
    let is_unpublished = hand.state.is_unpublished();
    let form = match hand.state {
        NoticeState::Withdrawn => ().into_any(),
        _ => fields(tried, hand, &path),
    };
    let beside = hand.id.map(|id| {
        view! {
            {(hand.state != NoticeState::Withdrawn).then(|| attachment(tried, hand, &path))}
            <section>
                <h2>"公開"</h2>
                {publishing(hand, &path, is_unpublished)}
            </section>
            <section>
                <h2 id="steps">"これまでの手続き"</h2>
                {if hand.steps.is_empty() {
                    view! { <p>"ファイルの取込で登録されました。"</p> }.written()
                } else {
                    steps(&hand.steps)
                }}
            </section>
            <ul class="inline-links">
                <li>
                    <a href=format!("/office/notices/new?from={id}")>"この内容で新しく書く"</a>
                </li>
                <li>
                    <a href="/office/notices">"一覧へ"</a>
                </li>
            </ul>
        }
    });
    view! {
        <div data-state=hand.state.as_str() data-version=hand.version.to_string()>
            {summary(Some(tried))} {told.map(status)} <h1>{heading}</h1>
            {hand
                .id
                .map(|_| {
                    view! {
                        <p>
                            {tag(hand.state)} " 管理番号 " {hand.number.clone()}
                        </p>
                    }
                })} {lacks_another(hand.lacks_another)}
            {hand.conflict.as_ref().map(conflict)} {form} {beside}
        </div>
    }
    .written()
}

fn fields(tried: &Tried, hand: &InHand, path: &str) -> AnyView {
    let kind = tried.value("kind");
    let option = |value: &'static str, name: &'static str| {
        view! {
            <option value=value selected=kind == value>
                {name}
            </option>
        }
    };
    let employers = hand
        .employers
        .iter()
        .map(|(code, name)| {
            view! { <option value=format!("事業所:{code}")>{name.clone()}</option> }
        })
        .collect_view();
    let body_wrong = tried.wrong("body");
    let letter = match (hand.state.is_unpublished(), hand.letter) {
        (true, _) => tick(
            tried,
            "letter",
            "メールでも知らせる",
            "お知らせの宛先を登録している対象の方に、公開日の9時以降に件名だけを送ります。健康情報は送りません。",
        ),
        (false, true) => view! { <p>"メールでお知らせするものです。変更しても、メールをもう一度送ることはありません。"</p> }
            .written(),
        (false, false) => view! { <p>"メールでお知らせしないものです。"</p> }.written(),
    };
    view! {
        <form method="post" action=path.to_owned() novalidate class="writing">
            <input type="hidden" name="version" value=hand.version.to_string() />
            <div class="field">
                <label for="kind">"種類"</label>
                <select id="kind" name="kind" aria-describedby="kind-error">
                    {option("notice", "健保からのお知らせ")}
                    {option("article", "各種健康情報")}
                </select>
                <p class="error" id="kind-error">
                    {tried.wrong("kind")}
                </p>
            </div>
            {field(
                tried,
                "title",
                "件名",
                Input {
                    hint: "60文字まで。メールにも載ります。",
                    longest: 60,
                    ..TEXT
                },
            )}
            {field(
                tried,
                "category",
                "分類",
                Input {
                    hint: "20文字まで。例：健診、補助、届出",
                    longest: 20,
                    ..TEXT
                },
            )} {tick(tried, "important", "重要なお知らせにする", "一覧の上に「重要」と表示します。")}
            {audience(tried, hand)} <datalist id="employers">
                <option value="全員"></option>
                <option value="被保険者"></option>
                <option value="被扶養者"></option>
                {employers}
            </datalist>
            <div class="side-by-side">
                {field(
                    tried,
                    "opens_on",
                    "公開日",
                    Input {
                        kind: "date",
                        hint: "空欄は今日。この日の0時から表示します。",
                        ..TEXT
                    },
                )}
                {field(
                    tried,
                    "ends_on",
                    "公開終了日",
                    Input {
                        kind: "date",
                        hint: "空欄は期限なし。この日まで表示します。",
                        ..TEXT
                    },
                )}
            </div>
            {field(
                tried,
                "slug",
                "アドレス名（健康情報だけ）",
                Input {
                    hint: "半角の英小文字・数字・ハイフン。例：blood-pressure",
                    longest: 60,
                    ..TEXT
                },
            )} <div class="field">
                <label for="body">"本文"</label>
                <p class="hint" id="body-hint">
                    "15,000文字まで。「# 」で見出し、「- 」で箇条書き、**太字**、[名前](https://…)でリンクになります。"
                </p>
                <textarea
                    id="body"
                    name="body"
                    rows="16"
                    aria-describedby="body-hint body-error"
                    aria-invalid=body_wrong.is_some().then_some("true")
                >
                    {inside_textarea(&tried.value("body"))}
                </textarea>
                <p class="error" id="body-error">
                    {body_wrong}
                </p>
            </div>
            {letter} <div class="actions">
                <button class="button">
                    {if hand.state.is_unpublished() { "下書きを保存する" } else { "変更を保存する" }}
                </button>
                <button class="button quiet" formaction=format!("{path}/preview")>
                    "プレビュー"
                </button>
            </div>
        </form>
    }
    .written()
}

fn audience(tried: &Tried, hand: &InHand) -> AnyView {
    let wrong = tried.wrong("audience");
    view! {
        <div class="field">
            <label for="audience">"対象"</label>
            <p class="hint" id="audience-hint">
                "全員、被保険者、被扶養者、性別:女、事業所:0001/0002、年齢:40-74。空白で区切ると、すべてに当てはまる方になります。"
            </p>
            <div class="control">
                <input
                    id="audience"
                    name="audience"
                    type="text"
                    list="employers"
                    value=tried.value("audience")
                    autocomplete="off"
                    maxlength="200"
                    aria-describedby="audience-hint audience-error reach"
                    aria-invalid=wrong.is_some().then_some("true")
                />
            </div>
            <p class="error" id="audience-error">
                {wrong}
            </p>
            {reach(hand)}
            <button class="button small quiet" name="act" value="count">
                "人数を数える"
            </button>
        </div>
    }
    .written()
}

fn tick(tried: &Tried, name: &'static str, label: &'static str, about: &'static str) -> AnyView {
    let wrong = tried.wrong(name);
    let note_id = format!("{name}-error");
    view! {
        <div class="field">
            <label class="tick" for=name>
                <input
                    id=name
                    type="checkbox"
                    name=name
                    value="on"
                    checked=tried.value(name) == "on"
                    aria-describedby=note_id.clone()
                />
                <span>{label} <small>{about}</small></span>
            </label>
            <p class="error" id=note_id>
                {wrong}
            </p>
        </div>
    }
    .written()
}

fn attachment(tried: &Tried, hand: &InHand, path: &str) -> AnyView {
    let wrong = tried.wrong("attachment");
    let version = hand.version.to_string();
    let present = match &hand.file {
        None => view! { <p>"添付ファイルはありません。"</p> }.written(),
        Some((name, bytes)) => {
            let size = format!("（{}KB）", grouped((bytes + 999) / 1000));
            view! {
                <p>
                    <a href=format!("{path}/attachment") download="">
                        {name.clone()}
                    </a>
                    {size}
                </p>
                <form method="post" action=path.to_owned()>
                    <input type="hidden" name="version" value=version.clone() />
                    <button class="button small quiet" name="act" value="detach">
                        "添付を外す"
                    </button>
                </form>
            }
            .written()
        }
    };
    view! {
        <section>
            <h2>"添付ファイル"</h2>
            <p class="hint">
                "本文などの変更は、先に保存してください。"
            </p>
            {present}
            <form method="post" action=path.to_owned() enctype="multipart/form-data">
                <input type="hidden" name="version" value=version />
                <div class="field">
                    <label for="attachment">"添付するファイル"</label>
                    <p class="hint" id="attachment-hint">
                        "pdf、png、jpg、xlsx、docx。10MBまで。1つだけ添付できます。"
                    </p>
                    <input
                        id="attachment"
                        name="attachment"
                        type="file"
                        accept=".pdf,.png,.jpg,.jpeg,.xlsx,.docx"
                        aria-describedby="attachment-hint attachment-error"
                    />
                    <p class="error" id="attachment-error">
                        {wrong}
                    </p>
                </div>
                <button class="button small">"添付する"</button>
            </form>
        </section>
    }
    .written()
}

fn publishing(hand: &InHand, path: &str, is_unpublished: bool) -> AnyView {
    let go_on = is_unpublished.then(|| {
        view! {
            <p>
                <a class="button" href=format!("{path}/publish")>
                    {if hand.state == NoticeState::Waiting { "公開の確認へ" } else { "公開へ進む" }}
                </a>
            </p>
        }
    });
    let letters = hand.letters.map(|letters| {
        view! {
            <p>
                "メール " {grouped(letters)} "通 "
                <a href=format!("{path}/letters")>"送信の状況"</a>
            </p>
        }
    });
    let (act, about) = match hand.state {
        NoticeState::Draft => (
            "下書きを取り下げる",
            "この下書きを「取り下げ」に移します。会員には表示されていません。",
        ),
        NoticeState::Waiting => (
            "依頼を取り消す",
            "公開の依頼を取り消して、下書きに戻します。",
        ),
        NoticeState::Scheduled => (
            "予約を取り消す",
            "公開の予約を取り消して、下書きに戻します。",
        ),
        NoticeState::OnView | NoticeState::Over => (
            "取り下げる",
            "すぐに表示をやめます。まだ送っていないメールも送りません。元に戻すことはできません。",
        ),
        NoticeState::Withdrawn => {
            return view! {
                <p>"取り下げました。会員には表示されません。"</p>
                {letters}
            }
            .written();
        }
    };
    view! {
        {go_on}
        {letters}
        // Asked before it is done.
        <details class="acts">
            <summary>{act}</summary>
            <form method="post" action=format!("{path}/withdraw")>
                <p>{about}</p>
                <input type="hidden" name="version" value=hand.version.to_string() />
                <input type="hidden" name="confirm" value="yes" />
                <button class="button small quiet">{act}</button>
            </form>
        </details>
    }
    .written()
}
