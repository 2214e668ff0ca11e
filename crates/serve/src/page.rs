//! The page to try it by hand.

use firebrick_data::ColumnEncoding;
use firebrick_web::STYLE;
use serde_json::{Value, json};

use crate::answer::Meaning;
use crate::served::{Described, Table, Takes};
use crate::settings::SiteFile;

/// What the page asks for first.
pub(crate) const MODEL: &str = "/api/model";

/// All that the page is made of.
pub(crate) fn site() -> Vec<SiteFile> {
    vec![
        SiteFile {
            path: "/",
            content_type: "text/html; charset=utf-8",
            contents: include_bytes!("../assets/try.html"),
        },
        SiteFile {
            path: "/try.js",
            content_type: "text/javascript; charset=utf-8",
            contents: include_bytes!("../assets/try.js"),
        },
        SiteFile {
            path: "/style.css",
            content_type: "text/css; charset=utf-8",
            contents: STYLE.as_bytes(),
        },
    ]
}

/// What the page is made for: what the network takes, and the names of what it gives.
pub(crate) fn model(served: &Described) -> Value {
    let inputs = served.inputs.iter();
    let inputs: Vec<Value> = inputs
        .map(|input| json!({ "name": input.name, "shape": input.shape }))
        .collect();
    let outputs = served.outputs.iter().map(|output| {
        let classes = match &output.meaning {
            Meaning::Classes { names, .. } => {
                let width = output.width.unwrap_or(names.len()).max(2);
                let names = (0..width).map(|class| Meaning::class_name(names, class));
                Some(names.collect::<Vec<_>>())
            }
            Meaning::Values { .. } | Meaning::Numbers => None,
        };
        json!({ "name": output.name, "classes": classes })
    });
    let (takes, features) = match &served.takes {
        Takes::Rows => ("rows", Vec::new()),
        Takes::Texts => ("texts", Vec::new()),
        Takes::Pictures { .. } => ("pictures", Vec::new()),
        Takes::Table(table) => ("table", features(table)),
    };
    json!({
        "name": served.name,
        "takes": takes,
        "inputs": inputs,
        "features": features,
        "outputs": outputs.collect::<Vec<_>>(),
    })
}

/// The columns, with the categories that they may hold.
fn features(table: &Table) -> Vec<Value> {
    let features = table.features.iter();
    features
        .map(|name| {
            let encoding = table.source.encoding_of(name);
            let categories = encoding.filter(|own| own.is_categorical());
            let categories = categories.map(|own| own.vocabulary().unwrap_or_default());
            json!({ "name": name, "categories": categories })
        })
        .collect()
}

/// Whether the cells of a column are words.
pub(crate) fn has_categories(table: &Table, feature: &str) -> bool {
    let encoding = table.source.encoding_of(feature);
    encoding.is_some_and(ColumnEncoding::is_categorical)
}
