//! Spanish, with "usted".

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

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
        token: "alguien que tenía el token",
        operator: "nuestro equipo",
        not_me: "Si no ha sido usted, abra este enlace y pulse el botón de su página: se cerrarán todas las sesiones, su contraseña dejará de \
                 servir y le enviaremos un enlace para elegir una nueva.",
        not_my_factor: "Si no ha sido usted, abra este enlace y pulse el botón de su página: se eliminará lo que se ha añadido (y los \
                        códigos de recuperación, si es el único segundo factor), se cerrarán todas las sesiones, su contraseña dejará de \
                        servir y le enviaremos un enlace para elegir una nueva.",
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
    factors: Factors {
        added: "Desde ahora, a quien inicie sesión con su contraseña se le pedirá también un segundo factor. Si antes no tenía ninguno, se \
                han cerrado todas las demás sesiones.\n\n\
                Guarde sus códigos de recuperación en un lugar seguro: cada uno le permite entrar una vez si pierde sus segundos factores.",
        removed: "Se han cerrado todas las demás sesiones y, durante un tiempo, sus claves de exchange solo se podrán usar con un segundo \
                  factor que aún tenga.\n\n\
                  Si no le queda ninguno, basta su contraseña para iniciar sesión, y sus códigos de recuperación ya no sirven.",
        few_codes: "Cree códigos nuevos antes de que los necesite.",
    },
    totp_added: News {
        subject: |product| format!("Aplicación de autenticación añadida a su cuenta de {product}"),
        heading: "Aplicación de autenticación añadida",
        text: |product| {
            format!("Se ha añadido una aplicación de autenticación a su cuenta de {product} como segundo factor.")
        },
    },
    totp_removed: News {
        subject: |product| format!("Aplicación de autenticación eliminada de su cuenta de {product}"),
        heading: "Aplicación de autenticación eliminada",
        text: |product| format!("Su cuenta de {product} ya no pide códigos de una aplicación de autenticación."),
    },
    passkey_added: News {
        subject: |product| format!("Nueva llave de acceso para su cuenta de {product}"),
        heading: "Nueva llave de acceso",
        text: |product, name| {
            format!(
                "Se ha añadido una llave de acceso (passkey) a su cuenta de {product}: {name}\n\n\
                 Es un segundo factor y también permite iniciar sesión sin contraseña."
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("Llave de acceso eliminada de su cuenta de {product}"),
        heading: "Llave de acceso eliminada",
        text: |product, name| {
            format!("Se ha eliminado una llave de acceso (passkey) de su cuenta de {product}: {name}")
        },
    },
    recovery_code_used: News {
        subject: |product| format!("Código de recuperación usado en su cuenta de {product}"),
        heading: "Código de recuperación usado",
        text: |product, left| {
            let left = match left {
                0 => "No queda ninguno.".to_owned(),
                1 => "Queda uno.".to_owned(),
                _ => format!("Quedan {left}."),
            };
            format!("Se ha usado uno de los códigos de recuperación de su cuenta de {product}, que ya no sirve. {left}")
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("Nuevos códigos de recuperación para su cuenta de {product}"),
        heading: "Nuevos códigos de recuperación",
        text: |product| {
            format!("Su cuenta de {product} tiene nuevos códigos de recuperación. Los anteriores ya no sirven.")
        },
    },
    wrong_codes: News {
        subject: |product| format!("Códigos incorrectos en su cuenta de {product}"),
        heading: "Alguien está probando códigos",
        text: |product| {
            format!(
                "Se han probado cinco códigos incorrectos de una aplicación de autenticación en su cuenta de {product}. Lo ha hecho alguien \
                 que conoce su contraseña o que tenía la sesión iniciada.\n\n\
                 Por ahora se rechazan esos códigos; las llaves de acceso y los códigos de recuperación siguen sirviendo.\n\n\
                 Si no ha sido usted, su contraseña ya no es segura: cámbiela o use el enlace de abajo."
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("Puede que se haya copiado una llave de acceso de su cuenta de {product}"),
        heading: "Puede que se haya copiado una llave de acceso",
        text: |product, name| {
            format!(
                "Puede que se haya copiado una llave de acceso (passkey) de su cuenta de {product}: {name}\n\n\
                 Su contador no ha aumentado, como si hubiera dos, y por eso se ha rechazado. Si duda de que solo la tenga usted, elimínela \
                 y añada una nueva."
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("Sus segundos factores de {product} se van a eliminar"),
        heading: "Sus segundos factores se van a eliminar",
        text: |product, moment| {
            format!(
                "Se ha pedido a nuestro equipo que elimine todos los segundos factores de su cuenta de {product}, porque se habrían \
                 perdido. No se hará antes del {moment}.\n\n\
                 Si aún tiene alguno, o un código de recuperación, iniciar sesión con él lo impide. También lo impide el enlace de este \
                 correo."
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Sus segundos factores de {product} se conservan"),
        heading: "Sus segundos factores se conservan",
        text: |product| {
            format!(
                "Al final no se eliminarán los segundos factores de su cuenta de {product}. Se pedirán como hasta ahora."
            )
        },
    },
    factors_reset: News {
        subject: |product| format!("Sus segundos factores de {product} se han eliminado"),
        heading: "Sus segundos factores se han eliminado",
        text: |product| {
            format!(
                "Como se había anunciado, nuestro equipo ha eliminado todos los segundos factores de su cuenta de {product} y sus códigos \
                 de recuperación. Se han cerrado todas las sesiones y, durante 72 horas, sus claves de exchange no se podrán usar.\n\n\
                 Hasta que añada de nuevo un segundo factor, basta su contraseña para iniciar sesión."
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("Nuevo token para un programa en su cuenta de {product}"),
            heading: "Nuevo token para un programa",
            text: |product, name| {
                format!("Se ha creado un token con el que un programa puede usar su cuenta de {product}: {name}")
            },
        },
        revoked: News {
            subject: |product| format!("Se ha anulado un token de su cuenta de {product}"),
            heading: "Se ha anulado un token",
            text: |product, name| {
                format!(
                    "Alguien que tenía el token {name} de su cuenta de {product} lo ha anulado: por ejemplo, un escáner que lo encontró en un lugar público. Ya no sirve para nada.\n\n\
                     Si aún se usaba, cree uno nuevo y averigüe dónde quedó a la vista."
                )
            },
        },
        allows: "Permite",
        networks: "Funciona desde",
        everywhere: "cualquier lugar",
        until: "Válido hasta",
        between: "; ",
        scope: |scope| match scope {
            Scope::Profile => "ver su perfil",
            Scope::KeysRead => "ver la lista de sus claves de exchange y lo que se ha hecho con ellas",
            Scope::KeysWrite => "añadir, cambiar, probar y eliminar claves de exchange",
            Scope::KeysDecrypt => "ver los secretos de sus claves de exchange",
            Scope::KycRead => "ver el estado de su verificación de identidad",
        },
    },
};
