//! The local copy by itself: how fast letters go in, how much room they take, and what reading costs when there are many.

mod load;
mod memory;
mod read;

use crate::part::Part;

pub const PART: Part = Part {
    name: "store",
    rows: &[
        "A2-store",
        "A2-blocks",
        "A16",
        "A17-core",
        "A18",
        "A21-core",
        "A26",
        "A28",
        "B-open",
    ],
    measure: |bench| {
        Box::pin(async move {
            if bench.wants_any(&["A2-store", "A2-blocks", "A16"]) {
                load::measure(bench).await?;
            }
            if bench.wants_any(&["A17-core", "A18", "A21-core", "A28", "B-open"]) {
                read::measure(bench).await?;
            }
            if bench.wants("A26") {
                memory::measure(bench).await?;
            }
            Ok(())
        })
    },
};
