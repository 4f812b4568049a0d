"""Second factors on the account page: an app, passkeys and recovery codes, from the first to the last, and what goes wrong on the way."""

import base64
import json
import unittest

from authenticator import NO_AUTOFILL, App, Authenticator
from service import ORIGIN, later, post
from test_account import Owned
from test_languages import FLAWS, LANGUAGES, NARROW
from test_pages import NEW_PASSWORD, PASSWORD, Person

PAGE = f"{ORIGIN}/auth/ui/security"
# How long a sign-in is fresh.
FRESH = 300
# The page's own timers run so many times faster, and what it asks the browser for is kept and answered by nobody.
AUTOFILL = """{
    const wait = setTimeout;
    globalThis.setTimeout = (what, time, ...rest) => wait(what, time / 240, ...rest);
    globalThis.asked = [];
    PublicKeyCredential.isConditionalMediationAvailable = async () => true;
    CredentialsContainer.prototype.get = ({ publicKey, mediation, signal }) => new Promise((_, reject) => {
        asked.push([mediation, [...new Uint8Array(publicKey.challenge)].join(), signal]);
        signal?.addEventListener("abort", () => reject(signal.reason));
    });
}"""
# What the page tells the browser of passkeys.
TOLD = """PublicKeyCredential.signalAllAcceptedCredentials = async (told) => { (globalThis.told ??= []).push(told); }"""
PRINTS = "globalThis.printed = 0; globalThis.print = () => { printed += 1; };"


class Factors(Owned):
    """What owners do with their second factors."""

    def setUp(self):
        super().setUp()
        self.on_every_page(TOLD)
        self.on_every_page(NO_AUTOFILL)
        self.ada = Person().signed_up()

    def on_every_page(self, script):
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def at_sign_in(self):
        self.open(PAGE)

    def enters(self):
        """Until the section of factors is there."""
        self.page.until("document.querySelector('#apps li') !== null && document.querySelector('#sessions li') !== null")

    def opens(self):
        """Signs in with nothing but the password."""
        self.at_sign_in()
        self.signs_in(self.ada)
        self.enters()

    def said(self, word):
        return self.page.evaluate(f"JSON.parse(document.getElementById('words').textContent).page.security.{word}")

    def told(self, place, word):
        """A text of this name, in the first note of a place."""
        text = json.dumps(self.said(word))
        self.page.until(f"document.querySelector('{place} .note').textContent === {text}")

    def enrols_app(self):
        """The app, and the recovery codes that come with the first factor."""
        self.presses("#enrol button")
        self.page.until("document.activeElement.id === 'app-code'")
        app = App(self.page.evaluate("document.getElementById('secret').textContent"))
        self.page.type(app.code())
        self.page.press("Enter")
        self.told("#security", "added")
        return app, self.codes()

    def codes(self):
        return self.page.evaluate("[...document.querySelectorAll('#codes li')].map((one) => one.textContent)")

    def is_done(self):
        """Until no button waits for an answer: one that does is pressed in vain, and so is a language."""
        self.page.until("document.querySelector('[aria-disabled=true]') === null")

    def speaks(self, language):
        """Chooses it, and sees the account anew."""
        self.is_done()
        self.page.evaluate("document.querySelector('main').dataset.former = true")
        self.presses(f"#languages a[lang={language}]")
        self.page.until("document.querySelector('main:not([data-former])') !== null")
        self.assertEqual(self.page.evaluate("document.documentElement.lang"), language)
        self.enters()

    def adds_passkey(self, name):
        self.is_done()
        self.page.evaluate("document.getElementById('passkey-name').focus()")
        self.page.type(name)
        self.page.press("Enter")

    def signs_out(self):
        self.presses("#sign-out button")
        self.page.until("document.getElementById('sign-in').checkVisibility()")

    def is_asked(self):
        """Signs in as far as the second step."""
        self.page.evaluate("document.querySelector('h1').focus()")
        self.signs_in(self.ada)
        self.page.until("document.activeElement.id === 'second-code'")

    def shows(self, code):
        self.page.type(code)
        self.page.press("Enter")

    def is_asked_to_confirm(self):
        self.page.until("document.getElementById('step-up').open")

    def confirms(self, code):
        self.is_asked_to_confirm()
        self.page.until("document.activeElement.id === 'confirm-code'")
        self.shows(code)

    def removes(self, place):
        """The factor of the first row there."""
        button = f"{place} button:last-of-type"
        self.presses(button)
        self.told("#security", "removeHint")
        self.presses(button)

    def token(self, path="/auth/sessions"):
        """The access token that the page asked last for this with."""
        return self.page.headers[path]["Authorization"].removeprefix("Bearer ")

    def session(self):
        """What it says of the session."""
        claims = self.token().split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))

    def refused(self, *refusals):
        self.refusals += refusals


