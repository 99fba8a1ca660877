//! J-3: 健診結果. The own ones alone, newest first; what they mean in one plain word
//! by the published limits, and never a diagnosis.

mod course;
mod results;

use leptos::prelude::*;

use course::course;
use domain::{
    ports::{CheckupLook, CheckupResults, Ports},
    visit::{Visit, Visitor},
};
use results::{earlier, newest};

use crate::{
    components::{
        after_disqualification::{OverPage, ReadUntil},
        layout::Page,
    },
    pages::portal::problem::trouble,
    respond::go_to,
    written::{Written, when_known},
};

/// 健診結果
#[component]
pub fn CheckupsPage() -> impl IntoView {
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    let Visitor::Member(member) = visit.who else {
        return go_to("/login");
    };
    when_known(async move {
        match ports.checkups.look(&member, visit.now).await {
            Ok(CheckupLook::Results(results)) => view! { <Results results /> }.written(),
            Ok(CheckupLook::Over) => view! { <OverPage title="健診結果" screen="J-3" /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn Results(results: CheckupResults) -> impl IntoView {
    let CheckupResults {
        sex,
        checkups,
        until,
    } = results;
    view! {
        <Page title="健診結果" screen="J-3">
            <h1>"健診結果"</h1>
            {until
                .map(|until| {
                    view! {
                        <ReadUntil what="加入されていた期間の健診結果" until>
                            "その後は見られなくなり、削除されます。必要な方は、印刷するか、"
                            <a href="/my-data">"わたしのデータ"</a> "から保存してください。"
                        </ReadUntil>
                    }
                })}
            {match checkups.as_slice() {
                [] => view! { <Nothing has_left=until.is_some() /> }.written(),
                [first, others @ ..] => {
                    view! {
                        <NoDiagnosis />
                        {newest(sex, first, others.first())}
                        {course(sex, &checkups)}
                        {earlier(sex, others)}
                    }
                        .written()
                }
            }}
        </Page>
    }
}

/// What the words mean, and what they do not.
#[component]
fn NoDiagnosis() -> impl IntoView {
    view! {
        <div class="notice">
            <h2>"この画面の見方"</h2>
            <p>
                "「範囲内」「要注意」「受診をおすすめ」は、国の特定健診の基準（標準的な健診・保健指導プログラム 令和6年度版）に値をあてはめたもので、"
                <strong>"診断ではありません"</strong>
                "。健診機関の基準とは異なることがあります。医師の判定や説明がある場合は、そちらを優先してください。治療中の方は、主治医にご相談ください。"
            </p>
        </div>
    }
}

#[component]
fn Nothing(has_left: bool) -> impl IntoView {
    view! {
        <p class="lead">
            {if has_left {
                "ご覧いただける健診結果はありません。"
            } else {
                "健診結果はまだありません。"
            }}
        </p>
        {(!has_left)
            .then(|| {
                view! {
                    <p>
                        "健診を受けてからおよそ2〜3か月後に、この画面でご覧いただけます。健診機関からお手元に届く結果のほうが早く着きます。"
                    </p>
                }
            })}
    }
}
