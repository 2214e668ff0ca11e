//! Weights in HDF5, as far as Keras uses it: groups, and datasets in one piece.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use firebrick_model::{WeightValue, catch_panic};
use hdf5_pure::{DType, Dataset, File, FormatError, Group, Layout, Source};

/// What every HDF5 file begins with.
pub(super) const SIGNATURE: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

/// How deep groups may lie in each other: networks in networks, and the layers within the layers of the innermost.
const MAX_DEPTH: usize = 64;

/// The longest name of a group or a dataset.
const MAX_NAME: usize = 127;

/// The name of the groups that hold datasets.
const VARS: &str = "vars";

/// Whether numbers are of the types that are wanted.
type IsType = fn(&DType) -> bool;

/// The datasets of a file by their paths, `layers/dense/vars/0`.
///
/// Made from bytes that may be hostile: nothing is allocated by a number that was not held against the size of the file,
/// reading ends after a bounded number of steps, and a panic of the library is an error.
pub(super) struct Hdf5 {
    image: Arc<Image>,
    found: Found,
}

/// What there is in a file.
#[derive(Default)]
struct Found {
    datasets: BTreeMap<String, Dataset>,
    /// Attributes that list names, by the path of their group and their own name.
    lists: BTreeMap<(String, String), Vec<String>>,
    /// The paths of the groups that were looked into for these.
    groups: BTreeSet<String>,
}

