// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plugin of scripts/guest for qemu-system-sparc64: a processor that idles gives its time back.
 *
 * The sun4u processor has no instruction that waits for an interrupt, so the kernel spins when
 * it has nothing to do, and a guest that waits for a timer would take all of a processor of the
 * host from the others. Here each call of the kernel's arch_cpu_idle(), whose address is the
 * argument "addr=0x...", sleeps for a moment. Nothing else is touched: an interrupt that comes
 * meanwhile is taken as soon as that moment is over.
 *
 * Programs have code at this address, too. The kernel was there first: the place in the host's
 * memory where the first such block lies is where the kernel is, and any other is not meant.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXPORT		__attribute__((visibility("default")))
#define IDLE_NS		300000

/* Of QEMU's plugin API, version 1, whose header Debian has not packaged. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { QEMU_PLUGIN_CB_NO_REGS };
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
void *qemu_plugin_insn_haddr(const struct qemu_plugin_insn *insn);
typedef void (*qemu_plugin_tb_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*qemu_plugin_cpu_cb)(unsigned int cpu, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_tb_cb cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_cpu_cb cb,
					  int flags, void *data);
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			       int argc, char **argv);
EXPORT int qemu_plugin_version = 1;

static uint64_t idle_addr;
static void *idle_haddr;

static void idle(unsigned int cpu, void *data)
{
	nanosleep(&(struct timespec){ .tv_nsec = IDLE_NS }, NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	void *haddr;

	if (qemu_plugin_tb_vaddr(tb) != idle_addr)
		return;
	haddr = qemu_plugin_insn_haddr(qemu_plugin_tb_get_insn(tb, 0));
	if (!idle_haddr)
		idle_haddr = haddr;
	if (haddr == idle_haddr)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, idle, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
			int argc, char **argv)
{
	if (argc != 1 || strncmp(argv[0], "addr=", 5))
		return -1;
	idle_addr = strtoull(argv[0] + 5, NULL, 16);
	if (!idle_addr)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
