//! 性別, as the roster has it: some references differ by it.

/// 性別
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }

    /// As it is stored, and as offices write it.
    pub fn parse(written: &str) -> Option<Self> {
        match written {
            "男" | "男性" | "1" | "１" => Some(Self::Male),
            "女" | "女性" | "2" | "２" => Some(Self::Female),
            _ => None,
        }
    }
}
