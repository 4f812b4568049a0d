//! Chinese in simplified characters, with "您".

use super::{Deletion, EmailTaken, Frame, Letter, News, NoPassword, Notice, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "您好：",
        colon: "：",
        until: |moment| format!("链接有效期至 {moment}。"),
        renewable: "过期后，您可以在链接的页面上获取新链接。",
        without_button: "如果按钮无法使用，请打开以下地址：",
        automatic: "此邮件由系统自动发送。我们绝不会通过邮件索要您的密码。",
    },
    notice: Notice {
        when: "时间",
        device: "设备",
        ip: "IP 地址",
        country: "国家或地区",
        by: "操作者",
        user: "已登录您账户的人",
        link: "持有我们邮件中链接的人",
        operator: "我们的工作人员",
        not_me: "如果不是您本人操作，请打开此链接并点击页面上的按钮：所有会话将结束，您的密码将失效，我们会向您发送用于设置新密码的链接。",
        not_my_factor: "If this was not you, open this link and press the button on its page: what was added is removed, all sessions end, your password stops working, and we mail you a link to choose a new one.",
        this_was_not_me: "不是我本人操作",
        ignore: "如果您知道此事，请忽略此邮件。",
    },
    verify: Letter {
        subject: |product| format!("请验证您在 {product} 的邮箱地址"),
        heading: "请验证您的邮箱地址",
        text: |product| {
            format!(
                "有人（可能是您本人）正在使用此邮箱地址注册 {product}。要完成注册，请打开此链接，然后点击页面上的按钮。"
            )
        },
        button: "验证邮箱地址",
        after: "如果不是您本人操作，请忽略此邮件：未完成此步骤，任何人都无法使用此地址开设账户。",
    },
    change_email: Letter {
        subject: |product| format!("请确认您在 {product} 的新邮箱地址"),
        heading: "请确认您的新邮箱地址",
        text: |product| {
            format!(
                "有人（可能是您本人）希望将一个 {product} 账户的邮箱改为此地址。要完成更改，请打开此链接，然后点击页面上的按钮。届时该账户的\
                 所有会话都将结束。"
            )
        },
        button: "确认邮箱地址",
        after: "如果不是您本人操作，请忽略此邮件：未完成此步骤，任何账户都不会改用此地址。",
    },
    already_registered: Letter {
        subject: |product| format!("您已有 {product} 账户"),
        heading: "您已有账户",
        text: |product| {
            format!(
                "有人（可能是您本人）尝试使用此邮箱地址注册 {product}。该地址已有账户，因此没有任何变化。\n\n\
                 如果是您本人，请直接使用现有密码登录。"
            )
        },
        button: "登录",
        after: "如果不是您本人操作，请忽略此邮件。",
    },
    set_password: Letter {
        subject: |product| format!("请设置您的 {product} 密码"),
        heading: "请设置您的密码",
        text: |product| format!("此邮箱地址已通过 {product} 的验证。"),
        button: "设置密码",
        after: "如果不是您本人操作，请忽略此邮件：没有此链接，任何人都无法设置密码。",
    },
    no_password: NoPassword {
        weak: "此前设置的密码容易被猜到：它属于最常见的密码、曾在其他服务中泄露、所含的不同字符太少，或由他人所知的您的信息组成。\
               因此该密码无效。",
        contested: "此前，有人使用此地址多次注册，且密码各不相同。我们无法判断哪一个属于您，因此已全部作废。",
        other_spelling: "此前，有人使用此地址的另一种写法注册。我们无法判断该密码是否属于您，因此已将其作废。",
        choose: "请立即设置您的密码。",
    },
    reset_password: Letter {
        subject: |product| format!("请为 {product} 设置新密码"),
        heading: "请设置新密码",
        text: |product| format!("有人请求为您的 {product} 账户设置新密码。"),
        button: "设置新密码",
        after: "设置新密码后，所有会话都将结束，您的交易所密钥也会在一段时间内无法使用。\n\n\
                如果不是您本人操作，请忽略此邮件：您的密码保持不变。",
    },
    weak_password: Letter {
        subject: |product| format!("您的 {product} 密码容易被猜到"),
        heading: "您的密码容易被猜到",
        text: |product| {
            format!(
                "您登录 {product} 时使用的密码容易被猜到：它属于最常见的密码、所含的不同字符太少，或由您的邮箱地址或服务名称组成。\n\n\
                 该密码仍然有效，对您如此，对猜中它的人也是如此。请换一个在别处都没有使用过的密码，最好不少于 15 个字符。"
            )
        },
        button: "更换密码",
        after: "如果您已更换密码，请忽略此邮件。",
    },
    locked: Letter {
        subject: |product| format!("您的 {product} 账户出现多次错误密码"),
        heading: "有人正在尝试密码",
        text: |product| {
            format!(
                "短时间内，有人在您的 {product} 账户上尝试了十次或更多次错误密码，没有一次正确。\n\n\
                 目前，来自您从未登录过的地点的登录会被拒绝，每次最长一刻钟。在您登录过的地点，您可以照常使用。\n\n\
                 如果是您本人忘记了密码，请设置新密码。"
            )
        },
        button: "设置新密码",
        after: "如果不是您本人操作，请忽略此邮件：没有人登录成功。",
    },
    new_device: News {
        subject: |product| format!("{product}：新的登录"),
        heading: "新的登录",
        text: |product| {
            format!("有人从我们未曾见过的地点登录了您的 {product} 账户：另一台设备、另一个浏览器或另一个网络。")
        },
    },
    password_changed: News {
        subject: |product| format!("您的 {product} 密码已更改"),
        heading: "您的密码已更改",
        text: |product| format!("您的 {product} 账户已启用新密码。"),
    },
    email_change_requested: News {
        subject: |product| format!("有人请求更改您的 {product} 账户邮箱"),
        heading: "有人请求更改邮箱地址",
        text: |product, address| {
            format!(
                "有知道您密码的人希望将您的 {product} 账户邮箱改为另一个地址：{address}\n\n\
                 在新地址得到确认之前，您的账户仍使用当前地址。"
            )
        },
    },
    email_changed: News {
        subject: |product| format!("您的 {product} 账户现使用此邮箱地址"),
        heading: "您的账户已更改邮箱地址",
        text: |product, address| {
            format!(
                "您的 {product} 账户现使用以下邮箱地址：{address}\n\n\
                 所有会话均已结束，您的交易所密钥在一段时间内无法使用。您可以使用新地址登录。"
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("您的 {product} 账户现使用另一个邮箱地址"),
        heading: "您的账户已改用另一个邮箱地址",
        text: |product, address| {
            format!(
                "您的 {product} 账户现使用另一个邮箱地址：{address}\n\n\
                 所有会话均已结束，您的交易所密钥在一段时间内无法使用。"
            )
        },
        not_me: "如果不是您本人操作，请在七天内打开此链接并点击页面上的按钮：您的账户将恢复为此地址，所有会话将结束，密码将失效，我们会向您\
                 发送用于设置新密码的链接。",
    },
    deletion: Deletion {
        subject: |product| format!("您的 {product} 账户即将删除"),
        heading: "您的账户即将删除",
        text: |product, moment| {
            format!(
                "您的 {product} 账户将于 {moment} 删除，保险库中的所有交易所密钥也将一并删除。所有会话均已结束，在此之前任何人都无法\
                 登录。\n\n\
                 如果您改变了主意，可以保留账户：请打开此链接，然后点击页面上的按钮。"
            )
        },
        keep: "保留我的账户",
    },
    deleted: News {
        subject: |product| format!("您的 {product} 账户已删除"),
        heading: "您的账户已删除",
        text: |product| {
            format!(
                "您的 {product} 账户已删除，保险库中的所有交易所密钥也已一并删除。法律要求我们保留的身份验证资料，将按法律规定的期限保存。"
            )
        },
    },
    exported: News {
        subject: |product| format!("您在 {product} 的数据副本"),
        heading: "有人请求了您的数据",
        text: |product| format!("有人请求了 {product} 所掌握的您的数据副本。其中绝不包含您交易所密钥的机密内容。"),
    },
    key_added: News {
        subject: |product| format!("您的 {product} 保险库新增了交易所密钥"),
        heading: "新增交易所密钥",
        text: |product, exchange, label| format!("您的 {product} 保险库新增了一个交易所密钥：{label}（{exchange}）"),
    },
    key_secret_replaced: News {
        subject: |product| format!("您的 {product} 保险库中有交易所密钥被更改"),
        heading: "交易所密钥已更改",
        text: |product, exchange, label| {
            format!("您的 {product} 保险库中一个交易所密钥的机密内容已被替换：{label}（{exchange}）")
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
