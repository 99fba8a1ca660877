//! The lower half of P-1: a member's addresses, and where notices go.

use domain::{
    forms::{AddressForm, Field},
    ports::{Address, AddressState},
    rules::{EmailError, email},
    text::Sentence,
    values::timestamp::Timestamp,
    visit::Visit,
};
use leptos::prelude::*;

use crate::{
    api::{Retry, addresses::NO_NOTICES},
    components::{
        field::{FormField, Kind},
        form::CheckedForm,
        status::Status,
    },
    written::Written,
};

/// The addresses with what can be done with each, and one more. Every form leads
/// back here, where its answer stands, and not to the top of a long page.
#[component]
pub fn AddressesSection(
    /// All of the member's, the oldest first.
    addresses: Vec<Address>,
    /// What the last change of them has come to.
    told: Option<&'static str>,
) -> impl IntoView {
    let has_room = addresses.len() < email::MOST;
    let retry = use_context::<Retry>();
    let was_tried = retry.as_ref().is_some_and(Retry::is_of::<AddressForm>);
    // Otherwise the refusal has it.
    let target = (!retry.is_some_and(|retry| retry.is_about_an_address())).then_some("emails");
    let to_whom = addresses
        .iter()
        .find(|its| matches!(its.state, AddressState::Confirmed { gets_notices: true }))
        .map(|its| its.address.clone());
    view! {
        <section id=target>
            <h2>"メールアドレス"</h2>
            {told.map(|sentence| view! { <Status sentence /> })}
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
                        <div class="actions">
                            <PostButton
                                action="/profile/emails/notices#emails"
                                address=NO_NOTICES
                                label="お知らせメールを受け取らない"
                            />
                        </div>
                    }
                        .written()
                }
                None => {
                    view! {
                        <p>
                            "お知らせメールを受け取らない設定です。受け取るときは、上の確認済みのアドレスで「お知らせの宛先にする」を押してください。"
                        </p>
                    }
                        .written()
                }
            }}
            <h3>"メールアドレスの追加"</h3>
            {if has_room || was_tried {
                view! {
                    <CheckedForm
                        form=AddressForm::default()
                        action="/profile/emails/add#emails"
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
                    .written()
            } else {
                view! { <p>{EmailError::ThreeAlready.sentence()}</p> }.written()
            }}
        </section>
    }
}

#[component]
fn OneAddress(address: Address) -> impl IntoView {
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
            .written(),
            None,
            (!gets_notices)
                .then(|| button("/profile/emails/notices#emails", "お知らせの宛先にする"))
                .written(),
        ),
        AddressState::Waiting { until } => (
            view! { <span class="tag is-waiting">"確認待ち"</span> }.written(),
            Some(view! { <Incomplete until /> }),
            button("/profile/emails/again#emails", "確認メールをもう一度送る").written(),
        ),
    };
    view! {
        <li>
            <p class="value">{address.clone()}</p>
            <p>{tags}</p>
            {explanation}
            <div class="actions">
                {buttons}
            </div>
            // Asked before it is done, and by the name of what goes.
            <details>
                <summary>
                    "削除" <span class="visually-hidden">"（" {address.clone()} "）"</span>
                </summary>
                <p>"「" {address.clone()} "」を削除しますか？ このアドレスでは、パスワード再発行やお知らせのメールを受け取れなくなります。"</p>
                {button("/profile/emails/remove#emails", "削除する")}
            </details>
        </li>
    }
}

/// What an address waits for, and until when.
#[component]
fn Incomplete(until: Option<Timestamp>) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let (what_now, until) = match until {
        Some(until) if now < until => ("届いたメールのURLを開いてください。", Some(until)),
        Some(_) => (
            "確認メールのURLの期限が切れました。「確認メールをもう一度送る」を押してください。",
            None,
        ),
        None => (
            "確認メールは送られていません。しばらくしてから「確認メールをもう一度送る」を押してください。",
            None,
        ),
    };
    view! {
        <p>"まだ完了していません。" {what_now}</p>
        {until.map(|until| view! { <p class="deadline">"このURLは " {until.clock_seen_at(now)} " まで"</p> })}
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
            <button class="button quiet" name="address" value=address>
                {label} {(!about.is_empty()).then(|| view! { <span class="visually-hidden">"（" {about} "）"</span> })}
            </button>
        </form>
    }
}
