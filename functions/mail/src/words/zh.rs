//! Chinese in simplified characters, with "您".

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

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
        token: "持有该令牌的人",
        operator: "我们的工作人员",
        not_me: "如果不是您本人操作，请打开此链接并点击页面上的按钮：所有会话将结束，您的密码将失效，我们会向您发送用于设置新密码的链接。",
        not_my_factor: "如果不是您本人操作，请打开此链接并点击页面上的按钮：新增的验证方式将被移除（如果它是唯一的两步验证方式，恢复码也将\
                        作废），所有会话将结束，您的密码将失效，我们会向您发送用于设置新密码的链接。",
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
    factors: Factors {
        added: "从现在起，使用您的密码登录时还需要通过两步验证。如果您此前没有任何两步验证方式，其他所有会话均已结束。\n\n\
                请妥善保管您的恢复码：如果您失去了两步验证方式，每个恢复码可供您登录一次。",
        removed: "其他所有会话均已结束。在一段时间内，只有通过您仍保留的两步验证方式才能使用您的交易所密钥。\n\n\
                  如果没有任何方式保留下来，仅凭密码即可登录，您的恢复码也已作废。",
        few_codes: "请在需要之前生成新的恢复码。",
    },
    totp_added: News {
        subject: |product| format!("您的 {product} 账户新增了身份验证器应用"),
        heading: "新增身份验证器应用",
        text: |product| format!("您的 {product} 账户新增了身份验证器应用，作为两步验证方式。"),
    },
    totp_removed: News {
        subject: |product| format!("您的 {product} 账户移除了身份验证器应用"),
        heading: "身份验证器应用已移除",
        text: |product| format!("您的 {product} 账户不再要求输入身份验证器应用的验证码。"),
    },
    passkey_added: News {
        subject: |product| format!("您的 {product} 账户新增了通行密钥"),
        heading: "新增通行密钥",
        text: |product, name| {
            format!(
                "您的 {product} 账户新增了一个通行密钥：{name}\n\n\
                 它是一种两步验证方式，也可用于无密码登录。"
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("您的 {product} 账户移除了通行密钥"),
        heading: "通行密钥已移除",
        text: |product, name| format!("您的 {product} 账户移除了一个通行密钥：{name}"),
    },
    recovery_code_used: News {
        subject: |product| format!("您的 {product} 账户使用了恢复码"),
        heading: "恢复码已使用",
        text: |product, left| {
            let left = match left {
                0 => "没有剩余的恢复码。".to_owned(),
                _ => format!("还剩 {left} 个。"),
            };
            format!("您的 {product} 账户使用了一个恢复码，该恢复码已失效。{left}")
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("您的 {product} 账户有了新的恢复码"),
        heading: "新的恢复码",
        text: |product| format!("您的 {product} 账户已生成新的恢复码，原有的恢复码均已作废。"),
    },
    wrong_codes: News {
        subject: |product| format!("您的 {product} 账户出现多次错误验证码"),
        heading: "有人正在尝试验证码",
        text: |product| {
            format!(
                "有人在您的 {product} 账户上尝试了五次错误的身份验证器验证码。此人知道您的密码，或者已登录您的账户。\n\n\
                 目前，此类验证码会被拒绝；通行密钥和恢复码仍可照常使用。\n\n\
                 如果不是您本人操作，您的密码已不再安全：请更改密码，或使用下方的链接。"
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("您的 {product} 账户的通行密钥可能已被复制"),
        heading: "通行密钥可能已被复制",
        text: |product, name| {
            format!(
                "您的 {product} 账户的一个通行密钥可能已被复制：{name}\n\n\
                 它的计数没有增加，仿佛存在两个相同的密钥，因此已被拒绝。如果您不能确定只有您本人持有它，请将其移除并添加新的通行密钥。"
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("您的 {product} 两步验证方式即将移除"),
        heading: "您的两步验证方式即将移除",
        text: |product, moment| {
            format!(
                "有人称两步验证方式已丢失，请求我们的工作人员将其从您的 {product} 账户中全部移除。移除不会早于 {moment}。\n\n\
                 如果您仍持有其中任何一种，或持有恢复码，用它登录即可阻止移除。此邮件中的链接也可以阻止移除。"
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("您的 {product} 两步验证方式将保留"),
        heading: "您的两步验证方式将保留",
        text: |product| format!("您的 {product} 账户的两步验证方式不会被移除，登录时仍照常要求验证。"),
    },
    factors_reset: News {
        subject: |product| format!("您的 {product} 两步验证方式已移除"),
        heading: "您的两步验证方式已移除",
        text: |product| {
            format!(
                "按照此前的通知，我们的工作人员已移除您的 {product} 账户的所有两步验证方式和恢复码。所有会话均已结束，您的交易所密钥在 72 \
                 小时内无法使用。\n\n\
                 在您重新添加两步验证方式之前，仅凭密码即可登录。"
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("您的 {product} 账户新增了程序令牌"),
            heading: "新增程序令牌",
            text: |product, name| format!("已创建一个令牌，程序可凭它使用您的 {product} 账户：{name}"),
        },
        revoked: News {
            subject: |product| format!("您的 {product} 账户的一个令牌已被撤销"),
            heading: "令牌已被撤销",
            text: |product, name| {
                format!(
                    "持有您的 {product} 账户令牌“{name}”的人已将其撤销，例如在公开场所发现它的扫描服务。该令牌不再有效。\n\n\
                     如果它仍在使用，请创建新的令牌，并查明它是在哪里泄露的。"
                )
            },
        },
        allows: "允许",
        networks: "可用来源",
        everywhere: "任何地方",
        until: "有效期至",
        between: "；",
        scope: |scope| match scope {
            Scope::Profile => "查看您的个人资料",
            Scope::KeysRead => "列出您的交易所密钥及其使用记录",
            Scope::KeysWrite => "添加、更改、测试和删除交易所密钥",
            Scope::KeysDecrypt => "查看您的交易所密钥的机密内容",
            Scope::KycRead => "查看您的身份验证状态",
        },
    },
};
