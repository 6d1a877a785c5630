// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lifetimes at work: the limits themselves are pure (life.c), here are the
 * timer, the charge of each packet and what an expiry sets off (RFC 4301
 * 4.4.2.1: soft warns, hard ends the SA).
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "key.h"

/*
 * Its lock is held. Packets may use an SA up before listeners know of it: then
 * sxt_limits_announce() tells.
 */
static void limits_tell(struct sxt_sa *sa, enum sextant_limit limit)
{
	const struct sxt_event_ops *ops;

	if (!sa->limits->announced) {
		sa->limits->untold |= BIT(limit);
		return;
	}
	rcu_read_lock();
	ops = rcu_dereference(sxt_event_ops);
	if (ops)
		ops->expired(sa, limit);
	rcu_read_unlock();
}

/* Its lock is held. */
static void limits_soft(struct sxt_sa *sa)
{
	/* One that has ended, or was taken out meanwhile, warns of nothing. */
	if (!sa->alive || sa->limits->soft_told)
		return;
	sa->limits->soft_told = true;
	limits_tell(sa, SEXTANT_LIMIT_SOFT);
}

/* Its lock is held. */
static void limits_end(struct sxt_sa *sa)
{
	/* It has ended already, or was taken out meanwhile. */
	if (!sa->alive)
		return;
	WRITE_ONCE(sa->expired, true);
	WRITE_ONCE(sa->alive, false);
	limits_tell(sa, SEXTANT_LIMIT_HARD);
	schedule_work(&sxt_key_net(sa->net)->expire_work);
}

/*
 * When to look again: so many whole seconds after the SA came into use. They are
 * counted by a clock that moves with the tick, so one tick later they are there.
 * It goes on while the machine sleeps.
 */
static ktime_t limits_at(const struct sxt_sa_limits *limits, u64 seconds)
{
	u64 after = min_t(u64, seconds - limits->sa->added, KTIME_SEC_MAX);

	return ktime_add_safe(limits->start, ktime_set(after, TICK_NSEC));
}

static struct sxt_life_times limits_times(const struct sxt_sa *sa)
{
	return (struct sxt_life_times){
		.added = sa->added,
		.used = SXT_LIFE_NONE,
	};
}

/*
 * The machine may have stood still until both limits were due: what warns is
 * told first.
 */
static enum hrtimer_restart limits_timer(struct hrtimer *timer)
{
	struct sxt_sa_limits *limits = container_of(timer, struct sxt_sa_limits,
						    timer);
	struct sxt_sa *sa = limits->sa;
	struct sxt_life_times times = limits_times(sa);
	u64 now, next;
	bool alive;

	now = ktime_get_boottime_seconds();
	spin_lock(&sa->lock);
	if (sxt_life_soft_at(&limits->life, &times, now))
		limits_soft(sa);
	if (sxt_life_at(&limits->life, &times, now) == SXT_LIFE_HARD)
		limits_end(sa);
	next = sxt_life_next(&limits->life, &times, now);
	alive = sa->alive;
	spin_unlock(&sa->lock);

	if (next == SXT_LIFE_NONE || !alive)
		return HRTIMER_NORESTART;
	hrtimer_set_expires(timer, limits_at(limits, next));
	return HRTIMER_RESTART;
}

/**
 * sxt_limits_new() - give an SA its lifetimes
 * @sa: the SA, in no table yet
 * @life: the limits; nothing is allocated if all are SXT_LIFE_NONE
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_limits_new(struct sxt_sa *sa, const struct sxt_life *life)
{
	struct sxt_life none;

	sxt_life_unlimited(&none);
	if (!memcmp(life, &none, sizeof(none)))
		return 0;
	sa->limits = kzalloc(sizeof(*sa->limits), GFP_KERNEL_ACCOUNT);
	if (!sa->limits)
		return -ENOMEM;
	sa->limits->life = *life;
	sa->limits->sa = sa;
	hrtimer_init(&sa->limits->timer, CLOCK_BOOTTIME,
		     HRTIMER_MODE_ABS_SOFT);
	sa->limits->timer.function = limits_timer;
	return 0;
}

/**
 * sxt_limits_start() - the SA is in the tables: its time runs
 * @sa: the SA
 *
 * Context: configuration mutex held.
 */
void sxt_limits_start(struct sxt_sa *sa)
{
	struct sxt_life_times times = limits_times(sa);
	u64 next;

	if (!sa->limits)
		return;
	sa->limits->start = ktime_get_boottime();
	next = sxt_life_next(&sa->limits->life, &times, sa->added);
	if (next != SXT_LIFE_NONE)
		hrtimer_start(&sa->limits->timer, limits_at(sa->limits, next),
			      HRTIMER_MODE_ABS_SOFT);
}

/**
 * sxt_limits_announce() - listeners know of the SA: what it reaches is told
 * @sa: the SA; what it has reached already is told now
 *
 * Context: configuration mutex held.
 */
void sxt_limits_announce(struct sxt_sa *sa)
{
	struct sxt_sa_limits *limits = sa->limits;

	if (!limits)
		return;
	spin_lock_bh(&sa->lock);
	limits->announced = true;
	if (limits->untold & BIT(SEXTANT_LIMIT_SOFT))
		limits_tell(sa, SEXTANT_LIMIT_SOFT);
	if (limits->untold & BIT(SEXTANT_LIMIT_HARD))
		limits_tell(sa, SEXTANT_LIMIT_HARD);
	spin_unlock_bh(&sa->lock);
}
EXPORT_SYMBOL_NS_GPL(sxt_limits_announce, SEXTANT);

/**
 * sxt_limits_stop() - the SA is leaving the tables
 * @sa: the SA
 *
 * Context: process; waits for a timer function that runs.
 */
void sxt_limits_stop(struct sxt_sa *sa)
{
	if (sa->limits)
		hrtimer_cancel(&sa->limits->timer);
}

/*
 * This packet is the first that may not pass. A soft limit may be due with it:
 * it may have been too long for both, or have come before the timer.
 */
static void limits_end_by(struct sxt_sa *sa, u32 len)
{
	const struct sxt_life *life = &sa->limits->life;
	struct sxt_life_times times = limits_times(sa);

	if (sxt_life_soft_charge(life, sa->bytes, sa->packets, len) ||
	    sxt_life_soft_at(life, &times, ktime_get_boottime_seconds()))
		limits_soft(sa);
	limits_end(sa);
}

/**
 * sxt_limits_charge() - count one packet against an SA
 * @sa: the SA; its lock is held
 * @len: bytes that are protected
 *
 * Context: sa->lock held, softirq off.
 * Return: true if the packet may pass; it is counted then.
 */
bool sxt_limits_charge(struct sxt_sa *sa, u32 len)
{
	struct sxt_sa_limits *limits = sa->limits;

	if (limits) {
		enum sxt_life_verdict v = sxt_life_charge(&limits->life,
							  sa->bytes,
							  sa->packets, len);

		if (v == SXT_LIFE_HARD) {
			limits_end_by(sa, len);
			return false;
		}
		if (v == SXT_LIFE_SOFT)
			limits_soft(sa);
	}
	sa->packets++;
	sa->bytes += len;
	sa->used = sxt_sa_clock();
	return true;
}
