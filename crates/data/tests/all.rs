//! What is promised to those who use the crate: one program, so that it is linked once.

mod array_dataset;
mod batch_loader;
mod csv_dialects;
mod csv_source;
mod csv_treatments;
mod dataset_source;
mod digit_image;
mod fetch;
mod idx;
mod mnist;
mod mnist_dataset;
mod photographs;
mod simple_pictures;
mod texts;

#[path = "csv/table_file.rs"]
mod table_file;
