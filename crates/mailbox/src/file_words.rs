//! The words of files, made searchable. Only bytes that are already here are looked at: nothing is fetched for this.

use crate::{Mailbox, Result};
use file_text::{Kind, LARGEST_FILE, PATIENCE, Reading, Reason, Text};
use mailbox_store::{AttachmentRow, FileWords};
use std::path::Path;

/// Files listed at a time.
const BATCH: u32 = 20;

impl Mailbox {
    /// Looks into every file that is here and was not looked into yet, one after the other, each in a process of its
    /// own. A file that cannot be read is noted with its reason and not tried again.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_files(&self, reader: &Path) -> Result<()> {
        loop {
            let files = self.store.read(|r| r.unread_files(BATCH)).await?;
            if files.is_empty() {
                return Ok(());
            }
            for file in files {
                let words = match self.words_of(reader, &file).await? {
                    Ok(None) => FileWords::None,
                    Ok(Some(Text { text, is_cut })) => FileWords::Found { text, is_cut },
                    // Nothing is wrong with the file: it is tried again next time.
                    Err(Reason::NoReader) => return Ok(()),
                    Err(reason) => FileWords::Missing(reason.word()),
                };
                let now = self.clock.now();
                let key = file.message;
                let row = self
                    .store
                    .write(move |tx| {
                        tx.put_file_words(&file, &words, now)?;
                        tx.message_by_key(key)
                    })
                    .await?;
                if let Some(row) = row {
                    self.tell_message(&row);
                }
            }
        }
    }

    async fn words_of(
        &self,
        reader: &Path,
        file: &AttachmentRow,
    ) -> Result<std::result::Result<Option<Text>, Reason>> {
        let (Some(blob), Some(kind)) = (file.file.blob, Kind::of(&file.file.name)) else {
            return Ok(Ok(None));
        };
        if file.file.size.is_none_or(|size| size > LARGEST_FILE) {
            return Ok(Err(Reason::TooLarge));
        }
        let mut reading = match Reading::start(reader, kind, PATIENCE) {
            Ok(reading) => reading,
            Err(reason) => return Ok(Err(reason)),
        };
        let mut position = 0;
        while let Some(bytes) = self.store.blob_chunk(blob, position).await? {
            reading.write(&bytes).await;
            position += 1;
        }
        Ok(reading.finish().await.map(Some))
    }
}
