use crate::table::{FLOWERS, workplace};
use crate::workplace::Workplace;

#[test]
fn rows_are_predicted_by_the_names_of_their_columns() {
    let workplace = workplace();
    workplace.run(&format!("{FLOWERS} --run x")).succeeds();
    let expected = ["rose", "big tulip", "lily"];
    for (content, more) in [
        ("length,width\n3,5.1\n207,3.2\n104,4.2\n", ["", "", "", ""]),
        (
            "kind,width,more,length\n,5.1,?,3\n?,3.2,,207\nlily,4.2,\"x,1\",104\n",
            ["more,", "?,", ",", "\"x,1\","],
        ),
    ] {
        workplace.write("new.csv", content);
        let predicted = workplace.run("predict x new.csv").succeeds().stdout;
        let lines: Vec<&str> = predicted
            .lines()
            .zip(more)
            .map(|(line, more)| line.strip_prefix(more).unwrap())
            .collect();
        assert_eq!((lines.len(), lines[0]), (4, "kind,probability"));
        for (line, kind) in lines[1..].iter().zip(expected) {
            let (name, probability) = line.split_once(',').unwrap();
            let probability: f64 = probability.parse().unwrap();
            assert_eq!(name, kind);
            assert!((0.5..=1.0).contains(&probability), "{predicted}");
        }
        let json = workplace
            .run("predict x new.csv --json --keep none")
            .succeeds()
            .stdout;
        assert!(
            json.starts_with("{\"kind\":\"rose\",\"probability\":0."),
            "{json}"
        );
        assert_eq!(json.lines().count(), 3);

        let told = workplace
            .run("predict x new.csv --output kinds.csv")
            .succeeds()
            .stdout;
        assert_eq!(told, "3 predictions in kinds.csv\n");
        assert_eq!(workplace.read("kinds.csv"), predicted);
        std::fs::remove_file(workplace.path("kinds.csv")).unwrap();
    }
    // What is in the rows is what was trained on: the same as an evaluation says.
    workplace
        .run("evaluate x --data flowers.csv --predictions judged.csv")
        .succeeds();
    let predicted = workplace
        .run("predict x flowers.csv --keep none")
        .succeeds()
        .stdout;
    let judged = workplace.read("judged.csv");
    for (judged, predicted) in judged.lines().zip(predicted.lines()).skip(1) {
        let kind = predicted.split_once(',').unwrap().0;
        assert_eq!(judged.rsplit_once(',').unwrap().1, kind);
    }
    // What was trained on need not be there any more.
    std::fs::remove_file(workplace.path("flowers.csv")).unwrap();
    workplace.run("predict x new.csv").succeeds();
}

#[test]
fn rows_that_cannot_be_predicted_are_found_by_line_and_column() {
    let workplace = workplace();
    workplace
        .run(&format!("{FLOWERS} --epochs 1 --run x"))
        .succeeds();
    for (content, words) in [
        (
            "length\n1\n",
            "`new.csv`: expected a column `width`, received only `length`",
        ),
        (
            "length,width\n1,2\n\n3,wide\n",
            "`new.csv`, line 4, column `width`: expected a number, received `wide`",
        ),
        (
            "length,width\n1,2\n3\n",
            "`new.csv`, line 3: expected 2 fields",
        ),
        (
            "length,width\n1,\n",
            "`new.csv`, line 2, column `width`: expected a number, received an empty field",
        ),
        (
            "length,width\n1,nan\n",
            "`new.csv`, line 2, column `width`: expected a number, received `nan`, which stands for a missing cell",
        ),
        (
            "length,width\n1,inf\n",
            "`new.csv`, line 2, column `width`: expected a finite number",
        ),
        ("length,width\n", "expected at least one row"),
        ("", "received an empty file"),
    ] {
        workplace.write("new.csv", content);
        let outcome = workplace.run("predict x new.csv --output kinds.csv");
        assert_eq!(outcome.fails(1, &[words]).stdout, "");
        assert!(!workplace.path("kinds.csv").exists());
    }
    workplace.write("new.csv", "length,width\n1,2\n");
    for (arguments, code, words) in [
        ("missing.csv", 1, "cannot read `missing.csv`"),
        ("new.csv new.csv", 2, "expected one CSV file, received 2"),
        (
            "a.png",
            2,
            "the network was trained on a table, `a.png` is a picture",
        ),
        ("new.csv --top 2", 2, "`--top` is for pictures"),
        ("new.csv --json -o a.csv", 2, "cannot be used with"),
        (
            "new.csv --output no/such.csv",
            1,
            "cannot write the predictions to `no/such.csv`",
        ),
    ] {
        workplace
            .run(&format!("predict x {arguments}"))
            .fails(code, &[words]);
    }
    workplace.train("--run images --ui quiet").succeeds();
    workplace
        .run("predict images new.csv --output a.csv")
        .fails(2, &["`--output` is for tables"]);
    workplace
        .run("predict images new.csv")
        .fails(1, &["`new.csv`: expected a whole PNG or JPEG"]);
}

