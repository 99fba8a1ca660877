//! P-9: パスキー. Those that are there, and one more; behind the present password where
//! that was given long ago.

use std::time::Duration;

use domain::{
    forms::{Field, PresentPasswordForm},
    ports::{Passkey, PasskeyRefusal, Ports},
    rules::passkey_name,
    text::Sentence,
    visit::{Member, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::Page,
        passkey::{Asked, PasskeyForm},
        status::Status,
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// So long before the present password is due, the page asks for it: it takes a while to
/// choose a name.
const WHILE_FILLING_IN: Duration = Duration::from_secs(2 * 60);

/// パスキー
#[component]
pub fn PasskeysPage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    let word = use_query_map().read_untracked().get("told");
    let told = word.and_then(|word| {
        Some(match &*word {
            "added" => "パスキーを追加しました。次からは、このパスキーでログインできます。",
            "renamed" => "パスキーの名前を変更しました。",
            "removed" => "パスキーを削除しました。",
            _ => return None,
        })
    });
    when_known(async move {
        let is_possible = ports.passkeys.are_possible();
        match ports.passkeys.of(&member).await {
            Ok(passkeys) => view! { <OwnPasskeys member passkeys is_possible told /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

/// The same where a button's path has something to answer; otherwise there is nothing to
/// see.
#[component]
pub fn PasskeyAnswerPage() -> impl IntoView {
    match use_context::<Retry>() {
        Some(_) => view! { <PasskeysPage /> }.into_any(),
        None => go_to("/profile/passkeys"),
    }
}

#[component]
fn OwnPasskeys(
    member: Member,
    passkeys: Vec<Passkey>,
    is_possible: bool,
    told: Option<&'static str>,
) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let was_judged =
        use_context::<Retry>().is_some_and(|retry| retry.is_of::<PresentPasswordForm>());
    let is_due = member.password_is_due(now.plus(WHILE_FILLING_IN)) || was_judged;
    let has_any = !passkeys.is_empty();
    view! {
        <Page title="パスキー" screen="P-9" sheet=true>
            <h1>"パスキー"</h1>
            {told.map(|sentence| view! { <Status sentence /> })}
            <p class="lead">
                "パスキーを追加すると、顔や指紋、端末の暗証番号でログインできます。パスワードを入力する必要はありません。"
            </p>
            <p>
                "顔や指紋の情報は、お使いの端末の中だけで使われ、このポータルには送られません。これまでのログインIDとパスワードも、そのまま使えます。"
            </p>
            {is_due.then(|| view! { <PasswordFirst login_id=member.login_id.clone() has_any /> })}
            {has_any
                .then(|| {
                    let one = move |passkey| view! { <OnePasskey passkey is_due /> };
                    view! {
                        <section>
                            <h2>"追加したパスキー"</h2>
                            <ul class="cards">{passkeys.into_iter().map(one).collect_view()}</ul>
                            <p>
                                "端末をなくしたときや、人に譲るときは、その端末のパスキーを削除してください。"
                            </p>
                        </section>
                    }
                })}
            {match (is_possible, is_due) {
                (false, _) => {
                    view! {
                        <div class="notice warn">
                            <p>{PasskeyRefusal::NotPossible.sentence()}</p>
                        </div>
                    }
                        .written()
                }
                (true, true) => ().into_any(),
                (true, false) => view! { <OneMore /> }.written(),
            }}
            <ul class="inline-links">
                <li>
                    <a href="/profile">"プロフィール設定へ戻る"</a>
                </li>
            </ul>
        </Page>
    }
}

#[component]
fn OneMore() -> impl IntoView {
    view! {
        <section>
            <h2>"パスキーの追加"</h2>
            <p>
                "ご自分だけがお使いの端末で追加してください。ご家族などと共用の端末や、職場の端末には追加しないでください。"
            </p>
            <PasskeyForm asked=Asked::ToBeAdded button_class="button wide" button="パスキーを追加する">
                <NameField id="name".to_owned() value=String::new() is_new=true />
            </PasskeyForm>
            <p class="without-script">
                    "パスキーを追加するには、ブラウザーの設定でJavaScriptを有効にしてください。ログインIDとパスワードは、これまでどおり使えます。"
                </p>
            <p data-no-passkeys="" hidden>
                "お使いのブラウザーでは、パスキーを追加できません。ブラウザーや端末を新しくすると使えることがあります。ログインIDとパスワードは、これまでどおり使えます。"
            </p>
        </section>
    }
}

#[component]
fn NameField(id: String, value: String, is_new: bool) -> impl IntoView {
    let hint = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.clone()>"パスキーの名前"</label>
            {is_new.then(|| view! { <span class="optional">"任意"</span> })}
            {is_new
                .then(|| {
                    view! {
                        <p class="hint" id=hint.clone()>
                            "あとで見分けるための名前です（例：自分のスマートフォン）。空欄のときは、端末の種類が名前になります。"
                        </p>
                    }
                })}
            <div class="control">
                <input
                    id=id
                    name="name"
                    type="text"
                    value=value
                    required=!is_new
                    maxlength=passkey_name::MAX_CHARS.to_string()
                    autocomplete="off"
                    aria-describedby=is_new.then_some(hint)
                />
            </div>
        </div>
    }
}

#[component]
fn OnePasskey(passkey: Passkey, is_due: bool) -> impl IntoView {
    let Passkey {
        id,
        name,
        added_at,
        last_used_at,
    } = passkey;
    let row = id.to_string();
    let of_it = format!("（{name}）");
    let used = last_used_at.map_or("まだありません".to_owned(), |at| at.full());
    view! {
        <li>
            <p class="value">{name.clone()}</p>
            <dl class="facts">
                <div>
                    <dt>"追加した日時"</dt>
                    <dd>{added_at.full()}</dd>
                </div>
                <div>
                    <dt>"最後に使った日時"</dt>
                    <dd>{used}</dd>
                </div>
            </dl>
            <details>
                <summary>
                    "名前を変える" <span class="visually-hidden">{of_it.clone()}</span>
                </summary>
                <form method="post" action="/profile/passkeys/rename">
                    <input type="hidden" name="passkey" value=row.clone() />
                    <NameField id=format!("name-{row}") value=name.clone() is_new=false />
                    <button class="button quiet">
                        "名前を変える" <span class="visually-hidden">{of_it.clone()}</span>
                    </button>
                </form>
            </details>
            // Asked before it is done, and by the name of what goes.
            {(!is_due)
                .then(|| {
                    view! {
                        <details>
                            <summary>
                                "削除" <span class="visually-hidden">{of_it.clone()}</span>
                            </summary>
                            <p>
                                "「" {name}
                                "」を削除しますか？ このパスキーではログインできなくなります。端末に残ったパスキーは、端末の設定から消してください。"
                            </p>
                            <form method="post" action="/profile/passkeys/remove">
                                <button class="button quiet" name="passkey" value=row>
                                    "削除する" <span class="visually-hidden">{of_it}</span>
                                </button>
                            </form>
                        </details>
                    }
                })}
        </li>
    }
}

#[component]
fn PasswordFirst(login_id: String, has_any: bool) -> impl IntoView {
    let what = if has_any {
        "パスキーの追加や削除の前に"
    } else {
        "パスキーを追加する前に"
    };
    view! {
        <section>
            <h2>"ご本人の確認"</h2>
            <p>{what} "、ご本人であることを確認するため、現在のパスワードを入力してください。"</p>
            <CheckedForm
                form=PresentPasswordForm::default()
                action="/profile/passkeys/password"
                button="確認して続ける"
            >
                <OwnId label="ログインID" login_id />
                <FormField field=Field::CurrentPassword kind=Kind::Password />
            </CheckedForm>
        </section>
    }
}
