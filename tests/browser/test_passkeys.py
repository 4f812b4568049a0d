"""Passkeys on the account page: as many as there may be, and none where the browser knows nothing of them."""

import unittest

from authenticator import Authenticator
from service import later
from test_languages import FLAWS, NARROW
from test_security import FRESH, Factors

MOST = 10
# As browsers were before there were passkeys.
WITHOUT = """
    delete globalThis.PublicKeyCredential;
    delete Navigator.prototype.credentials;
"""


class Passkeys(Factors):
    def listed(self):
        return self.page.evaluate("[...document.querySelectorAll('#passkeys li p:first-child')].map((one) => one.textContent)")

    def row(self, name):
        """The place of a passkey in the list, for a selector."""
        return f"#passkeys li:nth-child({self.listed().index(name) + 1})"

    def told_the_browser(self):
        """How many passkeys the browser was told are good, the last time."""
        return self.page.evaluate("told.at(-1).allAcceptedCredentialIds.length")

    def test_there_are_ten_passkeys_at_most(self):
        self.page.size(NARROW)
        authenticator = Authenticator(self.page)
        self.opens()
        for number in range(1, MOST + 1):
            self.assertTrue(self.visible("#add-passkey") and not self.visible("#passkeys-full"))
            # One authenticator keeps one passkey of an account: these are of ten devices.
            authenticator.call("clearCredentials")
            self.adds_passkey(f"Device {number}")
            self.page.until(f"globalThis.told?.length === {number}")
        self.assertEqual(sorted(self.listed()), sorted(f"Device {number}" for number in range(1, MOST + 1)))
        self.assertEqual(self.said_in("#passkeys-full"), self.said("tooManyPasskeys"))
        self.assertTrue(self.visible("#passkeys-full") and not self.visible("#add-passkey"))
        self.presses("#kept-codes")
        self.assertEqual(self.page.evaluate(FLAWS), [])
        self.shot("security-ten-passkeys")

        # A page that has not heard of the tenth still offers an eleventh.
        self.page.evaluate("document.getElementById('add-passkey').hidden = false")
        authenticator.call("clearCredentials")
        self.adds_passkey("Device 11")
        self.told("#add-passkey", "tooManyPasskeys")
        self.page.until(f"told.length === {MOST + 1}")
        self.assertEqual(self.told_the_browser(), MOST, "the browser does not go on offering the one that was refused")

        self.presses(f"{self.row('Device 5')} button")
        self.page.evaluate("document.activeElement.select()")
        self.page.type("Old telephone")
        self.page.press("Enter")
        self.told("#security", "renamed")
        self.removes(self.row("Device 7"))
        self.told("#security", "removed")
        left = {f"Device {number}" for number in range(1, MOST + 1)} - {"Device 5", "Device 7"}
        self.assertEqual(sorted(self.listed()), sorted(left | {"Old telephone"}))
        self.assertTrue(self.visible("#add-passkey") and not self.visible("#passkeys-full"))
        self.page.until(f"told.length === {MOST + 2}")
        self.assertEqual(self.told_the_browser(), MOST - 1)
        self.refused(("/auth/mfa/passkeys", 409))
        self.check()

    def test_a_browser_without_passkeys_offers_none_and_does_all_else(self):
        Authenticator(self.page)
        self.opens()
        self.adds_passkey("Elsewhere")
        self.told("#security", "added")
        codes = self.codes()
        self.on_every_page(WITHOUT)
        self.at_sign_in()
        self.assertEqual(self.page.evaluate("[typeof PublicKeyCredential, typeof navigator.credentials]"), ["undefined"] * 2)
        self.assertFalse(self.visible("#passkey-sign-in"))
        self.is_asked()
        self.assertFalse(self.visible("#second-passkey"))
        self.shows(codes[0])
        self.enters()
        self.assertFalse(self.visible("#add-passkey") or self.visible("#passkeys-full"))
        app, _ = self.enrols_app()

        later(FRESH + 1)
        self.presses("#renew-codes button")
        self.is_asked_to_confirm()
        self.assertFalse(self.visible("#confirm-passkey"))
        self.confirms(codes[1])
        self.told("#security", "renewed")
        self.assertEqual(len(set(self.codes()) - set(codes)), len(codes))
        self.presses("#passkeys button")
        self.page.evaluate("document.activeElement.select()")
        self.page.type("Of another browser")
        self.page.press("Enter")
        self.told("#security", "renamed")
        self.assertEqual(self.listed(), ["Of another browser"])
        self.removes("#passkeys")
        self.told("#security", "removed")
        self.page.until("document.getElementById('frozen').checkVisibility()")
        self.signs_out()
        self.assertTrue(self.page.evaluate("document.getElementById('frozen').hidden"), "whoever comes next sees nothing of it")
        self.is_asked()
        self.shows(app.code())
        self.enters()
        self.assertEqual(self.listed(), [self.said("noPasskeys")])
        self.refused(("/auth/login", 401), ("/auth/mfa/recovery-codes", 403), ("/auth/login", 401))
        self.check()


if __name__ == "__main__":
    unittest.main()
