// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the registry of transforms and of the SAD: AH, by a toy that
 * protects nothing, beside the true ESP, whose module has to be there. Of the
 * same direction, SPI and destination there may be an SA of each, and a
 * transform that goes takes its own along. An SA takes another's place without
 * a moment when packets find neither.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/skbuff.h>
#include "sa_make.h"

/* No other SA of this guest has it, nor the one behind it. */
#define SPI	0x5a5a0000u

static atomic_t toys;	/* SAs that have the toy's context */

static int toy_init(struct sxt_sa *sa, struct sxt_sa_params *params,
		    struct netlink_ext_ack *extack)
{
	atomic_inc(&toys);
	sa->priv = &toys;
	sa->alg = "toy";
	return 0;
}

static void toy_fini(struct sxt_sa *sa)
{
	atomic_dec(&toys);
}

static size_t toy_memory(const struct sxt_sa *sa)
{
	return 0;
}

#define TOY { \
	.proto = IPPROTO_AH, \
	.owner = THIS_MODULE, \
	.init = toy_init, \
	.fini = toy_fini, \
	.memory = toy_memory, \
}

static const struct sxt_transform toy = TOY;
static const struct sxt_transform second_toy = TOY;
static const struct sxt_transform *registered;

static int toy_register(const struct sxt_transform *xf)
{
	int err = sxt_transform_register(xf);

	if (!err)
		registered = xf;
	return err;
}

static void toy_unregister(void)
{
	sxt_transform_unregister(registered);
	registered = NULL;
}

static struct sxt_sa_params params_of(u8 proto, u32 spi)
{
	return sa_params(proto, spi, SEXTANT_MODE_TRANSPORT);
}

static struct sxt_sa *insert(u8 proto, u32 spi)
{
	struct sxt_sa_params params = params_of(proto, spi);

	return sa_insert(&params);
}

static struct sxt_sa *add(u8 proto, u32 spi)
{
	struct sxt_sa *sa = insert(proto, spi);

	if (!IS_ERR(sa))
		sa_commit(sa);
	return sa;
}

/* No more than an address to compare: it may be gone. */
static struct sxt_sa *found(u8 proto, u32 spi)
{
	struct sxt_sa_ident ident = params_of(proto, spi).ident;
	struct sxt_sa *sa;

	rcu_read_lock();
	sa = sxt_sa_find(&init_net, &ident);
	rcu_read_unlock();
	return sa;
}

static struct sxt_sa *picked(u8 proto)
{
	struct sxt_sa_peer peer = {
		.src.v4 = SA_SRC,
		.dst.v4 = SA_DST,
		.family = AF_INET,
		.proto = proto,
		.mode = SEXTANT_MODE_TRANSPORT,
		.dir = SEXTANT_DIRECTION_IN,
	};
	struct sxt_sa *sa;

	rcu_read_lock();
	sa = sxt_sa_pick(&init_net, &peer);
	rcu_read_unlock();
	return sa;
}

/* Whoever has found it holds it, or has not left the read side since. */
static struct sxt_sa *named(struct sxt_sa *sa)
{
	rcu_read_lock();
	sa = sxt_sa_named(sa);
	rcu_read_unlock();
	return sa;
}

static void del(u8 proto, u32 spi)
{
	struct sxt_sa *sa = found(proto, spi);

	if (sa)
		sa_take_out(sa);
}

static void sad_exit(struct kunit *test)
{
	if (registered)
		toy_unregister();
	del(IPPROTO_ESP, SPI);
	del(IPPROTO_ESP, SPI + 1);
}

static void an_sa_needs_its_transform(struct kunit *test)
{
	struct sxt_sa_params params = params_of(IPPROTO_AH, SPI);
	struct netlink_ext_ack extack = {};
	u32 before = sxt_sa_count(&init_net);
	struct sxt_sa *sa;

	KUNIT_EXPECT_TRUE(test, sxt_transform_present(IPPROTO_ESP));
	KUNIT_EXPECT_FALSE(test, sxt_transform_present(IPPROTO_AH));
	sa = sxt_sa_new(&init_net, &params, &extack);
	KUNIT_EXPECT_PTR_EQ(test, sa, ERR_PTR(-EPROTONOSUPPORT));
	KUNIT_EXPECT_EQ(test, params.bad, SXT_SA_FIELD_PROTOCOL);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "protocol: its module is not loaded");
	KUNIT_EXPECT_EQ(test, sxt_sa_count(&init_net), before);
}

