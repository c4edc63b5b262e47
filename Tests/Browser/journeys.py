"""The main journeys in a real browser (Debian's chromium, by its driver), and axe-core's look at every page, light and dark, at 360 and
1920 pixels.

Usage: journeys.py URL PASSWORD AXE [FOLDER for screenshots]. AXE is axe-core's script: it is put in by the driver, as the pages' own
policy lets no stranger's script in. Prints what it did; exits 1 at the first thing that is not so.
"""
import sys
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

url, password = sys.argv[1], sys.argv[2]
axe = Path(sys.argv[3]).read_text()
folder = Path(sys.argv[4]) if len(sys.argv) > 4 else None
PERSON = "/people?user=user-100001"
PAGES = {
    "overview": "/", "runs": "/runs", "runs-none": "/runs?outcome=dead&search=nobody", "dead": "/dead", "alerts": "/alerts",
    "alerts-resolved": "/alerts?status=resolved", "people": "/people", "people-none": "/people?user=nobody",
    "person": PERSON + "&verify=1", "confirm": "/people/confirm?do=erase&user=user-100001", "schedules": "/schedules",
    "compliance": "/compliance", "gone": "/runs/00000000-0000-4000-8000-000000000000",
}


def require(fact, what):
    print(("ok   " if fact else "NOT  ") + what, flush=True)
    if not fact:
        sys.exit(1)


def look(width, dark=False, media=""):
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": media, "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})


def comes(words, what):
    """Waits for a page that a click led to, or for what a stream brings."""
    try:
        WebDriverWait(driver, 20).until(lambda d: words in d.page_source)
    except TimeoutException:
        print(driver.find_element(By.TAG_NAME, "main").text[:600])
        require(False, what)
    require(True, what)


def sign_in(name):
    driver.delete_all_cookies()
    driver.get(url + "/runs")
    require("/sign-in" in driver.current_url, "a page leads to signing in")
    # By keyboard alone.
    driver.switch_to.active_element.send_keys(name, Keys.TAB, password, Keys.ENTER)
    WebDriverWait(driver, 20).until(lambda d: "/sign-in" not in d.current_url)
    require(driver.current_url.endswith("/runs"), "and back to the page")


def shot(name):
    if folder:
        driver.save_screenshot(str(folder / f"{name}.png"))


def violations():
    """What axe-core finds, by all of its rules for WCAG 2.2 A and AA and its best practices."""
    if not driver.execute_script("return !!window.axe"):
        driver.execute_script(axe)
    found = driver.execute_async_script("""
        const done = arguments[0];
        axe.run({resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
            .then((result) => done({rules: result.passes.length, violations: result.violations.map((rule) =>
                rule.id + ': ' + rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '))}),
                (error) => done({rules: 0, violations: ['axe: ' + error]}));
    """)
    # A look that found nothing to look at proves nothing.
    return found["violations"] if found["rules"] > 5 else found["violations"] + [f"only {found['rules']} rules applied"]


