//! What the files in the directory of a study are called.

pub(crate) const SETTINGS: &str = "study.toml";
pub(crate) const REPORT: &str = "report.html";
pub(crate) const RESULTS: &str = "results";

pub(crate) const CURVE_TABLE: &str = "curve.csv";
pub(crate) const CURVE_SVG: &str = "curve.svg";
pub(crate) const CURVE_PNG: &str = "curve.png";

pub(crate) const NETWORKS_TABLE: &str = "networks.csv";
pub(crate) const NETWORKS_SVG: &str = "networks.svg";
pub(crate) const NETWORKS_PNG: &str = "networks.png";

/// The files that studies leave beside their settings.
pub(crate) const OUTPUTS: [&str; 7] = [
    NETWORKS_TABLE,
    NETWORKS_SVG,
    NETWORKS_PNG,
    CURVE_TABLE,
    CURVE_SVG,
    CURVE_PNG,
    REPORT,
];
