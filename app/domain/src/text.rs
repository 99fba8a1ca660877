//! Every sentence that a rule, a form or a refused step can answer.
//!
//! A sentence of the members' manual or of the office stands here once, word
//! for word; pages and letters take it from here.

use std::borrow::Cow;

use crate::rules::email::MOST_A_DAY;
use crate::rules::login_id::Digits;
use crate::rules::{
    CodeError, ConfirmationError, CurrentPasswordError, EmailError, LoginIdError, NicknameError,
    PasskeyNameError, PasswordError, ProvisionalIdError, ProvisionalPasswordError,
    invisible::is_invisible,
};

/// The link that ends letters about notices does nothing.
pub const UNSUBSCRIBE_REFUSED: &str = "この配信停止のURLは使えません。URLが途中で切れているか、そのメールアドレスの登録がもうありません。";

/// A refused sign-in, whatever the reason.
pub const SIGN_IN_REFUSED: &str = "ログインIDまたはパスワードが違うか、現在ログインできません。仮パスワードはメールのURLからお使いください。続けて間違えると、しばらくログインできません。";
/// What was copied from a reissue's letter, whatever is wrong with it.
pub const LETTER_REFUSED: &str = "ログインできませんでした。メールのログインIDと仮パスワードをご確認ください。続けて間違えると、このURLは使えなくなります。";
/// A link that is over, used, altered or unknown.
pub const LINK_REFUSED: &str = "このURLは使えません。期限（3時間）が切れたか、すでに使われています。もう一度お手続きください。";
/// The same for the link in the letter about a new device, which lives longer.
pub const REPORT_REFUSED: &str = "このURLは使えません。期限（12時間）が切れたか、すでに使われています。ご心配な場合は、パスワードを再発行してください。";
/// A link that something later has taken back: a new password, a removed address.
pub const LINK_TAKEN_BACK: &str = "このURLは、その後のお手続き（パスワードの変更、アドレスの削除など）のため使えなくなりました。必要なときは、もう一度お手続きください。";
/// The same for the link in the letter about a new device: it outlives those, and ends
/// with the account.
pub const REPORT_TAKEN_BACK: &str = "このURLは、その後のお手続き（利用停止、ハガキでの登録など）のため使えなくなりました。お心当たりがないときは、すぐに健康保険組合へお知らせください。";
/// A postcard that somebody has registered with; told to whoever has its pair.
pub const POSTCARD_USED: &str = "このハガキは、すでに利用登録に使われています。登録されたログインIDとパスワードでログインしてください。お心当たりがないときは、すぐに健康保険組合へお知らせください。";
/// The address of a registration was confirmed by somebody else since.
pub const ADDRESS_TAKEN: &str = "このメールアドレスは、お手続きの間にほかの方が登録されました。ハガキはまだ使えます。別のメールアドレスで、もう一度お手続きください。";
/// A provisional session that ran out in the middle of a form.
pub const SESSION_OVER: &str =
    "時間が過ぎたため中断しました。お手数ですが、下のボタンからもう一度お手続きください。";
/// A page behind a letter's link, in a browser in which the link was not opened.
pub const LINK_ELSEWHERE: &str = "このブラウザーでは、メールのURLがまだ開かれていません。別のブラウザーやアプリの画面で開いたURLの続きは、ここではできません。メールに書かれているURLを長押ししてコピーし、このブラウザーで開いてください。";

/// 「半角に直す」, beside a full-width entry.
pub const FIX_HALF_WIDTH: &str = "半角に直す";
/// Shows a password that is being typed.
pub const SHOW: &str = "表示";
/// Hides it again.
pub const HIDE: &str = "隠す";

