//! Personal tokens in Portuguese.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "Tokens pessoais",
    intro: "Com um token, um programa seu usa a sua conta sem a sua senha. Ele pode fazer o que você marcar aqui e mais nada: nunca muda a sua senha nem os seus segundos fatores.",
    new_token: "Seu novo token",
    new_hint: "Ele só é mostrado agora. Guarde-o onde o seu programa o encontre, e mais ninguém.",
    copy: "Copiar",
    kept: "Já guardei",
    name: "Nome do token",
    scopes: "O que ele pode fazer",
    keys: "Só algumas chaves de corretoras",
    keys_hint: "Se nenhuma for marcada, o token vale para todas.",
    networks: "Só a partir destas redes",
    networks_hint: "Endereços, ou redes como 203.0.113.0/24, separados por vírgulas. Um token que mostra segredos ou muda chaves precisa deles.",
    days: "Válido por",
    make: "Criar um token",
    keep: "Manter os meus tokens pessoais:",
    says: TokensSay {
        none: "Você não tem tokens.",
        no_scope: "Marque o que o token pode fazer.",
        bad_networks: "Escreva endereços, ou redes como 203.0.113.0/24, separados por vírgulas.",
        needs_networks: "Um token que mostra segredos ou muda chaves precisa de redes e termina em no máximo 90 dias.",
        frozen: "Para a sua segurança, o cofre não mostra segredos no momento. Tokens para ele podem ser criados mais tarde.",
        too_many: "Você tem 50 tokens. Encerre um primeiro.",
        expires: Timed::new("Válido até {time}"),
        from: "Só a partir de",
        some_keys: Counted::new("Chaves de corretoras escolhidas: {count}"),
        end: "Encerrar",
        ended: "O token não vale mais.",
        copied: "O token foi copiado.",
        not_copied: "O seu navegador não permite copiar. Selecione o token e copie-o à mão.",
        scopes: Scopes {
            profile: "Ver o meu perfil",
            keys_read: "Listar chaves de corretoras e o que foi feito com elas",
            keys_write: "Adicionar, mudar, testar e apagar chaves de corretoras",
            keys_decrypt: "Ver os segredos das chaves de corretoras",
            kyc_read: "Ver como está a minha verificação de identidade",
        },
    },
};
