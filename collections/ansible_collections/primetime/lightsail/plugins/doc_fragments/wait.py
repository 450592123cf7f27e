# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until AWS has carried out what was asked of it.
      - Without it, a task that needs the result may run too early.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait before the task fails. The request itself is not withdrawn; the task can be run again.
    type: int
    default: 900
"""
