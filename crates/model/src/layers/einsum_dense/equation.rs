use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// An equation of a layer in its parts, the letters of the axes of input, kernel and output.
///
/// # Source
/// Keras' `_analyze_einsum_string`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Equation<'a> {
    text: &'a str,
    input: &'a str,
    kernel: &'a str,
    output: &'a str,
    elided: Elided,
}

/// Where `...` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Elided {
    Nowhere,
    Left,
    Right,
}

/// The shapes that belong to an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Projection {
    pub(super) output: Shape,
    pub(super) kernel: Vec<usize>,
    pub(super) bias: Option<Vec<usize>>,
    /// Inputs of a unit and outputs of an input.
    pub(super) fans: [usize; 2],
}

impl<'a> Equation<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, LayerProblem> {
        let malformed = || {
            let expected = "of the form `ab,bc->ac`, `...b,bc->...c` or `ab...,bc->ac...`";
            LayerProblem::argument("equation", expected, &text)
        };
        let (operands, output) = text.split_once("->").ok_or_else(malformed)?;
        let (input, kernel) = operands.split_once(',').ok_or_else(malformed)?;
        let stripped = |strip: fn(&'a str) -> Option<&'a str>| strip(input).zip(strip(output));
        let left = stripped(|part| part.strip_prefix("..."));
        let right = stripped(|part| part.strip_suffix("..."));
        let (input, output, elided) = match (left, right) {
            (Some((input, output)), _) => (input, output, Elided::Left),
            (_, Some((input, output))) => (input, output, Elided::Right),
            _ => (input, output, Elided::Nowhere),
        };
        let are_letters = |part: &str| {
            let letters = part.bytes().all(|letter| letter.is_ascii_alphabetic());
            let mut seen: Vec<u8> = part.bytes().collect();
            seen.sort_unstable();
            seen.dedup();
            letters && !part.is_empty() && seen.len() == part.len()
        };
        if ![input, kernel, output].into_iter().all(are_letters) {
            return Err(malformed());
        }
        Ok(Self {
            text,
            input,
            kernel,
            output,
            elided,
        })
    }

    /// The shapes that belong to samples of a shape; `known` are the sizes of the output without the batch axis and what
    /// the equation leaves out, as far as they are given.
    pub(super) fn projection(
        &self,
        input: &Shape,
        known: &[Option<usize>],
        bias_axes: Option<&str>,
    ) -> Result<Projection, LayerProblem> {
        // With the batch axis, whose size is not known.
        let input: Vec<Option<usize>> = [None].into_iter().chain(input.axes().to_vec()).collect();
        let num_elided = input.len().checked_sub(self.input.len());
        let num_elided = num_elided
            .filter(|&number| number == 0 || self.elided != Elided::Nowhere)
            .ok_or_else(|| {
                let axes = format!("the axes `{}`, the batch axis first", self.input);
                LayerProblem::input(axes, "reshape it before, or change the equation")
            })?;
        if (self.elided != Elided::Left || num_elided == 0) && self.output[..1] != self.input[..1] {
            let expected = "with the batch axis first in the input and the output";
            return Err(LayerProblem::argument("equation", expected, &self.text));
        }
        let output = self.output_axes(&input, known, num_elided)?;
        let before = if self.elided == Elided::Left {
            num_elided
        } else {
            0
        };
        let size_of = |letter: char, letters: &str, shape: &[Option<usize>]| {
            letters.find(letter).map(|place| shape[place + before])
        };
        for letter in self.input.chars() {
            let own = size_of(letter, self.input, &input).flatten();
            let leaving = size_of(letter, self.output, &output).flatten();
            if own.is_some() && leaving.is_some() && own != leaving {
                let expected = format!("of the input's size along `{letter}`");
                return Err(LayerProblem::argument("output_shape", expected, &known));
            }
        }
        if let Some(letter) = self
            .output
            .chars()
            .find(|&letter| !self.is_entering(letter))
        {
            let expected = format!("with `{letter}` in the input or the kernel");
            return Err(LayerProblem::argument("equation", expected, &self.text));
        }
        let (mut kernel, mut fans) = (Vec::new(), [1_usize, 1]);
        for letter in self.kernel.chars() {
            let leaving = size_of(letter, self.output, &output);
            let size = leaving.or_else(|| size_of(letter, self.input, &input));
            let Some(size) = size else {
                let expected = format!("with `{letter}` in the input or the output");
                return Err(LayerProblem::argument("equation", expected, &self.text));
            };
            // A size that the output leaves open may be known of the input.
            let size = size.or_else(|| size_of(letter, self.input, &input).flatten());
            let size = size.filter(|&size| size > 0).ok_or_else(|| {
                let expected = format!("with a known size, at least 1, along `{letter}`");
                LayerProblem::argument("output_shape", expected, &known)
            })?;
            let fan = &mut fans[usize::from(leaving.is_some())];
            *fan = fan.saturating_mul(size);
            kernel.push(size);
        }
        let after = if self.elided == Elided::Right {
            num_elided
        } else {
            0
        };
        let bias = bias_axes
            .map(|axes| self.bias(axes, &output[before..], after))
            .transpose()?;
        Ok(Projection {
            output: output[1..].to_vec().into(),
            kernel,
            bias,
            fans,
        })
    }

    fn is_entering(&self, letter: char) -> bool {
        self.input.contains(letter) || self.kernel.contains(letter)
    }

    /// All sizes of the output, the batch axis first.
    fn output_axes(
        &self,
        input: &[Option<usize>],
        known: &[Option<usize>],
        num_elided: usize,
    ) -> Result<Vec<Option<usize>>, LayerProblem> {
        let known = known.iter().copied();
        let output: Vec<Option<usize>> = match self.elided {
            Elided::Left => {
                let elided = input[..num_elided.max(1)].iter().copied();
                elided.chain(known.clone()).collect()
            }
            Elided::Nowhere | Elided::Right => {
                let elided = input[input.len() - num_elided..].iter().copied();
                input[..1]
                    .iter()
                    .copied()
                    .chain(known.clone())
                    .chain(elided)
                    .collect()
            }
        };
        if output.len() != self.output.len() + num_elided {
            let expected = format!(
                "as many sizes as the output `{}` has axes behind the batch axis",
                self.output
            );
            let known: Vec<_> = known.collect();
            return Err(LayerProblem::argument("output_shape", expected, &known));
        }
        // What `output_shape` leaves open is known where the input has the axis, too.
        let before = if self.elided == Elided::Left {
            num_elided
        } else {
            0
        };
        let mut output = output;
        for (place, letter) in self.output.chars().enumerate() {
            if let Some(own) = self.input.find(letter) {
                let size = &mut output[place + before];
                *size = size.or(input[own + before]);
            }
        }
        Ok(output)
    }

    /// The shape of a bias with some axes of the output, so that it meets the last of them.
    fn bias(
        &self,
        axes: &str,
        output: &[Option<usize>],
        after: usize,
    ) -> Result<Vec<usize>, LayerProblem> {
        let is_there = |letter: char| self.output.contains(letter);
        let first = axes
            .chars()
            .filter_map(|letter| self.output.find(letter))
            .min();
        let Some(first) = first.filter(|_| axes.chars().all(is_there)) else {
            let expected = format!("letters of the output `{}`", self.output);
            return Err(LayerProblem::argument("bias_axes", expected, &axes));
        };
        let letters = self.output.char_indices().skip(first);
        let sizes: Option<Vec<usize>> = letters
            .map(|(place, letter)| {
                if axes.contains(letter) {
                    output[place]
                } else {
                    Some(1)
                }
            })
            .chain(std::iter::repeat_n(Some(1), after))
            .collect();
        sizes.ok_or_else(|| {
            LayerProblem::argument(
                "bias_axes",
                "axes of the output whose sizes are known",
                &axes,
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projection(
        equation: &str,
        input: &[usize],
        known: &[Option<usize>],
        bias_axes: Option<&str>,
    ) -> Result<Projection, LayerProblem> {
        Equation::parse(equation)?.projection(&input.into(), known, bias_axes)
    }

    #[test]
    fn shapes_follow_from_the_letters() {
        for (equation, input, known, bias_axes, expected) in [
            (
                "ab,bc->ac",
                &[4][..],
                &[Some(3)][..],
                Some("c"),
                (&[3][..], &[4, 3][..], Some(&[3][..]), [4, 3]),
            ),
            (
                "abc,cd->abd",
                &[5, 4],
                &[None, Some(3)],
                None,
                (&[5, 3], &[4, 3], None, [4, 3]),
            ),
            (
                "abc,cde->abde",
                &[5, 4],
                &[None, Some(2), Some(3)],
                Some("de"),
                (&[5, 2, 3], &[4, 2, 3], Some(&[2, 3]), [4, 6]),
            ),
            (
                "...x,xy->...y",
                &[7, 5, 4],
                &[Some(3)],
                Some("y"),
                (&[7, 5, 3], &[4, 3], Some(&[3]), [4, 3]),
            ),
            (
                "...x,xy->...y",
                &[4],
                &[Some(3)],
                Some("y"),
                (&[3], &[4, 3], Some(&[3]), [4, 3]),
            ),
            (
                "ab...,bc->ac...",
                &[4, 5, 2],
                &[Some(3)],
                Some("c"),
                (&[3, 5, 2], &[4, 3], Some(&[3, 1, 1]), [4, 3]),
            ),
            (
                "abc,cd->adb",
                &[5, 4],
                &[Some(3), None],
                Some("d"),
                (&[3, 5], &[4, 3], Some(&[3, 1]), [4, 3]),
            ),
            (
                "abc,bc->abc",
                &[5, 4],
                &[None, None],
                None,
                (&[5, 4], &[5, 4], None, [1, 20]),
            ),
        ] {
            let found = projection(equation, input, known, bias_axes).unwrap();
            let found_bias = found.bias.as_deref();
            assert_eq!(found.output, *expected.0, "{equation}");
            assert_eq!(
                (&found.kernel[..], found_bias, found.fans),
                (expected.1, expected.2, expected.3),
                "{equation}"
            );
        }
    }

    #[test]
    fn what_is_no_equation_is_said() {
        for (equation, input, known, bias_axes, argument) in [
            ("ab,bc", &[4][..], &[Some(3)][..], None, "equation"),
            ("ab->ab", &[4], &[Some(3)], None, "equation"),
            ("aa,ab->ab", &[4], &[Some(3)], None, "equation"),
            ("a1,1b->ab", &[4], &[Some(3)], None, "equation"),
            ("ab,bc->ad", &[4], &[Some(3)], None, "equation"),
            ("ab,bcd->ac", &[4], &[Some(3)], None, "equation"),
            ("ab,bc->ca", &[4], &[Some(3)], None, "equation"),
            ("ab,bc->ac", &[4], &[None], None, "output_shape"),
            ("ab,bc->ac", &[4], &[Some(0)], None, "output_shape"),
            ("ab,bc->ac", &[4], &[Some(3), Some(2)], None, "output_shape"),
            (
                "abc,cd->abd",
                &[5, 4],
                &[Some(6), Some(3)],
                None,
                "output_shape",
            ),
            ("ab,bc->ac", &[4], &[Some(3)], Some("d"), "bias_axes"),
            ("ab,bc->ac", &[4], &[Some(3)], Some("a"), "bias_axes"),
        ] {
            let problem = projection(equation, input, known, bias_axes).unwrap_err();
            assert!(
                matches!(problem, LayerProblem::Argument { argument: named, .. } if named == argument),
                "{equation}: {problem}"
            );
        }
        assert!(matches!(
            projection("ab,bc->ac", &[5, 4], &[Some(3)], None),
            Err(LayerProblem::Input { .. })
        ));
        assert!(matches!(
            projection("...abc,cd->...d", &[4], &[Some(3)], None),
            Err(LayerProblem::Input { .. })
        ));
    }
}
