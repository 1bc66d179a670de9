#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ppl_check_fuzz::targets::parsers(data));
