// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way back after 2^32 lost packets at work (RFC 4303 appendix A3): one bad
 * packet of an SA is kept, and a work item tries it with higher sequence
 * numbers. When, with which packet and which numbers is resync.c's; the cipher
 * is the transform's.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "key.h"

/* Packets kept, all SAs of all namespaces together. */
#define RECOVER_KEPT_MAX	16

/*
 * What an SA is at. Only who went from WANTED to BUSY may touch the packet,
 * and it is his until he goes back to IDLE.
 */
enum recover_state {
	RECOVER_IDLE,
	RECOVER_WANTED,		/* the next packet that suits is kept */
	RECOVER_BUSY,		/* it is in the cipher, or with the work */
};

/**
 * struct sxt_recover - made at the first bad packet of an SA with ESN
 * @resync: bad packets so far; protected by sa->lock
 * @state: enum recover_state
 * @work: tries the packet
 * @sa: the owner; the work holds a reference
 * @seq: the packet's number, as it was inferred
 * @len: bytes of it
 * @packet: a copy, from the SPI on; NULL unless busy
 */
struct sxt_recover {
	struct sxt_resync resync;
	atomic_t state;
	struct work_struct work;
	struct sxt_sa *sa;
	u64 seq;
	u32 len;
	u8 *packet;
};

static struct workqueue_struct *recover_wq;
static atomic_t recover_kept;

static u64 recover_now(void)
{
	return jiffies64_to_msecs(get_jiffies_64());
}

static void recover_release(struct sxt_recover *rc)
{
	kfree_sensitive(rc->packet);
	rc->packet = NULL;
	atomic_dec(&recover_kept);
	/* Whoever is busy next finds all of this done. */
	atomic_set_release(&rc->state, RECOVER_IDLE);
}

/* Returns true if the packet's own number was found. */
static bool recover_search(const struct sxt_recover *rc, u64 *seq)
{
	struct sxt_sa *sa = rc->sa;
	int err = -EBADMSG;
	u8 *scratch;
	u32 n;

	scratch = kmalloc(rc->len, GFP_KERNEL | __GFP_NOWARN);
	if (!scratch)
		return false;
	for (n = 1; READ_ONCE(sa->alive) && sxt_resync_try(rc->seq, n, seq);
	     n++) {
		/* A cipher decrypts in place, whether the ICV is good or not. */
		memcpy(scratch, rc->packet, rc->len);
		err = sa->xf->probe(sa, scratch, rc->len, *seq);
		if (err != -EBADMSG)
			break;
		cond_resched();
	}
	kfree_sensitive(scratch);
	return !err;
}

/* RFC 4303 A3.2: what was found is the top; the packet itself is long gone. */
static void recover_work(struct work_struct *work)
{
	struct sxt_recover *rc = container_of(work, struct sxt_recover, work);
	struct sxt_sa *sa = rc->sa;
	bool found;
	u64 seq;

	found = recover_search(rc, &seq);
	spin_lock_bh(&sa->lock);
	/* Others may have found it meanwhile, or the SA may be gone. */
	if (found && sa->alive &&
	    sxt_replay_recheck(&sa->replay, seq) == SXT_REPLAY_OK)
		sxt_replay_advance(&sa->replay, seq);
	sxt_resync_end(&rc->resync, found, recover_now());
	spin_unlock_bh(&sa->lock);
	recover_release(rc);
	sxt_sa_put(sa);
}

static struct sxt_recover *recover_get(struct sxt_sa *sa)
{
	struct sxt_recover *rc = READ_ONCE(sa->recover);
	struct sxt_recover *other;

	if (likely(rc))
		return rc;
	rc = kzalloc(sizeof(*rc), GFP_ATOMIC | __GFP_NOWARN);
	if (!rc)
		return NULL;
	rc->sa = sa;
	INIT_WORK(&rc->work, recover_work);
	other = cmpxchg(&sa->recover, NULL, rc);
	if (!other)
		return rc;
	kfree(rc);
	return other;
}

/**
 * sxt_recover_failed() - the ICV of a packet was bad
 * @p: the packet
 *
 * Context: softirq off.
 */
void sxt_recover_failed(struct sxt_pkt *p)
{
	struct sxt_sa *sa = p->sa;
	struct sxt_recover *rc;
	u64 top;
	bool due;

	if (!sa->esn)
		return;
	rc = recover_get(sa);
	if (!rc)
		return;
	spin_lock(&sa->lock);
	top = sa->replay.top;
	due = sxt_resync_fail(&rc->resync, p->seq > top ? p->seq - top : 0,
			      sa->packets, recover_now());
	/* Within the lock: an attempt that ends now begins the pause first. */
	if (due)
		atomic_cmpxchg(&rc->state, RECOVER_IDLE, RECOVER_WANTED);
	spin_unlock(&sa->lock);
}

/* Copy a packet before the cipher spoils it, if it is the one that is wanted. */
static bool recover_keep(struct sxt_recover *rc, const struct sxt_pkt *p)
{
	u32 len = p->skb->len;

	if (atomic_read(&rc->state) != RECOVER_WANTED ||
	    !sxt_resync_suits(p->seq, READ_ONCE(p->sa->replay.top), len) ||
	    atomic_cmpxchg(&rc->state, RECOVER_WANTED, RECOVER_BUSY) !=
	    RECOVER_WANTED)
		return false;
	if (atomic_inc_return(&recover_kept) > RECOVER_KEPT_MAX)
		goto err_release;
	rc->packet = kmalloc(len, GFP_ATOMIC | __GFP_NOWARN);
	if (!rc->packet || skb_copy_bits(p->skb, 0, rc->packet, len))
		goto err_release;
	rc->seq = p->seq;
	rc->len = len;
	return true;

err_release:
	recover_release(rc);
	return false;
}

/**
 * sxt_recover_settle() - the cipher is through with a packet that was kept
 * @p: the packet, p->kept set
 * @verdict: the cipher's
 *
 * Context: softirq off; under rcu_read_lock() or with a reference to the SA.
 */
void sxt_recover_settle(struct sxt_pkt *p, int verdict)
{
	struct sxt_recover *rc = p->sa->recover;

	p->kept = false;
	/* An SA that is on its way out needs no number any more. */
	if (verdict == SEXTANT_DROP_ICV_BAD && sxt_sa_hold(p->sa))
		queue_work(recover_wq, &rc->work);
	else
		recover_release(rc);
}

/**
 * sxt_recover_verify() - verify a packet of an SA that has had bad ones
 * @p: the packet, data at the security header; p->sa->recover is there
 *
 * Context: softirq, under rcu_read_lock().
 * Return: the transform's verdict.
 */
int sxt_recover_verify(struct sxt_pkt *p)
{
	int verdict;

	p->kept = recover_keep(p->sa->recover, p);
	verdict = p->sa->xf->verify(p);
	if (p->kept && verdict != SXT_STOLEN)
		sxt_recover_settle(p, verdict);
	return verdict;
}

/**
 * sxt_recover_setup() - once a module
 *
 * Attempts share one worker, one after the other: whatever comes in, no more
 * than one processor works at it, and packets wait for none.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_recover_setup(void)
{
	recover_wq = alloc_ordered_workqueue("sextant_recover", 0);
	return recover_wq ? 0 : -ENOMEM;
}

/**
 * sxt_recover_teardown() - wait until the last attempt has returned
 *
 * Context: process; no SA is left.
 */
void sxt_recover_teardown(void)
{
	destroy_workqueue(recover_wq);
}
