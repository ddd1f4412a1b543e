//! Connections: a bounded number at once, each closed when its client takes nothing for too long.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum_server::accept::Accept;
use prometheus::IntGauge;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep};

use super::Connections;

/// Accepts a connection only while a place is free.
#[derive(Clone)]
pub(super) struct Counted<A> {
    inner: A,
    places: Arc<Semaphore>,
    write_stall: Duration,
    open: IntGauge,
}

impl<A> Counted<A> {
    pub(super) fn new(inner: A, limits: &Connections, open: IntGauge) -> Self {
        Self {
            inner,
            places: Arc::new(Semaphore::new(limits.at_once)),
            write_stall: limits.write_stall,
            open,
        }
    }
}

impl<A, S> Accept<TcpStream, S> for Counted<A>
where
    A: Accept<TcpStream, S, Stream = TcpStream>,
    A::Future: Send + 'static,
{
    type Stream = Bounded;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Bounded, A::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let accepted = self.inner.accept(stream, service);
        let (write_stall, open) = (self.write_stall, self.open.clone());
        Box::pin(async move {
            let place = place.map_err(|_| io::Error::other("every place for a connection is taken"))?;
            let (stream, service) = accepted.await?;
            stream.set_nodelay(true)?;
            Ok((Bounded::new(stream, write_stall, Place::new(place, open)), service))
        })
    }
}

/// A taken place, given back when the connection ends however it ends.
struct Place {
    _permit: OwnedSemaphorePermit,
    open: IntGauge,
}

impl Place {
    fn new(permit: OwnedSemaphorePermit, open: IntGauge) -> Self {
        open.inc();
        Self { _permit: permit, open }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.open.dec();
    }
}

/// A connection that fails with `TimedOut` when its client accepts no byte for the stated time.
pub(super) struct Bounded {
    stream: TcpStream,
    write_stall: Duration,
    /// Runs while a write waits; none while the client keeps up.
    deadline: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl Bounded {
    fn new(stream: TcpStream, write_stall: Duration, place: Place) -> Self {
        Self { stream, write_stall, deadline: None, _place: place }
    }

    fn watch<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.deadline = None;
            return written;
        }
        let until = Instant::now() + self.write_stall;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.watch(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
