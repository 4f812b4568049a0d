//! French, with "vous".

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "Bonjour,",
        colon: "\u{a0}: ",
        until: |moment| format!("Le lien est valable jusqu’au {moment}."),
        renewable: "Ensuite, sa page pourra vous en envoyer un nouveau.",
        without_button: "Si le bouton ne fonctionne pas, ouvrez cette adresse\u{a0}:",
        automatic: "Cet e-mail a été envoyé automatiquement. Nous ne demandons jamais votre mot de passe par e-mail.",
    },
    notice: Notice {
        when: "Quand",
        device: "Appareil",
        ip: "Adresse IP",
        country: "Pays",
        by: "Par",
        user: "une personne connectée à votre compte",
        link: "une personne disposant d’un lien de notre e-mail",
        token: "une personne qui avait le jeton",
        operator: "notre équipe",
        not_me: "Si ce n’était pas vous, ouvrez ce lien et appuyez sur le bouton de sa page\u{a0}: toutes les sessions prennent fin, votre mot \
                 de passe n’est plus valable et vous recevez un lien pour en choisir un nouveau.",
        not_my_factor: "Si ce n’était pas vous, ouvrez ce lien et appuyez sur le bouton de sa page\u{a0}: ce qui a été ajouté est retiré \
                        (ainsi que les codes de récupération, si c’est le seul second facteur), toutes les sessions prennent fin, votre mot \
                        de passe n’est plus valable et vous recevez un lien pour en choisir un nouveau.",
        this_was_not_me: "Ce n’était pas moi",
        ignore: "Si vous êtes au courant, ignorez cet e-mail.",
    },
    verify: Letter {
        subject: |product| format!("Vérifiez votre adresse e-mail pour {product}"),
        heading: "Vérifiez votre adresse e-mail",
        text: |product| {
            format!(
                "Quelqu’un, sans doute vous, s’inscrit à {product} avec cette adresse e-mail. Pour terminer, ouvrez ce lien et appuyez sur \
                 le bouton de la page."
            )
        },
        button: "Vérifier mon adresse",
        after: "Si ce n’était pas vous, ignorez cet e-mail\u{a0}: sans cette étape, personne n’aura de compte avec cette adresse.",
    },
    change_email: Letter {
        subject: |product| format!("Confirmez votre nouvelle adresse pour {product}"),
        heading: "Confirmez votre nouvelle adresse",
        text: |product| {
            format!(
                "Quelqu’un, sans doute vous, souhaite qu’un compte {product} ait cette adresse e-mail. Pour terminer, ouvrez ce lien et \
                 appuyez sur le bouton de la page. Toutes les sessions du compte prendront alors fin."
            )
        },
        button: "Confirmer mon adresse",
        after: "Si ce n’était pas vous, ignorez cet e-mail\u{a0}: sans cette étape, aucun compte n’aura cette adresse.",
    },
    already_registered: Letter {
        subject: |product| format!("Vous avez déjà un compte {product}"),
        heading: "Vous avez déjà un compte",
        text: |product| {
            format!(
                "Quelqu’un, sans doute vous, a essayé de s’inscrire à {product} avec cette adresse e-mail. Un compte existe déjà à cette \
                 adresse\u{a0}; rien n’a donc changé.\n\n\
                 Si c’était vous, connectez-vous simplement avec le mot de passe que vous avez déjà."
            )
        },
        button: "Se connecter",
        after: "Si ce n’était pas vous, ignorez cet e-mail.",
    },
    set_password: Letter {
        subject: |product| format!("Choisissez votre mot de passe pour {product}"),
        heading: "Choisissez votre mot de passe",
        text: |product| format!("Cette adresse e-mail est vérifiée pour {product}."),
        button: "Choisir mon mot de passe",
        after: "Si vous n’avez rien demandé, ignorez cet e-mail\u{a0}: sans ce lien, personne ne peut choisir de mot de passe.",
    },
    no_password: NoPassword {
        weak: "Le mot de passe choisi auparavant est facile à deviner\u{a0}: il fait partie des plus courants, a été volé à un autre service, \
               compte trop peu de caractères différents ou se compose de ce que d’autres savent de vous. Il n’est pas retenu.",
        contested: "Auparavant, quelqu’un s’est inscrit plusieurs fois avec elle, avec des mots de passe différents. Nous ne pouvons pas \
                    savoir lequel est le vôtre\u{a0}; nous les avons donc tous écartés.",
        other_spelling: "Auparavant, quelqu’un s’est inscrit avec une autre graphie de l’adresse. Nous ne pouvons pas savoir si le mot de \
                         passe est le vôtre\u{a0}; nous l’avons donc écarté.",
        choose: "Veuillez choisir maintenant votre mot de passe.",
    },
    reset_password: Letter {
        subject: |product| format!("Choisissez un nouveau mot de passe pour {product}"),
        heading: "Choisissez un nouveau mot de passe",
        text: |product| format!("Quelqu’un a demandé un nouveau mot de passe pour votre compte {product}."),
        button: "Choisir un nouveau mot de passe",
        after: "Un nouveau mot de passe met fin à toutes les sessions et, pendant un certain temps, vos clés d’exchange ne sont pas \
                utilisables.\n\n\
                Si vous n’avez rien demandé, ignorez cet e-mail\u{a0}: votre mot de passe reste le même.",
    },
    weak_password: Letter {
        subject: |product| format!("Votre mot de passe {product} est facile à deviner"),
        heading: "Votre mot de passe est facile à deviner",
        text: |product| {
            format!(
                "Vous vous êtes connecté à {product} avec un mot de passe facile à deviner\u{a0}: il fait partie des plus courants, compte trop \
                 peu de caractères différents ou se compose de votre adresse ou du nom du service.\n\n\
                 Il reste valable, pour vous comme pour quiconque le devine. Veuillez en choisir un autre, de préférence d’au moins \
                 15 caractères, que vous n’utilisez nulle part ailleurs."
            )
        },
        button: "Choisir un autre mot de passe",
        after: "Si vous en avez choisi un autre depuis, ignorez cet e-mail.",
    },
    locked: Letter {
        subject: |product| format!("De nombreux mots de passe erronés pour votre compte {product}"),
        heading: "Quelqu’un essaie des mots de passe",
        text: |product| {
            format!(
                "Dix mots de passe erronés ou plus ont été essayés en peu de temps sur votre compte {product}. Aucun n’était le bon.\n\n\
                 Pour l’instant, les connexions depuis des lieux où vous ne vous étiez jamais connecté sont refusées, pendant un quart \
                 d’heure au plus à chaque fois. Depuis les autres, vous pouvez continuer comme d’habitude.\n\n\
                 Si c’était vous et que vous ne vous souvenez plus de votre mot de passe, choisissez-en un nouveau."
            )
        },
        button: "Choisir un nouveau mot de passe",
        after: "Si ce n’était pas vous, ignorez cet e-mail\u{a0}: personne n’est entré.",
    },
    new_device: News {
        subject: |product| format!("Nouvelle connexion à {product}"),
        heading: "Nouvelle connexion",
        text: |product| {
            format!(
                "Quelqu’un s’est connecté à votre compte {product} depuis un lieu que nous ne connaissions pas\u{a0}: un autre appareil, un \
                 autre navigateur ou un autre réseau."
            )
        },
    },
    password_changed: News {
        subject: |product| format!("Votre mot de passe {product} a été modifié"),
        heading: "Votre mot de passe a été modifié",
        text: |product| format!("Votre compte {product} a un nouveau mot de passe."),
    },
    email_change_requested: News {
        subject: |product| format!("Une nouvelle adresse pour votre compte {product}"),
        heading: "Une nouvelle adresse a été demandée",
        text: |product, address| {
            format!(
                "Quelqu’un qui connaît votre mot de passe souhaite que votre compte {product} ait une autre adresse e-mail\u{a0}: {address}\n\n\
                 Tant que l’autre n’est pas confirmée, votre compte garde celle-ci."
            )
        },
    },
    email_changed: News {
        subject: |product| format!("Votre compte {product} a désormais cette adresse"),
        heading: "Votre compte a une nouvelle adresse",
        text: |product, address| {
            format!(
                "Votre compte {product} a désormais cette adresse e-mail\u{a0}: {address}\n\n\
                 Toutes les sessions ont pris fin et, pendant un certain temps, vos clés d’exchange ne sont pas utilisables. Vous pouvez \
                 vous connecter avec la nouvelle adresse."
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("Votre compte {product} a désormais une autre adresse"),
        heading: "Votre compte a une autre adresse",
        text: |product, address| {
            format!(
                "Votre compte {product} a désormais une autre adresse e-mail\u{a0}: {address}\n\n\
                 Toutes les sessions ont pris fin et, pendant un certain temps, vos clés d’exchange ne sont pas utilisables."
            )
        },
        not_me: "Si ce n’était pas vous, ouvrez ce lien dans les sept jours et appuyez sur le bouton de sa page\u{a0}: votre compte retrouve \
                 cette adresse, toutes les sessions prennent fin, le mot de passe n’est plus valable et vous recevez un lien pour en \
                 choisir un nouveau.",
    },
    deletion: Deletion {
        subject: |product| format!("Votre compte {product} va être supprimé"),
        heading: "Votre compte va être supprimé",
        text: |product, moment| {
            format!(
                "Votre compte {product} sera supprimé le {moment}, et avec lui toutes les clés d’exchange de son coffre. Toutes les sessions \
                 ont pris fin et personne ne peut se connecter d’ici là.\n\n\
                 Si vous avez changé d’avis, gardez-le\u{a0}: ouvrez ce lien et appuyez sur le bouton de sa page."
            )
        },
        keep: "Garder mon compte",
    },
    deleted: News {
        subject: |product| format!("Votre compte {product} a été supprimé"),
        heading: "Votre compte a été supprimé",
        text: |product| {
            format!(
                "Votre compte {product} a été supprimé, et avec lui toutes les clés d’exchange de son coffre. Ce que la loi nous impose de \
                 conserver d’une vérification d’identité est conservé aussi longtemps qu’elle le prévoit."
            )
        },
    },
    exported: News {
        subject: |product| format!("Une copie de vos données chez {product}"),
        heading: "Vos données ont été demandées",
        text: |product| {
            format!(
                "Quelqu’un a demandé une copie de ce que {product} sait de vous. Les secrets de vos clés d’exchange n’en font jamais partie."
            )
        },
    },
    key_added: News {
        subject: |product| format!("Nouvelle clé d’exchange dans votre coffre {product}"),
        heading: "Nouvelle clé d’exchange",
        text: |product, exchange, label| {
            format!("Une clé d’exchange a été ajoutée à votre coffre {product}\u{a0}: {label} ({exchange})")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("Une clé d’exchange a été modifiée dans votre coffre {product}"),
        heading: "Une clé d’exchange a été modifiée",
        text: |product, exchange, label| {
            format!(
                "Le secret d’une clé d’exchange de votre coffre {product} a été remplacé\u{a0}: {label} ({exchange})"
            )
        },
    },
    factors: Factors {
        added: "Désormais, un second facteur est aussi demandé à quiconque se connecte avec votre mot de passe. Si vous n’en aviez pas \
                encore, toutes les autres sessions ont pris fin.\n\n\
                Gardez vos codes de récupération en lieu sûr\u{a0}: chacun vous laisse entrer une fois si vous perdez vos seconds facteurs.",
        removed: "Toutes les autres sessions ont pris fin et, pendant un certain temps, vos clés d’exchange ne sont utilisables qu’avec un \
                  second facteur que vous avez encore.\n\n\
                  S’il ne vous en reste aucun, votre mot de passe suffit pour vous connecter et vos codes de récupération ne sont plus \
                  valables.",
        few_codes: "Créez-en de nouveaux avant d’en avoir besoin.",
    },
    totp_added: News {
        subject: |product| format!("Application d’authentification ajoutée à votre compte {product}"),
        heading: "Application d’authentification ajoutée",
        text: |product| {
            format!("Une application d’authentification a été ajoutée à votre compte {product} comme second facteur.")
        },
    },
    totp_removed: News {
        subject: |product| format!("Application d’authentification retirée de votre compte {product}"),
        heading: "Application d’authentification retirée",
        text: |product| {
            format!("Votre compte {product} ne demande plus de codes d’une application d’authentification.")
        },
    },
    passkey_added: News {
        subject: |product| format!("Nouvelle clé d’accès pour votre compte {product}"),
        heading: "Nouvelle clé d’accès",
        text: |product, name| {
            format!(
                "Une clé d’accès (passkey) a été ajoutée à votre compte {product}\u{a0}: {name}\n\n\
                 C’est un second facteur, et elle permet aussi de se connecter sans mot de passe."
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("Clé d’accès retirée de votre compte {product}"),
        heading: "Clé d’accès retirée",
        text: |product, name| {
            format!("Une clé d’accès (passkey) a été retirée de votre compte {product}\u{a0}: {name}")
        },
    },
    recovery_code_used: News {
        subject: |product| format!("Code de récupération utilisé pour votre compte {product}"),
        heading: "Code de récupération utilisé",
        text: |product, left| {
            let left = match left {
                0 => "Il n’en reste aucun.".to_owned(),
                1 => "Il en reste un.".to_owned(),
                _ => format!("Il en reste {left}."),
            };
            format!(
                "L’un des codes de récupération de votre compte {product} a été utilisé et n’est plus valable. {left}"
            )
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("Nouveaux codes de récupération pour votre compte {product}"),
        heading: "Nouveaux codes de récupération",
        text: |product| {
            format!("Votre compte {product} a de nouveaux codes de récupération. Les anciens ne sont plus valables.")
        },
    },
    wrong_codes: News {
        subject: |product| format!("Des codes erronés pour votre compte {product}"),
        heading: "Quelqu’un essaie des codes",
        text: |product| {
            format!(
                "Cinq codes erronés d’une application d’authentification ont été essayés sur votre compte {product}, par quelqu’un qui \
                 connaît votre mot de passe ou qui y était connecté.\n\n\
                 Pour l’instant, ces codes sont refusés\u{a0}; les clés d’accès et les codes de récupération restent utilisables.\n\n\
                 Si ce n’était pas vous, votre mot de passe n’est plus sûr\u{a0}: changez-le ou utilisez le lien ci-dessous."
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("Une clé d’accès de votre compte {product} a peut-être été copiée"),
        heading: "Une clé d’accès a peut-être été copiée",
        text: |product, name| {
            format!(
                "Une clé d’accès (passkey) de votre compte {product} a peut-être été copiée\u{a0}: {name}\n\n\
                 Son compteur n’a pas augmenté, comme si elle existait en double\u{a0}; elle a donc été refusée. Si vous doutez d’être la \
                 seule personne à l’avoir, retirez-la et ajoutez-en une nouvelle."
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("Vos seconds facteurs pour {product} vont être retirés"),
        heading: "Vos seconds facteurs vont être retirés",
        text: |product, moment| {
            format!(
                "Notre équipe a été priée de retirer tous les seconds facteurs de votre compte {product}, qui auraient été perdus. Cela \
                 n’aura pas lieu avant le {moment}.\n\n\
                 Si vous en avez encore un, ou un code de récupération, une connexion avec celui-ci l’empêche. Le lien de cet e-mail \
                 l’empêche aussi."
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Vos seconds facteurs pour {product} sont conservés"),
        heading: "Vos seconds facteurs sont conservés",
        text: |product| {
            format!(
                "Les seconds facteurs de votre compte {product} ne seront finalement pas retirés. Ils restent demandés comme avant."
            )
        },
    },
    factors_reset: News {
        subject: |product| format!("Vos seconds facteurs pour {product} ont été retirés"),
        heading: "Vos seconds facteurs ont été retirés",
        text: |product| {
            format!(
                "Comme annoncé, notre équipe a retiré tous les seconds facteurs de votre compte {product} ainsi que ses codes de \
                 récupération. Toutes les sessions ont pris fin et, pendant 72 heures, vos clés d’exchange ne sont pas utilisables.\n\n\
                 Tant que vous n’ajoutez pas de nouveau second facteur, votre mot de passe suffit pour vous connecter."
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("Nouveau jeton pour un programme dans votre compte {product}"),
            heading: "Nouveau jeton pour un programme",
            text: |product, name| {
                format!(
                    "Un jeton avec lequel un programme peut utiliser votre compte {product} a été créé\u{a0}: {name}"
                )
            },
        },
        revoked: News {
            subject: |product| format!("Un jeton de votre compte {product} a été révoqué"),
            heading: "Un jeton a été révoqué",
            text: |product, name| {
                format!(
                    "Une personne qui avait le jeton {name} de votre compte {product} l’a révoqué\u{a0}: par exemple un scanner qui l’a trouvé dans un lieu public. Il n’est plus valable.\n\n\
                     S’il servait encore, créez-en un nouveau et cherchez où il était visible."
                )
            },
        },
        allows: "Il permet",
        networks: "Utilisable depuis",
        everywhere: "n’importe où",
        until: "Valable jusqu’au",
        between: "\u{a0}; ",
        scope: |scope| match scope {
            Scope::Profile => "de voir votre profil",
            Scope::KeysRead => "de voir la liste de vos clés d’exchange et ce qui en a été fait",
            Scope::KeysWrite => "d’ajouter, de modifier, de tester et de supprimer des clés d’exchange",
            Scope::KeysDecrypt => "de voir les secrets de vos clés d’exchange",
            Scope::KycRead => "de voir l’état de votre vérification d’identité",
        },
    },
};
