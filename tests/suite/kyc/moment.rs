//! A request about an identity check looks at the clock once.

use tests::{World, authorized};

use super::{SIGNING, approval, genuine};

#[tokio::test]
async fn a_request_decides_at_one_moment() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.clock.tick();
    for provider in SIGNING {
        let report = genuine(&world, provider, &approval(provider, &session.user_id, world.now()));
        let status = authorized("GET", "/api/kyc/status", &session.access, None);
        for request in [report, status] {
            let (before, path) = (world.now(), request.path.clone());
            let reply = world.send(request).await;
            assert_eq!(reply.status, 200, "{path}: {reply:?}");
            assert_eq!(world.now().seconds_from(before) - 1, 1, "{path}");
        }
    }
}
