#![allow(dead_code)]
pub struct Pattern;
#[derive(Clone, Copy)]
pub struct Flags;
#[derive(Debug)]
pub enum PatternError {
    Invalid,
    TooLarge,
    TooMuchWork,
}
impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("x")
    }
}
impl Flags {
    pub fn parse(_: &str) -> Flags {
        Flags
    }
}
impl Pattern {
    pub fn compile(_: &str, _: Flags) -> Result<Pattern, PatternError> {
        Err(PatternError::Invalid)
    }
    pub fn is_match(&self, _: &str) -> Result<bool, PatternError> {
        Ok(true)
    }
    pub fn replace_all(&self, _: &str, _: &str, _: usize) -> Result<String, PatternError> {
        Ok(String::new())
    }
    pub fn split<'t>(&self, _: &'t str) -> Result<Vec<&'t str>, PatternError> {
        Ok(vec![])
    }
    pub fn find_all<'t>(&self, _: &'t str) -> Result<Vec<&'t str>, PatternError> {
        Ok(vec![])
    }
}
