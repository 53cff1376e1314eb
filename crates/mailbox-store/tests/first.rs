//! The first stores of a process, opened on several threads at once. Alone in its program: what is looked for happens
//! only while the library under it is being set up.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use mailbox_store::{Store, StoreKey};
use std::sync::Barrier;

#[test]
fn the_first_stores_of_a_process_open_side_by_side() {
    const THREADS: u8 = 8;
    let folder = tempfile::tempdir().unwrap();
    let together = Barrier::new(usize::from(THREADS));
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            let (path, together) = (folder.path().join(format!("{thread}.db")), &together);
            threads.spawn(move || {
                together.wait();
                let opened = Store::open(&path, &StoreKey::new([thread; 32])).map(drop);
                assert_eq!(
                    opened,
                    Ok(()),
                    "thread {thread} meets a library that is ready"
                );
            });
        }
    });
}
