use firebrick::datasets::DataDescription;

/// What the samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Image,
    Row,
}

impl Unit {
    pub(crate) fn of(data: &DataDescription) -> Self {
        if data.is_table() {
            Self::Row
        } else {
            Self::Image
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
