//! What somebody does. Mostly the right thing: what is refused changes nothing.

use proptest::{
    prelude::{Just, Strategy, any, prop_oneof},
    sample::{Index, select},
};

use super::{ADDRESSES, DAY, HOUR, MINUTE, links::PAGES};

/// A `Which` names one of what there is at that time: accounts, sessions and keys, living or not, and links that lead to a page, used or
/// not.
#[derive(Clone, Debug)]
pub enum Step {
    SignUp { address: usize, password: usize },
    LogIn { address: usize, password: usize },
    LogOut { session: Which, scope: &'static str },
    Revoke { session: Which, other: Which },
    ChangePassword { session: Which, current: usize, new: usize },
    ChangeEmail { session: Which, current: usize, address: usize },
    Forget { address: usize },
    Redeem { page: &'static str, link: Which, password: usize },
    AddKey { session: Which },
    Decrypt { session: Which, key: Which },
    DeleteKey { session: Which, key: Which },
    Delete { session: Which, current: usize },
    Operate { account: Which, order: Order },
    EndAccounts { once: bool },
    Wait { seconds: i64 },
}

#[derive(Clone, Copy, Debug)]
pub enum Which {
    Any(Index),
    /// So many came after it.
    Late(usize),
}

/// What an operator orders.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    Ban,
    Unban,
    End,
}

impl Which {
    /// Its number, where there are so many.
    pub fn among(self, many: usize) -> usize {
        match self {
            Self::Any(which) => which.index(many),
            Self::Late(after) => many.saturating_sub(1 + after),
        }
    }
}

/// Whatever comes, and every other time something that leads on: a letter is answered, a new session used, a week waited for.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let scene = prop_oneof![
        6 => anything().prop_map(|step| vec![step]),
        2 => signs_up(),
        1 => moves(),
        1 => leaves(),
        1 => forgets(),
        1 => is_suspended(),
        4 => signs_in(),
    ];
    proptest::collection::vec(scene, 18..32).prop_map(|scenes| scenes.concat())
}

fn anything() -> impl Strategy<Value = Step> {
    let order = || prop_oneof![2 => Just(Order::Ban), 3 => Just(Order::Unban), 1 => Just(Order::End)];
    prop_oneof![
        2 => (0..ADDRESSES, password()).prop_map(|(address, password)| Step::SignUp { address, password }),
        4 => (0..ADDRESSES, password()).prop_map(|(address, password)| Step::LogIn { address, password }),
        6 => which().prop_flat_map(deed),
        2 => address().prop_map(|address| Step::Forget { address }),
        8 => (page(), which(), password()).prop_map(|(page, link, password)| Step::Redeem { page, link, password }),
        3 => (which(), order()).prop_map(|(account, order)| Step::Operate { account, order }),
        2 => any::<bool>().prop_map(|once| Step::EndAccounts { once }),
        2 => select(vec![10 * MINUTE, HOUR, DAY, 3 * DAY, 7 * DAY]).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// What needs a session.
fn deed(session: Which) -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => select(vec!["local", "others", "global"]).prop_map(move |scope| Step::LogOut { session, scope }),
        1 => which().prop_map(move |other| Step::Revoke { session, other }),
        2 => (password(), password())
            .prop_map(move |(current, new)| Step::ChangePassword { session, current, new }),
        2 => (password(), 0..ADDRESSES)
            .prop_map(move |(current, address)| Step::ChangeEmail { session, current, address }),
        4 => Just(Step::AddKey { session }),
        4 => prop_oneof![Just(LAST), which()].prop_map(move |key| Step::Decrypt { session, key }),
        2 => which().prop_map(move |key| Step::DeleteKey { session, key }),
        1 => password().prop_map(move |current| Step::Delete { session, current }),
    ]
}

fn address() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..2_usize, 1 => 2..ADDRESSES]
}

fn password() -> impl Strategy<Value = usize> {
    prop_oneof![5 => Just(0_usize), 1 => Just(1_usize)]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![any::<Index>().prop_map(Which::Any), (0..3_usize).prop_map(Which::Late)]
}

/// Most letters have a link for who did not cause them; few follow it.
fn page() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => select(PAGES.to_vec()), 2 => Just("reset-password"), 1 => Just("confirm-email")]
}

const LAST: Which = Which::Late(0);

fn signs_up() -> impl Strategy<Value = Vec<Step>> {
    (0..ADDRESSES, password()).prop_map(|(address, password)| {
        let redeem = Step::Redeem { page: "verify-email", link: LAST, password };
        vec![Step::SignUp { address, password }, redeem]
    })
}

/// Letters go to both addresses, and now and then somebody says there that it was somebody else.
fn moves() -> impl Strategy<Value = Vec<Step>> {
    (address(), 0..ADDRESSES, proptest::option::of(which())).prop_map(|(from, to, disowned)| {
        let mut steps = vec![
            Step::LogIn { address: from, password: 0 },
            Step::ChangeEmail { session: LAST, current: 0, address: to },
            Step::Redeem { page: "confirm-email", link: LAST, password: 0 },
        ];
        steps.extend(disowned.map(|link| Step::Redeem { page: "not-me", link, password: 0 }));
        steps
    })
}

fn leaves() -> impl Strategy<Value = Vec<Step>> {
    (address(), any::<bool>()).prop_map(|(address, once)| {
        vec![
            Step::LogIn { address, password: 0 },
            Step::Delete { session: LAST, current: 0 },
            Step::Wait { seconds: 7 * DAY },
            Step::EndAccounts { once },
        ]
    })
}

fn signs_in() -> impl Strategy<Value = Vec<Step>> {
    (address(), deed(LAST), deed(LAST))
        .prop_map(|(address, first, second)| vec![Step::LogIn { address, password: 0 }, first, second])
}

/// The vault is shut for a while then.
fn forgets() -> impl Strategy<Value = Vec<Step>> {
    (address(), deed(LAST)).prop_map(|(address, deed)| {
        vec![
            Step::Forget { address },
            Step::Redeem { page: "reset-password", link: LAST, password: 0 },
            Step::LogIn { address, password: 0 },
            Step::Decrypt { session: LAST, key: LAST },
            deed,
        ]
    })
}

fn is_suspended() -> impl Strategy<Value = Vec<Step>> {
    (which(), address(), anything()).prop_map(|(account, address, meanwhile)| {
        let [ban, unban] = [Order::Ban, Order::Unban].map(|order| Step::Operate { account, order });
        vec![Step::LogIn { address, password: 0 }, ban, meanwhile, unban]
    })
}
