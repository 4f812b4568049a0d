//! The least that a function can be, built like the others: what `make bench` measures them against. It is a package of its own, so that
//! nothing it is built with changes how the functions are built.

use lambda_http::{Error, Request, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(|_: Request| async { Ok::<_, Error>("hello") })).await
}