impl Hdf5 {
    /// Finds the datasets of files of Keras 3.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn read(bytes: Vec<u8>) -> Result<Self, String> {
        Self::of(bytes, Wanted::Vars)
    }

    /// Finds the datasets of files of Keras 2, and the lists of layers and weights that say their order.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(super) fn read_listed(bytes: Vec<u8>) -> Result<Self, String> {
        Self::of(bytes, Wanted::Listed)
    }

    fn of(bytes: Vec<u8>, wanted: Wanted) -> Result<Self, String> {
        check_widths(&bytes)?;
        let image = Arc::new(Image::new(bytes));
        let mut found = Found::default();
        image.guarded(|source| {
            let file = File::from_source(source).map_err(|error| error.to_string())?;
            found.walk(&file.root(), "", 0, wanted)
        })?;
        Ok(Self { image, found })
    }

    /// How many bytes the file has.
    pub(super) fn size(&self) -> usize {
        self.image.bytes.len()
    }

    /// The paths of all datasets.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.found.datasets.keys().map(String::as_str)
    }

    /// Whether there is a group of this path, where lists were looked for.
    pub(super) fn has_group(&self, path: &str) -> bool {
        self.found.groups.contains(path)
    }

    /// The names that an attribute of a group lists, if it is there. A list that is too long for one attribute is in several,
    /// which are numbered.
    pub(super) fn list(&self, path: &str, attribute: &str) -> Option<Vec<&str>> {
        let of = |attribute: String| self.found.lists.get(&(path.to_owned(), attribute));
        let whole = of(attribute.to_owned()).into_iter();
        let parts = (0..).map_while(|number| of(format!("{attribute}{number}")));
        let mut lists = whole.chain(parts).peekable();
        lists.peek()?;
        Some(lists.flatten().map(String::as_str).collect())
    }

    /// The shape of a dataset, if it is there.
    ///
    /// # Errors
    /// A shape that cannot be read.
    pub(super) fn shape(&self, path: &str) -> Option<Result<Vec<usize>, String>> {
        let dataset = self.found.datasets.get(path)?;
        let shape = self.image.guarded(|_| {
            let shape = dataset.shape().map_err(|error| error.to_string())?;
            let axes = shape.into_iter().map(usize::try_from);
            axes.collect::<Result<Vec<_>, _>>()
                .map_err(|error| error.to_string())
        });
        Some(shape)
    }

    /// The numbers of a dataset, if it is there.
    ///
    /// # Errors
    /// Numbers of another type than floats, in another form than in one piece, or beyond the end of the file.
    pub(super) fn values(&self, path: &str) -> Option<Result<WeightValue, String>> {
        let dataset = self.found.datasets.get(path)?;
        Some(self.shape(path)?.and_then(|shape| {
            let is_float =
                |dtype: &DType| matches!(dtype, DType::F32 | DType::F64 | DType::Other(_));
            let types = ("float32", is_float as IsType);
            let size = self
                .image
                .guarded(|_| self.checked_size(dataset, &shape, types))?;
            self.image.allow(size);
            let values = self
                .image
                .guarded(|_| dataset.read_f32().map_err(|error| error.to_string()))?;
            WeightValue::new(shape, values).map_err(|error| error.to_string())
        }))
    }

    /// The only number of a dataset, a whole one from 0 on, if the dataset is there.
    ///
    /// # Errors
    /// Another type, several numbers, or one that is negative or beyond the end of the file.
    pub(super) fn count(&self, path: &str) -> Option<Result<u64, String>> {
        let dataset = self.found.datasets.get(path)?;
        Some(self.shape(path)?.and_then(|shape| {
            if shape.iter().any(|axis| *axis != 1) {
                return Err(format!("expected a single number, received {shape:?}"));
            }
            let is_whole =
                |dtype: &DType| matches!(dtype, DType::I32 | DType::I64 | DType::U32 | DType::U64);
            let types = ("int32", is_whole as IsType);
            let size = self
                .image
                .guarded(|_| self.checked_size(dataset, &shape, types))?;
            self.image.allow(size);
            let values = self
                .image
                .guarded(|_| dataset.read_i64().map_err(|error| error.to_string()))?;
            let value = values.first().copied().unwrap_or(-1);
            u64::try_from(value)
                .map_err(|_negative| format!("expected a number from 0 on, received {value}"))
        }))
    }

    /// How many bytes the numbers have, once it is known that they are there and of one of these types.
    fn checked_size(
        &self,
        dataset: &Dataset,
        shape: &[usize],
        (expected, is_type): (&str, IsType),
    ) -> Result<u64, String> {
        let text = |error: hdf5_pure::Error| error.to_string();
        let dtype = dataset.dtype().map_err(text)?;
        if !is_type(&dtype) {
            return Err(format!("expected {expected}, received {dtype:?}"));
        }
        let elements = shape.iter().try_fold(1_u64, |product, axis| {
            product.checked_mul(u64::try_from(*axis).ok()?)
        });
        let element_size = dataset.element_size().map_err(text)?;
        let needed = elements.and_then(|elements| elements.checked_mul(element_size));
        let there = self.image.len();
        let needed = needed
            .filter(|needed| *needed <= there)
            .ok_or_else(|| format!("{shape:?} is more than the file's {there} bytes hold"))?;
        let is_there = match dataset.layout().map_err(text)? {
            Layout::Compact { size } => size == needed,
            Layout::Contiguous { address, size } => {
                let end = address.map_or(Some(0), |address| address.checked_add(size));
                size == needed
                    && end.is_some_and(|end| end <= there)
                    && (address.is_some() || size == 0)
            }
            _ => {
                return Err(
                    "it is stored in chunks, expected in one piece, as Keras does".to_owned(),
                );
            }
        };
        if is_there {
            Ok(needed)
        } else {
            Err("it ends beyond the end of the file, or was never written".to_owned())
        }
    }
}

/// Which datasets are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Those in groups of the name `vars`.
    Vars,
    /// All of them, and lists of names.
    Listed,
}

impl Found {
    /// Looks into a group and into those within it.
    fn walk(
        &mut self,
        group: &Group,
        path: &str,
        depth: usize,
        wanted: Wanted,
    ) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "groups lie in each other more than {MAX_DEPTH} deep"
            ));
        }
        let text = |error: hdf5_pure::Error| error.to_string();
        let is_vars = path.rsplit('/').next() == Some(VARS);
        if is_vars || wanted == Wanted::Listed {
            for (name, dataset) in group.iter_datasets().map_err(text)? {
                self.datasets.insert(format!("{path}/{name}"), dataset);
            }
        }
        if is_vars && wanted == Wanted::Vars {
            return Ok(());
        }
        if wanted == Wanted::Listed {
            self.groups.insert(path.to_owned());
            for (name, value) in group.attrs().map_err(text)? {
                if let Some(names) = value.as_strings() {
                    let place = (path.to_owned(), name);
                    self.lists.insert(place, names.to_vec());
                }
            }
        }
        for (name, inner) in group.iter_groups().map_err(text)? {
            let path = match path {
                "" => name,
                path => format!("{path}/{name}"),
            };
            self.walk(&inner, &path, depth + 1, wanted)?;
        }
        Ok(())
    }
}

