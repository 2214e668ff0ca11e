from common import keras, np, report
from mnist import mnist


class EarlyStoppingAtMinLoss(keras.callbacks.Callback):
    best, waited, epochs = np.inf, 0, 0

    def on_epoch_end(self, epoch, logs=None):
        self.epochs = epoch + 1
        if logs["val_loss"] < self.best:
            self.best, self.waited, self.weights = logs["val_loss"], 0, self.model.get_weights()
            return
        self.waited += 1
        if self.waited >= 3:
            self.model.set_weights(self.weights)
            self.model.stop_training = True


class RateTable(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        rates = {1: 0.02, 6: 0.01, 12: 0.005, 18: 0.001}
        if epoch + 1 in rates:
            self.model.optimizer.learning_rate = rates[epoch + 1]


train, labels, test, test_labels = mnist(1_000, 1_000)
train, test = (x.reshape(len(x), -1) for x in [train, test])
labels, test_labels = (x[:, None].astype("float32") for x in [labels, test_labels])
model = keras.Sequential([keras.Input([784]), keras.layers.Dense(1)])
model.compile("rmsprop", "mean_squared_error", metrics=["mae"])
stopping = EarlyStoppingAtMinLoss()
model.fit(
    train, labels, batch_size=128, epochs=40, validation_data=(test, test_labels),
    callbacks=[RateTable(), stopping], verbose=0,
)
loss, mae = model.evaluate(test, test_labels, verbose=0)
report(f"stopped after epoch {stopping.epochs}; on the test digits: loss {loss:.3f}, mean absolute error {mae:.3f}")
