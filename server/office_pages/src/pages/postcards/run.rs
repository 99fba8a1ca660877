//! O-42: one run.

use app::written::Written;
use leptos::prelude::*;
use uuid::Uuid;

use super::{Counts, heads, numbers};
use crate::parts::{Tried, status, summary};

/// What can be done with a run now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// It waits for this clerk.
    Confirm,
    /// It waits for another one.
    Wait,
    /// It is being made: so many of a hundred.
    Running(i64),
    /// Nobody makes it any more, and it is not whole.
    Stopped,
    /// There was nobody left to whom one could be given.
    Empty,
    /// It can be taken.
    Take,
    /// It was taken: did it arrive?
    Answer,
    /// It is over.
    Nothing,
}

/// A run.
#[derive(Clone, Debug)]
pub struct RunPage {
    /// Its row.
    pub id: Uuid,
    /// For whom.
    pub whom: String,
    /// How far it is, in a word of the jobs.
    pub state: &'static str,
    /// How far it is, for the office.
    pub state_in_words: &'static str,
    /// What was done, by whom, and when.
    pub steps: Vec<(&'static str, String)>,
    /// How many people were chosen.
    pub people: i64,
    /// What became of the postcards.
    pub counts: Counts,
    /// What can be done.
    pub now: Now,
    /// Whether a print sheet can be made: it is for few postcards.
    pub most_sheets: usize,
    /// Where to go back to.
    pub back: (String, &'static str),
}

/// The page of a run.
pub fn run(tried: Option<&Tried>, told: Option<&str>, page: &RunPage) -> AnyView {
    let path = format!("/office/postcards/{}", page.id);
    let percent = match page.now {
        Now::Running(percent) => percent,
        Now::Confirm | Now::Wait => 0,
        _ => 100,
    };
    let steps = page
        .steps
        .iter()
        .map(|(name, words)| view! { <dt>{*name}</dt> <dd>{words.clone()}</dd> })
        .collect_view();
    let (back, back_name) = page.back.clone();
    view! {
        {summary(tried)}
        {told.map(status)}
        <div data-state=page.state data-percent=percent.to_string()>
            <h1>"ハガキの発行"</h1>
            <dl class="facts">
                <dt>"対象"</dt>
                <dd>{page.whom.clone()}</dd>
                <dt>"状態"</dt>
                <dd>{page.state_in_words}</dd>
                <dt>"人数"</dt>
                <dd>{page.people} "人"</dd>
                {steps}
            </dl>
            {act(page, &path)}
            {(page.counts.issued > 0)
                .then(|| {
                    view! {
                        <section>
                            <h2 id="counts">"発行したハガキ"</h2>
                            <table class="office-table" aria-labelledby="counts">
                                <thead>
                                    <tr>
                                        <th scope="col" class="number">
                                            "発行"
                                        </th>
                                        {heads(page.counts)}
                                    </tr>
                                </thead>
                                <tbody>
                                    <tr>
                                        <td class="number" data-label="発行">
                                            {page.counts.issued}
                                        </td>
                                        {numbers(page.counts)}
                                    </tr>
                                </tbody>
                            </table>
                        </section>
                    }
                })}
            <p>
                <a href=back>{back_name}</a>
            </p>
        </div>
    }
    .written()
}

fn act(page: &RunPage, path: &str) -> AnyView {
    match page.now {
        Now::Confirm => decide(path),
        Now::Wait => view! {
            <p class="notice">
                "ほかの取込の職員が、この画面で確認すると始まります。7日以内に登録や変更をした職員どうしでは確認できません。"
            </p>
            {withdraw(path)}
        }
        .written(),
        Now::Running(percent) => view! {
            <section>
                <h2>"作成中"</h2>
                <p role="status">
                    {page.counts.issued} "人 / " {page.people} "人（" {percent} "%）"
                </p>
                <progress max="100" value=percent.to_string() aria-label="作成の進み具合"></progress>
                <p>"この画面は自動で更新されます。閉じても作成は続きます。"</p>
            </section>
            {withdraw(path)}
        }
        .written(),
        Now::Stopped => view! {
            <p class="notice warn">
                "作成が途中で止まりました。作成済みのハガキを取り消してから、もう一度発行してください。"
            </p>
            {withdraw(path)}
        }
        .written(),
        Now::Empty => view! {
            <p class="notice">
                "発行の対象となる加入者は、もういませんでした。ハガキは作っていません。"
                <a href="/office/postcards">"対象を選び直してください。"</a>
            </p>
        }
        .written(),
        Now::Take => take(page, path),
        Now::Answer => answer(path),
        Now::Nothing => ().into_any(),
    }
}

fn decide(path: &str) -> AnyView {
    view! {
        <section>
            <h2>"確認"</h2>
            <p>"確認すると作成が始まります。"</p>
            <form method="post" action=path.to_owned() class="decide">
                <input type="hidden" name="confirm" value="yes" />
                <button class="button" name="decision" value="confirm">
                    "確認して発行する"
                </button>
                <button class="button quiet" name="decision" value="refuse">
                    "取り消す"
                </button>
            </form>
        </section>
    }
    .written()
}

fn take(page: &RunPage, path: &str) -> AnyView {
    let download = format!("{path}/download");
    let fits = usize::try_from(page.counts.issued).is_ok_and(|cards| cards <= page.most_sheets);
    view! {
        <section>
            <h2>"発行データの受け取り"</h2>
            <p>
                <strong>"1回だけ受け取れます。"</strong>
                "仮ログインパスワードは、ほかのどこにも残りません。受け取ったら、この画面を開き直して「受け取りました」を押してください。72時間のあいだにだれも受け取らないときは、発行を取り消します。"
            </p>
            <form method="post" action=download.clone()>
                <input type="hidden" name="format" value="csv" />
                <button class="button">"印刷会社用のCSVを受け取る"</button>
            </form>
            {if fits {
                view! {
                    <form method="post" action=download>
                        <input type="hidden" name="format" value="sheet" />
                        <p>
                            "自分で印刷するときは、はがきサイズ（100×148mm）の用紙に、余白なしで印刷します。仮ログインIDの面は、圧着加工をするか、目隠しシールを貼ってお送りください。"
                        </p>
                        <button class="button quiet">"印刷シートを開く"</button>
                    </form>
                }
                    .written()
            } else {
                view! {
                    <p class="notice">
                        "印刷シートは" {page.most_sheets}
                        "枚までです。この発行は、印刷会社用のCSVを受け取ってください。"
                    </p>
                }
                    .written()
            }}
            <p>
                <a href=path.to_owned()>"受け取ったあとの確認へ進む"</a>
            </p>
        </section>
        {withdraw(path)}
    }
    .written()
}

fn answer(path: &str) -> AnyView {
    view! {
        <section>
            <h2>"受け取れましたか"</h2>
            <p>
                "発行データは渡しました。もう一度は渡せません。手元にあることを確かめて、答えてください。"
            </p>
            <form method="post" action=path.to_owned()>
                <input type="hidden" name="confirm" value="yes" />
                <button class="button" name="answer" value="received">
                    "受け取りました"
                </button>
            </form>
            {not_received(path, "受け取れませんでした")}
        </section>
    }
    .written()
}

fn withdraw(path: &str) -> AnyView {
    view! {
        <section>
            <h2>"発行の取り消し"</h2>
            {not_received(path, "この発行を取り消す")}
        </section>
    }
    .written()
}

fn not_received(path: &str, name: &'static str) -> AnyView {
    view! {
        <form method="post" action=path.to_owned()>
            <label class="tick">
                <input type="checkbox" name="confirm" value="yes" />
                <span>
                    "この発行の未使用のハガキは、すべて無効になります"
                    <small>"対象の方には、もう一度発行できます"</small>
                </span>
            </label>
            <button class="button quiet" name="answer" value="not_received">
                {name}
            </button>
        </form>
    }
    .written()
}
