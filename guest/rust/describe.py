"""Reads `cargo metadata` and prints a package's name, kind (std or no_std) and program, then the target folder.

usage: describe.py [PACKAGE]    (empty: the only package with a program)
"""

import json
import sys


def programs(package):
    return [target["name"] for target in package["targets"] if "bin" in target["kind"]]


metadata = json.load(sys.stdin)
wanted = sys.argv[1]
packages = [p for p in metadata["packages"] if programs(p) and wanted in ("", p["name"])]
if len(packages) != 1:
    names = ", ".join(p["name"] for p in metadata["packages"] if programs(p))
    sys.exit(f"build: {'no package ' + wanted if wanted else 'name a package'}; there is: {names or 'none'}")
package = packages[0]
options = (package["metadata"] or {}).get("reprise", {})
print(package["name"], "std" if options.get("std", True) else "no_std", programs(package)[0])
print(metadata["target_directory"])
