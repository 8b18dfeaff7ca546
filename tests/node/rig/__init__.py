# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share, beside the harness of tests/cluster: the node, the shop, load, the table of failures."""
