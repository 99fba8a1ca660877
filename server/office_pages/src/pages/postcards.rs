//! O-40 to O-42: ハガキの発行. For whom, how many people that are, and what became of it.

use domain::values::timestamp::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// How many postcards there are, of a run or an employer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Were made; 0 where nobody counts that.
    pub issued: i64,
    /// Can be used.
    pub open: i64,
    /// Were used.
    pub used: i64,
    /// Were used by nobody until their last day.
    pub expired: i64,
    /// Came back.
    pub returned: i64,
}

/// A run in the list.
#[derive(Clone, Debug)]
pub struct RunLine {
    /// Its row.
    pub id: Uuid,
    /// For whom.
    pub whom: String,
    /// How far it is.
    pub state: &'static str,
    /// Who asked for it.
    pub asked: (String, Timestamp),
    /// What became of it.
    pub counts: Counts,
}

/// Whether another clerk has to confirm a run of several postcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FourEyes {
    /// No.
    Off,
    /// Yes, and there is one.
    On,
    /// Yes, and there is none.
    NobodyElse,
}

/// What the first page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Of whom somebody is on the roster: code and name.
    pub employers: Vec<(String, String)>,
    /// How many people wait for a new postcard.
    pub waiting: i64,
    /// The runs, the newest first.
    pub runs: Vec<RunLine>,
    /// Postcards by employer, counted within the hour.
    pub by_employer: Vec<(String, Counts)>,
    /// When.
    pub counted_at: Option<Timestamp>,
    /// Whether another clerk has to confirm.
    pub four_eyes: FourEyes,
}

/// The form, the runs, and what became of the postcards.
pub fn page(tried: Option<&Tried>, told: Option<&str>, overview: &Overview) -> AnyView {
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"ハガキの発行"</h1>
        {four_eyes(overview.four_eyes)}
        {if overview.employers.is_empty() {
            view! {
                <p class="notice">
                    "名簿にまだ加入者がいません。先に名簿を取り込んでください。取り込むと、ここでハガキを発行できます。"
                </p>
            }
                .into_any()
        } else {
            form(tried, overview)
        }}
        <section>
            <h2 id="runs">"発行の一覧"</h2>
            {runs(&overview.runs)}
        </section>
        <section>
            <h2 id="by-employer">"事業所別のハガキ"</h2>
            {by_employer(overview)}
        </section>
    }
    .into_any()
}

fn four_eyes(four_eyes: FourEyes) -> AnyView {
    let sentence = match four_eyes {
        FourEyes::Off => return ().into_any(),
        FourEyes::On => "2枚以上の発行は、ほかの取込の職員が確認すると始まります。",
        FourEyes::NobodyElse => {
            "2枚以上の発行にはほかの取込の職員の確認が必要ですが、ほかにいません。管理の職員に登録を依頼するか、サーバーの portal postcards issue で発行してください。"
        }
    };
    view! { <p class="notice">{sentence}</p> }.into_any()
}

