//! Prints the OpenAPI document; `make openapi` keeps it in `functions/docs/openapi.json`.

fn main() {
    print!("{}", openapi::text());
}
