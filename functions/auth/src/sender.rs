//! Where a request comes from, as far as that is recognised when it comes again: a device, by a random token that it was given and sends
//! back, and a network, by the client's address as the gateway saw it.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, request::Parts},
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use shared::{
    caller::{ClientAddress, Origin},
    error::Error,
    random,
    time::Timestamp,
};
use zeroize::Zeroizing;

use crate::{
    guard::{Change, Counted, Guard, PlaceId, Places},
    session::sign_in::Arrival,
};

/// The header that a device is given its token in, and sends it back in.
pub const DEVICE_TOKEN: HeaderName = HeaderName::from_static("x-device-token");

/// The secret of a device. No `Debug`, no `Serialize`, on purpose: rows know it by its hash alone.
#[derive(Clone)]
pub struct DeviceToken(Zeroizing<[u8; 16]>);

/// The places that a request comes from.
pub struct Sender {
    device: Option<DeviceToken>,
    network: Option<PlaceId>,
    origin: Origin,
}

impl DeviceToken {
    /// For a device that is new here.
    ///
    /// # Errors
    /// `Internal` without randomness.
    fn random() -> Result<Self, Error> {
        random::bytes().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    fn read(header: &HeaderValue) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(header.as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    fn place(&self) -> PlaceId {
        PlaceId::device(&*self.0)
    }

    /// As the device is given it.
    ///
    /// # Errors
    /// `Internal`: never, for base64 is always a header's value.
    pub fn reveal(self) -> Result<HeaderValue, Error> {
        let text = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*self.0));
        let mut value = HeaderValue::from_str(&text).map_err(|_| Error::internal("a device token is no header"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Sender {
    /// The places that it claims to come from; whether they are known is for the rows to say.
    #[must_use]
    pub fn places(&self) -> Vec<PlaceId> {
        self.device.iter().map(DeviceToken::place).chain(self.network.clone()).collect()
    }

    /// Where it comes from, in the words of lists and letters.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The network alone: a place also for who has proven something on a device that is not given a token.
    #[must_use]
    pub fn network(&self) -> &[PlaceId] {
        self.network.as_slice()
    }

    /// The token of the device of somebody who has proven to be the owner of an account: its own where that is among the account's `known`
    /// places, and otherwise a new one, so that nobody chooses one for somebody else. And the places that the owner comes from with it.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn recognised(&self, known: &Places, now: Timestamp) -> Result<(DeviceToken, Vec<PlaceId>), Error> {
        let own = self.device.as_ref().filter(|device| known.know(&device.place(), now));
        let device = own.map_or_else(DeviceToken::random, |own| Ok(own.clone()))?;
        let places = [device.place()].into_iter().chain(self.network.clone()).collect();
        Ok((device, places))
    }

    /// The token of the device of somebody whose try of a password was right, and what signing in changes then.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn arrives(
        &self,
        Counted { change: Change { guard, .. }, retraction, .. }: Counted,
        now: Timestamp,
    ) -> Result<(DeviceToken, Arrival), Error> {
        let (device, from) = self.recognised(&guard.places, now)?;
        let origin = self.origin.clone();
        Ok((device, Arrival { guard, retraction: Some(retraction), from, origin, remembers: None }))
    }

    /// The token of the device of somebody who has shown a second factor, and what signing in changes then: the device may be asked for none
    /// for a while.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn arrives_by_factor(
        &self,
        guard: Guard,
        remembers: bool,
        now: Timestamp,
    ) -> Result<(DeviceToken, Arrival), Error> {
        let (device, from) = self.recognised(&guard.places, now)?;
        let remembers = remembers.then(|| device.place());
        Ok((device, Arrival { guard, retraction: None, from, origin: self.origin.clone(), remembers }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let origin = Origin::from_request_parts(parts, state).await?;
        let network = ClientAddress::from_request_parts(parts, state).await?.network().map(PlaceId::network);
        Ok(Self { device: parts.headers.get(DEVICE_TOKEN).and_then(DeviceToken::read), network, origin })
    }
}
