//! The data set's part: `data`, a name or a folder, or the table `[data]`.

use firebrick_data::{CsvSource, DataDescription};
use toml::Spanned;
use toml::de::DeValue;

use super::section::{Located, into_section, read as read_value};

pub(super) const DATA: &str = "data";

pub(super) fn read(value: Spanned<DeValue<'_>>) -> Result<DataDescription, Located> {
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        return read_value(DATA, value);
    }
    let table = into_section(DATA, value)?;
    table.check_keys(CsvSource::KEYS)?;
    table.check_present("[data]", "csv", "csv = \"iris.csv\"")?;
    table.check_present("[data]", "target", "target = \"species\"")?;
    table.read_all(DATA)
}
