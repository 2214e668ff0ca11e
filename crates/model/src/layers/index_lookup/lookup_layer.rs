//! The face of a lookup: its setters, its use alone and as a layer.

/// Writes a layer that is an [`IndexLookup`](super::IndexLookup) of one kind of tokens.
macro_rules! lookup_layer {
    ($layer:ident, $token:ty) => {
        impl $layer {
            /// A vocabulary that is still to be learned, with one place for what is not in it.
            pub fn new() -> Self {
                Self(IndexLookup::default())
            }

            fn with(self, change: impl FnOnce(&mut IndexLookup<$token>)) -> Self {
                Self(self.0.with(change))
            }

            /// Sets the tokens, in the order of their indices; the mask and what stands for the unknown may be before them.
            #[must_use = "returns the changed layer"]
            pub fn with_vocabulary<V: Into<$token>>(
                self,
                vocabulary: impl IntoIterator<Item = V>,
            ) -> Self {
                let tokens = vocabulary.into_iter().map(Into::into).collect();
                self.with(|own| own.vocabulary = Some(tokens))
            }

            /// Sets the weights of the tokens, for [`TfIdf`](OutputMode::TfIdf).
            #[must_use = "returns the changed layer"]
            pub fn with_idf_weights(self, weights: impl Into<Vec<f32>>) -> Self {
                self.with(|own| own.idf_weights = Some(weights.into()))
            }

            /// Sets how many indices there may be, those of the mask and of what is unknown counted in.
            #[must_use = "returns the changed layer"]
            pub fn with_max_tokens(self, max_tokens: usize) -> Self {
                self.with(|own| own.max_tokens = Some(max_tokens))
            }

            /// Gives outputs the length `max_tokens`, however few tokens there are.
            #[must_use = "returns the changed layer"]
            pub fn padded_to_max_tokens(self) -> Self {
                self.with(|own| own.pad_to_max_tokens = true)
            }

            /// Sets how many places there are for what is not in the vocabulary, spread over them by a hash; 1 by default. With
            /// none it is an error in [`predict`](crate::Network::predict) and before a training, and -1 elsewhere.
            #[must_use = "returns the changed layer"]
            pub fn with_num_oov_indices(self, num_oov_indices: usize) -> Self {
                self.with(|own| own.num_oov_indices = num_oov_indices)
            }

            /// Sets a token that says that nothing is there: index 0, and in the other output modes nothing at all.
            #[must_use = "returns the changed layer"]
            pub fn with_mask_token(self, mask_token: impl Into<$token>) -> Self {
                self.with(|own| own.mask_token = Some(mask_token.into()))
            }

            /// Sets what stands for the unknown where indices are turned back.
            #[must_use = "returns the changed layer"]
            pub fn with_oov_token(self, oov_token: impl Into<$token>) -> Self {
                self.with(|own| own.oov_token = Some(oov_token.into()))
            }

            /// Sets what it gives; indices by default.
            #[must_use = "returns the changed layer"]
            pub fn with_output_mode(self, output_mode: OutputMode) -> Self {
                self.with(|own| own.output_mode = output_mode)
            }

            /// Turns indices back to tokens.
            #[must_use = "returns the changed layer"]
            pub fn inverted(self) -> Self {
                self.with(|own| own.invert = true)
            }

            /// Learns the vocabulary, each token a sample of its own: the most frequent first, of those that are as frequent the
            /// larger.
            ///
            /// # Errors
            /// No token; more places before the tokens than `max_tokens`.
            pub fn adapt<S>(self, tokens: &[S]) -> Result<Self, LayerProblem>
            where
                S: ToOwned,
                S::Owned: Into<$token>,
            {
                let documents = tokens.iter().map(|token| Ok(vec![token.to_owned().into()]));
                self.0.adapted_to(documents).map(Self)
            }

            /// What stands for tokens, each a sample of its own, without a network: for data that is prepared before a training.
            ///
            /// # Errors
            /// A vocabulary that is not there or does not fit.
            pub fn apply<S>(&self, tokens: &[S]) -> Result<Encoded, LayerProblem>
            where
                S: ToOwned,
                S::Owned: Into<$token>,
            {
                self.0.check()?;
                let tokens: Vec<$token> = tokens.iter().map(|one| one.to_owned().into()).collect();
                let shape = vec![tokens.len(), 1];
                self.0.encoded(&tokens, shape)
            }

            /// All tokens by their indices, the mask and what stands for the unknown included, as Keras' `get_vocabulary`.
            ///
            /// # Errors
            /// A vocabulary that is not there or does not fit.
            pub fn get_vocabulary(&self) -> Result<Vec<$token>, LayerProblem> {
                self.0.all_tokens()
            }
        }

        impl Default for $layer {
            fn default() -> Self {
                Self::new()
            }
        }

        impl Layer for $layer {
            const CLASS_NAME: &'static str = stringify!($layer);

            fn output_shape(&self, input: &Shape) -> Result<Shape, LayerProblem> {
                self.0.check()?;
                if self.0.invert {
                    return Ok(<$token as LookupToken>::written_shape(input));
                }
                let tokens = <$token as LookupToken>::shape_of(input)?;
                self.0.output_mode.shape(&tokens, self.0.depth())
            }

            fn probe(&self, _: &[Shape], _: &Device) -> Result<(), LayerProblem> {
                self.0.built().map(drop)
            }

            fn masking(&self) -> Masking {
                self.0.output_mode.masking()
            }

            fn needs_adapting(&self) -> bool {
                self.0.vocabulary.is_none()
            }

            fn learned_argument(&self) -> &'static str {
                "vocabulary"
            }

            fn adapted(
                &self,
                samples: &mut dyn Iterator<Item = AnyTensor>,
            ) -> Result<Self, LayerProblem> {
                let documents = samples.flat_map(|batch| match LookupToken::read(batch) {
                    Ok((tokens, shape)) => {
                        let width = shape[1..].iter().product::<usize>().max(1);
                        let rows = tokens.chunks(width).map(|row: &[$token]| Ok(row.to_vec()));
                        rows.collect()
                    }
                    Err(problem) => vec![Err(problem)],
                });
                self.0.adapted_to(documents).map(Self)
            }

            fn has_limits(&self) -> bool {
                self.0.num_oov_indices == 0 && !self.0.invert
            }

            fn check(&self, inputs: &Signals) -> Result<(), LayerProblem> {
                let Some(values) = inputs.get(0).map(Signal::values) else {
                    return Ok(());
                };
                if !self.has_limits() {
                    return Ok(());
                }
                let (tokens, shape) = LookupToken::read(values.clone())?;
                let width = shape[1..].iter().product::<usize>().max(1);
                let found: Option<(usize, &$token)> = self.0.first_without_place(&tokens)?;
                found.map_or(Ok(()), |(place, token)| {
                    Err(LayerProblem::OutOfVocabulary {
                        token: shortened(&token.to_string()),
                        sample: place / width,
                        position: place % width,
                    })
                })
            }

            fn call(&self, inputs: Signals, _: &Call) -> Result<Signals, LayerProblem> {
                let values = inputs.into_values()?;
                let device = values.device();
                if self.0.invert {
                    let shape = values.shape();
                    let indices = values.into_ints().map_err(LayerProblem::device)?;
                    let tokens = self.0.tokens_of(&indices)?;
                    return Ok(LookupToken::write(&tokens, &shape, &device)?.into());
                }
                let (tokens, shape) = LookupToken::read(values)?;
                let encoded = self.0.encoded(&tokens, shape)?;
                Ok(on_device(encoded, &device).into())
            }
        }
    };
}

pub(in crate::layers) use lookup_layer;
