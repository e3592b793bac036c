#!/usr/bin/env python3
"""Opens flame graphs in Chromium and looks at what its page says of itself.

usage: flame_graph_test.py SAMPLE_PAGES, the program that writes sample pages
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1200,800"]


def main():
    browser = shutil.which("chromium")
    if not browser:
        print("skipped: there is no chromium")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)

        def dom(page, fragment=""):
            url = pathlib.Path(folder, page).as_uri() + fragment
            with tempfile.TemporaryDirectory() as data:
                done = subprocess.run([browser, *FLAGS, f"--user-data-dir={data}", "--virtual-time-budget=3000",
                                       "--dump-dom", url], capture_output=True, text=True, timeout=120)
            return done.stdout

        def expect(text, pattern):
            if not re.search(pattern, text):
                sys.exit(f"flame_graph_test: {pattern} is not in the page:\n{text[-3000:]}")

        whole = dom("sample.html")
        expect(whole, r'<html lang="en" data-frames="5" data-drawn="yes">')
        expect(whole, r"<title>sample &lt;/script&gt;&lt;b&gt; – flame graph</title>")
        expect(whole, r'<span id="steps">100 steps</span>')
        expect(whole, r"<td>50</td><td>50.00 %</td><td>50</td><td>50.00 %</td><td>2</td><td>f;&lt;/script&gt;")
        zoomed = dom("sample.html", "#frame=2")
        expect(zoomed, r'data-frames="4"')
        expect(zoomed, r"<b>g</b>: 40 steps with callees \(40.00 %\), 20 in itself \(20.00 %\), called 1 time from")
        found = dom("sample.html", "#search=G")
        expect(found, r"1 function, 40.00 % of the steps with callees")
        if "<td>main</td>" in found:
            sys.exit("flame_graph_test: the table shows what was not searched for")
        expect(dom("sample.html", "#frame=99&search=%zz"), r'data-frames="5" data-drawn="yes"')
        expect(dom("deep.html"), r'data-frames="256" data-drawn="yes"')
    print("the flame graph draws, zooms, searches, and runs nothing that a name says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
