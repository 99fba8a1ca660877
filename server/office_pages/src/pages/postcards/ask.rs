//! O-41: how many people that are.

use app::written::Written;
use leptos::prelude::*;

use super::{FourEyes, four_eyes};

/// What was chosen, before it begins.
#[derive(Clone, Debug)]
pub struct Asked {
    /// For whom, in words.
    pub whom: String,
    /// How many people that are.
    pub people: i64,
    /// Whether what they have ends.
    pub replaces: bool,
    /// Whether another clerk has to confirm it.
    pub four_eyes: FourEyes,
    /// The fields of the form, to be sent once more.
    pub fields: Vec<(&'static str, String)>,
    /// Whether more or fewer people are meant than the page had said.
    pub has_changed: bool,
}

/// Asks once more, with the number of people.
pub fn ask(asked: &Asked) -> AnyView {
    let hidden = asked
        .fields
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone() /> })
        .collect_view();
    let waits = asked.people > 1 && asked.four_eyes != FourEyes::Off;
    view! {
        <div class="sheet">
            <h1>"発行の確認"</h1>
            {asked
                .has_changed
                .then(|| {
                    view! {
                        <p class="notice warn" role="alert">
                            "対象の人数が変わりました。もう一度確認してください。"
                        </p>
                    }
                })}
            <dl class="facts">
                <dt>"対象"</dt>
                <dd>{asked.whom.clone()}</dd>
                <dt>"人数"</dt>
                <dd id="people">{asked.people} "人"</dd>
            </dl>
            {asked
                .replaces
                .then(|| {
                    view! {
                        <p>
                            "今あるハガキは無効になります。登録済みの方が新しいハガキで登録し直すと、二段階認証は解除されます。"
                        </p>
                    }
                })}
            <p>
                "仮ログインIDと仮ログインパスワードを作ります。作成したデータは1回だけ受け取れます。72時間のあいだにだれも受け取らないときは、発行を取り消します。"
            </p>
            {if waits { four_eyes(asked.four_eyes) } else { ().into_any() }}
            <form method="post" action="/office/postcards">
                {hidden} <input type="hidden" name="people" value=asked.people.to_string() />
                <input type="hidden" name="confirm" value="yes" />
                <button class="button wide">{asked.people} "人に発行する"</button>
            </form>
            <p>
                <a href="/office/postcards">"やめる"</a>
            </p>
        </div>
    }
    .written()
}
