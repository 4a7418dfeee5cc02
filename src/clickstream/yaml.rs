//! Configurations as YAML text, natively. The page parses YAML in JavaScript and hands over the tree.

use serde_json::Value;

use super::config::{Config, ConfigErrors, Notice, Reason};

/// Longest text that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The longest line of an error message.
const MOST_CHARACTERS: usize = 200;

/// Reads the YAML text of a configuration; JSON is YAML, too.
///
/// # Errors
/// As [`Config::from_tree`], or one error that says why the text is not YAML.
pub fn from_yaml(text: &str) -> Result<(Config, Vec<Notice>), ConfigErrors> {
    Config::from_tree(&tree_from_yaml(text)?)
}

/// The tree that a YAML text stands for, to be changed before [`Config::from_tree`] judges it.
///
/// # Errors
/// Why the text is not YAML.
pub fn tree_from_yaml(text: &str) -> Result<Value, ConfigErrors> {
    if text.len() > MOST_BYTES {
        let reason = Reason::TooLong { found: text.len(), most: MOST_BYTES };
        return Err(ConfigErrors::document(reason));
    }
    serde_saphyr::from_str(text)
        .map_err(|error| ConfigErrors::document(Reason::Yaml(excerpt(&error.to_string()))))
}

/// The parser quotes the lines around an error, which may be as long as the text.
fn excerpt(message: &str) -> String {
    let lines = message.lines().take(12).map(|line| {
        let cut: String = line.chars().take(MOST_CHARACTERS).collect();
        if cut.len() < line.len() { cut + "…" } else { cut }
    });
    lines.collect::<Vec<_>>().join("\n")
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
    fn an_error_quotes_no_more_than_an_excerpt() {
        let text = format!("a: [b, {}", "c".repeat(50_000));
        let errors = from_yaml(&text).expect_err("no end");
        assert!(errors.to_string().len() < 5_000, "{errors}");
    }

    #[test]
    fn flow_and_block_mappings_with_comments_are_read() {
        let text = "\
IncludeOptional:
    - other.yml
General: # comments are ignored
    maxSessions: 500
    minSleep: 0.001
    maxSleep: 0.004
    clickTopic: \"news\"
    sessionTopic: \"news\"
StateMachine:
    States: [ 'home', 'exitSession' ]
    StateTransitionMatrix:
        default: { 'home': { 'home': 0.25, 'exitSession': 0.750 } }
ModeConfig:
    default:
        channel: { 'social media': 0.3, 'display': 0.7 }
        campaign: { 'fb-1 Be Informed': 1 }
        gender: { 'm': 0.5, 'w': 0.5 }
        age: { '18-25': 0.1, '61+': 0.9 }
        timeEnvelope: [ 200, 120, 80, 50, 70, 100, 150, 250, 450, 500, 700, 650, 800, 800, 550,
                        450, 550, 700, 850, 1000, 950, 800, 650, 450 ]
Streamglass:
    start: 2023-01-12T08:00:00Z
    delay: { medianMs: 20 }
    seed: 7
";
        let (config, notices) = from_yaml(text).expect("valid");
        assert_eq!(config.states().collect::<Vec<_>>(), ["home", "exitSession"]);
        assert_eq!(config.seed(), Some(crate::rng::Seed(7)));
        assert_eq!(notices.len(), 1);
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
