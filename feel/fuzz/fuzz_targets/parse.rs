#![no_main]

#[path = "../checks.rs"]
#[expect(dead_code, reason = "the other target is another program")]
mod checks;

libfuzzer_sys::fuzz_target!(|input: &str| checks::parse(input));
