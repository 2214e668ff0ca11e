//! Pictures of digits.

use firebrick_data::digit_image_of;
use firebrick_ink::Ink;

use crate::network::Question;
use crate::problem::Problem;

/// The contents of a PNG or JPEG file.
pub(super) fn of_picture(body: &[u8], height: usize, width: usize) -> Result<Question, Problem> {
    let digit = digit_image_of(body, "the picture", height, width).map_err(|error| {
        Problem::value(
            "the picture",
            "one digit, as PNG or JPEG",
            error.to_string(),
        )
        .with_hint("light ink on a dark background or the other way round, with nothing beside it")
    })?;
    Ok(of_bytes(&digit.pixels))
}

/// Pixels as the network sees them, or where they say that they are more or fewer a drawing, which is cut out, scaled and centred.
pub(super) fn of_pixels(
    pixels: &[u8],
    sides: [Option<usize>; 2],
    [height, width]: [usize; 2],
) -> Result<Question, Problem> {
    let drawn = match sides {
        [None, None] => [height, width],
        [Some(height), Some(width)] => [height, width],
        [height, _] => {
            let missing = if height.is_none() { "height" } else { "width" };
            let expected = "`height` and `width`, or neither";
            return Err(Problem::value(
                "the body",
                expected,
                format!("no `{missing}`"),
            ));
        }
    };
    if drawn == [height, width] {
        if pixels.len() == height * width {
            return Ok(of_bytes(pixels));
        }
        let expected = format!(
            "{height} x {width} = {} numbers from 0 to 255",
            height * width
        );
        return Err(Problem::value("pixels", expected, pixels.len().to_string())
            .with_hint("say `height` and `width` of a drawing of another size"));
    }
    let ink = Ink::of_drawing(pixels, drawn[0], drawn[1])
        .map_err(|error| Problem::value("pixels", "a drawing, light on dark", error.to_string()))?;
    Ok(of_bytes(&ink.normalized(height, width)))
}

fn of_bytes(pixels: &[u8]) -> Question {
    let inputs = pixels.iter().map(|pixel| f32::from(*pixel) / 255.0);
    Question::Rows {
        num_rows: 1,
        inputs: vec![inputs.collect()],
    }
}
