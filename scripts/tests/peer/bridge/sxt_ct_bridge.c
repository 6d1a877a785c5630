// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own connection tracking of bridges, from its source, for a
 * kernel that is built without it (CONFIG_NF_CONNTRACK_BRIDGE). For
 * scripts/tests/74-ipv6-bridge.sh; no part of the suite.
 */
#include "nf_conntrack_bridge.c"
