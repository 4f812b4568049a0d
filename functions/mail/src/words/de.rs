//! German, with "Sie".

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "Guten Tag,",
        colon: ": ",
        until: |moment| format!("Der Link gilt bis {moment}."),
        renewable: "Danach erhalten Sie auf seiner Seite einen neuen.",
        without_button: "Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:",
        automatic: "Diese E-Mail wurde automatisch verschickt. Wir fragen nie per E-Mail nach Ihrem Passwort.",
    },
    notice: Notice {
        when: "Wann",
        device: "Gerät",
        ip: "IP-Adresse",
        country: "Land",
        by: "Durch",
        user: "jemanden, der bei Ihrem Konto angemeldet war",
        link: "jemanden mit einem Link aus unserer E-Mail",
        token: "jemanden, der das Token hatte",
        operator: "unser Team",
        not_me: "Wenn Sie das nicht waren, öffnen Sie diesen Link und drücken Sie die Schaltfläche auf der Seite: Alle Sitzungen enden, Ihr \
                 Passwort gilt nicht mehr, und Sie erhalten einen Link, um ein neues zu wählen.",
        not_my_factor: "Wenn Sie das nicht waren, öffnen Sie diesen Link und drücken Sie die Schaltfläche auf der Seite: Was hinzugefügt \
                        wurde, wird entfernt (auch die Wiederherstellungscodes, wenn es der einzige zweite Faktor ist), alle Sitzungen \
                        enden, Ihr Passwort gilt nicht mehr, und Sie erhalten einen Link, um ein neues zu wählen.",
        this_was_not_me: "Das war ich nicht",
        ignore: "Wenn Sie davon wissen, ignorieren Sie bitte diese E-Mail.",
    },
    verify: Letter {
        subject: |product| format!("Bestätigen Sie Ihre E-Mail-Adresse für {product}"),
        heading: "Bestätigen Sie Ihre E-Mail-Adresse",
        text: |product| {
            format!(
                "Jemand, vermutlich Sie, registriert sich mit dieser E-Mail-Adresse bei {product}. Um das abzuschließen, öffnen Sie diesen \
                 Link und drücken Sie die Schaltfläche auf der Seite."
            )
        },
        button: "Adresse bestätigen",
        after: "Wenn Sie das nicht waren, ignorieren Sie bitte diese E-Mail: Ohne diesen Schritt bekommt niemand ein Konto mit dieser Adresse.",
    },
    change_email: Letter {
        subject: |product| format!("Bestätigen Sie Ihre neue Adresse für {product}"),
        heading: "Bestätigen Sie Ihre neue Adresse",
        text: |product| {
            format!(
                "Jemand, vermutlich Sie, möchte ein Konto bei {product} auf diese E-Mail-Adresse umstellen. Um das abzuschließen, öffnen \
                 Sie diesen Link und drücken Sie die Schaltfläche auf der Seite. Alle Sitzungen des Kontos enden dann."
            )
        },
        button: "Adresse bestätigen",
        after: "Wenn Sie das nicht waren, ignorieren Sie bitte diese E-Mail: Ohne diesen Schritt bekommt kein Konto diese Adresse.",
    },
    already_registered: Letter {
        subject: |product| format!("Sie haben bereits ein Konto bei {product}"),
        heading: "Sie haben bereits ein Konto",
        text: |product| {
            format!(
                "Jemand, vermutlich Sie, wollte sich mit dieser E-Mail-Adresse bei {product} registrieren. Zu ihr gibt es bereits ein \
                 Konto; es hat sich nichts geändert.\n\n\
                 Wenn Sie das waren, melden Sie sich einfach mit Ihrem bisherigen Passwort an."
            )
        },
        button: "Anmelden",
        after: "Wenn Sie das nicht waren, ignorieren Sie bitte diese E-Mail.",
    },
    set_password: Letter {
        subject: |product| format!("Wählen Sie Ihr Passwort für {product}"),
        heading: "Wählen Sie Ihr Passwort",
        text: |product| format!("Diese E-Mail-Adresse ist für {product} bestätigt."),
        button: "Passwort wählen",
        after: "Wenn Sie das nicht verlangt haben, ignorieren Sie bitte diese E-Mail: Ohne diesen Link kann niemand ein Passwort wählen.",
    },
    no_password: NoPassword {
        weak: "Das zuvor gewählte Passwort ist leicht zu erraten: Es gehört zu den häufigsten, wurde bei einem anderen Dienst gestohlen, hat \
               zu wenige verschiedene Zeichen oder besteht aus dem, was andere über Sie wissen. Es gilt nicht.",
        contested: "Zuvor hat sich jemand mehrmals mit ihr registriert, mit verschiedenen Passwörtern. Wir können nicht erkennen, welches \
                    Ihres ist, und haben deshalb alle verworfen.",
        other_spelling: "Zuvor hat sich jemand mit einer anderen Schreibweise der Adresse registriert. Wir können nicht erkennen, ob das \
                         Passwort Ihres ist, und haben es deshalb verworfen.",
        choose: "Bitte wählen Sie jetzt Ihr Passwort.",
    },
    reset_password: Letter {
        subject: |product| format!("Wählen Sie ein neues Passwort für {product}"),
        heading: "Wählen Sie ein neues Passwort",
        text: |product| format!("Jemand hat ein neues Passwort für Ihr Konto bei {product} verlangt."),
        button: "Neues Passwort wählen",
        after: "Ein neues Passwort beendet alle Sitzungen, und Ihre Börsenschlüssel sind eine Zeit lang gesperrt.\n\n\
                Wenn Sie das nicht verlangt haben, ignorieren Sie bitte diese E-Mail: Ihr Passwort bleibt, wie es ist.",
    },
    weak_password: Letter {
        subject: |product| format!("Ihr Passwort für {product} ist leicht zu erraten"),
        heading: "Ihr Passwort ist leicht zu erraten",
        text: |product| {
            format!(
                "Sie haben sich bei {product} mit einem Passwort angemeldet, das leicht zu erraten ist: Es gehört zu den häufigsten, hat zu \
                 wenige verschiedene Zeichen oder besteht aus Ihrer Adresse oder dem Namen des Dienstes.\n\n\
                 Es gilt weiterhin, für Sie und für jeden, der es errät. Bitte wählen Sie ein anderes, am besten mit mindestens 15 Zeichen, \
                 das Sie nirgends sonst verwenden."
            )
        },
        button: "Anderes Passwort wählen",
        after: "Wenn Sie inzwischen ein anderes gewählt haben, ignorieren Sie bitte diese E-Mail.",
    },
    locked: Letter {
        subject: |product| format!("Viele falsche Passwörter bei Ihrem Konto bei {product}"),
        heading: "Jemand probiert Passwörter aus",
        text: |product| {
            format!(
                "Bei Ihrem Konto bei {product} wurden in kurzer Zeit zehn oder mehr falsche Passwörter versucht. Keines war richtig.\n\n\
                 Vorerst werden Anmeldungen von Orten, an denen Sie noch nie angemeldet waren, für jeweils bis zu einer Viertelstunde \
                 abgewiesen. Wo Sie schon angemeldet waren, können Sie weitermachen wie gewohnt.\n\n\
                 Wenn Sie es selbst waren und sich nicht an Ihr Passwort erinnern, wählen Sie ein neues."
            )
        },
        button: "Neues Passwort wählen",
        after: "Wenn Sie es nicht waren, ignorieren Sie bitte diese E-Mail: Niemand hat Zugang erhalten.",
    },
    new_device: News {
        subject: |product| format!("Neue Anmeldung bei {product}"),
        heading: "Neue Anmeldung",
        text: |product| {
            format!(
                "Jemand hat sich bei Ihrem Konto bei {product} von einem Ort aus angemeldet, den wir nicht kannten: mit einem anderen \
                 Gerät, einem anderen Browser oder in einem anderen Netz."
            )
        },
    },
    password_changed: News {
        subject: |product| format!("Ihr Passwort für {product} wurde geändert"),
        heading: "Ihr Passwort wurde geändert",
        text: |product| format!("Ihr Konto bei {product} hat ein neues Passwort."),
    },
    email_change_requested: News {
        subject: |product| format!("Neue Adresse für Ihr Konto bei {product}"),
        heading: "Eine neue Adresse wurde verlangt",
        text: |product, address| {
            format!(
                "Jemand, der Ihr Passwort kennt, möchte Ihr Konto bei {product} auf eine andere E-Mail-Adresse umstellen: {address}\n\n\
                 Bis die andere bestätigt ist, behält Ihr Konto diese."
            )
        },
    },
    email_changed: News {
        subject: |product| format!("Ihr Konto bei {product} hat jetzt diese Adresse"),
        heading: "Ihr Konto hat eine neue Adresse",
        text: |product, address| {
            format!(
                "Ihr Konto bei {product} hat jetzt diese E-Mail-Adresse: {address}\n\n\
                 Alle Sitzungen sind beendet, und Ihre Börsenschlüssel sind eine Zeit lang gesperrt. Sie können sich mit der neuen Adresse \
                 anmelden."
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("Ihr Konto bei {product} hat jetzt eine andere Adresse"),
        heading: "Ihr Konto hat eine andere Adresse",
        text: |product, address| {
            format!(
                "Ihr Konto bei {product} hat jetzt eine andere E-Mail-Adresse: {address}\n\n\
                 Alle Sitzungen sind beendet, und Ihre Börsenschlüssel sind eine Zeit lang gesperrt."
            )
        },
        not_me: "Wenn Sie das nicht waren, öffnen Sie innerhalb von sieben Tagen diesen Link und drücken Sie die Schaltfläche auf der Seite: \
                 Ihr Konto bekommt diese Adresse zurück, alle Sitzungen enden, das Passwort gilt nicht mehr, und Sie erhalten einen Link, \
                 um ein neues zu wählen.",
    },
    deletion: Deletion {
        subject: |product| format!("Ihr Konto bei {product} wird gelöscht"),
        heading: "Ihr Konto wird gelöscht",
        text: |product, moment| {
            format!(
                "Ihr Konto bei {product} wird am {moment} gelöscht, und mit ihm alle Börsenschlüssel in seinem Tresor. Alle Sitzungen sind \
                 beendet, und bis dahin kann sich niemand anmelden.\n\n\
                 Wenn Sie es sich anders überlegt haben, behalten Sie es: Öffnen Sie diesen Link und drücken Sie die Schaltfläche auf der \
                 Seite."
            )
        },
        keep: "Konto behalten",
    },
    deleted: News {
        subject: |product| format!("Ihr Konto bei {product} wurde gelöscht"),
        heading: "Ihr Konto wurde gelöscht",
        text: |product| {
            format!(
                "Ihr Konto bei {product} wurde gelöscht, und mit ihm alle Börsenschlüssel in seinem Tresor. Was wir von einer \
                 Identitätsprüfung nach dem Gesetz aufbewahren müssen, bewahren wir so lange auf, wie es das vorschreibt."
            )
        },
    },
    exported: News {
        subject: |product| format!("Eine Kopie Ihrer Daten bei {product}"),
        heading: "Ihre Daten wurden abgerufen",
        text: |product| {
            format!(
                "Jemand hat eine Kopie dessen verlangt, was {product} über Sie weiß. Die Geheimnisse Ihrer Börsenschlüssel sind nie dabei."
            )
        },
    },
    key_added: News {
        subject: |product| format!("Neuer Börsenschlüssel in Ihrem Tresor bei {product}"),
        heading: "Neuer Börsenschlüssel",
        text: |product, exchange, label| {
            format!("In Ihrem Tresor bei {product} liegt ein neuer Börsenschlüssel: {label} ({exchange})")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("Ein Börsenschlüssel in Ihrem Tresor bei {product} wurde geändert"),
        heading: "Ein Börsenschlüssel wurde geändert",
        text: |product, exchange, label| {
            format!(
                "Das Geheimnis eines Börsenschlüssels in Ihrem Tresor bei {product} wurde ersetzt: {label} ({exchange})"
            )
        },
    },
    factors: Factors {
        added: "Wer sich mit Ihrem Passwort anmeldet, wird ab jetzt auch nach einem zweiten Faktor gefragt. Wenn Sie bisher keinen hatten, \
                sind alle anderen Sitzungen beendet.\n\n\
                Bewahren Sie Ihre Wiederherstellungscodes sicher auf: Jeder lässt Sie einmal hinein, wenn Sie Ihre zweiten Faktoren \
                verlieren.",
        removed: "Alle anderen Sitzungen sind beendet, und Ihre Börsenschlüssel sind eine Zeit lang nur mit einem zweiten Faktor \
                  zugänglich, den Sie noch haben.\n\n\
                  Wenn Sie keinen mehr haben, genügt zum Anmelden Ihr Passwort, und Ihre Wiederherstellungscodes gelten nicht mehr.",
        few_codes: "Bitte erzeugen Sie neue, bevor Sie sie brauchen.",
    },
    totp_added: News {
        subject: |product| format!("Authenticator-App zu Ihrem Konto bei {product} hinzugefügt"),
        heading: "Authenticator-App hinzugefügt",
        text: |product| {
            format!("Zu Ihrem Konto bei {product} wurde eine Authenticator-App als zweiter Faktor hinzugefügt.")
        },
    },
    totp_removed: News {
        subject: |product| format!("Authenticator-App von Ihrem Konto bei {product} entfernt"),
        heading: "Authenticator-App entfernt",
        text: |product| format!("Ihr Konto bei {product} fragt nicht mehr nach Codes einer Authenticator-App."),
    },
    passkey_added: News {
        subject: |product| format!("Neuer Passkey für Ihr Konto bei {product}"),
        heading: "Neuer Passkey",
        text: |product, name| {
            format!(
                "Zu Ihrem Konto bei {product} wurde ein Passkey hinzugefügt: {name}\n\n\
                 Er ist ein zweiter Faktor, und mit ihm kann man sich auch ohne Passwort anmelden."
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("Passkey von Ihrem Konto bei {product} entfernt"),
        heading: "Passkey entfernt",
        text: |product, name| format!("Von Ihrem Konto bei {product} wurde ein Passkey entfernt: {name}"),
    },
    recovery_code_used: News {
        subject: |product| format!("Wiederherstellungscode Ihres Kontos bei {product} verwendet"),
        heading: "Wiederherstellungscode verwendet",
        text: |product, left| {
            let left = match left {
                0 => "Es ist keiner mehr übrig.".to_owned(),
                1 => "Es ist noch einer übrig.".to_owned(),
                _ => format!("Es sind noch {left} übrig."),
            };
            format!(
                "Einer der Wiederherstellungscodes Ihres Kontos bei {product} wurde verwendet und gilt nicht mehr. {left}"
            )
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("Neue Wiederherstellungscodes für Ihr Konto bei {product}"),
        heading: "Neue Wiederherstellungscodes",
        text: |product| {
            format!(
                "Für Ihr Konto bei {product} gibt es neue Wiederherstellungscodes. Die bisherigen gelten nicht mehr."
            )
        },
    },
    wrong_codes: News {
        subject: |product| format!("Falsche Codes bei Ihrem Konto bei {product}"),
        heading: "Jemand probiert Codes aus",
        text: |product| {
            format!(
                "Bei Ihrem Konto bei {product} wurden fünf falsche Codes einer Authenticator-App versucht, von jemandem, der Ihr Passwort \
                 kennt oder angemeldet war.\n\n\
                 Vorerst werden solche Codes abgewiesen; Passkeys und Wiederherstellungscodes funktionieren weiterhin.\n\n\
                 Wenn Sie das nicht waren, ist Ihr Passwort nicht mehr sicher: Ändern Sie es, oder benutzen Sie den Link unten."
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("Ein Passkey Ihres Kontos bei {product} wurde vielleicht kopiert"),
        heading: "Ein Passkey wurde vielleicht kopiert",
        text: |product, name| {
            format!(
                "Ein Passkey Ihres Kontos bei {product} wurde vielleicht kopiert: {name}\n\n\
                 Sein Zähler ist nicht gestiegen, als gäbe es ihn zweimal; deshalb wurde er abgewiesen. Wenn Sie nicht sicher sind, dass \
                 nur Sie ihn haben, entfernen Sie ihn und fügen Sie einen neuen hinzu."
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("Ihre zweiten Faktoren bei {product} werden entfernt"),
        heading: "Ihre zweiten Faktoren werden entfernt",
        text: |product, moment| {
            format!(
                "Unser Team wurde gebeten, alle zweiten Faktoren Ihres Kontos bei {product} zu entfernen, weil sie verloren seien. Das \
                 geschieht nicht vor {moment}.\n\n\
                 Wenn Sie noch einen davon oder einen Wiederherstellungscode haben, verhindert eine Anmeldung damit die Entfernung, ebenso \
                 der Link in dieser E-Mail."
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Ihre zweiten Faktoren bei {product} bleiben"),
        heading: "Ihre zweiten Faktoren bleiben",
        text: |product| {
            format!(
                "Die zweiten Faktoren Ihres Kontos bei {product} werden doch nicht entfernt. Nach ihnen wird gefragt wie bisher."
            )
        },
    },
    factors_reset: News {
        subject: |product| format!("Ihre zweiten Faktoren bei {product} wurden entfernt"),
        heading: "Ihre zweiten Faktoren wurden entfernt",
        text: |product| {
            format!(
                "Wie angekündigt hat unser Team alle zweiten Faktoren Ihres Kontos bei {product} und seine Wiederherstellungscodes \
                 entfernt. Alle Sitzungen sind beendet, und Ihre Börsenschlüssel sind 72 Stunden lang gesperrt.\n\n\
                 Bis Sie wieder einen zweiten Faktor hinzufügen, genügt zum Anmelden Ihr Passwort."
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("Neues Token für ein Programm in Ihrem Konto bei {product}"),
            heading: "Neues Token für ein Programm",
            text: |product, name| {
                format!("Es wurde ein Token erstellt, mit dem ein Programm Ihr Konto bei {product} nutzen kann: {name}")
            },
        },
        revoked: News {
            subject: |product| format!("Ein Token Ihres Kontos bei {product} wurde beendet"),
            heading: "Ein Token wurde beendet",
            text: |product, name| {
                format!(
                    "Jemand, der das Token {name} Ihres Kontos bei {product} hatte, hat es beendet: zum Beispiel ein Suchdienst, der es an einem öffentlichen Ort gefunden hat. Es gilt nicht mehr.\n\n\
                     Falls es noch gebraucht wurde, erstellen Sie ein neues, und finden Sie heraus, wo es zu sehen war."
                )
            },
        },
        allows: "Es erlaubt",
        networks: "Nutzbar von",
        everywhere: "überall",
        until: "Gültig bis",
        between: "; ",
        scope: |scope| match scope {
            Scope::Profile => "Ihr Profil zu sehen",
            Scope::KeysRead => "Ihre Börsenschlüssel aufzulisten und was mit ihnen getan wurde",
            Scope::KeysWrite => "Börsenschlüssel hinzuzufügen, zu ändern, zu prüfen und zu löschen",
            Scope::KeysDecrypt => "die Geheimnisse Ihrer Börsenschlüssel zu sehen",
            Scope::KycRead => "den Stand Ihrer Identitätsprüfung zu sehen",
        },
    },
};
