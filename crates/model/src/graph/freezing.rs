//! Which layers of a graph training moves.

use firebrick_spec::{by_likeness, is_like};

use super::inner::Inner;
use super::sequential::Sequential;
use super::{Graph, LayerKey};
use crate::error::ModelError;

impl Graph {
    /// Keeps training from moving the weights of a layer, as Keras' `trainable = False`; see
    /// [`NewLayer::frozen`](crate::layers::NewLayer::frozen).
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = key.into().find(&self.layers)?;
        self.set_trainable(index, false);
        Ok(self)
    }

    /// Lets training move the weights of a layer again.
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        let index = key.into().find(&self.layers)?;
        self.set_trainable(index, true);
        Ok(self)
    }

    /// Freezes all layers whose names are like a pattern, in which `*` stands for any text. A layer of a network within the
    /// network has that one's name before its own, `encoder/dense`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let network = Sequential::new([4])
    ///     .add(Dense::new(8).named("body_1"))
    ///     .add(Dense::new(8).named("body_2"))
    ///     .add(Dense::new(3).named("head"));
    /// let frozen = Graph::from(network).freeze_layers("body*")?;
    /// assert_eq!(frozen.summary()?.num_trainable_params(), 8 * 3 + 3);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A pattern that no layer is like, with the nearest names.
    pub fn freeze_layers(mut self, pattern: &str) -> Result<Self, ModelError> {
        self.set_trainable_like(pattern, false)?;
        Ok(self)
    }

    /// Lets training move the weights of all layers whose names are like a pattern, `*` for all of them; those around them
    /// within a frozen network stay frozen.
    ///
    /// # Errors
    /// A pattern that no layer is like, with the nearest names.
    pub fn unfreeze_layers(mut self, pattern: &str) -> Result<Self, ModelError> {
        self.set_trainable_like(pattern, true)?;
        Ok(self)
    }

    /// Freezes all layers before this one, in the order of [`layers`](Self::layers), and lets training move it and those after
    /// it. The layer may be one of a network within the network, `encoder/dense_3`.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, Layer};
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let network = Sequential::new([4]).add(Dense::new(8)).add(Dense::new(8)).add(Dense::new(3));
    /// let frozen = Graph::from(network).freeze_to("dense_1")?;
    /// let learns: Vec<bool> = frozen.layers().iter().map(|layer| layer.is_trainable()).collect();
    /// assert_eq!(learns, [false, true, true]);
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_to<'a>(mut self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        self.set_trainable_from(key.into())?;
        Ok(self)
    }

    fn set_trainable_from(&mut self, key: LayerKey) -> Result<(), ModelError> {
        let (first, rest) = self.find_within(key)?;
        for index in 0..self.layers.len() {
            self.set_trainable(index, index >= first);
        }
        match (rest, Inner::of(&self.layers[first].layer)) {
            (Some(rest), Some(mut inner)) => {
                inner.graph.set_trainable_from(LayerKey::Name(rest))?;
                self.layers[first].layer = inner.into_layer();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The place of a layer, and what is left of the key if it is one of the network that lies there.
    fn find_within<'a>(&self, key: LayerKey<'a>) -> Result<(usize, Option<&'a str>), ModelError> {
        let unknown = match key.find(&self.layers) {
            Ok(index) => return Ok((index, None)),
            Err(unknown) => unknown,
        };
        let LayerKey::Name(path) = key else {
            return Err(unknown);
        };
        let within = self.layers.iter().enumerate().find_map(|(index, layer)| {
            let rest = path.strip_prefix(layer.name.as_str())?.strip_prefix('/')?;
            Inner::of(&layer.layer).map(|_| (index, Some(rest)))
        });
        within.ok_or(unknown)
    }

    /// Keeps training from moving the weights of a layer and of all within it, or lets it move them again.
    fn set_trainable(&mut self, index: usize, is_trainable: bool) {
        let layer = &mut self.layers[index];
        layer.trainable = is_trainable;
        if let Some(mut inner) = Inner::of(&layer.layer) {
            for index in 0..inner.graph.layers.len() {
                inner.graph.set_trainable(index, is_trainable);
            }
            layer.layer = inner.into_layer();
        }
    }

    fn set_trainable_like(&mut self, pattern: &str, is_trainable: bool) -> Result<(), ModelError> {
        if self.set_trainable_within("", pattern, is_trainable) {
            return Ok(());
        }
        let known = self.layer_paths();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let nearest = by_likeness(pattern, &known).into_iter().take(3);
        Err(ModelError::NoLayerLike {
            pattern: pattern.to_owned(),
            nearest: nearest.map(str::to_owned).collect(),
        })
    }

    /// Whether there is any such layer.
    fn set_trainable_within(&mut self, path: &str, pattern: &str, is_trainable: bool) -> bool {
        let mut is_any = false;
        for index in 0..self.layers.len() {
            let own = format!("{path}{}", self.layers[index].name);
            if is_like(&own, pattern) {
                self.set_trainable(index, is_trainable);
                is_any = true;
                continue;
            }
            let Some(mut inner) = Inner::of(&self.layers[index].layer) else {
                continue;
            };
            let is_frozen = !self.layers[index].trainable;
            if is_frozen && is_trainable {
                // What is not meant stays frozen by itself.
                inner.graph.set_trainable_within("", "*", false);
            }
            let within = format!("{own}/");
            if inner
                .graph
                .set_trainable_within(&within, pattern, is_trainable)
            {
                is_any = true;
                self.layers[index].layer = inner.into_layer();
                self.layers[index].trainable |= is_trainable;
            }
        }
        is_any
    }

    /// The names of all layers, those of networks within the network too.
    pub(crate) fn layer_paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for layer in &self.layers {
            paths.push(layer.name.clone());
            if let Some(inner) = Inner::of(&layer.layer) {
                let within = inner.graph.layer_paths().into_iter();
                paths.extend(within.map(|path| format!("{}/{path}", layer.name)));
            }
        }
        paths
    }
}

impl Sequential {
    /// As [`Graph::freeze_layer`].
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn freeze_layer<'a>(self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        self.0.freeze_layer(key).map(Self)
    }

    /// As [`Graph::unfreeze_layer`].
    ///
    /// # Errors
    /// A name or an index that no layer has; the error lists the names.
    pub fn unfreeze_layer<'a>(self, key: impl Into<LayerKey<'a>>) -> Result<Self, ModelError> {
        self.0.unfreeze_layer(key).map(Self)
    }
}
