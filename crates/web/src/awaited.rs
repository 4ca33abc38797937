//! Whether a request waits for its caller or for us.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Tells at any time whether somebody waits for the next part of a body.
#[derive(Clone, Debug)]
pub(crate) struct Awaited(Arc<AtomicBool>);

impl Awaited {
    /// Watches the body of a request. One that has none is left as it is.
    pub(crate) fn watch(request: Request) -> (Request, Self) {
        let awaited = Self(Arc::new(AtomicBool::new(false)));
        if request.body().is_end_stream() {
            return (request, awaited);
        }
        let watch = awaited.clone();
        (request.map(|body| Body::new(Watched { body, awaited: watch })), awaited)
    }

    /// Whether the caller has not sent what is waited for.
    pub(crate) fn is_of_caller(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

struct Watched {
    body: Body,
    awaited: Awaited,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.awaited.0.store(frame.is_pending(), Ordering::Relaxed);
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
