//! Personal tokens in Japanese.

use super::{Scopes, TokensPage, TokensSay};
use crate::pages::words::{Counted, Timed};

pub const TOKENS: TokensPage = TokensPage {
    title: "個人用トークン",
    intro: "トークンがあれば、あなたのプログラムはパスワードなしでアカウントを利用できます。できるのはここで選んだことだけで、パスワードや二段階認証を変えることはありません。",
    new_token: "新しいトークン",
    new_hint: "表示されるのは今だけです。あなたのプログラムだけが読める場所に保管してください。",
    copy: "コピー",
    kept: "保管しました",
    name: "トークンの名前",
    scopes: "許可する操作",
    keys: "取引所キーを選ぶ",
    keys_hint: "何も選ばなければ、すべてのキーに使えます。",
    networks: "利用できるネットワーク",
    networks_hint: "アドレス、または 203.0.113.0/24 のようなネットワークをカンマで区切って入力します。シークレットの表示やキーの変更には必須です。",
    days: "有効期間",
    make: "トークンを作成",
    keep: "個人用トークンを残す：",
    says: TokensSay {
        none: "トークンはありません。",
        no_scope: "トークンに許可する操作を選んでください。",
        bad_networks: "アドレス、または 203.0.113.0/24 のようなネットワークをカンマで区切って入力してください。",
        needs_networks: "シークレットの表示やキーの変更ができるトークンにはネットワークの指定が必要で、有効期間は 90 日までです。",
        frozen: "安全のため、現在は保管庫のシークレットを表示できません。そのためのトークンは後で作成できます。",
        too_many: "トークンが 50 個あります。先に一つを無効にしてください。",
        expires: Timed::new("{time} まで有効"),
        from: "利用元：",
        some_keys: Counted::new("選ばれた取引所キー：{count}"),
        end: "無効にする",
        ended: "トークンは無効になりました。",
        copied: "トークンをコピーしました。",
        not_copied: "ブラウザーがコピーを許可していません。トークンを選択して手でコピーしてください。",
        scopes: Scopes {
            profile: "プロフィールを見る",
            keys_read: "取引所キーの一覧と利用履歴を見る",
            keys_write: "取引所キーの追加、変更、テスト、削除",
            keys_decrypt: "取引所キーのシークレットを見る",
            kyc_read: "本人確認の状況を見る",
        },
    },
};
