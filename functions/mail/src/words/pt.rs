//! Portuguese as in Brazil, with "você".

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "Olá,",
        colon: ": ",
        until: |moment| format!("O link é válido até {moment}."),
        renewable: "Depois disso, a página dele pode enviar um novo a você.",
        without_button: "Se o botão não funcionar, abra este endereço:",
        automatic: "Este e-mail foi enviado automaticamente. Nunca pedimos a sua senha por e-mail.",
    },
    notice: Notice {
        when: "Quando",
        device: "Dispositivo",
        ip: "Endereço IP",
        country: "País",
        by: "Por",
        user: "alguém conectado à sua conta",
        link: "alguém com um link do nosso e-mail",
        token: "alguém que tinha o token",
        operator: "nossa equipe",
        not_me: "Se não foi você, abra este link e pressione o botão da página: todas as sessões serão encerradas, a sua senha deixará de \
                 valer e enviaremos um link para você escolher uma nova.",
        not_my_factor: "Se não foi você, abra este link e pressione o botão da página: o que foi adicionado será removido (e os códigos de \
                        recuperação também, se for o único segundo fator), todas as sessões serão encerradas, a sua senha deixará de valer \
                        e enviaremos um link para você escolher uma nova.",
        this_was_not_me: "Não fui eu",
        ignore: "Se você está ciente disso, ignore este e-mail.",
    },
    verify: Letter {
        subject: |product| format!("Confirme o seu e-mail para {product}"),
        heading: "Confirme o seu e-mail",
        text: |product| {
            format!(
                "Alguém, provavelmente você, está se cadastrando em {product} com este endereço de e-mail. Para concluir, abra este link e \
                 pressione o botão da página."
            )
        },
        button: "Confirmar meu e-mail",
        after: "Se não foi você, ignore este e-mail: sem este passo ninguém terá uma conta com este endereço.",
    },
    change_email: Letter {
        subject: |product| format!("Confirme o seu novo endereço para {product}"),
        heading: "Confirme o seu novo endereço",
        text: |product| {
            format!(
                "Alguém, provavelmente você, quer que uma conta em {product} tenha este endereço de e-mail. Para concluir, abra este link e \
                 pressione o botão da página. Todas as sessões da conta serão então encerradas."
            )
        },
        button: "Confirmar meu endereço",
        after: "Se não foi você, ignore este e-mail: sem este passo nenhuma conta terá este endereço.",
    },
    already_registered: Letter {
        subject: |product| format!("Você já tem uma conta em {product}"),
        heading: "Você já tem uma conta",
        text: |product| {
            format!(
                "Alguém, provavelmente você, tentou se cadastrar em {product} com este endereço de e-mail. Já existe uma conta com ele, \
                 portanto nada mudou.\n\n\
                 Se foi você, basta entrar com a senha que já tem."
            )
        },
        button: "Entrar",
        after: "Se não foi você, ignore este e-mail.",
    },
    set_password: Letter {
        subject: |product| format!("Escolha a sua senha para {product}"),
        heading: "Escolha a sua senha",
        text: |product| format!("Este endereço de e-mail está confirmado para {product}."),
        button: "Escolher minha senha",
        after: "Se não foi você quem pediu, ignore este e-mail: sem este link ninguém pode escolher uma senha.",
    },
    no_password: NoPassword {
        weak: "A senha escolhida antes é fácil de adivinhar: está entre as mais comuns, foi roubada de outro serviço, tem poucos caracteres \
               diferentes ou é feita do que outros sabem de você. Ela não é válida.",
        contested: "Antes, alguém se cadastrou mais de uma vez com ele, com senhas diferentes. Não temos como saber qual delas é a sua, \
                    portanto descartamos todas.",
        other_spelling: "Antes, alguém se cadastrou com outra grafia do endereço. Não temos como saber se a senha é sua, portanto a \
                         descartamos.",
        choose: "Escolha agora a sua senha.",
    },
    reset_password: Letter {
        subject: |product| format!("Escolha uma nova senha para {product}"),
        heading: "Escolha uma nova senha",
        text: |product| format!("Alguém pediu uma nova senha para a sua conta em {product}."),
        button: "Escolher uma nova senha",
        after: "Uma nova senha encerra todas as sessões e, por algum tempo, as suas chaves de exchange não poderão ser usadas.\n\n\
                Se não foi você quem pediu, ignore este e-mail: a sua senha continua a mesma.",
    },
    weak_password: Letter {
        subject: |product| format!("A sua senha de {product} é fácil de adivinhar"),
        heading: "A sua senha é fácil de adivinhar",
        text: |product| {
            format!(
                "Você entrou em {product} com uma senha fácil de adivinhar: ela está entre as mais comuns, tem poucos caracteres diferentes \
                 ou é feita do seu endereço ou do nome do serviço.\n\n\
                 Ela continua valendo, para você e para quem a adivinhar. Escolha outra, de preferência com 15 caracteres ou mais, que você \
                 não use em nenhum outro lugar."
            )
        },
        button: "Escolher outra senha",
        after: "Se você já escolheu outra, ignore este e-mail.",
    },
    locked: Letter {
        subject: |product| format!("Muitas senhas erradas na sua conta em {product}"),
        heading: "Alguém está tentando senhas",
        text: |product| {
            format!(
                "Dez ou mais senhas erradas foram tentadas na sua conta em {product} em pouco tempo. Nenhuma delas estava certa.\n\n\
                 Por enquanto, entradas a partir de lugares onde você nunca entrou são recusadas, por até um quarto de hora de cada vez. \
                 Dos demais, você pode continuar como sempre.\n\n\
                 Se foi você e não se lembra da sua senha, escolha uma nova."
            )
        },
        button: "Escolher uma nova senha",
        after: "Se não foi você, ignore este e-mail: ninguém entrou.",
    },
    new_device: News {
        subject: |product| format!("Nova entrada em {product}"),
        heading: "Nova entrada",
        text: |product| {
            format!(
                "Alguém entrou na sua conta em {product} a partir de um lugar que não conhecíamos: outro dispositivo, outro navegador ou \
                 outra rede."
            )
        },
    },
    password_changed: News {
        subject: |product| format!("A sua senha de {product} foi alterada"),
        heading: "A sua senha foi alterada",
        text: |product| format!("A sua conta em {product} tem uma nova senha."),
    },
    email_change_requested: News {
        subject: |product| format!("Um novo endereço para a sua conta em {product}"),
        heading: "Um novo endereço foi pedido",
        text: |product, address| {
            format!(
                "Alguém que conhece a sua senha quer que a sua conta em {product} tenha outro endereço de e-mail: {address}\n\n\
                 Até que o outro seja confirmado, a sua conta mantém este."
            )
        },
    },
    email_changed: News {
        subject: |product| format!("A sua conta em {product} agora tem este endereço"),
        heading: "A sua conta tem um novo endereço",
        text: |product, address| {
            format!(
                "A sua conta em {product} agora tem este endereço de e-mail: {address}\n\n\
                 Todas as sessões foram encerradas e, por algum tempo, as suas chaves de exchange não poderão ser usadas. Você pode entrar \
                 com o novo endereço."
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("A sua conta em {product} agora tem outro endereço"),
        heading: "A sua conta tem outro endereço",
        text: |product, address| {
            format!(
                "A sua conta em {product} agora tem outro endereço de e-mail: {address}\n\n\
                 Todas as sessões foram encerradas e, por algum tempo, as suas chaves de exchange não poderão ser usadas."
            )
        },
        not_me: "Se não foi você, abra este link em até sete dias e pressione o botão da página: a sua conta recupera este endereço, todas \
                 as sessões serão encerradas, a senha deixará de valer e enviaremos um link para você escolher uma nova.",
    },
    deletion: Deletion {
        subject: |product| format!("A sua conta em {product} será excluída"),
        heading: "A sua conta será excluída",
        text: |product, moment| {
            format!(
                "A sua conta em {product} será excluída em {moment}, e com ela todas as chaves de exchange do seu cofre. Todas as sessões \
                 foram encerradas e ninguém pode entrar até lá.\n\n\
                 Se você mudou de ideia, mantenha a conta: abra este link e pressione o botão da página."
            )
        },
        keep: "Manter minha conta",
    },
    deleted: News {
        subject: |product| format!("A sua conta em {product} foi excluída"),
        heading: "A sua conta foi excluída",
        text: |product| {
            format!(
                "A sua conta em {product} foi excluída, e com ela todas as chaves de exchange do seu cofre. O que a lei nos obriga a guardar \
                 de uma verificação de identidade é guardado pelo tempo que ela determina."
            )
        },
    },
    exported: News {
        subject: |product| format!("Uma cópia dos seus dados em {product}"),
        heading: "Os seus dados foram pedidos",
        text: |product| {
            format!(
                "Alguém pediu uma cópia do que {product} sabe sobre você. Os segredos das suas chaves de exchange nunca fazem parte dela."
            )
        },
    },
    key_added: News {
        subject: |product| format!("Nova chave de exchange no seu cofre em {product}"),
        heading: "Nova chave de exchange",
        text: |product, exchange, label| {
            format!("Uma chave de exchange foi adicionada ao seu cofre em {product}: {label} ({exchange})")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("Uma chave de exchange foi alterada no seu cofre em {product}"),
        heading: "Uma chave de exchange foi alterada",
        text: |product, exchange, label| {
            format!(
                "O segredo de uma chave de exchange do seu cofre em {product} foi substituído: {label} ({exchange})"
            )
        },
    },
    factors: Factors {
        added: "A partir de agora, quem entrar com a sua senha também precisará de um segundo fator. Se você ainda não tinha nenhum, todas \
                as outras sessões foram encerradas.\n\n\
                Guarde os seus códigos de recuperação em um lugar seguro: cada um deles permite que você entre uma vez se perder os seus \
                segundos fatores.",
        removed: "Todas as outras sessões foram encerradas e, por algum tempo, as suas chaves de exchange só poderão ser usadas com um \
                  segundo fator que você ainda tenha.\n\n\
                  Se não restar nenhum, a sua senha basta para entrar e os seus códigos de recuperação não valem mais.",
        few_codes: "Crie códigos novos antes de precisar deles.",
    },
    totp_added: News {
        subject: |product| format!("Aplicativo autenticador adicionado à sua conta em {product}"),
        heading: "Aplicativo autenticador adicionado",
        text: |product| {
            format!("Um aplicativo autenticador foi adicionado à sua conta em {product} como segundo fator.")
        },
    },
    totp_removed: News {
        subject: |product| format!("Aplicativo autenticador removido da sua conta em {product}"),
        heading: "Aplicativo autenticador removido",
        text: |product| format!("A sua conta em {product} não pede mais códigos de um aplicativo autenticador."),
    },
    passkey_added: News {
        subject: |product| format!("Nova chave de acesso para a sua conta em {product}"),
        heading: "Nova chave de acesso",
        text: |product, name| {
            format!(
                "Uma chave de acesso (passkey) foi adicionada à sua conta em {product}: {name}\n\n\
                 Ela é um segundo fator e também permite entrar sem senha."
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("Chave de acesso removida da sua conta em {product}"),
        heading: "Chave de acesso removida",
        text: |product, name| format!("Uma chave de acesso (passkey) foi removida da sua conta em {product}: {name}"),
    },
    recovery_code_used: News {
        subject: |product| format!("Código de recuperação usado na sua conta em {product}"),
        heading: "Código de recuperação usado",
        text: |product, left| {
            let left = match left {
                0 => "Não resta nenhum.".to_owned(),
                1 => "Resta um.".to_owned(),
                _ => format!("Restam {left}."),
            };
            format!("Um dos códigos de recuperação da sua conta em {product} foi usado e não vale mais. {left}")
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("Novos códigos de recuperação para a sua conta em {product}"),
        heading: "Novos códigos de recuperação",
        text: |product| {
            format!("A sua conta em {product} tem novos códigos de recuperação. Os anteriores não valem mais.")
        },
    },
    wrong_codes: News {
        subject: |product| format!("Códigos errados na sua conta em {product}"),
        heading: "Alguém está tentando códigos",
        text: |product| {
            format!(
                "Cinco códigos errados de um aplicativo autenticador foram tentados na sua conta em {product}, por alguém que conhece a sua \
                 senha ou que estava conectado.\n\n\
                 Por enquanto, esses códigos são recusados; as chaves de acesso e os códigos de recuperação continuam funcionando.\n\n\
                 Se não foi você, a sua senha não é mais segura: altere-a ou use o link abaixo."
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("Uma chave de acesso da sua conta em {product} pode ter sido copiada"),
        heading: "Uma chave de acesso pode ter sido copiada",
        text: |product, name| {
            format!(
                "Uma chave de acesso (passkey) da sua conta em {product} pode ter sido copiada: {name}\n\n\
                 O contador dela não aumentou, como se houvesse duas, e por isso ela foi recusada. Se você não tem certeza de que só você a \
                 tem, remova-a e adicione uma nova."
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("Os seus segundos fatores em {product} serão removidos"),
        heading: "Os seus segundos fatores serão removidos",
        text: |product, moment| {
            format!(
                "Pediram à nossa equipe que remova todos os segundos fatores da sua conta em {product}, porque teriam sido perdidos. Isso \
                 não acontecerá antes de {moment}.\n\n\
                 Se você ainda tem um deles, ou um código de recuperação, entrar com ele impede a remoção. O link deste e-mail também a \
                 impede."
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Os seus segundos fatores em {product} continuam"),
        heading: "Os seus segundos fatores continuam",
        text: |product| {
            format!(
                "Os segundos fatores da sua conta em {product} não serão mais removidos. Eles serão pedidos como antes."
            )
        },
    },
    factors_reset: News {
        subject: |product| format!("Os seus segundos fatores em {product} foram removidos"),
        heading: "Os seus segundos fatores foram removidos",
        text: |product| {
            format!(
                "Como anunciado, a nossa equipe removeu todos os segundos fatores da sua conta em {product} e os códigos de recuperação \
                 dela. Todas as sessões foram encerradas e, por 72 horas, as suas chaves de exchange não poderão ser usadas.\n\n\
                 Até que você adicione um novo segundo fator, a sua senha basta para entrar."
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("Novo token para um programa na sua conta em {product}"),
            heading: "Novo token para um programa",
            text: |product, name| {
                format!("Foi criado um token com o qual um programa pode usar a sua conta em {product}: {name}")
            },
        },
        revoked: News {
            subject: |product| format!("Um token da sua conta em {product} foi revogado"),
            heading: "Um token foi revogado",
            text: |product, name| {
                format!(
                    "Alguém que tinha o token {name} da sua conta em {product} o revogou: por exemplo, um scanner que o encontrou em um lugar público. Ele não vale mais.\n\n\
                     Se ainda estava em uso, crie um novo e descubra onde ele ficou visível."
                )
            },
        },
        allows: "Ele permite",
        networks: "Funciona a partir de",
        everywhere: "qualquer lugar",
        until: "Válido até",
        between: "; ",
        scope: |scope| match scope {
            Scope::Profile => "ver o seu perfil",
            Scope::KeysRead => "ver a lista das suas chaves de exchange e o que foi feito com elas",
            Scope::KeysWrite => "adicionar, alterar, testar e excluir chaves de exchange",
            Scope::KeysDecrypt => "ver os segredos das suas chaves de exchange",
            Scope::KycRead => "ver o estado da sua verificação de identidade",
        },
    },
};