def examine(name):
    """Of the page that is open: nothing in the browser's log, no scrolling sideways, no violation."""
    # The live page's stream ends with the page: its cancellation is no fault. A page that says 404 is meant to.
    errors = [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE" and " 404 " not in e["message"]]
    require(not errors, f"{name}: no error in the browser {errors}")
    require(len(driver.find_elements(By.TAG_NAME, "h1")) == 1, f"{name}: one heading above all")
    for width, dark in [(360, False), (360, True), (1920, False), (1920, True)]:
        look(width, dark)
        kind = f"{name}-{width}{'-dark' if dark else ''}"
        wide = driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
        require(wide <= 0, f"{kind}: does not scroll sideways ({wide})")
        faults = violations()
        require(not faults, f"{kind}: axe-core finds nothing {faults}")
        if width == 360 or dark:
            shot(kind)
    look(1280)
    shot(f"{name}-1280")


def as_privacy_officer():
    sign_in("grace")
    for name, path in PAGES.items():
        driver.get(url + path)
        examine(name)
    driver.get(url + "/runs")
    time = driver.find_element(By.CSS_SELECTOR, "tbody time")
    require(time.get_attribute("title").endswith("UTC"), "UTC on hover")
    require("UTC" not in time.text, "the reader's zone in the text: " + time.text)
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    require(driver.switch_to.active_element.text == "Skip to content", "the first stop of the keyboard leads past the head")
    driver.find_element(By.LINK_TEXT, "Older runs").click()
    WebDriverWait(driver, 20).until(lambda d: "before=" in d.current_url)
    driver.find_element(By.CSS_SELECTOR, "tbody a.code").click()
    WebDriverWait(driver, 20).until(lambda d: "/runs/" in d.current_url)
    require("Message" in driver.title, "a run's page")
    require(driver.find_elements(By.CSS_SELECTOR, ".story li") != [], "with its steps")
    examine("run")
    driver.get(url + PERSON)
    require("canaryhandle" not in driver.page_source, "a person is masked")
    driver.find_element(By.CSS_SELECTOR, "details summary").click()
    driver.find_element(By.NAME, "reason").send_keys("ticket 4711 asks for it", Keys.ENTER)
    comes("canaryhandle", "and shown for a reason")
    driver.get(url + PERSON)
    require("canaryhandle" not in driver.page_source, "once")


def paper():
    driver.get(url + "/compliance")
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    look(800, media="print")
    require(not driver.find_element(By.TAG_NAME, "nav").is_displayed(), "on paper there is no navigation")
    folds = driver.find_elements(By.CSS_SELECTOR, "details dl")
    require(folds and all(fold.is_displayed() for fold in folds), "and all of the register")
    shot("compliance-paper")
    look(1280)


def by_itself():
    """What another window does is on the overview without reloading."""
    driver.get(url + "/")
    require("queue_depth" in driver.find_element(By.ID, "live").text, "the overview has the alert")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.get(url + "/alerts")
    card = driver.find_element(By.XPATH, "//section[h2[contains(., 'queue_depth')]]")
    card.find_element(By.CSS_SELECTOR, "button[value=ack]").click()
    comes("Acknowledged", "an alert is acknowledged")
    card = driver.find_element(By.XPATH, "//section[h2[contains(., 'queue_depth')]]")
    card.find_element(By.CSS_SELECTOR, "button[value=resolve]").click()
    comes("Resolved. It opens again", "and resolved")
    driver.close()
    driver.switch_to.window(first)
    WebDriverWait(driver, 20).until(lambda d: "queue_depth" not in d.find_element(By.ID, "live").text)
    require(True, "and gone from the overview in the other window")
    # By now the lines have a few points.
    shot("overview-1280")


def as_operator():
    sign_in("ada")
    driver.get(url + "/dead")
    driver.find_element(By.CSS_SELECTOR, "tbody a").click()
    WebDriverWait(driver, 20).until(lambda d: "/dead/letters" in d.current_url)
    examine("letters")
    driver.find_element(By.CSS_SELECTOR, "input[name=id]").click()
    driver.find_element(By.CSS_SELECTOR, "button[value=rehearse]").click()
    comes("1 would be sent", "a dry run of one letter")
    examine("rehearsal")
    driver.find_element(By.CSS_SELECTOR, "input[name=id]").click()
    driver.find_element(By.CSS_SELECTOR, "button[value=replay]").click()
    comes("Sent to its queue again", "is sent again")
    driver.find_element(By.CSS_SELECTOR, ".who button").click()
    WebDriverWait(driver, 20).until(lambda d: "/sign-in" in d.current_url)
    require(True, "signed out")
    driver.back()
    driver.get(url + "/runs")
    require("/sign-in" in driver.current_url, "and stays so")


def by_provider():
    """From another site, which the session's cookie is not shown to, and back to the page."""
    driver.delete_all_cookies()
    driver.get(url + "/runs?outcome=refused")
    examine("sign-in")
    driver.find_element(By.LINK_TEXT, "Sign in with Acme").click()
    WebDriverWait(driver, 20).until(lambda d: d.current_url.endswith("/runs?outcome=refused"))
    require("openid:iris" in driver.find_element(By.CLASS_NAME, "who").text, "signed in by the provider")


options = webdriver.ChromeOptions()
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
try:
    driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    look(1280)
    as_privacy_officer()
    paper()
    by_itself()
    as_operator()
    by_provider()
finally:
    driver.quit()
print("all journeys done")
