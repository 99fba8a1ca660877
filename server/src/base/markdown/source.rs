//! A text before Markdown reads it: what a clerk writes without thinking of Markdown
//! is set aside, so that it comes out as it was written.
//!
//! Whoever types a text in a spreadsheet knows `**`, `# `, `- `, `1. `, tables and links,
//! and means nothing by `<FAX>`, `&`, `_____`, `9時~12時`, `*1`, `[注]:`, `1)` or an indent. Each
//! such character becomes another one, of a private plane, which is a letter to Markdown;
//! [`restored`] gives it back. Emphasis stands beside punctuation in Japanese, which has no
//! blanks, and CommonMark asks for a letter or a blank there: it gets one that is dropped.

/// Where characters are set aside: one for each of the basic plane.
const ASIDE: u32 = 0xF_0000;
/// The letter beside an emphasis.
const LETTER: char = '\u{10_FFFD}';

fn aside(c: char) -> char {
    char::from_u32(ASIDE + u32::from(c)).unwrap_or(c)
}

fn is_private(c: char) -> bool {
    u32::from(c) >= ASIDE
}

/// The text as it was written.
pub(super) fn restored(text: &str) -> String {
    text.chars()
        .filter(|&c| c != LETTER)
        .map(|c| match u32::from(c).checked_sub(ASIDE) {
            Some(code) => char::from_u32(code).unwrap_or(c),
            None => c,
        })
        .collect()
}

/// The text as Markdown is to read it.
pub(super) fn prepared(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        // No font has these, and none of them may come back as another one.
        .map(|line| line.replace(is_private, "\u{FFFD}"))
        .collect();
    let extra = wider_tables(&lines);
    let mut prepared = String::with_capacity(text.len() + text.len() / 4);
    let mut in_list = false;
    for (at, line) in lines.iter().enumerate() {
        let after_a_blank = at == 0 || lines[at - 1].trim().is_empty();
        let indented = line.starts_with([' ', '\t']);
        let mut line = line.trim_end_matches([' ', '\t']);
        let words = line.trim_start_matches([' ', '\t']);
        let begins = Begin::of(words);
        match begins {
            Begin::Item(_) => in_list = true,
            _ if after_a_blank && !indented && !words.is_empty() => in_list = false,
            _ => {}
        }
        // Four blanks before a text would make another kind of text of it.
        if !in_list {
            line = words;
        }
        // Text above a line of hyphens would be a heading.
        if matches!(begins, Begin::Line) && !after_a_blank {
            prepared.push('\n');
        }
        prepared.extend(line.chars().take(line.len() - words.len()));
        write_line(&mut prepared, words, begins);
        prepared += &extra[at];
        prepared.push('\n');
    }
    prepared
}

/// What a line begins with, and how many bytes of it mean something.
#[derive(Clone, Copy, Debug)]
enum Begin {
    /// `# `
    Heading(usize),
    /// `- `, `* `, `1. `
    Item(usize),
    /// `> `
    Quote,
    /// `---`
    Line,
    /// `|--|--|`
    Columns,
    /// Nothing that means something.
    Text,
}

impl Begin {
    fn of(words: &str) -> Self {
        let only = |of: &[char]| words.chars().all(|c| of.contains(&c));
        if words.len() >= 3 && (only(&['-']) || words == "***") {
            return Self::Line;
        }
        if words.contains("-") && words.contains('|') && only(&['-', ':', '|', ' ']) {
            return Self::Columns;
        }
        let Some((mark, rest)) = words.split_once(' ') else {
            return Self::Text;
        };
        let number = mark.strip_suffix('.').unwrap_or_default();
        let is_number = (1..=3).contains(&number.len())
            && !number.starts_with('0')
            && number.bytes().all(|b| b.is_ascii_digit());
        match mark {
            _ if rest.trim().is_empty() => Self::Text,
            "-" | "*" => Self::Item(1),
            ">" => Self::Quote,
            _ if is_number => Self::Item(mark.len()),
            _ if mark.len() <= 6 && mark.bytes().all(|b| b == b'#') => Self::Heading(mark.len()),
            _ => Self::Text,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Heading(bytes) | Self::Item(bytes) => bytes,
            Self::Quote => 1,
            Self::Line | Self::Columns | Self::Text => 0,
        }
    }
}

