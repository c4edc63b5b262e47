"""An export's page in a real browser (Debian's chromium, by its driver), as a person opens it: a file on a disk, without a network.

Usage: export_page.py PAGE. The page is of a user with 120 posts, "number 1" to "number 120", of which the 117th names a zebra, and of one
analysis. Prints what it did; exits 1 at the first thing that is not so.
"""
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait


def require(fact, what):
    print(("ok   " if fact else "NOT  ") + what, flush=True)
    if not fact:
        sys.exit(1)


def search(words, found):
    field = driver.find_element(By.ID, "find")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(words or Keys.DELETE)
    WebDriverWait(driver, 20).until(lambda d: d.find_element(By.ID, "found").text == found)


options = webdriver.ChromeOptions()
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1000"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
try:
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd(
        "Network.emulateNetworkConditions", {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
    driver.get(Path(sys.argv[1]).resolve().as_uri())
    require("holds this about user-1" in driver.find_element(By.ID, "lead").text, "the page says whose it is")
    tiles = {tile.text.split("\n")[1]: tile.text.split("\n")[0] for tile in driver.find_elements(By.CLASS_NAME, "tile")}
    require(tiles["Posts"] == "120" and tiles["Analyses"] == "1" and tiles["Alerts about you"] == "0", "a tile for each category, empty ones too")
    require(len(driver.find_elements(By.CSS_SELECTOR, "#tweets svg rect.bar")) > 0, "posts are drawn by month")
    require(len(driver.find_elements(By.CSS_SELECTOR, "#analyses svg circle.dot")) == 1, "scores are drawn")
    require(len(driver.find_elements(By.CSS_SELECTOR, "#tweets .record")) == 20, "of many only the first are shown")
    driver.find_element(By.CSS_SELECTOR, "#tweets button").click()
    require(len(driver.find_elements(By.CSS_SELECTOR, "#tweets .record")) == 40, "more on request")
    search("Zebra number", "1 records match.")
    require("number 117" in driver.find_element(By.ID, "tweets").text, "a search finds a post")
    require(not driver.find_element(By.ID, "profile").is_displayed(), "and hides what does not match")
    search("", "")
    require(driver.find_element(By.ID, "profile").is_displayed(), "without words all is back")
    require("<b>user-1" in driver.find_element(By.ID, "profile").text, "markup in data is text")
    log = [entry["message"] for entry in driver.get_log("browser")]
    require(not log, f"nothing is wrong in the page: {log[:3]}")
    asked = [entry["message"] for entry in driver.get_log("performance") if "Network.requestWillBeSent\"" in entry["message"]]
    require(all('"url":"file:' in text for text in asked), "and it asked nobody for anything")
finally:
    driver.quit()
print("the page is whole")
