"""The account page by Tab, Shift-Tab, Enter, Space and Escape alone, and what somebody hears of it who does not see it."""

import json
import unittest

from authenticator import NO_AUTOFILL, App, Authenticator
from chromium import SHIFT
from service import later, post, request
from test_account import PAGE
from test_pages import PASSWORD, Pages, Person

# Whatever the keyboard reaches, in the order in which the page has it.
CONTROLS = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility())"""
# How somebody finds what has the focus: by its place in that order, by an outline, and on the screen.
FOCUS = f"""(() => {{
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const isInView = box.height > 0 && box.top < innerHeight && box.bottom > 0 && box.right <= innerWidth;
    return [{CONTROLS}.indexOf(one), isSeen && isInView];
}})()"""
# What live regions say while they are shown: one that only comes to be shown with its text is not heard.
EARS = """
    window.heard = [];
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const region = target.parentElement?.closest("[aria-live]") ?? target.closest?.("[aria-live]");
            if (region?.checkVisibility() && region.textContent) heard.push(region.textContent);
        }
    }).observe(document, { childList: true, characterData: true, subtree: true });
"""
# Roles of what is operated. Each has a name, or somebody who does not see it hears "button".
OPERATED = ("button", "checkbox", "combobox", "DisclosureTriangle", "link", "textbox")


class Keyboard(Pages):
    def setUp(self):
        super().setUp()
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=EARS)

    def tab(self, held=0):
        """Goes on to the next control, or back; where that is in the order of the page."""
        self.page.press("Tab", held)
        place, is_seen = self.page.evaluate(FOCUS)
        if place >= 0:
            self.assertTrue(is_seen, f"nobody sees that {self.page.focused()} has the focus")
        return place

    def goes_to(self, selector, held=0):
        for _ in range(self.controls() + 2):
            self.tab(held)
            if self.page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise AssertionError(f"no Tab leads to {selector}")

    def controls(self):
        return self.page.evaluate(f"{CONTROLS}.length")

    def walks_through(self):
        """From the top to the last control and back: all of them, as the page has them."""
        self.page.evaluate("document.querySelector('h1').focus()")
        everything = list(range(self.controls()))
        self.assertEqual([self.tab() for _ in everything], everything)
        self.assertEqual([self.tab(SHIFT) for _ in everything[1:]], everything[-2::-1])

    def hears(self, text):
        self.page.until(f"heard.some((said) => said.includes({json.dumps(text)}))")
        self.page.evaluate("heard.length = 0")
        self.assertNotEqual(self.page.focused(), "body", "the focus is lost")

    def word(self, name):
        return self.page.evaluate(f"JSON.parse(document.getElementById('words').textContent).page.{name}")

    def names(self):
        """The names of all that is operated, as a screen reader has them, by role."""
        nodes = self.page.call("Accessibility.getFullAXTree")["nodes"]
        operated = [node for node in nodes if not node["ignored"] and node["role"]["value"] in OPERATED]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in operated]

    def signs_in(self, person):
        self.open(PAGE)
        self.goes_to("#email")
        self.page.type(person.email)
        self.tab()
        self.page.type(PASSWORD)
        self.page.press("Enter")
        self.page.until("document.getElementById('account').checkVisibility()")
        self.all_is_there()

    def all_is_there(self):
        """Every list of the account has come: none of them moves a control any more."""
        self.page.until(
            "['sessions', 'events', 'apps', 'token-list'].every((id) => document.getElementById(id).childElementCount > 0)"
        )

    def test_the_way_leads_through_the_page_in_its_order_and_all_on_it_has_a_name(self):
        ada = Person().signed_up()
        for _ in range(2):
            post("/auth/login", {"email": ada.email, "password": PASSWORD})
        self.open(PAGE)
        self.walks_through()
        self.signs_in(ada)
        self.assertEqual(self.page.focused(), "h1", "what has come is read from its beginning")
        self.walks_through()
        names = self.names()
        self.assertEqual(len(names), self.controls())
        for role, name in names:
            self.assertTrue(name.strip(), f"a {role} has no name")
        # Which one, though two may be of one device.
        ends = [name for role, name in names if role == "button" and name.startswith(f"{self.word('endSession')}: ")]
        rows = "[...document.querySelectorAll('#sessions li:has(button)')]"
        lines = self.page.evaluate(f"{rows}.map((row) => [...row.querySelectorAll('p')].map((line) => line.textContent))")
        self.assertEqual(len(ends), 2)
        self.assertEqual(ends, [f"{self.word('endSession')}: {', '.join(told)}" for told in lines])
        self.check()

    def test_a_wrong_password_is_heard_and_the_right_one_leads_in(self):
        ada = Person().signed_up()
        self.open(PAGE)
        self.goes_to("#email")
        self.page.type(ada.email)
        self.tab()
        self.page.type("not the right one")
        self.tab()
        self.page.press("Space")
        self.hears(self.word("notSignedIn"))
        self.tab(SHIFT)
        self.assertEqual(self.page.focused(), "password")
        self.page.evaluate("document.activeElement.select()")
        self.page.type(PASSWORD)
        self.page.press("Enter")
        self.page.until("document.getElementById('account').checkVisibility()")
        self.assertEqual(self.page.focused(), "h1")
        self.refusals = [("/auth/login", 401)]
        self.check()

    def test_a_session_is_ended_and_events_are_read_on(self):
        ada = Person().signed_up()
        _, login = post("/auth/login", {"email": ada.email, "password": PASSWORD})
        for number in range(45):
            language = {"language": ("de", "fr")[number % 2]}
            request("PATCH", "/auth/preferences", language, login["session"]["access_token"])
        self.signs_in(ada)
        self.goes_to("#sessions button")
        self.page.press("Space")
        self.hears(self.word("sessionEnded"))
        self.assertEqual(self.page.focused(), "sessions-title")
        self.goes_to("#more-events button")
        for shown in (20, 40):
            self.assertEqual(self.page.evaluate("document.querySelectorAll('#events li').length"), shown)
            self.page.press("Enter")
            self.page.until(f"document.querySelectorAll('#events li').length > {shown}")
            # The first of those that have come: nothing is left out, and it is read by having the focus.
            self.page.until(f"document.activeElement === document.querySelectorAll('#events li')[{shown}]")
            if self.visible("#more-events"):
                self.goes_to("#more-events button")
        self.assertFalse(self.visible("#more-events"), "that was all")
        self.tab()
        self.assertEqual(self.page.focused(), "old-password")
        self.check()

    def test_a_language_is_chosen_for_letters_and_another_for_the_page(self):
        ada = Person().signed_up()
        self.signs_in(ada)
        self.goes_to("#preferred")
        # As people do who know what they look for.
        self.page.type("D")
        self.assertEqual(self.page.evaluate("document.activeElement.value"), "de")
        self.tab()
        self.page.press("Enter")
        self.hears(self.word("languageSaved"))
        self.goes_to("#languages a[lang=es]")
        self.page.press("Enter")
        self.page.until("document.documentElement.lang === 'es'")
        self.all_is_there()
        self.assertEqual(self.page.focused(), "h1")
        self.walks_through()
        self.check()

    def test_second_factors_are_added_shown_confirmed_and_removed(self):
        Authenticator(self.page)
        ada = Person().signed_up()
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=NO_AUTOFILL)
        self.signs_in(ada)
        self.goes_to("#enrol button")
        self.page.press("Space")
        self.page.until("document.activeElement.id === 'app-code'")
        app = App(self.page.evaluate("document.getElementById('secret').textContent"))
        self.page.type(app.wrong())
        self.page.press("Enter")
        self.hears(self.word("security.wrongCode"))
        self.page.evaluate("document.activeElement.select()")
        self.page.type(app.code())
        self.page.press("Enter")
        self.hears(self.word("security.added"))
        self.page.until("document.activeElement.id === 'new-codes-title'")
        self.goes_to("#passkey-name")
        self.page.type("Laptop")
        self.tab()
        self.page.press("Space")
        self.hears(self.word("security.added"))
        self.page.until("document.activeElement.id === 'security-title'")
        self.walks_through()
        names = self.names()
        self.assertEqual(len(names), self.controls())
        for role, name in names:
            self.assertTrue(name.strip(), f"a {role} has no name")
        self.assertIn(("button", f"{self.word('security.remove')}: Laptop"), names)
        self.goes_to("#kept-codes")
        self.page.press("Space")
        self.assertFalse(self.visible("#new-codes"))
        self.assertEqual(self.page.focused(), "security-title")
        self.goes_to("#sign-out button")
        self.page.press("Space")
        self.hears(self.word("signedOut"))

        self.goes_to("#email")
        self.page.type(ada.email)
        self.tab()
        self.page.type(PASSWORD)
        self.page.press("Enter")
        self.page.until("document.activeElement.id === 'second-code'")
        self.walks_through()
        self.goes_to("#second-code")
        self.page.type(app.code())
        self.page.press("Enter")
        self.page.until("document.querySelector('#apps button') !== null")
        self.all_is_there()

        later(301)
        remove = "#passkeys li button:last-of-type"
        self.goes_to(remove)
        self.page.press("Space")
        self.hears(self.word("security.removeHint"))
        self.page.press("Space")
        self.page.until("document.activeElement.id === 'confirm-code'")
        # Nothing behind the dialogue is reached; the browser itself is on the way round.
        for _ in range(8):
            self.page.press("Tab")
            self.assertTrue(
                self.page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
            )
        self.page.press("Escape")
        self.hears(self.word("security.notConfirmed"))
        self.assertTrue(self.page.evaluate(f"document.activeElement.matches({json.dumps(remove)})"), "where it was before")
        self.page.press("Space")
        self.page.until("document.activeElement.id === 'confirm-code'")
        for _ in range(2):
            self.page.press("Tab")
        self.assertEqual(self.page.focused(), "confirm-passkey")
        self.page.press("Space")
        self.hears(self.word("security.removed"))
        self.page.until("document.activeElement.id === 'security-title'")
        self.refusals = [("/auth/mfa/totp/activate", 400), ("/auth/login", 401)]
        unconfirmed = self.page.refusals[-1]
        self.assertEqual((unconfirmed[0].rpartition("/")[0], unconfirmed[1]), ("/auth/mfa/passkeys", 403))
        self.refusals += [unconfirmed] * 2
        self.check()

    def test_a_deletion_is_begun_thought_over_and_left(self):
        ada = Person().signed_up()
        self.signs_in(ada)
        self.goes_to("#delete-password")
        self.page.type(PASSWORD)
        self.goes_to("#delete button")
        self.page.press("Enter")
        self.hears(self.word("notSure"))
        self.assertEqual(self.page.focused(), "delete-sure")
        self.page.press("Space")
        self.assertTrue(self.page.evaluate("document.activeElement.checked"))
        # Second thoughts: Escape sends nothing, and the tick goes as it came.
        self.page.press("Escape")
        self.page.press("Space")
        self.assertFalse(self.page.evaluate("document.activeElement.checked"))
        self.tab()
        self.page.press("Space")
        self.hears(self.word("notSure"))
        self.assertEqual(ada.signs_in(), 200, "nothing has happened")
        self.goes_to("#sign-out button", SHIFT)
        self.page.press("Space")
        self.hears(self.word("signedOut"))
        self.assertEqual(self.page.focused(), "h1")
        self.tab()
        self.assertEqual(self.page.focused(), "email")
        self.check()

    def test_a_deletion_is_asked_for_and_heard(self):
        ada = Person().signed_up()
        self.signs_in(ada)
        self.goes_to("#delete-password")
        self.page.type(PASSWORD)
        self.tab()
        self.page.press("Space")
        self.tab()
        self.page.press("Enter")
        self.hears(self.word("deletesAt").partition("{")[0])
        self.assertEqual(self.page.focused(), "h1")
        self.assertEqual(ada.signs_in(), 403)
        self.check()


if __name__ == "__main__":
    unittest.main()
