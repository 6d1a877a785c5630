// SPDX-License-Identifier: GPL-2.0
/*
 * Commits one fault of each kind that the harness must see, chosen by the
 * module parameter "fault", when it is loaded.  Responsible for nothing but
 * being wrong on purpose; never part of the suite.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/ref_tracker.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *fault = "";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "one of the names in faults[]");

static DEFINE_MUTEX(fault_a);
static DEFINE_MUTEX(fault_b);
static DEFINE_SPINLOCK(fault_lock);

/*
 * OPTIMIZER_HIDE_VAR() below keeps the compiler from seeing what goes wrong and
 * leaving it out.
 */

static void fault_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void fault_warn(void)
{
	WARN_ON(1);
}

/*
 * Many, of which one is enough: kmemleak takes an old value on a stack or in
 * the unused part of an object, such as SLUB's pointer to the next free one,
 * for a reference.  Zeroed, as they would else refer to each other.
 */
static void fault_leak(void)
{
	void *lost;
	int i;

	for (i = 0; i < 32; i++) {
		lost = kzalloc(64, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(lost);
		pr_info("forgetting %d bytes\n", lost ? 64 : 0);
	}
}

static void fault_sleep(void)
{
	spin_lock(&fault_lock);
	might_sleep();
	spin_unlock(&fault_lock);
}

static void fault_order(void)
{
	mutex_lock(&fault_a);
	mutex_lock(&fault_b);
	mutex_unlock(&fault_b);
	mutex_unlock(&fault_a);
	mutex_lock(&fault_b);
	mutex_lock(&fault_a);
	mutex_unlock(&fault_a);
	mutex_unlock(&fault_b);
}

static void fault_uaf(void)
{
	char *gone = kmalloc(64, GFP_KERNEL);

	if (!gone)
		return;
	kfree(gone);
	OPTIMIZER_HIDE_VAR(gone);
	pr_info("read %d after the end\n", READ_ONCE(gone[1]));
}

static void fault_shift(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("shifted: %d\n", 1 << bits);
}

/* Only strict-alignment machines mind. */
static void fault_unaligned(void)
{
	char bytes[16] = { };
	u32 *odd = (u32 *)(bytes + 1);

	OPTIMIZER_HIDE_VAR(odd);
	pr_info("read %u at an odd address\n", READ_ONCE(*odd));
}

static int __rcu *fault_shared;

/* Read as if under rcu_read_lock(). */
static void fault_rcu(void)
{
	pr_info("read %p under no lock\n", rcu_dereference(fault_shared));
}

static struct task_struct *fault_task;

/* Whatever wakes it: it ends only when it is told to. */
static int fault_wait(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* It hangs until the module goes. */
static void fault_hang(void)
{
	fault_task = kthread_run(fault_wait, NULL, "sxt_fault");
}

static void fault_ring(struct timer_list *unused)
{
}

/* Memory that a timer which is still set lies in; DEBUG_OBJECTS stops it. */
static void fault_object(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, fault_ring, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static struct ref_tracker_dir fault_dir;
static struct ref_tracker *fault_tracker;

/* A reference that is given back twice. */
static void fault_release(void)
{
	ref_tracker_dir_init(&fault_dir, 4, "sxt_fault");
	if (!ref_tracker_alloc(&fault_dir, &fault_tracker, GFP_KERNEL)) {
		ref_tracker_free(&fault_dir, &fault_tracker);
		ref_tracker_free(&fault_dir, &fault_tracker);
	}
	ref_tracker_dir_exit(&fault_dir);
}

/* A reference that outlives what it is to. */
static void fault_reference(void)
{
	ref_tracker_dir_init(&fault_dir, 4, "sxt_fault");
	ref_tracker_alloc(&fault_dir, &fault_tracker, GFP_KERNEL);
	ref_tracker_dir_exit(&fault_dir);
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "oops", fault_oops },
	{ "warn", fault_warn },
	{ "leak", fault_leak },
	{ "rcu", fault_rcu },
	{ "order", fault_order },
	{ "sleep", fault_sleep },
	{ "uaf", fault_uaf },
	{ "shift", fault_shift },
	{ "unaligned", fault_unaligned },
	{ "hang", fault_hang },
	{ "object", fault_object },
	{ "release", fault_release },
	{ "reference", fault_reference },
};

static int __init fault_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(faults[i].name, fault)) {
			faults[i].commit();
			return 0;
		}
	}
	pr_err("no fault named \"%s\"\n", fault);
	return -EINVAL;
}
module_init(fault_init);

static void __exit fault_exit(void)
{
	if (!IS_ERR_OR_NULL(fault_task))
		kthread_stop(fault_task);
}
module_exit(fault_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Faults for the self-test of the test harness");