static void a_protocol_has_one_transform(struct kunit *test)
{
	struct sxt_sa *sa;

	KUNIT_ASSERT_EQ(test, toy_register(&toy), 0);
	KUNIT_EXPECT_TRUE(test, sxt_transform_present(IPPROTO_AH));
	KUNIT_EXPECT_EQ(test, sxt_transform_register(&second_toy), -EEXIST);
	sa = add(IPPROTO_AH, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sa);
	KUNIT_EXPECT_PTR_EQ(test, sa->xf, &toy);
	toy_unregister();
	KUNIT_EXPECT_FALSE(test, sxt_transform_present(IPPROTO_AH));
	KUNIT_EXPECT_TRUE(test, sxt_transform_present(IPPROTO_ESP));

	KUNIT_ASSERT_EQ(test, toy_register(&second_toy), 0);
	sa = add(IPPROTO_AH, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sa);
	KUNIT_EXPECT_PTR_EQ(test, sa->xf, &second_toy);
}

static void protocols_share_no_names(struct kunit *test)
{
	u32 before = sxt_sa_count(&init_net);
	struct sxt_sa *ah, *esp;

	KUNIT_ASSERT_EQ(test, toy_register(&toy), 0);
	ah = add(IPPROTO_AH, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ah);
	KUNIT_EXPECT_NULL(test, found(IPPROTO_ESP, SPI));
	KUNIT_EXPECT_NULL(test, picked(IPPROTO_ESP));
	esp = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, esp);

	KUNIT_EXPECT_EQ(test, sxt_sa_count(&init_net), before + 2);
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_AH, SPI), ah);
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_ESP, SPI), esp);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_AH), ah);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), esp);
	KUNIT_EXPECT_PTR_EQ(test, ah->xf, &toy);
	KUNIT_EXPECT_EQ(test, esp->xf->proto, IPPROTO_ESP);

	KUNIT_EXPECT_PTR_EQ(test, add(IPPROTO_AH, SPI), ERR_PTR(-EEXIST));
	KUNIT_EXPECT_PTR_EQ(test, add(IPPROTO_ESP, SPI), ERR_PTR(-EEXIST));

	del(IPPROTO_AH, SPI);
	KUNIT_EXPECT_NULL(test, found(IPPROTO_AH, SPI));
	KUNIT_EXPECT_NULL(test, picked(IPPROTO_AH));
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_ESP, SPI), esp);
}

static void a_transform_takes_its_own(struct kunit *test)
{
	u32 before = sxt_sa_count(&init_net);
	struct sxt_sa *esp;
	u64 id;

	KUNIT_ASSERT_EQ(test, toy_register(&toy), 0);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, add(IPPROTO_AH, SPI));
	esp = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, esp);
	id = esp->id;
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, add(IPPROTO_AH, SPI + 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&toys), 2);

	toy_unregister();
	KUNIT_EXPECT_EQ(test, atomic_read(&toys), 0);
	KUNIT_EXPECT_NULL(test, found(IPPROTO_AH, SPI));
	KUNIT_EXPECT_NULL(test, found(IPPROTO_AH, SPI + 1));
	KUNIT_EXPECT_NULL(test, picked(IPPROTO_AH));
	KUNIT_EXPECT_EQ(test, sxt_sa_count(&init_net), before + 1);
	KUNIT_ASSERT_PTR_EQ(test, found(IPPROTO_ESP, SPI), esp);
	KUNIT_EXPECT_EQ(test, esp->id, id);
	KUNIT_EXPECT_TRUE(test, esp->alive);

	KUNIT_EXPECT_PTR_EQ(test, add(IPPROTO_AH, SPI),
			    ERR_PTR(-EPROTONOSUPPORT));
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, add(IPPROTO_ESP, SPI + 1));
}

