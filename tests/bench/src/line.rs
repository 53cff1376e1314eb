//! A line between a client and the sandbox: encrypted as Altinn's is, as slow and as far as it is told to be, and it counts
//! what goes over it.

use crate::Outcome;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::TlsAcceptor;

/// Bytes carried at a time.
const PIECE: usize = 16 * 1024;
/// Pieces under way at a time.
const UNDER_WAY: usize = 64;
/// How far a line may lag behind its speed and still make up for it: a timer wakes late.
const LATE: Duration = Duration::from_millis(20);

/// How fast a line is and how far it goes.
#[derive(Debug, Clone, Copy)]
pub struct Speed {
    /// Each way.
    pub bytes_a_second: f64,
    /// One way.
    pub delay: Duration,
}

/// What went over a line.
#[derive(Debug, Default)]
pub struct Carried {
    /// Connections that were made: handshakes.
    pub connections: AtomicU64,
    /// Bytes from the client, without what encryption adds.
    pub up: AtomicU64,
    /// Bytes to the client, likewise.
    pub down: AtomicU64,
}

/// A line that stands until it is dropped.
pub struct Line {
    pub base: String,
    pub carried: Arc<Carried>,
    /// The issuer to trust, as PEM.
    pub certificate: Vec<u8>,
    task: JoinHandle<()>,
}

impl Line {
    /// A line to the sandbox at `base` as Altinn's are: encrypted, with HTTP/2 offered; as slow as it is told to be.
    pub async fn encrypted(base: &str, speed: Option<Speed>) -> Outcome<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()])?;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
        let mut config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let target: SocketAddr = base
            .strip_prefix("http://")
            .ok_or("the sandbox is on plain HTTP")?
            .parse()?;
        let listener = listener(speed)?;
        let base = format!("https://localhost:{}", listener.local_addr()?.port());
        let carried = Arc::new(Carried::default());
        let counted = Arc::clone(&carried);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (counted, acceptor) = (Arc::clone(&counted), acceptor.clone());
                // A connection that breaks is for the two ends to deal with.
                tokio::spawn(async move {
                    let _ = connect(client, target, acceptor, speed, &counted).await;
                });
            }
        });
        Ok(Self {
            base,
            carried,
            certificate: cert.pem().into_bytes(),
            task,
        })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where the client connects. What has reached the far end's buffer is not on the line any more, and the far end of this
/// one is here: it holds no more than a line of this speed and length does.
fn listener(speed: Option<Speed>) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    if let Some(speed) = speed {
        let on_the_line = speed.bytes_a_second * (speed.delay * 2).as_secs_f64();
        socket.set_recv_buffer_size(on_the_line as u32)?;
    }
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    socket.listen(1024)
}

async fn connect(
    client: TcpStream,
    target: SocketAddr,
    acceptor: TlsAcceptor,
    speed: Option<Speed>,
    carried: &Carried,
) -> std::io::Result<()> {
    let server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    carried.connections.fetch_add(1, Relaxed);
    both_ways(acceptor.accept(client).await?, server, speed, carried).await
}

async fn both_ways(
    client: impl AsyncRead + AsyncWrite,
    server: TcpStream,
    speed: Option<Speed>,
    carried: &Carried,
) -> std::io::Result<()> {
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = server.into_split();
    tokio::try_join!(
        carry(from_client, to_server, &carried.up, speed),
        carry(from_server, to_client, &carried.down, speed),
    )?;
    Ok(())
}

/// Carries one way until the end is told.
async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    count: &AtomicU64,
    speed: Option<Speed>,
) -> std::io::Result<()> {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let reading = async move {
        let mut free = Instant::now();
        loop {
            let mut piece = vec![0; PIECE];
            let length = from.read(&mut piece).await?;
            if length == 0 {
                return Ok(());
            }
            piece.truncate(length);
            count.fetch_add(length as u64, Relaxed);
            let mut arrives = Instant::now();
            if let Some(speed) = speed {
                free = free.max(arrives - LATE)
                    + Duration::from_secs_f64(length as f64 / speed.bytes_a_second);
                sleep_until(free).await;
                arrives = free + speed.delay;
            }
            if sender.send((arrives, piece)).await.is_err() {
                return Ok(());
            }
        }
    };
    let writing = async move {
        while let Some((arrives, piece)) = receiver.recv().await {
            if speed.is_some() {
                sleep_until(arrives).await;
            }
            to.write_all(&piece).await?;
            to.flush().await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(reading, writing).map(drop)
}
