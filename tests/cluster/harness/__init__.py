# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder share: the control plane, the binary under test, users, proxies, terminals."""
