//! `firebrick train --find-rate`: which learning rates suit.

use std::path::Path;
use std::process::ExitCode;

use firebrick::datasets::BatchSource;
use firebrick::models::AnyModel;
use firebrick::training::{Fit, RateSearch, Trainer};

use crate::destination::Destination;
use crate::picture_size::PictureSize;
use crate::{output, picture};

/// Prints what the loss does while the rate rises, and draws it where a picture is asked for.
///
/// # Errors
/// Those of the search; a picture that cannot be drawn or written.
pub(crate) fn print<D>(
    trainer: &Trainer<AnyModel>,
    data: &D,
    fit: &Fit,
    picture: Option<&Path>,
) -> anyhow::Result<ExitCode>
where
    D: BatchSource + Clone + 'static,
{
    let destination = picture
        .map(|path| Destination::new(path, "picture", [] as [&Path; 0]))
        .transpose()?;
    let curve = trainer.find_rate(data, fit, &RateSearch::new())?;
    if let Some(destination) = &destination {
        let size = PictureSize::default();
        picture::draw(
            &[curve.panel()],
            "Search for a learning rate",
            size,
            destination,
        )?;
        if destination.is_standard_output() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    output::print(&curve.to_string())?;
    if let Some(destination) = &destination {
        destination.report("drew the loss to")?;
    }
    Ok(ExitCode::SUCCESS)
}
