//! Portuguese as in Brazil, with "você".

use super::{Deletion, EmailTaken, Frame, Letter, News, NoPassword, Notice, Words};

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
        operator: "nossa equipe",
        not_me: "Se não foi você, abra este link e pressione o botão da página: todas as sessões serão encerradas, a sua senha deixará de \
                 valer e enviaremos um link para você escolher uma nova.",
        not_my_factor: "If this was not you, open this link and press the button on its page: what was added is removed, all sessions end, your password stops working, and we mail you a link to choose a new one.",
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
