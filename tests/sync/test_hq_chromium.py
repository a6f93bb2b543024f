"""HQ's pages in a real browser: no scripts, keyboard only, nothing cut off in either language."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from desktop.texts import LANGS
from sync.hq import bootstrap, projection
from sync.hq.exchange import Exchange
from tests.sync.conftest import ServedHq
from tests.sync.devices import WireDevice, opened, proposed
from tests.sync.hq_browser import PASSWORD, add_people
from tests.sync.test_hq_rooms import PATHS

pytest.importorskip("selenium", reason="selenium is not installed: no browser is driven")

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no Chromium here: apt-get install chromium chromium-driver"
)
LONG = "苏州观前街旗舰店（含婴幼儿用品专区与服务中心二楼东侧）"
WAIT = 20


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = str(BROWSER)
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--lang=zh-CN", "--window-size=1280,720",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):  # fmt: skip
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    found.set_page_load_timeout(60)
    yield found
    found.quit()


@pytest.fixture
def hq(served: ServedHq, engine: Engine) -> ServedHq:
    """A store with a long name and a compensation to approve, silent with a level 1."""
    add_people(engine, ("wangfang", "王芳", "department_head", ""))
    device = WireDevice(Exchange(engine, served.key, bootstrap.utc_now), "c-one")
    device.enrol("S0217", name=LONG, region="苏南")
    device.write("t-1", opened("S0217-A-1121-001"))
    device.write("t-1", proposed("i-1", amount="12800.00"))
    device.sync()
    projection.drain(engine, bootstrap.utc_now())
    with engine.begin() as connection:
        connection.execute(text("UPDATE ticket_row SET level = 1"))
        connection.execute(text("UPDATE device SET last_contact = now() - interval '3 days'"))
    return served


def test_a_day_at_headquarters_by_keyboard(browser: webdriver.Chrome, hq: ServedHq) -> None:
    # Log in
    browser.get(f"{hq.url}/lang/zh_CN")
    browser.get(f"{hq.url}/login")
    browser.switch_to.active_element.send_keys("wangfang", Keys.TAB, PASSWORD, Keys.ENTER)
    alarm = _until(browser, lambda: browser.find_element(By.CLASS_NAME, "alarm"))
    assert LONG in alarm.text
    # Refusing needs a reason; then approve it
    browser.get(f"{hq.url}/approvals")
    assert "12,800.00" in browser.find_element(By.TAG_NAME, "main").text
    reason = browser.find_element(By.NAME, "reason")
    reason.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    _until(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".note.bad"))
    # Enter in the reason answers nothing: it would have to guess which of the two is meant
    browser.find_element(By.NAME, "reason").send_keys("同意，请附检测单", Keys.ENTER)
    assert browser.find_elements(By.CSS_SELECTOR, ".note.good") == []
    assert browser.find_element(By.NAME, "reason").get_attribute("value") == "同意，请附检测单"
    browser.find_element(By.NAME, "reason").send_keys(Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("value") == "approve"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert (
        "已批准"
        in _until(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".note.good")).text
    )
    # Let a device in, then take its access back
    browser.get(f"{hq.url}/enrolment")
    browser.find_element(By.NAME, "scope").send_keys("S0300", Keys.ENTER)
    code = _until(browser, lambda: browser.find_element(By.CLASS_NAME, "code"))
    assert len(code.text) == 14
    browser.find_element(By.CSS_SELECTOR, "details.sure summary").send_keys(Keys.ENTER)
    browser.find_element(By.CSS_SELECTOR, "details.sure .danger").click()
    _until(browser, lambda: browser.find_element(By.CSS_SELECTOR, ".note.good"))
    assert "已撤销" in browser.find_element(By.TAG_NAME, "table").text
    # Nothing of it needed a script, and nothing was refused or missing
    loud = [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"]
    assert [m for m in loud if "409" not in m or "/approvals" not in m] == []
    # Every room in both languages at the smallest window: nothing sticks out, no text is missing
    for lang in LANGS:
        browser.get(f"{hq.url}/lang/{lang}")
        for room, path in PATHS.items():
            browser.get(f"{hq.url}{path}")
            assert browser.find_element(By.TAG_NAME, "h1").text, room
            wide, seen = browser.execute_script(
                "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]"
            )
            assert wide <= seen, f"{room} in {lang} is {wide - seen} px too wide"
            assert _cut(browser) == [], f"{room} in {lang}"


def _until(browser: webdriver.Chrome, found: Any) -> Any:
    from selenium.common.exceptions import NoSuchElementException

    wait = WebDriverWait(browser, WAIT, 0.05, ignored_exceptions=[NoSuchElementException])
    return wait.until(lambda _: found())


def _cut(browser: webdriver.Chrome) -> list[str]:
    """The texts of buttons, pills and links of the rail that do not fit into them."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('.button, .pill, .rail a, th, h1, h2')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim())"
    )
    return found
