//! E-1: the way in, for somebody with the manual or the postcard in hand.

use domain::{
    ports::Ports,
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::{
    components::layout::{Page, Telephone},
    written::Written,
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
                    {format!(
                        "{}にご加入の方は{}にご登録ください。",
                        society.name,
                        society.portal_name,
                    )}
                </p>
                {if signed_in {
                    view! {
                        <p>
                            <a class="button" href="/home">
                                "マイページへ"
                            </a>
                        </p>
                    }
                        .written()
                } else {
                    view! {
                        <ul class="doors">
                            <li>
                                <a class="primary" href="/register">
                                    <b>"新規利用登録"</b>
                                    "はじめてご利用になる方"
                                </a>
                            </li>
                            <li>
                                <a href="/login">
                                    <b>"ログイン"</b>
                                    "登録がお済みの方"
                                </a>
                            </li>
                        </ul>
                    }
                        .written()
                }}
            </section>
            <div class="columns">
                <section>
                    <h2>"ご利用いただけること"</h2>
                    <ul>
                        <li>"健保からのお知らせ"</li>
                        <li>"各種健康情報の閲覧"</li>
                        <li>"医療費通知の確認"</li>
                    </ul>
                </section>
                <section>
                    <h2>"登録の前にご用意ください"</h2>
                    <ul>
                        <li>
                            "ご登録いただける方："
                            <strong>
                                {format!("被保険者・{}歳以上の被扶養者", society.registration_age)}
                            </strong>
                        </li>
                        <li>
                            "新規登録にはメールアドレスが必要です。スマートフォン等で受信できるものをご利用ください（最大3つまで登録可）。"
                        </li>
                        <li>
                            {format!(
                                "別途お送りしているハガキ「{}登録について」をお手元にご用意ください。",
                                society.portal_name,
                            )}
                        </li>
                        <li>
                            "迷惑メール設定は " <strong>{society.mail_domain.clone()}</strong>
                            " を受信可能に設定してください。"
                        </li>
                    </ul>
                    <p>
                        "ハガキを紛失や不明の場合は健康保険組合までお問い合わせください。 "
                        <Telephone />
                    </p>
                </section>
            </div>
        </Page>
    }
}
