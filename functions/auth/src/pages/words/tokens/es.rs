//! Personal tokens in Spanish.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "Tokens personales",
    intro: "Con un token, un programa suyo usa su cuenta sin su contraseña. Puede hacer lo que usted marque aquí y nada más: nunca cambia su contraseña ni sus segundos factores.",
    new_token: "Su nuevo token",
    new_hint: "Solo se muestra ahora. Guárdelo donde lo encuentre su programa y nadie más.",
    copy: "Copiar",
    kept: "Ya lo he guardado",
    name: "Nombre del token",
    scopes: "Qué puede hacer",
    keys: "Solo algunas claves de exchange",
    keys_hint: "Si no se marca ninguna, el token sirve para todas.",
    networks: "Solo desde estas redes",
    networks_hint: "Direcciones, o redes como 203.0.113.0/24, separadas por comas. Un token que muestra secretos o cambia claves las necesita.",
    days: "Válido durante",
    make: "Crear un token",
    keep: "Conservar mis tokens personales:",
    says: TokensSay {
        none: "No tiene tokens.",
        no_scope: "Marque qué puede hacer el token.",
        bad_networks: "Escriba direcciones, o redes como 203.0.113.0/24, separadas por comas.",
        needs_networks: "Un token que muestra secretos o cambia claves necesita redes y caduca en 90 días como máximo.",
        frozen: "Por su seguridad, la bóveda no muestra secretos en este momento. Los tokens para ella se podrán crear más tarde.",
        too_many: "Tiene 50 tokens. Primero termine uno.",
        expires: Timed::new("Válido hasta {time}"),
        from: "Solo desde",
        some_keys: Counted::new("Claves de exchange elegidas: {count}"),
        end: "Terminar",
        ended: "El token ya no es válido.",
        copied: "El token está copiado.",
        not_copied: "Su navegador no permite copiar. Seleccione el token y cópielo a mano.",
        scopes: Scopes {
            profile: "Ver mi perfil",
            keys_read: "Ver la lista de claves de exchange y lo que se hizo con ellas",
            keys_write: "Añadir, cambiar, probar y borrar claves de exchange",
            keys_decrypt: "Ver los secretos de las claves de exchange",
            kyc_read: "Ver cómo va mi verificación de identidad",
        },
    },
};
