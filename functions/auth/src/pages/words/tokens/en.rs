//! Personal tokens in English.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "Personal tokens",
    intro: "A token lets a program of yours use your account without your password. It can do what you tick here, and nothing else: it never changes your password or your second factors.",
    new_token: "Your new token",
    new_hint: "It is shown only now. Keep it where your program finds it and nobody else does.",
    copy: "Copy",
    kept: "I have kept it",
    name: "Name of the token",
    scopes: "What it may do",
    keys: "Only some exchange keys",
    keys_hint: "If none is ticked, the token is good for all of them.",
    networks: "Only from these networks",
    networks_hint: "Addresses, or networks as in 203.0.113.0/24, with commas between them. A token that shows secrets or changes keys needs some.",
    days: "Good for",
    make: "Make a token",
    keep: "Keep my personal tokens:",
    says: TokensSay {
        none: "You have no tokens.",
        no_scope: "Please tick what the token may do.",
        bad_networks: "Please enter addresses, or networks as in 203.0.113.0/24, with commas between them.",
        needs_networks: "A token that shows secrets or changes keys needs networks, and ends within 90 days.",
        frozen: "For your safety the vault shows no secrets at the moment. Tokens for it can be made later.",
        too_many: "You have 50 tokens. Please end one first.",
        expires: Timed::new("Good until {time}"),
        from: "Only from",
        some_keys: Counted::new("Chosen exchange keys: {count}"),
        end: "End",
        ended: "The token has ended.",
        copied: "The token is copied.",
        not_copied: "Your browser does not allow copying. Please select the token and copy it by hand.",
        scopes: Scopes {
            profile: "See my profile",
            keys_read: "List exchange keys and what was done with them",
            keys_write: "Add, change, test and delete exchange keys",
            keys_decrypt: "See the secrets of exchange keys",
            kyc_read: "See where my identity check stands",
        },
    },
};
