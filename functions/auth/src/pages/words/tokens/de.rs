//! Personal tokens in German.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "Persönliche Token",
    intro: "Mit einem Token nutzt ein eigenes Programm Ihr Konto ohne Ihr Passwort. Es kann, was Sie hier ankreuzen, und sonst nichts: Passwort und zweite Faktoren ändert es nie.",
    new_token: "Ihr neues Token",
    new_hint: "Es wird nur jetzt gezeigt. Bewahren Sie es dort auf, wo Ihr Programm es findet und sonst niemand.",
    copy: "Kopieren",
    kept: "Ich habe es aufbewahrt",
    name: "Name des Tokens",
    scopes: "Was es darf",
    keys: "Nur bestimmte Börsenschlüssel",
    keys_hint: "Ist keiner angekreuzt, gilt das Token für alle.",
    networks: "Nur aus diesen Netzen",
    networks_hint: "Adressen oder Netze wie 203.0.113.0/24, durch Kommas getrennt. Ein Token, das Geheimnisse zeigt oder Schlüssel ändert, braucht welche.",
    days: "Gültig für",
    make: "Token erstellen",
    keep: "Meine persönlichen Token behalten:",
    says: TokensSay {
        none: "Sie haben keine Token.",
        no_scope: "Bitte kreuzen Sie an, was das Token darf.",
        bad_networks: "Bitte geben Sie Adressen oder Netze wie 203.0.113.0/24 ein, durch Kommas getrennt.",
        needs_networks: "Ein Token, das Geheimnisse zeigt oder Schlüssel ändert, braucht Netze und endet nach höchstens 90 Tagen.",
        frozen: "Zu Ihrer Sicherheit zeigt der Tresor gerade keine Geheimnisse. Token dafür lassen sich später erstellen.",
        too_many: "Sie haben 50 Token. Bitte beenden Sie zuerst eines.",
        expires: Timed::new("Gültig bis {time}"),
        from: "Nur aus",
        some_keys: Counted::new("Ausgewählte Börsenschlüssel: {count}"),
        end: "Beenden",
        ended: "Das Token ist ungültig.",
        copied: "Das Token ist kopiert.",
        not_copied: "Ihr Browser erlaubt kein Kopieren. Bitte markieren Sie das Token und kopieren Sie es von Hand.",
        scopes: Scopes {
            profile: "Mein Profil sehen",
            keys_read: "Börsenschlüssel auflisten und was mit ihnen geschah",
            keys_write: "Börsenschlüssel hinzufügen, ändern, testen und löschen",
            keys_decrypt: "Die Geheimnisse von Börsenschlüsseln sehen",
            kyc_read: "Sehen, wie es um meine Identitätsprüfung steht",
        },
    },
};
