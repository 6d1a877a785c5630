// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the cookie in a dst of our own IPv6: what others than sockets,
 * such as tunnels and flowtables, keep beside the dst to ask later whether it is
 * still good. Who looked it up before a change must not take it for good by the
 * cookie of one who did afterwards. The module has to be there, and lo up.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/module.h>
#include <net/ip6_fib.h>
#include <net/net_namespace.h>
#include "modules/ipv6/route.h"

/* sxt_dst_flow() */
static struct dst_entry *(*dst_flow)(struct net *net, const struct sock *sk,
				     struct flowi6 *fl6,
				     const struct in6_addr *final_dst);

/* A dst of this node itself, with a reference. */
static struct dst_entry *look(struct kunit *test)
{
	struct flowi6 fl6 = { .daddr = in6addr_loopback };
	struct dst_entry *dst = dst_flow(&init_net, NULL, &fl6, NULL);

	KUNIT_EXPECT_FALSE(test, IS_ERR(dst));
	return IS_ERR(dst) ? NULL : dst;
}

/* What a tunnel asks with each packet. */
static bool is_good(struct dst_entry *dst)
{
	return dst->ops->check(dst, rt6_get_cookie(dst_rt6_info(dst)));
}

static void cookie_is_not_of_a_later_lookup(struct kunit *test)
{
	struct dst_entry *mine, *others;

	rcu_read_lock();
	mine = look(test);
	rt_genid_bump_ipv6(&init_net);
	others = look(test);
	if (mine && others) {
		KUNIT_EXPECT_PTR_EQ(test, mine, others);
		KUNIT_EXPECT_FALSE(test, is_good(mine));
	}
	rcu_read_unlock();
	dst_release(mine);
	dst_release(others);
}

static void cookie_is_good_a_grace_period_later(struct kunit *test)
{
	struct dst_entry *dst;

	rt_genid_bump_ipv6(&init_net);
	dst_release(look(test));
	synchronize_rcu();
	dst = look(test);
	if (dst)
		KUNIT_EXPECT_TRUE(test, is_good(dst));
	rt_genid_bump_ipv6(&init_net);
	if (dst)
		KUNIT_EXPECT_FALSE(test, is_good(dst));
	dst_release(dst);
}

static int cookie_init(struct kunit *test)
{
	dst_flow = symbol_get(sxt_dst_flow);
	if (!dst_flow)
		kunit_skip(test, "sextant_ipv6 is not there");
	return 0;
}

static void cookie_exit(struct kunit *test)
{
	if (dst_flow)
		symbol_put(sxt_dst_flow);
	dst_flow = NULL;
}

static struct kunit_case cookie_cases[] = {
	KUNIT_CASE(cookie_is_not_of_a_later_lookup),
	KUNIT_CASE(cookie_is_good_a_grace_period_later),
	{}
};

static struct kunit_suite cookie_suite = {
	.name = "sextant_cookie",
	.init = cookie_init,
	.exit = cookie_exit,
	.test_cases = cookie_cases,
};

kunit_test_suite(cookie_suite);

MODULE_DESCRIPTION("KUnit suite of the cookies of Sextant's IPv6");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(SEXTANT_IPV6);
