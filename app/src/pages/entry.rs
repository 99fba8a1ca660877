//! E-1: the way in, for somebody with the manual or the postcard in hand.

use leptos::prelude::*;

use crate::{
    components::layout::{Page, Telephone},
    ports::Ports,
    visit::{Visit, Visitor},
};

/// 入口
#[component]
pub fn EntryPage() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let signed_in = matches!(expect_context::<Visit>().who, Visitor::Member(_));
    view! {
        <Page title="ようこそ" screen="E-1">
            <section class="hero">
                <h1>{society.portal_name.clone()}</h1>
                <p class="lead">
                    {society.name.clone()} "にご加入の方は" {society.portal_name.clone()}
                    "にご登録ください。"
                </p>
                <div class="actions">
                    {if signed_in {
                        view! { <a class="button" href="/home">"マイページへ"</a> }.into_any()
                    } else {
                        view! {
                            <a class="button" href="/register">"新規利用登録"</a>
                            <a class="button quiet" href="/login">"ログイン"</a>
                        }
                            .into_any()
                    }}
                </div>
            </section>
            <section>
                <h2>"ご覧いただけるもの"</h2>
                <ul class="doors">
                    <li><div><b>"健保からのお知らせ"</b>"健康保険組合からの大切なご案内"</div></li>
                    <li><div><b>"各種健康情報の閲覧"</b>"健診の結果や、からだづくりに役立つ記事"</div></li>
                    <li><div><b>"医療費通知の確認"</b>"月ごとの医療費と窓口でのお支払い額"</div></li>
                </ul>
            </section>
            <section>
                <h2>"ご登録の前に"</h2>
                <ul class="checklist">
                    <li>
                        "ご登録いただける方："
                        <strong>{format!("被保険者・{}歳以上の被扶養者", society.registration_age)}</strong>
                    </li>
                    <li>
                        "メールアドレスが必要です。スマートフォン等で受信できるものをご利用ください（最大3つまで登録可）。"
                    </li>
                    <li>
                        "別途お送りしているハガキ「" {society.portal_name.clone()}
                        "登録について」をお手元にご用意ください。"
                    </li>
                    <li>
                        "迷惑メール設定は " <strong>{society.mail_domain.clone()}</strong>
                        " を受信可能に設定してください。"
                    </li>
                </ul>
                <p>
                    "ハガキを紛失された方、ご不明な方は健康保険組合までお問い合わせください。"
                    <Telephone />
                </p>
            </section>
        </Page>
    }
}
