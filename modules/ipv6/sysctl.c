// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of the whole node: net.ipv6.*, net.ipv6.icmp.*, net.ipv6.route.*.
 * Those of interfaces are in sysctl_conf.c, those of reassembly in frag_in.c,
 * those of neighbours the core's. What has no effect has no file.
 */
#include <linux/icmpv6.h>
#include <linux/rtnetlink.h>
#include <net/ip_fib.h>
#include "mcast.h"
#include "route.h"
#include "sysctl_int.h"

#define AUTO_LABELS_MOST	3	/* IP6_AUTO_FLOW_LABEL_FORCED */
#define LABEL_REFLECT_MOST	7	/* FLOWLABEL_REFLECT_* together */

static int auto_labels_most = AUTO_LABELS_MOST;
static int label_reflect_most = LABEL_REFLECT_MOST;
static int hash_policy_most = 3;
static u32 hash_fields_most = FIB_MULTIPATH_HASH_FIELD_ALL_MASK;
static int qrv_most = 7;
static int msf_most = 1024;

/* Where a setting is, from the start of struct net. */
#define AT(FIELD)	((void *)offsetof(struct net, ipv6.sysctl.FIELD))
#define FILE_OF(NAME, FIELD, TYPE, HANDLER, LEAST, MOST) \
	{ .procname = NAME, .data = AT(FIELD), .maxlen = sizeof(TYPE), \
	  .mode = 0644, .proc_handler = HANDLER, \
	  .extra1 = LEAST, .extra2 = MOST }
#define FLAG(NAME, FIELD) \
	FILE_OF(NAME, FIELD, u8, proc_dou8vec_minmax, SYSCTL_ZERO, SYSCTL_ONE)
#define NUMBER(NAME, FIELD) \
	FILE_OF(NAME, FIELD, int, proc_dointvec, NULL, NULL)

/* Seconds, kept as jiffies. The kernel's handler knows no least value. */
static int seconds_handler(const struct ctl_table *ctl, int write, void *buffer,
			   size_t *lenp, loff_t *ppos)
{
	int *field = ctl->data, value = READ_ONCE(*field);
	const struct ctl_table one = {
		.data = &value,
		.maxlen = sizeof(value),
	};
	int err = proc_dointvec_jiffies(&one, write, buffer, lenp, ppos);

	if (err || !write)
		return err;
	if (value < 0)
		return -EINVAL;
	WRITE_ONCE(*field, value);
	return 0;
}

static const struct ctl_table node_files[] = {
	FLAG("bindv6only", bindv6only),
	FLAG("anycast_src_echo_reply", anycast_src_echo_reply),
	FLAG("flowlabel_state_ranges", flowlabel_state_ranges),
	FLAG("fwmark_reflect", fwmark_reflect),
	FLAG("ip_nonlocal_bind", ip_nonlocal_bind),
	FILE_OF("auto_flowlabels", auto_flowlabels, u8, proc_dou8vec_minmax,
		SYSCTL_ZERO, &auto_labels_most),
	FILE_OF("flowlabel_reflect", flowlabel_reflect, int,
		proc_dointvec_minmax, SYSCTL_ZERO, &label_reflect_most),
	FILE_OF("fib_multipath_hash_policy", multipath_hash_policy, u8,
		proc_dou8vec_minmax, SYSCTL_ZERO, &hash_policy_most),
	FILE_OF("fib_multipath_hash_fields", multipath_hash_fields, u32,
		proc_douintvec_minmax, SYSCTL_ONE, &hash_fields_most),
	FILE_OF("idgen_retries", idgen_retries, int, proc_dointvec_minmax,
		SYSCTL_ZERO, SYSCTL_INT_MAX),
	FILE_OF("idgen_delay", idgen_delay, int, seconds_handler, NULL, NULL),
	/* Below 0: so many known options, and no unknown one. */
	NUMBER("max_dst_opts_number", max_dst_opts_cnt),
	NUMBER("max_hbh_opts_number", max_hbh_opts_cnt),
	NUMBER("max_dst_opts_length", max_dst_opts_len),
	NUMBER("max_hbh_length", max_hbh_opts_len),
};

