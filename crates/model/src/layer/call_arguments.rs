use serde::{Deserialize, Serialize};

use super::any_layer::AnyLayer;

/// How one call of a layer differs from what the layer says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallArguments {
    /// The description that stands for the layer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) called_as: Option<AnyLayer>,
    /// Whether it is used as after training, whatever happens around it.
    #[serde(skip_serializing_if = "is_off")]
    pub(crate) in_inference: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn is_off(flag: &bool) -> bool {
    !*flag
}

impl CallArguments {
    /// Whether the call is like any other.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// What they are, as Keras' arguments of a call, of a layer of this description.
    pub(crate) fn texts(&self, layer: &AnyLayer) -> Vec<String> {
        let called_as = self.called_as.as_ref();
        let specs = called_as.and_then(|called| called.to_spec().ok().zip(layer.to_spec().ok()));
        let others = specs.map(|(called, own)| called.without(&own));
        let others = others.iter().flat_map(firebrick_spec::Spec::arguments);
        let others = others.map(|argument| format!("{}={}", argument.name, argument.value));
        let inference = self.in_inference.then(|| "training=false".to_owned());
        others.chain(inference).collect()
    }
}
