//! Japanese, in polite form.

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "お客様",
        colon: "：",
        until: |moment| format!("リンクの有効期限：{moment}"),
        renewable: "期限が過ぎた場合は、リンク先のページから新しいリンクをお送りします。",
        without_button: "ボタンが使えない場合は、次のアドレスを開いてください：",
        automatic: "このメールは自動送信です。メールでパスワードをお尋ねすることはありません。",
    },
    notice: Notice {
        when: "日時",
        device: "端末",
        ip: "IPアドレス",
        country: "国",
        by: "操作",
        user: "アカウントにログイン中の人",
        link: "メールのリンクを持つ人",
        token: "トークンを持っていた人",
        operator: "運営担当者",
        not_me: "お心当たりがない場合は、次のリンクを開き、ページのボタンを押してください。すべてのセッションが終了し、パスワードは無効になり、\
                 新しいパスワードを設定するためのリンクをお送りします。",
        not_my_factor: "お心当たりがない場合は、次のリンクを開き、ページのボタンを押してください。追加されたものは削除され（ほかに2段階認証\
                        の手段がない場合は、リカバリーコードも無効になります）、すべてのセッションが終了し、パスワードは無効になり、新しい\
                        パスワードを設定するためのリンクをお送りします。",
        this_was_not_me: "心当たりがありません",
        ignore: "お心当たりがある場合は、このメールは無視してください。",
    },
    verify: Letter {
        subject: |product| format!("{product}：メールアドレスの確認"),
        heading: "メールアドレスの確認",
        text: |product| {
            format!(
                "このメールアドレスで{product}への登録手続きが行われています。ご本人の場合は、次のリンクを開き、ページのボタンを押して手続きを\
                 完了してください。"
            )
        },
        button: "メールアドレスを確認する",
        after: "お心当たりがない場合は、このメールは無視してください。この手続きをしない限り、このアドレスのアカウントは作成されません。",
    },
    change_email: Letter {
        subject: |product| format!("{product}：新しいメールアドレスの確認"),
        heading: "新しいメールアドレスの確認",
        text: |product| {
            format!(
                "{product}のアカウントのメールアドレスを、このアドレスに変更する手続きが行われています。ご本人の場合は、次のリンクを開き、ページ\
                 のボタンを押して手続きを完了してください。完了すると、アカウントのすべてのセッションが終了します。"
            )
        },
        button: "メールアドレスを確認する",
        after: "お心当たりがない場合は、このメールは無視してください。この手続きをしない限り、このアドレスに変更されることはありません。",
    },
    already_registered: Letter {
        subject: |product| format!("{product}のアカウントはすでにあります"),
        heading: "アカウントはすでにあります",
        text: |product| {
            format!(
                "このメールアドレスで{product}への登録が試みられましたが、このアドレスのアカウントはすでにあります。何も変更されていません。\n\n\
                 ご本人の場合は、現在のパスワードでそのままログインしてください。"
            )
        },
        button: "ログインする",
        after: "お心当たりがない場合は、このメールは無視してください。",
    },
    set_password: Letter {
        subject: |product| format!("{product}：パスワードの設定"),
        heading: "パスワードの設定",
        text: |product| format!("{product}で、このメールアドレスの確認が完了しました。"),
        button: "パスワードを設定する",
        after: "お心当たりがない場合は、このメールは無視してください。このリンクがなければ、誰もパスワードを設定できません。",
    },
    no_password: NoPassword {
        weak: "登録時のパスワードは推測されやすいため、無効としました。よく使われているもの、ほかのサービスから盗まれたもの、文字の種類が少ない\
               もの、またはご本人について知られている情報から成るもののいずれかです。",
        contested: "確認の前に、このアドレスで異なるパスワードによる登録が複数回ありました。どれがお客様のものか判断できないため、すべて無効と\
                    しました。",
        other_spelling: "確認の前に、このアドレスの別の表記で登録がありました。そのパスワードがお客様のものか判断できないため、無効としました。",
        choose: "今すぐパスワードを設定してください。",
    },
    reset_password: Letter {
        subject: |product| format!("{product}：パスワードの再設定"),
        heading: "パスワードの再設定",
        text: |product| format!("{product}のアカウントについて、パスワードの再設定が求められました。"),
        button: "新しいパスワードを設定する",
        after: "再設定すると、すべてのセッションが終了し、取引所のキーはしばらく使用できなくなります。\n\n\
                お心当たりがない場合は、このメールは無視してください。パスワードは変わりません。",
    },
    weak_password: Letter {
        subject: |product| format!("{product}のパスワードが推測されやすい状態です"),
        heading: "パスワードが推測されやすい状態です",
        text: |product| {
            format!(
                "{product}へのログインに、推測されやすいパスワードが使われました。よく使われているもの、文字の種類が少ないもの、またはメール\
                 アドレスやサービス名から成るもののいずれかです。\n\n\
                 このパスワードは今も有効で、推測した人も使えてしまいます。ほかで使っていない、できれば15文字以上の別のパスワードに変更して\
                 ください。"
            )
        },
        button: "別のパスワードを設定する",
        after: "すでに変更された場合は、このメールは無視してください。",
    },
    locked: Letter {
        subject: |product| format!("{product}のアカウントで誤ったパスワードが多数試されました"),
        heading: "パスワードが繰り返し試されています",
        text: |product| {
            format!(
                "{product}のアカウントで、短時間に10回以上、誤ったパスワードが試されました。正しいものはありませんでした。\n\n\
                 現在、これまでログインしたことのない場所からのログインは、1回につき最長15分間お断りしています。これまでの場所からは、\
                 通常どおりご利用いただけます。\n\n\
                 ご本人がパスワードをお忘れの場合は、新しいパスワードを設定してください。"
            )
        },
        button: "新しいパスワードを設定する",
        after: "お心当たりがない場合は、このメールは無視してください。誰もログインしていません。",
    },
    new_device: News {
        subject: |product| format!("{product}：新しい場所からのログイン"),
        heading: "新しい場所からのログイン",
        text: |product| {
            format!(
                "{product}のアカウントに、これまでと異なる場所（別の端末、ブラウザー、またはネットワーク）からログインがありました。"
            )
        },
    },
    password_changed: News {
        subject: |product| format!("{product}：パスワードが変更されました"),
        heading: "パスワードが変更されました",
        text: |product| format!("{product}のアカウントのパスワードが変更されました。"),
    },
    email_change_requested: News {
        subject: |product| format!("{product}：メールアドレスの変更が求められました"),
        heading: "メールアドレスの変更が求められました",
        text: |product, address| {
            format!(
                "パスワードを知る人が、{product}のアカウントのメールアドレスを次のアドレスに変更しようとしています：{address}\n\n\
                 新しいアドレスが確認されるまでは、現在のアドレスのままです。"
            )
        },
    },
    email_changed: News {
        subject: |product| format!("{product}：メールアドレスがこのアドレスになりました"),
        heading: "メールアドレスが変更されました",
        text: |product, address| {
            format!(
                "{product}のアカウントのメールアドレスが次のとおりになりました：{address}\n\n\
                 すべてのセッションが終了し、取引所のキーはしばらく使用できません。新しいアドレスでログインできます。"
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("{product}：メールアドレスが別のアドレスに変更されました"),
        heading: "メールアドレスが変更されました",
        text: |product, address| {
            format!(
                "{product}のアカウントのメールアドレスが、別のアドレスに変更されました：{address}\n\n\
                 すべてのセッションが終了し、取引所のキーはしばらく使用できません。"
            )
        },
        not_me: "お心当たりがない場合は、7日以内に次のリンクを開き、ページのボタンを押してください。アカウントはこのアドレスに戻り、すべての\
                 セッションが終了し、パスワードは無効になり、新しいパスワードを設定するためのリンクをお送りします。",
    },
    deletion: Deletion {
        subject: |product| format!("{product}のアカウントは削除されます"),
        heading: "アカウントは削除されます",
        text: |product, moment| {
            format!(
                "{product}のアカウントは{moment}に、保管庫にあるすべての取引所のキーとともに削除されます。すべてのセッションは終了し、\
                 それまでは誰もログインできません。\n\n\
                 取りやめる場合は、次のリンクを開き、ページのボタンを押してください。"
            )
        },
        keep: "アカウントを残す",
    },
    deleted: News {
        subject: |product| format!("{product}のアカウントは削除されました"),
        heading: "アカウントは削除されました",
        text: |product| {
            format!(
                "{product}のアカウントは、保管庫にあったすべての取引所のキーとともに削除されました。本人確認の記録のうち法律で保存が義務づけ\
                 られているものは、定められた期間だけ保存します。"
            )
        },
    },
    exported: News {
        subject: |product| format!("{product}：お客様のデータの写し"),
        heading: "データの写しが求められました",
        text: |product| {
            format!(
                "{product}が保有するお客様のデータの写しが求められました。取引所のキーのシークレットが含まれることはありません。"
            )
        },
    },
    key_added: News {
        subject: |product| format!("{product}の保管庫に取引所のキーが追加されました"),
        heading: "取引所のキーが追加されました",
        text: |product, exchange, label| {
            format!("{product}の保管庫に取引所のキーが追加されました：{label}（{exchange}）")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("{product}の保管庫で取引所のキーが変更されました"),
        heading: "取引所のキーが変更されました",
        text: |product, exchange, label| {
            format!("{product}の保管庫にある取引所のキーのシークレットが置き換えられました：{label}（{exchange}）")
        },
    },
    factors: Factors {
        added: "今後、パスワードでログインする際は、2段階認証も必要になります。これまで2段階認証の手段がなかった場合、ほかのセッションはす\
                べて終了しました。\n\n\
                リカバリーコードは安全な場所に保管してください。2段階認証の手段を失っても、コード1つにつき1回ログインできます。",
        removed: "ほかのセッションはすべて終了しました。取引所のキーはしばらくの間、残っている2段階認証の手段で確認した場合にのみ使用できま\
                  す。\n\n\
                  手段が1つも残っていない場合は、パスワードだけでログインでき、リカバリーコードは無効です。",
        few_codes: "必要になる前に、新しいコードを作成してください。",
    },
    totp_added: News {
        subject: |product| format!("{product}：認証アプリが追加されました"),
        heading: "認証アプリが追加されました",
        text: |product| format!("{product}のアカウントに、2段階認証の手段として認証アプリが追加されました。"),
    },
    totp_removed: News {
        subject: |product| format!("{product}：認証アプリが削除されました"),
        heading: "認証アプリが削除されました",
        text: |product| format!("{product}のアカウントで、認証アプリのコードは求められなくなりました。"),
    },
    passkey_added: News {
        subject: |product| format!("{product}：パスキーが追加されました"),
        heading: "パスキーが追加されました",
        text: |product, name| {
            format!(
                "{product}のアカウントにパスキーが追加されました：{name}\n\n\
                 パスキーは2段階認証の手段であり、パスワードなしのログインにも使えます。"
            )
        },
    },
    passkey_removed: News {
        subject: |product| format!("{product}：パスキーが削除されました"),
        heading: "パスキーが削除されました",
        text: |product, name| format!("{product}のアカウントからパスキーが削除されました：{name}"),
    },
    recovery_code_used: News {
        subject: |product| format!("{product}：リカバリーコードが使用されました"),
        heading: "リカバリーコードが使用されました",
        text: |product, left| {
            let left = match left {
                0 => "残りはありません。".to_owned(),
                _ => format!("残りは{left}個です。"),
            };
            format!("{product}のアカウントのリカバリーコードが1つ使用され、無効になりました。{left}")
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("{product}：リカバリーコードが新しくなりました"),
        heading: "リカバリーコードが新しくなりました",
        text: |product| {
            format!("{product}のアカウントのリカバリーコードが新しく作成されました。以前のコードは使用できません。")
        },
    },
    wrong_codes: News {
        subject: |product| format!("{product}のアカウントで誤ったコードが試されました"),
        heading: "コードが繰り返し試されています",
        text: |product| {
            format!(
                "{product}のアカウントで、認証アプリの誤ったコードが5回試されました。試したのは、パスワードを知る人か、ログイン中の人です。\n\n\
                 現在、認証アプリのコードは受け付けていません。パスキーとリカバリーコードは引き続き使えます。\n\n\
                 お心当たりがない場合、パスワードはもう安全ではありません。変更するか、下のリンクをご利用ください。"
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("{product}：パスキーが複製された可能性があります"),
        heading: "パスキーが複製された可能性があります",
        text: |product, name| {
            format!(
                "{product}のアカウントのパスキーが複製された可能性があります：{name}\n\n\
                 カウンターが増えておらず、同じものが2つあるように見えるため、受け付けませんでした。お持ちなのがご本人だけと確信できない場\
                 合は、削除して新しいパスキーを追加してください。"
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("{product}：2段階認証の手段がすべて削除されます"),
        heading: "2段階認証の手段がすべて削除されます",
        text: |product, moment| {
            format!(
                "紛失したとの申し出により、運営担当者が{product}のアカウントの2段階認証の手段をすべて削除する予定です。{moment}より前に削除\
                 することはありません。\n\n\
                 いずれかの手段またはリカバリーコードをまだお持ちの場合は、それを使ってログインすると取り消せます。このメールのリンクからも\
                 取り消せます。"
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("{product}：2段階認証の手段は削除されません"),
        heading: "2段階認証の手段は削除されません",
        text: |product| {
            format!("{product}のアカウントの2段階認証の手段は、削除されないことになりました。これまでどおり必要です。")
        },
    },
    factors_reset: News {
        subject: |product| format!("{product}：2段階認証の手段がすべて削除されました"),
        heading: "2段階認証の手段がすべて削除されました",
        text: |product| {
            format!(
                "お知らせしたとおり、運営担当者が{product}のアカウントの2段階認証の手段とリカバリーコードをすべて削除しました。すべてのセッ\
                 ションが終了し、取引所のキーは72時間使用できません。\n\n\
                 2段階認証の手段を再び追加するまでは、パスワードだけでログインできます。"
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("{product}のアカウントにプログラム用トークンが作成されました"),
            heading: "プログラム用トークンが作成されました",
            text: |product, name| {
                format!("プログラムが{product}のアカウントを利用できるトークンが作成されました：{name}")
            },
        },
        revoked: News {
            subject: |product| format!("{product}のアカウントのトークンが無効になりました"),
            heading: "トークンが無効になりました",
            text: |product, name| {
                format!(
                    "{product}のアカウントのトークン「{name}」を持っていた人が、それを無効にしました。公開された場所で見つけた検出サービスなどが考えられます。このトークンはもう使えません。\n\n\
                     使用中だった場合は新しいトークンを作成し、どこで公開されていたかをご確認ください。"
                )
            },
        },
        allows: "許可される操作",
        networks: "利用できる接続元",
        everywhere: "制限なし",
        until: "有効期限",
        between: "、",
        scope: |scope| match scope {
            Scope::Profile => "プロフィールの閲覧",
            Scope::KeysRead => "取引所のキーの一覧と使用履歴の閲覧",
            Scope::KeysWrite => "取引所のキーの追加・変更・テスト・削除",
            Scope::KeysDecrypt => "取引所のキーのシークレットの閲覧",
            Scope::KycRead => "本人確認の状況の閲覧",
        },
    },
};
