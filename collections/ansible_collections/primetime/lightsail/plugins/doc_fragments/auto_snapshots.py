# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  auto_snapshots:
    description:
      - Whether Lightsail takes a snapshot every day and keeps the last seven.
      - Without this option it is left as it is. Switching it off keeps the snapshots that there are.
    type: bool
  auto_snapshot_time:
    description:
      - When, as a full hour in UTC such as V(06:00).
      - Without it, Lightsail chooses, or what it chose stays.
    type: str
"""
