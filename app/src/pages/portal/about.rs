//! I-1: その他の情報開示: privacy, terms, what is stored and for how long,
//! accessibility. How long things are kept is what `server/src/housekeeping.rs` and
//! `server/src/purge.rs` do.

use domain::{ports::Ports, values::expense::YEARS_KEPT};
use leptos::prelude::*;

use crate::components::layout::{Page, Telephone};

/// その他の情報開示
#[component]
pub fn AboutPage() -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let name = society.name.clone();
    let months = society.months_after_leaving;
    let membership = format!("ご加入の間。資格喪失後は{months}か月");
    view! {
        <Page title="その他の情報開示" screen="I-1">
            <h1>"その他の情報開示"</h1>
            <section>
                <h2>"運営者"</h2>
                <p>
                    {society.portal_name.clone()} "は、" {name.clone()}
                    "（保険者番号 " {society.insurer_number.as_str().to_owned()} "）が加入者のために運営しています。"
                </p>
            </section>
            <section>
                <h2>"個人情報の取扱い"</h2>
                <p>
                    {name}
                    "は、個人情報の保護に関する法律に基づき、本サイトの個人情報を健康保険法に定める保険給付と保健事業、およびご本人への通知のためにだけ利用します。法令に基づく場合を除き、ご本人の同意なく第三者に提供しません。"
                </p>
                <p>
                    "当組合の職員が、お問い合わせへの対応などのために本サイトの登録内容を見たときは、その日と職員の役割、理由を記録し、ご本人の「利用状況とセキュリティ」に表示します（不正な利用などの調査は90日後）。職員は、パスワードを見ることも決めることもできません。"
                </p>
                <p>"本サイトは、閲覧を追跡する広告や外部の解析サービスを使っていません。"</p>
            </section>
            <section>
                <h2>"保存するものと期間"</h2>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"内容"</th>
                                <th scope="col">"保存する期間"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <tr>
                                <td>"ログインID、ニックネーム、メールアドレス"</td>
                                <td>"ご利用の間"</td>
                            </tr>
                            <tr>
                                <td>"パスワード（元に戻せない形に変換したもの）"</td>
                                <td>"ご利用の間"</td>
                            </tr>
                            <tr>
                                <td>
                                    "二段階認証の鍵（暗号にしたもの）と予備コード（元に戻せない形に変換したもの）"
                                </td>
                                <td>"設定されている間"</td>
                            </tr>
                            <tr>
                                <td>
                                    "パスキーの名前、追加した日時と使った日時、確認に使う公開鍵（顔や指紋の情報は含みません）"
                                </td>
                                <td>"削除されるまで"</td>
                            </tr>
                            <tr>
                                <td>"医療費通知の内容"</td>
                                <td>
                                    {format!(
                                        "今年と、その前の{YEARS_KEPT}年分。資格喪失後は{months}か月",
                                    )}
                                </td>
                            </tr>
                            <tr>
                                <td>"健診結果"</td>
                                <td>{membership.clone()}</td>
                            </tr>
                            <tr>
                                <td>"どのお知らせをお読みになったか"</td>
                                <td>{membership.clone()}</td>
                            </tr>
                            <tr>
                                <td>"医療費を被保険者に表示するかどうかの設定（同意）"</td>
                                <td>{membership}</td>
                            </tr>
                            <tr>
                                <td>"ログインの状態（クッキー）"</td>
                                <td>"最長12時間使えます。操作がないと30分で終了します"</td>
                            </tr>
                            <tr>
                                <td>"この端末を覚えるための番号（クッキー）"</td>
                                <td>"最後のログインから400日"</td>
                            </tr>
                            <tr>
                                <td>"パスキーの確認に使う番号（クッキー）"</td>
                                <td>"5分"</td>
                            </tr>
                            <tr>
                                <td>"ログインの記録（日時、接続元の番号、端末の種類）"</td>
                                <td>"ログインの期限から30日"</td>
                            </tr>
                            <tr>
                                <td>"手続き案内メールのURL"</td>
                                <td>
                                    "3時間（新しい端末からのログインをお知らせするメールのURLは12時間）使えます。記録は期限から1日（仮ログインに使われたものは30日、アドレス確認用のものは90日、確認待ちの間はそのまま）"
                                </td>
                            </tr>
                            <tr>
                                <td>"メール送信の記録（日時、宛先、種類）"</td>
                                <td>"送信から90日"</td>
                            </tr>
                            <tr>
                                <td>"手続き案内メールの宛先の控え"</td>
                                <td>"最後のお申し込みから2日"</td>
                            </tr>
                            <tr>
                                <td>
                                    "失敗したログインなどの記録（1時間ごとの回数、接続元の番号、端末の種類）"
                                </td>
                                <td>"90日"</td>
                            </tr>
                            <tr>
                                <td>
                                    "手続きの記録（日時、接続元の番号、端末の種類）。同意の変更、ご家族の医療費通知を見た日も含みます"
                                </td>
                                <td>"不正な利用を確かめるため、期限を定めずに保存します"</td>
                            </tr>
                        </tbody>
                    </table>
            </section>
            <section>
                <h2>"ご利用にあたって"</h2>
                <ul>
                    <li>"ログインID、パスワード、パスキーは、ご本人だけがお使いください。"</li>
                    <li>"当組合の職員が、電話やメールでパスワードをおたずねすることはありません。"</li>
                    <li>"本サイトからのメールには返信できません。"</li>
                </ul>
            </section>
            <section>
                <h2>"使いやすさについて"</h2>
                <p>
                    "JIS X 8341-3（WCAG 2.2）の適合レベルAAを目標に作られています。文字の拡大、画面の読み上げ、キーボードだけの操作でお使いいただけます。JavaScriptを使わない設定でも手続きできます（パスキーには必要です）。お困りの点はお知らせください。"
                    <Telephone />
                </p>
            </section>
        </Page>
    }
}
