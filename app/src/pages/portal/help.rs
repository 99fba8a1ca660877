//! ヘルプ. What to do when something is missing: the letter, the
//! postcard, the password.

use domain::ports::Ports;
use leptos::prelude::*;

use crate::components::layout::{Page, Telephone};

/// ヘルプ
#[component]
pub fn HelpPage() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let mail_domain = society.mail_domain.clone();
    view! {
        <Page title="ヘルプ" screen="Q-1">
            <h1>"ヘルプ"</h1>
            <div class="notice">
                <p>
                    "お電話でのお問い合わせ：" {society.name.clone()} " " <Telephone /> <br />
                    "画面の下にある「画面 R-3」のような番号をお知らせいただくと、ご案内が早くなります。"
                </p>
            </div>
            <section id="mail">
                <h2>"メールが届かない"</h2>
                <ul>
                    <li>"入力したメールアドレスに誤りがないかご確認ください。"</li>
                    <li>"迷惑メールフォルダーに入っていないかご確認ください。"</li>
                    <li>
                        "迷惑メール設定をされている方は、" <strong>{mail_domain}</strong>
                        " からのメールを受信できるように設定してください。設定の方法は携帯電話会社の案内をご覧ください。"
                    </li>
                    <li>"メールのURLの有効期限は3時間です。過ぎた場合は、メールアドレスの入力からやり直してください。"</li>
                    <li>"続けて何度も送信すると、しばらくのあいだ新しいメールは送られません。先に届いたメールのURLは使えます。"</li>
                </ul>
            </section>
            <section id="postcard">
                <h2>"ハガキを紛失した、見あたらない"</h2>
                <p>
                    "健康保険組合までお問い合わせください。新しいハガキをお送りします。新しいハガキが発行されると、前のハガキは使えなくなります。"
                    <Telephone />
                </p>
            </section>
            <section id="forgotten">
                <h2>"ログインIDやパスワードを忘れた"</h2>
                <p>
                    <a href="/reissue">"パスワード再発行"</a>
                    "の画面で、登録したメールアドレスを入力してください。ログインIDと仮パスワードをメールでお送りします。届いたメールのURLを開き、新しいパスワードに変更してください。パスワードを変更されるまで、今のパスワードはそのまま使えます。"
                </p>
            </section>
            <section id="mailbox-lost">
                <h2>"登録したメールアドレスが使えない、わからない"</h2>
                <p>
                    "健康保険組合までお問い合わせください。新しいハガキをお送りします。届いたら、"
                    <a href="/register">"新規利用登録"</a>
                    "から"
                    <strong>"今お使いのメールアドレス"</strong>
                    "を送信し、届いたメールのURLを開いて、新しいハガキの仮ログインIDと仮ログインパスワードを入力してください。ログインIDとパスワードをもう一度お決めいただくと、これまでの内容がそのまま引き継がれます。 "
                    <Telephone />
                </p>
            </section>
            <section id="address">
                <h2>"メールアドレスを変えたい、追加したい"</h2>
                <p>
                    "ログインして、" <a href="/profile">"プロフィール設定"</a>
                    "から3つまで登録できます。追加したアドレスに届くメールのURLを開くと、登録が完了します。変えるときは、新しいアドレスの登録が完了してから、前のアドレスを削除してください。"
                </p>
                <p>
                    "パスワードを入力されてから10分を過ぎると、変更の前に現在のパスワードをおたずねします。"
                </p>
            </section>
            <section id="device">
                <h2>"別の端末で続けたい"</h2>
                <p>
                    "登録が完了するまで、メールのURLはどの端末でも開けます。スマートフォンに届いたメールのURLを、パソコンで開くこともできます。"
                </p>
            </section>
            <section id="stranger">
                <h2>"ほかの端末のログインを終わらせたい"</h2>
                <p>
                    "ログインして、「セキュリティ」を開いてください。ログイン中の端末と、これまでの記録が表示されます。端末ごとに「ログインを終了する」を押すか、「ほかの端末をすべて終了する」を押してください。お心当たりのないログインがあったときは、続けて"
                    <a href="/reissue">"パスワードを再発行"</a>"してください。"
                </p>
            </section>
            <section id="leave">
                <h2>"ポータルの利用をやめたい"</h2>
                <p>
                    "ログインして、「セキュリティ」の下にある「ポータルの利用をやめる」からお手続きください。もう一度利用されるときは、健康保険組合にお電話ください。新しいハガキをお送りします。"
                    <Telephone />
                </p>
            </section>
            <section id="autofill">
                <h2>"ログインIDが「使えない」と表示される"</h2>
                <p>
                    "7桁目と8桁目に数字は使えません。お持ちの番号などを使う場合は、数字を前に置いてください（例：123456SKE）。全角文字は「半角に直す」で直せます。"
                </p>
            </section>
        </Page>
    }
}
