//! What several want to write at the same time, in as few calls as it takes.

use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use crate::operator::Failure;

/// One call at a time: who comes while it is under way shares the next one with all the others who have come since.
#[derive(Debug)]
pub(crate) struct Together<T> {
    /// Whom the next call is for.
    next: Mutex<Arc<Batch<T>>>,
    turn: Mutex<()>,
}

/// What goes out in one call, and what has come of it.
#[derive(Debug)]
struct Batch<T> {
    items: Mutex<Vec<T>>,
    written: OnceCell<Result<(), Failure>>,
}

impl<T> Default for Together<T> {
    fn default() -> Self {
        Self { next: Mutex::default(), turn: Mutex::default() }
    }
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self { items: Mutex::default(), written: OnceCell::default() }
    }
}

impl<T: Clone> Together<T> {
    /// Writes an item, by `call` or by that of somebody who has come at the same time; returns when it is written.
    ///
    /// # Errors
    /// Those of the call that it was in.
    pub async fn write(&self, item: T, call: impl AsyncFnOnce(Vec<T>) -> Result<(), Failure>) -> Result<(), Failure> {
        let batch = {
            let next = self.next.lock().await;
            next.items.lock().await.push(item);
            Arc::clone(&next)
        };
        let _turn = self.turn.lock().await;
        let write = async || {
            // Nobody joins any more. Whoever is in a batch writes it or finds it written, so none is left over, whichever this one replaces.
            *self.next.lock().await = Arc::default();
            call(batch.items.lock().await.clone()).await
        };
        batch.written.get_or_init(write).await.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, pin::pin, time::Duration};

    use futures::future::{Either, join_all, join4, pending, select};
    use tokio::{sync::Notify, time::sleep};

    use super::*;

    /// Writes 20 items at once; each call but the first one `fails`, if asked to. What each has come to, and the calls.
    async fn written(fails: bool) -> (Vec<Result<(), Failure>>, Vec<Vec<usize>>) {
        let (together, calls) = (Together::default(), RefCell::new(Vec::<Vec<usize>>::new()));
        let write = async |item| {
            let written = together.write(item, async |items| {
                sleep(Duration::from_millis(5)).await;
                calls.borrow_mut().push(items);
                if fails && calls.borrow().len() > 1 { Err("it was refused".into()) } else { Ok(()) }
            });
            let written = written.await;
            assert!(
                calls.borrow().iter().flatten().any(|there| *there == item),
                "{item} was said to be written before"
            );
            written
        };
        let outcomes = join_all((0..20).map(write)).await;
        (outcomes, calls.into_inner())
    }

    #[tokio::test]
    async fn who_comes_during_a_call_shares_the_next_one() {
        let (outcomes, calls) = written(false).await;
        assert!(outcomes.iter().all(Result::is_ok));
        assert_eq!(calls, [vec![0], (1..20).collect()]);
    }

    #[tokio::test]
    async fn all_of_a_call_hear_that_it_was_refused() {
        let (outcomes, calls) = written(true).await;
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_err()).count(), calls.len()), (19, 2));
        assert!(outcomes[0].is_ok());
    }

    /// Whoever writes may be given up in the middle of it: the others of the batch write all of it then.
    #[tokio::test]
    async fn a_batch_whose_writer_was_given_up_is_written_by_the_others() {
        let (together, calls) = (Together::default(), RefCell::new(Vec::new()));
        let (have_come, has_begun) = (Notify::new(), Notify::new());
        let before = together.write(0, async |_| {
            have_come.notified().await;
            Ok(())
        });
        let given_up = async {
            let endless = together.write(1, async |_| {
                has_begun.notify_one();
                pending().await
            });
            assert!(matches!(select(pin!(endless), pin!(has_begun.notified())).await, Either::Right(_)));
        };
        let call = async |items| {
            calls.borrow_mut().push(items);
            Ok(())
        };
        let others = join_all([together.write(2, call), together.write(3, call)]);
        let (first, (), outcomes, ()) = join4(before, given_up, others, async { have_come.notify_one() }).await;
        assert_eq!((first, outcomes), (Ok(()), vec![Ok(()), Ok(())]));
        assert_eq!(calls.into_inner(), [[1, 2, 3]]);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_call_that_was_given_up() {
        let (together, calls) = (Together::default(), RefCell::new(Vec::new()));
        let call = async |items| {
            sleep(Duration::from_millis(50)).await;
            calls.borrow_mut().push(items);
            Ok(())
        };
        let first = async {
            let given_up = tokio::time::timeout(Duration::from_millis(5), together.write(0, call)).await;
            assert!(given_up.is_err());
        };
        let others = async {
            sleep(Duration::from_millis(1)).await;
            join_all([together.write(1, call), together.write(2, call)]).await
        };
        let ((), outcomes) = tokio::join!(first, others);
        assert_eq!(outcomes, [Ok(()), Ok(())]);
        assert_eq!(calls.into_inner(), [[1, 2]]);
    }
}
