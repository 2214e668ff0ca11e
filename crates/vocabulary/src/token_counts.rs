use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// How often each token was seen.
///
/// ```
/// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
/// use firebrick::vocabulary::TokenCounts;
///
/// let mut counts = TokenCounts::<String>::default();
/// for word in ["b", "a", "b", "c"] {
///     counts.add(word);
/// }
/// assert_eq!(counts.count_of("b"), 2);
/// assert_eq!(counts.by_frequency(), ["b", "c", "a"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCounts<T: Eq + Hash>(HashMap<T, u64>);

impl<T: Eq + Hash> Default for TokenCounts<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone + Ord + Hash> TokenCounts<T> {
    /// Counts a token once more.
    pub fn add<Q>(&mut self, token: &Q)
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        self.add_times(token, 1);
    }

    /// Counts a token so many times.
    pub fn add_times<Q>(&mut self, token: &Q, times: u64)
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        match self.0.get_mut(token) {
            Some(count) => *count += times,
            None => {
                self.0.insert(token.to_owned(), times);
            }
        }
    }

    /// Forgets a token.
    pub fn remove<Q>(&mut self, token: &Q)
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.remove(token);
    }

    /// How often a token was counted.
    pub fn count_of<Q>(&self, token: &Q) -> u64
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get(token).copied().unwrap_or(0)
    }

    /// How many different tokens there are.
    pub fn different(&self) -> usize {
        self.0.len()
    }

    /// The tokens, the most frequent one first; of those that are as frequent the larger one first, as Keras has it.
    pub fn by_frequency(&self) -> Vec<T> {
        let mut counted: Vec<(u64, &T)> = self
            .0
            .iter()
            .map(|(token, count)| (*count, token))
            .collect();
        counted.sort_unstable_by(|one, other| other.cmp(one));
        counted
            .into_iter()
            .map(|(_, token)| token.clone())
            .collect()
    }

    /// The most frequent token; of those that are as frequent the smallest one, as scikit-learn's `SimpleImputer` has it.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_vocabulary as vocabulary; }
    /// use firebrick::vocabulary::TokenCounts;
    ///
    /// let mut counts = TokenCounts::<i64>::default();
    /// [3, 1, 3, 1, 2].iter().for_each(|number| counts.add(number));
    /// assert_eq!(counts.most_frequent(), Some(&1));
    /// ```
    pub fn most_frequent(&self) -> Option<&T> {
        let most = |(token, count): &(&T, &u64)| (**count, std::cmp::Reverse((*token).clone()));
        self.0.iter().max_by_key(most).map(|(token, _)| token)
    }
}
