//! The vault for the API keys of users' exchange accounts. So far it knows who may ask; it keeps nothing yet.

mod closed;
mod model;

use axum::Router;
use shared::{
    app::App,
    http::{Route, Routes},
};

use closed::{closed, create, decrypt, delete, list, test_connection, update};

fn listed<const DESCRIBED: bool>() -> Routes<App, DESCRIBED> {
    Routes::new()
        .get("/api/v1/api-keys/", closed, list)
        .post("/api/v1/api-keys/", closed, create)
        .post("/api/v1/api-keys/{key_id}/decrypt", closed, decrypt)
        .patch("/api/v1/api-keys/{key_id}", closed, update)
        .delete("/api/v1/api-keys/{key_id}", closed, delete)
        .post("/api/v1/api-keys/{key_id}/test-connection", closed, test_connection)
}

/// Every route of this function, over its state.
pub fn router(app: App) -> Router {
    listed::<false>().serve(app)
}

/// The same routes, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
