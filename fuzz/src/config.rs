//! Placeholder until the API lands.

/// See the module.
pub fn fuzz(data: &[u8]) {
    let _ = serde_json::from_slice::<serde_json::Value>(data);
}

/// See the module.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![b"{\"recordType\":\"click\",\"timestamp\":1,\"a\":[1,2.5,null]}".to_vec()]
}
