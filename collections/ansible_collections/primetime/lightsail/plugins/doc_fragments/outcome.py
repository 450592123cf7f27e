# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: Makes the same plan as a run, and stops before the first call that changes anything.
  diff_mode:
    support: full
    description: Shows what differs between what is there and what is wanted, without secrets.
notes:
  - The module reads what is there, plans the calls that are missing, and makes them.
    Check mode stops before the calls, so what it predicts is what a run would do.
  - RV(actions) names the planned calls. When nothing differs there are none, and nothing was sent but reads.
  - The endpoint may be given by O(endpoint_url) or by botocore's own E(AWS_ENDPOINT_URL).
"""