/* The same directory; where a setting is, from the start of sxt_ip6_net. */
static const struct ctl_table own_files[] = {
	{ .procname = "max_ext_chain_length",
	  .data = (void *)offsetof(struct sxt_ip6_net, chain_max),
	  .maxlen = sizeof(int), .mode = 0644,
	  .proc_handler = proc_dointvec_minmax,
	  .extra1 = SYSCTL_ZERO, .extra2 = SYSCTL_INT_MAX },
};

static const struct ctl_table icmp_files[] = {
	FILE_OF("ratelimit", icmpv6_time, int, proc_dointvec_ms_jiffies,
		NULL, NULL),
	FLAG("echo_ignore_all", icmpv6_echo_ignore_all),
	FLAG("echo_ignore_multicast", icmpv6_echo_ignore_multicast),
	FLAG("echo_ignore_anycast", icmpv6_echo_ignore_anycast),
	FLAG("error_anycast_as_unicast", icmpv6_error_anycast_as_unicast),
	{ .procname = "ratemask", .data = AT(icmpv6_ratemask_ptr),
	  .maxlen = ICMPV6_MSG_MAX + 1, .mode = 0644,
	  .proc_handler = proc_do_large_bitmap },
};

/* Write-only: what was learned of single destinations is forgotten. */
static int flush_handler(const struct ctl_table *ctl, int write, void *buffer,
			 size_t *lenp, loff_t *ppos)
{
	struct net *net = container_of(ctl->data, struct net,
				       ipv6.sysctl.flush_delay);
	int err;

	if (!write)
		return -EINVAL;
	if (!rtnl_trylock())
		return restart_syscall();
	err = proc_dointvec(ctl, write, buffer, lenp, ppos);
	if (!err) {
		sxt_pmtu_flush(net, NULL);
		sxt_route_changed(net);
	}
	rtnl_unlock();
	return err;
}

static const struct ctl_table route_files[] = {
	{ .procname = "flush", .data = AT(flush_delay),
	  .maxlen = sizeof(int), .mode = 0200,
	  .proc_handler = flush_handler },
	FILE_OF("mtu_expires", ip6_rt_mtu_expires, int, seconds_handler,
		NULL, NULL),
	FLAG("skip_notify_on_dev_down", skip_notify_on_dev_down),
};

/* One for all namespaces. */
static struct ctl_table mld_files[] = {
	{ .procname = "mld_qrv", .data = &sxt_mld_qrv,
	  .maxlen = sizeof(sxt_mld_qrv), .mode = 0644,
	  .proc_handler = proc_dointvec_minmax,
	  .extra1 = SYSCTL_ONE, .extra2 = &qrv_most },
	{ .procname = "mld_max_msf", .data = &sxt_mld_max_msf,
	  .maxlen = sizeof(sxt_mld_max_msf), .mode = 0644,
	  .proc_handler = proc_dointvec_minmax,
	  .extra1 = SYSCTL_ZERO, .extra2 = &msf_most },
};

static struct ctl_table_header *mld_header;

