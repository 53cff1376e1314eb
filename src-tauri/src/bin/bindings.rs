//! Writes the TypeScript side of the contract.

fn main() -> std::io::Result<()> {
    std::fs::write(
        brevdue_desktop::bindings::path(),
        brevdue_desktop::bindings::text(),
    )
}
