use std::fmt::Write as _;

use serde_json::Value;

use crate::workplace::Workplace;

/// A thousand classes whose names begin alike, of two rows each.
fn a_thousand_classes() -> Workplace {
    let workplace = Workplace::new();
    let mut text = "size,kind\n".to_owned();
    for row in 0..2000 {
        writeln!(
            text,
            "{}.{},the class that is called {:04}",
            row / 2,
            row % 2,
            row / 2
        )
        .unwrap();
    }
    workplace.write("k1000.csv", text);
    workplace
        .run(
            "train --data k1000.csv --target kind --classes --test-split 0 --validation-split 0 --hidden 4 --epochs 1 \
             --run x --ui quiet --device flex",
        )
        .succeeds();
    workplace
}

#[test]
fn a_thousand_classes_fit_on_a_screen_and_whole_in_files() {
    let workplace = a_thousand_classes();
    let table = workplace
        .run("evaluate x --data k1000.csv --per-class classes.csv --confusion confusions.csv")
        .succeeds()
        .stdout;
    assert!(table.lines().count() < 45, "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 120),
        "{table}"
    );
    for text in [
        "\n1000 classes, 1000 of them with rows here: of those ",
        "10 classes with the lowest recall of 1000, those of more rows first; all of them: --per-class FILE.csv\n",
        "the most frequent first; all of them: --confusion FILE.csv\n",
    ] {
        assert!(table.contains(text), "{text}: {table}");
    }
    // The names begin alike and still differ.
    let worst = table.lines().skip_while(|line| !line.contains("precision"));
    let names: Vec<&str> = worst
        .skip(1)
        .take(10)
        .map(|line| line.split("  ").next().unwrap())
        .collect();
    let different: std::collections::HashSet<&&str> = names.iter().collect();
    assert_eq!(different.len(), 10, "{table}");
    assert!(names[0].starts_with('…'), "{table}");

    let classes = workplace.read("classes.csv");
    assert_eq!(classes.lines().count(), 1001);
    assert!(
        classes.starts_with("class,precision,recall,support\nthe class that is called 0000,"),
        "{classes}"
    );
    let confusions = workplace.read("confusions.csv");
    assert!(
        confusions.starts_with("label,predicted,count\nthe class that is called 0000,the class")
    );
    let counts = confusions
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap());
    assert_eq!(
        counts
            .map(|count| count.parse::<u64>().unwrap())
            .sum::<u64>(),
        2000
    );

    let json = workplace
        .run("evaluate x --data k1000.csv --json")
        .succeeds()
        .stdout;
    assert!(json.len() < 500_000, "{} bytes", json.len());
    let judged: Value = serde_json::from_str(&json).unwrap();
    assert!(judged.get("confusion_matrix").is_none());
    let cells = judged["confusions"].as_array().unwrap();
    let count: u64 = cells
        .iter()
        .map(|cell| cell["count"].as_u64().unwrap())
        .sum();
    assert_eq!(count, 2000);
    assert_eq!(cells.len(), confusions.lines().count() - 1);
}

#[test]
fn files_about_classes_need_classes() {
    let workplace = Workplace::new();
    let rows: String = (0..20).map(|row| format!("{row},{row}\n")).collect();
    workplace.write("t.csv", format!("a,y\n{rows}"));
    workplace
        .run("train --data t.csv --target y --epochs 1 --run x --ui quiet --device flex")
        .succeeds();
    for flag in ["--per-class", "--confusion"] {
        workplace
            .run(&format!("evaluate x {flag} out.csv"))
            .fails(2, &["the data has no classes to tell apart", flag]);
    }
}
