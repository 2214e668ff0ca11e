use std::path::Path;

use firebrick_model::layers::{
    Add, Cropping1D, Dense, Dropout, Embedding, Flatten, Layer, LayerNormalization,
    MultiHeadAttention, Normalization, RepeatVector, Rescaling,
};
use firebrick_model::{Activation, Graph, LoadedWeights, Network, Node, named_input};

use crate::bert_config::BertConfig;
use crate::error::ApplicationError;
use crate::loading::Loading;

/// The description of an encoder of text as BERT, Hugging Face's `BertModel`, with weights by its names.
///
/// It takes `input_ids`, `token_type_ids` and `attention_mask`, which is 0 where a token is padding, and gives the hidden state
/// of every token, then, unless it is [without](Self::without_pooler) one, what the pooler makes of the first.
///
/// ```
/// # mod firebrick { pub use firebrick_applications as applications; pub use firebrick_model::{burn, layers, self as models}; }
/// use firebrick::applications::BertEncoder;
///
/// let config = r#"{"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
///     "intermediate_size": 64, "max_position_embeddings": 40, "model_type": "bert"}"#;
/// let graph = BertEncoder::from_config(config, 20)?.graph()?;
/// assert_eq!(graph.output_shapes()?, [vec![20, 32], vec![32]]);
/// let names: Vec<&str> = graph.inputs().iter().map(|input| input.name()).collect();
/// assert_eq!(names, ["input_ids", "token_type_ids", "attention_mask"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019;
/// <https://huggingface.co/docs/transformers/model_doc/bert>
#[derive(Clone, Debug, PartialEq)]
pub struct BertEncoder {
    config: BertConfig,
    sequence_length: usize,
    has_pooler: bool,
}

impl BertEncoder {
    /// One of the size of `bert-base-uncased`, for texts of so many tokens.
    pub fn new(sequence_length: usize) -> Self {
        Self {
            config: BertConfig::default(),
            sequence_length,
            has_pooler: true,
        }
    }

    /// The one that a `config.json` beside the weights describes, for texts of so many tokens.
    ///
    /// # Errors
    /// A text that is no such file, and whatever the network cannot have.
    pub fn from_config(config: &str, sequence_length: usize) -> Result<Self, ApplicationError> {
        let config: BertConfig =
            serde_json::from_str(config).map_err(|source| ApplicationError::Config { source })?;
        config.check()?;
        config.activation()?;
        Ok(Self {
            config,
            ..Self::new(sequence_length)
        })
    }

    /// Sets the number of tokens that are known.
    #[must_use = "returns the changed description"]
    pub fn with_vocabulary_size(mut self, vocabulary_size: usize) -> Self {
        self.config.vocab_size = vocabulary_size;
        self
    }

    /// Sets the number of layers, of heads in each, and of features of a token.
    #[must_use = "returns the changed description"]
    pub fn with_size(mut self, num_layers: usize, num_heads: usize, hidden_size: usize) -> Self {
        self.config.num_hidden_layers = num_layers;
        self.config.num_attention_heads = num_heads;
        self.config.hidden_size = hidden_size;
        self
    }

    /// Sets the units of the wide layers.
    #[must_use = "returns the changed description"]
    pub fn with_intermediate_size(mut self, units: usize) -> Self {
        self.config.intermediate_size = units;
        self
    }

    /// Sets how long texts may be; weights have as many rows.
    #[must_use = "returns the changed description"]
    pub fn with_max_positions(mut self, max_positions: usize) -> Self {
        self.config.max_position_embeddings = max_positions;
        self
    }

    /// Sets the share of the features and of the attention that training drops.
    #[must_use = "returns the changed description"]
    pub fn with_dropout(mut self, rate: f64) -> Self {
        self.config.hidden_dropout_prob = rate;
        self.config.attention_probs_dropout_prob = rate;
        self
    }

    /// Leaves out what makes one vector of the first token.
    #[must_use = "returns the changed description"]
    pub fn without_pooler(mut self) -> Self {
        self.has_pooler = false;
        self
    }

    /// The network, to be built or to be a layer of another one.
    ///
    /// # Errors
    /// Sizes that cannot be, texts that are longer than there are positions.
    pub fn graph(&self) -> Result<Graph, ApplicationError> {
        let config = &self.config;
        config.check()?;
        let activation = config.activation()?;
        let length = self.sequence_length;
        if !(1..=config.max_position_embeddings).contains(&length) {
            return Err(ApplicationError::Encoder {
                argument: "sequence_length",
                expected: format!(
                    "from 1 to {}, the max_position_embeddings",
                    config.max_position_embeddings
                ),
                received: length.to_string(),
            });
        }
        let [ids, types, mask] = ["input_ids", "token_type_ids", "attention_mask"]
            .map(|name| named_input(name, [length]));
        // For each token as a query the tokens that it looks at.
        let looks_at = Rescaling::new(1.0).named("attention_mask.floats").on(&mask);
        let looks_at = RepeatVector::new(length)
            .named("attention_mask.of_pairs")
            .on(looks_at);
        let mut x = self.embedded(&ids, &types);
        for layer in 0..config.num_hidden_layers {
            x = self.layer(&x, &looks_at, activation, &format!("encoder.layer.{layer}"));
        }
        let mut outputs = vec![x.clone()];
        if self.has_pooler {
            let first = Cropping1D::new([0, length - 1]).named("pooler.crop").on(&x);
            let first = Flatten::new().named("pooler.first").on(first);
            let pooler = Dense::new(config.hidden_size).with_activation(Activation::Tanh);
            outputs.push(pooler.named("pooler.dense").on(first));
        }
        Ok(Graph::new([ids, types, mask], outputs).named("bert"))
    }

