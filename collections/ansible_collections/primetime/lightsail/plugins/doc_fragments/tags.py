# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  tags:
    description:
      - Tags to set. Without this option tags are left as they are.
    type: dict
  purge_tags:
    description:
      - Whether to remove tags that O(tags) does not name.
      - Off by default, since cost allocation and backup tools add tags of their own.
    type: bool
    default: false
"""
