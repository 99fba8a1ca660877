//! What can be asked for on the command line, and what its help says. What the
//! operator asks for is in English, what the society's office asks for in Japanese.

use std::{path::PathBuf, sync::LazyLock};

use clap::{Args, Parser, Subcommand};
use domain::looking::ReasonText;
use domain::office::{login::StaffLogin, role::Role};
use store::person::Key;

/// The version, and the commit where the build was told it.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    match option_env!("BUILD_COMMIT") {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    }
});

/// The member portal of a health-insurance society.
#[derive(Parser)]
#[command(name = "portal", version = VERSION.as_str())]
pub(crate) struct Arguments {
    /// The settings file; portal.sample.toml shows every setting.
    #[arg(long, env = "PORTAL_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Brings the tables up to date and serves; SIGTERM finishes what is at hand and stops.
    Serve,
    /// Brings the tables up to date, or makes them; besides this only `serve` does.
    Migrate,
    /// Fills an empty database with an invented society and says what to try.
    Demo,
    /// 加入者名簿
    #[command(subcommand)]
    Roster(RosterCommand),
    /// 仮ログインID・仮パスワードのハガキ
    #[command(subcommand)]
    Postcards(PostcardsCommand),
    /// 利用登録をした加入者の利用停止と再開、開示
    #[command(subcommand)]
    Members(MembersCommand),
    /// 事務局の職員
    #[command(subcommand)]
    Staff(StaffCommand),
    /// 医療費通知
    #[command(subcommand)]
    Expenses(ExpensesCommand),
    /// 健保からのお知らせと健康情報
    #[command(subcommand)]
    Notices(NoticesCommand),
    /// 健診結果
    #[command(subcommand)]
    Checkups(CheckupsCommand),
    /// Writes a consistent copy of the database to a new file while it is in use.
    Backup {
        /// The file to write.
        file: PathBuf,
    },
    /// After a PostgreSQL database was restored: ends every session and link that came back
    /// with it, and notes that. (In a copy by `portal backup` they are ended already.)
    AfterRestore,
    /// 保存期間を過ぎたデータを削除し、何を削除したかを表示する
    Purge {
        /// 確認だけして、何も削除しない
        #[arg(long)]
        dry_run: bool,
    },
    /// 取り込んだファイルの一覧と、取り消し
    #[command(subcommand)]
    Imports(ImportsCommand),
    /// The audit and its seals.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Looks at settings, database, mail, client bundle and secret file.
    Check,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// After the secret file was replaced: notes that, and goes on with seals of the new one.
    BeginAnew,
}

