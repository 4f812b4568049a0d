//! English.

use shared::caller::scope::Scope;

use super::{Deletion, EmailTaken, Factors, Frame, Letter, News, NoPassword, Notice, Tokens, Words};

pub const WORDS: Words = Words {
    frame: Frame {
        greeting: "Hello,",
        colon: ": ",
        until: |moment| format!("The link works until {moment}."),
        renewable: "Its page can send you a new one later.",
        without_button: "If the button does not work, open this address:",
        automatic: "This mail was sent automatically. We never ask for your password by mail.",
    },
    notice: Notice {
        when: "When",
        device: "Device",
        ip: "IP address",
        country: "Country",
        by: "By",
        user: "somebody signed in to your account",
        link: "somebody with a link from our mail",
        token: "whoever had the token",
        operator: "our staff",
        not_me: "If this was not you, open this link and press the button on its page: all sessions end, your password stops working, and \
                 we mail you a link to choose a new one.",
        not_my_factor: "If this was not you, open this link and press the button on its page: what was added is removed (and the recovery \
                        codes, if it is the only second factor), all sessions end, your password stops working, and we mail you a link to \
                        choose a new one.",
        this_was_not_me: "This was not me",
        ignore: "If you know of this, please ignore this mail.",
    },
    verify: Letter {
        subject: |product| format!("Verify your e-mail address for {product}"),
        heading: "Verify your e-mail address",
        text: |product| {
            format!(
                "Somebody, probably you, is signing up for {product} with this e-mail address. To finish, open this link and press the \
                 button on the page that it shows."
            )
        },
        button: "Verify my address",
        after: "If this was not you, please ignore this mail: without this step nobody has an account with this address.",
    },
    change_email: Letter {
        subject: |product| format!("Confirm your new address for {product}"),
        heading: "Confirm your new address",
        text: |product| {
            format!(
                "Somebody, probably you, wants an account with {product} to have this e-mail address. To finish, open this link and press \
                 the button on the page that it shows. All sessions of the account end then."
            )
        },
        button: "Confirm my address",
        after: "If this was not you, please ignore this mail: without this step no account gets this address.",
    },
    already_registered: Letter {
        subject: |product| format!("You already have an account with {product}"),
        heading: "You already have an account",
        text: |product| {
            format!(
                "Somebody, probably you, tried to sign up for {product} with this e-mail address. It already has an account, so nothing \
                 has changed.\n\n\
                 If this was you, simply sign in with the password that you have."
            )
        },
        button: "Sign in",
        after: "If this was not you, please ignore this mail.",
    },
    set_password: Letter {
        subject: |product| format!("Choose your password for {product}"),
        heading: "Choose your password",
        text: |product| format!("This e-mail address is verified for {product}."),
        button: "Choose my password",
        after: "If you did not ask for this, please ignore this mail: without this link nobody can choose a password.",
    },
    no_password: NoPassword {
        weak: "The password that was chosen before that is easy to guess: it is among the most common ones, was stolen from another \
               service, has few different characters, or is made of what others know of you. It does not count.",
        contested: "Before that, somebody signed up with it more than once, with different passwords. We cannot tell which of them is \
                    yours, so we have dropped them all.",
        other_spelling: "Before that, somebody signed up with another spelling of it. We cannot tell whether the password is yours, so we \
                         have dropped it.",
        choose: "Please choose your password now.",
    },
    reset_password: Letter {
        subject: |product| format!("Choose a new password for {product}"),
        heading: "Choose a new password",
        text: |product| format!("Somebody has asked for a new password for your account with {product}."),
        button: "Choose a new password",
        after: "A new password ends all sessions, and for a while your exchange keys cannot be used.\n\n\
                If you did not ask for this, please ignore this mail: your password stays as it is.",
    },
    weak_password: Letter {
        subject: |product| format!("Your password for {product} is easy to guess"),
        heading: "Your password is easy to guess",
        text: |product| {
            format!(
                "You have signed in to {product} with a password that is easy to guess: it is among the most common ones, has few \
                 different characters, or is made of your address or the name of the service.\n\n\
                 It still works, for you and for whoever guesses it. Please choose another one, best of 15 characters or more, that you \
                 use nowhere else."
            )
        },
        button: "Choose another password",
        after: "If you have chosen another one since, please ignore this mail.",
    },
    locked: Letter {
        subject: |product| format!("Many wrong passwords for your account with {product}"),
        heading: "Somebody is trying passwords",
        text: |product| {
            format!(
                "Ten wrong passwords or more have been tried at your account with {product} in a short time. None of them was right.\n\n\
                 For now, sign-ins from where you have not signed in before are refused, for up to a quarter of an hour at a time. From \
                 where you have, you can go on as usual.\n\n\
                 If it was you and you do not remember your password, choose a new one."
            )
        },
        button: "Choose a new password",
        after: "If it was not you, please ignore this mail: nobody got in.",
    },
    new_device: News {
        subject: |product| format!("New sign-in to {product}"),
        heading: "New sign-in",
        text: |product| {
            format!(
                "Somebody has signed in to your account with {product} from where we had not seen you before: on another device, in \
                 another browser or in another network."
            )
        },
    },
    password_changed: News {
        subject: |product| format!("Your password for {product} has been changed"),
        heading: "Your password has been changed",
        text: |product| format!("Your account with {product} has a new password."),
    },
    email_change_requested: News {
        subject: |product| format!("A new address for your account with {product}"),
        heading: "A new address was asked for",
        text: |product, address| {
            format!(
                "Somebody who knows your password wants your account with {product} to have another e-mail address: {address}\n\n\
                 Your account keeps this one until the other one is confirmed."
            )
        },
    },
    email_changed: News {
        subject: |product| format!("Your account with {product} has this address now"),
        heading: "Your account has a new address",
        text: |product, address| {
            format!(
                "Your account with {product} has this e-mail address now: {address}\n\n\
                 All sessions have ended, and for a while your exchange keys cannot be used. You can sign in with the new address."
            )
        },
    },
    email_taken: EmailTaken {
        subject: |product| format!("Your account with {product} has another address now"),
        heading: "Your account has another address",
        text: |product, address| {
            format!(
                "Your account with {product} has another e-mail address now: {address}\n\n\
                 All sessions have ended, and for a while your exchange keys cannot be used."
            )
        },
        not_me: "If this was not you, open this link and press the button on its page within seven days: your account gets this address \
                 back, all sessions end, its password stops working, and we mail you a link to choose a new one.",
    },
    deletion: Deletion {
        subject: |product| format!("Your account with {product} is going to be deleted"),
        heading: "Your account is going to be deleted",
        text: |product, moment| {
            format!(
                "Your account with {product} will be deleted on {moment}, and with it all exchange keys in its vault. All sessions have \
                 ended, and nobody can sign in until then.\n\n\
                 If you have changed your mind, keep it: open this link and press the button on its page."
            )
        },
        keep: "Keep my account",
    },
    deleted: News {
        subject: |product| format!("Your account with {product} has been deleted"),
        heading: "Your account has been deleted",
        text: |product| {
            format!(
                "Your account with {product} has been deleted, and with it all exchange keys in its vault. What the law tells us to keep \
                 of an identity check is kept for as long as it says."
            )
        },
    },
    exported: News {
        subject: |product| format!("A copy of your data with {product}"),
        heading: "Your data was asked for",
        text: |product| {
            format!(
                "Somebody has asked for a copy of what {product} knows of you. The secrets of your exchange keys are never part of it."
            )
        },
    },
    key_added: News {
        subject: |product| format!("New exchange key in your vault with {product}"),
        heading: "New exchange key",
        text: |product, exchange, label| {
            format!("An exchange key has been added to your vault with {product}: {label} ({exchange})")
        },
    },
    key_secret_replaced: News {
        subject: |product| format!("An exchange key was changed in your vault with {product}"),
        heading: "An exchange key was changed",
        text: |product, exchange, label| {
            format!(
                "The secret of an exchange key in your vault with {product} has been replaced: {label} ({exchange})"
            )
        },
    },
    factors: Factors {
        added: "From now on, whoever signs in with your password is asked for a second factor, too. If you had none before, all other \
                sessions have ended.\n\n\
                Keep your recovery codes in a safe place: each of them lets you in once if you lose your second factors.",
        removed: "All other sessions have ended, and for a while your exchange keys can only be used with a second factor that you still \
                  have.\n\n\
                  If you have none left, your password is enough for signing in, and your recovery codes are void.",
        few_codes: "Please make new ones before you need them.",
    },
    totp_added: News {
        subject: |product| format!("Authenticator app added to your account with {product}"),
        heading: "Authenticator app added",
        text: |product| {
            format!("An authenticator app has been added to your account with {product} as a second factor.")
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
        text: |product, name| {
            format!(
                "A passkey has been added to your account with {product}: {name}\n\n\
                 It is a second factor, and can also sign in without a password."
            )
        },
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
            let left = match left {
                0 => "None is left.".to_owned(),
                1 => "One is left.".to_owned(),
                _ => format!("{left} are left."),
            };
            format!(
                "One of the recovery codes of your account with {product} has been used, and does not work any more. {left}"
            )
        },
    },
    recovery_codes_renewed: News {
        subject: |product| format!("New recovery codes for your account with {product}"),
        heading: "New recovery codes",
        text: |product| {
            format!(
                "There are new recovery codes for your account with {product}. The former ones do not work any more."
            )
        },
    },
    wrong_codes: News {
        subject: |product| format!("Wrong codes for your account with {product}"),
        heading: "Somebody is trying codes",
        text: |product| {
            format!(
                "Five wrong codes of an authenticator app have been tried at your account with {product}, by somebody who knows your \
                 password or was signed in.\n\n\
                 For now such codes are refused; passkeys and recovery codes go on working.\n\n\
                 If this was not you, your password is not safe any more: change it, or use the link below."
            )
        },
    },
    passkey_copied: News {
        subject: |product| format!("A passkey of your account with {product} may have been copied"),
        heading: "A passkey may have been copied",
        text: |product, name| {
            format!(
                "A passkey of your account with {product} may have been copied: {name}\n\n\
                 Its counter has not risen, as if there were two of it, so it was refused. If you are not sure that you alone have it, \
                 remove it and add a new one."
            )
        },
    },
    factors_reset_requested: News {
        subject: |product| format!("Your second factors with {product} are going to be removed"),
        heading: "Your second factors are going to be removed",
        text: |product, moment| {
            format!(
                "Our staff has been asked to remove all second factors of your account with {product}, because they are said to be lost. \
                 This will not happen before {moment}.\n\n\
                 If you still have one of them, or a recovery code, signing in with it stops this. So does the link in this mail."
            )
        },
    },
    factors_reset_cancelled: News {
        subject: |product| format!("Your second factors with {product} stay"),
        heading: "Your second factors stay",
        text: |product| {
            format!(
                "The second factors of your account with {product} are not going to be removed after all. They are asked for as before."
            )
        },
    },
    factors_reset: News {
        subject: |product| format!("Your second factors with {product} have been removed"),
        heading: "Your second factors have been removed",
        text: |product| {
            format!(
                "As announced, our staff has removed all second factors of your account with {product}, and its recovery codes. All \
                 sessions have ended, and for 72 hours your exchange keys cannot be used.\n\n\
                 Until you add a second factor again, your password is enough for signing in."
            )
        },
    },
    tokens: Tokens {
        made: News {
            subject: |product| format!("New token for a program in your account with {product}"),
            heading: "New token for a program",
            text: |product, name| {
                format!("A token has been made with which a program can use your account with {product}: {name}")
            },
        },
        revoked: News {
            subject: |product| format!("A token of your account with {product} was ended"),
            heading: "A token was ended",
            text: |product, name| {
                format!(
                    "Somebody who had the token {name} of your account with {product} has ended it: a scanner that found it in a public place, for example. It is good for nothing any more.\n\n\
                     If it was still in use, make a new one, and find out where it was seen."
                )
            },
        },
        allows: "It allows",
        networks: "Works from",
        everywhere: "everywhere",
        until: "Valid until",
        between: "; ",
        scope: |scope| match scope {
            Scope::Profile => "to see your profile",
            Scope::KeysRead => "to list your exchange keys and what was done with them",
            Scope::KeysWrite => "to add, change, test and delete exchange keys",
            Scope::KeysDecrypt => "to see the secrets of your exchange keys",
            Scope::KycRead => "to see the status of your identity check",
        },
    },
};