    /// What enters the first layer.
    fn embedded(&self, ids: &Node, types: &Node) -> Node {
        let config = &self.config;
        let embedding = |rows: usize, name: &str, indices: &Node| {
            Embedding::new(rows, config.hidden_size)
                .named(format!("embeddings.{name}_embeddings"))
                .on(indices)
        };
        // Zeros, from which means of 0, -1, -2, … are taken: 0, 1, 2, …, so that no input need say the positions.
        let zeros = Rescaling::new(0.0).named("embeddings.zeros").on(ids);
        let positions: Vec<f32> = (0..self.sequence_length)
            .map(|position| -(position as f32))
            .collect();
        let variances = vec![1.0; positions.len()];
        let positions = Normalization::new()
            .with_statistics(positions, variances)
            .named("embeddings.positions")
            .on(zeros);
        let sum = Add::new().named("embeddings.add").on([
            embedding(config.vocab_size, "word", ids),
            embedding(config.type_vocab_size, "token_type", types),
            embedding(config.max_position_embeddings, "position", &positions),
        ]);
        let x = self.normalized(&sum, "embeddings.LayerNorm");
        self.dropped(&x, "embeddings.dropout")
    }

    /// A layer of the encoder: every token looks at all others, and thinks by itself.
    fn layer(&self, x: &Node, looks_at: &Node, activation: Activation, name: &str) -> Node {
        let config = &self.config;
        let heads = config.num_attention_heads;
        let attention = MultiHeadAttention::new(heads, config.hidden_size / heads)
            .with_dropout(config.attention_probs_dropout_prob)
            .with_attention_mask()
            .named(format!("{name}.attention.self"))
            .on([x, looks_at]);
        let x = self.added(x, &attention, &format!("{name}.attention.output"));
        let wide = Dense::new(config.intermediate_size)
            .with_activation(activation)
            .named(format!("{name}.intermediate.dense"))
            .on(&x);
        let y = Dense::new(config.hidden_size)
            .named(format!("{name}.output.dense"))
            .on(wide);
        self.added(&x, &y, &format!("{name}.output"))
    }

    fn added(&self, x: &Node, y: &Node, name: &str) -> Node {
        let y = self.dropped(y, &format!("{name}.dropout"));
        let sum = Add::new().named(format!("{name}.add")).on([&y, x]);
        self.normalized(&sum, &format!("{name}.LayerNorm"))
    }

    fn normalized(&self, x: &Node, name: &str) -> Node {
        LayerNormalization::new()
            .with_epsilon(self.config.layer_norm_eps)
            .named(name)
            .on(x)
    }

    fn dropped(&self, x: &Node, name: &str) -> Node {
        Dropout::new(self.config.hidden_dropout_prob)
            .named(name)
            .on(x)
    }

    /// Takes over the weights of a `model.safetensors` of a `BertModel`, or of a model with a head around one, into a network
    /// that was built of the [graph](Self::graph), or that has it as a layer. Heads are passed over, and told of as
    /// [`unused`](LoadedWeights::unused) if they are the pooler's. At an error all weights stay as they are.
    ///
    /// ```no_run
    /// # mod firebrick { pub use firebrick_applications as applications; pub use firebrick_model::{burn, self as models}; }
    /// use firebrick::applications::BertEncoder;
    /// use firebrick::burn::tensor::Device;
    ///
    /// let config = std::fs::read_to_string("bert-base-uncased/config.json")?;
    /// let encoder = BertEncoder::from_config(&config, 128)?;
    /// let mut network = encoder.graph()?.build(42, &Device::flex())?;
    /// println!("{}", encoder.load_weights(&mut network, "bert-base-uncased/model.safetensors")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read, is damaged or of another network; a network that does not have this one.
    pub fn load_weights(
        &self,
        network: &mut Network,
        path: impl AsRef<Path>,
    ) -> Result<LoadedWeights, ApplicationError> {
        // A pooler that neither the network nor the file has is not asked for.
        let whole = Self {
            has_pooler: true,
            ..self.clone()
        };
        let graph = whole.graph()?;
        let loading = Loading::of_torch(&graph, path.as_ref(), "transformers")?;
        let is_within = loading.names().any(|name| name.starts_with(PREFIX));
        loading
            .renamed(|name| name_in(name, is_within))
            .into_network(network)
    }
}

/// What stands before the names of a `BertModel` within a model with a head.
const PREFIX: &str = "bert.";

/// The name that a `BertModel` of today has for a weight of a file; none for what is no weight of it.
fn name_in(name: &str, is_within: bool) -> Option<String> {
    let name = match name.strip_prefix(PREFIX) {
        Some(name) => name,
        None if is_within => return None,
        None => name,
    };
    // Once a buffer, now made anew.
    if name.ends_with("position_ids") {
        return None;
    }
    let name = name.replace("LayerNorm.gamma", "LayerNorm.weight");
    Some(name.replace("LayerNorm.beta", "LayerNorm.bias"))
}
