//! P-1: プロフィール設定: what a member is known by, and below it the addresses
//! (`addresses`).

use domain::{
    forms::{Field, ProfileForm},
    ports::{Address, Ports},
    visit::{Member, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind, LoginIdExamples},
        form::CheckedForm,
        layout::Page,
        sharing::SharingSetting,
        status::Status,
    },
    pages::{account::addresses::AddressesSection, portal::problem::trouble},
    respond::go_to,
};

/// プロフィール設定
#[component]
pub fn ProfilePage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    let word = use_query_map().read_untracked().get("told");
    let told = word.and_then(|word| Told::parse(&word));
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

/// What the step before has come to.
#[derive(Clone, Copy)]
enum Told {
    /// Of the first form.
    Changed,
    /// Of the addresses.
    OfAddresses(&'static str),
}

impl Told {
    /// By the word in the address bar; any other word says nothing.
    fn parse(word: &str) -> Option<Self> {
        Some(Self::OfAddresses(match word {
            "changed" => return Some(Self::Changed),
            "added" => {
                "確認のメールをお送りしました。届いたメールのURLを開くと、登録が完了します。"
            }
            "again" => "確認のメールをもう一度お送りしました。",
            "earlier" => {
                "続けて送信されたため、新しいメールはお送りしていません。先に届いたメールをご確認ください。届いていないときは、しばらくしてから「確認メールをもう一度送る」を押してください。"
            }
            "removed" => "メールアドレスを削除しました。",
            "notices" => "お知らせの宛先を変更しました。",
            "refused" => "登録内容が変わったため、行いませんでした。下の内容をご確認ください。",
            _ => return None,
        }))
    }
}

#[component]
fn Profile(member: Member, addresses: Vec<Address>, told: Option<Told>) -> impl IntoView {
    let (changed, of_addresses) = match told {
        Some(Told::Changed) => (Some("変更完了です！"), None),
        Some(Told::OfAddresses(sentence)) => (None, Some(sentence)),
        None => (None, None),
    };
    view! {
        <Page title="プロフィール設定" screen="P-1" sheet=true>
            <h1>"プロフィール設定"</h1>
            {changed.map(|sentence| view! { <Status sentence /> })}
            <p class="lead">"ログインIDや登録メールアドレス等の変更が行えます。"</p>
            <Known member=member.clone() />
            <AddressesSection addresses told=of_addresses />
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