/// A page that is not there, or not for this visitor.
pub const NOT_FOUND: &str = "お探しのページは見つかりませんでした。";
/// What could be read for some months after 資格喪失, and cannot any more.
pub const OVER: &str = "資格喪失後にご覧いただける期間が過ぎました。";
/// A path that is not asked for in this way.
pub const NOT_HERE: &str = "この操作はできません。画面のボタンやリンクからお進みください。";
/// A function that is not for this visitor.
pub const NOT_FOR_YOU: &str = "この操作は行えません。";
/// A post that no form of ours would make.
pub const NOT_UNDERSTOOD: &str =
    "送信された内容を読み取れませんでした。前の画面に戻って、もう一度入力してください。";
/// Too much to do at the moment.
pub const BUSY: &str = "ただいま混み合っています。少し待ってから、もう一度お試しください。";
/// More posts from one network address than the outer limit allows.
pub const TOO_OFTEN: &str = "同じ回線からの送信が続いたため、受け付けられませんでした。少し待ってから、もう一度お試しください。";
/// Our own failure.
pub const FAILED: &str =
    "申し訳ありません。処理できませんでした。少し待ってから、もう一度お試しください。";

/// A new password that can be used.
pub const PASSWORD_GOOD: &str = "使用できるパスワードです";
/// A new password that is the manual's own example.
pub const PASSWORD_EXAMPLE: &str = "手引きの例と同じパスワードは推測されやすいです。";
/// Capitals in a password that is typed to sign in.
pub const CAPITALS_AT_SIGN_IN: &str = "大文字が入っています。パスワードは小文字と数字だけです。";
/// A postcard's or a letter's password, where the member's own is asked for.
pub const PROVISIONAL_AT_SIGN_IN: &str = "ハガキやメールの仮パスワードは、ここでは使えません。届いたメールのURLを開いて入力してください。";
/// What may be one.
pub const MAYBE_PROVISIONAL_AT_SIGN_IN: &str =
    "ハガキやメールの仮パスワードではありませんか。ここではご自分で決めたものを使います。";
/// What may be the provisional password, where a new one is chosen.
pub const MAYBE_PROVISIONAL: &str =
    "仮パスワードと同じものは使えません。違うものなら、このまま使用できます。";
/// Full-width characters, where half-width ones are asked for.
pub const FULL_WIDTH: &str = "全角文字が入っています。半角で入力してください。";

/// A form that comes back without the new password that was typed into it.
pub const PASSWORD_AGAIN: &str =
    "まだ変更していません。新しいパスワードも、お手数ですがもう一度入力してください。";
/// The same where the time has passed since the page was opened.
pub const PASSWORD_DUE: &str =
    "まだ変更していません。時間が過ぎたため、現在のパスワードも入力してください。";

/// A sign-in whose code did not come in time.
pub const CODE_OVER: &str = "時間が過ぎたか、登録内容が変わりました。もう一度、ログインIDとパスワードから入力してください。";

/// A refused postcard, whatever the reason; `tel` is the society's telephone number.
pub fn postcard_refused(tel: &str) -> String {
    [
        "ログインできませんでした。入力内容とハガキの有効期限をご確認ください。使用済みのハガキ、再発行される前のハガキは使えません。ご不明な場合は",
        tel,
        "へ。",
    ]
    .concat()
}

/// A new postcard of a member with a second step, before it is good.
pub fn postcard_waits(until: &str) -> String {
    [
        "このハガキは、",
        until,
        " から使えます。二段階認証を解除するため、発行から1日お待ちいただいています。",
    ]
    .concat()
}

/// A question about an address that looks like a slip; `meant` is the likely one.
/// Only its domain is named: the slip is there, and a long address would take
/// more lines than a message has.
pub fn likely_slip(meant: &str) -> String {
    let domain = meant.rsplit_once('@').map_or(meant, |(_, domain)| domain);
    ["もしかして「@", domain, "」ですか？"].concat()
}

/// The sentence of a refusal.
pub trait Sentence {
    /// What the member reads beside the field.
    fn sentence(&self) -> Cow<'static, str>;

