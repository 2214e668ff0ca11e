use std::path::{self, Component, Path, PathBuf};

/// The same place from the root on, without `..`: what a file of settings keeps, so that it means the same from everywhere.
///
/// Links stay, but for those before a `..`, which decide where that leads. What is not there stays as it is written.
///
/// ```
/// use firebrick_data::absolute_path;
///
/// let folder = tempfile::tempdir()?;
/// let root = folder.path().canonicalize()?;
/// std::fs::create_dir(root.join("runs"))?;
/// assert_eq!(absolute_path(&root.join("runs/../t.csv")), root.join("t.csv"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn absolute_path(path: &Path) -> PathBuf {
    let whole = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let components: Vec<Component<'_>> = whole.components().collect();
    let up = components
        .iter()
        .rposition(|component| *component == Component::ParentDir);
    let Some(up) = up else {
        return whole;
    };
    let (before, after) = components.split_at(up + 1);
    match before.iter().collect::<PathBuf>().canonicalize() {
        Ok(before) => before.join(after.iter().collect::<PathBuf>()),
        Err(_) => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_a_way_back_keeps_its_links() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(absolute_path(Path::new("a/b.csv")), here.join("a/b.csv"));
        assert_eq!(absolute_path(Path::new("./b.csv")), here.join("b.csv"));
    }

    #[test]
    #[cfg(unix)]
    fn a_way_back_begins_where_a_link_leads() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("far/away")).unwrap();
        std::os::unix::fs::symlink("far/away", root.join("link")).unwrap();
        let path = root.join("link/../x/t.csv");
        assert_eq!(absolute_path(&path), root.join("far/x/t.csv"));
        let missing = root.join("none/../t.csv");
        assert_eq!(absolute_path(&missing), missing);
    }
}
