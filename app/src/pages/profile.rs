//! P-1: プロフィール設定: what a member is known by, and below it the addresses.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{Retry, addresses::NO_NOTICES},
    components::{
        field::{FormField, Kind, LoginIdExamples},
        form::{CheckedForm, NotPossible},
        layout::Page,
        sharing::SharingSetting,
    },
    forms::{AddressForm, Field, ProfileForm},
    pages::{go_to, problem::trouble},
    ports::{Address, AddressState, Ports},
    rules::{EmailError, email},
    text::Sentence,
    visit::{Member, Visit, Visitor},
};

/// プロフィール設定
#[component]
pub fn ProfilePage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    // What the step before has come to; any other word says nothing.
    let told = use_query_map()
        .read_untracked()
        .get("told")
        .and_then(|word| told(&word));
    Suspend::new(async move {
        match ports.addresses.of(&member).await {
            Ok(addresses) => view! { <Profile member addresses told /> }.into_any(),
            Err(what) => trouble(&what),
        }
    })
    .into_any()
}

/// The same where a button's path has something to answer; otherwise there is
/// nothing to see.
#[component]
pub fn AddressesPage() -> impl IntoView {
    match use_context::<Retry>() {
        Some(_) => view! { <ProfilePage /> }.into_any(),
        None => go_to("/profile"),
    }
}

fn told(word: &str) -> Option<&'static str> {
    Some(match word {
        "changed" => "変更完了です！",
        "added" => "確認のメールをお送りしました。届いたメールのURLを開くと、登録が完了します。",
        "again" => "確認のメールをもう一度お送りしました。",
        "earlier" => {
            "続けて送信されたため、新しいメールはお送りしていません。先に届いたメールをご確認ください。届いていないときは、しばらくしてから「確認メールをもう一度送る」を押してください。"
        }
        "removed" => "メールアドレスを削除しました。",
        "notices" => "お知らせの宛先を変更しました。",
        "refused" => "登録内容が変わったため、行いませんでした。下の内容をご確認ください。",
        _ => return None,
    })
}

#[component]
fn Profile(member: Member, addresses: Vec<Address>, told: Option<&'static str>) -> impl IntoView {
    view! {
        <Page title="プロフィール設定" screen="P-1" sheet=true>
            <h1>"プロフィール設定"</h1>
            {told
                .map(|sentence| {
                    view! {
                        <div class="notice" role="status">
                            <p>
                                <strong>{sentence}</strong>
                            </p>
                        </div>
                    }
                })}
            <NotPossible />
            <p class="lead">"ログインIDや登録メールアドレス等の変更が行えます。"</p>
            <Known member=member.clone() />
            <Addresses addresses />
            <SharingSetting member />
        </Page>
    }
}

/// Login ID, nickname and password, in one form.
#[component]
fn Known(member: Member) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let was_judged = use_context::<Retry>()
        .is_some_and(|retry| retry.errors.get(Field::CurrentPassword).is_some());
    let asks_for_password = member.password_is_due(now) || was_judged;
    view! {
        <CheckedForm form=ProfileForm::default() action="/profile" button="登録">
            <FormField
                field=Field::LoginId
                kind=Kind::LoginId
                label="ログインID"
                hint="好きな文字（半角英数字）で設定できます。7・8桁目に数字は使用できません。"
                value=member.login_id
            />
            <LoginIdExamples />
            <FormField
                field=Field::Nickname
                kind=Kind::Nickname
                label="ニックネーム"
                hint="画面でお呼びする名前です。20文字まで。"
                value=member.nickname
            />
            <FormField
                field=Field::Password
                kind=Kind::NewPassword
                label="新しいパスワード"
                hint="変えるときだけ入力してください。半角英小文字、半角数字を組み合わせた8文字以上　例) kenpo123"
                optional=true
            />
            <FormField
                field=Field::PasswordConfirmation
                kind=Kind::NewPassword
                label="新しいパスワード(確認)"
                hint="変えるときは、同じパスワードをもう一度入力してください。"
                optional=true
            />
            {asks_for_password
                .then(|| {
                    view! {
                        <FormField
                            field=Field::CurrentPassword
                            kind=Kind::Password
                            label="現在のパスワード"
                            hint="ログインIDやパスワードを変えるときは、ご本人の確認のため入力してください。"
                            needed="ID・パスワードの変更に必要"
                        />
                    }
                })}
        </CheckedForm>
    }
}

