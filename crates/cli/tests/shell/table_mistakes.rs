use crate::table::workplace;

#[test]
fn flags_for_tables_say_what_is_expected_and_leave_nothing() {
    let workplace = workplace();
    let before = workplace.files();
    let columns = "one of `id`, `length`, `width`, `kind`";
    for (arguments, words) in [
        (
            "--data flowers.csv",
            &[
                "`flowers.csv`: expected a target, received none; name the column to predict (on the command line `--target \
                 COLUMN`), ",
                columns,
            ][..],
        ),
        (
            "--data flowers.csv --classes",
            &["expected a target", columns],
        ),
        (
            "--data flowers.csv --target knid --classes",
            &["expected a column `knid`", "did you mean `kind`?"],
        ),
        (
            "--data flowers.csv --target kind,width --classes",
            &["`--classes` needs a single target column, received kind, width"],
        ),
        (
            "--data flowers.csv --target width --features width",
            &["expected one part for the column `width`, received it as a target and as a feature"],
        ),
        (
            "--data flowers.csv --target width --ignore id,kind,length",
            &["expected at least one feature column"],
        ),
        (
            "--data flowers.csv --target kind --classes --test-split 1",
            &[
                "`test_split`: expected a share of the rows from 0 up to, but not including, 1, received 1",
            ],
        ),
        (
            "--data flowers.csv --target kind --classes --test-split -0.5",
            &["received -0.5"],
        ),
        (
            "--data flowers.csv --target width --ignore id,kind --test-split 0.999",
            &[
                "expected rows to learn from and rows to judge by, received 90 rows and a `test_split` of 0.999",
            ],
        ),
        (
            "--data flowers.csv --target kind --test a.csv --test-split 0.1",
            &["'--test <FILE.csv>'", "cannot be used with"],
        ),
        (
            "--data flowers.csv --target kind --delimiter ;;",
            &["expected a single character, `tab` or `space`"],
        ),
        (
            "--data flowers.csv --target kind --delimiter x",
            &["expected a delimiter of one ASCII character"],
        ),
        (
            "--data flowers.csv --delimiter ; --target kind",
            &[
                "expected a column `kind`, received only `id,length,width,kind`; is the delimiter `,` (`delimiter = \",\"`, on the command line `--delimiter ','`)?",
            ],
        ),
        (
            "--data mnist-sample --target kind --classes",
            &["the flags --target, --classes are about a table, the data is mnist-sample"],
        ),
        (
            "--target kind",
            &["--target are about a table, the data is mnist;"],
        ),
        (
            "--data flowers.txt",
            &[
                "unknown data `flowers.txt`",
                "a table in a file that ends in .csv or .tsv",
            ],
        ),
        (
            "--data flowers.csv --target kind --classes --ignore id --hidden 3,0",
            &["layer `dense_1` (Dense, index 2) needs `units` to be at least 1"],
        ),
    ] {
        workplace.run(&format!("train {arguments}")).fails(2, words);
        assert_eq!(workplace.files(), before, "{arguments}");
    }
    workplace
        .run("summary --data flowers.csv")
        .fails(2, &["does not say what is to be predicted", "--inputs"]);
}

#[test]
fn a_table_that_cannot_be_learned_from_leaves_nothing() {
    let workplace = workplace();
    let before = workplace.files();
    for (arguments, words) in [
        (
            "--data flowers.csv --target kind --ignore id",
            "line 2, column `kind`: expected a number, received `rose`; correct it, or where the target names a class, say so with \
             `classes = true` (on the command line `--classes`)",
        ),
        (
            "--data flowers.csv --target kind --classes",
            "line 2, column `id`: expected a number, received `f0`; correct it, or leave out with \
             `ignored = [\"id\"]` (on the command line `--ignore id`) what is no feature",
        ),
        ("--data missing.csv --target a", "cannot read `missing.csv`"),
    ] {
        workplace
            .run(&format!("train {arguments}"))
            .fails(1, &[words]);
        assert_eq!(workplace.files(), before, "{arguments}");
    }
}
