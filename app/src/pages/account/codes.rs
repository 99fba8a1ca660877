//! P-5 to P-8: 二段階認証. One-time codes are turned on and off here, and recovery codes
//! are made; each works without a script.

use std::time::Duration;

use domain::{
    forms::{Field, FirstCodeForm, SecondStepForm},
    ports::{CodesState, Enrolment, Ports},
    rules::RecoveryCode,
    values::{drawing::QrCode, timestamp::Timestamp},
    visit::{Member, Visit, Visitor},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::Retry,
    components::{
        field::{FormField, Kind, OwnId},
        form::CheckedForm,
        layout::{Page, Telephone},
        status::Status,
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// So long before the present password is due, the page asks for it: an app has to be
/// found first.
const WHILE_FILLING_IN: Duration = Duration::from_secs(5 * 60);

/// P-5: 二段階認証
#[component]
pub fn CodesPage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    let ports = expect_context::<Ports>();
    let turned_off = use_query_map().read_untracked().get("told").as_deref() == Some("off");
    when_known(async move {
        match ports.codes.state(&member).await {
            Ok(CodesState::Off(enrolment)) => {
                view! { <Off member enrolment turned_off /> }.written()
            }
            Ok(CodesState::On { since, left }) => view! { <On since left /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Off(member: Member, enrolment: Enrolment, turned_off: bool) -> impl IntoView {
    let Enrolment { secret, uri, qr } = enrolment;
    let address = uri.clone();
    view! {
        <Page title="二段階認証" screen="P-5" sheet=true>
            <h1>"二段階認証"</h1>
            {turned_off
                .then(|| view! { <Status sentence="二段階認証（確認コード）をやめました。" /> })}
            <p class="lead">
                "ログインのときに、パスワードに加えて、スマートフォンのアプリに表示される6けたの数字（確認コード）を入力する設定です。パスワードが人に知られても、ログインされにくくなります。"
            </p>
            <p>
                "設定するかどうかは自由です。設定しなくても、これまでどおりパスワードだけでログインできます。"
            </p>
            <h2>"1. アプリを用意する"</h2>
            <p>
                "スマートフォンに、確認コードを表示する認証アプリ（Google Authenticator、Microsoft Authenticatorなど）を入れてください。"
            </p>
            <h2>"2. アプリに登録する"</h2>
            <p>"アプリで次のQRコードを読み取ってください。"</p>
            <Qr code=qr />
            <p>
                "読み取れないときは、次の32文字を左上から順に、続けてアプリに入力してください。空白は入れません。"
            </p>
            // CSS breaks it into lines: what is copied has no blanks.
            <p class="secret" id="totp-secret">{secret}</p>
            <p>"スマートフォンでこの画面をご覧の方は、次のアドレスを押しても登録できます。"</p>
            <p class="long-address">
                <a id="totp-uri" href=uri>{address}</a>
            </p>
            <h2>"3. 確認コードを入力する"</h2>
            <p>
                "アプリに表示された6けたの数字を入力してください。正しく入力されると設定が完了し、予備コードが表示されます。"
            </p>
            <CheckedForm
                form=FirstCodeForm::default()
                action="/profile/codes"
                button="設定する"
            >
                <FormField field=Field::Code kind=Kind::AppCode />
                <PresentPassword member />
            </CheckedForm>
            <BackToProfile />
        </Page>
    }
}

#[component]
fn On(since: Timestamp, left: i64) -> impl IntoView {
    view! {
        <Page title="二段階認証" screen="P-5" sheet=true>
            <h1>"二段階認証"</h1>
            <p class="lead">"確認コードによる二段階認証を設定しています。"</p>
            <dl class="facts">
                <div>
                    <dt>"設定した日時"</dt>
                    <dd>{since.full()}</dd>
                </div>
                <div>
                    <dt>"残りの予備コード"</dt>
                    <dd>{left} "個"</dd>
                </div>
            </dl>
            {(left < 3)
                .then(|| {
                    view! {
                        <div class="notice">
                            <p>
                                "予備コードの残りが少なくなっています。新しい予備コードを作って、控えておいてください。"
                            </p>
                        </div>
                    }
                })}
            <h2>"予備コード"</h2>
            <p>
                "スマートフォンをなくしたときなどに、確認コードの代わりに使うコードです。控えをなくしたときや、残りが少ないときは、新しく作れます。新しく作ると、前の予備コードは使えなくなります。"
            </p>
            <p>
                <a class="button quiet" href="/profile/codes/recovery">
                    "新しい予備コードを作る"
                </a>
            </p>
            <h2>"スマートフォンを替えるとき・やめるとき"</h2>
            <p>
                "スマートフォンを替えるときは、いったんやめてから、新しいスマートフォンで設定し直してください。"
            </p>
            <p>
                <a class="button quiet" href="/profile/codes/off">
                    "二段階認証をやめる"
                </a>
            </p>
            <BackToProfile />
        </Page>
    }
}

/// P-6: asked a second time before codes are turned off
#[component]
pub fn CodesOffPage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    view! {
        <Page title="二段階認証をやめる" screen="P-6" sheet=true>
            <h1>"二段階認証をやめますか"</h1>
            <p class="lead">
                "ボタンを押すと、確認コードと予備コードは使えなくなり、パスワードだけでログインできるようになります。"
            </p>
            <CheckedForm
                form=SecondStepForm::default()
                action="/profile/codes/off"
                button="二段階認証をやめる"
            >
                <PresentPassword member />
            </CheckedForm>
            <BackToCodes />
        </Page>
    }
    .written()
}

/// P-7: asked a second time before earlier recovery codes end
#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    view! {
        <Page title="新しい予備コード" screen="P-7" sheet=true>
            <h1>"新しい予備コードを作りますか"</h1>
            <p class="lead">
                "ボタンを押すと、新しい予備コードを10個表示します。前の予備コードは使えなくなります。"
            </p>
            <CheckedForm
                form=SecondStepForm::default()
                action="/profile/codes/recovery"
                button="新しい予備コードを作る"
            >
                <PresentPassword member />
            </CheckedForm>
            <BackToCodes />
        </Page>
    }
    .written()
}

/// P-8: ten recovery codes, shown once
#[component]
pub fn NewRecoveryCodesPage() -> impl IntoView {
    let visit = expect_context::<Visit>();
    if !matches!(visit.who, Visitor::Member(_)) {
        return go_to("/login");
    }
    if visit.recovery_codes.is_empty() {
        return go_to("/profile/codes");
    }
    let line = |code: RecoveryCode| {
        view! {
            <li>
                <code>{code.printed()}</code>
            </li>
        }
    };
    view! {
        <Page title="予備コード" screen="P-8" sheet=true>
            <h1>"予備コード"</h1>
            <Status sentence="確認コードによる二段階認証が使えます。" />
            <p class="lead">
                "次の10個の予備コードを、印刷するか書き写して、保険証などと一緒に保管してください。この画面を離れると、二度と表示できません。"
            </p>
            <ol class="recovery-codes">{visit.recovery_codes.into_iter().map(line).collect_view()}</ol>
            <p>
                "スマートフォンをなくしたときなどに、確認コードの代わりに入力します。1個につき1回だけ使えます。"
            </p>
            <p>
                "予備コードもなくされたときは、健康保険組合にお電話ください。"
                <Telephone />
            </p>
            <p>
                <a class="button wide" href="/profile/codes">
                    "控えました"
                </a>
            </p>
        </Page>
    }
    .written()
}

/// The present password, where it is due, or soon will be, or was asked for.
#[component]
fn PresentPassword(member: Member) -> impl IntoView {
    let now = expect_context::<Visit>().now;
    let was_judged = use_context::<Retry>()
        .is_some_and(|retry| retry.errors.get(Field::CurrentPassword).is_some());
    (was_judged || member.password_is_due(now.plus(WHILE_FILLING_IN))).then(|| {
        view! {
            <OwnId label="ログインID" login_id=member.login_id />
            <FormField
                field=Field::CurrentPassword
                kind=Kind::Password
                hint="ご本人の確認のため、現在のパスワードを入力してください。"
                needed="設定の変更に必要"
            />
        }
    })
}

#[component]
fn Qr(code: QrCode) -> impl IntoView {
    view! {
        <svg
            class="qr"
            role="img"
            aria-label="認証アプリに登録するためのQRコード"
            viewBox=format!("0 0 {side} {side}", side = code.side)
        >
            <path d=code.path />
        </svg>
    }
}

#[component]
fn BackToProfile() -> impl IntoView {
    view! {
        <ul class="inline-links">
            <li>
                <a href="/profile">"プロフィール設定に戻る"</a>
            </li>
        </ul>
    }
}

#[component]
fn BackToCodes() -> impl IntoView {
    view! {
        <ul class="inline-links">
            <li>
                <a href="/profile/codes">"やめずに戻る"</a>
            </li>
        </ul>
    }
}