/// The addresses with what can be done with each, and one more.
#[component]
fn Addresses(addresses: Vec<Address>) -> impl IntoView {
    let has_room = addresses.len() < email::MOST;
    let was_tried = use_context::<Retry>().is_some_and(|retry| retry.is_of::<AddressForm>());
    let to_whom = addresses
        .iter()
        .find(|its| matches!(its.state, AddressState::Confirmed { gets_notices: true }))
        .map(|its| its.address.clone());
    view! {
        <section class="addresses" id="emails">
            <h2>"メールアドレス"</h2>
            <p>"3つまで登録できます。パスワード再発行や変更のお知らせは、確認済みのアドレスにお送りします。"</p>
            <ul class="cards">
                {addresses.into_iter().map(|address| view! { <OneAddress address /> }).collect_view()}
            </ul>
            <h3>"お知らせの宛先"</h3>
            {match to_whom {
                Some(address) => {
                    view! {
                        <p>
                            "健保からのお知らせメールは、" <strong>{address}</strong>
                            " にお送りします。"
                        </p>
                        <PostButton
                            action="/profile/emails/notices"
                            address=NO_NOTICES
                            label="お知らせメールを受け取らない"
                        />
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p>
                            "お知らせメールを受け取らない設定です。受け取るときは、上の確認済みのアドレスで「お知らせの宛先にする」を押してください。"
                        </p>
                    }
                        .into_any()
                }
            }}
            <h3>"メールアドレスの追加"</h3>
            {if has_room || was_tried {
                view! {
                    <CheckedForm
                        form=AddressForm::default()
                        action="/profile/emails/add"
                        button="追加"
                    >
                        <FormField
                            field=Field::Email
                            kind=Kind::Email
                            label="追加するメールアドレス"
                            hint="このアドレスに確認のメールをお送りします。メールのURLを開くと登録が完了します。"
                        />
                    </CheckedForm>
                }
                    .into_any()
            } else {
                view! { <p>{EmailError::ThreeAlready.sentence()}</p> }.into_any()
            }}
        </section>
    }
}

#[component]
fn OneAddress(address: Address) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let Address { id, address, state } = address;
    let row = id.to_string();
    let button = |action, label| {
        let (row, about) = (row.clone(), address.clone());
        view! { <PostButton action address=row label about /> }
    };
    let (tags, explanation, buttons) = match state {
        AddressState::Confirmed { gets_notices } => (
            view! {
                <span class="tag">"確認済み"</span>
                {gets_notices.then(|| view! { <span class="tag">"お知らせの宛先"</span> })}
            }
            .into_any(),
            None,
            (!gets_notices)
                .then(|| button("/profile/emails/notices", "お知らせの宛先にする"))
                .into_any(),
        ),
        AddressState::Waiting { until } => (
            view! { <span class="tag is-waiting">"確認待ち"</span> }.into_any(),
            Some(match until {
                Some(until) if now < until => format!(
                    "まだ完了していません。届いたメールのURLを開いてください。（{} まで）",
                    until.clock_seen_at(now)
                ),
                Some(_) => "まだ完了していません。確認メールのURLの期限が切れました。「確認メールをもう一度送る」を押してください。".to_owned(),
                None => "まだ完了していません。確認メールは送られていません。しばらくしてから「確認メールをもう一度送る」を押してください。".to_owned(),
            }),
            button("/profile/emails/again", "確認メールをもう一度送る").into_any(),
        ),
    };
    view! {
        <li>
            <p class="value">{address.clone()}</p>
            <p>{tags}</p>
            {explanation.map(|sentence| view! { <p>{sentence}</p> })}
            <div class="actions">
                {buttons} {button("/profile/emails/remove", "削除")}
            </div>
        </li>
    }
}

/// A button that posts which address it is about, and says so to a screen reader.
#[component]
fn PostButton(
    action: &'static str,
    #[prop(into)] address: String,
    label: &'static str,
    #[prop(optional, into)] about: String,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <input type="hidden" name="address" value=address />
            <button class="button quiet">
                {label} {(!about.is_empty()).then(|| view! { <span class="visually-hidden">"（" {about} "）"</span> })}
            </button>
        </form>
    }
}
