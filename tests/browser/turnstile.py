"""The pages where Turnstile tells people from programs: its widget, played by the local AWS, and work where there is none."""

import unittest

from service import AWS, ORIGIN, challenges, mailed, put
from test_pages import Pages, Person

PATH = "/auth/forgot-password"
SCRIPT = f"{AWS}/turnstile/v0/api.js"
PROOF = f"{ORIGIN}/auth/ui/proof.js"
# Nobody waits for minutes here: the page's own timers run as many times faster.
HURRY = "{ const wait = setTimeout; globalThis.setTimeout = (what, time, ...rest) => wait(what, time / TIMES, ...rest); }"
NOT_PROVEN = "Your browser could not prove that it means this request. Please try again, or in another browser."


class Turnstile(Pages):
    def setUp(self):
        super().setUp()
        self.addCleanup(challenges, "auto")
        self.addCleanup(put, "/turnstile", {})
        self.on_every_page("globalThis.told = []; addEventListener('message', ({ data }) => told.push(data.event))")
        self.ada = Person().signed_up()

    def on_every_page(self, script):
        self.page.call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def asks(self):
        challenges("always")
        self.open(f"{ORIGIN}/auth/ui/forgot-password")
        self.page.go_to("#email")
        self.page.type(self.ada.email)
        self.page.press("Enter")

    def gets_a_link(self):
        self.says("a link to choose a new password is on its way")
        mailed(self.ada.email, "reset-password")
        self.assertEqual([line for line in self.page.complaints if "policy:" in line or "exception:" in line], [])

    def refused(self, times):
        """How often the page had to hear of a challenge."""
        self.assertEqual([refusal for refusal in self.page.refusals if refusal[0] == PATH], [(PATH, 429)] * times)

    def strangers(self):
        """Whom the page has asked besides us."""
        return [url.partition("?")[0] for url in self.page.requests if not url.startswith(f"{ORIGIN}/")]

    def told(self):
        """What the widget has told the page."""
        return self.page.evaluate("told")

    def works_instead(self):
        """As it was asked first, and with the news that there is no widget."""
        self.gets_a_link()
        self.refused(2)
        self.assertIn(PROOF, self.page.requests)

    def is_told_so(self):
        """The provider is there, and whoever has chosen it wants nothing else."""
        self.says(NOT_PROVEN)
        self.refused(2)
        self.assertNotIn(PROOF, self.page.requests)
        self.assertEqual(self.page.evaluate("document.querySelector('#ask button').ariaDisabled"), "false")

    def test_the_widget_is_shown_and_the_request_goes_on(self):
        self.asks()
        self.gets_a_link()
        self.assertEqual(self.strangers()[0], SCRIPT)
        self.assertEqual(set(self.strangers()) - {SCRIPT, f"{AWS}/turnstile/widget"}, set())
        self.assertEqual(self.told(), ["token"])
        self.refused(1)
        self.assertNotIn(PROOF, self.page.requests)

    def test_while_the_provider_is_down_the_browser_works(self):
        put("/turnstile", {"down": True})
        self.asks()
        self.works_instead()
        self.assertEqual(self.strangers(), [SCRIPT])

    def test_a_browser_that_blocks_the_providers_script_is_told_so(self):
        self.page.call("Network.setBlockedURLs", urls=["*/turnstile/v0/api.js*"])
        self.asks()
        self.is_told_so()

    def test_a_browser_that_is_given_another_script_is_told_so(self):
        for script in ("stub", "throws"):
            with self.subTest(script):
                self.ada = Person().signed_up()
                self.page.refusals.clear()
                put("/turnstile", {"widget": script})
                self.asks()
                self.is_told_so()
                challenges("auto")

    def test_a_widget_that_fails_for_good_is_not_waited_for(self):
        for widget in ("unsupported", "misplaced"):
            with self.subTest(widget):
                self.ada = Person().signed_up()
                self.page.refusals.clear()
                put("/turnstile", {"widget": widget})
                self.asks()
                self.is_told_so()
                challenges("auto")

    def test_a_widget_that_tries_again_may(self):
        put("/turnstile", {"widget": "hiccups"})
        self.asks()
        self.gets_a_link()
        self.refused(1)
        self.assertEqual(self.told(), ["error", "token"])
        self.assertNotIn(PROOF, self.page.requests)

    def test_a_widget_that_fails_again_and_again_is_given_up(self):
        put("/turnstile", {"widget": "fails"})
        self.asks()
        self.is_told_so()
        self.assertEqual(self.told(), ["error"] * 3)

    def test_a_token_that_is_no_good_is_asked_for_again_three_times_in_all(self):
        put("/turnstile", {"widget": "stale"})
        self.asks()
        self.says(NOT_PROVEN)
        self.refused(4)
        self.assertEqual(self.told(), ["token"] * 3)

    def test_a_widget_that_says_nothing_is_left_after_a_minute_and_takes_no_focus_with_it(self):
        put("/turnstile", {"widget": "hangs"})
        self.on_every_page(HURRY.replace("TIMES", "6"))
        self.asks()
        self.says("Please confirm that you are a person.")
        self.page.until("told.length === 1")
        self.page.press("Tab")
        self.assertEqual(self.page.focused(), "iframe")
        self.page.until("!document.querySelector('iframe')")
        self.assertEqual(self.page.focused(), "button")
        self.is_told_so()

    def test_where_neither_the_widget_nor_a_worker_starts_the_page_says_so_and_can_be_asked_again(self):
        put("/turnstile", {"down": True})
        self.on_every_page("globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } }")
        self.asks()
        self.says(NOT_PROVEN)
        self.assertEqual(self.page.evaluate("document.querySelector('#ask button').ariaDisabled"), "false")
        put("/turnstile", {})
        self.page.press("Enter")
        self.gets_a_link()


if __name__ == "__main__":
    unittest.main()
