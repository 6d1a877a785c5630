# SPDX-License-Identifier: GPL-2.0
"""Names and numbers of the generated user header: reasons, attributes,
commands."""
import os
import re

from badlib import TOP


def _read_header():
    names, value = {}, 0
    path = os.path.join(TOP, "uapi/linux/sextant.h")
    with open(path, encoding="utf-8") as header:
        for line in header:
            if re.match(r"\s*enum\b.*\{", line):
                value = 0
            m = re.match(r"\s*(SEXTANT_\w+)(?:\s*=\s*(-?\d+))?,?$", line)
            if m:
                value = int(m[2]) if m[2] else value
                names[m[1]] = value
                value += 1
            m = re.match(r"#define\s+(SEXTANT_\w+)\s+(\d+)\s*$", line)
            if m:
                names[m[1]] = int(m[2])
    return names


H = _read_header()
DROP = {n[len("SEXTANT_DROP_"):].lower().replace("_", "-"): v
        for n, v in H.items() if n.startswith("SEXTANT_DROP_")}
DROP_NAME = {v: n for n, v in DROP.items()}
SA = {n[len("SEXTANT_A_SA_"):].lower(): v for n, v in H.items()
      if n.startswith("SEXTANT_A_SA_")}
POL = {n[len("SEXTANT_A_POLICY_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_POLICY_")}
SEL = {n[len("SEXTANT_A_SELECTOR_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_SELECTOR_")}
XF = {n[len("SEXTANT_A_TRANSFORM_"):].lower(): v for n, v in H.items()
      if n.startswith("SEXTANT_A_TRANSFORM_")}
STATS = {n[len("SEXTANT_A_STATS_"):].lower(): v for n, v in H.items()
         if n.startswith("SEXTANT_A_STATS_")}
STATS_NAME = {v: n for n, v in STATS.items()}
TXN = {n[len("SEXTANT_A_TRANSACTION_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_TRANSACTION_")}
CMD = {n[len("SEXTANT_CMD_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_CMD_")}