fn write_line(to: &mut String, words: &str, begins: Begin) {
    if matches!(begins, Begin::Line | Begin::Columns) {
        to.push_str(words);
        return;
    }
    let (mark, text) = words.split_at(begins.bytes());
    to.push_str(mark);
    let chars: Vec<char> = text.chars().collect();
    let single = pairs_of_single(&chars);
    // Where something would begin, had it not been said above that nothing does.
    let begin = match begins {
        Begin::Text => Some(chars.iter().take_while(|c| c.is_ascii_digit()).count()),
        _ => None,
    };
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            '\\' if next.is_some_and(|next| "*#[]|~>".contains(next))
                || at == 0 && next == Some('-')
                || at > 0 && begin == Some(at) && next == Some('.') =>
            {
                to.extend([c, next.unwrap_or(c)]);
                at += 1;
            }
            '*' | '~' => {
                let run = run_at(&chars, at);
                let before = at.checked_sub(1).map(|at| chars[at]);
                let after = chars.get(at + run).copied();
                let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
                let means = match (c, run) {
                    ('*', 1) => single.contains(&at),
                    ('*', 2 | 3) => true,
                    ('~', 2) => !(digit(before) && digit(after)),
                    _ => false,
                };
                if means {
                    if before.is_some_and(|c| is_mark(c) && !opens(c)) {
                        to.push(LETTER);
                    }
                    to.extend(std::iter::repeat_n(c, run));
                    if after.is_some_and(|c| is_mark(c) && !closes(c)) {
                        to.push(LETTER);
                    }
                } else {
                    to.extend(std::iter::repeat_n(aside(c), run));
                }
                at += run - 1;
            }
            '<' | '>' | '&' | '`' | '_' | '=' | '#' | '\\' => to.push(aside(c)),
            ':' if at > 0 && chars[at - 1] == ']' => to.push(aside(c)),
            '-' | '+' | ':' if at == 0 && begin.is_some() => to.push(aside(c)),
            '.' | ')' if at > 0 && begin == Some(at) => to.push(aside(c)),
            c => to.push(c),
        }
        at += 1;
    }
}

fn run_at(chars: &[char], at: usize) -> usize {
    chars[at..].iter().take_while(|&&c| c == chars[at]).count()
}

/// The places of single asterisks that are a pair around words. `実費*2`, `3*4*5` and
/// `料金*は` are none: whoever emphasises within a sentence writes two.
fn pairs_of_single(chars: &[char]) -> Vec<usize> {
    let mut pairs = Vec::new();
    let mut open = None;
    let mut at = 0;
    while at < chars.len() {
        let run = if chars[at] == '*' {
            run_at(chars, at)
        } else {
            0
        };
        if run == 1 {
            let before = at.checked_sub(1).map(|at| chars[at]);
            let after = chars.get(at + 1).copied();
            let can_open = before.is_none_or(|c| !c.is_alphanumeric() && c != '\\')
                && after.is_some_and(|c| !c.is_whitespace() && !c.is_numeric() && !closes(c));
            let can_close = before.is_some_and(|c| !c.is_whitespace() && !opens(c) && c != '\\');
            match open.take() {
                Some(begin) if can_close => pairs.extend([begin, at]),
                _ => open = can_open.then_some(at),
            }
        }
        at += run.max(1);
    }
    pairs
}

/// Neither a letter or digit nor a blank; the ideographic blank is taken for one of these.
fn is_mark(c: char) -> bool {
    c == '\u{3000}' || !c.is_alphanumeric() && !c.is_whitespace()
}

/// What stands before words: emphasis that follows it begins.
fn opens(c: char) -> bool {
    "(（[［「『【〈《〔〖‘“｢".contains(c)
}

/// What stands behind words: emphasis before it has ended.
fn closes(c: char) -> bool {
    ")）]］」』】〉》〕〗’”｣、。，．,.;；:：!！?？…‥％%".contains(c)
}

/// What is added to the head of a table that has rows with more cells, which would be
/// left out.
fn wider_tables(lines: &[String]) -> Vec<String> {
    let mut extra = vec![String::new(); lines.len()];
    for at in 1..lines.len() {
        let head = cells(&lines[at - 1]);
        let is_table = matches!(Begin::of(lines[at].trim()), Begin::Columns)
            && cells(&lines[at]) == head
            && lines[at - 1].contains('|');
        if !is_table {
            continue;
        }
        let rows = lines[at + 1..]
            .iter()
            .take_while(|row| !row.trim().is_empty());
        let widest = rows.map(|row| cells(row)).max().unwrap_or(0);
        let more = widest.saturating_sub(head);
        for (line, cell) in [(at - 1, " |"), (at, "--|")] {
            let closed = lines[line].trim_end().ends_with('|');
            let open = if more > 0 && !closed { "|" } else { "" };
            extra[line] = open.to_owned() + &cell.repeat(more);
        }
    }
    extra
}

fn cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = match row.strip_suffix('|') {
        Some(inner) if !inner.ends_with('\\') => inner,
        _ => row,
    };
    let escaped = row.matches("\\|").count();
    row.matches('|').count() - escaped + 1
}
