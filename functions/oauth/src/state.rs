//! What this function holds: the common state, and nothing besides.

use axum::extract::FromRef;
use shared::app::App;

/// The state of `oauth`. Cloning shares it.
#[derive(Clone)]
pub struct OAuth {
    pub(crate) app: App,
}

impl OAuth {
    /// Over the common state.
    #[must_use]
    pub const fn new(app: App) -> Self {
        Self { app }
    }

    /// Opens the connections.
    pub async fn warm_up(&self) {
        self.app.warm_up().await;
    }
}

impl FromRef<OAuth> for App {
    fn from_ref(oauth: &OAuth) -> Self {
        oauth.app.clone()
    }
}
