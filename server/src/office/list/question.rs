//! What only the office can know about a file, and what it answers: at the command line by
//! options for all of it, in the browser line by line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The line that stands for the file as a whole.
pub const WHOLE_FILE: u64 = 0;

/// So many questions are asked at a time.
const ASKED: usize = 200;

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// They are the person on file.
    Same,
    /// They are somebody new.
    New,
    /// It is a further claim.
    Add,
    /// The file has the group of claims right, and what is on file was wrong.
    Correct,
    /// It is the file that is meant, or the present holder of the key.
    Yes,
}

impl Answer {
    /// As a form has it, and a row.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::New => "new",
            Self::Add => "add",
            Self::Correct => "correct",
            Self::Yes => "yes",
        }
    }

    /// The same backwards.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Same, Self::New, Self::Add, Self::Correct, Self::Yes];
        all.into_iter().find(|answer| answer.as_str() == text)
    }
}

/// What was answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// To whatever of it is asked.
    of_all: Vec<Answer>,
    of_lines: BTreeMap<u64, Answer>,
}

impl Answers {
    /// Answers to all questions of a kind each.
    pub fn to_all(answers: &[Answer]) -> Self {
        Self {
            of_all: answers.to_vec(),
            of_lines: BTreeMap::new(),
        }
    }

    /// Notes one; that of the line 0 is for all lines which have none of their own.
    pub fn add(&mut self, line: u64, answer: Answer) {
        match line {
            WHOLE_FILE => self.of_all.push(answer),
            line => {
                self.of_lines.insert(line, answer);
            }
        }
    }

    /// What was answered to a question about this line, which has these answers.
    pub fn to(&self, line: u64, among: &[Answer]) -> Option<Answer> {
        let fits = |answer: &&Answer| among.contains(answer);
        let own = self.of_lines.get(&line).filter(fits);
        own.or_else(|| self.of_all.iter().rev().find(fits)).copied()
    }

    /// Whether that was answered for all.
    pub fn says(&self, answer: Answer) -> bool {
        self.of_all.contains(&answer)
    }

    /// The lines with this answer of their own.
    pub fn lines(&self, answer: Answer) -> Vec<i64> {
        let own = self.of_lines.iter().filter(|(_, given)| **given == answer);
        own.map(|(line, _)| line.cast_signed()).collect()
    }

    /// Adds all of them to a fingerprint.
    pub(super) fn hash(&self, hash: &mut Sha256) {
        let all = self.of_all.iter().map(|answer| (WHOLE_FILE, *answer));
        let own = self.of_lines.iter().map(|(line, answer)| (*line, *answer));
        for (line, answer) in all.chain(own) {
            hash.update(line.to_be_bytes());
            hash.update(answer.as_str());
        }
    }
}

/// A question, without a value of anybody's health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// 同じ人ですか: somebody seems to be on file under another key. `Same` or `New`.
    Moved {
        /// The line with the new key.
        line: u64,
        /// 記号-番号-枝番 on file.
        from_key: String,
        /// 氏名 on file.
        from_name: String,
        /// 記号-番号-枝番 in the file.
        to_key: String,
        /// 氏名 in the file.
        to_name: String,
        /// Name or kana are the same, but for blanks.
        is_same_name: bool,
    },
    /// Several people on file fit a line, and nobody can tell who is who: `New` alone.
    Unclear {
        /// The line.
        line: u64,
    },
    /// Nobody on file works for any of these employers: is it this society's file? `Yes`,
    /// for the whole file.
    OtherEmployers {
        /// 事業所コード
        codes: Vec<String>,
    },
    /// A claim like those on file, and not the same: `Add` or `Correct`, for all claims of
    /// that person, month, provider and kind.
    Repeated {
        /// The first line of those claims.
        line: u64,
        /// 記号-番号-枝番
        key: String,
        /// 診療年月 as YYYYMM.
        month: i64,
    },
    /// The key belonged to several people at that time: does the line mean the one who has it
    /// now? `Yes`.
    SeveralHolders {
        /// The line.
        line: u64,
    },
}

impl Question {
    /// The line by which it is answered.
    pub fn line(&self) -> u64 {
        match self {
            Self::Moved { line, .. }
            | Self::Unclear { line }
            | Self::Repeated { line, .. }
            | Self::SeveralHolders { line } => *line,
            Self::OtherEmployers { .. } => WHOLE_FILE,
        }
    }

    /// What can be answered to it.
    pub fn answers(&self) -> &'static [Answer] {
        match self {
            Self::Moved { .. } => &[Answer::Same, Answer::New],
            Self::Unclear { .. } => &[Answer::New],
            Self::Repeated { .. } => &[Answer::Add, Answer::Correct],
            Self::OtherEmployers { .. } | Self::SeveralHolders { .. } => &[Answer::Yes],
        }
    }
}

/// What has to be answered before a file can come in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questions {
    /// The first of them.
    pub first: Vec<Question>,
    /// How many there are in all.
    pub count: u64,
}

impl Questions {
    /// Those of these to which there is no answer.
    pub(in crate::office) fn unanswered(
        all: impl Iterator<Item = Question>,
        answers: &Answers,
    ) -> Self {
        let mut open = Self::default();
        for question in all {
            if answers.to(question.line(), question.answers()).is_some() {
                continue;
            }
            if open.first.len() < ASKED {
                open.first.push(question);
            }
            open.count += 1;
        }
        open
    }
}
