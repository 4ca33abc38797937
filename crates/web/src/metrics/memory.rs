//! How much memory the process holds, read when it is asked for.

use std::fmt;
use std::fs::read_to_string;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Reports nothing where the system has no `/proc`.
#[derive(Debug)]
pub(super) struct ResidentMemory;

impl Collector for ResidentMemory {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(bytes) = read_to_string("/proc/self/status").ok().as_deref().and_then(resident_bytes) else {
            return Ok(());
        };
        let gauge = ConstGauge::new(bytes);
        let (name, help) = ("process_resident_memory", "Memory that the process holds");
        gauge.encode(encoder.encode_descriptor(name, help, Some(&Unit::Bytes), gauge.metric_type())?)
    }
}

/// `VmRSS:     5120 kB` in the text of `/proc/self/status`.
fn resident_bytes(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::resident_bytes;

    #[test]
    fn the_line_is_found() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    5120 kB\nThreads:\t1\n"), Some(5_242_880));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
    }
}
