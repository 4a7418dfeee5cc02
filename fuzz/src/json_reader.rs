//! Placeholder until the API lands.

/// See the module.
pub fn fuzz(data: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) {
        let text = value.to_string();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(value));
    }
}

/// See the module.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![b"{\"recordType\":\"click\",\"timestamp\":1,\"a\":[1,2.5,null]}".to_vec()]
}
