// SPDX-License-Identifier: GPL-2.0-only
/*
 * Temporary addresses (RFC 8981): to each address that asks for them
 * (IFA_F_MANAGETEMPADDR) one with a random identifier, and the next one before
 * the last is deprecated. They are known by their flag and their prefix; no
 * other state is kept.
 */
#include <linux/random.h>
#include "addrgen.h"
#include "nd_int.h"

static void temp_limits(const struct sxt_idev *idev,
			struct sxt_addrgen_temp *limits)
{
	const struct ipv6_devconf *cnf = &idev->in6.cnf;
	int retrans = NEIGH_VAR(idev->in6.nd_parms, RETRANS_TIME);

	*limits = (struct sxt_addrgen_temp) {
		.valid = max(cnf->temp_valid_lft, 0),
		.preferred = max(cnf->temp_prefered_lft, 0),
	};
	limits->advance =
		sxt_addrgen_temp_advance(max(cnf->regen_min_advance, 0),
					 max(cnf->regen_max_retry, 0),
					 max(cnf->dad_transmits, 0),
					 jiffies_to_msecs(max(retrans, 0)));
}

static bool temp_of(const struct inet6_ifaddr *ifa, const struct sxt_ifa *of)
{
	return (ifa->flags & IFA_F_TEMPORARY) && ifa->prefix_len == 64 &&
	       ipv6_prefix_equal(&ifa->addr, &of->ifa.addr, 64);
}

/* Jiffies until duplicate address detection of a new address is over. */
static unsigned long temp_dad_time(const struct sxt_idev *idev)
{
	const struct ipv6_devconf *cnf = &idev->in6.cnf;
	int retrans = NEIGH_VAR(idev->in6.nd_parms, RETRANS_TIME);
	u64 t = (u64)max(cnf->dad_transmits, 0) * max(retrans, HZ / 100);

	t += max(cnf->rtr_solicit_delay, 0) + 2 * HZ;
	return min_t(u64, t, 600 * HZ);
}

/* RFC 8981 3.3.1: random, and none that others use (RFC 5453). */
static void temp_iid(u8 iid[8])
{
	do {
		get_random_bytes(iid, 8);
	} while (sxt_addrgen_iid_reserved(iid));
}

/* One more try, in vain if another node has the address (RFC 8981 3.4). */
static bool temp_try(struct sxt_idev *idev, struct sxt_ifa *of)
{
	struct ipv6_devconf *cnf = &idev->in6.cnf;

	if (of->ifa.regen_count++ <= max(cnf->regen_max_retry, 0))
		return true;
	net_warn_ratelimited("%s: each temporary address was taken, no more are made\n",
			     idev->in6.dev->name);
	cnf->use_tempaddr = -1;
	of->ifa.regen_count = 0;
	return false;
}

/* Returns false if the prefix ends too soon for one to be of use. */
static bool temp_add(struct sxt_idev *idev, struct sxt_ifa *of)
{
	struct ipv6_devconf *cnf = &idev->in6.cnf;
	struct sxt_addrgen_lft prefix, lft;
	struct sxt_addrgen_temp limits;
	struct sxt_ifa *ifa;
	struct sxt_ifa_cfg cfg = {
		.addr = of->ifa.addr,
		.plen = 64,
		.flags = IFA_F_TEMPORARY,
		.proto = IFAPROT_KERNEL_RA,
		.origin = SXT_IFA_RA,
	};

	temp_limits(idev, &limits);
	limits.desync = sxt_addrgen_temp_desync(max(cnf->max_desync_factor, 0),
						&limits, get_random_u32());
	sxt_slaac_left(of, &prefix);
	if (!sxt_addrgen_temp_new(&limits, &prefix, &lft) ||
	    !sxt_slaac_room(idev) || !temp_try(idev, of))
		return false;
	temp_iid(cfg.addr.s6_addr + 8);
	cfg.valid = lft.valid;
	cfg.preferred = lft.preferred;
	ifa = sxt_ifa_add(idev, &cfg, NULL);
	if (IS_ERR(ifa))
		return false;
	ifa->desync = limits.desync;
	return true;
}

/*
 * Seconds for which the best temporary address of @of is preferred still, and
 * the next need not be there yet; 0: there is none.
 */
static u32 temp_good_for(const struct sxt_idev *idev, struct sxt_ifa *of)
{
	struct sxt_addrgen_temp limits;
	struct sxt_addrgen_lft lft;
	struct inet6_ifaddr *ifa;
	u32 best = 0;

	temp_limits(idev, &limits);
	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		if (!temp_of(ifa, of) || (ifa->flags & IFA_F_DADFAILED))
			continue;
		sxt_slaac_left(container_of(ifa, struct sxt_ifa, ifa), &lft);
		if (lft.preferred <= limits.advance)
			continue;
		best = max(best, lft.preferred - limits.advance);
		if (!(ifa->flags & IFA_F_TENTATIVE))
			of->ifa.regen_count = 0;
	}
	return best;
}

