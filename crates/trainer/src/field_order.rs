use firebrick_spec::UnknownName;

use crate::mismatch_error::MismatchError;

/// The places of the fields that belong to these inputs or outputs of a network: by name where all fields have one, else in
/// their order. The only field is that of the only input, whatever they are called.
///
/// # Errors
/// A name that the network does not have, one that no field has, another number of fields.
pub(crate) fn field_order(
    kind: &'static str,
    fields: &[Option<&str>],
    names: &[String],
) -> Result<Vec<usize>, MismatchError> {
    if fields.len() == 1 && names.len() == 1 {
        return Ok(vec![0]);
    }
    let given: Option<Vec<&str>> = fields.iter().copied().collect();
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        if fields.len() == names.len() {
            return Ok((0..fields.len()).collect());
        }
        return Err(MismatchError::NumFields {
            kind,
            names: names.to_vec(),
            received: fields.len(),
        });
    };
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(name) = given.iter().find(|name| !known.contains(name)) {
        return Err(UnknownName::new(kind, *name, &known).into());
    }
    let place = |name: &&str| {
        let place = given.iter().position(|own| own == name);
        place.ok_or_else(|| MismatchError::MissingField {
            kind,
            name: (*name).to_owned(),
            fields: given.iter().map(|&own| own.to_owned()).collect(),
        })
    };
    known.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name_or_taken_in_order() {
        let names = ["user".to_owned(), "film".to_owned()];
        let order = |fields: &[Option<&str>]| {
            let order = field_order("input", fields, &names);
            order.map_err(|error| error.to_string())
        };
        assert_eq!(order(&[Some("film"), Some("user")]), Ok(vec![1, 0]));
        assert_eq!(order(&[None, None]), Ok(vec![0, 1]));
        assert_eq!(
            field_order("input", &[None], &names[..1]).ok(),
            Some(vec![0])
        );
        assert_eq!(
            order(&[Some("film"), Some("usr")]).unwrap_err(),
            "unknown input `usr`, did you mean `user`?; known inputs: user, film"
        );
        assert_eq!(
            order(&[Some("film")]).unwrap_err(),
            "the network has the input `user`, the samples have none of this name but `film`; give it, or build the network \
             without it"
        );
        assert_eq!(
            order(&[None, None, None]).unwrap_err(),
            "the network has 2 inputs (`user`, `film`), the samples have 3; give one for each, by its name"
        );
    }
}
