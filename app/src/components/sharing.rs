//! What a dependent is told about the insured's looking at their medical expenses.

use domain::ports::Sharing;
use leptos::prelude::*;

/// The notice of the member's first visits, for any page: there as long as the
/// member has not decided.
#[component]
pub fn Undecided(
    /// How it stands.
    sharing: Sharing,
) -> impl IntoView {
    (!sharing.decided).then(|| {
        view! {
            <div class="notice warn">
                <h2>"あなたの医療費の表示について"</h2>
                {lapsed(sharing)}
                <p>
                    {if sharing.shares {
                        "同じ記号・番号の被保険者（ご家族）は、あなたの医療費通知を見ることができます。"
                    } else {
                        "同じ記号・番号の被保険者（ご家族）には、あなたの医療費通知は表示されていません。"
                    }} "表示するかどうかは、あなたが決められます。"
                    <a href="/expenses#sharing">"確認して決める"</a>
                </p>
            </div>
        }
    })
}

/// Why what was decided once is asked again.
fn lapsed(sharing: Sharing) -> impl IntoView {
    sharing.lapsed.then(|| {
        view! {
            <p>"世帯（被保険者）が変わったため、以前の設定は終わりました。もう一度お決めください。"</p>
        }
    })
}

/// Where a dependent decides.
#[component]
pub fn SharingChoice(
    /// How it stands.
    sharing: Sharing,
) -> impl IntoView {
    let state = if sharing.shares {
        "表示する"
    } else {
        "表示しない"
    };
    view! {
        <section id="sharing">
            <h2>"被保険者への表示"</h2>
            {lapsed(sharing)}
            <p>
                "いまの設定：" <strong>{state}</strong>
                {(!sharing.decided).then_some("（まだお決めになっていないため、健康保険組合の標準の設定です）")}
            </p>
            <ul>
                <li>"「表示する」にすると、被保険者（同じ記号・番号のご家族）が、あなたの医療費を画面・CSV・印刷で見られます。"</li>
                <li>"「表示しない」にすると、そのときから被保険者には何も表示されません。過去の分も同じです。"</li>
                <li>"被保険者が見た日は、あなたの利用履歴に残ります。設定はいつでも変えられます。"</li>
            </ul>
            <form method="post" action="/expenses/sharing" class="actions">
                {(!sharing.shares || !sharing.decided)
                    .then(|| {
                        view! {
                            <button class="button quiet" name="share" value="yes">
                                "表示する"
                            </button>
                        }
                    })}
                {(sharing.shares || !sharing.decided)
                    .then(|| {
                        view! {
                            <button class="button quiet" name="share" value="no">
                                "表示しない"
                            </button>
                        }
                    })}
            </form>
        </section>
    }
}
