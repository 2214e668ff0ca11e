use std::fmt;

use ndarray::{Array2, ArrayRef2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, Slice};

use crate::element::Element;
use crate::error::ScratchError;

/// Labelled samples, one a row, left where they lie: only the rows of a batch are copied, when it is their turn.
#[derive(Clone)]
pub struct Samples<'a, T> {
    rows: Rows<'a, T>,
    labels: Vec<usize>,
    num_features: usize,
    num_classes: usize,
}

#[derive(Clone)]
enum Rows<'a, T> {
    /// A byte stands for the 255th part of itself.
    Bytes(Vec<&'a [u8]>),
    Numbers(&'a ArrayRef2<T>),
}

impl<'a, T: Element> Samples<'a, T> {
    /// Rows of numbers with their classes, counted from 0.
    ///
    /// # Shapes
    /// - rows: `[samples, features]`
    ///
    /// # Errors
    /// Not one label a row, a label that is not below the number of classes.
    pub fn new<L: Into<usize>>(
        rows: &'a ArrayRef2<T>,
        labels: impl IntoIterator<Item = L>,
        num_classes: usize,
    ) -> Result<Self, ScratchError> {
        let labels = checked_labels(labels, rows.nrows(), num_classes)?;
        Ok(Self {
            num_features: rows.ncols(),
            rows: Rows::Numbers(rows),
            labels,
            num_classes,
        })
    }

    /// Rows of bytes, such as the pixels of an image, with their classes, counted from 0. The network sees every byte
    /// divided by 255.
    ///
    /// ```
    /// use firebrick_scratch::Samples;
    ///
    /// let images: [&[u8]; 2] = [&[0, 255, 0, 255], &[255, 0, 255, 0]];
    /// let samples = Samples::<f32>::from_bytes(images, [1_u8, 0], 2)?;
    /// assert_eq!((samples.len(), samples.num_features()), (2, 4));
    /// # Ok::<(), firebrick_scratch::ScratchError>(())
    /// ```
    ///
    /// # Errors
    /// Rows of different lengths, not one label a row, a label that is not below the number of classes.
    pub fn from_bytes<L: Into<usize>>(
        rows: impl IntoIterator<Item = &'a [u8]>,
        labels: impl IntoIterator<Item = L>,
        num_classes: usize,
    ) -> Result<Self, ScratchError> {
        let rows: Vec<&[u8]> = rows.into_iter().collect();
        let num_features = rows.first().map_or(0, |row| row.len());
        if let Some(odd) = rows.iter().position(|row| row.len() != num_features) {
            return Err(ScratchError::Shape {
                what: format!("sample {odd}"),
                expected: vec![num_features],
                received: vec![rows[odd].len()],
                hint: "all samples are as long as the first",
            });
        }
        let labels = checked_labels(labels, rows.len(), num_classes)?;
        Ok(Self {
            rows: Rows::Bytes(rows),
            labels,
            num_features,
            num_classes,
        })
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Numbers of a sample.
    pub fn num_features(&self) -> usize {
        self.num_features
    }

    /// Number of classes; every label is below it.
    pub fn num_classes(&self) -> usize {
        self.num_classes
    }

    fn write_row(&self, row: usize, mut x: ArrayViewMut1<T>) {
        match &self.rows {
            Rows::Numbers(rows) => x.assign(&rows.row(row)),
            Rows::Bytes(rows) => {
                let full: T = u8::MAX.into();
                x.zip_mut_with(&ArrayView1::from(rows[row]), |x, &byte| {
                    let byte: T = byte.into();
                    *x = byte / full;
                });
            }
        }
    }
}

impl<T> fmt::Debug for Samples<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples")
            .field("shape", &[self.labels.len(), self.num_features])
            .field("num_classes", &self.num_classes)
            .finish_non_exhaustive()
    }
}

/// The memory of a batch, filled again and again.
pub(crate) struct Batch<T> {
    x: Array2<T>,
    targets: Array2<T>,
}

impl<T: Element> Batch<T> {
    pub(crate) fn zeros(batch_size: usize, samples: &Samples<T>) -> Self {
        Self {
            x: Array2::zeros((batch_size, samples.num_features)),
            targets: Array2::zeros((batch_size, samples.num_classes)),
        }
    }

    /// Inputs and one-hot targets of some rows that there are, at most a batch of them.
    pub(crate) fn gather(
        &mut self,
        samples: &Samples<T>,
        rows: &[usize],
    ) -> (ArrayView2<'_, T>, ArrayView2<'_, T>) {
        self.targets.fill(T::zero());
        for (place, &row) in rows.iter().enumerate() {
            samples.write_row(row, self.x.row_mut(place));
            self.targets[[place, samples.labels[row]]] = T::one();
        }
        let filled = Slice::from(..rows.len());
        (
            self.x.slice_axis(Axis(0), filled),
            self.targets.slice_axis(Axis(0), filled),
        )
    }
}

fn checked_labels<L: Into<usize>>(
    labels: impl IntoIterator<Item = L>,
    num_samples: usize,
    num_classes: usize,
) -> Result<Vec<usize>, ScratchError> {
    let labels: Vec<usize> = labels.into_iter().map(Into::into).collect();
    if labels.len() != num_samples {
        return Err(ScratchError::LabelCount {
            samples: num_samples,
            labels: labels.len(),
        });
    }
    match labels.iter().position(|&label| label >= num_classes) {
        Some(row) => Err(ScratchError::LabelOutOfRange {
            row,
            label: labels[row],
            num_classes,
        }),
        None => Ok(labels),
    }
}