    /// Whether 「半角に直す」 is the way out.
    fn is_full_width(&self) -> bool {
        false
    }
}

impl Sentence for LoginIdError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "ログインIDを入力してください。".into(),
            Self::FullWidth => FULL_WIDTH.into(),
            Self::Character(c) => unusable(c, "半角の英字と数字だけで入力してください。"),
            Self::TooLong(chars) => filled(
                "64文字以内にしてください（今は",
                &chars.to_string(),
                "文字）。",
            ),
            Self::DigitAtSevenOrEight(digits) => {
                let (place, digits) = match digits {
                    Digits::Seventh(d) => ("7桁目", String::from(d)),
                    Digits::Eighth(d) => ("8桁目", String::from(d)),
                    Digits::Both(d, e) => ("7・8桁目", String::from_iter([d, e])),
                };
                [
                    place,
                    "は数字にできません（今は「",
                    &digits,
                    "」）。英字にしてください。",
                ]
                .concat()
                .into()
            }
            Self::Taken => "このログインIDは使われています。別のIDを入力してください。".into(),
            Self::TooManyToday => {
                "続けて多くのIDを確認されたため、今日はこれ以上確認できません。明日もう一度お試しください。".into()
            }
        }
    }

    fn is_full_width(&self) -> bool {
        *self == Self::FullWidth
    }
}

impl Sentence for PasswordError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "パスワードを入力してください。",
            Self::FullWidth => FULL_WIDTH,
            Self::Capitals => "大文字は使えません。小文字で入力してください。",
            Self::Other => "記号や空白は使えません。半角英小文字と数字だけで入力してください。",
            Self::TooShort(missing) => {
                return filled(
                    "8文字以上にしてください（あと",
                    &missing.to_string(),
                    "文字）。",
                );
            }
            Self::TooLong => "128文字以内にしてください。",
            Self::NoLetter => "半角英小文字も入れてください。",
            Self::NoDigit => "半角数字も入れてください。",
            Self::Blank => "空白が入っています。パスワードに空白はありません。取り除いてください。",
            Self::Provisional => PROVISIONAL_AT_SIGN_IN,
            Self::Again => {
                "もう一度入力してください。変えないときは、この画面を開き直してください。"
            }
            Self::Common => {
                "よく使われていて推測されやすいパスワードです。別のものにしてください。"
            }
            Self::SameAsLoginId => {
                "ログインIDと同じパスワードは使えません。別のものにしてください。"
            }
            Self::SameAsProvisional => {
                "仮パスワードと同じものは使えません。別のものにしてください。"
            }
        }
        .into()
    }

    fn is_full_width(&self) -> bool {
        *self == Self::FullWidth
    }
}

impl Sentence for CurrentPasswordError {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Empty => "現在のパスワードを入力してください。",
            Self::Typed(typed) => return typed.sentence(),
            Self::Wrong => {
                "現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。"
            }
        }
        .into()
    }
}

impl Sentence for CodeError {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Empty => "確認コードを入力してください。",
            Self::Form => {
                "確認コードは6けたの数字、予備コードは16文字です。もう一度お確かめください。"
            }
            Self::Wrong => {
                "コードが違うか、すでに使われています。次の確認コードが出てから入力してください。続けて間違えると、しばらくログインできません。"
            }
            Self::WrongFirst => {
                "確認コードが違います。アプリに表示されている新しい6けたの数字を入力してください。合わないときは、スマートフォンの時刻が正しいかご確認ください。"
            }
            Self::NotOfTheApp => "アプリに表示されている6けたの数字を入力してください。",
        }
        .into()
    }
}

impl Sentence for ConfirmationError {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Empty => "確認のため、もう一度入力してください。",
            Self::Different => "上のパスワードと違います。もう一度入力してください。",
        }
        .into()
    }
}