/// Numbers of another width than 8 bytes have never been written by Keras.
fn check_widths(bytes: &[u8]) -> Result<(), String> {
    if !bytes.starts_with(SIGNATURE) {
        return Err("it does not begin as an HDF5 file".to_owned());
    }
    let place = match bytes.get(8) {
        Some(0 | 1) => 13,
        Some(2 | 3) => 9,
        other => return Err(format!("unknown version {other:?}")),
    };
    match bytes.get(place..place + 2) {
        Some([8, 8]) => Ok(()),
        other => Err(format!("expected offsets of 8 bytes, received {other:?}")),
    }
}

impl fmt::Debug for Hdf5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.found.datasets.keys()).finish()
    }
}

/// The bytes of a file, and how much may still be read of them.
struct Image {
    bytes: Vec<u8>,
    left: AtomicU64,
}

impl Image {
    /// What one reading costs beside its bytes.
    const COST: u64 = 32;

    fn new(bytes: Vec<u8>) -> Self {
        // A description is kept as up to twelve times its bytes: so much stays below 64 MiB and the size of the file.
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let left = (size.saturating_mul(8) + (2 << 20)).min((5 << 20) + size / 12);
        Self {
            bytes,
            left: AtomicU64::new(left),
        }
    }

    fn len(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }

    /// Lets so many bytes more be read.
    fn allow(&self, size: u64) {
        let size = size.saturating_add(size / 64).saturating_add(1 << 16);
        self.left.fetch_add(size, Ordering::Relaxed);
    }

    /// Takes from what may be read.
    fn spend(&self, size: usize) -> Result<(), FormatError> {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        let cost = size.saturating_add(Self::COST);
        let after = |left: u64| left.checked_sub(cost);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, after)
            .map(drop)
            .map_err(|_left| FormatError::NestingDepthExceeded)
    }

    /// Runs what reads; a panic is an error.
    fn guarded<T>(
        self: &Arc<Self>,
        read: impl FnOnce(Shared) -> Result<T, String>,
    ) -> Result<T, String> {
        catch_panic(|| read(Shared(Arc::clone(self)))).unwrap_or_else(Err)
    }

    /// Makes sure that the names that a heap holds are short: each entry of a group has a copy of its own.
    fn check_heap(&self, header: &[u8]) -> Result<(), FormatError> {
        let number = |place: usize| {
            let bytes = header.get(place..place + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let range = number(24).zip(number(8)).and_then(|(start, size)| {
            let end = start.checked_add(size)?;
            self.bytes.get(start..end)
        });
        let Some(names) = range else {
            return Ok(());
        };
        self.spend(names.len())?;
        if names
            .split(|byte| *byte == 0)
            .any(|name| name.len() > MAX_NAME)
        {
            return Err(FormatError::InvalidLinkName(format!(
                "a name of more than {MAX_NAME} bytes"
            )));
        }
        Ok(())
    }
}

/// The image as the library reads it.
struct Shared(Arc<Image>);

impl Source for Shared {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), FormatError> {
        self.0.spend(buf.len())?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let end = start.saturating_add(buf.len());
        let Some(found) = self.0.bytes.get(start..end) else {
            return Err(FormatError::UnexpectedEof {
                expected: end,
                available: self.0.bytes.len(),
            });
        };
        buf.copy_from_slice(found);
        if buf.starts_with(b"HEAP") {
            self.0.check_heap(buf)?;
        }
        Ok(())
    }
}
