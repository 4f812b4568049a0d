//! Personal tokens in Chinese.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "个人令牌",
    intro: "有了令牌，您的程序无需密码即可使用您的账户。它只能做您在此勾选的事，绝不会更改您的密码或第二重验证。",
    new_token: "您的新令牌",
    new_hint: "它只在此刻显示一次。请把它存放在只有您的程序能读到的地方。",
    copy: "复制",
    kept: "我已保存",
    name: "令牌名称",
    scopes: "允许的操作",
    keys: "仅限部分交易所密钥",
    keys_hint: "如果一个都不勾选，令牌对全部密钥有效。",
    networks: "仅限这些网络",
    networks_hint: "输入地址，或如 203.0.113.0/24 的网络，以逗号分隔。能显示机密或更改密钥的令牌必须填写。",
    days: "有效期",
    make: "创建令牌",
    keep: "保留我的个人令牌：",
    says: TokensSay {
        none: "您没有令牌。",
        no_scope: "请勾选允许令牌做的操作。",
        bad_networks: "请输入地址，或如 203.0.113.0/24 的网络，以逗号分隔。",
        needs_networks: "能显示机密或更改密钥的令牌必须指定网络，且最多 90 天后失效。",
        frozen: "为了您的安全，保险库目前不显示机密。相关令牌可以稍后创建。",
        too_many: "您已有 50 个令牌。请先终止一个。",
        expires: Timed::new("有效至 {time}"),
        from: "仅限来自",
        some_keys: Counted::new("所选交易所密钥：{count}"),
        end: "终止",
        ended: "令牌已失效。",
        copied: "令牌已复制。",
        not_copied: "您的浏览器不允许复制。请选中令牌手动复制。",
        scopes: Scopes {
            profile: "查看我的个人资料",
            keys_read: "列出交易所密钥及其使用记录",
            keys_write: "添加、更改、测试和删除交易所密钥",
            keys_decrypt: "查看交易所密钥的机密",
            kyc_read: "查看我的身份验证状态",
        },
    },
};
