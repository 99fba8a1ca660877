//! Trunk's asset list: the elements of an HTML document that have `data-trunk`, as
//! <https://trunkrs.dev/assets/> says.

use std::{collections::BTreeMap, path::PathBuf};

use quick_xml::{
    events::{BytesStart, Event},
    reader::Reader,
};

use crate::Result;

/// A file for browsers. Paths are relative to the list's folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asset {
    /// A crate, as WebAssembly and the script that loads it.
    Rust {
        manifest: PathBuf,
        wasm_opt: WasmOpt,
    },
    /// A file whose name gets the hash of its content.
    Hashed(PathBuf),
    /// A file that keeps its name.
    Copied(PathBuf),
}

/// How wasm-opt is called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WasmOpt {
    pub(crate) level: String,
    pub(crate) parameters: Vec<String>,
}

/// What a list names, in its order.
///
/// # Errors
/// Where it is no HTML, or names something in another way than the above.
pub(crate) fn assets(list: &str) -> Result<Vec<Asset>> {
    let mut reader = Reader::from_str(list);
    // HTML has elements without an end.
    reader.config_mut().check_end_names = false;
    let mut found = Vec::new();
    loop {
        match reader.read_event()? {
            Event::Start(element) | Event::Empty(element) => found.extend(asset(&element)?),
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn asset(element: &BytesStart<'_>) -> Result<Option<Asset>> {
    let mut attributes = BTreeMap::new();
    for attribute in element.html_attributes() {
        let attribute = attribute?;
        attributes.insert(
            String::from_utf8(attribute.key.as_ref().to_vec())?,
            String::from_utf8(attribute.value.into_owned())?,
        );
    }
    if attributes.remove("data-trunk").is_none() {
        return Ok(None);
    }
    let written = String::from_utf8_lossy(element).into_owned();
    let mut take = |name: &str| attributes.remove(name);
    let element = element.name();
    let asset = match (
        element.as_ref(),
        take("rel").as_deref(),
        take("type").as_deref(),
    ) {
        (b"link", Some("rust"), None) => {
            let what = take("href").zip(take("data-wasm-opt"));
            let parameters = take("data-wasm-opt-params").unwrap_or_default();
            what.map(|(manifest, level)| Asset::Rust {
                manifest: manifest.into(),
                wasm_opt: WasmOpt {
                    level,
                    parameters: parameters.split_whitespace().map(str::to_owned).collect(),
                },
            })
        }
        (b"link", Some("css"), None) => take("href").map(|file| Asset::Hashed(file.into())),
        (b"link", Some("copy-file"), None) => take("href").map(|file| Asset::Copied(file.into())),
        (b"script", None, Some("module")) => take("src").map(|file| Asset::Hashed(file.into())),
        _ => None,
    };
    match asset {
        Some(asset) if attributes.is_empty() => Ok(Some(asset)),
        _ => Err(format!("only Trunk itself knows what this is: <{written}>").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_asset_is_found_in_the_order_of_the_list() {
        let list = r#"<!doctype html>
            <!-- <link data-trunk rel="css" href="none.css"> -->
            <html lang="ja"><head>
            <title>Trunk's list</title>
            <meta charset="utf-8">
            <link data-trunk rel="rust" href="client/Cargo.toml" data-wasm-opt="z"
                data-wasm-opt-params="--one
                --two">
            <script data-trunk type="module" src="loader.js"></script>
            <link data-trunk rel="css" href="style.css">
            <link rel="css" href="not-for-trunk.css">
            <link data-trunk rel="copy-file" href="../public/robots.txt" />
            </head></html>"#;
        let client = Asset::Rust {
            manifest: "client/Cargo.toml".into(),
            wasm_opt: WasmOpt {
                level: "z".to_owned(),
                parameters: vec!["--one".to_owned(), "--two".to_owned()],
            },
        };
        assert_eq!(
            assets(list).ok(),
            Some(vec![
                client,
                Asset::Hashed("loader.js".into()),
                Asset::Hashed("style.css".into()),
                Asset::Copied("../public/robots.txt".into()),
            ])
        );
    }

    #[test]
    fn what_only_trunk_knows_is_refused() {
        for element in [
            r#"<link data-trunk rel="scss" href="style.scss">"#,
            r#"<link data-trunk rel="css">"#,
            r#"<link data-trunk rel="css" href="style.css" data-inline>"#,
            r#"<link data-trunk rel="rust" href="client/Cargo.toml">"#,
            r#"<link data-trunk rel="rust" href="client/Cargo.toml" data-wasm-opt="z" data-bin="other">"#,
            r#"<script data-trunk src="loader.js"></script>"#,
            r#"<img data-trunk src="picture.png">"#,
        ] {
            assert!(assets(element).is_err(), "{element}");
        }
    }
}
