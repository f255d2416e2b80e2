"""The worker that reads pictures breaks down: the next picture or frame gets a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import desk, phone
from tests.support.browser import OpenPage

BREAK_THE_FIRST_WORKER = """
const Real = window.Worker;
let broken = 0;
window.Worker = class extends Real {
  constructor(url) {
    super(url);
    if (broken++) return;
    this.terminate();
    setTimeout(() => this.dispatchEvent(new Event("error")));
  }
};
"""


@pytest.mark.parametrize("way", ["camera", "picture"])
def test_a_reader_that_breaks_down_is_started_again(
    open_phone: OpenPage, open_desk: OpenPage, way: str
) -> None:
    holder, clerk = open_phone("holder-li"), open_desk("desk-zhao")
    clerk.add_init_script(path=Path(__file__).with_name("canvas_camera.js"))
    clerk.add_init_script(BREAK_THE_FIRST_WORKER)
    desk.open_desk_page(clerk)
    phone.show(holder)
    picture = phone.photograph(holder)
    if way == "camera":
        clerk.get_by_test_id("scan-start").click()
        clerk.evaluate("picture => holdUp(new Uint8Array(picture))", list(picture))
    else:
        clerk.get_by_test_id("scan-file").set_input_files(
            {"name": "code.png", "mimeType": "image/png", "buffer": picture}
        )
    desk.expect_verdict(clerk, "accepted", "ok")
