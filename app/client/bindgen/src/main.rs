//! The `wasm-bindgen` command, as far as Trunk calls it. Its own package,
//! wasm-bindgen-cli, brings a test runner with an HTTP client and server that take four
//! times as long to build; and what this one needs, the portal needs for the most part.

use std::{env, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

/// Makes of a compiled client what a browser can load.
#[derive(Debug, Parser)]
#[command(name = "wasm-bindgen")]
struct Arguments {
    /// The client as the compiler has made it.
    input: PathBuf,
    /// Where the glue and the finished wasm go.
    #[arg(long)]
    out_dir: PathBuf,
    /// What they are called, without an extension.
    #[arg(long)]
    out_name: String,
    /// What loads them.
    #[arg(long)]
    target: Target,
    /// Declarations for TypeScript: never made here.
    #[arg(long, required = true)]
    no_typescript: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// A browser that knows modules.
    Web,
}

fn main() -> ExitCode {
    // Trunk asks for it first: it has to be that of the library in the client.
    if env::args().nth(1).as_deref() == Some("--version") {
        println!("wasm-bindgen {}", wasm_bindgen_shared::version());
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    let mut bindgen = Bindgen::new();
    let generated = match arguments.target {
        Target::Web => bindgen.web(true),
    }
    .and_then(|bindgen| {
        bindgen
            .input_path(&arguments.input)
            .out_name(&arguments.out_name)
            // As the command does it, and not the library.
            .omit_default_module_path(false)
            .generate(&arguments.out_dir)
    });
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen: {error:?}");
            ExitCode::FAILURE
        }
    }
}