static void one_takes_anothers_place(struct kunit *test)
{
	struct sxt_sa *old, *new;

	old = insert(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, old);
	KUNIT_EXPECT_NULL(test, named(old));
	KUNIT_EXPECT_NULL(test, picked(IPPROTO_ESP));
	sa_commit(old);
	KUNIT_EXPECT_PTR_EQ(test, named(old), old);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), old);

	KUNIT_ASSERT_TRUE(test, sxt_sa_hold(old));
	old->doomed = true;
	new = insert(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_ESP, SPI), new);
	KUNIT_EXPECT_PTR_EQ(test, named(new), old);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), old);
	sa_commit(new);
	KUNIT_EXPECT_PTR_EQ(test, named(new), new);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), new);
	sa_take_out(old);
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_ESP, SPI), new);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), new);
	/* Who found it before came before. */
	KUNIT_EXPECT_PTR_EQ(test, named(old), old);
	sxt_sa_put(old);

	new->expired = true;
	KUNIT_EXPECT_PTR_EQ(test, named(new), new);
	KUNIT_EXPECT_NULL(test, picked(IPPROTO_ESP));
}

static void one_does_not_take_its_place(struct kunit *test)
{
	struct sxt_sa *old, *new;

	old = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, old);
	old->doomed = true;
	new = insert(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	KUNIT_ASSERT_TRUE(test, sxt_sa_hold(new));
	sxt_config_lock(&init_net);
	sxt_sa_uninsert(new);
	old->doomed = false;
	sxt_config_unlock(&init_net);
	KUNIT_EXPECT_PTR_EQ(test, found(IPPROTO_ESP, SPI), old);
	KUNIT_EXPECT_PTR_EQ(test, named(new), old);
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), old);
	sxt_sa_put(new);
}

static void one_stands_in_though_it_has_expired(struct kunit *test)
{
	struct sxt_sa *old, *new;

	old = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, old);
	old->expired = true;
	old->alive = false;
	old->doomed = true;
	new = insert(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	KUNIT_EXPECT_PTR_EQ(test, named(new), old);
	sa_commit(new);
	sa_take_out(old);
	KUNIT_EXPECT_PTR_EQ(test, named(new), new);
}

static void one_that_goes_again_is_no_packets(struct kunit *test)
{
	struct sxt_sa *old, *new;

	old = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, old);
	new = insert(IPPROTO_ESP, SPI + 1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	new->doomed = true;
	sa_commit(new);
	KUNIT_EXPECT_NULL(test, named(new));
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), old);
	sa_take_out(new);
	KUNIT_EXPECT_NULL(test, found(IPPROTO_ESP, SPI + 1));
	KUNIT_EXPECT_PTR_EQ(test, picked(IPPROTO_ESP), old);
}

/* What another CPU does while a packet is on its way. */
struct remover {
	struct completion go;
	struct sxt_sa *sa;
	bool gone;
};

static int remove_one(void *data)
{
	struct remover *remover = data;

	wait_for_completion(&remover->go);
	sa_take_out(remover->sa);
	/* Whoever sees this sees it gone: vouching(). */
	smp_store_release(&remover->gone, true);
	while (!kthread_should_stop())
		schedule();
	return 0;
}

/* Marked, and asked for behind the removal: the chain's first SA, or NULL. */
static struct sxt_sa *vouching(struct remover *remover, struct sk_buff *skb)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	unsigned long end = jiffies + 10 * HZ;
	int count;

	rcu_read_lock();
	if (sxt_mark_set(skb, &init_net, &remover->sa, 1)) {
		rcu_read_unlock();
		return NULL;
	}
	complete(&remover->go);
	/* Pairs with remove_one(). */
	while (!smp_load_acquire(&remover->gone) && time_before(jiffies, end))
		cpu_relax();
	count = sxt_mark_get(skb, &init_net, chain);
	rcu_read_unlock();
	return count == 1 ? chain[0] : NULL;
}

