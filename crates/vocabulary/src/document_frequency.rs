/// The weight of a token by how few documents have it: `ln(1 + num_documents / (1 + num_with_token))`, the `idf` of Keras'
/// `tf_idf`.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::inverse_document_frequency;
///
/// assert!((inverse_document_frequency(7, 1) - 1.504_077_4).abs() < 1e-6);
/// assert!(inverse_document_frequency(7, 6) < inverse_document_frequency(7, 1));
/// ```
///
/// # Source
/// Keras 3.15, `keras.layers.TextVectorization`
#[expect(
    clippy::cast_possible_truncation,
    reason = "networks compute in single precision"
)]
pub fn inverse_document_frequency(num_documents: u64, num_with_token: u64) -> f32 {
    (num_documents as f64 / (1 + num_with_token) as f64).ln_1p() as f32
}
