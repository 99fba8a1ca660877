//! The print sheet: two pages of 100 × 148 mm a postcard, the side with the address and the
//! one with the message. A document of its own, without the office's frame.

use app::written::Written;
use domain::values::{drawing::QrCode, society::Society};
use leptos::prelude::*;

/// What one postcard says.
#[derive(Clone, Copy, Debug)]
pub struct Card<'a> {
    /// 氏名
    pub name: &'a str,
    /// 郵便番号: seven digits, or nothing.
    pub postal_code: &'a str,
    /// 住所
    pub address: &'a str,
    /// 仮ログインID
    pub login_id: &'a str,
    /// 仮ログインパスワード, in groups of four.
    pub password: &'a str,
    /// The last day, in words.
    pub good_until: &'a str,
}

/// What all of them say.
#[derive(Clone, Copy, Debug)]
pub struct Portal<'a> {
    /// Whose it is.
    pub society: &'a Society,
    /// Its address.
    pub url: &'a str,
    /// The same, drawn.
    pub qr: &'a QrCode,
    /// Where the run's page is.
    pub back: &'a str,
}

/// The boxes of the postal code.
const BOXES: usize = 7;

/// The whole document.
pub fn document(portal: &Portal<'_>, cards: &[Card<'_>]) -> AnyView {
    let count = cards.len();
    let sides = cards
        .iter()
        .map(|card| view! { {address_side(portal, card)} {message_side(portal, card)} })
        .collect_view();
    let side = portal.qr.side;
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="robots" content="noindex, nofollow" />
                <meta name="format-detection" content="telephone=no, email=no, address=no" />
                <title>{format!("ハガキの印刷シート（{count}枚）")}</title>
                <link rel="stylesheet" href="/office/postcard.css" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            </head>
            <body>
                <header class="on-screen">
                    <h1>"ハガキの印刷シート"</h1>
                    <p>
                        {count}
                        "枚です。ブラウザーの印刷で、用紙を「はがき（100×148mm）」、余白を「なし」、倍率を100%にして印刷してください。宛名面と通信面が1枚ずつ交互に並んでいます。"
                    </p>
                    <p>
                        <strong>
                            "通信面は、圧着加工をするか、目隠しシールを貼ってからお送りください。"
                        </strong>
                        "この画面は一度しか表示されません。"
                    </p>
                    <p>
                        <a href=portal.back.to_owned()>"印刷したら、発行の画面で「受け取りました」を押してください"</a>
                    </p>
                    <svg class="defs" aria-hidden="true" width="0" height="0">
                        <symbol id="portal" viewBox=format!("0 0 {side} {side}")>
                            <path class="qr-ground" d=format!("M0 0h{side}v{side}H0z") />
                            <path class="qr-ink" d=portal.qr.path.clone() />
                        </symbol>
                    </svg>
                </header>
                <main>{sides}</main>
            </body>
        </html>
    }
    .written()
}

fn address_side(portal: &Portal<'_>, card: &Card<'_>) -> AnyView {
    let digits: Vec<char> = card
        .postal_code
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let boxes = (0..BOXES)
        .map(|place| {
            let digit = digits.get(place).map(char::to_string).unwrap_or_default();
            view! { <span class="box">{digit}</span> }
        })
        .collect_view();
    let society = portal.society;
    view! {
        <section class="side" aria-label=format!("{}様の宛名面", card.name)>
            <p class="kind">"郵便はがき"</p>
            <p class="stamp">"切手"</p>
            <div class="postal-code" role="group" aria-label="郵便番号">
                {boxes}
            </div>
            <p class="address">{card.address.to_owned()}</p>
            <p class="name">{card.name.to_owned()} " 様"</p>
            <p class="sender">
                <span>"差出人"</span>
                <strong>{society.name.clone()}</strong>
                <span>"電話 " {society.telephone.clone()}</span>
            </p>
        </section>
    }
    .written()
}

fn message_side(portal: &Portal<'_>, card: &Card<'_>) -> AnyView {
    let society = portal.society;
    let shown_url = portal.url.to_owned();
    view! {
        <section class="side" aria-label=format!("{}様の通信面", card.name)>
            <h2>{society.portal_name.clone()} "登録について"</h2>
            <p class="intro">
                "医療費や健診結果、健保からのお知らせをご覧いただけるサイトです。次の仮ログインIDで、利用登録をお願いします。"
            </p>
            <dl class="credentials">
                <dt>"仮ログインID"</dt>
                <dd class="typed">{card.login_id.to_owned()}</dd>
                <dt>"仮ログインパスワード"</dt>
                <dd class="typed">{card.password.to_owned()}</dd>
                <dt>"有効期限"</dt>
                <dd>{card.good_until.to_owned()}</dd>
            </dl>
            <div class="way">
                <svg class="qr" role="img" aria-label="サイトのQRコード">
                    <use href="#portal" />
                </svg>
                <ol>
                    <li>"QRコードかURLからサイトを開き、「新規利用登録」でメールアドレスを送信します。"</li>
                    <li>"届いたメールのURLを開き、上の仮ログインIDと仮ログインパスワードを入力します。"</li>
                    <li>"ログインIDとパスワードを決めると、登録は完了です。"</li>
                </ol>
            </div>
            <p class="url">{shown_url}</p>
            <p class="ask">
                "このハガキは登録が終わるまで大切に保管し、ほかの人に見せないでください。お問い合わせ："
                {society.name.clone()} " " <span class="telephone">"電話 " {society.telephone.clone()}</span>
            </p>
        </section>
    }
    .written()
}