/* @base: what the settings are in; .data of @files counts from there */
static struct ctl_table_header *dir_add(struct net *net, const char *path,
					void *base,
					const struct ctl_table *files,
					size_t count)
{
	struct ctl_table_header *header;
	struct ctl_table *table;
	size_t i;

	table = kmemdup_array(files, count, sizeof(*files),
			      GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	for (i = 0; i < count; i++)
		table[i].data = base + (unsigned long)files[i].data;
	header = register_net_sysctl_sz(net, path, table, count);
	if (!header)
		kfree(table);
	return header;
}

static void dir_del(struct ctl_table_header **header)
{
	const struct ctl_table *table;

	if (!*header)
		return;
	table = (*header)->ctl_table_arg;
	unregister_net_sysctl_table(*header);
	kfree(table);
	*header = NULL;
}

static void set_defaults(struct net *net)
{
	struct netns_sysctl_ipv6 *s = &net->ipv6.sysctl;

	s->icmpv6_time = HZ;
	/* RFC 4443 2.4 f: errors, but for what path MTU discovery needs */
	bitmap_zero(s->icmpv6_ratemask, ICMPV6_MSG_MAX + 1);
	bitmap_set(s->icmpv6_ratemask, 0, ICMPV6_ERRMSG_MAX + 1);
	__clear_bit(ICMPV6_PKT_TOOBIG, s->icmpv6_ratemask);
	s->icmpv6_ratemask_ptr = s->icmpv6_ratemask;
	s->auto_flowlabels = IP6_DEFAULT_AUTO_FLOW_LABELS;
	s->multipath_hash_fields = FIB_MULTIPATH_HASH_FIELD_DEFAULT_MASK;
	s->idgen_retries = 3;
	s->idgen_delay = HZ;
	s->max_dst_opts_cnt = IP6_DEFAULT_MAX_DST_OPTS_CNT;
	s->max_hbh_opts_cnt = IP6_DEFAULT_MAX_HBH_OPTS_CNT;
	s->max_dst_opts_len = IP6_DEFAULT_MAX_DST_OPTS_LEN;
	s->max_hbh_opts_len = IP6_DEFAULT_MAX_HBH_OPTS_LEN;
	/* RFC 8504 5.3: headers of any length are accepted, if nobody says else */
	sxt_ip6_net(net)->chain_max = INT_MAX;
	s->ip6_rt_mtu_expires = 600 * HZ;
	s->ip6_rt_min_advmss = IPV6_MIN_MTU - 40 - 20;
}

static int dirs_add(struct net *net)
{
	struct netns_sysctl_ipv6 *s = &net->ipv6.sysctl;
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	s->hdr = dir_add(net, "net/ipv6", net, node_files,
			 ARRAY_SIZE(node_files));
	n->sysctl_hdr = dir_add(net, "net/ipv6", n, own_files,
				ARRAY_SIZE(own_files));
	s->icmp_hdr = dir_add(net, "net/ipv6/icmp", net, icmp_files,
			      ARRAY_SIZE(icmp_files));
	s->route_hdr = dir_add(net, "net/ipv6/route", net, route_files,
			       ARRAY_SIZE(route_files));
	if (!s->hdr || !n->sysctl_hdr || !s->icmp_hdr || !s->route_hdr)
		return -ENOMEM;
	if (!net_eq(net, &init_net))
		return 0;
	mld_header = register_net_sysctl_sz(net, "net/ipv6", mld_files,
					    ARRAY_SIZE(mld_files));
	return mld_header ? 0 : -ENOMEM;
}

static void dirs_del(struct net *net)
{
	if (net_eq(net, &init_net) && mld_header) {
		unregister_net_sysctl_table(mld_header);
		mld_header = NULL;
	}
	dir_del(&net->ipv6.sysctl.route_hdr);
	dir_del(&net->ipv6.sysctl.icmp_hdr);
	dir_del(&sxt_ip6_net(net)->sysctl_hdr);
	dir_del(&net->ipv6.sysctl.hdr);
}

/**
 * sxt_sysctl_net_init() - settings of a namespace, and their files
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sxt_sysctl_net_init(struct net *net)
{
	int err;

	set_defaults(net);
	err = sxt_sysctl_conf_net_init(net);
	if (err)
		return err;
	err = dirs_add(net);
	if (!err)
		return 0;
	dirs_del(net);
	sxt_sysctl_conf_net_exit(net);
	return err;
}

/**
 * sxt_sysctl_net_exit() - takes the files away; waits for who is in one
 * @net: the namespace
 *
 * Context: process, without the RTNL.
 */
void sxt_sysctl_net_exit(struct net *net)
{
	dirs_del(net);
	sxt_sysctl_conf_net_exit(net);
}
