// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registry that AH and ESP join. Lookups happen when an SA is made, never
 * on the packet path. SAs don't hold the module of their transform: it may go
 * at any time, and takes its SAs along.
 */
#include <linux/export.h>
#include <linux/in.h>
#include <linux/rtnetlink.h>
#include <linux/wait.h>
#include "key.h"

/**
 * struct transform_slot - one protocol's place
 * @xf: the transform, or NULL
 * @users: SAs that have a context of it, and makers of one
 */
struct transform_slot {
	const struct sxt_transform *xf;
	atomic_t users;
};

static DEFINE_MUTEX(transform_lock);
static DECLARE_WAIT_QUEUE_HEAD(transform_wait);
static struct transform_slot transforms[2];

static struct transform_slot *transform_slot(u8 proto)
{
	return &transforms[proto == IPPROTO_AH];
}

/**
 * sxt_transform_register() - offer a transform for new SAs
 * @xf: the transform; stays the caller's
 *
 * Context: process.
 * Return: 0, or -EEXIST if its protocol is taken.
 */
int sxt_transform_register(const struct sxt_transform *xf)
{
	struct transform_slot *slot = transform_slot(xf->proto);
	int err = 0;

	mutex_lock(&transform_lock);
	if (slot->xf)
		err = -EEXIST;
	else
		WRITE_ONCE(slot->xf, xf);
	mutex_unlock(&transform_lock);
	return err;
}
EXPORT_SYMBOL_NS_GPL(sxt_transform_register, SEXTANT);

static void transform_flush(u8 proto)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		sxt_sa_flush_proto(net, proto);
	up_read(&net_rwsem);
}

/**
 * sxt_transform_unregister() - take it back, with all SAs that use it
 * @xf: the transform
 *
 * Context: process; returns when no SA uses it any more, those included whose
 * packets were inside an asynchronous cipher.
 */
void sxt_transform_unregister(const struct sxt_transform *xf)
{
	struct transform_slot *slot = transform_slot(xf->proto);

	mutex_lock(&transform_lock);
	WRITE_ONCE(slot->xf, NULL);
	mutex_unlock(&transform_lock);
	/* Who has seen it there is through with the packet. */
	synchronize_net();

	/* SAs that were half made when the slot went empty come late. */
	do {
		transform_flush(xf->proto);
	} while (!wait_event_timeout(transform_wait,
				     !atomic_read(&slot->users), HZ / 10));
}
EXPORT_SYMBOL_NS_GPL(sxt_transform_unregister, SEXTANT);

/**
 * sxt_transform_present() - does anybody look into packets of this protocol?
 * @proto: IPPROTO_ESP or IPPROTO_AH
 *
 * Context: any; what is true stays so until the end of the caller's RCU
 * section.
 * Return: true if there is a transform for it, whose handler refuses what no
 * SA is for.
 */
bool sxt_transform_present(u8 proto)
{
	return READ_ONCE(transform_slot(proto)->xf);
}
EXPORT_SYMBOL_NS_GPL(sxt_transform_present, SEXTANT);

/**
 * sxt_transform_get() - the transform for a protocol, for one SA
 * @proto: IPPROTO_ESP or IPPROTO_AH
 *
 * Context: process.
 * Return: the transform, given back by sxt_transform_put(), or NULL.
 */
const struct sxt_transform *sxt_transform_get(u8 proto)
{
	struct transform_slot *slot = transform_slot(proto);
	const struct sxt_transform *xf;

	mutex_lock(&transform_lock);
	xf = slot->xf;
	if (xf)
		atomic_inc(&slot->users);
	mutex_unlock(&transform_lock);
	return xf;
}

/**
 * sxt_transform_put() - the SA has no context of it any more
 * @proto: IPPROTO_ESP or IPPROTO_AH
 *
 * Context: any.
 */
void sxt_transform_put(u8 proto)
{
	struct transform_slot *slot = transform_slot(proto);

	if (atomic_dec_and_test(&slot->users))
		wake_up(&transform_wait);
}
