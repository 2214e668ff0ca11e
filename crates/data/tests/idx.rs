//! Reading IDX files: whole ones, and everything that can be wrong with one.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::io::Write;

use firebrick_data::{
    DataError, IdxImages, IdxLabels, MnistDataset, parse_images, parse_labels, read_images,
    read_labels,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

/// Three images of 2 x 4 pixels, numbered from 0.
fn images() -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 4];
    bytes.extend(0..24);
    bytes
}

fn labels() -> Vec<u8> {
    vec![0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 2]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn image_error(bytes: &[u8]) -> DataError {
    parse_images(bytes, "set/images").unwrap_err()
}

#[test]
fn whole_files_are_read_raw_and_compressed_whatever_their_name() {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in [("raw.gz", images()), ("compressed", gzip(&images()))] {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        let read = read_images(&path).unwrap();
        assert_eq!((read.count(), read.height(), read.width()), (3, 2, 4));
        assert_eq!(read.pixels(), (0..24).collect::<Vec<u8>>());
        assert_eq!(read.path(), path);
    }
    let path = directory.path().join("labels");
    fs::write(&path, gzip(&labels())).unwrap();
    assert_eq!(read_labels(&path).unwrap().labels(), [7, 0, 2]);
}

#[test]
fn a_gzip_file_of_several_members_is_read_as_one() {
    let (first, second) = (gzip(&images()[..20]), gzip(&images()[20..]));
    assert_eq!(
        parse_images(&[first, second].concat(), "x").unwrap(),
        parse_images(&images(), "x").unwrap()
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = read_images("no/such/file").unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("cannot read `no/such/file`: "),
        "{error}"
    );
}

#[test]
fn every_truncation_is_an_error() {
    let whole = images();
    for len in 0..whole.len() {
        let error = image_error(&whole[..len]);
        let expected = if len < 16 { 16 } else { 40 };
        match error {
            DataError::IdxTooShort {
                expected: e,
                received,
                ..
            } => assert_eq!((e, received), (expected, len)),
            other => panic!("{len}: {other}"),
        }
    }
    assert_eq!(
        image_error(&whole[..20]).to_string(),
        "`set/images`: expected 40 bytes (decompressed), received only 20; the file is cut off, fetch it again"
    );
}

#[test]
fn every_truncation_of_a_gzip_stream_is_an_error() {
    let whole = gzip(&images());
    for len in 0..whole.len() {
        let error = image_error(&whole[..len]);
        let fits = match len {
            0..2 => matches!(error, DataError::IdxTooShort { .. }),
            _ => matches!(error, DataError::Gzip { .. }),
        };
        assert!(fits, "{len}: {error}");
    }
}

#[test]
fn trailing_bytes_are_an_error() {
    let long = [images(), vec![0]].concat();
    assert!(matches!(
        image_error(&long),
        DataError::IdxTooLong { expected: 40, .. }
    ));
    assert!(matches!(
        image_error(&gzip(&long)),
        DataError::IdxTooLong { expected: 40, .. }
    ));
    let junk_after_gzip = [gzip(&images()), b"junk".to_vec()].concat();
    assert!(matches!(
        image_error(&junk_after_gzip),
        DataError::Gzip { .. }
    ));
}

#[test]
fn a_gzip_stream_with_a_wrong_sum_is_an_error() {
    let mut bytes = gzip(&images());
    let crc = bytes.len() - 8;
    bytes[crc] ^= 1;
    assert!(matches!(image_error(&bytes), DataError::Gzip { .. }));
}

#[test]
fn a_lying_header_is_an_error_and_takes_no_memory() {
    let mut bytes = images();
    bytes[4..16].fill(0xff);
    assert!(matches!(image_error(&bytes), DataError::IdxTooLarge { .. }));

    // One GiB is declared and allowed, but 24 bytes are there.
    bytes[4..16].copy_from_slice(&[0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0]);
    match image_error(&bytes) {
        DataError::IdxTooShort {
            expected, received, ..
        } => assert_eq!((expected, received), ((1 << 30) + 16, 40)),
        other => panic!("{other}"),
    }
}

#[test]
fn a_small_gzip_file_that_declares_a_gigabyte_is_refused_by_its_header() {
    let mut header = vec![0, 0, 8, 3];
    header.extend([1024_u32, 1024, 1024].map(u32::to_be_bytes).as_flattened());
    let error = image_error(&gzip(&header));
    assert!(matches!(error, DataError::IdxExpands { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("[1024, 1024, 1024]") && text.contains("gunzip"),
        "{text}"
    );

    // What is not compressed is taken at its word, and found to be too short.
    let error = image_error(&header);
    assert!(matches!(error, DataError::IdxTooShort { .. }), "{error}");

    // Small sets may be as empty as they like.
    let mut zeros = vec![0, 0, 8, 1, 0, 1, 0, 0];
    zeros.resize(zeros.len() + (1 << 16), 0);
    assert_eq!(
        parse_labels(&gzip(&zeros), "set/labels")
            .unwrap()
            .labels()
            .len(),
        1 << 16
    );
}

#[test]
fn a_gzip_bomb_is_read_no_further_than_its_header_says() {
    let bomb = gzip(&[images(), vec![0; 50 << 20]].concat());
    assert!(bomb.len() < 100_000);
    assert!(matches!(
        image_error(&bomb),
        DataError::IdxTooLong { expected: 40, .. }
    ));
}

#[test]
fn nothing_in_a_file_is_an_error() {
    for axis in [7, 11, 15] {
        let mut bytes = images();
        bytes[axis] = 0;
        assert!(
            matches!(image_error(&bytes), DataError::IdxEmpty { .. }),
            "axis ending at {axis}"
        );
    }
    assert!(matches!(
        parse_labels(&[0, 0, 8, 1, 0, 0, 0, 0], "x"),
        Err(DataError::IdxEmpty { .. })
    ));
}

#[test]
fn the_magic_number_is_checked_part_by_part() {
    let with = |position: usize, byte: u8| {
        let mut bytes = images();
        bytes[position] = byte;
        image_error(&bytes).to_string()
    };
    assert_eq!(
        with(0, 0x50),
        "`set/images`: expected an IDX file, which begins with the bytes 00 00, received [50, 00, 08, 03]; \
         check that it is the file you meant"
    );
    assert_eq!(
        with(2, 0x0d),
        "`set/images`: expected the IDX element type 0x08 (unsigned byte), received 0x0d; convert the file to \
         unsigned bytes"
    );
    assert_eq!(
        with(3, 2),
        "`set/images`: expected images, an IDX file of rank 3, received rank 2; check that images and labels are \
         not swapped"
    );
    assert!(matches!(
        parse_labels(&images(), "x"),
        Err(DataError::IdxRank {
            expected: 1,
            received: 3,
            ..
        })
    ));
    assert!(matches!(
        parse_images(&labels(), "x"),
        Err(DataError::IdxRank {
            expected: 3,
            received: 1,
            ..
        })
    ));
}

#[test]
fn images_and_labels_must_be_one_to_one() {
    let four = [0, 0, 8, 1, 0, 0, 0, 4, 7, 0, 2, 2];
    let error = MnistDataset::new(
        parse_images(&images(), "a").unwrap(),
        parse_labels(&four, "b").unwrap(),
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected one label an image, received 3 images in `a` and 4 labels in `b`; use the two files of the same set"
    );
}

#[test]
fn arrays_are_checked_like_files() {
    assert_eq!(
        IdxImages::new((0..24).collect(), 2, 4).unwrap().pixels(),
        parse_images(&images(), "x").unwrap().pixels()
    );
    for (count, height, width) in [
        (23, 2, 4),
        (0, 2, 4),
        (24, 0, 4),
        (24, 2, 0),
        (24, usize::MAX, 2),
    ] {
        let result = IdxImages::new(vec![0; count], height, width);
        assert!(
            matches!(result, Err(DataError::PixelCount { .. })),
            "{count} {height} {width}"
        );
    }
    assert!(matches!(
        IdxLabels::new(Vec::new()),
        Err(DataError::IdxEmpty { .. })
    ));
}

/// Changes some bytes, then cuts off or appends some.
fn mutate(
    mut bytes: Vec<u8>,
    changes: &[(prop::sample::Index, u8)],
    cut: prop::sample::Index,
    tail: &[u8],
) -> Vec<u8> {
    for (position, byte) in changes {
        let position = position.index(bytes.len());
        bytes[position] = *byte;
    }
    if cut.index(2) == 0 {
        bytes.truncate(cut.index(bytes.len()));
    }
    bytes.extend(tail);
    bytes
}

/// Either an error with a message, or exactly what the header declares.
fn is_error_or_whole(bytes: &[u8]) {
    match parse_images(bytes, "x") {
        Ok(images) => {
            assert!(images.count() > 0);
            assert_eq!(
                images.pixels().len(),
                images.count() * images.height() * images.width()
            );
        }
        Err(error) => assert!(error.to_string().starts_with("`x`: "), "{error}"),
    }
    match parse_labels(bytes, "x") {
        Ok(labels) => assert!(!labels.labels().is_empty()),
        Err(error) => assert!(error.to_string().starts_with("`x`: "), "{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_errors_or_whole_and_never_a_panic(
        source in 0..4_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        tail in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let bytes = [images(), labels(), gzip(&images()), gzip(&labels())][source].clone();
        is_error_or_whole(&mutate(bytes, &changes, cut, &tail));
    }

    #[test]
    fn any_bytes_are_errors_or_whole_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        is_error_or_whole(&bytes);
        is_error_or_whole(&[&[0, 0, 8, 3][..], &bytes].concat());
        is_error_or_whole(&[&[0x1f, 0x8b, 8, 0][..], &bytes].concat());
    }

    #[test]
    fn undamaged_files_come_back_as_they_were(
        (height, width, pixels) in (1..6_usize, 1..6_usize, 1..5_usize).prop_flat_map(|(height, width, count)| {
            let pixels = prop::collection::vec(any::<u8>(), height * width * count);
            (Just(height), Just(width), pixels)
        }),
        is_compressed in any::<bool>(),
    ) {
        let mut bytes = vec![0, 0, 8, 3];
        for length in [pixels.len() / (height * width), height, width] {
            bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        }
        bytes.extend(&pixels);
        let bytes = if is_compressed { gzip(&bytes) } else { bytes };
        let read = parse_images(&bytes, "x").unwrap();
        prop_assert_eq!((read.height(), read.width()), (height, width));
        prop_assert_eq!(read.pixels(), pixels);
    }
}
