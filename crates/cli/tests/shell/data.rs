use crate::workplace::Workplace;

/// A file of images in IDX form.
pub(crate) fn idx_images(count: u32, side: u32, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    for number in [count, side, side] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.extend(pixels);
    bytes
}

/// A file of labels in IDX form.
pub(crate) fn idx_labels(labels: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 1];
    bytes.extend(u32::try_from(labels.len()).unwrap().to_be_bytes());
    bytes.extend(labels);
    bytes
}

/// A set of 8 training and 2 test images of 3 x 3 pixels in two classes.
pub(crate) fn write_folder(workplace: &Workplace, folder: &str) {
    for (part, count) in [("train", 8), ("t10k", 2)] {
        let pixels: Vec<u8> = (0..count * 9)
            .map(|i| if i % 2 == 0 { 250 } else { 3 })
            .collect();
        let labels: Vec<u8> = (0..count).map(|i| i % 2).collect();
        workplace.write(
            &format!("{folder}/{part}-images-idx3-ubyte"),
            idx_images(count.into(), 3, &pixels),
        );
        workplace.write(
            &format!("{folder}/{part}-labels-idx1-ubyte"),
            idx_labels(&labels),
        );
    }
}

#[test]
fn info_counts_the_images_of_each_class() {
    let workplace = Workplace::new();
    write_folder(&workplace, "stripes");
    let stdout = workplace.run("data info --data stripes").succeeds().stdout;
    assert_eq!(
        stdout,
        "data     stripes: the folder `stripes`\n\
         images   8 training, 2 test\n\
         shape    3 x 3 pixels, 9 features\n\
         classes  2\n\
         \n\
         class  training    test\n    \
             0         4       1  ██████████████████████████████\n    \
             1         4       1  ██████████████████████████████\n"
    );
}

#[test]
fn info_as_json_is_one_object() {
    let workplace = Workplace::new();
    let stdout = workplace
        .run("data info --data mnist-sample --json")
        .succeeds()
        .stdout;
    let info: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(info["train"]["images"], 1000);
    assert_eq!(
        info["test"]["class_counts"],
        serde_json::json!(vec![50; 10])
    );
    assert_eq!(
        (&info["height"], &info["classes"]),
        (&28.into(), &10.into())
    );
}

#[test]
fn mnist_that_is_nowhere_says_how_to_get_it() {
    let workplace = Workplace::new();
    for command in ["data info", "train --ui lines"] {
        workplace.run(command).fails(
            1,
            &[
                "MNIST was not found",
                "firebrick data fetch",
                "--data mnist-sample",
                ".cache/firebrick/mnist",
            ],
        );
        assert!(workplace.files().is_empty());
    }
}

#[test]
fn a_mistyped_name_is_no_folder() {
    let workplace = Workplace::new();
    workplace.run("data info --data mnist-smaple").fails(
        2,
        &["unknown data `mnist-smaple`, did you mean `mnist-sample`?"],
    );
}

#[test]
fn damaged_files_are_named_and_nothing_is_trained() {
    let right = idx_images(2, 3, &[9; 18]);
    let damages: [(&str, Vec<u8>, &str); 5] = [
        (
            "t10k-images-idx3-ubyte",
            right[..20].to_vec(),
            "expected 34 bytes (decompressed), received only 20",
        ),
        (
            "t10k-images-idx3-ubyte",
            idx_images(u32::MAX, 60_000, &[1; 18]),
            "received a header that declares the shape",
        ),
        (
            "train-images-idx3-ubyte",
            b"\x89PNG\r\n\x1a\n".to_vec(),
            "expected an IDX file",
        ),
        (
            "train-labels-idx1-ubyte",
            idx_labels(&[0, 1, 1]),
            "received 8 images in",
        ),
        (
            "t10k-labels-idx1-ubyte",
            right,
            "check that images and labels are not swapped",
        ),
    ];
    for (file, contents, message) in damages {
        let workplace = Workplace::new();
        write_folder(&workplace, "stripes");
        workplace.write(&format!("stripes/{file}"), contents);
        let before = workplace.files();
        for command in [
            "data info --data stripes",
            "train --data stripes --ui lines",
        ] {
            workplace.run(command).fails(1, &[file, message]);
        }
        assert_eq!(workplace.files(), before, "{file}");
    }
}

#[test]
fn a_folder_without_the_files_names_them() {
    let workplace = Workplace::new();
    workplace.write("empty/readme.txt", "");
    workplace.run("data info --data empty").fails(
        1,
        &["`empty`: expected one of the files train-images-idx3-ubyte"],
    );
}

#[test]
fn a_download_that_cannot_start_names_the_address() {
    let workplace = Workplace::new();
    workplace
        .run("data fetch --url http://127.0.0.1:1/mnist --directory there")
        .fails(
            1,
            &["cannot download `http://127.0.0.1:1/mnist/train-images-idx3-ubyte.gz`"],
        );
    assert_eq!(workplace.files().len(), 1, "no file in the folder");
}
