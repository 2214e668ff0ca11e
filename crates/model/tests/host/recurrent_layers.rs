//! Layers that take one step after the other.

use firebrick_model::layers::LSTM;

use super::each_layer::check_layer;

#[test]
fn a_memory_learns_the_same() {
    check_layer(&[4, 3], LSTM::new(2));
    check_layer(&[1, 3], LSTM::new(5).without_bias());
    check_layer(&[4, 3], LSTM::new(2).with_return_sequences());
    check_layer(&[4, 3], LSTM::new(3).with_go_backwards());
    check_layer(
        &[4, 3],
        LSTM::new(3).with_go_backwards().with_return_sequences(),
    );
}
