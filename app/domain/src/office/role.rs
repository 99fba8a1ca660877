//! 役割: what somebody of the office may open.

/// One role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// 窓口: people, and what is done at the telephone.
    Desk,
    /// 広報: notices.
    Publisher,
    /// 取込: the roster and postcards.
    Importer,
    /// 医療・健診取込: expenses and checkups.
    HealthImporter,
    /// 監査: the audit.
    Auditor,
    /// 管理: the staff.
    Admin,
}

impl Role {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Desk,
        Self::Publisher,
        Self::Importer,
        Self::HealthImporter,
        Self::Auditor,
        Self::Admin,
    ];

    /// The word in the database, on the command line, and in a form as `role_…`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "Desk",
            Self::Publisher => "Publisher",
            Self::Importer => "Importer",
            Self::HealthImporter => "HealthImporter",
            Self::Auditor => "Auditor",
            Self::Admin => "Admin",
        }
    }

    /// What the office calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Desk => "窓口",
            Self::Publisher => "広報",
            Self::Importer => "取込",
            Self::HealthImporter => "医療・健診取込",
            Self::Auditor => "監査",
            Self::Admin => "管理",
        }
    }

    /// What it opens, for whoever gives it.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Desk => "加入者の検索と電話対応",
            Self::Publisher => "お知らせ・健康情報の掲載",
            Self::Importer => "名簿の取込とハガキの発行",
            Self::HealthImporter => "医療費・健診結果の取込",
            Self::Auditor => "監査記録の閲覧",
            Self::Admin => "職員の登録と役割",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or(UnknownRole)
    }
}

/// There is no role of that word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl std::fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = Role::ALL.map(Role::as_str).into();
        write!(f, "one of {}", names.join(", "))
    }
}

impl std::error::Error for UnknownRole {}

/// Some of the roles: a person may have several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Whether this one is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// Their words, with blanks between: as the database has them.
    pub fn words(self) -> String {
        let words: Vec<_> = self.iter().map(Role::as_str).collect();
        words.join(" ")
    }

    /// What the office calls them, with 「、」 between.
    pub fn names(self) -> String {
        let names: Vec<_> = self.iter().map(Role::name).collect();
        names.join("、")
    }

    /// What [`Roles::words`] has written; a word of a later version is passed over.
    pub fn parse(words: &str) -> Self {
        words
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | role.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_set_of_roles_is_read_as_it_was_written() {
        for bits in 0..64 {
            let roles = Roles(bits);
            assert_eq!(Roles::parse(&roles.words()), roles);
            assert_eq!(roles.iter().collect::<Roles>(), roles);
        }
        assert_eq!(
            Roles::parse("Desk Cook"),
            [Role::Desk].into_iter().collect()
        );
        assert_eq!("Cook".parse::<Role>(), Err(UnknownRole));
    }
}
