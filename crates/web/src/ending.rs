/// Comes back when the process is asked to end, by Ctrl-C or SIGTERM.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// firebrick_web::asked_to_end().await?;
/// println!("ends");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A system that does not tell.
pub async fn asked_to_end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