class Security(Factors):
    def test_factors_from_the_first_to_the_last(self):
        authenticator = Authenticator(self.page)
        self.opens()
        self.assertEqual(self.page.focused(), "security-title")
        app, codes = self.enrols_app()
        self.assertEqual((len(codes), self.page.focused()), (10, "new-codes-title"))
        self.assertEqual(self.session()["aal"], "aal2", "the new token is the one that is used")
        self.shot("security-codes")
        self.presses("#kept-codes")
        self.assertEqual((self.codes(), self.visible("#new-codes")), ([], False))
        self.assertNotIn(codes[0], self.page.evaluate("document.documentElement.outerHTML"))
        self.signs_out()

        self.is_asked()
        self.shot("security-second-factor")
        self.shows(app.code())
        self.enters()
        self.assertFalse(self.visible("#second-factor"))
        self.adds_passkey("Laptop")
        self.page.until("document.querySelector('#passkeys button') !== null")
        self.told("#security", "added")
        (credential,) = authenticator.credentials()
        self.assertTrue(credential["isResidentCredential"])
        self.assertFalse(self.visible("#new-codes"), "there are codes already")
        self.page.until("globalThis.told !== undefined")
        told = self.page.evaluate("told[0]")
        self.assertEqual((told["rpId"], len(told["allAcceptedCredentialIds"])), ("localhost", 1))
        self.shot("security")
        self.signs_out()

        self.presses("#passkey-sign-in button")
        self.enters()
        self.assertEqual(self.said_in("#who"), self.ada.email)
        later(FRESH + 1)
        self.presses("#renew-codes button")
        self.is_asked_to_confirm()
        self.shot("security-step-up")
        self.presses("#confirm-passkey")
        self.told("#security", "renewed")
        self.assertEqual(len(set(self.codes()) - set(codes)), 10)
        self.assertFalse(self.page.evaluate("document.getElementById('step-up').open"))

        self.removes("#apps")
        self.told("#security", "removed")
        self.assertTrue(self.visible("#recovery"))
        self.page.evaluate("delete globalThis.told")
        self.removes("#passkeys")
        self.page.until("globalThis.told !== undefined")
        self.assertEqual(self.page.evaluate("told[0].allAcceptedCredentialIds"), [])
        self.assertFalse(self.visible("#recovery"))
        self.assertEqual(self.ada.signs_in(), 200, "the password alone opens the account again")
        self.keeps_nothing()
        self.refused(("/auth/login", 401), ("/auth/mfa/recovery-codes", 403))
        self.check()

    def test_a_wrong_code_is_told_and_the_next_one_leads_in(self):
        self.opens()
        self.presses("#enrol button")
        self.page.until("document.activeElement.id === 'app-code'")
        self.assertEqual(self.page.evaluate("document.querySelector('#qr svg').getAttribute('role')"), "img")
        self.shot("security-enrolment")
        app = App(self.page.evaluate("document.getElementById('secret').textContent"))
        self.shows("12345")
        self.told("#activate", "noAppCode")
        self.page.evaluate("document.activeElement.select()")
        self.shows(app.wrong())
        self.told("#activate", "wrongCode")
        self.assertEqual(self.page.focused(), "app-code")
        self.page.evaluate("document.activeElement.select()")
        self.shows(app.code())
        self.told("#security", "added")
        codes = self.codes()
        self.signs_out()
        self.is_asked()
        self.shows("what is this")
        self.told("#second-factor", "noCode")
        self.page.evaluate("document.activeElement.select()")
        self.shows(app.wrong())
        self.told("#second-factor", "wrongFactor")
        self.assertEqual(self.page.focused(), "second-code")
        self.presses("#second-back")
        self.page.until("document.activeElement.id === 'email'")
        self.is_asked()
        self.shows(codes[0].lower().replace("-", " "))
        self.enters()
        self.page.until("document.getElementById('codes-left').textContent.endsWith('9')")
        self.refused(("/auth/mfa/totp/activate", 400), ("/auth/login", 401), ("/auth/mfa/verify", 401), ("/auth/login", 401))
        self.check()

    def test_whoever_takes_too_long_begins_again(self):
        self.opens()
        app, _ = self.enrols_app()
        self.signs_out()
        self.is_asked()
        later(FRESH + 1)
        self.page.evaluate("{ const now = Date.now; Date.now = () => now() + 301_000; }")
        self.shows(app.code())
        self.told("#sign-in", "tooLate")
        self.assertEqual((self.page.focused(), self.visible("#second-factor")), ("email", False))
        self.refused(("/auth/login", 401), ("/auth/mfa/verify", 401))
        self.check()

    def test_a_device_is_remembered_and_forgotten(self):
        self.opens()
        app, _ = self.enrols_app()
        self.signs_out()
        self.is_asked()
        self.page.evaluate("document.getElementById('remember').click(); document.getElementById('second-code').focus()")
        self.shows(app.code())
        self.enters()
        self.assertEqual(self.page.evaluate("document.querySelectorAll('#devices li').length"), 1)
        self.signs_out()
        self.signs_in(self.ada)
        self.enters()
        self.presses("#renew-codes button")
        self.confirms(app.code())
        self.told("#security", "renewed")
        self.presses("#forget-devices button")
        self.told("#security", "forgotten")
        self.assertFalse(self.visible("#remembered"))
        self.signs_out()
        self.is_asked()
        self.refused(("/auth/login", 401), ("/auth/mfa/recovery-codes", 403), ("/auth/login", 401))
        self.check()

    def test_a_passkey_is_named_and_stands_behind_the_password(self):
        Authenticator(self.page)
        self.opens()
        self.adds_passkey("Laptop")
        self.told("#security", "added")
        self.presses("#passkeys button")
        self.page.type("  Old laptop ")
        self.page.press("Enter")
        self.told("#security", "renamed")
        self.assertEqual(self.said_in("#passkeys p"), "Old laptop")
        self.adds_passkey("Again")
        self.told("#add-passkey", "passkeyKnown")
        self.signs_out()
        self.is_asked()
        self.presses("#second-passkey")
        self.enters()
        self.refused(("/auth/login", 401))
        self.check()

    def test_a_passkey_that_does_not_prove_its_user_is_refused(self):
        authenticator = Authenticator(self.page)
        self.opens()
        authenticator.bends(isBadUV=True)
        self.adds_passkey("Nobody")
        self.told("#add-passkey", "passkeyRefused")
        authenticator.call("clearCredentials")
        authenticator.bends()
        self.adds_passkey(" ")
        self.told("#security", "added")
        self.signs_out()
        for bits in ({"isBadUV": True}, {"isBogusSignature": True}):
            authenticator.bends(**bits)
            self.presses("#passkey-sign-in button")
            self.told("#passkey-sign-in", "unknownPasskey")
            self.refused(("/auth/mfa/sign-in", 401))
        authenticator.bends()
        authenticator.verifies_its_user(False)
        self.presses("#passkey-sign-in button")
        self.told("#passkey-sign-in", "noPasskey")
        authenticator.verifies_its_user(True)
        # Devices do that by themselves, when they begin to synchronise.
        (credential,) = authenticator.credentials()
        authenticator.call("setCredentialProperties", credentialId=credential["credentialId"], backupEligibility=True)
        self.presses("#passkey-sign-in button")
        self.enters()
        self.refusals.insert(0, ("/auth/mfa/passkeys", 400))
        self.check()

    def test_the_dialogue_opens_over_whatever_asks_for_it(self):
        self.opens()
        app, _ = self.enrols_app()
        later(FRESH + 1)
        fields = {"old-password": PASSWORD, "new-password": NEW_PASSWORD}
        self.fills_in("change-password", fields)
        self.is_asked_to_confirm()
        self.page.press("Escape")
        self.told("#change-password", "notConfirmed")
        self.assertEqual(self.page.focused(), "new-password", "where it was before")
        self.page.press("Enter")
        self.confirms(app.wrong())
        self.told("#confirm", "wrongFactor")
        self.page.evaluate("document.activeElement.select()")
        self.shows(app.code())
        self.says_in("change-password", "passwordChanged")
        self.assertFalse(self.page.evaluate("document.getElementById('step-up').open"))
        step_up, change = ("/auth/mfa/step-up", 403), ("/auth/change-password", 403)
        self.refused(change, change, step_up)
        self.check()

    def test_without_factors_the_password_confirms(self):
        self.opens()
        later(FRESH + 1)
        self.presses("#enrol button")
        self.is_asked_to_confirm()
        self.page.until("document.activeElement.id === 'confirm-password'")
        self.shows("not the right one")
        self.says_in("confirm", "wrongPassword")
        self.page.evaluate("document.activeElement.select()")
        self.shows(PASSWORD)
        self.page.until("document.activeElement.id === 'app-code'")
        self.refused(("/auth/mfa/totp", 403), ("/auth/mfa/step-up", 403))
        self.check()

    def test_recovery_codes_are_copied_saved_and_printed(self):
        self.page.browser.call(
            "Browser.grantPermissions", permissions=["clipboardSanitizedWrite"], browserContextId=self.page.context
        )
        self.on_every_page(PRINTS)
        self.on_every_page(
            "{ const made = URL.createObjectURL; URL.createObjectURL = (file) => made.call(URL, window.file = file); }"
        )
        self.opens()
        _, codes = self.enrols_app()
        self.assertEqual(self.page.evaluate("window.file.text()"), "".join(f"{code}\n" for code in codes))
        self.assertTrue(self.page.evaluate("document.getElementById('codes-file').href").startswith("blob:"))
        self.presses("#copy-codes")
        self.told("#new-codes", "copied")
        self.presses("#print-codes")
        self.assertEqual(self.page.evaluate("printed"), 1)
        self.page.call("Emulation.setEmulatedMedia", media="print")
        self.assertEqual(self.page.text().split(), [*self.said_in("#new-codes-title").split(), *codes])
        self.page.call("Emulation.setEmulatedMedia", media="screen")
        # Another language is no reason to lose them.
        self.speaks("de")
        self.assertEqual(self.codes(), codes)
        self.check()

    def test_a_passkey_from_the_browsers_autofill_signs_in(self):
        Authenticator(self.page)
        self.opens()
        self.adds_passkey("Laptop")
        self.told("#security", "added")
        self.on_every_page("PublicKeyCredential.isConditionalMediationAvailable = async () => true")
        self.at_sign_in()
        self.enters()
        self.assertEqual(self.said_in("#who"), self.ada.email)
        self.check()

    def test_a_request_that_waits_in_the_browsers_autofill_is_renewed_and_makes_way(self):
        self.on_every_page(AUTOFILL)
        self.at_sign_in()
        self.page.until("asked.length === 3")
        kinds, challenges = zip(*self.page.evaluate("asked.map(([kind, challenge]) => [kind, challenge])"), strict=True)
        self.assertEqual((set(kinds), len(set(challenges))), ({"conditional"}, 3))
        waits = "asked.filter(([kind, , signal]) => kind && !signal.aborted).length"
        self.assertEqual(self.page.evaluate(waits), 1)
        self.presses("#passkey-sign-in button")
        self.page.until("asked.some(([kind]) => !kind)")
        self.assertEqual(self.page.evaluate(waits), 0, "a browser answers one request at a time")
        self.open(PAGE)
        self.signs_in(self.ada)
        self.enters()
        self.assertEqual(self.page.evaluate(waits), 0, "whoever is signed in is offered nothing")
        self.check()

    def test_what_is_of_factors_fits_on_a_telephone_in_every_language(self):
        self.page.size(NARROW)
        Authenticator(self.page)
        self.opens()
        self.enrols_app()
        self.adds_passkey("Telephone")
        self.page.until("document.querySelector('#passkeys button') !== null")
        for language in LANGUAGES:
            with self.subTest(language=language):
                self.speaks(language)
                self.page.until("document.querySelector('#codes li') !== null")
                self.page.evaluate("document.getElementById('enrol').requestSubmit()")
                self.page.until("document.querySelector('#qr svg') !== null")
                self.page.evaluate("document.querySelector('#passkeys button').click()")
                self.page.evaluate("document.querySelectorAll('#app [hidden]').forEach((part) => { part.hidden = false; })")
                self.assertEqual(self.page.evaluate(FLAWS), [])
                self.shot(f"security-{language}")
                self.page.evaluate("document.getElementById('step-up').showModal()")
                self.assertEqual(self.page.evaluate(FLAWS), [])
                self.page.evaluate("document.getElementById('step-up').close()")
        self.check()

    def test_all_of_it_has_a_name_for_who_does_not_see_it(self):
        Authenticator(self.page)
        self.opens()
        self.enrols_app()
        self.adds_passkey("Laptop")
        self.page.until("document.querySelector('#passkeys button') !== null")
        self.presses("#enrol button")
        self.page.until("document.querySelector('#qr svg') !== null")
        self.presses("#passkeys button")
        self.page.until("document.querySelector('#passkeys input') !== null")
        for node in self.page.call("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if role in ("textbox", "checkbox", "button", "heading", "link", "image") and not node["ignored"]:
                self.assertTrue(node["name"]["value"], f"a {role} has no name")
        self.assertEqual(post("/auth/login", {"email": self.ada.email, "password": PASSWORD})[0], 401)
        self.check()


if __name__ == "__main__":
    unittest.main()
