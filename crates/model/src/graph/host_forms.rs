//! Which calls of layers have a form for plain memory.

use firebrick_host::Kernel;

use super::{Graph, Plan, Source};
use crate::error::ModelError;
use crate::layer::{HostForm, HostMask, NoHostForm, activation_kernel};
use crate::shape::Shape;

/// A form, and the kernel of an activation at its end.
pub(crate) type WholeForm = (HostForm, Option<Box<dyn Kernel>>);

impl Graph {
    /// Every layer's name, in the order of their calls, with what keeps it from running over plain memory, if anything does.
    ///
    /// A network of which no layer has an obstacle has a [`host_pass`](crate::Model::host_pass).
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_model::{burn, layers, self as models}; }
    /// use firebrick::layers::{Dense, GRUCell, RNN};
    /// use firebrick::models::{Graph, Sequential};
    ///
    /// let recurrent = RNN::new(GRUCell::new(3));
    /// let network: Graph = Sequential::new([5, 2]).add(recurrent).add(Dense::new(1)).into();
    /// let obstacles = network.host_obstacles()?;
    /// assert!(obstacles[0].1.is_some());
    /// assert_eq!(obstacles[1], ("dense".to_owned(), None));
    /// # Ok::<(), firebrick::models::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// Layers that do not fit together.
    pub fn host_obstacles(&self) -> Result<Vec<(String, Option<NoHostForm>)>, ModelError> {
        let plan = self.plan()?;
        let calls = self.nodes().iter().enumerate();
        let of_call = |(index, node): (usize, &super::GraphNode)| {
            let name = self.layers()[node.layer].name().to_owned();
            (name, self.whole_form(&plan, index).err())
        };
        Ok(calls.map(of_call).collect())
    }

    /// The form of a call.
    ///
    /// # Errors
    /// What is in the way of one.
    pub(crate) fn whole_form(&self, plan: &Plan, index: usize) -> Result<WholeForm, NoHostForm> {
        let (node, planned) = (&self.nodes()[index], &plan.nodes[index]);
        let layer = &self.layers()[node.layer];
        let name = || layer.name().to_owned();
        if !layer.lora.is_empty() {
            return Err(NoHostForm::Lora { layer: name() });
        }
        let sizes = planned.inputs.iter().chain(&planned.outputs);
        if !sizes
            .clone()
            .all(|shape: &Shape| shape.num_elements().is_some())
        {
            return Err(NoHostForm::OpenShape { layer: name() });
        }
        let described = self.called(index);
        let no_form = || NoHostForm::Layer {
            layer: name(),
            class_name: described.class_name(),
        };
        let form = described.host_form(&planned.inputs).ok_or_else(no_form)?;
        let output = match &planned.outputs[..] {
            [output, others @ ..]
                if form.outputs.len() == planned.outputs.len() || others.is_empty() =>
            {
                output
            }
            _ => return Err(no_form()),
        };
        self.check_masks(plan, index, &form)?;
        // A call in inference would have to see what one in training before it has changed.
        let of_layer = self
            .nodes()
            .iter()
            .filter(|other| other.layer == node.layer);
        let in_inference = node.arguments.in_inference;
        let mut others = of_layer.map(|other| other.arguments.in_inference);
        if form.follows() && others.any(|other| other != in_inference) {
            return Err(no_form());
        }
        if planned.may_leave_activation {
            return Ok((form, None));
        }
        let len = output.num_elements().unwrap_or(1);
        let kernel = activation_kernel(form.activation, len, output.last().unwrap_or(1));
        Ok((form, kernel))
    }

    /// Whether a form does with masks what its call has to.
    fn check_masks(&self, plan: &Plan, index: usize, form: &HostForm) -> Result<(), NoHostForm> {
        let of = |node: usize| NoHostForm::Mask {
            layer: self.layers()[self.nodes()[node].layer].name().to_owned(),
        };
        for (place, source) in self.nodes()[index].inputs.iter().enumerate() {
            let takes = match form.mask {
                HostMask::Refused => false,
                HostMask::Passes | HostMask::Read => place == 0,
                HostMask::Made(..) => true,
            };
            match *source {
                Source::Node(node, output) if plan.nodes[node].masks[output] && !takes => {
                    return Err(of(node));
                }
                _ => {}
            }
        }
        // A loss counts the steps.
        let masks = &plan.nodes[index].masks;
        let is_masked = |source: &Source| match *source {
            Source::Node(node, output) => node == index && masks[output],
            Source::Input(_) => false,
        };
        if self.outputs().iter().any(is_masked) {
            return Err(of(index));
        }
        Ok(())
    }
}
