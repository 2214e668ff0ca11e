//! Looking for a learning rate, by a copy of what learns.

use firebrick_data::Samples;
use firebrick_model::Model;

use super::Trainer;
use super::assembly::Checked;
use super::checks::Checks;
use super::loading::Loader;
use crate::error::TrainError;
use crate::fit::Fit;
use crate::objective::Objective;
use crate::rate_curve::RateCurve;
use crate::rate_search::RateSearch;
use crate::step::{AutodiffStep, Figures, Step};

impl<M: Model> Trainer<M> {
    /// Learns some batches with a rate that rises from one to the next, and says what the loss did: a good rate to train
    /// with lies where it falls. The data is that of `fit`, in its order and batches; validation and callbacks have no part.
    ///
    /// It is a copy that learns: model, optimizer, schedule and order of the samples stay where they are.
    ///
    /// ```
    /// use firebrick::{layers::Dense, prelude::*};
    /// use firebrick::training::RateSearch;
    ///
    /// let data = ArrayDataset::new([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.0, 5.0, 7.0])?;
    /// let model = Sequential::new([1]).add(Dense::new(1)).build(1, &Device::flex())?;
    /// let mut trainer = Compile::by_name("sgd", "mse", [])?.model(model);
    /// let fit = Fit::new(50).with_batch_size(2).with_display(Display::Quiet);
    /// let curve = trainer.find_rate(&data, &fit, &RateSearch::new().between(1e-4, 10.0))?;
    /// println!("{curve}");
    /// let rate = curve.minimum_by_ten().unwrap_or(0.01);
    /// trainer.fit(&data, &fit.with_one_cycle(rate))?;
    /// # Ok::<(), firebrick::training::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// What [`check`](Self::check) finds, rates that do not rise, a device that fails. A loss that explodes is none, it is
    /// the end of the curve.
    ///
    /// # Source
    /// See [`RateSearch`].
    pub fn find_rate(
        &self,
        data: impl Into<Samples>,
        fit: &Fit,
        search: &RateSearch,
    ) -> Result<RateCurve, TrainError> {
        let rates = search.rates()?;
        let Checked {
            data, objective, ..
        } = self.checked(data.into(), fit)?;
        let seed = fit.settings.shuffle_seed();
        let checks = Some(Checks::new(&self.model, &objective));
        let order = (fit.settings.batch_size, seed);
        let loader = Loader::of_training(&data, order, checks, &self.device)?;
        if let Some(state) = self.shuffle.filter(|state| Some(state.seed) == seed)
            && loader.is_of_rows()
        {
            loader.go_to(state);
        }
        let steps = loader.num_batches().unwrap_or(1);
        let loader = loader.shared().to_device(&self.device.clone().autodiff());
        let mut step = self.copied_step(objective, steps, fit.settings.seed)?;
        let mut curve = RateCurve::of_steps(rates.len());
        let mut batches = loader.iter();
        for rate in rates {
            let mut batch = batches.next();
            if batch.is_none() {
                batches = loader.iter();
                batch = batches.next();
            }
            let Some(batch) = batch else { break };
            if let Some(control) = step.rate_control_mut() {
                control.set(rate);
            }
            let output = step.train_step(batch.map_err(TrainError::samples)?)?;
            let loss = Figures::read(vec![output.figures])?;
            curve.push(rate, loss.first().copied().map_or(f64::NAN, f64::from));
            if curve.has_exploded() {
                break;
            }
        }
        Ok(curve)
    }

    /// What learns, as a copy that shares nothing with it.
    pub(super) fn copied_step(
        &self,
        objective: Objective,
        steps_per_epoch: usize,
        seed: u64,
    ) -> Result<AutodiffStep<M>, TrainError> {
        let schedule = self.compile.schedule(steps_per_epoch)?;
        let optimizer = self.compile.optimizer.clone();
        // Running figures of layers are shared between clones, those of a record are its own.
        let record = self.model.clone().into_record();
        let model = self.model.clone().load_record(record);
        let at_work = optimizer.build_for(&model.weight_paths(), &self.compile.weight_groups)?;
        let optimizer = (optimizer, at_work);
        let mut step = AutodiffStep::new(model, objective, optimizer, schedule, seed, &self.device);
        if let Some(state) = self.step.as_ref().and_then(Step::state) {
            step.restore(&state)?;
        }
        Ok(step)
    }
}
