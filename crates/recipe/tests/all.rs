//! What is promised to those who use the crate: one program, so that it is linked once.

mod graph_files;
mod keras_trainings;
mod model_file;
mod model_file_convolutions;
mod outputs;
mod own_names;
