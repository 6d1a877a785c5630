// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lifetimes of addresses (RFC 4862 5.5.4): one work a namespace, which sleeps
 * until the next lifetime of any address is over.
 */
#include <linux/rtnetlink.h>
#include "addrgen.h"
#include "ifa_int.h"

/* Looks again after a day at most, so that no product of jiffies wraps. */
#define LIFE_SLEEP_MAX	86400u

static u64 age_of(const struct inet6_ifaddr *ifa)
{
	return (jiffies - READ_ONCE(ifa->tstamp)) / HZ;
}

/**
 * sxt_ifa_life_left() - what user space is told of lifetimes
 * @ifa: the address
 * @valid: seconds left, INFINITY_LIFE_TIME: for ever
 * @preferred: the same
 *
 * Context: RTNL or RCU.
 */
void sxt_ifa_life_left(const struct sxt_ifa *ifa, u32 *valid, u32 *preferred)
{
	u64 age = age_of(&ifa->ifa);

	*valid = sxt_addrgen_left(READ_ONCE(ifa->ifa.valid_lft), age);
	*preferred = sxt_addrgen_left(READ_ONCE(ifa->ifa.prefered_lft), age);
}

/* Seconds until something happens to it; SXT_ADDRGEN_FOREVER: nothing. */
static u32 next_event(const struct sxt_ifa *ifa)
{
	u32 preferred;
	u32 valid;

	sxt_ifa_life_left(ifa, &valid, &preferred);
	if (preferred && !(ifa->ifa.flags & IFA_F_DEPRECATED))
		return min(valid, preferred);
	return valid;
}

static void arm(struct net *net, u32 seconds)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned long when = jiffies + min(seconds, LIFE_SLEEP_MAX) * HZ;

	if (delayed_work_pending(&n->ifa_work) &&
	    time_before_eq(n->ifa_next, when))
		return;
	n->ifa_next = when;
	mod_delayed_work(sxt_ifa_wq, &n->ifa_work, when - jiffies);
}

/**
 * sxt_ifa_life_changed() - an address has new lifetimes
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_ifa_life_changed(struct sxt_ifa *ifa)
{
	u32 next = next_event(ifa);

	if (next != SXT_ADDRGEN_FOREVER)
		arm(dev_net(ifa->ifa.idev->dev), next);
}

/* Returns false if the address is gone, and perhaps others with it. */
static bool look_at(struct sxt_ifa *ifa, u32 *next)
{
	u32 preferred;
	u32 valid;

	sxt_ifa_life_left(ifa, &valid, &preferred);
	if (!valid) {
		sxt_ifa_del(ifa);
		return false;
	}
	if (!preferred && !(ifa->ifa.flags & IFA_F_DEPRECATED)) {
		WRITE_ONCE(ifa->ifa.flags, ifa->ifa.flags | IFA_F_DEPRECATED);
		sxt_rtnl_addr_notify(RTM_NEWADDR, ifa);
	}
	*next = min(*next, next_event(ifa));
	return true;
}

/* From the start again after each deletion: the next one may be gone too. */
static void look_at_bucket(struct hlist_head *bucket, u32 *next)
{
	struct sxt_ifa *ifa;

again:
	hlist_for_each_entry(ifa, bucket, hash)
		if (!ifa->anycast && !look_at(ifa, next))
			goto again;
}

static void life_work(struct work_struct *work)
{
	struct sxt_ip6_net *n = container_of(to_delayed_work(work),
					     struct sxt_ip6_net, ifa_work);
	u32 next = SXT_ADDRGEN_FOREVER;
	size_t i;

	rtnl_lock();
	for (i = 0; i < HASH_SIZE(n->ifa_hash); i++)
		look_at_bucket(&n->ifa_hash[i], &next);
	if (next != SXT_ADDRGEN_FOREVER)
		arm(n->net, next);
	rtnl_unlock();
}

/**
 * sxt_ifa_life_net_init() - nothing to wait for yet
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_ifa_life_net_init(struct net *net)
{
	INIT_DELAYED_WORK(&sxt_ip6_net(net)->ifa_work, life_work);
}

/**
 * sxt_ifa_life_net_exit() - waits for the work and stops it
 * @net: the namespace, which has no address left
 *
 * Context: process, without the RTNL.
 */
void sxt_ifa_life_net_exit(struct net *net)
{
	cancel_delayed_work_sync(&sxt_ip6_net(net)->ifa_work);
}
