//! Personal tokens in French.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "Jetons personnels",
    intro: "Avec un jeton, l’un de vos programmes utilise votre compte sans votre mot de passe. Il peut faire ce que vous cochez ici et rien d’autre : il ne change jamais votre mot de passe ni vos seconds facteurs.",
    new_token: "Votre nouveau jeton",
    new_hint: "Il n’est affiché que maintenant. Gardez-le là où votre programme le trouve, et personne d’autre.",
    copy: "Copier",
    kept: "Je l’ai gardé",
    name: "Nom du jeton",
    scopes: "Ce qu’il peut faire",
    keys: "Certaines clés d’exchange seulement",
    keys_hint: "Si aucune n’est cochée, le jeton vaut pour toutes.",
    networks: "Seulement depuis ces réseaux",
    networks_hint: "Des adresses, ou des réseaux comme 203.0.113.0/24, séparés par des virgules. Un jeton qui montre des secrets ou change des clés en a besoin.",
    days: "Valable pendant",
    make: "Créer un jeton",
    keep: "Conserver mes jetons personnels :",
    says: TokensSay {
        none: "Vous n’avez pas de jeton.",
        no_scope: "Veuillez cocher ce que le jeton peut faire.",
        bad_networks: "Veuillez saisir des adresses, ou des réseaux comme 203.0.113.0/24, séparés par des virgules.",
        needs_networks: "Un jeton qui montre des secrets ou change des clés a besoin de réseaux et expire au plus tard après 90 jours.",
        frozen: "Pour votre sécurité, le coffre ne montre aucun secret en ce moment. Les jetons pour le coffre pourront être créés plus tard.",
        too_many: "Vous avez 50 jetons. Veuillez d’abord en révoquer un.",
        expires: Timed::new("Valable jusqu’au {time}"),
        from: "Seulement depuis",
        some_keys: Counted::new("Clés d’exchange choisies : {count}"),
        end: "Révoquer",
        ended: "Le jeton n’est plus valable.",
        copied: "Le jeton est copié.",
        not_copied: "Votre navigateur ne permet pas de copier. Veuillez sélectionner le jeton et le copier à la main.",
        scopes: Scopes {
            profile: "Voir mon profil",
            keys_read: "Lister les clés d’exchange et ce qui a été fait avec elles",
            keys_write: "Ajouter, changer, tester et supprimer des clés d’exchange",
            keys_decrypt: "Voir les secrets des clés d’exchange",
            kyc_read: "Voir où en est ma vérification d’identité",
        },
    },
};
