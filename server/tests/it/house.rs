//! Who may use whom. Cargo keeps the walls between the crates (`domain`, `store`, `app`,
//! `client`, `server`); within the server these tests do, by reading every import.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module of `server/src`, and what it may import besides `domain` and itself.
const MAY_USE: [(&str, &[&str]); 16] = [
    (
        "main",
        &[
            "arguments",
            "staff_command",
            "startup",
            "config",
            "check",
            "demo",
            "account",
            "office",
            "upkeep",
            "mail",
            "store",
            "base",
        ],
    ),
    ("arguments", &["store"]),
    (
        "staff_command",
        &["arguments", "config", "office", "store", "base"],
    ),
    ("demo", &["office", "store", "base"]),
    (
        "startup",
        &[
            "config",
            "http",
            "member",
            "office",
            "second_step",
            "upkeep",
            "mail",
            "store",
            "base",
        ],
    ),
    (
        "check",
        &[
            "config",
            "http",
            "second_step",
            "upkeep",
            "mail",
            "store",
            "base",
        ],
    ),
    ("config", &["http", "mail", "base"]),
    (
        "http",
        &[
            "app",
            "member",
            "office",
            "second_step",
            "account",
            "store",
            "base",
        ],
    ),
    (
        "member",
        &["account", "second_step", "mail", "store", "base"],
    ),
    ("second_step", &["store", "base"]),
    ("office", &["account", "second_step", "store", "base"]),
    ("upkeep", &["account", "store", "base"]),
    ("account", &["mail", "store", "base"]),
    ("mail", &["store", "base"]),
    // `fault` alone: it knows what the store answers.
    ("base", &["store"]),
    ("lib", &[]),
];

/// The project's other crates, and the one that only the store may name.
const CRATES: [&str; 4] = ["app", "store", "client", "sqlx"];

#[test]
fn every_import_goes_the_way_that_the_map_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in rust_files(&root) {
        let inside = file.strip_prefix(&root).unwrap();
        let first = inside.iter().next().unwrap().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        let (_, may_use) = MAY_USE
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{module} has no place in the house"));
        for (line, used) in imports(&fs::read_to_string(&file).unwrap()) {
            if used != module && !may_use.contains(&used.as_str()) {
                wrong.push(format!("{}:{line}: {module} uses {used}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let seen =
        |text: &str| -> Vec<String> { imports(text).into_iter().map(|(_, used)| used).collect() };
    assert_eq!(seen("use crate::mail::letters;"), ["mail"]);
    assert_eq!(
        seen("use crate::{\n    base::{clock, fault},\n    mail,\n};"),
        ["base", "mail"]
    );
    assert_eq!(
        seen("    pub(crate) use crate::office::file as read;"),
        ["office"]
    );
    assert_eq!(
        seen("use server::{check, demo::{self}};"),
        ["check", "demo"]
    );
    assert_eq!(
        seen("use store::{Db, Tx};\nuse sqlx::Row;"),
        ["store", "sqlx"]
    );
    assert_eq!(
        seen("let x = crate::http::serve(sqlx::query(q));"),
        ["http", "sqlx"]
    );
    assert_eq!(
        seen("use std::fmt;\nuse super::line;\n// use crate::mail;\n"),
        [""; 0]
    );
}

/// Modules of the server and crates of the project that a text names, each with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    // One statement after the other; what is behind `//` is prose.
    while !rest.is_empty() {
        let (this, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let code = this.split("//").next().unwrap();
        let mut statement = code.to_owned();
        let mut lines = 1;
        let mut after = after;
        if is_use(code) {
            while !statement.contains(';') && !after.is_empty() {
                let (next, more) = after.split_once('\n').unwrap_or((after, ""));
                statement.push_str(next.split("//").next().unwrap());
                (after, lines) = (more, lines + 1);
            }
        }
        found.extend(named_in(&statement).into_iter().map(|used| (line, used)));
        (rest, line) = (after, line + lines);
    }
    found
}

fn is_use(code: &str) -> bool {
    let code = code.trim_start();
    let code = match code.strip_prefix("pub") {
        Some(code) if code.starts_with('(') => code.split_once(')').map_or(code, |(_, rest)| rest),
        Some(code) => code,
        None => code,
    };
    code.trim_start().starts_with("use ")
}

fn named_in(statement: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Of an import only the first name counts: `hyper::server` is none of ours.
    let (statement, is_import) = match statement.split_once("use ") {
        Some((_, path)) if is_use(statement) => (path.trim_start(), true),
        _ => (statement, false),
    };
    for root in ["crate", "server"].iter().chain(&CRATES) {
        for (at, _) in statement.match_indices(&format!("{root}::")) {
            if is_import && at > 0 {
                continue;
            }
            if statement[..at]
                .ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$')
            {
                continue;
            }
            let behind = &statement[at + root.len() + 2..];
            if CRATES.contains(root) {
                found.push((*root).to_owned());
            } else if let Some(group) = behind.strip_prefix('{') {
                found.extend(first_names(group));
            } else {
                found.extend(name_at(behind));
            }
        }
    }
    found
}

/// The first name of each path of `a::b, c::{d, e}, f}…`.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut found) = (0, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                found.extend(name_at(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    found
}

fn name_at(text: &str) -> Option<String> {
    let name: String = text
        .chars()
        .take_while(|c| c.is_ascii_lowercase() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_class_of_the_office_s_pages_has_a_look() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    let mut style = [office_pages::STYLE, office_pages::POSTCARD_STYLE].concat();
    for entry in fs::read_dir(server.join("../style")).unwrap() {
        style += &read(entry.unwrap().path());
    }
    let is_styled = |class: &str| {
        style
            .match_indices(&format!(".{class}"))
            .any(|(at, found)| {
                let next = style[at + found.len()..].chars().next();
                next.is_some_and(|c| !c.is_ascii_alphanumeric() && c != '-')
            })
    };
    let (mut seen, mut without) = (0, Vec::new());
    for file in rust_files(&server.join("office_pages/src")) {
        for written in read(file.clone()).split("class=\"").skip(1) {
            let (classes, _) = written.split_once('"').unwrap();
            seen += 1;
            let unknown = classes.split(' ').filter(|class| !is_styled(class));
            without.extend(unknown.map(|class| format!("{}: {class}", file.display())));
        }
    }
    assert!(seen > 50, "{seen}");
    assert!(without.is_empty(), "{without:#?}");
}

/// Of a page that waits, `written` would keep nothing: whoever shows it shows it as it is.
#[test]
fn no_page_that_waits_is_written_by_another() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src/pages");
    let texts: Vec<String> = rust_files(&folder)
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .map(|text| text.split_whitespace().collect())
        .collect();
    let waiting: Vec<&str> = texts
        .iter()
        .flat_map(|text| text.split("#[component]"))
        .filter(|component| component.contains("when_known(asyncmove"))
        .filter_map(|component| component.split_once("fn")?.1.split_once('('))
        .map(|(name, _)| name)
        .collect();
    assert!(waiting.contains(&"ProfilePage"), "{waiting:?}");
    for text in &texts {
        for name in &waiting {
            for shown in text.split(&format!("<{name}")).skip(1) {
                let after = shown.split_once("/>}").map_or("", |(_, after)| after);
                assert!(!after.starts_with(".written()"), "{name} waits");
            }
        }
    }
}
