use crate::callback::{Callback, Flow, HookResult, Training};
use crate::logs::Logs;

/// A closure for a hook.
type Hook = Box<dyn FnMut(&mut Training<'_>) -> HookResult + Send>;

/// A closure for a hook that has figures.
type HookWithLogs = Box<dyn FnMut(&mut Training<'_>, &Logs) -> HookResult + Send>;

/// Declares the callback with a closure a hook; a hook with `Logs` hands its figures on.
macro_rules! lambda_callback {
    ({ $($hook:ident, $setter:ident;)* } with logs { $($logs_hook:ident, $logs_setter:ident;)* }) => {
        /// A callback of closures, for what is used once.
        ///
        /// ```
        /// use firebrick::callbacks::{Flow, LambdaCallback};
        /// use firebrick::training::Fit;
        ///
        /// let callback = LambdaCallback::new().with_on_epoch_end(|training, logs| {
        ///     println!("{}: {logs}", training.epoch());
        ///     Ok(Flow::Continue)
        /// });
        /// let fit = Fit::new(3).with_callback(callback);
        /// ```
        ///
        /// # Source
        /// <https://keras.io/api/callbacks/lambda_callback/>
        #[derive(Default)]
        pub struct LambdaCallback {
            $($hook: Option<Hook>,)*
            $($logs_hook: Option<HookWithLogs>,)*
        }

        impl LambdaCallback {
            $(
                #[doc = concat!("Called as [`", stringify!($hook), "`](Callback::", stringify!($hook), ").")]
                #[must_use = "returns the changed callback"]
                pub fn $setter(
                    mut self,
                    hook: impl FnMut(&mut Training<'_>) -> HookResult + Send + 'static,
                ) -> Self {
                    self.$hook = Some(Box::new(hook));
                    self
                }
            )*
            $(
                #[doc = concat!("Called as [`", stringify!($logs_hook), "`](Callback::", stringify!($logs_hook), ").")]
                #[must_use = "returns the changed callback"]
                pub fn $logs_setter(
                    mut self,
                    hook: impl FnMut(&mut Training<'_>, &Logs) -> HookResult + Send + 'static,
                ) -> Self {
                    self.$logs_hook = Some(Box::new(hook));
                    self
                }
            )*
        }

        impl Callback for LambdaCallback {
            fn name(&self) -> &'static str {
                "LambdaCallback"
            }

            $(
                fn $hook(&mut self, training: &mut Training<'_>) -> HookResult {
                    let hook = self.$hook.as_mut();
                    hook.map_or(Ok(Flow::Continue), |hook| hook(training))
                }
            )*
            $(
                fn $logs_hook(&mut self, training: &mut Training<'_>, logs: &Logs) -> HookResult {
                    let hook = self.$logs_hook.as_mut();
                    hook.map_or(Ok(Flow::Continue), |hook| hook(training, logs))
                }
            )*
        }
    };
}

lambda_callback! {
    {
        on_train_begin, with_on_train_begin;
        on_epoch_begin, with_on_epoch_begin;
        on_train_batch_begin, with_on_train_batch_begin;
        on_train_batch_end, with_on_train_batch_end;
        on_test_begin, with_on_test_begin;
        on_test_batch_begin, with_on_test_batch_begin;
        on_test_batch_end, with_on_test_batch_end;
        on_predict_begin, with_on_predict_begin;
        on_predict_end, with_on_predict_end;
        on_predict_batch_begin, with_on_predict_batch_begin;
        on_predict_batch_end, with_on_predict_batch_end;
    }
    with logs {
        on_train_end, with_on_train_end;
        on_epoch_end, with_on_epoch_end;
        on_test_end, with_on_test_end;
    }
}

impl LambdaCallback {
    /// A callback that does nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}
