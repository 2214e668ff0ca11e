from common import keras, np, report
from mnist import mnist

ops, layers, ALPHA, TEMPERATURE = keras.ops, keras.layers, 0.1, 10.0


def network(first, second):
    return keras.Sequential([
        keras.Input([28, 28, 1]),
        layers.Conv2D(first, 3, 2, "same"), layers.LeakyReLU(negative_slope=0.2), layers.MaxPooling2D(2, 1, "same"),
        layers.Conv2D(second, 3, 2, "same"), layers.LeakyReLU(negative_slope=0.2),
        layers.Flatten(), layers.Dense(10),
    ])


def from_labels():
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def distillation(targets, student):
    """Of targets that are the label, then the teacher's logits."""
    label, teacher = ops.cast(targets[:, :1], "int32"), targets[:, 1:]
    said = ops.sum(ops.softmax(teacher / TEMPERATURE) * ops.log_softmax(student / TEMPERATURE), axis=1)
    own = ops.take_along_axis(ops.log_softmax(student), label, axis=1)[:, 0]
    return -own * ALPHA - said * (1 - ALPHA) * TEMPERATURE**2


def trained(model, loss, x, targets, epochs, rate):
    model.compile(keras.optimizers.Adam(rate), loss)
    model.fit(x, targets, batch_size=64, epochs=epochs, verbose=0)
    return model


many, labels, test, test_labels = mnist(10_000, 5_000)
few, own = many[:1_000], labels[:1_000]
teacher = trained(network(32, 64), from_labels(), many, labels, 3, 0.001)
alone = trained(network(8, 16), from_labels(), few, own, 30, 0.003)
lessons = np.concatenate([own[:, None].astype("float32"), teacher.predict(few, verbose=0)], axis=1)
taught = trained(network(8, 16), distillation, few, lessons, 30, 0.003)
for name, model in [("teacher", teacher), ("student alone", alone), ("student taught", taught)]:
    model.compile(loss=from_labels(), metrics=["accuracy"])
    accuracy = model.evaluate(test, test_labels, verbose=0)[1]
    report(f"{name}, {model.count_params()} weights: {accuracy:.1%} of the test digits are right")
