"""The account page as its owner meets it: signs in, looks around, changes everything, and leaves."""

import json
import unittest

from service import ORIGIN, mailed, post
from test_languages import FLAWS, LANGUAGES, NARROW
from test_pages import NEW_PASSWORD, PASSWORD, Pages, Person

PAGE = f"{ORIGIN}/auth/ui/account"
# The language of letters is not known to the page before `release` is called.
LATE = """{
    const really = fetch;
    globalThis.fetch = (url, options) => {
        if (options?.method !== "GET" || !String(url).endsWith("/auth/preferences")) return really(url, options);
        return new Promise((answer) => { globalThis.release = async () => answer(await really(url, options)); });
    };
}"""


class Owned(Pages):
    """What owners of accounts do on their page."""

    def signs_in(self, person, password=PASSWORD):
        self.page.go_to("#email")
        self.page.type(person.email)
        self.page.go_to("#password")
        self.page.type(password)
        self.page.press("Enter")

    def signed_in(self, person, language="en"):
        self.open(f"{PAGE}?lang={language}")
        self.signs_in(person)
        self.page.until("document.getElementById('account').checkVisibility()")
        self.page.until(
            "document.getElementById('events').childElementCount >= 0 && document.querySelector('#sessions li') !== null"
        )

    def fills_in(self, form, fields):
        """Types into fields, from the first on, and presses the button."""
        self.page.evaluate(f"document.querySelector('#{form} input').focus()")
        for field, text in fields.items():
            self.page.evaluate(f"document.getElementById('{field}').focus(); document.getElementById('{field}').select()")
            self.page.type(text)
        self.page.press("Enter")

    def presses(self, selector):
        self.page.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.page.press("Enter")

    def says_in(self, form, word):
        """The words of this name, in the note of a form."""
        text = self.page.evaluate(f"JSON.parse(document.getElementById('words').textContent).page.{word}")
        self.page.until(f"document.querySelector('#{form} .note').textContent === {json.dumps(text)}")

    def keeps_nothing(self):
        self.assertEqual(self.page.evaluate("document.cookie"), "")
        self.assertEqual(self.page.evaluate("sessionStorage.length"), 0)
        self.assertEqual(self.page.evaluate("Object.keys(localStorage)"), ["device-token"])


