//! Says what is missing where the page of `preview` has not been built.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks")]

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=modeler/dist");
    let wanted = std::env::var_os("CARGO_FEATURE_PREVIEW").is_some();
    if wanted && !Path::new("modeler/dist/preview.html.gz").is_file() {
        println!(
            "cargo::error=the feature `preview` needs its page: run `npm ci` and `npm run build` in modeler/, with Node.js 18 or newer"
        );
    }
}
