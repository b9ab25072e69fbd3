//! `opwright demo --engine`: what the README shows, on a real broker.

use std::process::Command;

fn demo(arguments: &[&str]) -> String {
    let address = std::env::var("ZEEBE_REST_ADDRESS").expect("these tests need a broker at ZEEBE_REST_ADDRESS");
    let ended = Command::new(env!("CARGO_BIN_EXE_opwright"))
        .args(["demo", "--engine", &address, "--waiting-seconds", "0.1", "--running-seconds", "0.5"])
        .args(arguments)
        .output()
        .expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    assert!(ended.status.success(), "{}{}", text(&ended.stdout), text(&ended.stderr));
    text(&ended.stdout)
}

#[test]
fn a_process_goes_from_beginning_to_end_whether_it_is_called_or_not() {
    let called = demo(&[]);
    let lost = demo(&["--lose-callback"]);
    for shown in [&called, &lost] {
        assert!(shown.contains("{\"flowOutputs\":{\"emulatedBy\":\"opwright\"},\"flowSessionId\":"), "{shown}");
        assert!(shown.contains("\"statusCode\":4}"), "{shown}");
    }
    let callback = |shown: &str| shown.lines().filter(|line| line.contains("Callback")).map(str::to_owned).collect();
    let (called, lost): (Vec<String>, Vec<String>) = (callback(&called), callback(&lost));
    assert!(called.len() == 1 && called[0].ends_with("→ 200"), "{called:?}");
    assert!(lost.len() == 1 && !lost[0].contains('→'), "{lost:?}");
}