fn form(tried: Option<&Tried>, overview: &Overview) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let chosen = shown.value("choice");
    let options = overview
        .employers
        .iter()
        .map(|(code, name)| {
            let words = employer_in_words(code, name);
            let selected = shown.value("employer") == *code && chosen == "employer";
            view! {
                <option value=code.clone() selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let choice = |word: &'static str, name: &'static str, about: String| {
        let checked = chosen == word || (chosen.is_empty() && word == "all");
        view! {
            <label class="tick">
                <input type="radio" name="choice" value=word checked=checked />
                <span>{name} <small>{about}</small></span>
            </label>
        }
        .into_any()
    };
    let wrong = shown.wrong("choice");
    view! {
        <section>
            <h2>"新しく発行する"</h2>
            <form method="post" action="/office/postcards" novalidate>
                <fieldset class="ticks" id="choice">
                    <legend>"だれに発行しますか"</legend>
                    {choice(
                        "all",
                        "対象の全員",
                        "利用登録ができる方のうち、アカウントも有効なハガキもない方".to_owned(),
                    )}
                    {choice("employer", "1つの事業所", "そのうち、下で選んだ事業所の方".to_owned())}
                    {choice("person", "1人", "下に記号-番号-枝番を入力した方".to_owned())}
                    {choice(
                        "reissue",
                        "再発行",
                        "下に記号-番号-枝番を入力した方。今あるハガキは無効になり、登録済みの方は新しいハガキで登録し直せます"
                            .to_owned(),
                    )}
                    {choice(
                        "waiting",
                        "窓口が依頼した方",
                        format!("新しいハガキを待っている方の再発行（いま{}人）", overview.waiting),
                    )} <p class="error">{wrong}</p>
                </fieldset>
                <div class="field">
                    <label for="employer">"事業所（1つの事業所のとき）"</label>
                    <div class="control">
                        <select id="employer" name="employer">
                            {options}
                        </select>
                    </div>
                </div>
                {field(
                    &shown,
                    "person",
                    "記号-番号-枝番（1人、再発行のとき）",
                    Input {
                        hint: "例：1001-12-00",
                        ..TEXT
                    },
                )} <button class="button">"対象の人数を確かめる"</button>
            </form>
        </section>
    }
    .into_any()
}

/// How an employer is called: some people have none.
pub fn employer_in_words(code: &str, name: &str) -> String {
    match (name, code) {
        ("", "") => "事業所なし（任意継続など）".to_owned(),
        ("", code) => code.to_owned(),
        (name, "") => name.to_owned(),
        (name, code) => format!("{name}（{code}）"),
    }
}

/// The columns of counts, and what each is called.
fn counted(counts: Counts) -> [(&'static str, i64); 4] {
    [
        ("有効（未使用）", counts.open),
        ("使用済み", counts.used),
        ("期限切れ", counts.expired),
        ("返送", counts.returned),
    ]
}

fn numbers(counts: Counts) -> AnyView {
    counted(counts)
        .into_iter()
        .map(|(name, count)| {
            view! {
                <td class="number" data-label=name>
                    {count}
                </td>
            }
        })
        .collect_view()
        .into_any()
}

fn heads(counts: Counts) -> AnyView {
    counted(counts)
        .into_iter()
        .map(|(name, _)| {
            view! {
                <th scope="col" class="number">
                    {name}
                </th>
            }
        })
        .collect_view()
        .into_any()
}

fn runs(runs: &[RunLine]) -> AnyView {
    if runs.is_empty() {
        return view! {
            <p>
                "まだ発行していません。上で対象を選んで、最初の発行を始めてください。サーバーのコマンドで発行したハガキは、事業所別の表にだけ入ります。"
            </p>
        }
        .into_any();
    }
    let lines = runs
        .iter()
        .map(|run| {
            let (name, at) = &run.asked;
            view! {
                <tr>
                    <th scope="row" data-label="対象">
                        <a href=format!("/office/postcards/{}", run.id)>{run.whom.clone()}</a>
                    </th>
                    <td data-label="状態">{run.state}</td>
                    <td data-label="依頼">{name.clone()} " " {at.full()}</td>
                    <td class="number" data-label="発行">
                        {run.counts.issued}
                    </td>
                    {numbers(run.counts)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="office-table" aria-labelledby="runs">
            <thead>
                <tr>
                    <th scope="col">"対象"</th>
                    <th scope="col">"状態"</th>
                    <th scope="col">"依頼"</th>
                    <th scope="col" class="number">
                        "発行"
                    </th>
                    {heads(Counts::default())}
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

fn by_employer(overview: &Overview) -> AnyView {
    let Some(at) = overview
        .counted_at
        .filter(|_| !overview.by_employer.is_empty())
    else {
        return view! {
            <p>
                "集計はまだありません。1時間ごとに集計します。ハガキを発行すると、事業所ごとの枚数がここに出ます。"
            </p>
        }
        .into_any();
    };
    let lines = overview
        .by_employer
        .iter()
        .map(|(name, counts)| {
            view! {
                <tr>
                    <th scope="row" data-label="事業所">
                        {name.clone()}
                    </th>
                    {numbers(*counts)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <p>{at.full()} " の集計です（1時間ごと）。"</p>
        <table class="office-table" aria-labelledby="by-employer">
            <thead>
                <tr>
                    <th scope="col">"事業所"</th>
                    {heads(Counts::default())}
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

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
    .into_any()
}

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
    .into_any()
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
        .into_any(),
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
        .into_any(),
        Now::Stopped => view! {
            <p class="notice warn">
                "作成が途中で止まりました。作成済みのハガキを取り消してから、もう一度発行してください。"
            </p>
            {withdraw(path)}
        }
        .into_any(),
        Now::Empty => view! {
            <p class="notice">
                "発行の対象となる加入者は、もういませんでした。ハガキは作っていません。"
                <a href="/office/postcards">"対象を選び直してください。"</a>
            </p>
        }
        .into_any(),
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
                <button class="button secondary" name="decision" value="refuse">
                    "取り消す"
                </button>
            </form>
        </section>
    }
    .into_any()
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
                        <button class="button secondary">"印刷シートを開く"</button>
                    </form>
                }
                    .into_any()
            } else {
                view! {
                    <p class="notice">
                        "印刷シートは" {page.most_sheets}
                        "枚までです。この発行は、印刷会社用のCSVを受け取ってください。"
                    </p>
                }
                    .into_any()
            }}
            <p>
                <a href=path.to_owned()>"受け取ったあとの確認へ進む"</a>
            </p>
        </section>
        {withdraw(path)}
    }
    .into_any()
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
    .into_any()
}

fn withdraw(path: &str) -> AnyView {
    view! {
        <section>
            <h2>"発行の取り消し"</h2>
            {not_received(path, "この発行を取り消す")}
        </section>
    }
    .into_any()
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
            <button class="button secondary" name="answer" value="not_received">
                {name}
            </button>
        </form>
    }
    .into_any()
}