static void one_vouches_for_who_is_on_his_way(struct kunit *test)
{
	struct remover remover = {};
	struct task_struct *task;
	struct sk_buff *skb;
	struct sxt_sa *sa;
	u64 id = 0;

	if (num_online_cpus() == 1)
		kunit_skip(test, "needs two processors");
	sa = add(IPPROTO_ESP, SPI);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, sa);
	skb = alloc_skb(0, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	init_completion(&remover.go);
	remover.sa = sa;
	task = kthread_run(remove_one, &remover, "sxt_remove");
	if (!IS_ERR(task)) {
		KUNIT_EXPECT_PTR_EQ(test, vouching(&remover, skb), sa);
		KUNIT_EXPECT_TRUE(test, remover.gone);
		complete(&remover.go);
		kthread_stop(task);
	}
	kfree_skb(skb);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, task);
	/* The others, who list SAs, see it no more. */
	rcu_read_lock();
	do {
		sa = sxt_sa_next(&init_net, &id);
		KUNIT_EXPECT_PTR_NE(test, sa, remover.sa);
		id++;
	} while (sa);
	rcu_read_unlock();
}

/* What packets do while SAs take each other's place. */
struct looker {
	struct completion begun;
	u32 looks;
	u32 unfound;
	u32 unpicked;
};

static bool finds_one(void)
{
	struct sxt_sa_ident ident = params_of(IPPROTO_ESP, SPI).ident;
	bool there;

	rcu_read_lock();
	there = sxt_sa_lookup(&init_net, &ident);
	rcu_read_unlock();
	return there;
}

static int look(void *data)
{
	struct looker *looker = data;

	while (!kthread_should_stop()) {
		looker->unfound += !finds_one();
		looker->unpicked += !picked(IPPROTO_ESP);
		if (!looker->looks++)
			complete(&looker->begun);
		cond_resched();
	}
	return 0;
}

static bool replace(void)
{
	struct sxt_sa *old = found(IPPROTO_ESP, SPI), *new;

	old->doomed = true;
	new = insert(IPPROTO_ESP, SPI);
	if (IS_ERR(new))
		return false;
	sa_commit(new);
	sa_take_out(old);
	return true;
}

#define REPLACEMENTS	500

static void nobody_finds_neither(struct kunit *test)
{
	struct looker looker = {};
	struct task_struct *task;
	int i;

	init_completion(&looker.begun);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, add(IPPROTO_ESP, SPI));
	task = kthread_run(look, &looker, "sxt_look");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&looker.begun);
	for (i = 0; i < REPLACEMENTS && replace(); i++)
		cond_resched();
	kthread_stop(task);
	KUNIT_EXPECT_EQ(test, i, REPLACEMENTS);
	KUNIT_EXPECT_EQ(test, looker.unfound, 0);
	KUNIT_EXPECT_EQ(test, looker.unpicked, 0);
}

static struct kunit_case sad_cases[] = {
	KUNIT_CASE(an_sa_needs_its_transform),
	KUNIT_CASE(a_protocol_has_one_transform),
	KUNIT_CASE(protocols_share_no_names),
	KUNIT_CASE(a_transform_takes_its_own),
	KUNIT_CASE(one_takes_anothers_place),
	KUNIT_CASE(one_does_not_take_its_place),
	KUNIT_CASE(one_stands_in_though_it_has_expired),
	KUNIT_CASE(one_that_goes_again_is_no_packets),
	KUNIT_CASE(one_vouches_for_who_is_on_his_way),
	KUNIT_CASE_SLOW(nobody_finds_neither),
	{}
};

static struct kunit_suite sad_suite = {
	.name = "sextant_sad",
	.exit = sad_exit,
	.test_cases = sad_cases,
};

kunit_test_suite(sad_suite);

MODULE_IMPORT_NS(SEXTANT);
MODULE_DESCRIPTION("KUnit suite of Sextant's SAD and registry of transforms");
MODULE_LICENSE("GPL");
