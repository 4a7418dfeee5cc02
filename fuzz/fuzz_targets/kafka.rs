//! libFuzzer's entry to the target `kafka`; the target itself is in the library.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| streamglass_fuzz::kafka::fuzz(data));