impl Sentence for EmailError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "メールアドレスを入力してください。",
            Self::FullWidth => FULL_WIDTH,
            Self::Character(c) => return unusable(c, "取り除いてください。"),
            Self::TooLong => "メールアドレスが長すぎます。ご確認ください。",
            Self::AtSign => "「@」を1つ入れてください。例：taro@example.jp",
            Self::Domain => "「@」の後ろをご確認ください。例：docomo.ne.jp",
            Self::Yours => "このアドレスはすでに登録されています。",
            Self::ThreeAlready => "登録は3つまでです。追加する前に1つ削除してください。",
            Self::TooManyToday => {
                return filled(
                    "追加できるアドレスは24時間に",
                    &MOST_A_DAY.to_string(),
                    "個までです。時間をおいて、もう一度お試しください。",
                );
            }
            Self::LastOne => "最後のアドレスは削除できません。先に別のアドレスを登録してください。",
        }
        .into()
    }

    fn is_full_width(&self) -> bool {
        *self == Self::FullWidth
    }
}

impl Sentence for NicknameError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "ニックネームを入力してください。".into(),
            Self::TooLong(chars) => filled(
                "20文字以内にしてください（今は",
                &chars.to_string(),
                "文字）。",
            ),
            Self::Invisible => "表示できない文字が入っています。入力し直してください。".into(),
        }
    }
}

impl Sentence for PasskeyNameError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "パスキーの名前を入力してください。".into(),
            Self::TooLong(chars) => filled(
                "パスキーの名前は30文字以内にしてください（今は",
                &chars.to_string(),
                "文字）。",
            ),
            Self::Invisible => {
                "パスキーの名前に、表示できない文字が入っています。入力し直してください。".into()
            }
        }
    }
}

impl Sentence for ProvisionalIdError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => LoginIdError::Empty.sentence(),
            Self::Character(c) => never_printed(c),
            Self::Length(chars) => filled(
                "仮ログインIDは8文字です（今は",
                &chars.to_string(),
                "文字）。もう一度お確かめください。",
            ),
            Self::Order => {
                "仮ログインIDは英字6文字と数字2文字の順です。もう一度お確かめください。".into()
            }
        }
    }
}

impl Sentence for ProvisionalPasswordError {
    fn sentence(&self) -> Cow<'static, str> {
        match *self {
            Self::Empty => "仮パスワードを入力してください。".into(),
            Self::Character(c) => never_printed(c),
            Self::Length(chars) => filled(
                "「-」を除いて12文字です（今は",
                &chars.to_string(),
                "文字）。もう一度お確かめください。",
            ),
        }
    }
}

fn filled(before: &str, value: &str, after: &str) -> Cow<'static, str> {
    [before, value, after].concat().into()
}

/// Names the character; says what it is where nothing would be seen between 「 and 」.
fn unusable(c: char, way_out: &str) -> Cow<'static, str> {
    if c.is_whitespace() {
        return ["使えない文字「空白」があります。", way_out]
            .concat()
            .into();
    }
    if is_invisible(c) {
        return ["見えない文字があります。", way_out].concat().into();
    }
    [
        "使えない文字「",
        c.encode_utf8(&mut [0; 4]),
        "」があります。",
        way_out,
    ]
    .concat()
    .into()
}

fn never_printed(c: char) -> Cow<'static, str> {
    filled(
        "「",
        c.encode_utf8(&mut [0; 4]),
        "」は使われていない文字です。似た文字でないかお確かめください。",
    )
}

/// A passkey was not shown: the person gave up, or took too long.
pub const PASSKEY_CANCELLED: &str =
    "確認できませんでした。取り消されたか、時間が過ぎました。もう一度お試しください。";

/// The device has one already.
pub const PASSKEY_KNOWN: &str = "この端末のパスキーは、すでに追加されています。";

/// Whatever else went wrong in the browser.
pub const PASSKEY_FAILED: &str = "うまくいきませんでした。少し待ってから、もう一度お試しください。";
