//! `trunk build`, as far as this project asks for it: what Trunk.toml and its asset list
//! (app/index.html) name becomes the files of a folder. Trunk brings servers, minifiers and
//! a resolver, and wasm-bindgen's own command a test runner with HTTP: a third of a first
//! build, for four steps. Where the PATH has both, scripts/client calls them. What of the two
//! files is not understood here is refused, not left out.

mod asset_list;

use std::{
    env,
    error::Error,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Parser;
use serde::{Deserialize, de::IgnoredAny};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::asset_list::{Asset, WasmOpt, assets};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const TARGET: &str = "wasm32-unknown-unknown";

/// Fills a folder with what browsers load.
#[derive(Debug, Parser)]
#[command(name = "bundle")]
struct Arguments {
    /// With wasm-opt, as the asset list says.
    #[arg(long)]
    release: bool,
    /// The folder.
    #[arg(long)]
    dist: PathBuf,
}

/// Trunk.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    build: Build,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    /// The asset list.
    target: PathBuf,
    cargo_profile: String,
    filehash: bool,
    /// About the document, which is not made here; the folder is an argument.
    #[serde(rename = "public_url")]
    _public_url: IgnoredAny,
    #[serde(rename = "inject_scripts")]
    _inject_scripts: IgnoredAny,
    #[serde(rename = "no_sri")]
    _no_sri: IgnoredAny,
    #[serde(rename = "dist")]
    _dist: IgnoredAny,
}

fn main() -> ExitCode {
    match bundle(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bundle(arguments: &Arguments) -> Result<()> {
    let Settings { build } = toml::from_str(&text(Path::new("Trunk.toml"))?)?;
    if !build.filehash {
        return Err("Trunk.toml: names without a hash are Trunk's alone".into());
    }
    let dist = &arguments.dist;
    fs::create_dir_all(dist)?;
    let beside_the_list = build.target.parent().unwrap_or(Path::new(""));
    for asset in assets(&text(&build.target)?)? {
        match asset {
            Asset::Rust { manifest, wasm_opt } => client(
                &beside_the_list.join(manifest),
                &build.cargo_profile,
                arguments.release.then_some(wasm_opt),
                dist,
            )?,
            Asset::Hashed(file) => {
                let file = beside_the_list.join(file);
                let content = bytes(&file)?;
                let part = |part: Option<&OsStr>| {
                    part.and_then(|part| part.to_str())
                        .map(str::to_owned)
                        .ok_or_else(|| format!("{}: no name for a browser", file.display()))
                };
                let (stem, extension) = (part(file.file_stem())?, part(file.extension())?);
                let name = format!("{stem}-{}.{extension}", hash(&content));
                fs::write(dist.join(name), content)?;
            }
            Asset::Copied(file) => {
                let file = beside_the_list.join(file);
                let name = file.file_name().ok_or("a copied file has no name")?;
                fs::write(dist.join(name), bytes(&file)?)?;
            }
        }
    }
    Ok(())
}

/// Compiles the client, makes the glue for it, and the wasm as small as wasm-opt can.
fn client(manifest: &Path, profile: &str, wasm_opt: Option<WasmOpt>, dist: &Path) -> Result<()> {
    run(Command::new("cargo")
        .arg("build")
        .arg(format!("--target={TARGET}"))
        .arg("--manifest-path")
        .arg(manifest)
        .args(["--profile", profile]))?;
    let crate_name = package_name(&text(manifest)?)?.replace('-', "_");
    let target_folder = env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into());
    let compiled = Path::new(&target_folder)
        .join(TARGET)
        .join(profile)
        .join(format!("{crate_name}.wasm"));
    Bindgen::new()
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .input_path(&compiled)
                .out_name(&crate_name)
                // As the command does it, and not the library.
                .omit_default_module_path(false)
                .generate(dist)
        })
        .map_err(|error| format!("wasm-bindgen: {error:?}"))?;
    let wasm = dist.join(format!("{crate_name}_bg.wasm"));
    if let Some(WasmOpt { level, parameters }) = wasm_opt {
        run(Command::new("wasm-opt")
            .arg("--output")
            .arg(&wasm)
            .arg(format!("-O{level}"))
            .arg(&wasm)
            .args(parameters))?;
    }
    let hash = hash(&bytes(&compiled)?);
    let glue = dist.join(format!("{crate_name}.js"));
    fs::rename(glue, dist.join(format!("{crate_name}-{hash}.js")))?;
    fs::rename(wasm, dist.join(format!("{crate_name}-{hash}_bg.wasm")))?;
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program}: {status}").into())
    }
}

fn package_name(manifest: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let Manifest { package } = toml::from_str(manifest)?;
    Ok(package.name)
}

/// Another content has another name, so browsers may keep a file for a year.
fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
