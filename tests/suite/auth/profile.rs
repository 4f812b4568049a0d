//! What an account says of itself.

use serde_json::json;
use tests::World;

#[tokio::test]
async fn a_profile_can_be_filled_changed_and_cleared() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let empty = world.get_as(&session, "/auth/profile").await;
    assert_eq!(empty.body["email"], ada.email);

    world.advance(60);
    let change =
        json!({ "full_name": " Ada Lovelace ", "avatar_url": "https://a.example/i.png", "phone": "+14155550100" });
    let filled = world.patch_as(&session, "/auth/profile", change).await;
    filled.assert_ok();
    assert_eq!(filled.body["full_name"], "Ada Lovelace");
    assert_ne!(filled.body["updated_at"], filled.body["created_at"]);
    assert_eq!(world.get_as(&session, "/auth/profile").await.body, filled.body);

    let cleared = world.patch_as(&session, "/auth/profile", json!({ "phone": null, "unknown": 1 })).await;
    assert_eq!(cleared.body["phone"], json!(null));
    assert_eq!(cleared.body["avatar_url"], "https://a.example/i.png");
}

#[tokio::test]
async fn a_bad_value_changes_nothing_and_is_named() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let before = world.get_as(&session, "/auth/profile").await.body;
    let bad = [
        ("full_name", json!("")),
        ("full_name", json!("   ")),
        ("full_name", json!("a\u{0}b")),
        ("full_name", json!("n".repeat(201))),
        ("full_name", json!("\u{200b}")),
        ("full_name", json!(" \u{ad}\u{feff} \u{202e}\u{2066}")),
        ("full_name", json!("\u{3164}")),
        ("full_name", json!("\u{115f}\u{1160}\u{ffa0}")),
        ("full_name", json!("\u{2800}\u{2800}")),
        ("full_name", json!("\u{fe0f}\u{e0100}\u{e0041}\u{e007f}")),
        ("full_name", json!("\u{301}\u{20dd}")),
        ("full_name", json!(7)),
        ("avatar_url", json!("http://a.example/i.png")),
        ("avatar_url", json!("javascript:alert(1)")),
        ("avatar_url", json!("https://user:secret@a.example/")),
        ("avatar_url", json!(format!("https://a.example/{}", "x".repeat(2_048)))),
        ("phone", json!("14155550100")),
        ("phone", json!("+04155550100")),
        ("phone", json!("+1")),
        ("phone", json!("+1415555010012345")),
        ("phone", json!("+1 415 555")),
    ];
    for (field, value) in bad {
        let change = json!({ "full_name": "Fine", "phone": "+14155550100", field: value });
        let reply = world.patch_as(&session, "/auth/profile", change).await;
        assert_eq!((reply.status, &reply.body["detail"][0]["loc"]), (422, &json!(["body", field])), "{value}");
        assert_eq!(reply.body["detail"][0]["input"], value);
    }
    assert_eq!(world.get_as(&session, "/auth/profile").await.body, before);
}

#[tokio::test]
async fn a_name_may_have_invisible_characters_among_others() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    // Persian and Hindi are spelt with joiners, emoji are made of them, and some names are one letter long.
    for name in [
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{915}\u{94d}\u{200d}\u{937}",
        "\u{2764}\u{fe0f}",
        "Z\u{301}",
        "\u{738b}",
    ] {
        let reply = world.patch_as(&session, "/auth/profile", json!({ "full_name": name })).await;
        assert_eq!((reply.status, &reply.body["full_name"]), (200, &json!(name)));
    }
}

#[tokio::test]
async fn the_listed_method_is_the_only_one_that_is_named() {
    let world = World::start().await;
    for method in ["DELETE", "PUT", "HEAD", "OPTIONS", "POST"] {
        let request = tests::Request { method, path: "/auth/profile".to_owned(), ..Default::default() };
        let reply = world.send(request).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET")), "{method}");
    }
}
