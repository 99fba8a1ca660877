//! Why the office looks at somebody, and what it says of it.

use crate::rules::invisible::has_invisible;

/// The longest text of a reason, in characters.
pub const MOST_CHARS: usize = 200;

/// 閲覧理由: why a clerk opens a person's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 電話
    Phone,
    /// 窓口
    Counter,
    /// 手紙・メール
    Letter,
    /// 返送
    Returned,
    /// 開示
    Disclosure,
    /// 調査: needs a second person, and the member sees it after 90 days.
    Inquiry,
}

impl Reason {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Phone,
        Self::Counter,
        Self::Letter,
        Self::Returned,
        Self::Disclosure,
        Self::Inquiry,
    ];

    /// As it is posted and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Counter => "counter",
            Self::Letter => "letter",
            Self::Returned => "returned",
            Self::Disclosure => "disclosure",
            Self::Inquiry => "inquiry",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// In the words that clerk and member read.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Phone => "お電話でのお問い合わせ",
            Self::Counter => "窓口でのお問い合わせ",
            Self::Letter => "手紙・メールでのお問い合わせ",
            Self::Returned => "郵便の返送",
            Self::Disclosure => "開示のご請求",
            Self::Inquiry => "不正な利用などの調査",
        }
    }
}

/// What is asked of who calls, before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// 生年月日
    BornOn,
    /// 住所
    Address,
    /// 事業所
    Employer,
    /// 家族の名前
    Family,
}

impl Question {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 4] = [Self::BornOn, Self::Address, Self::Employer, Self::Family];

    /// As it is posted and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BornOn => "born_on",
            Self::Address => "address",
            Self::Employer => "employer",
            Self::Family => "family",
        }
    }

    /// What the clerk reads.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::BornOn => "生年月日",
            Self::Address => "住所",
            Self::Employer => "事業所",
            Self::Family => "家族の名前",
        }
    }
}

/// How it was made sure who called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// Two right answers at least.
    Answers(Vec<Question>),
    /// 折り返し電話: the office called the number that it knows.
    CalledBack,
}

impl Confirmed {
    /// How it is stored for 折り返し電話.
    pub const CALLBACK: &str = "callback";

    /// Reads what was ticked: two answers at least, or that the office called back.
    pub fn parse(ticked: impl Fn(&str) -> bool) -> Option<Self> {
        if ticked(Self::CALLBACK) {
            return Some(Self::CalledBack);
        }
        let answers = Question::ALL.into_iter().filter(|one| ticked(one.as_str()));
        let answers: Vec<_> = answers.collect();
        (answers.len() >= 2).then_some(Self::Answers(answers))
    }

    /// As it is kept: `born_on,address`, or `callback`.
    pub fn words(&self) -> String {
        match self {
            Self::CalledBack => Self::CALLBACK.to_owned(),
            Self::Answers(answers) => {
                let words: Vec<_> = answers.iter().map(|one| one.as_str()).collect();
                words.join(",")
            }
        }
    }
}

/// What a clerk writes beside a reason: at most 200 characters, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonText(String);

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonTextError {
    /// Nothing was written where something has to be.
    Empty,
    /// This many characters are more than 200.
    TooLong(usize),
    /// There are characters that nobody can see, or several lines.
    Invisible,
}

impl std::fmt::Display for ReasonTextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("理由を入力してください。"),
            Self::TooLong(chars) => write!(
                f,
                "理由は{MOST_CHARS}文字以内で入力してください（いま{chars}文字）。"
            ),
            Self::Invisible => {
                f.write_str("理由に、改行や目に見えない文字が入っています。入力し直してください。")
            }
        }
    }
}

impl std::error::Error for ReasonTextError {}

impl ReasonText {
    /// Reads what was written; it may be empty.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(written: &str) -> Result<Self, ReasonTextError> {
        let text = written.trim();
        let chars = text.chars().count();
        if chars > MOST_CHARS {
            return Err(ReasonTextError::TooLong(chars));
        }
        if has_invisible(text) {
            return Err(ReasonTextError::Invisible);
        }
        Ok(Self(text.to_owned()))
    }

    /// The same where it may not be empty.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn required(written: &str) -> Result<Self, ReasonTextError> {
        let text = Self::parse(written)?;
        match text.0.is_empty() {
            true => Err(ReasonTextError::Empty),
            false => Ok(text),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ReasonText {
    type Err = ReasonTextError;

    /// As [`ReasonText::required`] does: whoever names a reason says something.
    fn from_str(written: &str) -> Result<Self, ReasonTextError> {
        Self::required(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_by_the_word_it_was_written_with() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(Reason::parse("curiosity"), None);
    }

    #[test]
    fn two_answers_make_sure_who_called_or_a_call_back() {
        let ticked = |all: &'static [&str]| Confirmed::parse(move |one| all.contains(&one));
        assert_eq!(ticked(&[]), None);
        assert_eq!(ticked(&["address"]), None);
        let both = ticked(&["family", "born_on"]).map(|confirmed| confirmed.words());
        assert_eq!(both.as_deref(), Some("born_on,family"));
        assert_eq!(ticked(&["callback"]), Some(Confirmed::CalledBack));
    }

    #[test]
    fn a_text_is_short_and_can_be_seen() {
        assert_eq!(
            ReasonText::parse("  本人から電話 ").map(|text| text.0),
            Ok("本人から電話".to_owned())
        );
        assert!(ReasonText::parse("").is_ok());
        assert_eq!(ReasonText::required(" 　"), Err(ReasonTextError::Empty));
        assert!(ReasonText::parse(&"あ".repeat(200)).is_ok());
        assert_eq!(
            ReasonText::parse(&"あ".repeat(10_000)),
            Err(ReasonTextError::TooLong(10_000))
        );
        for unseen in ["a\nb", "a\u{202E}b", "a\0b"] {
            assert_eq!(ReasonText::parse(unseen), Err(ReasonTextError::Invisible));
        }
    }
}