#[test]
fn numbers_of_a_file_may_be_classes_to_its_loss() {
    let workplace = Workplace::new();
    let rows = (0..40).map(|row| format!("{},{}\n", row % 2 * 9, row % 2));
    workplace.write(
        "bits.csv",
        format!("size,bit\n{}", rows.collect::<String>()),
    );
    workplace.write(
        "bits.toml",
        "input_shape = [1]\ndata = { csv = \"bits.csv\", target = \"bit\" }\n\
         layers = [{ class_name = \"Normalization\" }, { class_name = \"Dense\", units = 2, activation = \"softmax\" }]\n\
         compile = { optimizer = \"adam\", learning_rate = 0.1 }\nfit = { epochs = 20 }\n",
    );
    workplace
        .run("train --model bits.toml --run x --ui quiet")
        .succeeds();
    let predicted = workplace.run("predict x bits.csv").succeeds().stdout;
    assert!(
        predicted.starts_with("bit,probability\n0,0."),
        "{predicted}"
    );
    assert!(predicted.lines().nth(2).unwrap().starts_with("1,0."));
}

#[test]
fn an_id_goes_with_the_predictions_so_that_they_can_be_joined() {
    let workplace = workplace();
    workplace
        .run(&format!("{FLOWERS} --epochs 1 --run x"))
        .succeeds();
    workplace.write(
        "new.csv",
        "id,length,width,note\n007,3,5.1,\"a, b\"\nx8,104,4.2,\n",
    );
    let first_fields = |text: &str| -> Vec<String> {
        let rows = text
            .lines()
            .map(|line| line.rsplitn(3, ',').last().unwrap().to_owned());
        rows.collect()
    };
    let predicted = workplace.run("predict x new.csv").succeeds().stdout;
    assert!(
        predicted.starts_with("id,note,kind,probability\n"),
        "{predicted}"
    );
    assert_eq!(first_fields(&predicted), ["id,note", "007,\"a, b\"", "x8,"]);
    let json = workplace.run("predict x new.csv --json").succeeds().stdout;
    assert!(
        json.starts_with("{\"id\":\"007\",\"note\":\"a, b\",\"kind\":\""),
        "{json}"
    );

    let chosen = workplace
        .run("predict x new.csv --keep note,length")
        .succeeds()
        .stdout;
    assert!(
        chosen.starts_with("note,length,kind,probability\n"),
        "{chosen}"
    );
    assert_eq!(first_fields(&chosen)[2], ",104");
    let none = workplace
        .run("predict x new.csv --keep none")
        .succeeds()
        .stdout;
    assert!(none.starts_with("kind,probability\n"), "{none}");

    workplace.run("predict x new.csv --keep notes").fails(
        2,
        &[
            "expected a column `notes`, received only `id`",
            "did you mean `note`?",
        ],
    );
    workplace.write("taken.csv", "length,width,probability,id\n3,5.1,9,a\n");
    workplace
        .run("predict x taken.csv --keep probability")
        .fails(
            2,
            &["`--keep` names `probability`, as a column of the predictions is called"],
        );
    let outcome = workplace.run("predict x taken.csv");
    assert!(
        outcome.stdout.starts_with("id,kind,probability\na,"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome
            .stderr
            .contains("the column `probability` of the table is left out"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn predictions_of_more_rows_than_a_batch_have_one_header() {
    let workplace = workplace();
    workplace
        .run(&format!("{FLOWERS} --epochs 1 --run x"))
        .succeeds();
    let rows: String = (0..1234).map(|row| format!("{row},3,5\n")).collect();
    workplace.write("new.csv", format!("id,length,width\n{rows}"));
    let predicted = workplace.run("predict x new.csv").succeeds().stdout;
    let ids: Vec<&str> = predicted
        .lines()
        .map(|line| line.split_once(',').unwrap().0)
        .collect();
    assert_eq!(
        (ids.len(), ids[0], ids[1], ids[1234]),
        (1235, "id", "0", "1233")
    );
}
