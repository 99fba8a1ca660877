//! `portal staff`: the first way into the office, and the last.

use std::{
    io::{BufRead, IsTerminal, Write},
    sync::Arc,
};

use domain::office::{login::StaffLogin, role::Roles};
use server::{
    base::{clock::Clock, hash::Hasher},
    config::Config,
    office::staff::{Newcomer, StaffService},
};
use store::Db;

use crate::arguments::{NewStaff, StaffCommand};

/// Runs one of them.
pub(crate) async fn run(
    db: &Db,
    config: Config,
    command: StaffCommand,
) -> Result<(), Box<dyn std::error::Error>> {
    let now = Clock::System.now();
    let url = config.public_url.as_str().to_owned();
    let service = StaffService {
        db: db.clone(),
        hasher: Hasher::start(config.hash, config.hash_pool)?,
        society: Arc::new(config.society),
        four_eyes: config.four_eyes,
    };
    match command {
        StaffCommand::Add(new) => {
            let NewStaff {
                login,
                name,
                role,
                person,
                invite,
            } = new;
            let new = Newcomer {
                login_id: login,
                name,
                roles: role.into_iter().collect::<Roles>(),
                person,
            };
            if invite {
                let token = service.invite(&new, now).await?;
                say!(
                    "{}さんに、次のURLを渡してください（24時間以内に1回）。",
                    new.name
                );
                say!("{url}/office/invite?token={token}");
                return Ok(());
            }
            let password = service.password(&new.login_id, &asked_password()?)?;
            service.add(&new, &password, now).await?;
            say!(
                "{}さんを登録しました。{url}/office でログインできます。",
                new.name
            );
        }
        StaffCommand::List => {
            for staff in service.list().await? {
                let state = match (staff.disabled_at, staff.has_password, staff.has_second_step) {
                    (Some(_), _, _) => "利用停止",
                    (None, false, _) => "招待中",
                    (None, true, true) => "二段階認証あり",
                    (None, true, false) => "二段階認証なし",
                };
                let seen = staff.last_sign_in_at.map_or("-".to_owned(), |at| at.full());
                let login = staff.login_id.as_str();
                say!(
                    "{login}\t{}\t{}\t{state}\t{seen}",
                    staff.name,
                    staff.roles.words()
                );
            }
        }
        StaffCommand::Disable { login } => {
            service.set_disabled(&login, true, now).await?;
            say!("{login} の利用を停止しました。ログインも終了しました。");
        }
        StaffCommand::Enable { login } => {
            service.set_disabled(&login, false, now).await?;
            say!("{login} の利用を再開しました。");
        }
        StaffCommand::Reset { login } => {
            let known: StaffLogin = login.parse()?;
            let password = service.password(&known, &asked_password()?)?;
            service.reset(&login, &password, now).await?;
            say!("{login} のパスワードを設定しました。二段階認証は、次のログインで設定します。");
        }
        StaffCommand::Code { login } => {
            let code = service.code(&login, now).await?;
            say!("確認コードの代わりに5分以内に1回使えます。");
            say!("{code}");
        }
    }
    Ok(())
}

/// The password: typed unseen on a terminal, or the first line of standard input.
fn asked_password() -> Result<String, Box<dyn std::error::Error>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        let typed = rpassword::prompt_password("パスワード（12文字以上）: ")?;
        let again = rpassword::prompt_password("もう一度: ")?;
        return match typed == again {
            true => Ok(typed),
            false => Err("2回の入力が違います。何も変更していません。".into()),
        };
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
