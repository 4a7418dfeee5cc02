//! Configuration lines that make a proxy work with a page of another origin. Not here: when to show
//! them (`check.rs`).

use super::protocol::ServerConfiguration;

/// What each proxy has to be told so that a page from `origin` may use it.
#[must_use]
pub fn cors(origin: &str) -> Vec<ServerConfiguration> {
    let of = |server: &str, file: &str, lines: String, note: &str| ServerConfiguration {
        server: server.to_owned(),
        file: file.to_owned(),
        lines,
        note: note.to_owned(),
    };
    vec![
        of(
            "Confluent REST Proxy",
            "kafka-rest.properties",
            format!(
                "access.control.allow.origin={origin}\n\
                 access.control.allow.methods=GET,POST,OPTIONS\n\
                 access.control.allow.headers=content-type,accept,authorization,origin"
            ),
            "Without the last line a page cannot authenticate.",
        ),
        of(
            "Strimzi Kafka Bridge",
            "application.properties",
            format!(
                "http.cors.enabled=true\nhttp.cors.allowedOrigins={}\n\
                 http.cors.allowedMethods=GET,POST,PUT,DELETE,OPTIONS,PATCH",
                escaped(origin)
            ),
            "The origin is a regular expression. The bridge never allows Authorization from a page: \
             use the command line where it needs credentials.",
        ),
        of(
            "Karapace",
            "",
            String::new(),
            "CORS is always on; some of its errors (406, 413, 415) still cannot be read by a page.",
        ),
        of(
            "Confluent Cloud",
            "",
            String::new(),
            "No CORS support is documented: use the command line, `streamglass generate --to`.",
        ),
    ]
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() && !matches!(c, ':' | '/' | '-' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_origin_is_a_pattern_that_matches_it_alone() {
        let pattern = super::escaped("https://lab.example.org:8443");
        assert_eq!(pattern, r"https://lab\.example\.org:8443");
    }
}
