//! Handlers of one small type. Axum writes a handler's own type, with the future that it
//! returns, into some thirty functions, and for each of them the compiler proves anew that all
//! that the future holds may go to another thread: for the office's handlers that took a sixth
//! of the server's compilation.

use std::{future::Future, pin::Pin, sync::Arc};

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{self, MethodRouter},
};

use super::State;

type Answered = Pin<Box<dyn Future<Output = Response> + Send>>;

#[derive(Clone)]
struct Erased(Arc<dyn Fn(Request, State) -> Answered + Send + Sync>);

impl Erased {
    fn new<H: Handler<T, State>, T: 'static>(handler: H) -> Self {
        Self(Arc::new(move |request, state| {
            Box::pin(handler.clone().call(request, state))
        }))
    }
}

impl Handler<(), State> for Erased {
    type Future = Answered;

    fn call(self, request: Request, state: State) -> Answered {
        (self.0)(request, state)
    }
}

/// An address that shows something.
pub(super) fn get<H: Handler<T, State>, T: 'static>(page: H) -> MethodRouter<State> {
    routing::get(Erased::new(page))
}

/// An address to which something is sent.
pub(super) fn post<H: Handler<T, State>, T: 'static>(form: H) -> MethodRouter<State> {
    routing::post(Erased::new(form))
}

/// An address that shows a page, and to which that page's form is sent.
pub(super) fn get_and_post<G, P, T: 'static, U: 'static>(page: G, form: P) -> MethodRouter<State>
where
    G: Handler<T, State>,
    P: Handler<U, State>,
{
    get(page).post(Erased::new(form))
}
