//! What an author sees who got an attribute wrong: every fault in one go, each at its token.

#[test]
fn faults_of_definitions_are_told_at_their_place() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
