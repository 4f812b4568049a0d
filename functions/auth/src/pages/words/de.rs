//! German, with "Sie".

use super::{
    AddedSays, AddedSince, Answers, Ask, ForgotPage, Frame, LinkPage, Named, Outcome, PasswordPage, Script, Timed,
    Words, account, security, tokens,
};

pub const WORDS: Words = Words {
    frame: Frame {
        needs_script: "Diese Seite braucht JavaScript. Bitte lassen Sie es hier zu und öffnen Sie die Seite erneut.",
        language: "Sprache",
    },
    script: Script {
        work: "Einen Moment, bitte. Es kommen gerade viele Anfragen, und Ihr Browser muss zeigen, dass er diese ernst meint.",
        proving: "Nachweis",
        person: "Bitte bestätigen Sie, dass Sie ein Mensch sind.",
        not_proven: "Ihr Browser konnte nicht zeigen, dass er diese Anfrage ernst meint. Bitte versuchen Sie es noch einmal oder in einem \
                     anderen Browser.",
        offline: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.",
        too_many: "Zu viele Versuche. Bitte versuchen Sie es gleich noch einmal.",
        too_many_for: Timed::new("Zu viele Versuche. Bitte versuchen Sie es in {time} noch einmal."),
        unavailable: "Der Dienst ist zurzeit nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.",
        unavailable_for: Timed::new(
            "Der Dienst ist zurzeit nicht verfügbar. Bitte versuchen Sie es in {time} noch einmal.",
        ),
        broken: "Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es gleich noch einmal.",
        damaged: "Dieser Link ist offenbar beschädigt. Bitte öffnen Sie ihn noch einmal aus unserer E-Mail.",
        without_link: "Diese Seite wurde ohne ihren Link geöffnet. Bitte öffnen Sie den Link aus unserer E-Mail.",
        void: "Dieser Link funktioniert nicht",
        too_soon: "Bitte warten Sie, bevor Sie einen weiteren Link anfordern",
        again_in: Timed::new("Erneut senden in {time}"),
        no_address: "Bitte geben Sie Ihre E-Mail-Adresse ein.",
        bad_address: "Das ist keine gültige E-Mail-Adresse.",
        short_password: "Bitte verwenden Sie mindestens 8 Zeichen.",
        long_password: "Dieses Passwort ist zu lang.",
        other_password: "Die beiden Passwörter stimmen nicht überein.",
        bad_password: "Dieses Passwort kann nicht verwendet werden. Bitte wählen Sie ein anderes.",
    },
    answers: Answers {
        choose_password: "Wählen Sie ein Passwort mit dem Link, den wir Ihnen geschickt haben.",
        already_verified: "Sie war es schon vorher.",
        heeded: "Ihr Konto wurde seit jener E-Mail schon gesichert. Es war nichts zu tun.",
        monotonous: "Bitte verwenden Sie mindestens 4 verschiedene Zeichen.",
        common: "Dieses Passwort ist eines der häufigsten, oder eines davon mit Ziffern und Zeichen dahinter. Bitte wählen Sie ein anderes.",
        personal: "Dieses Passwort besteht aus Ihrer Adresse, Ihrem Namen oder dem Namen dieses Dienstes. Bitte wählen Sie ein anderes.",
        breached: "Dieses Passwort wurde bei einem anderen Dienst gestohlen. Bitte wählen Sie ein anderes.",
    },
    ask: Ask {
        heading: "Neuer Link",
        email: "E-Mail-Adresse",
        button: "Neuen Link senden",
        sent_proof: "Wenn diese Adresse auf ihre Bestätigung wartet, ist der Link unterwegs",
        sent_offer: "Wenn es zu dieser Adresse ein Konto gibt, ist ein Link für ein neues Passwort unterwegs",
    },
    verify_email: LinkPage {
        title: "E-Mail-Adresse bestätigen",
        text: "Es fehlt nur noch ein Schritt: Bestätigen Sie, dass diese Adresse Ihnen gehört.",
        effects: &[],
        otherwise: None,
        button: "Adresse bestätigen",
        outcome: Outcome {
            done: "Ihre Adresse ist bestätigt",
            done_text: "Sie können sich jetzt anmelden.",
            failed_text: "Vielleicht ist er abgelaufen, oder ein neuerer ist an seine Stelle getreten.",
            onward: "Weiter",
        },
    },
    confirm_email: LinkPage {
        title: "Neue Adresse bestätigen",
        text: "Ihr Konto soll künftig diese E-Mail-Adresse haben. Wenn Sie sie bestätigen:",
        effects: &[
            "Sie melden sich mit der neuen Adresse an.",
            "Alle Sitzungen enden, auf allen Geräten.",
            "Ihr Tresor bleibt eine Zeit lang geschlossen, in der Regel 24 Stunden.",
        ],
        otherwise: Some("Wenn Sie das nicht verlangt haben, schließen Sie die Seite: Es hat sich nichts geändert."),
        button: "Adresse bestätigen",
        outcome: Outcome {
            done: "Ihr Konto hat seine neue Adresse",
            done_text: "Sie können sich jetzt mit ihr anmelden.",
            failed_text: "Vielleicht ist er abgelaufen oder wurde schon verwendet. In Ihrem Konto können Sie die Änderung noch einmal verlangen.",
            onward: "Anmelden",
        },
    },
    not_me: LinkPage {
        title: "Konto sichern",
        text: "Wenn jemand anderes getan hat, wovon unsere E-Mail berichtet, drücken Sie diese Schaltfläche. Dann:",
        effects: &[
            "Alle Sitzungen enden, auf allen Geräten.",
            "Ihr Passwort gilt nicht mehr. Wir schicken Ihnen einen Link, um ein neues zu wählen.",
            "Ihr Tresor bleibt eine Zeit lang geschlossen, in der Regel 24 Stunden: Kein Börsenschlüssel kann verwendet werden.",
            "Eine laufende Löschung oder Änderung der Adresse wird abgebrochen. Eine Adresse, die Ihrem Konto genommen wurde, kommt zurück.",
        ],
        otherwise: Some("Wenn Sie es selbst waren, schließen Sie die Seite: Es hat sich nichts geändert."),
        button: "Das war ich nicht",
        outcome: Outcome {
            done: "Ihr Konto ist gesichert",
            done_text: "Alle sind abgemeldet. In unserer E-Mail finden Sie einen Link, um ein neues Passwort zu wählen.",
            failed_text: "Vielleicht ist er abgelaufen. Wenn Sie besorgt sind, wählen Sie ein neues Passwort: Auch das beendet alle Sitzungen.",
            onward: "Weiter",
        },
    },
    added_since: AddedSince {
        heading: "Seit unserer E-Mail hinzugefügt",
        text: "Dies kam nach jener E-Mail zu Ihrem Konto hinzu und ist noch da. Über jedes haben wir Ihnen eine eigene E-Mail geschickt: Gehört eines nicht Ihnen, öffnen Sie den Link in der E-Mail darüber. Er entfernt es.",
        says: AddedSays {
            app: "Authenticator-App",
            passkey: Named::new("Passkey „{name}“"),
            added_at: Timed::new("Hinzugefügt: {time}"),
        },
    },
    keep_account: LinkPage {
        title: "Konto behalten",
        text: "Ihr Konto wird demnächst gelöscht. Wenn Sie es behalten möchten, drücken Sie diese Schaltfläche: Nichts davon geht verloren, und \
               Sie können sich wieder anmelden.",
        effects: &[],
        otherwise: Some("Wenn es gelöscht werden soll, schließen Sie die Seite."),
        button: "Konto behalten",
        outcome: Outcome {
            done: "Ihr Konto bleibt bestehen",
            done_text: "Sie können sich wieder anmelden.",
            failed_text: "Vielleicht ist er abgelaufen oder wurde schon verwendet.",
            onward: "Anmelden",
        },
    },
    reset_password: PasswordPage {
        title: "Passwort wählen",
        password: "Neues Passwort",
        hint: "Mindestens 8 Zeichen, besser 15. Kein häufiges Passwort und keines aus Ihrem Namen oder Ihrer Adresse.",
        again: "Neues Passwort, noch einmal",
        reveal: "Zeigen, was ich eingebe",
        button: "Passwort setzen",
        outcome: Outcome {
            done: "Ihr Passwort ist gesetzt",
            done_text: "Sie können sich jetzt damit anmelden.",
            failed_text: "Vielleicht ist er abgelaufen oder wurde schon verwendet.",
            onward: "Anmelden",
        },
    },
    forgot_password: ForgotPage {
        title: "Passwort vergessen?",
        text: "Nennen Sie uns die Adresse Ihres Kontos. Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort wählen.",
        button: "Link senden",
        leads_here: "Neues Passwort wählen",
    },
    account: account::de::ACCOUNT,
    security: security::de::SECURITY,
    tokens: tokens::de::TOKENS,
};
