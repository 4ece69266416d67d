"""The tests; threads of torch that wait for one another sleep, or they would keep a busy machine's cores from working.

Set here because torch reads it once, when it is imported.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
