//! Why a file cannot be read or written, in words for the clerk who named it: the
//! system's own are English.

use std::io::{Error, ErrorKind};

/// The reason, as it stands behind 「読めません：」.
pub fn reason(error: &Error) -> String {
    let words = match error.kind() {
        ErrorKind::NotFound => "その名前のファイルがありません",
        ErrorKind::PermissionDenied => "開く権限がありません",
        ErrorKind::IsADirectory => "フォルダーです",
        ErrorKind::NotADirectory => "途中の名前がフォルダーではありません",
        ErrorKind::AlreadyExists => "同じ名前のファイルがあります",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "ディスクの空きがありません",
        ErrorKind::ReadOnlyFilesystem => "書き込めないディスクです",
        ErrorKind::FileTooLarge => "ファイルが大きすぎます",
        ErrorKind::InvalidFilename | ErrorKind::InvalidInput => "ファイル名として使えません",
        ErrorKind::UnexpectedEof => "ファイルが途中で終わっています",
        ErrorKind::ResourceBusy | ErrorKind::WouldBlock => {
            "ほかのプログラムが使用中です。閉じてからもう一度お試しください"
        }
        _ => {
            return match error.raw_os_error() {
                Some(number) => format!("システムの誤り（番号{number}）"),
                None => "システムの誤り".to_owned(),
            };
        }
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_is_english() {
        for number in 1..134 {
            let words = reason(&Error::from_raw_os_error(number));
            assert!(
                !words.contains(|c: char| c.is_ascii_alphabetic()),
                "{words}"
            );
        }
        assert_eq!(
            reason(&Error::from(ErrorKind::NotFound)),
            "その名前のファイルがありません"
        );
    }
}
