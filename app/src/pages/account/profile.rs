//! P-1: プロフィール設定: what a member is known by, and below it the addresses
//! (`addresses`).

use std::time::Duration;

use domain::{
    forms::{Field, ProfileForm},
    ports::{Address, Ports, SecondSteps, Sharing},
    visit::{self, Changed, Member, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind, LoginIdExamples},
        form::CheckedForm,
        layout::Page,
        second_steps::SecondStepSections,
        sharing::SharingChoice,
        status::Status,
    },
    pages::{account::addresses::AddressesSection, portal::problem::trouble},
    respond::go_to,
    written::{Written, when_known},
};

/// プロフィール設定
#[component]
pub fn ProfilePage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let (ports, now) = (expect_context::<Ports>(), expect_context::<Visit>().now);
    let word = use_query_map().read_untracked().get("told");
    let told = word.and_then(|word| Told::parse(&word, expect_context::<Visit>().told));
    when_known(async move {
        let looked = async {
            let addresses = ports.addresses.of(&member).await?;
            Ok((addresses, ports.security.second_steps(member.id).await?))
        };
        // The page has more to say than this.
        let sharing = ports.expenses.sharing(&member, now).await.ok().flatten();
        match looked.await {
            Ok((addresses, steps)) => {
                view! { <Profile member addresses steps sharing told /> }.written()
            }
            Err(what) => trouble(&what),
        }
    })
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
    /// Of the first form; what was changed, where that is still known.
    Changed(Option<Changed>),
    /// Of the addresses.
    OfAddresses(&'static str),
}

impl Told {
    /// By the word in the address bar; any other word says nothing.
    fn parse(word: &str, told: Option<visit::Told>) -> Option<Self> {
        Some(Self::OfAddresses(match word {
            "changed" => {
                return Some(Self::Changed(match told {
                    Some(visit::Told::Changed(changed)) => Some(changed),
                    _ => None,
                }));
            }
            "added" => {
                "確認のメールをお送りしました。届いたメールのURLを開くと、登録が完了します。"
            }
            "again" => "確認のメールをもう一度お送りしました。",
            "earlier" => {
                "続けて送信されたため、先にお送りしたメールのURLが使える間は、新しいメールをお送りしません。先に届いたメールをご確認ください。届いていないときは、しばらくしてから「確認メールをもう一度送る」を押してください。"
            }
            "removed" => "メールアドレスを削除しました。",
            "notices" => "お知らせの宛先を変更しました。",
            "refused" => "登録内容が変わったため、行いませんでした。下の内容をご確認ください。",
            _ => return None,
        }))
    }
}

#[component]
fn Profile(
    member: Member,
    addresses: Vec<Address>,
    steps: SecondSteps,
    sharing: Option<Sharing>,
    told: Option<Told>,
) -> impl IntoView {
    let (changed, what, of_addresses) = match told {
        Some(Told::Changed(Some(changed))) if changed == Changed::default() => (
            Some("変更した項目はありません。"),
            Some("前と同じ内容のため、何も変わっていません。".to_owned()),
            None,
        ),
        Some(Told::Changed(what)) => (Some("変更完了です！"), what.map(in_words), None),
        Some(Told::OfAddresses(sentence)) => (None, None, Some(sentence)),
        None => (None, None, None),
    };
    view! {
        <Page title="プロフィール設定" screen="P-1" sheet=true>
            <h1>"プロフィール設定"</h1>
            {changed.map(|sentence| view! { <Status sentence /> })}
            {what.map(|what| view! { <p>{what}</p> })}
            <p class="lead">"ログインIDや登録メールアドレス等の変更が行えます。"</p>
            <Known member />
            <AddressesSection addresses told=of_addresses />
            <SecondStepSections steps />
            {sharing.map(|sharing| view! { <SharingChoice sharing /> })}
        </Page>
    }
}

/// 「ログインID、パスワードを変更しました。」
fn in_words(changed: Changed) -> String {
    let names = [
        (changed.login_id, "ログインID"),
        (changed.nickname, "ニックネーム"),
        (changed.password, "パスワード"),
    ];
    let names = names
        .into_iter()
        .filter_map(|(is_so, name)| is_so.then_some(name));
    names.collect::<Vec<_>>().join("、") + "を変更しました。"
}

/// So long before the present password is due, the page asks for it: it takes a while to
/// fill in.
const WHILE_FILLING_IN: Duration = Duration::from_secs(5 * 60);

/// Login ID, nickname and password, in one form.
#[component]
fn Known(member: Member) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let was_judged = use_context::<Retry>()
        .is_some_and(|retry| retry.errors.get(Field::CurrentPassword).is_some());
    let asks_for_password = member.password_is_due(now.plus(WHILE_FILLING_IN)) || was_judged;
    let wanted = use_context::<Retry>()
        .and_then(|retry| retry.value(Field::PasswordWanted).map(str::to_owned))
        .filter(|wanted| !wanted.is_empty());
    view! {
        <CheckedForm form=ProfileForm::default() action="/profile" button="登録">
            <FormField
                field=Field::LoginId
                kind=Kind::LoginId
                hint="好きな文字（半角英数字）で設定できます。7・8桁目に数字は使用できません。"
                value=member.login_id
            />
            <LoginIdExamples />
            <FormField
                field=Field::Nickname
                kind=Kind::Nickname
                hint="画面でお呼びする名前です。20文字まで。"
                value=member.nickname
            />
            <FormField
                field=Field::Password
                kind=Kind::NewPassword
                hint="変えるときだけ入力してください。半角英小文字、半角数字を組み合わせた8文字以上　例) kenpo123"
                optional=wanted.is_none()
            />
            <FormField
                field=Field::PasswordConfirmation
                kind=Kind::NewPassword
                hint="変えるときは、同じパスワードをもう一度入力してください。"
                optional=wanted.is_none()
            />
            {wanted
                .map(|wanted| {
                    view! { <input type="hidden" name=Field::PasswordWanted.name() value=wanted /> }
                })}
            {asks_for_password
                .then(|| {
                    view! {
                        <FormField
                            field=Field::CurrentPassword
                            kind=Kind::Password
                            hint="ログインIDやパスワードを変えるときは、ご本人の確認のため入力してください。"
                            needed="ID・パスワードの変更に必要"
                        />
                    }
                })}
        </CheckedForm>
    }
}
