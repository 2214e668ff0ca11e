//! What is promised to those who use the crate: one program, so that it is linked once.

mod activation;
mod any_model;
mod atomic_file;
mod convolutions;
mod dead_units;
mod draws;
mod freezing;
mod graphs;
mod host;
mod initializer;
mod keras_json;
mod layer_calls;
mod layer_configs;
mod layers;
mod load_weights;
mod lookups;
mod lora;
mod mlp;
mod predictor;
mod preprocessing;
mod recurrent;
mod saved_model;
mod sequential;
mod weight_rules;
mod weights;
