use firebrick::datasets::DataDescription;

/// What the samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Image,
    Row,
}

impl Unit {
    pub(crate) fn of(data: &DataDescription) -> Self {
        match data {
            DataDescription::Images(_) => Self::Image,
            DataDescription::Csv(_) => Self::Row,
        }
    }

    pub(crate) fn one(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Row => "row",
        }
    }

    pub(crate) fn many(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Row => "rows",
        }
    }
}
