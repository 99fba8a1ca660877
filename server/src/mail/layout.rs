//! How a letter is laid out. What it says is said once; the plain text and the
//! HTML are two ways to set the same blocks.

use domain::values::society::Society;

use crate::base::html::escaped;

/// A letter as its reader gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// 【portal】 and the title.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML, with nothing to fetch from anywhere.
    pub html: String,
    /// Where a mail program can say that no more such letters are wanted (RFC 8058): of
    /// those alone that were not asked for.
    pub unsubscribe: Option<String>,
}

/// What a letter is made of.
#[derive(Clone, Debug)]
pub(super) enum Block {
    /// Lines that belong together.
    Lines(String),
    /// An address to open, alone on its line.
    Link(String),
    /// A value to read or to copy, alone on the line below its name.
    Value {
        /// What it is.
        name: &'static str,
        /// The value.
        value: String,
    },
    /// ※
    Notes(Vec<String>),
}

impl Letter {
    /// Sets a letter: title, the society, the blocks, and what every letter ends
    /// with.
    pub(super) fn new(society: &Society, title: &str, blocks: Vec<Block>) -> Self {
        let mut all = vec![
            Block::Lines(format!("■ {title} ■")),
            Block::Lines(format!("{}です。", society.name)),
        ];
        all.extend(blocks);
        all.push(Block::Notes(vec![
            "本メールには返信できませんのでご了承ください。".to_owned(),
        ]));
        all.push(Block::Lines(format!(
            "{}\nTEL:{}",
            society.name, society.telephone
        )));
        let subject = format!("【{}】{title}", society.portal_name);
        Self {
            text: text(&all),
            html: html(&subject, &all),
            subject,
            unsubscribe: None,
        }
    }
}

impl Letter {
    /// What stands in an envelope of which only the envelope is needed.
    pub(super) fn none() -> Self {
        Self {
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            unsubscribe: None,
        }
    }
}

fn text(blocks: &[Block]) -> String {
    let blocks = blocks.iter().map(|block| match block {
        Block::Lines(text) | Block::Link(text) => text.clone(),
        Block::Value { name, value } => format!("{name}\n{value}"),
        Block::Notes(notes) => notes
            .iter()
            .map(|n| format!("※{n}"))
            .collect::<Vec<_>>()
            .join("\n"),
    });
    blocks.collect::<Vec<_>>().join("\n\n") + "\n"
}

fn html(subject: &str, blocks: &[Block]) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>{}</title>\n</head>\n<body>\n",
        escaped(subject)
    );
    for block in blocks {
        let inner = match block {
            Block::Lines(text) => breaks(text.lines().map(escaped)),
            Block::Link(url) => {
                let url = escaped(url);
                format!("<a href=\"{url}\">{url}</a>")
            }
            Block::Value { name, value } => {
                format!("{}<br>\n<strong>{}</strong>", escaped(name), escaped(value))
            }
            Block::Notes(notes) => breaks(notes.iter().map(|note| format!("※{}", escaped(note)))),
        };
        html += &format!("<p>{inner}</p>\n");
    }
    html + "</body>\n</html>\n"
}

fn breaks(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("<br>\n")
}
