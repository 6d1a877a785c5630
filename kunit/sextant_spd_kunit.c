// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the SPD's first policies: between the registration of hooks
 * and the publication of what they ask for, a packet passes as without hooks.
 */
#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <sextant/policy.h>
#include "sa_make.h"

/* No other SA of this guest has it. */
#define SPI	0x5a5b0000u

/**
 * struct spd_test - what a case has
 * @dev: the interface that packets come in by
 * @sa: a tunnel without selectors: only a policy lets pass what it carried
 * @policy: one that asks for something else
 * @published: packets meet it
 */
struct spd_test {
	struct net_device *dev;
	struct sxt_sa *sa;
	struct sxt_policy *policy;
	bool published;
};

static struct sxt_sa *make_sa(void)
{
	struct sxt_sa_params params = sa_params(IPPROTO_ESP, SPI,
						SEXTANT_MODE_TUNNEL);
	struct sxt_sa *sa = sa_insert(&params);

	if (!IS_ERR(sa))
		sa_commit(sa);
	return sa;
}

static struct sxt_policy *make_policy(void)
{
	struct sxt_policy_params params = {
		.priority = 1,
		.dir = SEXTANT_DIRECTION_IN,
		.action = SEXTANT_ACTION_DISCARD,
	};
	struct netlink_ext_ack extack = {};
	enum sxt_selector_fault fault;

	sxt_selector_any_of(&params.sel, SXT_IPV4);
	params.sel.proto_set = 1;
	params.sel.proto = IPPROTO_SCTP;
	if (sxt_selector_validate(&params.sel, &fault))
		return ERR_PTR(-EINVAL);
	return sxt_policy_new(&init_net, &params, &extack);
}

static int spd_init(struct kunit *test)
{
	struct spd_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t);
	test->priv = t;
	KUNIT_ASSERT_EQ(test, sxt_policy_total(&init_net), 0);
	t->dev = alloc_etherdev(0);
	KUNIT_ASSERT_NOT_NULL(test, t->dev);
	t->sa = make_sa();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->sa);
	t->policy = make_policy();
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->policy);
	return 0;
}

static void publish(struct spd_test *t)
{
	sxt_policy_publish(&init_net);
	sxt_generation_next(&init_net);
	t->published = true;
}

static void spd_exit(struct kunit *test)
{
	struct spd_test *t = test->priv;

	if (!t)
		return;
	if (!IS_ERR_OR_NULL(t->policy)) {
		if (!list_empty(&t->policy->node)) {
			sxt_config_lock(&init_net);
			sxt_policy_unlink(t->policy);
			sxt_policy_prepare(&init_net);
			publish(t);
			sxt_config_unlock(&init_net);
		}
		if (t->published)
			sxt_policy_free_later(t->policy);
		else
			sxt_policy_free(t->policy);
	}
	if (!IS_ERR_OR_NULL(t->sa))
		sa_take_out(t->sa);
	if (t->dev)
		free_netdev(t->dev);
}

static int accepted(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

/* A datagram that came out of the tunnel is about to be delivered. */
static int arrives(struct kunit *test)
{
	struct spd_test *t = test->priv;
	struct sk_buff *skb;
	struct iphdr *iph;
	int verdict;

	skb = alloc_skb(128, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->dev = t->dev;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph) + 8);
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(skb->len);
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = SA_SRC;
	iph->daddr = SA_DST;
	skb_set_transport_header(skb, sizeof(*iph));
	verdict = sxt_mark_set(skb, &init_net, &t->sa, 1);
	if (!verdict)
		verdict = nf_hook(NFPROTO_IPV4, NF_INET_LOCAL_IN, &init_net,
				  NULL, skb, t->dev, NULL, accepted);
	/* What a hook has refused is freed. */
	if (verdict == 1)
		kfree_skb(skb);
	return verdict;
}

static void what_is_prepared_is_not_seen(struct kunit *test)
{
	struct spd_test *t = test->priv;
	int before, prepared, published;
	int err;

	before = arrives(test);
	sxt_config_lock(&init_net);
	sxt_policy_link(t->policy);
	err = sxt_policy_prepare(&init_net);
	prepared = arrives(test);
	if (!err)
		publish(t);
	published = arrives(test);
	sxt_config_unlock(&init_net);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, before, 1);
	KUNIT_EXPECT_EQ(test, prepared, 1);
	/* No policy asks for it, and now there are policies. */
	KUNIT_EXPECT_EQ(test, published, -EPERM);
}

static struct kunit_case spd_cases[] = {
	KUNIT_CASE(what_is_prepared_is_not_seen),
	{}
};

static struct kunit_suite spd_suite = {
	.name = "sextant_spd",
	.init = spd_init,
	.exit = spd_exit,
	.test_cases = spd_cases,
};

kunit_test_suite(spd_suite);

MODULE_IMPORT_NS(SEXTANT);
MODULE_DESCRIPTION("KUnit suite of Sextant's SPD");
MODULE_LICENSE("GPL");