#[derive(Subcommand)]
pub(crate) enum ImportsCommand {
    /// 最近取り込んだファイルを、番号と件数とともに表示する
    List,
    /// 取り込みを1つ、まるごと取り消す（医療費と健診結果。40日以内で、あとの取り込みで変わっていないもの）
    Withdraw {
        /// 一覧の番号
        number: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum RosterCommand {
    /// 名簿のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = ROSTER_FILE)]
    Import {
        #[command(flatten)]
        list: ListFile,
        /// 登録済みの名簿にない事業所だけのファイルも取り込む
        #[arg(long)]
        accept_other_employers: bool,
        /// 記号・番号・枝番が変わった人を同じ人として扱い、利用登録や医療費、健診結果を引き継ぐ
        #[arg(long, conflicts_with = "no_moves")]
        accept_moves: bool,
        /// 記号・番号・枝番が変わったように見える人を、すべて新しい加入者とする
        #[arg(long)]
        no_moves: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum PostcardsCommand {
    /// 対象者全員（または1人）の仮ログインIDと仮パスワードを発行し、印刷用のCSVを作る
    Issue {
        /// この人のハガキを再発行する（前のハガキは使えなくなる）
        #[arg(long, value_name = "記号-番号-枝番")]
        reissue: Option<Key>,
        /// 作るファイル（本人だけが読める形で作り、上書きはしない）
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum MembersCommand {
    /// この人の利用を停止する（ログイン中の端末とメールのURLを終了し、本人にメールで知らせる）
    Disable(Because),
    /// 停止した利用を再開する（前のログインIDとパスワードで使える）
    Enable(Because),
    /// 開示請求を受けて、この人について保存している内容を1つのファイルにまとめる
    Data {
        #[command(flatten)]
        because: Because,
        /// 作るファイル（ZIP。本人だけが読める形で作り、上書きはしない）
        #[arg(long)]
        out: PathBuf,
    },
}

/// Whose account, and why.
#[derive(Args)]
pub(crate) struct Because {
    /// 記号-番号-枝番
    #[arg(value_name = "記号-番号-枝番")]
    pub(crate) key: Key,
    /// 理由（200文字まで。健康や家族のことは書かないでください）
    #[arg(long)]
    pub(crate) reason: ReasonText,
}

#[derive(Subcommand)]
pub(crate) enum StaffCommand {
    /// 職員を登録する（パスワードは端末で、または標準入力から読む）
    Add(NewStaff),
    /// 職員の一覧：ログインID、氏名、役割、状態、最後のログイン
    List,
    /// 職員の利用を停止し、ログインを終了する
    Disable {
        /// ログインID
        login: String,
    },
    /// 停止した利用を再開する
    Enable {
        /// ログインID
        login: String,
    },
    /// 新しいパスワードを設定する（前の二段階認証とログインは終了する）
    Reset {
        /// ログインID
        login: String,
    },
    /// 確認コードの代わりに、5分以内に1回だけ使えるコードを発行する
    Code {
        /// ログインID
        login: String,
    },
}

/// Somebody new in the office.
#[derive(Args)]
pub(crate) struct NewStaff {
    /// ログインID（半角の英字・数字と . _ - @ の3～64文字）
    pub(crate) login: StaffLogin,
    /// 氏名
    #[arg(long)]
    pub(crate) name: String,
    /// 役割：Desk, Publisher, Importer, HealthImporter, Auditor, Admin（続けて、または繰り返して指定）
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',')]
    pub(crate) role: Vec<Role>,
    /// 加入者であるときの記号-番号-枝番：自分の世帯は開けなくなる
    #[arg(long, value_name = "記号-番号-枝番")]
    pub(crate) person: Option<Key>,
    /// パスワードの代わりに、本人が設定するためのURLを発行する
    #[arg(long)]
    pub(crate) invite: bool,
}

#[derive(Subcommand)]
pub(crate) enum CheckupsCommand {
    /// 健診結果のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = CHECKUPS_FILE)]
    Import(ListFile),
}

#[derive(Subcommand)]
pub(crate) enum ExpensesCommand {
    /// 医療費のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = EXPENSES_FILE)]
    Import {
        #[command(flatten)]
        list: ListFile,
        /// 登録済みと同じ加入者・診療年月・医療機関名・区分の明細も、別の明細として追加する
        #[arg(long)]
        add_repeated: bool,
        /// 記号・番号・枝番が別の人に移った月の行を、いまその番号の人のものとする
        #[arg(long)]
        present_holder: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum NoticesCommand {
    /// お知らせと健康情報のCSVを取り込む（誤りが1つでもあれば何も取り込まない）
    #[command(after_long_help = NOTICES_FILE)]
    Import(ListFile),
}

/// A list that comes in whole or not at all.
#[derive(Args)]
pub(crate) struct ListFile {
    /// UTF-8 か CP932 のCSV
    pub(crate) file: PathBuf,
    /// 確認だけして、何も変更しない。変わるところを1つずつ、50か所まで表示する
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// --dry-run で、変わるところをすべて表示する
    #[arg(long, requires = "dry_run")]
    pub(crate) all: bool,
}

/// What a clerk has to know of the roster's columns.
const ROSTER_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  記号、番号、枝番  資格確認書のとおり。先頭の0も書きます
  氏名、氏名カナ    100文字まで。氏名カナは空欄でもかまいません
  生年月日          1990-04-01、1990/4/1、19900401、H2.4.1、平成2年4月1日
  性別              男 | 女（または1、2）
  続柄              言葉で。例: 本人、妻、長男
  資格取得日        生年月日と同じ書き方
  資格喪失日        在籍中なら空欄（9999-12-31、99999999、0でもかまいません）
  事業所コード、事業所名、郵便番号、住所
                    空欄でもかまいません。郵便番号は7桁の数字
見出しの全角・半角、大文字・小文字、空白のちがいと、フリガナ、資格取得年月日などの
よくある別名は、同じ列として読みます。";

/// What a clerk has to know of the checkups' columns, and how a result is taken back.
const CHECKUPS_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  記号、番号、枝番、受診日
  身長、体重、腹囲  cm、kg。小数は1桁まで
  収縮期血圧、拡張期血圧、空腹時中性脂肪、HDL、LDL、空腹時血糖
                    整数（mmHg、mg/dL）。「中性脂肪」という列は空腹時中性脂肪です
  HbA1c             %（NGSP）。小数は1桁まで
  AST、ALT、γGT    整数（U/L）
  尿糖、尿蛋白      － | ± | ＋ | ２＋ | ３＋
  判定              200文字まで
  随時中性脂肪      食後10時間未満の中性脂肪。整数（mg/dL）。列はなくてもかまいません
測っていない項目は空欄にします。見出しの全角・半角、大文字・小文字、空白、(cm)などの単位の
ちがいと、γ-GTP、HDLコレステロールなどのよくある別名は、同じ列として読みます。

別の人や別の日に取り込んだ結果は、取り消せます。記号・番号・枝番・受診日と、判定「取消」だけを
書き、ほかの列を空欄にした行を取り込んでください。取り消した件数を表示します。";

/// What a clerk has to know to write the file.
const NOTICES_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  管理番号      このお知らせの番号。同じ番号をもう一度取り込むと、内容を訂正します
                （訂正ではメールを送り直しません）
  種類          お知らせ | 健康情報
  件名          60文字まで。メールに載るのは件名だけです
  分類          20文字まで。例: 健診、届出、歯の健康
  重要度        重要 | 通常
  対象          全員、または条件を空白で区切って（すべてに当てはまる方が対象）:
                被保険者 | 被扶養者、性別:女、事業所:0001/0002、年齢:40-74
  公開日        この日の0時から見えます。お知らせのメールは9時から送ります
  公開終了日    この日まで見えます。空欄なら期限なし
  本文          Markdown。改行してかまいません（15,000文字まで）
  添付ファイル  このCSVのフォルダーからの相対パス。pdf、png、jpg、xlsx、docx、10MBまで
  アドレス名    健康情報のアドレス /health/… の末尾。例: blood-pressure

ファイルにない登録済みのお知らせは、そのまま残ります。取り下げるには、公開終了日を
過去の日にして取り込んでください。";

/// What a clerk has to know before a second file about the same month.
const EXPENSES_FILE: &str = "\
CSVの列（順序は自由、見出しは1行目）:
  記号、番号、枝番、診療年月、医療機関名、区分、日数、医療費総額、保険者負担額、
  公費負担額、窓口負担額、食事療養費、付加給付額
  枝番は、名簿でその記号・番号の方が1人だけなら、空欄でもかまいません
  診療年月は 2026-01、2026/1、202601、R8.1、令和8年1月、50801
  区分は 入院 | 外来 | 歯科 | 調剤 | 柔整 | 訪問看護 | その他（医科入院、入院外、歯科外来、
  柔道整復などのよくある別の言葉も読みます）。金額は円で、マイナスは使えません

加入者・診療年月・医療機関名・区分がすべて同じ明細を1組として、登録済みのものと比べます。
ファイルにない組は、そのまま残ります。同じファイルを2度取り込んでも何も変わりません。
  追加      登録済みの明細がすべてファイルにあれば、残りの明細を追加します
  訂正      登録もファイルも1件だけで、医療機関名があれば、ファイルの内容に直します
  取り消し  日数と金額がすべて0の行を入れると、その組を、ファイルにあるその組のほかの
            行だけにします。ほかの行がなければ、その組の明細はすべて消えます
  それ以外  追加なのか訂正なのか判断できないので、行番号を示し、何も取り込みません。
            後から届いた別の明細なら、--add-repeated を付けて取り込んでください。
            訂正なら、取り消しの行と、正しい明細の行をすべて入れてください
  --add-repeated を付けると、登録済みと違う行はすべて追加になり、訂正はされません。
  追加だけのファイルに付けてください（取り消しの行は、付けても働きます）。

以前の記号・番号・枝番の行は、その月にその番号だった方のものになります。同じ月に番号が別の
人に移っていて決められない行は、行番号を示し、何も取り込みません。";
