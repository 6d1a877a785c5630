// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the other modules use of the pure files that are built into this one.
 * Pure files export nothing themselves, so that they compile anywhere.
 */
#include <linux/export.h>
#include <linux/socket.h>
#include <sextant/life.h>
#include <sextant/selector.h>
#include <sextant/tuple.h>
#include <uapi/linux/sextant.h>

static_assert(SXT_IPV4 == AF_INET && SXT_IPV4 == SEXTANT_FAMILY_IPV4);
static_assert(SXT_IPV6 == AF_INET6 && SXT_IPV6 == SEXTANT_FAMILY_IPV6);

EXPORT_SYMBOL_NS_GPL(sxt_life_unlimited, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_selector_any_of, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_selector_fault_text, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_selector_misses, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_selector_validate, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_tuple_ipv4_any, SEXTANT);
EXPORT_SYMBOL_NS_GPL(sxt_tuple_ipv6_any, SEXTANT);
