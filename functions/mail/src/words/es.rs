//! Spanish, with "usted".

use super::{Deletion, EmailTaken, Frame, Letter, News, NoPassword, Notice, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "Hola:",
        colon: ": ",
        until: |moment| format!("El enlace es válido hasta el {moment}."),
        renewable: "Después, en su página podrá pedir uno nuevo.",
        without_button: "Si el botón no funciona, abra esta dirección:",
        automatic: "Este correo se ha enviado automáticamente. Nunca le pediremos su contraseña por correo.",
    },
    notice: Notice {
        when: "Cuándo",
        device: "Dispositivo",
        ip: "Dirección IP",
        country: "País",
        by: "Por",
        user: "alguien con la sesión iniciada en su cuenta",
        link: "alguien con un enlace de nuestro correo",
        operator: "nuestro equipo",
        not_me: "Si no ha sido usted, abra este enlace y pulse el botón de su página: se cerrarán todas las sesiones, su contraseña dejará de \
                 servir y le enviaremos un enlace para elegir una nueva.",
        not_my_factor: "If this was not you, open this link and press the button on its page: what was added is removed, all sessions end, your password stops working, and we mail you a link to choose a new one.",
        this_was_not_me: "No he sido yo",
        ignore: "Si está al tanto, ignore este correo.",
    },
    verify: Letter {
        subject: |product| format!("Verifique su correo electrónico para {product}"),
        heading: "Verifique su correo electrónico",
        text: |product| {
            format!(
                "Alguien, probablemente usted, se está registrando en {product} con esta dirección de correo. Para terminar, abra este \
                 enlace y pulse el botón de la página."
            )
        },
        button: "Verificar mi dirección",
        after: "Si no ha sido usted, ignore este correo: sin este paso nadie tendrá una cuenta con esta dirección.",
    },
    change_email: Letter {
        subject: |product| format!("Confirme su nueva dirección para {product}"),
        heading: "Confirme su nueva dirección",
        text: |product| {
            format!(
                "Alguien, probablemente usted, quiere que una cuenta de {product} tenga esta dirección de correo. Para terminar, abra este \
                 enlace y pulse el botón de la página. Entonces se cerrarán todas las sesiones de la cuenta."
            )
        },
        button: "Confirmar mi dirección",
        after: "Si no ha sido usted, ignore este correo: sin este paso ninguna cuenta tendrá esta dirección.",
    },
    already_registered: Letter {
        subject: |product| format!("Ya tiene una cuenta en {product}"),
        heading: "Ya tiene una cuenta",
        text: |product| {
            format!(
                "Alguien, probablemente usted, ha intentado registrarse en {product} con esta dirección de correo. Ya hay una cuenta con \
                 ella, así que nada ha cambiado.\n\n\
                 Si ha sido usted, inicie sesión con la contraseña que ya tiene."
            )
        },
        button: "Iniciar sesión",
        after: "Si no ha sido usted, ignore este correo.",
    },
    set_password: Letter {
        subject: |product| format!("Elija su contraseña para {product}"),
        heading: "Elija su contraseña",
        text: |product| format!("Esta dirección de correo está verificada para {product}."),
        button: "Elegir mi contraseña",
        after: "Si no lo ha pedido usted, ignore este correo: sin este enlace nadie puede elegir una contraseña.",
    },
    no_password: NoPassword {
        weak: "La contraseña elegida antes es fácil de adivinar: está entre las más comunes, fue robada en otro servicio, tiene pocos \
               caracteres distintos o se compone de lo que otros saben de usted. No es válida.",
        contested: "Antes, alguien se registró con ella más de una vez, con contraseñas distintas. No podemos saber cuál es la suya, así que \
                    las hemos descartado todas.",
        other_spelling: "Antes, alguien se registró con la dirección escrita de otra manera. No podemos saber si la contraseña es suya, así \
                         que la hemos descartado.",
        choose: "Elija ahora su contraseña.",
    },
    reset_password: Letter {
        subject: |product| format!("Elija una nueva contraseña para {product}"),
        heading: "Elija una nueva contraseña",
        text: |product| format!("Alguien ha pedido una nueva contraseña para su cuenta de {product}."),
        button: "Elegir una nueva contraseña",
        after: "Una nueva contraseña cierra todas las sesiones y, durante un tiempo, sus claves de exchange no se podrán usar.\n\n\
                Si no lo ha pedido usted, ignore este correo: su contraseña sigue siendo la misma.",
    },
    weak_password: Letter {
        subject: |product| format!("Su contraseña de {product} es fácil de adivinar"),
        heading: "Su contraseña es fácil de adivinar",
        text: |product| {
            format!(
                "Ha iniciado sesión en {product} con una contraseña fácil de adivinar: está entre las más comunes, tiene pocos caracteres \
                 distintos o se compone de su dirección o del nombre del servicio.\n\n\
                 Sigue siendo válida, para usted y para quien la adivine. Elija otra, mejor de 15 caracteres o más, que no use en ningún \
                 otro sitio."
            )
        },
        button: "Elegir otra contraseña",
        after: "Si ya ha elegido otra, ignore este correo.",
    },
    locked: Letter {
        subject: |product| format!("Muchas contraseñas incorrectas en su cuenta de {product}"),
        heading: "Alguien está probando contraseñas",
        text: |product| {
            format!(
                "En poco tiempo se han probado diez o más contraseñas incorrectas en su cuenta de {product}. Ninguna era la correcta.\n\n\
                 Por ahora se rechazan los inicios de sesión desde lugares donde usted no la había iniciado antes, durante un cuarto de \
                 hora como máximo cada vez. Desde los demás puede continuar como siempre.\n\n\
                 Si ha sido usted y no recuerda su contraseña, elija una nueva."
            )
        },
        button: "Elegir una nueva contraseña",
        after: "Si no ha sido usted, ignore este correo: nadie ha entrado.",
    },
    new_device: News {
        subject: |product| format!("Nuevo inicio de sesión en {product}"),
        heading: "Nuevo inicio de sesión",
        text: |product| {
            format!(
                "Alguien ha iniciado sesión en su cuenta de {product} desde un lugar que no conocíamos: otro dispositivo, otro navegador \
                 u otra red."
            )
        },
    },
    password_changed: News {
        subject: |product| format!("Su contraseña de {product} ha cambiado"),
        heading: "Su contraseña ha cambiado",
        text: |product| format!("Su cuenta de {product} tiene una nueva contraseña."),
    },
    email_change_requested: News {
        subject: |product| format!("Una nueva dirección para su cuenta de {product}"),
        heading: "Se ha pedido una nueva dirección",
        text: |product, address| {
            format!(
                "Alguien que conoce su contraseña quiere que su cuenta de {product} tenga otra dirección de correo: {address}\n\n\
                 Hasta que se confirme la otra, su cuenta conserva esta."
            )
        },
    },
    email_changed: News {
        subject: |product| format!("Su cuenta de {product} tiene ahora esta dirección"),
        heading: "Su cuenta tiene una nueva dirección",
        text: |product, address| {
            format!(
                "Su cuenta de {product} tiene ahora esta dirección de correo: {address}\n\n\
                 Se han cerrado todas las sesiones y, durante un tiempo, sus claves de exchange no se podrán usar. Puede iniciar sesión \
                 con la nueva dirección."
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("Su cuenta de {product} tiene ahora otra dirección"),
        heading: "Su cuenta tiene otra dirección",
        text: |product, address| {
            format!(
                "Su cuenta de {product} tiene ahora otra dirección de correo: {address}\n\n\
                 Se han cerrado todas las sesiones y, durante un tiempo, sus claves de exchange no se podrán usar."
            )
        },
        not_me: "Si no ha sido usted, abra este enlace y pulse el botón de su página en un plazo de siete días: su cuenta recuperará esta \
                 dirección, se cerrarán todas las sesiones, la contraseña dejará de servir y le enviaremos un enlace para elegir una nueva.",
    },
    deletion: Deletion {
        subject: |product| format!("Su cuenta de {product} se va a eliminar"),
        heading: "Su cuenta se va a eliminar",
        text: |product, moment| {
            format!(
                "Su cuenta de {product} se eliminará el {moment}, y con ella todas las claves de exchange de su bóveda. Se han cerrado \
                 todas las sesiones y nadie puede iniciar sesión hasta entonces.\n\n\
                 Si ha cambiado de opinión, consérvela: abra este enlace y pulse el botón de su página."
            )
        },
        keep: "Conservar mi cuenta",
    },
    deleted: News {
        subject: |product| format!("Su cuenta de {product} se ha eliminado"),
        heading: "Su cuenta se ha eliminado",
        text: |product| {
            format!(
                "Su cuenta de {product} se ha eliminado, y con ella todas las claves de exchange de su bóveda. Lo que la ley nos obliga a \
                 conservar de una verificación de identidad se conserva durante el tiempo que esta establece."
            )
        },
    },
    exported: News {
        subject: |product| format!("Una copia de sus datos en {product}"),
        heading: "Se han pedido sus datos",
        text: |product| {
            format!(
                "Alguien ha pedido una copia de lo que {product} sabe de usted. Los secretos de sus claves de exchange nunca forman parte \
                 de ella."
            )
        },
    },
    key_added: News {
        subject: |product| format!("Nueva clave de exchange en su bóveda de {product}"),
        heading: "Nueva clave de exchange",
        text: |product, exchange, label| {
            format!("Se ha añadido una clave de exchange a su bóveda de {product}: {label} ({exchange})")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("Una clave de exchange ha cambiado en su bóveda de {product}"),
        heading: "Una clave de exchange ha cambiado",
        text: |product, exchange, label| {
            format!(
                "Se ha sustituido el secreto de una clave de exchange en su bóveda de {product}: {label} ({exchange})"
            )
        },
    },
    totp_added: News {
        subject: |product| format!("Authenticator app added to your account with {product}"),
        heading: "Authenticator app added",
        text: |product| {
            format!(
                "From now on a code of an authenticator app is asked for when somebody signs in to your account with {product}."
            )
        },
    },
    totp_removed: News {
        subject: |product| format!("Authenticator app removed from your account with {product}"),
        heading: "Authenticator app removed",
        text: |product| format!("Your account with {product} asks for no codes of an authenticator app any more."),
    },
    passkey_added: News {
        subject: |product| format!("New passkey for your account with {product}"),
        heading: "New passkey",
        text: |product, name| format!("A passkey has been added to your account with {product}: {name}"),
    },
    passkey_removed: News {
        subject: |product| format!("Passkey removed from your account with {product}"),
        heading: "Passkey removed",
        text: |product, name| format!("A passkey has been removed from your account with {product}: {name}"),
    },
    recovery_code_used: News {
        subject: |product| format!("Recovery code used for your account with {product}"),
        heading: "Recovery code used",
        text: |product, left| {
            format!("One of the recovery codes of your account with {product} has been used up. Left: {left}")
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("New recovery codes for your account with {product}"),
        heading: "New recovery codes",
        text: |product| {
            format!("There are new recovery codes for your account with {product}. The former ones are void.")
        },
    },
    wrong_codes: News {
        subject: |product| format!("Wrong codes for your account with {product}"),
        heading: "Somebody is trying codes",
        text: |product| format!("Several wrong codes were tried at your account with {product}."),
    },
    passkey_copied: News {
        subject: |product| format!("A passkey of your account with {product} may have been copied"),
        heading: "A passkey may have been copied",
        text: |product, name| format!("A passkey of your account with {product} may have been copied: {name}"),
    },
    factors_reset_requested: News {
        subject: |product| format!("Your second factors with {product} are going to be removed"),
        heading: "Your second factors are going to be removed",
        text: |product, moment| {
            format!("All second factors of your account with {product} are going to be removed, not before {moment}.")
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Your second factors with {product} stay"),
        heading: "Your second factors stay",
        text: |product| {
            format!("The second factors of your account with {product} are not going to be removed after all.")
        },
    },
    factors_reset: News {
        subject: |product| format!("Your second factors with {product} have been removed"),
        heading: "Your second factors have been removed",
        text: |product| format!("All second factors of your account with {product} have been removed."),
    },
};