class Account(Owned):
    def test_who_signs_in_sees_sessions_and_what_has_happened_and_nothing_is_kept(self):
        ada = Person().signed_up()
        _, elsewhere = post("/auth/login", {"email": ada.email, "password": PASSWORD})
        self.signed_in(ada)
        self.assertEqual(self.page.focused(), "h1")
        self.assertEqual(self.said_in("#who"), ada.email)
        self.assertEqual(self.page.evaluate("document.querySelectorAll('#sessions li').length"), 2)
        self.assertIn("this one", self.said_in("#sessions li"))
        self.assertFalse(self.visible("#sign-in"))
        self.keeps_nothing()
        self.shot("account")
        token = elsewhere["session"]["access_token"]
        self.assertNotIn(token, self.page.evaluate("document.documentElement.outerHTML"))
        self.page.open(PAGE)
        self.page.until("!document.getElementById('app').hidden")
        self.assertTrue(self.visible("#sign-in"), "nobody is signed in on a page that is opened anew")
        self.keeps_nothing()
        self.check()

    def test_sessions_are_ended_one_by_one_and_all_others(self):
        ada = Person().signed_up()
        sessions = [post("/auth/login", {"email": ada.email, "password": PASSWORD})[1]["session"] for _ in range(3)]
        self.signed_in(ada)

        def living():
            answers = [post("/auth/refresh", {"refresh_token": one["refresh_token"]})[0] for one in sessions]
            return answers.count(200)

        self.presses("#sessions button")
        self.says_in("sign-out", "sessionEnded")
        self.assertEqual(self.page.focused(), "sessions-title")
        self.assertEqual(self.page.evaluate("document.querySelectorAll('#sessions li').length"), 3)
        self.assertEqual(living(), 2)
        self.presses("#end-others button")
        self.says_in("sign-out", "othersEnded")
        self.page.until("document.querySelectorAll('#sessions li').length === 1")
        self.assertFalse(self.visible("#end-others"))
        self.assertEqual(living(), 0)
        self.presses("#sign-out button")
        self.says("You are signed out.")
        self.assertTrue(self.visible("#sign-in") and not self.visible("#account"))
        self.check()

    def test_a_password_is_changed_by_who_knows_it(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.fills_in("change-password", {"old-password": "not the right one", "new-password": NEW_PASSWORD})
        self.says_in("change-password", "wrongPassword")
        self.assertEqual(self.page.focused(), "old-password")
        self.fills_in("change-password", {"old-password": PASSWORD, "new-password": PASSWORD})
        self.says_in("change-password", "samePassword")
        self.fills_in("change-password", {"old-password": PASSWORD, "new-password": "password1234"})
        self.says("one of the most common ones")
        self.assertEqual(self.page.focused(), "new-password")
        self.fills_in("change-password", {"old-password": PASSWORD, "new-password": NEW_PASSWORD})
        self.says_in("change-password", "passwordChanged")
        self.assertEqual(self.page.evaluate("document.getElementById('new-password').value"), "")
        self.assertEqual((ada.signs_in(), ada.signs_in(NEW_PASSWORD)), (401, 200))
        mailed(ada.email, "not-me")
        self.refusals = [("/auth/change-password", status) for status in (403, 400, 422)]
        self.check()

    def test_an_address_is_changed_confirmed_and_taken_back_by_the_pages_of_its_mails(self):
        ada, other = Person().signed_up(), Person()
        self.signed_in(ada)
        self.fills_in("change-email", {"new-email": other.email, "email-password": PASSWORD})
        self.says_in("change-email", "confirmSent")
        link = mailed(other.email, "confirm-email")
        self.open(link)
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Your account has its new address")
        ada.email, former = other.email, ada.email
        self.signed_in(ada)
        self.assertEqual(self.said_in("#who"), other.email)
        self.assertTrue(self.visible("#frozen"), "the vault is shut after a change of address")
        self.page.until("document.getElementById('events').textContent.includes('Address changed')")
        self.fills_in("change-email", {"new-email": Person().email, "email-password": PASSWORD})
        self.says_in("change-email", "movedOfLate")
        self.fills_in("delete", {"delete-password": PASSWORD})
        self.says_in("delete", "notSure")
        self.page.press("Space")
        self.presses("#delete button")
        self.says_in("delete", "notYet")
        # The letter to the former address came last.
        self.open(mailed(former, "not-me", 2))
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Your account is secured")
        self.assertEqual(ada.signs_in(), 401)
        ada.email = former
        self.assertEqual(ada.signs_in(), 401, "the password is dropped")
        mailed(former, "reset-password")
        self.refusals = [("/auth/change-email", 409), ("/auth/delete-account", 409)]
        self.check()

    def test_a_language_is_chosen_for_the_page_and_another_for_letters(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.page.evaluate("document.getElementById('preferred').value = 'ja'")
        self.presses("#change-language button")
        self.says_in("change-language", "languageSaved")
        self.presses("#languages a[lang=de]")
        self.page.until("document.documentElement.lang === 'de'")
        self.page.until("document.getElementById('account').checkVisibility() && document.querySelector('#sessions li') !== null")
        self.page.until("document.getElementById('preferred').value === 'ja'")
        self.says("Wo Sie angemeldet sind")
        self.says("Sprache geändert")
        self.keeps_nothing()
        self.check()

    def test_a_language_that_is_chosen_before_the_present_one_is_known_stays(self):
        ada = Person().signed_up()
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=LATE)
        self.signed_in(ada)
        self.page.until("globalThis.release !== undefined")
        self.page.evaluate("document.getElementById('preferred').value = 'ja'")
        self.page.evaluate("release()")
        self.page.until("new Promise((done) => setTimeout(() => done(true), 200))")
        self.assertEqual(self.page.evaluate("document.getElementById('preferred').value"), "ja")
        self.check()

    def test_all_that_is_known_comes_in_one_file(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        # The page's policy lets nobody fetch its file, so the test looks at what it is made of.
        self.page.evaluate(
            "{ const made = URL.createObjectURL; URL.createObjectURL = (file) => made.call(URL, window.file = file); }"
        )
        self.presses("#export button")
        self.says_in("export", "exportReady")
        self.assertTrue(self.page.evaluate("document.getElementById('exported').href").startswith("blob:"))
        self.assertEqual(self.page.focused(), "exported")
        pages = json.loads(self.page.evaluate("window.file.text()"))
        self.assertEqual(
            list(dict.fromkeys(page["of"] for page in pages)),
            ["/auth/export", "/api/v1/api-keys/export", "/api/kyc/export", "/oauth/export"],
        )
        self.assertTrue(all(page["format"] == "export/1" for page in pages))
        self.assertIn(ada.email, json.dumps(pages))
        self.check()

    def test_an_account_is_deleted_and_kept_by_the_page_of_its_mail(self):
        ada = Person().signed_up()
        self.signed_in(ada)
        self.page.evaluate("document.getElementById('delete-sure').click()")
        self.fills_in("delete", {"delete-password": PASSWORD})
        self.says("Your account will be deleted at")
        self.assertTrue(self.visible("#sign-in") and not self.visible("#account"))
        self.signs_in(ada)
        self.says_in("sign-in", "closed")
        self.shot("account-deleted")
        self.open(mailed(ada.email, "keep-account"))
        self.page.go_to("#redeem button")
        self.page.press("Enter")
        self.says("Your account stays")
        self.assertEqual(ada.signs_in(), 200)
        self.refusals = [("/auth/login", 403)]
        self.check()

    def test_it_fits_on_a_telephone_in_every_language(self):
        self.page.size(NARROW)
        ada = Person().signed_up()
        for language in LANGUAGES:
            with self.subTest(language=language):
                self.open(f"{PAGE}?lang={language}")
                self.assertEqual(self.page.evaluate(FLAWS), [])
                self.signed_in(ada, language)
                self.assertEqual(self.page.evaluate(FLAWS), [])
                self.page.evaluate("document.querySelectorAll('#account [hidden]').forEach((part) => { part.hidden = false; })")
                script = "JSON.parse(document.getElementById('words').textContent).page"
                flat = "const flat = (one) => typeof one === 'string' ? [one] : Object.values(one).flatMap(flat)"
                texts = self.page.evaluate(f"(() => {{ {flat}; return flat({script}); }})()")
                for text in texts:
                    said = json.dumps(text.replace("{time}", "30. September 2026, 23:59:59"))
                    self.page.evaluate(
                        "document.querySelectorAll('#account .note, #frozen, .rows p').forEach((place) => "
                        f"{{ place.textContent = {said}; }})"
                    )
                    self.assertEqual(self.page.evaluate(FLAWS), [], text)
                self.shot(f"account-{language}")
        self.check()


if __name__ == "__main__":
    unittest.main()
