//! What can be asked, for programs.

use firebrick_data::CsvMissing;
use serde_json::{Map, Value, json};

use crate::answer::{Meaning, Output};
use crate::page::has_categories;
use crate::questions::{CSV, JPEG, JSON, PNG};
use crate::served::{Described, Table, Takes};
use crate::settings::ServerSettings;

/// The description, by `OpenAPI` 3.1.
pub(crate) fn description(served: &Described, settings: &ServerSettings) -> Value {
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": { JSON: { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    };
    let text = |description: &str, kind: &str| json!({ "200": { "description": description, "content": { kind: {} } } });
    let is_guarded = settings.token.is_some();
    let mut components = json!({ "schemas": {
        "Prediction": prediction(&served.outputs),
        "Problem": problem_schema(),
    } });
    let mut predict = json!({
        "summary": "What the network says",
        "operationId": "predict",
        "requestBody": { "required": true, "content": bodies(served, settings.max_rows) },
        "responses": {
            "200": {
                "description": "A prediction for each row, in their order",
                "content": { JSON: { "schema": {
                    "type": "object",
                    "required": ["model", "predictions"],
                    "properties": {
                        "model": { "type": "string", "const": served.name },
                        "predictions": { "type": "array", "items": { "$ref": "#/components/schemas/Prediction" } },
                    },
                } } },
            },
            "400": problem("A body that is not what it says"),
            "408": problem("More time than there is"),
            "413": problem(&format!("More than {} bytes", settings.max_body)),
            "415": problem("A type of body that the network does not take"),
            "422": problem("Values that the network does not take"),
            "503": problem("A server that is being stopped"),
        },
    });
    if is_guarded {
        components["securitySchemes"] = json!({ "token": { "type": "http", "scheme": "bearer" } });
        predict["security"] = json!([{ "token": [] }]);
        predict["responses"]["401"] = problem("Another token, or none");
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": served.name,
            "description": "A network trained with Firebrick.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "paths": {
            "/api/predict": { "post": predict },
            "/healthz": { "get": { "summary": "Whether the server is there", "responses": text("It is", JSON) } },
            "/metrics": { "get": { "summary": "Figures of the server", "responses": text("As Prometheus reads them", "text/plain") } },
            "/api/openapi.json": { "get": { "summary": "This description", "responses": text("It", JSON) } },
        },
        "components": components,
    })
}

/// The bodies that are taken, by their types.
fn bodies(served: &Described, max_rows: usize) -> Value {
    let rows = json!({
        "type": "object",
        "required": ["rows"],
        "additionalProperties": false,
        "properties": { "rows": {
            "type": "array", "minItems": 1, "maxItems": max_rows, "items": row(served),
        } },
    });
    let file = json!({ "schema": { "type": "string", "format": "binary" } });
    match &served.takes {
        Takes::Rows => json!({ JSON: { "schema": rows } }),
        Takes::Table(_) => {
            json!({ JSON: { "schema": rows }, CSV: { "schema": { "type": "string" } } })
        }
        Takes::Texts => json!({ JSON: { "schema": {
            "type": "object",
            "required": ["texts"],
            "additionalProperties": false,
            "properties": { "texts": {
                "type": "array", "minItems": 1, "maxItems": max_rows, "items": { "type": "string" },
            } },
        } } }),
        Takes::Pictures { height, width } => {
            let pixels = json!({
                "type": "object",
                "description": format!(
                    "{height} x {width} pixels, row by row, 0 the background; or, with their height and width, a drawing of another \
                     size, which is cut out, scaled and centred"
                ),
                "required": ["pixels"],
                "additionalProperties": false,
                "properties": {
                    "pixels": { "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 255 } },
                    "height": { "type": "integer", "minimum": 1, "maximum": 4096 },
                    "width": { "type": "integer", "minimum": 1, "maximum": 4096 },
                },
            });
            json!({ PNG: file, JPEG: file, JSON: { "schema": { "oneOf": [pixels, rows] } } })
        }
    }
}

/// A sample as it is asked about.
fn row(served: &Described) -> Value {
    if let Takes::Table(table) = &served.takes {
        return cells(table);
    }
    let numbers = |len: usize| json!({ "type": "array", "minItems": len, "maxItems": len, "items": { "type": "number" } });
    match &served.inputs[..] {
        [input] => numbers(input.row_len()),
        several => {
            let names: Vec<&str> = several.iter().map(|input| &*input.name).collect();
            let own = several.iter();
            let own = own.map(|input| (input.name.clone(), numbers(input.row_len())));
            object(&names, own.collect())
        }
    }
}

fn cells(table: &Table) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for feature in &table.features {
        let kind = if has_categories(table, feature) {
            "string"
        } else {
            "number"
        };
        let missing = table.source.missing_of(feature);
        let may_miss = !matches!(missing, CsvMissing::Refuse | CsvMissing::Drop);
        if may_miss {
            properties.insert(feature.clone(), json!({ "type": [kind, "null"] }));
        } else {
            properties.insert(feature.clone(), json!({ "type": kind }));
            required.push(feature.as_str());
        }
    }
    object(&required, properties)
}

fn object(required: &[&str], properties: Map<String, Value>) -> Value {
    let properties = Value::Object(properties);
    json!({ "type": "object", "required": required, "properties": properties })
}

/// What is said of a row.
fn prediction(outputs: &[Output]) -> Value {
    let of = |output: &Output| match &output.meaning {
        Meaning::Classes { .. } => json!({
            "type": "object",
            "required": ["class", "index", "probability", "probabilities"],
            "properties": {
                "class": { "type": "string" },
                "index": { "type": "integer", "minimum": 0 },
                "probability": { "type": "number" },
                "probabilities": { "type": "array", "items": { "type": "number" } },
            },
        }),
        Meaning::Values { names, .. } => {
            let required: Vec<&str> = names.iter().map(String::as_str).collect();
            let names = names
                .iter()
                .map(|name| (name.clone(), json!({ "type": "number" })));
            let values = object(&required, names.collect());
            object(&["values"], Map::from_iter([("values".to_owned(), values)]))
        }
        Meaning::Numbers => {
            let values = json!({ "type": "array", "items": { "type": "number" } });
            object(&["values"], Map::from_iter([("values".to_owned(), values)]))
        }
    };
    match outputs {
        [output] => of(output),
        several => {
            let names: Vec<&str> = several.iter().map(|output| &*output.name).collect();
            let each = several
                .iter()
                .map(|output| (output.name.clone(), of(output)));
            object(&names, each.collect())
        }
    }
}

fn problem_schema() -> Value {
    let names = ["message", "where", "expected", "received", "hint"];
    let each = names.map(|name| (name.to_owned(), json!({ "type": "string" })));
    let error = object(&names, Map::from_iter(each));
    object(&["error"], Map::from_iter([("error".to_owned(), error)]))
}
