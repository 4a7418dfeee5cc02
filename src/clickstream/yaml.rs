//! Configurations as YAML text, natively. The page parses YAML in JavaScript and hands over the tree.

use serde_json::Value;

use super::config::{Config, ConfigErrors, Notice, Reason};

/// Longest text that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Reads the YAML text of a configuration; JSON is YAML, too.
///
/// # Errors
/// As [`Config::from_tree`], or one error that says why the text is not YAML.
pub fn from_yaml(text: &str) -> Result<(Config, Vec<Notice>), ConfigErrors> {
    if text.len() > MOST_BYTES {
        let reason = Reason::TooLong { found: text.len(), most: MOST_BYTES };
        return Err(ConfigErrors::document(reason));
    }
    let tree: Value = serde_saphyr::from_str(text)
        .map_err(|error| ConfigErrors::document(Reason::Yaml(error.to_string())))?;
    Config::from_tree(&tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_yaml_is_refused() {
        for text in ["a: [", "a: b: c", "\u{0}", "*unknown"] {
            let errors = from_yaml(text).expect_err(text);
            assert!(matches!(errors.errors[0].reason, Reason::Yaml(_)), "{text}: {errors}");
        }
        assert!(from_yaml(&"x".repeat(MOST_BYTES + 1)).is_err());
        assert!(from_yaml("").is_err());
    }

    #[test]
    fn references_that_multiply_are_refused() {
        let mut text = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned();
        for (from, to) in ["a", "b", "c", "d", "e", "f", "g"].iter().zip("bcdefgh".chars()) {
            text += &format!(
                "{to}: &{to} [*{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}, *{from}]\n"
            );
        }
        assert!(from_yaml(&text).is_err());
    }
}