/* Returns the jiffies until @of is to be looked at again, 0: it needn't. */
static unsigned long temp_look(struct sxt_idev *idev, struct sxt_ifa *of)
{
	u32 good = temp_good_for(idev, of);

	if (!good)
		return temp_add(idev, of) ? temp_dad_time(idev) : 0;
	/* Is the new one known to be good by now? */
	if (of->ifa.regen_count)
		return temp_dad_time(idev);
	return (unsigned long)min(good, 86400u) * HZ;
}

static bool temp_wanted(const struct sxt_idev *idev,
			const struct inet6_ifaddr *ifa)
{
	return (ifa->flags & IFA_F_MANAGETEMPADDR) && ifa->prefix_len == 64 &&
	       !(ifa->flags & IFA_F_TEMPORARY) &&
	       idev->in6.cnf.use_tempaddr > 0;
}

static void temp_check(struct sxt_idev *idev)
{
	unsigned long next = 0, t;
	struct inet6_ifaddr *ifa;

	/* What is added meanwhile is temporary, and so of no interest. */
	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		if (!temp_wanted(idev, ifa))
			continue;
		t = temp_look(idev, container_of(ifa, struct sxt_ifa, ifa));
		if (t && (!next || t < next))
			next = t;
	}
	if (next)
		sxt_nd_work_arm(idev, &idev->temp_work, next);
}

static void temp_work(struct work_struct *work)
{
	struct sxt_idev *idev = container_of(to_delayed_work(work),
					     struct sxt_idev, temp_work);

	rtnl_lock();
	if (!idev->in6.dead && !idev->in6.cnf.disable_ipv6 &&
	    (idev->in6.dev->flags & IFF_UP))
		temp_check(idev);
	rtnl_unlock();
	in6_dev_put(&idev->in6);
}

/**
 * sxt_temp_told() - a router said something of an address's prefix
 * @idev: the interface
 * @of: the address, its lifetimes set already
 *
 * RFC 8981 3.4: temporary addresses live no longer than the prefix, nor longer
 * than they may from their creation on. If there is none, one is made.
 *
 * Context: RTNL, may sleep.
 */
void sxt_temp_told(struct sxt_idev *idev, struct sxt_ifa *of)
{
	struct sxt_addrgen_lft prefix, lft;
	struct sxt_addrgen_temp limits;
	struct inet6_ifaddr *ifa;

	temp_limits(idev, &limits);
	sxt_slaac_left(of, &prefix);
	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		struct sxt_ifa *own = container_of(ifa, struct sxt_ifa, ifa);
		u64 age = (jiffies - ifa->cstamp) / HZ;

		if (!temp_of(ifa, of))
			continue;
		limits.desync = own->desync;
		sxt_addrgen_temp_told(&limits, &prefix, age, &lft);
		sxt_slaac_set(own, &lft);
	}
	temp_check(idev);
}

static bool temp_has_other(const struct sxt_idev *idev,
			   const struct inet6_ifaddr *temp,
			   const struct sxt_ifa *of)
{
	const struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		if (ifa != &of->ifa && (ifa->flags & IFA_F_MANAGETEMPADDR) &&
		    !(ifa->flags & IFA_F_TEMPORARY) &&
		    temp_of(temp, container_of(ifa, struct sxt_ifa, ifa)))
			return true;
	return false;
}

/**
 * sxt_temp_del() - an address goes, or wants no temporary ones any more
 * @idev: the interface
 * @of: the address; its temporary ones go, unless they are another's as well
 *
 * Context: RTNL.
 */
void sxt_temp_del(struct sxt_idev *idev, struct sxt_ifa *of)
{
	struct inet6_ifaddr *ifa, *next;

	list_for_each_entry_safe(ifa, next, &idev->in6.addr_list, if_list)
		if (temp_of(ifa, of) && !temp_has_other(idev, ifa, of))
			sxt_ifa_del(container_of(ifa, struct sxt_ifa, ifa));
}

/**
 * sxt_temp_taken() - another node has a temporary address
 * @idev: the interface, which has lost it
 *
 * RFC 8981 3.4, step 7: the next one is made at once.
 *
 * Context: RTNL.
 */
void sxt_temp_taken(struct sxt_idev *idev)
{
	sxt_nd_work_arm(idev, &idev->temp_work, 0);
}

/**
 * sxt_temp_idev_add() - temporary addresses on a new interface: none
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_temp_idev_add(struct sxt_idev *idev)
{
	INIT_DELAYED_WORK(&idev->temp_work, temp_work);
}

/**
 * sxt_temp_idev_del() - an interface loses IPv6
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_temp_idev_del(struct sxt_idev *idev)
{
	sxt_nd_work_stop(idev, &idev->temp_work);
}
